//! The index of all dispatches at hand: segments of entries, their order, and snapshots of both for jobs.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::sync::Arc;

use crate::dispatch::TimeSource;
use crate::index::entry::{EntryRef, NewestTime};
use crate::index::input::Input;
use crate::index::segment::{EntryId, InternedColumn, Segment};
use crate::index::stories::Stories;
use crate::index::story_status::StatusFlags;

/// All entries at hand. Segments never change; new ones are added and their entries sorted into the order.
#[derive(Debug, Clone, Default)]
pub struct DispatchIndex {
    pub(super) segments: Vec<Arc<Segment>>,
    order: Arc<Vec<EntryId>>,
    count: usize,
    newest: Option<NewestTime>,
    pub(super) stories: Stories,
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
        merge_into_order(&self.segments, &mut self.order, ids);
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
        position_in_order(&self.segments, &self.order, id)
    }

    /// Compares two entries as the order does.
    #[must_use]
    pub fn compare(&self, a: EntryId, b: EntryId) -> std::cmp::Ordering {
        compare_entries(&self.segments, a, b)
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

// The order of the desk: newest first, and a new entry never moves two old ones relative to each other.

fn entry(segments: &[Arc<Segment>], id: EntryId) -> Option<EntryRef<'_>> {
    segments.get(id.segment())?.entry(id.row())
}

/// Newest first. Of two entries with the same time the one that the wire dated stands before the one that only its
/// file dates; then, on the wire's own word, the later in the input is the newer. Entries dated by nothing but their
/// files, or by nothing, keep the order of their inputs.
pub(super) fn compare_entries(segments: &[Arc<Segment>], a: EntryId, b: EntryId) -> Ordering {
    let (Some(x), Some(y)) = (entry(segments, a), entry(segments, b)) else {
        return a.cmp(&b);
    };
    let seconds = |e: EntryRef<'_>| Reverse(e.time().map_or(i64::MIN, |t| t.seconds));
    let weak = |e: EntryRef<'_>| matches!(e.time_source(), TimeSource::File | TimeSource::None);
    (seconds(x), weak(x))
        .cmp(&(seconds(y), weak(y)))
        .then_with(|| {
            let forward = compare_by_input(x, y);
            if weak(x) { forward } else { forward.reverse() }
        })
        .then(a.cmp(&b))
}

fn compare_by_input(x: EntryRef<'_>, y: EntryRef<'_>) -> Ordering {
    let by_input = match (x.input(), y.input()) {
        (Some(a), Some(b)) if !Arc::ptr_eq(a, b) => a.location.cmp(&b.location),
        _ => Ordering::Equal,
    };
    by_input.then_with(|| x.position_in_input().cmp(&y.position_in_input()))
}

/// Sorts new ids and merges them into the order. Costs a look-up for each new id and a move of the old ones, which are
/// many and mostly stay together; where no job holds the order they are moved in the room that they have.
pub(super) fn merge_into_order(
    segments: &[Arc<Segment>],
    order: &mut Arc<Vec<EntryId>>,
    mut ids: Vec<EntryId>,
) {
    // A stable sort knows runs: inputs mostly are in order, this way or the other.
    ids.sort_by(|&a, &b| compare_entries(segments, a, b));
    let old = order.len();
    let all = old + ids.len();
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

/// How many ids at the end of a sorted slice pass a test: looks near the end first, then in doubling steps.
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

/// Row of an id in the order.
pub(super) fn position_in_order(
    segments: &[Arc<Segment>],
    order: &[EntryId],
    id: EntryId,
) -> Option<usize> {
    let at = order.partition_point(|&other| compare_entries(segments, other, id) == Ordering::Less);
    (order.get(at) == Some(&id)).then_some(at)
}

// Entries whose files were written again: they are rows no longer, others stand in their places.

/// An entry by where it lies: what the one who reads files knows of it.
#[derive(Debug, Clone)]
pub struct ItemLocation {
    pub input: Arc<Input>,
    /// First byte and number, see [`super::Origin`].
    pub start: u64,
    pub nth: u32,
}

/// An entry whose file was written again, and the one that stands in its place.
#[derive(Debug, Clone)]
pub struct Replacement {
    pub old: ItemLocation,
    pub new: ItemLocation,
    /// True where its bytes are the same as before: nothing new to a reader.
    pub is_unchanged: bool,
}

impl DispatchIndex {
    /// Retires entries that others stand in for, all of them at hand. Returns the pairs, old and new.
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

    /// The entries that lie at these spots, in their order. Looks through the segments once, the newest first.
    fn find_entries_at<'a>(
        &self,
        spots: impl Iterator<Item = &'a ItemLocation>,
    ) -> Vec<Option<EntryId>> {
        let mut found = Vec::new();
        let mut wanted: HashMap<*const Input, HashMap<(u64, u32), Vec<usize>>> = HashMap::new();
        for spot in spots {
            let of_input = wanted.entry(Arc::as_ptr(&spot.input)).or_default();
            let at = of_input.entry((spot.start, spot.nth)).or_default();
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

// A set of entries, one bit each: which of a million are meant is told by one look.

/// Words of 64 bits that a segment takes.
const WORDS_PER_SEGMENT: usize = EntryId::STRIDE / 64;

/// Some entries of a snapshot.
#[derive(Debug, Clone)]
pub struct EntrySet {
    bits: Vec<u64>,
}

impl EntrySet {
    /// No entries of a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            bits: vec![0; snapshot.segments().len() * WORDS_PER_SEGMENT],
        }
    }

    /// These entries of a snapshot; an id of none of its segments is left out.
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

    /// Takes the rows of a segment in, 64 to a word.
    pub fn set_segment_rows(&mut self, segment: usize, rows: &[u64]) {
        self.bits[segment * WORDS_PER_SEGMENT..][..rows.len()].copy_from_slice(rows);
    }

    /// 1 where an entry of the snapshot is in it, else 0: a number, so that it may be counted without a branch.
    #[must_use]
    pub fn count_of(&self, id: EntryId) -> usize {
        let at = id.number();
        usize::try_from(self.bits[at / 64] >> (at % 64) & 1).unwrap_or(0)
    }

    /// The rows of a segment that are in it, ascending.
    pub fn rows(&self, segment: usize) -> impl Iterator<Item = usize> {
        iter_set_bits(&self.bits[segment * WORDS_PER_SEGMENT..(segment + 1) * WORDS_PER_SEGMENT])
    }

    /// How many entries it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        let ones = self.bits.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    /// True where it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }
}

/// The numbers of the bits that are set, ascending.
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
    /// Takes over what another desk, which knows more, tells by flags of the same entries: all of this one are those of
    /// the other from an id on, in the order in which they came.
    pub fn copy_status_flags(&mut self, other: &Self, first: EntryId) {
        let pairs: Vec<_> = self
            .entries_from(EntryId::FIRST)
            .zip(other.entries_from(first))
            .collect();
        for (id, there) in pairs {
            let rows = self.segments[id.segment()].len();
            let flags = other.stories.statuses.flags.get(there);
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
        let place = InputLocation::BuiltIn("test", b"");
        Arc::new(Input::new(place, FormatId::PLAIN, 0, None))
    }

    fn add(desk: &mut DispatchIndex, input: &Arc<Input>, starts: &[u64]) {
        let mut builder = SegmentBuilder::default();
        builder.begin_input(input, 0);
        for (index, &start) in (0..).zip(starts) {
            builder.push(&ScannedItem {
                head: Head {
                    item_key: crate::text::hash(format!("{input:p} {start}").as_bytes()),
                    // What lies at one place has one keyword and day.
                    story_links: StoryLinks {
                        story: start + 1,
                        ..StoryLinks::default()
                    },
                    ..Head::default()
                },
                byte_range: start..start + 1,
                number: 0,
                verbatim_range: 0..0,
                index,
                format: FormatId::PLAIN,
            });
        }
        desk.add(vec![Arc::new(builder.finish())]);
    }

    fn spot(input: &Arc<Input>, start: u64) -> ItemLocation {
        ItemLocation {
            input: Arc::clone(input),
            start,
            nth: 0,
        }
    }

    #[test]
    fn the_newest_stands_in_for_all_before_it() {
        let mut desk = DispatchIndex::default();
        let inputs = [input(), input(), input()];
        for input in &inputs {
            add(&mut desk, input, &[0, 5]);
        }
        for pair in inputs.windows(2) {
            let replaced = Replacement {
                old: spot(&pair[0], 5),
                new: spot(&pair[1], 5),
                is_unchanged: false,
            };
            assert_eq!(desk.apply_replacements(&[replaced]).len(), 1);
        }
        // The segments are small: they are one.
        let ids: Vec<EntryId> = (0..3)
            .map(|number| EntryId::new(0, 2 * number + 1))
            .collect();
        assert_eq!(desk.successor(ids[0]), Some(ids[2]));
        let gone = |row| (0..3usize).map(move |number| EntryId::new(0, 2 * number + row));
        assert!(gone(0).all(|id| !desk.is_unlisted(id)));
        let retired: Vec<bool> = gone(1).map(|id| desk.is_unlisted(id)).collect();
        assert_eq!(retired, [true, true, false]);
    }

    #[test]
    fn what_is_not_at_hand_is_left_alone() {
        let mut desk = DispatchIndex::default();
        let (old, new) = (input(), input());
        add(&mut desk, &old, &[0]);
        let replaced = Replacement {
            old: spot(&old, 0),
            new: spot(&new, 0),
            is_unchanged: false,
        };
        assert!(desk.apply_replacements(&[replaced]).is_empty());
        assert!(!desk.is_unlisted(EntryId::new(0, 0)));
    }
}
