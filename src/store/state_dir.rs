//! The state directory: where it is (option, variable, XDG), its private files, and its lock file.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{io, thread};

/// Name of the database in its directory.
const DATABASE_NAME: &str = "marks.db";

/// The directory of the marks, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateDirectory {
    /// A directory; made where it is missing.
    Folder(PathBuf),
    /// No directory is wanted.
    Disabled,
    /// There is none: a sentence says why.
    Missing(String),
}

impl StateDirectory {
    /// The directory of an option; else that of `DATELINE_STATE`; else `dateline` in `XDG_STATE_HOME`, which must be an
    /// absolute path; else `.local/state/dateline` in `HOME`. `variable` looks a variable up.
    pub fn find(
        option: Option<&Path>,
        unwanted: bool,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        if unwanted {
            return Self::Disabled;
        }
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let absolute = |name: &str| given(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let folder = option
            .map(Path::to_path_buf)
            .or_else(|| given("DATELINE_STATE").map(PathBuf::from))
            .or_else(|| absolute("XDG_STATE_HOME").map(|home| home.join("dateline")))
            .or_else(|| absolute("HOME").map(|home| home.join(".local/state/dateline")));
        folder.map_or_else(
            || {
                let why = "there is no directory for them: HOME is not set; --state DIR names one";
                Self::Missing(why.to_owned())
            },
            Self::Folder,
        )
    }

    /// The path of the database.
    #[must_use]
    pub fn database_path(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(DATABASE_NAME)),
            Self::Disabled | Self::Missing(_) => None,
        }
    }
}

/// Makes a directory with those above it that are missing, for its owner alone; what is there stays as it is.
///
/// # Errors
/// Where it cannot be made.
pub(super) fn create_private_dir(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How files of the store are made: for their owner alone.
pub(super) fn private_file_options() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the database file where it is missing, and makes sure that nobody else may read it.
///
/// # Errors
/// Where it cannot be made.
pub(super) fn create_private_file(path: &Path) -> io::Result<()> {
    match private_file_options().create_new(true).open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_parent_dir(path);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                let _ = std::fs::set_permissions(path, PermissionsExt::from_mode(0o600));
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Makes a new name in a directory last. Where the system cannot, it does so by itself some time.
pub(super) fn sync_parent_dir(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(std::fs::File::open) {
        let _ = folder.sync_all();
    }
}

// The lock beside the database: shared while somebody writes, alone while somebody opens it or sets it aside.

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
                    thread::sleep(LOCK_RETRY_INTERVAL);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(option: Option<&str>, variables: &[(&str, &str)], expected: Option<&str>) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let place = StateDirectory::find(option.map(Path::new), false, variable);
        let expected = expected.map(|folder| Path::new(folder).join(DATABASE_NAME));
        assert_eq!(place.database_path(), expected);
    }

    #[test]
    fn the_place_is_found() {
        let home = ("HOME", "/home/ebba");
        check(None, &[home], Some("/home/ebba/.local/state/dateline"));
        check(None, &[home, ("XDG_STATE_HOME", "/s")], Some("/s/dateline"));
        // The specification: paths must be absolute, others are to be ignored.
        check(
            None,
            &[home, ("XDG_STATE_HOME", "s")],
            Some("/home/ebba/.local/state/dateline"),
        );
        check(None, &[home, ("DATELINE_STATE", "d")], Some("d"));
        check(Some("o"), &[home, ("DATELINE_STATE", "d")], Some("o"));
        check(None, &[("HOME", "")], None);
        check(None, &[], None);
        assert_eq!(
            StateDirectory::find(None, true, |_| Some("/x".into())),
            StateDirectory::Disabled
        );
    }
}
