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

pub(super) use grow::whole_items;
pub use keep::Limits;
pub(super) use ledger::Known;
pub(super) use made::Made;
pub(super) use press::unpack;
pub(super) use take::Complete;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Sources;
use super::job::{Report, Source, load_followed};
use crate::desk::Snapshot;
use events::Events;
use folders::Folders;
use keep::Keep;
use ledger::Ledger;
use turn::Turn;

/// Most bytes of files that were there when the watch began that are kept as well.
const THERE: u64 = 64 << 20;

/// See [`Following::settle`].
const SOON: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(3);

/// A watch that goes on after the load, until it is stopped.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Following>);

/// What a watch knows.
#[derive(Debug)]
pub(super) struct Following {
    /// How long nothing must happen to a file that lies in a folder when it comes: nobody knows whether it is whole.
    settle: Duration,
    ledger: Ledger,
    keep: Keep,
    /// How many bytes of what was there already may still be kept.
    spare: AtomicU64,
    events: Events,
    folders: Mutex<Folders>,
    /// Files at the end of which something waits to become complete.
    waiting: Mutex<Vec<PathBuf>>,
    /// Which run of the watch it is: one that is not the newest ends.
    run: AtomicU64,
    /// Held by the run that is at work.
    at_work: Mutex<()>,
}

impl Watch {
    /// A watch that keeps so much. Files that lie in a folder already when it comes are shown soon, and brought up to date
    /// where their writers are still at work.
    ///
    /// # Errors
    /// Where the system gives no descriptor for it.
    pub fn new(limits: Limits) -> std::io::Result<Self> {
        Self::with(limits, SOON)
    }

    /// The same for those who want each dispatch once, and whole: such files wait longer.
    ///
    /// # Errors
    /// Where the system gives no descriptor for it.
    pub fn patient(limits: Limits) -> std::io::Result<Self> {
        Self::with(limits, LATER)
    }

    fn with(limits: Limits, settle: Duration) -> std::io::Result<Self> {
        Ok(Self(Arc::new(Following {
            settle,
            ledger: Ledger::default(),
            keep: Keep::new(limits),
            spare: AtomicU64::new(THERE),
            events: Events::new()?,
            folders: Mutex::default(),
            waiting: Mutex::default(),
            run: AtomicU64::new(0),
            at_work: Mutex::default(),
        })))
    }

    /// Loads everything, tells [`Report::Done`], and goes on until it is stopped; where there is nothing to watch, until
    /// streams have ended. `tell` is called from several threads.
    pub fn load(&self, sources: Sources, readers: usize, tell: &(dyn Fn(Report) + Sync)) {
        let following = &*self.0;
        let forced = sources.format;
        let watched = following.roots(&sources);
        std::thread::scope(|scope| {
            if watched {
                scope.spawn(|| Turn::run(following, forced, false, tell));
            }
            load_followed(sources, readers, Some(following), tell);
        });
    }

    /// Goes on from what a load without a watch has brought: what has arrived since is read first. Returns when it is
    /// stopped, or where there is nothing to watch.
    pub fn resume(&self, sources: &Sources, loaded: &Snapshot, tell: &(dyn Fn(Report) + Sync)) {
        let following = &*self.0;
        if following.roots(sources) {
            following.adopt(loaded);
            Turn::run(following, sources.format, true, tell);
        }
    }

    /// Ends the watch.
    pub fn stop(&self) {
        self.0.run.fetch_add(1, Ordering::AcqRel);
        self.0.events.ring();
    }
}

impl Following {
    fn folders(&self) -> std::sync::MutexGuard<'_, Folders> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what is to be watched; false where that is nothing.
    fn roots(&self, sources: &Sources) -> bool {
        let mut folders = self.folders();
        for source in &sources.all {
            if let Source::Path(path) = source {
                folders.root(path);
            }
        }
        folders.has_roots()
    }

    /// Whether so many bytes that were there already may be kept as well.
    fn spare(&self, bytes: u64) -> bool {
        let left = |spare: u64| spare.checked_sub(bytes);
        let order = Ordering::Relaxed;
        self.spare.fetch_update(order, order, left).is_ok()
    }

    /// At the end of a file something waits to become complete.
    pub(super) fn wait_for(&self, path: &Path) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(path.to_owned());
        self.events.ring();
    }
}
