//! What is printed, exported and handed on: one serde model for pipes and files. Keys are always present.

mod changes;
mod check;
mod csv;
mod dispatch;
mod health;
mod html;
mod json;
mod markdown;
mod ninjs;
mod points;
mod quotes;
mod speakers;
mod text;

pub use changes::{ChangesRecord, FieldRecord, ParagraphRecord, RunRecord, VersionRecord};
pub use check::{CheckRecord, ProblemInInput};
pub use csv::format_csv_row;
pub use dispatch::{BodyRecord, DispatchRecord, FullDispatchRecord, Relations};
pub use health::{GapRecord, SequenceRecord, SilenceRecord, SourceRecord};
pub use html::to_html;
pub use json::to_json_line;
pub use markdown::{escape_markdown, to_markdown};
pub use ninjs::Ninjs;
pub use points::CodePointSpan;
pub use quotes::{QuoteRecord, QuotesRecord};
pub use speakers::SpeakerRecord;
pub use text::to_text;
