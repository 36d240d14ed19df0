//! Reads the database without changing it: for commands that only look, and where nothing can be written.

use std::fmt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::database::{BUSY_TIMEOUT, StoreError, check_header};
use super::place::StateDirectory;
use super::{rows, schema};
use crate::marks::SavedMarks;

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
    Ok(rows::load_marks(&connection, source)?)
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
