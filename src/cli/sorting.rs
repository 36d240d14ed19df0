//! How a list is sorted.

use clap::{Args, ValueEnum};

/// The order of a list.
#[derive(Debug, Clone, Default, Args)]
pub struct Sorting {
    /// Sort by this, and by a second key where the first is the same [default: time]
    #[arg(long, value_enum, value_name = "KEY[,KEY]", value_delimiter = ',')]
    pub sort: Vec<SortBy>,
    /// Turn the order round
    #[arg(long)]
    pub reverse: bool,
}

/// What can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// The newest first
    Time,
    /// The most urgent first
    Urgency,
    Agency,
    Place,
    Slug,
    /// The longest first
    Length,
    /// Those with the most quotes first
    Quotes,
}
