//! Reads the bytes of many dispatches side by side, near ones in one piece, the first asked for first.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use super::parts::Store;
use super::reason;
use crate::desk::{EntryId, EntryRef, Input, Origin, Snapshot};
use crate::dispatch::{Dispatch, InputProblem};
use crate::format::{self, Context};

/// Most bytes that are read at once, and the largest gap between two dispatches that is read along.
const BLOCK: u64 = 4 << 20;
const GAP: u64 = 64 << 10;
/// Most dispatches of one task.
const TASK: usize = 512;

/// One dispatch whose bytes have been read.
pub struct Raw<'a> {
    pub id: EntryId,
    pub entry: EntryRef<'a>,
    /// Its own bytes; `None` where it shares them with others.
    pub bytes: Option<&'a [u8]>,
    origin: &'a Origin,
    /// The dispatch, where it was read along with others.
    read: Option<&'a Dispatch>,
}

impl Raw<'_> {
    /// The whole dispatch; `None` where the bytes no longer hold it.
    #[must_use]
    pub fn dispatch(&self) -> Option<Cow<'_, Dispatch>> {
        if let Some(read) = self.read {
            return Some(Cow::Borrowed(read));
        }
        let context = context(self.origin);
        format::read(
            self.origin.input.format,
            self.bytes?,
            self.origin.nth,
            &context,
        )
        .map(Cow::Owned)
    }
}

fn context(origin: &Origin) -> Context {
    Context {
        file_time: origin.input.modified,
        first_index: origin.index,
        first_byte: origin.bytes.start,
    }
}

/// What a part of the visit has found.
#[derive(Debug, Default)]
pub struct Visited {
    /// Those that passed.
    pub found: Vec<EntryId>,
    /// How many were looked at.
    pub count: usize,
    pub problems: Vec<InputProblem>,
}

/// Dispatches of one input that lie close together, or of several small inputs.
struct Task {
    entries: Vec<(EntryId, Origin)>,
}

/// Reads the bytes of the given entries and asks `passes` of each. `tell` is given what each part has found, parts with
/// the first entries first as far as threads allow; it answers whether to go on.
pub fn visit(
    snapshot: &Snapshot,
    ids: &[EntryId],
    passes: &(dyn Fn(&Raw<'_>) -> bool + Sync),
    tell: &mut dyn FnMut(Visited) -> bool,
) {
    let tasks = tasks(snapshot, ids);
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let (sender, visited) = sync_channel(4 * threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (tasks, next) = (&tasks, &next);
            scope.spawn(move || {
                let mut buffer = Vec::new();
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender
                        .send(run(task, snapshot, passes, &mut buffer))
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for part in visited {
            if !tell(part) {
                // The others stop at their next answer.
                next.store(tasks.len(), Ordering::Relaxed);
                break;
            }
        }
    });
}

/// Cuts the entries into tasks: the entries of one input by their place in it, in blocks; tasks in the order of their
/// first entry.
fn tasks(snapshot: &Snapshot, ids: &[EntryId]) -> Vec<Task> {
    let mut inputs: HashMap<*const Input, Vec<(usize, EntryId, Origin)>> = HashMap::new();
    for (place, &id) in ids.iter().enumerate() {
        if let Some(origin) = snapshot.entry(id).and_then(EntryRef::origin) {
            let entries = inputs.entry(Arc::as_ptr(&origin.input)).or_default();
            entries.push((place, id, origin));
        }
    }
    let mut tasks: Vec<(usize, Task)> = Vec::new();
    let mut small: Vec<(usize, EntryId, Origin)> = Vec::new();
    for (_, mut entries) in inputs {
        if entries.len() == 1 {
            small.append(&mut entries);
            continue;
        }
        entries.sort_unstable_by_key(|(_, _, origin)| (origin.bytes.start, origin.nth));
        let mut from = 0;
        for at in 1..=entries.len() {
            let near = entries.get(at).is_some_and(|(_, _, origin)| {
                let start = entries[from].2.bytes.start;
                let gap = origin
                    .bytes
                    .start
                    .saturating_sub(entries[at - 1].2.bytes.end);
                origin.bytes.end - start <= BLOCK && gap <= GAP
            });
            if !near {
                push(&mut tasks, &entries[from..at]);
                from = at;
            }
        }
    }
    small.sort_unstable_by_key(|(place, ..)| *place);
    for part in small.chunks(TASK / 4) {
        push(&mut tasks, part);
    }
    tasks.sort_unstable_by_key(|(place, _)| *place);
    tasks.into_iter().map(|(_, task)| task).collect()
}

fn push(tasks: &mut Vec<(usize, Task)>, entries: &[(usize, EntryId, Origin)]) {
    let place = entries.iter().map(|(place, ..)| *place).min().unwrap_or(0);
    let entries = entries
        .iter()
        .map(|(_, id, origin)| (*id, origin.clone()))
        .collect();
    tasks.push((place, Task { entries }));
}

fn run(
    task: &Task,
    snapshot: &Snapshot,
    passes: &(dyn Fn(&Raw<'_>) -> bool + Sync),
    buffer: &mut Vec<u8>,
) -> Visited {
    let mut visited = Visited::default();
    let mut from = 0;
    while from < task.entries.len() {
        let input = &task.entries[from].1.input;
        let same = |(_, origin): &&(EntryId, Origin)| Arc::ptr_eq(&origin.input, input);
        let count = task.entries[from..].iter().take_while(same).count();
        let entries = &task.entries[from..from + count];
        from += count;
        let start = entries
            .iter()
            .map(|(_, o)| o.bytes.start)
            .min()
            .unwrap_or(0);
        let end = entries.iter().map(|(_, o)| o.bytes.end).max().unwrap_or(0);
        buffer.clear();
        let read = Store::open(&input.place).and_then(|store| store.read(start..end, buffer));
        visited.count += entries.len();
        if let Err(error) = read {
            let message = format!("cannot be searched: {}", reason(&error));
            visited
                .problems
                .push(InputProblem::unreadable(input.path(), message));
            continue;
        }
        let at = |byte: u64| {
            usize::try_from(byte - start)
                .unwrap_or(usize::MAX)
                .min(buffer.len())
        };
        let mut rest = entries;
        while let Some((_, first)) = rest.first() {
            let same = |(_, origin): &&(EntryId, Origin)| origin.bytes == first.bytes;
            let count = rest.iter().take_while(same).count();
            let (group, after) = rest.split_at(count);
            rest = after;
            let bytes = &buffer[at(first.bytes.start)..at(first.bytes.end)];
            judge(group, bytes, snapshot, passes, &mut visited);
        }
    }
    visited
}

/// Asks of the dispatches that lie in the same bytes; several are read in one go.
fn judge(
    group: &[(EntryId, Origin)],
    bytes: &[u8],
    snapshot: &Snapshot,
    passes: &(dyn Fn(&Raw<'_>) -> bool + Sync),
    visited: &mut Visited,
) {
    let mut ask =
        |(id, origin): &(EntryId, Origin), bytes: Option<&[u8]>, read: Option<&Dispatch>| {
            let passed = snapshot.entry(*id).is_some_and(|entry| {
                passes(&Raw {
                    id: *id,
                    entry,
                    bytes,
                    origin,
                    read,
                })
            });
            if passed {
                visited.found.push(*id);
            }
        };
    if let [one] = group {
        return ask(one, Some(bytes), None);
    }
    let Some((_, first)) = group.first() else {
        return;
    };
    let numbers: Vec<u32> = group.iter().map(|(_, origin)| origin.nth).collect();
    let format = first.input.format;
    format::read_each(
        format,
        bytes,
        &numbers,
        &context(first),
        &mut |nth, dispatch| {
            if let Ok(at) = numbers.binary_search(&nth) {
                ask(&group[at], None, Some(&dispatch));
            }
        },
    );
}
