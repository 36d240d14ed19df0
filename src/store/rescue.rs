//! A damaged database is set aside under a name that says so, and what can still be read of it is brought over.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use super::database::now;
use super::place::sync_parent_dir;

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
