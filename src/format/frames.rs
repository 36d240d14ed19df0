//! Cuts an input of framed dispatches where its frames begin, and a stream of them where they end.

use std::ops::Range;

use super::draft::{ItemSink, ParsedItem};

/// Offers the dispatches of all frames, each by its bytes and where they stand, while some are wanted.
pub(super) fn offer_frames(
    bytes: &[u8],
    frames: impl Iterator<Item = Range<usize>>,
    sink: &mut ItemSink<'_>,
    item: impl Fn(&[u8], &Range<usize>) -> ParsedItem,
) {
    for range in frames {
        if sink.is_full() {
            break;
        }
        sink.offer(|| item(&bytes[range.clone()], &range));
    }
}

/// The byte ranges of the frames that begin at these places, ascending. What stands before the first of them belongs to
/// it where `leads` says so of these bytes, else it is one by itself. Ranges that hold nothing to read are left out.
pub(super) fn find_frames(
    bytes: &[u8],
    mut starts: Vec<usize>,
    leads: impl Fn(&[u8]) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    match starts.first_mut() {
        Some(first) if leads(&bytes[..*first]) => *first = 0,
        Some(_) => starts.insert(0, 0),
        None => starts.push(0),
    }
    starts.push(bytes.len());
    let ranges: Vec<Range<usize>> = starts.windows(2).map(|pair| pair[0]..pair[1]).collect();
    ranges
        .into_iter()
        .filter(|range| has_text(&bytes[range.clone()]))
}

/// Where the last frame of IPTC 7901 ends: after ETX or EOT (section 3.5), with the controls after it.
pub(super) fn end_of_iptc(bytes: &[u8]) -> Option<usize> {
    let end = memchr::memrchr2(0x03, 0x04, bytes)? + 1;
    Some(skip_controls(bytes, end))
}

/// Where the last frame of ANPA 1312 ends: after EOT, since a line of the dispatch follows ETX, or before the SYN of the
/// next one.
pub(super) fn end_of_anpa(bytes: &[u8]) -> Option<usize> {
    let next = || memchr::memmem::rfind(bytes, b"\x16\x16\x01").filter(|&at| at > 0);
    match memchr::memrchr(0x04, bytes) {
        Some(end) => Some(skip_controls(bytes, end + 1)),
        None => next(),
    }
}

/// Where the last frame ends that a line `NNNN` closes, with the controls after it.
pub(super) fn end_of_telex(bytes: &[u8]) -> Option<usize> {
    let ends_line = |end: &usize| bytes.get(*end).is_none_or(u8::is_ascii_control);
    let marks = memchr::memmem::rfind_iter(bytes, b"\nNNNN").map(|at| at + 5);
    let end = marks.into_iter().find(ends_line)?;
    Some(skip_controls(bytes, end))
}

fn skip_controls(bytes: &[u8], end: usize) -> usize {
    let fill = |b: &&u8| b.is_ascii_control() && !matches!(b, 0x01 | 0x05 | 0x16);
    end + bytes[end..].iter().take_while(fill).count()
}

/// True where something stands that can be read.
pub(super) fn has_text(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| b.is_ascii_graphic() || *b >= 0x80)
}
