//! The quotes of a dispatch as text, TSV, CSV and Markdown: for `dateline quotes` and for files that are saved.

use crate::dispatch::Stamp;
use crate::quotes::{self, Certainty, Quote, TextPart};
use crate::record::{escape_markdown, format_csv_row, to_markdown_facts};
use crate::speakers;
use crate::text::{sanitize, sanitize_line};
use crate::work::dispatches::FullDispatch;

/// An output format of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuoteForm {
    /// One line a quote, for people and for grep.
    Text,
    /// Tab-separated columns.
    Tsv,
    /// A row a quote, for spreadsheets.
    Csv,
    /// Grouped under headlines.
    Md,
}

/// The quotes of one dispatch, ready to print.
#[derive(Debug)]
pub struct QuoteBlock {
    /// The heading; may be empty.
    pub title: String,
    pub lines: Vec<QuoteLine>,
}

/// One quote, split where the number of takes is inserted.
#[derive(Debug)]
pub struct QuoteLine {
    /// Equal for the same quote in several takes.
    pub key: u64,
    pub head: String,
    pub tail: String,
}

impl QuoteBlock {
    /// The text of the block, without numbers of takes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = self.title.clone();
        for line in &self.lines {
            out.push_str(&line.head);
            out.push_str(&line.tail);
        }
        out
    }
}

/// Columns of CSV; the last one only with `--fold`.
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

/// The first line of the output: column names for CSV.
#[must_use]
pub fn quote_table_header(form: QuoteForm, folded: bool) -> String {
    let last = CSV_COLUMNS.len() - usize::from(!folded);
    match form {
        QuoteForm::Csv => format_csv_row(&CSV_COLUMNS[..last]),
        _ => String::new(),
    }
}

/// The number of dispatches with a quote, in the syntax of the format.
#[must_use]
pub fn format_take_count(form: QuoteForm, count: usize) -> String {
    match form {
        QuoteForm::Csv => format!(",{count}"),
        QuoteForm::Tsv => format!("\t{count}"),
        _ if count > 1 => format!(" (in {count} dispatches)"),
        _ => String::new(),
    }
}

/// The quotes of a dispatch in a format; `None` if there are none.
pub fn format_quotes<'a>(
    full: &FullDispatch,
    quotes: impl Iterator<Item = &'a Quote>,
    form: QuoteForm,
) -> Option<QuoteBlock> {
    let lines: Vec<QuoteLine> = quotes
        .map(|quote| {
            let (head, tail) = match form {
                QuoteForm::Csv => (format_csv(full, quote), "\r\n"),
                QuoteForm::Md => (format_markdown(full, quote), "\n\n"),
                QuoteForm::Tsv => (format_tsv(full, quote), "\n"),
                QuoteForm::Text => (format_text(full, quote), "\n"),
            };
            QuoteLine {
                key: speakers::quote_key(&full.dispatch, quote),
                head,
                tail: tail.to_owned(),
            }
        })
        .collect();
    let title = match form {
        QuoteForm::Md => markdown_heading(full),
        _ => String::new(),
    };
    (!lines.is_empty()).then_some(QuoteBlock { title, lines })
}

fn quoted_words(full: &FullDispatch, quote: &Quote) -> String {
    let source = if quote.part == TextPart::Headline {
        full.dispatch.headline.as_str()
    } else {
        full.dispatch.body.text()
    };
    quotes::quote_text(quote, source)
}

/// True if the speaker is inferred.
fn is_unsure(quote: &Quote) -> bool {
    quote.speaker.is_some() && quote.certainty != Certainty::Sure
}

/// `path: speaker: “words”`, with a `?` after an inferred speaker.
fn format_text(full: &FullDispatch, quote: &Quote) -> String {
    let mark = if is_unsure(quote) { "?" } else { "" };
    let speaker = sanitize_line(quote.speaker.as_deref().unwrap_or("-"));
    let words = quoted_words(full, quote);
    format!("{}: {speaker}{mark}: “{}”", sanitize_line(&full.path), sanitize_line(&words))
}

/// Path, number in the input, speaker, certainty, kind, words.
fn format_tsv(full: &FullDispatch, quote: &Quote) -> String {
    let cells = [
        full.path.as_str(),
        &full.index.to_string(),
        quote.speaker.as_deref().unwrap_or("-"),
        quote.certainty.name(),
        quote.kind.name(),
        &quoted_words(full, quote),
    ];
    cells.map(|cell| sanitize_line(cell).into_owned()).join("\t")
}

/// A CSV row without its line end, to which the number of takes may be added.
fn format_csv(full: &FullDispatch, quote: &Quote) -> String {
    let d = &full.dispatch;
    let part = if quote.part == TextPart::Headline { "headline" } else { "body" };
    let row = format_csv_row(&[
        &full.path,
        &full.index.to_string(),
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
        &quoted_words(full, quote),
    ]);
    row.trim_end_matches("\r\n").to_owned()
}

/// The headline as a heading, then the facts and the path.
fn markdown_heading(full: &FullDispatch) -> String {
    let d = &full.dispatch;
    let headline = match d.headline.as_str() {
        "" => "(no headline)",
        headline => headline,
    };
    format!(
        "## {}\n\n{} · {}\n\n",
        escape_markdown(&sanitize_line(headline)),
        to_markdown_facts(d),
        escape_markdown(&sanitize_line(&full.path))
    )
}

/// The quote as a block quote with its speaker below.
fn format_markdown(full: &FullDispatch, quote: &Quote) -> String {
    let words = quoted_words(full, quote);
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
    let doubt = if is_unsure(quote) { " (attribution inferred)" } else { "" };
    out + ">\n> — " + &sanitize_line(&by) + doubt
}
