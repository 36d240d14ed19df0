//! Reads the bytes of many dispatches side by side, near ones in one piece, the newest first.

mod queue;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use queue::{VisitQueue, VisitTask};

use super::error_reason;
use super::store::InputBytes;
use crate::desk::{EntryId, EntryRef, ItemOrigin, Segment, Snapshot};
use crate::dispatch::{Dispatch, InputProblem};
use crate::format::{self, Context};

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
