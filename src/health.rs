//! The health of a wire's sources: when each last sent something, how much it sends, and which sequence numbers are
//! missing.
//!
//! A pure function of the dispatches. It reads no clock: rates are counted back from the newest time on the wire, or
//! from a time that the caller gives.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;

use crate::dispatch::{Precision, Stamp};
use crate::text::count_noun;

/// How many hours rates are kept for.
pub const RATE_HOURS: usize = 24;

/// The properties of a dispatch that matter here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Arrival<'a> {
    /// The agency; empty if the wire names none.
    pub agency: &'a str,
    /// When the wire says it was sent; never the date of a file.
    pub time: Option<Stamp>,
    /// When it reached this machine, in Unix seconds, if known.
    pub arrived: Option<i64>,
    /// The agency's service and the sequence number in it, if the wire numbers its items.
    pub sequence: Option<(&'a str, u32)>,
}

/// The health of all sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// One per agency, the one with the newest dispatch first.
    pub sources: Vec<WireSource>,
    /// The time rates are counted back from, in Unix seconds: the one given, or else the newest on the wire.
    pub until: Option<i64>,
}

/// Assesses the sources of dispatches, given in any order. Rates are counted back from `now`, in Unix seconds, or else
/// from the newest time on the wire.
#[must_use]
pub fn assess_health<'a>(
    arrivals: impl IntoIterator<Item = Arrival<'a>>,
    now: Option<i64>,
) -> Health {
    let mut stats: BTreeMap<&str, SourceStats<'a>> = BTreeMap::new();
    for arrival in arrivals {
        let source = stats.entry(arrival.agency).or_default();
        source.add(&arrival);
        if let (Some((service, number)), Some(time)) = (arrival.sequence, arrival.time) {
            let counted = NumberedItem { number, time };
            source.services.entry(service).or_default().push(counted);
        }
    }
    let newest = stats.values().filter_map(SourceStats::newest_time).max();
    let until = now.or(newest);
    let mut sources: Vec<WireSource> =
        stats.into_iter().map(|(agency, stats)| stats.into_source(agency, until)).collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.last.map(|last| last.seconds)));
    Health { sources, until }
}

// Sources: counts, times, rates and silences.

/// Rates are counted by the hour.
const SECONDS_PER_HOUR: i64 = 3600;

/// A period in which a source sent nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The time of the dispatch before it.
    pub from: Stamp,
    /// The time of the dispatch after it.
    pub to: Stamp,
}

impl Silence {
    /// The length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.to.seconds.saturating_sub(self.from.seconds)
    }
}

/// A source: all dispatches of one agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WireSource {
    /// The agency; empty if the wire names none.
    pub agency: String,
    pub dispatches: usize,
    /// The time of its first dispatch, as the wire gives it.
    pub first: Option<Stamp>,
    /// The time of its last dispatch.
    pub last: Option<Stamp>,
    /// When its last dispatch reached this machine, in Unix seconds, if known.
    pub arrived: Option<i64>,
    /// Dispatches per hour, the newest hour first.
    pub hours: [u32; RATE_HOURS],
    /// The longest period between two consecutive dispatches.
    pub silence: Option<Silence>,
    /// Its services that number their items.
    pub sequences: Vec<Sequence>,
}

impl WireSource {
    /// How many numbers are missing, over all its services.
    #[must_use]
    pub fn missing_count(&self) -> u64 {
        self.sequences.iter().map(Sequence::missing_count).sum()
    }

    /// How many dispatches were sent in the last `hours` hours, at most [`RATE_HOURS`].
    #[must_use]
    pub fn count_within(&self, hours: usize) -> u32 {
        self.hours.iter().take(hours).sum()
    }
}

/// Accumulates the dispatches of one source.
#[derive(Default)]
struct SourceStats<'a> {
    dispatches: usize,
    arrived: Option<i64>,
    /// Times as the wire gives them. Dates without a time of day count only towards the first and last.
    times: Vec<Stamp>,
    services: BTreeMap<&'a str, Vec<NumberedItem>>,
}

impl SourceStats<'_> {
    /// Adds a dispatch.
    fn add(&mut self, arrival: &Arrival<'_>) {
        self.dispatches += 1;
        self.arrived = self.arrived.max(arrival.arrived);
        self.times.extend(arrival.time);
    }

    /// The newest time, in Unix seconds.
    fn newest_time(&self) -> Option<i64> {
        self.times.iter().map(|time| time.seconds).max()
    }

    /// Finishes the source. Rates are counted back from `until`, in Unix seconds.
    fn into_source(mut self, agency: &str, until: Option<i64>) -> WireSource {
        self.times.sort_unstable();
        let exact: Vec<Stamp> =
            self.times.iter().copied().filter(|time| time.precision == Precision::Second).collect();
        let mut hours = [0_u32; RATE_HOURS];
        for time in &exact {
            let ago = until.map(|until| until.saturating_sub(time.seconds));
            let hour = ago.filter(|&ago| ago >= 0).map(|ago| ago / SECONDS_PER_HOUR);
            let hour = hour.and_then(|hour| usize::try_from(hour).ok());
            if let Some(count) = hour.and_then(|hour| hours.get_mut(hour)) {
                *count += 1;
            }
        }
        let pairs = exact.windows(2).filter_map(|pair| match *pair {
            [from, to] => Some(Silence { from, to }),
            _ => None,
        });
        WireSource {
            agency: agency.to_owned(),
            dispatches: self.dispatches,
            first: self.times.first().copied(),
            last: self.times.last().copied(),
            arrived: self.arrived,
            hours,
            silence: pairs.max_by_key(|silence| silence.seconds()),
            sequences: self
                .services
                .into_iter()
                .map(|(service, counted)| Sequence::new(service, counted))
                .collect(),
        }
    }
}

// Sequence numbers: which are missing, and which came twice.
//
// Wires count from 1 to 999, 9999 or 99999 and then restart at 1; many restart every day; none says which. So it is
// inferred from numbers and times. A number lower than the ones before it is a late or repeated item if its neighbours
// came not long before it; otherwise the count has restarted, which is not a gap. Only numbers between the first and
// the last of one count can be missing.

/// How long after its neighbours an item may come and still belong to their count, in seconds.
const MAX_LATENESS: i64 = 3 * 3600;

/// How far below the first number of a count a late item may be.
const MAX_BELOW_FIRST: u32 = 20;

/// A larger step ahead is a new count, not that many lost items.
const MAX_STEP: u32 = 1_000;

/// For a service known to restart, a longer silence than this, in seconds, means that it has restarted: a night without
/// items, after which the new day may begin above the last number seen.
const RESTART_SILENCE: i64 = 8 * 3600;

/// A numbered item of a service.
#[derive(Debug, Clone, Copy)]
struct NumberedItem {
    number: u32,
    time: Stamp,
}

/// A run of missing numbers, `first` and `last` included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub first: u32,
    pub last: u32,
    /// The time of the item before the gap.
    pub after: Stamp,
    /// The time of the item after it.
    pub before: Stamp,
}

impl Gap {
    /// How many numbers are missing.
    #[must_use]
    pub fn count(self) -> u32 {
        self.last - self.first + 1
    }
}

/// The sequence numbers of one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The name of the service; empty if the wire has only one.
    pub service: String,
    /// How many numbered items there are.
    pub items: usize,
    /// The number of the first item by time.
    pub first: u32,
    /// The number of the last item by time.
    pub last: u32,
    /// Missing numbers, in order of time.
    pub gaps: Vec<Gap>,
    /// Numbers that came more than once within one count, ascending.
    pub repeated: Vec<u32>,
    /// How often the count restarted.
    pub restarts: usize,
}

impl Sequence {
    /// How many numbers are missing.
    #[must_use]
    pub fn missing_count(&self) -> u64 {
        self.gaps.iter().map(|gap| u64::from(gap.count())).sum()
    }

    /// Two passes: only if the first finds a restart does the second take a long silence for one as well.
    fn new(service: &str, mut items: Vec<NumberedItem>) -> Self {
        items.sort_unstable_by_key(|item| (item.time.seconds, item.number));
        let mut sequence = Self::from_items(&items, false);
        if sequence.restarts > 0 {
            sequence = Self::from_items(&items, true);
        }
        service.clone_into(&mut sequence.service);
        sequence
    }

    /// Evaluates items in order of time. `restarts`: the service is known to restart its count.
    fn from_items(items: &[NumberedItem], restarts: bool) -> Self {
        let mut sequence = Self {
            items: items.len(),
            first: items.first().map_or(0, |item| item.number),
            last: items.last().map_or(0, |item| item.number),
            ..Self::default()
        };
        // The numbers of the current count, and when each first came.
        let mut count: BTreeMap<u32, Stamp> = BTreeMap::new();
        let mut newest: Option<Stamp> = None;
        for item in items {
            let quiet = newest.map_or(0, |newest| item.time.seconds - newest.seconds);
            if starts_new_count(&count, item) || (restarts && quiet > RESTART_SILENCE) {
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

/// True if an item does not belong to the current count.
fn starts_new_count(count: &BTreeMap<u32, Stamp>, item: &NumberedItem) -> bool {
    let (Some((&least, _)), Some((&most, _))) = (count.first_key_value(), count.last_key_value())
    else {
        return false;
    };
    // The next number, or a jump ahead.
    if item.number > most {
        return item.number - most > MAX_STEP;
    }
    // Too far below the first number to be late.
    if item.number + MAX_BELOW_FIRST < least {
        return true;
    }
    // Late or repeated, if the next higher number came not long before.
    let next = count.range(item.number..).next();
    next.is_none_or(|(_, time)| item.time.seconds - time.seconds > MAX_LATENESS)
}

/// The gaps between the numbers of a count.
fn find_gaps(count: &BTreeMap<u32, Stamp>) -> impl Iterator<Item = Gap> {
    let pairs = count.iter().zip(count.iter().skip(1));
    let holes = pairs.filter(|((a, _), (b, _))| **b - **a > 1);
    holes.map(|((&a, &after), (&b, &before))| Gap { first: a + 1, last: b - 1, after, before })
}

// Descriptions, the same on the screen and in a pipe.

/// How many gaps or repeated numbers of a service are listed; the others are only counted, to keep the line readable.
const MAX_LISTED: usize = 12;

impl WireSource {
    /// The name of the agency, or a placeholder.
    #[must_use]
    pub fn display_name(&self) -> &str {
        if self.agency.is_empty() { "no agency named" } else { &self.agency }
    }

    /// Describes the source as labels and values; `when` formats a time.
    #[must_use]
    pub fn describe(&self, when: &dyn Fn(Stamp) -> String) -> Vec<(String, String)> {
        let mut lines = vec![("dispatches".to_owned(), self.dispatches.to_string())];
        let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
        if let Some(last) = self.last {
            add("last", when(last));
        }
        if let Some(arrived) = self.arrived {
            add("arrived", when(Stamp::from_seconds(arrived)));
        }
        if self.last.is_some() {
            let [one, six, day] = [1, 6, RATE_HOURS].map(|hours| self.count_within(hours));
            let rate = format!("{one} in the last hour, {six} in 6 hours, {day} in 24");
            add("rate", rate);
        }
        if let Some(silence) = self.silence {
            let span = format_duration(silence.seconds());
            let (from, to) = (when(silence.from), when(silence.to));
            add("longest silence", format!("{span}, {from} to {to}"));
        }
        for sequence in &self.sequences {
            let service = match sequence.service.as_str() {
                "" => "numbers".to_owned(),
                service => format!("service {service}"),
            };
            add(&service, sequence.describe());
        }
        lines
    }
}

impl Sequence {
    /// Describes the sequence: `584 to 601, 15 items; missing 3: 586, 590-591`.
    #[must_use]
    pub fn describe(&self) -> String {
        let items = count_noun(self.items, "item");
        let mut parts = vec![format!("{} to {}, {items}", self.first, self.last)];
        let list = |numbers: Vec<String>| {
            let more = numbers.len().saturating_sub(MAX_LISTED);
            let mut named = numbers[..numbers.len() - more].join(", ");
            if more > 0 {
                let _ = write!(named, " and {more} more");
            }
            named
        };
        if self.gaps.is_empty() {
            parts.push("none missing".to_owned());
        } else {
            let gaps = self.gaps.iter().map(|gap| {
                if gap.first == gap.last {
                    gap.first.to_string()
                } else {
                    format!("{}-{}", gap.first, gap.last)
                }
            });
            parts.push(format!("missing {}: {}", self.missing_count(), list(gaps.collect())));
        }
        if !self.repeated.is_empty() {
            let twice = self.repeated.iter().map(u32::to_string);
            parts.push(format!("repeated: {}", list(twice.collect())));
        }
        match self.restarts {
            0 => {}
            1 => parts.push("restarted once".to_owned()),
            times => parts.push(format!("restarted {times} times")),
        }
        parts.join("; ")
    }
}

/// Formats a duration in its two largest units: `4 h 12 min`.
fn format_duration(seconds: i64) -> String {
    let minutes = seconds / 60;
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dispatch::{Precision, Stamp};

    #[test]
    fn durations_have_two_units() {
        let spans = [7, 70, 3_660, 90_000].map(format_duration);
        assert_eq!(spans, ["7 s", "1 min", "1 h 1 min", "1 d 1 h"]);
    }

    #[test]
    fn a_sequence_is_described_in_one_line() {
        let sequence = Sequence {
            items: 3,
            first: 5,
            last: 9,
            repeated: vec![7],
            restarts: 1,
            ..Sequence::default()
        };
        assert_eq!(
            sequence.describe(),
            "5 to 9, 3 items; none missing; repeated: 7; restarted once"
        );
    }

    const DAY: i64 = 86_400;

    /// Items as `minutes:number`, separated by spaces.
    fn items(text: &str) -> Vec<NumberedItem> {
        let item = |word: &str| {
            let (minutes, number) = word.split_once(':').unwrap_or(("0", word));
            NumberedItem {
                number: number.parse().unwrap_or(0),
                time: Stamp::from_seconds(minutes.parse::<i64>().unwrap_or(0) * 60),
            }
        };
        text.split_whitespace().map(item).collect()
    }

    /// Checks a sequence: missing numbers (as first and last), repeated numbers, restarts.
    #[track_caller]
    fn check(text: &str, missing: &[(u32, u32)], twice: &[u32], restarts: usize) {
        let sequence = Sequence::new("a", items(text));
        let gaps: Vec<(u32, u32)> = sequence.gaps.iter().map(|g| (g.first, g.last)).collect();
        assert_eq!(
            (gaps.as_slice(), sequence.repeated.as_slice(), sequence.restarts),
            (missing, twice, restarts),
            "{sequence:?}"
        );
    }

    #[test]
    fn missing_numbers_are_found() {
        check("1:5 2:6 3:7", &[], &[], 0);
        check("1:5 2:8 3:9 4:12", &[(6, 7), (10, 11)], &[], 0);
        check("", &[], &[], 0);
        // Items of one minute may come in any order, and late ones fill their gap.
        check("1:5 1:7 1:6 2:8", &[], &[], 0);
        check("1:5 2:7 3:8 40:6 41:9", &[], &[], 0);
        check("1:5 2:6 3:6 4:7", &[], &[6], 0);
    }

    #[test]
    fn a_restart_is_not_a_gap() {
        // At midnight, after a full and after a quiet day.
        check("600:583 700:584 1445:1 1450:2 1460:4", &[(3, 3)], &[], 1);
        check("600:1 700:2 800:3 2040:1 2140:2", &[], &[], 1);
        // An item of the day before that comes after midnight belongs to that day's count.
        check("1435:583 1438:585 1441:584 1442:1 1443:2", &[], &[], 1);
        // After the highest number.
        check("1:9997 2:9998 3:9999 4:1 5:2", &[], &[], 1);
        check("1:9997 2:9999 3:2 4:3", &[(9998, 9998)], &[], 1);
        check("1:998 2:999 3:1 4:2", &[], &[], 1);
        // A jump ahead: another machine has taken over.
        check("1:12 2:13 3:5012 4:5013", &[], &[], 1);
        // A service that restarts every day; of the third day only the evening is known.
        check("600:1 700:2 2040:1 2100:2 4200:40 4210:41", &[], &[], 2);
    }

    #[test]
    fn a_repeat_within_hours_is_a_repeat_and_the_next_day_a_new_count() {
        check("1:5 2:6 90:5 100:7", &[], &[5], 0);
        check("1:5 2:6 1441:5 1442:6 1443:7", &[], &[], 1);
    }

    #[test]
    fn rates_end_with_the_newest_time() {
        let arrival = |agency, seconds| Arrival {
            agency,
            time: Some(Stamp::from_seconds(seconds)),
            ..Arrival::default()
        };
        let day = Arrival {
            agency: "NWR",
            time: Some(Stamp { precision: Precision::Day, ..Stamp::from_seconds(0) }),
            ..Arrival::default()
        };
        let all = [
            arrival("MRD", DAY),
            arrival("MRD", DAY - 60),
            arrival("MRD", DAY - 7_300),
            arrival("NWR", DAY - 3_600),
            day,
            Arrival::default(),
        ];
        let found = assess_health(all, None);
        let names: Vec<&str> = found.sources.iter().map(|s| s.agency.as_str()).collect();
        assert_eq!(names, ["MRD", "NWR", ""]);
        let mrd = &found.sources[0];
        assert_eq!((mrd.dispatches, mrd.count_within(1), mrd.count_within(3)), (3, 2, 3));
        assert_eq!(mrd.silence.map(super::Silence::seconds), Some(7_240));
        assert_eq!(found.sources[1].hours[..2], [0, 1]);
        assert_eq!(found.sources[1].silence, None);
        assert_eq!(found.sources[2].last, None);
        let later = assess_health(all, Some(DAY + 3_600));
        assert_eq!(later.sources[0].hours[..2], [0, 2]);
    }

    proptest! {
        /// A wire that restarts every day and loses some items: every number reported missing was lost, and every loss
        /// between two items of a day is reported.
        #[test]
        fn exactly_the_lost_numbers_are_missing(
            days in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 12..60), 1..4)
        ) {
            let mut all = Vec::new();
            let mut lost = Vec::new();
            for (day, mut kept) in (0..).zip(days) {
                // A day whose first items are lost cannot be told from the day before.
                kept[0] = true;
                let first = kept.iter().position(|&kept| kept);
                let last = kept.iter().rposition(|&kept| kept);
                for (at, &is_kept) in kept.iter().enumerate() {
                    let number = u32::try_from(at).unwrap_or(0) + 1;
                    let time = Stamp::from_seconds(day * DAY + i64::from(number) * 600);
                    if is_kept {
                        all.push(NumberedItem { number, time });
                    } else if first.is_some_and(|f| f < at) && last.is_some_and(|l| at < l) {
                        lost.push((day, number));
                    }
                }
            }
            let sequence = Sequence::new("a", all);
            let missing: Vec<u32> = sequence.gaps.iter().flat_map(|gap| gap.first..=gap.last).collect();
            let expected: Vec<u32> = lost.into_iter().map(|(_, number)| number).collect();
            prop_assert_eq!(missing, expected);
            prop_assert!(sequence.repeated.is_empty());
        }
    }
}
