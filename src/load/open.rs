//! Reads one dispatch again from where its text lies. A file that changed since is noticed, never shown wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::parts::Store;
use super::reader::WHOLE_LIMIT;
use super::{reason, stamp};
use crate::desk::Origin;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::format::{self, Context};

/// Reads the dispatch of an entry, whose identity was `item` when it was listed.
///
/// Of a file that has changed since, a single dispatch is returned as it is now and says so; one of several is returned
/// only where its bytes still hold that very item.
///
/// # Errors
/// Where the file cannot be read, or no longer holds the dispatch.
pub fn open(origin: &Origin, item: u64) -> Result<Dispatch, InputProblem> {
    let unreadable = |message: &str| InputProblem::unreadable(origin.input.path(), message);
    let failed = |error: std::io::Error| {
        InputProblem::unreadable(
            origin.input.path(),
            format!("cannot be read again: {}", reason(&error)),
        )
    };
    let store = Store::open(&origin.input.place).map_err(failed)?;
    let mut range = origin.bytes.clone();
    let mut single = origin.nth == 0 && range == (0..origin.input.length);
    let mut changed = false;
    if let Store::File(file) = &store {
        let about = file.metadata().map_err(failed)?;
        changed = about.len() != origin.input.length
            || about.modified().ok().map(stamp) != origin.input.modified;
        if single {
            range.end = about.len().min(WHOLE_LIMIT);
        }
    } else {
        single = false;
    }
    let mut bytes = Vec::new();
    store.read(range, &mut bytes).map_err(failed)?;
    let context = Context {
        file_time: origin.input.modified,
        first_index: origin.index,
        first_byte: origin.bytes.start,
    };
    let read = catch_unwind(AssertUnwindSafe(|| {
        format::read(origin.input.format, &bytes, origin.nth, &context)
    }));
    let Ok(dispatch) = read else {
        return Err(unreadable(
            "a fault in dateline itself stopped the reading of this dispatch",
        ));
    };
    let gone = || {
        unreadable(
            "changed since it was listed: this dispatch is no longer in it; start again to see it as it is",
        )
    };
    let mut dispatch = dispatch.ok_or_else(gone)?;
    let same = dispatch.head().item == item;
    if !same && !single {
        return Err(gone());
    }
    if changed || !same {
        dispatch.problems.push(Problem::new(
            Severity::Fault,
            "",
            "the file changed since it was listed: this is its text as it is now",
        ));
    }
    Ok(dispatch)
}
