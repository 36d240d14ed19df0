//! Loads everything a command needs, filters it, and hands whole dispatches on in order, read by several threads.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use super::{Request, Streams};
use crate::desk::{Desk, EntryId, Origin};
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::filter::Query;
use crate::load::{self, Report};
use crate::text::safe;
use crate::work::{Step, search};

/// Dispatches that one thread reads before their output is written.
const CHUNK: usize = 256;

/// What a command works on.
pub(super) struct Gathered {
    pub(super) desk: Desk,
    /// What the filter keeps, in the order of the desk; close matches after.
    pub(super) kept: Vec<EntryId>,
    pub(super) unreadable: bool,
}

/// Loads, tells the problems, filters.
pub(super) fn gather(request: Request, streams: &mut Streams<'_>) -> Gathered {
    let reports = Mutex::new((Vec::new(), Vec::new()));
    let readers = std::thread::available_parallelism().map_or(2, usize::from);
    load::load(request.sources, readers, &|report| {
        let Ok(mut reports) = reports.lock() else {
            return;
        };
        match report {
            Report::Segment(segment) => reports.0.push(segment),
            Report::Problem(problem) => reports.1.push(problem),
            Report::Done(_) => {}
        }
    });
    let (segments, mut problems) = reports.into_inner().unwrap_or_default();
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    let mut unreadable = false;
    for problem in &problems {
        unreadable |= say(problem, streams.err);
    }
    let mut desk = Desk::default();
    desk.add(segments);
    let query = Query::parse(&request.filter);
    let mut problems = Vec::new();
    let hits = search(
        &desk.snapshot(),
        &query,
        &mut None,
        &|| false,
        &mut |step| {
            if let Step::Problem(problem) = step {
                problems.push(problem);
            }
        },
    );
    for problem in &problems {
        unreadable |= say(problem, streams.err);
    }
    Gathered {
        kept: hits.unwrap_or_default().ids,
        desk,
        unreadable,
    }
}

/// Tells a problem as a line; true where something could not be shown. Where nobody listens, the data goes on.
pub(super) fn say(problem: &InputProblem, err: &mut dyn Write) -> bool {
    if problem.problem.severity == Severity::Note {
        return false;
    }
    let _ = writeln!(err, "dateline: {}", safe(&problem.to_string()));
    problem.problem.severity == Severity::Unreadable
}

/// Ids in the order of the inputs: by path, then by place in the input.
pub(super) fn input_order(desk: &Desk, ids: &mut [EntryId]) {
    let key = |id: &EntryId| {
        let entry = desk.entry(*id)?;
        Some((&entry.input()?.place, entry.position()))
    };
    ids.sort_by(|a, b| key(a).cmp(&key(b)));
}

/// One dispatch read whole, its path and its number in it.
pub(super) struct Whole {
    pub(super) dispatch: Dispatch,
    pub(super) path: String,
    pub(super) index: u64,
}

fn read(desk: &Desk, ids: &[EntryId]) -> Vec<Result<Whole, InputProblem>> {
    let gone = || InputProblem::unreadable("", "this dispatch is no longer at hand");
    let origin = |id: &EntryId| {
        let entry = desk.entry(*id)?;
        Some((entry.origin()?, entry.item()))
    };
    let wanted: Vec<Option<(Origin, u64)>> = ids.iter().map(origin).collect();
    let there: Vec<(Origin, u64)> = wanted.iter().flatten().cloned().collect();
    let mut opened = load::open_all(&there).into_iter();
    let whole = |wanted: &Option<(Origin, u64)>| {
        let (origin, _) = wanted.as_ref().ok_or_else(gone)?;
        Ok(Whole {
            dispatch: opened.next().unwrap_or_else(|| Err(gone()))?,
            path: origin.input.path(),
            index: origin.number(),
        })
    };
    wanted.iter().map(whole).collect()
}

/// Reads dispatches whole and prints each with `print` (`None`: nothing to print), in order. Returns how many were
/// printed and whether one could not be read, or not be read to its end.
pub(super) fn each(
    gathered: &Gathered,
    ids: &[EntryId],
    streams: &mut Streams<'_>,
    print: impl Fn(&mut Whole) -> Option<String> + Sync,
) -> io::Result<(usize, bool)> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let one = |whole: Result<Whole, InputProblem>| -> Result<(Option<String>, Option<InputProblem>), InputProblem> {
        let mut whole = whole?;
        let text = print(&mut whole);
        let fatal = |p: &&Problem| p.severity == Severity::Unreadable;
        let problem = whole.dispatch.problems.iter().find(fatal).cloned();
        let path = whole.path;
        Ok((text, problem.map(|problem| InputProblem { path, problem })))
    };
    let work = |part: &[EntryId]| -> Vec<_> {
        let read = read(&gathered.desk, part);
        read.into_iter()
            .map(|whole| guarded(|| one(whole)))
            .collect()
    };
    let (mut shown, mut unreadable) = (0, false);
    for batch in ids.chunks(CHUNK * threads) {
        let parts: Vec<&[EntryId]> = batch.chunks(batch.len().div_ceil(threads).max(1)).collect();
        let printed: Vec<_> = if batch.len() < 16 {
            parts.into_iter().map(work).collect()
        } else {
            std::thread::scope(|scope| {
                let spawn = |part| scope.spawn(move || work(part));
                let jobs: Vec<_> = parts.into_iter().map(spawn).collect();
                jobs.into_iter().filter_map(|job| job.join().ok()).collect()
            })
        };
        for result in printed.into_iter().flatten() {
            let problem = match result {
                Ok((text, problem)) => {
                    if let Some(text) = text {
                        streams.out.write_all(text.as_bytes())?;
                        shown += 1;
                    }
                    problem
                }
                Err(problem) => Some(problem),
            };
            unreadable |= problem.is_some_and(|problem| say(&problem, streams.err));
        }
    }
    streams.out.flush()?;
    Ok((shown, unreadable))
}

/// A fault in one dispatch costs that one.
fn guarded<T>(work: impl FnOnce() -> Result<T, InputProblem>) -> Result<T, InputProblem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = "a fault in dateline itself: a dispatch could not be printed";
        Err(InputProblem::unreadable("", message))
    })
}
