//! From bytes to dispatches: the table of wire formats, and the two sizes in which each is read.

use std::ops::Range;

use crate::dispatch::{Dispatch, Head, Problem, Stamp};

/// What a parser may know of the input besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// The date of the file, if any: the last source of a time, and what a dateline without a year is completed from.
    pub file_time: Option<Stamp>,
    /// Number of the first dispatch and offset of the first byte, where the bytes are a part of a larger input.
    pub first_index: u32,
    pub first_byte: u64,
}

/// One dispatch found by [`Scan`]: its head and where its bytes lie in the input.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    pub head: Head<'a>,
    /// Byte range into the whole input.
    pub bytes: Range<u64>,
    /// Which dispatch of the input it is, 0-based.
    pub index: u32,
    /// Number of the dispatch within its own byte range.
    pub nth: u32,
    /// Row of the table of formats.
    pub format: FormatId,
}

/// A row of the table of formats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatId(u8);

/// The whole of an input: dispatches in order and what could not be read.
#[derive(Debug, Default)]
pub struct Parsed {
    pub dispatches: Vec<Dispatch>,
    pub problems: Vec<Problem>,
}

/// One row of the table of formats.
#[derive(Debug)]
pub struct Format {
    /// Name in records.
    pub name: &'static str,
    /// True where each line is an item of its own: such an input may be cut at newlines and read in parts.
    pub lines: bool,
}

/// The table of formats.
pub const FORMATS: &[Format] = &[
    Format {
        name: "plain",
        lines: false,
    },
    Format {
        name: "json",
        lines: true,
    },
];

impl FormatId {
    /// Its row of the table.
    #[must_use]
    pub fn row(self) -> &'static Format {
        &FORMATS[usize::from(self.0) % FORMATS.len()]
    }
}

/// stub
pub fn detect(_bytes: &[u8]) -> Result<FormatId, Problem> {
    Ok(FormatId(0))
}

/// stub
pub fn scan(
    _format: FormatId,
    _bytes: &[u8],
    _ctx: &Context,
    _sink: &mut dyn FnMut(Found<'_>),
) -> Vec<Problem> {
    Vec::new()
}

/// stub
pub fn read(_format: FormatId, _bytes: &[u8], _nth: u32, _ctx: &Context) -> Option<Dispatch> {
    None
}

/// stub
pub fn is_utf8_sample(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|e| e.error_len().is_none(), |_| true)
}
