//! Watches folders and files: what arrives is read, what grows is read on, what is written again takes its old place.
//!
//! The watch is set before a folder is first looked into, so that nothing is lost in between; a ledger of what was read
//! of which file sees to it that a file to which both lead is shown once. What arrives is kept in memory, compressed,
//! for the day when others empty the spool.

mod adopt;
mod anew;
mod events;
mod folders;
mod grow;
mod happened;
mod keep;
mod ledger;
mod made;
mod pairing;
mod pending;
mod press;
mod reading;
mod scan;
mod take;
#[cfg(test)]
mod tests;
mod turn;

pub(super) use grow::complete_items_len;
pub use keep::RetentionLimits;
pub(super) use ledger::FileState;
pub(super) use made::ReadRecorder;
pub(super) use press::read_retained;
pub(super) use take::Completeness;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::LoadRequest;
use super::job::{InputSource, LoadEvent, load_with_watch};
use crate::desk::Snapshot;
use events::EventSource;
use folders::WatchedFolders;
use keep::Retention;
use ledger::FileStates;
use turn::Watcher;

/// Most bytes of files that were there when the watch began that are kept as well.
const INITIAL_RETAIN_LIMIT: u64 = 64 << 20;

/// See [`Following::settle_time`].
const SETTLE_TIME: Duration = Duration::from_millis(250);
const PATIENT_SETTLE_TIME: Duration = Duration::from_secs(3);

/// A watch that goes on after the load, until it is stopped.
#[derive(Debug, Clone)]
pub struct Watch(Arc<WatchState>);

/// What a watch knows.
#[derive(Debug)]
pub(super) struct WatchState {
    /// How long nothing must happen to a file that lies in a folder when it comes: nobody knows whether it is whole.
    settle_time: Duration,
    file_states: FileStates,
    retention: Retention,
    /// How many bytes of what was there already may still be kept.
    retain_budget: AtomicU64,
    event_source: EventSource,
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
    fn folders(&self) -> std::sync::MutexGuard<'_, WatchedFolders> {
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
    fn spare(&self, bytes: u64) -> bool {
        let left = |spare: u64| spare.checked_sub(bytes);
        let order = Ordering::Relaxed;
        self.retain_budget.fetch_update(order, order, left).is_ok()
    }

    /// At the end of a file something waits to become complete.
    pub(super) fn add_incomplete(&self, path: &Path) {
        let mut waiting = self
            .incomplete_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        waiting.push(path.to_owned());
        self.event_source.wake();
    }
}
