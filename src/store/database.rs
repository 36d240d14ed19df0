//! Opens, reads and writes the marks database; recovers what it can from a damaged one; tells damaged, newer and unusable apart.

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

/// How long others are waited for who write at the same time.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// Why the marks cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The database is of this version, which is newer than what this program knows.
    Newer(i64),
    /// It is damaged, or another file stands in its place by now.
    Damaged(String),
    /// It cannot be used now.
    Unusable(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(version) => write!(
                f,
                "the database of marks is of version {version}, newer than this program knows; it is left as it is"
            ),
            Self::Damaged(why) => write!(f, "the database of marks is damaged: {why}"),
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
            Some(ErrorCode::CannotOpen) => "the database of marks cannot be opened".to_owned(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another process holds the database of marks".to_owned()
            }
            Some(ErrorCode::SystemIoFailure) => {
                format!("the state directory fails: {error}")
            }
            Some(ErrorCode::OutOfMemory) => "there is no memory left".to_owned(),
            // The statements are always the same: where they fail, the tables are not what they were.
            _ => return Self::Damaged(error.to_string()),
        };
        Self::Unusable(why)
    }
}

/// An open database.
#[derive(Debug)]
pub struct MarkStore {
    connection: Connection,
    path: PathBuf,
    lock: StateLock,
    identity: Option<(u64, u64)>,
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// Which file stands under a path, whatever its name.
fn file_id(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let data = std::fs::metadata(path).ok()?;
    Some((data.dev(), data.ino()))
}

impl MarkStore {
    /// Opens the database of a place, makes it where it is missing, and brings it to the version of this program.
    /// `thorough`: all of it is looked at first. A damaged one is set aside; what is to be said about that is returned.
    ///
    /// # Errors
    /// Where the directory cannot be used, or the database is of a newer version.
    pub fn open(
        place: &StateDirectory,
        thorough: bool,
    ) -> Result<(Self, Option<String>), StoreError> {
        let path = database_path(place)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let cannot = |error: std::io::Error| {
            let name = crate::text::sanitize_line(&folder.to_string_lossy()).into_owned();
            StoreError::Unusable(format!("{name} cannot be used: {}", error_reason(&error)))
        };
        create_private_dir(folder).map_err(cannot)?;
        let lock = StateLock::of(folder);
        let held = lock.lock_exclusive();
        create_private_file(&path).map_err(cannot)?;
        let mut notice = None;
        let connection = match open_connection(&path, thorough) {
            Err(StoreError::Damaged(why)) => {
                let aside = set_aside(&path).map_err(cannot)?;
                create_private_file(&path).map_err(cannot)?;
                let mut connection = open_connection(&path, false)?;
                notice = Some(recover_marks(&aside, &mut connection, &why));
                connection
            }
            other => other?,
        };
        let identity = file_id(&path);
        drop(held);
        let store = Self {
            connection,
            path,
            lock,
            identity,
        };
        Ok((store, notice))
    }

    /// All marks, and what had been seen of a source.
    ///
    /// # Errors
    /// Where the database is damaged.
    pub fn load(&self, source: u64) -> Result<SavedMarks, StoreError> {
        Ok(schema::load_marks(&self.connection, source)?)
    }

    /// True where nothing in the file contradicts itself.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        is_intact(&self.connection)
    }

    /// Writes changes, all or none, and returns once they are synced. They come back as they were written.
    ///
    /// # Errors
    /// Where that cannot be done; then nothing of it has been written.
    pub fn write(&mut self, changes: &[MarkChange]) -> Result<Vec<MarkChange>, StoreError> {
        self.transact(|connection| schema::write_changes(connection, changes, now()))
    }

    /// Keeps what was listed of a source when a visit ended.
    ///
    /// # Errors
    /// As [`Self::write_changes`].
    pub fn write_visit(&mut self, source: u64, items: &[u64], all: bool) -> Result<(), StoreError> {
        self.transact(|connection| schema::write_visit(connection, source, items, all, now()))
    }

    /// Does something in one short transaction, in the file that stands under the path now.
    pub(super) fn transact<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let _held = self.lock.lock_shared();
        if file_id(&self.path) != self.identity {
            return Err(StoreError::Damaged(
                "another file has taken its place".into(),
            ));
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

fn database_path(place: &StateDirectory) -> Result<PathBuf, StoreError> {
    place.database_path().ok_or_else(|| {
        StoreError::Unusable(match place {
            StateDirectory::Missing(why) => why.clone(),
            _ => "no state is wanted".to_owned(),
        })
    })
}

fn is_intact(connection: &Connection) -> bool {
    let check = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    check.is_ok_and(|said| said == "ok")
}

/// Opens the file and prepares the connection.
fn open_connection(path: &Path, thorough: bool) -> Result<Connection, StoreError> {
    check_header(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let version = schema::version(&connection)?;
    if version > schema::latest_version(schema::MIGRATIONS) {
        return Err(StoreError::Newer(version));
    }
    // Where a file system cannot share memory, SQLite stays with its journal, which lasts as well.
    let _: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    schema::migrate(&mut connection, schema::MIGRATIONS)?;
    if thorough {
        if !is_intact(&connection) {
            return Err(StoreError::Damaged(
                "its pages contradict each other".into(),
            ));
        }
        schema::load_marks(&connection, 0)?;
    }
    Ok(connection)
}

/// Looks at the first bytes (`SQLite`'s file format, section 1.3) before `SQLite` is let near them: the magic, the version at
/// byte 60 and the application at byte 68, the highest byte first. An empty file is a new one.
pub(super) fn check_header(path: &Path) -> Result<(), StoreError> {
    let unreadable = |error: std::io::Error| {
        let why = format!(
            "the database of marks cannot be read: {}",
            error_reason(&error)
        );
        StoreError::Unusable(why)
    };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
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
        return Err(StoreError::Damaged("it is no database".into()));
    }
    if number(68) != schema::APPLICATION_ID && number(68) != 0 {
        return Err(StoreError::Damaged("it belongs to another program".into()));
    }
    if number(60) > schema::latest_version(schema::MIGRATIONS) {
        return Err(StoreError::Newer(number(60)));
    }
    Ok(())
}

// Reads the database without changing it: for commands that only look, and where nothing can be written.

/// Reads the marks of a place and writes nothing: what commands do that only look. No database: no marks.
///
/// # Errors
/// Where there is a database that cannot be read.
pub fn read_marks(place: &StateDirectory, source: u64) -> Result<SavedMarks, StoreError> {
    let Some(path) = place.database_path().filter(|path| path.exists()) else {
        return Ok(SavedMarks::default());
    };
    check_header(&path)?;
    let connection = open_read_only(&path)?;
    if schema::version(&connection)? == 0 {
        return Ok(SavedMarks::default());
    }
    Ok(schema::load_marks(&connection, source)?)
}

/// Opens a database for reading. Where nobody is writing, `SQLite` is told that nobody will, so that it makes no files.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let quiet = std::fs::metadata(wal).map_or(true, |data| data.len() == 0);
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
    let connection = open(&format!("{uri}?immutable={}", u8::from(quiet)))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A log that cannot be read, as in a directory that cannot be written to: what the file itself has is better than nothing.
    if !quiet && schema::version(&connection).is_err() {
        return Ok(open(&format!("{uri}?immutable=1"))?);
    }
    Ok(connection)
}

// A damaged database is set aside under a name that says so, and what can still be read of it is brought over.

/// Most sets of a damaged database that stand beside each other.
const MAX_DAMAGED_COPIES: u32 = 10_000;

fn with_suffix(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}

/// Renames a database with its log and its shared memory: `marks.damaged-1.db`. The caller holds the lock alone.
///
/// # Errors
/// Where it cannot be renamed.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let free =
        (1..MAX_DAMAGED_COPIES).map(|number| path.with_extension(format!("damaged-{number}.db")));
    let aside = free
        .into_iter()
        .find(|name| !name.exists())
        .ok_or_else(|| io::Error::other("too many damaged databases stand there"))?;
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

/// Reads the marks of a damaged database from both ends, as far as that goes, and writes them into a new one. Returns what
/// is to be said.
pub(super) fn recover_marks(aside: &Path, new: &mut Connection, why: &str) -> String {
    let saved = read_damaged_rows(aside).and_then(|rows| {
        let transaction = new.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut saved = 0;
        for (kind, key, name, value, at) in rows {
            saved += transaction.execute(
                "INSERT OR IGNORE INTO mark (kind, key, name, value, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![kind, key, name, value, at.min(now())],
            )?;
        }
        transaction.commit()?;
        Ok(saved)
    });
    let name = crate::text::sanitize_line(&aside.to_string_lossy()).into_owned();
    let count = match saved {
        Ok(0) | Err(_) => "nothing in it could be read".to_owned(),
        Ok(1) => "one mark in it could be read and is kept".to_owned(),
        Ok(count) => format!("{count} marks in it could be read and are kept"),
    };
    format!("the database of marks was damaged ({why}): it is set aside as {name}; {count}")
}

type MarkRow = (i64, i64, String, Value, i64);

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
