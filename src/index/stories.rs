//! Keeps stories up to date as entries arrive: groups related entries, and resolves each changed group into versions,
//! kills, corrections and duplicates.
//!
//! Entries that share a name, or refer to each other by name, form a group. A group touched by an arrival is resolved
//! again from scratch, as a function of its members alone. So the result does not depend on the order of arrival: a
//! kill may be read before the item it kills, and a later version before an earlier one.

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

/// Maximum size of a group that is resolved. A name shared by more entries is not that of a story but, say, of a
/// section; and resolving takes time quadratic in the size.
const MAX_GROUP_SIZE: usize = 500;

/// The groups of related entries and the statuses that follow from them.
#[derive(Debug, Clone, Default)]
pub(super) struct Stories {
    names: NameIndex,
    groups: RelatedGroups,
    unresolved: UnresolvedNames,
    /// Set once a notice refers to an item by its headline: from then on headlines are indexed too.
    indexes_headlines: bool,
    pub(super) statuses: StatusTable,
}

/// The entry with this id, without status flags.
fn entry(segments: &[Arc<Segment>], id: EntryId) -> Option<EntryRef<'_>> {
    segments.get(id.segment())?.entry(id.row())
}

/// Current length of the segment of an entry.
fn segment_len(segments: &[Arc<Segment>], id: EntryId) -> usize {
    segments.get(id.segment()).map_or(0, |segment| segment.len())
}

impl Stories {
    /// Resolves the groups of these entries, each group once. Entries from `new` on are those of the current batch, see
    /// [`Self::unlist_duplicates`].
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

    /// Resolves the group of an entry, and reports each entry that is done. A group that is too large is not resolved:
    /// its entries are flagged as crowded, and lose their status but for what replaces them.
    fn resolve_group(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        new: EntryId,
        mut resolved: impl FnMut(EntryId),
    ) {
        let crowded = |s: &Self, id| s.statuses.flags().get(id) & status_flag::CROWDED != 0;
        let group: Vec<EntryId> = self.groups.members(id).take(MAX_GROUP_SIZE + 1).collect();
        for &id in &group {
            self.statuses.drop_versions(id);
        }
        if group.len() > MAX_GROUP_SIZE {
            // If the group was crowded before, its old entries are flagged already, and only the few from `id` up to
            // the first flagged one are new. Walking the whole group for every arrival would be quadratic.
            let unflagged: Vec<EntryId> = if group.iter().skip(1).any(|&o| crowded(self, o)) {
                let new = self.groups.members(id).take_while(|&o| !crowded(self, o));
                new.take(MAX_GROUP_SIZE).collect()
            } else {
                self.groups.members(id).collect()
            };
            for id in unflagged {
                let unlisted =
                    self.statuses.flags().get(id) & (status_flag::UNLISTED | status_flag::REPLACED);
                let status = StoryStatus {
                    replaced_by: self.statuses.of(id).replaced_by.filter(|_| unlisted != 0),
                    ..StoryStatus::default()
                };
                self.set_status(segments, id, &status, status_flag::CROWDED | unlisted);
                resolved(id);
            }
            return;
        }
        group.iter().copied().for_each(&mut resolved);
        let live = self.unlist_duplicates(segments, &group, new);
        let result = resolve(live);
        // The list of versions of each story, stored once for all its members.
        let mut chains: HashMap<usize, u32, RandomState> = HashMap::default();
        for (at, member) in result.members.iter().enumerate() {
            let chain = result.has_versions(at).then(|| {
                let story = chains.entry(result.story[at]);
                *story.or_insert_with(|| self.statuses.add_versions(result.versions(at)))
            });
            let rows = segment_len(segments, member.id);
            let status = &result.statuses[at];
            self.statuses.set(member.id, status, (chain, 0), rows);
        }
        self.copy_status_to_duplicates(segments, &group);
    }

    /// Gives unlisted entries the status flags of the entries listed instead of them.
    fn copy_status_to_duplicates(&mut self, segments: &[Arc<Segment>], group: &[EntryId]) {
        const COPIED: u16 = status_flag::SUPERSEDED
            | status_flag::KILLED
            | status_flag::WITHHELD
            | status_flag::CORRECTED
            | status_flag::UNMATCHED;
        for &id in group {
            let unlisted =
                self.statuses.flags().get(id) & (status_flag::UNLISTED | status_flag::REPLACED);
            if unlisted == 0 {
                continue;
            }
            if let Some(first) = self.statuses.of(id).replaced_by {
                let copied = self.statuses.flags().get(first) & COPIED;
                let status = StoryStatus { replaced_by: Some(first), ..StoryStatus::default() };
                self.set_status(segments, id, &status, unlisted | copied);
            }
        }
    }

    /// Sets the status of an entry without a list of versions.
    fn set_status(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        status: &StoryStatus,
        extra_flags: u16,
    ) {
        let rows = segment_len(segments, id);
        self.statuses.set(id, status, (None, extra_flags), rows);
    }

    /// Unlists duplicates within a group, and returns its listed members.
    ///
    /// Of the same dispatch read several times, an entry that was there before the current batch (below `new`) stays
    /// listed, so that rows do not jump; within the batch, the first in the order of the inputs, so that it does not
    /// matter which was read first.
    fn unlist_duplicates<'s>(
        &mut self,
        segments: &'s [Arc<Segment>],
        group: &[EntryId],
        new: EntryId,
    ) -> Vec<Member<'s>> {
        let mut members: Vec<Member<'_>> = self.listed_members(segments, group);
        let rank = |m: &Member<'_>| (m.id >= new, m.id);
        members.sort_by(|a, b| {
            let item = |m: &Member<'_>| (m.entry.item_key(), m.entry.content_hash());
            let location = |m: &Member<'_>| m.entry.input().map(|input| input.location.clone());
            item(a).cmp(&item(b)).then_with(|| {
                let ((is_new_a, id_a), (is_new_b, id_b)) = (rank(a), rank(b));
                let by_location = || {
                    (location(a), a.entry.position_in_input())
                        .cmp(&(location(b), b.entry.position_in_input()))
                };
                let first = is_new_a.cmp(&is_new_b);
                let then =
                    if is_new_a && is_new_b { by_location() } else { std::cmp::Ordering::Equal };
                first.then(then).then(id_a.cmp(&id_b))
            })
        });
        let mut live: Vec<Member<'_>> = Vec::with_capacity(members.len());
        for member in members {
            let same = live.last().filter(|first| is_duplicate(first.entry, member.entry));
            match same.map(|first| first.id) {
                Some(first) => {
                    let status = StoryStatus { replaced_by: Some(first), ..StoryStatus::default() };
                    self.set_status(segments, member.id, &status, status_flag::UNLISTED);
                }
                None => live.push(member),
            }
        }
        live
    }

    /// The members of a group that are not flagged as unlisted.
    fn listed_members<'s>(
        &self,
        segments: &'s [Arc<Segment>],
        group: &[EntryId],
    ) -> Vec<Member<'s>> {
        let listed =
            group.iter().filter(|&&id| self.statuses.flags().get(id) & status_flag::UNLISTED == 0);
        listed
            .filter_map(|&id| {
                let entry = entry(segments, id)?;
                Some(Member { id, entry })
            })
            .collect()
    }

    pub(super) fn flags(&self) -> &StatusFlags {
        self.statuses.flags()
    }
}

/// True if both entries are the same dispatch, read twice. Without an id, the same bytes twice in one input count as
/// two dispatches.
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
    /// The status of an entry as derived from the others: superseded, killed, corrected, replaced.
    #[must_use]
    pub fn story_status(&self, id: EntryId) -> StoryStatus {
        match self.stories.flags().get(id) {
            0 => StoryStatus::default(),
            _ => self.stories.statuses.of(id),
        }
    }

    /// The versions of an entry's story, newest first, including the entry itself; adds and takes that continue the
    /// newest version come right after it. Only the entry itself if there are no others.
    #[must_use]
    pub fn versions(&self, id: EntryId) -> Vec<EntryId> {
        let chain = self.has_versions(id).then(|| self.stories.statuses.versions(id));
        chain.flatten().map_or_else(|| vec![id], <[EntryId]>::to_vec)
    }

    /// Number of entries that are listed as rows.
    #[must_use]
    pub fn listed_count(&self) -> usize {
        self.len() - self.stories.flags().unlisted_count()
    }

    /// True if no entry was ever given a status flag: then no entry is unlisted, and none has other versions.
    #[must_use]
    pub fn has_no_status_flags(&self) -> bool {
        self.stories.flags().is_empty()
    }

    /// True if the entry's story has other versions. Cheap enough to ask for every row.
    #[must_use]
    pub fn has_versions(&self, id: EntryId) -> bool {
        self.stories.flags().get(id) & status_flag::HAS_VERSIONS != 0
    }

    /// True if the entry is not listed as a row: its file was rewritten, or it duplicates another entry. Cheap enough
    /// to ask for every row.
    #[must_use]
    pub fn is_unlisted(&self, id: EntryId) -> bool {
        self.stories.flags().get(id) & status_flag::UNLISTED != 0
    }

    /// True if the entry is listed and its story has no other versions, as most entries are. As cheap as each of these.
    #[must_use]
    pub fn is_listed_alone(&self, id: EntryId) -> bool {
        self.stories.flags().get(id) & (status_flag::UNLISTED | status_flag::HAS_VERSIONS) == 0
    }

    /// The entry listed instead of one that [`Self::is_unlisted`]; `None` if it is listed itself, or nothing replaces
    /// it.
    #[must_use]
    pub fn successor(&self, id: EntryId) -> Option<EntryId> {
        let mut at = id;
        // The replacement may have been replaced in turn. The limit only guards against a cycle.
        for _ in 0..MAX_GROUP_SIZE {
            if !self.is_unlisted(at) {
                break;
            }
            at = self.stories.statuses.of(at).replaced_by?;
        }
        (at != id).then_some(at)
    }

    /// Unlists an entry whose file was rewritten, in favour of `successor` if there is one. It is no longer a version
    /// of its story, and kills or corrects nothing.
    pub fn supersede_entry(&mut self, id: EntryId, successor: Option<EntryId>) {
        self.stories.supersede_entries(&self.segments, &[(id, successor)]);
    }
}

// Indexing arrivals by their names, and joining them with entries that share a name or are referred to.

/// The kinds under which an item is found by its headline, with and without the label.
const HEADLINE_KINDS: [NameKind; 2] = [NameKind::Headline, NameKind::Titled];

impl Stories {
    /// Adds the entries from `first` on: indexes their names, joins groups, and resolves the groups that changed.
    pub(super) fn add(&mut self, segments: &[Arc<Segment>], first: EntryId) {
        let mut touched = Vec::new();
        let new = segments.iter().enumerate().skip(first.segment());
        let rows: usize = new.clone().map(|(_, segment)| segment.len()).sum();
        self.names.reserve(segments, rows.saturating_sub(first.row()));
        self.index_headlines(segments, first);
        for (number, segment) in new {
            let old = if number == first.segment() { first.row() } else { 0 };
            let has_no_numbers = segment.links.has_no_numbers();
            for (row, entry) in segment.entries().enumerate().skip(old) {
                let id = EntryId::new(number, row);
                self.index_unique_names(segments, id, entry);
                self.index_shared_names(segments, id, entry, has_no_numbers);
                // A lone kill notice still has to be flagged as unmatched.
                if entry.role() == Role::Kill || !self.groups.is_ungrouped(id) {
                    touched.push(id);
                }
            }
            for row in segment.links.rows_with_relations().filter(|&row| row >= old) {
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

    /// Starts to index headlines, those of earlier entries included, once a notice refers to an item by its headline.
    /// On most wires none does.
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

    /// Indexes an entry by its story and its id, and joins it with the entries that share them.
    fn index_unique_names(&mut self, segments: &[Arc<Segment>], id: EntryId, entry: EntryRef<'_>) {
        let (story, item) = (name_key(NameKind::Story, entry), name_key(NameKind::Item, entry));
        let has_id = entry.id_key() != 0;
        if story != 0 {
            self.join_by_name(segments, NameKind::Story, story, id);
        }
        if story == 0 || has_id && item != story {
            self.join_by_name(segments, NameKind::Item, item, id);
        }
    }

    /// Indexes an entry by the names that unrelated entries may share, and joins it with the notices waiting for one of
    /// them. With `has_no_numbers`, none of its segment has a running number.
    fn index_shared_names(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        entry: EntryRef<'_>,
        has_no_numbers: bool,
    ) {
        let numbers = [NameKind::Number, NameKind::AgencyNumber].into_iter();
        let numbers = numbers.filter(|_| !has_no_numbers);
        let headlines: &[NameKind] = if self.indexes_headlines { &HEADLINE_KINDS } else { &[] };
        for kind in numbers.chain([NameKind::Keyword]).chain(headlines.iter().copied()) {
            let key = name_key(kind, entry);
            if key != 0 {
                self.names.insert(segments, kind, key, id);
                let common = undated_key(kind, entry);
                if !self.unresolved.is_empty() {
                    keys_around(common, entry).for_each(|key| self.join_waiting(segments, key, id));
                }
                // An `UPDATE 1-` without a keyword continues an earlier item of the same headline.
                if kind == NameKind::Keyword && entry.is_labelled() && entry.story_key() == 0 {
                    self.join_all_named(segments, &[kind], common, id, entry);
                }
            }
        }
    }

    /// Joins an entry with the group of a unique name, or indexes it as the first entry with that name.
    fn join_by_name(&mut self, segments: &[Arc<Segment>], kind: NameKind, key: u64, id: EntryId) {
        match self.names.find(segments, key) {
            Some(other) => self.join(segments, other, id),
            None => self.names.insert(segments, kind, key, id),
        }
        self.join_waiting(segments, key, id);
    }

    /// Joins an entry with the notices that wait for this name.
    fn join_waiting(&mut self, segments: &[Arc<Segment>], key: u64, id: EntryId) {
        let waiting = self.unresolved.entries_waiting_for(key);
        self.groups.join_all(id, waiting, MAX_GROUP_SIZE, |id| segment_len(segments, id));
    }

    fn join(&mut self, segments: &[Arc<Segment>], a: EntryId, b: EntryId) {
        self.groups.join(a, b, MAX_GROUP_SIZE, |id| segment_len(segments, id));
    }

    /// Joins an entry with the entries that it refers to, now or when they arrive.
    fn join_named(&mut self, segments: &[Arc<Segment>], id: EntryId, entry: EntryRef<'_>) {
        for (kind, named) in entry.related_names() {
            // Keywords and headlines are only followed for these.
            let is_notice = matches!(
                kind,
                RelationKind::Kills
                    | RelationKind::Holds
                    | RelationKind::Restores
                    | RelationKind::Corrects
            );
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
                PackedName::Slug(keyword) if is_notice => {
                    self.join_all_named(segments, &[NameKind::Keyword], keyword, id, entry);
                    // Where agency, keyword and day are the story, the story key depends on the day: two days back for
                    // the window of 48 hours, one forward for wires in other zones.
                    let day = entry.day_and_precision().map(|(day, _)| day);
                    for day in day.into_iter().flat_map(|day| day - 2..=day + 1) {
                        let key = relations::hash_on_day(keyword, day);
                        match self.names.find(segments, key) {
                            Some(other) => self.join(segments, other, id),
                            None => self.unresolved.add(key, id),
                        }
                    }
                }
                PackedName::Headline(start, length) if is_notice => {
                    let title = headline_key(entry.named_headline((start, length)));
                    self.join_all_named(segments, &HEADLINE_KINDS, title, id, entry);
                }
                PackedName::Slug(_) | PackedName::Headline(..) => {}
            }
        }
    }

    /// Joins an entry with all entries around its time that have a shared name, now or when they arrive. Looks in both
    /// directions: a label makes the later of two entries a version of the earlier, whichever of them has the label and
    /// whichever is read first.
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
        // One more entry makes no difference to a group that is too large already.
        if !self.groups.is_larger_than(id, MAX_GROUP_SIZE) {
            for key in keys_around(common, notice) {
                let mut found = Vec::new();
                for &kind in kinds {
                    let named = self.names.find_all(segments, kind, key).take(MAX_GROUP_SIZE + 1);
                    found.extend(named.filter(near));
                }
                self.groups.join_all(id, &found, MAX_GROUP_SIZE, |id| segment_len(segments, id));
            }
        }
        // Later arrivals look it up in the spans around their own time, so its own span is enough.
        if let Some(key) = keys_around(common, notice).nth(1) {
            self.unresolved.add(key, id);
        }
    }
}

// References to items that have not arrived.

/// Names that entries refer to, and the entries that wait for an item of that name.
#[derive(Debug, Clone, Default)]
pub(super) struct UnresolvedNames {
    /// Waiting entries by the key of the name. Kept after a match: more items of the name may arrive.
    names: HashMap<u64, Vec<EntryId>, RandomState>,
}

impl UnresolvedNames {
    /// True if no entry waits for anything.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The entries that wait for a name.
    pub(super) fn entries_waiting_for(&self, key: u64) -> &[EntryId] {
        if self.names.is_empty() {
            return &[];
        }
        self.names.get(&key).map_or(&[], |waiting| waiting)
    }

    /// Makes an entry wait for a name, unless more than [`MAX_GROUP_SIZE`] do already.
    pub(super) fn add(&mut self, key: u64, id: EntryId) {
        let waiting = self.names.entry(key).or_default();
        if waiting.last() != Some(&id) && waiting.len() <= MAX_GROUP_SIZE {
            waiting.push(id);
        }
    }
}

// Entries replaced because their file was rewritten.

impl Stories {
    /// Unlists entries in favour of their successors, if any, and resolves each of their groups once.
    pub(super) fn supersede_entries(
        &mut self,
        segments: &[Arc<Segment>],
        replaced: &[(EntryId, Option<EntryId>)],
    ) {
        // All members of the groups visited so far.
        let mut members: HashSet<EntryId, RandomState> = HashSet::default();
        let mut touched: Vec<EntryId> = Vec::new();
        for &(id, successor) in replaced {
            if !members.contains(&id) {
                let group: Vec<EntryId> =
                    self.groups.members(id).take(MAX_GROUP_SIZE + 1).collect();
                for &other in &group {
                    self.statuses.drop_versions(other);
                }
                touched.push(id);
                members.extend(group);
            }
            let status = StoryStatus { replaced_by: successor, ..StoryStatus::default() };
            self.set_status(segments, id, &status, status_flag::UNLISTED | status_flag::REPLACED);
        }
        // Duplicates of a replaced entry are listed again, unless they were replaced too.
        let ids: HashSet<EntryId, RandomState> = replaced.iter().map(|&(id, _)| id).collect();
        for &other in &members {
            let is_replaced = self.statuses.flags().get(other) & status_flag::REPLACED != 0;
            let same_as = self.statuses.of(other).replaced_by;
            if !is_replaced && same_as.is_some_and(|first| ids.contains(&first)) {
                self.set_status(segments, other, &StoryStatus::default(), 0);
                touched.push(other);
            }
        }
        self.resolve_groups(segments, touched, EntryId::FIRST);
    }
}
