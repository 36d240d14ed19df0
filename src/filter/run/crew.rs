//! Shares the segments of a snapshot among the threads of the machine, and brings rows into the order of the desk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::rows::RowSet;
use crate::desk::{EntryId, EntrySet, Snapshot};

/// Entries below which one thread is quicker than several.
const PARALLEL_THRESHOLD: usize = 40_000;

fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The work on the segments of one run.
pub(super) struct Workers<'a> {
    segments: usize,
    threads: usize,
    obsolete: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Workers<'a> {
    pub(super) fn new(segments: usize, obsolete: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            segments,
            threads: if segments < 4 {
                1
            } else {
                thread_count().min(segments)
            },
            obsolete,
        }
    }

    /// Does something to every segment; whoever is free takes the next. `None` when the run became obsolete.
    pub(super) fn map_segments<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Option<Vec<T>> {
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
pub(super) fn rows_to_ordered_ids(snapshot: &Snapshot, rows: &[&RowSet]) -> Vec<EntryId> {
    let mut set = EntrySet::new(snapshot);
    for (segment, rows) in rows.iter().enumerate() {
        set.set_segment_rows(segment, rows.words());
    }
    ordered_ids(snapshot, &set)
}

/// Entries in the order of the desk.
#[must_use]
pub fn ordered_ids(snapshot: &Snapshot, set: &EntrySet) -> Vec<EntryId> {
    let total = set.len();
    if total == 0 {
        return Vec::new();
    }
    let order = snapshot.order.as_slice();
    let pick = |part: &[EntryId], room: usize| {
        let mut ids = Vec::with_capacity(room);
        let mut few = [EntryId::new(0, 0); 512];
        for part in part.chunks(few.len()) {
            let mut found = 0;
            for &id in part {
                few[found] = id;
                found += set.count_of(id);
            }
            ids.extend_from_slice(&few[..found]);
        }
        ids
    };
    map_chunks(order, |_, part| {
        pick(part, total * part.len() / order.len())
    })
}

/// Works on the parts of a list side by side, each with the number of its first item, and joins what comes of them.
pub(super) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(usize, &[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    if items.len() < PARALLEL_THRESHOLD {
        return work(0, items);
    }
    let length = items.len().div_ceil(thread_count()).max(1);
    thread::scope(|scope| {
        let work = &work;
        let mut parts = items.chunks(length).enumerate();
        let first = parts.next();
        let jobs: Vec<_> = parts
            .map(|(n, part)| scope.spawn(move || work(n * length, part)))
            .collect();
        let mut all = first.map_or(Vec::new(), |(_, part)| work(0, part));
        for job in jobs {
            all.append(&mut job.join().unwrap_or_default());
        }
        all
    })
}
