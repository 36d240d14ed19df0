//! `dateline list`: one line a dispatch, the newest first.

use std::io;

use super::gather::{Gathered, gather, print_each, write_text};
use super::told::status_prefix;
use super::{Outcome, Request, Streams};
use crate::cli::OutputFormat;
use crate::desk::EntryRef;
use crate::dispatch::{Stamp, TimeSource};
use crate::record::{DispatchRecord, to_json_line};
use crate::text::{display_width, sanitize_line, truncate_to_width};

/// Prints the list.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn list(
    request: Request,
    format: OutputFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    if format == OutputFormat::Jsonl {
        let (shown, unreadable) = print_each(
            &gathered,
            &gathered.matches,
            &mut streams,
            |whole| {
                let record = DispatchRecord::new(&whole.dispatch, whole.path.clone(), whole.index);
                Some(to_json_line(&record.with_relations(&whole.relations)) + "\n")
            },
            write_text,
        )?;
        return Ok(Outcome::from_counts(
            shown,
            gathered.unreadable || unreadable,
        ));
    }
    print_lines(&gathered, format, &mut streams)
}

fn print_lines(
    gathered: &Gathered,
    format: OutputFormat,
    streams: &mut Streams<'_>,
) -> io::Result<Outcome> {
    for &id in &gathered.matches {
        let Some(entry) = gathered.desk.entry(id) else {
            continue;
        };
        let line = list_line(entry, format);
        streams.out.write_all(line.as_bytes())?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(
        gathered.matches.len(),
        gathered.unreadable,
    ))
}

/// `time  agency  place  headline`; times as the wire wrote them, `~` before a date that is only the file's; before the
/// headline what became of it.
fn list_line(entry: EntryRef<'_>, format: OutputFormat) -> String {
    let time = entry.time().map_or(String::new(), Stamp::to_rfc3339);
    let [agency, place, headline] =
        [entry.agency(), entry.place(), entry.headline()].map(sanitize_line);
    let headline = format!("{}{headline}", status_prefix(entry));
    if format == OutputFormat::Tsv {
        return format!("{time}\t{agency}\t{place}\t{headline}\n");
    }
    let mark = if entry.time_source() == TimeSource::File {
        "~"
    } else {
        ""
    };
    let time = pad_to(&format!("{mark}{time}"), 25);
    let (agency, place) = (pad_to(&agency, 5), pad_to(&place, 16));
    format!("{time}  {agency}  {place}  {headline}\n")
}

/// A text and spaces up to so many columns; cut where it is longer.
fn pad_to(text: &str, columns: usize) -> String {
    let text = truncate_to_width(text, columns);
    let spaces = columns.saturating_sub(display_width(&text));
    format!("{text}{}", " ".repeat(spaces))
}
