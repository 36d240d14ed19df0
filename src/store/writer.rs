//! The thread that loads marks, writes changes in batches, and reports what has been saved.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::marks::{MarkChange, SavedMarks};
use crate::store::database::{MarkStore, StoreError, read_marks};
use crate::store::state_dir::StateDirectory;

/// How long the end of the program waits for the last marks.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the program has for its start before the database is looked at more closely.
const INTEGRITY_CHECK_DELAY: Duration = Duration::from_secs(1);

/// What the thread answers.
#[derive(Debug)]
pub enum StoreEvent {
    /// All marks of earlier sessions: at the start, and again each time that the database is opened anew. Where it cannot
    /// be used, those that can be read of it; none where no state is wanted.
    Marks(Box<SavedMarks>),
    /// Changes as they were kept. With a trouble they last for the session only, until they are saved after all.
    Written(Vec<MarkChange>, Option<String>),
    /// Changes that had only lasted for the session are kept by now.
    Saved,
    /// Something to tell.
    Warning(String),
}

/// Where answers go.
pub type StoreEventSink = Arc<dyn Fn(StoreEvent) + Send + Sync>;

enum WriteJob {
    Changes(Vec<MarkChange>),
    Visit(Vec<u64>, bool),
}

/// The thread, from outside.
#[derive(Debug)]
pub struct MarkWriter {
    jobs: Sender<WriteJob>,
    /// Dropped when the thread may begin.
    start_hold: Option<Sender<()>>,
    ended: Receiver<()>,
}

impl MarkWriter {
    /// Starts the thread; the marks of the place come as its first answer. `source` names what is read, and goes first:
    /// the thread waits until [`Keeper::allow_start`] for so long at most.
    #[must_use]
    pub fn start(place: StateDirectory, source: u64, wait: Duration, tell: StoreEventSink) -> Self {
        let (jobs, inbox) = channel();
        let (hold, held) = channel::<()>();
        let (end, ended) = channel();
        thread::spawn(move || {
            let _ = held.recv_timeout(wait);
            let mut work = WriterThread::start(place, source, tell);
            let first = inbox.recv_timeout(INTEGRITY_CHECK_DELAY);
            // Before anything is written, too.
            work.check_integrity();
            let mut next = match first {
                Err(RecvTimeoutError::Timeout) => inbox.recv().ok(),
                first => first.ok(),
            };
            while let Some(first) = next {
                work.process(std::iter::once(first).chain(inbox.try_iter()).collect());
                next = inbox.recv().ok();
            }
            work.retry_unsaved();
            let _ = end.send(());
        });
        Self {
            jobs,
            start_hold: Some(hold),
            ended,
        }
    }

    /// The first dispatches are there: their marks may be read.
    pub fn allow_start(&mut self) {
        self.start_hold = None;
    }

    /// Keeps changes; they come back as [`Answer::SavedMarks`].
    pub fn write(&self, changes: Vec<MarkChange>) {
        let _ = self.jobs.send(WriteJob::Changes(changes));
    }

    /// Keeps what was listed when the visit ended: beside what is kept, or (`all`) in its place.
    pub fn write_visit(&self, items: Vec<u64>, all: bool) {
        let _ = self.jobs.send(WriteJob::Visit(items, all));
    }

    /// Waits until all is written, for some seconds at most.
    pub fn close(self) {
        drop(self.jobs);
        let _ = self.ended.recv_timeout(CLOSE_TIMEOUT);
    }
}

struct WriterThread {
    place: StateDirectory,
    source: u64,
    tell: StoreEventSink,
    store: Option<MarkStore>,
    /// Changes that could not be written yet.
    unsaved: Vec<MarkChange>,
    /// Set for a database that must not be touched, and where none is wanted.
    must_not_write: bool,
}

impl WriterThread {
    fn start(place: StateDirectory, source: u64, tell: StoreEventSink) -> Self {
        let mut work = Self {
            must_not_write: place == StateDirectory::Disabled,
            place,
            source,
            tell,
            store: None,
            unsaved: Vec::new(),
        };
        if work.must_not_write {
            (work.tell)(StoreEvent::Marks(Box::default()));
            return work;
        }
        let loaded = work.open(false).or_else(|trouble| match trouble {
            StoreError::Damaged(_) => work.open(true),
            other => Err(other),
        });
        if let Err(trouble) = loaded {
            work.run_without_database(&trouble);
        }
        work
    }

    /// Opens the database and tells its marks.
    fn open(&mut self, thorough: bool) -> Result<(), StoreError> {
        self.store = None;
        let (store, notice) = MarkStore::open(&self.place, thorough)?;
        if let Some(notice) = notice {
            (self.tell)(StoreEvent::Warning(notice));
        }
        let kept = store.load(self.source)?;
        (self.tell)(StoreEvent::Marks(Box::new(kept)));
        self.store = Some(store);
        Ok(())
    }

    /// The marks are on the screen by now, and what is read has had its time: now to see whether the rest of the file is whole.
    fn check_integrity(&mut self) {
        let whole = self.store.as_ref().is_none_or(MarkStore::is_intact);
        if !whole && let Err(trouble) = self.open(true) {
            self.run_without_database(&trouble);
        }
    }

    /// Nothing can be written: what can be read is shown, and it is said that marks last for the session.
    fn run_without_database(&mut self, trouble: &StoreError) {
        self.must_not_write = matches!(trouble, StoreError::Newer(_));
        self.store = None;
        let kept = read_marks(&self.place, self.source).unwrap_or_default();
        (self.tell)(StoreEvent::Marks(Box::new(kept)));
        (self.tell)(StoreEvent::Warning(format!(
            "marks last for this session only: {trouble}"
        )));
    }

    fn process(&mut self, jobs: Vec<WriteJob>) {
        let (mut changes, mut seen) = (Vec::new(), None);
        for job in jobs {
            match job {
                WriteJob::Changes(more) => changes.extend(more),
                WriteJob::Visit(items, all) => seen = Some((items, all)),
            }
        }
        if self.place == StateDirectory::Disabled {
            (self.tell)(StoreEvent::Written(changes, None));
            return;
        }
        if !changes.is_empty() {
            let count = changes.len();
            let late = self.unsaved.len();
            self.unsaved.extend(changes);
            match self.write_unsaved() {
                Ok(written) => {
                    (self.tell)(StoreEvent::Written(written, None));
                    if late > 0 {
                        (self.tell)(StoreEvent::Saved);
                    }
                }
                Err(trouble) => {
                    let mine = self.unsaved[self.unsaved.len() - count..].to_vec();
                    if self.must_not_write {
                        self.unsaved.clear();
                    }
                    (self.tell)(StoreEvent::Written(mine, Some(trouble.to_string())));
                }
            }
        }
        if let Some((items, all)) = seen
            && let Some(store) = &mut self.store
            && let Err(trouble) = store.write_visit(self.source, &items, all)
        {
            (self.tell)(StoreEvent::Warning(trouble.to_string()));
        }
    }

    /// Writes all that waits; a database that turns out to be damaged, or gone, is begun anew.
    fn write_unsaved(&mut self) -> Result<Vec<MarkChange>, StoreError> {
        if self.must_not_write {
            let why = "the database of marks is of a newer version";
            return Err(StoreError::Unusable(why.to_owned()));
        }
        let done = match &mut self.store {
            Some(store) => store.write(&self.unsaved),
            None => Err(StoreError::Damaged(String::new())),
        };
        let done = match done {
            Err(StoreError::Damaged(_)) => {
                let (mut store, notice) = MarkStore::open(&self.place, true)?;
                if let Some(notice) = notice {
                    (self.tell)(StoreEvent::Warning(notice));
                }
                let done = store.write(&self.unsaved);
                self.store = Some(store);
                done
            }
            other => other,
        };
        let done = done?;
        self.unsaved.clear();
        Ok(done)
    }

    /// The last try for what could not be written.
    fn retry_unsaved(&mut self) {
        if !self.unsaved.is_empty() {
            let _ = self.write_unsaved();
        }
    }
}
