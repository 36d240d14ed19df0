//! Single dispatches read from where they lie: whole with their quotes, or as their bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;

use super::{Answer, AnswerSink, recv_newest};
use crate::desk::{EntryId, EntryRef, Snapshot};
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::load;
use crate::quote::{self, Quote};

pub(super) fn open_loop(jobs: &Receiver<(EntryId, Snapshot)>, tell: &AnswerSink) {
    while let Some((id, snapshot)) = recv_newest(jobs) {
        tell(Answer::Opened(id, open_dispatch(id, &snapshot)));
    }
}

pub(super) fn source_loop(jobs: &Receiver<(EntryId, &'static str, Snapshot)>, tell: &AnswerSink) {
    while let Some((id, encoding, snapshot)) = recv_newest(jobs) {
        let origin = snapshot.entry(id).and_then(EntryRef::origin);
        let source = origin.ok_or_else(unavailable_problem);
        tell(Answer::Source(
            id,
            source.and_then(|origin| load::read_source(&origin, encoding)),
        ));
    }
}

pub(super) fn unavailable_problem() -> InputProblem {
    InputProblem::unreadable("", "this dispatch is no longer at hand")
}

fn open_dispatch(
    id: EntryId,
    snapshot: &Snapshot,
) -> Result<Box<(Dispatch, Vec<Quote>)>, InputProblem> {
    let entry = snapshot.entry(id).ok_or_else(unavailable_problem)?;
    let mut dispatch = load::read_dispatch(
        &entry.origin().ok_or_else(unavailable_problem)?,
        entry.item_key(),
    )?;
    let quotes = find_quotes(&mut dispatch);
    Ok(Box::new((dispatch, quotes)))
}

/// The quotes of a dispatch; where a fault in the engine stops it, none and a problem of the dispatch.
#[must_use]
pub fn find_quotes(dispatch: &mut Dispatch) -> Vec<Quote> {
    let found = catch_unwind(AssertUnwindSafe(|| quote::extract_quotes(dispatch)));
    found.unwrap_or_else(|_| {
        let message = "a fault in dateline itself: its quotes could not be found";
        dispatch
            .problems
            .push(Problem::new(Severity::Unreadable, "", message));
        Vec::new()
    })
}
