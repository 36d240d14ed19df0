//! Tables with a row per dispatch: comma-, semicolon- and tab-separated text, and spreadsheets converted to it.

mod columns;
mod layout;
mod parser;
mod rows;
mod times;

pub(super) use columns::name_in_any_language;
pub use columns::{ColumnError, ColumnNames};
pub use layout::TableLayout;
pub(super) use layout::{is_csv, is_tsv};
pub(super) use parser::items;
