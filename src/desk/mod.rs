//! The in-memory article list: append-only segments of entries beside a separate order, and snapshots of both for jobs.

mod builder;
mod entry;
mod fill;
mod followed;
mod links;
mod mask;
mod order;
mod origin;
mod retired;
mod segment;
mod set;
mod source;
mod stories;
mod symbols;
#[cfg(test)]
mod tests;
mod tied;

pub use builder::SegmentBuilder;
pub use entry::{EntryRef, NewestTime};
pub use followed::{ByteBlock, FileTracker, RetainedBytes, TrackedFile, WatchedInput};
pub use mask::{letter_mask, required_letters, required_letters_from_start};
pub use origin::{IngestSummary, Input, InputLocation, ItemOrigin, path_text};
pub use retired::{ItemLocation, Replacement};
pub use segment::{EntryId, InternedColumn, SEGMENT_ROWS, Segment};
pub use set::{EntrySet, iter_set_bits};
pub use source::SourceView;
pub use stories::StoryStatus;
use stories::{StatusFlags, Stories};

use std::collections::HashMap;
use std::sync::Arc;

/// All entries at hand. Segments never change; new ones are added and their entries sorted into the order.
#[derive(Debug, Clone, Default)]
pub struct DispatchIndex {
    segments: Vec<Arc<Segment>>,
    order: Arc<Vec<EntryId>>,
    count: usize,
    newest: Option<NewestTime>,
    stories: Stories,
}

/// What a job works on: the desk as it was at one moment. Cheap to take; nothing in it changes.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    segments: Arc<[Arc<Segment>]>,
    /// All entries, newest first.
    pub order: Arc<Vec<EntryId>>,
    flags: StatusFlags,
}

impl DispatchIndex {
    /// Takes in new segments, all at once: their entries find their place in the order, none of the old ones moves
    /// relative to another. Returns the first new id: those of all new entries are not below it, those of all others are.
    pub fn add(&mut self, segments: Vec<Arc<Segment>>) -> EntryId {
        let fills = !self.segments.is_empty();
        let end = self.end_id();
        let mut ids = Vec::with_capacity(segments.iter().map(|s| s.len()).sum());
        for segment in segments {
            self.count += segment.len();
            self.newest = self.newest.max(segment.newest());
            ids.extend(self.append_segment(segment, fills));
        }
        let first = ids.first().copied().unwrap_or(end);
        order::merge_into_order(&self.segments, &mut self.order, ids);
        self.stories.add(&self.segments, first);
        first
    }

    /// When the next embargo lifts after a moment, of all entries from this one on and maybe of others; both in seconds
    /// since the epoch.
    #[must_use]
    pub fn next_embargo_end(&self, first: EntryId, now: i64) -> Option<i64> {
        let segments = self.segments.iter().skip(first.segment());
        let ends = segments.flat_map(|segment| segment.links.embargoes());
        ends.filter(|&end| end > now).min()
    }

    /// All entries from an id on, in the order in which they came.
    pub fn entries_from(&self, first: EntryId) -> impl Iterator<Item = EntryId> {
        let segments = self.segments.iter().enumerate().skip(first.segment());
        let rows = segments.flat_map(|(number, segment)| {
            (0..segment.len()).map(move |row| EntryId::new(number, row))
        });
        rows.filter(move |&id| id >= first)
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The ids of entries that come later are not below this one, those of all others are.
    #[must_use]
    pub fn end_id(&self) -> EntryId {
        match self.segments.last() {
            Some(last) => EntryId::new(self.segments.len() - 1, last.len()),
            None => EntryId::FIRST,
        }
    }

    /// All entries, newest first; those without a time last, in the order of their inputs.
    #[must_use]
    pub fn order(&self) -> &[EntryId] {
        &self.order
    }

    /// The entry of an id that this desk gave out.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<EntryRef<'_>> {
        let entry = self.segments.get(id.segment())?.entry(id.row())?;
        Some(entry.with_flags(self.stories.flags().get(id)))
    }

    /// Row of an entry in the order.
    #[must_use]
    pub fn position_of(&self, id: EntryId) -> Option<usize> {
        order::position_in_order(&self.segments, &self.order, id)
    }

    /// Compares two entries as the order does.
    #[must_use]
    pub fn compare(&self, a: EntryId, b: EntryId) -> std::cmp::Ordering {
        order::compare_entries(&self.segments, a, b)
    }

    /// The different texts that entries have in a column, the most frequent first.
    #[must_use]
    pub fn values(&self, column: InternedColumn) -> Vec<&str> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for segment in &self.segments {
            for (text, count) in segment.values(column) {
                *counts.entry(text).or_default() += count;
            }
        }
        let mut values: Vec<(&str, usize)> = counts.into_iter().collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        values.into_iter().map(|(text, _)| text).collect()
    }

    /// The time of the newest entry.
    #[must_use]
    pub fn newest(&self) -> Option<NewestTime> {
        self.newest
    }

    /// The desk as it is now, for a job.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            segments: self.segments.clone().into(),
            order: Arc::clone(&self.order),
            flags: self.stories.flags().clone(),
        }
    }
}

impl Snapshot {
    /// The segments in the order they came.
    #[must_use]
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// The same, shared.
    #[must_use]
    pub fn shared_segments(&self) -> Arc<[Arc<Segment>]> {
        Arc::clone(&self.segments)
    }

    /// The entry of an id.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<EntryRef<'_>> {
        let entry = self.segments.get(id.segment())?.entry(id.row())?;
        Some(entry.with_flags(self.flags.get(id)))
    }
}
