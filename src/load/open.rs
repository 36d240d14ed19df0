//! Reads one dispatch again from where its text lies. A file that changed since is noticed, never shown wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::parts::Store;
use super::reader::WHOLE_LIMIT;
use super::reason;
use crate::desk::Origin;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::format::{self, Context};

/// Reads the dispatch of an entry. `item` is the identity that the entry had; where the bytes now give another
/// dispatch of a whole file, that one is returned and says so; where a line no longer holds it, that is an error.
pub fn open(origin: &Origin, item: u64) -> Result<Dispatch, InputProblem> {
    let path = || origin.input.path();
    let failed = |error: std::io::Error| {
        InputProblem::unreadable(path(), format!("cannot be read again: {}", reason(&error)))
    };
    let store = Store::open(&origin.input.place).map_err(failed)?;
    let mut range = origin.bytes.clone();
    let whole = range.start == 0 && range.end == origin.input.length;
    if whole && let Store::File(file) = &store {
        // The file may have grown since.
        range.end = file.metadata().map_err(failed)?.len().min(WHOLE_LIMIT);
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
    let dispatch = read.ok().flatten();
    let gone = || {
        InputProblem::unreadable(
            path(),
            "changed since it was listed: this dispatch is no longer in it; start again to see it as it is",
        )
    };
    let mut dispatch = dispatch.ok_or_else(gone)?;
    if dispatch.head().item != item {
        if !whole {
            return Err(gone());
        }
        dispatch.problems.push(Problem::new(
            Severity::Note,
            "",
            "the file changed since it was listed: this is its text as it is now",
        ));
    }
    Ok(dispatch)
}
