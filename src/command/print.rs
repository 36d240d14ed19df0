//! The commands that print dispatches: `list`, `show` and `export`, and `--print` for those chosen on the screen.

use std::io::{self, Write};

use crate::cli::{ExportFormat, OutputFormat, PrintChoice};
use crate::command::gather::{
    Gathered, gather, print_each, read_dispatches, report_problem, sort_by_input, write_text,
};
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Stamp, TimeSource};
use crate::index::{DispatchIndex, EntryId, EntryRef, InputLocation};
use crate::ingest;
use crate::jobs::FileFormat;
use crate::record::{self, DispatchRecord, to_json_line};
use crate::text::{count_noun, display_width, sanitize_line, truncate_to_width, wrap};
use crate::work::{FileForm, FullDispatch};

/// Prints the list: a line or a record per dispatch, newest first or as sorted.
///
/// # Errors
/// If a stream cannot be written to.
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
            |full| {
                let path = full.path.clone();
                let record = DispatchRecord::new(&full.dispatch, &full.status, path, full.index);
                Some(to_json_line(&record) + "\n")
            },
            write_text,
        )?;
        return Ok(Outcome::from_counts(shown, gathered.unreadable || unreadable));
    }
    print_lines(&gathered, format, &mut streams)
}

/// Prints the list as text or TSV, for which the entries of the index are enough: no dispatch is read again.
fn print_lines(
    gathered: &Gathered,
    format: OutputFormat,
    streams: &mut Streams<'_>,
) -> io::Result<Outcome> {
    for &id in &gathered.matches {
        let Some(entry) = gathered.index.entry(id) else {
            continue;
        };
        let line = list_line(entry, gathered.clock, format);
        streams.out.write_all(line.as_bytes())?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(gathered.matches.len(), gathered.unreadable))
}

/// `time  agency  place  headline`. The time is that of the wire, or with `~` that of the file. In text, warnings such
/// as `[KILLED]` stand before the headline; TSV has them, after the status, in columns of their own.
fn list_line(entry: EntryRef<'_>, clock: i64, format: OutputFormat) -> String {
    let time = entry.time().map_or(String::new(), Stamp::to_rfc3339);
    let [agency, place, headline] =
        [entry.agency(), entry.place(), entry.headline()].map(sanitize_line);
    let warnings = record::entry_warnings(entry, Some(clock));
    if format == OutputFormat::Tsv {
        let (status, warning) = (entry.current_status().name(), warnings.join("; "));
        return format!("{time}\t{agency}\t{place}\t{headline}\t{status}\t{warning}\n");
    }
    let prefix =
        if warnings.is_empty() { String::new() } else { format!("[{}] ", warnings.join(", ")) };
    let mark = if entry.time_source() == TimeSource::File { "~" } else { "" };
    let time = pad_to(&format!("{mark}{time}"), 25);
    let (agency, place) = (pad_to(&agency, 5), pad_to(&place, 16));
    format!("{time}  {agency}  {place}  {prefix}{headline}\n")
}

/// Pads a text with spaces to a number of columns, or cuts it to that width.
fn pad_to(text: &str, columns: usize) -> String {
    let text = truncate_to_width(text, columns);
    let spaces = columns.saturating_sub(display_width(&text));
    format!("{text}{}", " ".repeat(spaces))
}

// `dateline show`.

/// Prints dispatches in full, in the order of the input.
///
/// # Errors
/// If a stream cannot be written to.
pub fn show(
    request: Request,
    format: OutputFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.index, &mut ids);
    let columns = streams.columns.map(usize::from);
    let (shown, unreadable) = print_each(
        &gathered,
        &ids,
        &mut streams,
        |full| {
            Some(match format {
                OutputFormat::Jsonl => full.json(),
                OutputFormat::Text => {
                    columns.map_or_else(|| full.text(), |on| wrap_lines(&full.text(), on))
                }
                OutputFormat::Tsv => format_tsv(full),
            })
        },
        write_text,
    )?;
    Ok(Outcome::from_counts(shown, gathered.unreadable || unreadable))
}

/// Maximum line width of running text on a terminal: longer lines are hard to read.
const MAX_LINE_WIDTH: usize = 80;

/// Wraps lines at words, for a terminal of `columns`.
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

/// One line: path, number in the input, time, agency, place, headline, body, and the columns about the status.
pub(super) fn format_tsv(full: &FullDispatch) -> String {
    full.tsv()
}

// `dateline export`.

/// Converts dispatches of any wire to another format, in the order of the input.
///
/// # Errors
/// If a stream cannot be written to.
pub fn export(request: Request, to: ExportFormat, mut streams: Streams<'_>) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let format = match to {
        ExportFormat::Ninjs => FileFormat::Ninjs,
        ExportFormat::Jsonl => FileFormat::Jsonl,
        ExportFormat::Json => FileFormat::Json,
        ExportFormat::Md => FileFormat::Md,
        ExportFormat::Text => FileFormat::Text,
        ExportFormat::Html => FileFormat::Html,
        ExportFormat::Csv => FileFormat::Csv,
        ExportFormat::Tsv => FileFormat::Tsv,
        ExportFormat::Nitf => FileFormat::Nitf,
    };
    let make = |form: FileForm, full: &mut FullDispatch| Some(form.dispatch(full));
    let (shown, unreadable) = print_file(&gathered, (format, false), &mut streams, make)?;
    Ok(Outcome::from_counts(shown, gathered.unreadable || unreadable))
}

/// Prints dispatches, or their quotes (`quotes_only`), in a format of files, with what comes before, between and after
/// them. `make` returns the text of one, if it has any. Returns the number of those printed, and whether one could not be
/// read.
pub(super) fn print_file(
    gathered: &Gathered,
    (format, quotes_only): (FileFormat, bool),
    streams: &mut Streams<'_>,
    make: impl Fn(FileForm, &mut FullDispatch) -> Option<String> + Sync,
) -> io::Result<(usize, bool)> {
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.index, &mut ids);
    // An array of JSON is one whatever it has, so that a script finds the same each time.
    let is_several = ids.len() != 1 || format == FileFormat::Json;
    let form = FileForm { format, quotes_only, is_several };
    let title = count_noun(ids.len(), "dispatch");
    streams.out.write_all(form.start(&title, None).as_bytes())?;
    let mut is_first = true;
    let (shown, unreadable) = print_each(
        gathered,
        &ids,
        streams,
        |full| make(form, full),
        |out, text| {
            if !std::mem::take(&mut is_first) {
                out.write_all(form.between().as_bytes())?;
            }
            out.write_all(text.as_bytes())
        },
    )?;
    streams.out.write_all(form.end(shown == 0).as_bytes())?;
    streams.out.flush()?;
    Ok((shown, unreadable))
}

// `--print`.

/// Prints the path, id or record of each dispatch chosen on the screen, one per line.
///
/// With `raw`, paths are written byte for byte, so that other programs can open them; control characters in them would
/// reach a terminal unchanged.
///
/// # Errors
/// If a stream cannot be written to.
pub fn print_chosen(
    index: &DispatchIndex,
    ids: &[EntryId],
    what: PrintChoice,
    raw: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Outcome> {
    let mut unreadable = false;
    if what == PrintChoice::Path {
        for input in ids.iter().filter_map(|&id| index.entry(id)?.input()) {
            match &input.location {
                InputLocation::File(path) if raw => {
                    out.write_all(path.as_os_str().as_encoded_bytes())?;
                }
                _ => out.write_all(sanitize_line(&input.display_path()).as_bytes())?,
            }
            out.write_all(b"\n")?;
        }
    } else {
        for full in read_dispatches(index, ids, ingest::now().seconds) {
            match full {
                Ok(full) => out.write_all(chosen_line(&full, what).as_bytes())?,
                Err(problem) => unreadable |= report_problem(&problem, err),
            }
        }
    }
    out.flush()?;
    Ok(Outcome::from_counts(ids.len(), unreadable))
}

fn chosen_line(full: &FullDispatch, what: PrintChoice) -> String {
    if what == PrintChoice::Jsonl {
        return full.json();
    }
    let dispatch = &full.dispatch;
    let id = dispatch.id.clone().unwrap_or_else(|| dispatch.item_identity());
    format!("{}\n", sanitize_line(&id))
}
