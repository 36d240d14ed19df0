//! The thread of a watch: sleeps until something happens, reads what is due, and hands on what came of it.

use std::collections::HashSet;
use std::fs;
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::WatchState;
use super::events::FileEvent;
use super::pending::{PendingKind, PendingReads};
use super::take::{Completeness, FileOutcome};
use crate::desk::{Replacement, Segment, path_text};
use crate::dispatch::InputProblem;
use crate::format::{self, RecordBoundary, RequestedFormat};
use crate::load::job::{LoadContext, LoadEvent};
use crate::load::reader::{FORMAT_SAMPLE_SIZE, Reader};
use crate::load::store::{InputBytes, open_file};
use crate::load::walk::is_ignored_name;

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
