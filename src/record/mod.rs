//! The output forms of a dispatch: JSON records, CSV, HTML, Markdown, ninjs, NITF and plain text.
//!
//! Returns strings and writes nowhere. The keys of a JSON record are always present; unknown values are `null`.

mod current_status;
mod html;
mod ninjs;
mod ninjs_schema;
mod nitf;
mod records;
mod tables;
mod text;

pub use crate::text::to_json_line;
pub use current_status::{CurrentStatus, Relations, StatusRecord, entry_warnings};
pub use html::{HTML_PAGE_END, html_page_start, to_html, to_html_article, to_html_quotes};
pub use ninjs::Ninjs;
pub use nitf::{nitf_file_end, nitf_file_start, to_nitf, to_nitf_quotes};
pub use records::{
    BodyRecord, ChangesRecord, CheckRecord, CodePointSpan, DispatchRecord, FieldRecord,
    FilledRecord, FullDispatchRecord, GapRecord, ParagraphRecord, ProblemInInput, QuoteRecord,
    QuotesRecord, RunRecord, SequenceRecord, SilenceRecord, SourceRecord, SpeakerRecord,
    VersionRecord,
};
pub use tables::{csv_header, format_csv_row, to_csv, to_tsv};
pub use text::{escape_markdown, to_markdown, to_markdown_facts, to_markdown_warnings, to_text};
