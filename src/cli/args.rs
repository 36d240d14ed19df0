//! Options, commands and output formats, as one clap definition.
//!
//! The doc comments of fields and variants are the help texts, which the man page and the completions repeat.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};

use crate::cli::man_and_completions::Shell;
use crate::filter::SortKey;
use crate::speakers::Period;
use crate::text;

/// A reader for news-agency wire dispatches: who said what, and where.
///
/// Without a path it reads standard input, or opens the built-in wire if standard input is a terminal. If standard
/// output is not a terminal, it runs `list`.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Use this config file instead of `$DATELINE_CONFIG` or `$XDG_CONFIG_HOME/dateline/config.toml`
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Keep reading when everything is loaded: show new files, and items added to known ones
    #[arg(long)]
    pub follow: bool,
    #[command(flatten)]
    pub keep: RetentionArgs,
    /// Do not send long output through $PAGER
    #[arg(long, global = true)]
    pub no_pager: bool,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// The names of all subcommands, for suggestions on misspelt ones.
#[must_use]
pub fn command_names() -> Vec<String> {
    let all = Cli::command();
    all.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

impl Cli {
    /// The input arguments, if the command takes a filter.
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

    /// The value of `--filter`, before or after the command.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.input()?.filter.as_deref()
    }

    /// The value of `--input-format`, before or after the command.
    #[must_use]
    pub fn input_format(&self) -> Option<&str> {
        self.source()?.input_format.as_deref()
    }

    /// The value of `--columns`, before or after the command.
    #[must_use]
    pub fn columns(&self) -> Option<&str> {
        self.source()?.columns.as_deref()
    }

    fn source(&self) -> Option<&SourceArgs> {
        match &self.command {
            Some(Command::Check { source, .. }) => Some(source),
            _ => Some(&self.input()?.source),
        }
    }
}

/// Which inputs are read, and in which format.
#[derive(Debug, Clone, Default, Args)]
pub struct SourceArgs {
    /// Files, folders and archives to read; `-` is standard input
    #[arg(value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Read every input in this format instead of detecting it: `plain`, `json`, `mail`, ...
    #[arg(long, value_name = "NAME")]
    pub input_format: Option<String>,
    /// Columns of tables by field, for names that are not known: `headline=Titel,time=Datum,body=Text`
    #[arg(long, value_name = "FIELD=NAME,...")]
    pub columns: Option<String>,
}

/// The inputs, the filter, and where marks are stored.
#[derive(Debug, Clone, Default, Args)]
pub struct InputArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Only dispatches that match: words (in headline, slug, place, agency), `"a phrase"`, `from:afp`, `body:word`, ...
    #[arg(long, short, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Leave out dispatches that are under embargo
    #[arg(long)]
    pub hide_embargoed: bool,
    #[command(flatten)]
    pub state: StateArgs,
}

/// The output format.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct OutputArgs {
    /// Output format [default: text]; on a terminal, prints the list instead of opening the screen
    #[arg(long, value_enum)]
    pub format: Option<OutputFormat>,
}

impl OutputArgs {
    /// The chosen format, or text.
    #[must_use]
    pub fn format_or_default(self) -> OutputFormat {
        self.format.unwrap_or_default()
    }
}

/// The commands without a screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print one line per dispatch, newest first
    List {
        #[command(flatten)]
        input: InputArgs,
        #[command(flatten)]
        output: OutputArgs,
        #[command(flatten)]
        sorting: SortArgs,
    },
    /// Print dispatches in full, in the order of the input
    Show {
        #[command(flatten)]
        input: InputArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Convert dispatches of any wire to another format, in the order of the input
    ///
    /// ninjs has one object per line. Its `uri` is the wire's own, or is made from agency and id. Values without a
    /// ninjs property are stored under a role: dateline, label, priority and signal in `descriptions`, keywords in
    /// `subjects`, replaced or killed items and links in `associations`. An embargo without an end becomes `withheld`.
    /// Fields unknown to ninjs are left out; jsonl has all of them.
    Export {
        #[command(flatten)]
        input: InputArgs,
        /// The format to convert to
        #[arg(long, value_enum)]
        to: ExportFormat,
    },
    /// Print who said what, in the order of the input
    ///
    /// Quotes of killed dispatches are left out; standard error says how many.
    Quotes {
        #[command(flatten)]
        input: InputArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: QuotesFormat,
        #[command(flatten)]
        wanted: QuoteArgs,
    },
    /// Print who speaks, how often, and when first and last; most quotes first
    ///
    /// A quote repeated in several takes of a story counts once. Killed dispatches do not count.
    Speakers {
        #[command(flatten)]
        input: InputArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: SpeakersFormat,
        #[command(flatten)]
        wanted: SpeakerArgs,
    },
    /// Print what changed between two versions of a dispatch
    ///
    /// Give inputs with exactly two dispatches, the older one first; or name two with --item, or a story with --story.
    /// Exit codes are those of diff: 0 the same, 1 different, 2 trouble.
    Diff(DiffArgs),
    /// Print dispatches as they arrive: a stream for scripts, which ends when standard output is closed
    ///
    /// Folders are watched with all their subfolders. A file is read once it is closed or renamed into place; files
    /// that grow, such as JSON Lines and mailboxes, are read from where they ended. If a file is rewritten, only
    /// dispatches that changed are printed again.
    Follow {
        #[command(flatten)]
        input: InputArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: FollowFormat,
        /// Print existing dispatches first
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        keep: RetentionArgs,
    },
    /// Print for each source when it was last heard from, how much it sends, and which numbers are missing
    ///
    /// Rates are counted back from the newest time of the wire. Numbers are those of services that number their items:
    /// the story number of ANPA 1312, the message number of IPTC 7901 and of ZCZC frames. A restart of the numbering is
    /// not a gap.
    Health(HealthArgs),
    /// Read everything and print for each file its format, encoding, dispatches, share shown and problems
    ///
    /// The share is that of the letters of the file that its dispatches show; what is left out on purpose is named. Ends
    /// with a table by format: files, dispatches, share shown, and how many of the dispatches have a headline, a time, a
    /// place, a byline and a text that the wire sent.
    Check {
        #[command(flatten)]
        source: SourceArgs,
        #[command(flatten)]
        output: OutputArgs,
        /// Print all problems, not only the first few of each file
        #[arg(long)]
        verbose: bool,
    },
    /// The config file: where it is, what is wrong with it, an example
    Config {
        #[command(subcommand)]
        asked: ConfigCommand,
    },
    /// Mark dispatches as read, star their stories, add notes to them
    ///
    /// Exits with 0 once the marks are on disk.
    #[command(subcommand)]
    Mark(MarkCommand),
    /// Marks: print where they are stored, export and import them as JSON
    #[command(subcommand)]
    State(StateCommand),
    /// Print the man page
    Man,
    /// Print the completion script for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
}

/// Arguments for the screen only.
#[derive(Debug, Clone, Default, Args)]
#[allow(clippy::struct_excessive_bools)] // Flags, each with its opposite.
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// Colour theme [default: from the config file, else terminal, or mono if `NO_COLOR` is set]
    ///
    /// dark and light use colours of their own. Unless COLORTERM is truecolor or 24bit they use the nearest of the 256
    /// colours, and if TERM has no 256 colours, those of the terminal theme.
    #[arg(long, value_enum, value_name = "NAME")]
    pub theme: Option<ThemeName>,
    /// One pane at a time, no lines, letters for signs, few updates: for screen readers and braille
    #[arg(long, overrides_with = "no_plain")]
    pub plain: bool,
    /// Turn --plain off, whatever the config file says
    #[arg(long, overrides_with = "plain")]
    pub no_plain: bool,
    /// Use the mouse: the wheel scrolls, a click selects; with Shift the terminal selects text
    #[arg(long, overrides_with = "no_mouse")]
    pub mouse: bool,
    /// Turn --mouse off, whatever the config file says
    #[arg(long, overrides_with = "mouse")]
    pub no_mouse: bool,
    /// Show the screen on the terminal, and print what you choose with Enter to standard output
    ///
    /// Exit codes: 0 chosen, 1 nothing chosen, 130 ended with ^C.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub print: Option<PrintChoice>,
}

impl ScreenArgs {
    /// Whether the screen is plain; `file` is the setting of the config file.
    #[must_use]
    pub fn is_plain(&self, file: bool) -> bool {
        self.plain || (file && !self.no_plain)
    }

    /// Whether the mouse is used; `file` is the setting of the config file.
    #[must_use]
    pub fn has_mouse(&self, file: bool) -> bool {
        self.mouse || (file && !self.no_mouse)
    }
}

/// The values of `--theme`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    /// The sixteen colours of the terminal
    Terminal,
    /// Colours of its own on a dark background
    Dark,
    /// Colours of its own on a light background
    Light,
    /// No colours
    Mono,
}

impl ThemeName {
    /// The name, as the config file has it too.
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

/// What `--print` prints of the dispatch or quote that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrintChoice {
    /// The wire's id of the dispatch, else `item` of its record
    Id,
    /// The path of its file
    Path,
    /// Its record, as `show --format jsonl` prints it
    Jsonl,
    /// A quote with its source: press Enter in the reader or the quotes
    Quote,
}

// Output formats of the commands.

/// Formats of `list`, `show` and `check`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people and for grep
    #[default]
    Text,
    /// Tab-separated columns
    Tsv,
    /// One JSON object per line
    Jsonl,
}

/// Formats of `quotes`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum QuotesFormat {
    /// For people and for grep
    #[default]
    Text,
    /// Tab-separated columns
    Tsv,
    /// One JSON object per dispatch, each on a line
    Jsonl,
    /// For spreadsheets, one row per quote; cells that look like formulas get an apostrophe in front
    Csv,
    /// Markdown, grouped under headlines
    Md,
    /// The objects of jsonl in an array
    Json,
    /// A page for a browser
    Html,
    /// NITF 3.6, with a bq element for each quote
    #[value(alias = "xml")]
    Nitf,
}

/// Formats of `export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// ninjs 3.1, the IPTC's News in JSON: one object per line
    Ninjs,
    /// The records of `show --format jsonl`
    Jsonl,
    /// The same records in an array
    Json,
    /// Markdown for people
    Md,
    /// The text that `show` prints
    #[value(alias = "txt")]
    Text,
    /// A page for a browser
    Html,
    /// For spreadsheets, one row per dispatch; cells that look like formulas get an apostrophe in front
    Csv,
    /// The columns of `show --format tsv`
    Tsv,
    /// NITF 3.6, the IPTC's News Industry Text Format
    #[value(alias = "xml")]
    Nitf,
}

/// Formats of `speakers`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SpeakersFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object per line
    Jsonl,
    /// For spreadsheets
    Csv,
}

/// What `speakers` counts.
#[derive(Debug, Clone, Default, Args)]
pub struct SpeakerArgs {
    /// Count each period by itself, with its name in the first column
    ///
    /// A quote counts in the period of the earliest dispatch that has it.
    #[arg(long, value_enum, value_name = "PERIOD")]
    pub by: Option<Period>,
    /// Also count quotes of killed dispatches
    #[arg(long)]
    pub killed: bool,
}

impl ValueEnum for Period {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Day, Self::Week, Self::Month, Self::Year]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Day => PossibleValue::new("day").help("2026-05-04"),
            Self::Week => PossibleValue::new("week").help("2026-W19, by ISO 8601"),
            Self::Month => PossibleValue::new("month").help("2026-05"),
            Self::Year => PossibleValue::new("year").help("2026"),
        })
    }
}

/// The values of `--kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QuoteKindArg {
    /// Whole sentences or clauses
    Direct,
    /// Quoted words inside the agency's own sentence
    Partial,
    /// Titles, nicknames, terms
    NotAStatement,
}

/// Which quotes `quotes` prints.
#[derive(Debug, Clone, Default, Args)]
pub struct QuoteArgs {
    /// Only quotes of speakers whose name contains this
    #[arg(long, value_name = "NAME")]
    pub speaker: Option<String>,
    /// Only quotes of this kind; can be repeated
    #[arg(long, value_enum)]
    pub kind: Vec<QuoteKindArg>,
    /// Also print words in quotation marks that nobody said: titles, nicknames, terms
    #[arg(long)]
    pub all: bool,
    /// Print a quote that is repeated in several takes once, with the number of takes
    #[arg(long)]
    pub fold: bool,
    /// Also print quotes of killed dispatches, which are marked as KILLED
    #[arg(long)]
    pub killed: bool,
}

/// The order in which `list` prints.
#[derive(Debug, Clone, Default, Args)]
pub struct SortArgs {
    /// Sort by this key, and by a second key if the first is equal [default: time]
    #[arg(long, value_enum, value_name = "KEY[,KEY]", value_delimiter = ',')]
    pub sort: Vec<SortKey>,
    /// Reverse the order
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
            Self::Time => value.help("Newest first"),
            Self::Urgency => value.help("Most urgent first"),
            Self::Agency | Self::Place | Self::Slug => value,
            Self::Length => value.help("Longest first"),
            Self::Quotes => value.help("Most quotes first"),
        })
    }
}

/// Which two dispatches `diff` compares, and its output format.
#[derive(Debug, Clone, Default, Args)]
pub struct DiffArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Compare this dispatch (its `item` or `id`, as `list --format jsonl` prints it); give it twice, the older first
    #[arg(long, value_name = "ITEM")]
    pub item: Vec<String>,
    /// Compare the newest version of a story (its `story`, or the `item` or `id` of one of its versions) with the
    /// previous one
    #[arg(long, value_name = "STORY", conflicts_with = "item")]
    pub story: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
}

/// Formats of `diff`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// Changed paragraphs, with `[-deleted words-]` and `{+inserted words+}`
    #[default]
    Text,
    /// One JSON object
    Jsonl,
}

/// How many arrivals are kept in memory, and for how long, so that they stay readable when their files are deleted.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct RetentionArgs {
    /// How much memory is used to keep arrivals, compressed, so that they stay readable when their files are deleted:
    /// `256M`, `1G` [default: from the config file, else 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub keep_size: Option<u64>,
    /// How long arrivals are kept at most: `90m`, `12h`, `7d`, `1w` [default: from the config file, else 7d]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub keep_age: Option<Duration>,
}

/// Formats of `follow`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FollowFormat {
    /// The full record, one JSON object per line, as `show` prints it
    #[default]
    Jsonl,
    /// For people, as `show` prints it
    Text,
    /// Tab-separated columns, as `show` prints them
    Tsv,
}

/// Parses `256M` to bytes.
fn size(text: &str) -> Result<u64, String> {
    text::parse_size(text)
        .ok_or_else(|| "expected a number with K, M or G, like 256M or 1G".to_owned())
}

/// Parses `7d`: a number and `s`, `m`, `h`, `d` or `w`.
fn time(text: &str) -> Result<Duration, String> {
    let seconds = text::parse_age(text).and_then(|seconds| u64::try_from(seconds).ok());
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a number with s, m, h, d or w, like 90m, 12h, 7d or 1w".to_owned())
}

/// Which dispatches `health` counts, and its output format.
#[derive(Debug, Clone, Default, Args)]
pub struct HealthArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: HealthFormat,
}

/// Formats of `health`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum HealthFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object per source, each on a line
    Jsonl,
}

// Arguments of `state` and `mark`.

/// Where marks are stored.
#[derive(Debug, Clone, Default, Args)]
pub struct StateArgs {
    /// Store marks in this directory [default: `$DATELINE_STATE`, else `$XDG_STATE_HOME/dateline`, else
    /// ~/.local/state/dateline]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Neither read nor write marks
    #[arg(long, conflicts_with = "state")]
    pub no_state: bool,
}

/// The subcommands of `state`.
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
    /// Merge marks printed by `state export`: the later of two marks wins, of two different notes both are kept
    Import {
        #[command(flatten)]
        state: StateArgs,
        /// The file to read [default: standard input]
        file: Option<PathBuf>,
    },
    /// Bring back the marks that can be read from databases that were set aside as damaged
    Recover {
        #[command(flatten)]
        state: StateArgs,
    },
}

impl StateCommand {
    /// Where the marks are stored.
    #[must_use]
    pub fn state_args(&self) -> &StateArgs {
        match self {
            Self::Path { state }
            | Self::Export { state }
            | Self::Import { state, .. }
            | Self::Recover { state } => state,
        }
    }
}

/// Which dispatches `mark` marks.
#[derive(Debug, Clone, Args)]
pub struct MarkTargetArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Only the dispatch with this id, as `ID` or `ID:REVISION`; can be repeated
    #[arg(long, value_name = "ID")]
    pub item: Vec<String>,
}

/// The subcommands of `mark`.
#[derive(Debug, Clone, Subcommand)]
pub enum MarkCommand {
    /// Mark as read
    Read(MarkTargetArgs),
    /// Mark as unread
    Unread(MarkTargetArgs),
    /// Star the stories
    Star(MarkTargetArgs),
    /// Remove the stars
    Unstar(MarkTargetArgs),
    /// Set the note of the stories, replacing the previous one; an empty one removes it
    Note {
        /// The note
        #[arg(long)]
        text: String,
        #[command(flatten)]
        selection: MarkTargetArgs,
    },
}

impl MarkCommand {
    /// Which dispatches are marked.
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

/// The subcommands of `config`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Check it for mistakes, reported with line and column; exit code 1 if there are any
    Check,
    /// Print an example with all settings
    Default,
    /// Print its path
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
