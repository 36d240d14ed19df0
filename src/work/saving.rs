//! Dispatches written to a file of the reader's: whole or not at all, and never over another one unasked.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{OutputForm, ReadFailures, for_each_full_dispatch};
use crate::desk::{EntryId, Snapshot, StoryStatus};
use crate::text::{count_noun, error_reason};

/// Most names that are tried for the file that is written first.
const MAX_TEMP_NAMES: usize = 100;

/// What is written, and where.
#[derive(Debug)]
pub struct SaveRequest {
    pub ids: Vec<EntryId>,
    /// What others do to each of them.
    pub standings: Vec<StoryStatus>,
    pub snapshot: Snapshot,
    /// Its ending says in which form: `.json`, `.jsonl`, `.ninjs`, `.md`; else text.
    pub path: PathBuf,
    /// A file that is there already is replaced.
    pub overwrite: bool,
}

/// Writes dispatches beside the file first, which is then put in its place. `.json` has the record of a single
/// dispatch, or an array of them; the other forms are those of `dateline export`. Returns what is to be said of it.
/// `given_up` is asked now and then: where it says so, nothing is written.
///
/// # Errors
/// A sentence that says why nothing was written.
pub fn save_dispatches(
    wanted: &SaveRequest,
    given_up: &dyn Fn() -> bool,
) -> Result<String, String> {
    let path = resolve_target(wanted)?;
    let shown = path.display();
    let done = create_temp_file(&path).and_then(|(beside, file)| {
        let done = write_dispatches(wanted, file, given_up).and_then(|(saved, lost)| {
            if saved == 0 {
                return Err(io::Error::other(lost.message().unwrap_or_default()));
            }
            move_into_place(&beside, &path, wanted.overwrite)?;
            Ok((saved, lost))
        });
        if done.is_err() {
            let _ = fs::remove_file(&beside);
        }
        done
    });
    match done {
        Ok((saved, lost)) => {
            let saved = count_noun(saved, "dispatch");
            let lost = lost
                .message()
                .map_or(String::new(), |lost| format!("; {lost}"));
            Ok(format!("{saved} saved in {shown}{lost}"))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists_message(&path)),
        Err(error) => Err(format!("{shown} is not saved: {}", error_reason(&error))),
    }
}

/// The file that is meant, behind all links; an error where it may not be written.
fn resolve_target(wanted: &SaveRequest) -> Result<PathBuf, String> {
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
    if wanted.overwrite {
        Ok(path)
    } else {
        Err(exists_message(&path))
    }
}

fn exists_message(path: &Path) -> String {
    let path = path.display();
    format!("{path} is there already: `:w! {path}` writes over it")
}

/// A new file in the same folder, by a name that no wire reader takes for a dispatch. Another one that is being saved
/// there has another.
fn create_temp_file(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for number in 0..MAX_TEMP_NAMES {
        let name = format!(".{name}.{}-{number}.tmp", std::process::id());
        let beside = path.with_file_name(name);
        match File::options().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(
        "files of earlier tries are in the way: those beside it that end with .tmp can go",
    ))
}

/// Writes what can be read; how many those are, and what could not be.
fn write_dispatches(
    wanted: &SaveRequest,
    file: File,
    given_up: &dyn Fn() -> bool,
) -> io::Result<(usize, ReadFailures)> {
    let ending = wanted.path.extension().unwrap_or_default();
    let ending = ending.to_string_lossy().to_ascii_lowercase();
    let form = match ending.as_str() {
        "json" | "jsonl" | "ndjson" => OutputForm::Jsonl,
        "ninjs" => OutputForm::Ninjs,
        "md" | "markdown" => OutputForm::Md,
        _ => OutputForm::Text,
    };
    let array = ending == "json" && wanted.ids.len() > 1;
    let mut out = BufWriter::new(file);
    let (mut saved, mut lost) = (0, ReadFailures::default());
    let all = (&wanted.snapshot, &wanted.ids[..], &wanted.standings[..]);
    for_each_full_dispatch(all, &mut lost, |mut whole| {
        if given_up() {
            return Err(io::Error::other("dateline was quit before all was written"));
        }
        let text = whole.export(form);
        if array {
            out.write_all(if saved == 0 { b"[\n" } else { b",\n" })?;
            out.write_all(text.trim_end().as_bytes())?;
        } else {
            out.write_all(text.as_bytes())?;
        }
        saved += 1;
        Ok(())
    })?;
    if array {
        out.write_all(b"\n]\n")?;
    }
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok((saved, lost))
}

/// Puts the written file in its place.
fn move_into_place(beside: &Path, path: &Path, over: bool) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_that_are_saved_at_once_leave_each_other_alone() {
        let folder = std::env::temp_dir().join(format!("dateline-saving-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("big.txt");
        let (first, _file) = create_temp_file(&path).expect("a file");
        let (second, _file) = create_temp_file(&path).expect("another file");
        assert_ne!(first, second);
        // Nothing is there to be saved: the second goes away alone.
        let nothing = SaveRequest {
            ids: Vec::new(),
            standings: Vec::new(),
            snapshot: crate::desk::DispatchIndex::default().snapshot(),
            path,
            overwrite: true,
        };
        assert!(
            save_dispatches(&nothing, &|| false).is_err_and(|why| why.contains("is not saved"))
        );
        let left = fs::read_dir(&folder).expect("the folder").count();
        assert_eq!(left, 2);
        let _ = fs::remove_dir_all(folder);
    }
}
