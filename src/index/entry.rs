//! One entry read from its segment: its texts and numbers, what joins it to others, and its status among them.

use std::ops::Range;
use std::sync::Arc;

use crate::dispatch::{
    Precision, RelationKind, Role, Stamp, Status, TimeSource, Urgency, relations,
};
use crate::index::input::{Input, ItemOrigin};
use crate::index::links::{ADDS, LABELLED, NAMED, PackedName, REVISED, TITLED, WIDE};
use crate::index::segment::{
    DAY_PRECISION, EMBARGOED, HAS_TABLE, HEADLINE_DERIVED, InternedColumn, PackedRow, Segment,
};
use crate::index::story_status::status_flag;

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

    /// Hashed identity of the version, see [`crate::dispatch::model::item_key`].
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

    /// The letters of the folded headline, see [`crate::index::letter_mask()`].
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

// What joins an entry to others, read from its segment, and what the desk made of that.

impl<'a> EntryRef<'a> {
    /// Hashed identity of the story that versions share; that of the item where it has no other version to expect.
    #[must_use]
    pub fn story_or_item_key(self) -> u64 {
        match self.row.story {
            0 => self.row.item,
            story => story,
        }
    }

    /// The service and running number that the wire gave it, where it counts its items.
    #[must_use]
    pub fn sequence(self) -> Option<(&'a str, u32)> {
        self.segment.links.sequence(self.row_index)
    }

    /// Until when it may not be published, in seconds since the epoch, where the wire says.
    #[must_use]
    pub fn embargo(self) -> Option<i64> {
        self.segment.links.embargo(self.row_index)
    }

    /// True for what may not be published at a moment, in seconds since the epoch; where nobody knows the time, as the
    /// wire has it.
    #[must_use]
    pub fn is_under_embargo(self, now: Option<i64>) -> bool {
        let lifted = || Some(self.embargo()? <= now?);
        self.is_embargoed() && lifted() != Some(true)
    }

    /// True where a newer version of its story is at hand. Like the three below, of entries taken from a desk or a snapshot.
    #[must_use]
    pub fn is_superseded(self) -> bool {
        self.flags & status_flag::SUPERSEDED != 0
    }

    /// True for what was withdrawn: by the wire's own word in it, or by another dispatch. A kill notice itself is not.
    #[must_use]
    pub fn is_killed(self) -> bool {
        let withdrawn = self.status() == Status::Canceled && self.role() != Role::Kill;
        withdrawn || self.flags & status_flag::KILLED != 0
    }

    /// True where another dispatch corrects it.
    #[must_use]
    pub fn is_corrected(self) -> bool {
        self.flags & status_flag::CORRECTED != 0
    }

    /// True for a kill notice that finds nothing at hand that it kills.
    #[must_use]
    pub fn is_unmatched_kill(self) -> bool {
        self.flags & status_flag::UNMATCHED != 0
    }

    /// The key of its story, 0 where nothing joins it to others.
    pub(super) fn story_key(self) -> u64 {
        self.row.story
    }

    /// The key of its id without the revision, 0 where the wire gave it none.
    pub(super) fn id_key(self) -> u64 {
        let (links, row) = (&self.segment.links, self.row);
        links.id(self.row_index, row.tie_bits, row.item, row.story)
    }

    /// Of two of one item: whether they are of the same bytes.
    pub(super) fn content_hash(self) -> u32 {
        self.row.content
    }

    pub(super) fn version(self) -> u16 {
        self.row.version
    }

    fn has_tie(self, bit: u8) -> bool {
        self.row.tie_bits & bit != 0
    }

    /// The wire says that all that share its story are versions of it.
    pub(super) fn is_story_named(self) -> bool {
        self.has_tie(NAMED)
    }

    pub(super) fn is_wide(self) -> bool {
        self.has_tie(WIDE)
    }

    pub(super) fn is_revised(self) -> bool {
        self.has_tie(REVISED)
    }

    pub(super) fn is_labelled(self) -> bool {
        self.has_tie(LABELLED)
    }

    pub(super) fn is_titled(self) -> bool {
        self.has_tie(TITLED)
    }

    pub(super) fn is_add(self) -> bool {
        self.has_tie(ADDS)
    }

    /// The items that it acts on.
    pub(super) fn related_names(self) -> impl Iterator<Item = (RelationKind, PackedName)> + 'a {
        self.segment.links.relations(self.row_index)
    }

    /// A headline that it names.
    pub(super) fn named_headline(self, (start, length): (u32, u16)) -> &'a str {
        self.segment.links.text(start, length)
    }

    /// A service that it names.
    pub(super) fn named_service(self, service: (u32, u8)) -> &'a str {
        self.segment.links.service(service)
    }

    /// The agency's own running number.
    pub(super) fn agency_number(self) -> Option<u32> {
        self.segment.links.number(self.row_index)
    }

    /// Its agency and keyword, hashed, where they and its day are not its story already; without a keyword, its headline.
    pub(super) fn undated_keyword(self) -> Option<u64> {
        if self.row.story != 0 && !self.is_story_named() {
            return None;
        }
        match self.slug() {
            "" => self
                .has_own_headline()
                .then(|| relations::hash_slug(self.agency(), self.headline_without_label())),
            slug => Some(relations::hash_slug(self.agency(), slug)),
        }
    }

    /// The wire sent a headline that may tell it from others.
    pub(super) fn has_own_headline(self) -> bool {
        !self.is_headline_derived()
            && self.headline_without_label().len() >= relations::MIN_HEADLINE_LENGTH
    }

    /// The folded headline without the label at its start.
    pub(super) fn headline_without_label(self) -> &'a str {
        let folded = self.folded_headline();
        if !self.is_titled() {
            return folded;
        }
        let label = crate::text::fold(self.label());
        let bare = folded.strip_prefix(label.trim_end_matches(['-', ':', ' ']));
        bare.map_or(folded, |rest| rest.trim_start_matches(['-', ':', ' ']))
    }

    /// The day on which the wire wrote it, and whether it gave the time of day too.
    pub(super) fn day_and_precision(self) -> Option<(i64, bool)> {
        let time = self.time()?;
        let exact = time.precision == crate::dispatch::Precision::Second
            && !matches!(self.time_source(), TimeSource::File | TimeSource::None);
        Some((time.day_number(), exact))
    }
}
