//! Finds entries that may be related: an index from hashed names to entries, and groups of entries that share a name or
//! refer to each other. Does not decide what they are to each other.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::dispatch::relations;
use crate::index::entry::EntryRef;
use crate::index::segment::{EntryId, Segment};

/// The kinds of names that entries are indexed by.
///
/// Stories and items are unique names: only the first entry is indexed, and the others join its group. The other names
/// may be shared by unrelated entries, so every entry is indexed, under a key that includes a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    /// The story key.
    Story,
    /// The id without its revision, or the item key if there is no id.
    Item,
    /// Agency and running number of the service.
    Number,
    /// Agency and the agency's own running number.
    AgencyNumber,
    /// Agency and keyword, unless the story key already stands for them; see [`EntryRef::undated_keyword`].
    Keyword,
    /// The headline without its label.
    Headline,
    /// The headline with its label, if it has one.
    Titled,
}

/// The kinds by their number in a slot.
const NAME_KINDS: [NameKind; 7] = [
    NameKind::Story,
    NameKind::Item,
    NameKind::Number,
    NameKind::AgencyNumber,
    NameKind::Keyword,
    NameKind::Headline,
    NameKind::Titled,
];

/// Bits of a slot for the entry; the upper three are the kind of name. Enough for 65,536 segments: entries beyond that
/// are not indexed. Small segments are merged, so an index has far fewer.
const ENTRY_BITS: u32 = 29;

/// Number of shards of a [`NameIndex`].
const SHARDS: u16 = 64;

/// Entries by name, as a hash table of 32-bit slots. Keys are not stored but computed from the entries again.
///
/// The table is split into shards whose sizes differ by a factor of up to two, so that they do not all grow at the same
/// moment: growing one is a short pause, and on average a quarter of the capacity is unused, not half as at worst.
#[derive(Debug, Clone)]
pub(super) struct NameIndex {
    shards: Box<[HashTable<u32>]>,
}

impl Default for NameIndex {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| HashTable::new());
        Self { shards: shards.collect() }
    }
}

/// The shard of a key. The logarithm of some of its bits makes the last shard about twice as large as the first.
fn shard_of(key: u64) -> usize {
    let share = f64::from(u16::try_from(key >> 24 & 0xffff).unwrap_or(0)) / 65_536.0;
    let shard = (1.0 + share).log2() * f64::from(SHARDS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 63.
    let shard = shard as usize;
    shard.min(usize::from(SHARDS) - 1)
}

/// A kind and an entry in 32 bits; `None` if the entry's number is too large.
fn pack_slot(kind: NameKind, id: EntryId) -> Option<u32> {
    let entry = u32::try_from(id.number()).ok()?;
    (entry >> ENTRY_BITS == 0).then_some((kind as u32) << ENTRY_BITS | entry)
}

/// The entry of a slot.
fn slot_entry(slot: u32) -> EntryId {
    EntryId::from_number(slot & ((1 << ENTRY_BITS) - 1))
}

/// Length of a span of time in seconds. An entry and a notice that refers to it by a shared name must be in the same or
/// neighbouring spans, so a span must exceed the largest distance allowed by
/// [`is_in_window`](crate::index::kills_and_corrections::is_in_window): two days before the notice, or, since days are
/// those of the wires' own zones, two days plus the width of the zones after it if the entry has no time of day.
const SPAN_SECONDS: i64 = 4 * 24 * 3600;

/// The key of a name within a span of time.
fn key_in_span(key: u64, span: i64) -> u64 {
    relations::hash_on_day(key, span)
}

/// The keys of a name in three spans: the one before that of the entry's time, its own, and the one after. Empty if the
/// entry has no time.
pub(super) fn keys_around(key: u64, entry: EntryRef<'_>) -> impl Iterator<Item = u64> + use<> {
    let span = entry.time().map(|time| time.seconds.div_euclid(SPAN_SECONDS));
    let spans = span.map(|span| span - 1..=span + 1);
    spans.into_iter().flatten().map(move |span| key_in_span(key, span))
}

/// The undated key of a folded headline.
pub(super) fn headline_key(text: &str) -> u64 {
    relations::hash_id(text)
}

/// The key of an entry's name of a shared kind, without a span of time; 0 if it has no such name.
pub(super) fn undated_key(kind: NameKind, entry: EntryRef<'_>) -> u64 {
    match kind {
        NameKind::Number => (entry.sequence())
            .map_or(0, |(_, number)| relations::hash_agency_number(entry.agency(), number)),
        NameKind::AgencyNumber => (entry.agency_number())
            .map_or(0, |number| relations::hash_agency_number(entry.agency(), number)),
        NameKind::Keyword => entry.undated_keyword().unwrap_or(0),
        NameKind::Headline => headline_key(entry.headline_without_label()),
        NameKind::Titled if entry.has_label_in_headline() => headline_key(entry.folded_headline()),
        NameKind::Titled | NameKind::Story | NameKind::Item => 0,
    }
}

/// The key under which an entry is indexed by its name of this kind; 0 if it has no such name.
pub(super) fn name_key(kind: NameKind, entry: EntryRef<'_>) -> u64 {
    match kind {
        NameKind::Story => entry.story_key(),
        NameKind::Item => match entry.id_key() {
            0 => entry.item_key(),
            id => id,
        },
        _ => match (undated_key(kind, entry), entry.time()) {
            (0, _) | (_, None) => 0,
            (key, Some(time)) => key_in_span(key, time.seconds.div_euclid(SPAN_SECONDS)),
        },
    }
}

/// The key of a slot, computed again from its entry.
fn slot_key(segments: &[Arc<Segment>], slot: u32) -> u64 {
    let (id, kind) =
        (slot_entry(slot), NAME_KINDS[(slot >> ENTRY_BITS) as usize % NAME_KINDS.len()]);
    let entry = segments.get(id.segment()).and_then(|s| s.entry(id.row()));
    entry.map_or(0, |entry| name_key(kind, entry))
}

impl NameIndex {
    /// An entry with this story key, or with this id or item key.
    pub(super) fn find(&self, segments: &[Arc<Segment>], key: u64) -> Option<EntryId> {
        let is = |&slot: &u32| {
            let id = slot_entry(slot);
            let entry = segments.get(id.segment()).and_then(|s| s.entry(id.row()));
            entry.is_some_and(|entry| {
                entry.story_key() == key || name_key(NameKind::Item, entry) == key
            })
        };
        self.shards[shard_of(key)].find(key, is).map(|&slot| slot_entry(slot))
    }

    /// All entries indexed under this key by names of this kind.
    pub(super) fn find_all<'i>(
        &'i self,
        segments: &'i [Arc<Segment>],
        kind: NameKind,
        key: u64,
    ) -> impl Iterator<Item = EntryId> + 'i {
        let slots = self.shards[shard_of(key)].iter_hash(key).copied();
        let named =
            move |&slot: &u32| slot >> ENTRY_BITS == kind as u32 && slot_key(segments, slot) == key;
        slots.filter(named).map(slot_entry)
    }

    /// Reserves capacity for a large batch. Small ones leave it to the shards, which grow one at a time.
    pub(super) fn reserve(&mut self, segments: &[Arc<Segment>], rows: usize) {
        if rows <= 2 * crate::index::SEGMENT_ROWS {
            return;
        }
        for (number, table) in (0..).zip(&mut self.shards) {
            // The share of keys for which `shard_of` gives this number.
            let share = (f64::from(number + 1) / f64::from(SHARDS)).exp2()
                - (f64::from(number) / f64::from(SHARDS)).exp2();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss
            )]
            let share = (share * rows as f64) as usize;
            table.reserve(share, |&slot| slot_key(segments, slot));
        }
    }

    /// Indexes an entry under a key, which must be its [`name_key`] of this kind.
    pub(super) fn insert(
        &mut self,
        segments: &[Arc<Segment>],
        kind: NameKind,
        key: u64,
        id: EntryId,
    ) {
        if let Some(slot) = pack_slot(kind, id) {
            let table = &mut self.shards[shard_of(key)];
            table.insert_unique(key, slot, |&slot| slot_key(segments, slot));
        }
    }
}

// Groups of entries that may be related.

/// Groups of entries, as circular linked lists: a join is constant time, and needs no memory for ungrouped segments.
#[derive(Debug, Clone, Default)]
pub(super) struct RelatedGroups {
    /// The next entry in the group, by segment and row. Segments may be missing or short: other entries are alone.
    next: Vec<Vec<EntryId>>,
}

impl RelatedGroups {
    /// The next entry in the group, itself if it is alone.
    fn next(&self, id: EntryId) -> EntryId {
        let segment = self.next.get(id.segment());
        segment.and_then(|s| s.get(id.row())).copied().unwrap_or(id)
    }

    /// Sets the next entry. `rows` is the current length of the segment.
    fn set(&mut self, id: EntryId, next: EntryId, rows: usize) {
        if self.next.len() <= id.segment() {
            self.next.resize(id.segment() + 1, Vec::new());
        }
        let segment = &mut self.next[id.segment()];
        if segment.len() < rows {
            let known = segment.len();
            segment.reserve_exact(rows - known);
            segment.extend((known..rows).map(|row| EntryId::new(id.segment(), row)));
        }
        if let Some(slot) = segment.get_mut(id.row()) {
            *slot = next;
        }
    }

    /// True if it is the only entry in its group.
    pub(super) fn is_ungrouped(&self, id: EntryId) -> bool {
        self.next(id) == id
    }

    /// The entries of a group, starting with `id`.
    pub(super) fn members(&self, id: EntryId) -> impl Iterator<Item = EntryId> {
        let mut at = Some(id);
        std::iter::from_fn(move || {
            let here = at?;
            at = Some(self.next(here)).filter(|&next| next != id);
            Some(here)
        })
    }

    /// True if the group of an entry has more than `limit` entries.
    pub(super) fn is_larger_than(&self, id: EntryId, limit: usize) -> bool {
        self.members(id).nth(limit).is_some()
    }

    /// Joins the group of an entry with the groups of others, until it exceeds `limit`. Groups of others that exceed it
    /// already are skipped, unless the entry is alone: then it joins the first other's group, whatever its size. `rows`
    /// returns the current length of an entry's segment.
    pub(super) fn join_all(
        &mut self,
        id: EntryId,
        others: &[EntryId],
        limit: usize,
        rows: impl Fn(EntryId) -> usize,
    ) {
        let mut others = others.iter().copied().filter(|&other| other != id);
        if self.is_ungrouped(id) {
            let Some(other) = others.next() else {
                return;
            };
            self.splice(id, other, &rows);
        }
        let mut others = others.peekable();
        if others.peek().is_none() || self.is_larger_than(id, limit) {
            return;
        }
        let mut group: HashSet<EntryId, RandomState> = self.members(id).collect();
        for other in others {
            if group.contains(&other) || self.is_larger_than(other, limit) {
                continue;
            }
            group.extend(self.members(other));
            self.splice(id, other, &rows);
            if group.len() > limit {
                return;
            }
        }
    }

    /// Joins the groups of two entries. Two groups of several entries stay apart if that of `a` exceeds `limit`. `rows`
    /// returns the current length of an entry's segment.
    pub(super) fn join(
        &mut self,
        a: EntryId,
        b: EntryId,
        limit: usize,
        rows: impl Fn(EntryId) -> usize,
    ) {
        if a == b {
            return;
        }
        if !self.is_ungrouped(a) && !self.is_ungrouped(b) {
            let mut steps = 0;
            for other in self.members(a) {
                steps += 1;
                if other == b || steps > limit {
                    return;
                }
            }
        }
        self.splice(a, b, &rows);
    }

    /// Makes one circular list of two by swapping their links. The two must be separate: swapping links within one list
    /// would split it.
    fn splice(&mut self, a: EntryId, b: EntryId, rows: &impl Fn(EntryId) -> usize) {
        let (after_a, after_b) = (self.next(a), self.next(b));
        self.set(a, after_b, rows(a));
        self.set(b, after_a, rows(b));
    }
}
