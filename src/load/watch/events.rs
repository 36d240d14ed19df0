//! What the system tells of watched folders (Linux: inotify), in the words of the watch. Sleeps until something happens.

#[cfg(target_os = "linux")]
#[path = "inotify.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "silent.rs"]
mod system;

pub(super) use system::Events;

use std::path::PathBuf;

/// What happened to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// Made, not necessarily written yet.
    Made(PathBuf),
    /// Written to, not necessarily closed.
    Written(PathBuf),
    /// Closed after writing, or renamed to this from where it is not watched: whole.
    Whole(PathBuf),
    /// Its rights changed: it may be readable now.
    Rights(PathBuf),
    /// Deleted, or renamed to where it is not watched.
    Gone(PathBuf),
    Renamed(PathBuf, PathBuf),
    /// A folder came: made, or renamed to this.
    Folder(PathBuf),
    FolderRenamed(PathBuf, PathBuf),
    /// A watched folder is there no longer.
    FolderGone(PathBuf),
    /// Events were lost.
    Lost,
}

/// Why a folder gives no events.
#[derive(Debug)]
pub(super) enum Silent {
    /// It is to be looked at now and then instead; why: the end of a sentence.
    Poll(String),
    /// It cannot be watched at all.
    Failed(std::io::Error),
}
