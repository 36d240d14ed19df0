//! The rows of the list: what filter or desk have, without what waits to be taken in, is gone, muted or folded away.

use std::collections::{HashMap, HashSet};

use super::State;
use crate::desk::EntryId;

/// Entries from which on the rows of a load are not made anew for each arrival.
const MANY: usize = 20_000;

/// What a look through the candidates has found.
#[derive(Default)]
struct RowScan {
    /// The rows; `None` while they are the candidates.
    ids: Option<Vec<EntryId>>,
    /// Those that have other versions, by what [`State::stand`] says of them.
    versions: HashMap<EntryId, EntryId>,
    /// Those that have others folded under them, or standing under them.
    story_heads: HashSet<EntryId>,
    /// What would be folded if it were not selected.
    pinned_row: Option<EntryId>,
    /// Those that stand under the newest of their story.
    nested_rows: HashSet<EntryId>,
    pending: usize,
    muted: usize,
    embargoed: usize,
}

impl State {
    /// Makes the rows anew, and finds the selection in them.
    pub(super) fn rebuild_rows(&mut self) {
        // The room of the rows of before is that of these: a list of a million is not made twice for each arrival.
        let room = self.list.row_override.take().unwrap_or_default();
        let mut rows = self.scan_candidates(room);
        self.list.made_from = self.index.len();
        self.list.dispatch_count = rows.ids.as_ref().map(Vec::len);
        if !rows.versions.is_empty() {
            self.fold_rows(&mut rows);
        }
        self.live.pending_rows = rows.pending;
        self.live.muted_rows = rows.muted;
        self.embargoes.hidden_rows = rows.embargoed;
        self.list.nested_rows = rows.nested_rows;
        self.list.story_heads = rows.story_heads;
        self.list.pinned_row = rows.pinned_row;
        self.list.row_override = rows.ids;
        self.list.restore_selection(&self.index);
        self.transfer_selection();
    }

    /// True where the rows may stay as they are although entries have arrived: making them anew takes a look at every
    /// entry, so a long list does that when it has grown by half, not for every arrival of a load. Until then
    /// [`Self::rows_wait`] is true.
    pub(super) fn rows_may_wait(&self) -> bool {
        let (before, now) = (self.list.made_from, self.index.len());
        // Rows that are those of the desk itself change with it: only the selection has to be found again.
        let own = self.list.row_override.is_some();
        let shown = own && self.live.pending_from.is_none() && !self.filter.needs_job();
        shown && self.is_loading() && now >= MANY && now < before + before / 2
    }

    /// True where entries have arrived that the rows do not have yet.
    pub(super) fn rows_wait(&self) -> bool {
        !self.filter.needs_job() && self.list.made_from < self.index.len()
    }

    /// All that may be rows: versions of one story still stand each by itself.
    fn scan_candidates(&self, mut room: Vec<EntryId>) -> RowScan {
        let all = match &self.list.hits {
            Some(hits) => &hits.ids[..],
            None => self.index.order(),
        };
        let mut rows = RowScan::default();
        let end = self.index.end_id();
        let waits = self.live.pending_from.is_some_and(|upto| upto < end);
        let hides = self.embargoes.hidden;
        if self.index.has_no_status_flags() && !waits && !hides && !self.mutes_any() {
            return rows;
        }
        let begin = |room: &mut Vec<EntryId>, rows: usize| {
            room.clear();
            if room.capacity() < all.len() {
                room.reserve_exact(all.len() + all.len() / 8);
            }
            room.extend_from_slice(&all[..rows]);
        };
        let mut own = false;
        for (at, &id) in all.iter().enumerate() {
            let row = self.has_row(id) && {
                let (new, muted) = (self.is_pending(id), self.is_muted(id));
                let held = hides && self.is_embargoed(id);
                rows.pending += usize::from(new);
                rows.muted += usize::from(muted && !new);
                rows.embargoed += usize::from(held && !new && !muted);
                !new && !held && (!muted || self.live.show_muted)
            };
            let stand = self.story_entry(id);
            if row && self.index.has_versions(stand) {
                rows.versions.insert(stand, id);
            }
            match (own, row) {
                (true, true) => room.push(id),
                (false, false) => {
                    begin(&mut room, at);
                    own = true;
                }
                _ => {}
            }
        }
        if !rows.versions.is_empty() && !own {
            begin(&mut room, all.len());
            own = true;
        }
        rows.ids = own.then_some(room);
        rows
    }

    /// Leaves superseded versions out where a newer one of their story is a row, and puts those of unfolded stories
    /// right under it.
    fn fold_rows(&self, rows: &mut RowScan) {
        let mut all = rows.ids.take().unwrap_or_default();
        // Of stories whose newest version is no row: the newest that is one.
        let mut newest: HashMap<EntryId, EntryId> = HashMap::new();
        let open = self.unfolded_stories(rows);
        if open.is_empty() {
            all.retain(|&id| self.keeps_row(rows, &mut newest, id));
            rows.ids = Some(all);
            return;
        }
        let mut folded = Vec::with_capacity(all.len());
        for id in all {
            if let Some(others) = open.get(&id) {
                rows.story_heads.insert(id);
                folded.push(id);
                folded.extend(others);
            } else if self.keeps_row(rows, &mut newest, id) {
                folded.push(id);
            }
        }
        rows.ids = Some(folded);
    }

    /// True for a row that is not folded away; false for those that stand under the newest, too.
    fn keeps_row(
        &self,
        rows: &mut RowScan,
        newest: &mut HashMap<EntryId, EntryId>,
        id: EntryId,
    ) -> bool {
        let stand = self.story_entry(id);
        // The flag is quicker to ask than the map, and most entries have no other versions.
        if !self.index.has_versions(stand) || !rows.versions.contains_key(&stand) {
            return true;
        }
        if rows.nested_rows.contains(&id) {
            return false;
        }
        let head = self
            .index
            .story_status(stand)
            .superseded_by
            .unwrap_or(stand);
        let best = if let Some(&row) = rows.versions.get(&head) {
            row
        } else {
            *newest.entry(head).or_insert_with(|| {
                let chain = self.index.versions(stand);
                let row = chain.iter().find_map(|other| rows.versions.get(other));
                row.copied().unwrap_or(id)
            })
        };
        if id == best {
            return true;
        }
        rows.story_heads.insert(best);
        // What is selected keeps its row until the selection moves on.
        let kept = Some(id) == self.list.selected.filter(|_| self.list.user_selected);
        if kept {
            rows.pinned_row = Some(id);
        }
        kept
    }

    /// The unfolded stories: the newest row of each, and the rows that stand under it.
    fn unfolded_stories(&self, rows: &mut RowScan) -> HashMap<EntryId, Vec<EntryId>> {
        let mut open = HashMap::new();
        for &id in &self.unfolded {
            let chain = self.index.versions(id);
            let shown = |&other: &EntryId| match rows.versions.get(&other) {
                Some(&row) => Some(row),
                None => (self.has_row(other) && !self.is_pending(other)).then_some(other),
            };
            let shown: Vec<EntryId> = chain.iter().filter_map(shown).collect();
            // The newest that the list itself has stands for the story.
            let Some(&best) = chain.iter().find_map(|other| rows.versions.get(other)) else {
                continue;
            };
            let others: Vec<EntryId> = shown.into_iter().filter(|other| *other != best).collect();
            rows.nested_rows.extend(&others);
            open.insert(best, others);
        }
        open
    }

    /// True for an entry that has a row of its own: its file stands as it was read, as far as the reader has been
    /// told, and no other row shows the very same dispatch.
    fn has_row(&self, id: EntryId) -> bool {
        if !self.index.is_unlisted(id) || Some(id) == self.list.selected && self.list.user_selected
        {
            return true;
        }
        // Until that which takes its place is taken in, it keeps its row.
        self.index
            .successor(id)
            .is_some_and(|next| next > id && self.is_pending(next))
    }

    /// Whose place among the versions of a story is that of a row: its own, or that of what waits to take its place.
    fn story_entry(&self, id: EntryId) -> EntryId {
        if !self.index.is_unlisted(id) {
            return id;
        }
        let next = self.index.successor(id);
        next.filter(|&next| self.is_pending(next)).unwrap_or(id)
    }

    /// Folds what was only a row because it was selected, once it no longer is.
    pub(super) fn unpin_row(&mut self) {
        if self
            .list
            .pinned_row
            .is_some_and(|lone| self.list.selected != Some(lone))
        {
            self.rebuild_rows();
        }
    }

    /// True for an entry that waits to be taken in.
    pub(super) fn is_pending(&self, id: EntryId) -> bool {
        self.live.pending_from.is_some_and(|upto| id >= upto)
    }
}
