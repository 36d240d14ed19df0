//! What joins an entry to others, read from its segment, and what the desk made of that.

use super::EntryRef;
use super::links::{ADDS, LABELLED, NAMED, PackedName, REVISED, TITLED, WIDE};
use super::stories::status_flag;
use crate::dispatch::{RelationKind, Role, Status, TimeSource, naming, ties};

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
                .then(|| ties::hash_slug(self.agency(), self.headline_without_label())),
            slug => Some(ties::hash_slug(self.agency(), slug)),
        }
    }

    /// The wire sent a headline that may tell it from others.
    pub(super) fn has_own_headline(self) -> bool {
        !self.is_headline_derived()
            && self.headline_without_label().len() >= naming::MIN_HEADLINE_LENGTH
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
