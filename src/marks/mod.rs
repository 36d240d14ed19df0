//! What a reader marks, as plain data: read, star, note, place, and the sets of them that jobs look at.
//!
//! A star and a note belong to the story ([`crate::desk::EntryRef::story`]), read and place to the item
//! ([`crate::desk::EntryRef::item`]): both are hashes of what the wire calls it, never of a path, so that marks outlive
//! files that are moved.

mod change;
mod keys;
mod sets;

pub use change::{MarkChange, MarkKind};
pub use keys::KeySet;
pub use sets::{LastVisit, MarkSets};

use std::collections::HashMap;

/// All that was kept in earlier sessions.
#[derive(Debug, Clone, Default)]
pub struct SavedMarks {
    pub sets: MarkSets,
    /// Notes by story.
    pub notes: HashMap<u64, String>,
    /// Places by item: byte positions in the body.
    pub positions: HashMap<u64, u32>,
    /// Filters that were typed, the newest last.
    pub queries: Vec<String>,
    /// Saved views: name and definition, by name.
    pub views: Vec<(String, String)>,
    /// What else is remembered: name and value, by name.
    pub settings: Vec<(String, String)>,
}
