//! Finds entries that may be related: by hashed names, and in groups that share or give a name.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::dispatch::relations;
use crate::index::entry::EntryRef;
use crate::index::segment::{EntryId, Segment};

/// Under which of its names an entry is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    /// Its story: one entry stands for all that share it.
    Story,
    /// Its id, else its item: one entry stands for all that share it.
    Item,
    /// Agency and running number of the service: all of them, as those below, each kept with those about its time.
    Number,
    /// Agency and its own running number.
    AgencyNumber,
    /// Agency and keyword, where no day is known, or the wire names the story otherwise.
    Keyword,
    /// The headline without its label.
    Headline,
    /// The headline with its label, where it has one.
    Titled,
}

const NAME_KINDS: [NameKind; 7] = [
    NameKind::Story,
    NameKind::Item,
    NameKind::Number,
    NameKind::AgencyNumber,
    NameKind::Keyword,
    NameKind::Headline,
    NameKind::Titled,
];

/// Bits of a slot that hold its entry: segments up to 65,535. Small ones are filled anew, so a desk has fewer.
const ENTRY_BITS: u32 = 29;

const SHARDS: u16 = 64;

/// Entries by name.
///
/// The table is in shards whose sizes differ by up to two, so that they do not all grow at the same moment: growing one
/// is a short stop, and on average a fourth of the room stands empty instead of half at worst.
#[derive(Debug, Clone)]
pub(super) struct NameIndex {
    shards: Box<[HashTable<u32>]>,
}

impl Default for NameIndex {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| HashTable::new());
        Self {
            shards: shards.collect(),
        }
    }
}

/// The shard of a name: the logarithm of a share of its bits makes some larger than others.
fn shard_of(key: u64) -> usize {
    let share = f64::from(u16::try_from(key >> 24 & 0xffff).unwrap_or(0)) / 65_536.0;
    let shard = (1.0 + share).log2() * f64::from(SHARDS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 63.
    let shard = shard as usize;
    shard.min(usize::from(SHARDS) - 1)
}

fn pack_slot(kind: NameKind, id: EntryId) -> Option<u32> {
    let entry = u32::try_from(id.number()).ok()?;
    (entry >> ENTRY_BITS == 0).then_some((kind as u32) << ENTRY_BITS | entry)
}

fn slot_entry(slot: u32) -> EntryId {
    EntryId::from_number(slot & ((1 << ENTRY_BITS) - 1))
}

/// Seconds of a span: what names another by a name that many have lies in the same one or a neighbour of it, see
/// [`crate::index::kills_and_corrections::is_in_window`]. Days are those of the wires' own zones, so an entry that is known by its day alone
/// may be dated up to two days and the width of the zones after a notice.
const SPAN_SECONDS: i64 = 4 * 24 * 3600;

/// A name in a span of time.
fn key_in_span(key: u64, span: i64) -> u64 {
    relations::hash_on_day(key, span)
}

/// A name in the spans about the time of an entry: none where it has no time.
pub(super) fn keys_around(key: u64, entry: EntryRef<'_>) -> impl Iterator<Item = u64> + use<> {
    let span = entry
        .time()
        .map(|time| time.seconds.div_euclid(SPAN_SECONDS));
    let spans = span.map(|span| span - 1..=span + 1);
    spans
        .into_iter()
        .flatten()
        .map(move |span| key_in_span(key, span))
}

/// The name of a headline.
pub(super) fn headline_key(text: &str) -> u64 {
    relations::hash_id(text)
}

/// A name that many may have, whenever they came; 0 for none.
pub(super) fn undated_key(kind: NameKind, entry: EntryRef<'_>) -> u64 {
    match kind {
        NameKind::Number => (entry.sequence()).map_or(0, |(_, number)| {
            relations::hash_agency_number(entry.agency(), number)
        }),
        NameKind::AgencyNumber => (entry.agency_number()).map_or(0, |number| {
            relations::hash_agency_number(entry.agency(), number)
        }),
        NameKind::Keyword => entry.undated_keyword().unwrap_or(0),
        NameKind::Headline => headline_key(entry.headline_without_label()),
        NameKind::Titled if entry.is_titled() => headline_key(entry.folded_headline()),
        NameKind::Titled | NameKind::Story | NameKind::Item => 0,
    }
}

/// The name under which a kind files an entry; 0 for none.
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

fn slot_key(segments: &[Arc<Segment>], slot: u32) -> u64 {
    let (id, kind) = (
        slot_entry(slot),
        NAME_KINDS[(slot >> ENTRY_BITS) as usize % NAME_KINDS.len()],
    );
    let entry = segments.get(id.segment()).and_then(|s| s.entry(id.row()));
    entry.map_or(0, |entry| name_key(kind, entry))
}

impl NameIndex {
    /// An entry that has this as story, id or item.
    pub(super) fn find(&self, segments: &[Arc<Segment>], key: u64) -> Option<EntryId> {
        let is = |&slot: &u32| {
            let id = slot_entry(slot);
            let entry = segments.get(id.segment()).and_then(|s| s.entry(id.row()));
            entry.is_some_and(|entry| {
                entry.story_key() == key || name_key(NameKind::Item, entry) == key
            })
        };
        self.shards[shard_of(key)]
            .find(key, is)
            .map(|&slot| slot_entry(slot))
    }

    /// All entries that were filed under this name of a kind.
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

    /// Makes room for many entries at once; few are left to the shards, which grow one by one.
    pub(super) fn reserve(&mut self, segments: &[Arc<Segment>], rows: usize) {
        if rows <= 2 * crate::index::SEGMENT_ROWS {
            return;
        }
        for (number, table) in (0..).zip(&mut self.shards) {
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

    /// Files an entry.
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

// Rings of entries that may have to do with each other: each names the next, the last names the first.

/// The next entry of each, in segments where any is in a ring with others.
#[derive(Debug, Clone, Default)]
pub(super) struct RelatedGroups {
    next: Vec<Vec<EntryId>>,
}

impl RelatedGroups {
    fn next(&self, id: EntryId) -> EntryId {
        let segment = self.next.get(id.segment());
        segment.and_then(|s| s.get(id.row())).copied().unwrap_or(id)
    }

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
        if let Some(place) = segment.get_mut(id.row()) {
            *place = next;
        }
    }

    /// True where no other is in its ring.
    pub(super) fn is_ungrouped(&self, id: EntryId) -> bool {
        self.next(id) == id
    }

    /// The entries of a ring, beginning with one of them.
    pub(super) fn members(&self, id: EntryId) -> impl Iterator<Item = EntryId> {
        let mut at = Some(id);
        std::iter::from_fn(move || {
            let here = at?;
            at = Some(self.next(here)).filter(|&next| next != id);
            Some(here)
        })
    }

    /// True where more than so many entries are in its ring.
    pub(super) fn is_larger_than(&self, id: EntryId, limit: usize) -> bool {
        self.members(id).nth(limit).is_some()
    }

    /// Joins the ring of an entry to those of others, as long as it is not longer than `limit`; a longer one of another
    /// takes it in only where it is alone. `rows` tells how many rows the segment of an entry has.
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
        let mut ring: HashSet<EntryId, RandomState> = self.members(id).collect();
        for other in others {
            if ring.contains(&other) || self.is_larger_than(other, limit) {
                continue;
            }
            ring.extend(self.members(other));
            self.splice(id, other, &rows);
            if ring.len() > limit {
                return;
            }
        }
    }

    /// Joins the rings of two entries, where they are two and not longer than `limit`. `rows` tells how many rows the
    /// segment of an entry has.
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

    fn splice(&mut self, a: EntryId, b: EntryId, rows: &impl Fn(EntryId) -> usize) {
        let (after_a, after_b) = (self.next(a), self.next(b));
        self.set(a, after_b, rows(a));
        self.set(b, after_a, rows(b));
    }
}
