//! The command line of `dateline diff`.

use clap::{Args, ValueEnum};

use super::InputArgs;

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
