//! What most commands share: loading and filtering inputs, reading full dispatches on several threads and printing them
//! in order, progress, and problems on standard error.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::command::request::{Request, Streams, remove_embargoed};
use crate::dispatch::{InputProblem, Problem, Severity};
use crate::filter::{FilterJob, Query};
use crate::format::Share;
use crate::index::{DispatchIndex, EntryId, StoryStatus};
use crate::ingest::{self, LoadEvent, LoadRequest, MeasuredInput};
use crate::log;
use crate::marks::MarkSets;
use crate::store;
use crate::text::sanitize;
use crate::threads;
use crate::work::{self, FilterCache, FilterStep, FullDispatch, run_filter_job};

/// Number of dispatches that a thread reads at a time: neighbours in one document are parsed together, yet even small
/// results are shared among the threads.
const CHUNK_SIZE: usize = 64;

/// Printed if there are no dispatches and no problems either.
const NOTHING_TO_READ: &str = "dateline: nothing to read: no file there contains a dispatch (hidden and unfinished files are skipped)";

/// The loaded dispatches, and those that match the filter.
pub(super) struct Gathered {
    pub(super) index: DispatchIndex,
    /// Exact matches in the requested order, then close matches.
    pub(super) matches: Vec<EntryId>,
    /// An input could not be read, or not to its end.
    pub(super) unreadable: bool,
    /// The time by which embargoes are judged, in seconds since the epoch.
    pub(super) clock: i64,
}

/// Loads and filters the inputs of a request, and prints their problems.
pub(super) fn gather(request: Request, streams: &mut Streams<'_>) -> Gathered {
    let (mut gathered, problems) = gather_quietly(request, streams);
    for problem in &problems {
        gathered.unreadable |= report_problem(problem, streams.err);
    }
    if gathered.index.is_empty() && problems.is_empty() {
        let _ = writeln!(streams.err, "{NOTHING_TO_READ}");
    }
    gathered
}

/// Loads and filters the inputs of a request. Returns the problems of inputs, ordered by path, then those of the
/// search.
pub(super) fn gather_quietly(
    request: Request,
    streams: &mut Streams<'_>,
) -> (Gathered, Vec<InputProblem>) {
    gather_by(request, streams, &|sources, report| {
        ingest::load(sources, threads::processors(), report);
    })
}

/// Like [`gather_quietly`], and returns by path which share of each input its dispatches show.
pub(super) fn gather_measured(
    request: Request,
    streams: &mut Streams<'_>,
) -> (Gathered, Vec<InputProblem>, HashMap<String, Share>) {
    let shares: Mutex<HashMap<String, Share>> = Mutex::default();
    let add = |input: MeasuredInput| {
        if let Ok(mut shares) = shares.lock() {
            shares.entry(input.path).or_default().add(&input.share);
        }
    };
    let (gathered, problems) = gather_by(request, streams, &|sources, report| {
        ingest::load_measured(sources, threads::processors(), &add, report);
    });
    (gathered, problems, shares.into_inner().unwrap_or_default())
}

/// Loads sources and reports what is found.
type Load<'l> = dyn Fn(LoadRequest, &(dyn Fn(LoadEvent) + Sync)) + 'l;

fn gather_by(
    request: Request,
    streams: &mut Streams<'_>,
    load: &Load<'_>,
) -> (Gathered, Vec<InputProblem>) {
    let query = Query::parse(&request.filter);
    let clock = ingest::now().seconds;
    let marks = match load_mark_sets(&request, &query, streams.err) {
        Ok(marks) => marks,
        Err(problem) => {
            let nothing = Gathered {
                index: DispatchIndex::default(),
                matches: Vec::new(),
                unreadable: true,
                clock,
            };
            return (nothing, vec![problem]);
        }
    };
    let reports = Mutex::new((Vec::new(), Vec::new()));
    load(request.sources, &|report| {
        let Ok(mut reports) = reports.lock() else {
            return;
        };
        match report {
            LoadEvent::Segment(segment) => reports.0.push(segment),
            LoadEvent::Problem(problem) => reports.1.push(problem),
            LoadEvent::Arrived { .. } | LoadEvent::Done(_) | LoadEvent::FollowState { .. } => {}
        }
    });
    let (segments, mut problems) = reports.into_inner().unwrap_or_default();
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    let mut index = DispatchIndex::default();
    index.add(segments);
    let mut job = FilterJob::new(index.snapshot(), query);
    (job.marks, job.clock) = (marks, Some(clock));
    let mut progress = Progress::new(streams.show_progress);
    job.order = request.order;
    let hits =
        run_filter_job(&job, &mut FilterCache::default(), &|| false, &mut |step| match step {
            FilterStep::Problem(problem) => problems.push(problem),
            FilterStep::Hits { looked, open, .. } => {
                progress.tick("searched", looked, open, streams.err);
            }
        });
    progress.clear(streams.err);
    let mut matches = hits.unwrap_or_default().ids;
    if request.hide_embargoed {
        remove_embargoed(&index, clock, &mut matches);
    }
    let gathered = Gathered { matches, index, unreadable: false, clock };
    (gathered, problems)
}

/// Prints a problem, except notes. Returns true if something could not be read. Errors of `err` are ignored: the data
/// on standard output matters more.
pub(super) fn report_problem(problem: &InputProblem, err: &mut dyn Write) -> bool {
    if problem.problem.severity == Severity::Note {
        return false;
    }
    log::shown(&problem.to_string());
    let _ = writeln!(err, "dateline: {}", sanitize(&problem.to_string()));
    problem.problem.severity == Severity::Unreadable
}

/// Sorts ids by the path of their input, then by their position in it.
pub(super) fn sort_by_input(index: &DispatchIndex, ids: &mut [EntryId]) {
    let key = |id: &EntryId| {
        let entry = index.entry(*id)?;
        Some((&entry.input()?.location, entry.position_in_input()))
    };
    ids.sort_by(|a, b| key(a).cmp(&key(b)));
}

/// Reads dispatches in full, in the order of `ids`, with the status that follows from everything in the index, whether
/// it matches the filter or not. `clock` is the time by which embargoes are judged, in seconds since the epoch.
pub(super) fn read_dispatches(
    index: &DispatchIndex,
    ids: &[EntryId],
    clock: i64,
) -> Vec<Result<FullDispatch, InputProblem>> {
    // Duplicates and rewritten entries have the status of the entry that is listed instead.
    let listed = |id: EntryId| index.successor(id).unwrap_or(id);
    let statuses: Vec<StoryStatus> = ids.iter().map(|&id| index.story_status(listed(id))).collect();
    work::read_full_dispatches(&index.snapshot(), ids, &statuses, Some(clock))
}

/// Writes a text: the `put` of [`print_each`] for most commands.
#[allow(clippy::needless_pass_by_value)] // The signature that `print_each` wants.
pub(super) fn write_text(out: &mut dyn Write, text: String) -> io::Result<()> {
    out.write_all(text.as_bytes())
}

/// The result for one dispatch: the value to print, if any, and a problem that cut the dispatch short; or why it could
/// not be read at all.
type ReadOutcome<T> = Result<(Option<T>, Option<InputProblem>), InputProblem>;

/// Reads dispatches in full and calls `make` for each on several threads, then `put` in the order of `ids` for each
/// value that `make` returns. Returns the number of values, and whether a dispatch could not be read completely.
///
/// # Errors
/// Those of `put` and of flushing standard output.
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

/// Like [`print_each`], but calls `tell` for each problem, in order, instead of printing it. Dispatches that could not be
/// read come last: one problem for those of an input that have the same, with their number. Returns the number of values.
pub(super) fn print_each_reporting<T: Send>(
    gathered: &Gathered,
    ids: &[EntryId],
    streams: &mut Streams<'_>,
    make: impl Fn(&mut FullDispatch) -> Option<T> + Sync,
    mut put: impl FnMut(&mut dyn Write, T) -> io::Result<()>,
    mut tell: impl FnMut(&mut dyn Write, InputProblem),
) -> io::Result<usize> {
    let process = |full: Result<FullDispatch, InputProblem>| -> ReadOutcome<T> {
        let mut full = full?;
        let value = make(&mut full);
        let fatal = |p: &&Problem| p.severity == Severity::Unreadable;
        let problem = full.dispatch.problems.iter().find(fatal).cloned();
        let path = full.path;
        Ok((value, problem.map(|problem| InputProblem { path, problem })))
    };
    let work = |part: &[EntryId]| -> Vec<ReadOutcome<T>> {
        // Not collected from the iterator, which would keep the room of whole dispatches for the outcomes.
        let mut outcomes = Vec::with_capacity(part.len());
        for full in read_dispatches(&gathered.index, part, gathered.clock) {
            let path =
                full.as_ref().map_or_else(|problem| problem.path.clone(), |full| full.path.clone());
            outcomes.push(catch_panics(path, || process(full)));
        }
        outcomes
    };
    let mut progress = Progress::new(streams.show_progress);
    let (mut shown, mut done) = (0, 0);
    let mut lost: BTreeMap<String, InputProblem> = BTreeMap::new();
    let mut take = |results: Vec<ReadOutcome<T>>| -> io::Result<()> {
        done += results.len();
        for result in results {
            match result {
                Ok((value, problem)) => {
                    if let Some(value) = value {
                        put(streams.out, value)?;
                        shown += 1;
                    }
                    if let Some(problem) = problem {
                        progress.clear(streams.err);
                        tell(streams.err, problem);
                    }
                }
                Err(problem) => {
                    let all = lost.entry(problem.to_string()).or_insert(problem);
                    all.problem.dispatches += 1;
                }
            }
        }
        progress.tick("read", done, ids.len(), streams.err);
        Ok(())
    };
    let result = process_in_order(ids, &work, &mut take);
    progress.clear(streams.err);
    for problem in lost.into_values() {
        tell(streams.err, problem);
    }
    result?;
    streams.out.flush()?;
    Ok(shown)
}

/// Calls `work` for chunks of ids on several threads, and `take` for each result in order, until `take` fails.
fn process_in_order<T: Send>(
    ids: &[EntryId],
    work: &(impl Fn(&[EntryId]) -> T + Sync),
    take: &mut impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    // For a few dispatches, threads cost more than they save.
    if ids.len() < 16 || threads::processors() < 2 {
        return ids.chunks(CHUNK_SIZE).map(work).try_for_each(take);
    }
    let chunks: Vec<&[EntryId]> = ids.chunks(CHUNK_SIZE).collect();
    let next = AtomicUsize::new(0);
    let read = |send: &mut dyn FnMut((usize, T)) -> bool| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            match chunks.get(number) {
                Some(chunk) if send((number, work(chunk))) => {}
                _ => return,
            }
        }
    };
    // Results that arrive before their turn wait here.
    let mut waiting = BTreeMap::new();
    let (mut next_number, mut taken) = (0, Ok(()));
    threads::stream(read, |(number, result)| {
        waiting.insert(number, result);
        while let Some(result) = waiting.remove(&next_number) {
            taken = take(result);
            if taken.is_err() {
                return false;
            }
            next_number += 1;
        }
        true
    });
    taken
}

/// Turns a panic, which would be a bug, into a problem of one dispatch, so that the others are still printed.
fn catch_panics<T>(
    path: String,
    work: impl FnOnce() -> Result<T, InputProblem>,
) -> Result<T, InputProblem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = "a fault in dateline itself: a dispatch could not be printed";
        Err(InputProblem::unreadable(path, message))
    })
}

// Progress of long commands.

/// Commands that end sooner show no progress.
const INITIAL_DELAY: Duration = Duration::from_millis(400);

/// Minimum time between two updates of the line.
const UPDATE_INTERVAL: Duration = Duration::from_millis(100);

/// A progress line on standard error, which is erased at the end.
#[derive(Debug)]
pub(super) struct Progress {
    /// Time of the next update; `None` if progress is not shown.
    next: Option<Instant>,
    /// Current width of the line in columns; 0 if there is none.
    shown: usize,
}

impl Progress {
    /// No line yet. `live`: standard error is a terminal.
    pub(super) fn new(live: bool) -> Self {
        Self { next: live.then(|| Instant::now() + INITIAL_DELAY), shown: 0 }
    }

    /// Reports that `done` of `all` dispatches are done. `what` is the verb: `read`, `searched`.
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

    /// Erases the line. Needed before anything else is written, and at the end.
    pub(super) fn clear(&mut self, err: &mut dyn Write) {
        if self.shown > 0 {
            let _ = write!(err, "\r{:width$}\r", "", width = self.shown);
            let _ = err.flush();
            self.shown = 0;
        }
    }
}

/// The marks, if the query depends on them. Prints what there is to say about set-aside databases. Nothing is written to
/// the store.
///
/// # Errors
/// If the marks cannot be read. Then the query cannot be answered.
pub(super) fn load_mark_sets(
    request: &Request,
    query: &Query,
    err: &mut dyn Write,
) -> Result<MarkSets, InputProblem> {
    if !query.needs_marks() {
        return Ok(MarkSets::default());
    }
    for notice in store::set_aside_notices(&request.state) {
        let _ = writeln!(err, "dateline: {}", sanitize(&notice));
    }
    let marks = store::read_marks(&request.state, request.source_key);
    marks.map(|marks| marks.sets).map_err(|error| {
        let message = format!("the filter asks for marks: {error}");
        InputProblem::unreadable(String::new(), message)
    })
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
    fn the_line_is_erased() {
        let mut err = Vec::new();
        let mut progress = Progress { next: Some(Instant::now()), shown: 0 };
        progress.tick("read", 1, 2, &mut err);
        progress.clear(&mut err);
        let text = String::from_utf8(err).unwrap();
        let line = "dateline: read 1 of 2 dispatches, 50 %";
        assert_eq!(text, format!("\r{line}\r{}\r", " ".repeat(line.len())));
    }
}
