//! Reading dispatches again: in full with their quotes, as raw bytes, two to compare, many to copy, and their sources.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity, TimeSource};
use crate::health::{Arrival, Health, assess_health};
use crate::index::{EntryId, EntryRef, Locator, Snapshot, SourceView};
use crate::ingest::{self, DispatchReader};
use crate::quotes::{self, Quote};

/// The problem of an entry whose bytes are gone.
pub(super) fn unavailable_problem() -> InputProblem {
    InputProblem::unreadable("", "this dispatch is no longer available")
}

/// Where to read a dispatch from.
fn locate(id: EntryId, snapshot: &Snapshot) -> Result<Locator, InputProblem> {
    let locator = snapshot.entry(id).and_then(EntryRef::locator);
    locator.ok_or_else(unavailable_problem)
}

/// Reads a dispatch in full, and finds its quotes.
pub(super) fn open_dispatch(
    id: EntryId,
    snapshot: &Snapshot,
    reader: &mut DispatchReader,
) -> Result<Box<(Dispatch, Vec<Quote>)>, InputProblem> {
    let mut dispatch = reader.read(&locate(id, snapshot)?)?;
    let quotes = find_quotes(&mut dispatch);
    Ok(Box::new((dispatch, quotes)))
}

/// Reads the raw bytes of a dispatch, to be shown in `encoding`.
pub(super) fn open_source(
    id: EntryId,
    encoding: &'static str,
    snapshot: &Snapshot,
) -> Result<SourceView, InputProblem> {
    ingest::read_source(&locate(id, snapshot)?, encoding)
}

/// The quotes of a dispatch. After a panic, which would be a bug in the engine, there are none, and the dispatch gets a
/// problem.
#[must_use]
pub fn find_quotes(dispatch: &mut Dispatch) -> Vec<Quote> {
    let found = catch_unwind(AssertUnwindSafe(|| quotes::extract_quotes(dispatch)));
    found.unwrap_or_else(|_| {
        let message = "a fault in dateline itself: its quotes could not be found";
        dispatch
            .problems
            .push(Problem::new(Severity::Unreadable, "", message));
        Vec::new()
    })
}

/// Reads two versions of a dispatch and compares them.
pub(super) fn compare_versions(
    newer: EntryId,
    older: EntryId,
    snapshot: &Snapshot,
) -> Result<Box<VersionDiff>, InputProblem> {
    let read = |id| ingest::read_dispatch(&locate(id, snapshot)?);
    let (old, new) = (read(older)?, read(newer)?);
    Ok(Box::new(VersionDiff::new(old, new)))
}

/// The health of the sources of some entries. Rates are counted back from `now`, in seconds since 1970, or from the
/// newest time of the wire if `None`.
#[must_use]
pub fn source_health(snapshot: &Snapshot, ids: &[EntryId], now: Option<i64>) -> Health {
    let arrivals = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        // The time of a file says when it was copied, not when the wire sent it.
        let of_wire = !matches!(entry.time_source(), TimeSource::File | TimeSource::None);
        Some(Arrival {
            agency: entry.agency(),
            time: entry.time().filter(|_| of_wire),
            arrived: None,
            sequence: entry.sequence(),
        })
    });
    assess_health(arrivals, now)
}

/// Reads dispatches in full, in the order of `ids`. Those that cannot be read are left out.
pub(super) fn read_texts(ids: &[EntryId], snapshot: &Snapshot) -> Vec<(EntryId, Dispatch)> {
    let located = ids
        .iter()
        .filter_map(|&id| Some((id, locate(id, snapshot).ok()?)));
    let (known_ids, locators): (Vec<_>, Vec<_>) = located.unzip();
    let read = ingest::read_dispatches(&locators).into_iter();
    let texts = known_ids.into_iter().zip(read);
    texts
        .filter_map(|(id, read)| Some((id, read.ok()?)))
        .collect()
}
