//! One block of packed entries: a row of numbers each, all text in shared arenas, repeated words stored once.

use std::ops::Range;
use std::sync::Arc;

use super::{EntryRef, Input, Newest};
use crate::dispatch::{Role, Status, TimeSource};

/// Most rows of one segment: its symbols then always fit into 16 bits.
pub const SEGMENT_ROWS: usize = 8_000;
const ROW_BITS: u32 = 13;

/// Identity of an entry while the program runs: segment and row in it. Never changes, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(u32);

impl EntryId {
    /// The id of a row of a segment.
    #[must_use]
    pub fn new(segment: usize, row: usize) -> Self {
        debug_assert!(row < 1 << ROW_BITS);
        Self(u32::try_from(segment << ROW_BITS | row).unwrap_or(u32::MAX))
    }

    /// Number of the segment.
    #[must_use]
    pub fn segment(self) -> usize {
        (self.0 >> ROW_BITS) as usize
    }

    /// Row in the segment.
    #[must_use]
    pub fn row(self) -> usize {
        (self.0 & ((1 << ROW_BITS) - 1)) as usize
    }
}

/// Number of a text in a segment's table of symbols; 0 is the empty text.
pub(super) type Symbol = u16;

/// The numbers of one entry.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) item: u64,
    pub(super) seconds: i64,
    pub(super) start: u64,
    pub(super) length: u32,
    pub(super) input: u32,
    pub(super) nth: u32,
    pub(super) index: u32,
    pub(super) words: u32,
    /// Start of the headline in the text arena, and of its folded form.
    pub(super) headline: u32,
    pub(super) folded: u32,
    pub(super) slug: Symbol,
    pub(super) label: Symbol,
    pub(super) byline: Symbol,
    pub(super) agency: Symbol,
    pub(super) place: Symbol,
    pub(super) country: Symbol,
    pub(super) language: Symbol,
    pub(super) subjects: Symbol,
    pub(super) offset: i16,
    pub(super) urgency: u8,
    pub(super) status: Status,
    pub(super) role: Role,
    pub(super) source: TimeSource,
    pub(super) flags: u8,
}

pub(super) const DERIVED: u8 = 1;
pub(super) const EMBARGOED: u8 = 2;
pub(super) const TABLE: u8 = 4;
pub(super) const DAY: u8 = 8;

/// Some thousand entries. Made by a [`SegmentBuilder`]; never changes.
#[derive(Debug, Default)]
pub struct Segment {
    pub(super) rows: Box<[Row]>,
    /// Headlines as sent, and folded for search; both parted by newlines.
    pub(super) headlines: Box<str>,
    pub(super) folded: Box<str>,
    /// Repeated texts as sent and folded: ranges into `words`.
    pub(super) symbols: Box<[(u32, u32, u32)]>,
    pub(super) words: Box<str>,
    pub(super) inputs: Box<[(Arc<Input>, u32)]>,
    pub(super) newest: Option<Newest>,
}

impl Segment {
    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The entry of a row.
    #[must_use]
    pub fn entry(&self, row: usize) -> Option<EntryRef<'_>> {
        self.rows.get(row).map(|row| EntryRef::new(self, row))
    }

    /// All entries in the order of the rows.
    pub fn entries(&self) -> impl Iterator<Item = EntryRef<'_>> {
        self.rows.iter().map(|row| EntryRef::new(self, row))
    }

    /// All folded headlines, each ended by a newline, in the order of the rows.
    #[must_use]
    pub fn folded_headlines(&self) -> &str {
        &self.folded
    }

    /// The row whose folded headline holds this byte of [`Self::folded_headlines`].
    #[must_use]
    pub fn row_at(&self, byte: usize) -> usize {
        self.rows
            .partition_point(|row| row.folded as usize <= byte)
            .saturating_sub(1)
    }

    /// For each symbol whether its folded text passes a test; entries are then judged by their symbols alone.
    pub fn symbols_that(&self, test: impl Fn(&str) -> bool) -> Vec<bool> {
        self.symbols
            .iter()
            .map(|&(_, start, end)| test(&self.words[start as usize..end as usize]))
            .collect()
    }

    /// The time of the newest entry.
    #[must_use]
    pub fn newest(&self) -> Option<Newest> {
        self.newest
    }

    pub(super) fn text(&self, symbol: Symbol) -> &str {
        let Some(&(start, end, _)) = self.symbols.get(usize::from(symbol)) else {
            return "";
        };
        &self.words[start as usize..end as usize]
    }

    pub(super) fn headline_range(&self, row: &Row) -> Range<usize> {
        let start = row.headline as usize;
        let end = memchr::memchr(b'\n', &self.headlines.as_bytes()[start..])
            .map_or(self.headlines.len(), |n| start + n);
        start..end
    }
}
