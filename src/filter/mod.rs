//! The query language, its run over a snapshot, and the order of the results. Works on the heads in the index, and on
//! texts that the caller has read; knows nothing of screens.

mod completion;
mod evaluate;
mod fields;
mod in_texts;
mod matcher;
mod parser;
mod query;
mod quote_terms;
mod raw_bytes;
mod run;
mod scan;
mod sort;

pub use completion::{CompletionTarget, quote_value};
pub use evaluate::{Marks, NoMarks, QueryContext};
pub use fields::{FIELDS, Field, FieldEntry, IS_PROPERTIES, IsProperty, SYNTAX_EXAMPLES};
pub use in_texts::{Excerpt, TextSearch};
pub use matcher::CloseMatcher;
pub use query::{Query, QueryError};
pub use quote_terms::QuoteTerms;
pub use raw_bytes::{RawQuery, RawText};
pub use run::{
    Arrivals, CandidateRows, FilterJob, Hits, RunRequest, merge_hits, ordered_ids, run_query,
    run_request,
};
pub use scan::{HeadVerdicts, evaluate_heads};
pub use sort::{Sort, SortKey, SortOrder, sort_hits};
