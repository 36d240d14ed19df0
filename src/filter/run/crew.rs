//! Shares the segments of a snapshot among the threads of the machine, and brings rows into the order of the desk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::rows::Rows;
use crate::desk::{EntryId, Snapshot};

/// Entries below which one thread is quicker than several.
const FEW: usize = 40_000;

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The work on the segments of one run.
pub(super) struct Crew<'a> {
    segments: usize,
    threads: usize,
    obsolete: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Crew<'a> {
    pub(super) fn new(segments: usize, obsolete: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            segments,
            threads: if segments < 4 {
                1
            } else {
                threads().min(segments)
            },
            obsolete,
        }
    }

    /// Does something to every segment; whoever is free takes the next. `None` when the run became obsolete.
    pub(super) fn each<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Option<Vec<T>> {
        if self.threads == 1 {
            let each = 0..self.segments;
            return each
                .map(|number| (!(self.obsolete)()).then(|| work(number)))
                .collect();
        }
        let next = AtomicUsize::new(0);
        let share = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.segments || (self.obsolete)() {
                    return done;
                }
                done.push((number, work(number)));
            }
        };
        let mut all = thread::scope(|scope| {
            let jobs: Vec<_> = (1..self.threads).map(|_| scope.spawn(share)).collect();
            let mut all = share();
            for job in jobs {
                all.extend(job.join().unwrap_or_default());
            }
            all
        });
        if all.len() < self.segments {
            return None;
        }
        all.sort_unstable_by_key(|(number, _)| *number);
        Some(all.into_iter().map(|(_, done)| done).collect())
    }
}

/// The rows of all segments as ids, in the order of the desk.
pub(super) fn in_order(snapshot: &Snapshot, rows: &[&Rows]) -> Vec<EntryId> {
    let total: usize = rows.iter().map(|rows| rows.count()).sum();
    if total == 0 {
        return Vec::new();
    }
    let has = |id: &&EntryId| {
        rows.get(id.segment())
            .is_some_and(|rows| rows.has(id.row()))
    };
    let order = snapshot.order.as_slice();
    let pick = |part: &[EntryId], room: usize| {
        let mut ids = Vec::with_capacity(room);
        ids.extend(part.iter().filter(has));
        ids
    };
    if order.len() < FEW {
        return pick(order, total);
    }
    let threads = threads();
    let mut parts = order.chunks(order.len().div_ceil(threads).max(1));
    thread::scope(|scope| {
        let first = parts.next().unwrap_or_default();
        let jobs: Vec<_> = parts
            .map(|part| scope.spawn(move || pick(part, total / threads)))
            .collect();
        let mut ids = pick(first, total);
        for job in jobs {
            ids.extend(job.join().unwrap_or_default());
        }
        ids
    })
}
