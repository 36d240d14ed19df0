//! Files arrivals under their names, and joins them to those that share a name or are named.

use std::sync::Arc;

use super::index::{NameKind, headline_key, keys_around, name_key, undated_key};
use super::{MAX_GROUP_SIZE, Stories, entry, notices, segment_len};
use crate::desk::links::PackedName;
use crate::desk::{EntryId, EntryRef, Segment};
use crate::dispatch::{RelationKind, Role, ties};

/// Under which a notice finds those whose headline it names.
const HEADLINE_KINDS: [NameKind; 2] = [NameKind::Headline, NameKind::Titled];

impl Stories {
    /// Takes the entries from an id on in.
    pub(in crate::desk) fn add(&mut self, segments: &[Arc<Segment>], first: EntryId) {
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
                        let key = ties::hash_on_day(keyword, day);
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
                notices::is_in_window(entry, notice) || notices::is_in_window(notice, entry)
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
