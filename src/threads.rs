//! Starting threads where the system may refuse: each has a name, and an error is a sentence for the user.

use std::io;
use std::thread::{Builder, JoinHandle, available_parallelism};

/// Why a thread could not be started, as the end of a sentence.
pub const NO_THREAD: &str =
    "the system could not start a thread; the limit may be too low (ulimit -u)";

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

/// The number of threads that can run at a time; 2 if the system does not tell.
#[must_use]
pub fn processors() -> usize {
    available_parallelism().map_or(2, usize::from)
}
