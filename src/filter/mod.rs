//! Which entries a query keeps, in which order, and which letters match. Works on snapshots; knows nothing of screens.

mod fuzzy;
mod query;
mod run;

pub use fuzzy::CloseMatcher;
pub use query::{
    CompletionTarget, FIELDS, Field, FieldEntry, IS_PROPERTIES, IsProperty, Marks, NoMarks, Query,
    QueryContext, QueryError, RawQuery, RawText, SYNTAX_EXAMPLES, quote_value,
};
pub use run::{
    CandidateRows, FilterJob, HeadVerdicts, Hits, RunRequest, Sort, SortKey, SortOrder,
    evaluate_heads, ordered_ids, run_query, run_request, sort_hits,
};
