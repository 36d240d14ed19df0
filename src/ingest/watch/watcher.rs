//! The watch: its thread, its state, and the folders it watches.
//! Sleeps until a file changes, reads the files that are due, and reports what arrived.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::mem::take;
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::dispatch::{InputProblem, Severity};
use crate::format::{self, RecordBoundary, RequestedFormat};
use crate::index::{Replacement, Segment, Snapshot, path_text};
use crate::ingest::files::{append_range, is_ignored_name, open_file};
use crate::ingest::load::{
    FORMAT_SAMPLE_SIZE, InputSource, LoadContext, LoadEvent, LoadRequest, Reader, load_with_watch,
};
use crate::ingest::watch::events::system::EventSource;
use crate::ingest::watch::events::{FileEvent, PendingKind, PendingReads, WatchError};
use crate::ingest::watch::file_states::{FileStat, FileStates};
use crate::ingest::watch::follow_file::{Completeness, FileOutcome};
use crate::ingest::watch::retained::{Retention, RetentionLimits};
use crate::text::error_reason;

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
            run_number: AtomicU64::new(0),
            run_lock: Mutex::default(),
        })))
    }

    /// Loads all sources, reports [`LoadEvent::Done`], and continues until it is stopped. Without files and folders to
    /// watch, it returns when all streams have ended. `report` is called from several threads.
    pub fn load(&self, sources: LoadRequest, readers: usize, report: &(dyn Fn(LoadEvent) + Sync)) {
        let state = &*self.0;
        let forced = sources.format;
        let has_roots = state.add_roots(&sources);
        std::thread::scope(|scope| {
            if has_roots {
                scope.spawn(|| Watcher::run(state, forced, false, report));
            }
            load_with_watch(sources, readers, Some(state), report);
        });
    }

    /// Starts a watch after a load without one. Files that changed since `loaded` are read first. Returns when it is
    /// stopped, or if there is nothing to watch.
    pub fn resume(
        &self,
        sources: &LoadRequest,
        loaded: &Snapshot,
        report: &(dyn Fn(LoadEvent) + Sync),
    ) {
        let state = &*self.0;
        if state.add_roots(sources) {
            state.adopt_loaded(loaded);
            Watcher::run(state, sources.format, true, report);
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
        folders.has_roots()
    }

    /// Takes bytes from the budget for files that were already there; false if they no longer fit.
    pub(super) fn take_retain_budget(&self, bytes: u64) -> bool {
        let left = |budget: u64| budget.checked_sub(bytes);
        let order = Ordering::Relaxed;
        self.retain_budget.fetch_update(order, order, left).is_ok()
    }

    /// Hands a file with an incomplete item at its end over to the watch thread.
    pub(in crate::ingest) fn add_incomplete(&self, path: &Path) {
        let mut files = self
            .incomplete_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        files.push(path.to_owned());
        self.event_source.wake();
    }
}

// The thread of a watch.

/// Most files read before events are handled again. Otherwise their queue could overflow during a burst.
const MAX_READS_PER_TURN: usize = 256;

/// Time after which deferred events are tried again, while another thread reads the file.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// How often folders without events are polled. The messages say every second.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

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
    last_poll: Instant,
}

impl Watcher<'_> {
    /// Runs a watch until it is stopped. If it was `resumed`, files that changed since they were loaded are read first.
    pub(super) fn run(
        state: &WatchState,
        forced: Option<RequestedFormat>,
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
        let mut shared = LoadContext::new(forced, &collect);
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
            last_poll: Instant::now(),
        };
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
        if self.state.folders().needs_polling() {
            by(self.last_poll + POLL_INTERVAL);
        }
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
        let path = roots
            .first()
            .map_or_else(String::new, |root| path_text(&root.path));
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
        if self.state.folders().needs_polling() && self.last_poll.elapsed() >= POLL_INTERVAL {
            self.poll_folders();
            self.last_poll = Instant::now();
        }
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
                if !starts_with_item(&path, self.reader.forced_format()) {
                    self.pending.open(path, now);
                    return;
                }
                Completeness::StillWritten
            }
        };
        let known = self.state.file_states.stat(&path).is_some();
        match self
            .reader
            .read_watched_file(self.state, &path, true, complete)
        {
            FileOutcome::Busy => self.pending.retry(path, kind, now),
            FileOutcome::AlreadyRead => {
                // Not readable and never read: it was deleted before its turn.
                let gone = || fs::symlink_metadata(&path).is_err();
                if kind == PendingKind::Filled && !known && gone() {
                    self.report_missed(&path);
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
        self.last_report
            .map(|at| at + interval.min(MAX_REPORT_INTERVAL))
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

    pub(super) fn watch_folder(&self, folder: &Path) {
        self.state.watch_folder(folder, self.report);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// True for names of hidden and temporary files.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| is_ignored_name(name.as_encoded_bytes()))
}

/// True if a file begins with a complete item, in a format in which any number may follow. Such a file is read while it
/// is still being written.
fn starts_with_item(path: &Path, forced: Option<RequestedFormat>) -> bool {
    let mut start = Vec::new();
    let read = open_file(path)
        .and_then(|(file, _)| append_range(&file, 0..FORMAT_SAMPLE_SIZE, &mut start));
    if read.is_err() || start.is_empty() {
        return false;
    }
    let format = format::detect_as(forced, &start);
    let cut = format.map_or(RecordBoundary::Unsplittable, |format| format.row().boundary);
    match cut {
        RecordBoundary::Unsplittable => false,
        RecordBoundary::Newline => memchr::memchr(b'\n', &start)
            .is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}")),
        cut => cut.find_last(&start, 1).is_some(),
    }
}

// Watched folders.

/// A path that the user asked for.
#[derive(Debug, Clone)]
pub(super) struct WatchedRoot {
    pub(super) path: PathBuf,
    pub(super) is_file: bool,
    /// Device and inode of the watched folder; `None` while it does not exist.
    pub(super) folder_id: Option<(u64, u64)>,
    /// The device of the folder when it was first seen.
    home_device: Option<u64>,
    /// True while the folder is missing: it was deleted, or its path is on another device, because a file system was
    /// unmounted or mounted over it. It is looked for at every poll.
    pub(super) is_lost: bool,
}

/// The folders of a watch.
#[derive(Debug, Default)]
pub(super) struct WatchedFolders {
    pub(super) roots: Vec<WatchedRoot>,
    /// All watched folders, including the polled ones.
    watched: HashSet<PathBuf>,
    /// Folders without events, which are polled. For each, the files that were new or changed at the last poll.
    pub(super) polled: HashMap<PathBuf, HashMap<PathBuf, FileStat>>,
    /// Reasons for polling that were reported. Each is reported once.
    reported_reasons: HashSet<String>,
}

/// Device and inode of a folder; `None` if there is no folder at the path.
pub(super) fn read_folder_id(path: &Path) -> Option<(u64, u64)> {
    let about = fs::metadata(path).ok()?;
    about.is_dir().then(|| (about.dev(), about.ino()))
}

/// The folder of a file, in the form in which it is watched: empty for the current folder.
pub(super) fn parent_folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Replaces the empty path, which system calls reject, by `.`.
fn or_current_dir(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

impl WatchedRoot {
    /// The folder to watch: the root itself, or the folder of a file.
    pub(super) fn folder(&self) -> &Path {
        if self.is_file {
            parent_folder(&self.path)
        } else {
            &self.path
        }
    }

    pub(super) fn read_folder_id(&self) -> Option<(u64, u64)> {
        read_folder_id(or_current_dir(self.folder()))
    }

    /// Sets what is at the path now. The root is lost if that is nothing, or a folder on another device than at first:
    /// an empty mount point is not the spool.
    pub(super) fn set_folder_id(&mut self, id: Option<(u64, u64)>) {
        let device = id.map(|(device, _)| device);
        self.folder_id = id;
        self.home_device = self.home_device.or(device);
        self.is_lost = id.is_none() || self.home_device != device;
    }
}

impl WatchedFolders {
    /// Adds a path that the user asked for. If it does not exist yet, it is looked for at every poll. Pipes and devices
    /// are not watched.
    pub(super) fn add_root(&mut self, path: &Path) {
        if self.roots.iter().any(|root| root.path == path) {
            return;
        }
        let about = fs::metadata(path).ok();
        if about
            .as_ref()
            .is_some_and(|about| !about.is_dir() && !about.is_file())
        {
            return;
        }
        let mut root = WatchedRoot {
            path: path.to_owned(),
            is_file: about.is_some_and(|about| about.is_file()),
            folder_id: None,
            home_device: None,
            is_lost: false,
        };
        root.set_folder_id(root.read_folder_id());
        self.roots.push(root);
    }

    pub(super) fn has_roots(&self) -> bool {
        !self.roots.is_empty()
    }

    /// True if a file is one of the roots or inside one. Hidden and temporary files count only if they are roots.
    pub(super) fn is_asked_for(&self, path: &Path) -> bool {
        let is_hidden = is_hidden(path);
        self.roots.iter().any(|root| {
            if root.is_file {
                root.path == path
            } else {
                !is_hidden && path.starts_with(&root.path)
            }
        })
    }

    pub(super) fn is_watched(&self, folder: &Path) -> bool {
        self.watched.contains(folder)
    }

    /// Removes a folder and all folders below it.
    pub(super) fn forget(&mut self, folder: &Path) {
        self.watched.retain(|path| !path.starts_with(folder));
        self.polled.retain(|path, _| !path.starts_with(folder));
    }

    /// Applies the renaming of a folder to its path and those below it.
    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        let moved = |path: PathBuf| match path.strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => to.to_owned(),
            Ok(rest) => to.join(rest),
            Err(_) => path,
        };
        self.watched = self.watched.drain().map(moved).collect();
        self.polled = self
            .polled
            .drain()
            .map(|(path, files)| (moved(path), files))
            .collect();
    }

    /// True if there are folders without events, or missing ones.
    pub(super) fn needs_polling(&self) -> bool {
        !self.polled.is_empty() || self.roots.iter().any(|root| root.is_lost)
    }
}

impl WatchState {
    /// Watches a folder. Must be called before the folder is listed. Falls back to polling, and reports why.
    pub(in crate::ingest) fn watch_folder(
        &self,
        folder: &Path,
        report: &(dyn Fn(LoadEvent) + Sync),
    ) {
        if !self.folders().watched.insert(folder.to_owned()) {
            return;
        }
        let report_note = |message: String| {
            let mut problem = InputProblem::unreadable(path_text(folder), message);
            problem.problem.severity = Severity::Note;
            report(LoadEvent::Problem(problem));
        };
        match self.event_source.add(folder) {
            Ok(()) => {}
            Err(WatchError::Poll(why)) => {
                let mut folders = self.folders();
                folders.polled.insert(folder.to_owned(), HashMap::new());
                if folders.reported_reasons.insert(why.clone()) {
                    drop(folders);
                    report_note(format!("checked every second, since {why}"));
                }
            }
            Err(WatchError::Failed(error)) => {
                self.folders().watched.remove(folder);
                report_note(format!("cannot be watched: {}", error_reason(&error)));
            }
        }
    }

    /// Watches the folder of a file: a watch on the file itself would end when it is replaced by another of its name.
    pub(in crate::ingest) fn watch_file(&self, path: &Path, report: &(dyn Fn(LoadEvent) + Sync)) {
        self.watch_folder(parent_folder(path), report);
    }
}
