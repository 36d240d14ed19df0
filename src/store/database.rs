//! Opens the database, writes into it, and tells apart what is damaged, what is newer, and what cannot be used now.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::lock::StateLock;
use super::place::{StateDirectory, create_private_dir, create_private_file};
use super::{rescue, rows, schema};
use crate::marks::{MarkChange, SavedMarks};
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
                let aside = rescue::set_aside(&path).map_err(cannot)?;
                create_private_file(&path).map_err(cannot)?;
                let mut connection = open_connection(&path, false)?;
                notice = Some(rescue::recover_marks(&aside, &mut connection, &why));
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
        Ok(rows::load_marks(&self.connection, source)?)
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
        self.transact(|connection| rows::write_changes(connection, changes, now()))
    }

    /// Keeps what was listed of a source when a visit ended.
    ///
    /// # Errors
    /// As [`Self::write_changes`].
    pub fn write_visit(&mut self, source: u64, items: &[u64], all: bool) -> Result<(), StoreError> {
        self.transact(|connection| rows::write_visit(connection, source, items, all, now()))
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
        rows::load_marks(&connection, 0)?;
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
