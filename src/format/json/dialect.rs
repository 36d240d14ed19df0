//! Detects JSON and its dialect (generic, ninjs, JSON Feed), and finds items inside pages and envelopes.

use std::ops::Range;

use crate::format::json::generic::{decode_value, one_line};
use crate::format::json::tokenizer::{Cursor, Value, unescape};
use crate::format::parser::{Context, Detail, Draft, SAMPLE_SIZE, Sample};
use crate::format::shared::dateline::DatelineCache;
use crate::format::shared::encoding::{self, Decoded};
use crate::format::shared::fields::{FieldKey, field_key};

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
        object_members(&text).iter().any(is_version)
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
        let members = object_members(text);
        if is_ninjs_item(&members) {
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

// Objects that are no items themselves but hold some: pages of them, and envelopes around one.

/// Envelopes within envelopes.
pub(super) const MAX_ENVELOPE_DEPTH: u8 = 4;

/// The array of an object that is no item itself, but holds some: `{"articles": [{…}, …]}`.
pub(super) fn find_item_array<'a>(
    dialect: Dialect,
    members: &[(&str, Value<'a>)],
) -> Option<&'a str> {
    match dialect {
        Dialect::Generic => {}
        Dialect::Feed => {
            return members.iter().find_map(|&(name, value)| match value {
                Value::Array(raw) if name == "items" => Some(raw),
                _ => None,
            });
        }
        // Items hold arrays of objects themselves.
        Dialect::Ninjs => return find_page_array(members, MAX_ENVELOPE_DEPTH),
    }
    let (mut array, mut several) = (None, false);
    for &(name, value) in members {
        match value {
            Value::Array(raw)
                if raw[1..].trim_ascii_start().starts_with('{') && field_key(name).is_none() =>
            {
                several |= array.replace(raw).is_some();
            }
            _ if matches!(
                field_key(&unescape(name)),
                Some(FieldKey::Headline | FieldKey::Body | FieldKey::Html)
            ) =>
            {
                return None;
            }
            _ => {}
        }
    }
    array.filter(|_| !several)
}

/// The array of a page of ninjs items (`{"data": {"items": […]}}`, `{"_items": […]}`).
fn find_page_array<'a>(members: &[(&str, Value<'a>)], depth: u8) -> Option<&'a str> {
    if depth == 0 || is_ninjs_item(members) {
        return None;
    }
    members.iter().find_map(|&(name, value)| match value {
        Value::Array(raw) if raw[1..].trim_start().starts_with('{') => Some(raw),
        Value::Object(raw) if matches!(name, "data" | "result" | "results" | "response") => {
            find_page_array(&object_members(raw), depth - 1)
        }
        _ => None,
    })
}

/// The item in an envelope of its own: `{"meta": {…}, "item": {…}}`.
pub(super) fn find_enveloped_item<'a>(
    members: &[(&str, Value<'a>)],
    depth: u8,
) -> Option<Members<'a>> {
    if depth == 0 || is_ninjs_item(members) {
        return None;
    }
    members.iter().find_map(|&(name, value)| match value {
        Value::Object(raw) if matches!(name, "item" | "data" | "newsitem" | "content") => {
            let inner = object_members(raw);
            Some(find_enveloped_item(&inner, depth - 1).unwrap_or(inner))
        }
        _ => None,
    })
}

/// True for members that only an item has.
pub(super) fn has_item_members(dialect: Dialect, members: &[(&str, Value<'_>)]) -> bool {
    let telling = |name: &str| {
        matches!(
            field_key(name),
            Some(FieldKey::Headline | FieldKey::Body | FieldKey::Html)
        )
    };
    match dialect {
        Dialect::Generic => members.iter().any(|(name, _)| telling(&unescape(name))),
        Dialect::Ninjs => is_ninjs_item(members),
        Dialect::Feed => false,
    }
}

// ninjs 1, 2 and 3 of the IPTC, as Superdesk and the APIs of agencies write it: what is an item of it.

/// The members of an object.
pub(super) type Members<'a> = Vec<(&'a str, Value<'a>)>;

/// Names of which one at least shows that an object with a `uri` or `guid` is ninjs.
const NINJS_MEMBERS: [&str; 18] = [
    "versioncreated",
    "pubstatus",
    "bodytext",
    "bodyhtml",
    "bodyxhtml",
    "bodies",
    "headlines",
    "firstcreated",
    "representationtype",
    "associations",
    "descriptiontext",
    "copyrightholder",
    "edstatus",
    "altids",
    "infosources",
    "embargoeduntil",
    "firstpublished",
    "copyrightnotice",
];

/// A name in small letters without marks.
pub(super) fn normalise_name(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// True for the members of a ninjs object, or of the first of them.
pub(super) fn is_ninjs_item(members: &[(&str, Value<'_>)]) -> bool {
    let names: Vec<String> = members
        .iter()
        .map(|(name, _)| normalise_name(name))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let standard = members.iter().any(|(name, value)| {
        *name == "standard" && matches!(value, Value::Object(raw) if raw.contains("ninjs"))
    });
    let identified = has("uri") || has("guid") || has("altids");
    standard
        || identified
            && NINJS_MEMBERS
                .iter()
                .any(|name| *name != "altids" && has(name))
}

/// The members of an object's text, as far as they can be read.
pub(super) fn object_members(raw: &str) -> Members<'_> {
    let mut members = Vec::new();
    let _ = Cursor::new(raw).members(&mut members);
    members
}

/// A string or number of the first of these names.
pub(super) fn text_member(members: &Members<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|wanted| {
        let (_, value) = members
            .iter()
            .find(|(name, _)| normalise_name(name) == *wanted)?;
        matches!(value, Value::Text(_) | Value::Number(_))
            .then(|| {
                one_line(FieldKey::Subjects, &decode_value(*value))
                    .trim()
                    .to_owned()
            })
            .filter(|text| !text.is_empty())
    })
}

// The text that JSON objects are read from, and where each of them lies in the input.

/// The text that objects are read from.
pub(super) struct ObjectSource<'a> {
    pub decoded: Decoded<'a>,
    /// The bytes it was decoded from.
    pub bytes: &'a [u8],
    /// Where they begin.
    pub start: u64,
    pub want: Detail,
    pub ctx: &'a Context,
    pub dialect: Dialect,
    /// Datelines of objects before.
    pub datelines: &'a DatelineCache,
}

/// What the objects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Names that most services use.
    Generic,
    Ninjs,
    /// Items of a JSON Feed, which the feed says something of.
    Feed,
}

impl<'a> ObjectSource<'a> {
    pub(super) fn new(
        dialect: Dialect,
        (bytes, start): (&'a [u8], u64),
        want: Detail,
        ctx: &'a Context,
        datelines: &'a DatelineCache,
    ) -> Self {
        let decoded = encoding::decode(bytes);
        Self {
            decoded,
            bytes,
            start,
            want,
            ctx,
            dialect,
            datelines,
        }
    }

    /// A draft of the object with this text.
    pub(super) fn draft(&self, format: &'static str, raw: &str) -> Draft<'a> {
        let mut draft = Draft::new(format, raw.as_bytes(), self.want, self.ctx);
        draft.dispatch.encoding = self.decoded.encoding;
        draft.dateline_cache = Some(self.datelines);
        let problem = self.decoded.problem.clone();
        draft.dispatch.problems.extend(problem);
        draft
    }

    /// Where an object lies: its own bytes where the text is the bytes as they are, else the whole input and its number.
    /// An object that would be taken for a list of items by itself is found through the whole input too.
    pub(super) fn locate_object(
        &self,
        raw: &str,
        nth: u32,
        members: &[(&str, Value<'_>)],
    ) -> (Range<u64>, u32) {
        let whole = self.start..self.start + self.bytes.len() as u64;
        let at = (raw.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        let same = self.bytes.get(at..at.saturating_add(raw.len()));
        let alone = self.dialect != Dialect::Feed;
        let own = alone && same.is_some_and(|bytes| std::ptr::eq(bytes.as_ptr(), raw.as_ptr()));
        if !own
            || nth == 0 && raw.len() == self.bytes.len()
            || find_item_array(self.dialect, members).is_some()
        {
            return (whole, nth);
        }
        let start = self.start + at as u64;
        (start..start + raw.len() as u64, 0)
    }
}
