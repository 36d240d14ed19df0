//! The model of a dispatch: plain data, filled by `format`, read by everyone. Knows nothing of files, screens or filters.

mod body;
mod dateline;
pub mod head;
pub mod naming;
mod problem;
mod reason;
mod stamp;
mod terms;
pub mod ties;

pub use body::{Block, BlockKind, Body};
pub use dateline::{Dateline, DatelineDate};
pub use head::{HEADLINE_LIMIT, Head};
pub use naming::{ItemName, ItemReference};
pub use problem::{InputProblem, Problem, Severity};
pub use reason::kill_reason;
pub use stamp::{Precision, Stamp, TimeSource};
pub use terms::{Relation, RelationKind, Role, Status, Urgency};
pub use ties::{StoryIdentity, StoryLinks};

use std::borrow::Cow;
use std::collections::BTreeMap;

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
            |value: String| -> Cow<'static, str> { head::truncate_field_cow(Cow::Owned(value)) };
        let short = |value: Option<String>| value.map_or(Cow::Borrowed(""), limited);
        let (place, country) = self
            .dateline
            .map_or((None, None), |line| (line.place, line.country));
        Head {
            item_key: head::item_key(self.id.as_deref(), self.revision.as_deref(), self.raw_hash),
            headline: limited(self.headline),
            headline_derived: self.headline_derived,
            slug: short(self.slug),
            label: short(self.label),
            byline: short(self.byline),
            agency: short(self.agency),
            place: short(place),
            country: short(country),
            language: short(self.language),
            subjects: limited(head::join_subjects(&self.subjects, &self.keywords)),
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
            Some(value) => Cow::Owned(head::truncate_field(value).to_owned()),
            None => text(""),
        };
        Head {
            item_key: head::item_key(self.id.as_deref(), self.revision.as_deref(), self.raw_hash),
            headline: Cow::Borrowed(head::truncate_field(&self.headline)),
            headline_derived: self.headline_derived,
            slug: short(&self.slug),
            label: short(&self.label),
            byline: short(&self.byline),
            agency: short(&self.agency),
            place: Cow::Borrowed(head::truncate_field(self.place().unwrap_or(""))),
            country: Cow::Borrowed(head::truncate_field(self.country().unwrap_or(""))),
            language: short(&self.language),
            subjects: Cow::Owned(
                head::truncate_field(&head::join_subjects(&self.subjects, &self.keywords))
                    .to_owned(),
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
