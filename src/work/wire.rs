//! The load and the watch that may follow it, each on a thread of its own.

use std::sync::Mutex;
use std::thread;

use super::{Answer, Tell};
use crate::desk::Snapshot;
use crate::dispatch::InputProblem;
use crate::load::{self, Limits, Sources, Watch};

/// Whether the wire is followed from the start, and what is kept of what arrives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Following {
    pub on: bool,
    pub limits: Limits,
}

/// What is loaded, and followed.
pub struct Wire {
    sources: Sources,
    limits: Limits,
    /// What the watch knows lasts while it pauses.
    watch: Mutex<Option<Watch>>,
    tell: Tell,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl Wire {
    /// Starts to load, and to follow where that is wanted.
    ///
    /// # Errors
    /// Where the system gives no descriptor for a watch.
    pub fn start(sources: Sources, follow: Following, tell: Tell) -> std::io::Result<Self> {
        let readers = thread::available_parallelism().map_or(2, usize::from);
        let mut kept = None;
        let (all, told) = (sources.clone(), tell.clone());
        let answer = move |report| told(Answer::Load(report));
        if follow.on {
            let watch = Watch::new(follow.limits)?;
            kept = Some(watch.clone());
            thread::spawn(move || watch.load(all, readers, &answer));
        } else {
            thread::spawn(move || load::load(all, readers, &answer));
        }
        Ok(Self {
            sources,
            limits: follow.limits,
            watch: Mutex::new(kept),
            tell,
        })
    }

    /// Follows on from what is on the desk, or no longer.
    pub fn follow(&self, on: bool, snapshot: Snapshot) {
        let Ok(mut kept) = self.watch.lock() else {
            return;
        };
        if let Some(watch) = &*kept {
            watch.stop();
        }
        if !on {
            return;
        }
        let watch = match kept.clone() {
            Some(watch) => watch,
            None => match Watch::new(self.limits) {
                Ok(watch) => watch,
                Err(error) => {
                    let message = format!("the wire cannot be followed: {error}");
                    let problem = InputProblem::unreadable("", message);
                    return (self.tell)(Answer::Load(load::Report::Problem(problem)));
                }
            },
        };
        *kept = Some(watch.clone());
        let (sources, tell) = (self.sources.clone(), self.tell.clone());
        thread::spawn(move || {
            watch.resume(&sources, &snapshot, &|report| tell(Answer::Load(report)));
        });
    }
}
