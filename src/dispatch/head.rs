//! The small form of a dispatch: what a list shows, sorts and filters by. Borrowed from the bytes where it can be.

use std::borrow::Cow;

use super::{Role, Stamp, Status, StoryLinks, TimeSource, Urgency};

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
