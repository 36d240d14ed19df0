//! A file that grows: what was added is read on from where it ended, whole items only.

use std::io;
use std::path::Path;

use super::super::batch::InputSlice;
use super::super::parts::{self, PART_SIZE};
use super::super::reader::Reader;
use super::super::store::InputBytes;
use super::ledger::{FileStat, FileState};
use super::made::{ReadRecorder, limit_items};
use super::pairing::{FileChange, ReadItem, match_items};
use super::take::Completeness;
use crate::desk::{InputLocation, Replacement};
use crate::format::{Context, FormatId, RecordBoundary};
use crate::text::hash;

/// Bytes at either end by which a file that has only grown is known.
const FINGERPRINT_SIZE: u64 = 1024;

impl Reader<'_> {
    /// Reads the items from a place on that is known to begin one; `find_last` is what was read there before.
    pub(super) fn read_appended(
        &mut self,
        store: &InputBytes,
        path: &Path,
        mut known: FileState,
        (at, last): (u64, Option<ReadItem>),
        complete: Completeness,
    ) -> io::Result<(FileState, Vec<Replacement>)> {
        let format = known.format.unwrap_or(FormatId::PLAIN);
        let cut = format.row().boundary;
        let Some(seen) = known.trace.current() else {
            return Ok((known, Vec::new()));
        };
        if let Some(last) = &last {
            known.items.retain(|item| !item.is(last));
            known.count = known.count.saturating_sub(1);
        }
        let before = known.items.len();
        known.end = at;
        let length = seen.length.saturating_sub(at);
        let keep = self
            .shared
            .watch
            .is_some_and(|f| self.should_retain(f, length));
        self.recorder = Some(ReadRecorder::new(&known.trace, keep));
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            let part = known.end..known.end + PART_SIZE;
            let (first, skip) = parts::read_part_items(store, cut, part.clone(), &mut buffer)?;
            let items = &buffer[skip.min(buffer.len())..];
            let is_last = first + (items.len() as u64) < part.end || first >= part.end;
            let items = if is_last {
                &items[..complete_items_len(cut, items, complete)]
            } else {
                items
            };
            if items.is_empty() {
                break;
            }
            let place = InputLocation::File(path.to_owned());
            let input = self.new_input(place, format, seen.length, seen.modified);
            let context = Context {
                file_time: seen.modified,
                first_index: known.count,
                first_byte: first,
            };
            let batch = InputSlice {
                bytes: items,
                part: 0,
                offset: first,
            };
            let (count, _) = self.scan(&input, &batch, &context).unwrap_or_default();
            // What is no item yet may become one.
            if count == 0 && is_last && complete == Completeness::AsIs {
                break;
            }
            known.count = known.count.saturating_add(count);
            known.end = first + items.len() as u64;
            if is_last {
                break;
            }
        }
        self.buffer = buffer;
        known.fingerprints = fingerprints(store, known.end)?;
        let made = self
            .recorder
            .take()
            .map(|made| made.items)
            .unwrap_or_default();
        known.items.extend(made);
        let new = &known.items[before..];
        let (replaced, left) =
            match_items(last.as_slice(), &new[..new.len().min(1)], FileChange::Grown);
        known.items.splice(before..before, left);
        limit_items(&mut known.items);
        Ok((known, replaced))
    }
}

/// How many of the bytes at the end of a file are whole items.
pub(in crate::load) fn complete_items_len(
    cut: RecordBoundary,
    bytes: &[u8],
    complete: Completeness,
) -> usize {
    if complete == Completeness::AsIs {
        return bytes.len();
    }
    if cut != RecordBoundary::Newline {
        return match complete {
            Completeness::StillWritten => cut.find_last(bytes, 1).unwrap_or(0),
            _ => bytes.len(),
        };
    }
    let lines = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    let rest = bytes[lines..].trim_ascii();
    let closed = complete == Completeness::Closed && rest.ends_with(b"}");
    if closed { bytes.len() } else { lines }
}

/// Where a file that has only grown is to be read on, and the dispatch that was read there before.
pub(super) fn find_append_point(
    store: &InputBytes,
    known: &FileState,
    stat: &FileStat,
) -> io::Result<Option<(u64, Option<ReadItem>)>> {
    let Some(format) = known.format else {
        return Ok(None);
    };
    let cut = format.row().boundary;
    let may = cut != RecordBoundary::Unsplittable
        && known.stat.is_same_file(stat)
        && stat.length >= known.end;
    if !may || known.fingerprints.is_some() && known.fingerprints != fingerprints(store, known.end)?
    {
        return Ok(None);
    }
    // The same length under another date: written anew, unless something was left.
    if stat.length == known.end && known.stat.length == stat.length {
        return Ok(None);
    }
    let from = known.end.saturating_sub(RecordBoundary::LOOKBEHIND as u64);
    let mut bytes = Vec::new();
    store.read(
        from..known.end + RecordBoundary::LOOKAHEAD as u64,
        &mut bytes,
    )?;
    let behind = usize::try_from(known.end - from).unwrap_or(0);
    if known.end == 0 || cut.find_next(&bytes, behind) == Some(behind) {
        return Ok(Some((known.end, None)));
    }
    let last = known.items.last().cloned();
    Ok(last.map(|item| (item.start, Some(item))))
}

/// Hashes of the bytes at the start, and of those before a place.
pub(in crate::load) fn fingerprints(
    store: &InputBytes,
    end: u64,
) -> io::Result<Option<(u64, u64)>> {
    let mut bytes = Vec::new();
    store.read(0..FINGERPRINT_SIZE.min(end), &mut bytes)?;
    let start = hash(&bytes);
    bytes.clear();
    store.read(end.saturating_sub(FINGERPRINT_SIZE)..end, &mut bytes)?;
    Ok(Some((start, hash(&bytes))))
}
