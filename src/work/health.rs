//! The job of the health: looks at the entries of a desk.

use std::sync::mpsc::Receiver;

use super::{Answer, AnswerSink, recv_newest};
use crate::desk::{EntryId, Snapshot};
use crate::dispatch::TimeSource;
use crate::health::{Arrival, Health, assess_health};

/// The sources of some entries. `now`: where rates end, in seconds since 1970; else the newest time of the wire.
#[must_use]
pub fn source_health(snapshot: &Snapshot, ids: &[EntryId], now: Option<i64>) -> Health {
    let arrivals = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        let of_wire = !matches!(entry.time_source(), TimeSource::File | TimeSource::None);
        Some(Arrival {
            agency: entry.agency(),
            time: entry.time().filter(|_| of_wire),
            arrived: None,
            sequence: entry.sequence(),
        })
    });
    assess_health(arrivals, now)
}

/// Answers what is asked, the newest question only.
pub(super) fn health_loop(jobs: &Receiver<(Vec<EntryId>, Snapshot)>, tell: &AnswerSink) {
    while let Some((ids, snapshot)) = recv_newest(jobs) {
        tell(Answer::Health(source_health(&snapshot, &ids, None)));
    }
}
