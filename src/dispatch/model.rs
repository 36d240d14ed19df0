//! A dispatch in full, with its dateline and body, and its small form for lists, the head. Plain data.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::dispatch::problem::Problem;
use crate::dispatch::relations::StoryLinks;
use crate::dispatch::stamp::{Stamp, TimeSource};
use crate::dispatch::vocabulary::{Relation, Role, Status, Urgency};

/// One dispatch as the wire sent it, with its whole text.
///
/// Made by [`crate::format`]; it never changes afterwards. What only the desk can know (which other dispatch
/// replaces or kills this one) is not here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatch {
    /// Name of the wire format, as in the table of formats (`plain`, `json`, ...).
    pub format: &'static str,
    /// Character encoding that the bytes were read in, by its WHATWG name (`UTF-8`, `windows-1252`).
    pub encoding: &'static str,
    /// XXH3 (64 bits) of the item's raw bytes: the identity of an item whose wire gave it none.
    pub raw_hash: u64,
    /// Identity and revision as the wire wrote them.
    pub id: Option<String>,
    pub revision: Option<String>,
    /// The agency's own running number, where the wire gives one beside the id (`dpa 0157` in IPTC 7901).
    pub agency_number: Option<u32>,
    /// Identity of the running story, where the wire names one.
    pub story: Option<String>,
    /// Take or version label as the wire wrote it (`1stLd-Writethru`, `UPDATE 2-`).
    pub label: Option<String>,
    /// Short name of the sending agency (`AFP`).
    pub agency: Option<String>,
    /// Keyword line; repeated on all later versions of the story.
    pub slug: Option<String>,
    /// The headline, verbatim, or the start of the lead where the wire sent none.
    pub headline: String,
    /// True where `headline` was taken from the lead.
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
    /// True where the dispatch may not be published yet.
    pub embargoed: bool,
    /// Until when, where the wire gives a time.
    pub embargo: Option<Stamp>,
    pub role: Role,
    /// The other items that this one acts on, as the wire names them.
    pub relations: Vec<Relation>,
    /// Notes to editors, joined by newlines.
    pub ednote: Option<String>,
    pub created: Option<Stamp>,
    pub sent: Option<Stamp>,
    /// What lists sort by, and where it comes from.
    pub time: Option<Stamp>,
    pub time_source: TimeSource,
    /// Word count as the wire states it.
    pub words_stated: Option<u32>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Copyright or usage line.
    pub rights: Option<String>,
    pub links: Vec<String>,
    pub body: Body,
    /// Everything else the wire said, under its own names.
    pub fields: BTreeMap<String, String>,
    /// What could not be read as it should.
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

    /// Identity of this very version: the wire's id and revision where it has them, else the hash of its raw bytes.
    #[must_use]
    pub fn item_identity(&self) -> String {
        match (&self.id, &self.revision) {
            (Some(id), Some(revision)) => format!("{id}:{revision}"),
            (Some(id), None) => id.clone(),
            _ => format!("{:016x}", self.raw_hash),
        }
    }

    /// Words of the body: runs of anything but ASCII white space and the bars of tables.
    #[must_use]
    pub fn word_count(&self) -> u32 {
        crate::text::count_words(self.body.text())
    }

    /// The same as [`Dispatch::head`] of a dispatch whose body was not built: its words and tables are known from elsewhere.
    #[must_use]
    pub fn into_head(self, words: u32, table: bool) -> Head<'static> {
        let ties = self.story_links();
        let limited =
            |value: String| -> Cow<'static, str> { truncate_field_cow(Cow::Owned(value)) };
        let short = |value: Option<String>| value.map_or(Cow::Borrowed(""), limited);
        let (place, country) = self
            .dateline
            .map_or((None, None), |line| (line.place, line.country));
        Head {
            item_key: item_key(self.id.as_deref(), self.revision.as_deref(), self.raw_hash),
            headline: limited(self.headline),
            headline_derived: self.headline_derived,
            slug: short(self.slug),
            label: short(self.label),
            byline: short(self.byline),
            agency: short(self.agency),
            place: short(place),
            country: short(country),
            language: short(self.language),
            subjects: limited(join_subjects(&self.subjects, &self.keywords)),
            urgency: self.urgency,
            status: self.status,
            role: self.role,
            embargoed: self.embargoed,
            has_table: table,
            time: self.time,
            time_source: self.time_source,
            word_count: words,
            story_links: ties,
        }
    }

    /// The small form that lists hold. `scan(bytes)` gives the same heads without building the dispatches.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        let text = |value: &'static str| Cow::Borrowed(value);
        let short = |value: &Option<String>| match value {
            Some(value) => Cow::Owned(truncate_field(value).to_owned()),
            None => text(""),
        };
        Head {
            item_key: item_key(self.id.as_deref(), self.revision.as_deref(), self.raw_hash),
            headline: Cow::Borrowed(truncate_field(&self.headline)),
            headline_derived: self.headline_derived,
            slug: short(&self.slug),
            label: short(&self.label),
            byline: short(&self.byline),
            agency: short(&self.agency),
            place: Cow::Borrowed(truncate_field(self.place().unwrap_or(""))),
            country: Cow::Borrowed(truncate_field(self.country().unwrap_or(""))),
            language: short(&self.language),
            subjects: Cow::Owned(
                truncate_field(&join_subjects(&self.subjects, &self.keywords)).to_owned(),
            ),
            urgency: self.urgency,
            status: self.status,
            role: self.role,
            embargoed: self.embargoed,
            has_table: self.body.has_table(),
            time: self.time,
            time_source: self.time_source,
            word_count: self.word_count(),
            story_links: self.story_links(),
        }
    }
}

// The dateline: where, when and by whom a dispatch was filed, as its first words say. Parsed in `format`.

/// A dateline as written, and its parts. Example: `MOSCOW, Russia (AFP) —`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dateline {
    /// The whole of it as written, without the separator after it.
    pub text: String,
    /// Its bytes in the body, separator and following space included; `None` where it was sent apart from the body.
    pub range: Option<Range<usize>>,
    /// The place as written (`MOSCOW`).
    pub place: Option<String>,
    /// Country or state as written (`Russia`).
    pub country: Option<String>,
    pub date: Option<DatelineDate>,
    /// Agency as written, further sources included (`AFP-DPA`).
    pub agency: Option<String>,
}

/// The date of a dateline; wires often leave the year out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatelineDate {
    pub year: Option<i16>,
    /// 1..=12
    pub month: i8,
    /// 1..=31
    pub day: i8,
}

// The text of a dispatch and its blocks. Every position in the program is a byte range into this text.

/// What a block is, and so how it may be laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text, wrapped to the measure.
    #[default]
    Paragraph,
    /// A line that stands over what follows.
    Heading,
    /// An entry of a list, with its mark and the spaces before it; wrapped, the mark alone at the left.
    Item,
    /// Lines whose columns are kept: a table, verse, a preformatted list.
    Table,
}

/// One block: a byte range into [`Body::text`] on character boundaries, without the empty line after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub range: Range<usize>,
    pub kind: BlockKind,
}

/// The text of a dispatch. Made once, then never changed.
///
/// Blocks are parted by exactly one empty line (`"\n\n"`); only tables hold newlines, one a row.
/// Line ends are `\n`; stray C0 controls stand as their pictures (`␛`), C1 controls as U+FFFD; direction marks stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    text: String,
    blocks: Vec<Block>,
}

impl Body {
    /// A body of the given blocks, in order. Empty blocks are left out; newlines outside of tables become spaces.
    pub fn new<T: AsRef<str>>(parts: impl IntoIterator<Item = (BlockKind, T)>) -> Self {
        let mut body = Self::default();
        for (kind, part) in parts {
            body.push(kind, part.as_ref());
        }
        body
    }

    /// A body of paragraphs alone.
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
            self.text
                .extend(part.chars().map(|c| if c == '\n' { ' ' } else { c }));
        } else {
            self.text.push_str(part);
        }
        self.blocks.push(Block {
            range: start..self.text.len(),
            kind,
        });
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks in order.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The one helper that slices: the text of a range, empty where the range does not lie on boundaries.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// The 0-based number of the block that holds this position, or the last one before it.
    #[must_use]
    pub fn block_at(&self, position: usize) -> usize {
        self.blocks
            .partition_point(|b| b.range.start <= position)
            .saturating_sub(1)
    }

    /// True where a block keeps columns.
    #[must_use]
    pub fn has_table(&self) -> bool {
        self.blocks.iter().any(|b| b.kind == BlockKind::Table)
    }
}

// The small form of a dispatch: what a list shows, sorts and filters by. Borrowed from the bytes where it can be.

/// Longest text a head keeps of one field, in bytes; the whole text stays in the dispatch.
pub const HEADLINE_LIMIT: usize = 480;

/// The head of one dispatch. Empty texts stand for “the wire gave none”.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head<'a> {
    /// Identity of this very version, hashed: see [`item_key`].
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
    /// True where the body holds a table.
    pub has_table: bool,
    pub time: Option<Stamp>,
    pub time_source: TimeSource,
    pub word_count: u32,
    /// What joins it to others.
    pub story_links: StoryLinks,
}

/// The first [`HEADLINE_LIMIT`] bytes of a text, cut at a character boundary.
#[must_use]
pub fn truncate_field(text: &str) -> &str {
    &text[..text.floor_char_boundary(HEADLINE_LIMIT)]
}

/// The same for a text that may be borrowed or owned.
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

/// Hashed identity: of the wire's id and revision where there is an id, else the hash of the raw bytes.
#[must_use]
pub fn item_key(id: Option<&str>, revision: Option<&str>, raw_hash: u64) -> u64 {
    let Some(id) = id else { return raw_hash };
    let mut whole = String::with_capacity(id.len() + 8);
    whole.push_str(id);
    if let Some(revision) = revision {
        whole.push(':');
        whole.push_str(revision);
    }
    crate::text::hash(whole.as_bytes())
}

/// Subjects and keywords as one text, as [`Head::subjects`] holds them.
#[must_use]
pub fn join_subjects(subjects: &[String], keywords: &[String]) -> String {
    let mut joined = String::new();
    for part in subjects.iter().chain(keywords) {
        if !joined.is_empty() {
            joined.push_str("; ");
        }
        joined.push_str(part);
    }
    joined
}
