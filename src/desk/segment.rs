//! One block of packed entries: a row of numbers each, all text in shared arenas, repeated words stored once.

use std::ops::Range;
use std::sync::Arc;

use super::links::RareFields;
use super::symbols::gallop;
use super::{EntryRef, Input, NewestTime};
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

    /// Segment and row as one number: rows of one segment follow each other, segments are [`Self::STRIDE`] apart.
    #[must_use]
    pub fn number(self) -> usize {
        self.0 as usize
    }

    /// The id of such a number.
    pub(super) fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// The first of all.
    pub const FIRST: Self = Self(0);

    /// Numbers from one segment to the next.
    pub const STRIDE: usize = 1 << ROW_BITS;

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
pub(super) struct PackedRow {
    pub(super) item: u64,
    pub(super) seconds: i64,
    pub(super) start: u64,
    pub(super) length: u32,
    pub(super) input: u32,
    pub(super) nth: u32,
    pub(super) index: u32,
    pub(super) words: u32,
    /// Byte range into its bytes that stands in the body as it is.
    pub(super) verbatim: (u32, u32),
    /// Start of the headline in the text arena.
    pub(super) headline: u32,
    /// Key of the story, 0 where nothing joins it to others.
    pub(super) story: u64,
    pub(super) content: u32,
    pub(super) version: u16,
    pub(super) label: Symbol,
    pub(super) byline: Symbol,
    pub(super) country: Symbol,
    pub(super) language: Symbol,
    pub(super) subjects: Symbol,
    pub(super) utc_offset: i16,
    pub(super) urgency: u8,
    pub(super) status: Status,
    pub(super) role: Role,
    pub(super) time_source: TimeSource,
    pub(super) flags: u8,
    /// See [`super::links`].
    pub(super) tie_bits: u8,
}

/// The texts of an entry that repeat, and so are stored once in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InternedColumn {
    Slug,
    Byline,
    Agency,
    Place,
    Country,
    Language,
    Subjects,
}

pub(super) const HEADLINE_DERIVED: u8 = 1;
pub(super) const EMBARGOED: u8 = 2;
pub(super) const HAS_TABLE: u8 = 4;
pub(super) const DAY_PRECISION: u8 = 8;

/// Some thousand entries. Made by a [`super::SegmentBuilder`]; never changes.
#[derive(Debug, Default)]
pub struct Segment {
    pub(super) rows: Box<[PackedRow]>,
    /// Start of each folded headline in `folded_headlines`, and its letters.
    pub(super) headline_starts: Box<[u32]>,
    pub(super) headline_masks: Box<[u64]>,
    /// Slug, place and agency of each row, which are searched most.
    pub(super) columns: Box<[[Symbol; 3]]>,
    /// Headlines as sent, and folded for search; both parted by newlines.
    pub(super) headlines: Box<str>,
    pub(super) folded_headlines: Box<str>,
    /// Repeated texts as sent and folded: ranges into `symbol_text`.
    pub(super) symbols: Box<[(u32, u32, u32)]>,
    /// The letters of each.
    pub(super) symbol_masks: Box<[u64]>,
    pub(super) symbol_text: Box<str>,
    pub(super) inputs: Box<[(Arc<Input>, u32)]>,
    pub(super) links: RareFields,
    pub(super) newest: Option<NewestTime>,
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
        self.rows
            .get(row)
            .map(|packed| EntryRef::new(self, packed, row))
    }

    /// All entries in the order of the rows.
    pub fn entries(&self) -> impl Iterator<Item = EntryRef<'_>> {
        let numbered = self.rows.iter().enumerate();
        numbered.map(|(number, row)| EntryRef::new(self, row, number))
    }

    /// The rows that come from some of the inputs, and from which.
    pub fn rows_from_inputs(
        &self,
        is_wanted: impl Fn(&Arc<Input>) -> bool,
    ) -> impl Iterator<Item = (usize, &Arc<Input>)> {
        let wanted: Vec<bool> = self.inputs.iter().map(|(i, _)| is_wanted(i)).collect();
        let some = wanted.contains(&true);
        let rows = if some { &*self.rows } else { &[] };
        let numbered = rows.iter().enumerate();
        numbered
            .filter(move |(_, row)| wanted.get(row.input as usize) == Some(&true))
            .map(|(number, row)| (number, &self.inputs[row.input as usize].0))
    }

    /// All folded headlines, each ended by a newline, in the order of the rows.
    #[must_use]
    pub fn folded_headlines(&self) -> &str {
        &self.folded_headlines
    }

    /// The folded headline of a row.
    #[must_use]
    pub fn folded_headline(&self, row: usize) -> &str {
        let start = self.headline_starts[row] as usize;
        let next = self.headline_starts.get(row + 1);
        let end = next.map_or(self.folded_headlines.len(), |&next| next as usize);
        &self.folded_headlines[start..end - 1]
    }

    /// The letters of each folded headline, see [`super::mask()`].
    #[must_use]
    pub fn masks(&self) -> &[u64] {
        &self.headline_masks
    }

    /// The row whose folded headline holds this byte of [`Self::folded_headlines`], looked for from an earlier row on.
    #[must_use]
    pub fn row_at_byte(&self, byte: usize, from: usize) -> usize {
        gallop(&self.headline_starts, from, |&start| start as usize <= byte)
    }

    /// Where the next row's folded headline begins.
    #[must_use]
    pub fn row_end_byte(&self, row: usize) -> usize {
        let next = self.headline_starts.get(row + 1);
        next.map_or(self.folded_headlines.len(), |&next| next as usize)
    }

    pub(super) fn symbol(&self, row: usize, column: InternedColumn) -> Symbol {
        match column {
            InternedColumn::Slug => self.columns[row][0],
            InternedColumn::Place => self.columns[row][1],
            InternedColumn::Agency => self.columns[row][2],
            InternedColumn::Byline => self.rows[row].byline,
            InternedColumn::Country => self.rows[row].country,
            InternedColumn::Language => self.rows[row].language,
            InternedColumn::Subjects => self.rows[row].subjects,
        }
    }

    /// The time of the newest entry.
    #[must_use]
    pub fn newest(&self) -> Option<NewestTime> {
        self.newest
    }

    pub(super) fn text(&self, symbol: Symbol) -> &str {
        let Some(&(start, end, _)) = self.symbols.get(usize::from(symbol)) else {
            return "";
        };
        &self.symbol_text[start as usize..end as usize]
    }

    pub(super) fn folded_text(&self, symbol: Symbol) -> &str {
        let Some(&(_, start, end)) = self.symbols.get(usize::from(symbol)) else {
            return "";
        };
        &self.symbol_text[start as usize..end as usize]
    }

    pub(super) fn headline_range(&self, row: &PackedRow) -> Range<usize> {
        let start = row.headline as usize;
        let end = memchr::memchr(b'\n', &self.headlines.as_bytes()[start..])
            .map_or(self.headlines.len(), |n| start + n);
        start..end
    }
}
