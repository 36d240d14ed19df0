//! Reads a followed file, all of it or only what was appended, and finds out which entries replace which.
//! When a file is read is decided elsewhere.

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
    FileTracker, FileVersion, Input, InputLocation, Replacement, WatchedInput, path_text,
};
use crate::ingest::compression::PackedFormat;
use crate::ingest::files::{
    self, MAX_WHOLE_INPUT, PART_SIZE, append_range, now, open_file, version_to_read,
};
use crate::ingest::load::{
    FORMAT_SAMPLE_SIZE, INPUT_PANIC_MESSAGE, InputSlice, ReadTask, Reader, SEGMENT_INTERVAL,
    SplitInput,
};
use crate::ingest::watch::file_states::{
    Claim, FileChange, FileStat, FileState, ReadItem, ReadRecorder, limit_items, match_items,
};
use crate::ingest::watch::watcher::WatchState;
use crate::text::{error_reason, stable_hash};

/// How complete a file is assumed to be, which decides whether its last item is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Completeness {
    /// It is still being written: the last item may be incomplete.
    StillWritten,
    /// It was closed. Only a last line that does not look complete is left.
    Closed,
    /// Nothing has happened for a while: read everything as it is.
    AsIs,
}

/// The result of reading a followed file.
#[derive(Debug)]
pub(in crate::ingest) enum FileOutcome {
    /// Another thread is reading it: try again later.
    Busy,
    /// Nothing to do: it was read before, is gone, or its parts have been queued.
    AlreadyRead,
    /// It cannot be opened. The problem has been reported.
    Failed,
    /// It was read. The replaced entries, and whether an item at its end is incomplete.
    Read(Vec<Replacement>, bool),
}

impl Reader<'_> {
    /// Reads a followed file, unless it has been read already. `again` is set if it may have changed since.
    ///
    /// The walk of the load and the watch thread may both come here with the same file: the first to claim it reads it.
    pub(in crate::ingest) fn read_watched_file(
        &mut self,
        watch: &WatchState,
        path: &Path,
        again: bool,
        complete: Completeness,
    ) -> FileOutcome {
        let (before, change) = match watch.file_states.claim(path, again) {
            Claim::Busy => return FileOutcome::Busy,
            Claim::Read => return FileOutcome::AlreadyRead,
            Claim::Free(Some((known, change))) => (Some(known), change),
            Claim::Free(None) => (None, FileChange::Rewritten),
        };
        let mut before = before;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.read_claimed(watch, path, (&mut before, change), complete)
        }));
        let Ok(outcome) = outcome else {
            self.recorder = None;
            self.report_unreadable(path, INPUT_PANIC_MESSAGE);
            watch.file_states.finish_read(path, FileState::unread(path));
            return FileOutcome::AlreadyRead;
        };
        match outcome {
            Ok(Some((known, replaced))) => {
                let is_incomplete = known.end < known.stat.length && known.whole_hash.is_none();
                watch.file_states.finish_read(path, Some(known));
                FileOutcome::Read(replaced, is_incomplete)
            }
            Ok(None) => FileOutcome::AlreadyRead,
            Err(error) => {
                let was_known = before.is_some();
                watch.file_states.finish_read(path, before);
                if error.kind() == io::ErrorKind::NotFound {
                    watch.file_states.mark_deleted(path);
                    return FileOutcome::AlreadyRead;
                }
                if !was_known || again {
                    let message = format!("cannot be opened: {}", error_reason(&error));
                    self.report_unreadable(path, message);
                }
                FileOutcome::Failed
            }
        }
    }

    /// Reads a file that this thread has claimed. `before` is what was read of it earlier; it is left in place if the
    /// file cannot be opened. `Ok(None)` if the claim has ended already, or will when the last part has been read.
    ///
    /// # Errors
    /// If the file cannot be opened or read.
    fn read_claimed(
        &mut self,
        watch: &WatchState,
        path: &Path,
        (before, change): (&mut Option<FileState>, FileChange),
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let (file, about) = open_file(path)?;
        let stat = FileStat::of(&about);
        let known = before.take();
        if let Some(mut known) = known {
            // An unchanged file has something to read only if an incomplete item at its end is now taken as it is.
            let reads_rest = complete == Completeness::AsIs && known.end < stat.length;
            // A path may lead to another file by now. Length and date alone do not tell.
            let may_be_same = change == FileChange::Rewritten || known.stat.file_id().is_some();
            let is_same = known.stat.is_same(&stat)
                // Renamed while no events came.
                || change == FileChange::Recreated
                    && known.fingerprints.is_some()
                    && known.stat.may_be_renamed(&stat)
                    && known.fingerprints == fingerprints(&file, known.end)?;
            if may_be_same && is_same && !reads_rest {
                known.set_location(path, stat);
                watch.file_states.finish_read(path, Some(known));
                return Ok(None);
            }
            if may_be_same && let Some((at, last)) = find_append_point(&file, &known, &stat)? {
                known.set_location(path, stat);
                self.count_input(stat.length.saturating_sub(at));
                return self.read_appended(&file, path, known, (at, last), complete).map(Some);
            }
            let before = Some((known, change));
            return self.read_from_start(watch, path, file, stat, before, complete);
        }
        self.read_from_start(watch, path, file, stat, None, complete)
    }

    /// Whether to retain bytes of a file. Those that were there before the watch have a limited budget.
    pub(super) fn should_retain(&self, watch: &WatchState, length: u64) -> bool {
        self.is_live || watch.take_retain_budget(length)
    }
}

// Reading from the first byte on.

/// The new state of a file, and the entries that were replaced.
pub(super) type ReadResult = (FileState, Vec<Replacement>);

/// A file that is being read from its first byte on.
struct FileRead<'a> {
    path: &'a Path,
    stat: FileStat,
    version: FileVersion,
    /// True for files of more than two parts: only a sample is read before the format is known.
    is_large: bool,
    file: File,
    /// The new state, filled in while the file is read.
    known: FileState,
    /// The state after the last read, and what has happened since.
    previous: Option<(FileState, FileChange)>,
}

impl Reader<'_> {
    /// Reads a file from its first byte on: packed, item by item, or as a whole. `Ok(None)` if its parts were queued:
    /// the claim ends when the last one has been read.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn read_from_start(
        &mut self,
        watch: &WatchState,
        path: &Path,
        file: File,
        stat: FileStat,
        before: Option<(FileState, FileChange)>,
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let version = version_to_read(&file.metadata()?);
        watch.add_link(path);
        let mut known = FileState::new(stat);
        known.tracker = Arc::new(FileTracker::new(path.to_owned()));
        self.count_input(stat.length);
        let mut fresh = FileRead {
            path,
            stat,
            version,
            is_large: stat.length > 2 * PART_SIZE,
            file,
            known,
            previous: before,
        };
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        let first = if fresh.is_large { FORMAT_SAMPLE_SIZE } else { stat.length + 1 };
        append_range(&fresh.file, 0..first, &mut bytes)?;
        if bytes.is_empty() {
            self.buffer = bytes;
            return Ok(Some(self.handle_empty(fresh)));
        }
        if let Some(kind) = PackedFormat::detect(&bytes) {
            return self.read_packed(fresh, kind, &bytes).map(Some);
        }
        match format::detect_as(self.request(), &bytes) {
            Err(problem) => Ok(Some(self.handle_unknown_format(fresh, problem, &bytes))),
            Ok(format) => {
                fresh.known.format = Some(format);
                if format.row().boundary == RecordBoundary::Unsplittable {
                    return self.read_whole(watch, fresh, format, bytes).map(Some);
                }
                self.buffer = bytes;
                self.read_items(fresh, format, complete)
            }
        }
    }

    /// An empty file. If it was not empty before, its items are kept in mind: it is probably about to be rewritten.
    fn handle_empty(&self, mut fresh: FileRead<'_>) -> ReadResult {
        if let Some((old, _)) = fresh.previous {
            old.tracker.update(None);
            fresh.known.items = old.items;
        } else {
            let mut problem = InputProblem::unreadable(path_text(fresh.path), "empty so far");
            problem.problem.severity = Severity::Note;
            self.report_problem(problem);
        }
        (fresh.known, Vec::new())
    }

    /// A file in no readable format, such as binary data.
    fn handle_unknown_format(
        &mut self,
        mut fresh: FileRead<'_>,
        problem: Problem,
        bytes: &[u8],
    ) -> ReadResult {
        self.report_input_problem(fresh.path, problem);
        fresh.known.end = fresh.stat.length;
        fresh.known.whole_hash = Some(stable_hash(bytes));
        self.replace_previous(fresh.known, fresh.previous, &[])
    }

    /// A compressed file or an archive. Its contents stay in memory, so its bytes need not be retained.
    fn read_packed(
        &mut self,
        mut fresh: FileRead<'_>,
        kind: PackedFormat,
        bytes: &[u8],
    ) -> io::Result<ReadResult> {
        let FileRead { path, stat, .. } = fresh;
        fresh.known.whole_hash = (!fresh.is_large).then(|| stable_hash(bytes));
        fresh.known.end = stat.length;
        if let Some((old, _)) = &fresh.previous
            && fresh.known.whole_hash.is_some()
            && old.whole_hash == fresh.known.whole_hash
        {
            return Ok(unchanged_content(old, path, stat));
        }
        self.recorder = Some(ReadRecorder::new(&fresh.known.tracker, false));
        if fresh.is_large {
            let mut file = fresh.file;
            io::Seek::rewind(&mut file)?;
            self.unpack_input(
                path.to_owned(),
                kind,
                fresh.version.modified,
                stat.length,
                &mut file,
            );
        } else {
            let mut content = Cursor::new(bytes);
            self.unpack_input(
                path.to_owned(),
                kind,
                fresh.version.modified,
                stat.length,
                &mut content,
            );
        }
        Ok(self.replace_previous(fresh.known, fresh.previous, &[]))
    }

    /// A file in a splittable format: it is read item by item, and later only what is appended. During the load, a
    /// large one is read in parts, in parallel.
    fn read_items(
        &mut self,
        fresh: FileRead<'_>,
        format: FormatId,
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let FileRead { path, .. } = fresh;
        if fresh.is_large && fresh.previous.is_none() && !self.is_live {
            let location = InputLocation::File(path.to_owned());
            let input = Input::of_file(location, format, &fresh.version);
            self.queue_watched_parts(input, fresh.known);
            return Ok(None);
        }
        let (known, _) = self.read_appended(&fresh.file, path, fresh.known, (0, None), complete)?;
        Ok(Some(self.replace_previous(known, fresh.previous, &[])))
    }

    /// A file in a format that cannot be split. `bytes` has all of it, or only a sample if it is large.
    fn read_whole(
        &mut self,
        watch: &WatchState,
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
            append_range(&fresh.file, 0..MAX_WHOLE_INPUT, &mut bytes)?;
        }
        fresh.known.whole_hash = Some(stable_hash(&bytes));
        fresh.known.end = bytes.len() as u64;
        if let Some((old, _)) = &fresh.previous
            && old.whole_hash == fresh.known.whole_hash
        {
            let result = unchanged_content(old, path, stat);
            self.buffer = bytes;
            return Ok(result);
        }
        let retain = !fresh.is_large && self.should_retain(watch, stat.length);
        self.recorder = Some(ReadRecorder::new(&fresh.known.tracker, retain));
        let location = InputLocation::File(path.to_owned());
        let input = self.new_input(location, format, fresh.version);
        self.scan_input(&input, &bytes);
        let result = self.replace_previous(fresh.known, fresh.previous, &bytes);
        if !fresh.is_large {
            self.buffer = bytes;
        }
        Ok(result)
    }

    /// Matches the items just read with those of the last read. `bytes` is the whole file if it was read as a whole, to
    /// tell whether it has only grown; else empty. Old items without a match stay listed, and in the state of the file.
    fn replace_previous(
        &mut self,
        mut known: FileState,
        before: Option<(FileState, FileChange)>,
        bytes: &[u8],
    ) -> (FileState, Vec<Replacement>) {
        if let Some(recorder) = self.recorder.take() {
            known.items = recorder.items;
        }
        let Some((old, change)) = before else {
            return (known, Vec::new());
        };
        let start = usize::try_from(old.end).unwrap_or(usize::MAX);
        let has_grown =
            bytes.get(..start).is_some_and(|start| old.whole_hash == Some(stable_hash(start)));
        let change = if has_grown { FileChange::Grown } else { change };
        // The file no longer has the bytes of the old inputs: they are read from memory from now on.
        old.tracker.update(None);
        let (replaced, unmatched) = match_items(&old.items, &known.items, change);
        known.items.extend(unmatched);
        limit_items(&mut known.items);
        (known, replaced)
    }
}

/// The result for a file that was rewritten with the same bytes: only its date has changed.
fn unchanged_content(
    old: &FileState,
    path: &Path,
    stat: FileStat,
) -> (FileState, Vec<Replacement>) {
    let mut known = old.clone();
    known.set_location(path, stat);
    (known, Vec::new())
}

// Reading what was appended.

/// Bytes hashed at the start of a file and before the end of what was read, to tell whether it has only grown since.
/// Hashing everything would read a large file again with each line appended.
const FINGERPRINT_SIZE: u64 = 1024;

impl Reader<'_> {
    /// Reads the items from an offset on, where one begins. `last` is the item that was read there before, if it has
    /// been continued: the new one replaces it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn read_appended(
        &mut self,
        file: &File,
        path: &Path,
        mut known: FileState,
        (at, last): (u64, Option<ReadItem>),
        complete: Completeness,
    ) -> io::Result<(FileState, Vec<Replacement>)> {
        let format = known.format.unwrap_or(FormatId::PLAIN);
        let cut = format.row().boundary;
        let version = version_to_read(&file.metadata()?);
        if let Some(last) = &last {
            known.items.retain(|item| !item.is(last));
            known.count = known.count.saturating_sub(1);
        }
        let before = known.items.len();
        known.end = at;
        let length = version.length.saturating_sub(at);
        let retain = self.shared.watch.is_some_and(|watch| self.should_retain(watch, length));
        self.recorder = Some(ReadRecorder::new(&known.tracker, retain));
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            let part = known.end..known.end + PART_SIZE;
            let (first, skip) = files::read_part_items(file, cut, part.clone(), &mut buffer)?;
            let items = &buffer[skip.min(buffer.len())..];
            let is_last = first + (items.len() as u64) < part.end || first >= part.end;
            let items =
                if is_last { &items[..complete_items_len(cut, items, complete)] } else { items };
            if items.is_empty() {
                break;
            }
            let location = InputLocation::File(path.to_owned());
            let input = self.new_input(location, format, version);
            let context = Context {
                file_time: version.modified,
                first_index: known.count,
                first_byte: first,
                table: None,
            };
            let batch = InputSlice { bytes: items, part: 0, offset: first };
            let (count, _) = self.scan(&input, &batch, &context).unwrap_or_default();
            // Not an item yet, but it may become one: read it again when the file grows.
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
        known.fingerprints = fingerprints(file, known.end)?;
        let items = self.recorder.take().map(|recorder| recorder.items).unwrap_or_default();
        known.items.extend(items);
        let new = &known.items[before..];
        let (replaced, unmatched) =
            match_items(last.as_slice(), &new[..new.len().min(1)], FileChange::Grown);
        known.items.splice(before..before, unmatched);
        limit_items(&mut known.items);
        Ok((known, replaced))
    }
}

/// How many of the bytes at the end of a file belong to complete items.
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
    // The last line of a closed file often lacks a newline. It is complete if its JSON object is.
    let is_last_line_complete = complete == Completeness::Closed && rest.ends_with(b"}");
    if is_last_line_complete { bytes.len() } else { lines }
}

/// Where to continue reading a file that has only grown: an offset in bytes, and the item that was read there before if
/// it has been continued. `None` if the whole file must be read again.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn find_append_point(
    file: &File,
    known: &FileState,
    stat: &FileStat,
) -> io::Result<Option<(u64, Option<ReadItem>)>> {
    let Some(format) = known.format else {
        return Ok(None);
    };
    let cut = format.row().boundary;
    let may_have_grown = cut != RecordBoundary::Unsplittable
        && known.stat.is_same_file(stat)
        && stat.length >= known.end;
    if !may_have_grown
        || known.fingerprints.is_some() && known.fingerprints != fingerprints(file, known.end)?
    {
        return Ok(None);
    }
    // The same length with another date: rewritten. It was read to its end, so nothing was appended.
    if stat.length == known.end && known.stat.length == stat.length {
        return Ok(None);
    }
    let from = known.end.saturating_sub(RecordBoundary::LOOKBEHIND as u64);
    let mut bytes = Vec::new();
    let to = known.end + RecordBoundary::LOOKAHEAD as u64;
    append_range(file, from..to, &mut bytes)?;
    let behind = usize::try_from(known.end - from).unwrap_or(0);
    if known.end == 0 || cut.find_next(&bytes, behind) == Some(behind) {
        return Ok(Some((known.end, None)));
    }
    // No item begins at the end of what was read, so the last one goes on: read it again.
    let last = known.items.last().cloned();
    Ok(last.map(|item| (item.start, Some(item))))
}

/// Hashes of the first bytes of a file, and of the bytes before offset `end`; [`FINGERPRINT_SIZE`] bytes each.
///
/// # Errors
/// If the file cannot be read.
pub(in crate::ingest) fn fingerprints(file: &File, end: u64) -> io::Result<Option<(u64, u64)>> {
    let mut bytes = Vec::new();
    append_range(file, 0..FINGERPRINT_SIZE.min(end), &mut bytes)?;
    let start = stable_hash(&bytes);
    bytes.clear();
    append_range(file, end.saturating_sub(FINGERPRINT_SIZE)..end, &mut bytes)?;
    Ok(Some((start, stable_hash(&bytes))))
}

// Additional work of readers for a watch: recording what is read, and retaining its bytes.

/// Shortest time between segments of a live stream: each segment costs something for as long as the program runs.
const LIVE_SEGMENT_INTERVAL: Duration = Duration::from_millis(400);

impl Reader<'_> {
    /// Reads files of the load, except those that the watch has read already.
    pub(in crate::ingest) fn read_files(&mut self, watch: &WatchState, paths: &[PathBuf]) {
        for path in paths {
            if let FileOutcome::Read(_, true) =
                self.read_watched_file(watch, path, false, Completeness::Closed)
            {
                watch.add_incomplete(path);
            }
        }
    }

    /// Reads a stream to its end. With a watch, its dispatches count as arriving live.
    pub(in crate::ingest) fn read_stream_task(&mut self, path: PathBuf) {
        let Some(watch) = self.shared.watch else {
            return self.catch_panic(&path.clone(), |reader| reader.read_stream(path));
        };
        watch.count_stream(true);
        self.send_segment();
        (self.is_live, self.segment_interval) = (true, LIVE_SEGMENT_INTERVAL);
        self.catch_panic(&path.clone(), |reader| reader.read_stream(path));
        self.send_segment();
        (self.is_live, self.segment_interval) = (false, SEGMENT_INTERVAL);
        if std::mem::take(&mut self.has_waited) {
            self.shared.count_waiting_stream(false);
        }
        watch.count_stream(false);
    }

    /// Notes that a followed stream has nothing to read at present.
    pub(in crate::ingest) fn count_as_waiting(&mut self) {
        if self.is_live && !std::mem::replace(&mut self.has_waited, true) {
            self.shared.count_waiting_stream(true);
        }
    }

    /// Makes an input, with the arrival time if it arrives live.
    pub(in crate::ingest) fn new_input(
        &self,
        location: InputLocation,
        format: FormatId,
        version: FileVersion,
    ) -> Arc<Input> {
        let mut input = Input::of_file(location, format, &version);
        input.arrived_at = self.is_live.then(now);
        Arc::new(input)
    }

    /// Connects an input with its followed file, and retains the bytes of `batch` if they are to be kept.
    pub(in crate::ingest) fn record_input(&self, input: &Input, batch: &InputSlice<'_>) {
        let (Some(recorder), Some(watch)) = (&self.recorder, self.shared.watch) else {
            return;
        };
        if matches!(input.location, InputLocation::File(_)) {
            let retained =
                recorder.retain.then(|| watch.retention.retain(batch.bytes, batch.offset));
            let file = Arc::clone(&recorder.tracker);
            let _ = input.watched.set(WatchedInput { file, retained });
        }
    }

    /// Makes an input whose bytes are in memory: a piece of a stream, or of packed data. Bytes that arrive live are
    /// retained under the limits of the watch; others stay in memory for good.
    pub(in crate::ingest) fn memory_input(
        &self,
        (path, number): (&Path, u64),
        format: FormatId,
        bytes: &Arc<[u8]>,
        modified: Option<Stamp>,
    ) -> Arc<Input> {
        let watch = self.shared.watch.filter(|_| self.is_live);
        let retained = watch.map(|watch| watch.retention.retain(bytes, 0));
        // Not in memory twice.
        let in_memory = if retained.is_some() { Arc::default() } else { Arc::clone(bytes) };
        let location = InputLocation::Memory(path.to_owned(), number, in_memory);
        let input = self.new_input(location, format, FileVersion::in_memory(bytes, modified));
        if retained.is_some() {
            let file = Arc::new(FileTracker::default());
            let _ = input.watched.set(WatchedInput { file, retained });
        }
        input
    }

    /// Queues the parts of a followed input.
    pub(super) fn queue_watched_parts(&self, input: Input, known: FileState) {
        self.queue_parts_of(input, Some(known));
    }

    /// Queues the parts of an input. `known` is the state of the file, if it is followed.
    pub(in crate::ingest) fn queue_parts_of(&self, input: Input, known: Option<FileState>) {
        let count = files::part_count(input.length);
        let counts = (0..count).map(|_| AtomicU32::new(0)).collect();
        let split = Arc::new(SplitInput {
            input: Arc::new(input),
            part_counts: counts,
            parts_left: AtomicU32::new(count),
            file_state: known.map(Mutex::new),
        });
        // The end first, since most wires append; then the start, for those that put the newest first.
        let order =
            std::iter::once(count - 1).chain(std::iter::once(0)).chain((1..count - 1).rev());
        self.shared.add_tasks(order.map(|part| ReadTask::Part(Arc::clone(&split), part)));
    }

    /// Begins to record the items of a part, if its file is followed.
    pub(in crate::ingest) fn start_part_record(&mut self, split: &SplitInput) {
        self.recorder = split.file_state.as_ref().map(|known| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            ReadRecorder::new(&known.tracker, false)
        });
    }

    /// Adds the items of a part to the state of the file. `end`, for the last part, is the offset up to which the file
    /// has been read.
    pub(in crate::ingest) fn finish_part_record(&mut self, split: &SplitInput, end: Option<u64>) {
        let (Some(recorder), Some(known)) = (self.recorder.take(), &split.file_state) else {
            return;
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.items.extend(recorder.items);
        known.end = end.unwrap_or(known.end);
    }

    /// Completes the state of the file after the last part, and ends the claim on it.
    pub(in crate::ingest) fn finish_parts(&self, split: &SplitInput, path: &Path) {
        let (Some(watch), Some(known)) = (self.shared.watch, &split.file_state) else {
            return;
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.items.sort_by_key(|item| (item.start, item.nth));
        limit_items(&mut known.items);
        let counts = split.part_counts.iter();
        known.count = counts.map(|count| count.load(Ordering::Relaxed)).sum();
        known.fingerprints = open_file(path)
            .and_then(|(file, _)| fingerprints(&file, known.end))
            .unwrap_or_default();
        let is_incomplete = known.end < known.stat.length;
        watch.file_states.finish_read(path, Some(known));
        if is_incomplete {
            watch.add_incomplete(path);
        }
    }
}
