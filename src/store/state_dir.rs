//! The state directory: where it is (option, environment, XDG), its private files, and its lock file.
//! Knows nothing of what the files contain.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{io, thread};

/// File name of the marks database.
const DATABASE_NAME: &str = "marks.db";

/// The directory in which marks are saved, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateDirectory {
    /// A directory. It is created when it is needed.
    Folder(PathBuf),
    /// The user asked not to save any state.
    Disabled,
    /// No directory was found; the text tells the user why.
    Missing(String),
}

impl StateDirectory {
    /// Finds the directory: the one given by an option; else `$DATELINE_STATE`; else `$XDG_STATE_HOME/dateline`; else
    /// `$HOME/.local/state/dateline`. The last two are ignored if they are relative, as the XDG Base Directory
    /// Specification demands of its variables. `variable` looks up an environment variable; `disabled` turns saving off.
    pub fn find(
        option: Option<&Path>,
        disabled: bool,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        if disabled {
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
                let why = "there is no state directory: HOME is not set; name one with --state DIR";
                Self::Missing(why.to_owned())
            },
            Self::Folder,
        )
    }

    /// The path of the marks database, whether it exists or not; `None` if there is no directory.
    #[must_use]
    pub fn database_path(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(DATABASE_NAME)),
            Self::Disabled | Self::Missing(_) => None,
        }
    }
}

/// Creates a directory and its missing parents, accessible to the owner only. Existing ones keep their permissions.
///
/// # Errors
/// If it cannot be created.
pub(super) fn create_private_dir(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Options for creating files that only the owner may read and write.
pub(super) fn private_file_options() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates the database file if it is missing. Takes the permissions of others away if it has any: notes are private.
///
/// # Errors
/// If it cannot be created.
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

/// Syncs the directory of a file, so that a new name survives a crash. Not every file system can do that; then it is
/// left to the system.
pub(super) fn sync_parent_dir(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(std::fs::File::open) {
        let _ = folder.sync_all();
    }
}

// The lock file. See the docs of the module `store` for who holds it how.

/// How long to wait for the lock. A process that holds it longer is suspended, and must not block the others.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Time between attempts: `File::lock` has no timeout.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(2);

/// The lock file, open. `None` if it cannot be created: then there is no locking.
#[derive(Debug)]
pub(super) struct StateLock(Option<File>);

/// Holds a lock until it is dropped. `None` if the lock could not be had, for example on a file system without locks.
#[derive(Debug)]
pub(super) struct LockGuard<'a>(Option<&'a File>);

impl StateLock {
    /// Opens the lock file of a state directory, and creates it if it is missing.
    pub(super) fn open(folder: &Path) -> Self {
        let file = private_file_options()
            .create(true)
            .truncate(false)
            .open(folder.join("lock"));
        Self(file.ok())
    }

    /// Takes the lock together with others that share it.
    pub(super) fn lock_shared(&self) -> LockGuard<'_> {
        self.acquire(File::try_lock_shared)
    }

    /// Takes the lock alone.
    pub(super) fn lock_exclusive(&self) -> LockGuard<'_> {
        self.acquire(File::try_lock)
    }

    /// Tries until [`LOCK_TIMEOUT`], and then goes on without the lock.
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
        let directory = StateDirectory::find(option.map(Path::new), false, variable);
        let expected = expected.map(|folder| Path::new(folder).join(DATABASE_NAME));
        assert_eq!(directory.database_path(), expected);
    }

    #[test]
    fn the_directory_is_found() {
        let home = ("HOME", "/home/ebba");
        check(None, &[home], Some("/home/ebba/.local/state/dateline"));
        check(None, &[home, ("XDG_STATE_HOME", "/s")], Some("/s/dateline"));
        // XDG Base Directory Specification: relative paths are to be ignored.
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
