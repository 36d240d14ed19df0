//! JSON Lines and JSON documents with the field names that most services use.

mod digest;
mod feed;
mod looks;
mod ninjs;
mod object;
mod pages;
mod source;
mod token;

use super::dateline::DatelineCache;
use super::draft::{ItemSink, ParsedItem};
use super::{Context, Detail, encoding};
use crate::dispatch::{Problem, Severity};
pub(super) use looks::{is_document, is_feed, is_lines, is_ninjs_document, is_ninjs_lines};
use pages::{MAX_ENVELOPE_DEPTH, find_enveloped_item, find_item_array, has_item_members};
use source::{Dialect, ObjectSource};
use token::{Cursor, SyntaxError, Value, elements};

/// ninjs, one object a line.
pub(super) fn ninjs_lines(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    parse_lines(Dialect::Ninjs, bytes, want, ctx, sink)
}

/// ninjs objects of a document.
pub(super) fn ninjs_document(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    parse_document(Dialect::Ninjs, bytes, want, ctx, sink)
}

/// The items of a JSON Feed.
pub(super) fn feed(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    parse_document(Dialect::Feed, bytes, want, ctx, sink)
}

/// JSON Lines: one item a line; a line that is not JSON does not harm the others.
pub(super) fn lines(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    parse_lines(Dialect::Generic, bytes, want, ctx, sink)
}

fn parse_lines(
    dialect: Dialect,
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let datelines = DatelineCache::default();
    let mut number = 0u64;
    while at < bytes.len() && !sink.is_full() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let whole = &bytes[at..end];
        let line = whole.trim_ascii();
        let start = at + (whole.len() - whole.trim_ascii_start().len());
        number += 1;
        at = end + 1;
        if line.is_empty() {
            continue;
        }
        let place = || {
            if ctx.first_byte == 0 {
                format!("line {number}")
            } else {
                encoding::byte_location(ctx.first_byte + start as u64)
            }
        };
        let source = ObjectSource::new(dialect, (line, start as u64), want, ctx, &datelines);
        offer_objects(&source, &place, &mut problems, sink);
    }
    problems
}

/// A document: one object, an array of objects, an object that holds one array of them, or several of these.
pub(super) fn document(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    parse_document(Dialect::Generic, bytes, want, ctx, sink)
}

fn parse_document(
    dialect: Dialect,
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let datelines = DatelineCache::default();
    let source = ObjectSource::new(dialect, (bytes, 0), want, ctx, &datelines);
    offer_objects(&source, &String::new, &mut problems, sink);
    problems
}

/// All objects of a text that are items.
fn offer_objects(
    source: &ObjectSource<'_>,
    place: &dyn Fn() -> String,
    problems: &mut Vec<Problem>,
    sink: &mut ItemSink<'_>,
) {
    let text = &*source.decoded.text;
    let mut cursor = Cursor::new(text);
    let mut members = Vec::with_capacity(16);
    let mut nth = 0;
    let mut emit = |raw: &str, members: &[(&str, Value<'_>)], outer: &[(&str, Value<'_>)]| {
        sink.offer(|| parse_in_dialect(source, raw, nth, members, outer));
        nth += 1;
        !sink.is_full()
    };
    let mut others = 0u32;
    let result = loop {
        let start = match cursor.peek() {
            None => break Ok(()),
            Some(b',') => {
                cursor.at += 1;
                continue;
            }
            Some(_) => cursor.at,
        };
        let mut outer = Vec::new();
        let array = if cursor.peek() == Some(b'{') {
            if let Err(fail) = cursor.members(&mut members) {
                // The items that are whole in a list that is cut off.
                if !has_item_members(source.dialect, &members)
                    && let Some(array) = Cursor::new(&text[start..]).find_unclosed_array()
                {
                    emit_elements(array, &members, &mut others, &mut emit);
                }
                break Err(fail);
            }
            let Some(array) = find_item_array(source.dialect, &members) else {
                if emit(&text[start..cursor.at], &members, &[]) {
                    continue;
                }
                break Ok(());
            };
            std::mem::swap(&mut outer, &mut members);
            array
        } else {
            match expect_array(&mut cursor, start) {
                Ok(array) => array,
                Err(fail) => {
                    // What is whole at the start of an array that is cut off is read all the same.
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
    if let Err(fail) = result {
        let message = describe_error(text, fail);
        problems.push(Problem::new(Severity::Unreadable, place(), message));
    }
    if others > 0 {
        let message = format!("{others} elements of an array are not objects, so not dispatches");
        problems.push(Problem::new(Severity::Fault, place(), message));
    }
}

/// Reads one object as a dispatch. `outer` are the members of what is around it.
fn parse_in_dialect(
    source: &ObjectSource<'_>,
    raw: &str,
    nth: u32,
    members: &[(&str, Value<'_>)],
    outer: &[(&str, Value<'_>)],
) -> ParsedItem {
    match source.dialect {
        Dialect::Generic => object::parse_object(source, raw, nth, members),
        Dialect::Feed => feed::parse_object(source, raw, nth, members, outer),
        Dialect::Ninjs => {
            let place = source.locate_object(raw, nth, members);
            match find_enveloped_item(members, MAX_ENVELOPE_DEPTH) {
                Some(inner) => ninjs::parse_object(source, raw, &inner, place),
                None => ninjs::parse_object(source, raw, members, place),
            }
        }
    }
}

/// Reads on over an array, or fails where something else stands.
fn expect_array<'a>(cursor: &mut Cursor<'a>, start: usize) -> Result<&'a str, SyntaxError> {
    match cursor.read_value()? {
        Value::Array(array) => Ok(array),
        _ => Err(SyntaxError {
            at: start,
            expected: "an object",
        }),
    }
}

/// Takes an object's raw text, its members, and those of what is around it; true where more are wanted.
type EmitObject<'e, 'a> =
    dyn FnMut(&'a str, &[(&'a str, Value<'a>)], &[(&'a str, Value<'a>)]) -> bool + 'e;

/// Hands on the objects of an array; true where more are wanted.
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

fn describe_error(text: &str, fail: SyntaxError) -> String {
    let SyntaxError { at, expected } = fail;
    let found = match text.get(at..).and_then(|rest| rest.chars().next()) {
        None => "the end".to_owned(),
        Some(c) if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        Some(c) => format!("`{c}`"),
    };
    format!(
        "not JSON: expected {expected}, found {found} at column {}",
        at + 1
    )
}

#[cfg(test)]
mod tests;
