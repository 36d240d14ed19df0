//! Reads a followed file: all of it, or only what was appended, and reports which entries replace which.

use std::fs::File;
use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::dispatch::{InputProblem, Problem, Severity, Stamp};
use crate::format::{self, Context, FormatId, RecordBoundary};
use crate::index::{
    FileTracker, Input, InputLocation, Replacement, TrackedFile, WatchedInput, path_text,
};
use crate::ingest::compression::PackedFormat;
use crate::ingest::files::{
    self, InputBytes, MAX_WHOLE_INPUT, PART_SIZE, now, open_file, stamp_from_system_time,
};
use crate::ingest::load::{
    FORMAT_SAMPLE_SIZE, INPUT_PANIC_MESSAGE, InputSlice, ReadTask, Reader, SEGMENT_INTERVAL,
    SplitInput,
};
use crate::ingest::watch::file_states::{
    Claim, FileChange, FileStat, FileState, ReadItem, ReadRecorder, limit_items, match_items,
};
use crate::ingest::watch::watcher::WatchState;
use crate::text::{error_reason, hash};

/// How complete a file is thought to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Completeness {
    /// Somebody still writes: its last item may not be whole.
    StillWritten,
    /// Closed; the last line may still be a part of one.
    Closed,
    /// Taken as it is.
    AsIs,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::ingest) enum FileOutcome {
    /// Somebody else reads it at this moment: try again.
    Busy,
    /// It is known already.
    AlreadyRead,
    /// It cannot be read.
    Failed,
    /// Read. True where something at its end waits to become complete.
    Read(Vec<Replacement>, bool),
}

impl Reader<'_> {
    /// Reads a file of a watch, where that is still to be done; `again` where it may have changed.
    pub(in crate::ingest) fn read_watched_file(
        &mut self,
        following: &WatchState,
        path: &Path,
        again: bool,
        complete: Completeness,
    ) -> FileOutcome {
        let (before, how) = match following.file_states.claim(path, again) {
            Claim::Busy => return FileOutcome::Busy,
            Claim::Read => return FileOutcome::AlreadyRead,
            Claim::Free(Some((known, how))) => (Some(known), how),
            Claim::Free(None) => (None, FileChange::Rewritten),
        };
        let mut before = before;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.read_claimed(following, path, (&mut before, how), complete)
        }));
        let Ok(outcome) = outcome else {
            self.recorder = None;
            self.report_unreadable(path, INPUT_PANIC_MESSAGE);
            following
                .file_states
                .finish_read(path, FileState::unread(path));
            return FileOutcome::AlreadyRead;
        };
        match outcome {
            Ok(Some((known, replaced))) => {
                let waits = known.end < known.stat.length && known.whole_hash.is_none();
                following.file_states.finish_read(path, Some(known));
                FileOutcome::Read(replaced, waits)
            }
            Ok(None) => FileOutcome::AlreadyRead,
            Err(error) => {
                let there = before.is_some();
                following.file_states.finish_read(path, before);
                if error.kind() == io::ErrorKind::NotFound {
                    following.file_states.mark_deleted(path);
                    return FileOutcome::AlreadyRead;
                }
                if !there || again {
                    let message = format!("cannot be opened: {}", error_reason(&error));
                    self.report_unreadable(path, message);
                }
                FileOutcome::Failed
            }
        }
    }

    /// `Ok(None)`: the ledger has been told already, or will be.
    fn read_claimed(
        &mut self,
        following: &WatchState,
        path: &Path,
        (before, how): (&mut Option<FileState>, FileChange),
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let file = open_file(path)?;
        let about = file.metadata()?;
        let stat = FileStat::of(&about);
        let known = before.take();
        if let Some(mut known) = known {
            let rest = complete == Completeness::AsIs && known.end < stat.length;
            if known.stat.is_same(&stat) && !rest && how == FileChange::Rewritten {
                known.set_location(path, stat);
                following.file_states.finish_read(path, Some(known));
                return Ok(None);
            }
            let store = InputBytes::File(file);
            if let Some((at, last)) = find_append_point(&store, &known, &stat)? {
                known.set_location(path, stat);
                self.count_input(stat.length.saturating_sub(at));
                return self
                    .read_appended(&store, path, known, (at, last), complete)
                    .map(Some);
            }
            let InputBytes::File(file) = store else {
                return Ok(None);
            };
            return self.read_from_start(following, path, file, stat, Some((known, how)), complete);
        }
        self.read_from_start(following, path, file, stat, None, complete)
    }

    /// Whether the bytes of a file are kept: of those that were there at the start, only so many.
    pub(super) fn should_retain(&self, following: &WatchState, length: u64) -> bool {
        self.is_live || following.spare(length)
    }
}

// Reads a followed file from its first byte on: packed, item by item, or as a whole.

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

// A file that grows: what was added is read on from where it ended, whole items only.

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
            let (first, skip) = files::read_part_items(store, cut, part.clone(), &mut buffer)?;
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
pub(in crate::ingest) fn complete_items_len(
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
pub(in crate::ingest) fn fingerprints(
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

// What a reader does more where a watch follows: it notes what it makes of a file, and keeps what arrives.

/// Shortest time between two segments of a stream that goes on: each costs something for as long as the program runs.
const LIVE_SEGMENT_INTERVAL: Duration = Duration::from_millis(400);

impl Reader<'_> {
    /// Reads files of the load, those that the watch has not read before.
    pub(in crate::ingest) fn read_files(&mut self, following: &WatchState, paths: &[PathBuf]) {
        for path in paths {
            if let FileOutcome::Read(_, true) =
                self.read_watched_file(following, path, false, Completeness::Closed)
            {
                following.add_incomplete(path);
            }
        }
    }

    /// Reads a stream; where a watch follows, what it brings arrives at this moment.
    pub(in crate::ingest) fn read_stream_task(&mut self, path: PathBuf) {
        if self.shared.watch.is_none() {
            return self.catch_panic(&path.clone(), |reader| reader.read_stream(path));
        }
        self.send_segment();
        (self.is_live, self.segment_interval) = (true, LIVE_SEGMENT_INTERVAL);
        self.catch_panic(&path.clone(), |reader| reader.read_stream(path));
        self.send_segment();
        (self.is_live, self.segment_interval) = (false, SEGMENT_INTERVAL);
    }

    /// An input; what is read as it arrives is dated.
    pub(in crate::ingest) fn new_input(
        &self,
        place: InputLocation,
        format: FormatId,
        length: u64,
        modified: Option<Stamp>,
    ) -> Arc<Input> {
        let mut input = Input::new(place, format, length, modified);
        input.arrived_at = self.is_live.then(now);
        Arc::new(input)
    }

    /// Notes of an input of a file where its bytes are, and keeps them where they shall be.
    pub(in crate::ingest) fn record_input(&self, input: &Input, batch: &InputSlice<'_>) {
        let (Some(made), Some(following)) = (&self.recorder, self.shared.watch) else {
            return;
        };
        if matches!(input.location, InputLocation::File(_)) {
            let kept = made
                .retain
                .then(|| following.retention.retain(batch.bytes, batch.offset));
            let file = Arc::clone(&made.trace);
            let _ = input.watched.set(WatchedInput {
                file,
                retained: kept,
            });
        }
    }

    /// An input that is held in memory: a piece of a stream, or of something packed. What arrives is kept as a watch
    /// keeps it.
    pub(in crate::ingest) fn memory_input(
        &self,
        (path, number): (&Path, u64),
        format: FormatId,
        bytes: &Arc<[u8]>,
        modified: Option<Stamp>,
    ) -> Arc<Input> {
        let kept = self.shared.watch.filter(|_| self.is_live);
        let kept = kept.map(|following| following.retention.retain(bytes, 0));
        let held = if kept.is_some() {
            Arc::default()
        } else {
            Arc::clone(bytes)
        };
        let place = InputLocation::Memory(path.to_owned(), number, held);
        let input = self.new_input(place, format, bytes.len() as u64, modified);
        if kept.is_some() {
            let file = Arc::new(FileTracker::default());
            let _ = input.watched.set(WatchedInput {
                file,
                retained: kept,
            });
        }
        input
    }

    /// Makes tasks of the parts of a followed input.
    pub(super) fn queue_watched_parts(&self, input: Input, known: FileState) {
        self.queue_parts_of(input, Some(known));
    }

    pub(in crate::ingest) fn queue_parts_of(&self, input: Input, known: Option<FileState>) {
        let count = files::part_count(input.length);
        let counts = (0..count).map(|_| AtomicU32::new(0)).collect();
        let parted = Arc::new(SplitInput {
            input: Arc::new(input),
            part_counts: counts,
            parts_left: AtomicU32::new(count),
            file_state: known.map(Mutex::new),
        });
        // The end first, where the newest stand on most wires; then the start, for those that are the other way round.
        let order = std::iter::once(count - 1)
            .chain(std::iter::once(0))
            .chain((1..count - 1).rev());
        self.shared
            .add_tasks(order.map(|part| ReadTask::Part(Arc::clone(&parted), part)));
    }

    /// Begins to note what a part holds, where a watch follows.
    pub(in crate::ingest) fn start_part_record(&mut self, parted: &SplitInput) {
        self.recorder = parted.file_state.as_ref().map(|known| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            ReadRecorder::new(&known.trace, false)
        });
    }

    /// What a part held is noted; `end` is where the last one ends.
    pub(in crate::ingest) fn finish_part_record(&mut self, parted: &SplitInput, end: Option<u64>) {
        let (Some(made), Some(known)) = (self.recorder.take(), &parted.file_state) else {
            return;
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.items.extend(made.items);
        known.end = end.unwrap_or(known.end);
    }

    /// All parts have been read.
    pub(in crate::ingest) fn finish_parts(&self, parted: &SplitInput, path: &Path) {
        let (Some(following), Some(known)) = (self.shared.watch, &parted.file_state) else {
            return;
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.items.sort_by_key(|item| (item.start, item.nth));
        limit_items(&mut known.items);
        let counts = parted.part_counts.iter();
        known.count = counts.map(|count| count.load(Ordering::Relaxed)).sum();
        known.fingerprints = InputBytes::open_location(&parted.input.location)
            .and_then(|store| fingerprints(&store, known.end))
            .unwrap_or_default();
        let waits = known.end < known.stat.length;
        following.file_states.finish_read(path, Some(known));
        if waits {
            following.add_incomplete(path);
        }
    }
}
