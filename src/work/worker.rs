//! A worker thread that starts with its first job, so that the first frame does not wait for threads that most sessions
//! never need.

use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Why a job cannot run.
pub(super) const NO_THREAD: &str = "the system could not start a thread";

/// Starts the thread and returns the sender of its jobs.
type Start<T> = Box<dyn FnOnce() -> Sender<T> + Send>;

/// A queue of jobs for one thread. The thread ends after the last job, once the worker is dropped.
pub(super) struct Worker<T> {
    jobs: LazyLock<Sender<T>, Start<T>>,
    lost: Box<dyn Fn(T) + Send + Sync>,
}

impl<T: Send + 'static> Worker<T> {
    /// `work` runs on the thread and receives jobs until the channel closes. `lost` gets a job that cannot run, because
    /// the thread could not be started.
    pub(super) fn new(
        work: impl FnOnce(&Receiver<T>) + Send + 'static,
        lost: impl Fn(T) + Send + Sync + 'static,
    ) -> Self {
        let start = move || {
            let (jobs, receiver) = channel();
            // If spawning fails, the closure and its receiver are dropped: sending the job then fails.
            let _ = thread::Builder::new().spawn(move || work(&receiver));
            jobs
        };
        Self {
            jobs: LazyLock::new(Box::new(start)),
            lost: Box::new(lost),
        }
    }

    /// Queues a job.
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
