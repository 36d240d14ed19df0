//! The lock beside the database: shared while somebody writes, alone while somebody opens it or sets it aside.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::place::private_file_options;

/// How long a lock is waited for. A process that holds it longer is stopped, and must not stop the others.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(2);

/// The file of the lock. Where a file system has no locks, all goes on without.
#[derive(Debug)]
pub(super) struct StateLock(Option<File>);

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(super) struct LockGuard<'a>(Option<&'a File>);

impl StateLock {
    /// The lock of a directory.
    pub(super) fn of(folder: &Path) -> Self {
        let made = private_file_options()
            .create(true)
            .truncate(false)
            .open(folder.join("lock"));
        Self(made.ok())
    }

    /// Held together with others who share it.
    pub(super) fn lock_shared(&self) -> LockGuard<'_> {
        self.acquire(File::try_lock_shared)
    }

    /// Held by nobody else.
    pub(super) fn lock_exclusive(&self) -> LockGuard<'_> {
        self.acquire(File::try_lock)
    }

    fn acquire(&self, lock: fn(&File) -> Result<(), TryLockError>) -> LockGuard<'_> {
        let Some(file) = &self.0 else {
            return LockGuard(None);
        };
        let end = Instant::now() + LOCK_TIMEOUT;
        loop {
            match lock(file) {
                Ok(()) => return LockGuard(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < end => {
                    thread::sleep(LOCK_RETRY_INTERVAL)
                }
                Err(_) => return LockGuard(None),
            }
        }
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            let _ = file.unlock();
        }
    }
}
