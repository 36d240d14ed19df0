//! The thread that loads marks, writes changes in batches, and reports what has been saved.
//! Keeps the disk out of the event loop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::marks::{MarkChange, SavedMarks};
use crate::store::connection::{StoreError, now};
use crate::store::database::{MarkStore, read_marks};
use crate::store::marks_json::{Export, write_journal};
use crate::store::schema::Visit;
use crate::store::state_dir::{DATABASE_NAME, StateDirectory};
use crate::store::wake::{Wake, WakeSource, Waker, wake_pair};
use crate::text::{count_noun, error_reason};
use crate::threads;

/// Time after the start before the whole database is checked, so that the check does not slow the start down.
const INTEGRITY_CHECK_DELAY: Duration = Duration::from_secs(1);

/// How long the program waits for the database to be closed. All marks are on the disk then.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Time between attempts to write what could not be written, or to open what could not be opened.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Minimum time between two looks at what other processes have changed. Where the system does not report changes of
/// files, it is looked as often.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Reading the marks again, which takes time with a million of them, may take this share of the time at most: one in so
/// many.
const READ_SHARE: u32 = 20;

/// Told if the thread panics, which would be a bug.
const PANICKED: &str =
    "a fault in dateline itself: marks could not be saved; the next mark tries again";

/// A report of the writer thread.
#[derive(Debug)]
pub enum StoreEvent {
    /// The saved marks: at the start, and again whenever the database is reopened. If it cannot be written, those that
    /// can be read; none if saving is turned off.
    Marks(Box<SavedMarks>),
    /// The saved marks after another process has changed some.
    ChangedByOthers(Box<SavedMarks>),
    /// Changes as they were written; none if only the visit was. With an error text they last for the session only,
    /// until [`StoreEvent::Saved`].
    Written(Vec<MarkChange>, Option<String>),
    /// Changes that could not be written before have been saved.
    Saved,
    /// A text for the user.
    Warning(String),
}

/// Receives the events. Called on the writer thread.
pub type StoreEventSink = Arc<dyn Fn(StoreEvent) + Send + Sync>;

/// What is not written yet.
#[derive(Debug, Default)]
struct Queue {
    /// Changes in the order in which they were made.
    batches: Vec<Arc<Vec<MarkChange>>>,
    visit: Option<Visit>,
    /// All of this has been tried to write, in vain.
    has_failed: bool,
    /// Why nothing may be put into the directory, if it is another program's.
    refused: Option<String>,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.batches.is_empty() && self.visit.is_none()
    }
}

/// The changes that are not on the disk yet, shared by the writer thread and those that end the process.
#[derive(Debug, Clone)]
pub struct UnwrittenMarks {
    directory: StateDirectory,
    queue: Arc<Mutex<Queue>>,
}

impl UnwrittenMarks {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic elsewhere must not lose marks: each change of the queue is complete in itself.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of changes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.queue().batches.iter().map(|batch| batch.len()).sum()
    }

    /// True once nothing is left to do: all is written, or cannot be.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let queue = self.queue();
        queue.is_empty() || queue.has_failed
    }

    /// Moves what is not written into a journal, which the next start takes in. Does not wait for the database. The
    /// writer may still write it, too, which does no harm. If nothing could be kept, returns a sentence that says how
    /// many marks are lost.
    #[must_use]
    pub fn keep(&self) -> Option<String> {
        let mut queue = self.queue();
        if queue.is_empty() || self.directory == StateDirectory::Disabled {
            return None;
        }
        let changes = queue.batches.iter().flat_map(|batch| batch.iter());
        let contents = Export::of_unwritten(changes, queue.visit.clone(), now());
        let count = queue.batches.iter().map(|batch| batch.len()).sum();
        let refused = std::mem::take(&mut *queue).refused;
        let why = match &self.directory {
            StateDirectory::Folder(_) if refused.is_some() => refused.unwrap_or_default(),
            StateDirectory::Folder(folder) => match write_journal(folder, &contents) {
                Ok(()) => return None,
                Err(error) => error_reason(&error),
            },
            StateDirectory::Missing(why) => why.clone(),
            StateDirectory::Disabled => return None,
        };
        let lost = format!("{} not saved and lost: {why}", count_noun(count, "mark"));
        (count > 0).then_some(lost)
    }
}

/// Handle of the writer thread. When it is dropped, what is not written goes into a journal.
pub struct MarkWriter {
    source: u64,
    unwritten: UnwrittenMarks,
    /// Wakes the thread; dropped to end it.
    wake: Option<Waker>,
    /// Disconnected when the thread has ended.
    ended: Receiver<()>,
    /// Dropped to let the thread begin before its wait is over.
    start_hold: Option<Sender<()>>,
    /// Does the work of the thread if none could be started.
    inline: Option<WriterThread>,
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
        let (start_hold, start) = channel::<()>();
        let (end, ended) = channel::<()>();
        let unwritten = UnwrittenMarks { directory, queue: Arc::default() };
        let mut writer = WriterThread {
            must_not_write: !matches!(unwritten.directory, StateDirectory::Folder(_)),
            unwritten: unwritten.clone(),
            source,
            report,
            store: None,
            reported: 0,
            next_look: Instant::now(),
        };
        let spare = writer.sibling();
        let thread = wake_pair().and_then(|(wake, mut wakes)| {
            let run = move || {
                let _end = end;
                let _ = start.recv_timeout(wait);
                if catch_unwind(AssertUnwindSafe(|| writer.load_marks())).is_err() {
                    writer.give_up();
                    (writer.report)(StoreEvent::Marks(Box::default()));
                }
                while catch_unwind(AssertUnwindSafe(|| writer.run(&mut wakes))).is_err() {
                    writer.give_up();
                }
            };
            threads::spawn("marks", run).map(|_| wake)
        });
        // Without a thread, keys wait for the disk.
        let inline = thread.is_err().then(|| {
            let mut writer = spare;
            writer.load_marks();
            writer
        });
        let wake = thread.ok();
        Self { source, unwritten, wake, ended, start_hold: Some(start_hold), inline }
    }

    /// Lets the thread begin: the first dispatches have been loaded.
    pub fn allow_start(&mut self) {
        self.start_hold = None;
    }

    /// Queues changes. They come back as [`StoreEvent::Written`].
    pub fn write(&mut self, changes: Vec<MarkChange>) {
        self.unwritten.queue().batches.push(Arc::new(changes));
        self.wake();
    }

    /// Queues the items that were listed when the visit ended: in addition to those saved before, or instead of them
    /// (`replace`).
    pub fn write_visit(&mut self, items: Vec<u64>, replace: bool) {
        self.unwritten.queue().visit = Some(Visit { source: self.source, items, replace });
        self.wake();
    }

    /// Lets the thread try again to write what could not be written.
    pub fn wake(&mut self) {
        self.unwritten.queue().has_failed = false;
        match &mut self.inline {
            Some(writer) => writer.process(),
            None => self.wake.iter_mut().for_each(Waker::wake),
        }
    }

    /// Ends the thread, which closes the database and so takes its log in. Waits for that a moment at most.
    pub fn close(&mut self) {
        self.start_hold = None;
        self.wake = None;
        self.inline = None;
        let _ = self.ended.recv_timeout(CLOSE_TIMEOUT);
    }

    /// What is not written yet.
    #[must_use]
    pub fn unwritten(&self) -> &UnwrittenMarks {
        &self.unwritten
    }
}

impl Drop for MarkWriter {
    fn drop(&mut self) {
        let _ = self.unwritten.keep();
    }
}

/// The state of the writer thread.
struct WriterThread {
    unwritten: UnwrittenMarks,
    source: u64,
    report: StoreEventSink,
    /// `None` if the database cannot be used. Opening it is tried again with each write.
    store: Option<MarkStore>,
    /// Number of batches in the queue whose failure has been reported.
    reported: usize,
    /// True if the database has a newer version or another owner, or if there is no directory.
    must_not_write: bool,
    /// When to look at the earliest at what other processes have changed.
    next_look: Instant,
}

impl WriterThread {
    /// Another one for the same queue, in case that no thread can be started for this one.
    fn sibling(&self) -> Self {
        Self {
            unwritten: self.unwritten.clone(),
            report: Arc::clone(&self.report),
            store: None,
            ..*self
        }
    }

    /// Writes until the handle is dropped, and reports what other processes have written.
    fn run(&mut self, wakes: &mut WakeSource) {
        let mut asked = match wakes.wait(Some(INTEGRITY_CHECK_DELAY)) {
            Wake::Closed => return,
            woken => woken == Wake::Asked,
        };
        // At the latest before the first write: nothing must be written into a damaged file.
        self.check_integrity();
        if let Some(folder) = self.unwritten.directory.path().filter(|_| self.store.is_some()) {
            wakes.watch(folder, DATABASE_NAME);
        }
        // Others may have written before the watch.
        let mut changed = true;
        loop {
            if std::mem::take(&mut asked) {
                self.process();
            }
            if changed && self.next_look <= Instant::now() {
                self.look_for_changes();
                changed = false;
            }
            let look = (changed || !wakes.reports_changes()) && self.store.is_some();
            let look = look.then(|| self.next_look.saturating_duration_since(Instant::now()));
            let retry = self.must_try_again().then_some(RETRY_INTERVAL);
            match wakes.wait(look.into_iter().chain(retry).min()) {
                Wake::Closed => return,
                Wake::Asked => asked = true,
                Wake::FilesChanged => changed = true,
                Wake::TimedOut => {
                    changed |= look.is_some();
                    if self.must_try_again() {
                        if self.store.is_none() {
                            let _ = self.open();
                        }
                        asked = true;
                    }
                }
            }
        }
    }

    /// Reports the marks if another process has changed them since the last look.
    fn look_for_changes(&mut self) {
        let begun = Instant::now();
        let mut wait = LOOK_INTERVAL;
        // An error will be met, and told, by the next write.
        if let Some(store) = &mut self.store
            && store.was_changed_by_others() == Ok(true)
            && let Ok(marks) = store.load(self.source)
        {
            (self.report)(StoreEvent::ChangedByOthers(Box::new(marks)));
            wait = wait.max(begun.elapsed() * READ_SHARE);
        }
        self.next_look = begun + wait;
    }

    fn must_try_again(&self) -> bool {
        (self.reported > 0 || self.store.is_none()) && !self.must_not_write
    }

    /// After a panic: leaves what is queued to the next attempt, with a new connection.
    fn give_up(&mut self) {
        self.store = None;
        self.unwritten.queue().has_failed = true;
        (self.report)(StoreEvent::Warning(PANICKED.to_owned()));
    }

    /// Opens the database and reports its marks.
    fn load_marks(&mut self) {
        if self.unwritten.directory == StateDirectory::Disabled {
            (self.report)(StoreEvent::Marks(Box::default()));
            return;
        }
        let Err(error) = self.open() else { return };
        self.must_not_write |= matches!(error, StoreError::Newer(..) | StoreError::Foreign(..));
        if matches!(error, StoreError::Foreign(..)) {
            self.unwritten.queue().refused = Some(error.to_string());
        }
        let marks = read_marks(&self.unwritten.directory, self.source);
        let what = match marks {
            Ok(_) => "will not be saved",
            Err(_) => "cannot be read and will not be saved",
        };
        let text = format!("marks {what}: {error}");
        (self.report)(StoreEvent::Marks(Box::new(marks.unwrap_or_default())));
        (self.report)(StoreEvent::Warning(text));
    }

    /// Opens the database and reports its marks.
    fn open(&mut self) -> Result<(), StoreError> {
        let mut store = MarkStore::open(&self.unwritten.directory)?;
        // What others write from here on is a change.
        let _ = store.was_changed_by_others();
        let marks = store.load(self.source);
        self.report_notices(&mut store);
        (self.report)(StoreEvent::Marks(Box::new(marks?)));
        self.store = Some(store);
        Ok(())
    }

    fn report_notices(&self, store: &mut MarkStore) {
        for notice in store.take_notices() {
            (self.report)(StoreEvent::Warning(notice));
        }
    }

    /// Checks the whole file; opening it checked only what was read. Takes in what other processes could not write.
    fn check_integrity(&mut self) {
        let Some(mut store) = self.store.take() else {
            return;
        };
        // What cannot be checked now may be whole.
        let is_new = store.check().unwrap_or(false);
        let _ = store.take_in_journals();
        if is_new && let Ok(marks) = store.load(self.source) {
            (self.report)(StoreEvent::Marks(Box::new(marks)));
        }
        self.report_notices(&mut store);
        self.store = Some(store);
    }

    /// Writes what is queued and reports the result.
    fn process(&mut self) {
        let (batches, visit) = {
            let queue = self.unwritten.queue();
            (queue.batches.clone(), queue.visit.clone())
        };
        if batches.is_empty() && visit.is_none() {
            return;
        }
        let all = |batches: &[Arc<Vec<MarkChange>>]| -> Vec<MarkChange> {
            batches.iter().flat_map(|batch| batch.iter()).cloned().collect()
        };
        let result = match self.unwritten.directory {
            StateDirectory::Disabled => Ok(all(&batches)),
            _ => self.write(&batches, visit.as_ref()),
        };
        let mut queue = self.unwritten.queue();
        match result {
            Ok(written) => {
                let count = batches.len().min(queue.batches.len());
                queue.batches.drain(..count);
                // One may have been queued meanwhile.
                if visit.is_some() {
                    queue.visit = None;
                }
                drop(queue);
                let failed_before = std::mem::take(&mut self.reported) > 0;
                (self.report)(StoreEvent::Written(written, None));
                if failed_before {
                    (self.report)(StoreEvent::Saved);
                }
                if let Some(store) = &self.store {
                    store.checkpoint();
                }
            }
            Err(error) => {
                queue.has_failed = queue.batches.len() == batches.len()
                    && queue.visit.is_some() == visit.is_some();
                drop(queue);
                let failed = all(&batches[self.reported.min(batches.len())..]);
                self.reported = batches.len();
                (self.report)(StoreEvent::Written(failed, Some(error.to_string())));
            }
        }
    }

    /// Writes batches. Opens the database first if that failed before.
    fn write(
        &mut self,
        batches: &[Arc<Vec<MarkChange>>],
        visit: Option<&Visit>,
    ) -> Result<Vec<MarkChange>, StoreError> {
        if self.must_not_write {
            let why = match &self.unwritten.directory {
                StateDirectory::Missing(why) => why,
                _ => "the marks database is not this program's",
            };
            return Err(StoreError::Unusable(why.to_owned()));
        }
        if self.store.is_none() {
            self.open()?;
        }
        let mut store = self.store.take();
        let written = match &mut store {
            Some(store) => store.write_all(batches, visit),
            None => Err(StoreError::Unusable("the marks database is not open".to_owned())),
        };
        if let Some(store) = &mut store {
            self.report_notices(store);
        }
        self.store = store;
        written
    }
}
