//! A parsed dispatch with its dateline and body, and its small form for lists, the head. Plain data.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::dispatch::problem::Problem;
use crate::dispatch::relations::StoryLinks;
use crate::dispatch::stamp::{Stamp, TimeSource};
use crate::dispatch::vocabulary::{Relation, Role, Status, Urgency};

/// One dispatch as the wire sent it, with its full text.
///
/// Created by [`crate::format`] and never changed afterwards. Facts that depend on other dispatches, such as which one
/// replaces or kills this one, belong to the index and are not stored here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatch {
    /// Name of the wire format, as in [`crate::format::FORMATS`] (`plain`, `json`, ...).
    pub format: &'static str,
    /// WHATWG name of the character encoding that the bytes were decoded from (`UTF-8`, `windows-1252`).
    pub encoding: &'static str,
    /// 64-bit XXH3 hash of the item's raw bytes. Serves as the identity of items that have no id.
    pub raw_hash: u64,
    /// The id as the wire wrote it.
    pub id: Option<String>,
    /// The revision as the wire wrote it.
    pub revision: Option<String>,
    /// The agency's own running number, if the wire gives one besides the id (`dpa 0157` in IPTC 7901).
    pub agency_number: Option<u32>,
    /// The wire's id for the running story, if it has one.
    pub story: Option<String>,
    /// Take or version label as the wire wrote it (`1stLd-Writethru`, `UPDATE 2-`).
    pub label: Option<String>,
    /// Short name of the sending agency (`AFP`).
    pub agency: Option<String>,
    /// Keyword line; repeated on all later versions of the story.
    pub slug: Option<String>,
    /// The headline, verbatim, or the start of the lead if the wire sent none.
    pub headline: String,
    /// True if `headline` was derived from the text.
    pub headline_derived: bool,
    /// Byline without a leading “By”.
    pub byline: Option<String>,
    pub dateline: Option<Dateline>,
    pub urgency: Option<Urgency>,
    /// The wire's own priority mark (`f`, `u`, `4`).
    pub priority: Option<String>,
    pub category: Option<String>,
    pub subjects: Vec<String>,
    pub keywords: Vec<String>,
    pub status: Status,
    /// True if the wire sent it under an embargo, lifted or not; see [`Dispatch::is_under_embargo`].
    pub embargoed: bool,
    /// When the embargo ends, if the wire gives a time.
    pub embargo: Option<Stamp>,
    pub role: Role,
    /// The other items that this one replaces, corrects, kills, repeats or adds to, as the wire names them.
    pub relations: Vec<Relation>,
    /// Notes to editors, joined by newlines.
    pub ednote: Option<String>,
    pub created: Option<Stamp>,
    pub sent: Option<Stamp>,
    /// The time that lists sort by.
    pub time: Option<Stamp>,
    /// Which of the times `time` was taken from.
    pub time_source: TimeSource,
    /// Word count as the wire states it; often wrong, so [`Dispatch::word_count`] counts for itself.
    pub words_stated: Option<u32>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Copyright or usage line.
    pub rights: Option<String>,
    /// Targets of the links in the text, each once.
    pub links: Vec<String>,
    pub body: Body,
    /// All other values of the item, keyed by the wire's own field names.
    pub fields: BTreeMap<String, String>,
    /// What could not be read as expected.
    pub problems: Vec<Problem>,
}

impl Dispatch {
    /// Place of the dateline (`MOSCOW`), as written.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.dateline.as_ref().and_then(|d| d.place.as_deref())
    }

    /// Country or state of the dateline (`Russia`), as written.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.dateline.as_ref().and_then(|d| d.country.as_deref())
    }

    /// Identity of this version: `id:revision`, or the id alone, or the raw hash in hex if the item has no id.
    #[must_use]
    pub fn item_identity(&self) -> String {
        match (&self.id, &self.revision) {
            (Some(id), Some(revision)) => format!("{id}:{revision}"),
            (Some(id), None) => id.clone(),
            _ => format!("{:016x}", self.raw_hash),
        }
    }

    /// True if it may not be published yet. `clock` is in seconds since the epoch; if it or the end of the embargo is
    /// unknown, the embargo counts as still in force.
    #[must_use]
    pub fn is_under_embargo(&self, clock: Option<i64>) -> bool {
        let is_over = || Some(self.embargo?.seconds <= clock?);
        self.embargoed && is_over() != Some(true)
    }

    /// Number of words in the body. A word is a run of anything but ASCII white space and table bars.
    #[must_use]
    pub fn word_count(&self) -> u32 {
        crate::text::count_words(self.body.text())
    }

    /// The small form used by lists. [`crate::format::scan`] yields the same heads without building the bodies.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        self.head_with(self.word_count(), self.body.has_table())
    }

    /// Like [`Dispatch::head`], for a dispatch whose body was not built: the caller gives the word count and whether
    /// the body has a table.
    #[must_use]
    pub fn head_with(&self, word_count: u32, has_table: bool) -> Head<'_> {
        fn short(value: Option<&str>) -> Cow<'_, str> {
            Cow::Borrowed(truncate_field(value.unwrap_or("")))
        }
        Head {
            item_key: item_key(self.id.as_deref(), self.revision.as_deref(), self.raw_hash),
            headline: short(Some(&self.headline)),
            headline_derived: self.headline_derived,
            slug: short(self.slug.as_deref()),
            label: short(self.label.as_deref()),
            byline: short(self.byline.as_deref()),
            agency: short(self.agency.as_deref()),
            place: short(self.place()),
            country: short(self.country()),
            language: short(self.language.as_deref()),
            subjects: truncate_field_cow(join_subjects(&self.subjects, &self.keywords).into()),
            urgency: self.urgency,
            status: self.status,
            role: self.role,
            embargoed: self.embargoed,
            has_table,
            time: self.time,
            time_source: self.time_source,
            word_count,
            story_links: self.story_links(),
        }
    }
}

/// A dateline: where, when and by which agency a dispatch was filed. Example: `MOSCOW, Russia (AFP) —`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dateline {
    /// The dateline as written, without the separator after it.
    pub text: String,
    /// Byte range into the body text, including the separator and the space after it. `None` if the dateline was sent
    /// in a field of its own.
    pub range: Option<Range<usize>>,
    /// The place as written (`MOSCOW`).
    pub place: Option<String>,
    /// Country or state as written (`Russia`).
    pub country: Option<String>,
    pub date: Option<DatelineDate>,
    /// Agency as written, including further sources (`AFP-DPA`).
    pub agency: Option<String>,
}

/// The date in a dateline; wires often omit the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatelineDate {
    pub year: Option<i16>,
    /// 1..=12
    pub month: i8,
    /// 1..=31
    pub day: i8,
}

/// The kind of a block, which decides how it is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text, wrapped to the line width.
    #[default]
    Paragraph,
    Heading,
    /// A list item, including its indent and bullet or number; wrapped with a hanging indent.
    Item,
    /// Lines that must not be rewrapped: a table, verse, preformatted text.
    Table,
}

/// One block of a body, without the empty line after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Byte range into [`Body::text`], on character boundaries.
    pub range: Range<usize>,
    pub kind: BlockKind,
}

/// The text of a dispatch, immutable once built. Every position in the program is a byte range into this text.
///
/// Blocks are separated by exactly one empty line (`"\n\n"`); only tables contain newlines, one per row.
/// Line ends are `\n`. Stray C0 controls appear as their Unicode pictures (`␛`) and C1 controls as U+FFFD, so that the
/// text is safe to print; bidirectional marks are preserved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    text: String,
    blocks: Vec<Block>,
}

impl Body {
    /// Builds a body from blocks in order. Empty blocks are dropped; newlines outside tables become spaces.
    pub fn new<T: AsRef<str>>(parts: impl IntoIterator<Item = (BlockKind, T)>) -> Self {
        let mut body = Self::default();
        for (kind, part) in parts {
            body.push(kind, part.as_ref());
        }
        body
    }

    /// Builds a body of paragraphs only.
    pub fn from_paragraphs<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self::new(parts.into_iter().map(|part| (BlockKind::Paragraph, part)))
    }

    fn push(&mut self, kind: BlockKind, part: &str) {
        let part = match kind {
            BlockKind::Paragraph | BlockKind::Heading => part.trim_ascii(),
            BlockKind::Item => part.trim_ascii_end(),
            BlockKind::Table => part.trim_matches('\n').trim_ascii_end(),
        };
        if part.trim_ascii().is_empty() {
            return;
        }
        if !self.blocks.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.len();
        if kind != BlockKind::Table && part.contains('\n') {
            self.text.extend(part.chars().map(|c| if c == '\n' { ' ' } else { c }));
        } else {
            self.text.push_str(part);
        }
        self.blocks.push(Block { range: start..self.text.len(), kind });
    }

    /// The full text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks in order.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The text of a byte range; empty if the range is out of bounds or not on character boundaries. All slicing of
    /// body text goes through here, so that a stale range can never panic.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// True if any block is a table.
    #[must_use]
    pub fn has_table(&self) -> bool {
        self.blocks.iter().any(|b| b.kind == BlockKind::Table)
    }
}

/// Longest prefix that a head stores of any one field, in bytes. It bounds the memory of an index entry whatever a wire
/// sends, and is far more than a list row can show; the dispatch keeps the full text.
pub const HEADLINE_LIMIT: usize = 480;

/// The small form of a dispatch: what lists show, sort and filter by. An empty text means that the wire gave none.
///
/// Fields mean the same as those of [`Dispatch`], cut to [`HEADLINE_LIMIT`] bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head<'a> {
    /// Hashed identity of this version, see [`item_key`].
    pub item_key: u64,
    pub headline: Cow<'a, str>,
    pub headline_derived: bool,
    pub slug: Cow<'a, str>,
    pub label: Cow<'a, str>,
    pub byline: Cow<'a, str>,
    pub agency: Cow<'a, str>,
    pub place: Cow<'a, str>,
    pub country: Cow<'a, str>,
    pub language: Cow<'a, str>,
    /// Subjects, then keywords, joined by `; `.
    pub subjects: Cow<'a, str>,
    pub urgency: Option<Urgency>,
    pub status: Status,
    pub role: Role,
    pub embargoed: bool,
    /// True if the body contains a table.
    pub has_table: bool,
    pub time: Option<Stamp>,
    pub time_source: TimeSource,
    pub word_count: u32,
    /// Keys that link it to other dispatches.
    pub story_links: StoryLinks,
}

/// The first [`HEADLINE_LIMIT`] bytes of a text, cut at a character boundary.
#[must_use]
pub fn truncate_field(text: &str) -> &str {
    &text[..text.floor_char_boundary(HEADLINE_LIMIT)]
}

/// Like [`truncate_field`], without copying.
#[must_use]
pub fn truncate_field_cow(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(truncate_field(text)),
        Cow::Owned(mut text) => {
            text.truncate(truncate_field(&text).len());
            Cow::Owned(text)
        }
    }
}

/// Hashed identity of a version: the hash of [`Dispatch::item_identity`] if there is an id, else `raw_hash` itself.
#[must_use]
pub fn item_key(id: Option<&str>, revision: Option<&str>, raw_hash: u64) -> u64 {
    let Some(id) = id else { return raw_hash };
    let mut identity = String::with_capacity(id.len() + 8);
    identity.push_str(id);
    if let Some(revision) = revision {
        identity.push(':');
        identity.push_str(revision);
    }
    crate::text::stable_hash(identity.as_bytes())
}

/// Joins subjects and keywords into the text of [`Head::subjects`].
#[must_use]
pub fn join_subjects(subjects: &[String], keywords: &[String]) -> String {
    let parts: Vec<&str> = subjects.iter().chain(keywords).map(String::as_str).collect();
    parts.join("; ")
}
