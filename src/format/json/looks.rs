//! What shows that an input is JSON, one object a line or a document, and whose.

use super::ninjs;
use super::token::{Cursor, Value, unescape};
use crate::format::detect::{SAMPLE_SIZE, Sample};
use crate::format::encoding;

/// Lines looked at to tell JSON Lines from a document.
const MAX_SAMPLE_LINES: usize = 8;

/// One object a line, at least in one of the first lines.
pub(in crate::format) fn is_lines(sample: &Sample<'_>) -> bool {
    if sample.is_utf16 || sample.start.first() != Some(&b'{') {
        return false;
    }
    let offset = sample.bytes.len() - without_bom(sample).len();
    let mut lines = sample.bytes[offset..]
        .split(|&b| b == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next().unwrap_or(&[]);
    if is_object(first) {
        return true;
    }
    let more = || lines.clone().take(MAX_SAMPLE_LINES);
    if more().next().is_none() {
        // A single line: a broken object, unless nothing follows it that could belong to it.
        return first.len() > 2;
    }
    !is_object(without_bom(sample)) && more().any(|line| line.starts_with(b"{") && is_object(line))
}

/// A document that begins with an object or array.
pub(in crate::format) fn is_document(sample: &Sample<'_>) -> bool {
    if sample.is_utf16 {
        let look = encoding::decode(&sample.bytes[..sample.bytes.len().min(4096) & !1]);
        return starts_like_json(look.text.trim_start().as_bytes());
    }
    starts_like_json(sample.start)
}

/// `{` and a name or an end, or `[` and a value: prose in brackets is not meant.
fn starts_like_json(start: &[u8]) -> bool {
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
fn without_bom<'a>(sample: &Sample<'a>) -> &'a [u8] {
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

/// JSON Lines of ninjs.
pub(in crate::format) fn is_ninjs_lines(sample: &Sample<'_>) -> bool {
    is_lines(sample) && is_ninjs(sample)
}

/// One ninjs object, or an array or a page of them.
pub(in crate::format) fn is_ninjs_document(sample: &Sample<'_>) -> bool {
    is_document(sample) && is_ninjs(sample)
}

/// A feed as jsonfeed.org describes it.
pub(in crate::format) fn is_feed(sample: &Sample<'_>) -> bool {
    let named = || memchr::memmem::find(sample.start, b"jsonfeed.org/version").is_some();
    is_document(sample) && named() && {
        let text = String::from_utf8_lossy(sample.start);
        let is_version = |(name, value): &(&str, Value<'_>)| {
            *name == "version"
                && value
                    .as_text()
                    .is_some_and(|v| unescape(v).contains("jsonfeed.org"))
        };
        ninjs::object_members(&text).iter().any(is_version)
    }
}

/// True where the first item is ninjs, whatever stands around it.
fn is_ninjs(sample: &Sample<'_>) -> bool {
    let decoded = if sample.is_utf16 {
        encoding::decode(&sample.bytes[..sample.bytes.len().min(SAMPLE_SIZE) & !1]).text
    } else {
        String::from_utf8_lossy(sample.start)
    };
    let mut text = decoded.trim_start();
    // An array, a page of items, an envelope around one.
    for _ in 0..6 {
        if let Some(inner) = text.strip_prefix('[') {
            text = inner.trim_start();
            continue;
        }
        let members = ninjs::object_members(text);
        if ninjs::is_ninjs_item(&members) {
            return true;
        }
        let named = |name: &str| matches!(name, "item" | "items" | "_items" | "data");
        let first = members.iter().filter(|(name, _)| named(name));
        let all = first.chain(&members);
        let read = all.map(|(_, value)| value).find_map(|value| match value {
            Value::Object(raw) | Value::Array(raw)
                if raw[1..].trim_start().starts_with(['{', '"']) =>
            {
                Some(*raw)
            }
            _ => None,
        });
        // What reaches over the end of the sample has no value yet.
        let Some(inner) = read.or_else(|| unfinished_value(text)) else {
            return false;
        };
        text = inner;
    }
    false
}

/// The value of the member that a text breaks off in, where that holds others.
fn unfinished_value(text: &str) -> Option<&str> {
    ["\"item\"", "\"items\"", "\"_items\"", "\"data\""]
        .iter()
        .find_map(|name| {
            let rest = text[text.find(name)? + name.len()..].trim_start();
            let rest = rest.strip_prefix(':')?.trim_start();
            rest.starts_with(['{', '[']).then_some(rest)
        })
}
