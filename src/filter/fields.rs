//! The fields of the query language, the words of `is:`, and the values of fields, as tables shared by the parser, the
//! completion and the help. Knows nothing of entries or clocks.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::dispatch::Stamp;
use crate::filter::matcher::Needle;
use crate::text::parse_age;

/// A field of the query language. See [`FIELDS`] for what each searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Headline,
    Slug,
    From,
    At,
    By,
    About,
    Lang,
    Text,
    Body,
    Said,
    Quote,
    Note,
    Is,
    Urgency,
    Words,
    Date,
    Newer,
    Older,
}

/// One line of a table of fields or properties.
#[derive(Debug, Clone, Copy)]
pub struct FieldEntry<T> {
    pub value: T,
    /// The name in queries, lower-case.
    pub name: &'static str,
    /// A valid query that uses it.
    pub example: &'static str,
    /// What it searches or keeps, for the help and the man page.
    pub description: &'static str,
}

const fn entry<T>(
    value: T,
    name: &'static str,
    example: &'static str,
    description: &'static str,
) -> FieldEntry<T> {
    FieldEntry { value, name, example, description }
}

/// All fields, in the order of the help.
pub const FIELDS: &[FieldEntry<Field>] = &[
    entry(Field::Headline, "headline", "headline:(kremlin 'talks !oil)", "words of the headline"),
    entry(Field::Slug, "slug", "slug:SYRIA", "words of the slug"),
    entry(Field::From, "from", "from:afp", "the agency"),
    entry(Field::At, "at", "at:moscow", "place or country of the dateline"),
    entry(Field::By, "by", "by:hansen", "the byline"),
    entry(Field::About, "about", "about:energy", "subjects and keywords"),
    entry(Field::Lang, "lang", "lang:en", "the language"),
    entry(Field::Text, "text", "text:ferry", "headline, slug, place, agency or text"),
    entry(Field::Body, "body", "body:\"gas pipeline\"", "words of the text"),
    entry(Field::Said, "said", "said:putin", "a speaker who is quoted"),
    entry(Field::Quote, "quote", "quote:ceasefire", "words inside a quotation"),
    entry(Field::Note, "note", "note:\"call back\"", "words of your own notes"),
    entry(Field::Is, "is", "is:urgent", "what it is, see below"),
    entry(Field::Urgency, "urgency", "urgency:<=3", "the urgency, 1 the highest"),
    entry(Field::Words, "words", "words:>300", "the length in words"),
    entry(Field::Date, "date", "date:2016-07-01..2016-07-08", "days, a month, a year"),
    entry(
        Field::Newer,
        "newer",
        "newer:2h",
        "the last minutes (m), hours (h), days (d), weeks (w)",
    ),
    entry(Field::Older, "older", "older:3d", "everything before that"),
];

/// A property of a dispatch, as in `is:unread`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsProperty {
    Unread,
    Read,
    Starred,
    Noted,
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
    entry(IsProperty::Noted, "noted", "is:noted", "with a note of yours"),
    entry(IsProperty::SinceLast, "since-last", "is:since-last", "new since the last visit"),
    entry(IsProperty::Urgent, "urgent", "is:urgent", "urgency 1 or 2"),
    entry(IsProperty::Alert, "alert", "is:alert", "alerts"),
    entry(IsProperty::Killed, "killed", "is:killed", "killed, or a notice that kills"),
    entry(IsProperty::Corrected, "corrected", "is:corrected", "corrections, and what one corrects"),
    entry(IsProperty::Superseded, "superseded", "is:superseded", "has a newer version"),
    entry(
        IsProperty::Embargoed,
        "embargoed",
        "is:embargoed",
        "under an embargo that has not ended",
    ),
    entry(IsProperty::Table, "table", "is:table", "with a table"),
];

impl Field {
    /// The field with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        find_by_name(FIELDS, name)
    }

    /// The name before the colon.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |e| e.name)
    }

    /// A valid query that uses the field.
    pub(super) fn example(self) -> &'static str {
        self.entry().map_or("", |e| e.example)
    }

    fn entry(self) -> Option<&'static FieldEntry<Self>> {
        FIELDS.iter().find(|e| e.value == self)
    }

    /// True if the value is a number, a date, an age or a property instead of a text to search for.
    pub(super) fn takes_condition(self) -> bool {
        matches!(
            self,
            Self::Is | Self::Urgency | Self::Words | Self::Date | Self::Newer | Self::Older
        )
    }
}

/// The value with this name in a table.
pub(super) fn find_by_name<T: Copy>(table: &[FieldEntry<T>], name: &str) -> Option<T> {
    table.iter().find(|e| e.name == name).map(|e| e.value)
}

/// The name in a table that is nearest to a misspelt one.
pub(super) fn nearest_in_table<T>(table: &[FieldEntry<T>], name: &str) -> Option<&'static str> {
    crate::text::nearest_name(table.iter().map(|entry| entry.name), name)
}

/// Names that other programs and the wires use for a field, and its name here.
const FIELD_ALIASES: &[(&str, &str)] = &[
    ("agency", "from"),
    ("source", "from"),
    ("speaker", "said"),
    ("author", "by"),
    ("byline", "by"),
    ("place", "at"),
    ("country", "at"),
    ("dateline", "at"),
    ("anywhere", "text"),
    ("fulltext", "text"),
    ("notes", "note"),
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

/// The field to suggest for an unknown name: by an alias, or by a similar name.
pub(super) fn suggest_field(name: &str) -> Option<&'static str> {
    let alias = FIELD_ALIASES.iter().find(|(alias, _)| *alias == name);
    alias.map(|(_, field)| *field).or_else(|| nearest_in_table(FIELDS, name))
}

// Values that are conditions: numbers with comparisons, dates and ranges of dates, ages.

/// A condition on an entry other than on its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Is(IsProperty),
    /// The reader's note on the story contains a text.
    Note(Arc<Needle>),
    Urgency(RangeInclusive<u32>),
    Words(RangeInclusive<u32>),
    /// Seconds since the epoch of the wire's local time, read as if it were UTC: a day is the wire's own day.
    Date(Range<i64>),
    /// At most so many seconds ago.
    Newer(i64),
    /// More than so many seconds ago.
    Older(i64),
}

impl Condition {
    /// True if it depends on the reader's marks, or on what was there at the last visit.
    pub(crate) fn needs_marks(&self) -> bool {
        match self {
            Self::Is(is) => matches!(
                is,
                IsProperty::Unread
                    | IsProperty::Read
                    | IsProperty::Starred
                    | IsProperty::Noted
                    | IsProperty::SinceLast
            ),
            Self::Note(_) => true,
            _ => false,
        }
    }
}

/// Parses the value of a field that [takes a condition](Field::takes_condition).
///
/// # Errors
/// A sentence that says what would be right.
pub(super) fn parse_condition(field: Field, text: &str) -> Result<Condition, String> {
    let value = text.to_lowercase();
    match field {
        Field::Is => find_by_name(IS_PROPERTIES, &value).map(Condition::Is).ok_or_else(|| {
            let names: Vec<&str> = IS_PROPERTIES.iter().map(|k| k.name).collect();
            nearest_in_table(IS_PROPERTIES, &value).map_or_else(
                || format!("a dispatch can be {}, not “{text}”", names.join(", ")),
                |known| format!("“{text}” is not known: try is:{known}"),
            )
        }),
        Field::Urgency => parse_number_range(&value).map(Condition::Urgency).ok_or_else(|| {
            format!("“{text}” is not 1 to 9: write urgency:1, urgency:<=3 or urgency:1..3")
        }),
        Field::Words => parse_number_range(&value)
            .map(Condition::Words)
            .ok_or_else(|| format!("“{text}” is not a number: write words:>300 or words:100..300")),
        Field::Date => parse_date_range(&value).map(Condition::Date),
        Field::Newer => {
            parse_age(&value).map(Condition::Newer).ok_or_else(|| invalid_age_message(field, text))
        }
        Field::Older => {
            parse_age(&value).map(Condition::Older).ok_or_else(|| invalid_age_message(field, text))
        }
        _ => Err(format!("{}: takes words", field.name())),
    }
}

fn invalid_age_message(field: Field, text: &str) -> String {
    let name = field.name();
    format!("“{text}” is not an age: write {name}:30m or {name}:3d (s, m, h, d, w)")
}

fn parse_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // A number that does not fit is greater than any value it is compared with.
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// `3`, `=3`, `<3`, `<=3`, `>3`, `>=3`, `1..3`, `1..` or `..3`.
fn parse_number_range(text: &str) -> Option<RangeInclusive<u32>> {
    if let Some((from, to)) = text.split_once("..") {
        let from = if from.is_empty() { 0 } else { parse_number(from)? };
        let to = if to.is_empty() { u32::MAX } else { parse_number(to)? };
        return (text != "..").then_some(from..=to);
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Some(0..=parse_number(rest)?);
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Some(parse_number(rest)?..=u32::MAX);
    }
    if let Some(rest) = text.strip_prefix('<') {
        // Nothing is below 0: an empty range.
        return Some(
            parse_number(rest)?.checked_sub(1).map_or(RangeInclusive::new(1, 0), |to| 0..=to),
        );
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Some(parse_number(rest)?.saturating_add(1)..=u32::MAX);
    }
    let exact = parse_number(text.strip_prefix('=').unwrap_or(text))?;
    Some(exact..=exact)
}

/// A date, or a comparison or range of dates, as seconds since the epoch. The end of a range is part of it.
fn parse_date_range(text: &str) -> Result<Range<i64>, String> {
    if let Some((from, to)) = text.split_once("..") {
        if from.is_empty() && to.is_empty() {
            return Err(".. wants a day on one side, as in 2016-07-01..2016-07-08".to_owned());
        }
        let start = if from.is_empty() { i64::MIN + 1 } else { parse_date(from)?.start };
        let end = if to.is_empty() { i64::MAX } else { parse_date(to)?.end };
        return Ok(start..end);
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Ok(i64::MIN + 1..parse_date(rest)?.end);
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Ok(parse_date(rest)?.start..i64::MAX);
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Ok(i64::MIN + 1..parse_date(rest)?.start);
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Ok(parse_date(rest)?.end..i64::MAX);
    }
    parse_date(text)
}

/// A day, a month or a year as a range of seconds since the epoch.
fn parse_date(text: &str) -> Result<Range<i64>, String> {
    let form =
        || format!("“{text}” is not a date: 2016, 2016-07, 2016-07-01, 2016-07-01..2016-07-08");
    let parts: Vec<&str> = text.split('-').collect();
    let widths = [4, 2, 2];
    let shaped = parts.len() <= 3
        && parts
            .iter()
            .zip(widths)
            .all(|(part, width)| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()));
    if !shaped {
        return Err(form());
    }
    let read = |n: usize| parts.get(n).map_or(Some(1), |part| part.parse().ok());
    let year: i16 = parts[0].parse().map_err(|_| form())?;
    let (Some(month), Some(day)) = (read(1), read(2)) else {
        return Err(form());
    };
    let first = Date::new(year, month, day).map_err(|_| {
        if (1..=12).contains(&month) {
            format!("there is no day {text}")
        } else {
            format!("there is no month {month}: “{text}” wants 01 to 12 after the year")
        }
    })?;
    let length = match parts.len() {
        1 => 1.year(),
        2 => 1.month(),
        _ => 1.day(),
    };
    let next = first.checked_add(length).unwrap_or(Date::MAX);
    let seconds = |date: Date| Stamp::from_date(date).map(|stamp| stamp.seconds);
    Ok(seconds(first).ok_or_else(form)?..seconds(next).unwrap_or(i64::MAX))
}

/// The syntax besides fields, for the help and the man page: an example and what it keeps.
pub const SYNTAX_EXAMPLES: &[(&str, &str)] = &[
    (
        "word",
        "headline, slug, place or agency contains it, close matches below; in a word with a capital, case counts",
    ),
    ("'word", "contains it, no close matches"),
    ("~word", "its letters in this order"),
    ("^word", "at the start"),
    ("word$", "at the end"),
    ("\"two words\"", "this phrase, in the text too"),
    ("/colou?r/", "a regular expression"),
    ("one two", "both"),
    ("one | two", "one or the other; binds weaker than and"),
    ("!word", "not"),
    ("(one | two) three", "a group"),
    ("from:(afp | rtr)", "a field takes a word, a phrase or a group"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::query::Query;

    #[test]
    fn aliases_suggest_existing_fields() {
        for (alias, field) in FIELD_ALIASES {
            assert!(Field::from_name(field).is_some(), "{field}");
            assert!(Field::from_name(alias).is_none(), "{alias}");
        }
        assert_eq!(suggest_field("agency"), Some("from"));
        assert_eq!(suggest_field("qoute"), Some("quote"));
        assert_eq!(suggest_field("http"), None);
    }

    #[test]
    fn misspelt_names_have_a_nearest_field() {
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

    #[track_caller]
    fn check(field: Field, text: &str, expected: &Condition) {
        assert_eq!(parse_condition(field, text).as_ref(), Ok(expected), "{text}");
    }

    #[test]
    fn numbers_compare() {
        check(Field::Urgency, "<=3", &Condition::Urgency(0..=3));
        check(Field::Urgency, "1..3", &Condition::Urgency(1..=3));
        check(Field::Words, ">300", &Condition::Words(301..=u32::MAX));
        check(Field::Words, "300", &Condition::Words(300..=300));
        assert!(parse_condition(Field::Words, "many").is_err());
        assert!(parse_condition(Field::Urgency, "..").is_err());
    }

    #[test]
    fn days_months_years() {
        let day = |text: &str| Stamp::parse(text).map_or(0, |t| t.seconds);
        check(Field::Date, "2016-07", &Condition::Date(day("2016-07-01")..day("2016-08-01")));
        check(Field::Date, "2016", &Condition::Date(day("2016-01-01")..day("2017-01-01")));
        check(
            Field::Date,
            "2016-07-01..2016-07-08",
            &Condition::Date(day("2016-07-01")..day("2016-07-09")),
        );
        for wrong in ["2016-13", "2016-02-30", "16-1-1", "..", "x", "2016-07-01-02", ""] {
            assert!(parse_condition(Field::Date, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ages() {
        check(Field::Newer, "2h", &Condition::Newer(7_200));
        check(Field::Older, "3d", &Condition::Older(259_200));
        assert!(parse_condition(Field::Newer, "2").is_err());
        assert!(parse_condition(Field::Newer, "é").is_err());
    }

    #[test]
    fn every_example_is_a_query() {
        let fields = FIELDS.iter().map(|entry| entry.example);
        let kinds = IS_PROPERTIES.iter().map(|entry| entry.example);
        let forms = SYNTAX_EXAMPLES.iter().map(|(example, _)| *example);
        for example in forms.chain(fields).chain(kinds) {
            assert!(Query::parse_strict(example).is_ok(), "{example}");
        }
    }
}
