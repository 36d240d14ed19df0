//! Cuts inputs into parts that can be read side by side, each with whole items.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

use super::store::InputBytes;
use crate::format::RecordBoundary;

/// Bytes of one part.
pub(super) const PART_SIZE: u64 = 4 << 20;
/// Bytes of the last part.
const LAST_PART_SIZE: u64 = 256 << 10;
/// Longest item that is read.
pub(super) const MAX_ITEM_SIZE: u64 = 256 << 20;
/// Step by which a part is read on to the end of its last item.
const PART_READ_STEP: usize = 64 << 10;

/// Number of parts of an input of so many bytes.
pub(super) fn part_count(length: u64) -> u32 {
    u32::try_from(length.saturating_sub(LAST_PART_SIZE).div_ceil(PART_SIZE) + 1).unwrap_or(u32::MAX)
}

/// The bytes of a part. The last one is small: it is read first, and what stands in it is on the screen soonest.
pub(super) fn part_range(length: u64, part: u32) -> Range<u64> {
    let tail = length.saturating_sub(LAST_PART_SIZE);
    if part + 1 >= part_count(length) {
        return tail..length;
    }
    let start = u64::from(part) * PART_SIZE;
    start..(start + PART_SIZE).min(tail)
}

/// Reads the items that begin in a part, to the end of the last of them. Returns where the first begins in the input,
/// and where in the buffer.
pub(super) fn read_part_items(
    store: &InputBytes,
    cut: RecordBoundary,
    part: Range<u64>,
    into: &mut Vec<u8>,
) -> io::Result<(u64, usize)> {
    into.clear();
    let Range { start, end } = part;
    // Some bytes more in front and behind: whether an item begins at a place shows only beside it.
    let from = start.saturating_sub(RecordBoundary::LOOKBEHIND as u64);
    let behind = to_index(start - from);
    store.read(from..end + RecordBoundary::LOOKAHEAD as u64, into)?;
    let skip = match start {
        0 => 0,
        _ => cut.find_next(into, behind).unwrap_or(into.len()),
    };
    let inner = to_index(end - from);
    if skip >= inner {
        into.clear();
        return Ok((from + skip as u64, 0));
    }
    let mut known = inner;
    let mut next = from + into.len() as u64;
    loop {
        if let Some(end) = cut.find_next(into, known) {
            // Not sure yet where what follows is not at hand, unless the input ends here.
            if cut == RecordBoundary::Newline || into.len() - end >= RecordBoundary::LOOKAHEAD {
                into.truncate(end);
                break;
            }
        }
        if into.len() as u64 > MAX_ITEM_SIZE {
            let message = "an item longer than 256 MiB";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let before = into.len();
        known = known.max(before.saturating_sub(RecordBoundary::LOOKAHEAD));
        store.read(next..next + PART_READ_STEP as u64, into)?;
        next += PART_READ_STEP as u64;
        if into.len() == before {
            if let Some(end) = cut.find_next(into, known) {
                into.truncate(end);
            }
            break;
        }
    }
    Ok((from + skip as u64, skip))
}

/// A position in a buffer.
fn to_index(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// Reads a file of known length with as few calls as it takes.
pub(super) fn read_known_length(
    mut file: &File,
    length: u64,
    into: &mut Vec<u8>,
) -> io::Result<()> {
    let length = usize::try_from(length).unwrap_or(0);
    if into.len() <= length {
        into.resize(length + 1, 0);
    }
    let mut filled = 0;
    loop {
        if filled == into.len() {
            into.resize(filled * 2, 0);
        }
        match file.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(count) => {
                filled += count;
                // As long as it said: one call less a file. Files that tell no length are read to their end.
                if filled == length {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    into.truncate(filled);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::sync::Arc;

    use super::*;

    #[track_caller]
    fn check(cut: RecordBoundary, text: &str) {
        let bytes: Arc<[u8]> = text.as_bytes().into();
        let store = InputBytes::Memory(Arc::clone(&bytes));
        let mut whole = Vec::new();
        let mut buffer = Vec::new();
        for part in 0..part_count(bytes.len() as u64) {
            let bounds = part_range(bytes.len() as u64, part);
            let (first, skip) = read_part_items(&store, cut, bounds, &mut buffer).unwrap();
            let items = &buffer[skip.min(buffer.len())..];
            let begins = cut.find_next(text.as_bytes(), whole.len());
            assert!(items.is_empty() || part == 0 || begins == Some(whole.len()));
            assert!(items.is_empty() || first == whole.len() as u64);
            whole.extend_from_slice(items);
        }
        assert!(whole == text.as_bytes());
    }

    #[test]
    fn every_item_is_in_exactly_one_part() {
        let (mut lines, mut mails, mut docs) =
            (String::new(), String::new(), String::from("<!DOCTYPE x>\n"));
        for i in 0..200_000 {
            let _ = writeln!(lines, "line {i} {}", "x".repeat(i % 97));
        }
        for i in 0..90_000 {
            let text = "x".repeat(i % 97);
            let _ = write!(
                mails,
                "From a@b Tue Mar  3 08:15:00 2026\nSubject: {i}\n\n{text}\nFrom {text}\n\n"
            );
            let _ = writeln!(docs, "<DOC>\n<DOCNO> {i} </DOCNO><TEXT>{text}</TEXT></DOC>");
        }
        // A last line longer than two parts, without a newline.
        lines.push_str(&"y".repeat(9 << 20));
        mails.push_str(&"y".repeat(9 << 20));
        check(RecordBoundary::Newline, &lines);
        check(RecordBoundary::MboxFrom, &mails);
        check(RecordBoundary::BeforeMark("<DOC>"), &docs);
    }
}
