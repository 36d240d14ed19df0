//! One source: how many dispatches, when the last one came, how many an hour, how long it was silent.

use std::collections::BTreeMap;

use super::sequence::{NumberedItem, Sequence};
use super::{Arrival, RATE_HOURS};
use crate::dispatch::{Precision, Stamp};

/// Seconds of an hour.
const SECONDS_PER_HOUR: i64 = 3600;

/// A time in which nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The dispatches before and after it.
    pub from: Stamp,
    pub to: Stamp,
}

impl Silence {
    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.to.seconds.saturating_sub(self.from.seconds)
    }
}

/// One source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WireSource {
    /// The agency, empty where the wire names none.
    pub agency: String,
    pub dispatches: usize,
    /// The time of its first and its last dispatch, as the wire says.
    pub first: Option<Stamp>,
    pub last: Option<Stamp>,
    /// When its last dispatch reached this machine, in seconds since 1970, where that is known.
    pub arrived: Option<i64>,
    /// How many dispatches it sent in each of the last hours, the newest first.
    pub hours: [u32; RATE_HOURS],
    /// The longest time between two dispatches that follow each other.
    pub silence: Option<Silence>,
    /// Its services whose items are counted.
    pub sequences: Vec<Sequence>,
}

impl WireSource {
    /// How many numbers are missing in all its services.
    #[must_use]
    pub fn missing_count(&self) -> u64 {
        self.sequences.iter().map(Sequence::missing_count).sum()
    }

    /// Dispatches sent in the last so many hours.
    #[must_use]
    pub fn count_within(&self, hours: usize) -> u32 {
        self.hours.iter().take(hours).sum()
    }
}

/// What was heard of a source.
#[derive(Default)]
pub(super) struct SourceStats<'a> {
    dispatches: usize,
    arrived: Option<i64>,
    /// Times of the wire; days without an hour are only good for the first and the last.
    times: Vec<Stamp>,
    pub(super) services: BTreeMap<&'a str, Vec<NumberedItem>>,
}

impl SourceStats<'_> {
    pub(super) fn add(&mut self, arrival: &Arrival<'_>) {
        self.dispatches += 1;
        self.arrived = self.arrived.max(arrival.arrived);
        self.times.extend(arrival.time);
    }

    /// The newest time, in seconds.
    pub(super) fn newest_time(&self) -> Option<i64> {
        self.times.iter().map(|time| time.seconds).max()
    }

    /// What there is to tell, rates up to a time in seconds.
    pub(super) fn into_source(mut self, agency: &str, until: Option<i64>) -> WireSource {
        self.times.sort_unstable();
        let exact: Vec<Stamp> = self
            .times
            .iter()
            .copied()
            .filter(|time| time.precision == Precision::Second)
            .collect();
        let mut hours = [0_u32; RATE_HOURS];
        for time in &exact {
            let ago = until.map(|until| until.saturating_sub(time.seconds));
            let hour = ago
                .filter(|&ago| ago >= 0)
                .map(|ago| ago / SECONDS_PER_HOUR);
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
