//! Which entries a query keeps, in which order, and which letters match. Works on snapshots; knows nothing of screens.

mod fuzzy;
mod query;
mod run;

pub use fuzzy::Fuzzy;
pub use query::{Query, Word};
pub use run::{Hits, run};
