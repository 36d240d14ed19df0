//! Names that dispatches gave of items that were not at hand then, and the dispatches that gave them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::super::EntryId;
use super::MAX_GROUP_SIZE;

/// Who waits for what.
#[derive(Debug, Clone, Default)]
pub(super) struct UnresolvedNames {
    names: HashMap<u64, Vec<EntryId>, RandomState>,
}

impl UnresolvedNames {
    /// True where nobody waits for anything.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whoever waits for a name.
    pub(super) fn entries_waiting_for(&self, key: u64) -> &[EntryId] {
        if self.names.is_empty() {
            return &[];
        }
        self.names.get(&key).map_or(&[], |waiting| waiting)
    }

    /// Lets an entry wait for a name. Where a crowd waits for it already, it tells nothing of one more.
    pub(super) fn add(&mut self, key: u64, id: EntryId) {
        let waiting = self.names.entry(key).or_default();
        if waiting.last() != Some(&id) && waiting.len() <= MAX_GROUP_SIZE {
            waiting.push(id);
        }
    }
}
