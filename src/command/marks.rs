//! `dateline mark` and `dateline state`: set marks, export and import them, and print where they are stored.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::{MarkCommand, StateCommand};
use crate::command::gather::{Gathered, gather, print_each};
use crate::command::request::{Outcome, Request, Streams};
use crate::index::{EntryId, EntryRef};
use crate::marks::MarkChange;
use crate::store::{self, MarkStore, StateDirectory, StoreError};
use crate::text::{count_noun, sanitize, stable_hash};
use crate::work::FullDispatch;

/// Marks the dispatches that match the filter, or of these only those named by `--item`.
///
/// # Errors
/// If a stream cannot be written to.
pub fn mark(
    request: Request,
    command: &MarkCommand,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let directory = request.state.clone();
    let gathered = gather(request, &mut streams);
    let ids = select_entries(&gathered, &command.selection().item, &mut streams)?;
    let entries = ids.iter().filter_map(|&id| gathered.index.entry(id));
    let entries: Vec<EntryRef<'_>> = entries.collect();
    if entries.is_empty() {
        return Ok(Outcome::from_counts(0, gathered.unreadable));
    }
    match store_marks(&directory, command, &entries, &mut streams) {
        Ok(()) => {}
        Err(error) => {
            writeln!(streams.err, "dateline: {}", sanitize(&error.to_string()))?;
            return Ok(Outcome::Unreadable);
        }
    }
    let count = entries.len();
    let what = match command {
        MarkCommand::Read(_) => "marked read",
        MarkCommand::Unread(_) => "marked unread",
        MarkCommand::Star(_) => "starred",
        MarkCommand::Unstar(_) => "unstarred",
        MarkCommand::Note { .. } => "noted",
    };
    writeln!(streams.out, "{} {what}", count_noun(count, "dispatch"))?;
    streams.out.flush()?;
    Ok(Outcome::from_counts(count, gathered.unreadable))
}

/// Writes the marks. If the database turns out to be damaged, it is opened again with a thorough check and repaired.
fn store_marks(
    directory: &crate::store::StateDirectory,
    command: &MarkCommand,
    entries: &[EntryRef<'_>],
    streams: &mut Streams<'_>,
) -> Result<(), StoreError> {
    let open = |streams: &mut Streams<'_>, thorough| {
        let (store, notice) = MarkStore::open(directory, thorough)?;
        if let Some(notice) = notice {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&notice));
        }
        Ok::<_, StoreError>(store)
    };
    let done = open(streams, false).and_then(|mut store| write_marks(&mut store, command, entries));
    match done {
        // The quick check when it is opened does not find all damage.
        Err(StoreError::Damaged(_)) => {
            open(streams, true).and_then(|mut store| write_marks(&mut store, command, entries))
        }
        other => other,
    }
}

fn write_marks(
    store: &mut MarkStore,
    command: &MarkCommand,
    entries: &[EntryRef<'_>],
) -> Result<(), StoreError> {
    // Several dispatches of a story have the same star and note.
    let mut keys = HashSet::new();
    let mut notes = None;
    if let MarkCommand::Note { .. } = command {
        notes = Some(store.load(0)?.notes);
    }
    let mut changes = Vec::with_capacity(entries.len());
    for entry in entries {
        let change = match command {
            MarkCommand::Read(_) => MarkChange::Read(entry.item_key(), true),
            MarkCommand::Unread(_) => MarkChange::Read(entry.item_key(), false),
            MarkCommand::Star(_) => MarkChange::Star(entry.story_or_item_key(), true),
            MarkCommand::Unstar(_) => MarkChange::Star(entry.story_or_item_key(), false),
            MarkCommand::Note { text, .. } => MarkChange::Note {
                story: entry.story_or_item_key(),
                text: text.trim_end().to_owned(),
                before: notes
                    .as_ref()
                    .and_then(|notes| notes.get(&entry.story_or_item_key()).cloned())
                    .unwrap_or_default(),
            },
        };
        if keys.insert(change.key()) {
            changes.push(change);
        }
    }
    store.write(&changes).map(|_| ())
}

/// The matches to mark: all, or those named. Names are compared with the `item` of the entries, then, if none is equal,
/// with the `id` of the full dispatches.
fn select_entries(
    gathered: &Gathered,
    named: &[String],
    streams: &mut Streams<'_>,
) -> io::Result<Vec<EntryId>> {
    if named.is_empty() {
        return Ok(gathered.matches.clone());
    }
    let hashed = |id: &String| u64::from_str_radix(id, 16).ok().filter(|_| id.len() == 16);
    let wanted = named.iter().map(|id| stable_hash(id.as_bytes()));
    let wanted: HashSet<u64> = wanted.chain(named.iter().filter_map(hashed)).collect();
    let is_wanted = |id: &EntryId| {
        let entry = gathered.index.entry(*id);
        entry.is_some_and(|entry| wanted.contains(&entry.item_key()))
    };
    let found: Vec<EntryId> = gathered.matches.iter().copied().filter(is_wanted).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // Perhaps an id without its revision, which only the full dispatch has.
    let has_it = |whole: &mut FullDispatch| {
        let id = whole.dispatch.id.as_ref()?;
        named
            .contains(id)
            .then(|| stable_hash(whole.dispatch.item_identity().as_bytes()))
    };
    let mut items = HashSet::new();
    print_each(gathered, &gathered.matches, streams, has_it, |_, item| {
        items.insert(item);
        Ok(())
    })?;
    let has = |id: &EntryId| {
        let entry = gathered.index.entry(*id);
        entry.is_some_and(|entry| items.contains(&entry.item_key()))
    };
    Ok(gathered.matches.iter().copied().filter(has).collect())
}

// `dateline state`.

/// Prints an error of the store.
fn report_error(error: &StoreError, err: &mut dyn Write) -> Outcome {
    let _ = writeln!(err, "dateline: {}", sanitize(&error.to_string()));
    Outcome::Unreadable
}

/// Runs a subcommand of `dateline state`.
///
/// # Errors
/// If a stream cannot be written to.
pub fn state(
    directory: &StateDirectory,
    command: &StateCommand,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    match command {
        StateCommand::Path { .. } => state_path(directory, &mut streams),
        StateCommand::Export { .. } => state_export(directory, &mut streams),
        StateCommand::Import { file, .. } => state_import(directory, file.as_deref(), &mut streams),
    }
}

/// Prints the path of the database, whether it exists or not.
fn state_path(directory: &StateDirectory, streams: &mut Streams<'_>) -> io::Result<Outcome> {
    let Some(path) = directory.database_path() else {
        let why = match directory {
            StateDirectory::Missing(why) => why.clone(),
            _ => "saving state is turned off".to_owned(),
        };
        return Ok(report_error(&StoreError::Unusable(why), streams.err));
    };
    writeln!(streams.out, "{}", sanitize(&crate::index::path_text(&path)))?;
    streams.out.flush()?;
    Ok(Outcome::Shown)
}

/// Prints all marks as JSON.
fn state_export(directory: &StateDirectory, streams: &mut Streams<'_>) -> io::Result<Outcome> {
    match store::export(directory, streams.out) {
        Ok(printed) => printed.map(|_| Outcome::Shown),
        Err(error) => Ok(report_error(&error, streams.err)),
    }
}

/// Merges exported marks from a file, or from standard input if `file` is `None`.
fn state_import(
    directory: &StateDirectory,
    file: Option<&Path>,
    streams: &mut Streams<'_>,
) -> io::Result<Outcome> {
    let text = match store::read_bytes(file) {
        Ok(text) => text,
        Err(error) => {
            let name = file.map_or_else(|| "-".to_owned(), crate::index::path_text);
            let error = StoreError::Unusable(format!("{name}: cannot be read: {error}"));
            return Ok(report_error(&error, streams.err));
        }
    };
    let merged = MarkStore::open(directory, true).and_then(|(mut store, notice)| {
        if let Some(notice) = notice {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&notice));
        }
        store::import(&mut store, &text)
    });
    let merged = match merged {
        Ok(merged) => merged,
        Err(error) => return Ok(report_error(&error, streams.err)),
    };
    writeln!(
        streams.out,
        "{} imported, {} already known",
        count_noun(merged.imported, "mark"),
        merged.unchanged
    )?;
    streams.out.flush()?;
    if merged.unrecognized > 0 {
        writeln!(
            streams.err,
            "dateline: {} of a kind unknown to this version: skipped",
            count_noun(merged.unrecognized, "mark")
        )?;
    }
    Ok(Outcome::Shown)
}
