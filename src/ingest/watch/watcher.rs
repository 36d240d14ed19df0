//! The watch: its thread, its state, and the folders it watches. Sleeps until a file changes, reads what is due, and reports what arrived.

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
use crate::ingest::files::{InputBytes, is_ignored_name, open_file};
use crate::ingest::load::{
    FORMAT_SAMPLE_SIZE, InputSource, LoadContext, LoadEvent, LoadRequest, Reader, load_with_watch,
};
use crate::ingest::watch::events::system::EventSource;
use crate::ingest::watch::events::{FileEvent, PendingKind, PendingReads, WatchError};
use crate::ingest::watch::file_states::{FileStat, FileStates};
use crate::ingest::watch::follow_file::{Completeness, FileOutcome};
use crate::ingest::watch::retained::{Retention, RetentionLimits};
use crate::text::error_reason;

/// Most bytes of files that were there when the watch began that are kept as well.
const INITIAL_RETAIN_LIMIT: u64 = 64 << 20;

/// See [`Following::settle_time`].
const SETTLE_TIME: Duration = Duration::from_millis(250);

const PATIENT_SETTLE_TIME: Duration = Duration::from_secs(3);

/// A watch that goes on after the load, until it is stopped.
#[derive(Debug, Clone)]
pub struct Watch(pub(super) Arc<WatchState>);

/// What a watch knows.
#[derive(Debug)]
pub(in crate::ingest) struct WatchState {
    /// How long nothing must happen to a file that lies in a folder when it comes: nobody knows whether it is whole.
    pub(super) settle_time: Duration,
    pub(super) file_states: FileStates,
    pub(super) retention: Retention,
    /// How many bytes of what was there already may still be kept.
    retain_budget: AtomicU64,
    pub(super) event_source: EventSource,
    folders: Mutex<WatchedFolders>,
    /// Files at the end of which something waits to become complete.
    incomplete_files: Mutex<Vec<PathBuf>>,
    /// Which run of the watch it is: one that is not the newest ends.
    run_number: AtomicU64,
    /// Held by the run that is at work.
    run_lock: Mutex<()>,
}

impl Watch {
    /// A watch that keeps so much. Files that lie in a folder already when it comes are shown soon, and brought up to date
    /// where their writers are still at work.
    ///
    /// # Errors
    /// Where the system gives no descriptor for it.
    pub fn new(limits: RetentionLimits) -> std::io::Result<Self> {
        Self::with(limits, SETTLE_TIME)
    }

    /// The same for those who want each dispatch once, and whole: such files wait longer.
    ///
    /// # Errors
    /// Where the system gives no descriptor for it.
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

    /// Loads everything, tells [`Report::Done`], and goes on until it is stopped; where there is nothing to watch, until
    /// streams have ended. `tell` is called from several threads.
    pub fn load(&self, sources: LoadRequest, readers: usize, tell: &(dyn Fn(LoadEvent) + Sync)) {
        let following = &*self.0;
        let forced = sources.format;
        let watched = following.add_roots(&sources);
        std::thread::scope(|scope| {
            if watched {
                scope.spawn(|| Watcher::run(following, forced, false, tell));
            }
            load_with_watch(sources, readers, Some(following), tell);
        });
    }

    /// Goes on from what a load without a watch has brought: what has arrived since is read first. Returns when it is
    /// stopped, or where there is nothing to watch.
    pub fn resume(
        &self,
        sources: &LoadRequest,
        loaded: &Snapshot,
        tell: &(dyn Fn(LoadEvent) + Sync),
    ) {
        let following = &*self.0;
        if following.add_roots(sources) {
            following.adopt_loaded(loaded);
            Watcher::run(following, sources.format, true, tell);
        }
    }

    /// Ends the watch.
    pub fn stop(&self) {
        self.0.run_number.fetch_add(1, Ordering::AcqRel);
        self.0.event_source.wake();
    }
}

impl WatchState {
    pub(super) fn folders(&self) -> std::sync::MutexGuard<'_, WatchedFolders> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what is to be watched; false where that is nothing.
    fn add_roots(&self, sources: &LoadRequest) -> bool {
        let mut folders = self.folders();
        for source in &sources.sources {
            if let InputSource::Path(path) = source {
                folders.add_root(path);
            }
        }
        folders.has_roots()
    }

    /// Whether so many bytes that were there already may be kept as well.
    pub(super) fn spare(&self, bytes: u64) -> bool {
        let left = |spare: u64| spare.checked_sub(bytes);
        let order = Ordering::Relaxed;
        self.retain_budget.fetch_update(order, order, left).is_ok()
    }

    /// At the end of a file something waits to become complete.
    pub(in crate::ingest) fn add_incomplete(&self, path: &Path) {
        let mut waiting = self
            .incomplete_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        waiting.push(path.to_owned());
        self.event_source.wake();
    }
}

// The thread of a watch: sleeps until something happens, reads what is due, and hands on what came of it.

/// Most files that are read before it is looked again at what happened.
const MAX_READS_PER_TURN: usize = 256;

/// Something is looked at again after this while somebody else is at it.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Folders that give no events are looked at so often.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// What arrives is handed on at once, but so long after what came before; the longer, the more there has been, since
/// every segment costs something: at most [`MAX_REPORT_INTERVAL`].
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

const MAX_REPORT_INTERVAL: Duration = Duration::from_millis(600);

pub(super) struct Watcher<'a> {
    pub(super) state: &'a WatchState,
    pub(super) reader: Reader<'a>,
    report: &'a (dyn Fn(LoadEvent) + Sync),
    /// Segments that are to be handed on.
    segments: &'a Mutex<Vec<Arc<Segment>>>,
    pub(super) replaced: Vec<Replacement>,
    pub(super) pending: PendingReads,
    /// Events of files that somebody else was at.
    pub(super) deferred: Vec<FileEvent>,
    /// The last turn ended by a fault.
    panicked: bool,
    /// Files that could not be opened: their rights may change.
    pub(super) failed: HashSet<PathBuf>,
    /// Problems of folders that were told: each is told once.
    reported: HashSet<String>,
    last_report: Option<Instant>,
    report_count: u32,
    last_poll: Instant,
}

impl Watcher<'_> {
    /// Runs a watch until it is stopped; `resumed`: what has changed since it was read is read first.
    pub(super) fn run(
        following: &WatchState,
        forced: Option<RequestedFormat>,
        resumed: bool,
        tell: &(dyn Fn(LoadEvent) + Sync),
    ) {
        let run = following.run_number.load(Ordering::Acquire);
        let _at_work = lock(&following.run_lock);
        let segments = Mutex::new(Vec::new());
        let collect = |report: LoadEvent| match report {
            LoadEvent::Segment(segment) => lock(&segments).push(segment),
            other => tell(other),
        };
        let mut shared = LoadContext::new(forced, &collect);
        shared.watch = Some(following);
        let mut reader = Reader::new(&shared);
        (reader.is_live, reader.segment_interval) = (true, Duration::MAX);
        let mut turn = Watcher {
            state: following,
            reader,
            report: tell,
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
            turn.rescan();
        }
        while following.run_number.load(Ordering::Acquire) == run {
            following.event_source.wait(turn.wait_time());
            turn.run_turn_guarded();
        }
        turn.report_arrivals();
    }

    /// How long nothing has to be done; `None`: until something happens.
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

    /// Does what is due: a fault in it does not end the watch. What it may have missed is looked for, once.
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

    fn run_turn(&mut self) {
        for event in take(&mut self.deferred) {
            self.retry_deferred(event);
        }
        for event in self.state.event_source.drain() {
            self.handle_event(event);
        }
        let now = Instant::now();
        let waiting = take(&mut *lock(&self.state.incomplete_files));
        for path in waiting {
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

    /// Reads a path that is due.
    fn read_due(&mut self, path: PathBuf, kind: PendingKind) {
        let now = Instant::now();
        let complete = match kind {
            PendingKind::Whole | PendingKind::Filled | PendingKind::Found => Completeness::Closed,
            PendingKind::Growing => Completeness::StillWritten,
            PendingKind::Open | PendingKind::IncompleteEnd => Completeness::AsIs,
            PendingKind::Created => match fs::metadata(&path) {
                // Somebody is about to write; that will be told.
                Ok(about) if about.len() == 0 => return,
                _ => Completeness::Closed,
            },
            PendingKind::Peek => {
                if !starts_with_item(&path) {
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
                let gone = || fs::symlink_metadata(&path).is_err();
                if kind == PendingKind::Filled && !known && gone() {
                    self.report_missed(&path);
                }
            }
            FileOutcome::Failed => {
                if known && fs::metadata(&path).is_ok_and(|about| about.is_dir()) {
                    self.state.file_states.mark_deleted(&path);
                }
                self.failed.insert(path);
            }
            FileOutcome::Read(replaced, waits) => {
                self.failed.remove(&path);
                self.replaced.extend(replaced);
                if waits && complete != Completeness::AsIs {
                    self.pending.incomplete_end(path, Instant::now());
                }
            }
        }
    }

    fn has_news(&self) -> bool {
        self.reader.has_rows() || !self.replaced.is_empty() || !lock(self.segments).is_empty()
    }

    /// When what has arrived may be handed on; `None`: at once.
    fn next_report(&self) -> Option<Instant> {
        let pace = REPORT_INTERVAL + Duration::from_millis(self.report_count.into());
        self.last_report
            .map(|at| at + pace.min(MAX_REPORT_INTERVAL))
    }

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

    /// Tells a problem of a folder, once.
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

pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| is_ignored_name(name.as_encoded_bytes()))
}

/// True for a file that begins with a whole item of those that may follow each other without end.
fn starts_with_item(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = open_file(path)
        .and_then(|file| InputBytes::File(file).read(0..FORMAT_SAMPLE_SIZE, &mut start));
    if read.is_err() || start.is_empty() {
        return false;
    }
    let cut =
        format::detect(&start).map_or(RecordBoundary::Unsplittable, |format| format.row().boundary);
    match cut {
        RecordBoundary::Unsplittable => false,
        RecordBoundary::Newline => memchr::memchr(b'\n', &start)
            .is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}")),
        cut => cut.find_last(&start, 1).is_some(),
    }
}

// The folders of a watch: which are watched, which have to be looked at now and then, and which are lost for now.

/// What a watch was asked for.
#[derive(Debug, Clone)]
pub(super) struct WatchedRoot {
    pub(super) path: PathBuf,
    pub(super) is_file: bool,
    /// Device and number of the folder that is watched; `None` while it is not there.
    pub(super) folder_id: Option<(u64, u64)>,
    /// The device that it lay on when the watch began, or as soon as it was there.
    home_device: Option<u64>,
    /// True while it is looked for: it was deleted, or another file system lies at its place.
    pub(super) is_lost: bool,
}

/// The folders of a watch.
#[derive(Debug, Default)]
pub(super) struct WatchedFolders {
    pub(super) roots: Vec<WatchedRoot>,
    watched: HashSet<PathBuf>,
    /// Those that are looked at now and then: files that were new or changed the last time.
    pub(super) polled: HashMap<PathBuf, HashMap<PathBuf, FileStat>>,
    /// Why folders are polled: said once each.
    reported_reasons: HashSet<String>,
}

/// Device and number of a folder, or of that which a file lies in.
pub(super) fn read_folder_id(path: &Path) -> Option<(u64, u64)> {
    let about = fs::metadata(path).ok()?;
    about.is_dir().then(|| (about.dev(), about.ino()))
}

/// The folder of a file, as it is watched.
pub(super) fn parent_folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn or_current_dir(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

impl WatchedRoot {
    /// The folder that is watched for it.
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

    /// What lies at its place now. Where a file system was, it is waited for.
    pub(super) fn set_folder_id(&mut self, is: Option<(u64, u64)>) {
        let device = is.map(|(device, _)| device);
        self.folder_id = is;
        self.home_device = self.home_device.or(device);
        self.is_lost = is.is_none() || self.home_device != device;
    }
}

impl WatchedFolders {
    /// Notes a path that is asked for. One that is not there yet is looked for.
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

    /// Whether a file that something happened to is one of those that were asked for.
    pub(super) fn is_asked_for(&self, path: &Path) -> bool {
        let left_out = path
            .file_name()
            .is_some_and(|name| is_ignored_name(name.as_encoded_bytes()));
        self.roots.iter().any(|root| {
            if root.is_file {
                root.path == path
            } else {
                !left_out && path.starts_with(&root.path)
            }
        })
    }

    pub(super) fn is_watched(&self, folder: &Path) -> bool {
        self.watched.contains(folder)
    }

    /// A folder and all below it are watched no longer.
    pub(super) fn forget(&mut self, folder: &Path) {
        self.watched.retain(|path| !path.starts_with(folder));
        self.polled.retain(|path, _| !path.starts_with(folder));
    }

    /// A folder has another name.
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

    /// True where something has to be looked at now and then.
    pub(super) fn needs_polling(&self) -> bool {
        !self.polled.is_empty() || self.roots.iter().any(|root| root.is_lost)
    }
}

impl WatchState {
    /// Watches a folder, before it is looked into.
    pub(in crate::ingest) fn watch_folder(&self, folder: &Path, tell: &(dyn Fn(LoadEvent) + Sync)) {
        if !self.folders().watched.insert(folder.to_owned()) {
            return;
        }
        let note = |message: String| {
            let mut problem = InputProblem::unreadable(path_text(folder), message);
            problem.problem.severity = Severity::Note;
            tell(LoadEvent::Problem(problem));
        };
        match self.event_source.add(folder) {
            Ok(()) => {}
            Err(WatchError::Poll(why)) => {
                let mut folders = self.folders();
                folders.polled.insert(folder.to_owned(), HashMap::new());
                if folders.reported_reasons.insert(why.clone()) {
                    drop(folders);
                    note(format!("looked at every second, since {why}"));
                }
            }
            Err(WatchError::Failed(error)) => {
                self.folders().watched.remove(folder);
                note(format!("cannot be watched: {}", error_reason(&error)));
            }
        }
    }

    /// Watches the folder of a file.
    pub(in crate::ingest) fn watch_file(&self, path: &Path, tell: &(dyn Fn(LoadEvent) + Sync)) {
        self.watch_folder(parent_folder(path), tell);
    }
}
