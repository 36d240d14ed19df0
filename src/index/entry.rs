//! A view of one entry in its segment: its texts and numbers, its links to other entries, and its status flags.

use std::ops::Range;
use std::sync::Arc;

use crate::dispatch::{
    Precision, RelationKind, Role, Stamp, Status, TimeSource, Urgency, relations,
};
use crate::index::input::{Input, Locator};
use crate::index::links::{ADDS, LABELLED, NAMED, PackedName, REVISED, TITLED, WIDE};
use crate::index::segment::{
    DAY_PRECISION, EMBARGOED, HAS_TABLE, HEADLINE_DERIVED, InternedColumn, PackedRow, Segment,
};
use crate::index::story_status::status_flag;

/// One entry, read from its segment. Cheap to copy; a text that the wire did not give is empty.
#[derive(Clone, Copy, Debug)]
pub struct EntryRef<'a> {
    pub(super) segment: &'a Segment,
    pub(super) row: &'a PackedRow,
    /// Row in the segment.
    pub(super) row_index: usize,
    /// Bits of [`status_flag`]; 0 for an entry taken from its segment rather than from an index or a snapshot.
    pub(super) flags: u16,
}

impl<'a> EntryRef<'a> {
    pub(super) fn new(segment: &'a Segment, row: &'a PackedRow, row_index: usize) -> Self {
        Self { segment, row, row_index, flags: 0 }
    }

    pub(super) fn with_flags(self, flags: u16) -> Self {
        Self { flags, ..self }
    }

    /// Hashed identity of this version of the item, see [`crate::dispatch::model::item_key`].
    #[must_use]
    pub fn item_key(self) -> u64 {
        self.row.item
    }

    /// The headline as sent, on one line.
    #[must_use]
    pub fn headline(self) -> &'a str {
        &self.segment.headlines[self.segment.headline_range(self.row)]
    }

    /// The headline folded for search.
    #[must_use]
    pub fn folded_headline(self) -> &'a str {
        self.segment.folded_headline(self.row_index)
    }

    /// The letter mask of the folded headline, see [`crate::index::letter_mask()`].
    #[must_use]
    pub fn letter_mask(self) -> u64 {
        self.segment.masks()[self.row_index]
    }

    /// True if the wire gave no headline and this one was taken from the lead.
    #[must_use]
    pub fn is_headline_derived(self) -> bool {
        self.row.flags & HEADLINE_DERIVED != 0
    }

    #[must_use]
    pub fn slug(self) -> &'a str {
        self.column(InternedColumn::Slug)
    }

    /// The version label, such as `1st Ld` or `UPDATE 2-`.
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

    /// The place of the dateline.
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

    /// Subjects, then keywords, joined by `; `.
    #[must_use]
    pub fn subjects(self) -> &'a str {
        self.segment.text(self.row.subjects)
    }

    /// The text of a column, as sent.
    #[must_use]
    pub fn column(self, column: InternedColumn) -> &'a str {
        self.segment.text(self.segment.symbol(self.row_index, column))
    }

    /// The text of a column, folded for search.
    #[must_use]
    pub fn folded_column(self, column: InternedColumn) -> &'a str {
        self.segment.folded_text(self.segment.symbol(self.row_index, column))
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

    /// True if it was sent under an embargo, lifted or not; see [`Self::is_under_embargo`].
    #[must_use]
    pub fn is_embargoed(self) -> bool {
        self.row.flags & EMBARGOED != 0
    }

    /// True if the body contains a table.
    #[must_use]
    pub fn has_table(self) -> bool {
        self.row.flags & HAS_TABLE != 0
    }

    /// The time that lists sort by.
    #[must_use]
    pub fn time(self) -> Option<Stamp> {
        let precision =
            if self.row.flags & DAY_PRECISION != 0 { Precision::Day } else { Precision::Second };
        let stamp =
            Stamp { seconds: self.row.seconds, offset_minutes: self.row.utc_offset, precision };
        // The builder writes `i64::MIN` for no time.
        (self.row.seconds != i64::MIN).then_some(stamp)
    }

    /// Where [`Self::time`] comes from.
    #[must_use]
    pub fn time_source(self) -> TimeSource {
        self.row.time_source
    }

    /// Length in words.
    #[must_use]
    pub fn words(self) -> u32 {
        self.row.words
    }

    /// Byte range into its input.
    #[must_use]
    pub fn bytes(self) -> Range<u64> {
        self.row.start..self.row.start + u64::from(self.row.length)
    }

    /// Byte range into [`Self::bytes`] that appears unchanged in the body, see
    /// [`ScannedItem::verbatim_range`](crate::format::ScannedItem::verbatim_range).
    #[must_use]
    pub fn verbatim(self) -> Range<usize> {
        self.row.verbatim.0 as usize..self.row.verbatim.1 as usize
    }

    /// Where to read the full dispatch from.
    #[must_use]
    pub fn locator(self) -> Option<Locator> {
        let (input, part) = self.segment.inputs.get(self.row.input as usize)?;
        Some(Locator {
            input: Arc::clone(input),
            bytes: self.bytes(),
            item_key: self.row.item,
            content_hash: self.row.content,
            number_in_range: self.row.nth,
            index_in_part: self.row.index,
            part: *part,
        })
    }

    /// The input it was read from.
    #[must_use]
    pub fn input(self) -> Option<&'a Arc<Input>> {
        self.segment.inputs.get(self.row.input as usize).map(|(input, _)| input)
    }

    /// Position within its input: first byte, then number within the byte range.
    #[must_use]
    pub fn position_in_input(self) -> (u64, u32) {
        (self.row.start, self.row.nth)
    }
}

/// The time of the newest of some entries.
///
/// Any time given by the wire is greater than any file date: a file written today may hold dispatches from years ago.
/// The derived order relies on `is_from_wire` being the first field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewestTime {
    pub is_from_wire: bool,
    pub stamp: Stamp,
}

impl NewestTime {
    /// The time of one entry; `None` if it has none.
    pub(super) fn from_entry(entry: EntryRef<'_>) -> Option<Self> {
        let is_from_wire = entry.time_source() != TimeSource::File;
        let stamp = entry.time()?;
        Some(Self { is_from_wire, stamp })
    }
}

// Links to other entries, and the status derived from them.

impl<'a> EntryRef<'a> {
    /// Hashed identity of the story shared by its versions; that of the item if nothing links it to others. Stars and
    /// notes are stored under this key.
    #[must_use]
    pub fn story_or_item_key(self) -> u64 {
        match self.row.story {
            0 => self.row.item,
            story => story,
        }
    }

    /// The service and running number that the wire gave it, if the wire numbers its items.
    #[must_use]
    pub fn sequence(self) -> Option<(&'a str, u32)> {
        self.segment.links.sequence(self.row_index)
    }

    /// When its embargo ends, in seconds since the epoch, if the wire says.
    #[must_use]
    pub fn embargo(self) -> Option<i64> {
        self.segment.links.embargo(self.row_index)
    }

    /// True if it may not be published yet. `now` is in seconds since the epoch; if it or the end of the embargo is
    /// unknown, the embargo counts as still in force.
    #[must_use]
    pub fn is_under_embargo(self, now: Option<i64>) -> bool {
        let lifted = || Some(self.embargo()? <= now?);
        self.is_embargoed() && lifted() != Some(true)
    }

    /// True if the index has a newer version of its story. This and the next three are only known for entries taken
    /// from an index or a snapshot.
    #[must_use]
    pub fn is_superseded(self) -> bool {
        self.flags & status_flag::SUPERSEDED != 0
    }

    /// True if it was withdrawn, either by its own status or by another dispatch. Kill notices themselves do not count.
    #[must_use]
    pub fn is_killed(self) -> bool {
        let withdrawn = self.status() == Status::Canceled && self.role() != Role::Kill;
        withdrawn || self.flags & status_flag::KILLED != 0
    }

    /// The status that holds after everything in the index: as sent, unless other dispatches kill or withhold it.
    #[must_use]
    pub fn current_status(self) -> Status {
        let is_set = |flag| self.flags & flag != 0;
        self.status().after_notices(is_set(status_flag::KILLED), is_set(status_flag::WITHHELD))
    }

    /// True if another dispatch corrects it.
    #[must_use]
    pub fn is_corrected(self) -> bool {
        self.flags & status_flag::CORRECTED != 0
    }

    /// True for a kill notice whose target is not in the index.
    #[must_use]
    pub fn is_unmatched_kill(self) -> bool {
        self.flags & status_flag::UNMATCHED != 0
    }

    /// The key of its story, 0 if nothing links it to others.
    pub(super) fn story_key(self) -> u64 {
        self.row.story
    }

    /// The key of its id without the revision, 0 if the wire gave none.
    pub(super) fn id_key(self) -> u64 {
        let (links, row) = (&self.segment.links, self.row);
        links.id(self.row_index, row.tie_bits, row.item, row.story)
    }

    /// Part of the hash of its raw bytes: tells identical copies of an item from changed ones.
    #[must_use]
    pub fn content_hash(self) -> u32 {
        self.row.content
    }

    /// The wire's revision, or a number derived from its label: grows from version to version.
    pub(super) fn version(self) -> u16 {
        self.row.version
    }

    fn has_tie(self, bit: u8) -> bool {
        self.row.tie_bits & bit != 0
    }

    /// True if the wire itself says that all entries sharing the story key are versions of one story.
    pub(super) fn is_story_named(self) -> bool {
        self.has_tie(NAMED)
    }

    /// True if its id and story name are unique among all agencies, such as a URN.
    pub(super) fn has_unique_id(self) -> bool {
        self.has_tie(WIDE)
    }

    /// True if [`Self::version`] is the wire's own revision.
    pub(super) fn has_revision(self) -> bool {
        self.has_tie(REVISED)
    }

    /// True if a label marks it as a version of something: `1st Ld`, `UPDATE 2-`, `URGENT`.
    pub(super) fn is_labelled(self) -> bool {
        self.has_tie(LABELLED)
    }

    /// True if the label is part of the headline, as in Reuters' `UPDATE 2-`.
    pub(super) fn has_label_in_headline(self) -> bool {
        self.has_tie(TITLED)
    }

    /// True if it continues another item instead of replacing it: an add, a second take.
    pub(super) fn is_add(self) -> bool {
        self.has_tie(ADDS)
    }

    /// The items it kills, corrects, replaces, repeats or adds to, by every name it gives for them.
    pub(super) fn related_names(self) -> impl Iterator<Item = (RelationKind, PackedName)> + 'a {
        self.segment.links.relations(self.row_index)
    }

    /// The text of a [`PackedName::Headline`] from [`Self::related_names`], folded.
    pub(super) fn named_headline(self, (start, length): (u32, u16)) -> &'a str {
        self.segment.links.text(start, length)
    }

    /// The service of a [`PackedName::Number`] from [`Self::related_names`].
    pub(super) fn named_service(self, service: (u32, u8)) -> &'a str {
        self.segment.links.service(service)
    }

    /// The agency's own running number.
    pub(super) fn agency_number(self) -> Option<u32> {
        self.segment.links.number(self.row_index)
    }

    /// Agency and keyword hashed, or agency and headline if there is no keyword. `None` if its story key already stands
    /// for agency, keyword and day, or if there is neither keyword nor headline.
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

    /// True if the wire sent a headline long enough to identify it.
    pub(super) fn has_own_headline(self) -> bool {
        !self.is_headline_derived()
            && self.headline_without_label().len() >= relations::MIN_HEADLINE_LENGTH
    }

    /// The folded headline without a label at its start.
    pub(super) fn headline_without_label(self) -> &'a str {
        let folded = self.folded_headline();
        if !self.has_label_in_headline() {
            return folded;
        }
        let label = crate::text::fold(self.label());
        let bare = folded.strip_prefix(label.trim_end_matches(['-', ':', ' ']));
        bare.map_or(folded, |rest| rest.trim_start_matches(['-', ':', ' ']))
    }

    /// The day on which the wire wrote it, in days since the epoch in the wire's own zone, and whether the wire gave
    /// the time of day too.
    pub(super) fn day_and_precision(self) -> Option<(i64, bool)> {
        let time = self.time()?;
        let exact = time.precision == crate::dispatch::Precision::Second
            && !matches!(self.time_source(), TimeSource::File | TimeSource::None);
        Some((time.day_number(), exact))
    }
}
