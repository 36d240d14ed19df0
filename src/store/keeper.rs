//! The thread that keeps marks: it loads them, writes what has gathered in one transaction, and says what has been kept.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::database::{Store, Trouble};
use super::place::Place;
use super::reading::read_marks;
use crate::marks::{MarkChange, SavedMarks};

/// How long the end of the program waits for the last marks.
const LAST: Duration = Duration::from_secs(10);
/// How long the program has for its start before the database is looked at more closely.
const CLOSER: Duration = Duration::from_secs(1);

/// What the thread answers.
#[derive(Debug)]
pub enum Answer {
    /// All marks of earlier sessions: at the start, and again each time that the database is opened anew. Where it cannot
    /// be used, those that can be read of it; none where no state is wanted.
    Marks(Box<SavedMarks>),
    /// Changes as they were kept. With a trouble they last for the session only, until they are saved after all.
    Kept(Vec<MarkChange>, Option<String>),
    /// Changes that had only lasted for the session are kept by now.
    Saved,
    /// Something to tell.
    Trouble(String),
}

/// Where answers go.
pub type Tell = Arc<dyn Fn(Answer) + Send + Sync>;

enum Job {
    Keep(Vec<MarkChange>),
    Seen(Vec<u64>, bool),
}

/// The thread, from outside.
#[derive(Debug)]
pub struct Keeper {
    jobs: Sender<Job>,
    /// Dropped when the thread may begin.
    hold: Option<Sender<()>>,
    ended: Receiver<()>,
}

impl Keeper {
    /// Starts the thread; the marks of the place come as its first answer. `source` names what is read, and goes first:
    /// the thread waits until [`Keeper::begin`] for so long at most.
    #[must_use]
    pub fn start(place: Place, source: u64, wait: Duration, tell: Tell) -> Self {
        let (jobs, inbox) = channel();
        let (hold, held) = channel::<()>();
        let (end, ended) = channel();
        thread::spawn(move || {
            let _ = held.recv_timeout(wait);
            let mut work = Work::start(place, source, tell);
            let first = inbox.recv_timeout(CLOSER);
            // Before anything is written, too.
            work.look_closer();
            let mut next = match first {
                Err(RecvTimeoutError::Timeout) => inbox.recv().ok(),
                first => first.ok(),
            };
            while let Some(first) = next {
                work.take(std::iter::once(first).chain(inbox.try_iter()).collect());
                next = inbox.recv().ok();
            }
            work.last();
            let _ = end.send(());
        });
        Self {
            jobs,
            hold: Some(hold),
            ended,
        }
    }

    /// The first dispatches are there: their marks may be read.
    pub fn begin(&mut self) {
        self.hold = None;
    }

    /// Keeps changes; they come back as [`Answer::SavedMarks`].
    pub fn keep(&self, changes: Vec<MarkChange>) {
        let _ = self.jobs.send(Job::Keep(changes));
    }

    /// Keeps what was listed when the visit ended: beside what is kept, or (`all`) in its place.
    pub fn seen(&self, items: Vec<u64>, all: bool) {
        let _ = self.jobs.send(Job::Seen(items, all));
    }

    /// Waits until all is written, for some seconds at most.
    pub fn close(self) {
        drop(self.jobs);
        let _ = self.ended.recv_timeout(LAST);
    }
}

struct Work {
    place: Place,
    source: u64,
    tell: Tell,
    store: Option<Store>,
    /// Changes that could not be written yet.
    waiting: Vec<MarkChange>,
    /// Set for a database that must not be touched, and where none is wanted.
    hands_off: bool,
}

impl Work {
    fn start(place: Place, source: u64, tell: Tell) -> Self {
        let mut work = Self {
            hands_off: place == Place::Unwanted,
            place,
            source,
            tell,
            store: None,
            waiting: Vec::new(),
        };
        if work.hands_off {
            (work.tell)(Answer::Marks(Box::default()));
            return work;
        }
        let loaded = work.open(false).or_else(|trouble| match trouble {
            Trouble::Damaged(_) => work.open(true),
            other => Err(other),
        });
        if let Err(trouble) = loaded {
            work.go_without(&trouble);
        }
        work
    }

    /// Opens the database and tells its marks.
    fn open(&mut self, thorough: bool) -> Result<(), Trouble> {
        self.store = None;
        let (store, notice) = Store::open(&self.place, thorough)?;
        if let Some(notice) = notice {
            (self.tell)(Answer::Trouble(notice));
        }
        let kept = store.load(self.source)?;
        (self.tell)(Answer::Marks(Box::new(kept)));
        self.store = Some(store);
        Ok(())
    }

    /// The marks are on the screen by now, and what is read has had its time: now to see whether the rest of the file is whole.
    fn look_closer(&mut self) {
        let whole = self.store.as_ref().is_none_or(Store::is_whole);
        if !whole && let Err(trouble) = self.open(true) {
            self.go_without(&trouble);
        }
    }

    /// Nothing can be written: what can be read is shown, and it is said that marks last for the session.
    fn go_without(&mut self, trouble: &Trouble) {
        self.hands_off = matches!(trouble, Trouble::Newer(_));
        self.store = None;
        let kept = read_marks(&self.place, self.source).unwrap_or_default();
        (self.tell)(Answer::Marks(Box::new(kept)));
        (self.tell)(Answer::Trouble(format!(
            "marks last for this session only: {trouble}"
        )));
    }

    fn take(&mut self, jobs: Vec<Job>) {
        let (mut changes, mut seen) = (Vec::new(), None);
        for job in jobs {
            match job {
                Job::Keep(more) => changes.extend(more),
                Job::Seen(items, all) => seen = Some((items, all)),
            }
        }
        if self.place == Place::Unwanted {
            (self.tell)(Answer::Kept(changes, None));
            return;
        }
        if !changes.is_empty() {
            let count = changes.len();
            let late = self.waiting.len();
            self.waiting.extend(changes);
            match self.write() {
                Ok(written) => {
                    (self.tell)(Answer::Kept(written, None));
                    if late > 0 {
                        (self.tell)(Answer::Saved);
                    }
                }
                Err(trouble) => {
                    let mine = self.waiting[self.waiting.len() - count..].to_vec();
                    if self.hands_off {
                        self.waiting.clear();
                    }
                    (self.tell)(Answer::Kept(mine, Some(trouble.to_string())));
                }
            }
        }
        if let Some((items, all)) = seen
            && let Some(store) = &mut self.store
            && let Err(trouble) = store.write_seen(self.source, &items, all)
        {
            (self.tell)(Answer::Trouble(trouble.to_string()));
        }
    }

    /// Writes all that waits; a database that turns out to be damaged, or gone, is begun anew.
    fn write(&mut self) -> Result<Vec<MarkChange>, Trouble> {
        if self.hands_off {
            let why = "the database of marks is of a newer version";
            return Err(Trouble::Unusable(why.to_owned()));
        }
        let done = match &mut self.store {
            Some(store) => store.write(&self.waiting),
            None => Err(Trouble::Damaged(String::new())),
        };
        let done = match done {
            Err(Trouble::Damaged(_)) => {
                let (mut store, notice) = Store::open(&self.place, true)?;
                if let Some(notice) = notice {
                    (self.tell)(Answer::Trouble(notice));
                }
                let done = store.write(&self.waiting);
                self.store = Some(store);
                done
            }
            other => other,
        };
        let done = done?;
        self.waiting.clear();
        Ok(done)
    }

    /// The last try for what could not be written.
    fn last(&mut self) {
        if !self.waiting.is_empty() {
            let _ = self.write();
        }
    }
}
