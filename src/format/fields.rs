//! The names that wires give to their fields. Knows nothing of values.

mod set;

use crate::dispatch::RelationKind;

pub(super) use set::{continue_line, join, time, without_by};

/// What a field is, whatever its wire calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Headline,
    Slug,
    Byline,
    Agency,
    Dateline,
    Place,
    Country,
    Sent,
    Created,
    Urgency,
    Priority,
    Category,
    Subjects,
    Keywords,
    Language,
    Label,
    Id,
    Revision,
    Status,
    Embargo,
    Ednote,
    Role,
    Relates(RelationKind),
    Words,
    Rights,
    Story,
    Links,
    /// The text; only in formats that name it.
    Body,
    /// The text as HTML; only in formats that name it.
    Html,
    /// A text that stands in for a missing body.
    Summary,
}

/// The key of a field's name: case, hyphens, underscores and spaces do not count.
pub(super) fn key(name: &str) -> Option<Key> {
    let mut plain = [0u8; 24];
    let mut length = 0;
    for byte in name.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ')) {
        *plain.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    Some(match plain.get(..length)? {
        b"headline" | b"title" => Key::Headline,
        b"slug" | b"slugline" | b"keywordline" => Key::Slug,
        b"byline" | b"by" | b"author" | b"authors" => Key::Byline,
        b"agency" | b"source" | b"service" | b"provider" => Key::Agency,
        b"dateline" => Key::Dateline,
        b"place" | b"city" => Key::Place,
        b"country" => Key::Country,
        b"date" | b"sent" | b"time" | b"published" | b"pubdate" | b"publishedat"
        | b"datepublished" | b"publicationdate" | b"versioncreated" | b"timestamp"
        | b"datetime" => Key::Sent,
        b"created" | b"firstcreated" | b"createdat" | b"datecreated" => Key::Created,
        b"urgency" => Key::Urgency,
        b"priority" => Key::Priority,
        b"category" => Key::Category,
        b"subject" | b"subjects" | b"categories" | b"topics" => Key::Subjects,
        b"keywords" | b"tags" => Key::Keywords,
        b"language" | b"lang" => Key::Language,
        b"label" | b"take" => Key::Label,
        b"id" | b"guid" | b"uri" => Key::Id,
        b"revision" | b"version" => Key::Revision,
        b"status" | b"pubstatus" => Key::Status,
        b"embargo" | b"embargoed" | b"embargoeduntil" => Key::Embargo,
        b"ednote" | b"note" | b"eds" | b"editorsnote" | b"ednotes" => Key::Ednote,
        b"role" => Key::Role,
        b"replaces" => Key::Relates(RelationKind::Replaces),
        b"corrects" => Key::Relates(RelationKind::Corrects),
        b"kills" => Key::Relates(RelationKind::Kills),
        b"repeats" => Key::Relates(RelationKind::Repeats),
        b"addsto" => Key::Relates(RelationKind::AddsTo),
        b"words" | b"wordcount" => Key::Words,
        b"rights" | b"copyright" | b"copyrightnotice" => Key::Rights,
        b"story" | b"storyid" => Key::Story,
        b"url" | b"link" | b"links" | b"canonicalurl" => Key::Links,
        b"body" | b"text" | b"content" | b"bodytext" | b"article" | b"articlebody" => Key::Body,
        b"bodyhtml" | b"html" | b"contenthtml" | b"bodyxhtml" => Key::Html,
        b"summary" | b"description" | b"abstract" | b"descriptiontext" | b"contenttext" => {
            Key::Summary
        }
        _ => return None,
    })
}

impl Key {
    /// Number of this key among the bits of `Draft::given`.
    pub(super) fn bit(self) -> u64 {
        1 << match self {
            Self::Headline => 0,
            Self::Slug => 1,
            Self::Byline => 2,
            Self::Agency => 3,
            Self::Dateline => 4,
            Self::Place => 5,
            Self::Country => 6,
            Self::Sent => 7,
            Self::Created => 8,
            Self::Urgency => 9,
            Self::Priority => 10,
            Self::Category => 11,
            Self::Language => 12,
            Self::Label => 13,
            Self::Id => 14,
            Self::Revision => 15,
            Self::Status => 16,
            Self::Embargo => 17,
            Self::Role => 18,
            Self::Words => 19,
            Self::Story => 20,
            Self::Body => 21,
            Self::Html => 22,
            Self::Summary => 23,
            // The rest may be given more than once.
            Self::Subjects
            | Self::Keywords
            | Self::Ednote
            | Self::Relates(_)
            | Self::Rights
            | Self::Links => 63,
        }
    }

    /// True for a name by which even a block of one line is known to be headers.
    pub(super) fn is_telling(self) -> bool {
        matches!(
            self,
            Self::Headline
                | Self::Slug
                | Self::Byline
                | Self::Dateline
                | Self::Urgency
                | Self::Id
                | Self::Sent
                | Self::Agency
                | Self::Keywords
        )
    }

    /// True for names that plain headers do not know.
    pub(super) fn only_nested(self) -> bool {
        matches!(self, Self::Body | Self::Html | Self::Summary)
    }
}
