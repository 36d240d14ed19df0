//! Dispatches and quotes as text, TSV, CSV, Markdown and in the formats of files: for `export`, `quotes` and what is saved
//! on the screen.

use crate::dispatch::{Stamp, Status};
use crate::jobs::FileFormat;
use crate::quotes::{self, Certainty, Quote, TextPart};
use crate::record::{
    self, escape_markdown, format_csv_row, to_json_line, to_markdown_facts, to_markdown_warnings,
};
use crate::speakers;
use crate::text::{sanitize, sanitize_line};
use crate::work::dispatches::{FullDispatch, find_quotes};
use crate::work::speaker_ids::PendingRecord;

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
    /// The dispatch is killed.
    pub is_killed: bool,
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

/// Columns of CSV before the number of takes.
const CSV_COLUMNS: [&str; 14] = [
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
];

/// Columns of CSV after the number of takes.
const CSV_STATUS_COLUMNS: [&str; 7] = [
    "warning",
    "status_sent",
    "embargo",
    "killed_by",
    "withheld_by",
    "corrected_by",
    "superseded_by",
];

/// The first line of the output: column names for CSV. With `folded`, the number of takes is a column.
#[must_use]
pub fn quote_table_header(form: QuoteForm, folded: bool) -> String {
    let takes: &[&str] = if folded { &["takes"] } else { &[] };
    match form {
        QuoteForm::Csv => {
            format_csv_row(&[&CSV_COLUMNS[..], takes, &CSV_STATUS_COLUMNS[..]].concat())
        }
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
    let tail = match form {
        QuoteForm::Csv => csv_tail(full),
        QuoteForm::Md => "\n\n".to_owned(),
        QuoteForm::Tsv => tsv_tail(full),
        QuoteForm::Text => text_tail(full),
    };
    let line = |quote: &Quote| QuoteLine {
        key: speakers::quote_key(&full.dispatch, quote),
        head: match form {
            QuoteForm::Csv => format_csv(full, quote),
            QuoteForm::Md => format_markdown(full, quote),
            QuoteForm::Tsv => format_tsv(full, quote),
            QuoteForm::Text => format_text(full, quote),
        },
        tail: tail.clone(),
    };
    let lines: Vec<QuoteLine> = quotes.map(line).collect();
    let title = match form {
        QuoteForm::Md => markdown_heading(full),
        _ => String::new(),
    };
    let is_killed = full.status.status == Status::Canceled;
    (!lines.is_empty()).then_some(QuoteBlock { title, is_killed, lines })
}

/// What follows a quote in text: the warnings about its dispatch, as in ` [KILLED by …]`.
fn text_tail(full: &FullDispatch) -> String {
    let warnings = full.status.warnings();
    let warnings = warnings.iter().map(|warning| format!(" [{}]", sanitize_line(warning)));
    warnings.collect::<String>() + "\n"
}

/// What follows a quote in TSV: the columns about the status.
fn tsv_tail(full: &FullDispatch) -> String {
    let cells = full.status.tsv_cells().map(|cell| format!("\t{}", sanitize_line(&cell)));
    cells.concat() + "\n"
}

/// What follows a quote in CSV: the columns about the status, and the line end.
fn csv_tail(full: &FullDispatch) -> String {
    let record = full.status.record();
    let row = format_csv_row(&[
        &full.status.warning_line(),
        record.status_sent,
        record.embargo.as_deref().unwrap_or(""),
        record.killed_by.unwrap_or(""),
        record.withheld_by.unwrap_or(""),
        record.corrected_by.unwrap_or(""),
        record.superseded_by.unwrap_or(""),
    ]);
    format!(",{row}")
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

/// Path, number in the input, speaker, certainty, kind, words. The number of takes may follow, then the status.
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

/// The first columns of a CSV row, to which the number of takes may be added.
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
        full.status.status.name(),
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

/// The headline as a heading, then the facts and the path, and the warnings about the dispatch.
fn markdown_heading(full: &FullDispatch) -> String {
    let d = &full.dispatch;
    let headline = match d.headline.as_str() {
        "" => "(no headline)",
        headline => headline,
    };
    let warnings = match to_markdown_warnings(&full.status) {
        warnings if warnings.is_empty() => warnings,
        warnings => warnings + "\n\n",
    };
    format!(
        "## {}\n\n{} · {}\n\n{warnings}",
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

// Formats of files.

/// How a file is written: its format, and what it has.
#[derive(Debug, Clone, Copy)]
pub struct FileForm {
    pub format: FileFormat,
    /// Quotes instead of dispatches.
    pub quotes_only: bool,
    /// JSON is an array, and NITF has an element around the documents.
    pub is_several: bool,
}

impl FileForm {
    /// What comes before the first dispatch. `title` names the whole for HTML.
    #[must_use]
    pub fn start(&self, title: &str, language: Option<&str>) -> String {
        match self.format {
            FileFormat::Json if self.is_several => "[\n".to_owned(),
            FileFormat::Html => record::html_page_start(title, language),
            FileFormat::Nitf => record::nitf_file_start(self.is_several).to_owned(),
            FileFormat::Csv if self.quotes_only => quote_table_header(QuoteForm::Csv, false),
            FileFormat::Csv => record::csv_header(),
            _ => String::new(),
        }
    }

    /// What stands between two dispatches.
    #[must_use]
    pub fn between(&self) -> &'static str {
        match self.format {
            FileFormat::Json if self.is_several => ",\n",
            _ => "",
        }
    }

    /// What comes after the last dispatch; `is_empty` if there was none.
    #[must_use]
    pub fn end(&self, is_empty: bool) -> &'static str {
        match self.format {
            FileFormat::Json if self.is_several && is_empty => "]\n",
            FileFormat::Json if self.is_several => "\n]\n",
            FileFormat::Html => record::HTML_PAGE_END,
            FileFormat::Nitf => record::nitf_file_end(self.is_several),
            _ => "",
        }
    }

    /// A dispatch in the format.
    #[must_use]
    pub fn dispatch(&self, full: &FullDispatch) -> String {
        let FullDispatch { dispatch, path, index, status, .. } = full;
        match self.format {
            FileFormat::Text => full.text(),
            FileFormat::Md => record::to_markdown(dispatch, status) + "\n\n---\n\n",
            FileFormat::Html => record::to_html_article(dispatch, status),
            FileFormat::Csv => record::to_csv(dispatch, status, path, *index),
            FileFormat::Tsv => full.tsv(),
            FileFormat::Jsonl => full.json(),
            FileFormat::Json => self.without_newline(full.json()),
            FileFormat::Ninjs => to_json_line(&record::Ninjs::new(dispatch, status)) + "\n",
            FileFormat::Nitf => record::to_nitf(dispatch, status),
        }
    }

    /// The quotes of a dispatch for which `keep` is true, and how many there are; `None` without any, and for a format with
    /// JSON records.
    pub fn quotes(
        &self,
        full: &mut FullDispatch,
        keep: impl Fn(&Quote) -> bool,
    ) -> Option<(String, usize)> {
        let all = find_quotes(&mut full.dispatch);
        let kept: Vec<&Quote> = all.iter().filter(|quote| keep(quote)).collect();
        if kept.is_empty() {
            return None;
        }
        let form = |full: &FullDispatch, form| {
            format_quotes(full, kept.iter().copied(), form).map(|block| block.text())
        };
        let text = match self.format {
            FileFormat::Text => form(full, QuoteForm::Text)?,
            FileFormat::Md => form(full, QuoteForm::Md)?,
            FileFormat::Csv => form(full, QuoteForm::Csv)?,
            FileFormat::Tsv => form(full, QuoteForm::Tsv)?,
            FileFormat::Html => record::to_html_quotes(&full.dispatch, &full.status, &kept),
            FileFormat::Nitf => record::to_nitf_quotes(&full.dispatch, &full.status, &kept),
            FileFormat::Jsonl | FileFormat::Json | FileFormat::Ninjs => return None,
        };
        Some((text, kept.len()))
    }

    /// True if quotes are written as JSON records: see [`Self::pending_record`].
    #[must_use]
    pub fn has_speaker_ids(&self) -> bool {
        matches!(self.format, FileFormat::Jsonl | FileFormat::Json | FileFormat::Ninjs)
    }

    /// The quotes of a dispatch for which `keep` is true, as a record; without a text unless `prints` is true of their
    /// number.
    pub fn pending_record(
        &self,
        full: &mut FullDispatch,
        keep: impl Fn(&Quote) -> bool,
        prints: impl Fn(usize) -> bool,
    ) -> PendingRecord {
        let mut record = PendingRecord::new(full, keep, prints);
        if self.format == FileFormat::Json {
            record.text = record.text.map(|text| self.without_newline(text));
        }
        record
    }

    /// The brackets and commas of an array bring their own line ends.
    fn without_newline(self, mut line: String) -> String {
        if self.is_several {
            line.truncate(line.trim_end().len());
        }
        line
    }
}
