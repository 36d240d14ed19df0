//! JSON as search servers and the services of papers, agencies and databases write it: objects around an item, their own
//! names for fields, texts in several parts, and tables.

use std::borrow::Cow;

use crate::format::json::generic::decode_value;
use crate::format::json::tokenizer::{Cursor, Value, elements, unescape};
use crate::format::shared::field_keys::{FieldKey, field_key};
use crate::format::tables::name_in_any_language;

/// What a member holds whose name only services use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceKey {
    /// A field like those with common names.
    Field(FieldKey),
    /// A text with a line for each paragraph.
    Lines,
    /// The beginning of the text, used if there is no more of it.
    Lead,
    /// The beginning of a text that goes on in the body, of an object that has the number of the Dow Jones database.
    Snippet,
    /// A time that is exact where the usual one is a day.
    ExactTime,
    /// The text in parts, used if there is no other.
    Parts,
    /// The site that published it, used if no source is named.
    Site,
}

/// Looks up a name that is not among the common ones, ignoring case, hyphens and underscores.
pub(super) fn service_key(name: &str) -> Option<ServiceKey> {
    // Longer than any known name; a longer name is unknown.
    let mut plain = [0u8; 24];
    let mut length = 0;
    for byte in name.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ')) {
        *plain.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let key = match plain.get(..length)? {
        b"maintext" | b"document" | b"articletext" | b"fulltext" | b"newstext" | b"plaintext"
        | b"textcontent" => return Some(ServiceKey::Lines),
        b"leadparagraph" => return Some(ServiceKey::Lead),
        b"snippet" => return Some(ServiceKey::Snippet),
        b"publicationdatetime" | b"dategmt" => return Some(ServiceKey::ExactTime),
        b"sourcedomain" | b"domain" | b"website" | b"publisher" | b"sitename" | b"newspaper"
        | b"outlet" | b"medianame" | b"thread" => return Some(ServiceKey::Site),
        b"paragraphs" | b"sections" | b"contents" => return Some(ServiceKey::Parts),
        b"webtitle" | b"articletitle" | b"newstitle" => FieldKey::Headline,
        b"articlehtml" | b"htmlcontent" | b"htmlbody" => FieldKey::Html,
        b"datepublish"
        | b"publishdate"
        | b"publisheddate"
        | b"publishedon"
        | b"pubdatetime"
        | b"webpublicationdate"
        | b"firstpublicationdate"
        | b"seendate" => FieldKey::Sent,
        b"sourcename" | b"sources" | b"newssource" | b"publicationname" => FieldKey::Agency,
        b"an" | b"urn" | b"uuid" | b"resultid" | b"articleid" | b"docid" | b"documentid" => {
            FieldKey::Id
        }
        b"weburl" | b"articleurl" => FieldKey::Links,
        b"section" | b"sectionname" => FieldKey::Category,
        b"languagecode" => FieldKey::Language,
        b"teaser" | b"trailtext" | b"standfirst" | b"overview" | b"highlights" => FieldKey::Summary,
        b"wordlength" => FieldKey::Words,
        _ => return None,
    };
    Some(ServiceKey::Field(key))
}

/// True for the fields that show that their object is an item: a headline or a text.
pub(super) fn is_copy(key: FieldKey) -> bool {
    matches!(key, FieldKey::Headline | FieldKey::Body | FieldKey::Html)
}

/// True for members that show that their object is an item: a headline or a text.
pub(super) fn is_item_name(name: &str) -> bool {
    let name = unescape(name);
    match field_key(&name) {
        Some(key) => is_copy(key),
        None => match service_key(&name) {
            Some(ServiceKey::Field(key)) => is_copy(key),
            Some(ServiceKey::Lines | ServiceKey::Lead | ServiceKey::Parts) => true,
            _ => false,
        },
    }
}

// Objects around an item.

/// Objects that may be nested around an item.
const MAX_WRAPPERS: u8 = 3;

/// True for the names of objects that hold an item, or a part of it: `{"_source": {…}}`, `{"article": {…}}`.
pub(super) fn is_wrapper_name(name: &str) -> bool {
    matches!(
        name,
        "_source"
            | "article"
            | "Article"
            | "attributes"
            | "content"
            | "fields"
            | "document"
            | "Document"
            | "doc"
            | "data"
            | "item"
            | "node"
            | "news"
            | "payload"
            | "post"
            | "response"
            | "result"
            | "row"
            | "story"
    )
}

/// The members of an object that has its item, or the text of it, in another one, together with those of that object.
/// `None` for an object that is an item by itself.
pub(super) fn unwrap_members<'a>(
    members: &[(&'a str, Value<'a>)],
) -> Option<Vec<(&'a str, Value<'a>)>> {
    unwrap_nested(members, MAX_WRAPPERS)
}

fn unwrap_nested<'a>(
    members: &[(&'a str, Value<'a>)],
    depth: u8,
) -> Option<Vec<(&'a str, Value<'a>)>> {
    let is_wrapper = |&(name, value): &(&str, Value<'_>)| {
        matches!(value, Value::Object(_)) && is_wrapper_name(name)
    };
    if depth == 0 || !members.iter().any(is_wrapper) {
        return None;
    }
    let has_text = |wanted: &[FieldKey]| {
        members.iter().any(|&(name, value)| {
            matches!(value, Value::Text(raw) if !raw.is_empty())
                && field_key(name).is_some_and(|key| wanted.contains(&key))
        })
    };
    let has_headline = has_text(&[FieldKey::Headline]);
    if has_text(&[FieldKey::Body, FieldKey::Html]) {
        return None;
    }
    let (mut inner, mut outer) = (Vec::new(), Vec::new());
    for member in members {
        // An item that has a headline, and no text, may have fields of any names.
        let may_be_part = is_wrapper(member) && !(has_headline && member.0 == "fields");
        match part_of_item(member, depth).filter(|_| may_be_part) {
            Some(part) => inner.extend(part),
            None => outer.push(*member),
        }
    }
    if inner.is_empty() {
        return None;
    }
    let (mut first, second) = if has_headline { (outer, inner) } else { (inner, outer) };
    first.extend(second);
    Some(first)
}

/// The members in a wrapper, if they have a headline or a text.
fn part_of_item<'a>(
    (name, value): &(&'a str, Value<'a>),
    depth: u8,
) -> Option<Vec<(&'a str, Value<'a>)>> {
    let Value::Object(raw) = *value else { return None };
    let mut members = Vec::new();
    Cursor::new(raw).members(&mut members).ok()?;
    if let Some(nested) = unwrap_nested(&members, depth - 1) {
        return Some(nested);
    }
    // These hold nothing else.
    let is_certain = matches!(*name, "_source" | "fields" | "attributes") && !members.is_empty();
    let is_item = members.iter().any(|(name, _)| is_item_name(name));
    (is_certain || is_item).then_some(members)
}

/// True for the names of objects and arrays that hold lists of items: `{"response": {"results": […]}}`.
pub(super) fn is_list_name(name: &str) -> bool {
    matches!(
        name,
        "articles"
            | "Articles"
            | "data"
            | "docs"
            | "documents"
            | "entries"
            | "hits"
            | "items"
            | "news"
            | "posts"
            | "records"
            | "response"
            | "result"
            | "results"
            | "rows"
            | "stories"
            | "value"
    )
}

// Values in several parts.

/// Levels of arrays and objects that a text may be nested in.
const MAX_NESTING: u8 = 5;

/// Members of an object that hold its text, the best first.
const TEXT_NAMES: &[&str] = &[
    "main",
    "original",
    "text",
    "content",
    "rendered",
    "value",
    "default",
    "plain",
    "html",
    "paragraphs",
    "print_headline",
    "#text",
    "$oid",
    "$date",
    "$numberLong",
];

/// The text of a value that has it in parts: `{"main": {"text": "…"}}`, `[{"content": [{"text": "…"}]}]`. The parts of
/// the outermost array are paragraphs. `None` if there is none.
pub(super) fn nested_text(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Array(raw) => {
            let parts: Vec<_> =
                elements(raw).filter_map(|part| collect_text(part, MAX_NESTING)).collect();
            (!parts.is_empty()).then(|| Cow::Owned(parts.join("\n\n")))
        }
        _ => collect_text(value, MAX_NESTING),
    }
}

fn collect_text(value: Value<'_>, depth: u8) -> Option<Cow<'_, str>> {
    let depth = depth.checked_sub(1)?;
    let text = match value {
        Value::Text(_) | Value::Number(_) => decode_value(value),
        Value::Array(raw) => {
            Cow::Owned(elements(raw).filter_map(|part| collect_text(part, depth)).collect())
        }
        Value::Object(raw) => {
            let mut members = Vec::new();
            Cursor::new(raw).members(&mut members).ok()?;
            TEXT_NAMES.iter().find_map(|wanted| {
                let (_, value) = members.iter().find(|(name, _)| name == wanted)?;
                collect_text(*value, depth)
            })?
        }
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// True for a value without any text or number in it: `{"original": null, "person": []}`.
pub(super) fn is_empty(value: Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(raw) => raw.is_empty(),
        Value::Array(raw) => elements(raw).next().is_none(),
        Value::Object(raw) => {
            let mut members = Vec::new();
            Cursor::new(raw).members(&mut members).is_ok()
                && members.iter().all(|(_, value)| match value {
                    Value::Array(raw) => elements(raw).next().is_none(),
                    Value::Text(raw) => raw.is_empty(),
                    other => *other == Value::Null,
                })
        }
        _ => false,
    }
}

/// The text of a list of parts, each a text or an object with one, and a heading before it. Of parts that have kinds,
/// those that are paragraphs.
pub(super) fn parts_text(value: Value<'_>) -> Option<String> {
    let Value::Array(list) = value else { return None };
    let text_member = |part: Value<'_>, names: &[&str]| {
        let Value::Object(raw) = part else { return None };
        let mut members = Vec::new();
        Cursor::new(raw).members(&mut members).ok()?;
        let (_, value) = members.iter().find(|(name, _)| names.contains(name))?;
        value.as_text().map(|raw| decode_value(Value::Text(raw)).into_owned())
    };
    let kind = |part| text_member(part, &["subtype", "type"]);
    let has_kinds = elements(list).any(|part| kind(part).as_deref() == Some("paragraph"));
    let mut parts = Vec::new();
    for part in elements(list) {
        if has_kinds && kind(part).as_deref() != Some("paragraph") {
            continue;
        }
        parts.extend(text_member(part, &["heading", "title", "headline"]));
        parts.extend(collect_text(part, MAX_NESTING).map(Cow::into_owned));
    }
    parts.retain(|part| !part.trim().is_empty());
    // Markup needs no line breaks, but tells by itself where a paragraph ends.
    let is_markup = parts.iter().any(|part| part.contains("</"));
    if is_markup {
        return Some(format!("<p>{}</p>", parts.join("</p><p>")));
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// The site that an object names: `{"site": "quay.example", "title": …}`.
pub(super) fn site_name(value: Value<'_>) -> Option<String> {
    let Value::Object(raw) = value else { return None };
    let mut members = Vec::new();
    Cursor::new(raw).members(&mut members).ok()?;
    let (_, site) = members.iter().find(|(name, _)| matches!(*name, "site" | "domain"))?;
    Some(decode_value(Value::Text(site.as_text()?)).trim().to_owned())
}

/// The text of an array that holds nothing else: `["Ferries sail again"]`.
pub(super) fn only_text(list: &str) -> Option<String> {
    let mut all = elements(list);
    let value = all.next().filter(|value| matches!(value, Value::Text(_)))?;
    all.next().is_none().then(|| crate::text::one_line(&decode_value(value)))
}

/// The part of an XML document that holds its text, without the headers before it.
pub(super) fn text_of_document(text: &str) -> &str {
    if !text.starts_with("<?xml") && !text.starts_with("<entry") {
        return text;
    }
    let inner = |name: &str| {
        let start = text.find(&format!("<{name}"))?;
        let end = text.rfind(&format!("</{name}"))?;
        text.get(start..end)
    };
    ["nitf:body.content", "body.content", "bodyText", "content"]
        .into_iter()
        .find_map(inner)
        .unwrap_or(text)
}

/// True for a line that tells a search server what to do with the next one: `{"index": {"_id": "7"}}`.
pub(super) fn is_bulk_action(members: &[(&str, Value<'_>)]) -> bool {
    match members {
        [(name, Value::Object(_))] => matches!(*name, "index" | "create" | "update" | "delete"),
        _ => false,
    }
}

/// A text whose paragraphs are lines, with an empty line between them. Sets for summaries join the texts of several
/// sources with bars, and may have a word for a line end.
pub(super) fn separate_lines(text: Cow<'_, str>) -> Cow<'_, str> {
    let has_marks = text.contains("|||||") || text.contains("NEWLINE_CHAR");
    let text = if has_marks {
        let parts = text.replace("NEWLINE_CHAR", "\n").replace("|||||", "\n\n");
        let lines: Vec<&str> = parts.lines().map(str::trim).collect();
        Cow::Owned(lines.join("\n"))
    } else {
        text
    };
    let body = text.trim_ascii();
    if !body.contains('\n') || body.contains("\n\n") {
        return text;
    }
    Cow::Owned(body.replace('\n', "\n\n"))
}

/// The value of an element that has its kind as its name: `{"name": "subject", "value": "Snow"}`.
pub(super) fn named_value(element: Value<'_>) -> Option<String> {
    let Value::Object(raw) = element else { return None };
    let mut members = Vec::new();
    Cursor::new(raw).members(&mut members).ok()?;
    let find = |wanted: &str| {
        let (_, value) = members.iter().find(|(name, _)| *name == wanted)?;
        Some(decode_value(Value::Text(value.as_text()?)).trim().to_owned())
    };
    find("name").and(find("value")).filter(|value| !value.is_empty())
}

/// What an element of a list of subjects is by its type, as dpa writes it: `{"type": "dnltype:keyword", "name": "…"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypedSubject {
    Subject,
    Keyword,
    /// The status, the urgency, the author and other things that are no subjects.
    Other,
}

/// The type of an element of a list of subjects; `None` if it names none.
pub(super) fn typed_subject(element: Value<'_>) -> Option<TypedSubject> {
    let Value::Object(raw) = element else { return None };
    let mut members = Vec::new();
    Cursor::new(raw).members(&mut members).ok()?;
    let (_, value) = members.iter().find(|(name, _)| *name == "type")?;
    let name = value.as_text()?.strip_prefix("dnltype:")?;
    Some(match name {
        "keyword" => TypedSubject::Keyword,
        _ if name.ends_with("subject") || name.ends_with("topic") || name == "category" => {
            TypedSubject::Subject
        }
        _ => TypedSubject::Other,
    })
}

// Tables: names of columns and rows of values, as data frames and query services write them. Each row is an item, read by
// the names of its columns.

/// Bytes at the start of a text in which the first row of a table must begin.
const MAX_BEFORE_ROWS: usize = 4096;

/// Most columns of a table.
const MAX_COLUMNS: usize = 1024;

/// Takes the raw text that stands for a row, and its members. Returns true if more rows are wanted.
type TakeRow<'t, 'a> = dyn FnMut(&'a str, &[(&'a str, Value<'a>)]) -> bool + 't;

/// A table, with the names of its columns as they are written.
pub(super) struct ColumnarTable<'a> {
    pub names: Vec<&'a str>,
    rows: Rows<'a>,
}

/// Where the values of a table are.
enum Rows<'a> {
    /// An array with an array for each row: `[["A", "2020-01-02"], …]`, and how many of them hold names.
    Lists(&'a str, usize),
    /// The values of each column: `{"title": {"0": "A", …}, …}`, `{"title": ["A", …], …}`.
    Columns(Vec<Vec<Value<'a>>>),
}

impl<'a> ColumnarTable<'a> {
    /// The table that a text holds, if it holds nothing else. Texts that cannot be one are told at little cost.
    pub(super) fn find(text: &'a str) -> Option<Self> {
        let start = text.trim_ascii_start();
        let reach = &start.as_bytes()[..start.len().min(MAX_BEFORE_ROWS)];
        if start.starts_with('[') {
            let is_nested = reach[1..].trim_ascii_start().first() == Some(&b'[');
            let rows = if is_nested { Cursor::new(start).read_value().ok()? } else { return None };
            return Self::with_names_in_first_row(rows);
        }
        if !may_be_table(reach) {
            return None;
        }
        let mut members = Vec::new();
        Cursor::new(start).members(&mut members).ok()?;
        Self::with_rows(&members).or_else(|| Self::with_columns(&members))
    }

    /// `[["title", "date"], ["A", "2020-01-02"]]`
    fn with_names_in_first_row(rows: Value<'a>) -> Option<Self> {
        let Value::Array(rows) = rows else { return None };
        let names = column_names(elements(rows).next()?)?;
        Some(Self { names, rows: Rows::Lists(rows, 1) })
    }

    /// `{"columns": ["title", "date"], "data": [["A", "2020-01-02"]]}`
    fn with_rows(members: &[(&'a str, Value<'a>)]) -> Option<Self> {
        let is_rows = |value: &Value<'_>| match value {
            Value::Array(raw) => matches!(elements(raw).next(), Some(Value::Array(_))),
            _ => false,
        };
        let mut lists = members.iter().filter(|(_, value)| is_rows(value));
        let (Some((_, Value::Array(rows))), None) = (lists.next(), lists.next()) else {
            return None;
        };
        let is_header = |name: &str| {
            matches!(name, "columns" | "fields" | "header" | "headers" | "names" | "cols")
        };
        let (_, header) = members.iter().find(|(name, _)| is_header(name))?;
        Some(Self { names: column_names(*header)?, rows: Rows::Lists(rows, 0) })
    }

    /// `{"title": {"0": "A"}, "date": {"0": "2020-01-02"}}`, or with arrays of several values.
    fn with_columns(members: &[(&'a str, Value<'a>)]) -> Option<Self> {
        let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
        if !are_names_of_columns(&names) {
            return None;
        }
        let mut keys: Option<Vec<&str>> = None;
        let mut columns = Vec::with_capacity(members.len());
        for (_, value) in members {
            match value {
                Value::Array(raw) => columns.push(elements(raw).collect::<Vec<_>>()),
                Value::Object(raw) => {
                    let mut column = Vec::new();
                    Cursor::new(raw).members(&mut column).ok()?;
                    let found: Vec<&str> = column.iter().map(|(key, _)| *key).collect();
                    if keys.get_or_insert_with(|| found.clone()) != &found {
                        return None;
                    }
                    columns.push(column.into_iter().map(|(_, value)| value).collect());
                }
                _ => return None,
            }
        }
        let length = columns.first()?.len();
        // The texts of one article may each stand in an array of their own.
        let least = if keys.is_some() { 1 } else { 2 };
        let are_even = length >= least && columns.iter().all(|column| column.len() == length);
        are_even.then_some(Self { names, rows: Rows::Columns(columns) })
    }

    /// Passes on the members of each row, with the raw text that stands for it: the row, or its longest value. Stops
    /// when `take` returns false. Returns the number of rows that are no arrays.
    pub(super) fn for_each_row(&self, take: &mut TakeRow<'_, 'a>) -> u32 {
        let mut others = 0;
        match &self.rows {
            Rows::Lists(rows, header) => {
                for row in elements(rows).skip(*header) {
                    let Value::Array(raw) = row else {
                        others += 1;
                        continue;
                    };
                    let members: Vec<_> = self.names.iter().copied().zip(elements(raw)).collect();
                    if !take(raw, &members) {
                        break;
                    }
                }
            }
            Rows::Columns(columns) => {
                for nth in 0..columns.first().map_or(0, Vec::len) {
                    let values = columns.iter().map(|column| column[nth]);
                    let members: Vec<_> = self.names.iter().copied().zip(values).collect();
                    let texts = members.iter().filter_map(|(_, value)| value.as_text());
                    let raw = texts.max_by_key(|text| text.len()).unwrap_or("");
                    if !take(raw, &members) {
                        break;
                    }
                }
            }
        }
        others
    }
}

/// False for objects that hold no table: true if rows begin near their start, or if their first member is a column.
fn may_be_table(start: &[u8]) -> bool {
    let Some(first) = memchr::memchr(b':', start) else { return false };
    let value = start[first + 1..].trim_ascii_start();
    let is_column = match value.split_first() {
        Some((b'[', _)) => true,
        // The rows of a data frame have numbers.
        Some((b'{', rest)) => {
            let rest = rest.trim_ascii_start();
            rest.first() == Some(&b'"') && rest.get(1).is_some_and(u8::is_ascii_digit)
        }
        _ => false,
    };
    is_column || memchr::memmem::find(start, b"[[").is_some() || has_nested_array(start)
}

/// True if an array begins with an array after white space.
fn has_nested_array(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'[', bytes).any(|at| {
        let rest = &bytes[at + 1..];
        rest.first().is_some_and(u8::is_ascii_whitespace)
            && rest.trim_ascii_start().first() == Some(&b'[')
    })
}

/// The names of columns in an array of texts, or of objects with a name: `[{"name": "title"}, …]`. `None` if they do not
/// show that each row is an item.
fn column_names(header: Value<'_>) -> Option<Vec<&str>> {
    let Value::Array(raw) = header else { return None };
    let name_of = |element| match element {
        Value::Text(name) => Some(name),
        Value::Object(raw) => {
            let mut members = Vec::new();
            Cursor::new(raw).members(&mut members).ok()?;
            ["name", "field", "id", "key", "label", "title"].iter().find_map(|wanted| {
                let (_, value) = members.iter().find(|(name, _)| name == wanted)?;
                value.as_text()
            })
        }
        _ => None,
    };
    let names: Vec<&str> = elements(raw).map(name_of).collect::<Option<_>>()?;
    are_names_of_columns(&names).then_some(names)
}

/// True for at least two names, of which one is that of a headline or a text, and another is known, too.
fn are_names_of_columns(names: &[&str]) -> bool {
    let is_item_name = |name: &&str| {
        is_item_name(name) || name_in_any_language(&unescape(name)).is_some_and(is_copy)
    };
    let is_known = |name: &&str| {
        let name = unescape(name);
        field_key(&name).is_some()
            || service_key(&name).is_some()
            || name_in_any_language(&name).is_some()
    };
    (2..=MAX_COLUMNS).contains(&names.len())
        && names.iter().any(is_item_name)
        && names.iter().filter(|name| is_known(name)).take(2).count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::testing::{one, parsed};

    #[test]
    fn names_of_services() {
        assert_eq!(service_key("webTitle"), Some(ServiceKey::Field(FieldKey::Headline)));
        assert_eq!(service_key("date_publish"), Some(ServiceKey::Field(FieldKey::Sent)));
        assert_eq!(service_key("publication_datetime"), Some(ServiceKey::ExactTime));
        assert_eq!(service_key("an_unknown_name_that_is_long"), None);
        assert!(is_item_name("maintext") && is_item_name("title") && !is_item_name("snippet"));
    }

    #[test]
    fn an_item_in_another_object_is_one_with_it() {
        let check = |text: &str, headline: &str, body: &str| {
            let d = one(text);
            assert_eq!((d.headline.as_str(), d.body.text()), (headline, body), "{text}");
        };
        check(r#"{"_id": "1", "_source": {"title": "A", "text": "B."}}"#, "A", "B.");
        check(r#"{"data": {"article": {"headline": "A", "content": "B."}}}"#, "A", "B.");
        check(r#"{"webTitle": "A", "fields": {"bodyText": "B."}}"#, "A", "B.");
        check(r#"{"Title": "A", "Document": {"Content": "<entry><p>B.</p></entry>"}}"#, "A", "B.");
        // A record of a dispatch without text, with a field that has the name of one.
        check(
            r#"{"headline": "A", "body": "", "fields": {"headline": "C", "body": "D"}}"#,
            "A",
            "",
        );
    }

    #[test]
    fn headlines_and_texts_in_odd_places() {
        let check = |text: &str, headline: &str, body: &str| {
            let d = one(text);
            assert_eq!((d.headline.as_str(), d.body.text()), (headline, body), "{text}");
            assert!(d.problems.is_empty(), "{text}: {:?}", d.problems);
        };
        check(r#"{"titre": "A", "texte": "B.\nC."}"#, "A", "B.\n\nC.");
        check(r#"{"title": ["A"], "content": ["B."], "date": ["2020-01-02"]}"#, "A", "B.");
        check(
            r#"{"title": {"rendered": "A &amp; D"}, "content": {"rendered": "<p>B.</p>"}}"#,
            "A & D",
            "B.",
        );
        check(r#"{"title": "A", "sections": [{"heading": "S", "text": "B."}]}"#, "A", "S\n\nB.");
        check(
            r#"{"title": "A", "contents": [{"type": "kicker", "content": "K"}, {"subtype": "paragraph", "content": "B."}]}"#,
            "A",
            "B.",
        );
        check(
            r#"{"response": {"status": "ok", "content": {"webTitle": "A", "fields": {"body": "B."}}}}"#,
            "A",
            "B.",
        );
        check(
            r#"{"title": "A", "date": {"$date": {"$numberLong": "1456470900000"}}, "text": "B."}"#,
            "A",
            "B.",
        );
        check(
            r#"{"title": "A", "document": "B. ||||| C. NEWLINE_CHAR D."}"#,
            "A",
            "B.\n\nC.\n\nD.",
        );
        check(
            r#"{"title": "A", "content": "<?xml version=\"1.0\"?><entry><id>7</id><content><p>B.</p></content></entry>"}"#,
            "A",
            "B.",
        );
    }

    #[test]
    fn texts_in_parts() {
        let d = one(
            r#"{"headline": {"main": {"text": "A"}}, "byline": {"original": null, "person": []}, "body": [{"content": [{"text": "B "}, {"text": "C."}]}, {"text": "D."}]}"#,
        );
        assert_eq!((d.headline.as_str(), d.body.text()), ("A", "B C.\n\nD."));
        assert!(d.byline.is_none() && d.problems.is_empty());
    }

    #[test]
    fn a_snippet_comes_before_the_body_of_a_snapshot_once() {
        let check = |text: &str, body: &str| assert_eq!(one(text).body.text(), body, "{text}");
        check(r#"{"an": "X1", "snippet": "A.", "body": "B."}"#, "A.\n\nB.");
        check(r#"{"an": "X1", "snippet": "A.", "body": "A.\n\nB."}"#, "A.\n\nB.");
        check(r#"{"snippet": "A.", "body": "B."}"#, "B.");
    }

    /// Checks headline and text of each row.
    #[track_caller]
    fn check_rows(text: &str, expected: &[(&str, &str)]) {
        let parsed = parsed(text);
        let found = parsed.dispatches.iter().map(|d| (d.headline.as_str(), d.body.text()));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
        assert!(parsed.problems.is_empty(), "{text}: {:?}", parsed.problems);
    }

    #[test]
    fn rows_are_items() {
        let both = &[("A", "B."), ("C", "D.")];
        check_rows(
            r#"{"columns": ["title", "text"], "index": [0, 1], "data": [["A", "B."], ["C", "D."]]}"#,
            both,
        );
        check_rows(
            "{\n \"rows\": [\n  [1, \"A\", \"B.\"],\n  [2, \"C\", \"D.\"]\n ],\n \"columns\": [\"id\", \"title\", \"text\"]\n}",
            both,
        );
        check_rows(
            r#"{"fields": [{"id": "Titel", "type": "text"}, {"id": "Inhalt"}], "records": [["A", "B."], ["C", "D."]]}"#,
            both,
        );
        check_rows(r#"[["title", "text"], ["A", "B."], ["C", "D."]]"#, both);
        check_rows(r#"{"title": {"0": "A", "1": "C"}, "text": {"0": "B.", "1": "D."}}"#, both);
        check_rows(r#"{"title": ["A", "C"], "text": ["B.", "D."]}"#, both);
        check_rows(r#"{"title": ["A"], "text": ["B."]}"#, &both[..1]);
    }

    #[test]
    fn other_lists_are_no_tables() {
        check_rows(r#"{"headline": "A", "text": ["B.", "C."]}"#, &[("A", "B.\n\nC.")]);
        let parsed = parsed(r#"{"points": [[1, 2], [3, 4]], "headline": "A", "text": "B."}"#);
        assert_eq!(parsed.dispatches.len(), 1);
    }
}
