//! From bytes to dispatches: the table of wire formats, and the two sizes in which each is read.

mod anpa;
mod blocks;
mod clock;
mod content;
mod cut;
mod dateline;
mod days;
mod detect;
mod draft;
mod embargo;
mod encoding;
mod feed;
mod fields;
mod finish;
mod forced;
mod frames;
mod id;
mod iptc;
mod json;
mod label;
mod lead;
mod mail;
mod markup;
mod newsml1;
mod newsml_g2;
mod nitf;
mod orders;
mod page;
mod plain;
mod rails;
mod ritzau;
mod sgml;
mod table;
mod trailer;
mod when;
mod words;
mod xml;
mod zczc;

use std::ops::Range;

use crate::dispatch::{Dispatch, Head, Problem, Severity, Stamp};
pub use cut::RecordBoundary;
use detect::Sample;
use draft::{ItemSink, ParsedItem};
pub use forced::{RequestedFormat, detect_as};
pub use id::FormatId;
pub use table::{FORMATS, Format};

/// What a parser may know of the input besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// The date of the file, if any: the last source of a time, and what a dateline without a year is completed from.
    pub file_time: Option<Stamp>,
    /// Number of the first dispatch, where the bytes are a part of a larger input.
    pub first_index: u32,
    /// Offset of the first byte, where the bytes are a part of a larger input.
    pub first_byte: u64,
}

/// One dispatch found by [`scan`]: its head and where its bytes lie in the input.
#[derive(Debug, Clone)]
pub struct ScannedItem<'a> {
    pub head: Head<'a>,
    /// Byte range into the whole input: what [`read_item`] takes.
    pub byte_range: Range<u64>,
    /// Which dispatch of its byte range it is: ascending, 0 for the first or only one, else whatever [`read_item`] finds it by.
    pub number: u32,
    /// Byte range into its own bytes (those of [`Found::byte_range`]) that stands in the body as it is, the escapes of JSON
    /// aside: what is found in it is found in the body. Empty where none is known to.
    pub verbatim_range: Range<u32>,
    /// Which dispatch of the input it is, 0-based.
    pub index: u32,
    /// Row of the table of formats.
    pub format: FormatId,
}

/// The whole of an input: dispatches in order and what could not be read.
#[derive(Debug, Default)]
pub struct ParsedInput {
    pub dispatches: Vec<Dispatch>,
    pub problems: Vec<Problem>,
}

/// How much of a dispatch is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// What a head holds; no body, no further fields.
    Head,
    /// Everything.
    Full,
}

/// Finds the format of an input by its first 64 KiB.
///
/// # Errors
/// A sentence where the input holds nothing, is not text, or is in a format that is known by its looks but not read yet.
pub fn detect(bytes: &[u8]) -> Result<FormatId, Problem> {
    let sample = Sample::new(bytes);
    if let Some(refusal) = detect::refusal_reason(&sample) {
        return Err(Problem::new(Severity::Unreadable, "", refusal));
    }
    Ok(FormatId::all()
        .find(|id| (id.row().recognises)(&sample))
        .unwrap_or(FormatId::PLAIN))
}

/// Reads all dispatches of an input whose format is found by its bytes. Never fails: see [`Parsed::problems`].
#[must_use]
pub fn parse(bytes: &[u8], ctx: &Context) -> ParsedInput {
    match detect(bytes) {
        Ok(format) => parse_as(format, bytes, ctx),
        Err(problem) => ParsedInput {
            dispatches: Vec::new(),
            problems: vec![problem],
        },
    }
}

/// Reads all dispatches of an input in a given format.
#[must_use]
pub fn parse_as(format: FormatId, bytes: &[u8], ctx: &Context) -> ParsedInput {
    let mut dispatches = Vec::new();
    let mut push = |_, item: ParsedItem| dispatches.push(item.dispatch);
    let problems =
        (format.row().parse_items)(bytes, Detail::Full, ctx, &mut ItemSink::all(&mut push));
    ParsedInput {
        dispatches,
        problems,
    }
}

/// Reads the heads of all dispatches, without building their bodies. The heads equal those of [`parse_as`].
pub fn scan(
    format: FormatId,
    bytes: &[u8],
    ctx: &Context,
    sink: &mut dyn FnMut(ScannedItem<'_>),
) -> Vec<Problem> {
    let mut index = ctx.first_index;
    let mut push = |_, item: ParsedItem| {
        sink(ScannedItem {
            head: item.dispatch.into_head(item.word_count, item.has_table),
            byte_range: ctx.first_byte + item.bytes.start..ctx.first_byte + item.bytes.end,
            number: item.number,
            verbatim_range: item.verbatim_range,
            index,
            format,
        });
        index = index.saturating_add(1);
    };
    (format.row().parse_items)(bytes, Detail::Head, ctx, &mut ItemSink::all(&mut push))
}

/// Reads one found dispatch again: `bytes` are those of [`Found::byte_range`]. `None` where they hold no such dispatch (any more).
#[must_use]
pub fn read_item(format: FormatId, bytes: &[u8], nth: u32, ctx: &Context) -> Option<Dispatch> {
    let mut found = None;
    read_items(format, bytes, &[nth], ctx, &mut |_, dispatch| {
        found = Some(dispatch);
    });
    found
}

/// Reads several found dispatches of the same bytes again, in one go: `nths` are their [`Found::number`], ascending. What
/// is no longer there is left out.
pub fn read_items(
    format: FormatId,
    bytes: &[u8],
    nths: &[u32],
    ctx: &Context,
    take: &mut dyn FnMut(u32, Dispatch),
) {
    let mut push = |number, item: ParsedItem| take(number, item.dispatch);
    (format.row().parse_items)(
        bytes,
        Detail::Full,
        ctx,
        &mut ItemSink::numbered(nths, &mut push),
    );
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
