//! The thread that loads marks, writes changes in batches, and reports what has been saved.
//! Keeps the disk out of the event loop.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::marks::{MarkChange, SavedMarks};
use crate::store::database::{MarkStore, StoreError, read_marks};
use crate::store::state_dir::StateDirectory;

/// How long the program waits at exit for the last changes to be written. Another process may be writing.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Time after the start before the whole database is checked, so that the check does not slow the start down.
const INTEGRITY_CHECK_DELAY: Duration = Duration::from_secs(1);

/// A report of the writer thread.
#[derive(Debug)]
pub enum StoreEvent {
    /// The saved marks: at the start, and again whenever the database is reopened. If it cannot be written, those that
    /// can be read; none if saving is turned off.
    Marks(Box<SavedMarks>),
    /// Changes as they were written. With an error text they last for the session only, until [`StoreEvent::Saved`].
    Written(Vec<MarkChange>, Option<String>),
    /// Changes that could not be written before have been saved.
    Saved,
    /// A text for the user.
    Warning(String),
}

/// Receives the events. Called on the writer thread.
pub type StoreEventSink = Arc<dyn Fn(StoreEvent) + Send + Sync>;

enum WriteJob {
    Changes(Vec<MarkChange>),
    /// Listed items, and whether they replace those saved before.
    Visit(Vec<u64>, bool),
}

/// Handle of the writer thread.
#[derive(Debug)]
pub struct MarkWriter {
    jobs: Sender<WriteJob>,
    /// Dropped to let the thread begin before its wait is over.
    start_hold: Option<Sender<()>>,
    /// Receives a message, or is disconnected, when the thread ends.
    ended: Receiver<()>,
}

impl MarkWriter {
    /// Starts the thread. Its first event has the saved marks. `source` is a hash of what was opened, for the last
    /// visit. The thread waits for [`Self::allow_start`], at most for `wait`: loading the first dispatches goes first.
    #[must_use]
    pub fn start(
        directory: StateDirectory,
        source: u64,
        wait: Duration,
        report: StoreEventSink,
    ) -> Self {
        let (jobs, inbox) = channel();
        let (start_hold, start) = channel::<()>();
        let (end, ended) = channel();
        thread::spawn(move || {
            let _ = start.recv_timeout(wait);
            let mut writer = WriterThread::start(directory, source, report);
            let first = inbox.recv_timeout(INTEGRITY_CHECK_DELAY);
            // At the latest before the first write: nothing must be written into a damaged file.
            writer.check_integrity();
            let mut next = match first {
                Err(RecvTimeoutError::Timeout) => inbox.recv().ok(),
                first => first.ok(),
            };
            while let Some(first) = next {
                // Changes that have queued up meanwhile go into the same transaction.
                writer.process(std::iter::once(first).chain(inbox.try_iter()).collect());
                next = inbox.recv().ok();
            }
            writer.retry_unsaved();
            let _ = end.send(());
        });
        Self {
            jobs,
            start_hold: Some(start_hold),
            ended,
        }
    }

    /// Lets the thread begin: the first dispatches have been loaded.
    pub fn allow_start(&mut self) {
        self.start_hold = None;
    }

    /// Queues changes. They come back as [`StoreEvent::Written`].
    pub fn write(&self, changes: Vec<MarkChange>) {
        let _ = self.jobs.send(WriteJob::Changes(changes));
    }

    /// Queues the items that were listed when the visit ended: in addition to those saved before, or instead of them
    /// (`replace`).
    pub fn write_visit(&self, items: Vec<u64>, replace: bool) {
        let _ = self.jobs.send(WriteJob::Visit(items, replace));
    }

    /// Waits until everything is written, for some seconds at most.
    pub fn close(self) {
        drop(self.jobs);
        let _ = self.ended.recv_timeout(CLOSE_TIMEOUT);
    }
}

/// The state of the writer thread.
struct WriterThread {
    directory: StateDirectory,
    source: u64,
    report: StoreEventSink,
    /// `None` if the database cannot be used. Opening it is tried again with each write.
    store: Option<MarkStore>,
    /// Changes that could not be written yet.
    unsaved: Vec<MarkChange>,
    /// True if the database has a newer version, or saving is turned off.
    must_not_write: bool,
}

impl WriterThread {
    /// Opens the database and reports its marks. If it turns out to be damaged, it is opened again with a check of the
    /// whole file, which moves it away.
    fn start(directory: StateDirectory, source: u64, report: StoreEventSink) -> Self {
        let mut writer = Self {
            must_not_write: directory == StateDirectory::Disabled,
            directory,
            source,
            report,
            store: None,
            unsaved: Vec::new(),
        };
        if writer.must_not_write {
            (writer.report)(StoreEvent::Marks(Box::default()));
            return writer;
        }
        let loaded = writer.open(false).or_else(|error| match error {
            StoreError::Damaged(_) => writer.open(true),
            other => Err(other),
        });
        if let Err(error) = loaded {
            writer.run_without_database(&error);
        }
        writer
    }

    /// Opens the database and reports its marks.
    fn open(&mut self, thorough: bool) -> Result<(), StoreError> {
        self.store = None;
        let (store, notice) = MarkStore::open(&self.directory, thorough)?;
        if let Some(notice) = notice {
            (self.report)(StoreEvent::Warning(notice));
        }
        let marks = store.load(self.source)?;
        (self.report)(StoreEvent::Marks(Box::new(marks)));
        self.store = Some(store);
        Ok(())
    }

    /// Checks the whole file, and reopens the database if it is damaged. Opening it checked only what was read.
    fn check_integrity(&mut self) {
        let is_intact = self.store.as_ref().is_none_or(MarkStore::is_intact);
        if !is_intact && let Err(error) = self.open(true) {
            self.run_without_database(&error);
        }
    }

    /// Goes on without writing: reports the marks that can be read, and tells the user that no others will be saved.
    fn run_without_database(&mut self, error: &StoreError) {
        self.must_not_write = matches!(error, StoreError::Newer(_));
        self.store = None;
        let marks = read_marks(&self.directory, self.source).unwrap_or_default();
        (self.report)(StoreEvent::Marks(Box::new(marks)));
        (self.report)(StoreEvent::Warning(format!(
            "marks will not be saved: {error}"
        )));
    }

    /// Writes a batch of jobs and reports the results. Of several visits only the last is written.
    fn process(&mut self, jobs: Vec<WriteJob>) {
        let (mut changes, mut visit) = (Vec::new(), None);
        for job in jobs {
            match job {
                WriteJob::Changes(more) => changes.extend(more),
                WriteJob::Visit(items, replace) => visit = Some((items, replace)),
            }
        }
        if self.directory == StateDirectory::Disabled {
            (self.report)(StoreEvent::Written(changes, None));
            return;
        }
        if !changes.is_empty() {
            let count = changes.len();
            let unsaved_before = self.unsaved.len();
            self.unsaved.extend(changes);
            match self.write_unsaved() {
                Ok(written) => {
                    (self.report)(StoreEvent::Written(written, None));
                    if unsaved_before > 0 {
                        (self.report)(StoreEvent::Saved);
                    }
                }
                Err(error) => {
                    let failed = self.unsaved[self.unsaved.len() - count..].to_vec();
                    // It will not work later either.
                    if self.must_not_write {
                        self.unsaved.clear();
                    }
                    (self.report)(StoreEvent::Written(failed, Some(error.to_string())));
                }
            }
        }
        if let Some((items, replace)) = visit
            && let Some(store) = &mut self.store
            && let Err(error) = store.write_visit(self.source, &items, replace)
        {
            (self.report)(StoreEvent::Warning(error.to_string()));
        }
    }

    /// Writes all unsaved changes. If the database is damaged or gone, opens it again, which starts a new one.
    fn write_unsaved(&mut self) -> Result<Vec<MarkChange>, StoreError> {
        if self.must_not_write {
            let why = "the marks database has a newer version";
            return Err(StoreError::Unusable(why.to_owned()));
        }
        let written = match &mut self.store {
            Some(store) => store.write(&self.unsaved),
            // Leads to the reopening below. The text is not shown.
            None => Err(StoreError::Damaged(String::new())),
        };
        let written = match written {
            Err(StoreError::Damaged(_)) => {
                let (mut store, notice) = MarkStore::open(&self.directory, true)?;
                if let Some(notice) = notice {
                    (self.report)(StoreEvent::Warning(notice));
                }
                let written = store.write(&self.unsaved);
                self.store = Some(store);
                written
            }
            other => other,
        };
        let written = written?;
        self.unsaved.clear();
        Ok(written)
    }

    /// A last attempt at exit to write what could not be written before.
    fn retry_unsaved(&mut self) {
        if !self.unsaved.is_empty() {
            let _ = self.write_unsaved();
        }
    }
}
