//! The command line: one definition that the parser and the help are made from.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A reader for news-agency wire dispatches: who said what, and where.
///
/// Without a path it reads standard input, or opens the wire that is built in where that is a terminal. Where standard
/// output is not a terminal, `list` is meant.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub output: Output,
}

impl Cli {
    /// The filter, wherever it was given.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        let input = match &self.command {
            None => &self.input,
            Some(
                Command::List { input, .. }
                | Command::Show { input, .. }
                | Command::Quotes { input, .. }
                | Command::Speakers { input, .. },
            ) => input,
        };
        input.filter.as_deref()
    }
}

/// What is read.
#[derive(Debug, Clone, Default, Args)]
pub struct Input {
    /// Files and folders to read; `-` is standard input
    pub paths: Vec<PathBuf>,
    /// Keep only what the query keeps: words (in headline, slug, place, agency), `"a phrase"`, `from:afp`, `body:word`, ...
    #[arg(long, short, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Output {
    /// How to print [default: text]; on a terminal, asks for the list instead of the screen
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

impl Output {
    /// The form asked for, or text.
    #[must_use]
    pub fn form(self) -> Format {
        self.format.unwrap_or_default()
    }
}

/// The forms of output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
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
pub enum QuoteKind {
    /// Whole sentences or clauses
    Direct,
    /// Some words inside the agency's own sentence
    Partial,
    /// Titles, nicknames, terms
    NotAStatement,
}

/// Which quotes are printed.
#[derive(Debug, Clone, Default, Args)]
pub struct Wanted {
    /// Only what somebody said whose name holds this
    #[arg(long, value_name = "NAME")]
    pub speaker: Option<String>,
    /// Only quotes of this kind; may be given more than once
    #[arg(long, value_enum)]
    pub kind: Vec<QuoteKind>,
    /// Also print marked words that nobody said: titles, nicknames, terms
    #[arg(long)]
    pub all: bool,
    /// Print a quote that several takes of a story carry once, with their number
    #[arg(long)]
    pub fold: bool,
}

/// What to do without the screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print one line a dispatch, the newest first
    List {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        output: Output,
    },
    /// Print dispatches whole, in the order of the input
    Show {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        output: Output,
    },
    /// Print who said what, in the order of the input
    Quotes {
        #[command(flatten)]
        input: Input,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: QuotesFormat,
        #[command(flatten)]
        wanted: Wanted,
    },
    /// Print who speaks, how often and from when to when, those with the most quotes first
    ///
    /// A quote that several takes of a story carry counts once.
    Speakers {
        #[command(flatten)]
        input: Input,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: SpeakersFormat,
    },
}
