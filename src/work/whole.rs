//! Dispatches read whole with what others do to them, and printed in the forms that commands and files have.

use std::collections::HashMap;

use crate::desk::{EntryId, ItemOrigin, Snapshot, StoryStatus};
use crate::dispatch::{Dispatch, InputProblem, Status, kill_reason};
use crate::load;
use crate::record::{self, Relations, to_json_line};

/// Dispatches that are read in a row.
const READ_CHUNK: usize = 64;

/// Dispatches that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFailures {
    pub count: usize,
    /// Why the first of them could not be.
    why: String,
}

impl ReadFailures {
    /// One more.
    pub fn add(&mut self, problem: &InputProblem) {
        if self.count == 0 {
            self.why = problem.to_string();
        }
        self.count += 1;
    }

    /// What is to be said of it: how many, and why. `None` where none was lost.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("one dispatch could not be read: {}", self.why)),
            count => Some(format!(
                "{count} dispatches could not be read: {}",
                self.why
            )),
        }
    }
}

/// A form in which dispatches are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputForm {
    Text,
    /// A record of all that is known, on a line.
    Jsonl,
    /// A ninjs 3.1 item, on a line.
    Ninjs,
    Md,
}

/// One dispatch read whole, its path and its number in it.
#[derive(Debug)]
pub struct FullDispatch {
    pub dispatch: Dispatch,
    pub path: String,
    pub index: u64,
    pub relations: Relations,
}

impl FullDispatch {
    /// Headline, facts, notes, text, rights; an empty line and a rule end it.
    #[must_use]
    pub fn text(&self) -> String {
        record::to_text(&self.dispatch, &self.relations)
    }

    /// The whole record, on a line.
    #[must_use]
    pub fn json(&self) -> String {
        let record = record::FullDispatchRecord::new(&self.dispatch, self.path.clone(), self.index);
        to_json_line(&record.with_relations(&self.relations)) + "\n"
    }

    /// The dispatch as it goes to others.
    #[must_use]
    pub fn export(&mut self, form: OutputForm) -> String {
        // What was killed since goes nowhere as usable; the records tell both.
        if self.relations.killed_by.is_some() && form != OutputForm::Jsonl {
            self.dispatch.status = Status::Canceled;
        }
        match form {
            OutputForm::Ninjs => to_json_line(&record::Ninjs::new(&self.dispatch)) + "\n",
            OutputForm::Jsonl => self.json(),
            OutputForm::Md => record::to_markdown(&self.dispatch, &self.relations) + "\n\n---\n\n",
            OutputForm::Text => self.text(),
        }
    }
}

/// Reads dispatches whole, in the order of their ids; `standings` has what others do to each.
#[must_use]
pub fn read_full_dispatches(
    snapshot: &Snapshot,
    ids: &[EntryId],
    standings: &[StoryStatus],
) -> Vec<Result<FullDispatch, InputProblem>> {
    let origin = |id: &EntryId| {
        let entry = snapshot.entry(*id)?;
        Some((entry.origin()?, entry.item_key()))
    };
    let wanted: Vec<Option<(ItemOrigin, u64)>> = ids.iter().map(origin).collect();
    let there: Vec<(ItemOrigin, u64)> = wanted.iter().flatten().cloned().collect();
    let mut opened = load::read_dispatches(&there).into_iter();
    let whole = |(wanted, told): (&Option<(ItemOrigin, u64)>, Relations)| {
        let (origin, _) = wanted
            .as_ref()
            .ok_or_else(super::opening::unavailable_problem)?;
        Ok(FullDispatch {
            dispatch: opened
                .next()
                .unwrap_or_else(|| Err(super::opening::unavailable_problem()))?,
            path: origin.input.display_path(),
            index: origin.number_in_input(),
            relations: told,
        })
    };
    let told = relations_of(snapshot, standings);
    wanted.iter().zip(told).map(whole).collect()
}

/// Reads dispatches whole, as [`read_full_dispatches`] does, and hands each that can be read on until `put` fails. Those that cannot
/// be read are counted.
///
/// # Errors
/// That of `put`.
pub fn for_each_full_dispatch<E>(
    (snapshot, ids, standings): (&Snapshot, &[EntryId], &[StoryStatus]),
    lost: &mut ReadFailures,
    mut put: impl FnMut(FullDispatch) -> Result<(), E>,
) -> Result<(), E> {
    for (ids, standings) in ids.chunks(READ_CHUNK).zip(standings.chunks(READ_CHUNK)) {
        for whole in read_full_dispatches(snapshot, ids, standings) {
            match whole {
                Ok(whole) => put(whole)?,
                Err(problem) => lost.add(&problem),
            }
        }
    }
    Ok(())
}

/// What is told of entries that stand so. Those that do something to them are read again for their ids and reasons; those without
/// an id are known by their hash.
fn relations_of(snapshot: &Snapshot, standings: &[StoryStatus]) -> Vec<Relations> {
    let doers = |s: &StoryStatus| [s.superseded_by, s.killed_by, s.corrected_by];
    let mut others: Vec<EntryId> = standings.iter().flat_map(doers).flatten().collect();
    others.sort_unstable();
    others.dedup();
    let hash = |id: EntryId| {
        let entry = snapshot.entry(id);
        entry.map(|entry| format!("{:016x}", entry.item_key()))
    };
    let origin = |id: &EntryId| {
        let entry = snapshot.entry(*id)?;
        Some((*id, (entry.origin()?, entry.item_key())))
    };
    let (read, origins): (Vec<EntryId>, Vec<_>) = others.iter().filter_map(origin).unzip();
    let opened = load::read_dispatches(&origins).into_iter();
    let doers: HashMap<EntryId, Dispatch> = read
        .into_iter()
        .zip(opened)
        .filter_map(|(id, dispatch)| Some((id, dispatch.ok()?)))
        .collect();
    let item = |id: Option<EntryId>| {
        let id = id?;
        doers
            .get(&id)
            .map(Dispatch::item_identity)
            .or_else(|| hash(id))
    };
    let one = |standing: &StoryStatus| Relations {
        superseded_by: item(standing.superseded_by),
        killed_by: item(standing.killed_by),
        killed_for: (standing.killed_by).and_then(|id| doers.get(&id).map(kill_reason)),
        corrected_by: item(standing.corrected_by),
    };
    standings.iter().map(one).collect()
}
