//! The rows of the list: what filter or desk have, without what waits to be taken in, is gone, muted or folded away.

use std::collections::{HashMap, HashSet};

use super::State;
use crate::desk::EntryId;

/// What a look through the candidates has found.
#[derive(Default)]
struct Rows {
    /// The rows; `None` while they are the candidates.
    ids: Option<Vec<EntryId>>,
    /// Those that have other versions.
    versions: HashSet<EntryId>,
    /// Those that stand under the newest of their story.
    under: HashSet<EntryId>,
    new: usize,
    muted: usize,
    embargoed: usize,
}

impl State {
    /// Makes the rows anew, and finds the selection in them.
    pub(super) fn settle_rows(&mut self) {
        let mut rows = self.candidates();
        if !rows.versions.is_empty() {
            self.fold_rows(&mut rows);
        }
        self.live.new = rows.new;
        self.live.muted = rows.muted;
        self.embargoes.left_out = rows.embargoed;
        self.list.under = rows.under;
        self.list.view = rows.ids;
        self.list.settle(&self.desk);
        self.hand_marks_over();
    }

    /// All that may be rows: versions of one story still stand each by itself.
    fn candidates(&self) -> Rows {
        let all = match &self.list.hits {
            Some(hits) => &hits.ids[..],
            None => self.desk.order(),
        };
        let mut rows = Rows::default();
        let segments = self.desk.segment_count();
        let waits = self.live.upto.is_some_and(|upto| upto < segments);
        let hides = self.embargoes.hidden;
        if self.desk.is_plain() && !waits && !hides && !self.mutes_any() {
            return rows;
        }
        for (at, &id) in all.iter().enumerate() {
            let row = self.is_row(id) && {
                let (new, muted) = (self.is_new(id), self.is_muted(id));
                let held = hides && self.is_embargoed(id);
                rows.new += usize::from(new);
                rows.muted += usize::from(muted && !new);
                rows.embargoed += usize::from(held && !new && !muted);
                !new && !held && (!muted || self.live.show_muted)
            };
            if row && self.desk.has_versions(id) {
                rows.versions.insert(id);
            }
            match &mut rows.ids {
                Some(ids) if row => ids.push(id),
                None if !row => rows.ids = Some(all[..at].to_vec()),
                _ => {}
            }
        }
        if !rows.versions.is_empty() {
            rows.ids.get_or_insert_with(|| all.to_vec());
        }
        rows
    }

    /// Leaves superseded versions out where a newer one of their story is a row, and puts those of unfolded stories
    /// right under it.
    fn fold_rows(&self, rows: &mut Rows) {
        let all = rows.ids.take().unwrap_or_default();
        let mut folded = Vec::with_capacity(all.len());
        // What is selected keeps its row until the selection moves on.
        let kept = self.list.selected.filter(|_| self.list.chosen);
        // Of stories whose newest version is no row: the newest that is one.
        let mut newest: HashMap<EntryId, EntryId> = HashMap::new();
        let open = self.open_stories(rows);
        for id in all {
            if !rows.versions.contains(&id) {
                folded.push(id);
                continue;
            }
            let head = self.desk.standing(id).superseded_by.unwrap_or(id);
            let best = if rows.versions.contains(&head) {
                head
            } else {
                *newest.entry(head).or_insert_with(|| {
                    let chain = self.desk.chain(id);
                    let row = chain.iter().find(|other| rows.versions.contains(other));
                    row.copied().unwrap_or(id)
                })
            };
            if let Some(others) = open.get(&id) {
                folded.push(id);
                folded.extend(others);
            } else if rows.under.contains(&id) {
                // It stands under the newest.
            } else if id == best || Some(id) == kept {
                folded.push(id);
            }
        }
        rows.ids = Some(folded);
    }

    /// The unfolded stories: the newest row of each, and the rows that stand under it.
    fn open_stories(&self, rows: &mut Rows) -> HashMap<EntryId, Vec<EntryId>> {
        let mut open = HashMap::new();
        for &id in &self.unfolded {
            let chain = self.desk.chain(id);
            let shown = |other: &&EntryId| self.is_row(**other) && !self.is_new(**other);
            let mut shown = chain.iter().filter(shown).copied();
            // The newest that the list itself has stands for the story.
            let Some(best) = chain.iter().find(|other| rows.versions.contains(other)) else {
                continue;
            };
            let others: Vec<EntryId> = shown.by_ref().filter(|other| other != best).collect();
            rows.under.extend(&others);
            open.insert(*best, others);
        }
        open
    }

    /// True for an entry that has a row of its own: its file stands as it was read, as far as the reader has been
    /// told, and no other row shows the very same dispatch.
    fn is_row(&self, id: EntryId) -> bool {
        if !self.desk.is_gone(id) || Some(id) == self.list.selected && self.list.chosen {
            return true;
        }
        // Until that which takes its place is taken in, it keeps its row.
        self.desk
            .successor(id)
            .is_some_and(|next| next > id && self.is_new(next))
    }

    /// True for an entry that waits to be taken in.
    pub(super) fn is_new(&self, id: EntryId) -> bool {
        self.live.upto.is_some_and(|upto| id.segment() >= upto)
    }
}
