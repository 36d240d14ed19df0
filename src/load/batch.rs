//! Bytes of an input that are scanned at once.

use std::ops::Range;

/// Bytes that are scanned at once.
pub(super) struct InputSlice<'a> {
    pub(super) bytes: &'a [u8],
    /// Which part of the input they are.
    pub(super) part: u32,
    /// Where they begin in the bytes that the input's place holds.
    pub(super) offset: u64,
}

impl<'a> InputSlice<'a> {
    /// A whole input.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            part: 0,
            offset: 0,
        }
    }

    /// The bytes of a range of the input.
    pub(super) fn bytes_in(&self, range: &Range<u64>) -> &'a [u8] {
        let at =
            |byte: u64| usize::try_from(byte.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        self.bytes
            .get(at(range.start)..at(range.end))
            .unwrap_or_default()
    }
}
