//! The model of a dispatch: plain data, filled in by `format` and read by every other room. Knows nothing of files,
//! screens or filters.

pub mod model;
mod problem;
pub mod relations;
mod stamp;
mod vocabulary;

pub use model::{Block, BlockKind, Body, Dateline, DatelineDate, Dispatch, HEADLINE_LIMIT, Head};
pub use problem::{InputProblem, Problem, Problems, Severity};
pub use relations::{
    ItemName, ItemReference, StoryIdentity, StoryLinks, correction_summary, kill_reason,
};
pub use stamp::{Precision, Stamp, TimeSource};
pub use vocabulary::{Relation, RelationKind, Role, Status, Urgency};
