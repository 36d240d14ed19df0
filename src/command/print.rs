//! The commands that print dispatches: `list`, `show` and `export`, and what `--print` prints of those chosen on the screen.

use std::io::{self, Write};

use crate::cli::{ExportFormat, OutputFormat, PrintChoice};
use crate::command::gather::{
    Gathered, gather, print_each, read_dispatches, report_problem, sort_by_input, write_text,
};
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Stamp, TimeSource};
use crate::index::{DispatchIndex, EntryId, EntryRef, InputLocation};
use crate::record::{DispatchRecord, to_json_line};
use crate::text::{display_width, sanitize_line, truncate_to_width, wrap};
use crate::work::{FullDispatch, OutputForm};

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

// `dateline show`: dispatches whole, in the order of the input.

/// Prints dispatches.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn show(
    request: Request,
    format: OutputFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.desk, &mut ids);
    let columns = streams.columns.map(usize::from);
    let (shown, unreadable) = print_each(
        &gathered,
        &ids,
        &mut streams,
        |whole| {
            Some(match format {
                OutputFormat::Jsonl => whole.json(),
                OutputFormat::Text => {
                    columns.map_or_else(|| whole.text(), |on| wrap_lines(&whole.text(), on))
                }
                OutputFormat::Tsv => format_tsv(whole),
            })
        },
        write_text,
    )?;
    Ok(Outcome::from_counts(
        shown,
        gathered.unreadable || unreadable,
    ))
}

/// Longest line of running text on a terminal: longer ones are hard to read.
const MAX_LINE_WIDTH: usize = 80;

/// A text with its lines wrapped at words, for a terminal of so many columns.
fn wrap_lines(text: &str, columns: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        for range in wrap(line, columns.min(MAX_LINE_WIDTH)) {
            out.push_str(&line[range]);
            out.push('\n');
        }
    }
    out
}

/// Path, number, time, agency, place, headline, text: one line.
pub(super) fn format_tsv(whole: &FullDispatch) -> String {
    let d = &whole.dispatch;
    let fields = [
        whole.path.as_str(),
        &whole.index.to_string(),
        &d.time.map_or(String::new(), Stamp::to_rfc3339),
        d.agency.as_deref().unwrap_or(""),
        d.place().unwrap_or(""),
        &d.headline,
        d.body.text(),
    ];
    fields
        .map(|field| sanitize_line(field).into_owned())
        .join("\t")
        + "\n"
}

// `dateline export`: dispatches of any wire in a form that other programs and people read, in the order of the
// input.

/// Prints dispatches in another form.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn export(request: Request, to: ExportFormat, mut streams: Streams<'_>) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.desk, &mut ids);
    let form = match to {
        ExportFormat::Ninjs => OutputForm::Ninjs,
        ExportFormat::Jsonl => OutputForm::Jsonl,
        ExportFormat::Md => OutputForm::Md,
        ExportFormat::Text => OutputForm::Text,
    };
    let make = |whole: &mut FullDispatch| Some(whole.export(form));
    let (shown, unreadable) = print_each(&gathered, &ids, &mut streams, make, write_text)?;
    Ok(Outcome::from_counts(
        shown,
        gathered.unreadable || unreadable,
    ))
}

// What was chosen on the screen, on standard output: for the command line that the program is a part of.

/// Prints something of each dispatch, on a line. `raw` writes a path byte by byte, whatever stands in it: not to a
/// terminal.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn print_chosen(
    desk: &DispatchIndex,
    ids: &[EntryId],
    what: PrintChoice,
    raw: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Outcome> {
    let mut unreadable = false;
    if what == PrintChoice::Path {
        for input in ids.iter().filter_map(|&id| desk.entry(id)?.input()) {
            match &input.location {
                InputLocation::File(path) if raw => {
                    out.write_all(path.as_os_str().as_encoded_bytes())?;
                }
                _ => out.write_all(sanitize_line(&input.display_path()).as_bytes())?,
            }
            out.write_all(b"\n")?;
        }
    } else {
        for whole in read_dispatches(desk, ids) {
            match whole {
                Ok(whole) => out.write_all(chosen_line(&whole, what).as_bytes())?,
                Err(problem) => unreadable |= report_problem(&problem, err),
            }
        }
    }
    out.flush()?;
    Ok(Outcome::from_counts(ids.len(), unreadable))
}

fn chosen_line(whole: &FullDispatch, what: PrintChoice) -> String {
    if what == PrintChoice::Jsonl {
        return whole.json();
    }
    let dispatch = &whole.dispatch;
    let id = dispatch
        .id
        .clone()
        .unwrap_or_else(|| dispatch.item_identity());
    format!("{}\n", sanitize_line(&id))
}

// What stands before a headline in lines of text where other dispatches do something to it.

/// What stands before a headline in lines of text, so that it can be searched for: `[killed] `.
pub(super) fn status_prefix(entry: EntryRef<'_>) -> &'static str {
    if entry.is_killed() {
        "[killed] "
    } else if entry.is_unmatched_kill() {
        "[kill notice, not matched] "
    } else if entry.is_superseded() {
        "[superseded] "
    } else if entry.is_corrected() {
        "[corrected] "
    } else {
        ""
    }
}
