//! The command line: options, commands and output formats, as one clap definition that the parser and the help are made from.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};

use crate::cli::completions::Shell;
use crate::filter::SortKey;
use crate::text;

/// A reader for news-agency wire dispatches: who said what, and where.
///
/// Without a path it reads standard input, or opens the wire that is built in where that is a terminal. Where standard
/// output is not a terminal, `list` is meant.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The config file, instead of that of `DATELINE_CONFIG` or `$XDG_CONFIG_HOME/dateline/config.toml`
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Go on when everything is read: show what arrives in the folders and files, and what is added to them
    #[arg(long)]
    pub follow: bool,
    #[command(flatten)]
    pub keep: RetentionArgs,
    /// Print long output as it is, on a terminal too: not through $PAGER
    #[arg(long, global = true)]
    pub no_pager: bool,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// The names of the commands.
#[must_use]
pub fn command_names() -> Vec<String> {
    let all = Cli::command();
    all.get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}

impl Cli {
    /// What the command reads and keeps of it, where it reads by a filter.
    #[must_use]
    pub fn input(&self) -> Option<&InputArgs> {
        match &self.command {
            None => Some(&self.input),
            Some(
                Command::List { input, .. }
                | Command::Show { input, .. }
                | Command::Export { input, .. }
                | Command::Quotes { input, .. }
                | Command::Speakers { input, .. }
                | Command::Diff(DiffArgs { input, .. })
                | Command::Follow { input, .. }
                | Command::Health(HealthArgs { input, .. }),
            ) => Some(input),
            Some(Command::Mark(mark)) => Some(&mark.selection().input),
            Some(
                Command::Check { .. }
                | Command::Config { .. }
                | Command::State(_)
                | Command::Man
                | Command::Completions { .. },
            ) => None,
        }
    }

    /// The filter, wherever it was given.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.input()?.filter.as_deref()
    }

    /// The format to read inputs in, wherever it was asked for.
    #[must_use]
    pub fn input_format(&self) -> Option<&str> {
        let source = match &self.command {
            Some(Command::Check { source, .. }) => source,
            _ => &self.input()?.source,
        };
        source.input_format.as_deref()
    }
}

/// What is read, and as what.
#[derive(Debug, Clone, Default, Args)]
pub struct SourceArgs {
    /// Files, folders and archives to read; `-` is standard input
    #[arg(value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Read every input in this format, whatever it looks like: `plain`, `json`, `mail`, ...
    #[arg(long, value_name = "NAME")]
    pub input_format: Option<String>,
}

/// What is read, and what is kept of it.
#[derive(Debug, Clone, Default, Args)]
pub struct InputArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Keep only what the query keeps: words (in headline, slug, place, agency), `"a phrase"`, `from:afp`, `body:word`, ...
    #[arg(long, short, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Leave out what may not be published yet
    #[arg(long)]
    pub hide_embargoed: bool,
    #[command(flatten)]
    pub state: StateArgs,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct OutputArgs {
    /// How to print [default: text]; on a terminal, asks for the list instead of the screen
    #[arg(long, value_enum)]
    pub format: Option<OutputFormat>,
}

impl OutputArgs {
    /// The form asked for, or text.
    #[must_use]
    pub fn format_or_default(self) -> OutputFormat {
        self.format.unwrap_or_default()
    }
}

/// What to do without the screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print one line a dispatch, the newest first
    List {
        #[command(flatten)]
        input: InputArgs,
        #[command(flatten)]
        output: OutputArgs,
        #[command(flatten)]
        sorting: SortArgs,
    },
    /// Print dispatches whole, in the order of the input
    Show {
        #[command(flatten)]
        input: InputArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Print dispatches in another form, whatever wire they came by, in the order of the input
    ///
    /// ninjs has one object a line. Its `uri` is the wire's own, or is made from agency and id. What ninjs has no
    /// property for stands under a role: dateline, label, priority and signal among `descriptions`, keywords among
    /// `subjects`, replaced or killed items and links among `associations`. An embargo without an end is `withheld`.
    /// Fields that ninjs does not know are left out: jsonl has them all.
    Export {
        #[command(flatten)]
        input: InputArgs,
        /// The form to print
        #[arg(long, value_enum)]
        to: ExportFormat,
    },
    /// Print who said what, in the order of the input
    Quotes {
        #[command(flatten)]
        input: InputArgs,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: QuotesFormat,
        #[command(flatten)]
        wanted: QuoteArgs,
    },
    /// Print who speaks, how often and from when to when, those with the most quotes first
    ///
    /// A quote that several takes of a story carry counts once.
    Speakers {
        #[command(flatten)]
        input: InputArgs,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: SpeakersFormat,
    },
    /// Print what changed between two versions of a dispatch
    ///
    /// The inputs must hold two dispatches, the older one first, or two are named with --item, or a story with --story.
    /// Exit codes are those of diff: 0 nothing differs, 1 something does, 2 there was trouble.
    Diff(DiffArgs),
    /// Print dispatches as they arrive: a stream for scripts, which ends when standard output is closed
    ///
    /// Folders are watched with all below them; files when they are closed or renamed into place; files of many items,
    /// such as JSON lines and mailboxes, are read on where they ended. A file that is written again is printed again where
    /// its dispatches have changed.
    Follow {
        #[command(flatten)]
        input: InputArgs,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: FollowFormat,
        /// Print what is there already first
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        keep: RetentionArgs,
    },
    /// Print of each source when it was last heard of, how much it sends, and which of its numbers are missing
    ///
    /// Rates are counted back from the newest time of the wire. Numbers are those of services that count their items:
    /// the story number of ANPA 1312, the message number of IPTC 7901 and of ZCZC frames. Counting anew is no gap.
    Health(HealthArgs),
    /// Read everything and say of each file its format, encoding, dispatches and problems
    Check {
        #[command(flatten)]
        source: SourceArgs,
        #[command(flatten)]
        output: OutputArgs,
        /// Print all problems, not the first few of each file
        #[arg(long)]
        verbose: bool,
    },
    /// The config file: where it is, what is wrong with it, an example
    Config {
        #[command(subcommand)]
        asked: ConfigCommand,
    },
    /// Mark dispatches as read, star their stories, put notes on them
    ///
    /// Ends with 0 once the marks are on the disk.
    #[command(subcommand)]
    Mark(MarkCommand),
    /// All marks: where they are, as JSON, and back
    #[command(subcommand)]
    State(StateCommand),
    /// Print the man page
    Man,
    /// Print what a shell needs to complete the command line
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
}

// How the screen looks and behaves: the arguments that only it takes.

/// The screen.
#[derive(Debug, Clone, Default, Args)]
#[allow(clippy::struct_excessive_bools)] // Flags, each with its contrary.
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// The colours [default: those of the config file, else terminal, or mono where `NO_COLOR` is set]
    ///
    /// dark and light have shades of their own. Where COLORTERM is neither truecolor nor 24bit they take the nearest of
    /// the 256 colours, and where TERM does not tell of those, the colours of the theme terminal.
    #[arg(long, value_enum, value_name = "NAME")]
    pub theme: Option<ThemeName>,
    /// One pane at a time, no lines, letters for signs, few updates: for screen readers and braille
    #[arg(long, overrides_with = "no_plain")]
    pub plain: bool,
    /// No --plain, whatever the config file says
    #[arg(long, overrides_with = "plain")]
    pub no_plain: bool,
    /// Listen to the mouse: the wheel scrolls, a click selects; with Shift the terminal selects text itself
    #[arg(long, overrides_with = "no_mouse")]
    pub mouse: bool,
    /// No --mouse, whatever the config file says
    #[arg(long, overrides_with = "mouse")]
    pub no_mouse: bool,
    /// Choose with Enter: show the screen on the terminal, and print what was chosen to standard output
    ///
    /// Exit codes: 0 chosen, 1 nothing chosen, 130 ended with ^C.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub print: Option<PrintChoice>,
}

impl ScreenArgs {
    /// Whether it shall be plain, where the config file says `file`.
    #[must_use]
    pub fn is_plain(&self, file: bool) -> bool {
        self.plain || (file && !self.no_plain)
    }

    /// Whether it listens to the mouse, where the config file says `file`.
    #[must_use]
    pub fn has_mouse(&self, file: bool) -> bool {
        self.mouse || (file && !self.no_mouse)
    }
}

/// The themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    /// The sixteen colours of the terminal
    Terminal,
    /// Shades of its own on a dark ground
    Dark,
    /// Shades of its own on a light ground
    Light,
    /// No colours
    Mono,
}

impl ThemeName {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// What is printed of what was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrintChoice {
    /// The id that the wire gave the dispatch, else the key `item` of its record
    Id,
    /// The file that it lies in
    Path,
    /// Its record, as `show --format jsonl` prints it
    Jsonl,
    /// A quote with its source: Enter in the reader or in the quotes
    Quote,
}

// The forms in which commands print.

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

// How a list is sorted.

/// The order of a list.
#[derive(Debug, Clone, Default, Args)]
pub struct SortArgs {
    /// Sort by this, and by a second key where the first is the same [default: time]
    #[arg(long, value_enum, value_name = "KEY[,KEY]", value_delimiter = ',')]
    pub sort: Vec<SortKey>,
    /// Turn the order round
    #[arg(long)]
    pub reverse: bool,
}

impl ValueEnum for SortKey {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name());
        Some(match self {
            Self::Time => value.help("The newest first"),
            Self::Urgency => value.help("The most urgent first"),
            Self::Agency | Self::Place | Self::Slug => value,
            Self::Length => value.help("The longest first"),
            Self::Quotes => value.help("Those with the most quotes first"),
        })
    }
}

// The command line of `dateline diff`.

/// Which two dispatches are compared, and how that is printed.
#[derive(Debug, Clone, Default, Args)]
pub struct DiffArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Compare this dispatch (its `item` or `id`, as `list --format jsonl` prints it); give it twice, the older first
    #[arg(long, value_name = "ITEM")]
    pub item: Vec<String>,
    /// Compare the newest version of a story (its `story`, or the `item` or `id` of one of its versions) with the one
    /// before
    #[arg(long, value_name = "STORY", conflicts_with = "item")]
    pub story: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
}

/// The forms of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// The paragraphs that changed, with `[-words taken out-]` and `{+words put in+}`
    #[default]
    Text,
    /// One JSON object
    Jsonl,
}

// Arguments of following: what is kept of what arrives, and how the stream for scripts is printed.

/// What is kept of what arrives, for the day when others empty the spool.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct RetentionArgs {
    /// How much of what arrives is kept in memory, compressed, so that it stays readable when its file is deleted:
    /// `256M`, `1G` [default: that of the config file, or 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub keep_size: Option<u64>,
    /// How long it is kept at most: `90m`, `12h`, `7d`, `1w` [default: that of the config file, or 7d]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub keep_age: Option<Duration>,
}

/// The forms of the stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FollowFormat {
    /// One JSON object a line, whole: as `show` prints
    #[default]
    Jsonl,
    /// As `show` prints, for people
    Text,
    /// Columns parted by tabs: as `show` prints
    Tsv,
}

/// `256M`: bytes.
fn size(text: &str) -> Result<u64, String> {
    text::parse_size(text)
        .ok_or_else(|| "a number and K, M or G are wanted, like 256M or 1G".to_owned())
}

/// `7d`: seconds, minutes, hours, days, weeks.
fn time(text: &str) -> Result<Duration, String> {
    let seconds = text::parse_age(text).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map(Duration::from_secs).ok_or_else(|| {
        "a number with s, m, h, d or w is wanted, like 90m, 12h, 7d or 1w".to_owned()
    })
}

// The command line of `dateline health`.

/// Whose health is told, and how.
#[derive(Debug, Clone, Default, Args)]
pub struct HealthArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: HealthFormat,
}

/// The forms of health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum HealthFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a source, on a line
    Jsonl,
}

// The command line of marks: where they are kept, `state`, `mark`.

/// Where marks are kept.
#[derive(Debug, Clone, Default, Args)]
pub struct StateArgs {
    /// Keep marks in this directory [default: `DATELINE_STATE`, else dateline in `XDG_STATE_HOME`, else in ~/.local/state]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Keep no marks and read none
    #[arg(long, conflicts_with = "state")]
    pub no_state: bool,
}

/// What to do with all marks.
#[derive(Debug, Clone, Subcommand)]
pub enum StateCommand {
    /// Print the path of the database
    Path {
        #[command(flatten)]
        state: StateArgs,
    },
    /// Print all marks as JSON
    Export {
        #[command(flatten)]
        state: StateArgs,
    },
    /// Take in marks that `state export` has printed; of each mark the later one counts, of two notes both
    Import {
        #[command(flatten)]
        state: StateArgs,
        /// The file to read [default: standard input]
        file: Option<PathBuf>,
    },
}

impl StateCommand {
    /// Where the marks are kept.
    #[must_use]
    pub fn state_args(&self) -> &StateArgs {
        match self {
            Self::Path { state } | Self::Export { state } | Self::Import { state, .. } => state,
        }
    }
}

/// Which dispatches are marked.
#[derive(Debug, Clone, Args)]
pub struct MarkTargetArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Only the dispatch of this id, as `ID` or `ID:REVISION`; may be given more than once
    #[arg(long, value_name = "ID")]
    pub item: Vec<String>,
}

/// How dispatches are marked.
#[derive(Debug, Clone, Subcommand)]
pub enum MarkCommand {
    /// Mark as read
    Read(MarkTargetArgs),
    /// Mark as unread
    Unread(MarkTargetArgs),
    /// Star the stories
    Star(MarkTargetArgs),
    /// Take the stars away
    Unstar(MarkTargetArgs),
    /// Put a note on the stories, in the place of what stands there; an empty one takes it away
    Note {
        /// The note
        #[arg(long)]
        text: String,
        #[command(flatten)]
        selection: MarkTargetArgs,
    },
}

impl MarkCommand {
    /// Which dispatches are meant.
    #[must_use]
    pub fn selection(&self) -> &MarkTargetArgs {
        match self {
            Self::Read(selection)
            | Self::Unread(selection)
            | Self::Star(selection)
            | Self::Unstar(selection)
            | Self::Note { selection, .. } => selection,
        }
    }
}

// The command `config`: what it can be asked for.

/// What to do with the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Say what is wrong with it, with line and column; exit code 1 where something is
    Check,
    /// Print an example with everything that may stand in it
    Default,
    /// Print where it is looked for
    Path,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(size("256M"), Ok(256 << 20));
        assert_eq!(time("90m"), Ok(Duration::from_mins(90)));
        assert_eq!(time("1w"), time("7d"));
        assert!(size("much").is_err() && size("99999999999G").is_err());
        assert!(time("7").is_err() && time("-1d").is_err());
    }
}
