//! The names by which wires call fields.

use crate::dispatch::RelationKind;

/// A known field, whatever its wire calls it. Each sets the part of [`crate::dispatch::Dispatch`] with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum FieldKey {
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
    /// The ids of other items.
    Relates(RelationKind),
    /// The stated word count.
    Words,
    Rights,
    Story,
    Links,
    /// The text. Only for formats in which it is a named field.
    Body,
    /// The text as HTML. Only for formats in which it is a named field.
    Html,
    /// A summary, used if there is no body.
    Summary,
}

/// Looks up a field by name, ignoring case, hyphens, underscores and spaces.
pub(in crate::format) fn field_key(name: &str) -> Option<FieldKey> {
    // Longer than any known name; a longer name is unknown.
    let mut plain = [0u8; 24];
    let mut length = 0;
    for byte in name.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ')) {
        *plain.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    Some(match plain.get(..length)? {
        b"headline" | b"title" => FieldKey::Headline,
        b"slug" | b"slugline" | b"keywordline" => FieldKey::Slug,
        b"byline" | b"by" | b"author" | b"authors" => FieldKey::Byline,
        b"agency" | b"source" | b"service" | b"provider" => FieldKey::Agency,
        b"dateline" => FieldKey::Dateline,
        b"place" | b"city" => FieldKey::Place,
        b"country" => FieldKey::Country,
        b"date" | b"sent" | b"time" | b"published" | b"pubdate" | b"publishedat"
        | b"datepublished" | b"publicationdate" | b"versioncreated" | b"timestamp"
        | b"datetime" => FieldKey::Sent,
        b"created" | b"firstcreated" | b"createdat" | b"datecreated" => FieldKey::Created,
        b"urgency" => FieldKey::Urgency,
        b"priority" => FieldKey::Priority,
        b"category" => FieldKey::Category,
        b"subject" | b"subjects" | b"categories" | b"topics" => FieldKey::Subjects,
        b"keywords" | b"tags" => FieldKey::Keywords,
        b"language" | b"lang" => FieldKey::Language,
        b"label" | b"take" => FieldKey::Label,
        b"id" | b"guid" | b"uri" => FieldKey::Id,
        b"revision" | b"version" => FieldKey::Revision,
        b"status" | b"pubstatus" => FieldKey::Status,
        b"embargo" | b"embargoed" | b"embargoeduntil" => FieldKey::Embargo,
        b"ednote" | b"note" | b"eds" | b"editorsnote" | b"ednotes" => FieldKey::Ednote,
        b"role" => FieldKey::Role,
        b"replaces" => FieldKey::Relates(RelationKind::Replaces),
        b"corrects" => FieldKey::Relates(RelationKind::Corrects),
        b"kills" => FieldKey::Relates(RelationKind::Kills),
        b"holds" => FieldKey::Relates(RelationKind::Holds),
        b"restores" => FieldKey::Relates(RelationKind::Restores),
        b"repeats" => FieldKey::Relates(RelationKind::Repeats),
        b"addsto" => FieldKey::Relates(RelationKind::AddsTo),
        b"words" | b"wordcount" => FieldKey::Words,
        b"rights" | b"copyright" | b"copyrightnotice" => FieldKey::Rights,
        b"story" | b"storyid" => FieldKey::Story,
        b"url" | b"link" | b"links" | b"canonicalurl" => FieldKey::Links,
        b"body" | b"text" | b"content" | b"bodytext" | b"article" | b"articlebody" => {
            FieldKey::Body
        }
        b"bodyhtml" | b"html" | b"contenthtml" | b"bodyxhtml" => FieldKey::Html,
        b"summary" | b"description" | b"abstract" | b"descriptiontext" | b"contenttext" => {
            FieldKey::Summary
        }
        _ => return None,
    })
}

impl FieldKey {
    /// The bit of this key in [`crate::format::parser::Draft::given_keys`].
    pub(in crate::format) fn bit(self) -> u64 {
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
            // Keys that may be given more than once share a bit.
            Self::Subjects
            | Self::Keywords
            | Self::Ednote
            | Self::Relates(_)
            | Self::Rights
            | Self::Links => 63,
        }
    }

    /// True for keys distinctive enough that a single line with one is a header block. Others are also common words
    /// before a colon in running text.
    pub(in crate::format) fn is_distinctive(self) -> bool {
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

    /// True for keys that only apply to structured formats, not to header lines of a plain text.
    pub(in crate::format) fn is_nested_only(self) -> bool {
        matches!(self, Self::Body | Self::Html | Self::Summary)
    }
}
