//! How the list looks: its columns, and the forms of its times. Plain data, of the config file and for the screen.

mod columns;
mod times;

pub use columns::ListColumn;
pub use times::{TimeFormat, TimeFormats, compact};

/// How the list looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFormat {
    /// From left to right; the headline follows them.
    pub columns: Vec<ListColumn>,
    pub times: TimeFormats,
}

impl Default for ListFormat {
    fn default() -> Self {
        Self {
            columns: ListColumn::DEFAULT.into(),
            times: TimeFormats::default(),
        }
    }
}
