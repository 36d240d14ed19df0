//! Rings of entries that may have to do with each other: each names the next, the last names the first.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::super::EntryId;

/// The next entry of each, in segments where any is in a ring with others.
#[derive(Debug, Clone, Default)]
pub(super) struct RelatedGroups {
    next: Vec<Vec<EntryId>>,
}

impl RelatedGroups {
    fn next(&self, id: EntryId) -> EntryId {
        let segment = self.next.get(id.segment());
        segment.and_then(|s| s.get(id.row())).copied().unwrap_or(id)
    }

    fn set(&mut self, id: EntryId, next: EntryId, rows: usize) {
        if self.next.len() <= id.segment() {
            self.next.resize(id.segment() + 1, Vec::new());
        }
        let segment = &mut self.next[id.segment()];
        if segment.len() < rows {
            let known = segment.len();
            segment.reserve_exact(rows - known);
            segment.extend((known..rows).map(|row| EntryId::new(id.segment(), row)));
        }
        if let Some(place) = segment.get_mut(id.row()) {
            *place = next;
        }
    }

    /// True where no other is in its ring.
    pub(super) fn is_ungrouped(&self, id: EntryId) -> bool {
        self.next(id) == id
    }

    /// The entries of a ring, beginning with one of them.
    pub(super) fn members(&self, id: EntryId) -> impl Iterator<Item = EntryId> {
        let mut at = Some(id);
        std::iter::from_fn(move || {
            let here = at?;
            at = Some(self.next(here)).filter(|&next| next != id);
            Some(here)
        })
    }

    /// True where more than so many entries are in its ring.
    pub(super) fn is_larger_than(&self, id: EntryId, limit: usize) -> bool {
        self.members(id).nth(limit).is_some()
    }

    /// Joins the ring of an entry to those of others, as long as it is not longer than `limit`; a longer one of another
    /// takes it in only where it is alone. `rows` tells how many rows the segment of an entry has.
    pub(super) fn join_all(
        &mut self,
        id: EntryId,
        others: &[EntryId],
        limit: usize,
        rows: impl Fn(EntryId) -> usize,
    ) {
        let mut others = others.iter().copied().filter(|&other| other != id);
        if self.is_ungrouped(id) {
            let Some(other) = others.next() else {
                return;
            };
            self.splice(id, other, &rows);
        }
        let mut others = others.peekable();
        if others.peek().is_none() || self.is_larger_than(id, limit) {
            return;
        }
        let mut ring: HashSet<EntryId, RandomState> = self.members(id).collect();
        for other in others {
            if ring.contains(&other) || self.is_larger_than(other, limit) {
                continue;
            }
            ring.extend(self.members(other));
            self.splice(id, other, &rows);
            if ring.len() > limit {
                return;
            }
        }
    }

    /// Joins the rings of two entries, where they are two and not longer than `limit`. `rows` tells how many rows the
    /// segment of an entry has.
    pub(super) fn join(
        &mut self,
        a: EntryId,
        b: EntryId,
        limit: usize,
        rows: impl Fn(EntryId) -> usize,
    ) {
        if a == b {
            return;
        }
        if !self.is_ungrouped(a) && !self.is_ungrouped(b) {
            let mut steps = 0;
            for other in self.members(a) {
                steps += 1;
                if other == b || steps > limit {
                    return;
                }
            }
        }
        self.splice(a, b, &rows);
    }

    fn splice(&mut self, a: EntryId, b: EntryId, rows: &impl Fn(EntryId) -> usize) {
        let (after_a, after_b) = (self.next(a), self.next(b));
        self.set(a, after_b, rows(a));
        self.set(b, after_a, rows(b));
    }
}
