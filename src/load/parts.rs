//! Reads byte ranges of inputs, and cuts inputs of one item a line into parts that can be read side by side.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::sync::Arc;

use rustix::fs::OFlags;

use crate::desk::Place;

/// Bytes of one part.
pub(super) const PART: u64 = 4 << 20;
/// Bytes of the last part.
const TAIL: u64 = 256 << 10;
/// Longest line that is read.
const LINE_LIMIT: u64 = 256 << 20;
/// Step by which a part is read on to the end of its last line.
const STEP: usize = 64 << 10;

/// Bytes that can be read at any place.
#[derive(Debug)]
pub(super) enum Store {
    File(File),
    Memory(Arc<[u8]>),
    Static(&'static [u8]),
}

impl Store {
    /// Opens the bytes of an input again.
    pub(super) fn open(place: &Place) -> io::Result<Self> {
        Ok(match place {
            // To open a pipe must not be to wait for its writer.
            Place::File(path) => {
                let flags = OFlags::NONBLOCK.bits().cast_signed();
                let file = File::options().read(true).custom_flags(flags).open(path)?;
                if !file.metadata()?.is_file() {
                    return Err(io::Error::other("no longer a regular file"));
                }
                Self::File(file)
            }
            Place::Memory(_, _, bytes) => Self::Memory(Arc::clone(bytes)),
            Place::BuiltIn(_, bytes) => Self::Static(bytes),
        })
    }

    /// The bytes of a range, less where the input ends before: held in memory, or read into a buffer whose old bytes
    /// do not matter.
    pub(super) fn bytes<'b>(
        &'b self,
        range: Range<u64>,
        buffer: &'b mut Vec<u8>,
    ) -> io::Result<&'b [u8]> {
        let file = match self {
            Self::File(file) => file,
            Self::Memory(bytes) => return Ok(part(bytes, range)),
            Self::Static(bytes) => return Ok(part(bytes, range)),
        };
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let mut filled = 0;
        while filled < length {
            match file.read_at(&mut buffer[filled..length], range.start + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&buffer[..filled])
    }

    /// Appends a range to a buffer; less where the input ends before.
    pub(super) fn read(&self, range: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        let bytes: &[u8] = match self {
            Self::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(range.start))?;
                let length = range.end.saturating_sub(range.start);
                into.reserve(usize::try_from(length).unwrap_or(0));
                file.take(length).read_to_end(into)?;
                return Ok(());
            }
            Self::Memory(bytes) => bytes,
            Self::Static(bytes) => bytes,
        };
        into.extend_from_slice(part(bytes, range));
        Ok(())
    }
}

/// The part of some bytes that a range covers.
fn part(bytes: &[u8], range: Range<u64>) -> &[u8] {
    let at = |position: u64| {
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        at.min(bytes.len())
    };
    &bytes[at(range.start)..at(range.end).max(at(range.start))]
}

/// Number of parts of an input of so many bytes.
pub(super) fn count(length: u64) -> u32 {
    u32::try_from(length.saturating_sub(TAIL).div_ceil(PART) + 1).unwrap_or(u32::MAX)
}

/// The bytes of a part. The last one is small: it is read first, and what stands in it is on the screen soonest.
pub(super) fn bounds(length: u64, part: u32) -> Range<u64> {
    let tail = length.saturating_sub(TAIL);
    if part + 1 >= count(length) {
        return tail..length;
    }
    let start = u64::from(part) * PART;
    start..(start + PART).min(tail)
}

/// Reads the lines that begin in a part, to the end of the last of them. Returns where the first begins in the input,
/// and where in the buffer.
pub(super) fn lines(
    store: &Store,
    part: Range<u64>,
    into: &mut Vec<u8>,
) -> io::Result<(u64, usize)> {
    into.clear();
    let Range { start, end } = part;
    // One byte more in front: a line begins at `start` only if a newline stands before it.
    let from = start.saturating_sub(1);
    store.read(from..end, into)?;
    let mut skip = 0;
    if start > 0 {
        let Some(newline) = memchr::memchr(b'\n', into) else {
            into.clear();
            return Ok((start, 0));
        };
        skip = newline + 1;
    }
    if skip == into.len() {
        into.clear();
        return Ok((from + skip as u64, 0));
    }
    let mut at = end;
    while !into.is_empty() && into.last() != Some(&b'\n') {
        if into.len() as u64 > LINE_LIMIT {
            let message = "a line longer than 256 MiB";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let before = into.len();
        store.read(at..at + STEP as u64, into)?;
        if into.len() == before {
            break;
        }
        if let Some(newline) = memchr::memchr(b'\n', &into[before..]) {
            into.truncate(before + newline + 1);
        }
        at += STEP as u64;
    }
    Ok((from + skip as u64, skip))
}

/// Reads a file of known length with as few calls as it takes.
pub(super) fn read_small(mut file: &File, length: u64, into: &mut Vec<u8>) -> io::Result<()> {
    let length = usize::try_from(length).unwrap_or(0);
    into.resize(length + 1, 0);
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

/// True where a start of an input is UTF-8, apart from a character that the cut has split.
pub(super) fn is_utf8_start(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn every_line_is_in_exactly_one_part() {
        let mut text = String::new();
        for i in 0..200_000 {
            let _ = writeln!(text, "line {i} {}", "x".repeat(i % 97));
        }
        text.push_str(&"y".repeat(9 << 20)); // a last line longer than two parts, without a newline
        let bytes: Arc<[u8]> = text.clone().into_bytes().into();
        let store = Store::Memory(Arc::clone(&bytes));
        let mut whole = Vec::new();
        let mut buffer = Vec::new();
        for part in 0..count(bytes.len() as u64) {
            let bounds = bounds(bytes.len() as u64, part);
            let (first, skip) = lines(&store, bounds, &mut buffer).unwrap();
            let lines = &buffer[skip..];
            assert!(lines.is_empty() || first == whole.len() as u64);
            whole.extend_from_slice(lines);
        }
        assert!(whole == text.as_bytes());
    }
}
