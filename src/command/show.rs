//! `dateline show`: dispatches whole, in the order of the input.

use std::io;

use super::gather::{each, gather, input_order, write};
use super::{Outcome, Request, Streams};
use crate::cli::Format;
use crate::dispatch::Stamp;
use crate::text::safe_line;
use crate::work::Whole;

/// Prints dispatches.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn show(request: Request, format: Format, mut streams: Streams<'_>) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.kept.clone();
    input_order(&gathered.desk, &mut ids);
    let (shown, unreadable) = each(
        &gathered,
        &ids,
        &mut streams,
        |whole| {
            Some(match format {
                Format::Jsonl => whole.json(),
                Format::Text => whole.text(),
                Format::Tsv => tsv(whole),
            })
        },
        write,
    )?;
    Ok(Outcome::of(shown, gathered.unreadable || unreadable))
}

/// Path, number, time, agency, place, headline, text: one line.
pub(super) fn tsv(whole: &Whole) -> String {
    let d = &whole.dispatch;
    let fields = [
        whole.path.as_str(),
        &whole.index.to_string(),
        &d.time.map_or(String::new(), Stamp::rfc3339),
        d.agency.as_deref().unwrap_or(""),
        d.place().unwrap_or(""),
        &d.headline,
        d.body.text(),
    ];
    fields.map(|field| safe_line(field).into_owned()).join("\t") + "\n"
}
