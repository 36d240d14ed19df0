//! Reads listed dispatches again: one, several, its raw bytes, or the texts of many in parallel. A file that changed is noticed.

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

/// Reads the dispatch of an entry, whose identity was `item_key` when it was listed.
///
/// Of a file that has changed since, a single dispatch is returned as it is now and says so; one of several is returned
/// only where its bytes still hold that very item.
///
/// # Errors
/// Where the file cannot be read, or no longer holds the dispatch.
pub fn read_dispatch(origin: &ItemOrigin, item: u64) -> Result<Dispatch, InputProblem> {
    read_dispatches(&[(origin.clone(), item)])
        .pop()
        .unwrap_or_else(|| Err(item_gone_problem(origin)))
}

/// The same for several entries, in their order. Neighbours that lie in the same bytes are read in one go.
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
    let message = "changed since it was listed: this dispatch is no longer in it; start again to see it as it is";
    InputProblem::unreadable(origin.input.display_path(), message)
}

/// Entries that lie in the same bytes.
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
    let whole = range == (0..origin.input.length);
    let mut single = group.len() == 1 && origin.number_in_range == 0 && whole;
    if let InputBytes::File(file) = &store {
        let about = file.metadata().map_err(failed)?;
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

// Reads the bytes of one dispatch again as they are, for those who want to see what the wire sent.

/// Most bytes that are shown.
pub const SOURCE_LIMIT: u64 = 256 << 10;

/// The bytes of an entry as lines, and what is to be said about them. `encoding` is that of the dispatch, by its WHATWG
/// name.
///
/// # Errors
/// Where the file cannot be read.
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
        notes.push("From what is kept: the file is gone, or was written again.".to_owned());
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

// Reads the bytes of many dispatches side by side, near ones in one piece, the newest first.

/// Most bytes that are read at once, and the largest gap between two dispatches that is read along. What is read stays
/// in the cache of a processor while it is looked through.
const MAX_READ: u64 = 256 << 10;

const MAX_GAP: u64 = 16 << 10;

/// One dispatch whose bytes have been read.
pub struct RawItem<'a> {
    pub id: EntryId,
    pub entry: EntryRef<'a>,
    /// Its own bytes; `None` where it shares them with others.
    pub bytes: Option<&'a [u8]>,
    /// The dispatch, where it was read along with others.
    parsed: Option<&'a Dispatch>,
}

impl RawItem<'_> {
    /// The whole dispatch; `None` where the bytes no longer hold it.
    #[must_use]
    pub fn dispatch(&self) -> Option<Cow<'_, Dispatch>> {
        if let Some(read) = self.parsed {
            return Some(Cow::Borrowed(read));
        }
        let origin = self.entry.origin()?;
        let (format, context) = (origin.input.format, parse_context(&origin));
        format::read_item(format, self.bytes?, origin.number_in_range, &context).map(Cow::Owned)
    }

    /// See [`format::Format::is_raw_searchable`].
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

/// What a part of the visit has found.
#[derive(Debug, Default)]
pub struct VisitBatch {
    /// Those that passed.
    pub found: Vec<EntryId>,
    /// Those of which nothing is known for sure: their bytes could not be read, hold them no longer, or lie in a file
    /// that was written again.
    pub unread: Vec<EntryId>,
    /// How many were looked at.
    pub count: usize,
    pub problems: Vec<InputProblem>,
}

/// Whether a dispatch passes; `None` where its bytes hold it no longer.
pub type Judge<'j> = Box<dyn Fn(&RawItem<'_>) -> Option<bool> + 'j>;

/// Reads the bytes of the given entries and asks `passes` of each. `tell` is given what each part has found, parts with
/// the newest entries first as far as threads allow; it answers whether to go on.
pub fn visit(
    snapshot: &Snapshot,
    ids: &[EntryId],
    passes: &(dyn Fn(&RawItem<'_>) -> bool + Sync),
    tell: &mut dyn FnMut(VisitBatch) -> bool,
) {
    let judge = || -> Judge<'_> { Box::new(|raw| Some(passes(raw))) };
    visit_each(snapshot, ids, &judge, tell);
}

/// The same with a judge for each thread, which `judge` makes: what it keeps to itself needs no lock.
pub fn visit_each<'j>(
    snapshot: &Snapshot,
    ids: &[EntryId],
    judge: &(dyn Fn() -> Judge<'j> + Sync),
    tell: &mut dyn FnMut(VisitBatch) -> bool,
) {
    let queue = Mutex::new(VisitQueue::new(snapshot, ids));
    let next = || queue.lock().ok()?.next_task();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
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
            if !tell(part) {
                // The others stop at their next answer.
                if let Ok(mut queue) = queue.lock() {
                    queue.clear();
                }
                break;
            }
        }
    });
}

/// How many of these rows lie in one input, near enough to be read in one piece.
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
                // What is found in a file that was written again says nothing of what was listed.
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

/// Asks of the rows of a segment that lie in the same bytes; several are read in one go.
fn ask(
    (segment, number): (&Segment, usize),
    rows: &[usize],
    bytes: &[u8],
    judge: &Judge<'_>,
    visited: &mut VisitBatch,
) {
    let mut decide = |row: usize, bytes: Option<&[u8]>, read: Option<&Dispatch>| {
        let id = EntryId::new(number, row);
        let passes = segment.entry(row).and_then(|entry| {
            judge(&RawItem {
                id,
                entry,
                bytes,
                parsed: read,
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
    // The bytes hold these no longer.
    for ((_, row), asked) in origins.iter().zip(asked) {
        if !asked {
            visited.unread.push(EntryId::new(number, *row));
        }
    }
}

// What is to be visited, cut into tasks while it is taken: nobody waits until a million rows have been looked at.

/// Most dispatches of one task, and most bytes.
const MAX_TASK_ENTRIES: usize = 1024;

const MAX_TASK_BYTES: u64 = 2 << 20;

/// Rows of one segment that lie close together in one input, or in several small inputs.
struct VisitTask {
    segment: usize,
    rows: Vec<usize>,
    /// Time of the newest of them, in seconds.
    newest: i64,
}

/// The tasks that are left.
struct VisitQueue<'a> {
    snapshot: &'a Snapshot,
    /// What is to be visited.
    entries: EntrySet,
    /// Segments that have not been cut yet, that with the newest entries last.
    segments: Vec<usize>,
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

    /// The next task: those with the newest entries first.
    fn next_task(&mut self) -> Option<VisitTask> {
        while self.ready.is_empty() {
            let number = self.segments.pop()?;
            let segment = &self.snapshot.segments()[number];
            self.ready = split_segment(number, segment, self.entries.rows(number)).into();
        }
        self.ready.pop_front()
    }

    /// Leaves the rest out.
    fn clear(&mut self) {
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
