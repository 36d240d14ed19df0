//! The running numbers of a service: which are missing, which came twice. Counting anew is no gap.
//!
//! Wires count from 1 to 999, 9999 or 99999 and go on with 1, many begin again each day, none says which: so it is
//! read from the numbers and times. A number that steps back is a late or repeated item where its neighbours came not
//! long before, else the count has begun again. Only numbers between the first and the last of one count are missed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::dispatch::Stamp;

/// How late an item may come after its neighbours and still belong to their count, in seconds.
const MAX_LATENESS: i64 = 3 * 3600;
/// How far below the first number of a count a late item may stand.
const MAX_BELOW_FIRST: u32 = 20;
/// A step ahead that is larger than this is a new count, not so many lost items.
const MAX_STEP: u32 = 1_000;
/// Silence, in seconds, after which a service that is known to begin again has begun again.
const RESTART_SILENCE: i64 = 8 * 3600;

/// An item of a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberedItem {
    pub(super) number: u32,
    pub(super) time: Stamp,
}

/// Numbers that are missing: from the first to the last, between two that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub first: u32,
    pub last: u32,
    /// The times of the items before and after.
    pub after: Stamp,
    pub before: Stamp,
}

impl Gap {
    /// How many numbers are missing.
    #[must_use]
    pub fn count(self) -> u32 {
        self.last - self.first + 1
    }
}

/// The numbers of one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The name of the service, empty where the wire has but one.
    pub service: String,
    /// Items that were counted.
    pub items: usize,
    /// The first number at hand and the last, by time.
    pub first: u32,
    pub last: u32,
    /// In the order of time.
    pub gaps: Vec<Gap>,
    /// Numbers that came more than once within one count.
    pub repeated: Vec<u32>,
    /// How often the count began again.
    pub restarts: usize,
}

impl Sequence {
    /// How many numbers are missing.
    #[must_use]
    pub fn missing_count(&self) -> u64 {
        self.gaps.iter().map(|gap| u64::from(gap.count())).sum()
    }

    pub(super) fn new(service: &str, mut items: Vec<NumberedItem>) -> Self {
        items.sort_unstable_by_key(|item| (item.time.seconds, item.number));
        let mut sequence = Self::from_items(&items, false);
        if sequence.restarts > 0 {
            sequence = Self::from_items(&items, true);
        }
        service.clone_into(&mut sequence.service);
        sequence
    }

    /// Goes through the items in order of time. `begins_again`: the service is known to do so.
    fn from_items(items: &[NumberedItem], begins_again: bool) -> Self {
        let mut sequence = Self {
            items: items.len(),
            first: items.first().map_or(0, |item| item.number),
            last: items.last().map_or(0, |item| item.number),
            ..Self::default()
        };
        // The numbers of the count that runs, and when each came first.
        let mut count: BTreeMap<u32, Stamp> = BTreeMap::new();
        let mut newest: Option<Stamp> = None;
        for item in items {
            let quiet = newest.map_or(0, |newest| item.time.seconds - newest.seconds);
            if starts_new_count(&count, item) || (begins_again && quiet > RESTART_SILENCE) {
                sequence.gaps.extend(find_gaps(&count));
                sequence.restarts += 1;
                count.clear();
            }
            match count.entry(item.number) {
                Entry::Occupied(_) => sequence.repeated.push(item.number),
                Entry::Vacant(place) => {
                    place.insert(item.time);
                }
            }
            newest = newest.max(Some(item.time));
        }
        sequence.gaps.extend(find_gaps(&count));
        sequence.repeated.sort_unstable();
        sequence.repeated.dedup();
        sequence
    }
}

/// True where an item does not belong to the count that runs.
fn starts_new_count(count: &BTreeMap<u32, Stamp>, item: &NumberedItem) -> bool {
    let (Some((&least, _)), Some((&most, _))) = (count.first_key_value(), count.last_key_value())
    else {
        return false;
    };
    if item.number > most {
        return item.number - most > MAX_STEP;
    }
    if item.number + MAX_BELOW_FIRST < least {
        return true;
    }
    let next = count.range(item.number..).next();
    next.is_none_or(|(_, time)| item.time.seconds - time.seconds > MAX_LATENESS)
}

/// What is missing between the numbers of a count.
fn find_gaps(count: &BTreeMap<u32, Stamp>) -> impl Iterator<Item = Gap> {
    let pairs = count.iter().zip(count.iter().skip(1));
    let holes = pairs.filter(|((a, _), (b, _))| **b - **a > 1);
    holes.map(|((&a, &after), (&b, &before))| Gap {
        first: a + 1,
        last: b - 1,
        after,
        before,
    })
}
