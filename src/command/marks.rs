//! `dateline mark` and `dateline state`: sets marks, exports and imports all of them, and prints where they are stored.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::{MarkCommand, StateCommand};
use crate::command::gather::{Gathered, gather, print_each};
use crate::command::request::{Outcome, Request, Streams};
use crate::index::{EntryId, EntryRef};
use crate::marks::MarkChange;
use crate::store::{self, MarkStore, StateDirectory, StoreError};
use crate::text::{count_noun, hash, sanitize};
use crate::work::FullDispatch;

/// Marks what the request keeps, or of that only the items of some ids.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn mark(
    request: Request,
    command: &MarkCommand,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let place = request.state.clone();
    let gathered = gather(request, &mut streams);
    let ids = select_entries(&gathered, &command.selection().item, &mut streams)?;
    let entries = ids.iter().filter_map(|&id| gathered.desk.entry(id));
    let entries: Vec<EntryRef<'_>> = entries.collect();
    if entries.is_empty() {
        return Ok(Outcome::from_counts(0, gathered.unreadable));
    }
    match store_marks(&place, command, &entries, &mut streams) {
        Ok(()) => {}
        Err(trouble) => {
            writeln!(streams.err, "dateline: {}", sanitize(&trouble.to_string()))?;
            return Ok(Outcome::Unreadable);
        }
    }
    let count = entries.len();
    let what = match command {
        MarkCommand::Read(_) => "marked read",
        MarkCommand::Unread(_) => "marked unread",
        MarkCommand::Star(_) => "starred",
        MarkCommand::Unstar(_) => "with the star taken away",
        MarkCommand::Note { .. } => "with the note",
    };
    writeln!(streams.out, "{} {what}", count_noun(count, "dispatch"))?;
    streams.out.flush()?;
    Ok(Outcome::from_counts(count, gathered.unreadable))
}

fn store_marks(
    place: &crate::store::StateDirectory,
    command: &MarkCommand,
    entries: &[EntryRef<'_>],
    streams: &mut Streams<'_>,
) -> Result<(), StoreError> {
    let open = |streams: &mut Streams<'_>, thorough| {
        let (store, notice) = MarkStore::open(place, thorough)?;
        if let Some(notice) = notice {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&notice));
        }
        Ok::<_, StoreError>(store)
    };
    let done = open(streams, false).and_then(|mut store| write_marks(&mut store, command, entries));
    match done {
        // What is not damaged at first sight may be all the same.
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
    let mut met = HashSet::new();
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
        if met.insert(change.key()) {
            changes.push(change);
        }
    }
    store.write(&changes).map(|_| ())
}

/// What is kept of the ids: all, or those named, by the identity of their heads; else by the ids of whole dispatches.
fn select_entries(
    gathered: &Gathered,
    named: &[String],
    streams: &mut Streams<'_>,
) -> io::Result<Vec<EntryId>> {
    if named.is_empty() {
        return Ok(gathered.matches.clone());
    }
    let hashed = |id: &String| u64::from_str_radix(id, 16).ok().filter(|_| id.len() == 16);
    let wanted = named.iter().map(|id| hash(id.as_bytes()));
    let wanted: HashSet<u64> = wanted.chain(named.iter().filter_map(hashed)).collect();
    let is_wanted = |id: &EntryId| {
        let entry = gathered.desk.entry(*id);
        entry.is_some_and(|entry| wanted.contains(&entry.item_key()))
    };
    let found: Vec<EntryId> = gathered.matches.iter().copied().filter(is_wanted).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // An id without its revision: only the whole dispatch has it.
    let has_it = |whole: &mut FullDispatch| {
        let id = whole.dispatch.id.as_ref()?;
        named
            .contains(id)
            .then(|| hash(whole.dispatch.item_identity().as_bytes()))
    };
    let mut items = HashSet::new();
    print_each(gathered, &gathered.matches, streams, has_it, |_, item| {
        items.insert(item);
        Ok(())
    })?;
    let has = |id: &EntryId| {
        let entry = gathered.desk.entry(*id);
        entry.is_some_and(|entry| items.contains(&entry.item_key()))
    };
    Ok(gathered.matches.iter().copied().filter(has).collect())
}

// `dateline state`: the path of the marks, all marks as JSON, and back.

/// Says what is wrong; nothing was done.
fn report_trouble(trouble: &StoreError, err: &mut dyn Write) -> Outcome {
    let _ = writeln!(err, "dateline: {}", sanitize(&trouble.to_string()));
    Outcome::Unreadable
}

/// Does what is asked about the marks.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn state(
    place: &StateDirectory,
    asked: &StateCommand,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    match asked {
        StateCommand::Path { .. } => state_path(place, &mut streams),
        StateCommand::Export { .. } => state_export(place, &mut streams),
        StateCommand::Import { file, .. } => state_import(place, file.as_deref(), &mut streams),
    }
}

/// Prints the path of the database, whether it is there or not.
///
/// # Errors
/// Where a stream cannot be written to.
fn state_path(place: &StateDirectory, streams: &mut Streams<'_>) -> io::Result<Outcome> {
    let Some(path) = place.database_path() else {
        let why = match place {
            StateDirectory::Missing(why) => why.clone(),
            _ => "no state is wanted".to_owned(),
        };
        return Ok(report_trouble(&StoreError::Unusable(why), streams.err));
    };
    writeln!(streams.out, "{}", sanitize(&crate::index::path_text(&path)))?;
    streams.out.flush()?;
    Ok(Outcome::Shown)
}

/// Prints all marks.
///
/// # Errors
/// Where a stream cannot be written to.
fn state_export(place: &StateDirectory, streams: &mut Streams<'_>) -> io::Result<Outcome> {
    match store::export(place, streams.out) {
        Ok(printed) => printed.map(|_| Outcome::Shown),
        Err(trouble) => Ok(report_trouble(&trouble, streams.err)),
    }
}

/// Takes marks in: from a file, or from standard input.
///
/// # Errors
/// Where a stream cannot be written to.
fn state_import(
    place: &StateDirectory,
    file: Option<&Path>,
    streams: &mut Streams<'_>,
) -> io::Result<Outcome> {
    let text = match store::read_bytes(file) {
        Ok(text) => text,
        Err(error) => {
            let name = file.map_or_else(|| "-".to_owned(), crate::index::path_text);
            let trouble = StoreError::Unusable(format!("{name}: cannot be read: {error}"));
            return Ok(report_trouble(&trouble, streams.err));
        }
    };
    let merged = MarkStore::open(place, true).and_then(|(mut store, notice)| {
        if let Some(notice) = notice {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&notice));
        }
        store::import(&mut store, &text)
    });
    let merged = match merged {
        Ok(merged) => merged,
        Err(trouble) => return Ok(report_trouble(&trouble, streams.err)),
    };
    writeln!(
        streams.out,
        "{} taken in, {} known",
        count_noun(merged.imported, "mark"),
        merged.unchanged
    )?;
    streams.out.flush()?;
    if merged.unrecognized > 0 {
        writeln!(
            streams.err,
            "dateline: {} of no kind that this version knows: left out",
            count_noun(merged.unrecognized, "mark")
        )?;
    }
    Ok(Outcome::Shown)
}
