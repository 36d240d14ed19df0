//! From paths, standard input and the built-in wire to entries: walks, reads, scans, and reads single dispatches again.

mod batch;
mod builtin;
mod job;
mod open;
mod parted;
mod parts;
mod pipe;
mod raw;
mod reader;
mod settings;
mod store;
mod stream;
mod unpack;
mod visit;
mod walk;
mod watch;

pub use builtin::BUILT_IN_WIRE;
pub use job::{InputSource, LoadEvent, LoadRequest, load};
pub use open::{read_dispatch, read_dispatches};
pub use raw::{SOURCE_LIMIT, read_source};
pub use settings::read_text_file;
pub use visit::{Judge, RawItem, VisitBatch, visit, visit_each};
pub use watch::{RetentionLimits, Watch};

use std::time::{SystemTime, UNIX_EPOCH};

use crate::dispatch::Stamp;
use crate::text::error_reason;

/// The time of this moment: when something arrives. Never compared with another: clocks jump.
#[must_use]
pub fn now() -> Stamp {
    Stamp::from_seconds(jiff::Timestamp::now().as_second())
}

/// A date of the file system, in whole seconds.
fn stamp_from_system_time(time: SystemTime) -> Stamp {
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    };
    Stamp::from_seconds(seconds)
}
