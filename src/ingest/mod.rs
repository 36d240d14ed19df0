//! From paths, standard input and the built-in wire to entries: walks, reads, scans, and reads single dispatches again.

mod archive;
mod compression;
mod files;
mod load;
mod reread;
mod stream;
mod watch;

pub use files::{now, read_text_file};
pub use load::{BUILT_IN_WIRE, InputSource, LoadEvent, LoadRequest, load};
pub use reread::{
    Judge, RawItem, SOURCE_LIMIT, VisitBatch, read_dispatch, read_dispatches, read_source, visit,
    visit_each,
};
pub use watch::{RetentionLimits, Watch};
