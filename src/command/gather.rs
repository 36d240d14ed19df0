//! Loads everything a command needs, filters it, and hands whole dispatches on in order, read by several threads.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use crate::command::request::{Request, Streams, remove_embargoed};
use crate::dispatch::{InputProblem, Problem, Severity};
use crate::filter::{FilterJob, Query};
use crate::index::{DispatchIndex, EntryId, StoryStatus};
use crate::ingest::{self, LoadEvent};
use crate::marks::MarkSets;
use crate::store;
use crate::text::sanitize;
use crate::work::{self, FilterCache, FilterStep, FullDispatch, run_filter_job};

/// Dispatches that one thread reads in a row.
const CHUNK_SIZE: usize = 64;

/// What is said where no input holds anything, and nothing is wrong with any.
const NOTHING_TO_READ: &str = "dateline: there is nothing to read: no file there holds a dispatch (hidden and unfinished files are left out)";

/// What a command works on.
pub(super) struct Gathered {
    pub(super) desk: DispatchIndex,
    /// What the filter keeps, in the order of the desk; close matches after.
    pub(super) matches: Vec<EntryId>,
    pub(super) unreadable: bool,
}

/// Loads, tells the problems, filters.
pub(super) fn gather(request: Request, streams: &mut Streams<'_>) -> Gathered {
    let (mut gathered, problems) = gather_quietly(request, streams);
    for problem in &problems {
        gathered.unreadable |= report_problem(problem, streams.err);
    }
    if gathered.desk.is_empty() && problems.is_empty() {
        let _ = writeln!(streams.err, "{NOTHING_TO_READ}");
    }
    gathered
}

/// Loads and filters; the problems are those of inputs, in the order of their paths, then those of the search.
pub(super) fn gather_quietly(
    request: Request,
    streams: &mut Streams<'_>,
) -> (Gathered, Vec<InputProblem>) {
    let query = Query::parse(&request.filter);
    let marks = load_mark_sets(&request, &query, streams.err);
    let reports = Mutex::new((Vec::new(), Vec::new()));
    let readers = std::thread::available_parallelism().map_or(2, usize::from);
    ingest::load(request.sources, readers, &|report| {
        let Ok(mut reports) = reports.lock() else {
            return;
        };
        match report {
            LoadEvent::Segment(segment) => reports.0.push(segment),
            LoadEvent::Problem(problem) => reports.1.push(problem),
            LoadEvent::Arrived { .. } | LoadEvent::Done(_) => {}
        }
    });
    let (segments, mut problems) = reports.into_inner().unwrap_or_default();
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    let mut desk = DispatchIndex::default();
    desk.add(segments);
    let mut job = FilterJob::new(desk.snapshot(), query);
    job.marks = marks;
    let mut progress = Progress::new(streams.show_progress);
    job.order = request.order;
    let hits = run_filter_job(
        &job,
        &mut FilterCache::default(),
        &|| false,
        &mut |step| match step {
            FilterStep::Problem(problem) => problems.push(problem),
            FilterStep::Hits { looked, open, .. } => {
                progress.tick("searched", looked, open, streams.err);
            }
        },
    );
    progress.clear(streams.err);
    let mut kept = hits.unwrap_or_default().ids;
    if request.hide_embargoed {
        remove_embargoed(&desk, &mut kept);
    }
    let gathered = Gathered {
        matches: kept,
        desk,
        unreadable: false,
    };
    (gathered, problems)
}

/// Tells a problem as a line; true where something could not be shown. Where nobody listens, the data goes on.
pub(super) fn report_problem(problem: &InputProblem, err: &mut dyn Write) -> bool {
    if problem.problem.severity == Severity::Note {
        return false;
    }
    let _ = writeln!(err, "dateline: {}", sanitize(&problem.to_string()));
    problem.problem.severity == Severity::Unreadable
}

/// Ids in the order of the inputs: by path, then by place in the input.
pub(super) fn sort_by_input(desk: &DispatchIndex, ids: &mut [EntryId]) {
    let key = |id: &EntryId| {
        let entry = desk.entry(*id)?;
        Some((&entry.input()?.location, entry.position_in_input()))
    };
    ids.sort_by(|a, b| key(a).cmp(&key(b)));
}

/// Reads dispatches whole, in the order of their ids.
pub(super) fn read_dispatches(
    desk: &DispatchIndex,
    ids: &[EntryId],
) -> Vec<Result<FullDispatch, InputProblem>> {
    // What came twice has one standing.
    let first = |id: EntryId| desk.successor(id).unwrap_or(id);
    let standings: Vec<StoryStatus> = ids.iter().map(|&id| desk.story_status(first(id))).collect();
    work::read_full_dispatches(&desk.snapshot(), ids, &standings)
}

/// Writes a text: what most commands do with what [`print_each`] makes.
#[allow(clippy::needless_pass_by_value)] // It takes what `make` has made.
pub(super) fn write_text(out: &mut dyn Write, text: String) -> io::Result<()> {
    out.write_all(text.as_bytes())
}

/// What became of one dispatch: what was made of it, and what could not be read.
type ReadOutcome<T> = Result<(Option<T>, Option<InputProblem>), InputProblem>;

/// Reads dispatches whole, makes something of each with `make` (`None`: nothing to print), side by side, and hands that
/// on to `put`, in order. Returns how many were handed on and whether one could not be read, or not be read to its end.
pub(super) fn print_each<T: Send>(
    gathered: &Gathered,
    ids: &[EntryId],
    streams: &mut Streams<'_>,
    make: impl Fn(&mut FullDispatch) -> Option<T> + Sync,
    put: impl FnMut(&mut dyn Write, T) -> io::Result<()>,
) -> io::Result<(usize, bool)> {
    let mut unreadable = false;
    let tell = |err: &mut dyn Write, problem| unreadable |= report_problem(&problem, err);
    let shown = print_each_reporting(gathered, ids, streams, make, put, tell)?;
    Ok((shown, unreadable))
}

/// The same; problems are handed to `tell`, in order. Returns how many dispatches were handed on.
pub(super) fn print_each_reporting<T: Send>(
    gathered: &Gathered,
    ids: &[EntryId],
    streams: &mut Streams<'_>,
    make: impl Fn(&mut FullDispatch) -> Option<T> + Sync,
    mut put: impl FnMut(&mut dyn Write, T) -> io::Result<()>,
    mut tell: impl FnMut(&mut dyn Write, InputProblem),
) -> io::Result<usize> {
    let one = |whole: Result<FullDispatch, InputProblem>| -> ReadOutcome<T> {
        let mut whole = whole?;
        let made = make(&mut whole);
        let fatal = |p: &&Problem| p.severity == Severity::Unreadable;
        let problem = whole.dispatch.problems.iter().find(fatal).cloned();
        let path = whole.path;
        Ok((made, problem.map(|problem| InputProblem { path, problem })))
    };
    let work = |part: &[EntryId]| -> Vec<ReadOutcome<T>> {
        let read = read_dispatches(&gathered.desk, part);
        read.into_iter()
            .map(|whole| {
                let path = whole
                    .as_ref()
                    .map_or_else(|problem| problem.path.clone(), |whole| whole.path.clone());
                catch_panics(path, || one(whole))
            })
            .collect()
    };
    let mut progress = Progress::new(streams.show_progress);
    let (mut shown, mut done) = (0, 0);
    let mut take = |made: Vec<ReadOutcome<T>>| -> io::Result<()> {
        done += made.len();
        for result in made {
            let problem = match result {
                Ok((made, problem)) => {
                    if let Some(made) = made {
                        put(streams.out, made)?;
                        shown += 1;
                    }
                    problem
                }
                Err(problem) => Some(problem),
            };
            if let Some(problem) = problem {
                progress.clear(streams.err);
                tell(streams.err, problem);
            }
        }
        progress.tick("read", done, ids.len(), streams.err);
        Ok(())
    };
    let result = process_in_order(ids, &work, &mut take);
    progress.clear(streams.err);
    result?;
    streams.out.flush()?;
    Ok(shown)
}

/// Works on chunks side by side and takes what comes of them in order. Ends with the first error of `take`.
fn process_in_order<T: Send>(
    ids: &[EntryId],
    work: &(impl Fn(&[EntryId]) -> T + Sync),
    take: &mut impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    if ids.len() < 16 || threads < 2 {
        return ids.chunks(CHUNK_SIZE).map(work).try_for_each(take);
    }
    let chunks: Vec<&[EntryId]> = ids.chunks(CHUNK_SIZE).collect();
    let next = AtomicUsize::new(0);
    let (sender, made) = sync_channel(4 * threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (chunks, next) = (&chunks, &next);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(chunk) = chunks.get(number) else {
                        return;
                    };
                    if sender.send((number, work(chunk))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        // What was made before its turn waits.
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for (number, part) in made {
            waiting.insert(number, part);
            while let Some(part) = waiting.remove(&turn) {
                take(part)?;
                turn += 1;
            }
        }
        Ok(())
    })
}

/// A fault in one dispatch costs that one.
fn catch_panics<T>(
    path: String,
    work: impl FnOnce() -> Result<T, InputProblem>,
) -> Result<T, InputProblem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = "a fault in dateline itself: a dispatch could not be printed";
        Err(InputProblem::unreadable(path, message))
    })
}

// How far a long command is: one line on standard error where that is a terminal, gone at the end; nothing
// elsewhere.

/// A command that ends sooner shows nothing.
const INITIAL_DELAY: Duration = Duration::from_millis(400);

/// Shortest time between two changes of the line.
const UPDATE_INTERVAL: Duration = Duration::from_millis(100);

/// The line, and when it is to change next; never where there is no terminal to show it.
#[derive(Debug)]
pub(super) struct Progress {
    next: Option<Instant>,
    /// Columns that the line takes now.
    shown: usize,
}

impl Progress {
    /// No line yet. `live`: there is a terminal for it.
    pub(super) fn new(live: bool) -> Self {
        Self {
            next: live.then(|| Instant::now() + INITIAL_DELAY),
            shown: 0,
        }
    }

    /// Tells that so many of all are done.
    pub(super) fn tick(&mut self, what: &str, done: usize, all: usize, err: &mut dyn Write) {
        let Some(next) = self.next else { return };
        let now = Instant::now();
        if now < next {
            return;
        }
        self.next = Some(now + UPDATE_INTERVAL);
        let share = done * 100 / all.max(1);
        let line = format!("dateline: {what} {done} of {all} dispatches, {share} %");
        let _ = write!(err, "\r{line:<width$}", width = self.shown);
        let _ = err.flush();
        self.shown = line.len();
    }

    /// Takes the line away, before something else is written and at the end.
    pub(super) fn clear(&mut self, err: &mut dyn Write) {
        if self.shown > 0 {
            let _ = write!(err, "\r{:width$}\r", "", width = self.shown);
            let _ = err.flush();
            self.shown = 0;
        }
    }
}

// The marks that a filter asks for: read from the store, in which nothing is changed.

/// The marks, where the query asks for any; where they cannot be read, that is said and there are none.
pub(super) fn load_mark_sets(request: &Request, query: &Query, err: &mut dyn Write) -> MarkSets {
    if !query.needs_marks() {
        return MarkSets::default();
    }
    match store::read_marks(&request.state, request.source_key) {
        Ok(kept) => kept.sets,
        Err(trouble) => {
            let _ = writeln!(err, "dateline: {}", sanitize(&trouble.to_string()));
            MarkSets::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_nothing_is_written() {
        let mut err = Vec::new();
        let mut progress = Progress::new(false);
        progress.tick("read", 1, 2, &mut err);
        progress.clear(&mut err);
        assert!(err.is_empty());
    }

    #[test]
    fn the_line_is_taken_away() {
        let mut err = Vec::new();
        let mut progress = Progress {
            next: Some(Instant::now()),
            shown: 0,
        };
        progress.tick("read", 1, 2, &mut err);
        progress.clear(&mut err);
        let text = String::from_utf8(err).unwrap();
        let line = "dateline: read 1 of 2 dispatches, 50 %";
        assert_eq!(text, format!("\r{line}\r{}\r", " ".repeat(line.len())));
    }
}
