//! The load and the watch that may follow it, each on a thread of its own.

use std::sync::Mutex;
use std::thread;

use super::{Answer, AnswerSink};
use crate::desk::{DispatchIndex, Snapshot};
use crate::dispatch::InputProblem;
use crate::load::{self, LoadEvent, LoadRequest, RetentionLimits, Watch};

/// Whether the wire is followed from the start, and what is kept of what arrives.
#[derive(Debug, Clone, Copy, Default)]
pub struct FollowOptions {
    pub enabled: bool,
    pub limits: RetentionLimits,
}

/// What is loaded, and followed.
pub struct WireLoader {
    sources: LoadRequest,
    limits: RetentionLimits,
    stage: Mutex<LoadState>,
    tell: AnswerSink,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoadState {
    /// The load is at work; once it is done the wire is to be followed, or not.
    Loading(bool),
    Loaded,
    Followed,
}

impl std::fmt::Debug for WireLoader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl WireLoader {
    /// Starts to load, and to follow where that is wanted.
    ///
    /// # Errors
    /// Where the system gives no descriptor for a watch.
    pub fn start(
        sources: LoadRequest,
        follow: FollowOptions,
        tell: AnswerSink,
    ) -> std::io::Result<Self> {
        let readers = thread::available_parallelism().map_or(2, usize::from);
        let (all, told) = (sources.clone(), tell.clone());
        let answer = move |report| told(Answer::Load(report));
        let stage = if follow.enabled {
            let watch = Watch::new(follow.limits)?;
            thread::spawn(move || watch.load(all, readers, &answer));
            LoadState::Followed
        } else {
            thread::spawn(move || load::load(all, readers, &answer));
            LoadState::Loading(false)
        };
        Ok(Self {
            sources,
            limits: follow.limits,
            stage: Mutex::new(stage),
            tell,
        })
    }

    /// Follows on from what is on the desk, as soon as the load is done.
    pub fn follow(&self, desk: &DispatchIndex) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        *stage = match *stage {
            LoadState::Loading(_) => LoadState::Loading(true),
            LoadState::Loaded => {
                self.start_watch(desk.snapshot());
                LoadState::Followed
            }
            LoadState::Followed => LoadState::Followed,
        };
    }

    /// The load is done, and all of it is on the desk.
    pub fn load_done(&self, desk: &DispatchIndex) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        *stage = match *stage {
            LoadState::Loading(true) => {
                self.start_watch(desk.snapshot());
                LoadState::Followed
            }
            LoadState::Loading(false) => LoadState::Loaded,
            other => other,
        };
    }

    fn start_watch(&self, loaded: Snapshot) {
        let (sources, tell) = (self.sources.clone(), self.tell.clone());
        let limits = self.limits;
        thread::spawn(move || match Watch::new(limits) {
            Ok(watch) => watch.resume(&sources, &loaded, &|report| tell(Answer::Load(report))),
            Err(error) => {
                let message = format!("the wire cannot be followed: {error}");
                let problem = InputProblem::unreadable("", message);
                tell(Answer::Load(LoadEvent::Problem(problem)));
            }
        });
    }
}
