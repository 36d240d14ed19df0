//! One block of packed entries: a row of numbers each, all text in shared arenas, repeated words stored once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{Input, Origin};
use crate::dispatch::{Head, Precision, Role, Stamp, Status, TimeSource, Urgency};
use crate::format::Found;
use crate::text::fold_into;

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
type Symbol = u16;

/// The numbers of one entry.
#[derive(Debug, Clone)]
struct Row {
    item: u64,
    seconds: i64,
    start: u64,
    length: u32,
    input: u32,
    nth: u32,
    index: u32,
    words: u32,
    /// Start of the headline in the text arena, and of its folded form.
    headline: u32,
    folded: u32,
    slug: Symbol,
    label: Symbol,
    byline: Symbol,
    agency: Symbol,
    place: Symbol,
    country: Symbol,
    language: Symbol,
    subjects: Symbol,
    offset: i16,
    urgency: u8,
    status: Status,
    role: Role,
    source: TimeSource,
    flags: u8,
}

const DERIVED: u8 = 1;
const EMBARGOED: u8 = 2;
const TABLE: u8 = 4;
const DAY: u8 = 8;

/// Some thousand entries. Made by a [`SegmentBuilder`]; never changes.
#[derive(Debug, Default)]
pub struct Segment {
    rows: Box<[Row]>,
    /// Headlines as sent, and folded for search; both parted by newlines.
    headlines: Box<str>,
    folded: Box<str>,
    /// Repeated texts as sent and folded: ranges into `words`.
    symbols: Box<[(u32, u32, u32)]>,
    words: Box<str>,
    inputs: Box<[(Arc<Input>, u32)]>,
    newest: Option<i64>,
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
            .map(|row| EntryRef { segment: self, row })
    }

    /// All entries in the order of the rows.
    pub fn entries(&self) -> impl Iterator<Item = EntryRef<'_>> {
        self.rows.iter().map(|row| EntryRef { segment: self, row })
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

    /// Seconds of the newest entry with a time.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        self.newest
    }

    fn text(&self, symbol: Symbol) -> &str {
        let Some(&(start, end, _)) = self.symbols.get(usize::from(symbol)) else {
            return "";
        };
        &self.words[start as usize..end as usize]
    }

    fn headline_range(&self, row: &Row) -> Range<usize> {
        let start = row.headline as usize;
        let end = memchr::memchr(b'\n', &self.headlines.as_bytes()[start..])
            .map_or(self.headlines.len(), |n| start + n);
        start..end
    }
}

/// One entry, read from its segment.
#[derive(Clone, Copy, Debug)]
pub struct EntryRef<'a> {
    segment: &'a Segment,
    row: &'a Row,
}

impl<'a> EntryRef<'a> {
    /// Hashed identity of the version, see [`crate::dispatch::head::item_key`].
    #[must_use]
    pub fn item(self) -> u64 {
        self.row.item
    }

    #[must_use]
    pub fn headline(self) -> &'a str {
        &self.segment.headlines[self.segment.headline_range(self.row)]
    }

    /// The headline folded for search.
    #[must_use]
    pub fn folded_headline(self) -> &'a str {
        let rest = &self.segment.folded[self.row.folded as usize..];
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    /// True where the headline was taken from the lead.
    #[must_use]
    pub fn headline_derived(self) -> bool {
        self.row.flags & DERIVED != 0
    }

    #[must_use]
    pub fn slug(self) -> &'a str {
        self.segment.text(self.row.slug)
    }

    #[must_use]
    pub fn label(self) -> &'a str {
        self.segment.text(self.row.label)
    }

    #[must_use]
    pub fn byline(self) -> &'a str {
        self.segment.text(self.row.byline)
    }

    #[must_use]
    pub fn agency(self) -> &'a str {
        self.segment.text(self.row.agency)
    }

    #[must_use]
    pub fn place(self) -> &'a str {
        self.segment.text(self.row.place)
    }

    #[must_use]
    pub fn country(self) -> &'a str {
        self.segment.text(self.row.country)
    }

    #[must_use]
    pub fn language(self) -> &'a str {
        self.segment.text(self.row.language)
    }

    #[must_use]
    pub fn subjects(self) -> &'a str {
        self.segment.text(self.row.subjects)
    }

    /// Whether one of slug, place and agency is among the symbols of [`Segment::symbols_that`].
    #[must_use]
    pub fn has_symbol(self, passed: &[bool]) -> bool {
        [self.row.slug, self.row.place, self.row.agency]
            .iter()
            .any(|&s| passed.get(usize::from(s)).copied().unwrap_or(false))
    }

    #[must_use]
    pub fn urgency(self) -> Option<Urgency> {
        Urgency::new(self.row.urgency)
    }

    #[must_use]
    pub fn status(self) -> Status {
        self.row.status
    }

    #[must_use]
    pub fn role(self) -> Role {
        self.row.role
    }

    #[must_use]
    pub fn embargoed(self) -> bool {
        self.row.flags & EMBARGOED != 0
    }

    /// True where the body holds a table.
    #[must_use]
    pub fn has_table(self) -> bool {
        self.row.flags & TABLE != 0
    }

    /// What lists sort by.
    #[must_use]
    pub fn time(self) -> Option<Stamp> {
        let precision = if self.row.flags & DAY != 0 {
            Precision::Day
        } else {
            Precision::Second
        };
        let stamp = Stamp {
            seconds: self.row.seconds,
            offset: self.row.offset,
            precision,
        };
        (self.row.seconds != i64::MIN).then_some(stamp)
    }

    #[must_use]
    pub fn time_source(self) -> TimeSource {
        self.row.source
    }

    #[must_use]
    pub fn words(self) -> u32 {
        self.row.words
    }

    /// Where its text lies.
    #[must_use]
    pub fn origin(self) -> Option<Origin> {
        let (input, part) = self.segment.inputs.get(self.row.input as usize)?;
        Some(Origin {
            input: Arc::clone(input),
            bytes: self.row.start..self.row.start + u64::from(self.row.length),
            nth: self.row.nth,
            index: self.row.index,
            part: *part,
        })
    }

    /// The input that it came from.
    #[must_use]
    pub fn input(self) -> Option<&'a Arc<Input>> {
        self.segment
            .inputs
            .get(self.row.input as usize)
            .map(|(input, _)| input)
    }

    /// Position within its input, for ordering: start byte, then number.
    #[must_use]
    pub fn position(self) -> (u64, u32) {
        (self.row.start, self.row.nth)
    }
}

/// Collects entries into a segment.
#[derive(Debug)]
pub struct SegmentBuilder {
    rows: Vec<Row>,
    headlines: String,
    folded: String,
    words: String,
    symbols: Vec<(u32, u32, u32)>,
    known: HashMap<Box<str>, Symbol, RandomState>,
    inputs: Vec<(Arc<Input>, u32)>,
}

impl Default for SegmentBuilder {
    fn default() -> Self {
        let symbols = vec![(0, 0, 0)];
        Self {
            rows: Vec::new(),
            headlines: String::new(),
            folded: String::new(),
            words: String::new(),
            symbols,
            known: HashMap::default(),
            inputs: Vec::new(),
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // Arenas of a segment stay far below 4 GiB: 8,000 rows of limited texts.
fn at(position: usize) -> u32 {
    position as u32
}

impl SegmentBuilder {
    /// Number of entries so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True before the first entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// True when no further entry may be added: take the segment with [`Self::finish`].
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.rows.len() >= SEGMENT_ROWS
    }

    /// Names the input (and which part of it) that the following entries come from.
    pub fn begin_input(&mut self, input: &Arc<Input>, part: u32) {
        self.inputs.push((Arc::clone(input), part));
    }

    fn symbol(&mut self, text: &str) -> Symbol {
        if text.is_empty() {
            return 0;
        }
        if let Some(&symbol) = self.known.get(text) {
            return symbol;
        }
        let symbol = Symbol::try_from(self.symbols.len()).unwrap_or(0);
        let start = self.words.len();
        self.words.push_str(text);
        let middle = self.words.len();
        fold_into(text, &mut self.words);
        self.symbols
            .push((at(start), at(middle), at(self.words.len())));
        self.known.insert(text.into(), symbol);
        symbol
    }

    fn headline(&mut self, text: &Cow<'_, str>) -> (u32, u32) {
        let starts = (at(self.headlines.len()), at(self.folded.len()));
        if text.contains('\n') {
            let line = text.replace('\n', " ");
            self.headlines.push_str(&line);
            fold_into(&line, &mut self.folded);
        } else {
            self.headlines.push_str(text);
            fold_into(text, &mut self.folded);
        }
        self.headlines.push('\n');
        self.folded.push('\n');
        starts
    }

    /// Adds one dispatch of the input named last. A full builder must be finished first.
    pub fn push(&mut self, found: &Found<'_>) {
        let head: &Head<'_> = &found.head;
        let (headline, folded) = self.headline(&head.headline);
        let mut flags = 0;
        for (set, flag) in [
            (head.headline_derived, DERIVED),
            (head.embargoed, EMBARGOED),
            (head.table, TABLE),
        ] {
            flags |= if set { flag } else { 0 };
        }
        if head.time.is_some_and(|t| t.precision == Precision::Day) {
            flags |= DAY;
        }
        let row = Row {
            item: head.item,
            seconds: head.time.map_or(i64::MIN, |t| t.seconds),
            start: found.bytes.start,
            length: u32::try_from(found.bytes.end.saturating_sub(found.bytes.start))
                .unwrap_or(u32::MAX),
            input: at(self.inputs.len().saturating_sub(1)),
            nth: found.nth,
            index: found.index,
            words: head.words,
            headline,
            folded,
            slug: self.symbol(&head.slug),
            label: self.symbol(&head.label),
            byline: self.symbol(&head.byline),
            agency: self.symbol(&head.agency),
            place: self.symbol(&head.place),
            country: self.symbol(&head.country),
            language: self.symbol(&head.language),
            subjects: self.symbol(&head.subjects),
            offset: head.time.map_or(0, |t| t.offset),
            urgency: head.urgency.map_or(0, Urgency::value),
            status: head.status,
            role: head.role,
            source: head.time_source,
            flags,
        };
        self.rows.push(row);
    }

    /// The segment so far; the builder begins anew with the input named last.
    pub fn finish(&mut self) -> Segment {
        let last = self.inputs.last().cloned();
        let done = std::mem::take(self);
        self.inputs.extend(last);
        let newest = done
            .rows
            .iter()
            .map(|r| r.seconds)
            .filter(|&s| s != i64::MIN)
            .max();
        Segment {
            rows: done.rows.into(),
            headlines: done.headlines.into(),
            folded: done.folded.into(),
            symbols: done.symbols.into(),
            words: done.words.into(),
            inputs: done.inputs.into(),
            newest,
        }
    }
}
