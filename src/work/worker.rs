//! A worker whose thread starts with its first job: most sessions never ask for most kinds of jobs, and no first frame
//! should wait for their threads.

use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn it_starts_with_the_first_job_and_loses_none() {
        let started = Arc::new(AtomicUsize::new(0));
        let (done, jobs_done) = channel();
        let count = Arc::clone(&started);
        let work = move |jobs: &Receiver<u32>| {
            count.fetch_add(1, Ordering::AcqRel);
            for job in jobs {
                done.send(job).unwrap();
            }
        };
        let worker = Worker::new(work, |job| panic!("{job} is lost"));
        assert_eq!(started.load(Ordering::Acquire), 0);
        (0..100).for_each(|job| worker.ask(job));
        // Its thread ends with it, after the last job.
        drop(worker);
        assert!(jobs_done.iter().eq(0..100));
        assert_eq!(started.load(Ordering::Acquire), 1);
    }

    #[test]
    fn what_is_never_asked_never_starts() {
        let work = |_: &Receiver<u32>| panic!("nobody has asked");
        drop(Worker::new(work, |_| ()));
    }

    #[test]
    fn a_job_that_nobody_can_do_is_told() {
        let (lost, jobs_lost) = channel();
        // A thread that ends at once is as good as none.
        let (gone, is_gone) = channel::<()>();
        let work = move |_: &Receiver<u32>| drop(gone);
        let worker = Worker::new(work, move |job| lost.send(job).unwrap());
        worker.ask(0);
        assert!(is_gone.recv().is_err());
        // The receiver goes a moment after the work.
        let told = (1..).find_map(|job| {
            worker.ask(job);
            Some((job, jobs_lost.try_recv().ok()?))
        });
        assert!(told.is_some_and(|(job, lost)| lost <= job));
    }
}
