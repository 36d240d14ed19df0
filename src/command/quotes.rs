//! `dateline quotes` and `dateline speakers`: who said what, and who speaks how often, as text, TSV, CSV, Markdown and JSON.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;

use crate::cli::{QuoteArgs, QuoteKindArg, QuotesFormat, SpeakersFormat};
use crate::command::gather::{
    Gathered, Progress, gather, print_each, report_problem, sort_by_input, write_text,
};
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Stamp, Status};
use crate::quotes::{self, Certainty, Quote, QuoteKind, TextPart};
use crate::record::{QuotesRecord, SpeakerRecord, escape_markdown, format_csv_row, to_json_line};
use crate::speakers::{self, SpeakerSummary};
use crate::text::{display_width, fold, sanitize, sanitize_line, truncate_to_width};
use crate::work::{self, FullDispatch, SpeakerProgress, find_quotes};

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
                out.push_str(&format_take_count(format, count));
                out.push_str(&line.tail);
            }
        }
    }
    out
}

// One quote in the forms of text, TSV, CSV and Markdown: what stands before and after the number of takes.

/// The quotes of one dispatch, ready to be printed.
struct QuoteBlock {
    /// What stands over them; may be empty.
    title: String,
    lines: Vec<QuoteLine>,
}

/// One quote.
struct QuoteLine {
    /// Equal for the same quote in several takes.
    key: u64,
    /// What stands before the number of takes, and after it.
    head: String,
    tail: String,
}

impl QuoteBlock {
    /// The whole text, without numbers of takes.
    fn text(&self) -> String {
        let mut out = self.title.clone();
        for line in &self.lines {
            out.push_str(&line.head);
            out.push_str(&line.tail);
        }
        out
    }
}

/// Columns of CSV.
const CSV_COLUMNS: [&str; 15] = [
    "path",
    "index",
    "headline",
    "agency",
    "place",
    "time",
    "status",
    "speaker",
    "title",
    "certainty",
    "kind",
    "in",
    "paragraph",
    "text",
    "takes",
];

/// What stands before all quotes.
fn table_header(format: QuotesFormat, folded: bool) -> String {
    let last = CSV_COLUMNS.len() - usize::from(!folded);
    match format {
        QuotesFormat::Csv => format_csv_row(&CSV_COLUMNS[..last]),
        _ => String::new(),
    }
}

/// The number of dispatches that carry a quote, as it stands in the line.
fn format_take_count(format: QuotesFormat, count: usize) -> String {
    match format {
        QuotesFormat::Csv => format!(",{count}"),
        QuotesFormat::Tsv => format!("\t{count}"),
        _ if count > 1 => format!(" (in {count} dispatches)"),
        _ => String::new(),
    }
}

/// The quotes of a dispatch in a form; `None` where there is none.
fn make_block<'a>(
    whole: &FullDispatch,
    quotes: impl Iterator<Item = &'a Quote>,
    format: QuotesFormat,
) -> Option<QuoteBlock> {
    let lines: Vec<QuoteLine> = quotes
        .map(|quote| {
            let (head, tail) = match format {
                QuotesFormat::Csv => (format_csv(whole, quote), "\r\n"),
                QuotesFormat::Md => (format_markdown(whole, quote), "\n\n"),
                QuotesFormat::Tsv => (format_tsv(whole, quote), "\n"),
                QuotesFormat::Text | QuotesFormat::Jsonl => (format_text(whole, quote), "\n"),
            };
            QuoteLine {
                key: speakers::quote_key(&whole.dispatch, quote),
                head,
                tail: tail.to_owned(),
            }
        })
        .collect();
    let title = match format {
        QuotesFormat::Md => markdown_heading(whole),
        _ => String::new(),
    };
    (!lines.is_empty()).then_some(QuoteBlock { title, lines })
}

fn quoted_words(whole: &FullDispatch, quote: &Quote) -> String {
    let source = if quote.part == TextPart::Headline {
        whole.dispatch.headline.as_str()
    } else {
        whole.dispatch.body.text()
    };
    quotes::quote_text(quote, source)
}

fn is_unsure(quote: &Quote) -> bool {
    quote.speaker.is_some() && quote.certainty != Certainty::Sure
}

/// `path: speaker: “words”`; with a `?` where it is not certain who said it.
fn format_text(whole: &FullDispatch, quote: &Quote) -> String {
    let mark = if is_unsure(quote) { "?" } else { "" };
    let speaker = sanitize_line(quote.speaker.as_deref().unwrap_or("-"));
    let words = quoted_words(whole, quote);
    format!(
        "{}: {speaker}{mark}: “{}”",
        sanitize_line(&whole.path),
        sanitize_line(&words)
    )
}

fn format_tsv(whole: &FullDispatch, quote: &Quote) -> String {
    let cells = [
        whole.path.as_str(),
        &whole.index.to_string(),
        quote.speaker.as_deref().unwrap_or("-"),
        quote.certainty.name(),
        quote.kind.name(),
        &quoted_words(whole, quote),
    ];
    cells
        .map(|cell| sanitize_line(cell).into_owned())
        .join("\t")
}

/// A row without its line end, without the column of takes.
fn format_csv(whole: &FullDispatch, quote: &Quote) -> String {
    let d = &whole.dispatch;
    let part = if quote.part == TextPart::Headline {
        "headline"
    } else {
        "body"
    };
    let row = format_csv_row(&[
        &whole.path,
        &whole.index.to_string(),
        &d.headline,
        d.agency.as_deref().unwrap_or(""),
        d.place().unwrap_or(""),
        &d.time.map_or_else(String::new, Stamp::to_rfc3339),
        d.status.name(),
        quote.speaker.as_deref().unwrap_or(""),
        quote.title.as_deref().unwrap_or(""),
        quote.certainty.name(),
        quote.kind.name(),
        part,
        &quote.paragraph.to_string(),
        &quoted_words(whole, quote),
    ]);
    row.trim_end_matches("\r\n").to_owned()
}

/// The headline and where and when, with the path.
fn markdown_heading(whole: &FullDispatch) -> String {
    let d = &whole.dispatch;
    let headline = match d.headline.as_str() {
        "" => "(no headline)",
        headline => headline,
    };
    let mut facts: Vec<String> = Vec::new();
    facts.extend(d.agency.clone());
    facts.extend(d.place().map(str::to_owned));
    facts.extend(d.time.map(Stamp::to_rfc3339));
    facts.push(whole.path.clone());
    let status = d.status.name();
    let warning = match (d.status, d.embargoed) {
        (crate::dispatch::Status::Usable, false) => String::new(),
        (crate::dispatch::Status::Usable, true) => "**embargoed** · ".to_owned(),
        _ => format!("**{status}** · "),
    };
    let facts = escape_markdown(&sanitize_line(&facts.join(" · ")));
    format!(
        "## {}\n\n{warning}{facts}\n\n",
        escape_markdown(&sanitize_line(headline))
    )
}

/// The quote as a block, its speaker under it.
fn format_markdown(whole: &FullDispatch, quote: &Quote) -> String {
    let words = quoted_words(whole, quote);
    let mut out = String::new();
    let text = sanitize(&words);
    let mut lines = text.lines().peekable();
    let mut first = true;
    while let Some(line) = lines.next() {
        let open = if first { "“" } else { "" };
        let close = if lines.peek().is_none() { "”" } else { "" };
        first = false;
        let line = escape_markdown(&format!("{open}{}{close}", line.trim()));
        out.push_str(format!("> {line}").trim_end());
        out.push('\n');
    }
    let by = match (&quote.speaker, &quote.title) {
        (Some(name), Some(title)) => {
            format!("**{}**, {}", escape_markdown(name), escape_markdown(title))
        }
        (Some(name), None) => format!("**{}**", escape_markdown(name)),
        (None, _) => "unattributed".to_owned(),
    };
    let doubt = if is_unsure(quote) {
        " (attribution inferred)"
    } else {
        ""
    };
    out + ">\n> — " + &sanitize_line(&by) + doubt
}

// `dateline speakers`: who speaks, how often, and from when to when.

/// Prints the speakers, those with the most quotes first. The same quote in several takes of a story counts once.
///
/// # Errors
/// Where a stream cannot be written to.
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
    Ok(Outcome::from_counts(
        rows.len(),
        gathered.unreadable || unreadable,
    ))
}

fn count_speakers(gathered: &Gathered, streams: &mut Streams<'_>) -> (Vec<SpeakerSummary>, bool) {
    let ids = &gathered.matches;
    let mut progress = Progress::new(streams.show_progress);
    let mut unreadable = false;
    let snapshot = gathered.desk.snapshot();
    let rows = work::collect_speakers(&snapshot, ids, false, &|| false, &mut |told| match told {
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

/// Widest columns of names and titles.
const MAX_COLUMN_WIDTH: usize = 40;

/// One line a speaker, in columns: `quotes  dispatches  first  last  name  title`.
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
