//! Reads files, folders, archives, pipes and the built-in wire into segments, and reads listed dispatches again.
//!
//! [`load()`] reads everything once; a [`Watch`] goes on and reports what arrives later. Nothing here knows of the screen
//! or keeps a list: results leave as [`LoadEvent`]s.

mod archive;
mod compression;
mod files;
mod load;
mod locator;
mod office;
mod stream;
mod visit;
mod watch;

pub use files::{fix_clock, now, read_text_file};
pub use load::{
    BUILT_IN_WIRE, InputSource, LoadEvent, LoadRequest, MeasuredInput, load, load_measured,
};
pub use locator::{DispatchReader, SOURCE_LIMIT, read_dispatch, read_dispatches, read_source};
pub use office::convert_office_file;
pub use visit::{Judge, RawItem, VisitBatch, visit, visit_each};
pub use watch::{RetentionLimits, Watch};
