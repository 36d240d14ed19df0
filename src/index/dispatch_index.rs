//! The index of all loaded dispatches: append-only segments of entries, their newest-first order, and cheap snapshots
//! for background jobs. Reads no files and knows nothing of screens.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::sync::Arc;

use crate::dispatch::TimeSource;
use crate::index::entry::{EntryRef, NewestTime};
use crate::index::input::Input;
use crate::index::segment::{EntryId, InternedColumn, Segment};
use crate::index::stories::Stories;
use crate::index::story_status::StatusFlags;

/// All loaded entries. Segments are immutable; new ones are added, and their entries are merged into the order.
#[derive(Debug, Clone, Default)]
pub struct DispatchIndex {
    pub(super) segments: Vec<Arc<Segment>>,
    /// All entries, newest first. Shared with snapshots and copied on write.
    order: Arc<Vec<EntryId>>,
    /// Number of entries in all segments.
    count: usize,
    /// Time of the newest entry.
    newest: Option<NewestTime>,
    pub(super) stories: Stories,
}

/// The index at one moment, for a background job. Cheap to take, and immutable.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    segments: Arc<[Arc<Segment>]>,
    /// All entries, newest first.
    pub order: Arc<Vec<EntryId>>,
    /// Status flags of the entries at that moment.
    flags: StatusFlags,
}

impl DispatchIndex {
    /// Adds segments in one batch and merges their entries into the order. Existing entries keep their relative order.
    ///
    /// Returns the first new id: the ids of all new entries are greater than or equal to it, all others are less.
    pub fn add(&mut self, segments: Vec<Arc<Segment>>) -> EntryId {
        // The segments of a first batch are kept as they are; later small ones are appended to the last segment.
        let appends = !self.segments.is_empty();
        let end = self.end_id();
        let mut ids = Vec::with_capacity(segments.iter().map(|s| s.len()).sum());
        for segment in segments {
            self.count += segment.len();
            self.newest = self.newest.max(segment.newest());
            ids.extend(self.append_segment(segment, appends));
        }
        let first = ids.first().copied().unwrap_or(end);
        merge_into_order(&self.segments, &mut self.order, ids);
        self.stories.add(&self.segments, first);
        first
    }

    /// When the next embargo after `now` ends, in seconds since the epoch. Covers at least the entries from `first` on:
    /// it looks at whole segments, so earlier entries of the first one count too.
    #[must_use]
    pub fn next_embargo_end(&self, first: EntryId, now: i64) -> Option<i64> {
        let segments = self.segments.iter().skip(first.segment());
        let ends = segments.flat_map(|segment| segment.links.embargoes());
        ends.filter(|&end| end > now).min()
    }

    /// All entries from `first` on, in order of arrival.
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

    /// True if there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The id just past the last entry: less than or equal to every id added later, and greater than all present ones.
    #[must_use]
    pub fn end_id(&self) -> EntryId {
        match self.segments.last() {
            Some(last) => EntryId::new(self.segments.len() - 1, last.len()),
            None => EntryId::FIRST,
        }
    }

    /// All entries, newest first. Entries without a time come last, in the order of their inputs.
    #[must_use]
    pub fn order(&self) -> &[EntryId] {
        &self.order
    }

    /// The entry with this id, along with its status flags.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<EntryRef<'_>> {
        let entry = self.segments.get(id.segment())?.entry(id.row())?;
        Some(entry.with_flags(self.stories.flags().get(id)))
    }

    /// Position of an entry in the order, 0-based.
    #[must_use]
    pub fn position_of(&self, id: EntryId) -> Option<usize> {
        position_in_order(&self.segments, &self.order, id)
    }

    /// Compares two entries by the order of the index: less means nearer the top.
    #[must_use]
    pub fn compare(&self, a: EntryId, b: EntryId) -> Ordering {
        compare_entries(&self.segments, a, b)
    }

    /// The distinct values of a column over all entries, the most frequent first.
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

    /// The time of the newest entry; a time given by the wire wins over the date of a file.
    #[must_use]
    pub fn newest(&self) -> Option<NewestTime> {
        self.newest
    }

    /// The index as it is now, for a background job.
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
    /// The segments, in order of arrival.
    #[must_use]
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// The segments in order of arrival, as a shared slice that outlives the snapshot.
    #[must_use]
    pub fn shared_segments(&self) -> Arc<[Arc<Segment>]> {
        Arc::clone(&self.segments)
    }

    /// The entry with this id, along with its status flags at the time of the snapshot.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<EntryRef<'_>> {
        let entry = self.segments.get(id.segment())?.entry(id.row())?;
        Some(entry.with_flags(self.flags.get(id)))
    }

    /// Compares two entries by the order of the index: less means nearer the top.
    #[must_use]
    pub fn compare(&self, a: EntryId, b: EntryId) -> Ordering {
        compare_entries(&self.segments, a, b)
    }
}

// The order of entries: newest first.

/// The entry with this id, without status flags.
fn entry(segments: &[Arc<Segment>], id: EntryId) -> Option<EntryRef<'_>> {
    segments.get(id.segment())?.entry(id.row())
}

/// Compares two entries: newest first.
///
/// At the same time, an entry dated by the wire comes before one dated only by its file or not at all. After that, of
/// two entries dated by the wire the later one in the input counts as the newer, and weakly dated entries keep the
/// order of their inputs. The id breaks the last ties, so the order is total, and adding an entry never swaps others.
pub(super) fn compare_entries(segments: &[Arc<Segment>], a: EntryId, b: EntryId) -> Ordering {
    let (Some(x), Some(y)) = (entry(segments, a), entry(segments, b)) else {
        return a.cmp(&b);
    };
    let seconds = |e: EntryRef<'_>| Reverse(e.time().map_or(i64::MIN, |t| t.seconds));
    // No time from the wire, only the file's date or none.
    let weak = |e: EntryRef<'_>| matches!(e.time_source(), TimeSource::File | TimeSource::None);
    (seconds(x), weak(x))
        .cmp(&(seconds(y), weak(y)))
        .then_with(|| {
            let forward = compare_by_input(x, y);
            if weak(x) { forward } else { forward.reverse() }
        })
        .then(a.cmp(&b))
}

/// Compares two entries by the location of their inputs, then by their position within one.
fn compare_by_input(x: EntryRef<'_>, y: EntryRef<'_>) -> Ordering {
    let by_input = match (x.input(), y.input()) {
        (Some(a), Some(b)) if !Arc::ptr_eq(a, b) => a.location.cmp(&b.location),
        _ => Ordering::Equal,
    };
    by_input.then_with(|| x.position_in_input().cmp(&y.position_in_input()))
}

/// Sorts new ids and merges them into the order, from the end backwards.
///
/// Costs one search per new id, and one move of the old ids in large runs. If no snapshot shares the order, it is
/// changed in place; otherwise it is copied first.
pub(super) fn merge_into_order(
    segments: &[Arc<Segment>],
    order: &mut Arc<Vec<EntryId>>,
    mut ids: Vec<EntryId>,
) {
    // A stable sort takes advantage of runs: most inputs are already in ascending or descending order.
    ids.sort_by(|&a, &b| compare_entries(segments, a, b));
    let old = order.len();
    let all = old + ids.len();
    // An eighth to spare, so that a trickle of arrivals does not reallocate the order each time.
    let room = all + all / 8;
    if Arc::get_mut(order).is_none() {
        let mut own = Vec::with_capacity(room);
        own.extend_from_slice(order);
        *order = Arc::new(own);
    }
    let order = Arc::make_mut(order);
    if order.capacity() < all {
        order.reserve_exact(room - old);
    }
    // Only makes the vector longer: the loop overwrites the tail. `from` is the end of the old ids not yet moved, `to`
    // the start of the part that is already in place.
    order.extend_from_slice(&ids);
    let (mut from, mut to) = (old, all);
    for id in ids.into_iter().rev() {
        let after = count_trailing(&order[..from], |other| {
            compare_entries(segments, other, id) != Ordering::Less
        });
        order.copy_within(from - after..from, to - after);
        from -= after;
        to -= after + 1;
        order[to] = id;
    }
}

/// How many ids at the end of a sorted slice pass a test. Searches from the end in doubling steps, since new entries
/// mostly belong near the previous one.
fn count_trailing(ids: &[EntryId], test: impl Fn(EntryId) -> bool) -> usize {
    let count = ids.len();
    let mut bound = 1;
    while bound <= count && test(ids[count - bound]) {
        bound *= 2;
    }
    let (from, to) = (bound / 2, (bound - 1).min(count));
    let unsure = &ids[count - to..count - from];
    from + unsure.len() - unsure.partition_point(|&id| !test(id))
}

/// Position of an id in the order, found by binary search.
pub(super) fn position_in_order(
    segments: &[Arc<Segment>],
    order: &[EntryId],
    id: EntryId,
) -> Option<usize> {
    let at = order.partition_point(|&other| compare_entries(segments, other, id) == Ordering::Less);
    (order.get(at) == Some(&id)).then_some(at)
}

// Entries replaced because their file was rewritten.

/// Names an item by its position in an input. The file reader knows items by this, not by their ids.
#[derive(Debug, Clone)]
pub struct ItemLocation {
    pub input: Arc<Input>,
    /// First byte in the input.
    pub start: u64,
    /// Number within the byte range, see [`Locator::number_in_range`](super::Locator::number_in_range).
    pub nth: u32,
}

/// An item whose file was rewritten, and the item that replaces it.
#[derive(Debug, Clone)]
pub struct Replacement {
    pub old: ItemLocation,
    pub new: ItemLocation,
    /// True if the bytes are the same as before: nothing new for the reader.
    pub is_unchanged: bool,
}

impl DispatchIndex {
    /// Unlists replaced entries and links each to its replacement. Returns the pairs of old and new ids; pairs of which
    /// one is not in the index are ignored.
    pub fn apply_replacements(&mut self, replaced: &[Replacement]) -> Vec<(EntryId, EntryId)> {
        let found = self.find_entries_at(replaced.iter().flat_map(|pair| [&pair.old, &pair.new]));
        let pairs: Vec<(EntryId, EntryId)> = found
            .chunks_exact(2)
            .filter_map(|pair| pair[0].zip(pair[1]))
            .filter(|(old, new)| old != new)
            .collect();
        let retired: Vec<_> = pairs.iter().map(|&(old, new)| (old, Some(new))).collect();
        self.stories.supersede_entries(&self.segments, &retired);
        pairs
    }

    /// The entries at these locations, in the same order. Walks the segments once, newest first, and stops when all are
    /// found: rewritten files are mostly recent arrivals.
    fn find_entries_at<'a>(
        &self,
        locations: impl Iterator<Item = &'a ItemLocation>,
    ) -> Vec<Option<EntryId>> {
        let mut found = Vec::new();
        // By input and position: the indexes into `found` to fill in.
        let mut wanted: HashMap<*const Input, HashMap<(u64, u32), Vec<usize>>> = HashMap::new();
        for location in locations {
            let of_input = wanted.entry(Arc::as_ptr(&location.input)).or_default();
            let at = of_input.entry((location.start, location.nth)).or_default();
            at.push(found.len());
            found.push(None);
        }
        let mut left = found.len();
        for (number, segment) in self.segments.iter().enumerate().rev() {
            if left == 0 {
                break;
            }
            for (row, input) in
                segment.rows_from_inputs(|input| wanted.contains_key(&Arc::as_ptr(input)))
            {
                let Some(entry) = segment.entry(row) else {
                    continue;
                };
                let of_input = wanted.get(&Arc::as_ptr(input));
                let at = of_input.and_then(|of_input| of_input.get(&entry.position_in_input()));
                for &at in at.into_iter().flatten() {
                    left -= usize::from(found[at].is_none());
                    found[at] = Some(EntryId::new(number, row));
                }
            }
        }
        found
    }
}

// Sets of entries.

/// 64-bit words per segment: one bit for each possible row.
const WORDS_PER_SEGMENT: usize = EntryId::STRIDE / 64;

/// A set of entries of one snapshot, as a bitmap: membership is one lookup even among a million.
#[derive(Debug, Clone)]
pub struct EntrySet {
    /// Indexed by [`EntryId::number`].
    bits: Vec<u64>,
}

impl EntrySet {
    /// The empty set.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self { bits: vec![0; snapshot.segments().len() * WORDS_PER_SEGMENT] }
    }

    /// The set of these entries. Ids outside the segments of the snapshot are ignored.
    #[must_use]
    pub fn from_ids(snapshot: &Snapshot, ids: &[EntryId]) -> Self {
        let mut set = Self::new(snapshot);
        for id in ids {
            if let Some(word) = set.bits.get_mut(id.number() / 64) {
                *word |= 1 << (id.number() % 64);
            }
        }
        set
    }

    /// Sets the rows of a segment from a bitmap, 64 rows to a word; replaces what was set for them before.
    pub fn set_segment_rows(&mut self, segment: usize, rows: &[u64]) {
        self.bits[segment * WORDS_PER_SEGMENT..][..rows.len()].copy_from_slice(rows);
    }

    /// 1 if an entry of the snapshot is in the set, else 0. A number, so that it can be summed without a branch.
    #[must_use]
    pub fn count_of(&self, id: EntryId) -> usize {
        let at = id.number();
        usize::try_from(self.bits[at / 64] >> (at % 64) & 1).unwrap_or(0)
    }

    /// The rows of a segment that are in the set, ascending.
    pub fn rows(&self, segment: usize) -> impl Iterator<Item = usize> {
        iter_set_bits(&self.bits[segment * WORDS_PER_SEGMENT..(segment + 1) * WORDS_PER_SEGMENT])
    }

    /// Number of entries in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        let ones = self.bits.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    /// True if the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }
}

/// The indexes of the set bits in a bitmap, ascending.
pub fn iter_set_bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(at, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros() as usize;
            (rest != 0).then(|| {
                rest &= rest - 1;
                at * 64 + bit
            })
        })
    })
}

impl DispatchIndex {
    /// Copies the status flags of the same entries from a larger index, which has seen more of the wire. All entries of
    /// this index must be those of the other from `first` on, in order of arrival.
    pub fn copy_status_flags(&mut self, other: &Self, first: EntryId) {
        let pairs: Vec<_> =
            self.entries_from(EntryId::FIRST).zip(other.entries_from(first)).collect();
        for (id, other_id) in pairs {
            let rows = self.segments[id.segment()].len();
            let flags = other.stories.statuses.flags.get(other_id);
            self.stories.statuses.flags.set(id, flags, rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Head, StoryLinks};
    use crate::format::{FormatId, ScannedItem};
    use crate::index::input::InputLocation;
    use crate::index::segment_builder::SegmentBuilder;

    #[test]
    fn trailing_counts_as_a_scan_would() {
        let ids: Vec<EntryId> = (0..100).map(|row| EntryId::new(0, row)).collect();
        for length in 0..ids.len() {
            for count in 0..=length {
                let last = |id: EntryId| id.row() + count >= length;
                assert_eq!(count_trailing(&ids[..length], last), count);
            }
        }
    }

    fn input() -> Arc<Input> {
        let location = InputLocation::BuiltIn("test", b"");
        Arc::new(Input::new(location, FormatId::PLAIN, 0, None))
    }

    /// Adds a segment with one item at each of these first bytes of an input.
    fn add(index: &mut DispatchIndex, input: &Arc<Input>, starts: &[u64]) {
        let mut builder = SegmentBuilder::default();
        builder.begin_input(input, 0);
        for (number, &start) in (0..).zip(starts) {
            builder.push(&ScannedItem {
                head: Head {
                    item_key: crate::text::stable_hash(format!("{input:p} {start}").as_bytes()),
                    // Items at the same position share a keyword and day.
                    story_links: StoryLinks { story: start + 1, ..StoryLinks::default() },
                    ..Head::default()
                },
                byte_range: start..start + 1,
                number: 0,
                verbatim_range: 0..0,
                index: number,
                format: FormatId::PLAIN,
            });
        }
        index.add(vec![Arc::new(builder.finish())]);
    }

    fn location(input: &Arc<Input>, start: u64) -> ItemLocation {
        ItemLocation { input: Arc::clone(input), start, nth: 0 }
    }

    #[test]
    fn a_chain_of_replacements_leads_to_the_newest() {
        let mut index = DispatchIndex::default();
        let inputs = [input(), input(), input()];
        for input in &inputs {
            add(&mut index, input, &[0, 5]);
        }
        for pair in inputs.windows(2) {
            let replaced = Replacement {
                old: location(&pair[0], 5),
                new: location(&pair[1], 5),
                is_unchanged: false,
            };
            assert_eq!(index.apply_replacements(&[replaced]).len(), 1);
        }
        // The segments are small, so they were merged into one.
        let ids: Vec<EntryId> = (0..3).map(|number| EntryId::new(0, 2 * number + 1)).collect();
        assert_eq!(index.successor(ids[0]), Some(ids[2]));
        let rows = |row| (0..3usize).map(move |number| EntryId::new(0, 2 * number + row));
        assert!(rows(0).all(|id| !index.is_unlisted(id)));
        let unlisted: Vec<bool> = rows(1).map(|id| index.is_unlisted(id)).collect();
        assert_eq!(unlisted, [true, true, false]);
    }

    #[test]
    fn replacements_of_unknown_entries_are_ignored() {
        let mut index = DispatchIndex::default();
        let (old, new) = (input(), input());
        add(&mut index, &old, &[0]);
        let replaced =
            Replacement { old: location(&old, 0), new: location(&new, 0), is_unchanged: false };
        assert!(index.apply_replacements(&[replaced]).is_empty());
        assert!(!index.is_unlisted(EntryId::new(0, 0)));
    }
}
