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
    /// Row of the table of formats.
    pub format: FormatId,
}

/// A row of the table of formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormatId(u8);

/// The whole of an input: dispatches in order and what could not be read.
#[derive(Debug, Default)]
pub struct Parsed {
    pub dispatches: Vec<Dispatch>,
    pub problems: Vec<Problem>,
}
