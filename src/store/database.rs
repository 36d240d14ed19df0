//! Reads and writes the marks database of a state directory, together with the journals beside it.

use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use crate::marks::{MarkChange, SavedMarks};
use crate::store::connection::{self, StoreError, database_path, now, path_error};
use crate::store::damage::{self, Recovery};
use crate::store::marks_json::{Export, ImportSummary, Journals, Mark, export_lines};
use crate::store::schema::{self, Visit};
use crate::store::state_dir::{
    NameLock, StateDirectory, create_private_dir, create_private_file, lock_name, make_private,
    with_suffix,
};

/// How often an action is tried on files that other processes replace meanwhile.
const ATTEMPTS: usize = 4;

/// Device, inode and length of the database and its log: by them a store notices that another process has set the
/// database aside, or that somebody has removed the log or cut it off. `None` if a file is not there, or not known.
type FileIds = [Option<(u64, u64, u64)>; 2];

/// The files at a path. Those that cannot be looked at now count as they were `seen`.
fn file_ids(path: &Path, seen: FileIds) -> FileIds {
    let mut files = seen;
    for (end, file) in ["", "-wal"].into_iter().zip(&mut files) {
        match std::fs::metadata(with_suffix(path, end)) {
            Ok(data) => *file = Some((data.dev(), data.ino(), data.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => *file = None,
            Err(_) => {}
        }
    }
    files
}

/// A marks database that is open for writing.
#[derive(Debug)]
pub struct MarkStore {
    connection: Connection,
    path: PathBuf,
    /// The files as they were last seen.
    files: FileIds,
    /// `PRAGMA data_version` when the marks were last looked at: it changes when another connection has changed the
    /// database. `None` for a connection that has not been asked.
    seen_version: Option<i64>,
    /// False if the connection is not that to the files, since they could not be opened again.
    is_open: bool,
    /// Sentences for the user that [`Self::take_notices`] has not returned yet.
    notices: Vec<String>,
}

impl MarkStore {
    /// Opens the database of a state directory, creates it if it is missing, and migrates it to this program's version.
    /// If it is damaged, it is set aside, and a new one is started: see [`Self::take_notices`].
    ///
    /// # Errors
    /// If the directory cannot be used, or the database belongs to another program or has a newer version.
    pub fn open(directory: &StateDirectory) -> Result<Self, StoreError> {
        let path = database_path(directory)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        create_private_dir(folder).map_err(|error| path_error(folder, "used", &error))?;
        let mut store = Self {
            connection: Connection::open_in_memory()?,
            notices: damage::set_aside_notices(folder),
            files: FileIds::default(),
            seen_version: None,
            is_open: false,
            path,
        };
        store.reopen(false)?;
        Ok(store)
    }

    /// Sentences for the user about databases that were set aside, and journals that cannot be used.
    pub fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    /// Opens the database again. `suspect`: a statement has found it damaged.
    fn reopen(&mut self, suspect: bool) -> Result<(), StoreError> {
        // Closes the old connection first.
        self.connection = Connection::open_in_memory()?;
        self.seen_version = None;
        self.is_open = false;
        let opened =
            if suspect { Err(StoreError::Damaged(String::new())) } else { self.open_connection() };
        self.connection = match opened {
            Err(StoreError::Damaged(_)) => {
                let (connection, notice) = damage::open_suspect(&self.path)?;
                self.notices.extend(notice);
                connection
            }
            other => other?,
        };
        make_private(&self.path);
        self.files = file_ids(&self.path, FileIds::default());
        self.is_open = true;
        Ok(())
    }

    fn open_connection(&self) -> Result<Connection, StoreError> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let cannot = |error| path_error(folder, "used", &error);
        let exists = connection::exists(&self.path)?;
        if !exists {
            create_private_dir(folder).map_err(cannot)?;
        }
        // Not even a lock file is put beside the database of another program.
        let who = if exists { NameLock::Reader } else { NameLock::Writer };
        let lock = lock_name(folder, who).map_err(cannot)?;
        if !exists {
            create_private_file(&self.path).map_err(cannot)?;
        }
        let connection = connection::open_for_writing(&self.path)?;
        if lock.is_none() {
            lock_name(folder, NameLock::Writer).map_err(cannot)?;
        }
        Ok(connection)
    }

    /// True if the files are no longer those that were opened: changes would go into a database that nobody reads.
    fn has_moved(&self) -> bool {
        let now = file_ids(&self.path, self.files);
        !self.is_open
            || now.iter().zip(&self.files).any(|pair| match pair {
                (Some(now), Some(seen)) => (now.0, now.1) != (seen.0, seen.1) || now.2 < seen.2,
                (now, seen) => now.is_none() && seen.is_some(),
            })
    }

    /// Runs `work`. Does so again with a new connection if the database turns out to be damaged, or to have moved, in
    /// which case nobody will read what was written.
    fn attempt<T>(
        &mut self,
        work: impl Fn(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..ATTEMPTS {
            if self.has_moved() {
                self.reopen(false)?;
            }
            match work(&mut self.connection) {
                _ if self.has_moved() => {}
                Err(StoreError::Damaged(_)) => self.reopen(true)?,
                result => {
                    self.files = file_ids(&self.path, self.files);
                    return result;
                }
            }
        }
        let why = "the files of the marks database are replaced again and again";
        Err(StoreError::Unusable(why.to_owned()))
    }

    /// Reads all marks, those in journals among them, and the items of the last visit of `source` (a hash of what was
    /// opened).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn load(&mut self, source: u64) -> Result<SavedMarks, StoreError> {
        if self.journals()?.found.is_empty() {
            return self.attempt(|connection| Ok(schema::load_marks(connection, source)?));
        }
        // With a connection of its own: this one must never write into a copy of the tables.
        let path = self.path.clone();
        self.attempt(|_| read_at(&path, |connection| schema::load_marks(connection, source)))
    }

    /// Whether another process has changed the database, or put another in its place, since the last call.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(super) fn was_changed_by_others(&mut self) -> Result<bool, StoreError> {
        let version = |connection: &mut Connection| {
            Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
        };
        let now = self.attempt(version)?;
        // A new connection has no version yet.
        Ok(self.seen_version.replace(now) != Some(now))
    }

    /// Checks the whole file, which takes time. True if the database was damaged and has been replaced.
    ///
    /// # Errors
    /// If it cannot be checked, or not be replaced.
    pub fn check(&mut self) -> Result<bool, StoreError> {
        match connection::check_whole(&self.connection) {
            Err(StoreError::Damaged(_)) => self.reopen(true).map(|()| true),
            checked => checked.map(|()| false),
        }
    }

    /// Writes changes, all or none, and syncs them to the disk. Returns them as they were written: a note may have been
    /// merged with another.
    ///
    /// # Errors
    /// If they cannot be written; then none was.
    pub fn write(&mut self, changes: &[MarkChange]) -> Result<Vec<MarkChange>, StoreError> {
        self.transact(|connection| schema::write_changes(connection, changes.iter(), now()))
    }

    /// Writes batches of changes, and what was listed when a visit ended.
    ///
    /// # Errors
    /// Like [`Self::write`].
    pub(super) fn write_all(
        &mut self,
        batches: &[std::sync::Arc<Vec<MarkChange>>],
        visit: Option<&Visit>,
    ) -> Result<Vec<MarkChange>, StoreError> {
        self.transact(|connection| {
            if let Some(visit) = visit {
                schema::write_visit(connection, visit, now())?;
            }
            let changes = batches.iter().flat_map(|batch| batch.iter());
            schema::write_changes(connection, changes, now())
        })
    }

    /// Copies the log into the database, as far as nobody is reading. Marks are safe before that; afterwards they are
    /// even if somebody removes the log.
    pub(super) fn checkpoint(&self) {
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }

    /// Takes in the journals, if there are any.
    ///
    /// # Errors
    /// If the database cannot be written. Then they stay.
    pub(super) fn take_in_journals(&mut self) -> Result<(), StoreError> {
        if self.journals()?.found.is_empty() {
            return Ok(());
        }
        self.transact(|_| Ok(()))
    }

    /// Brings back what is readable in databases that were set aside, which ends the notices about them.
    ///
    /// # Errors
    /// If one of them cannot be read because of the disk, or the marks cannot be written.
    pub fn recover(&mut self) -> Result<Vec<Recovery>, StoreError> {
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_path_buf();
        self.attempt(|connection| damage::recover_all(&folder, connection))
    }

    fn journals(&mut self) -> Result<Journals, StoreError> {
        let mut journals = Journals::read(self.path.parent().unwrap_or(Path::new(".")))?;
        for notice in std::mem::take(&mut journals.unusable) {
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
        Ok(journals)
    }

    /// Takes in the journals and runs `work`, in one short transaction.
    ///
    /// # Errors
    /// If a statement fails; then nothing was changed.
    pub(super) fn transact<T>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let journals = self.journals()?;
        let result = self.attempt(|connection| {
            // Immediate: a transaction that begins by reading could not wait for another writer later.
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (_, journal) in &journals.found {
                journal.merge_journal(&transaction, now())?;
            }
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })?;
        for (path, _) in journals.found {
            // A journal that is left is taken in again, which changes nothing.
            let _ = std::fs::remove_file(path);
        }
        Ok(result)
    }
}

/// Runs `work` on a database as it will be once the journals have been taken in.
fn with_journals<T>(
    connection: &Connection,
    journals: &Journals,
    work: impl Fn(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let latest = schema::latest_version(schema::MIGRATIONS);
    if !journals.found.is_empty() || schema::version(connection)? < latest {
        schema::shadow(connection)?;
        for (_, journal) in &journals.found {
            journal.merge_journal(connection, now())?;
        }
    }
    work(connection)
}

// Reading without writing.

/// Reads all marks, those in journals among them, and the items of the last visit of `source`, for commands that only
/// show marks. If there is no database, there are no marks.
///
/// # Errors
/// If there is a database that cannot be read, or no state directory.
pub fn read_marks(directory: &StateDirectory, source: u64) -> Result<SavedMarks, StoreError> {
    read(directory, |connection| schema::load_marks(connection, source))
}

/// Sentences about databases in a state directory that were set aside.
#[must_use]
pub fn set_aside_notices(directory: &StateDirectory) -> Vec<String> {
    let path = directory.database_path();
    path.as_deref().and_then(Path::parent).map_or_else(Vec::new, damage::set_aside_notices)
}

/// Runs `work` on the database of a state directory, with its journals, without changing either.
///
/// # Errors
/// If the database cannot be read.
pub(super) fn read<T>(
    directory: &StateDirectory,
    work: impl Fn(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    if *directory == StateDirectory::Disabled {
        return Ok(with_journals(&Connection::open_in_memory()?, &Journals::default(), work)?);
    }
    read_at(&database_path(directory)?, work)
}

/// Like [`read`], for the path of a database.
fn read_at<T>(
    path: &Path,
    work: impl Fn(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let journals = Journals::read(folder)?;
    if !connection::exists(path)? {
        let empty = Connection::open_in_memory()?;
        return Ok(with_journals(&empty, &journals, work)?);
    }
    let lock = lock_name(folder, NameLock::Reader);
    let lock = lock.map_err(|error| path_error(folder, "used", &error))?;
    let result = connection::open(path)
        .and_then(|connection| Ok(with_journals(&connection, &journals, &work)?));
    drop(lock);
    let is_writable = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok();
    if is_writable || !matches!(result, Err(StoreError::Unusable(_))) {
        return result;
    }
    // SQLite could not create its files beside the database. Reads the database as it is, provided that nothing is in
    // the log and nobody writes meanwhile.
    let seen = || {
        let data = std::fs::metadata(path).ok()?;
        let log = std::fs::metadata(with_suffix(path, "-wal"));
        let is_at_rest = log.map_or(true, |log| log.len() == 0);
        is_at_rest.then(|| (data.ino(), data.len(), data.ctime(), data.ctime_nsec()))
    };
    for _ in 0..ATTEMPTS {
        let before = seen();
        if before.is_none() {
            break;
        }
        let read = connection::open_unwritable(path)
            .and_then(|connection| Ok(with_journals(&connection, &journals, &work)?));
        if seen() == before {
            return read;
        }
    }
    result
}

// Export and import: marks as JSON, for moving them to another machine.

/// Writes all marks as JSON, one per line in the order of their keys, and returns how many. Does not change the database.
///
/// # Errors
/// The outer error if the database cannot be read, the inner one if `out` cannot be written.
pub fn export(
    directory: &StateDirectory,
    out: &mut dyn Write,
) -> Result<io::Result<usize>, StoreError> {
    let marks = read(directory, |connection| {
        let mut query =
            connection.prepare("SELECT kind, key, name, value, at FROM mark ORDER BY kind, key")?;
        let rows = query.query_map([], |row| {
            let name: String = row.get(2)?;
            Ok(Mark::new(row.get(0)?, row.get(1)?, &name, row.get(3)?, row.get(4)?))
        })?;
        let marks: rusqlite::Result<Vec<Option<Mark>>> = rows.collect();
        Ok(marks?.into_iter().flatten().collect::<Vec<Mark>>())
    })?;
    let mut write = || {
        for line in export_lines(&marks) {
            out.write_all(line.as_bytes())?;
        }
        out.flush()?;
        Ok(marks.len())
    };
    Ok(write())
}

/// Merges an export into a database, all of it or nothing. For each mark the later change wins; two notes on one story
/// are joined. Importing the same export again changes nothing.
///
/// # Errors
/// If the text is not an export, has a newer version, or the database cannot be written.
pub fn import(store: &mut MarkStore, text: &[u8]) -> Result<ImportSummary, StoreError> {
    let export = Export::parse(text)?;
    store.transact(|connection| export.merge_into(connection, now()))
}
