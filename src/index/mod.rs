//! The in-memory index of dispatches: append-only segments of entries, their order, the stories they form, and
//! snapshots for background jobs. Reads no files and knows nothing of screens.

mod dispatch_index;
mod entry;
mod input;
mod kills_and_corrections;
mod links;
mod related_entries;
mod segment;
mod segment_builder;
mod stories;
mod story_status;
mod story_versions;
#[cfg(test)]
mod tests;

pub use dispatch_index::{
    DispatchIndex, EntrySet, ItemLocation, Replacement, Snapshot, iter_set_bits,
};
pub use entry::{EntryRef, NewestTime};
pub use input::{
    ByteBlock, CompressedBlock, FileIdentity, FileTracker, FileVersion, IngestSummary, Input,
    InputLocation, Locator, RetainedBytes, SourceView, WatchedInput, path_text,
};
pub use segment::{
    EntryId, InternedColumn, SEGMENT_ROWS, Segment, letter_mask, required_letters,
    required_letters_from_start,
};
pub use segment_builder::SegmentBuilder;
pub use stories::StoryStatus;
