//! Files arrivals under their names, and joins them to those that share a name or are named.

use std::sync::Arc;

use super::index::{Kind, name};
use super::{CROWD, Stories, entry, notices, rows_of};
use crate::desk::links::Named;
use crate::desk::{EntryId, EntryRef, Segment};
use crate::dispatch::{RelationKind, Role, ties};

impl Stories {
    /// Takes the entries from an id on in.
    pub(in crate::desk) fn add(&mut self, segments: &[Arc<Segment>], first: EntryId) {
        let mut touched = Vec::new();
        let new = segments.iter().enumerate().skip(first.segment());
        let rows: usize = new.clone().map(|(_, segment)| segment.len()).sum();
        self.index
            .reserve(segments, rows.saturating_sub(first.row()));
        for (number, segment) in new {
            let old = if number == first.segment() {
                first.row()
            } else {
                0
            };
            let uncounted = segment.links.is_uncounted();
            for (row, entry) in segment.entries().enumerate().skip(old) {
                let id = EntryId::new(number, row);
                self.file(segments, id, entry);
                self.file_names(segments, id, entry, uncounted);
                if entry.role() == Role::Kill || !self.rings.is_alone(id) {
                    touched.push(id);
                }
            }
            for row in segment.links.rows().filter(|&row| row >= old) {
                let id = EntryId::new(number, row);
                if let Some(entry) = segment.entry(row) {
                    self.link(segments, id, entry);
                    if !self.rings.is_alone(id) {
                        touched.push(id);
                    }
                }
            }
            self.waiting
                .headlines(segments, (number, old), |notice, id| {
                    touched.push(id);
                    self.rings
                        .join(notice, id, CROWD, |id| rows_of(segments, id));
                });
        }
        self.settle_all(segments, touched, first);
    }

    /// Files an entry under its names, and joins it to those that have them.
    fn file(&mut self, segments: &[Arc<Segment>], id: EntryId, entry: EntryRef<'_>) {
        let (story, item) = (name(Kind::Story, entry), name(Kind::Item, entry));
        let has_id = entry.id_key() != 0;
        if story != 0 {
            self.share(segments, Kind::Story, story, id);
        }
        if story == 0 || has_id && item != story {
            self.share(segments, Kind::Item, item, id);
        }
    }

    /// Files an entry under the names that many may have.
    fn file_names(
        &mut self,
        segments: &[Arc<Segment>],
        id: EntryId,
        entry: EntryRef<'_>,
        uncounted: bool,
    ) {
        let counted = [Kind::Number, Kind::AgencyNumber].into_iter();
        let counted = counted.filter(|_| !uncounted);
        for kind in counted.chain([Kind::Keyword]) {
            let key = name(kind, entry);
            if key != 0 {
                self.index.insert(segments, kind, key, id);
                self.await_by(segments, key, id);
                // `UPDATE 1-` of a headline that came before.
                if kind == Kind::Keyword && entry.is_labelled() {
                    self.link_all(segments, kind, key, id, entry);
                }
            }
        }
    }

    /// Files an entry under a name that all who have it share.
    fn share(&mut self, segments: &[Arc<Segment>], kind: Kind, key: u64, id: EntryId) {
        match self.index.find(segments, key) {
            Some(other) => self.join(segments, other, id),
            None => self.index.insert(segments, kind, key, id),
        }
        self.await_by(segments, key, id);
    }

    /// Joins an entry to the notices that wait for one of this name.
    fn await_by(&mut self, segments: &[Arc<Segment>], key: u64, id: EntryId) {
        for notice in self.waiting.of(key) {
            self.rings
                .join(notice, id, CROWD, |id| rows_of(segments, id));
        }
    }

    fn join(&mut self, segments: &[Arc<Segment>], a: EntryId, b: EntryId) {
        self.rings.join(a, b, CROWD, |id| rows_of(segments, id));
    }

    /// Joins an entry to those that it names, now and as they come.
    fn link(&mut self, segments: &[Arc<Segment>], id: EntryId, entry: EntryRef<'_>) {
        for (kind, named) in entry.names() {
            let notice = matches!(kind, RelationKind::Kills | RelationKind::Corrects);
            match named {
                Named::Item { key, stem, .. } => {
                    let keys = || [key, stem].into_iter().filter(|&key| key != 0);
                    match keys().find_map(|key| self.index.find(segments, key)) {
                        Some(other) => self.join(segments, other, id),
                        None => keys().for_each(|key| self.waiting.add(key, id)),
                    }
                }
                Named::Number { key, .. } => {
                    self.link_all(segments, Kind::Number, key, id, entry);
                    self.link_all(segments, Kind::AgencyNumber, key, id, entry);
                }
                Named::Slug(keyword) if notice => {
                    self.link_all(segments, Kind::Keyword, keyword, id, entry);
                    let day = entry.day().map(|(day, _)| day);
                    for day in day.into_iter().flat_map(|day| day - 2..=day + 1) {
                        let key = ties::on_day(keyword, day);
                        match self.index.find(segments, key) {
                            Some(other) => self.join(segments, other, id),
                            None => self.waiting.add(key, id),
                        }
                    }
                }
                Named::Headline(start, length) if notice => {
                    let title = entry.named_text((start, length));
                    for other in self.waiting.add_headline(segments, id, title) {
                        self.join(segments, other, id);
                    }
                }
                Named::Slug(_) | Named::Headline(..) => {}
            }
        }
    }

    /// Joins an entry to all in the time about it that have a name: a label makes the later of two a version of the
    /// earlier, whichever of them has it, and whichever came first.
    fn link_all(
        &mut self,
        segments: &[Arc<Segment>],
        kind: Kind,
        key: u64,
        id: EntryId,
        notice: EntryRef<'_>,
    ) {
        let near = |&other: &EntryId| {
            entry(segments, other).is_some_and(|entry| {
                notices::is_in_window(entry, notice) || notices::is_in_window(notice, entry)
            })
        };
        let found: Vec<EntryId> = (self.index.all(segments, kind, key)).filter(near).collect();
        for other in found {
            self.join(segments, other, id);
        }
        self.waiting.add(key, id);
    }
}
