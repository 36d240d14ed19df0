//! Rows that are marked so that actions act on all of them: one bit an entry.

use crate::desk::{Desk, EntryId};

/// The marked rows.
#[derive(Debug, Default)]
pub struct Chosen {
    bits: Vec<u64>,
    count: usize,
    /// The row that was marked last: where a range begins.
    pub(super) last: Option<EntryId>,
}

impl Chosen {
    /// Whether an entry is marked.
    #[must_use]
    pub fn has(&self, id: EntryId) -> bool {
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
    pub(super) fn put(&mut self, id: EntryId, is_in: bool) {
        if self.has(id) == is_in {
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

    /// The marked entries in the order of the desk.
    pub(super) fn ids(&self, desk: &Desk) -> Vec<EntryId> {
        let all = desk.order().iter().copied();
        all.filter(|&id| self.has(id)).take(self.count).collect()
    }
}
