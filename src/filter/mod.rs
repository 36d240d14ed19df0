//! Which entries a query keeps, in which order, and which letters match. Works on snapshots; knows nothing of screens.

mod fuzzy;
mod query;
mod run;

pub use fuzzy::Fuzzy;
pub use query::{
    FIELDS, Field, FieldEntry, IS_PROPERTIES, Is, Marks, Query, QueryContext, QueryError, RawQuery,
    RawText, SYNTAX_EXAMPLES, Slot, Unmarked, quote_value,
};
pub use run::{
    Heads, Hits, Job, Kept, Order, Request, Sort, SortKey, arrange, heads, in_order, run,
    run_narrowed,
};
