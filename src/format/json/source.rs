//! The text that JSON objects are read from, and where each of them lies in the input.

use std::ops::Range;

use super::pages::find_item_array;
use super::token::Value;
use crate::format::dateline::DatelineCache;
use crate::format::draft::Draft;
use crate::format::encoding::{self, Decoded};
use crate::format::{Context, Detail};

/// The text that objects are read from.
pub(super) struct ObjectSource<'a> {
    pub decoded: Decoded<'a>,
    /// The bytes it was decoded from.
    pub bytes: &'a [u8],
    /// Where they begin.
    pub start: u64,
    pub want: Detail,
    pub ctx: &'a Context,
    pub dialect: Dialect,
    /// Datelines of objects before.
    pub datelines: &'a DatelineCache,
}

/// What the objects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Names that most services use.
    Generic,
    Ninjs,
    /// Items of a JSON Feed, which the feed says something of.
    Feed,
}

impl<'a> ObjectSource<'a> {
    pub(super) fn new(
        dialect: Dialect,
        (bytes, start): (&'a [u8], u64),
        want: Detail,
        ctx: &'a Context,
        datelines: &'a DatelineCache,
    ) -> Self {
        let decoded = encoding::decode(bytes);
        Self {
            decoded,
            bytes,
            start,
            want,
            ctx,
            dialect,
            datelines,
        }
    }

    /// A draft of the object with this text.
    pub(super) fn draft(&self, format: &'static str, raw: &str) -> Draft<'a> {
        let mut draft = Draft::new(format, raw.as_bytes(), self.want, self.ctx);
        draft.dispatch.encoding = self.decoded.encoding;
        draft.dateline_cache = Some(self.datelines);
        let problem = self.decoded.problem.clone();
        draft.dispatch.problems.extend(problem);
        draft
    }

    /// Where an object lies: its own bytes where the text is the bytes as they are, else the whole input and its number.
    /// An object that would be taken for a list of items by itself is found through the whole input too.
    pub(super) fn locate_object(
        &self,
        raw: &str,
        nth: u32,
        members: &[(&str, Value<'_>)],
    ) -> (Range<u64>, u32) {
        let whole = self.start..self.start + self.bytes.len() as u64;
        let at = (raw.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        let same = self.bytes.get(at..at.saturating_add(raw.len()));
        let alone = self.dialect != Dialect::Feed;
        let own = alone && same.is_some_and(|bytes| std::ptr::eq(bytes.as_ptr(), raw.as_ptr()));
        if !own
            || nth == 0 && raw.len() == self.bytes.len()
            || find_item_array(self.dialect, members).is_some()
        {
            return (whole, nth);
        }
        let start = self.start + at as u64;
        (start..start + raw.len() as u64, 0)
    }
}
