//! How the sources of a wire are: when each was last heard of, how much it sends, and which of its numbers are missing.
//!
//! Everything is a function of the dispatches at hand. There is no clock: rates end with the newest time of the wire,
//! or with the time that the caller gives.

mod sequence;
mod source;
#[cfg(test)]
mod tests;
mod told;

pub use sequence::{Gap, Sequence};
pub use source::{Silence, WireSource};

use std::collections::BTreeMap;

use crate::dispatch::Stamp;
use sequence::NumberedItem;
use source::SourceStats;

/// Hours that rates are counted for.
pub const RATE_HOURS: usize = 24;

/// What must be known of a dispatch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Arrival<'a> {
    /// The agency, empty where the wire names none.
    pub agency: &'a str,
    /// When the wire sent it, as the wire says; never the date of a file.
    pub time: Option<Stamp>,
    /// When it reached this machine, in seconds since 1970, where that is known.
    pub arrived: Option<i64>,
    /// The service of the agency and the running number in it, where the wire counts its items.
    pub sequence: Option<(&'a str, u32)>,
}

/// The sources of some dispatches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// By agency; the one heard of last stands first.
    pub sources: Vec<WireSource>,
    /// Where rates end, in seconds since 1970: the newest time, or the one that was given.
    pub until: Option<i64>,
}

/// Looks at some dispatches, in any order. `now`: where rates end, in seconds since 1970; else the newest time.
#[must_use]
pub fn assess_health<'a>(
    arrivals: impl IntoIterator<Item = Arrival<'a>>,
    now: Option<i64>,
) -> Health {
    let mut heard: BTreeMap<&str, SourceStats<'a>> = BTreeMap::new();
    for arrival in arrivals {
        let of = heard.entry(arrival.agency).or_default();
        of.add(&arrival);
        if let (Some((service, number)), Some(time)) = (arrival.sequence, arrival.time) {
            let counted = NumberedItem { number, time };
            of.services.entry(service).or_default().push(counted);
        }
    }
    let newest = heard.values().filter_map(SourceStats::newest_time).max();
    let until = now.or(newest);
    let mut sources: Vec<WireSource> = heard
        .into_iter()
        .map(|(agency, heard)| heard.into_source(agency, until))
        .collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.last.map(|last| last.seconds)));
    Health { sources, until }
}
