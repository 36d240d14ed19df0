//! The thread of a watch: sleeps until something happens, reads what is due, and hands on what came of it.

use std::collections::HashSet;
use std::fs;
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Following;
use super::events::Event;
use super::pending::{Kind, Pending};
use super::take::{Complete, Taken};
use crate::desk::{Replacement, Segment, path_text};
use crate::dispatch::InputProblem;
use crate::format::{self, RecordBoundary, RequestedFormat};
use crate::load::job::{Report, Shared};
use crate::load::reader::{Reader, SAMPLE};
use crate::load::store::{Store, open_file};
use crate::load::walk::is_left_out;

/// Most files that are read before it is looked again at what happened.
const BATCH: usize = 256;
/// Something is looked at again after this while somebody else is at it.
const AGAIN: Duration = Duration::from_millis(20);
/// Folders that give no events are looked at so often.
const LOOK: Duration = Duration::from_secs(1);
/// What arrives is handed on at once, but so long after what came before; the longer, the more there has been, since
/// every segment costs something: at most [`SLOWEST`].
const REPORT_INTERVAL: Duration = Duration::from_millis(100);
const SLOWEST: Duration = Duration::from_millis(600);

pub(super) struct Turn<'a> {
    pub(super) following: &'a Following,
    pub(super) reader: Reader<'a>,
    tell: &'a (dyn Fn(Report) + Sync),
    /// Segments that are to be handed on.
    segments: &'a Mutex<Vec<Arc<Segment>>>,
    pub(super) replaced: Vec<Replacement>,
    pub(super) pending: Pending,
    /// Events of files that somebody else was at.
    pub(super) deferred: Vec<Event>,
    /// The last turn ended by a fault.
    faulty: bool,
    /// Files that could not be opened: their rights may change.
    pub(super) failed: HashSet<PathBuf>,
    /// Problems of folders that were told: each is told once.
    told: HashSet<String>,
    handed: Option<Instant>,
    count: u32,
    looked: Instant,
}

impl Turn<'_> {
    /// Runs a watch until it is stopped; `resumed`: what has changed since it was read is read first.
    pub(super) fn run(
        following: &Following,
        forced: Option<RequestedFormat>,
        resumed: bool,
        tell: &(dyn Fn(Report) + Sync),
    ) {
        let run = following.run.load(Ordering::Acquire);
        let _at_work = lock(&following.at_work);
        let segments = Mutex::new(Vec::new());
        let collect = |report: Report| match report {
            Report::Segment(segment) => lock(&segments).push(segment),
            other => tell(other),
        };
        let mut shared = Shared::new(forced, &collect);
        shared.following = Some(following);
        let mut reader = Reader::new(&shared);
        (reader.live, reader.patience) = (true, Duration::MAX);
        let mut turn = Turn {
            following,
            reader,
            tell,
            segments: &segments,
            replaced: Vec::new(),
            pending: Pending::default(),
            deferred: Vec::new(),
            faulty: false,
            failed: HashSet::new(),
            told: HashSet::new(),
            handed: None,
            count: 0,
            looked: Instant::now(),
        };
        if resumed {
            turn.rescan();
        }
        while following.run.load(Ordering::Acquire) == run {
            following.events.wait(turn.patience());
            turn.guarded();
        }
        turn.hand_on();
    }

    /// How long nothing has to be done; `None`: until something happens.
    fn patience(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut due = self.pending.due();
        let mut by = |at: Instant| due = Some(due.map_or(at, |due| due.min(at)));
        if self.has_news() {
            by(self.next_hand_on().unwrap_or(now));
        }
        if !self.deferred.is_empty() {
            by(now + AGAIN);
        }
        if self.following.folders().needs_looks() {
            by(self.looked + LOOK);
        }
        due.map(|at| at.saturating_duration_since(now))
    }

    /// Does what is due: a fault in it does not end the watch. What it may have missed is looked for, once.
    fn guarded(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.once())).is_ok() {
            self.faulty = false;
            return;
        }
        let roots = self.following.folders().roots.clone();
        let path = roots
            .first()
            .map_or_else(String::new, |root| path_text(&root.path));
        let message = "a fault in dateline itself disturbed the watch: it goes on";
        self.problem(InputProblem::unreadable(path, message));
        if !std::mem::replace(&mut self.faulty, true) {
            self.deferred.push(Event::Lost);
        }
    }

    fn once(&mut self) {
        for event in take(&mut self.deferred) {
            self.deferred(event);
        }
        for event in self.following.events.drain() {
            self.event(event);
        }
        let now = Instant::now();
        let waiting = take(&mut *lock(&self.following.waiting));
        for path in waiting {
            self.pending.rest(path, now);
        }
        for _ in 0..BATCH {
            let Some((path, kind)) = self.pending.take(now) else {
                break;
            };
            self.read(path, kind);
        }
        if self.following.folders().needs_looks() && self.looked.elapsed() >= LOOK {
            self.look();
            self.looked = Instant::now();
        }
        if self.has_news() && self.next_hand_on().is_none_or(|at| at <= Instant::now()) {
            self.hand_on();
        }
    }

    /// Reads a path that is due.
    fn read(&mut self, path: PathBuf, kind: Kind) {
        let now = Instant::now();
        let complete = match kind {
            Kind::Whole | Kind::Filled | Kind::Found => Complete::Closed,
            Kind::Growing => Complete::Written,
            Kind::Open | Kind::Rest => Complete::AsItIs,
            Kind::Made => match fs::metadata(&path) {
                // Somebody is about to write; that will be told.
                Ok(about) if about.len() == 0 => return,
                _ => Complete::Closed,
            },
            Kind::Peek => {
                if !grows(&path) {
                    self.pending.open(path, now);
                    return;
                }
                Complete::Written
            }
        };
        let known = self.following.ledger.stat(&path).is_some();
        match self.reader.take(self.following, &path, true, complete) {
            Taken::Busy => self.pending.later(path, kind, now),
            Taken::Known => {
                let gone = || fs::symlink_metadata(&path).is_err();
                if kind == Kind::Filled && !known && gone() {
                    self.missed(&path);
                }
            }
            Taken::Failed => {
                if known && fs::metadata(&path).is_ok_and(|about| about.is_dir()) {
                    self.following.ledger.gone(&path);
                }
                self.failed.insert(path);
            }
            Taken::Read(replaced, waits) => {
                self.failed.remove(&path);
                self.replaced.extend(replaced);
                if waits && complete != Complete::AsItIs {
                    self.pending.rest(path, Instant::now());
                }
            }
        }
    }

    fn has_news(&self) -> bool {
        self.reader.has_rows() || !self.replaced.is_empty() || !lock(self.segments).is_empty()
    }

    /// When what has arrived may be handed on; `None`: at once.
    fn next_hand_on(&self) -> Option<Instant> {
        let pace = REPORT_INTERVAL + Duration::from_millis(self.count.into());
        self.handed.map(|at| at + pace.min(SLOWEST))
    }

    fn hand_on(&mut self) {
        self.reader.hand_on();
        let segments = take(&mut *lock(self.segments));
        let replaced = take(&mut self.replaced);
        if !segments.is_empty() || !replaced.is_empty() {
            self.handed = Some(Instant::now());
            self.count = self.count.saturating_add(1);
            (self.tell)(Report::Arrived { segments, replaced });
        }
    }

    /// Tells a problem of a folder, once.
    pub(super) fn problem(&mut self, problem: InputProblem) {
        if self.told.insert(problem.to_string()) {
            (self.tell)(Report::Problem(problem));
        }
    }

    pub(super) fn watch_folder(&self, folder: &Path) {
        self.following.watch_folder(folder, self.tell);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| is_left_out(name.as_encoded_bytes()))
}

/// True for a file that begins with a whole item of those that may follow each other without end.
fn grows(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = open_file(path).and_then(|file| Store::File(file).read(0..SAMPLE, &mut start));
    if read.is_err() || start.is_empty() {
        return false;
    }
    let cut =
        format::detect(&start).map_or(RecordBoundary::Unsplittable, |format| format.row().cut);
    match cut {
        RecordBoundary::Unsplittable => false,
        RecordBoundary::Newline => memchr::memchr(b'\n', &start)
            .is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}")),
        cut => cut.last(&start, 1).is_some(),
    }
}
