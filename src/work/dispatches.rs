//! Dispatches read again: to open, to compare, to copy, to print and to save.

use std::collections::HashMap;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity, TimeSource, kill_reason};
use crate::health::{Arrival, Health, assess_health};
use crate::index::{EntryId, EntryRef, Locator, Snapshot, SourceView, StoryStatus};
use crate::ingest::{self, DispatchReader};
use crate::jobs::ExportDispatches;
use crate::quotes::{self, Quote};
use crate::record::{self, CurrentStatus, Relations, to_json_line};

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
        dispatch.problems.push(Problem::new(Severity::Unreadable, "", message));
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
    let located = ids.iter().filter_map(|&id| Some((id, locate(id, snapshot).ok()?)));
    let (known_ids, locators): (Vec<_>, Vec<_>) = located.unzip();
    let read = ingest::read_dispatches(&locators).into_iter();
    let texts = known_ids.into_iter().zip(read);
    texts.filter_map(|(id, read)| Some((id, read.ok()?))).collect()
}

// In full, with their relations to other dispatches.

/// Number of dispatches read at a time, which limits memory while many are written.
const READ_CHUNK: usize = 64;

/// Counts dispatches that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFailures {
    pub count: usize,
    /// The problem of the first of them.
    why: String,
}

impl ReadFailures {
    /// Counts a failure.
    pub fn add(&mut self, problem: &InputProblem) {
        if self.count == 0 {
            self.why = problem.to_string();
        }
        self.count += 1;
    }

    /// A message with the number of failures and the first problem; `None` without failures.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("one dispatch could not be read: {}", self.why)),
            count => Some(format!("{count} dispatches could not be read: {}", self.why)),
        }
    }
}

/// A dispatch read in full, with its position and the status that holds after everything that was loaded.
#[derive(Debug)]
pub struct FullDispatch {
    pub id: EntryId,
    pub dispatch: Dispatch,
    /// Path of its input, for display.
    pub path: String,
    /// 0-based number in the input.
    pub index: u64,
    pub status: CurrentStatus,
}

impl FullDispatch {
    /// The dispatch as plain text, see [`record::to_text`].
    #[must_use]
    pub fn text(&self) -> String {
        record::to_text(&self.dispatch, &self.status)
    }

    /// The full JSON record, with a newline.
    #[must_use]
    pub fn json(&self) -> String {
        let path = self.path.clone();
        let record =
            record::FullDispatchRecord::new(&self.dispatch, &self.status, path, self.index);
        to_json_line(&record) + "\n"
    }

    /// The dispatch as a line of TSV, see [`record::to_tsv`].
    #[must_use]
    pub fn tsv(&self) -> String {
        record::to_tsv(&self.dispatch, &self.status, &self.path, self.index)
    }
}

/// Reads dispatches in full, in the order of `ids`. `standings` has the story status of each; `clock` as in
/// [`CurrentStatus::new`].
#[must_use]
pub fn read_full_dispatches(
    snapshot: &Snapshot,
    ids: &[EntryId],
    standings: &[StoryStatus],
    clock: Option<i64>,
) -> Vec<Result<FullDispatch, InputProblem>> {
    let locator = |id: &EntryId| snapshot.entry(*id).and_then(EntryRef::locator);
    let wanted: Vec<Option<Locator>> = ids.iter().map(locator).collect();
    let locators: Vec<Locator> = wanted.iter().flatten().cloned().collect();
    let mut opened = ingest::read_dispatches(&locators).into_iter();
    let assemble = |((&id, wanted), relations): ((&EntryId, &Option<Locator>), Relations)| {
        let locator = wanted.as_ref().ok_or_else(unavailable_problem)?;
        let dispatch = opened.next().unwrap_or_else(|| Err(unavailable_problem()))?;
        Ok(FullDispatch {
            id,
            status: CurrentStatus::new(&dispatch, relations, clock),
            dispatch,
            path: locator.input.display_path(),
            index: locator.number_in_input(),
        })
    };
    let relations = relations_of(snapshot, standings);
    ids.iter().zip(&wanted).zip(relations).map(assemble).collect()
}

/// Reads dispatches like [`read_full_dispatches`], a chunk at a time, and calls `put` for each until it fails. Those
/// that cannot be read are counted in `lost`.
///
/// # Errors
/// Those of `put`.
pub fn for_each_full_dispatch<E>(
    wanted: &ExportDispatches,
    failures: &mut ReadFailures,
    mut put: impl FnMut(FullDispatch) -> Result<(), E>,
) -> Result<(), E> {
    let statuses = wanted.story_statuses.chunks(READ_CHUNK);
    for (ids, statuses) in wanted.ids.chunks(READ_CHUNK).zip(statuses) {
        for full in read_full_dispatches(&wanted.snapshot, ids, statuses, wanted.clock) {
            match full {
                Ok(full) => put(full)?,
                Err(problem) => failures.add(&problem),
            }
        }
    }
    Ok(())
}

/// Dispatches as `dateline show` prints them, which these are, and a message about those that could not be read.
#[must_use]
pub(super) fn render_texts(wanted: &ExportDispatches) -> (String, Vec<EntryId>, Option<String>) {
    let (mut text, mut ids, mut failures) = (String::new(), Vec::new(), ReadFailures::default());
    let Ok(()) = for_each_full_dispatch(wanted, &mut failures, |full| {
        ids.push(full.id);
        text.push_str(&full.text());
        Ok::<_, Infallible>(())
    });
    (text, ids, failures.message())
}

/// The relations for each story status. The entries have only hashes, so the other dispatches are read for their ids
/// and reasons; the hash is used if one cannot be read.
fn relations_of(snapshot: &Snapshot, standings: &[StoryStatus]) -> Vec<Relations> {
    let related = |s: &StoryStatus| [s.superseded_by, s.killed_by, s.withheld_by, s.corrected_by];
    let mut others: Vec<EntryId> = standings.iter().flat_map(related).flatten().collect();
    others.sort_unstable();
    others.dedup();
    let hash = |id: EntryId| {
        let entry = snapshot.entry(id);
        entry.map(|entry| format!("{:016x}", entry.item_key()))
    };
    let locator = |id: &EntryId| Some((*id, snapshot.entry(*id)?.locator()?));
    let (read, locators): (Vec<EntryId>, Vec<_>) = others.iter().filter_map(locator).unzip();
    let opened = ingest::read_dispatches(&locators).into_iter();
    let dispatches: HashMap<EntryId, Dispatch> = read
        .into_iter()
        .zip(opened)
        .filter_map(|(id, dispatch)| Some((id, dispatch.ok()?)))
        .collect();
    let item = |id: Option<EntryId>| {
        let id = id?;
        dispatches.get(&id).map(Dispatch::item_identity).or_else(|| hash(id))
    };
    let relations = |standing: &StoryStatus| Relations {
        superseded_by: item(standing.superseded_by),
        killed_by: item(standing.killed_by),
        killed_for: (standing.killed_by).and_then(|id| dispatches.get(&id).map(kill_reason)),
        withheld_by: item(standing.withheld_by),
        corrected_by: item(standing.corrected_by),
        is_unmatched_kill: standing.is_unmatched_kill,
    };
    standings.iter().map(relations).collect()
}
