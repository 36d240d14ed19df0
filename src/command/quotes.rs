//! `dateline quotes`: who said what, in the order of the input.

use std::fmt::Write as _;
use std::io;

use super::gather::{Whole, each, gather, input_order};
use super::{Outcome, Request, Streams};
use crate::cli::Format;
use crate::quote::{self, Certainty, Part, Quote};
use crate::record::{QuotesRecord, to_line};
use crate::text::safe_line;
use crate::work::find_quotes;

/// Prints quotes; with `all`, marked words that nobody said too.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn quotes(
    request: Request,
    format: Format,
    all: bool,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.kept.clone();
    input_order(&gathered.desk, &mut ids);
    let keep = |quote: &Quote| all || quote.statement();
    let (shown, unreadable) = each(&gathered, &ids, &mut streams, |whole| {
        let quotes = find_quotes(&mut whole.dispatch);
        match format {
            Format::Jsonl => {
                let record = QuotesRecord::new(
                    &whole.dispatch,
                    &quotes,
                    keep,
                    whole.path.clone(),
                    whole.index,
                );
                Some(to_line(&record) + "\n")
            }
            _ => lines(whole, quotes.iter().filter(|quote| keep(quote)), format),
        }
    })?;
    Ok(Outcome::of(shown, gathered.unreadable || unreadable))
}

/// One line a quote: path, speaker, words. `None` where there is no quote.
fn lines<'a>(
    whole: &Whole,
    quotes: impl Iterator<Item = &'a Quote>,
    format: Format,
) -> Option<String> {
    let d = &whole.dispatch;
    let mut out = String::new();
    for quote in quotes {
        let source = if quote.part == Part::Headline {
            d.headline.as_str()
        } else {
            d.body.text()
        };
        let unsure = quote.speaker.is_some() && quote.certainty != Certainty::Sure;
        let speaker = quote.speaker.as_deref().unwrap_or("-");
        let (path, text) = (
            safe_line(&whole.path).into_owned(),
            quote::text(quote, source),
        );
        let (speaker, text) = (
            safe_line(speaker).into_owned(),
            safe_line(&text).into_owned(),
        );
        let mark = if unsure { "?" } else { "" };
        let _ = match format {
            Format::Tsv => writeln!(
                out,
                "{path}\t{}\t{speaker}\t{}\t{}\t{text}",
                whole.index,
                quote.certainty.name(),
                quote.kind.name()
            ),
            _ => writeln!(out, "{path}: {speaker}{mark}: “{text}”"),
        };
    }
    (!out.is_empty()).then_some(out)
}
