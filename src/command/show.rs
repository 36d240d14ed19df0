//! `dateline show`: dispatches whole, in the order of the input.

use std::io;

use super::gather::{gather, print_each, sort_by_input, write_text};
use super::{Outcome, Request, Streams};
use crate::cli::OutputFormat;
use crate::dispatch::Stamp;
use crate::text::{sanitize_line, wrap};
use crate::work::FullDispatch;

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
