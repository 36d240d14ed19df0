//! The rows of the list: what filter or desk have, without what waits to be taken in, is gone, muted or folded away.

use std::collections::{HashMap, HashSet};

use super::State;
use crate::desk::EntryId;

/// Of each story, named by its newest version: the newest of the candidates, and its number in the chain.
type Newest = HashMap<EntryId, (usize, EntryId)>;

/// What a look through the candidates has found.
#[derive(Default)]
struct Rows {
    /// The rows; `None` while they are the candidates.
    ids: Option<Vec<EntryId>>,
    newest: Newest,
    versions: HashMap<EntryId, usize>,
    under: HashSet<EntryId>,
    new: usize,
    muted: usize,
}

impl State {
    /// Makes the rows anew, and finds the selection in them.
    pub(super) fn settle_rows(&mut self) {
        let mut rows = self.candidates();
        if !rows.newest.is_empty() {
            self.fold_rows(&mut rows);
        }
        self.live.new = rows.new;
        self.live.muted = rows.muted;
        self.list.versions = rows.versions;
        self.list.under = rows.under;
        self.list.view = rows.ids;
        self.list.settle(&self.desk);
    }

    /// All that may be rows: versions of one story still stand each by itself.
    fn candidates(&self) -> Rows {
        let all = match &self.list.hits {
            Some(hits) => &hits.ids[..],
            None => self.desk.order(),
        };
        let mut rows = Rows::default();
        for (at, &id) in all.iter().enumerate() {
            let row = self.is_row(id) && {
                let (new, muted) = (self.is_new(id), self.is_muted(id));
                rows.new += usize::from(new);
                rows.muted += usize::from(muted && !new);
                !new && (!muted || self.live.show_muted)
            };
            if row && self.desk.has_versions(id) {
                let chain = self.desk.chain(id);
                let rank = chain.iter().position(|&other| other == id).unwrap_or(0);
                let best = rows.newest.entry(chain[0]).or_insert((rank, id));
                *best = (*best).min((rank, id));
            }
            match &mut rows.ids {
                Some(ids) if row => ids.push(id),
                None if !row => rows.ids = Some(all[..at].to_vec()),
                _ => {}
            }
        }
        if !rows.newest.is_empty() {
            rows.ids.get_or_insert_with(|| all.to_vec());
        }
        rows
    }

    /// Puts every story at the place of its newest version; the older ones are left out, or stand right under it.
    fn fold_rows(&self, rows: &mut Rows) {
        let all = rows.ids.take().unwrap_or_default();
        let mut folded = Vec::with_capacity(all.len());
        // What is selected keeps its row until the selection moves on.
        let kept = self.list.selected.filter(|_| self.list.chosen);
        for id in all {
            if !self.desk.has_versions(id) {
                folded.push(id);
                continue;
            }
            let (chain, unfolded) = (self.desk.chain(id), self.is_unfolded(id));
            let best = rows.newest.get(&chain[0]).map_or(id, |&(_, best)| best);
            if id == best {
                folded.push(best);
                let shown =
                    |other: &EntryId| *other != best && self.is_row(*other) && !self.is_new(*other);
                let others: Vec<EntryId> = chain.into_iter().filter(shown).collect();
                if !others.is_empty() {
                    rows.versions.insert(best, others.len());
                }
                if unfolded {
                    rows.under.extend(&others);
                    folded.extend(others);
                }
            } else if Some(id) == kept && !unfolded {
                folded.push(id);
            }
        }
        rows.ids = Some(folded);
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
    fn is_new(&self, id: EntryId) -> bool {
        self.live.upto.is_some_and(|upto| id.segment() >= upto)
    }
}
