//! Dispatches written to a file of the reader's: whole or not at all, and never over another one unasked.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Form, wholes};
use crate::desk::{EntryId, Snapshot, Standing};
use crate::text::reason;

/// Dispatches that are read in a row.
const CHUNK: usize = 64;

/// What is written, and where.
#[derive(Debug)]
pub struct Save {
    pub ids: Vec<EntryId>,
    /// What others do to each of them.
    pub standings: Vec<Standing>,
    pub snapshot: Snapshot,
    /// Its ending says in which form: `.json`, `.jsonl`, `.ninjs`, `.md`; else text.
    pub path: PathBuf,
    /// A file that is there already is replaced.
    pub over: bool,
}

/// Writes dispatches beside the file first, which is then put in its place. `.json` has the record of a single
/// dispatch, or an array of them; the other forms are those of `dateline export`. Returns what is to be said of it.
///
/// # Errors
/// A sentence that says why nothing was written.
pub fn save(wanted: &Save) -> Result<String, String> {
    let path = place(wanted)?;
    let beside = beside(&path);
    let shown = path.display();
    let done = write(wanted, &beside).and_then(|(saved, lost)| {
        if saved == 0 {
            return Err(io::Error::other(lost.unwrap_or_default()));
        }
        put(&beside, &path, wanted.over)?;
        Ok((saved, lost))
    });
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    match done {
        Ok((saved, lost)) => {
            let plural = if saved == 1 { "" } else { "es" };
            let lost = lost.map_or_else(String::new, |why| {
                let count = wanted.ids.len() - saved;
                format!("; {count} could not be read: {why}")
            });
            Ok(format!("{saved} dispatch{plural} saved in {shown}{lost}"))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(is_there(&path)),
        Err(error) => Err(format!("{shown} is not saved: {}", reason(&error))),
    }
}

/// The file that is meant, behind all links; an error where it may not be written.
fn place(wanted: &Save) -> Result<PathBuf, String> {
    let path = &wanted.path;
    let shown = path.display();
    let Ok(path) = fs::canonicalize(path) else {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        return match folder {
            Some(folder) if !folder.is_dir() => Err(format!(
                "{shown} is not saved: there is no folder {}; make it first",
                folder.display()
            )),
            _ => Ok(path.clone()),
        };
    };
    if path.is_dir() {
        return Err(format!(
            "{shown} is a folder: a file is wanted, as in {}",
            path.join("dispatch.txt").display()
        ));
    }
    if !path.is_file() {
        return Err(format!(
            "{shown} is no ordinary file: | gives a dispatch to a command"
        ));
    }
    if wanted.over {
        Ok(path)
    } else {
        Err(is_there(&path))
    }
}

fn is_there(path: &Path) -> String {
    let path = path.display();
    format!("{path} is there already: `:w! {path}` writes over it")
}

/// A name in the same folder that no wire reader takes for a dispatch.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

/// Writes what can be read; how many those are, and why the first of the others could not be.
fn write(wanted: &Save, beside: &Path) -> io::Result<(usize, Option<String>)> {
    let ending = wanted.path.extension().unwrap_or_default();
    let ending = ending.to_string_lossy().to_ascii_lowercase();
    let form = match ending.as_str() {
        "json" | "jsonl" | "ndjson" => Form::Jsonl,
        "ninjs" => Form::Ninjs,
        "md" | "markdown" => Form::Md,
        _ => Form::Text,
    };
    let array = ending == "json" && wanted.ids.len() > 1;
    let mut out = BufWriter::new(File::options().write(true).create_new(true).open(beside)?);
    let (mut saved, mut lost) = (0, None);
    let pairs = wanted.ids.chunks(CHUNK).zip(wanted.standings.chunks(CHUNK));
    for (ids, standings) in pairs {
        for whole in wholes(&wanted.snapshot, ids, standings) {
            match whole {
                Ok(mut whole) => {
                    let text = whole.exported(form);
                    if array {
                        out.write_all(if saved == 0 { b"[\n" } else { b",\n" })?;
                        out.write_all(text.trim_end().as_bytes())?;
                    } else {
                        out.write_all(text.as_bytes())?;
                    }
                    saved += 1;
                }
                Err(problem) => {
                    lost.get_or_insert(problem.to_string());
                }
            }
        }
    }
    if array {
        out.write_all(b"\n]\n")?;
    }
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok((saved, lost))
}

/// Puts the written file in its place.
fn put(beside: &Path, path: &Path, over: bool) -> io::Result<()> {
    if over {
        if let Ok(there) = fs::metadata(path) {
            fs::set_permissions(beside, there.permissions())?;
        }
        return fs::rename(beside, path);
    }
    // A second name fails where the first is taken, which no look before a rename can promise.
    match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has second names.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(beside, path),
    }
}
