//! Stories: which entries are versions of one, and what they do to each other: supersede, correct, kill, repeat.

use super::{Desk, EntryId};

/// What the other dispatches at hand make of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The newest version of its story, where that is another one.
    pub superseded_by: Option<EntryId>,
    /// The notice that kills it.
    pub killed_by: Option<EntryId>,
    /// The dispatch that corrects it.
    pub corrected_by: Option<EntryId>,
    /// The entry of the very same dispatch, which came before by another way.
    pub same_as: Option<EntryId>,
    /// True for a kill notice that finds nothing at hand that it kills.
    pub unmatched: bool,
}

impl Desk {
    /// What the others make of an entry.
    #[must_use]
    pub fn standing(&self, _id: EntryId) -> Standing {
        Standing::default()
    }

    /// The versions of its story, itself among them, the newest first. Just itself where there is no other.
    #[must_use]
    pub fn chain(&self, id: EntryId) -> Vec<EntryId> {
        vec![id]
    }

    /// True where the entry has other versions: cheap enough to be asked of every row.
    #[must_use]
    pub fn has_versions(&self, _id: EntryId) -> bool {
        false
    }

    /// True where the entry is no longer a row of its own: its file was written again, or the very same dispatch came
    /// before by another way. Cheap enough to be asked of every row.
    #[must_use]
    pub fn is_gone(&self, id: EntryId) -> bool {
        self.is_retired(id)
    }

    /// The entry that stands in the place of one that [`Self::is_gone`].
    #[must_use]
    pub fn successor(&self, id: EntryId) -> Option<EntryId> {
        self.succeeded_by(id)
    }
}
