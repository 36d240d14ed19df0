//! Helpers shared by the tests of several formats.

use std::cell::Cell;

use crate::dispatch::{Dispatch, Stamp};
use crate::format::detect::parse;
use crate::format::parser::Context;
use crate::format::table::{FormatId, ParsedInput, parse_as};

/// Parses a text, detecting its format.
pub(super) fn parsed(text: &str) -> ParsedInput {
    parse(text.as_bytes(), &Context::default())
}

/// Parses a text in the format with this name, as if from a file dated 5 March 2026.
pub(super) fn parsed_as(format: &str, text: &str) -> ParsedInput {
    let ctx = Context { file_time: Stamp::parse("2026-03-05T12:00:00Z"), ..Context::default() };
    let format = FormatId::from_name(format).unwrap_or(FormatId::PLAIN);
    parse_as(format, text.as_bytes(), &ctx)
}

/// The first dispatch of a parsed input.
pub(super) fn first(parsed: ParsedInput) -> Dispatch {
    parsed.dispatches.into_iter().next().unwrap_or_default()
}

/// The first dispatch of a text, detecting its format.
pub(super) fn one(text: &str) -> Dispatch {
    first(parsed(text))
}

thread_local! {
    /// Bytes that readers on this thread have looked at.
    static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
}

/// Counts bytes that a reader looks at.
pub(super) fn look_at(count: usize) {
    LOOKED_AT.with(|sum| sum.set(sum.get() + count as u64));
}

/// The number of bytes that readers look at while a function runs.
pub(super) fn bytes_looked_at(run: impl FnOnce()) -> u64 {
    let before = LOOKED_AT.with(Cell::get);
    run();
    LOOKED_AT.with(Cell::get) - before
}
