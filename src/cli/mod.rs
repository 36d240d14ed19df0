//! The command line: one definition that the parser and the help are made from.

mod args;
mod completions;
mod man;
mod usage_errors;

pub use args::{
    Cli, Command, ConfigCommand, DiffArgs, DiffFormat, ExportFormat, FollowFormat, HealthArgs,
    HealthFormat, InputArgs, MarkCommand, MarkTargetArgs, OutputArgs, OutputFormat, PrintChoice,
    QuoteArgs, QuoteKindArg, QuotesFormat, RetentionArgs, ScreenArgs, SortArgs, SourceArgs,
    SpeakersFormat, StateArgs, StateCommand, ThemeName, command_names,
};
pub use completions::{Shell, completions};
pub use man::man;
pub use usage_errors::usage_error_message;
