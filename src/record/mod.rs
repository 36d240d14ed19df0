//! What is printed, exported and handed on: one serde model for pipes and files. Keys are always present.

mod csv;
mod dispatch;
mod json;
mod quotes;
mod speakers;

pub use csv::csv_row;
pub use dispatch::{Body, DispatchRecord, Whole};
pub use json::to_line;
pub use quotes::{QuoteRecord, QuotesRecord};
pub use speakers::SpeakerRecord;
