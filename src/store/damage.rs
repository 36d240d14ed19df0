//! Damaged databases: making sure of the damage, setting the file aside, and bringing back what is readable.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::{Connection, TransactionBehavior};

use crate::marks::MarkKind;
use crate::store::connection::{self, StoreError, now, path_error};
use crate::store::marks_json::{Export, Mark};
use crate::store::schema;
use crate::store::state_dir::{
    NameLock, create_private_file, files_named, lock_name, sync_parent_dir, with_suffix,
};
use crate::text::{count_noun, sanitize_line};

/// The name of a database that was set aside is this, a number, and `.db`.
const SET_ASIDE: &str = "marks.damaged-";

/// The same once what was readable in it has been brought back.
const RECOVERED: &str = "marks.recovered-";

/// Most databases of one kind in a directory. A limit only on the search for a free number.
const MAX_COPIES: u32 = 10_000;

/// The files of a database.
const SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

/// Opens a database for writing that seems to be damaged. Only if two fresh connections find it damaged, too, it is set
/// aside, and a new one is started with what is readable in it; the returned sentence says so. An error of the disk
/// never sets anything aside: a database that cannot be read now may be whole.
///
/// # Errors
/// If the database cannot be opened, or not be set aside.
pub(super) fn open_suspect(path: &Path) -> Result<(Connection, Option<String>), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let cannot = |error: io::Error| path_error(folder, "used", &error);
    // Nobody opens the database meanwhile, or sets a new one aside that another process has just started.
    let _lock = lock_name(folder, NameLock::Mover).map_err(cannot)?;
    let mut why = String::new();
    for _ in 0..2 {
        let checked = connection::open(path).and_then(|fresh| connection::check_whole(&fresh));
        match checked {
            Err(StoreError::Damaged(found)) => why = found,
            Ok(()) => return Ok((connection::open_for_writing(path)?, None)),
            Err(error) => return Err(error),
        }
    }
    let aside = rename_database(path, SET_ASIDE).map_err(cannot)?;
    create_private_file(path).map_err(cannot)?;
    let mut new = connection::open_for_writing(path)?;
    let recovered = match recover_from(&aside, &mut new) {
        Ok((_, recovered)) => format!("{} recovered", count_noun(recovered, "mark")),
        Err(_) => "nothing could be recovered".to_owned(),
    };
    let name = sanitize_line(&aside.to_string_lossy()).into_owned();
    let notice =
        format!("the marks database was damaged ({why}): it was set aside as {name}; {recovered}");
    Ok((new, Some(notice)))
}

/// Renames a database and its log to the next free number after `name`. Returns the new path.
fn rename_database(path: &Path, name: &str) -> io::Result<PathBuf> {
    let aside = (1..MAX_COPIES)
        .map(|number| path.with_file_name(format!("{name}{number}.db")))
        .find(|aside| !aside.exists())
        .ok_or_else(|| io::Error::other("too many databases have been set aside already"))?;
    // The log first: a new database of the same name must never find the old log.
    for end in SUFFIXES {
        match fs::rename(with_suffix(path, end), with_suffix(&aside, end)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !end.is_empty() => {}
            renamed => renamed?,
        }
    }
    sync_parent_dir(path)?;
    Ok(aside)
}

/// The databases of a state directory that were set aside.
fn set_aside_files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    files_named(folder, SET_ASIDE, ".db").map_err(|error| path_error(folder, "read", &error))
}

/// A sentence for each database that was set aside and not been dealt with.
pub(super) fn set_aside_notices(folder: &Path) -> Vec<String> {
    let found = set_aside_files(folder).unwrap_or_default();
    let notice = |path: &PathBuf| {
        format!(
            "{} was set aside as damaged: `dateline state recover` brings back what is readable in it",
            sanitize_line(&path.to_string_lossy())
        )
    };
    found.iter().map(notice).collect()
}

/// What became of a database that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The path under which it is kept.
    pub path: PathBuf,
    /// Marks that could be read.
    pub read: usize,
    /// Marks of these that the database lacked, or had in an older state.
    pub recovered: usize,
}

/// Brings back what is readable in the databases of a directory that were set aside, and gives these another name, so
/// that they are not told of again.
///
/// # Errors
/// If one of them cannot be read because of the disk, or the marks cannot be written. Then it stays set aside.
pub(super) fn recover_all(
    folder: &Path,
    new: &mut Connection,
) -> Result<Vec<Recovery>, StoreError> {
    let mut done = Vec::new();
    for aside in set_aside_files(folder)? {
        let (read, recovered) = recover_from(&aside, new)?;
        let path = rename_database(&aside, RECOVERED)
            .map_err(|error| path_error(&aside, "renamed", &error))?;
        done.push(Recovery { path, read, recovered });
    }
    Ok(done)
}

/// Merges the marks that can be read from a damaged database into another. Returns how many were read, and how many of
/// them changed something.
fn recover_from(aside: &Path, new: &mut Connection) -> Result<(usize, usize), StoreError> {
    let mut marks = read_marks(aside)?;
    if marks.is_empty() {
        marks = read_with_new_first_page(aside)?;
    }
    let count = marks.len();
    let transaction = new.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let summary = Export::of_marks(marks).merge_into(&transaction, now())?;
    transaction.commit()?;
    Ok((count, summary.imported))
}

/// Parts of the range of keys in which the rows of a damaged table are looked for, as a power of two.
const PART_BITS: u32 = 6;

/// Reads the marks of a damaged database: from both ends up to the first error, and then part by part, so that what lies
/// between two damaged pages is found, too.
///
/// # Errors
/// If the disk fails. Damage is no error.
fn read_marks(aside: &Path) -> Result<Vec<Mark>, StoreError> {
    let connection = Connection::open(aside)?;
    match connection.table_exists(None::<&str>, "mark") {
        Ok(true) => {}
        Ok(false) => return Ok(Vec::new()),
        Err(error) => return ignore_damage(error).map(|()| Vec::new()),
    }
    let mut marks = BTreeMap::new();
    // Without limits, since a search would pass over rows that are not in order.
    let mut is_whole = true;
    for order in ["kind ASC, key ASC", "kind DESC, key DESC"] {
        if let Err(error) = read_rows(&connection, &format!("ORDER BY {order}"), &mut marks) {
            ignore_damage(error)?;
            is_whole = false;
        }
    }
    let kinds = MarkKind::ALL.iter().filter(|_| !is_whole);
    for kind in kinds.map(|kind| *kind as i64) {
        for part in 0..1_u64 << PART_BITS {
            let from = i64::MIN.wrapping_add_unsigned(part << (64 - PART_BITS));
            let to = from.saturating_add_unsigned(u64::MAX >> PART_BITS);
            for order in ["ASC", "DESC"] {
                let rows = format!(
                    "WHERE kind = {kind} AND key BETWEEN {from} AND {to} ORDER BY key {order}"
                );
                read_rows(&connection, &rows, &mut marks).or_else(ignore_damage)?;
            }
        }
    }
    Ok(marks.into_values().collect())
}

/// Passes on an error that is not damage.
fn ignore_damage(error: rusqlite::Error) -> Result<(), StoreError> {
    match StoreError::from(error) {
        StoreError::Damaged(_) => Ok(()),
        other => Err(other),
    }
}

/// Reads some rows up to the first error. `which`: the rest of the statement.
fn read_rows(
    connection: &Connection,
    which: &str,
    marks: &mut BTreeMap<(i64, i64), Mark>,
) -> rusqlite::Result<()> {
    let mut query =
        connection.prepare(&format!("SELECT kind, key, name, value, at FROM mark {which}"))?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let read = || -> rusqlite::Result<_> {
            let (kind, key, name): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let mark = Mark::new(kind, key, &name, row.get(3)?, row.get(4)?);
            Ok(mark.map(|mark| ((kind, key), mark)))
        };
        // A row that makes no sense is left out.
        marks.extend(read().ok().flatten());
    }
    Ok(())
}

/// Reads the marks of a database whose first page, with its header and schema, is of no use: that of a new database,
/// which has the same tables, takes its place in a copy.
fn read_with_new_first_page(aside: &Path) -> Result<Vec<Mark>, StoreError> {
    let copy = with_suffix(aside, ".tmp");
    let read = || {
        let mut fresh = Connection::open(&copy)?;
        schema::migrate(&mut fresh, schema::MIGRATIONS)?;
        let size: u32 = fresh.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let size = size as usize;
        drop(fresh);
        let unreadable = |error| path_error(aside, "copied", &error);
        let fresh = fs::read(&copy).map_err(unreadable)?;
        let mut bytes = fs::read(aside).map_err(unreadable)?;
        let pages = bytes.len() / size;
        if pages < 2 || fresh.len() < size {
            return Ok(Vec::new());
        }
        bytes[..size].copy_from_slice(&fresh[..size]);
        // SQLite file format, section 1.3: the number of pages.
        bytes[28..32].copy_from_slice(&u32::try_from(pages).unwrap_or(u32::MAX).to_be_bytes());
        fs::write(&copy, bytes).map_err(unreadable)?;
        read_marks(&copy)
    };
    let created = create_private_file(&copy).map_err(|error| path_error(&copy, "written", &error));
    let marks = created.and_then(|()| read());
    for end in SUFFIXES {
        let _ = fs::remove_file(with_suffix(&copy, end));
    }
    marks
}
