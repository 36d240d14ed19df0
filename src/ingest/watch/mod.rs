//! Watches folders and files: what arrives is read, what grows is read on, what is written again takes its old place.
//!
//! The watch is set before a folder is first looked into, so that nothing is lost in between; a ledger of what was read
//! of which file sees to it that a file to which both lead is shown once. What arrives is kept in memory, compressed,
//! for the day when others empty the spool.

mod changes;
mod events;
mod file_states;
mod follow_file;
mod retained;
#[cfg(test)]
mod tests;
pub(super) mod watcher;

pub(super) use file_states::{FileState, ReadRecorder};
pub(super) use follow_file::{Completeness, complete_items_len};
pub use retained::RetentionLimits;
pub(super) use retained::read_retained;
pub use watcher::Watch;
pub(super) use watcher::WatchState;
