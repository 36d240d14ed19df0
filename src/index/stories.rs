//! Stories: which entries are versions of one, and what they do to each other: supersede, correct, kill, repeat.
//!
//! Entries that share a name, or name each other, stand in a ring; a ring that an arrival touches is settled anew, as a
//! function of its members alone. So the result does not depend on what came first: a kill may be read before what it
//! kills, a later version before the earlier one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::dispatch::{RelationKind, Role, relations};
use crate::index::dispatch_index::DispatchIndex;
use crate::index::entry::EntryRef;
use crate::index::kills_and_corrections;
use crate::index::links::PackedName;
use crate::index::related_entries::{
    NameIndex, NameKind, RelatedGroups, headline_key, keys_around, name_key, undated_key,
};
use crate::index::segment::{EntryId, Segment};
use crate::index::story_status::StatusTable;
use crate::index::story_versions::{Member, resolve};

pub use crate::index::story_status::StoryStatus;
pub(super) use crate::index::story_status::{StatusFlags, status_flag};

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
    pub(super) statuses: StatusTable,
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

// Files arrivals under their names, and joins them to those that share a name or are named.

/// Under which a notice finds those whose headline it names.
const HEADLINE_KINDS: [NameKind; 2] = [NameKind::Headline, NameKind::Titled];

impl Stories {
    /// Takes the entries from an id on in.
    pub(super) fn add(&mut self, segments: &[Arc<Segment>], first: EntryId) {
        let mut touched = Vec::new();
        let new = segments.iter().enumerate().skip(first.segment());
        let rows: usize = new.clone().map(|(_, segment)| segment.len()).sum();
        self.names
            .reserve(segments, rows.saturating_sub(first.row()));
        self.index_headlines(segments, first);
        for (number, segment) in new {
            let old = if number == first.segment() {
                first.row()
            } else {
                0
            };
            let uncounted = segment.links.has_no_numbers();
            for (row, entry) in segment.entries().enumerate().skip(old) {
                let id = EntryId::new(number, row);
                self.index_unique_names(segments, id, entry);
                self.index_shared_names(segments, id, entry, uncounted);
                if entry.role() == Role::Kill || !self.groups.is_ungrouped(id) {
                    touched.push(id);
                }
            }
            for row in segment
                .links
                .rows_with_relations()
                .filter(|&row| row >= old)
            {
                let id = EntryId::new(number, row);
                if let Some(entry) = segment.entry(row) {
                    self.join_named(segments, id, entry);
                    if !self.groups.is_ungrouped(id) {
                        touched.push(id);
                    }
                }
            }
        }
        self.resolve_groups(segments, touched, first);
    }

    /// Files entries under their headlines once a notice names one: on most wires none does.
    fn index_headlines(&mut self, segments: &[Arc<Segment>], first: EntryId) {
        let mut new = segments.iter().skip(first.segment());
        if self.indexes_headlines || !new.any(|segment| segment.links.names_headlines()) {
            return;
        }
        self.indexes_headlines = true;
        let before = segments.iter().enumerate().take(first.segment() + 1);
        for (number, segment) in before {
            for (row, entry) in segment.entries().enumerate() {
                let id = EntryId::new(number, row);
                for kind in HEADLINE_KINDS.into_iter().filter(|_| id < first) {
                    let key = name_key(kind, entry);
                    if key != 0 {
                        self.names.insert(segments, kind, key, id);
                    }
                }
            }
        }
    }

    /// Files an entry under its names, and joins it to those that have them.
    fn index_unique_names(&mut self, segments: &[Arc<Segment>], id: EntryId, entry: EntryRef<'_>) {
        let (story, item) = (
            name_key(NameKind::Story, entry),
            name_key(NameKind::Item, entry),
        );
        let has_id = entry.id_key() != 0;
        if story != 0 {
            self.join_by_name(segments, NameKind::Story, story, id);
        }
        if story == 0 || has_id && item != story {
            self.join_by_name(segments, NameKind::Item, item, id);
        }
    }

    /// Files an entry under the names that many may have.
    fn index_shared_names(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        entry: EntryRef<'_>,
        uncounted: bool,
    ) {
        let counted = [NameKind::Number, NameKind::AgencyNumber].into_iter();
        let counted = counted.filter(|_| !uncounted);
        let headlines: &[NameKind] = if self.indexes_headlines {
            &HEADLINE_KINDS
        } else {
            &[]
        };
        for kind in counted
            .chain([NameKind::Keyword])
            .chain(headlines.iter().copied())
        {
            let key = name_key(kind, entry);
            if key != 0 {
                self.names.insert(segments, kind, key, id);
                let common = undated_key(kind, entry);
                if !self.unresolved.is_empty() {
                    keys_around(common, entry).for_each(|key| self.join_waiting(segments, key, id));
                }
                // `UPDATE 1-` of a headline that came before.
                if kind == NameKind::Keyword && entry.is_labelled() && entry.story_key() == 0 {
                    self.join_all_named(segments, &[kind], common, id, entry);
                }
            }
        }
    }

    /// Files an entry under a name that all who have it share.
    fn join_by_name(&mut self, segments: &[Arc<Segment>], kind: NameKind, key: u64, id: EntryId) {
        match self.names.find(segments, key) {
            Some(other) => self.join(segments, other, id),
            None => self.names.insert(segments, kind, key, id),
        }
        self.join_waiting(segments, key, id);
    }

    /// Joins an entry to the notices that wait for one of this name.
    fn join_waiting(&mut self, segments: &[Arc<Segment>], key: u64, id: EntryId) {
        let waiting = self.unresolved.entries_waiting_for(key);
        self.groups
            .join_all(id, waiting, MAX_GROUP_SIZE, |id| segment_len(segments, id));
    }

    fn join(&mut self, segments: &[Arc<Segment>], a: EntryId, b: EntryId) {
        self.groups
            .join(a, b, MAX_GROUP_SIZE, |id| segment_len(segments, id));
    }

    /// Joins an entry to those that it names, now and as they come.
    fn join_named(&mut self, segments: &[Arc<Segment>], id: EntryId, entry: EntryRef<'_>) {
        for (kind, named) in entry.related_names() {
            let notice = matches!(kind, RelationKind::Kills | RelationKind::Corrects);
            match named {
                PackedName::Item { key, stem, .. } => {
                    let keys = || [key, stem].into_iter().filter(|&key| key != 0);
                    match keys().find_map(|key| self.names.find(segments, key)) {
                        Some(other) => self.join(segments, other, id),
                        None => keys().for_each(|key| self.unresolved.add(key, id)),
                    }
                }
                PackedName::Number { key, .. } => {
                    let kinds = [NameKind::Number, NameKind::AgencyNumber];
                    self.join_all_named(segments, &kinds, key, id, entry);
                }
                PackedName::Slug(keyword) if notice => {
                    self.join_all_named(segments, &[NameKind::Keyword], keyword, id, entry);
                    let day = entry.day_and_precision().map(|(day, _)| day);
                    for day in day.into_iter().flat_map(|day| day - 2..=day + 1) {
                        let key = relations::hash_on_day(keyword, day);
                        match self.names.find(segments, key) {
                            Some(other) => self.join(segments, other, id),
                            None => self.unresolved.add(key, id),
                        }
                    }
                }
                PackedName::Headline(start, length) if notice => {
                    let title = headline_key(entry.named_headline((start, length)));
                    self.join_all_named(segments, &HEADLINE_KINDS, title, id, entry);
                }
                PackedName::Slug(_) | PackedName::Headline(..) => {}
            }
        }
    }

    /// Joins an entry to all in the time about it that have a name, now and as they come: a label makes the later of two
    /// a version of the earlier, whichever of them has it, and whichever came first.
    fn join_all_named(
        &mut self,
        segments: &[Arc<Segment>],
        kinds: &[NameKind],
        common: u64,
        id: EntryId,
        notice: EntryRef<'_>,
    ) {
        let near = |&other: &EntryId| {
            entry(segments, other).is_some_and(|entry| {
                kills_and_corrections::is_in_window(entry, notice)
                    || kills_and_corrections::is_in_window(notice, entry)
            })
        };
        // What is in a crowd already is not told by one more.
        if !self.groups.is_larger_than(id, MAX_GROUP_SIZE) {
            for key in keys_around(common, notice) {
                let mut found = Vec::new();
                for &kind in kinds {
                    let named = self
                        .names
                        .find_all(segments, kind, key)
                        .take(MAX_GROUP_SIZE + 1);
                    found.extend(named.filter(near));
                }
                self.groups
                    .join_all(id, &found, MAX_GROUP_SIZE, |id| segment_len(segments, id));
            }
        }
        // Those that come look for it in the spans about their own time.
        if let Some(key) = keys_around(common, notice).nth(1) {
            self.unresolved.add(key, id);
        }
    }
}

// Names that dispatches gave of items that were not at hand then, and the dispatches that gave them.

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

// Takes entries out in whose places others stand.

impl Stories {
    /// Takes entries out in whose places others stand; each ring that they are in is settled once.
    pub(super) fn supersede_entries(
        &mut self,
        segments: &[Arc<Segment>],
        retired: &[(EntryId, Option<EntryId>)],
    ) {
        let mut seen: HashSet<EntryId, RandomState> = HashSet::default();
        let mut touched: Vec<EntryId> = Vec::new();
        for &(id, successor) in retired {
            if !seen.contains(&id) {
                let ring: Vec<EntryId> = self.groups.members(id).take(MAX_GROUP_SIZE + 1).collect();
                for &other in &ring {
                    self.statuses.drop_versions(other);
                }
                touched.push(id);
                seen.extend(ring);
            }
            let standing = StoryStatus {
                replaced_by: successor,
                ..StoryStatus::default()
            };
            self.set_status(
                segments,
                id,
                &standing,
                status_flag::UNLISTED | status_flag::REPLACED,
            );
        }
        // What was the same as one of them stands for itself again.
        let ids: HashSet<EntryId, RandomState> = retired.iter().map(|&(id, _)| id).collect();
        for &other in &seen {
            let retired = self.statuses.flags().get(other) & status_flag::REPLACED != 0;
            let same_as = self.statuses.of(other).replaced_by;
            if !retired && same_as.is_some_and(|first| ids.contains(&first)) {
                self.set_status(segments, other, &StoryStatus::default(), 0);
                touched.push(other);
            }
        }
        self.resolve_groups(segments, touched, EntryId::FIRST);
    }
}
