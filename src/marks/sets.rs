//! The marks that a query may ask for, shared with the jobs that run it.

use std::sync::Arc;

use super::KeySet;

/// Most lists that are kept beside each other, and items that are kept though they are gone.
const MAX_LISTS: usize = 16;
const MAX_STALE_ITEMS: usize = 10_000;

/// What had been listed when the last visit ended: sorted hashes of items, in one or several lists.
///
/// `is:since-last` keeps what is in none of them. No clock is asked: neither the wire's time nor the date of a file tells
/// when a dispatch arrived here. Where nothing was kept of a visit, everything is new.
#[derive(Debug, Clone, Default)]
pub struct LastVisit {
    lists: Vec<Arc<[u64]>>,
}

impl LastVisit {
    /// Of some lists, each ascending.
    #[must_use]
    pub fn new(lists: Vec<Arc<[u64]>>) -> Self {
        Self { lists }
    }

    /// True where it is time to write one list of what is listed now (so many items) in the place of all that is kept.
    #[must_use]
    pub fn needs_compaction(&self, listed: usize) -> bool {
        let kept: usize = self.lists.iter().map(|list| list.len()).sum();
        self.lists.len() > MAX_LISTS || kept > 2 * listed + MAX_STALE_ITEMS
    }

    /// Whether an item had been listed.
    #[must_use]
    pub fn contains(&self, item: u64) -> bool {
        self.lists
            .iter()
            .any(|list| list.binary_search(&item).is_ok())
    }
}

/// Read and starred, and what was there before.
#[derive(Debug, Clone, Default)]
pub struct MarkSets {
    /// Items that have been read.
    pub read: KeySet,
    /// Stories that are starred.
    pub starred: KeySet,
    /// Items that were there at the last visit.
    pub last_visit: LastVisit,
}
