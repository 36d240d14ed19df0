//! A block of packed entries: one row of numbers for each, all text in shared arenas, repeated texts stored once. Laid
//! out for searching, one linear pass over an arena instead of a pointer per entry.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem::Finder;

use crate::dispatch::{Role, Status, TimeSource};
use crate::index::entry::{EntryRef, NewestTime};
use crate::index::input::Input;
use crate::index::links::RareFields;

/// Maximum rows of one segment. A row has at most eight repeated texts, so 8,000 rows have fewer distinct ones than a
/// 16-bit `Symbol` can number.
pub const SEGMENT_ROWS: usize = 8_000;

/// Bits of an [`EntryId`] for the row: enough for [`SEGMENT_ROWS`].
const ROW_BITS: u32 = 13;

/// Identity of an entry while the program runs: a segment and a row in it. Stable, and never reused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

    /// Segment and row as one number. The rows of a segment are consecutive, segments are [`Self::STRIDE`] apart.
    #[must_use]
    pub fn number(self) -> usize {
        self.0 as usize
    }

    /// The inverse of [`Self::number`].
    pub(super) fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// The smallest id.
    pub const FIRST: Self = Self(0);

    /// Distance between the [`Self::number`]s of two neighbouring segments.
    pub const STRIDE: usize = 1 << ROW_BITS;

    /// Row in the segment.
    #[must_use]
    pub fn row(self) -> usize {
        (self.0 & ((1 << ROW_BITS) - 1)) as usize
    }
}

/// Number of an interned text in its segment; 0 is the empty text.
pub(super) type Symbol = u16;

/// The numbers of one entry. See the accessors of [`EntryRef`] for most of them.
#[derive(Debug, Clone)]
pub(super) struct PackedRow {
    /// Item key.
    pub(super) item: u64,
    /// Time in seconds since the epoch; `i64::MIN` if unknown.
    pub(super) seconds: i64,
    /// First byte in the input.
    pub(super) start: u64,
    /// Length in bytes.
    pub(super) length: u32,
    /// Index into [`Segment::inputs`].
    pub(super) input: u32,
    /// See [`Locator::number_in_range`](crate::index::Locator::number_in_range).
    pub(super) nth: u32,
    /// See [`Locator::index_in_part`](crate::index::Locator::index_in_part).
    pub(super) index: u32,
    pub(super) words: u32,
    /// Byte range into the item's bytes that appears unchanged in the body.
    pub(super) verbatim: (u32, u32),
    /// Start of the headline in [`Segment::headlines`].
    pub(super) headline: u32,
    /// Key of the story, 0 if nothing links it to others.
    pub(super) story: u64,
    /// Part of the hash of the raw bytes.
    pub(super) content: u32,
    pub(super) version: u16,
    pub(super) label: Symbol,
    pub(super) byline: Symbol,
    pub(super) country: Symbol,
    pub(super) language: Symbol,
    pub(super) subjects: Symbol,
    /// Minutes east of UTC.
    pub(super) utc_offset: i16,
    /// 0 if unknown.
    pub(super) urgency: u8,
    pub(super) status: Status,
    pub(super) role: Role,
    pub(super) time_source: TimeSource,
    /// [`HEADLINE_DERIVED`] and the constants below it.
    pub(super) flags: u8,
    /// Bits defined in [`crate::index::links`].
    pub(super) tie_bits: u8,
}

/// A field whose texts repeat from entry to entry, so that a segment stores each distinct text once.
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

// Bits of `PackedRow::flags`.

pub(super) const HEADLINE_DERIVED: u8 = 1;

pub(super) const EMBARGOED: u8 = 2;

pub(super) const HAS_TABLE: u8 = 4;

/// The time is a bare day, without a time of day.
pub(super) const DAY_PRECISION: u8 = 8;

/// Up to [`SEGMENT_ROWS`] entries. Built by a [`crate::index::SegmentBuilder`]; immutable.
#[derive(Debug, Default)]
pub struct Segment {
    pub(super) rows: Box<[PackedRow]>,
    /// Start of each row's folded headline in `folded_headlines`.
    pub(super) headline_starts: Box<[u32]>,
    /// Letter mask of each row's folded headline.
    pub(super) headline_masks: Box<[u64]>,
    /// Slug, place and agency of each row: apart from the rows, since they are searched most.
    pub(super) columns: Box<[[Symbol; 3]]>,
    /// Headlines as sent, each ended by a newline.
    pub(super) headlines: Box<str>,
    /// Headlines folded for search, each ended by a newline.
    pub(super) folded_headlines: Box<str>,
    /// Interned texts, as (start, middle, end) in `symbol_text`: as sent up to the middle, folded from there on.
    pub(super) symbols: Box<[(u32, u32, u32)]>,
    /// Letter mask of each folded interned text.
    pub(super) symbol_masks: Box<[u64]>,
    pub(super) symbol_text: Box<str>,
    /// Inputs of the rows, each with the number of the part that was read.
    pub(super) inputs: Box<[(Arc<Input>, u32)]>,
    /// Fields that few rows have.
    pub(super) links: RareFields,
    /// Time of the newest entry.
    pub(super) newest: Option<NewestTime>,
}

impl Segment {
    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The entry in a row.
    #[must_use]
    pub fn entry(&self, row: usize) -> Option<EntryRef<'_>> {
        self.rows.get(row).map(|packed| EntryRef::new(self, packed, row))
    }

    /// All entries, in row order.
    pub fn entries(&self) -> impl Iterator<Item = EntryRef<'_>> {
        let numbered = self.rows.iter().enumerate();
        numbered.map(|(number, row)| EntryRef::new(self, row, number))
    }

    /// The rows read from wanted inputs, each with its input. Tests each input of the segment once.
    pub fn rows_from_inputs(
        &self,
        is_wanted: impl Fn(&Arc<Input>) -> bool,
    ) -> impl Iterator<Item = (usize, &Arc<Input>)> {
        let wanted: Vec<bool> = self.inputs.iter().map(|(i, _)| is_wanted(i)).collect();
        let any = wanted.contains(&true);
        let rows = if any { &*self.rows } else { &[] };
        let numbered = rows.iter().enumerate();
        numbered
            .filter(move |(_, row)| wanted.get(row.input as usize) == Some(&true))
            .map(|(number, row)| (number, &self.inputs[row.input as usize].0))
    }

    /// All folded headlines in row order, each ended by a newline.
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

    /// The letter mask of each folded headline in row order, see [`letter_mask()`].
    #[must_use]
    pub fn masks(&self) -> &[u64] {
        &self.headline_masks
    }

    /// The row whose folded headline contains this byte offset into [`Self::folded_headlines`]. Searches from row
    /// `from` on, which must not be past it.
    #[must_use]
    pub fn row_at_byte(&self, byte: usize, from: usize) -> usize {
        gallop(&self.headline_starts, from, |&start| start as usize <= byte)
    }

    /// Byte offset in [`Self::folded_headlines`] where the next row's headline begins.
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

    /// An interned text, as sent.
    pub(super) fn text(&self, symbol: Symbol) -> &str {
        let Some(&(start, end, _)) = self.symbols.get(usize::from(symbol)) else {
            return "";
        };
        &self.symbol_text[start as usize..end as usize]
    }

    /// An interned text, folded for search.
    pub(super) fn folded_text(&self, symbol: Symbol) -> &str {
        let Some(&(_, start, end)) = self.symbols.get(usize::from(symbol)) else {
            return "";
        };
        &self.symbol_text[start as usize..end as usize]
    }

    /// Byte range of a headline in `headlines`, without its newline.
    pub(super) fn headline_range(&self, row: &PackedRow) -> Range<usize> {
        let start = row.headline as usize;
        let end = memchr::memchr(b'\n', &self.headlines.as_bytes()[start..])
            .map_or(self.headlines.len(), |n| start + n);
        start..end
    }
}

// Searching the interned texts: each distinct text is tested once, not once for every row.

impl Segment {
    /// The symbols whose text passes a test, as a flag for each symbol; `None` if there are none. The test is given the
    /// text as sent and folded, and only runs on texts with all of these `letters`, see [`required_letters`].
    pub fn symbols_matching(
        &self,
        letters: u64,
        test: impl Fn(&str, &str) -> bool,
    ) -> Option<Vec<bool>> {
        let mut passed: Option<Vec<bool>> = None;
        for (symbol, mask) in self.symbol_masks.iter().enumerate() {
            if mask & letters == letters && self.symbol_passes(symbol, &test) {
                passed.get_or_insert_with(|| vec![false; self.symbols.len()])[symbol] = true;
            }
        }
        passed
    }

    /// The symbols whose folded text contains a word and passes a test, as in [`Self::symbols_matching`]. Searches the
    /// arena in one pass, so that the test only runs on texts with the word.
    pub fn symbols_containing(
        &self,
        word: &Finder<'_>,
        test: impl Fn(&str, &str) -> bool,
    ) -> Option<Vec<bool>> {
        let arena = self.symbol_text.as_bytes();
        let mut passed: Option<Vec<bool>> = None;
        let (mut from, mut symbol) = (0, 0);
        while let Some(at) = word.find(&arena[from..]) {
            let at = from + at;
            symbol = gallop(&self.symbols, symbol, |s| s.0 as usize <= at);
            let (_, middle, end) = self.symbols[symbol];
            if at < middle as usize {
                // The match starts in the text as sent; the folded text comes after it.
                from = at + 1;
                continue;
            }
            // Texts follow each other without a separator, so a match may run into the next one.
            let within = at + word.needle().len() <= end as usize;
            if within && self.symbol_passes(symbol, &test) {
                passed.get_or_insert_with(|| vec![false; self.symbols.len()])[symbol] = true;
            }
            from = if within { end as usize } else { at + 1 };
        }
        passed
    }

    fn symbol_passes(&self, symbol: usize, test: impl Fn(&str, &str) -> bool) -> bool {
        let (start, middle, end) = self.symbols[symbol];
        let (start, middle, end) = (start as usize, middle as usize, end as usize);
        test(&self.symbol_text[start..middle], &self.symbol_text[middle..end])
    }

    /// Calls `found` with every row whose slug, place or agency is among the flagged symbols.
    pub fn for_rows_with_symbols(&self, symbols: &[bool], mut found: impl FnMut(usize)) {
        let passed = |symbol: Symbol| symbols.get(usize::from(symbol)).is_some_and(|&p| p);
        for (row, &[slug, place, agency]) in self.columns.iter().enumerate() {
            // Bitwise, so that there is one branch per row.
            if passed(slug) | passed(place) | passed(agency) {
                found(row);
            }
        }
    }

    /// Calls `found` with every row that has one of the flagged symbols in one of the columns.
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

    /// The distinct texts of a column as sent, and how many rows have each; without the empty text.
    pub fn values(&self, column: InternedColumn) -> impl Iterator<Item = (&str, usize)> {
        let mut counts = vec![0; self.symbols.len()];
        for row in 0..self.rows.len() {
            counts[usize::from(self.symbol(row, column))] += 1;
        }
        let numbered = (0..).zip(counts).skip(1);
        numbered.filter(|(_, count)| *count > 0).map(|(symbol, count)| (self.text(symbol), count))
    }
}

/// The index of the last item that passes, at or after `from`, by galloping search. All items that pass must come
/// before those that do not. Cheap if the answer is close to `from`, as in a loop over ascending positions.
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

// Letter masks: the letters of a text as 64 bits, a cheap test that rules out most texts before they are searched.
//
// Bits 0 to 25 are the letters that occur, bits 26 to 51 those that begin a word. The last twelve are shared: two
// digits to a bit, then all other bytes (punctuation, other scripts) spread over seven.

/// First bit of the letters that begin a word.
const WORD_START_SHIFT: u32 = 26;

/// First bit of everything but ASCII letters.
const OTHER_SHIFT: u32 = 52;

/// The bit of one byte of a folded text.
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

/// The mask of a folded text: which letters it contains, and which of them begin a word.
#[must_use]
pub fn letter_mask(folded: &str) -> u64 {
    let mut mask = 0;
    let mut begins = true;
    for &byte in folded.as_bytes() {
        let bits = BYTE_BITS[usize::from(byte)];
        let starts = if begins { (bits & LETTER_BITS) << WORD_START_SHIFT } else { 0 };
        mask |= bits | starts;
        // After a byte of another script, a word may begin: the mask may have a bit too many, never one too few.
        begins = !byte.is_ascii_alphanumeric();
    }
    mask
}

/// The bits of the letters that occur.
const LETTER_BITS: u64 = (1 << WORD_START_SHIFT) - 1;

/// The bits that the mask of a text must have if it contains all bytes of a folded word, in any order.
#[must_use]
pub fn required_letters(folded: &str) -> u64 {
    folded.bytes().fold(0, |mask, byte| mask | BYTE_BITS[usize::from(byte)])
}

/// As [`required_letters`], with the requirement that a word of the text begins with the same letter.
#[must_use]
pub fn required_letters_from_start(folded: &str) -> u64 {
    let first = folded.bytes().next().map_or(0, |b| BYTE_BITS[usize::from(b)]);
    required_letters(folded) | (first & LETTER_BITS) << WORD_START_SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, word: &str, holds: bool, begins: bool) {
        let mask = letter_mask(text);
        let has = |needed: u64| mask & needed == needed;
        assert_eq!(has(required_letters(word)), holds, "letters of {word} in {text}");
        assert_eq!(has(required_letters_from_start(word)), begins, "{word} begins in {text}");
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
