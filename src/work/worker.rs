//! A worker: a thread that starts with its first job, so that no first frame waits for threads that most sessions never need.

use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Why a job cannot be done.
pub(super) const NO_THREAD: &str = "the system gives dateline no thread for it";

/// Starts the thread, and is the way to it.
type Start<T> = Box<dyn FnOnce() -> Sender<T> + Send>;

/// One thread that does jobs, once there are any.
pub(super) struct Worker<T> {
    jobs: LazyLock<Sender<T>, Start<T>>,
    lost: Box<dyn Fn(T) + Send + Sync>,
}

impl<T: Send + 'static> Worker<T> {
    /// `work` does the jobs as they come, until there can be no more. `lost` is given a job that nobody can do, since the
    /// system has no thread for it.
    pub(super) fn new(
        work: impl FnOnce(&Receiver<T>) + Send + 'static,
        lost: impl Fn(T) + Send + Sync + 'static,
    ) -> Self {
        let start = move || {
            let (jobs, receiver) = channel();
            // Without a thread the receiver is gone, which the first job finds out.
            let _ = thread::Builder::new().spawn(move || work(&receiver));
            jobs
        };
        Self {
            jobs: LazyLock::new(Box::new(start)),
            lost: Box::new(lost),
        }
    }

    /// Gives the worker a job.
    pub(super) fn ask(&self, job: T) {
        if let Err(lost) = self.jobs.send(job) {
            (self.lost)(lost.0);
        }
    }
}

impl<T> std::fmt::Debug for Worker<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}
