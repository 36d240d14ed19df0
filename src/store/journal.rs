//! Journals: what a process could not write before it had to end, in a file of its own in the state directory. Whoever
//! writes next takes it in; whoever only reads sees it, too.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::store::connection::{StoreError, now, path_error};
use crate::store::marks_json::Export;
use crate::store::state_dir::{create_private_dir, private_file_options, sync_parent_dir};
use crate::text::{sanitize_line, to_json_line};

/// The names of journals begin so.
const PREFIX: &str = "unsaved-";

/// What is in the journals of a state directory.
#[derive(Debug, Default)]
pub(super) struct Journals {
    /// The files, in the order in which they were written.
    pub(super) found: Vec<(PathBuf, Export)>,
    /// Sentences about files that are no journals, and are left alone.
    pub(super) unusable: Vec<String>,
}

/// Writes a journal of this process, and syncs it to the disk.
///
/// # Errors
/// If that fails. Then there is no journal.
pub(super) fn write(folder: &Path, contents: &Export) -> io::Result<()> {
    create_private_dir(folder)?;
    // The time comes first, so that names are in the order of time; the process makes the name unique.
    let name = format!("{PREFIX}{:015}-{}", now(), std::process::id());
    let unfinished = folder.join(format!("{name}.tmp"));
    let path = folder.join(format!("{name}.json"));
    let write = || {
        let mut file = private_file_options().create_new(true).open(&unfinished)?;
        file.write_all(to_json_line(contents).as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        sync_parent_dir(&path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&unfinished);
    })
}

/// Reads the journals of a state directory. Read them before the database: a process that takes one in changes the
/// database first.
///
/// # Errors
/// If the directory or a journal cannot be read.
pub(super) fn read_all(folder: &Path) -> Result<Journals, StoreError> {
    let mut journals = Journals::default();
    for path in files_named(folder, PREFIX, ".json")? {
        match std::fs::read(&path) {
            Ok(text) => match Export::parse(&text) {
                Ok(contents) => journals.found.push((path, contents)),
                Err(error) => journals.unusable.push(format!(
                    "{}, with marks that were not saved, cannot be used: {error}",
                    sanitize_line(&path.to_string_lossy())
                )),
            },
            // Another process has taken it in meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(path_error(&path, "read", &error)),
        }
    }
    Ok(journals)
}

/// The regular files of a directory whose names begin and end so, in the order of their names.
///
/// # Errors
/// If the directory cannot be read. One that is missing has no files.
pub(super) fn files_named(
    folder: &Path,
    start: &str,
    end: &str,
) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(path_error(folder, "read", &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| path_error(folder, "read", &error))?;
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
