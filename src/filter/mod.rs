//! Which entries a query keeps, in which order, and which letters match. Works on snapshots; knows nothing of screens.

mod fuzzy;
mod query;
mod run;

pub use fuzzy::Fuzzy;
pub use query::{
    FIELDS, Field, FieldEntry, Is, KINDS, Marks, Query, QueryError, RawQuery, RawText, Unmarked,
    View,
};
pub use run::{Hits, Kept, Order, Request, run, run_narrowed};
