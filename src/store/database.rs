//! Opens, reads and writes the marks database, and recovers what it can from a damaged one.
//! Knows the tables only through [`schema`].

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use crate::marks::{MarkChange, SavedMarks};
use crate::store::schema;
use crate::store::state_dir::{
    StateDirectory, StateLock, create_private_dir, create_private_file, sync_parent_dir,
};
use crate::text::error_reason;

/// How long to wait for other processes that are writing. Their transactions are short, unless they are suspended.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// Why the marks cannot be read or saved. The text is for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The database has this version, newer than the program's. It must not be written.
    Newer(i64),
    /// The database is damaged, or another file has taken its place. A new one may be started.
    Damaged(String),
    /// The database cannot be used at present: disk full, no permission, locked.
    Unusable(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(version) => write!(
                f,
                "the marks database has version {version}, newer than this program supports; it was not changed"
            ),
            Self::Damaged(why) => write!(f, "the marks database is damaged: {why}"),
            Self::Unusable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let why = match code {
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                "the state directory cannot be written to".to_owned()
            }
            Some(ErrorCode::CannotOpen) => "the marks database cannot be opened".to_owned(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another process has locked the marks database".to_owned()
            }
            Some(ErrorCode::SystemIoFailure) => {
                format!("disk error in the state directory: {error}")
            }
            Some(ErrorCode::OutOfMemory) => "out of memory".to_owned(),
            // The statements never change, so if one fails for another reason, the tables are not what they should be.
            _ => return Self::Damaged(error.to_string()),
        };
        Self::Unusable(why)
    }
}

/// An open marks database.
#[derive(Debug)]
pub struct MarkStore {
    connection: Connection,
    path: PathBuf,
    lock: StateLock,
    /// Device and inode of the file when it was opened, to notice that it was moved away.
    identity: Option<(u64, u64)>,
}

/// The current time in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// Device and inode of the file at a path.
fn file_id(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let data = std::fs::metadata(path).ok()?;
    Some((data.dev(), data.ino()))
}

impl MarkStore {
    /// Opens the database of a state directory, creates it if it is missing, and migrates it to this program's
    /// version. `thorough` checks the whole file first, which takes time. If the database is damaged, it is moved away
    /// and a new one is started; the returned text tells the user about that.
    ///
    /// # Errors
    /// If the directory cannot be used, or the database has a newer version.
    pub fn open(
        directory: &StateDirectory,
        thorough: bool,
    ) -> Result<(Self, Option<String>), StoreError> {
        let path = database_path(directory)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let cannot = |error: std::io::Error| {
            let name = crate::text::sanitize_line(&folder.to_string_lossy()).into_owned();
            StoreError::Unusable(format!("{name} cannot be used: {}", error_reason(&error)))
        };
        create_private_dir(folder).map_err(cannot)?;
        let lock = StateLock::open(folder);
        let guard = lock.lock_exclusive();
        create_private_file(&path).map_err(cannot)?;
        let mut notice = None;
        let connection = match open_connection(&path, thorough) {
            Err(StoreError::Damaged(why)) => {
                let aside = move_damaged(&path).map_err(cannot)?;
                create_private_file(&path).map_err(cannot)?;
                let mut connection = open_connection(&path, false)?;
                notice = Some(recover_marks(&aside, &mut connection, &why));
                connection
            }
            other => other?,
        };
        let identity = file_id(&path);
        drop(guard);
        let store = Self {
            connection,
            path,
            lock,
            identity,
        };
        Ok((store, notice))
    }

    /// Reads all marks, and the items of the last visit of `source` (a hash of what was opened).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn load(&self, source: u64) -> Result<SavedMarks, StoreError> {
        Ok(schema::load_marks(&self.connection, source)?)
    }

    /// True if `SQLite`'s quick check of the whole file finds no error.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        is_intact(&self.connection)
    }

    /// Writes changes, all or none, and syncs them to the disk. Returns them as they were written: a note may have been
    /// merged with another.
    ///
    /// # Errors
    /// If they cannot be written; then none was.
    pub fn write(&mut self, changes: &[MarkChange]) -> Result<Vec<MarkChange>, StoreError> {
        self.transact(|connection| schema::write_changes(connection, changes, now()))
    }

    /// Saves the items that were listed when a visit of `source` ended: in addition to those saved before, or instead
    /// of them (`replace`).
    ///
    /// # Errors
    /// Like [`Self::write`].
    pub fn write_visit(
        &mut self,
        source: u64,
        items: &[u64],
        replace: bool,
    ) -> Result<(), StoreError> {
        self.transact(|connection| schema::write_visit(connection, source, items, replace, now()))
    }

    /// Runs `work` in one short transaction. Fails if the file at the path is no longer the one that was opened, since
    /// changes would then go into a database that was moved away.
    ///
    /// # Errors
    /// If that is so, or a statement fails; then nothing was changed.
    pub(super) fn transact<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let _guard = self.lock.lock_shared();
        if file_id(&self.path) != self.identity {
            return Err(StoreError::Damaged(
                "another file has taken its place".into(),
            ));
        }
        // Immediate: a transaction that begins by reading could not wait for another writer later.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}

fn database_path(directory: &StateDirectory) -> Result<PathBuf, StoreError> {
    directory.database_path().ok_or_else(|| {
        StoreError::Unusable(match directory {
            StateDirectory::Missing(why) => why.clone(),
            _ => "saving state is turned off".to_owned(),
        })
    })
}

fn is_intact(connection: &Connection) -> bool {
    let check = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    check.is_ok_and(|result| result == "ok")
}

/// Opens the file, sets the connection up, and migrates the tables. `thorough` checks the whole file.
fn open_connection(path: &Path, thorough: bool) -> Result<Connection, StoreError> {
    check_header(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let version = schema::version(&connection)?;
    if version > schema::latest_version(schema::MIGRATIONS) {
        return Err(StoreError::Newer(version));
    }
    // On file systems without shared memory, SQLite keeps its rollback journal, which is just as safe.
    let _: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // The file may be damaged: look out for bad cells, and do not run functions named in the schema.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    schema::migrate(&mut connection, schema::MIGRATIONS)?;
    if thorough {
        if !is_intact(&connection) {
            return Err(StoreError::Damaged("its pages are inconsistent".into()));
        }
        // The check covers the structure of the file; this also covers the types of the values.
        schema::load_marks(&connection, 0)?;
    }
    Ok(connection)
}

/// Checks the header of the file (`SQLite` file format, section 1.3) before `SQLite` opens it, which may change it: the
/// magic, the user version at byte 60, and the application id at byte 68, both big-endian. An empty file is a new
/// database.
///
/// # Errors
/// If the file cannot be read, is not ours, or has a newer version.
pub(super) fn check_header(path: &Path) -> Result<(), StoreError> {
    let unreadable = |error: std::io::Error| {
        let why = format!(
            "the marks database cannot be read: {}",
            error_reason(&error)
        );
        StoreError::Unusable(why)
    };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    // The header is 100 bytes long.
    let mut head = Vec::new();
    Read::by_ref(&mut file)
        .take(100)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    if head.is_empty() {
        return Ok(());
    }
    let number = |at: usize| {
        let four = head.get(at..at + 4).and_then(|four| four.try_into().ok());
        i64::from(four.map_or(0, u32::from_be_bytes))
    };
    if !head.starts_with(b"SQLite format 3\0") || head.len() < 100 {
        return Err(StoreError::Damaged("it is not a database".into()));
    }
    if number(68) != schema::APPLICATION_ID && number(68) != 0 {
        return Err(StoreError::Damaged("it belongs to another program".into()));
    }
    if number(60) > schema::latest_version(schema::MIGRATIONS) {
        return Err(StoreError::Newer(number(60)));
    }
    Ok(())
}

// Reading without writing.

/// Reads all marks, and the items of the last visit of `source`, without writing anything: for commands that only show
/// marks, and for read-only directories. If there is no database, there are no marks.
///
/// # Errors
/// If there is a database that cannot be read.
pub fn read_marks(directory: &StateDirectory, source: u64) -> Result<SavedMarks, StoreError> {
    let Some(path) = directory.database_path().filter(|path| path.exists()) else {
        return Ok(SavedMarks::default());
    };
    check_header(&path)?;
    let connection = open_read_only(&path)?;
    if schema::version(&connection)? == 0 {
        return Ok(SavedMarks::default());
    }
    Ok(schema::load_marks(&connection, source)?)
}

/// Opens a database for reading. If its write-ahead log is empty, it is opened as immutable, so that `SQLite` creates
/// no files beside it.
///
/// # Errors
/// If it cannot be opened.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let log_is_empty = std::fs::metadata(wal).map_or(true, |data| data.len() == 0);
    // Escape `?`, `#` and `%`, which have a meaning in URIs, along with all other unusual bytes.
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = fmt::Write::write_fmt(&mut uri, format_args!("%{byte:02X}"));
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let open = |uri: &str| Connection::open_with_flags(uri, flags);
    let connection = open(&format!("{uri}?immutable={}", u8::from(log_is_empty)))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Reading the log takes a shared memory file, and the directory may be read-only. Then settle for what is in the
    // database file itself.
    if !log_is_empty && schema::version(&connection).is_err() {
        return Ok(open(&format!("{uri}?immutable=1"))?);
    }
    Ok(connection)
}

// Damaged databases.

/// Most damaged databases in one directory. A limit only on the search for a free number.
const MAX_DAMAGED_COPIES: u32 = 10_000;

fn with_suffix(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}

/// Renames a damaged database to `marks.damaged-1.db` or the next free number, with its log and shared memory. The
/// caller must hold the exclusive lock. Returns the new path.
///
/// # Errors
/// If it cannot be renamed.
pub(super) fn move_damaged(path: &Path) -> io::Result<PathBuf> {
    let free =
        (1..MAX_DAMAGED_COPIES).map(|number| path.with_extension(format!("damaged-{number}.db")));
    let aside = free
        .into_iter()
        .find(|name| !name.exists())
        .ok_or_else(|| io::Error::other("too many damaged databases are there already"))?;
    // The log first: a new database of the same name must never find the old log.
    for end in ["-wal", "-shm"] {
        let from = with_suffix(path, end);
        if from.exists() {
            std::fs::rename(from, with_suffix(&aside, end))?;
        }
    }
    std::fs::rename(path, &aside)?;
    sync_parent_dir(path);
    Ok(aside)
}

/// Copies the marks that can still be read from a damaged database into a new one. Returns the text that tells the user
/// what happened; `why` is how the database was damaged.
pub(super) fn recover_marks(aside: &Path, new: &mut Connection, why: &str) -> String {
    let saved = read_damaged_rows(aside).and_then(|rows| {
        let transaction = new.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut saved = 0;
        for (kind, key, name, value, at) in rows {
            saved += transaction.execute(
                "INSERT OR IGNORE INTO mark (kind, key, name, value, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                // A damaged time in the future would win over every import.
                params![kind, key, name, value, at.min(now())],
            )?;
        }
        transaction.commit()?;
        Ok(saved)
    });
    let name = crate::text::sanitize_line(&aside.to_string_lossy()).into_owned();
    let count = match saved {
        Ok(0) | Err(_) => "no marks could be recovered".to_owned(),
        Ok(1) => "one mark was recovered".to_owned(),
        Ok(count) => format!("{count} marks were recovered"),
    };
    format!("the marks database was damaged ({why}): it was set aside as {name}; {count}")
}

/// Kind, key, name, value, time.
type MarkRow = (i64, i64, String, Value, i64);

/// Reads the rows of a damaged database in both directions, each up to the first error, to get those on either side of
/// the damage. Rows may come twice.
fn read_damaged_rows(aside: &Path) -> rusqlite::Result<Vec<MarkRow>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(aside, flags)?;
    let mut all = Vec::new();
    for order in ["ASC", "DESC"] {
        let Ok(mut query) = connection.prepare(&format!(
            "SELECT kind, key, name, value, at FROM mark ORDER BY kind {order}, key {order}"
        )) else {
            continue;
        };
        let mut rows = query.query([])?;
        while let Ok(Some(row)) = rows.next() {
            let read = || -> rusqlite::Result<MarkRow> {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            };
            all.extend(read().ok());
        }
    }
    Ok(all)
}
