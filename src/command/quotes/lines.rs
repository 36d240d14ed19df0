//! One quote in the forms of text, TSV, CSV and Markdown: what stands before and after the number of takes.

use crate::cli::QuotesFormat;
use crate::dispatch::Stamp;
use crate::quote::{self, Certainty, Quote, TextPart};
use crate::record::{escape_markdown, format_csv_row};
use crate::speakers;
use crate::text::{sanitize, sanitize_line};
use crate::work::FullDispatch;

/// The quotes of one dispatch, ready to be printed.
pub(super) struct QuoteBlock {
    /// What stands over them; may be empty.
    pub(super) title: String,
    pub(super) lines: Vec<QuoteLine>,
}

/// One quote.
pub(super) struct QuoteLine {
    /// Equal for the same quote in several takes.
    pub(super) key: u64,
    /// What stands before the number of takes, and after it.
    pub(super) head: String,
    pub(super) tail: String,
}

impl QuoteBlock {
    /// The whole text, without numbers of takes.
    pub(super) fn text(&self) -> String {
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
pub(super) fn table_header(format: QuotesFormat, folded: bool) -> String {
    let last = CSV_COLUMNS.len() - usize::from(!folded);
    match format {
        QuotesFormat::Csv => format_csv_row(&CSV_COLUMNS[..last]),
        _ => String::new(),
    }
}

/// The number of dispatches that carry a quote, as it stands in the line.
pub(super) fn format_take_count(format: QuotesFormat, count: usize) -> String {
    match format {
        QuotesFormat::Csv => format!(",{count}"),
        QuotesFormat::Tsv => format!("\t{count}"),
        _ if count > 1 => format!(" (in {count} dispatches)"),
        _ => String::new(),
    }
}

/// The quotes of a dispatch in a form; `None` where there is none.
pub(super) fn make_block<'a>(
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
    quote::quote_text(quote, source)
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
