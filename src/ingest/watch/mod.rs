//! Watches folders and files: reads new files, what is appended to growing ones, and rewritten ones again.
//!
//! A folder is watched before it is first listed, so that no file is missed in between. The walk and an event may then
//! both lead to the same file; [`file_states`] records what has been read of each file, so that it is shown once. The
//! bytes of what arrives are retained in memory, compressed, because other programs empty the spool.

mod created_renamed_deleted;
mod events;
mod file_states;
mod follow_file;
mod retained;
mod roots;
#[cfg(test)]
mod tests;
pub(super) mod watcher;

pub(super) use file_states::{FileState, ReadRecorder};
pub(super) use follow_file::{Completeness, complete_items_len};
pub use retained::RetentionLimits;
pub(super) use retained::UnpackedChunk;
pub use watcher::Watch;
pub(super) use watcher::WatchState;
