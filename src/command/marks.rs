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

/// Opens the database for writing, and prints its notices.
fn open_store(
    directory: &StateDirectory,
    streams: &mut Streams<'_>,
) -> Result<MarkStore, StoreError> {
    let mut store = MarkStore::open(directory)?;
    print_notices(&mut store, streams);
    Ok(store)
}

fn print_notices(store: &mut MarkStore, streams: &mut Streams<'_>) {
    for notice in store.take_notices() {
        let _ = writeln!(streams.err, "dateline: {}", sanitize(&notice));
    }
}

/// Writes the marks.
fn store_marks(
    directory: &StateDirectory,
    command: &MarkCommand,
    entries: &[EntryRef<'_>],
    streams: &mut Streams<'_>,
) -> Result<(), StoreError> {
    let mut store = open_store(directory, streams)?;
    let written = write_marks(&mut store, command, entries);
    print_notices(&mut store, streams);
    written
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
        notes = Some(store.load(0)?.sets.notes);
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
        named.contains(id).then(|| stable_hash(whole.dispatch.item_identity().as_bytes()))
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
        StateCommand::Recover { .. } => state_recover(directory, &mut streams),
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
    for notice in store::set_aside_notices(directory) {
        writeln!(streams.err, "dateline: {}", sanitize(&notice))?;
    }
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
    let merged = open_store(directory, streams).and_then(|mut store| {
        let merged = store::import(&mut store, &text);
        print_notices(&mut store, streams);
        merged
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

/// Brings back what is readable in databases that were set aside as damaged.
fn state_recover(directory: &StateDirectory, streams: &mut Streams<'_>) -> io::Result<Outcome> {
    let recovered = MarkStore::open(directory).and_then(|mut store| store.recover());
    let recovered = match recovered {
        Ok(recovered) => recovered,
        Err(error) => return Ok(report_error(&error, streams.err)),
    };
    for one in &recovered {
        writeln!(
            streams.out,
            "{} read, {} of them brought back; the damaged database is kept as {}",
            count_noun(one.read, "mark"),
            one.recovered,
            sanitize(&crate::index::path_text(&one.path))
        )?;
    }
    if recovered.is_empty() {
        writeln!(streams.out, "no damaged database has been set aside")?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(recovered.len(), false))
}
