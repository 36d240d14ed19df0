//! The command line: one definition that the parser and the help are made from.

mod completions;
mod config;
mod diff;
mod follow;
mod forms;
mod health;
mod man;
mod marks;
mod screen;
mod sorting;
mod surroundings;
mod usage;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueHint};

pub use completions::{Shell, completions};
pub use man::man;
pub use screen::{PrintChoice, ScreenArgs, ThemeName};

pub use config::ConfigCommand;
pub use diff::{DiffArgs, DiffFormat};
pub use follow::{FollowFormat, RetentionArgs};
pub use forms::{
    ExportFormat, OutputFormat, QuoteArgs, QuoteKindArg, QuotesFormat, SpeakersFormat,
};
pub use health::{HealthArgs, HealthFormat};
pub use marks::{MarkCommand, MarkTargetArgs, StateArgs, StateCommand};
pub use sorting::SortArgs;
pub use usage::usage_error_message;

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
