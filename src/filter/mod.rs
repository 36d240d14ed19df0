//! Which entries a query keeps, in which order, and which letters match. Works on snapshots; knows nothing of screens.

mod fuzzy;
mod query;
mod run;

pub use fuzzy::Fuzzy;
pub use query::{
    FIELDS, FORMS, Field, FieldEntry, Is, KINDS, Marks, Query, QueryContext, QueryError, RawQuery,
    RawText, Slot, Unmarked, written,
};
pub use run::{
    Heads, Hits, Job, Kept, Order, Request, Sort, SortKey, arrange, heads, in_order, run,
    run_narrowed,
};
