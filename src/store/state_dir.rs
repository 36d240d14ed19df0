//! The state directory: where it is (option, environment, XDG), its private files, and the lock on the
//! name of the database. Knows nothing of what the files contain.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// File name of the marks database.
pub(super) const DATABASE_NAME: &str = "marks.db";

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

    /// The directory, whether it exists or not; `None` if there is none.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Disabled | Self::Missing(_) => None,
        }
    }

    /// The path of the marks database, whether it exists or not; `None` if there is no directory.
    #[must_use]
    pub fn database_path(&self) -> Option<PathBuf> {
        Some(self.path()?.join(DATABASE_NAME))
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

/// Takes the permissions of others away, if a file has any: notes are private.
pub(super) fn make_private(path: &Path) {
    let mode = std::fs::metadata(path).map(|data| data.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let _ = std::fs::set_permissions(path, PermissionsExt::from_mode(0o600));
    }
}

/// Creates the database file if it is missing.
///
/// # Errors
/// If it cannot be created.
pub(super) fn create_private_file(path: &Path) -> io::Result<()> {
    match private_file_options().create_new(true).open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_parent_dir(path)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Syncs the directory of a file, so that a new name survives a crash. Where the file system cannot do that, it is left
/// to the system.
///
/// # Errors
/// If the disk fails.
pub(super) fn sync_parent_dir(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    match File::open(folder)?.sync_all() {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// The regular files of a directory whose names begin and end so, in the order of their names.
///
/// # Errors
/// If the directory cannot be read. One that is missing has no files.
pub(super) fn files_named(folder: &Path, start: &str, end: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let named = name.starts_with(start.as_bytes()) && name.ends_with(end.as_bytes());
        if named && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// The path with something after it: `marks.db-wal`.
pub(super) fn with_suffix(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}

/// Who takes the lock on the name of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameLock {
    /// A process that opens the database to read it. It creates no lock file.
    Reader,
    /// A process that opens the database to write it.
    Writer,
    /// A process that sets a damaged database aside: the only one that holds the lock.
    Mover,
}

/// Takes the lock on the name of the database, until the file is dropped. `SQLite` locks the file itself, which does not
/// help while a file is renamed: what is open would get the log of another. `None` if there is no lock file, as in a
/// directory that cannot be written to.
///
/// # Errors
/// If the file system has no locks, without which `SQLite` cannot work either; for a mover any other failure, too.
pub(super) fn lock_name(folder: &Path, who: NameLock) -> io::Result<Option<File>> {
    let file = private_file_options()
        .create(who != NameLock::Reader)
        .truncate(false)
        .open(folder.join("lock"));
    let locked = file.and_then(|file| {
        match who {
            NameLock::Mover => file.lock()?,
            NameLock::Reader | NameLock::Writer => file.lock_shared()?,
        }
        Ok(file)
    });
    match locked {
        Ok(file) => Ok(Some(file)),
        Err(error) if has_no_locks(&error) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "its file system has no file locks; name another directory with --state DIR",
        )),
        Err(error) if who == NameLock::Mover => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether locking failed because the file system has no locks.
fn has_no_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
        || error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error())
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
        check(None, &[home, ("XDG_STATE_HOME", "s")], Some("/home/ebba/.local/state/dateline"));
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
