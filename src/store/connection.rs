//! Connections to the marks database, for writing and for reading, and why there is none.
//! Never changes a file that does not belong to this program.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use crate::store::schema;
use crate::store::state_dir::{StateDirectory, with_suffix};
use crate::text::error_reason;

/// How long to wait for other processes that are writing. Their transactions are short, unless they are suspended.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait before a lock is asked for again.
const RETRY_PAUSE: Duration = Duration::from_millis(5);

/// Why the marks cannot be read or saved. The text is for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The database at this path has this version, newer than the program's. It must not be written.
    Newer(String, i64),
    /// The file at this path does not belong to this program, for this reason. It must not be changed.
    Foreign(String, String),
    /// `SQLite` finds the database damaged.
    Damaged(String),
    /// The database cannot be used at present: disk full, no permission, locked.
    Unusable(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(path, version) => write!(
                f,
                "the marks database {path} has version {version}, newer than this program supports; it was not changed"
            ),
            Self::Foreign(path, why) => write!(
                f,
                "{path} is not a marks database: {why}; it was not changed: name another directory with --state DIR"
            ),
            Self::Damaged(why) => write!(f, "the marks database is damaged: {why}"),
            Self::Unusable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let why = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                return Self::Damaged(error.to_string());
            }
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                "the state directory cannot be written to".to_owned()
            }
            Some(ErrorCode::CannotOpen) => "the marks database cannot be opened".to_owned(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "the marks database is locked: another process is writing, or the file system has no locks"
                    .to_owned()
            }
            Some(ErrorCode::SystemIoFailure) => {
                format!("disk error in the state directory: {error}")
            }
            Some(ErrorCode::OutOfMemory) => "out of memory".to_owned(),
            Some(_) => format!("the marks database cannot be used: {error}"),
            None => return Self::from_other(&error),
        };
        Self::Unusable(why)
    }
}

impl StoreError {
    /// For errors that are not of `SQLite` itself. The statements never change: what has another type than they expect is
    /// damage, but tables that they do not find may be anything.
    fn from_other(error: &Error) -> Self {
        match error {
            Error::SqlInputError { msg, .. } => Self::Unusable(format!(
                "the tables of the marks database are not those of this program ({msg}): move marks.db away"
            )),
            Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..) => Self::Damaged(error.to_string()),
            _ => Self::Unusable(format!("the marks database cannot be used: {error}")),
        }
    }
}

/// An error about a file or folder of the state directory.
pub(super) fn path_error(path: &Path, what: &str, error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!("{} cannot be {what}: {}", shown(path), error_reason(error)))
}

/// A path in a message.
fn shown(path: &Path) -> String {
    crate::text::sanitize_line(&path.to_string_lossy()).into_owned()
}

/// The current time in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// The path of the database, or why there is none.
pub(super) fn database_path(directory: &StateDirectory) -> Result<std::path::PathBuf, StoreError> {
    directory.database_path().ok_or_else(|| {
        StoreError::Unusable(match directory {
            StateDirectory::Missing(why) => why.clone(),
            _ => "saving state is turned off".to_owned(),
        })
    })
}

/// Whether there is a database at a path.
///
/// # Errors
/// If one of its files is not a regular file, since opening a FIFO would wait for ever, or if that cannot be told.
pub(super) fn exists(path: &Path) -> Result<bool, StoreError> {
    for end in ["-wal", "-shm", "-journal", ""] {
        let path = with_suffix(path, end);
        match std::fs::metadata(&path) {
            Ok(data) if !data.is_file() => {
                let error = std::io::Error::other("it is not a regular file");
                return Err(path_error(&path, "used", &error));
            }
            Ok(_) if end.is_empty() => return Ok(true),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(path_error(&path, "read", &error));
            }
            _ => {}
        }
    }
    Ok(false)
}

/// Opens an existing database, without changing it.
///
/// # Errors
/// If it cannot be read, is not ours, or has a newer version.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    if !exists(path)? {
        let why = "the marks database cannot be opened: it is gone";
        return Err(StoreError::Unusable(why.to_owned()));
    }
    let has_log = std::fs::metadata(with_suffix(path, "-wal")).is_ok_and(|data| data.len() > 0);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // The file may be damaged: look out for bad cells, and do not run functions named in the schema.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    if let Err(mut error) = check_owner(&connection, path) {
        if matches!(error, StoreError::Damaged(_)) && is_text(path) {
            error = StoreError::Foreign(shown(path), "it is a text file".to_owned());
        }
        if has_log {
            // SQLite would move another program's log into its database.
            let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
        return Err(error);
    }
    Ok(connection)
}

/// Whether a file that is no database is a text, and so no damaged database either.
fn is_text(path: &Path) -> bool {
    let magic = b"SQLite format 3\0";
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(1 << 16).read_to_end(&mut bytes));
    read.is_ok() && !bytes.starts_with(magic) && !magic.starts_with(&bytes) && !bytes.contains(&0)
}

/// Fails for a database that must not be written: another program's, or one of a newer version.
fn check_owner(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let foreign = |why: &str| Err(StoreError::Foreign(shown(path), why.to_owned()));
    // One view of the file: another process may be making its tables.
    let connection = &connection.unchecked_transaction()?;
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != schema::APPLICATION_ID && id != 0 {
        return foreign("it belongs to another program");
    }
    if id == 0 && tables > 0 {
        return foreign("it has tables of another program");
    }
    match schema::version(connection)? {
        version if version > schema::latest_version(schema::MIGRATIONS) => {
            Err(StoreError::Newer(shown(path), version))
        }
        _ => Ok(()),
    }
}

/// Opens an existing database for writing, and migrates it to this program's version.
///
/// # Errors
/// Like [`open`], or if it cannot be written.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = open(path)?;
    // On file systems without shared memory, SQLite keeps its rollback journal, which is just as safe.
    retry_while_locked(|| {
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
    })?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    retry_while_locked(|| schema::migrate(&mut connection, schema::MIGRATIONS))?;
    Ok(connection)
}

/// Tries `work` again, for [`BUSY_TIMEOUT`] at most, while other processes hold a lock. `SQLite` waits by itself where a
/// statement begins with its lock. A change of the journal mode begins by reading and then asks for more, which fails at
/// once if another process does the same.
fn retry_while_locked<T>(mut work: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let begun = Instant::now();
    loop {
        let result = work();
        let is_locked = result.as_ref().is_err_and(|error| {
            use ErrorCode::{DatabaseBusy, DatabaseLocked, FileLockingProtocolFailed};
            let code = error.sqlite_error_code();
            matches!(code, Some(DatabaseBusy | DatabaseLocked | FileLockingProtocolFailed))
        });
        if !is_locked || begun.elapsed() > BUSY_TIMEOUT {
            return result;
        }
        std::thread::sleep(RETRY_PAUSE);
    }
}

/// Checks the whole file, which takes time. Opening it checks only what is read.
///
/// # Errors
/// [`StoreError::Damaged`] if the file is damaged, any other error if that cannot be told.
pub(super) fn check_whole(connection: &Connection) -> Result<(), StoreError> {
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?;
    // A page that could not be read is reported with the code of the error; 11 is SQLITE_CORRUPT.
    match found.split_once("error code=") {
        Some((_, code)) if code.trim() != "11" => {
            Err(StoreError::Unusable(format!("disk error in the state directory: {found}")))
        }
        _ if found != "ok" => Err(StoreError::Damaged(found)),
        // The check covers the structure of the file; this also covers the types of the values.
        _ if schema::version(connection)? > 0 => Ok(schema::load_marks(connection, 0).map(|_| ())?),
        _ => Ok(()),
    }
}

/// Opens a database for reading where `SQLite` may create no files beside it: in a read-only directory.
///
/// # Errors
/// If it cannot be read.
pub(super) fn open_unwritable(path: &Path) -> Result<Connection, StoreError> {
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
    let connection = Connection::open_with_flags(format!("{uri}?immutable=1"), flags)?;
    check_owner(&connection, path)?;
    Ok(connection)
}
