//! The lock beside the database: shared while somebody writes, alone while somebody opens it or sets it aside.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::place::private;

/// How long a lock is waited for. A process that holds it longer is stopped, and must not stop the others.
const PATIENCE: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(2);

/// The file of the lock. Where a file system has no locks, all goes on without.
#[derive(Debug)]
pub(super) struct Lock(Option<File>);

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(super) struct Held<'a>(Option<&'a File>);

impl Lock {
    /// The lock of a directory.
    pub(super) fn of(folder: &Path) -> Self {
        let made = private()
            .create(true)
            .truncate(false)
            .open(folder.join("lock"));
        Self(made.ok())
    }

    /// Held together with others who share it.
    pub(super) fn shared(&self) -> Held<'_> {
        self.held(File::try_lock_shared)
    }

    /// Held by nobody else.
    pub(super) fn alone(&self) -> Held<'_> {
        self.held(File::try_lock)
    }

    fn held(&self, lock: fn(&File) -> Result<(), TryLockError>) -> Held<'_> {
        let Some(file) = &self.0 else {
            return Held(None);
        };
        let end = Instant::now() + PATIENCE;
        loop {
            match lock(file) {
                Ok(()) => return Held(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(STEP),
                Err(_) => return Held(None),
            }
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            let _ = file.unlock();
        }
    }
}
