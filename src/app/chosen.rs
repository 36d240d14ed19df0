//! Rows that are marked so that actions act on all of them: one bit an entry.

use super::State;
use crate::desk::{DispatchIndex, EntryId};

/// The marked rows.
#[derive(Debug, Clone, Default)]
pub struct RowSelection {
    bits: Vec<u64>,
    count: usize,
    /// The row that was marked last: where a range begins.
    pub(super) range_anchor: Option<EntryId>,
}

impl RowSelection {
    /// Whether an entry is marked.
    #[must_use]
    pub fn contains(&self, id: EntryId) -> bool {
        let word = self.bits.get(id.number() / 64);
        word.is_some_and(|word| word >> (id.number() % 64) & 1 == 1)
    }

    /// How many are marked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Marks an entry, or takes its mark away.
    pub(super) fn set(&mut self, id: EntryId, is_in: bool) {
        if self.contains(id) == is_in {
            return;
        }
        let (at, bit) = (id.number() / 64, 1 << (id.number() % 64));
        if at >= self.bits.len() {
            self.bits.resize(at + 1, 0);
        }
        self.bits[at] ^= bit;
        if is_in {
            self.count += 1;
        } else {
            self.count -= 1;
        }
    }

    /// Takes all marks away.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The marked entries: those that are rows in the order of the rows, then the others in the order of the desk.
    pub(super) fn ids(&self, rows: &[EntryId], desk: &DispatchIndex) -> Vec<EntryId> {
        let mut left = self.clone();
        let mut ids = Vec::with_capacity(self.count);
        for &id in rows.iter().chain(desk.order()) {
            if left.is_empty() {
                break;
            }
            if left.contains(id) {
                left.set(id, false);
                ids.push(id);
            }
        }
        ids
    }

    /// Gives the mark of an entry to another one, which stands in its place.
    fn transfer(&mut self, from: EntryId, to: EntryId) {
        self.set(from, false);
        self.set(to, true);
        if self.range_anchor == Some(from) {
            self.range_anchor = Some(to);
        }
    }
}

impl State {
    /// Marks of entries that are gone go to those in their places, once these have come into the list.
    pub(super) fn transfer_selection(&mut self) {
        if self.marks.selection.is_empty() || self.index.has_no_status_flags() {
            return;
        }
        let gone = |id: &EntryId| self.index.is_unlisted(*id);
        let marked = self.marks.selection.ids(&[], &self.index);
        let pairs = marked.into_iter().filter(gone);
        let pairs = pairs.filter_map(|id| Some((id, self.index.successor(id)?)));
        let pairs: Vec<_> = pairs.filter(|(_, next)| !self.is_pending(*next)).collect();
        for (from, to) in pairs {
            self.marks.selection.transfer(from, to);
        }
    }
}
