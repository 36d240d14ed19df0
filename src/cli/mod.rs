//! The command line: one clap definition from which the parser, the help, the man page and the completions are made.
//! Knows nothing of files or dispatches.

mod args;
mod man_and_completions;
mod usage_errors;

pub use args::{
    Cli, Command, ConfigCommand, DiffArgs, DiffFormat, ExportFormat, FollowFormat, HealthArgs,
    HealthFormat, InputArgs, MarkCommand, MarkTargetArgs, OutputArgs, OutputFormat, PrintChoice,
    QuoteArgs, QuoteKindArg, QuotesFormat, RetentionArgs, ScreenArgs, SortArgs, SourceArgs,
    SpeakerArgs, SpeakersFormat, StateArgs, StateCommand, ThemeName, command_names,
};
pub use man_and_completions::{Shell, completions, man};
pub use usage_errors::usage_error_message;
