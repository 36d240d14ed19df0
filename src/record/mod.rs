//! What is printed, exported and handed on: one serde model for pipes and files. Keys are always present.

mod check;
mod dispatch;
mod json;
mod quotes;

pub use check::{CheckRecord, FoundProblem};
pub use dispatch::{Body, DispatchRecord, Whole};
pub use json::to_line;
pub use quotes::{QuoteRecord, QuotesRecord};
