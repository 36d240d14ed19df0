//! Stories: which entries are versions of one, and what they do to each other: supersede, correct, kill, repeat.
//!
//! Entries that share a name, or name each other, stand in a ring; a ring that an arrival touches is settled anew, as a
//! function of its members alone. So the result does not depend on what came first: a kill may be read before what it
//! kills, a later version before the earlier one.

mod index;
mod joining;
mod notices;
mod retiring;
mod rings;
mod settle;
mod standing;
#[cfg(test)]
mod tests;
mod versions;
mod waiting;

pub use standing::StoryStatus;
pub(super) use standing::{StatusFlags, status_flag};

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{DispatchIndex, EntryId, EntryRef, Segment};
use index::NameIndex;
use rings::RelatedGroups;
use settle::{Member, resolve};
use standing::StatusTable;
use waiting::UnresolvedNames;

/// Most entries of a ring that are settled. What shares a name with more tells no story by it: the name is a section's.
const MAX_GROUP_SIZE: usize = 500;

/// Which entries have to do with each other, and what they make of each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Stories {
    names: NameIndex,
    groups: RelatedGroups,
    unresolved: UnresolvedNames,
    /// A notice has named a headline: entries are filed under theirs.
    indexes_headlines: bool,
    statuses: StatusTable,
}

fn entry(segments: &[Arc<Segment>], id: EntryId) -> Option<EntryRef<'_>> {
    segments.get(id.segment())?.entry(id.row())
}

fn segment_len(segments: &[Arc<Segment>], id: EntryId) -> usize {
    segments
        .get(id.segment())
        .map_or(0, |segment| segment.len())
}

impl Stories {
    /// Settles the rings of entries. Of the very same dispatch that came twice with the entries from `new` on, the one
    /// stays that stands first in the order of the inputs; one that was there before stays before all.
    fn resolve_groups(&mut self, segments: &[Arc<Segment>], touched: Vec<EntryId>, new: EntryId) {
        let mut done: HashSet<EntryId, RandomState> = HashSet::default();
        for id in touched {
            if !done.contains(&id) {
                self.resolve_group(segments, id, new, |id| {
                    done.insert(id);
                });
            }
        }
    }

    fn resolve_group(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        new: EntryId,
        mut settled: impl FnMut(EntryId),
    ) {
        let crowded = |s: &Self, id| s.statuses.flags().get(id) & status_flag::CROWDED != 0;
        let ring: Vec<EntryId> = self.groups.members(id).take(MAX_GROUP_SIZE + 1).collect();
        for &id in &ring {
            self.statuses.drop_versions(id);
        }
        if ring.len() > MAX_GROUP_SIZE {
            // Whoever came before is marked already; those after are few.
            let all: Vec<EntryId> = if ring.iter().skip(1).any(|&other| crowded(self, other)) {
                let news = self.groups.members(id).take_while(|&o| !crowded(self, o));
                news.take(MAX_GROUP_SIZE).collect()
            } else {
                self.groups.members(id).collect()
            };
            for id in all {
                let gone =
                    self.statuses.flags().get(id) & (status_flag::UNLISTED | status_flag::REPLACED);
                let standing = StoryStatus {
                    replaced_by: self.statuses.of(id).replaced_by.filter(|_| gone != 0),
                    ..StoryStatus::default()
                };
                self.set_status(segments, id, &standing, status_flag::CROWDED | gone);
                settled(id);
            }
            return;
        }
        ring.iter().copied().for_each(&mut settled);
        let live = self.unlist_duplicates(segments, &ring, new);
        let result = resolve(live);
        let mut chains: HashMap<usize, u32, RandomState> = HashMap::default();
        for (at, member) in result.members.iter().enumerate() {
            let chain = result.has_versions(at).then(|| {
                let story = chains.entry(result.story[at]);
                *story.or_insert_with(|| self.statuses.add_versions(result.versions(at)))
            });
            let rows = segment_len(segments, member.id);
            let standing = &result.statuses[at];
            self.statuses.set(member.id, standing, (chain, 0), rows);
        }
        self.copy_status_to_duplicates(segments, &ring);
    }

    /// What is the very same as another shares its fate.
    fn copy_status_to_duplicates(&mut self, segments: &[Arc<Segment>], ring: &[EntryId]) {
        const FATE: u8 = status_flag::SUPERSEDED
            | status_flag::KILLED
            | status_flag::CORRECTED
            | status_flag::UNMATCHED;
        for &id in ring {
            let gone =
                self.statuses.flags().get(id) & (status_flag::UNLISTED | status_flag::REPLACED);
            if gone == 0 {
                continue;
            }
            if let Some(first) = self.statuses.of(id).replaced_by {
                let fate = self.statuses.flags().get(first) & FATE;
                let standing = StoryStatus {
                    replaced_by: Some(first),
                    ..StoryStatus::default()
                };
                self.set_status(segments, id, &standing, gone | fate);
            }
        }
    }

    /// Sets what is known of an entry that stands for itself.
    fn set_status(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        standing: &StoryStatus,
        more: u8,
    ) {
        let rows = segment_len(segments, id);
        self.statuses.set(id, standing, (None, more), rows);
    }

    /// The members of a ring that are rows of their own. Those of the very same dispatch as another are marked.
    fn unlist_duplicates<'s>(
        &mut self,
        segments: &'s [Arc<Segment>],
        ring: &[EntryId],
        new: EntryId,
    ) -> Vec<Member<'s>> {
        let mut members: Vec<Member<'_>> = self.listed_members(segments, ring);
        // Of one item, those that were there before stand first, then the order of the inputs.
        let rank = |m: &Member<'_>| (m.id >= new, m.id);
        members.sort_by(|a, b| {
            let item = |m: &Member<'_>| (m.entry.item_key(), m.entry.content_hash());
            let place = |m: &Member<'_>| m.entry.input().map(|input| input.location.clone());
            item(a).cmp(&item(b)).then_with(|| {
                let (old_a, old_b) = (rank(a), rank(b));
                let by_place = || {
                    (place(a), a.entry.position_in_input())
                        .cmp(&(place(b), b.entry.position_in_input()))
                };
                let both_new = old_a.0 && old_b.0;
                let first = old_a.0.cmp(&old_b.0);
                let then = if both_new {
                    by_place()
                } else {
                    std::cmp::Ordering::Equal
                };
                first.then(then).then(old_a.1.cmp(&old_b.1))
            })
        });
        let mut live: Vec<Member<'_>> = Vec::with_capacity(members.len());
        for member in members {
            let same = live
                .last()
                .filter(|first| is_duplicate(first.entry, member.entry));
            match same.map(|first| first.id) {
                Some(first) => {
                    let standing = StoryStatus {
                        replaced_by: Some(first),
                        ..StoryStatus::default()
                    };
                    self.set_status(segments, member.id, &standing, status_flag::UNLISTED);
                }
                None => live.push(member),
            }
        }
        live
    }

    /// The members of a ring that are not marked as gone.
    fn listed_members<'s>(
        &self,
        segments: &'s [Arc<Segment>],
        ring: &[EntryId],
    ) -> Vec<Member<'s>> {
        let here = ring
            .iter()
            .filter(|&&id| self.statuses.flags().get(id) & status_flag::UNLISTED == 0);
        here.filter_map(|&id| {
            let entry = entry(segments, id)?;
            Some(Member { id, entry })
        })
        .collect()
    }

    pub(super) fn flags(&self) -> &StatusFlags {
        self.statuses.flags()
    }
}

/// True for two entries of the very same dispatch. Without an id, the same bytes twice in one input are two dispatches.
fn is_duplicate(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    let other_input = || match (a.input(), b.input()) {
        (Some(a), Some(b)) => !a.location.is_same_input(&b.location),
        _ => false,
    };
    a.item_key() == b.item_key()
        && a.content_hash() == b.content_hash()
        && (a.id_key() != 0 || other_input())
}

impl DispatchIndex {
    /// What the others make of an entry.
    #[must_use]
    pub fn story_status(&self, id: EntryId) -> StoryStatus {
        match self.stories.flags().get(id) {
            0 => StoryStatus::default(),
            _ => self.stories.statuses.of(id),
        }
    }

    /// The versions of its story, itself among them, the newest first; what only goes on with the newest stands behind
    /// it. Just itself where there is no other.
    #[must_use]
    pub fn versions(&self, id: EntryId) -> Vec<EntryId> {
        let chain = self
            .has_versions(id)
            .then(|| self.stories.statuses.versions(id));
        chain
            .flatten()
            .map_or_else(|| vec![id], <[EntryId]>::to_vec)
    }

    /// How many entries are rows of their own: all but those that are gone.
    #[must_use]
    pub fn listed_count(&self) -> usize {
        self.len() - self.stories.flags().gone()
    }

    /// True where no entry has other versions or is gone.
    #[must_use]
    pub fn has_no_status_flags(&self) -> bool {
        self.stories.flags().is_empty()
    }

    /// True where the entry has other versions: cheap enough to be asked of every row.
    #[must_use]
    pub fn has_versions(&self, id: EntryId) -> bool {
        self.stories.flags().get(id) & status_flag::HAS_VERSIONS != 0
    }

    /// True where the entry is no longer a row of its own: its file was written again, or the very same dispatch came
    /// before by another way. Cheap enough to be asked of every row.
    #[must_use]
    pub fn is_unlisted(&self, id: EntryId) -> bool {
        self.stories.flags().get(id) & status_flag::UNLISTED != 0
    }

    /// The entry that stands in the place of one that [`Self::is_unlisted`].
    #[must_use]
    pub fn successor(&self, id: EntryId) -> Option<EntryId> {
        let mut at = id;
        // One that took a place may have lost it since.
        for _ in 0..MAX_GROUP_SIZE {
            if !self.is_unlisted(at) {
                break;
            }
            at = self.stories.statuses.of(at).replaced_by?;
        }
        (at != id).then_some(at)
    }

    /// Takes an entry out whose file was written again: `successor` stands in its place. Nothing is a version of it, or
    /// killed by it, any more.
    pub fn supersede_entry(&mut self, id: EntryId, successor: Option<EntryId>) {
        self.stories
            .supersede_entries(&self.segments, &[(id, successor)]);
    }
}
