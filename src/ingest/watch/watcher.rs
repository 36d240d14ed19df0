//! The watch: its thread and its state.
//! Sleeps until a file changes, reads the files that are due, and reports what arrived.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::dispatch::{InputProblem, Severity};
use crate::format::{self, ReadingRequest, RecordBoundary};
use crate::index::{Replacement, Segment, Snapshot, path_text};
use crate::ingest::files::{append_range, open_file};
use crate::ingest::load::{
    FORMAT_SAMPLE_SIZE, InputSource, LoadContext, LoadEvent, LoadRequest, Reader, load_with_watch,
};
use crate::ingest::watch::events::system::EventSource;
use crate::ingest::watch::events::{FileEvent, PendingKind, PendingReads, WatchError};
use crate::ingest::watch::file_states::FileStates;
use crate::ingest::watch::follow_file::{Completeness, FileOutcome};
use crate::ingest::watch::retained::{Retention, RetentionLimits};
use crate::ingest::watch::roots::{WatchedFolders, is_link, parent_folder};
use crate::text::{count_noun, error_reason};
use crate::threads;

/// Most bytes to retain of files that were already there when the watch began. Only [`RetentionLimits`] apply to later
/// ones.
const INITIAL_RETAIN_LIMIT: u64 = 64 << 20;

/// [`WatchState::settle_time`] of the screen, where a file that turns out incomplete is updated.
const SETTLE_TIME: Duration = Duration::from_millis(250);

/// [`WatchState::settle_time`] of commands that print each dispatch once.
const PATIENT_SETTLE_TIME: Duration = Duration::from_secs(3);

/// A watch that continues after the load until it is stopped. Clones are handles of the same watch.
#[derive(Debug, Clone)]
pub struct Watch(pub(super) Arc<WatchState>);

/// The state of a watch, shared with the readers of the load.
#[derive(Debug)]
pub(in crate::ingest) struct WatchState {
    /// How long a file that was found in a new folder is left alone before it is read: it may still be being written.
    pub(super) settle_time: Duration,
    pub(super) file_states: FileStates,
    pub(super) retention: Retention,
    /// Remaining bytes of [`INITIAL_RETAIN_LIMIT`].
    retain_budget: AtomicU64,
    pub(super) event_source: EventSource,
    folders: Mutex<WatchedFolders>,
    /// Files that the load has read except for an incomplete item at the end. The watch takes them over.
    incomplete_files: Mutex<Vec<PathBuf>>,
    /// Streams that have not ended.
    open_streams: AtomicUsize,
    /// Incremented by [`Watch::stop`]. A run ends when the number is no longer the one it began with.
    run_number: AtomicU64,
    /// Locked by the active run, so that a new one waits for the old one to end.
    run_lock: Mutex<()>,
}

impl Watch {
    /// A watch for the screen: files found in a new folder are read soon, and again if they are still being written.
    ///
    /// # Errors
    /// If the system is out of file descriptors.
    pub fn new(limits: RetentionLimits) -> std::io::Result<Self> {
        Self::with(limits, SETTLE_TIME)
    }

    /// A watch for callers that need each dispatch once and complete: files found in a new folder wait longer.
    ///
    /// # Errors
    /// If the system is out of file descriptors.
    pub fn patient(limits: RetentionLimits) -> std::io::Result<Self> {
        Self::with(limits, PATIENT_SETTLE_TIME)
    }

    fn with(limits: RetentionLimits, settle: Duration) -> std::io::Result<Self> {
        Ok(Self(Arc::new(WatchState {
            settle_time: settle,
            file_states: FileStates::default(),
            retention: Retention::new(limits),
            retain_budget: AtomicU64::new(INITIAL_RETAIN_LIMIT),
            event_source: EventSource::new()?,
            folders: Mutex::default(),
            incomplete_files: Mutex::default(),
            open_streams: AtomicUsize::new(0),
            run_number: AtomicU64::new(0),
            run_lock: Mutex::default(),
        })))
    }

    /// Loads all sources, reports [`LoadEvent::Done`], and continues until it is stopped. Without files and folders to
    /// watch, it returns when all streams have ended, and reports that nothing can follow. `report` is called from
    /// several threads.
    pub fn load(&self, sources: LoadRequest, readers: usize, report: &(dyn Fn(LoadEvent) + Sync)) {
        let state = &*self.0;
        let request = sources.reading.clone();
        let has_roots = state.add_roots(&sources);
        std::thread::scope(|scope| {
            let watch = || Watcher::run(state, request.clone(), false, report);
            let watched = !has_roots || threads::spawn_scoped(scope, "watch", watch);
            load_with_watch(sources, readers, (Some(state), None), report);
            // Without a thread of its own, the watch begins after the load. Its events have been queued.
            if !watched {
                watch();
            }
        });
        if !has_roots {
            report(LoadEvent::FOLLOW_ENDED);
        }
    }

    /// Starts a watch after a load without one. Files that changed since `loaded` are read first. Returns when it is
    /// stopped, or if there is nothing to watch, which it reports.
    pub fn resume(
        &self,
        sources: &LoadRequest,
        loaded: &Snapshot,
        report: &(dyn Fn(LoadEvent) + Sync),
    ) {
        let state = &*self.0;
        if state.add_roots(sources) {
            state.adopt_loaded(loaded);
            Watcher::run(state, sources.reading.clone(), true, report);
        } else {
            report(LoadEvent::FOLLOW_ENDED);
        }
    }

    /// Ends the watch. Its thread reports what has arrived so far, and returns.
    pub fn stop(&self) {
        self.0.run_number.fetch_add(1, Ordering::AcqRel);
        self.0.event_source.wake();
    }
}

impl WatchState {
    pub(super) fn folders(&self) -> std::sync::MutexGuard<'_, WatchedFolders> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the paths to be watched; false if there are none.
    fn add_roots(&self, sources: &LoadRequest) -> bool {
        let mut folders = self.folders();
        for source in &sources.sources {
            if let InputSource::Path(path) = source {
                folders.add_root(path);
            }
        }
        !folders.roots.is_empty()
    }

    /// Takes bytes from the budget for files that were already there; false if they no longer fit.
    pub(super) fn take_retain_budget(&self, bytes: u64) -> bool {
        let left = |budget: u64| budget.checked_sub(bytes);
        let order = Ordering::Relaxed;
        self.retain_budget.fetch_update(order, order, left).is_ok()
    }

    /// Counts the streams that may still bring something: one more, or one less.
    pub(super) fn count_stream(&self, is_open: bool) {
        let (streams, order) = (&self.open_streams, Ordering::AcqRel);
        if is_open {
            streams.fetch_add(1, order);
        } else {
            streams.fetch_sub(1, order);
        }
        self.event_source.wake();
    }

    pub(super) fn has_open_streams(&self) -> bool {
        self.open_streams.load(Ordering::Acquire) > 0
    }

    /// Hands a file with an incomplete item at its end over to the watch thread.
    pub(in crate::ingest) fn add_incomplete(&self, path: &Path) {
        let mut files = self.incomplete_files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push(path.to_owned());
        self.event_source.wake();
    }
}

// The thread of a watch.

/// Most files read before events are handled again. Otherwise their queue could overflow during a burst.
const MAX_READS_PER_TURN: usize = 256;

/// Time after which deferred events are tried again, while another thread reads the file.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// How often the roots are looked at, and folders without events are polled. The messages say every second.
const POLL_INTERVAL: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 1000 });

/// The next poll comes after this many times the time that the last one took: in very large folders polls become less
/// frequent.
const POLL_SPACING: u32 = 5;

/// Shortest time between reports. It grows by a millisecond with each report, up to [`MAX_REPORT_INTERVAL`], since each
/// segment costs something from then on. A single arrival after a pause is reported at once.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// The interval is never longer than this, so that the screen still feels live.
const MAX_REPORT_INTERVAL: Duration = Duration::from_millis(600);

/// The watch thread: turns events into reads, and reads into reports.
pub(super) struct Watcher<'a> {
    pub(super) state: &'a WatchState,
    pub(super) reader: Reader<'a>,
    report: &'a (dyn Fn(LoadEvent) + Sync),
    /// Segments that `reader` has sent, for the next report.
    segments: &'a Mutex<Vec<Arc<Segment>>>,
    /// Replacements for the next report.
    pub(super) replaced: Vec<Replacement>,
    pub(super) pending: PendingReads,
    /// Events of files that another thread was reading. They are retried later.
    pub(super) deferred: Vec<FileEvent>,
    /// The last turn ended in a panic. Limits rescans to one, in case the rescan panics too.
    panicked: bool,
    /// Files that could not be opened. They are tried again if their permissions change.
    pub(super) failed: HashSet<PathBuf>,
    /// Problems that were reported. Each is reported only once.
    reported: HashSet<String>,
    last_report: Option<Instant>,
    report_count: u32,
    pub(super) next_poll: Instant,
    /// Files that were gone when they were to be read. They were missed unless the whole folder is another one.
    pub(super) vanished: Vec<(PathBuf, PendingKind)>,
    /// A watched folder was renamed since the roots were last checked.
    pub(super) roots_suspect: bool,
    /// A file system was mounted or unmounted since the last poll: any folder may have been replaced.
    pub(super) mounts_changed: bool,
    /// The roots with nothing to follow, and whether anything can still arrive, as last reported.
    pub(super) follow_state: (Vec<PathBuf>, bool),
}

impl Watcher<'_> {
    /// Runs a watch until it is stopped. If it was `resumed`, files that changed since they were loaded are read first.
    pub(super) fn run(
        state: &WatchState,
        request: ReadingRequest,
        resumed: bool,
        report: &(dyn Fn(LoadEvent) + Sync),
    ) {
        let run = state.run_number.load(Ordering::Acquire);
        let _guard = lock(&state.run_lock);
        let segments = Mutex::new(Vec::new());
        let collect = |event: LoadEvent| match event {
            LoadEvent::Segment(segment) => lock(&segments).push(segment),
            other => report(other),
        };
        let mut shared = LoadContext::new(request, &collect);
        shared.watch = Some(state);
        let mut reader = Reader::new(&shared);
        // The watcher decides when segments are sent: with its reports.
        (reader.is_live, reader.segment_interval) = (true, Duration::MAX);
        let mut watcher = Watcher {
            state,
            reader,
            report,
            segments: &segments,
            replaced: Vec::new(),
            pending: PendingReads::default(),
            deferred: Vec::new(),
            panicked: false,
            failed: HashSet::new(),
            reported: HashSet::new(),
            last_report: None,
            report_count: 0,
            next_poll: Instant::now() + POLL_INTERVAL,
            vanished: Vec::new(),
            roots_suspect: false,
            mounts_changed: false,
            follow_state: (Vec::new(), true),
        };
        watcher.report_follow_state();
        if resumed {
            watcher.rescan();
        }
        while state.run_number.load(Ordering::Acquire) == run {
            state.event_source.wait(watcher.wait_time());
            watcher.run_turn_guarded();
        }
        watcher.report_arrivals();
    }

    /// Time until something is due; `None` if only an event can bring work.
    fn wait_time(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut due = self.pending.next_due();
        let mut by = |at: Instant| due = Some(due.map_or(at, |due| due.min(at)));
        if self.has_news() {
            by(self.next_report().unwrap_or(now));
        }
        if !self.deferred.is_empty() {
            by(now + RETRY_INTERVAL);
        }
        by(self.next_poll);
        due.map(|at| at.saturating_duration_since(now))
    }

    /// Runs a turn. A panic, which is a bug of ours, is reported and does not end the watch. Everything is rescanned
    /// once, since events may have been lost.
    fn run_turn_guarded(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.run_turn())).is_ok() {
            self.panicked = false;
            return;
        }
        let roots = self.state.folders().roots.clone();
        let path = roots.first().map_or_else(String::new, |root| path_text(&root.path));
        let message = "a fault in dateline itself disturbed the watch: it goes on";
        self.report_problem(InputProblem::unreadable(path, message));
        if !std::mem::replace(&mut self.panicked, true) {
            self.deferred.push(FileEvent::Overflow);
        }
    }

    /// Handles events, reads files that are due, polls folders, and reports what arrived.
    fn run_turn(&mut self) {
        for event in take(&mut self.deferred) {
            self.retry_deferred(event);
        }
        for event in self.state.event_source.drain() {
            self.handle_event(event);
        }
        let now = Instant::now();
        let incomplete = take(&mut *lock(&self.state.incomplete_files));
        for path in incomplete {
            self.pending.incomplete_end(path, now);
        }
        for _ in 0..MAX_READS_PER_TURN {
            let Some((path, kind)) = self.pending.take_due(now) else {
                break;
            };
            self.read_due(path, kind);
        }
        let now = Instant::now();
        if self.next_poll <= now {
            self.next_poll = now + POLL_INTERVAL;
            self.check_roots();
            self.poll_folders();
            self.next_poll = self.next_poll.max(now + now.elapsed() * POLL_SPACING);
        } else if self.roots_suspect || !self.vanished.is_empty() {
            self.check_roots();
        }
        self.handle_vanished();
        self.report_follow_state();
        if self.has_news() && self.next_report().is_none_or(|at| at <= Instant::now()) {
            self.report_arrivals();
        }
    }

    /// Reads a path that is due, and reschedules it if it is busy or its end is incomplete.
    fn read_due(&mut self, path: PathBuf, kind: PendingKind) {
        let now = Instant::now();
        let complete = match kind {
            PendingKind::Whole | PendingKind::Filled | PendingKind::Found => Completeness::Closed,
            PendingKind::Growing => Completeness::StillWritten,
            PendingKind::Open | PendingKind::IncompleteEnd => Completeness::AsIs,
            PendingKind::Created => match fs::metadata(&path) {
                // Its writer has only just begun. An event will follow.
                Ok(about) if about.len() == 0 => return,
                _ => Completeness::Closed,
            },
            PendingKind::Peek => {
                if !starts_with_item(&path, self.reader.request()) {
                    self.pending.open(path, now);
                    return;
                }
                Completeness::StillWritten
            }
        };
        let known = self.state.file_states.stat(&path).is_some();
        match self.reader.read_watched_file(self.state, &path, true, complete) {
            FileOutcome::Busy => self.pending.retry(path, kind, now),
            FileOutcome::AlreadyRead => {
                if !known && fs::symlink_metadata(&path).is_err() {
                    self.vanished.push((path, kind));
                }
            }
            FileOutcome::Failed => {
                // A folder has taken the place of the file.
                if known && fs::metadata(&path).is_ok_and(|about| about.is_dir()) {
                    self.state.file_states.mark_deleted(&path);
                }
                self.failed.insert(path);
            }
            FileOutcome::Read(replaced, is_incomplete) => {
                self.failed.remove(&path);
                self.replaced.extend(replaced);
                if is_incomplete && complete != Completeness::AsIs {
                    self.pending.incomplete_end(path, Instant::now());
                }
            }
        }
    }

    fn has_news(&self) -> bool {
        self.reader.has_rows() || !self.replaced.is_empty() || !lock(self.segments).is_empty()
    }

    /// When the next report may be made; `None` before the first one.
    fn next_report(&self) -> Option<Instant> {
        let interval = REPORT_INTERVAL + Duration::from_millis(self.report_count.into());
        self.last_report.map(|at| at + interval.min(MAX_REPORT_INTERVAL))
    }

    /// Reports new segments and replacements together, so that a rewritten file never shows twice.
    fn report_arrivals(&mut self) {
        self.reader.send_segment();
        let segments = take(&mut *lock(self.segments));
        let replaced = take(&mut self.replaced);
        if !segments.is_empty() || !replaced.is_empty() {
            self.last_report = Some(Instant::now());
            self.report_count = self.report_count.saturating_add(1);
            (self.report)(LoadEvent::Arrived { segments, replaced });
        }
    }

    /// Reports a problem, unless the same one was reported before.
    pub(super) fn report_problem(&mut self, problem: InputProblem) {
        if self.reported.insert(problem.to_string()) {
            (self.report)(LoadEvent::Problem(problem));
        }
    }

    /// Reports that something else is under a path than before, each time. `unread`: files in the old folder that were
    /// written but not read.
    pub(super) fn report_replaced(&self, path: &Path, mut message: String, unread: usize) {
        let mut severity = Severity::Note;
        if unread > 0 {
            let files = count_noun(unread, "file");
            message = format!("{message}; {files} in the old one could not be read in time");
            severity = Severity::Unreadable;
        }
        let mut problem = InputProblem::unreadable(path_text(path), message);
        problem.problem.severity = severity;
        (self.report)(LoadEvent::Problem(problem));
    }

    /// Reports which roots have nothing to follow, and whether anything can arrive, if that has changed.
    fn report_follow_state(&mut self) {
        let roots = self.state.folders();
        let missing = roots.roots.iter().filter(|root| root.place.is_none());
        let missing: Vec<PathBuf> = missing.map(|root| root.path.clone()).collect();
        let can_arrive = missing.len() < roots.roots.len() || self.state.has_open_streams();
        drop(roots);
        let now = (missing, can_arrive);
        if now != self.follow_state {
            let missing = now.0.iter().map(|path| path_text(path)).collect();
            (self.report)(LoadEvent::FollowState { missing, can_arrive });
            self.follow_state = now;
        }
    }

    pub(super) fn watch_folder(&self, folder: &Path) {
        self.state.watch_folder(folder, self.report);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// True if a file begins with a complete item, in a format in which any number may follow. Such a file is read while it
/// is still being written.
fn starts_with_item(path: &Path, request: &ReadingRequest) -> bool {
    let mut start = Vec::new();
    let read = open_file(path)
        .and_then(|(file, _)| append_range(&file, 0..FORMAT_SAMPLE_SIZE, &mut start));
    if read.is_err() || start.is_empty() {
        return false;
    }
    let format = format::detect_as(request, &start);
    let cut = format.map_or(RecordBoundary::Unsplittable, |format| format.row().boundary);
    match cut {
        RecordBoundary::Unsplittable => false,
        RecordBoundary::Newline => memchr::memchr(b'\n', &start)
            .is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}")),
        cut => cut.find_last(&start, 1).is_some(),
    }
}

// Watched folders.

impl WatchState {
    /// Watches a folder. Must be called before the folder is listed. Falls back to polling, and reports why.
    pub(in crate::ingest) fn watch_folder(
        &self,
        folder: &Path,
        report: &(dyn Fn(LoadEvent) + Sync),
    ) {
        if !self.folders().insert(folder) {
            return;
        }
        let report_note = |message: String| {
            let mut problem = InputProblem::unreadable(path_text(folder), message);
            problem.problem.severity = Severity::Note;
            report(LoadEvent::Problem(problem));
        };
        let why = match self.event_source.add(folder) {
            Ok(()) => return,
            Err(WatchError::Poll(why)) => why,
            Err(WatchError::Failed(error)) if error.kind() == ErrorKind::NotFound => {
                return self.folders().forget(|path| path == folder);
            }
            Err(WatchError::Failed(error)) => {
                format!("it cannot be watched ({})", error_reason(&error))
            }
        };
        let mut folders = self.folders();
        folders.polled.insert(folder.to_owned(), HashMap::new());
        if folders.reported_reasons.insert(why.clone()) {
            drop(folders);
            report_note(format!("checked every second, since {why}"));
        }
    }

    /// Notes a file that is a link, to be polled. Other files are ignored.
    pub(super) fn add_link(&self, path: &Path) {
        if is_link(path) {
            self.folders().links.entry(path.to_owned()).or_default();
        }
    }

    /// Watches the folder of a file: a watch on the file itself would end when it is replaced by another of its name.
    pub(in crate::ingest) fn watch_file(&self, path: &Path, report: &(dyn Fn(LoadEvent) + Sync)) {
        self.watch_folder(parent_folder(path), report);
    }
}
