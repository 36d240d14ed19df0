//! The fields of the query and the words of `is:`: one table each, that parser, completion and help are made from.

/// A field: what stands before the colon, and what it looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Headline,
    Slug,
    From,
    At,
    By,
    About,
    Lang,
    Body,
    Said,
    Quote,
    Is,
    Urgency,
    Words,
    Date,
    Newer,
    Older,
}

/// One line of a table: a name, an example of its use, and what it keeps.
#[derive(Debug, Clone, Copy)]
pub struct FieldEntry<T> {
    pub value: T,
    pub name: &'static str,
    pub example: &'static str,
    pub description: &'static str,
}

const fn entry<T>(
    what: T,
    name: &'static str,
    example: &'static str,
    keeps: &'static str,
) -> FieldEntry<T> {
    FieldEntry {
        value: what,
        name,
        example,
        description: keeps,
    }
}

/// All fields, in the order of the help.
pub const FIELDS: &[FieldEntry<Field>] = &[
    entry(
        Field::Headline,
        "headline",
        "headline:(kremlin 'talks !oil)",
        "words of the headline",
    ),
    entry(Field::Slug, "slug", "slug:SYRIA", "words of the slug"),
    entry(Field::From, "from", "from:afp", "the agency"),
    entry(
        Field::At,
        "at",
        "at:moscow",
        "place or country of the dateline",
    ),
    entry(Field::By, "by", "by:hansen", "the byline"),
    entry(
        Field::About,
        "about",
        "about:energy",
        "subjects and keywords",
    ),
    entry(Field::Lang, "lang", "lang:en", "the language"),
    entry(
        Field::Body,
        "body",
        "body:\"gas pipeline\"",
        "words of the text",
    ),
    entry(Field::Said, "said", "said:putin", "a speaker who is quoted"),
    entry(
        Field::Quote,
        "quote",
        "quote:ceasefire",
        "words inside a quotation",
    ),
    entry(Field::Is, "is", "is:urgent", "what it is, see below"),
    entry(
        Field::Urgency,
        "urgency",
        "urgency:<=3",
        "the urgency, 1 the highest",
    ),
    entry(Field::Words, "words", "words:>300", "the length in words"),
    entry(
        Field::Date,
        "date",
        "date:2016-07-01..2016-07-08",
        "days, a month, a year",
    ),
    entry(
        Field::Newer,
        "newer",
        "newer:2h",
        "the last minutes (m), hours (h), days (d), weeks (w)",
    ),
    entry(
        Field::Older,
        "older",
        "older:3d",
        "all that came before that",
    ),
];

/// What a dispatch can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsProperty {
    Unread,
    Read,
    Starred,
    SinceLast,
    Urgent,
    Alert,
    Killed,
    Corrected,
    Superseded,
    Embargoed,
    Table,
}

/// The words of `is:`, in the order of the help.
pub const IS_PROPERTIES: &[FieldEntry<IsProperty>] = &[
    entry(IsProperty::Unread, "unread", "is:unread", "not opened yet"),
    entry(IsProperty::Read, "read", "is:read", "opened"),
    entry(IsProperty::Starred, "starred", "is:starred", "starred"),
    entry(
        IsProperty::SinceLast,
        "since-last",
        "is:since-last",
        "come since the last visit",
    ),
    entry(IsProperty::Urgent, "urgent", "is:urgent", "urgency 1 or 2"),
    entry(IsProperty::Alert, "alert", "is:alert", "alerts"),
    entry(
        IsProperty::Killed,
        "killed",
        "is:killed",
        "killed, or a notice that kills",
    ),
    entry(
        IsProperty::Corrected,
        "corrected",
        "is:corrected",
        "corrections, and what one corrects",
    ),
    entry(
        IsProperty::Superseded,
        "superseded",
        "is:superseded",
        "a newer version is at hand",
    ),
    entry(
        IsProperty::Embargoed,
        "embargoed",
        "is:embargoed",
        "sent under an embargo, lifted or not",
    ),
    entry(IsProperty::Table, "table", "is:table", "with a table"),
];

impl Field {
    /// The field of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        find_by_name(FIELDS, name)
    }

    /// What stands before the colon.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |e| e.name)
    }

    pub(super) fn example(self) -> &'static str {
        self.entry().map_or("", |e| e.example)
    }

    fn entry(self) -> Option<&'static FieldEntry<Self>> {
        FIELDS.iter().find(|e| e.value == self)
    }

    /// True where the value is no text to look for but a number, a date or a name of a table.
    pub(super) fn takes_condition(self) -> bool {
        matches!(
            self,
            Self::Is | Self::Urgency | Self::Words | Self::Date | Self::Newer | Self::Older
        )
    }
}

/// What a table has under a name.
pub(super) fn find_by_name<T: Copy>(table: &[FieldEntry<T>], name: &str) -> Option<T> {
    table.iter().find(|e| e.name == name).map(|e| e.value)
}

/// The name of a table that a misspelt one is nearest to.
pub(super) fn nearest_in_table<T>(table: &[FieldEntry<T>], name: &str) -> Option<&'static str> {
    crate::text::nearest_name(table.iter().map(|entry| entry.name), name)
}

/// What other programs and the wires call a field, and its name here.
const FIELD_ALIASES: &[(&str, &str)] = &[
    ("agency", "from"),
    ("source", "from"),
    ("speaker", "said"),
    ("author", "by"),
    ("byline", "by"),
    ("place", "at"),
    ("country", "at"),
    ("dateline", "at"),
    ("text", "body"),
    ("title", "headline"),
    ("subject", "about"),
    ("keyword", "about"),
    ("topic", "about"),
    ("tag", "about"),
    ("language", "lang"),
    ("status", "is"),
    ("priority", "urgency"),
    ("length", "words"),
    ("day", "date"),
    ("since", "newer"),
    ("after", "newer"),
    ("before", "older"),
];

/// The field that somebody means by another name: what it is called elsewhere, or one that is nearly it.
pub(super) fn suggest_field(name: &str) -> Option<&'static str> {
    let elsewhere = FIELD_ALIASES.iter().find(|(there, _)| *there == name);
    elsewhere
        .map(|(_, here)| *here)
        .or_else(|| nearest_in_table(FIELDS, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_elsewhere_lead_to_fields_that_are_there() {
        for (there, here) in FIELD_ALIASES {
            assert!(Field::from_name(here).is_some(), "{here}");
            assert!(Field::from_name(there).is_none(), "{there}");
        }
        assert_eq!(suggest_field("agency"), Some("from"));
        assert_eq!(suggest_field("qoute"), Some("quote"));
        assert_eq!(suggest_field("http"), None);
    }

    #[test]
    fn misspelt_names_have_a_neighbour() {
        for (name, known) in [
            ("form", Some("from")),
            ("headlien", Some("headline")),
            ("urgncy", Some("urgency")),
            ("qoute", Some("quote")),
            ("http", None),
            ("re", None),
            ("zzz", None),
        ] {
            assert_eq!(nearest_in_table(FIELDS, name), known, "{name}");
        }
    }
}
