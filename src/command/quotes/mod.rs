//! `dateline quotes`: who said what, in the order of the input.

mod lines;

use std::collections::HashMap;
use std::io;

use super::gather::{gather, print_each, sort_by_input, write_text};
use super::{Outcome, Request, Streams};
use crate::cli::{QuoteArgs, QuoteKindArg, QuotesFormat};
use crate::dispatch::Status;
use crate::quote::{Quote, QuoteKind};
use crate::record::{QuotesRecord, to_json_line};
use crate::text::fold;
use crate::work::FullDispatch;
use crate::work::find_quotes;
use lines::{QuoteBlock, make_block, table_header};

/// Which quotes are printed.
struct QuoteFilter {
    all: bool,
    kinds: Vec<QuoteKind>,
    /// Folded.
    speaker: Option<String>,
}

impl QuoteFilter {
    fn new(wanted: &QuoteArgs) -> Self {
        let kind = |kind: &QuoteKindArg| match kind {
            QuoteKindArg::Direct => QuoteKind::Direct,
            QuoteKindArg::Partial => QuoteKind::Partial,
            QuoteKindArg::NotAStatement => QuoteKind::NotAStatement,
        };
        Self {
            all: wanted.all,
            kinds: wanted.kind.iter().map(kind).collect(),
            speaker: wanted.speaker.as_deref().map(|name| fold(name.trim())),
        }
    }

    fn matches(&self, quote: &Quote) -> bool {
        let kind = if self.kinds.is_empty() {
            self.all || quote.is_statement()
        } else {
            self.kinds.contains(&quote.kind)
        };
        kind && self.speaker.as_ref().is_none_or(|sought| {
            let speaker = quote.speaker.as_deref();
            speaker.is_some_and(|name| fold(name).contains(sought.as_str()))
        })
    }

    /// True where every dispatch has its record, also one without quotes.
    fn keeps_empty_records(&self) -> bool {
        self.kinds.is_empty() && self.speaker.is_none()
    }
}

/// Prints quotes; with `all`, marked words that nobody said too. With `fold`, a quote that several takes carry is
/// printed where it stands first, with the number of dispatches that carry it.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn quotes(
    request: Request,
    format: QuotesFormat,
    wanted: &QuoteArgs,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.desk, &mut ids);
    let keep = QuoteFilter::new(wanted);
    let outcome =
        |(shown, unreadable)| Outcome::from_counts(shown, gathered.unreadable || unreadable);
    if format == QuotesFormat::Jsonl {
        let line = |whole: &mut FullDispatch| make_record(whole, &keep);
        return print_each(&gathered, &ids, &mut streams, line, write_text).map(outcome);
    }
    streams
        .out
        .write_all(table_header(format, wanted.fold).as_bytes())?;
    let make = |whole: &mut FullDispatch| {
        let quotes = find_quotes(&mut whole.dispatch);
        make_block(whole, quotes.iter().filter(|q| keep.matches(q)), format)
    };
    if wanted.fold {
        let mut blocks = Vec::new();
        let done = print_each(
            &gathered,
            &ids,
            &mut streams,
            make,
            |_, block: QuoteBlock| {
                blocks.push(block);
                Ok(())
            },
        )?;
        streams
            .out
            .write_all(fold_duplicates(&blocks, format).as_bytes())?;
        streams.out.flush()?;
        return Ok(outcome(done));
    }
    print_each(
        &gathered,
        &ids,
        &mut streams,
        make,
        |out, block: QuoteBlock| out.write_all(block.text().as_bytes()),
    )
    .map(outcome)
}

fn make_record(whole: &mut FullDispatch, keep: &QuoteFilter) -> Option<String> {
    let quotes = find_quotes(&mut whole.dispatch);
    let kept = |quote: &Quote| keep.matches(quote);
    if !keep.keeps_empty_records() && !quotes.iter().any(kept) {
        return None;
    }
    if whole.relations.killed_by.is_some() {
        whole.dispatch.status = Status::Canceled;
    }
    let path = whole.path.clone();
    let record = QuotesRecord::new(&whole.dispatch, &quotes, kept, path, whole.index);
    Some(to_json_line(&record) + "\n")
}

/// The blocks with each quote once, and in how many dispatches it stands.
fn fold_duplicates(blocks: &[QuoteBlock], format: QuotesFormat) -> String {
    let mut carried: HashMap<u64, (usize, usize)> = HashMap::new();
    for (number, block) in blocks.iter().enumerate() {
        for line in &block.lines {
            let (count, last) = carried.entry(line.key).or_insert((0, usize::MAX));
            *count += usize::from(*last != number);
            *last = number;
        }
    }
    let mut out = String::new();
    for block in blocks {
        // What has been printed is taken out.
        let mut title = Some(block.title.as_str());
        for line in &block.lines {
            if let Some((count, _)) = carried.remove(&line.key) {
                out.push_str(title.take().unwrap_or(""));
                out.push_str(&line.head);
                out.push_str(&lines::format_take_count(format, count));
                out.push_str(&line.tail);
            }
        }
    }
    out
}
