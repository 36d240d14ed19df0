//! The command line of `dateline health`.

use clap::{Args, ValueEnum};

use super::Input;

/// Whose health is told, and how.
#[derive(Debug, Clone, Default, Args)]
pub struct Health {
    #[command(flatten)]
    pub input: Input,
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
