//! Dispatches read again: to open, to compare, to copy, to print, and to save in files.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity, Status, TimeSource, kill_reason};
use crate::health::{Arrival, Health, assess_health};
use crate::index::{EntryId, EntryRef, Locator, Snapshot, SourceView, StoryStatus};
use crate::ingest::{self, DispatchReader};
use crate::jobs::{ExportDispatches, SaveRequest};
use crate::quotes::{self, Quote};
use crate::record::{self, Relations, to_json_line};
use crate::text::{count_noun, error_reason};

/// The problem of an entry whose bytes are gone.
pub(super) fn unavailable_problem() -> InputProblem {
    InputProblem::unreadable("", "this dispatch is no longer available")
}

/// Where to read a dispatch from.
fn locate(id: EntryId, snapshot: &Snapshot) -> Result<Locator, InputProblem> {
    let locator = snapshot.entry(id).and_then(EntryRef::locator);
    locator.ok_or_else(unavailable_problem)
}

/// Reads a dispatch in full, and finds its quotes.
pub(super) fn open_dispatch(
    id: EntryId,
    snapshot: &Snapshot,
    reader: &mut DispatchReader,
) -> Result<Box<(Dispatch, Vec<Quote>)>, InputProblem> {
    let mut dispatch = reader.read(&locate(id, snapshot)?)?;
    let quotes = find_quotes(&mut dispatch);
    Ok(Box::new((dispatch, quotes)))
}

/// Reads the raw bytes of a dispatch, to be shown in `encoding`.
pub(super) fn open_source(
    id: EntryId,
    encoding: &'static str,
    snapshot: &Snapshot,
) -> Result<SourceView, InputProblem> {
    ingest::read_source(&locate(id, snapshot)?, encoding)
}

/// The quotes of a dispatch. After a panic, which would be a bug in the engine, there are none, and the dispatch gets a
/// problem.
#[must_use]
pub fn find_quotes(dispatch: &mut Dispatch) -> Vec<Quote> {
    let found = catch_unwind(AssertUnwindSafe(|| quotes::extract_quotes(dispatch)));
    found.unwrap_or_else(|_| {
        let message = "a fault in dateline itself: its quotes could not be found";
        dispatch.problems.push(Problem::new(Severity::Unreadable, "", message));
        Vec::new()
    })
}

/// Reads two versions of a dispatch and compares them.
pub(super) fn compare_versions(
    newer: EntryId,
    older: EntryId,
    snapshot: &Snapshot,
) -> Result<Box<VersionDiff>, InputProblem> {
    let read = |id| ingest::read_dispatch(&locate(id, snapshot)?);
    let (old, new) = (read(older)?, read(newer)?);
    Ok(Box::new(VersionDiff::new(old, new)))
}

/// The health of the sources of some entries. Rates are counted back from `now`, in seconds since 1970, or from the
/// newest time of the wire if `None`.
#[must_use]
pub fn source_health(snapshot: &Snapshot, ids: &[EntryId], now: Option<i64>) -> Health {
    let arrivals = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        // The time of a file says when it was copied, not when the wire sent it.
        let of_wire = !matches!(entry.time_source(), TimeSource::File | TimeSource::None);
        Some(Arrival {
            agency: entry.agency(),
            time: entry.time().filter(|_| of_wire),
            arrived: None,
            sequence: entry.sequence(),
        })
    });
    assess_health(arrivals, now)
}

/// Reads dispatches in full, in the order of `ids`. Those that cannot be read are left out.
pub(super) fn read_texts(ids: &[EntryId], snapshot: &Snapshot) -> Vec<(EntryId, Dispatch)> {
    let located = ids.iter().filter_map(|&id| Some((id, locate(id, snapshot).ok()?)));
    let (known_ids, locators): (Vec<_>, Vec<_>) = located.unzip();
    let read = ingest::read_dispatches(&locators).into_iter();
    let texts = known_ids.into_iter().zip(read);
    texts.filter_map(|(id, read)| Some((id, read.ok()?))).collect()
}

// In full, with their relations to other dispatches.

/// Number of dispatches read at a time, which limits memory while many are written.
const READ_CHUNK: usize = 64;

/// Counts dispatches that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFailures {
    pub count: usize,
    /// The problem of the first of them.
    why: String,
}

impl ReadFailures {
    /// Counts a failure.
    pub fn add(&mut self, problem: &InputProblem) {
        if self.count == 0 {
            self.why = problem.to_string();
        }
        self.count += 1;
    }

    /// A message with the number of failures and the first problem; `None` without failures.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("one dispatch could not be read: {}", self.why)),
            count => Some(format!("{count} dispatches could not be read: {}", self.why)),
        }
    }
}

/// An output format of full dispatches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputForm {
    Text,
    /// The full record, on a line.
    Jsonl,
    /// A ninjs 3.1 object, on a line.
    Ninjs,
    Md,
}

/// A dispatch read in full, with its position and its relations to other loaded dispatches.
#[derive(Debug)]
pub struct FullDispatch {
    pub dispatch: Dispatch,
    /// Path of its input, for display.
    pub path: String,
    /// 0-based number in the input.
    pub index: u64,
    pub relations: Relations,
}

impl FullDispatch {
    /// The dispatch as plain text, see [`record::to_text`].
    #[must_use]
    pub fn text(&self) -> String {
        record::to_text(&self.dispatch, &self.relations)
    }

    /// The full JSON record, with a newline.
    #[must_use]
    pub fn json(&self) -> String {
        let record = record::FullDispatchRecord::new(&self.dispatch, self.path.clone(), self.index);
        to_json_line(&record.with_relations(&self.relations)) + "\n"
    }

    /// The dispatch in a format, as `dateline export` prints it.
    #[must_use]
    pub fn export(&mut self, form: OutputForm) -> String {
        // A killed dispatch must not be passed on as usable. Records keep the original status beside `killed_by`.
        if self.relations.killed_by.is_some() && form != OutputForm::Jsonl {
            self.dispatch.status = Status::Canceled;
        }
        match form {
            OutputForm::Ninjs => to_json_line(&record::Ninjs::new(&self.dispatch)) + "\n",
            OutputForm::Jsonl => self.json(),
            OutputForm::Md => record::to_markdown(&self.dispatch, &self.relations) + "\n\n---\n\n",
            OutputForm::Text => self.text(),
        }
    }
}

/// Reads dispatches in full, in the order of `ids`. `standings` has the story status of each.
#[must_use]
pub fn read_full_dispatches(
    snapshot: &Snapshot,
    ids: &[EntryId],
    standings: &[StoryStatus],
) -> Vec<Result<FullDispatch, InputProblem>> {
    let locator = |id: &EntryId| snapshot.entry(*id).and_then(EntryRef::locator);
    let wanted: Vec<Option<Locator>> = ids.iter().map(locator).collect();
    let locators: Vec<Locator> = wanted.iter().flatten().cloned().collect();
    let mut opened = ingest::read_dispatches(&locators).into_iter();
    let assemble = |(wanted, relations): (&Option<Locator>, Relations)| {
        let locator = wanted.as_ref().ok_or_else(unavailable_problem)?;
        Ok(FullDispatch {
            dispatch: opened.next().unwrap_or_else(|| Err(unavailable_problem()))?,
            path: locator.input.display_path(),
            index: locator.number_in_input(),
            relations,
        })
    };
    let relations = relations_of(snapshot, standings);
    wanted.iter().zip(relations).map(assemble).collect()
}

/// Reads dispatches like [`read_full_dispatches`], a chunk at a time, and calls `put` for each until it fails. Those
/// that cannot be read are counted in `lost`.
///
/// # Errors
/// Those of `put`.
pub fn for_each_full_dispatch<E>(
    wanted: &ExportDispatches,
    failures: &mut ReadFailures,
    mut put: impl FnMut(FullDispatch) -> Result<(), E>,
) -> Result<(), E> {
    let statuses = wanted.story_statuses.chunks(READ_CHUNK);
    for (ids, statuses) in wanted.ids.chunks(READ_CHUNK).zip(statuses) {
        for full in read_full_dispatches(&wanted.snapshot, ids, statuses) {
            match full {
                Ok(full) => put(full)?,
                Err(problem) => failures.add(&problem),
            }
        }
    }
    Ok(())
}

/// Dispatches as `dateline show` prints them, and a message about those that could not be read.
#[must_use]
pub(super) fn render_texts(wanted: &ExportDispatches) -> (String, Option<String>) {
    let (mut text, mut failures) = (String::new(), ReadFailures::default());
    let Ok(()) = for_each_full_dispatch(wanted, &mut failures, |full| {
        text.push_str(&full.text());
        Ok::<_, Infallible>(())
    });
    (text, failures.message())
}

/// The relations for each story status. The entries have only hashes, so the other dispatches are read for their ids
/// and reasons; the hash is used if one cannot be read.
fn relations_of(snapshot: &Snapshot, standings: &[StoryStatus]) -> Vec<Relations> {
    let related = |s: &StoryStatus| [s.superseded_by, s.killed_by, s.corrected_by];
    let mut others: Vec<EntryId> = standings.iter().flat_map(related).flatten().collect();
    others.sort_unstable();
    others.dedup();
    let hash = |id: EntryId| {
        let entry = snapshot.entry(id);
        entry.map(|entry| format!("{:016x}", entry.item_key()))
    };
    let locator = |id: &EntryId| Some((*id, snapshot.entry(*id)?.locator()?));
    let (read, locators): (Vec<EntryId>, Vec<_>) = others.iter().filter_map(locator).unzip();
    let opened = ingest::read_dispatches(&locators).into_iter();
    let dispatches: HashMap<EntryId, Dispatch> = read
        .into_iter()
        .zip(opened)
        .filter_map(|(id, dispatch)| Some((id, dispatch.ok()?)))
        .collect();
    let item = |id: Option<EntryId>| {
        let id = id?;
        dispatches.get(&id).map(Dispatch::item_identity).or_else(|| hash(id))
    };
    let relations = |standing: &StoryStatus| Relations {
        superseded_by: item(standing.superseded_by),
        killed_by: item(standing.killed_by),
        killed_for: (standing.killed_by).and_then(|id| dispatches.get(&id).map(kill_reason)),
        corrected_by: item(standing.corrected_by),
    };
    standings.iter().map(relations).collect()
}

// Saving to a file: completely or not at all, and never over another file without being asked to.

/// Maximum number of names tried for the temporary file.
const MAX_TEMP_NAMES: usize = 100;

/// Saves dispatches: writes a temporary file beside the target, then moves it into place. `.json` has the record of a
/// single dispatch, or an array of records; the other formats are those of `dateline export`. Returns a message for the
/// user. `given_up` is called before each dispatch: if it returns true, nothing is saved.
///
/// # Errors
/// A message that says why nothing was saved.
pub fn save_dispatches(
    wanted: &SaveRequest,
    given_up: &dyn Fn() -> bool,
) -> Result<String, String> {
    let path = resolve_target(wanted)?;
    let shown = path.display();
    let done = create_temp_file(&path).and_then(|(temp_path, file)| {
        let done = write_dispatches(wanted, file, given_up).and_then(|(saved, failures)| {
            if saved == 0 {
                return Err(io::Error::other(failures.message().unwrap_or_default()));
            }
            move_into_place(&temp_path, &path, wanted.overwrite)?;
            Ok((saved, failures))
        });
        if done.is_err() {
            let _ = fs::remove_file(&temp_path);
        }
        done
    });
    match done {
        Ok((saved, failures)) => {
            let saved = count_noun(saved, "dispatch");
            let failures =
                failures.message().map_or(String::new(), |message| format!("; {message}"));
            Ok(format!("{saved} saved in {shown}{failures}"))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists_message(&path)),
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
    if wanted.overwrite { Ok(path) } else { Err(exists_message(&path)) }
}

fn exists_message(path: &Path) -> String {
    let path = path.display();
    format!("{path} already exists: `:w! {path}` overwrites it")
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

/// Writes the dispatches that can be read. Returns their number, and the failures.
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
    let array = ending == "json" && wanted.dispatches.ids.len() > 1;
    let mut out = BufWriter::new(file);
    let (mut saved, mut failures) = (0, ReadFailures::default());
    for_each_full_dispatch(&wanted.dispatches, &mut failures, |mut full| {
        if given_up() {
            return Err(io::Error::other("dateline was quit before all was written"));
        }
        let text = full.export(form);
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
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok((saved, failures))
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
                snapshot: crate::index::DispatchIndex::default().snapshot(),
            },
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
