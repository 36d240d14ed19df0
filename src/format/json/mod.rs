//! JSON Lines and JSON documents with the field names that most services use.

mod digest;
mod object;
mod source;
mod token;

use super::detect::Sample;
use super::draft::Sink;
use super::{Context, Want, encoding};
use crate::dispatch::{Problem, Severity};
use crate::format::fields::{Key, key};
use source::Source;
use token::{Cursor, Fail, Value, elements, unescape};

/// Lines looked at to tell JSON Lines from a document.
const LINES: usize = 8;

/// One object a line, at least in one of the first lines.
pub(super) fn is_lines(sample: &Sample<'_>) -> bool {
    if sample.utf16 || sample.start.first() != Some(&b'{') {
        return false;
    }
    let offset = sample.bytes.len() - rest(sample).len();
    let mut lines = sample.bytes[offset..]
        .split(|&b| b == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next().unwrap_or(&[]);
    if is_object(first) {
        return true;
    }
    let more = || lines.clone().take(LINES);
    if more().next().is_none() {
        // A single line: a broken object, unless nothing follows it that could belong to it.
        return first.len() > 2;
    }
    !is_object(rest(sample)) && more().any(|line| line.starts_with(b"{") && is_object(line))
}

/// A document that begins with an object or array.
pub(super) fn is_document(sample: &Sample<'_>) -> bool {
    if sample.utf16 {
        let look = encoding::decode(&sample.bytes[..sample.bytes.len().min(4096) & !1]);
        return begins_as_json(look.text.trim_start().as_bytes());
    }
    begins_as_json(sample.start)
}

/// `{` and a name or an end, or `[` and a value: prose in brackets is not meant.
fn begins_as_json(start: &[u8]) -> bool {
    let Some((&first, rest)) = start.split_first() else {
        return false;
    };
    let rest = rest.trim_ascii_start();
    match first {
        b'{' => matches!(rest.first(), None | Some(b'"' | b'}' | b'/')),
        b'[' => matches!(rest.first(), None | Some(b'{' | b']' | b'[' | b'"')),
        _ => false,
    }
}

/// The whole input from its first character on.
fn rest<'a>(sample: &Sample<'a>) -> &'a [u8] {
    let bytes = sample.bytes;
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start()
}

/// True where these bytes are one object and nothing else.
fn is_object(bytes: &[u8]) -> bool {
    let decoded = encoding::decode(bytes.trim_ascii());
    let mut cursor = Cursor::new(&decoded.text);
    cursor.peek() == Some(b'{')
        && cursor.members(&mut Vec::new()).is_ok()
        && cursor.peek().is_none()
}

/// JSON Lines: one item a line; a line that is not JSON does not harm the others.
pub(super) fn lines(bytes: &[u8], want: Want, ctx: &Context, sink: &mut Sink<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
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
                encoding::byte_place(ctx.first_byte + start as u64)
            }
        };
        let source = Source::new(line, start as u64, want, ctx);
        objects(&source, &place, &mut problems, sink);
    }
    problems
}

/// A document: one object, an array of objects, an object that holds one array of them, or several of these.
pub(super) fn document(
    bytes: &[u8],
    want: Want,
    ctx: &Context,
    sink: &mut Sink<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let source = Source::new(bytes, 0, want, ctx);
    objects(&source, &String::new, &mut problems, sink);
    problems
}

/// All objects of a text that are items.
fn objects(
    source: &Source<'_>,
    place: &dyn Fn() -> String,
    problems: &mut Vec<Problem>,
    sink: &mut Sink<'_>,
) {
    let text = &*source.decoded.text;
    let mut cursor = Cursor::new(text);
    let mut members = Vec::with_capacity(16);
    let mut nth = 0;
    let mut emit = |raw: &str, members: &[(&str, Value<'_>)]| {
        sink.offer(|| object::item(source, raw, nth, members));
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
        let array = if cursor.peek() == Some(b'{') {
            if let Err(fail) = cursor.members(&mut members) {
                break Err(fail);
            }
            let Some(array) = container(&members) else {
                if emit(&text[start..cursor.at], &members) {
                    continue;
                }
                break Ok(());
            };
            array
        } else {
            match cursor.value() {
                Ok(Value::Array(array)) => array,
                Ok(_) => {
                    break Err(Fail {
                        at: start,
                        expected: "an object",
                    });
                }
                Err(fail) => {
                    // What is whole at the start of an array that is cut off is read all the same.
                    if text.as_bytes().get(start) == Some(&b'[') {
                        each_element(&text[start..], &mut others, &mut emit);
                    }
                    break Err(fail);
                }
            }
        };
        if !each_element(array, &mut others, &mut emit) {
            break Ok(());
        }
    };
    if let Err(fail) = result {
        let message = message(text, fail);
        problems.push(Problem::new(Severity::Unreadable, place(), message));
    }
    if others > 0 {
        let message = format!("{others} elements of an array are not objects, so not dispatches");
        problems.push(Problem::new(Severity::Fault, place(), message));
    }
}

/// Takes an object's raw text and its members; true where more are wanted.
type Emit<'e, 'a> = dyn FnMut(&'a str, &[(&'a str, Value<'a>)]) -> bool + 'e;

/// Hands on the objects of an array; true where more are wanted.
fn each_element<'a>(array: &'a str, others: &mut u32, emit: &mut Emit<'_, 'a>) -> bool {
    let mut members = Vec::new();
    for element in elements(array) {
        match element {
            Value::Object(raw) if Cursor::new(raw).members(&mut members).is_ok() => {
                if !emit(raw, &members) {
                    return false;
                }
            }
            _ => *others += 1,
        }
    }
    true
}

/// The array of an object that is no item itself, but holds some: `{"articles": [{…}, …]}`.
fn container<'a>(members: &[(&str, Value<'a>)]) -> Option<&'a str> {
    let (mut array, mut several) = (None, false);
    for &(name, value) in members {
        match value {
            Value::Array(raw)
                if raw[1..].trim_ascii_start().starts_with('{') && key(name).is_none() =>
            {
                several |= array.replace(raw).is_some();
            }
            _ if matches!(
                key(&unescape(name)),
                Some(Key::Headline | Key::Body | Key::Html)
            ) =>
            {
                return None;
            }
            _ => {}
        }
    }
    array.filter(|_| !several)
}

fn message(text: &str, fail: Fail) -> String {
    let Fail { at, expected } = fail;
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
