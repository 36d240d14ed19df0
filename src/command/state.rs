//! `dateline state`: the path of the marks, all marks as JSON, and back.

use std::io::{self, Write};
use std::path::Path;

use super::{Outcome, Streams};
use crate::cli::StateCommand;
use crate::store::{self, MarkStore, StateDirectory, StoreError};
use crate::text::{count_noun, sanitize};

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
    writeln!(streams.out, "{}", sanitize(&crate::desk::path_text(&path)))?;
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
            let name = file.map_or_else(|| "-".to_owned(), crate::desk::path_text);
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
