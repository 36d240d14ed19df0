//! Reads one dispatch again from where its text lies. A file that changed since is noticed, never shown wrong.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::error_reason;
use super::reader::MAX_WHOLE_INPUT;
use super::store::InputBytes;
use crate::desk::ItemOrigin;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::format::{self, Context};

/// Reads the dispatch of an entry, whose identity was `item_key` when it was listed.
///
/// Of a file that has changed since, a single dispatch is returned as it is now and says so; one of several is returned
/// only where its bytes still hold that very item.
///
/// # Errors
/// Where the file cannot be read, or no longer holds the dispatch.
pub fn read_dispatch(origin: &ItemOrigin, item: u64) -> Result<Dispatch, InputProblem> {
    read_dispatches(&[(origin.clone(), item)])
        .pop()
        .unwrap_or_else(|| Err(item_gone_problem(origin)))
}

/// The same for several entries, in their order. Neighbours that lie in the same bytes are read in one go.
pub fn read_dispatches(wanted: &[(ItemOrigin, u64)]) -> Vec<Result<Dispatch, InputProblem>> {
    let mut opened = Vec::with_capacity(wanted.len());
    let mut rest = wanted;
    while let Some((first, _)) = rest.first() {
        let same = |(origin, _): &&(ItemOrigin, u64)| {
            Arc::ptr_eq(&origin.input, &first.input) && origin.bytes == first.bytes
        };
        let count = rest.iter().take_while(same).count();
        let (group, after) = rest.split_at(count);
        rest = after;
        match read_group(group) {
            Ok(dispatches) => opened.extend(dispatches),
            Err(problem) => opened.extend(group.iter().map(|_| Err(problem.clone()))),
        }
    }
    opened
}

fn item_gone_problem(origin: &ItemOrigin) -> InputProblem {
    let message = "changed since it was listed: this dispatch is no longer in it; start again to see it as it is";
    InputProblem::unreadable(origin.input.display_path(), message)
}

/// Entries that lie in the same bytes.
fn read_group(
    group: &[(ItemOrigin, u64)],
) -> Result<Vec<Result<Dispatch, InputProblem>>, InputProblem> {
    let [(origin, _), ..] = group else {
        return Ok(Vec::new());
    };
    let failed = |error: std::io::Error| {
        let message = format!("cannot be read again: {}", error_reason(&error));
        InputProblem::unreadable(origin.input.display_path(), message)
    };
    let (store, changed) = InputBytes::open_input(&origin.input).map_err(failed)?;
    let mut range = origin.bytes.clone();
    let whole = range == (0..origin.input.length);
    let mut single = group.len() == 1 && origin.number_in_range == 0 && whole;
    if let InputBytes::File(file) = &store {
        let about = file.metadata().map_err(failed)?;
        if single {
            range.end = about.len().min(MAX_WHOLE_INPUT);
        }
    } else {
        single = false;
    }
    let mut bytes = Vec::new();
    store.read(range, &mut bytes).map_err(failed)?;
    let context = Context {
        file_time: origin.input.modified,
        first_index: origin.index_in_part,
        first_byte: origin.bytes.start,
    };
    let mut numbers: Vec<u32> = group
        .iter()
        .map(|(origin, _)| origin.number_in_range)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut read: HashMap<u32, Dispatch> = HashMap::new();
    let reading = catch_unwind(AssertUnwindSafe(|| {
        let format = origin.input.format;
        format::read_items(format, &bytes, &numbers, &context, &mut |nth, dispatch| {
            read.insert(nth, dispatch);
        });
    }));
    if reading.is_err() {
        let message = "a fault in dateline itself stopped the reading of this dispatch";
        return Err(InputProblem::unreadable(
            origin.input.display_path(),
            message,
        ));
    }
    let one = |(origin, item): &(ItemOrigin, u64)| {
        let mut dispatch = read
            .remove(&origin.number_in_range)
            .ok_or_else(|| item_gone_problem(origin))?;
        let same = dispatch.head().item_key == *item;
        if !same && !single {
            return Err(item_gone_problem(origin));
        }
        if changed || !same {
            dispatch.problems.push(Problem::new(
                Severity::Fault,
                "",
                "the file changed since it was listed: this is its text as it is now",
            ));
        }
        Ok(dispatch)
    };
    Ok(group.iter().map(one).collect())
}
