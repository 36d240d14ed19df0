//! One block of packed entries: a row of numbers each, all text in shared arenas, repeated words stored once.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem::Finder;

use crate::dispatch::{Role, Status, TimeSource};
use crate::index::entry::{EntryRef, NewestTime};
use crate::index::input::Input;
use crate::index::links::RareFields;

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
    /// See [`crate::index::links`].
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

/// Some thousand entries. Made by a [`crate::index::SegmentBuilder`]; never changes.
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

    /// The letters of each folded headline, see [`crate::index::segment()`].
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

// The texts of a segment that repeat: looked through once each, not once a row.

impl Segment {
    /// For each symbol that has these letters whether its text, as sent and folded, passes a test; `None` where none does.
    pub fn symbols_matching(
        &self,
        letters: u64,
        test: impl Fn(&str, &str) -> bool,
    ) -> Option<Vec<bool>> {
        let mut with: Option<Vec<bool>> = None;
        for (symbol, mask) in self.symbol_masks.iter().enumerate() {
            if mask & letters == letters && self.symbol_passes(symbol, &test) {
                with.get_or_insert_with(|| vec![false; self.symbols.len()])[symbol] = true;
            }
        }
        with
    }

    /// The same where the folded text must contain a word.
    pub fn symbols_containing(
        &self,
        word: &Finder<'_>,
        test: impl Fn(&str, &str) -> bool,
    ) -> Option<Vec<bool>> {
        let arena = self.symbol_text.as_bytes();
        let mut with: Option<Vec<bool>> = None;
        let (mut from, mut symbol) = (0, 0);
        while let Some(at) = word.find(&arena[from..]) {
            let at = from + at;
            symbol = gallop(&self.symbols, symbol, |s| s.0 as usize <= at);
            let (_, middle, end) = self.symbols[symbol];
            if at < middle as usize {
                // In the text as sent, or across its end: the folded one follows.
                from = at + 1;
                continue;
            }
            let within = at + word.needle().len() <= end as usize;
            if within && self.symbol_passes(symbol, &test) {
                with.get_or_insert_with(|| vec![false; self.symbols.len()])[symbol] = true;
            }
            from = if within { end as usize } else { at + 1 };
        }
        with
    }

    fn symbol_passes(&self, symbol: usize, test: impl Fn(&str, &str) -> bool) -> bool {
        let (start, middle, end) = self.symbols[symbol];
        let (start, middle, end) = (start as usize, middle as usize, end as usize);
        test(
            &self.symbol_text[start..middle],
            &self.symbol_text[middle..end],
        )
    }

    /// Calls back with every row that has one of the symbols as slug, place or agency.
    pub fn for_rows_with_symbols(&self, symbols: &[bool], mut found: impl FnMut(usize)) {
        let passed = |symbol: Symbol| symbols.get(usize::from(symbol)).is_some_and(|&p| p);
        for (row, &[slug, place, agency]) in self.columns.iter().enumerate() {
            if passed(slug) | passed(place) | passed(agency) {
                found(row);
            }
        }
    }

    /// Calls back with every row that has one of the symbols in one of the columns.
    pub fn for_rows_with_symbols_in(
        &self,
        symbols: &[bool],
        columns: &[InternedColumn],
        mut found: impl FnMut(usize),
    ) {
        let passed = |symbol: Symbol| symbols.get(usize::from(symbol)).is_some_and(|&p| p);
        for row in 0..self.rows.len() {
            if columns.iter().any(|&c| passed(self.symbol(row, c))) {
                found(row);
            }
        }
    }

    /// The different texts of a column, and how many rows have each.
    pub fn values(&self, column: InternedColumn) -> impl Iterator<Item = (&str, usize)> {
        let mut counts = vec![0; self.symbols.len()];
        for row in 0..self.rows.len() {
            counts[usize::from(self.symbol(row, column))] += 1;
        }
        let numbered = (0..).zip(counts).skip(1);
        numbered
            .filter(|(_, count)| *count > 0)
            .map(|(symbol, count)| (self.text(symbol), count))
    }
}

/// The last item that passes, looked for from an earlier one on: items that pass stand before those that do not.
pub(super) fn gallop<T>(items: &[T], from: usize, passes: impl Fn(&T) -> bool) -> usize {
    let mut low = from;
    let mut step = 1;
    while low + step < items.len() && passes(&items[low + step]) {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(items.len());
    let within = items[low..high].partition_point(passes);
    (low + within).saturating_sub(1)
}

// The letters of a text in 64 bits: a cheap test that a text cannot hold a word. Knows nothing of rows or queries.

/// Bits of the letters, then of the letters that begin a word; the rest is shared by digits, marks and other scripts.
const WORD_START_SHIFT: u32 = 26;

const OTHER_SHIFT: u32 = 52;

const fn byte_bits(byte: u8) -> u64 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b' ' | b'\n' => 0,
        b'0'..=b'9' => 1 << (OTHER_SHIFT + (byte - b'0') as u32 / 2),
        _ => 1 << (OTHER_SHIFT + 5 + byte as u32 % 7),
    }
}

const fn byte_table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte: u8 = 0;
    loop {
        table[byte as usize] = byte_bits(byte);
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

static BYTE_BITS: [u64; 256] = byte_table();

/// The mask of a folded text: which letters it holds, and which begin a word in it.
#[must_use]
pub fn letter_mask(folded: &str) -> u64 {
    let mut mask = 0;
    let mut begins = true;
    for &byte in folded.as_bytes() {
        let bits = BYTE_BITS[usize::from(byte)];
        let starts = if begins {
            (bits & LETTER_BITS) << WORD_START_SHIFT
        } else {
            0
        };
        mask |= bits | starts;
        // After a byte of another script a word may begin: the mask may promise too much, never too little.
        begins = !byte.is_ascii_alphanumeric();
    }
    mask
}

const LETTER_BITS: u64 = (1 << WORD_START_SHIFT) - 1;

/// The bits that a text must have to hold all bytes of a folded word, in whatever order.
#[must_use]
pub fn required_letters(folded: &str) -> u64 {
    folded
        .bytes()
        .fold(0, |mask, byte| mask | BYTE_BITS[usize::from(byte)])
}

/// The same, and a word in the text must begin as this one does.
#[must_use]
pub fn required_letters_from_start(folded: &str) -> u64 {
    let first = folded
        .bytes()
        .next()
        .map_or(0, |b| BYTE_BITS[usize::from(b)]);
    required_letters(folded) | (first & LETTER_BITS) << WORD_START_SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, word: &str, holds: bool, begins: bool) {
        let mask = letter_mask(text);
        let has = |needed: u64| mask & needed == needed;
        assert_eq!(
            has(required_letters(word)),
            holds,
            "letters of {word} in {text}"
        );
        assert_eq!(
            has(required_letters_from_start(word)),
            begins,
            "{word} begins in {text}"
        );
    }

    #[test]
    fn letters_and_starts() {
        check("kremlin says no", "kreml", true, true);
        check("the remark mil", "kreml", true, false);
        check("moscow", "kreml", false, false);
        check("(kremlin)", "kreml", true, true);
        check("at 10:30", "10:30", true, true);
        check("київ", "київ", true, true);
    }
}
