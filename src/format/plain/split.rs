//! Parts a plain text that holds several dispatches, at marks that none holds within.
//!
//! Whether a dispatch begins behind a mark is judged by the text up to the next mark alone, so that a part that is read
//! again reads the same.

use std::ops::Range;

use super::headers;
use crate::format::dateline::LeadDateline;
use crate::format::encoding;
use crate::format::iptc::group::DateTimeGroup;

/// Bytes of a part by which it is judged.
const MAX_JUDGED_BYTES: usize = 4096;
/// Lines of a part among which a dateline must stand.
const MAX_DATELINE_LINES: usize = 12;

/// What parts dispatches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// `NNNN`: nothing but an end.
    End,
    /// `./.` and a date-time group, as daily aggregates have them.
    DateTimeGroup,
    /// `-30-`, `./.` or a form feed: another dispatch may follow, or a note.
    Possible,
}

/// The byte ranges of the dispatches of a plain input, in order; all of it where there is one.
pub(super) fn dispatch_ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    let marks = find_separators(bytes);
    let ends = marks.iter().skip(1).map(|&(at, _)| at).chain([bytes.len()]);
    for (&(at, mark), end) in marks.iter().zip(ends) {
        if starts_dispatch(&bytes[at..end], mark) {
            split_by_headers(bytes, from..at, &mut ranges);
            from = at;
        }
    }
    split_by_headers(bytes, from..bytes.len(), &mut ranges);
    ranges
}

/// Where lines begin that follow a mark, in order.
fn find_separators(bytes: &[u8]) -> Vec<(usize, Separator)> {
    let mut marks = Vec::new();
    if encoding::is_utf16(bytes) || memchr::memchr(0x1b, bytes).is_some() {
        return marks;
    }
    let mut add = |needle: &[u8], judge: fn(&[u8]) -> Option<Separator>| {
        for at in memchr::memmem::find_iter(bytes, needle) {
            if let Some(line) = short_line(bytes, at)
                && let Some(mark) = judge(bytes[line.clone()].trim_ascii())
            {
                marks.push((line.end, mark));
            }
        }
    };
    add(b"NNNN", |line| (line == b"NNNN").then_some(Separator::End));
    add(b"30", |line| {
        matches!(
            line,
            b"-30-" | b"- 30 -" | b"--30--" | b"\xe2\x80\x9430\xe2\x80\x94"
        )
        .then_some(Separator::Possible)
    });
    add(b"./.", |line| {
        let rest = std::str::from_utf8(line.strip_prefix(b"./.")?).ok()?;
        let grouped = DateTimeGroup::parse(rest).is_some_and(|group| group.is_certain());
        (rest.len() <= 40).then_some(if grouped {
            Separator::DateTimeGroup
        } else {
            Separator::Possible
        })
    });
    marks.extend(memchr::memchr_iter(0x0c, bytes).map(|at| (at + 1, Separator::Possible)));
    marks.sort_unstable_by_key(|&(at, _)| at);
    marks.dedup_by_key(|&mut (at, _)| at);
    marks
}

/// The line around a position near its start, with its end. `None` where it is longer than those of marks.
fn short_line(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let from = at.saturating_sub(9);
    let start = match memchr::memrchr2(b'\n', b'\r', &bytes[from..at]) {
        Some(line) => from + line + 1,
        None if from == 0 => 0,
        None => return None,
    };
    let reach = &bytes[at..bytes.len().min(at + 80)];
    let end = match memchr::memchr(b'\n', reach) {
        Some(end) => at + end + 1,
        None if at + reach.len() == bytes.len() => bytes.len(),
        None => return None,
    };
    Some(start..end)
}

/// True where the text behind a mark is another dispatch.
fn starts_dispatch(part: &[u8], mark: Separator) -> bool {
    let text = String::from_utf8_lossy(&part[..part.len().min(MAX_JUDGED_BYTES)]);
    let text = text.trim_ascii();
    if text.split_ascii_whitespace().take(3).count() < 3 {
        return false;
    }
    mark != Separator::Possible
        || headers::find_header_block(text).is_some_and(|block| block.is_certain())
        || has_dateline(text)
}

/// True where a dateline with an agency stands among the first lines.
fn has_dateline(text: &str) -> bool {
    let lines = text
        .lines()
        .map(str::trim_ascii)
        .filter(|line| !line.is_empty());
    lines
        .take(MAX_DATELINE_LINES)
        .filter_map(LeadDateline::parse)
        .any(|known| known.into_dateline().agency.is_some())
}

/// Parts a range further, where its block of headers is repeated in full.
fn split_by_headers(bytes: &[u8], range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let part = &bytes[range.clone()];
    let start = part.len() - part.trim_ascii_start().len();
    let line = &part[start..];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let name = memchr::memchr(b':', &line[..line.len().min(33)]).map(|colon| &line[..=colon]);
    let mut from = range.start;
    let name =
        name.filter(|_| !encoding::is_utf16(part) && starts_with_full_header_block(&part[start..]));
    for at in name
        .into_iter()
        .flat_map(|name| memchr::memmem::find_iter(part, name))
    {
        let at_line = at > start && part[at - 1] == b'\n';
        let before = part[..at].strip_suffix(b"\n").map_or(&b""[..], |before| {
            before.strip_suffix(b"\r").unwrap_or(before)
        });
        if at_line && before.ends_with(b"\n") && starts_with_full_header_block(&part[at..]) {
            ranges.push(from..range.start + at);
            from = range.start + at;
        }
    }
    ranges.push(from..range.end);
}

/// True where a block of several known headers begins here.
fn starts_with_full_header_block(bytes: &[u8]) -> bool {
    let reach = &bytes[..bytes.len().min(MAX_JUDGED_BYTES)];
    let end = [&b"\n\n"[..], b"\n\r\n"]
        .into_iter()
        .filter_map(|gap| memchr::memmem::find(reach, gap))
        .min();
    let Some(end) = end else { return false };
    let text = String::from_utf8_lossy(&reach[..=end]);
    headers::find_header_block(&text).is_some_and(|block| block.is_certain())
}
