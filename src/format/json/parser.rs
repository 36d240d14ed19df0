//! Walks JSON Lines and JSON documents, and parses each object that is an item in its dialect. Problems that
//! belong to no item are syntax errors, and array elements that are not objects.

use crate::dispatch::{Problem, Severity};
use crate::format::json::dialect::{
    Dialect, MAX_ENVELOPE_DEPTH, ObjectSource, find_enveloped_item, find_item_array,
    has_item_members, holds_items_by_name,
};
use crate::format::json::services::ColumnarTable;
use crate::format::json::tokenizer::{Cursor, SyntaxError, Value, elements, unescape};
use crate::format::json::{dialect, generic, json_feed, ninjs, services};
use crate::format::parser::{Detail, Input, ItemSink, ParsedItem};
use crate::format::shared::dateline::DatelineCache;
use crate::format::shared::encoding;

/// Lines without JSON that are reported one by one.
const MAX_OTHER_LINES: u64 = 20;

/// Parses JSON Lines, one item a line. A line that is not JSON does not affect the others.
pub(in crate::format) fn parse_lines(dialect: Dialect, input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let bytes = input.bytes;
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let datelines = DatelineCache::default();
    let mut number = 0u64;
    // Lines that do not even begin like JSON: those of a log. Each of the first is told, the others are counted.
    let mut others = 0u64;
    // Lines of a log that end with an object.
    let mut prefixed = 0usize;
    while at < bytes.len() && !sink.is_full() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let full_line = &bytes[at..end];
        let line = full_line.trim_ascii();
        let start = at + (full_line.len() - full_line.trim_ascii_start().len());
        number += 1;
        at = end + 1;
        if line.is_empty() {
            continue;
        }
        // In a part of a larger input the line number is not known.
        let location = || {
            if input.ctx.first_byte == 0 {
                format!("line {number}")
            } else {
                encoding::byte_location(input.ctx.first_byte + start as u64)
            }
        };
        let (mut line, mut start) = (line, start);
        // As in `[worker 3] nothing new`.
        let is_prose = line[0] == b'[' && line.get(1).is_some_and(u8::is_ascii_alphabetic);
        if is_prose || !matches!(line[0], b'{' | b'[' | b',' | 0x1e | 0xef) {
            let prefix = dialect::prefix_before_object(line);
            if input.detail == Detail::Full {
                let text = String::from_utf8_lossy(&line[..prefix.unwrap_or(line.len())]);
                sink.leave_out("lines that are not JSON", text);
            }
            if let Some(length) = prefix {
                line = &line[length..];
                start += length;
                prefixed += 1;
            } else {
                others += 1;
                if others > MAX_OTHER_LINES {
                    continue;
                }
            }
        }
        let source = ObjectSource::new(dialect, (line, start as u64), input, &datelines);
        // A table on one line is read like a line: by itself, it must be the same.
        if !offer_rows(&source, sink) {
            offer_objects(&source, &location, sink);
        }
    }
    if prefixed > 0 {
        let message = format!(
            "of {} the text before the JSON is left out",
            crate::text::count_noun(prefixed, "line")
        );
        sink.problems.push(Problem::new(Severity::Note, "", message));
    }
    if others > MAX_OTHER_LINES {
        let message = format!("{} further lines are not JSON", others - MAX_OTHER_LINES);
        sink.problems.push(Problem::new(Severity::Unreadable, "", message));
    }
}

/// Parses a document: one object, an array of objects, an object with one array of them, or several of these one after
/// another.
pub(in crate::format) fn parse_document(
    dialect: Dialect,
    input: &Input<'_>,
    sink: &mut ItemSink<'_>,
) {
    let datelines = DatelineCache::default();
    let source = ObjectSource::new(dialect, (input.bytes, 0), input, &datelines);
    if !offer_rows(&source, sink) {
        offer_objects(&source, &String::new, sink);
    }
}

/// Offers the rows of a text that is a table. Returns false if it is none.
fn offer_rows(source: &ObjectSource<'_>, sink: &mut ItemSink<'_>) -> bool {
    let text = dialect::without_script(&source.decoded.text);
    let generic = source.dialect == Dialect::Generic;
    let Some(table) = generic.then(|| ColumnarTable::find(text)).flatten() else {
        return false;
    };
    let mut nth = 0;
    let others = table.for_each_row(&mut |raw, members| {
        sink.offer(|| parse_in_dialect(source, raw, nth, members, &[]));
        nth += 1;
        !sink.is_full()
    });
    for name in table.names {
        sink.leave_out("column names", unescape(name));
    }
    if others > 0 {
        let message = format!("rows that are not arrays were skipped: {others}");
        sink.problems.push(Problem::new(Severity::Fault, "", message));
    }
    true
}

/// Offers all objects of a text that are items to the sink. `location` gives the location of problems.
fn offer_objects(
    source: &ObjectSource<'_>,
    location: &dyn Fn() -> String,
    sink: &mut ItemSink<'_>,
) {
    let text = dialect::without_script(&source.decoded.text);
    let mut cursor = Cursor::new(text);
    // Reused for every object, which saves an allocation each.
    let mut members = Vec::with_capacity(16);
    let mut nth = 0;
    let mut emit = |raw: &str, members: &[(&str, Value<'_>)], outer: &[(&str, Value<'_>)]| {
        sink.offer(|| parse_in_dialect(source, raw, nth, members, outer));
        nth += 1;
        !sink.is_full()
    };
    // Elements of arrays that are not objects, and strings of objects that only hold a list.
    let (mut others, mut list_headers) = (0u32, Vec::new());
    let result = loop {
        let start = match cursor.peek() {
            None => break Ok(()),
            // Objects copied out of an array may still have commas between them.
            Some(b',') => {
                cursor.at += 1;
                continue;
            }
            Some(_) => cursor.at,
        };
        let mut outer = Vec::new();
        let array = if cursor.peek() == Some(b'{') {
            if let Err(fail) = cursor.members(&mut members) {
                // Of a list that is cut off, the complete items are still read.
                if !has_item_members(source.dialect, &members)
                    && let Some(array) = Cursor::new(&text[start..]).find_unclosed_array()
                {
                    emit_elements(array, &members, &mut others, &mut emit);
                    list_headers.extend(header_texts(source, &members));
                }
                break Err(fail);
            }
            // An object is an item, unless it only holds an array of them.
            let Some(array) = find_item_array(source.dialect, &members) else {
                if emit_object(source.dialect, &text[start..cursor.at], &members, &mut emit) {
                    continue;
                }
                break Ok(());
            };
            list_headers.extend(header_texts(source, &members));
            // Items may inherit values from the object around them.
            std::mem::swap(&mut outer, &mut members);
            array
        } else {
            match expect_array(&mut cursor, start) {
                Ok(array) => array,
                Err(fail) => {
                    // Of an array that is cut off, the complete items are still read.
                    if text.as_bytes().get(start) == Some(&b'[') {
                        emit_elements(&text[start..], &[], &mut others, &mut emit);
                    }
                    break Err(fail);
                }
            }
        };
        if !emit_elements(array, &outer, &mut others, &mut emit) {
            break Ok(());
        }
    };
    for text in list_headers {
        sink.leave_out("list headers", text);
    }
    if let Err(fail) = result {
        let message = describe_error(text, fail);
        let problem = Problem::new(Severity::Unreadable, location(), message);
        sink.problems.push(problem);
    }
    if others > 0 {
        let message = format!("array elements that are not objects were skipped: {others}");
        let problem = Problem::new(Severity::Fault, location(), message);
        sink.problems.push(problem);
    }
}

/// The strings of an object that only holds a list of items; nothing for heads.
fn header_texts(source: &ObjectSource<'_>, members: &[(&str, Value<'_>)]) -> Vec<String> {
    if source.input.detail == Detail::Head {
        return Vec::new();
    }
    let texts = members.iter().filter_map(|(_, value)| value.as_text());
    texts.map(|raw| unescape(raw).into_owned()).collect()
}

/// Parses one object as a dispatch. `outer` are the members of the object around it, if any.
fn parse_in_dialect(
    source: &ObjectSource<'_>,
    raw: &str,
    nth: u32,
    members: &[(&str, Value<'_>)],
    outer: &[(&str, Value<'_>)],
) -> ParsedItem {
    // Of ninjs, located by the whole envelope, which is what a second reading starts from.
    let draft = source.draft(raw, nth, members);
    match source.dialect {
        Dialect::Generic => generic::parse_object(draft, members),
        Dialect::Feed => json_feed::parse_object(draft, members, outer),
        Dialect::Ninjs => match find_enveloped_item(members, MAX_ENVELOPE_DEPTH) {
            Some(inner) => ninjs::parse_object(draft, &inner),
            None => ninjs::parse_object(draft, members),
        },
    }
}

/// Reads the next value if it is an array, and fails otherwise.
///
/// # Errors
///
/// At `start` if the value is something else, or where the value stops being JSON.
fn expect_array<'a>(cursor: &mut Cursor<'a>, start: usize) -> Result<&'a str, SyntaxError> {
    match cursor.read_value()? {
        Value::Array(array) => Ok(array),
        _ => Err(SyntaxError { at: start, expected: "an object" }),
    }
}

/// Takes an object's raw text, its members, and those of the object around it. Returns true if more objects are wanted.
type EmitObject<'e, 'a> =
    dyn FnMut(&'a str, &[(&'a str, Value<'a>)], &[(&'a str, Value<'a>)]) -> bool + 'e;

/// Emits the objects of an array and counts the other elements in `others`. Returns true if more objects are wanted.
fn emit_elements<'a>(
    array: &'a str,
    outer: &[(&'a str, Value<'a>)],
    others: &mut u32,
    emit: &mut EmitObject<'_, 'a>,
) -> bool {
    let mut members = Vec::new();
    for element in elements(array) {
        match element {
            Value::Object(raw) if Cursor::new(raw).members(&mut members).is_ok() => {
                if !emit(raw, &members, outer) {
                    return false;
                }
            }
            _ => *others += 1,
        }
    }
    true
}

/// Emits an object as an item, or those that it holds by their names; nothing for one that is no item. Returns true if
/// more objects are wanted.
fn emit_object<'a>(
    dialect: Dialect,
    raw: &'a str,
    members: &[(&'a str, Value<'a>)],
    emit: &mut EmitObject<'_, 'a>,
) -> bool {
    if !matches!(members.first(), Some((_, Value::Object(_)))) {
        return emit(raw, members, &[]);
    }
    if services::is_bulk_action(members) {
        return true;
    }
    if !holds_items_by_name(dialect, members) {
        return emit(raw, members, &[]);
    }
    let mut inner = Vec::new();
    members.iter().all(|&(_, value)| match value {
        Value::Object(raw) if Cursor::new(raw).members(&mut inner).is_ok() => {
            emit(raw, &inner, &[])
        }
        _ => true,
    })
}

/// The message for a syntax error.
fn describe_error(text: &str, fail: SyntaxError) -> String {
    let SyntaxError { at, expected } = fail;
    let found = match text.get(at..).and_then(|rest| rest.chars().next()) {
        None => "the end".to_owned(),
        Some(c) if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        Some(c) => format!("`{c}`"),
    };
    format!("not JSON: expected {expected}, found {found} at column {}", at + 1)
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{RelationKind, Severity};
    use crate::format::detect::detect;
    use crate::format::parser::Context;
    use crate::format::table::read_item;
    use crate::format::testing::{one, parsed};

    /// Checks the headlines, and the locations of problems.
    #[track_caller]
    fn check(text: &str, headlines: &[&str], places: &[&str]) {
        let parsed = parsed(text);
        let found: Vec<_> = parsed.dispatches.iter().map(|d| d.headline.as_str()).collect();
        let problems: Vec<_> = parsed.problems.iter().map(|p| p.location.as_str()).collect();
        assert_eq!((found.as_slice(), problems.as_slice()), (headlines, places), "{text}");
    }

    #[test]
    fn lines_and_documents() {
        check("{\"headline\": \"A\"}\n\n{\"title\": \"B\"}\r\n", &["A", "B"], &[]);
        check("[{\"headline\": \"A\"}, {\"headline\": \"B\"}]", &["A", "B"], &[]);
        check(
            "{\"count\": 2, \"articles\": [{\"headline\": \"A\"}, {\"headline\": \"B\"}]}",
            &["A", "B"],
            &[],
        );
        check("{\n \"headline\": \"A\",\n \"tags\": [\"x\"]\n}", &["A"], &[]);
        check("{\n\"headline\": \"A\"\n}\n{\n\"headline\": \"B\"\n}", &["A", "B"], &[]);
    }

    #[test]
    fn lines_of_a_log() {
        check(
            "09:15 INFO start\n09:16 GOT {\"headline\": \"A\"}\n{\"headline\": \"B\", \"body\": \"C\"}\n",
            &["A", "B"],
            &["line 1", ""],
        );
        check("{\"index\": {\"_id\": \"1\"}}\n{\"headline\": \"A\"}\n", &["A"], &[]);
        check("{\"a\": {\"title\": \"A\"}, \"b\": {\"title\": \"B\"}}", &["A", "B"], &[]);
    }

    #[test]
    fn damage_is_confined_to_one_item() {
        check(
            "{\"headline\": \"A\"}\nnot json\n{\"headline\": \"B\"}\n{\"headline\": \"C",
            &["A", "B"],
            &["line 2", "line 4"],
        );
        check("{\"headline\": broken\n{\"headline\": \"B\"}", &["B"], &["line 1"]);
        check("[{\"headline\": \"A\"}, {\"headline\": \"B", &["A"], &[""]);
        check("[{\"headline\": \"A\"}, 7]", &["A"], &[""]);
        let problems = parsed("{\"headline\": \"A\"}\nnot json").problems;
        assert_eq!(problems[0].severity, Severity::Unreadable);
        assert_eq!(problems[0].message, "not JSON: expected a value, found `n` at column 1");
    }

    #[test]
    fn fields_of_all_kinds() {
        let d = one(
            r#"{"Headline": "Ferries \u00e9t\ud83d\ude00", "source": {"name": "Quay News"}, "urgency": "3", "date": 1735689600000,
        "keywords": ["ports", "ships"], "subjects": [{"name": "Transport"}, {"qcode": "m:1"}], "replaces": ["a", "b"],
        "embargoed": true, "desk": {"a" : [1, 2]}, "body": "First.\n\nSecond.", "priority": null}"#,
        );
        assert_eq!(d.headline, "Ferries ét😀");
        assert_eq!(d.agency.as_deref(), Some("Quay News"));
        assert_eq!(d.urgency.map(crate::dispatch::Urgency::value), Some(3));
        assert_eq!(
            d.sent.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
            Some("2025-01-01T00:00:00Z")
        );
        assert_eq!((d.keywords.len(), d.subjects.join(",")), (2, "Transport,m:1".into()));
        assert_eq!(d.relations.iter().filter(|r| r.kind == RelationKind::Replaces).count(), 2);
        assert!(d.embargoed);
        assert_eq!(d.fields.get("desk").map(String::as_str), Some("{\"a\":[1,2]}"));
        assert_eq!(d.body.blocks().len(), 2);
    }

    #[test]
    fn values_that_do_not_fit_are_kept() {
        let d = one(
            r#"{"headline": "A", "urgency": 17, "slug": [1], "body": {"x": 1}, "headline": "B", "n": 1e400}"#,
        );
        assert_eq!(d.headline, "A");
        assert_eq!(d.fields.get("urgency").map(String::as_str), Some("17"));
        assert_eq!(d.fields.get("headline").map(String::as_str), Some("B"));
        assert_eq!(d.fields.get("n").map(String::as_str), Some("1e400"));
        let places: Vec<_> = d.problems.iter().map(|p| p.location.as_str()).collect();
        assert_eq!(places, ["urgency", "slug", "body", "headline"]);
    }

    #[test]
    fn other_texts_replace_a_missing_body() {
        let d =
            one(r#"{"headline": "A", "body_html": "<p>One &amp; two.</p><p>Three<br/>four.</p>"}"#);
        assert_eq!(
            d.body.text(),
            "One & two.\n\nThree\n\nfour.".replace("Three\n\nfour.", "Three four.")
        );
        let d = one(r#"{"headline": "A", "summary": "Short."}"#);
        assert_eq!(d.body.text(), "Short.");
        let d = one(r#"{"headline": "A", "body": ["One.", "Two."]}"#);
        assert_eq!(d.body.text(), "One.\n\nTwo.");
    }

    #[test]
    fn prose_in_brackets_is_not_json() {
        let name = |text: &str| detect(text.as_bytes()).map_or("refused", |id| id.row().name);
        assert_eq!(name("[Editors: see note] Ferries sail."), "plain");
        assert_eq!(name("{\"headline\": \"A\"}"), "json");
        assert_eq!(name("\u{feff}[{\"headline\": \"A\"}]"), "json");
    }

    #[test]
    fn one_item_of_many_can_be_read_alone() {
        let article = |n: u32| format!(r#"{{"headline": "H{n}", "body": "B{n}"}}"#);
        let many: Vec<_> = (0..5).map(article).collect();
        let list = format!("[{}]", many.join(", "));
        let nested = format!("{{\"count\": 5, \"articles\": {list}}}");
        for text in [list, nested, many.join(","), many.join("\n")] {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [text.into_bytes(), wide] {
                let Ok(id) = detect(&bytes) else {
                    panic!("refused");
                };
                let headline =
                    |nth| Some(read_item(id, &bytes, nth, &Context::default())?.headline);
                let all: Vec<_> = (0..7).map_while(headline).collect();
                assert_eq!(all, ["H0", "H1", "H2", "H3", "H4"]);
            }
        }
    }
}
