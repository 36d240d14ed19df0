//! Loads the wire of the screen, and follows it if that is wanted, on a thread of its own.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::dispatch::InputProblem;
use crate::index::{DispatchIndex, IngestSummary, Snapshot};
use crate::ingest::{self, LoadEvent, LoadRequest, RetentionLimits, Watch};
use crate::threads;

/// Options of following a wire.
#[derive(Debug, Clone, Copy, Default)]
pub struct FollowOptions {
    /// Follow from the start.
    pub enabled: bool,
    /// Limits of the arrivals kept in memory.
    pub limits: RetentionLimits,
}

/// Receives the reports of the load and the watch. Called from several threads.
pub type LoadSink = Arc<dyn Fn(LoadEvent) + Send + Sync>;

/// Loads the inputs, and follows them if wanted.
pub struct WireLoader {
    sources: LoadRequest,
    limits: RetentionLimits,
    stage: LoadState,
    tell: LoadSink,
}

/// Load state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoadState {
    /// Loading; true if the wire is to be followed afterwards.
    Loading(bool),
    Loaded,
    Followed,
}

impl std::fmt::Debug for WireLoader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WireLoader").finish_non_exhaustive()
    }
}

impl WireLoader {
    /// Starts loading, and following if enabled.
    ///
    /// # Errors
    /// If the system is out of threads, or of file descriptors for a watch.
    pub fn start(sources: LoadRequest, follow: FollowOptions, tell: LoadSink) -> io::Result<Self> {
        let readers = threads::processors();
        let (all, sink) = (sources.clone(), Arc::clone(&tell));
        let stage = if follow.enabled {
            let watch = Watch::new(follow.limits)?;
            threads::spawn("load", move || {
                catch_load_panics(&*sink, |report| watch.load(all, readers, report));
            })?;
            LoadState::Followed
        } else {
            threads::spawn("load", move || {
                catch_load_panics(&*sink, |report| ingest::load(all, readers, report));
            })?;
            LoadState::Loading(false)
        };
        Ok(Self { sources, limits: follow.limits, stage, tell })
    }

    /// Starts following, now or as soon as the load is done. `index` has all entries loaded so far.
    pub fn follow(&mut self, index: &DispatchIndex) {
        self.stage = match self.stage {
            LoadState::Loading(_) => LoadState::Loading(true),
            LoadState::Loaded => self.start_watch(index.snapshot()),
            LoadState::Followed => LoadState::Followed,
        };
    }

    /// Must be called once the load is done and `index` has all its entries. Starts following if that was requested.
    pub fn load_done(&mut self, index: &DispatchIndex) {
        self.stage = match self.stage {
            LoadState::Loading(true) => self.start_watch(index.snapshot()),
            LoadState::Loading(false) => LoadState::Loaded,
            other => other,
        };
    }

    /// Starts a watch that continues where the load ended.
    fn start_watch(&self, loaded: Snapshot) -> LoadState {
        let (sources, tell) = (self.sources.clone(), Arc::clone(&self.tell));
        let started = Watch::new(self.limits).and_then(|watch| {
            threads::spawn("watch", move || {
                // The load has ended before.
                let told = |event| match event {
                    LoadEvent::Done(_) => {}
                    event => tell(event),
                };
                catch_load_panics(&told, |report| watch.resume(&sources, &loaded, report));
            })
        });
        match started {
            Ok(_) => LoadState::Followed,
            Err(error) => {
                let message = format!("the wire cannot be followed: {error}");
                let problem = InputProblem::unreadable("", message);
                (self.tell)(LoadEvent::Problem(problem));
                (self.tell)(LoadEvent::FOLLOW_ENDED);
                LoadState::Loaded
            }
        }
    }
}

/// Runs a load or a watch. A panic, which is a bug of ours, is reported; the load then counts as done, so that nobody
/// waits for its end.
pub fn catch_load_panics(
    tell: &(dyn Fn(LoadEvent) + Sync),
    work: impl FnOnce(&(dyn Fn(LoadEvent) + Sync)),
) {
    let done = AtomicBool::new(false);
    let report = |event: LoadEvent| {
        if matches!(event, LoadEvent::Done(_)) {
            done.store(true, Ordering::Release);
        }
        tell(event);
    };
    if catch_unwind(AssertUnwindSafe(|| work(&report))).is_err() {
        let message = "a fault in dateline itself ended the reading of the wire: start it again";
        tell(LoadEvent::Problem(InputProblem::unreadable("", message)));
        if !done.load(Ordering::Acquire) {
            tell(LoadEvent::Done(IngestSummary::default()));
        }
        tell(LoadEvent::FOLLOW_ENDED);
    }
}
