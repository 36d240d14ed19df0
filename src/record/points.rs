//! Positions as records have them: Unicode code points, not bytes.

use std::ops::Range;

use serde::Serialize;

/// A range of code points.
#[derive(Debug, Serialize)]
pub struct CodePointSpan {
    pub start: usize,
    pub end: usize,
}

/// Number of code points before a byte of a text, counted on from the last one asked for.
pub(super) struct CodePointCounter<'a> {
    text: &'a str,
    byte: usize,
    points: usize,
}

impl<'a> CodePointCounter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            points: 0,
        }
    }

    pub(super) fn count_before(&mut self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let count = |from: usize, to: usize| {
            self.text.as_bytes()[from..to]
                .iter()
                .filter(|&&b| b & 0xc0 != 0x80)
                .count()
        };
        self.points = if byte >= self.byte {
            self.points + count(self.byte, byte)
        } else {
            self.points - count(byte, self.byte)
        };
        self.byte = byte;
        self.points
    }

    /// A range of bytes as code points.
    pub(super) fn span(&mut self, bytes: &Range<usize>) -> CodePointSpan {
        CodePointSpan {
            start: self.count_before(bytes.start),
            end: self.count_before(bytes.end),
        }
    }
}
