//! The output forms of a dispatch: JSON records, CSV, HTML, Markdown, ninjs and plain text.
//!
//! Returns strings and writes nowhere. The keys of a JSON record are always present; unknown values are `null`.

mod csv_escaping;
mod html;
mod ninjs;
mod ninjs_schema;
mod records;
mod text;

pub use crate::text::to_json_line;
pub use csv_escaping::format_csv_row;
pub use html::to_html;
pub use ninjs::Ninjs;
pub use records::{
    BodyRecord, ChangesRecord, CheckRecord, CodePointSpan, DispatchRecord, FieldRecord,
    FullDispatchRecord, GapRecord, ParagraphRecord, ProblemInInput, QuoteRecord, QuotesRecord,
    Relations, RunRecord, SequenceRecord, SilenceRecord, SourceRecord, SpeakerRecord,
    VersionRecord,
};
pub use text::{escape_markdown, to_markdown, to_markdown_facts, to_text};
