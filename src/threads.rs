//! Starting threads where the system may refuse, and threads that are kept for work in parallel.

use std::cell::{Cell, OnceCell};
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle, Scope, available_parallelism};

use rayon_core::{ThreadPool, ThreadPoolBuilder};

/// Why a thread could not be started, as the end of a sentence.
pub const NO_THREAD: &str = "the system could not start a thread: the limit of processes or memory is too low (ulimit -u, -v)";

/// Starts a thread. Unlike [`std::thread::spawn`] it does not panic where there can be no more threads.
///
/// # Errors
/// [`NO_THREAD`], with the kind of the system's error.
pub fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let started = Builder::new().name(name.to_owned()).spawn(work);
    started.map_err(|error| io::Error::new(error.kind(), NO_THREAD))
}

/// Starts a thread that ends before its scope; false if the system refuses.
pub fn spawn_scoped<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    name: &str,
    work: impl FnOnce() + Send + 'scope,
) -> bool {
    let started = Builder::new().name(name.to_owned());
    started.spawn_scoped(scope, work).is_ok()
}

/// The number of threads that can run at a time; 2 if the system does not tell.
#[must_use]
pub fn processors() -> usize {
    available_parallelism().map_or(2, usize::from)
}

thread_local! {
    /// The helpers of a thread. They are started for its first work in parallel and kept until it ends, so that a key
    /// starts no threads. `None` if the system refuses.
    static HELPERS: OnceCell<Option<ThreadPool>> = const { OnceCell::new() };
    /// Whether the helpers are busy: what they wait for must not wait for them.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` on up to `count` helper threads, no more than there are processors, and `lead` on this thread, with the
/// number of helpers that work. Returns when all have ended. There may be none: if the system refuses threads, or within
/// other work in parallel; `lead` must then do everything. A panic in any of them is passed on.
pub fn with_helpers<R>(count: usize, work: impl Fn() + Sync, lead: impl FnOnce(usize) -> R) -> R {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            BUSY.set(false);
        }
    }
    if count == 0 || BUSY.get() || rayon_core::current_thread_index().is_some() {
        return lead(0);
    }
    HELPERS.with(|helpers| {
        let Some(pool) = helpers.get_or_init(start_helpers) else {
            return lead(0);
        };
        BUSY.set(true);
        let _reset = Reset;
        let count = count.min(pool.current_num_threads());
        pool.in_place_scope(|scope| {
            for _ in 0..count {
                scope.spawn(|_| work());
            }
            lead(count)
        })
    })
}

/// Calls `work` on helper threads and `lead` on this one, for each result that they send. They are to stop once sending
/// returns false, which is when `lead` has returned false. Without helpers, `work` runs on this thread.
pub fn stream<T: Send>(
    work: impl Fn(&mut dyn FnMut(T) -> bool) + Sync,
    mut lead: impl FnMut(T) -> bool,
) {
    /// Tells that a helper has ended, also by a panic.
    struct End<'a, T>(&'a SyncSender<Option<T>>);
    impl<T> Drop for End<'_, T> {
        fn drop(&mut self) {
            let _ = self.0.send(None);
        }
    }
    let count = processors();
    // Bounded, so that helpers do not run far ahead.
    let (sender, results) = sync_channel(4 * count);
    let helper = || {
        let end = End(&sender);
        work(&mut |result| end.0.send(Some(result)).is_ok());
    };
    with_helpers(count, helper, |mut working| {
        if working == 0 {
            work(&mut lead);
        }
        while working > 0 {
            match results.recv() {
                Ok(Some(result)) => {
                    if !lead(result) {
                        break;
                    }
                }
                Ok(None) => working -= 1,
                Err(_) => break,
            }
        }
        // The helpers find out when they send.
        drop(results);
    });
}

/// As many helpers as the system allows.
fn start_helpers() -> Option<ThreadPool> {
    let counts = (1..=processors()).rev();
    counts
        .map(|count| {
            let pool = ThreadPoolBuilder::new().num_threads(count);
            pool.thread_name(|_| "helper".to_owned()).build()
        })
        .find_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::ThreadId;

    use super::*;

    /// The threads that worked, with how many helpers there were.
    fn work(count: usize) -> (usize, Vec<ThreadId>) {
        let seen = std::sync::Mutex::new(Vec::new());
        let note = || seen.lock().unwrap().push(std::thread::current().id());
        let helpers = with_helpers(count, note, |helpers| helpers);
        (helpers, seen.into_inner().unwrap())
    }

    #[test]
    fn helpers_are_kept_and_never_wait_for_each_other() {
        let (helpers, first) = work(usize::MAX);
        assert_eq!((helpers, first.len()), (processors(), processors()));
        let all: std::collections::HashSet<ThreadId> =
            (0..100).flat_map(|_| work(usize::MAX).1).collect();
        assert!(all.len() <= processors());
        // Within other work there are none, neither for the one who leads it nor for those who help.
        let nested = AtomicUsize::new(0);
        with_helpers(
            1,
            || {
                nested.fetch_add(work(1).0, Ordering::Relaxed);
            },
            |_| {
                nested.fetch_add(work(1).0, Ordering::Relaxed);
            },
        );
        assert_eq!(nested.into_inner(), 0);
    }

    #[test]
    fn a_panic_is_passed_on_and_the_next_work_is_done() {
        for lead in [true, false] {
            let run = AssertUnwindSafe(|| {
                with_helpers(1, || assert!(lead, "planted"), |_| assert!(!lead, "planted"));
            });
            assert!(catch_unwind(run).is_err());
            assert_eq!(work(1).0, 1);
        }
    }
}
