//! What is to be visited, cut into tasks while it is taken: nobody waits until a million rows have been looked at.

use std::cmp::Reverse;
use std::collections::VecDeque;

use crate::desk::{EntryId, EntrySet, Segment, Snapshot};

/// Most dispatches of one task, and most bytes.
const MAX_TASK_ENTRIES: usize = 1024;
const MAX_TASK_BYTES: u64 = 2 << 20;

/// Rows of one segment that lie close together in one input, or in several small inputs.
pub(super) struct VisitTask {
    pub(super) segment: usize,
    pub(super) rows: Vec<usize>,
    /// Time of the newest of them, in seconds.
    newest: i64,
}

/// The tasks that are left.
pub(super) struct VisitQueue<'a> {
    snapshot: &'a Snapshot,
    /// What is to be visited.
    entries: EntrySet,
    /// Segments that have not been cut yet, that with the newest entries last.
    segments: Vec<usize>,
    ready: VecDeque<VisitTask>,
}

impl<'a> VisitQueue<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, ids: &[EntryId]) -> Self {
        let newest = |&number: &usize| snapshot.segments()[number].newest();
        let mut segments: Vec<usize> = (0..snapshot.segments().len()).collect();
        segments.sort_by_key(newest);
        Self {
            snapshot,
            entries: EntrySet::from_ids(snapshot, ids),
            segments,
            ready: VecDeque::new(),
        }
    }

    /// The next task: those with the newest entries first.
    pub(super) fn next_task(&mut self) -> Option<VisitTask> {
        while self.ready.is_empty() {
            let number = self.segments.pop()?;
            let segment = &self.snapshot.segments()[number];
            self.ready = split_segment(number, segment, self.entries.rows(number)).into();
        }
        self.ready.pop_front()
    }

    /// Leaves the rest out.
    pub(super) fn clear(&mut self) {
        self.segments.clear();
        self.ready.clear();
    }
}

/// The tasks of a segment, whose rows stand as its inputs were read, ordered by their newest entry.
fn split_segment(
    number: usize,
    segment: &Segment,
    rows: impl Iterator<Item = usize>,
) -> Vec<VisitTask> {
    let mut tasks: Vec<VisitTask> = Vec::new();
    let (mut start, mut before) = (0, 0..0);
    for row in rows {
        let Some(entry) = segment.entry(row) else {
            continue;
        };
        let bytes = entry.bytes();
        let seconds = entry.time().map_or(i64::MIN, |time| time.seconds);
        match tasks.last_mut() {
            Some(task)
                if bytes == before
                    || task.rows.len() < MAX_TASK_ENTRIES
                        && bytes.end.saturating_sub(start) <= MAX_TASK_BYTES =>
            {
                task.rows.push(row);
                task.newest = task.newest.max(seconds);
            }
            _ => {
                start = bytes.start;
                tasks.push(VisitTask {
                    segment: number,
                    rows: vec![row],
                    newest: seconds,
                });
            }
        }
        before = bytes;
    }
    tasks.sort_by_key(|task| Reverse(task.newest));
    tasks
}
