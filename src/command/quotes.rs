//! `dateline quotes` and `dateline speakers`, with their output as text, TSV, CSV, Markdown and JSON.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;

use crate::cli::{QuoteArgs, QuoteKindArg, QuotesFormat, SpeakersFormat};
use crate::command::gather::{
    Gathered, Progress, gather, print_each, report_problem, sort_by_input, write_text,
};
use crate::command::print::print_file;
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Stamp, Status};
use crate::jobs::FileFormat;
use crate::quotes::{Quote, QuoteKind};
use crate::record::{QuotesRecord, SpeakerRecord, format_csv_row, to_json_line};
use crate::speakers::SpeakerSummary;
use crate::text::{display_width, fold, sanitize_line, truncate_to_width};
use crate::work::{
    self, FileForm, FullDispatch, QuoteBlock, QuoteForm, SpeakerProgress, find_quotes,
    format_quotes, format_take_count, quote_table_header,
};

/// Which quotes are printed.
struct QuoteFilter {
    /// Also those that are not statements.
    all: bool,
    /// Empty for all kinds that are statements.
    kinds: Vec<QuoteKind>,
    /// Case-folded part of a name.
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
        kind && self.speaker.as_ref().is_none_or(|wanted| {
            let speaker = quote.speaker.as_deref();
            speaker.is_some_and(|name| fold(name).contains(wanted.as_str()))
        })
    }

    /// True if dispatches without quotes are printed too, as JSON records.
    fn keeps_empty_records(&self) -> bool {
        self.kinds.is_empty() && self.speaker.is_none()
    }
}

/// Prints quotes. With `--fold`, a quote that occurs in several dispatches is printed once, at its first occurrence,
/// with the number of those dispatches.
///
/// # Errors
/// If a stream cannot be written to.
pub fn quotes(
    request: Request,
    format: QuotesFormat,
    wanted: &QuoteArgs,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.index, &mut ids);
    let keep = QuoteFilter::new(wanted);
    let outcome =
        |(shown, unreadable)| Outcome::from_counts(shown, gathered.unreadable || unreadable);
    if format == QuotesFormat::Jsonl {
        let line = |full: &mut FullDispatch| make_record(full, &keep);
        return print_each(&gathered, &ids, &mut streams, line, write_text).map(outcome);
    }
    let as_file = match format {
        QuotesFormat::Json => Some(FileFormat::Json),
        QuotesFormat::Html => Some(FileFormat::Html),
        QuotesFormat::Nitf => Some(FileFormat::Nitf),
        _ => None,
    };
    if let Some(format) = as_file {
        let make = |form: FileForm, full: &mut FullDispatch| {
            form.quotes(full, |quote| keep.matches(quote)).map(|(text, _)| text)
        };
        return print_file(&gathered, (format, true), &mut streams, make);
    }
    let form = match format {
        QuotesFormat::Tsv => QuoteForm::Tsv,
        QuotesFormat::Csv => QuoteForm::Csv,
        QuotesFormat::Md => QuoteForm::Md,
        _ => QuoteForm::Text,
    };
    streams.out.write_all(quote_table_header(form, wanted.fold).as_bytes())?;
    let make = |full: &mut FullDispatch| {
        let quotes = find_quotes(&mut full.dispatch);
        format_quotes(full, quotes.iter().filter(|q| keep.matches(q)), form)
    };
    if wanted.fold {
        let mut blocks = Vec::new();
        let done = print_each(&gathered, &ids, &mut streams, make, |_, block: QuoteBlock| {
            blocks.push(block);
            Ok(())
        })?;
        streams.out.write_all(fold_duplicates(&blocks, form).as_bytes())?;
        streams.out.flush()?;
        return Ok(outcome(done));
    }
    print_each(&gathered, &ids, &mut streams, make, |out, block: QuoteBlock| {
        out.write_all(block.text().as_bytes())
    })
    .map(outcome)
}

/// The JSON record of one dispatch; `None` if it has no matching quotes and a filter is set.
fn make_record(full: &mut FullDispatch, keep: &QuoteFilter) -> Option<String> {
    let quotes = find_quotes(&mut full.dispatch);
    let kept = |quote: &Quote| keep.matches(quote);
    if !keep.keeps_empty_records() && !quotes.iter().any(kept) {
        return None;
    }
    if full.relations.killed_by.is_some() {
        full.dispatch.status = Status::Canceled;
    }
    let path = full.path.clone();
    let record = QuotesRecord::new(&full.dispatch, &quotes, kept, path, full.index);
    Some(to_json_line(&record) + "\n")
}

/// The text of the blocks with each quote once, and the number of dispatches in which it occurs.
fn fold_duplicates(blocks: &[QuoteBlock], form: QuoteForm) -> String {
    // By quote: the number of dispatches, and the last one counted, since one may repeat its own quote.
    let mut counts: HashMap<u64, (usize, usize)> = HashMap::new();
    for (number, block) in blocks.iter().enumerate() {
        for line in &block.lines {
            let (count, last) = counts.entry(line.key).or_insert((0, usize::MAX));
            *count += usize::from(*last != number);
            *last = number;
        }
    }
    let mut out = String::new();
    for block in blocks {
        // Removing a count marks the quote as printed. A block without new quotes gets no title.
        let mut title = Some(block.title.as_str());
        for line in &block.lines {
            if let Some((count, _)) = counts.remove(&line.key) {
                out.push_str(title.take().unwrap_or(""));
                out.push_str(&line.head);
                out.push_str(&format_take_count(form, count));
                out.push_str(&line.tail);
            }
        }
    }
    out
}

// `dateline speakers`.

/// Prints the speakers, those with the most quotes first. The same quote in several takes of a story counts once.
///
/// # Errors
/// If a stream cannot be written to.
pub fn speakers(
    request: Request,
    format: SpeakersFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let (rows, unreadable) = count_speakers(&gathered, &mut streams);
    match format {
        SpeakersFormat::Text => streams.out.write_all(format_table(&rows).as_bytes())?,
        SpeakersFormat::Jsonl => {
            for row in &rows {
                let line = to_json_line(&SpeakerRecord::new(row)) + "\n";
                streams.out.write_all(line.as_bytes())?;
            }
        }
        SpeakersFormat::Csv => {
            let head = ["speaker", "title", "quotes", "dispatches", "first", "last"];
            streams.out.write_all(format_csv_row(&head).as_bytes())?;
            for row in &rows {
                let cells = speaker_cells(row);
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                streams.out.write_all(format_csv_row(&cells).as_bytes())?;
            }
        }
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(rows.len(), gathered.unreadable || unreadable))
}

/// One row per speaker, and whether a dispatch could not be read.
fn count_speakers(gathered: &Gathered, streams: &mut Streams<'_>) -> (Vec<SpeakerSummary>, bool) {
    let ids = &gathered.matches;
    let mut progress = Progress::new(streams.show_progress);
    let mut unreadable = false;
    let snapshot = gathered.index.snapshot();
    let rows = work::collect_speakers(&snapshot, ids, false, &|| false, &mut |step| match step {
        SpeakerProgress::Read(done, _) => progress.tick("read", done, ids.len(), streams.err),
        SpeakerProgress::Problem(problem) => {
            progress.clear(streams.err);
            unreadable |= report_problem(&problem, streams.err);
        }
    });
    progress.clear(streams.err);
    (rows.unwrap_or_default(), unreadable)
}

/// Name, title, quotes, dispatches, first and last time.
fn speaker_cells(row: &SpeakerSummary) -> [String; 6] {
    let time = |time: Option<Stamp>| time.map_or_else(String::new, Stamp::to_rfc3339);
    [
        row.name.clone(),
        row.title.clone().unwrap_or_default(),
        row.quotes.to_string(),
        row.dispatches.to_string(),
        time(row.first),
        time(row.last),
    ]
}

/// Maximum width of the name column, so that one long name does not push the titles off the screen.
const MAX_COLUMN_WIDTH: usize = 40;

/// One line per speaker, in aligned columns: `quotes  dispatches  first  last  name  title`.
fn format_table(rows: &[SpeakerSummary]) -> String {
    let rows: Vec<[String; 6]> = rows
        .iter()
        .map(|row| speaker_cells(row).map(|cell| sanitize_line(&cell).into_owned()))
        .collect();
    let widest = |column: usize| {
        let widths = rows.iter().map(|row| display_width(&row[column]));
        widths.max().unwrap_or(0).min(MAX_COLUMN_WIDTH)
    };
    let [names, quotes, dispatches, first, last] = [0, 2, 3, 4, 5].map(widest);
    let mut out = String::new();
    for row in &rows {
        let name = truncate_to_width(&row[0], names);
        let pad = " ".repeat(names.saturating_sub(display_width(&name)));
        let line = format!(
            "{:>quotes$}  {:>dispatches$}  {:first$}  {:last$}  {name}{pad}  {}",
            row[2], row[3], row[4], row[5], row[1],
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
