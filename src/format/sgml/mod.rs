//! SGML of news collections: the Reuters-21578 collection, and the TREC collections of AP copy.
//!
//! No parser of SGML: the collections use a few tags without nesting and numeric entities, and are read as they are.

mod reuters;
mod tags;
mod trec;

pub(super) use reuters::{ITEM_START as REUTERS, is_reuters, items as reuters};
pub(super) use trec::{ITEM_START as TREC, is_trec, items as trec};

use std::borrow::Cow;
use std::ops::Range;

use super::cut::RecordBoundary;
use super::draft::{ItemSink, ParsedItem};
use super::encoding;
use crate::dispatch::{Problem, Severity};

#[cfg(test)]
mod tests;

/// Hands on each item: what begins with a mark and ends with the next one. What stands between the end of an item and
/// the next mark, and is no declaration, is said.
fn offer_items(
    bytes: &[u8],
    (mark, end): (&'static str, &str),
    first_byte: u64,
    sink: &mut ItemSink<'_>,
    mut item: impl FnMut(&[u8], Range<u64>) -> ParsedItem,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let cut = RecordBoundary::BeforeMark(mark);
    let mut lost = |range: Range<usize>| {
        let text = bytes[range.clone()].trim_ascii();
        let declared = text.starts_with(b"<!") || text.starts_with(b"<?");
        if !text.is_empty() && !declared && text != b"\xef\xbb\xbf" {
            let place = encoding::byte_location(first_byte + range.start as u64);
            let message = format!("{} bytes between two dispatches were not read", text.len());
            problems.push(Problem::new(Severity::Fault, place, message));
        }
    };
    let mut start = cut.find_next(bytes, 0);
    lost(0..start.unwrap_or(bytes.len()));
    while let Some(at) = start.filter(|_| !sink.is_full()) {
        start = cut.find_next(bytes, at + 1);
        let next = start.unwrap_or(bytes.len());
        let raw = &bytes[at..next];
        if let Some(close) = memchr::memmem::rfind(raw, end.as_bytes()) {
            lost(at + close + end.len()..next);
        }
        sink.offer(|| item(raw, at as u64..next as u64));
    }
    problems
}

/// A text with its entities resolved: `&lt;`, `&gt;`, `&amp;`, `&quot;`, and characters by their number. Others stay.
fn resolve_entities(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let (c, length) = parse_entity(after).unwrap_or(('&', 0));
        out.push(c);
        rest = &after[length..];
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

/// The character of an entity whose `&` has been read, and the bytes that it takes. The `;` may be missing after a
/// number, as SGML allows before anything that is no digit.
fn parse_entity(text: &str) -> Option<(char, usize)> {
    for (name, c) in [
        ("lt;", '<'),
        ("gt;", '>'),
        ("amp;", '&'),
        ("quot;", '"'),
        ("apos;", '\''),
    ] {
        if text.starts_with(name) {
            return Some((c, name.len()));
        }
    }
    let digits = text.strip_prefix('#')?;
    let count = digits
        .bytes()
        .take(8)
        .take_while(u8::is_ascii_digit)
        .count();
    let c = char::from_u32(digits[..count].parse().ok()?)?;
    let closed = digits[count..].starts_with(';');
    Some((c, 1 + count + usize::from(closed)))
}
