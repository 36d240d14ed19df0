//! How the list looks: its columns, and the forms of its times. Plain data, of the config file and for the screen.

mod columns;
mod times;

pub use columns::Column;
pub use times::{Form, Times, dense};

/// How the list looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// From left to right; the headline follows them.
    pub columns: Vec<Column>,
    pub times: Times,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            columns: Column::DEFAULT.into(),
            times: Times::default(),
        }
    }
}
