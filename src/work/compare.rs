//! The job of the changes: reads two versions and compares them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;

use super::opening::unavailable_problem;
use super::{Answer, AnswerSink, recv_newest};
use crate::changes::VersionDiff;
use crate::desk::{EntryId, EntryRef, Snapshot};
use crate::dispatch::{Dispatch, InputProblem};
use crate::load;

/// Two versions to compare: the newer, the older.
pub(super) type VersionPair = (EntryId, EntryId, Snapshot);

/// Reads two versions of a dispatch and compares them.
///
/// # Errors
/// Where one of them cannot be read.
pub fn compare_versions(
    newer: EntryId,
    older: EntryId,
    snapshot: &Snapshot,
) -> Result<Box<VersionDiff>, InputProblem> {
    let read = |id| -> Result<Dispatch, InputProblem> {
        let entry = snapshot.entry(id).ok_or_else(unavailable_problem)?;
        let origin = EntryRef::origin(entry).ok_or_else(unavailable_problem)?;
        load::read_dispatch(&origin, entry.item_key())
    };
    let (old, new) = (read(older)?, read(newer)?);
    let compared = catch_unwind(AssertUnwindSafe(|| Box::new(VersionDiff::new(old, new))));
    compared.map_err(|_| {
        let message = "a fault in dateline itself: these two versions could not be compared";
        InputProblem::unreadable("", message)
    })
}

/// Compares what is asked for, the newest question only.
pub(super) fn compare_loop(jobs: &Receiver<VersionPair>, tell: &AnswerSink) {
    while let Some((newer, older, snapshot)) = recv_newest(jobs) {
        let result = compare_versions(newer, older, &snapshot);
        tell(Answer::Compared(newer, older, result));
    }
}
