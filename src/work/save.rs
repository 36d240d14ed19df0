//! Saves dispatches and quotes in files: completely or not at all, and never over another file without being asked to.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::index::EntryId;
use crate::jobs::SaveRequest;
use crate::quotes::Quote;
use crate::text::{count_noun, error_reason};
use crate::work::dispatches::{FullDispatch, ReadFailures, for_each_full_dispatch};
use crate::work::output_forms::FileForm;
use crate::work::speaker_ids::PendingRecords;

/// Maximum number of names tried for the temporary file.
const MAX_TEMP_NAMES: usize = 100;

/// Why no quotes were saved.
const NO_QUOTES: &str = "there are no quotes in it";

/// Saves dispatches, or their quotes: writes a temporary file beside the target, then moves it into place. Returns
/// which dispatches these are, and a message for the user. `given_up` is called before each dispatch: if it returns true, nothing is saved.
///
/// # Errors
/// A message that says why nothing was saved.
pub fn save_dispatches(
    wanted: &SaveRequest,
    given_up: &dyn Fn() -> bool,
) -> Result<(Vec<EntryId>, String), String> {
    let path = resolve_target(wanted)?;
    let shown = path.display();
    let done = create_temp_file(&path).and_then(|(temp_path, file)| {
        let done = write_dispatches(wanted, file, given_up).and_then(|saved| {
            if saved.dispatches.is_empty() {
                let why = saved.failures.message();
                let why = why.unwrap_or_else(|| NO_QUOTES.to_owned());
                return Err(io::Error::other(why));
            }
            move_into_place(&temp_path, &path, wanted.overwrite)?;
            Ok(saved)
        });
        if done.is_err() {
            let _ = fs::remove_file(&temp_path);
        }
        done
    });
    match done {
        Ok(saved) => {
            let said = saved.message(wanted.quotes_only, &path);
            Ok((saved.dispatches, said))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(exists_message(wanted, &path))
        }
        Err(error) => Err(format!("{shown} is not saved: {}", error_reason(&error))),
    }
}

/// The file to write, with symbolic links resolved; a message if it must not be written.
fn resolve_target(wanted: &SaveRequest) -> Result<PathBuf, String> {
    let path = &wanted.path;
    let shown = path.display();
    let unknown = |error: io::Error| format!("{shown} is not saved: {}", error_reason(&error));
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            return match folder {
                Some(folder) if !folder.is_dir() => Err(format!(
                    "{shown} is not saved: there is no folder {}; create it first",
                    folder.display()
                )),
                _ => Ok(path.clone()),
            };
        }
        Err(error) => return Err(unknown(error)),
    };
    let metadata = fs::metadata(&path).map_err(unknown)?;
    if metadata.is_dir() {
        return Err(format!(
            "{shown} is a folder: name a file, as in {}",
            path.join("dispatch.txt").display()
        ));
    }
    if !metadata.is_file() {
        return Err(format!("{shown} is not a regular file: use | to pipe to a command"));
    }
    if wanted.overwrite { Ok(path) } else { Err(exists_message(wanted, &path)) }
}

fn exists_message(wanted: &SaveRequest, path: &Path) -> String {
    let path = path.display();
    format!("{path} already exists: `:{} {path}` overwrites it", wanted.overwriting_command)
}

/// Creates a temporary file in the folder of the target, so that a rename is atomic. Its hidden name keeps programs
/// that watch the folder from reading it; a number keeps concurrent saves apart.
fn create_temp_file(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for number in 0..MAX_TEMP_NAMES {
        let name = format!(".{name}.{}-{number}.tmp", std::process::id());
        let temp_path = path.with_file_name(name);
        match File::options().write(true).create_new(true).open(&temp_path) {
            Ok(file) => return Ok((temp_path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(
        "temporary files of earlier attempts are in the way: delete those that end with .tmp",
    ))
}

/// What was written.
#[derive(Debug, Default)]
struct Saved {
    dispatches: Vec<EntryId>,
    quotes: usize,
    /// Dispatches that could not be read.
    failures: ReadFailures,
}

impl Saved {
    /// The message for the user.
    fn message(&self, quotes_only: bool, path: &Path) -> String {
        let count = self.dispatches.len();
        let dispatches = count_noun(count, "dispatch");
        let what = match count {
            _ if !quotes_only => dispatches,
            1 => count_noun(self.quotes, "quote"),
            _ => format!("{} of {dispatches}", count_noun(self.quotes, "quote")),
        };
        let failures = self.failures.message();
        let failures = failures.map_or(String::new(), |message| format!("; {message}"));
        format!("{what} saved in {}{failures}", path.display())
    }
}

/// Writes the dispatches that can be read, or their quotes.
fn write_dispatches(
    wanted: &SaveRequest,
    file: File,
    given_up: &dyn Fn() -> bool,
) -> io::Result<Saved> {
    let count = wanted.dispatches.ids.len();
    let form =
        FileForm { format: wanted.format, quotes_only: wanted.quotes_only, is_several: count > 1 };
    let mut out = BufWriter::new(file);
    let (mut saved, mut failures) = (Saved::default(), ReadFailures::default());
    let mut pending = PendingRecords::default();
    let title = |full: &FullDispatch| match count {
        1 => full.dispatch.headline.clone(),
        _ => count_noun(count, "dispatch"),
    };
    for_each_full_dispatch(&wanted.dispatches, &mut failures, |mut full| {
        if given_up() {
            return Err(io::Error::other("dateline was quit before all was written"));
        }
        let before = match saved.dispatches.len() {
            0 => {
                form.start(&title(&full), full.dispatch.language.as_deref().filter(|_| count == 1))
            }
            _ => form.between().to_owned(),
        };
        if wanted.quotes_only && form.has_speaker_ids() {
            let mut record = form.pending_record(&mut full, Quote::is_statement, |count| count > 0);
            if let Some(text) = &mut record.text {
                text.insert_str(0, &before);
                saved.dispatches.push(full.id);
                saved.quotes += record.count;
            }
            pending.add(record);
            return Ok(());
        }
        let (text, quotes) = if wanted.quotes_only {
            match form.quotes(&mut full, Quote::is_statement) {
                Some(written) => written,
                None => return Ok(()),
            }
        } else {
            (form.dispatch(&full), 0)
        };
        out.write_all(before.as_bytes())?;
        out.write_all(text.as_bytes())?;
        saved.dispatches.push(full.id);
        saved.quotes += quotes;
        Ok(())
    })?;
    for text in pending.finish() {
        out.write_all(text.as_bytes())?;
    }
    out.write_all(form.end(saved.dispatches.is_empty()).as_bytes())?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Saved { failures, ..saved })
}

/// Moves the temporary file into place. Without `over`, fails if the target exists.
fn move_into_place(temp_path: &Path, path: &Path, over: bool) -> io::Result<()> {
    if over {
        if let Ok(metadata) = fs::metadata(path) {
            fs::set_permissions(temp_path, metadata.permissions())?;
        }
        return fs::rename(temp_path, path);
    }
    // A rename would overwrite a file created since the check; making a hard link fails if the name is taken.
    match fs::hard_link(temp_path, path) {
        Ok(()) => fs::remove_file(temp_path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Not every file system supports hard links.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(temp_path, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::{ExportDispatches, FileFormat};

    #[test]
    fn concurrent_saves_use_different_temporary_files() {
        let folder = std::env::temp_dir().join(format!("dateline-saving-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("big.txt");
        let (first, _file) = create_temp_file(&path).expect("a file");
        let (second, _file) = create_temp_file(&path).expect("another file");
        assert_ne!(first, second);
        // There is nothing to save: only its own temporary file is removed.
        let nothing = SaveRequest {
            dispatches: ExportDispatches {
                ids: Vec::new(),
                story_statuses: Vec::new(),
                clock: None,
                snapshot: crate::index::DispatchIndex::default().snapshot(),
            },
            quotes_only: false,
            format: FileFormat::Text,
            path,
            overwrite: true,
            overwriting_command: "w!".to_owned(),
        };
        assert!(
            save_dispatches(&nothing, &|| false).is_err_and(|why| why.contains("is not saved"))
        );
        let left = fs::read_dir(&folder).expect("the folder").count();
        assert_eq!(left, 2);
        let _ = fs::remove_dir_all(folder);
    }
}
