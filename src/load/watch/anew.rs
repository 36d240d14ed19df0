//! Reads a followed file from its first byte on: packed, item by item, or as a whole.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::Arc;

use super::super::parts::PART_SIZE;
use super::super::reader::{FORMAT_SAMPLE_SIZE, MAX_WHOLE_INPUT, Reader};
use super::super::stamp_from_system_time;
use super::super::store::InputBytes;
use super::super::unpack::PackedFormat;
use super::WatchState;
use super::ledger::{FileStat, FileState};
use super::made::{ReadRecorder, limit_items};
use super::pairing::{FileChange, match_items};
use super::take::Completeness;
use crate::desk::{FileTracker, Input, InputLocation, Replacement, TrackedFile, path_text};
use crate::dispatch::{InputProblem, Problem, Severity, Stamp};
use crate::format::{self, FormatId, RecordBoundary};
use crate::text::hash;

/// What is known of a file now, and what stands in the place of what.
pub(super) type ReadResult = (FileState, Vec<Replacement>);

/// A file that is read from its first byte on.
struct FileRead<'a> {
    path: &'a Path,
    stat: FileStat,
    modified: Option<Stamp>,
    /// Of a large one no more than a sample is read before it is known what it is.
    is_large: bool,
    store: InputBytes,
    known: FileState,
    /// What was known of it before.
    previous: Option<(FileState, FileChange)>,
}

impl Reader<'_> {
    /// Reads a file. `Ok(None)`: the ledger will be told.
    pub(super) fn read_from_start(
        &mut self,
        following: &WatchState,
        path: &Path,
        file: File,
        stat: FileStat,
        before: Option<(FileState, FileChange)>,
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let modified = file.metadata()?.modified().ok().map(stamp_from_system_time);
        let mut known = FileState::new(stat);
        let seen = TrackedFile {
            path: path.to_owned(),
            length: stat.length,
            modified,
        };
        known.trace = Arc::new(FileTracker::new(seen));
        self.count_input(stat.length);
        let mut fresh = FileRead {
            path,
            stat,
            modified,
            is_large: stat.length > 2 * PART_SIZE,
            store: InputBytes::File(file),
            known,
            previous: before,
        };
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        let first = if fresh.is_large {
            FORMAT_SAMPLE_SIZE
        } else {
            stat.length + 1
        };
        fresh.store.read(0..first, &mut bytes)?;
        if bytes.is_empty() {
            self.buffer = bytes;
            return Ok(Some(self.handle_empty(fresh)));
        }
        if let Some(kind) = PackedFormat::detect(&bytes) {
            return self.read_packed(fresh, kind, &bytes).map(Some);
        }
        match format::detect_as(self.forced_format(), &bytes) {
            Err(problem) => Ok(Some(self.handle_unknown_format(fresh, problem, &bytes))),
            Ok(format) => {
                fresh.known.format = Some(format);
                if format.row().boundary == RecordBoundary::Unsplittable {
                    return self.read_whole(following, fresh, format, bytes).map(Some);
                }
                self.buffer = bytes;
                self.read_items(fresh, format, complete)
            }
        }
    }

    /// Nothing is in it, or nothing any more: what was may be written again.
    fn handle_empty(&self, mut fresh: FileRead<'_>) -> ReadResult {
        if let Some((old, _)) = fresh.previous {
            old.trace.update(None);
            fresh.known.items = old.items;
        } else {
            let mut problem = InputProblem::unreadable(path_text(fresh.path), "empty so far");
            problem.problem.severity = Severity::Note;
            self.report_problem(problem);
        }
        (fresh.known, Vec::new())
    }

    /// It is in no format that is read.
    fn handle_unknown_format(
        &mut self,
        mut fresh: FileRead<'_>,
        problem: Problem,
        bytes: &[u8],
    ) -> ReadResult {
        self.report_input_problem(fresh.path, problem);
        fresh.known.end = fresh.stat.length;
        fresh.known.whole_hash = Some(hash(bytes));
        self.replace_previous(fresh.known, fresh.previous, &[])
    }

    /// It holds others.
    fn read_packed(
        &mut self,
        mut fresh: FileRead<'_>,
        kind: PackedFormat,
        bytes: &[u8],
    ) -> io::Result<ReadResult> {
        let FileRead { path, stat, .. } = fresh;
        fresh.known.whole_hash = (!fresh.is_large).then(|| hash(bytes));
        fresh.known.end = stat.length;
        if let Some((old, _)) = &fresh.previous
            && fresh.known.whole_hash.is_some()
            && old.whole_hash == fresh.known.whole_hash
        {
            return Ok(unchanged_content(old, path, stat));
        }
        self.recorder = Some(ReadRecorder::new(&fresh.known.trace, false));
        if let (true, InputBytes::File(mut file)) = (fresh.is_large, fresh.store) {
            io::Seek::rewind(&mut file)?;
            self.unpack_input(
                path.to_owned(),
                kind,
                fresh.modified,
                stat.length,
                &mut file,
            );
        } else {
            let mut content = Cursor::new(bytes);
            self.unpack_input(
                path.to_owned(),
                kind,
                fresh.modified,
                stat.length,
                &mut content,
            );
        }
        Ok(self.replace_previous(fresh.known, fresh.previous, &[]))
    }

    /// It is read item by item, and read on when it grows. A large one of the load is read in parts, side by side.
    fn read_items(
        &mut self,
        fresh: FileRead<'_>,
        format: FormatId,
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let FileRead { path, stat, .. } = fresh;
        if fresh.is_large && fresh.previous.is_none() && !self.is_live {
            let place = InputLocation::File(path.to_owned());
            let input = Input::new(place, format, stat.length, fresh.modified);
            self.queue_watched_parts(input, fresh.known);
            return Ok(None);
        }
        let (known, _) =
            self.read_appended(&fresh.store, path, fresh.known, (0, None), complete)?;
        Ok(Some(self.replace_previous(known, fresh.previous, &[])))
    }

    /// It is read as a whole. `bytes`: all of it, or of a large one the first.
    fn read_whole(
        &mut self,
        following: &WatchState,
        mut fresh: FileRead<'_>,
        format: FormatId,
        mut bytes: Vec<u8>,
    ) -> io::Result<ReadResult> {
        let FileRead { path, stat, .. } = fresh;
        if stat.length > MAX_WHOLE_INPUT {
            let message =
                "larger than 1 GiB, and in a format that is read only as a whole: not read";
            self.report_unreadable(path, message);
            fresh.known.end = stat.length;
            return Ok(self.replace_previous(fresh.known, fresh.previous, &[]));
        }
        if fresh.is_large {
            bytes.clear();
            fresh.store.read(0..MAX_WHOLE_INPUT, &mut bytes)?;
        }
        fresh.known.whole_hash = Some(hash(&bytes));
        fresh.known.end = bytes.len() as u64;
        if let Some((old, FileChange::Rewritten)) = &fresh.previous
            && old.whole_hash == fresh.known.whole_hash
        {
            let known = unchanged_content(old, path, stat);
            self.buffer = bytes;
            return Ok(known);
        }
        let keep = !fresh.is_large && self.should_retain(following, stat.length);
        self.recorder = Some(ReadRecorder::new(&fresh.known.trace, keep));
        let place = InputLocation::File(path.to_owned());
        let input = self.new_input(place, format, stat.length, fresh.modified);
        self.scan_input(&input, &bytes);
        let read = self.replace_previous(fresh.known, fresh.previous, &bytes);
        if !fresh.is_large {
            self.buffer = bytes;
        }
        Ok(read)
    }

    /// What was made of a file takes the place of what was before.
    fn replace_previous(
        &mut self,
        mut known: FileState,
        before: Option<(FileState, FileChange)>,
        bytes: &[u8],
    ) -> (FileState, Vec<Replacement>) {
        if let Some(made) = self.recorder.take() {
            known.items = made.items;
        }
        let Some((old, how)) = before else {
            return (known, Vec::new());
        };
        let start = usize::try_from(old.end).unwrap_or(usize::MAX);
        let grown = bytes
            .get(..start)
            .is_some_and(|start| old.whole_hash == Some(hash(start)));
        let how = if grown { FileChange::Grown } else { how };
        old.trace.update(None);
        let (replaced, left) = match_items(&old.items, &known.items, how);
        known.items.extend(left);
        limit_items(&mut known.items);
        (known, replaced)
    }
}

/// The same file under another date.
fn unchanged_content(
    old: &FileState,
    path: &Path,
    stat: FileStat,
) -> (FileState, Vec<Replacement>) {
    let mut known = old.clone();
    known.set_location(path, stat);
    (known, Vec::new())
}
