//! The command line of `dateline health`.

use clap::{Args, ValueEnum};

use super::InputArgs;

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
