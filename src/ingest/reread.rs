//! Reads listed dispatches again: one or several in full, the raw bytes of one, or the texts of many in parallel.
//! Notices files that changed since they were listed.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::format::{self, Context};
use crate::index::{EntryId, EntryRef, EntrySet, ItemOrigin, Segment, Snapshot, SourceView};
use crate::ingest::files::{InputBytes, MAX_WHOLE_INPUT};
use crate::text::{CodeUnits, error_reason, visible_lines};

/// Reads the dispatch of an entry in full. `item_key` is its identity when it was listed.
///
/// If the file has changed since, the only dispatch of a file is returned as it is now, with a problem that says so;
/// one of several is returned only if its byte range still has the same item.
///
/// # Errors
/// If the file cannot be read, or no longer has the dispatch.
pub fn read_dispatch(origin: &ItemOrigin, item_key: u64) -> Result<Dispatch, InputProblem> {
    read_dispatches(&[(origin.clone(), item_key)])
        .pop()
        .unwrap_or_else(|| Err(item_gone_problem(origin)))
}

/// Like [`read_dispatch`] for several entries, with one result each in the given order. Consecutive entries with the
/// same byte range are read and parsed together: some formats have several dispatches in one document.
pub fn read_dispatches(wanted: &[(ItemOrigin, u64)]) -> Vec<Result<Dispatch, InputProblem>> {
    let mut opened = Vec::with_capacity(wanted.len());
    let mut rest = wanted;
    while let Some((first, _)) = rest.first() {
        let same = |(origin, _): &&(ItemOrigin, u64)| {
            Arc::ptr_eq(&origin.input, &first.input) && origin.bytes == first.bytes
        };
        let count = rest.iter().take_while(same).count();
        let (group, after) = rest.split_at(count);
        rest = after;
        match read_group(group) {
            Ok(dispatches) => opened.extend(dispatches),
            Err(problem) => opened.extend(group.iter().map(|_| Err(problem.clone()))),
        }
    }
    opened
}

fn item_gone_problem(origin: &ItemOrigin) -> InputProblem {
    let message = "changed since it was listed: this dispatch is no longer in it; restart to see it as it is now";
    InputProblem::unreadable(origin.input.display_path(), message)
}

/// Reads entries that share one byte range of one input.
fn read_group(
    group: &[(ItemOrigin, u64)],
) -> Result<Vec<Result<Dispatch, InputProblem>>, InputProblem> {
    let [(origin, _), ..] = group else {
        return Ok(Vec::new());
    };
    let failed = |error: std::io::Error| {
        let message = format!("cannot be read again: {}", error_reason(&error));
        InputProblem::unreadable(origin.input.display_path(), message)
    };
    let (store, changed) = InputBytes::open_input(&origin.input).map_err(failed)?;
    let mut range = origin.bytes.clone();
    let is_whole_file = range == (0..origin.input.length);
    let mut single = group.len() == 1 && origin.number_in_range == 0 && is_whole_file;
    if let InputBytes::File(file) = &store {
        let about = file.metadata().map_err(failed)?;
        // The only dispatch of its file may have grown or shrunk: read what is there now.
        if single {
            range.end = about.len().min(MAX_WHOLE_INPUT);
        }
    } else {
        single = false;
    }
    let mut bytes = Vec::new();
    store.read(range, &mut bytes).map_err(failed)?;
    let context = Context {
        file_time: origin.input.modified,
        first_index: origin.index_in_part,
        first_byte: origin.bytes.start,
    };
    let mut numbers: Vec<u32> = group
        .iter()
        .map(|(origin, _)| origin.number_in_range)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut read: HashMap<u32, Dispatch> = HashMap::new();
    let reading = catch_unwind(AssertUnwindSafe(|| {
        let format = origin.input.format;
        format::read_items(format, &bytes, &numbers, &context, &mut |nth, dispatch| {
            read.insert(nth, dispatch);
        });
    }));
    if reading.is_err() {
        let message = "a fault in dateline itself stopped the reading of this dispatch";
        return Err(InputProblem::unreadable(
            origin.input.display_path(),
            message,
        ));
    }
    let one = |(origin, item): &(ItemOrigin, u64)| {
        let mut dispatch = read
            .remove(&origin.number_in_range)
            .ok_or_else(|| item_gone_problem(origin))?;
        let same = dispatch.head().item_key == *item;
        if !same && !single {
            return Err(item_gone_problem(origin));
        }
        if changed || !same {
            dispatch.problems.push(Problem::new(
                Severity::Fault,
                "",
                "the file changed since it was listed: this is its text as it is now",
            ));
        }
        Ok(dispatch)
    };
    Ok(group.iter().map(one).collect())
}

// The source view: the bytes of a dispatch as the wire sent them.

/// Most bytes of a dispatch that the source view shows.
pub const SOURCE_LIMIT: u64 = 256 << 10;

/// Reads the bytes of an entry as lines with visible controls, and notes about them: where they are, whether they
/// changed. `encoding` is the WHATWG name of the dispatch's encoding.
///
/// # Errors
/// If the file cannot be read.
pub fn read_source(origin: &ItemOrigin, encoding: &str) -> Result<SourceView, InputProblem> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot be read again: {}", error_reason(&error));
        InputProblem::unreadable(origin.input.display_path(), message)
    };
    let (store, changed) = InputBytes::open_input(&origin.input).map_err(failed)?;
    let range = origin.bytes.clone();
    let mut notes = vec![format!(
        "{}, bytes {} to {}, {encoding}",
        origin.input.display_path(),
        range.start,
        range.end
    )];
    if changed {
        let note = "The file changed since it was listed: these are its bytes as they are now.";
        notes.push(note.to_owned());
    }
    if let InputBytes::Retained(..) = store {
        notes.push("Read from memory: the file is gone, or was overwritten.".to_owned());
    }
    if origin.number_in_range > 0 {
        notes.push("These bytes hold other dispatches too.".to_owned());
    }
    let length = range.end.saturating_sub(range.start);
    let mut bytes = Vec::new();
    let end = range.end.min(range.start.saturating_add(SOURCE_LIMIT));
    store.read(range.start..end, &mut bytes).map_err(failed)?;
    if length > SOURCE_LIMIT {
        notes.push(format!(
            "Only the first {SOURCE_LIMIT} of {length} bytes are shown."
        ));
    }
    let units = match encoding {
        "UTF-16LE" => CodeUnits::Utf16Le,
        "UTF-16BE" => CodeUnits::Utf16Be,
        _ => CodeUnits::Bytes,
    };
    Ok(SourceView {
        notes,
        lines: visible_lines(&bytes, units),
    })
}

// Full-text scans: the bytes of many dispatches, read in parallel, neighbours together, the newest first.

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
        let origin = self.entry.origin()?;
        let (format, context) = (origin.input.format, parse_context(&origin));
        format::read_item(format, self.bytes?, origin.number_in_range, &context).map(Cow::Owned)
    }

    /// True if items of this format can be searched without parsing: see [`format::Format::is_raw_searchable`].
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let input = self.entry.input();
        input.is_some_and(|input| input.format.row().is_raw_searchable)
    }
}

fn parse_context(origin: &ItemOrigin) -> Context {
    Context {
        file_time: origin.input.modified,
        first_index: origin.index_in_part,
        first_byte: origin.bytes.start,
    }
}

/// The results for some of the entries of a [`visit`].
#[derive(Debug, Default)]
pub struct VisitBatch {
    /// Entries that passed.
    pub found: Vec<EntryId>,
    /// Entries without a reliable answer: their bytes could not be read or no longer have the item, or the file
    /// changed. An entry of a changed file may be in `found` as well.
    pub unread: Vec<EntryId>,
    /// Number of entries looked at.
    pub count: usize,
    pub problems: Vec<InputProblem>,
}

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
    visit_each(snapshot, ids, &judge, report);
}

/// Like [`visit`] with a judge per thread, made by `judge`, so that a judge may have state without a lock.
pub fn visit_each<'j>(
    snapshot: &Snapshot,
    ids: &[EntryId],
    judge: &(dyn Fn() -> Judge<'j> + Sync),
    report: &mut dyn FnMut(VisitBatch) -> bool,
) {
    let queue = Mutex::new(VisitQueue::new(snapshot, ids));
    let next = || queue.lock().ok()?.next_task();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    // Bounded, so that threads do not run far ahead of `report`.
    let (sender, visited) = sync_channel(4 * threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                let (judge, mut buffer) = (judge(), Vec::new());
                while let Some(VisitTask { segment, rows, .. }) = next() {
                    let entries = &snapshot.segments()[segment];
                    let visited = visit_rows((entries, segment), &rows, &judge, &mut buffer);
                    if sender.send(visited).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for part in visited {
            if !report(part) {
                // The threads end with the task at hand.
                if let Ok(mut queue) = queue.lock() {
                    queue.clear();
                }
                break;
            }
        }
    });
}

/// How many of these rows, from the first on, are close enough in one input to be read at once. At least 1.
fn contiguous_len(segment: &Segment, rows: &[usize]) -> usize {
    let mut pairs = rows.windows(2);
    let start = segment
        .entry(rows[0])
        .map_or(0, |entry| entry.bytes().start);
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

/// Reads and judges rows of one segment. `number` is that of the segment; `buffer` is reused between tasks.
fn visit_rows(
    (segment, number): (&Segment, usize),
    rows: &[usize],
    judge: &Judge<'_>,
    buffer: &mut Vec<u8>,
) -> VisitBatch {
    let mut visited = VisitBatch::default();
    let ids = |rows: &[usize]| -> Vec<EntryId> {
        let ids = rows.iter().map(|&row| EntryId::new(number, row));
        ids.collect()
    };
    let mut rest = rows;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(contiguous_len(segment, rest));
        rest = after;
        visited.count += piece.len();
        let ends = [piece[0], piece[piece.len() - 1]].map(|row| segment.entry(row));
        let [Some(first), Some(last)] = ends else {
            visited.unread.extend(ids(piece));
            continue;
        };
        let (Some(input), start) = (first.input(), first.bytes().start) else {
            visited.unread.extend(ids(piece));
            continue;
        };
        let store = InputBytes::open_input(input);
        let read = store
            .as_ref()
            .map_err(error_reason)
            .and_then(|(s, changed)| {
                let bytes = s.bytes(start..last.bytes().end, buffer);
                Ok((bytes.map_err(|e| error_reason(&e))?, *changed))
            });
        let bytes = match read {
            Ok((bytes, changed)) => {
                // What the file has now says nothing about the listed items, so no answer is reliable.
                if changed {
                    visited.unread.extend(ids(piece));
                }
                bytes
            }
            Err(reason) => {
                let message = format!("cannot be searched: {reason}");
                let problem = InputProblem::unreadable(input.display_path(), message);
                visited.problems.push(problem);
                visited.unread.extend(ids(piece));
                continue;
            }
        };
        let range = |row: usize| segment.entry(row).map(EntryRef::bytes);
        for group in piece.chunk_by(|a, b| range(*a) == range(*b)) {
            let at = |byte: u64| {
                let at = usize::try_from(byte - start).unwrap_or(usize::MAX);
                at.min(bytes.len())
            };
            let Some(Range { start, end }) = range(group[0]) else {
                continue;
            };
            let bytes = &bytes[at(start)..at(end)];
            ask((segment, number), group, bytes, judge, &mut visited);
        }
    }
    visited
}

/// Judges the rows of a segment that share one byte range. Several are parsed together, in one pass over the bytes.
fn ask(
    (segment, number): (&Segment, usize),
    rows: &[usize],
    bytes: &[u8],
    judge: &Judge<'_>,
    visited: &mut VisitBatch,
) {
    let mut decide = |row: usize, bytes: Option<&[u8]>, parsed: Option<&Dispatch>| {
        let id = EntryId::new(number, row);
        let passes = segment.entry(row).and_then(|entry| {
            judge(&RawItem {
                id,
                entry,
                bytes,
                parsed,
            })
        });
        match passes {
            Some(true) => visited.found.push(id),
            Some(false) => {}
            None => visited.unread.push(id),
        }
    };
    if let [row] = rows {
        return decide(*row, Some(bytes), None);
    }
    let origin = |row: &usize| Some((segment.entry(*row)?.origin()?, *row));
    let mut origins: Vec<(ItemOrigin, usize)> = rows.iter().filter_map(origin).collect();
    origins.sort_by_key(|(origin, _)| origin.number_in_range);
    let numbers: Vec<u32> = origins
        .iter()
        .map(|(origin, _)| origin.number_in_range)
        .collect();
    let mut asked = vec![false; origins.len()];
    if let Some((first, _)) = origins.first() {
        let (format, context) = (first.input.format, parse_context(first));
        format::read_items(format, bytes, &numbers, &context, &mut |nth, dispatch| {
            if let Ok(at) = numbers.binary_search(&nth) {
                asked[at] = true;
                decide(origins[at].1, None, Some(&dispatch));
            }
        });
    }
    // These are no longer in the bytes.
    for ((_, row), asked) in origins.iter().zip(asked) {
        if !asked {
            visited.unread.push(EntryId::new(number, *row));
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
