//! Full-text scans: reads the bytes of many dispatches in parallel, neighbours together, the newest first.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use crate::dispatch::{Dispatch, InputProblem};
use crate::format;
use crate::index::{EntryId, EntryRef, EntrySet, Segment, Snapshot};
use crate::ingest::locator::{Losses, ReadBuffer, has_content, is_same_dispatch};
use crate::text::count_noun;
use crate::threads;

/// Most bytes read at once, unless one item is longer. They stay in the processor's cache while they are searched.
const MAX_READ: u64 = 256 << 10;

/// Largest gap in bytes between two wanted items that is read along with them, to save a system call.
const MAX_GAP: u64 = 16 << 10;

/// An entry and its bytes, for a [`Judge`]. Parsed only on demand.
pub struct RawItem<'a> {
    pub id: EntryId,
    pub entry: EntryRef<'a>,
    /// The bytes of the item; `None` if other items share them, so that a match in them proves nothing.
    pub bytes: Option<&'a [u8]>,
    /// The dispatch, already parsed, if it shares its bytes with others.
    parsed: Option<&'a Dispatch>,
}

impl RawItem<'_> {
    /// The dispatch in full; `None` if the bytes no longer have it.
    #[must_use]
    pub fn dispatch(&self) -> Option<Cow<'_, Dispatch>> {
        if let Some(dispatch) = self.parsed {
            return Some(Cow::Borrowed(dispatch));
        }
        let locator = self.entry.locator()?;
        let (format, number) = (locator.input.format, locator.number_in_range);
        format::read_item(format, self.bytes?, number, &locator.context()).map(Cow::Owned)
    }

    /// True if items of this format can be searched without parsing: see [`format::Format::is_raw_searchable`].
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let input = self.entry.input();
        input.is_some_and(|input| input.format.row().is_raw_searchable)
    }
}

/// The results for some of the entries of a [`visit`].
#[derive(Debug, Default)]
pub struct VisitBatch {
    /// Entries that passed.
    pub found: Vec<EntryId>,
    /// Entries without an answer: their bytes could not be read, or no longer have the item.
    pub unread: Vec<EntryId>,
    /// Number of entries looked at.
    pub count: usize,
    /// Why entries could not be read: in the last batch, one problem for each reason, with the number of entries.
    pub problems: Vec<InputProblem>,
    losses: Losses,
}

/// The results for the rows of a task; after a panic, which would be a bug, only its segment and rows.
type Visited = Result<VisitBatch, (usize, Vec<usize>)>;

/// Decides whether an item passes; `None` if its bytes no longer have it. Not `Sync`: each thread makes its own.
pub type Judge<'j> = Box<dyn Fn(&RawItem<'_>) -> Option<bool> + 'j>;

/// Reads the bytes of the given entries on all processors and calls `passes` for each. `report` gets the results in
/// batches, roughly the newest entries first, and returns whether to go on.
pub fn visit(
    snapshot: &Snapshot,
    ids: &[EntryId],
    passes: &(dyn Fn(&RawItem<'_>) -> bool + Sync),
    report: &mut dyn FnMut(VisitBatch) -> bool,
) {
    let judge = || -> Judge<'_> { Box::new(|raw| Some(passes(raw))) };
    visit_each(snapshot, ids, (&judge, &|| false), report);
}

/// Like [`visit`] with a judge per thread, made by `judge`, so that a judge may have state without a lock. Once
/// `is_obsolete` returns true, the threads end without reading another item, and the results are not complete.
pub fn visit_each<'j>(
    snapshot: &Snapshot,
    ids: &[EntryId],
    (judge, is_obsolete): (&(dyn Fn() -> Judge<'j> + Sync), &(dyn Fn() -> bool + Sync)),
    report: &mut dyn FnMut(VisitBatch) -> bool,
) {
    let queue = Mutex::new(VisitQueue::new(snapshot, ids));
    let next = || queue.lock().ok()?.next_task();
    let visit = |send: &mut dyn FnMut(Visited) -> bool| {
        let (judge, mut buffer) = (judge(), ReadBuffer::default());
        while let Some(VisitTask { segment, rows, .. }) = next() {
            let visit =
                || visit_rows((snapshot, segment), &rows, (&judge, is_obsolete), &mut buffer);
            let visited = catch_unwind(AssertUnwindSafe(visit));
            if !send(visited.map_err(|_| (segment, rows))) {
                return;
            }
        }
    };
    let (mut losses, mut faults, mut goes_on) = (Losses::default(), 0, true);
    threads::stream(visit, |visited: Visited| {
        let mut part = visited.unwrap_or_else(|(segment, rows)| {
            faults += rows.len();
            VisitBatch {
                unread: rows.iter().map(|&row| EntryId::new(segment, row)).collect(),
                count: rows.len(),
                ..VisitBatch::default()
            }
        });
        losses.append(std::mem::take(&mut part.losses));
        goes_on = report(part);
        if !goes_on && let Ok(mut queue) = queue.lock() {
            // The threads end with the task at hand.
            queue.clear();
        }
        goes_on
    });
    let mut problems = losses.into_problems();
    if faults > 0 {
        let faults = count_noun(faults, "dispatch");
        let message = format!("a fault in dateline itself: {faults} could not be searched");
        problems.push(InputProblem::unreadable("", message));
    }
    if goes_on && !problems.is_empty() {
        report(VisitBatch { problems, ..VisitBatch::default() });
    }
}

/// How many of these rows, from the first on, are close enough in one input to be read at once. At least 1.
fn contiguous_len(segment: &Segment, rows: &[usize]) -> usize {
    let mut pairs = rows.windows(2);
    let start = segment.entry(rows[0]).map_or(0, |entry| entry.bytes().start);
    let near = |pair: &[usize]| {
        let [a, b] = [pair[0], pair[1]].map(|row| segment.entry(row));
        a.zip(b).is_some_and(|(a, b)| {
            let same = a.input().zip(b.input());
            let (a, b) = (a.bytes(), b.bytes());
            same.is_some_and(|(x, y)| Arc::ptr_eq(x, y))
                && (a == b
                    || b.start >= a.end && b.start - a.end <= MAX_GAP && b.end - start <= MAX_READ)
        })
    };
    1 + pairs.position(|pair| !near(pair)).unwrap_or(rows.len() - 1)
}

/// Reads and judges rows of one segment, given by its number. `buffer` is reused between tasks.
fn visit_rows(
    (snapshot, number): (&Snapshot, usize),
    rows: &[usize],
    (judge, is_obsolete): (&Judge<'_>, &(dyn Fn() -> bool + Sync)),
    buffer: &mut ReadBuffer,
) -> VisitBatch {
    let segment = &*snapshot.segments()[number];
    let mut visited = VisitBatch::default();
    // Reused between groups: most have one row.
    let mut left = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() && !is_obsolete() {
        let (stretch, after) = rest.split_at(contiguous_len(segment, rest));
        rest = after;
        visited.count += stretch.len();
        let ends = [stretch[0], stretch[stretch.len() - 1]].map(|row| segment.entry(row));
        let [Some(first), Some(last)] = ends else {
            continue;
        };
        let Some(mut locator) = first.locator() else {
            continue;
        };
        locator.bytes.end = last.bytes().end;
        let piece = locator.read(buffer);
        let range = |row: usize| segment.entry(row).map(EntryRef::bytes);
        for group in stretch.chunk_by(|a, b| range(*a) == range(*b)) {
            let Some(range) = range(group[0]) else {
                continue;
            };
            left.clear();
            left.extend_from_slice(group);
            let mut group = Group { snapshot, segment, number, judge, rows: &mut left };
            let read = piece.offer(&range, &mut |bytes, is_listed| {
                group.ask(bytes, is_listed, &mut visited);
                group.rows.is_empty()
            });
            if let Err(loss) = read {
                let left = group.rows.iter().map(|&row| EntryId::new(number, row));
                visited.unread.extend(left);
                let count = group.rows.len();
                visited.losses.add(loss, &locator.input, count);
            }
        }
    }
    visited
}

/// Rows of a segment that share one byte range and have not been judged yet.
struct Group<'a, 'j> {
    snapshot: &'a Snapshot,
    segment: &'a Segment,
    /// Number of the segment.
    number: usize,
    judge: &'a Judge<'j>,
    rows: &'a mut Vec<usize>,
}

impl Group<'_, '_> {
    /// Judges the rows whose items are in these bytes, and removes them. Unless the bytes are certainly those that were
    /// listed, each item is checked. Several are parsed together, in one pass over the bytes.
    fn ask(&mut self, bytes: &[u8], is_listed: bool, visited: &mut VisitBatch) {
        if let [row] = self.rows[..]
            && let Some(entry) = self.segment.entry(row)
            && (is_listed || has_content(bytes, entry.content_hash()))
        {
            self.rows.clear();
            return self.decide(row, entry, (Some(bytes), None), visited);
        }
        let entries = self.rows.iter().filter_map(|&row| Some((row, self.segment.entry(row)?)));
        let mut entries: Vec<(usize, EntryRef<'_>)> = entries.collect();
        let number_of = |entry: &EntryRef<'_>| entry.position_in_input().1;
        entries.sort_by_key(|(_, entry)| number_of(entry));
        let mut numbers: Vec<u32> = entries.iter().map(|(_, entry)| number_of(entry)).collect();
        numbers.dedup();
        let Some(locator) = entries.first().and_then(|(_, entry)| entry.locator()) else {
            return;
        };
        let (format, context) = (locator.input.format, locator.context());
        // In bytes that changed, a parser may give up at a wanted item that is missing.
        let numbers = is_listed.then_some(&*numbers);
        let mut asked = vec![false; entries.len()];
        format::read_items(format, bytes, numbers, &context, &mut |number, dispatch| {
            let first = entries.partition_point(|(_, entry)| number_of(entry) < number);
            for (&(row, entry), asked) in entries.iter().zip(&mut asked).skip(first) {
                if number_of(&entry) != number {
                    break;
                }
                if is_same_dispatch(&dispatch, entry.item_key(), entry.content_hash()) {
                    *asked = true;
                    self.decide(row, entry, (None, Some(&dispatch)), visited);
                }
            }
        });
        self.rows.clear();
        let left = entries.iter().zip(asked).filter(|(_, asked)| !asked);
        self.rows.extend(left.map(|((row, _), _)| row));
    }

    /// Judges a row by its bytes or its dispatch.
    fn decide(
        &self,
        row: usize,
        entry: EntryRef<'_>,
        (bytes, parsed): (Option<&[u8]>, Option<&Dispatch>),
        visited: &mut VisitBatch,
    ) {
        let id = EntryId::new(self.number, row);
        // With its status flags, on which queries such as `is:killed` depend.
        let entry = self.snapshot.entry(id).unwrap_or(entry);
        let raw = RawItem { id, entry, bytes, parsed };
        match (self.judge)(&raw) {
            Some(true) => visited.found.push(id),
            Some(false) => {}
            None => visited.unread.push(id),
        }
    }
}

// The tasks of a scan. Segments are split lazily, so that the first task does not wait until a million rows are sorted.

/// Most entries of one task, unless more share one byte range. Small, so that the first results come soon.
const MAX_TASK_ENTRIES: usize = 1024;

/// Most bytes of one task, measured from its first item to its last.
const MAX_TASK_BYTES: u64 = 2 << 20;

/// Rows of one segment, close together in one input or from several small inputs.
struct VisitTask {
    segment: usize,
    rows: Vec<usize>,
    /// Time of the newest entry, in seconds since 1970; `i64::MIN` if none is dated.
    newest: i64,
}

/// The remaining tasks.
struct VisitQueue<'a> {
    snapshot: &'a Snapshot,
    /// All entries to be visited.
    entries: EntrySet,
    /// Numbers of segments not yet split into tasks, the one with the newest entry last.
    segments: Vec<usize>,
    /// Tasks of the segment that was split last.
    ready: VecDeque<VisitTask>,
}

impl<'a> VisitQueue<'a> {
    fn new(snapshot: &'a Snapshot, ids: &[EntryId]) -> Self {
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

    /// The next task: segments by their newest entry, and tasks within a segment likewise.
    fn next_task(&mut self) -> Option<VisitTask> {
        while self.ready.is_empty() {
            let number = self.segments.pop()?;
            let segment = &self.snapshot.segments()[number];
            self.ready = split_segment(number, segment, self.entries.rows(number)).into();
        }
        self.ready.pop_front()
    }

    /// Drops the remaining tasks.
    fn clear(&mut self) {
        self.segments.clear();
        self.ready.clear();
    }
}

/// Splits rows of a segment into tasks, the task with the newest entry first. Rows of a segment are in reading order.
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
                tasks.push(VisitTask { segment: number, rows: vec![row], newest: seconds });
            }
        }
        before = bytes;
    }
    tasks.sort_by_key(|task| Reverse(task.newest));
    tasks
}
