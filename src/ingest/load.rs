//! Loads sources: a queue of tasks, the reader threads that scan inputs into segments, and the built-in wire.
//! Large files are read in parts, in parallel.

use std::collections::VecDeque;
use std::fs;
use std::io::{Cursor, Seek};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::dispatch::{InputProblem, Problem};
use crate::format::{
    self, Context, FormatId, ReadingRequest, RecordBoundary, ScannedItem, Share, TableLayout,
};
use crate::index::{
    FileVersion, IngestSummary, Input, InputLocation, Replacement, Segment, SegmentBuilder,
    path_text,
};
use crate::ingest::compression::PackedFormat;
use crate::ingest::files::{self, MAX_WHOLE_INPUT, append_range, read_known_length, walk};
use crate::ingest::watch::{Completeness, FileState, ReadRecorder, WatchState, complete_items_len};
use crate::text::error_reason;
use crate::threads;

/// A source named on the command line.
#[derive(Debug, Clone)]
pub enum InputSource {
    /// A file, a folder with everything below it, or a named pipe.
    Path(PathBuf),
    /// Standard input (`-`) or another stream. Its bytes are kept in memory.
    Stream(PathBuf),
    /// The wire built into the program.
    BuiltIn,
}

/// A report of a running load or watch.
#[derive(Debug)]
pub enum LoadEvent {
    /// Entries that were loaded.
    Segment(Arc<Segment>),
    /// From a watch: entries that arrived, and which of them replace earlier ones. Pairs may also lack new segments: a
    /// file renamed over another one replaces its entries.
    Arrived {
        segments: Vec<Arc<Segment>>,
        replaced: Vec<Replacement>,
    },
    Problem(InputProblem),
    /// The load is complete. A watch goes on and may report more. To a watch, a stream that has to be waited for is
    /// complete: what comes later arrives.
    Done(IngestSummary),
    /// From a watch: what can be followed has changed.
    FollowState {
        /// Paths with nothing to follow. They are looked for.
        missing: Vec<String>,
        /// False if nothing can arrive: everything is missing, or has ended.
        can_arrive: bool,
    },
}

impl LoadEvent {
    /// Nothing is missing, but nothing can arrive: there are no files and folders, and all streams have ended.
    pub const FOLLOW_ENDED: Self = Self::FollowState { missing: Vec::new(), can_arrive: false };
}

/// Work for a reader thread.
pub(super) enum ReadTask {
    Files(Vec<PathBuf>),
    Stream(PathBuf),
    /// A file of the built-in wire: name and bytes.
    BuiltIn(&'static str, &'static [u8]),
    /// One part of a large input, by its number.
    Part(Arc<SplitInput>, u32),
}

/// A large input that is read in parts.
pub(super) struct SplitInput {
    pub(super) input: Arc<Input>,
    /// Number of dispatches of each part that has been read.
    pub(super) part_counts: Vec<AtomicU32>,
    pub(super) parts_left: AtomicU32,
    /// For a watch: the state of the file, completed as parts are read.
    pub(super) file_state: Option<Mutex<FileState>>,
}

struct TaskQueue {
    tasks: VecDeque<ReadTask>,
    /// Number of threads that may still add tasks: the one that walks the sources, and busy readers. While it is above
    /// 0, idle readers wait.
    producers: usize,
    /// Number of producers that are streams with nothing to read at present, and are followed.
    waiting_streams: usize,
    /// [`LoadEvent::Done`] was reported, since all other producers were done.
    is_done: bool,
}

/// State shared by the reader threads of a load.
pub(super) struct LoadContext<'a> {
    queue: Mutex<TaskQueue>,
    /// Signalled when a task is added or a producer is done.
    ready: Condvar,
    pub(super) report: &'a (dyn Fn(LoadEvent) + Sync),
    // Counters for the [`IngestSummary`].
    pub(super) inputs: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) skipped: AtomicU64,
    /// Bytes unpacked from archives, for the limit on all archives together.
    pub(super) unpacked: AtomicU64,
    /// The format and the columns that the user asked for (`--input-format`, `--columns`).
    pub(super) request: ReadingRequest,
    /// The watch that continues when the load is complete.
    pub(super) watch: Option<&'a WatchState>,
    /// Takes the share of each input, or of each part of one, that its dispatches show. If set, items are read in full.
    pub(super) measured: Option<&'a (dyn Fn(MeasuredInput) + Sync)>,
}

/// The share of an input, or of a part of one, that its dispatches show.
#[derive(Debug, Clone)]
pub struct MeasuredInput {
    /// The path as records show it.
    pub path: String,
    pub share: Share,
}

/// What to load, and how.
#[derive(Debug, Clone, Default)]
pub struct LoadRequest {
    pub sources: Vec<InputSource>,
    pub reading: ReadingRequest,
}

impl From<Vec<InputSource>> for LoadRequest {
    fn from(sources: Vec<InputSource>) -> Self {
        Self { sources, reading: ReadingRequest::default() }
    }
}

/// Loads all sources and returns when everything has been read. Uses `readers` threads, plus one for each stream.
/// `report` is called from several threads; [`LoadEvent::Done`] comes last. Errors are reported as problems.
pub fn load(sources: impl Into<LoadRequest>, readers: usize, report: &(dyn Fn(LoadEvent) + Sync)) {
    load_with_watch(sources.into(), readers, (None, None), report);
}

/// Like [`load`], and measures which share of each input its dispatches show.
pub fn load_measured(
    sources: LoadRequest,
    readers: usize,
    measured: &(dyn Fn(MeasuredInput) + Sync),
    report: &(dyn Fn(LoadEvent) + Sync),
) {
    load_with_watch(sources, readers, (None, Some(measured)), report);
}

/// Like [`load`], and records what a watch must know to continue: which files were read, and how far.
pub(super) fn load_with_watch(
    sources: LoadRequest,
    readers: usize,
    (watch, measured): (Option<&WatchState>, Option<&(dyn Fn(MeasuredInput) + Sync)>),
    report: &(dyn Fn(LoadEvent) + Sync),
) {
    let mut shared = LoadContext::new(sources.reading, report);
    (shared.watch, shared.measured) = (watch, measured);
    let sources = sources.sources;
    std::thread::scope(|scope| {
        // A stream may last as long as the program, so it gets an extra reader.
        let streams = sources.iter().filter(|source| source.is_stream()).count();
        let wanted = readers.max(1) + streams;
        let start =
            |_: &usize| threads::spawn_scoped(scope, "reader", || Reader::new(&shared).run());
        let started = (0..wanted).take_while(start).count();
        let producer = Producer(&shared);
        for source in sources {
            let path = source.path();
            if catch_unwind(AssertUnwindSafe(|| shared.enqueue_source(source))).is_err() {
                shared.report_problem(InputProblem::unreadable(path, INPUT_PANIC_MESSAGE));
            }
        }
        drop(producer);
        // On fewer threads if the system refuses more, but for an input that never ends.
        if started < wanted {
            Reader::new(&shared).run();
        }
    });
    let is_done = shared.lock().is_done;
    if !is_done {
        report(LoadEvent::Done(shared.summary()));
    }
}

impl InputSource {
    fn path(&self) -> String {
        match self {
            Self::Stream(path) | Self::Path(path) => path_text(path),
            Self::BuiltIn => String::new(),
        }
    }

    /// True if the source is neither a file nor a folder.
    fn is_stream(&self) -> bool {
        match self {
            Self::Stream(_) => true,
            Self::BuiltIn => false,
            Self::Path(path) => is_stream(path),
        }
    }
}

fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

impl<'a> LoadContext<'a> {
    /// An empty queue with one producer: the caller, who adds the first tasks and drops a [`Producer`].
    pub(super) fn new(request: ReadingRequest, report: &'a (dyn Fn(LoadEvent) + Sync)) -> Self {
        Self {
            queue: Mutex::new(TaskQueue {
                tasks: VecDeque::new(),
                producers: 1,
                waiting_streams: 0,
                is_done: false,
            }),
            ready: Condvar::new(),
            report,
            inputs: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            unpacked: AtomicU64::new(0),
            request,
            watch: None,
            measured: None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, TaskQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has been read so far.
    fn summary(&self) -> IngestSummary {
        IngestSummary {
            inputs: self.inputs.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            skipped: self.skipped.load(Ordering::Relaxed),
        }
    }

    /// Counts a followed stream that waits for data: one more, or one less, since it has ended.
    pub(super) fn count_waiting_stream(&self, is_waiting: bool) {
        let mut queue = self.lock();
        if is_waiting {
            queue.waiting_streams += 1;
        } else {
            queue.waiting_streams -= 1;
        }
        self.report_done_if_only_streams_wait(queue);
    }

    /// Reports that the load is complete, once, if nothing is left but streams that wait. They may do so for ever.
    fn report_done_if_only_streams_wait(&self, mut queue: std::sync::MutexGuard<'_, TaskQueue>) {
        let is_done = queue.waiting_streams > 0
            && queue.producers == queue.waiting_streams
            && queue.tasks.is_empty();
        if is_done && !std::mem::replace(&mut queue.is_done, true) {
            drop(queue);
            (self.report)(LoadEvent::Done(self.summary()));
        }
    }

    pub(super) fn add_tasks(&self, tasks: impl IntoIterator<Item = ReadTask>) {
        self.lock().tasks.extend(tasks);
        self.ready.notify_all();
    }

    /// Takes the next task. The caller counts as a producer until it drops its [`Producer`]. If the queue is
    /// empty, waits for a task if `wait` is set; `None` if it is not, or if no producer is left.
    pub(super) fn next_task(&self, wait: bool) -> Option<ReadTask> {
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.tasks.pop_front() {
                queue.producers += 1;
                return Some(task);
            }
            if queue.producers == 0 || !wait {
                return None;
            }
            queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn report_problem(&self, problem: InputProblem) {
        (self.report)(LoadEvent::Problem(problem));
    }

    /// Turns a source into tasks. Folders are walked here, while readers work on what has been found so far.
    fn enqueue_source(&self, source: InputSource) {
        match source {
            InputSource::BuiltIn => self.add_tasks(
                // The newest first, as in folders.
                BUILT_IN_WIRE.iter().rev().map(|(name, bytes)| ReadTask::BuiltIn(name, bytes)),
            ),
            InputSource::Stream(path) => self.add_tasks([ReadTask::Stream(path)]),
            InputSource::Path(path) => match fs::metadata(&path) {
                Ok(about) if about.is_dir() => walk(&path, &mut |found| match found {
                    files::WalkEvent::Files(files) => self.add_tasks([ReadTask::Files(files)]),
                    files::WalkEvent::Skipped(count) => {
                        self.skipped.fetch_add(count as u64, Ordering::Relaxed);
                    }
                    files::WalkEvent::Problem(problem) => self.report_problem(problem),
                    files::WalkEvent::Folder(folder) => {
                        if let Some(watch) = self.watch {
                            watch.watch_folder(folder, self.report);
                        }
                    }
                }),
                Ok(about) if about.is_file() => {
                    if let Some(watch) = self.watch {
                        watch.watch_file(&path, self.report);
                    }
                    self.add_tasks([ReadTask::Files(vec![path])]);
                }
                Ok(about) if files::is_device(&about) => self.report_problem(
                    InputProblem::unreadable(path_text(&path), files::DEVICE_MESSAGE),
                ),
                Ok(_) => self.add_tasks([ReadTask::Stream(path)]),
                Err(error) => self.report_problem(InputProblem::unreadable(
                    path_text(&path),
                    format!("cannot be opened: {}", error_reason(&error)),
                )),
            },
        }
    }
}

/// Somebody who may still add tasks, until it is dropped, also by a panic: idle readers would wait for ever.
pub(super) struct Producer<'a>(pub(super) &'a LoadContext<'a>);

impl Drop for Producer<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.producers -= 1;
        self.0.ready.notify_all();
        self.0.report_done_if_only_streams_wait(queue);
    }
}

// A reader thread.

/// Bytes from the start of an input that are enough to detect its format.
pub(super) const FORMAT_SAMPLE_SIZE: u64 = 64 << 10;

/// During a load, a segment is sent when it is full or at the latest after this time, so that rows appear steadily.
pub(super) const SEGMENT_INTERVAL: Duration = Duration::from_millis(80);

/// The problem of an input whose reading panicked.
pub(super) const INPUT_PANIC_MESSAGE: &str =
    "a fault in dateline itself stopped the reading of this input; the others go on";

/// Entries after which a reader sends its first segment, to fill the first screen soon.
const FIRST_SEGMENT_ROWS: usize = 32;

/// Takes tasks one after another, scans inputs into segments, and sends the segments.
pub(super) struct Reader<'a> {
    pub(super) shared: &'a LoadContext<'a>,
    builder: SegmentBuilder,
    /// Reused between inputs.
    pub(super) buffer: Vec<u8>,
    last_sent: Instant,
    rows_sent: usize,
    /// Records the items of the current file, for a watch.
    pub(super) recorder: Option<ReadRecorder>,
    /// True if the input arrives right now, after the load: it gets an arrival time, and its bytes are retained.
    pub(super) is_live: bool,
    /// True for a followed stream that has waited for data: see [`LoadContext::count_waiting_stream`].
    pub(super) has_waited: bool,
    /// Longest time between segments. See [`SEGMENT_INTERVAL`].
    pub(super) segment_interval: Duration,
    /// The text of the office file that the next input was converted from, if it is measured.
    pub(super) original: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(shared: &'a LoadContext<'a>) -> Self {
        Self {
            shared,
            builder: SegmentBuilder::default(),
            buffer: Vec::new(),
            last_sent: Instant::now(),
            rows_sent: 0,
            recorder: None,
            is_live: false,
            has_waited: false,
            segment_interval: SEGMENT_INTERVAL,
            original: None,
        }
    }

    /// Takes the next task. Before waiting for one, sends the current segment: the wait may be long. Until then it counts
    /// as a producer, by `current`, so that the load does not end before the segment is sent.
    fn next_task(&mut self, current: &mut Option<Producer<'a>>) -> Option<ReadTask> {
        self.shared.next_task(false).or_else(|| {
            self.send_segment();
            *current = None;
            self.shared.next_task(true)
        })
    }

    /// Works until no task is left and none can come.
    pub(super) fn run(mut self) {
        let mut producer = None;
        while let Some(task) = self.next_task(&mut producer) {
            producer = Some(Producer(self.shared));
            match task {
                ReadTask::Files(paths) => match self.shared.watch {
                    None => {
                        for path in paths {
                            self.catch_panic(&path.clone(), |reader| reader.read_file(path));
                        }
                    }
                    Some(watch) => self.read_files(watch, &paths),
                },
                ReadTask::Stream(path) => self.read_stream_task(path),
                ReadTask::BuiltIn(name, bytes) => self.catch_panic(Path::new(name), |reader| {
                    reader.count_input(bytes.len() as u64);
                    let version = FileVersion::in_memory(bytes, None);
                    reader.detect_and_scan(InputLocation::BuiltIn(name, bytes), version, bytes);
                }),
                ReadTask::Part(split, part) => self.read_part(&split, part),
            }
            self.send_segment_if_due();
        }
        self.send_segment();
    }

    /// Runs `work` on an input. A panic, which is a bug of ours, is reported and costs only this input.
    pub(super) fn catch_panic(&mut self, path: &Path, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            self.recorder = None;
            self.report_unreadable(path, INPUT_PANIC_MESSAGE);
        }
    }

    pub(super) fn count_input(&self, bytes: u64) {
        self.shared.inputs.fetch_add(1, Ordering::Relaxed);
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn report_unreadable(&self, path: &Path, message: impl Into<String>) {
        self.shared.report_problem(InputProblem::unreadable(path_text(path), message));
    }

    /// Reports why an input cannot be read.
    pub(super) fn report_input_problem(&self, path: &Path, problem: Problem) {
        self.shared.report_problem(InputProblem { path: path_text(path), problem });
    }

    /// Reads a file without a watch. Files of more than two parts are only sampled here: they are unpacked as a stream,
    /// split into parts, or refused if they must be in memory as a whole and are too long for that.
    fn read_file(&mut self, path: PathBuf) {
        let failed = |reader: &Self, path: &Path, what: &str, error: &std::io::Error| {
            reader.report_unreadable(path, format!("cannot be {what}: {}", error_reason(error)));
        };
        let (mut file, about) = match files::open_file(&path) {
            Ok(opened) => opened,
            Err(error) => return failed(self, &path, "opened", &error),
        };
        let version = files::version_to_read(&about);
        self.count_input(about.len());
        if about.len() > 2 * files::PART_SIZE {
            self.buffer.clear();
            if let Err(error) = append_range(&file, 0..FORMAT_SAMPLE_SIZE, &mut self.buffer) {
                return failed(self, &path, "read", &error);
            }
            if let Some(kind) = PackedFormat::detect(&self.buffer) {
                if let Err(error) = file.rewind() {
                    return failed(self, &path, "read", &error);
                }
                return self.unpack_input(path, kind, version.modified, about.len(), &mut file);
            }
            match format::detect_as(self.request(), &self.buffer) {
                Ok(format) if format.row().boundary != RecordBoundary::Unsplittable => {
                    let location = InputLocation::File(path);
                    return self.queue_parts_of(Input::of_file(location, format, &version), None);
                }
                Err(problem) => {
                    return self.report_input_problem(&path, problem);
                }
                Ok(_) if about.len() > MAX_WHOLE_INPUT => {
                    return self.report_unreadable(
                        &path,
                        "larger than 1 GiB, and in a format that is read only as a whole: not read",
                    );
                }
                Ok(_) => {}
            }
            self.buffer.clear();
            if let Err(error) = append_range(&file, 0..MAX_WHOLE_INPUT, &mut self.buffer) {
                return failed(self, &path, "read", &error);
            }
        } else if let Err(error) = read_known_length(&file, about.len(), &mut self.buffer) {
            return failed(self, &path, "read", &error);
        }
        let bytes = std::mem::take(&mut self.buffer);
        match PackedFormat::detect(&bytes) {
            Some(kind) => {
                let content = &mut Cursor::new(&bytes);
                self.unpack_input(path, kind, version.modified, about.len(), content);
            }
            None => self.detect_and_scan(InputLocation::File(path), version, &bytes),
        }
        // Give the memory of a large file back.
        if bytes.len() as u64 <= 2 * files::PART_SIZE {
            self.buffer = bytes;
        }
    }

    /// How the user wants inputs to be read.
    pub(super) fn request(&self) -> &ReadingRequest {
        &self.shared.request
    }

    pub(super) fn report_problem(&self, problem: InputProblem) {
        self.shared.report_problem(problem);
    }

    /// Counts hidden and temporary files.
    pub(super) fn count_skipped(&self, count: u64) {
        self.shared.skipped.fetch_add(count, Ordering::Relaxed);
    }

    /// Detects the format of an input, and scans all its bytes.
    pub(super) fn detect_and_scan(
        &mut self,
        location: InputLocation,
        version: FileVersion,
        bytes: &[u8],
    ) {
        match format::detect_as(self.request(), bytes) {
            Ok(format) => {
                let length = bytes.len() as u64;
                let input = self.new_input(location, format, FileVersion { length, ..version });
                self.scan_input(&input, bytes);
            }
            Err(problem) => {
                let path = Input::new(location, FormatId::PLAIN, 0, None).display_path();
                self.shared.report_problem(InputProblem { path, problem });
            }
        }
    }

    /// Scans all bytes of an input, and reports it if it has no dispatch at all.
    pub(super) fn scan_input(&mut self, input: &Arc<Input>, bytes: &[u8]) {
        let context = Context { file_time: input.modified(), ..Context::default() };
        if self.scan(input, &InputSlice::whole(bytes), &context) == Some((0, 0)) {
            self.report_problem(InputProblem::unreadable(
                input.display_path(),
                "holds no dispatch",
            ));
        }
    }

    /// Scans a slice of an input into the builder. Returns the number of dispatches and of problems, or `None` after a
    /// panic. The builder is sent whenever it is full.
    pub(super) fn scan(
        &mut self,
        input: &Arc<Input>,
        batch: &InputSlice<'_>,
        context: &Context,
    ) -> Option<(u32, usize)> {
        let mut context = context.clone();
        if input.format.row().is_table {
            let layout = || TableLayout::for_input(batch.bytes, &self.request().columns);
            context.table = Some(Arc::clone(input.table.get_or_init(|| Arc::new(layout()))));
        }
        self.builder.begin_input(input, batch.part);
        self.record_input(input, batch);
        let mut count = 0;
        let (measured, original) = (self.shared.measured, self.original.take());
        let scanned = catch_unwind(AssertUnwindSafe(|| {
            let mut take = |found: ScannedItem<'_>| {
                // The scan counts from `first_byte`, which for a stream is its position in the whole stream.
                let at = |byte: u64| byte - context.first_byte + batch.offset;
                let bytes = at(found.byte_range.start)..at(found.byte_range.end);
                let found = ScannedItem { byte_range: bytes, ..found };
                if let Some(recorder) = &mut self.recorder {
                    recorder.record_item(input, &found, batch.bytes_in(&found.byte_range));
                }
                self.builder.push(&found);
                count += 1;
                if self.builder.is_full() {
                    self.send_segment();
                }
            };
            let Some(measured) = measured else {
                return format::scan(input.format, batch.bytes, &context, &mut take);
            };
            let original = original.as_deref();
            let (problems, share) =
                format::scan_measured(input.format, batch.bytes, &context, original, &mut take);
            measured(MeasuredInput { path: input.display_path(), share });
            problems
        }));
        self.send_segment_if_due();
        if let Ok(problems) = scanned {
            let problem_count = problems.len();
            for problem in problems {
                self.shared.report_problem(InputProblem { path: input.display_path(), problem });
            }
            Some((count, problem_count))
        } else {
            self.shared.report_problem(InputProblem::unreadable(
                input.display_path(),
                INPUT_PANIC_MESSAGE,
            ));
            None
        }
    }

    fn send_segment_if_due(&mut self) {
        let first =
            self.rows_sent == 0 && self.builder.len() >= FIRST_SEGMENT_ROWS && !self.is_live;
        if !self.builder.is_empty() && (first || self.last_sent.elapsed() > self.segment_interval) {
            self.send_segment();
        }
    }

    /// True if there are entries that have not been sent.
    pub(super) fn has_rows(&self) -> bool {
        !self.builder.is_empty()
    }

    /// True if a segment may be sent now. Live segments are spaced, since each costs something from then on.
    pub(super) fn is_send_due(&self) -> bool {
        !self.is_live || self.last_sent.elapsed() > self.segment_interval
    }

    pub(super) fn send_segment(&mut self) {
        if !self.builder.is_empty() {
            self.rows_sent += self.builder.len();
            (self.shared.report)(LoadEvent::Segment(Arc::new(self.builder.finish())));
        }
        self.last_sent = Instant::now();
    }
}

/// A slice of an input that is scanned at once.
pub(super) struct InputSlice<'a> {
    pub(super) bytes: &'a [u8],
    /// Number of the part; 0 if the input is not split.
    pub(super) part: u32,
    /// Offset of the first byte in the input.
    pub(super) offset: u64,
}

impl<'a> InputSlice<'a> {
    /// A whole input.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, part: 0, offset: 0 }
    }

    /// The bytes of a range of the input; empty if the range is outside this slice.
    pub(super) fn bytes_in(&self, range: &Range<u64>) -> &'a [u8] {
        let at =
            |byte: u64| usize::try_from(byte.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        self.bytes.get(at(range.start)..at(range.end)).unwrap_or_default()
    }
}

// Large inputs in parts.

impl Reader<'_> {
    /// Reads a part. Whoever reads the last one numbers the dispatches: only then are the counts of all parts known.
    pub(super) fn read_part(&mut self, split: &SplitInput, part: u32) {
        let path = PathBuf::from(split.input.display_path());
        self.catch_panic(&path, |reader| reader.scan_part(split, part));
        if split.parts_left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let mut sum = 0u32;
            let mut bases = Vec::with_capacity(split.part_counts.len());
            for count in &split.part_counts {
                bases.push(sum);
                sum = sum.saturating_add(count.load(Ordering::Relaxed));
            }
            let _ = split.input.part_bases.set(bases.into());
            if let InputLocation::File(path) = &split.input.location {
                self.finish_parts(split, path);
            }
        }
    }

    fn scan_part(&mut self, split: &SplitInput, part: u32) {
        let mut bytes = std::mem::take(&mut self.buffer);
        let bounds = files::part_range(split.input.length, part);
        let cut = split.input.format.row().boundary;
        // For a watch: where the complete items of the last part end. The rest is read when the file grows.
        let mut end = None;
        self.start_part_record(split);
        let path = match &split.input.location {
            InputLocation::File(path) => path.as_path(),
            _ => Path::new(""),
        };
        match files::open_file(path)
            .and_then(|(file, _)| files::read_part_items(&file, cut, bounds.clone(), &mut bytes))
        {
            Ok((first, skip)) => {
                let context = Context {
                    file_time: split.input.modified(),
                    first_index: 0,
                    first_byte: first,
                    table: None,
                };
                let mut items = &bytes[skip..];
                if self.recorder.is_some() && part as usize + 1 == split.part_counts.len() {
                    items = &items[..complete_items_len(cut, items, Completeness::Closed)];
                    end = Some(first + items.len() as u64);
                }
                let batch = InputSlice { bytes: items, part, offset: first };
                let scanned = self.scan(&split.input, &batch, &context);
                split.part_counts[part as usize]
                    .store(scanned.map_or(0, |(count, _)| count), Ordering::Relaxed);
            }
            Err(error) => {
                let message = format!(
                    "cannot be read from byte {} on: {}",
                    bounds.start,
                    error_reason(&error)
                );
                self.shared
                    .report_problem(InputProblem::unreadable(split.input.display_path(), message));
            }
        }
        self.buffer = bytes;
        self.finish_part_record(split, end);
    }
}

// The wire built into the program, shown if no source is named. Its files are in `assets/wire`.

/// Name and bytes of a file of the built-in wire.
macro_rules! wire {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../assets/wire/", $name)))
    };
}

/// The files of the built-in wire: name and bytes, the oldest first. A test compares it with the folder.
pub const BUILT_IN_WIRE: &[(&str, &[u8])] = &[
    wire!("01-ferry-flash.txt"),
    wire!("02-ferry-urgent.txt"),
    wire!("03-ferry-1st-lead.txt"),
    wire!("04-ferry-1st-add.txt"),
    wire!("05-ferry-correction.txt"),
    wire!("06-ferry-writethru.txt"),
    wire!("07-opera-found.txt"),
    wire!("08-opera-kill.txt"),
    wire!("09-governor-speech.txt"),
    wire!("10-count-table.txt"),
    wire!("11-feature-clocks.txt"),
    wire!("12-feature-saltroad.txt"),
    wire!("13-brief-goat.txt"),
    wire!("14-digest-advisory.txt"),
    wire!("15-repeat-comet.txt"),
    wire!("16-comet.txt"),
    wire!("17-storm-soup.txt"),
    wire!("18-rowing-final.txt"),
    wire!("19-twin-talks.txt"),
    wire!("20-obit-halloway.txt"),
    wire!("21-court-bells.txt"),
    wire!("22-neutrino.txt"),
    wire!("23-review-tidetables.txt"),
    wire!("24-arabic-lamp.txt"),
    wire!("25-greek-bees.txt"),
    wire!("26-japanese-whistle.txt"),
    wire!("27-french-bakery.txt"),
    wire!("28-german-organ.txt"),
    wire!("29-polish-map.txt"),
    wire!("30-spanish-tuna.txt"),
    wire!("desk.jsonl"),
];

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    /// The receiver of reports panics at the first problem, as a bug in a reader would.
    #[track_caller]
    fn check(first: InputSource, path: &str) {
        let (failed, problems) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let (rows, done) = (AtomicU32::new(0), AtomicBool::new(false));
        load(vec![first, InputSource::BuiltIn], 1, &|report| match report {
            LoadEvent::Problem(problem) => {
                assert!(failed.swap(true, Ordering::Relaxed), "a fault");
                problems.lock().unwrap().push(problem.to_string());
            }
            LoadEvent::Segment(segment) => {
                let count = u32::try_from(segment.len()).unwrap();
                rows.fetch_add(count, Ordering::Relaxed);
            }
            LoadEvent::Arrived { .. } | LoadEvent::FollowState { .. } => {}
            LoadEvent::Done(_) => done.store(true, Ordering::Relaxed),
        });
        assert_eq!(*problems.lock().unwrap(), [format!("{path}: {INPUT_PANIC_MESSAGE}")]);
        assert!(rows.into_inner() >= 40 && done.into_inner());
    }

    #[test]
    fn a_panic_costs_one_input_and_the_load_completes() {
        let folder = std::env::temp_dir().join(format!("dateline-fault-{}", std::process::id()));
        let missing = folder.join("missing");
        check(InputSource::Path(missing.clone()), &path_text(&missing));
        fs::create_dir_all(&folder).unwrap();
        let empty = folder.join("empty");
        fs::write(&empty, "").unwrap();
        check(InputSource::Path(empty.clone()), &path_text(&empty));
        check(InputSource::Stream(missing.clone()), &path_text(&missing));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/wire");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(BUILT_IN_WIRE.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    }
}
