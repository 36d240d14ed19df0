//! The forms in which commands print.

use clap::{Args, ValueEnum};

/// The forms of output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people and for grep
    #[default]
    Text,
    /// Columns parted by tabs
    Tsv,
    /// One JSON object a line
    Jsonl,
}

/// The forms of quotes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum QuotesFormat {
    /// For people and for grep
    #[default]
    Text,
    /// Columns parted by tabs
    Tsv,
    /// One JSON object a dispatch, on a line
    Jsonl,
    /// For spreadsheets, one row a quote; a text that could be taken for a formula begins with an apostrophe
    Csv,
    /// Markdown, under the headlines
    Md,
}

/// The forms of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// ninjs 3.1, the IPTC's News in JSON: one object a line
    Ninjs,
    /// The records of `show --format jsonl`
    Jsonl,
    /// Markdown for people
    Md,
    /// As `show` prints
    Text,
}

/// The forms of speakers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SpeakersFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Jsonl,
    /// For spreadsheets
    Csv,
}

/// The kinds of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QuoteKindArg {
    /// Whole sentences or clauses
    Direct,
    /// Some words inside the agency's own sentence
    Partial,
    /// Titles, nicknames, terms
    NotAStatement,
}

/// Which quotes are printed.
#[derive(Debug, Clone, Default, Args)]
pub struct QuoteArgs {
    /// Only what somebody said whose name holds this
    #[arg(long, value_name = "NAME")]
    pub speaker: Option<String>,
    /// Only quotes of this kind; may be given more than once
    #[arg(long, value_enum)]
    pub kind: Vec<QuoteKindArg>,
    /// Also print marked words that nobody said: titles, nicknames, terms
    #[arg(long)]
    pub all: bool,
    /// Print a quote that several takes of a story carry once, with their number
    #[arg(long)]
    pub fold: bool,
}
