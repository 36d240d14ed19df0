//! `dateline state export` and `import`: marks as JSON, for moving them to another machine.

use std::io::{self, Read, Write};
use std::path::Path;

use crate::store::connection::{StoreError, now};
use crate::store::database::{MarkStore, read};
use crate::store::marks_json::{Export, ImportSummary, Mark, export_lines};
use crate::store::state_dir::StateDirectory;

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
            Ok(Mark::new(
                row.get(0)?,
                row.get(1)?,
                &name,
                row.get(3)?,
                row.get(4)?,
            ))
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

/// Reads a file, or standard input for `None` or `-`.
///
/// # Errors
/// If it cannot be read.
pub fn read_bytes(file: Option<&Path>) -> io::Result<Vec<u8>> {
    if let Some(file) = file.filter(|file| file.as_os_str() != "-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
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
