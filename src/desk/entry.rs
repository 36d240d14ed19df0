//! One entry read from its segment: the texts and numbers behind a packed row.

use std::ops::Range;
use std::sync::Arc;

use super::segment::{DAY_PRECISION, EMBARGOED, HAS_TABLE, HEADLINE_DERIVED, PackedRow, Segment};
use super::{Input, InternedColumn, ItemOrigin};
use crate::dispatch::{Precision, Role, Stamp, Status, TimeSource, Urgency};

/// One entry, read from its segment.
#[derive(Clone, Copy, Debug)]
pub struct EntryRef<'a> {
    pub(super) segment: &'a Segment,
    pub(super) row: &'a PackedRow,
    pub(super) row_index: usize,
    /// What the desk knows of it, see [`super::stories::flag`].
    pub(super) flags: u8,
}

impl<'a> EntryRef<'a> {
    pub(super) fn new(segment: &'a Segment, row: &'a PackedRow, number: usize) -> Self {
        Self {
            segment,
            row,
            row_index: number,
            flags: 0,
        }
    }

    pub(super) fn with_flags(self, flags: u8) -> Self {
        Self { flags, ..self }
    }

    /// Hashed identity of the version, see [`crate::dispatch::head::item_key`].
    #[must_use]
    pub fn item_key(self) -> u64 {
        self.row.item
    }

    #[must_use]
    pub fn headline(self) -> &'a str {
        &self.segment.headlines[self.segment.headline_range(self.row)]
    }

    /// The headline folded for search.
    #[must_use]
    pub fn folded_headline(self) -> &'a str {
        self.segment.folded_headline(self.row_index)
    }

    /// The letters of the folded headline, see [`super::letter_mask()`].
    #[must_use]
    pub fn letter_mask(self) -> u64 {
        self.segment.masks()[self.row_index]
    }

    /// True where the headline was taken from the lead.
    #[must_use]
    pub fn is_headline_derived(self) -> bool {
        self.row.flags & HEADLINE_DERIVED != 0
    }

    #[must_use]
    pub fn slug(self) -> &'a str {
        self.column(InternedColumn::Slug)
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
        self.column(InternedColumn::Agency)
    }

    #[must_use]
    pub fn place(self) -> &'a str {
        self.column(InternedColumn::Place)
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

    /// One of its repeated texts, as sent.
    #[must_use]
    pub fn column(self, column: InternedColumn) -> &'a str {
        self.segment
            .text(self.segment.symbol(self.row_index, column))
    }

    /// The same folded.
    #[must_use]
    pub fn folded_column(self, column: InternedColumn) -> &'a str {
        self.segment
            .folded_text(self.segment.symbol(self.row_index, column))
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
    pub fn is_embargoed(self) -> bool {
        self.row.flags & EMBARGOED != 0
    }

    /// True where the body holds a table.
    #[must_use]
    pub fn has_table(self) -> bool {
        self.row.flags & HAS_TABLE != 0
    }

    /// What lists sort by.
    #[must_use]
    pub fn time(self) -> Option<Stamp> {
        let precision = if self.row.flags & DAY_PRECISION != 0 {
            Precision::Day
        } else {
            Precision::Second
        };
        let stamp = Stamp {
            seconds: self.row.seconds,
            offset_minutes: self.row.utc_offset,
            precision,
        };
        (self.row.seconds != i64::MIN).then_some(stamp)
    }

    #[must_use]
    pub fn time_source(self) -> TimeSource {
        self.row.time_source
    }

    #[must_use]
    pub fn words(self) -> u32 {
        self.row.words
    }

    /// Where its bytes lie in its input.
    #[must_use]
    pub fn bytes(self) -> Range<u64> {
        self.row.start..self.row.start + u64::from(self.row.length)
    }

    /// The part of its bytes that stands in the body as it is, see [`crate::format::Found::verbatim`].
    #[must_use]
    pub fn verbatim(self) -> Range<usize> {
        self.row.verbatim.0 as usize..self.row.verbatim.1 as usize
    }

    /// Where its text lies.
    #[must_use]
    pub fn origin(self) -> Option<ItemOrigin> {
        let (input, part) = self.segment.inputs.get(self.row.input as usize)?;
        Some(ItemOrigin {
            input: Arc::clone(input),
            bytes: self.bytes(),
            number_in_range: self.row.nth,
            index_in_part: self.row.index,
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
    pub fn position_in_input(self) -> (u64, u32) {
        (self.row.start, self.row.nth)
    }
}

/// The time of the newest of some entries. One that the wire gave counts for more than any date of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewestTime {
    pub is_from_wire: bool,
    pub stamp: Stamp,
}

impl NewestTime {
    pub(super) fn from_entry(entry: EntryRef<'_>) -> Option<Self> {
        let of_wire = entry.time_source() != TimeSource::File;
        let stamp = entry.time()?;
        Some(Self {
            is_from_wire: of_wire,
            stamp,
        })
    }
}
