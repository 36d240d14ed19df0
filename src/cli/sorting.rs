//! How a list is sorted.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::filter::SortKey;

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
