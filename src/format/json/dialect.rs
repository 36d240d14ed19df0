//! Detects JSON and its dialect (generic, ninjs, JSON Feed), finds items inside pages and envelopes, and locates each
//! object in the bytes of the input.

use crate::format::json::generic::{decode_value, one_line};
use crate::format::json::services;
use crate::format::json::tokenizer::{Cursor, Value, unescape};
use crate::format::parser::{Draft, Input, ItemLocation, SAMPLE_SIZE, Sample};
use crate::format::shared::dateline::DatelineCache;
use crate::format::shared::encoding::{self, Decoded};
use crate::format::shared::fields::{FieldKey, field_key};
use crate::format::shared::word_set::WordSet;

/// Lines after the first that are inspected to tell JSON Lines from a document.
const MAX_SAMPLE_LINES: usize = 8;

/// True for JSON Lines: one of the first lines is a complete object, even if others are damaged.
pub(in crate::format) fn is_lines(sample: &Sample<'_>) -> bool {
    if sample.is_utf16 || sample.start.first() != Some(&b'{') {
        return false;
    }
    let offset = sample.bytes.len() - without_bom(sample).len();
    let mut lines =
        sample.bytes[offset..].split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next().unwrap_or(&[]);
    if is_object(first) {
        return true;
    }
    let more = || lines.clone().take(MAX_SAMPLE_LINES);
    if more().next().is_none() {
        // A single line that is not a complete object: a damaged line, unless there is next to nothing in it.
        return first.len() > 2;
    }
    !is_object(without_bom(sample)) && more().any(|line| line.starts_with(b"{") && is_object(line))
}

/// Longest text that a log writes before an object on the same line, in bytes.
const MAX_LOG_PREFIX: usize = 200;

/// Lines that are inspected to find items among the lines of a log.
const MAX_LOG_LINES: usize = 64;

/// True for JSON Lines among other lines, such as those of a log: several of the first lines are objects with a headline
/// or a text, or one is and a third of the lines are objects.
pub(in crate::format) fn is_lines_among_others(sample: &Sample<'_>) -> bool {
    let lines = sample.start.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let (mut all, mut objects, mut items) = (0, 0, 0);
    for line in lines.take(MAX_LOG_LINES) {
        all += 1;
        let prefix = if line.starts_with(b"{\"") { Some(0) } else { prefix_before_object(line) };
        if let Some(object) = prefix.map(|length| &line[length..]).filter(|line| is_object(line)) {
            objects += 1;
            let text = String::from_utf8_lossy(object);
            items += usize::from(has_item_members(Dialect::Generic, &object_members(&text)));
        }
    }
    items >= 2 || items == 1 && objects * 3 >= all
}

/// The length of what a log writes before an object that ends its line: `2016-02-26 07:15 INFO {"headline": …}`.
pub(super) fn prefix_before_object(line: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(line, b"{\"")?;
    let is_near = at < MAX_LOG_PREFIX && line.trim_ascii_end().ends_with(b"}");
    (is_near && is_object(&line[at..])).then_some(at)
}

/// True for a document that begins with an object or an array.
pub(in crate::format) fn is_document(sample: &Sample<'_>) -> bool {
    if sample.is_utf16 {
        let look = encoding::decode(&sample.bytes[..sample.bytes.len().min(4096) & !1]);
        return starts_like_json(look.text.trim_start().as_bytes());
    }
    starts_like_json(sample.start)
}

/// True for a script that does nothing but hand JSON over.
pub(in crate::format) fn is_script(sample: &Sample<'_>) -> bool {
    starts_like_json(script_value(sample.start))
}

/// Longest call or assignment before the JSON of a script, in bytes.
const MAX_SCRIPT_PREFIX: usize = 100;

/// The JSON of a script that does nothing but hand it over, with what follows it: `show({…});`, `var news = […];`. Services
/// that are asked by pages write it. Empty for all else.
fn script_value(bytes: &[u8]) -> &[u8] {
    let reach = &bytes[..bytes.len().min(MAX_SCRIPT_PREFIX)];
    // What keeps pages of others from running it: `)]}',`, `for(;;);`, `while(1);`, `/**/`.
    let guards: [&[u8]; 5] = [b")]}',", b")]}'", b"for(;;);", b"while(1);", b"/**/"];
    if let Some(guard) = guards.iter().find(|guard| reach.starts_with(guard)) {
        let rest = bytes[guard.len()..].trim_ascii_start();
        return if starts_like_json(rest) { rest } else { script_value(rest) };
    }
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.');
    let mut rest = reach;
    for word in [&b"var "[..], b"let ", b"const "] {
        rest = rest.strip_prefix(word).unwrap_or(rest).trim_ascii_start();
    }
    let length = rest.iter().take_while(|b| is_name(b)).count();
    let after = rest[length..].trim_ascii_start();
    match after.first() {
        Some(b'(' | b'=') if length > 0 => {
            let at = reach.len() - after.len() + 1;
            bytes[at..].trim_ascii_start()
        }
        _ => &[],
    }
}

/// A JSON text without the call or assignment around it: see [`script_value`].
pub(in crate::format) fn without_script(text: &str) -> &str {
    let start = text.trim_ascii_start();
    if starts_like_json(start.as_bytes()) {
        return text;
    }
    let value = script_value(start.as_bytes());
    if value.is_empty() || !starts_like_json(value) {
        return text;
    }
    let value = &start[start.len() - value.len()..];
    value.trim_end_matches(|c: char| c.is_ascii_whitespace() || matches!(c, ')' | ';'))
}

/// True for `{` and a name, an end or a comment, or `[` and a value. Prose in brackets begins otherwise.
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

/// The input without a byte order mark and leading white space.
fn without_bom<'a>(sample: &Sample<'a>) -> &'a [u8] {
    let bytes = sample.bytes;
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}

/// True if these bytes are one object and nothing else.
fn is_object(bytes: &[u8]) -> bool {
    let decoded = encoding::decode(bytes.trim_ascii());
    let mut cursor = Cursor::new(&decoded.text);
    cursor.peek() == Some(b'{')
        && cursor.members(&mut Vec::new()).is_ok()
        && cursor.peek().is_none()
}

/// True for JSON Lines of ninjs.
pub(in crate::format) fn is_ninjs_lines(sample: &Sample<'_>) -> bool {
    is_lines(sample) && is_ninjs(sample)
}

/// True for one ninjs object, or an array or a page of them.
pub(in crate::format) fn is_ninjs_document(sample: &Sample<'_>) -> bool {
    is_document(sample) && is_ninjs(sample)
}

/// True for a JSON Feed: its `version` is an address at jsonfeed.org.
pub(in crate::format) fn is_feed(sample: &Sample<'_>) -> bool {
    let named = || memchr::memmem::find(sample.start, b"jsonfeed.org/version").is_some();
    is_document(sample) && named() && {
        let text = String::from_utf8_lossy(sample.start);
        let is_version = |(name, value): &(&str, Value<'_>)| {
            *name == "version"
                && value.as_text().is_some_and(|v| unescape(v).contains("jsonfeed.org"))
        };
        object_members(&text).iter().any(is_version)
    }
}

/// True if the first item is ninjs, whatever arrays or objects are around it.
fn is_ninjs(sample: &Sample<'_>) -> bool {
    let decoded = if sample.is_utf16 {
        encoding::decode(&sample.bytes[..sample.bytes.len().min(SAMPLE_SIZE) & !1]).text
    } else {
        String::from_utf8_lossy(sample.start)
    };
    let mut text = decoded.trim_start();
    // Descend through arrays, pages of items and envelopes, but not without end.
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
        let nested = all.map(|(_, value)| value).find_map(|value| match value {
            Value::Object(raw) | Value::Array(raw)
                if raw[1..].trim_start().starts_with(['{', '"']) =>
            {
                Some(*raw)
            }
            _ => None,
        });
        // A member that extends beyond the sample was not read, so look for it by name.
        let Some(inner) = nested.or_else(|| unfinished_value(text)) else {
            return false;
        };
        text = inner;
    }
    false
}

/// The start of the member's value in which a text breaks off, if that is an object or array that may hold items.
fn unfinished_value(text: &str) -> Option<&str> {
    ["\"item\"", "\"items\"", "\"_items\"", "\"data\""].iter().find_map(|name| {
        let rest = text[text.find(name)? + name.len()..].trim_start();
        let rest = rest.strip_prefix(':')?.trim_start();
        rest.starts_with(['{', '[']).then_some(rest)
    })
}

// Objects that hold items: pages of several, and envelopes around one.

/// How many envelopes or pages may be nested in each other. They are searched by recursion.
pub(super) const MAX_ENVELOPE_DEPTH: u8 = 4;

/// The raw array of items in an object that is not an item itself: `{"articles": [{…}, …]}`. `None` if the object is an
/// item, or if several of its arrays may hold items.
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
        // Items of ninjs have arrays of objects too, so the object must be shown not to be one.
        Dialect::Ninjs => return find_page_array(members, MAX_ENVELOPE_DEPTH),
    }
    find_generic_array(members, MAX_ENVELOPE_DEPTH)
}

/// The array of items of generic JSON, in the object itself or in one around the list: `{"response": {"docs": […]}}`.
fn find_generic_array<'a>(members: &[(&str, Value<'a>)], depth: u8) -> Option<&'a str> {
    let (mut array, mut named, mut several) = (None, None, false);
    for &(name, value) in members {
        match value {
            Value::Array(raw)
                if raw[1..].trim_ascii_start().starts_with('{') && field_key(name).is_none() =>
            {
                several |= array.replace(raw).is_some();
                if services::is_list_name(name) {
                    named = named.or(Some(raw));
                }
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
    let is_list = |&(name, value): &(&str, Value<'a>)| match value {
        Value::Object(raw) if depth > 0 && services::is_list_name(name) => {
            find_generic_array(&object_members(raw), depth - 1)
        }
        _ => None,
    };
    // Names that only services use are looked at last: most objects have common ones.
    let found = if several { named } else { array };
    let found = found.or_else(|| members.iter().find_map(is_list))?;
    let is_item = members.iter().any(|(name, _)| services::is_item_name(name))
        || services::unwrap_members(members).is_some();
    (!is_item).then_some(found)
}

/// True if an object only holds items by their names or numbers: `{"a1": {…}, "a2": {…}}`.
pub(super) fn holds_items_by_name(dialect: Dialect, members: &[(&str, Value<'_>)]) -> bool {
    dialect == Dialect::Generic
        && members.len() > 1
        && members.iter().all(|(_, value)| matches!(value, Value::Object(_)))
        && members.iter().take(8).all(|(name, value)| {
            let is_known = field_key(name).is_some() || services::is_wrapper_name(name);
            !is_known && members_of(*value).is_some_and(|inner| has_item_members(dialect, &inner))
        })
}

/// The raw array of a page of ninjs items: `{"data": {"items": […]}}`, `{"_items": […]}`.
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

/// The members of a ninjs item in an envelope: `{"meta": {…}, "item": {…}}`. `None` if `members` are an item already.
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

/// True if the members show that their object is an item: a headline or body in generic JSON.
pub(super) fn has_item_members(dialect: Dialect, members: &[(&str, Value<'_>)]) -> bool {
    match dialect {
        Dialect::Generic => members.iter().any(|(name, _)| services::is_item_name(name)),
        Dialect::Ninjs => is_ninjs_item(members),
        Dialect::Feed => false,
    }
}

// Telling ninjs 1, 2 and 3 of the IPTC from other JSON, as Superdesk and the APIs of agencies write it.

/// The members of an object in order: name as written, and value.
pub(super) type Members<'a> = Vec<(&'a str, Value<'a>)>;

/// Normalised names, any of which shows that an object with an identifier is ninjs.
static NINJS_MEMBERS: WordSet = WordSet::new(
    "versioncreated pubstatus bodytext bodyhtml bodyxhtml bodies headlines firstcreated representationtype associations
     descriptiontext copyrightholder edstatus infosources embargoeduntil firstpublished copyrightnotice",
);

/// A name in lower case without hyphens, underscores and the like. ninjs 1 writes `versioncreated`, ninjs 3
/// `versionCreated`.
pub(super) fn normalise_name(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// True for the members of a ninjs item: it names the standard, or has an identifier and another member of ninjs.
pub(super) fn is_ninjs_item(members: &[(&str, Value<'_>)]) -> bool {
    let names: Vec<String> = members.iter().map(|(name, _)| normalise_name(name)).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let standard = members.iter().any(|(name, value)| {
        *name == "standard" && matches!(value, Value::Object(raw) if raw.contains("ninjs"))
    });
    let identified = has("uri") || has("guid") || has("altids");
    standard || identified && names.iter().any(|name| NINJS_MEMBERS.contains(name))
}

/// The members of an object from its raw text, as far as they can be read.
pub(super) fn object_members(raw: &str) -> Members<'_> {
    let mut members = Vec::new();
    let _ = Cursor::new(raw).members(&mut members);
    members
}

/// The members of a value that is an object.
pub(super) fn members_of(value: Value<'_>) -> Option<Members<'_>> {
    match value {
        Value::Object(raw) => Some(object_members(raw)),
        _ => None,
    }
}

/// The first of the named members that is a string or number, as one line. `names` are normalised.
pub(super) fn text_member(members: &Members<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|wanted| {
        let (_, value) = members.iter().find(|(name, _)| normalise_name(name) == *wanted)?;
        if !matches!(value, Value::Text(_) | Value::Number(_)) {
            return None;
        }
        let text = decode_value(*value);
        let line = one_line(FieldKey::Subjects, &text);
        Some(line.trim().to_owned()).filter(|text| !text.is_empty())
    })
}

// The text that objects are read from, and where each object is in the input.

/// The text of a line or document, with what is needed to parse its objects.
pub(super) struct ObjectSource<'a> {
    pub decoded: Decoded<'a>,
    /// The bytes that the text was decoded from.
    pub bytes: &'a [u8],
    /// Offset of `bytes` in the input.
    pub start: u64,
    pub input: Input<'a>,
    pub dialect: Dialect,
    /// Datelines parsed so far, shared by all objects of the input.
    pub datelines: &'a DatelineCache,
}

/// The format of the objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Dialect {
    /// Objects with the field names that most services use.
    Generic,
    /// ninjs of the IPTC.
    Ninjs,
    /// Items of a JSON Feed, which inherit values from the feed.
    Feed,
}

impl<'a> ObjectSource<'a> {
    /// Decodes `bytes`, which begin at offset `start` of the input.
    pub(super) fn new(
        dialect: Dialect,
        (bytes, start): (&'a [u8], u64),
        input: &Input<'a>,
        datelines: &'a DatelineCache,
    ) -> Self {
        let decoded = encoding::decode(bytes);
        Self { decoded, bytes, start, input: *input, dialect, datelines }
    }

    /// A draft for the `nth` object, which has this raw text and these members.
    pub(super) fn draft(&self, raw: &str, nth: u32, members: &[(&str, Value<'_>)]) -> Draft<'a> {
        let format = match self.dialect {
            Dialect::Generic => "json",
            Dialect::Ninjs => "ninjs",
            Dialect::Feed => "jsonfeed",
        };
        let location = self.locate_object(raw, nth, members);
        let is_row = !raw.starts_with('{');
        let mut draft = Draft::new(format, raw.as_bytes(), location, &self.input);
        if is_row {
            draft.forget_raw_range();
        }
        draft.set_encoding(self.decoded.encoding, self.decoded.problem.clone());
        draft.dateline_cache = Some(self.datelines);
        draft
    }

    /// The byte range by which an object can be read again, and its number in that range. This is the object's own
    /// range if the text was not converted from another encoding; otherwise it is the whole line or document. The whole
    /// is also used for an object that would parse differently by itself: an item of a feed, or one that would be taken
    /// for a list of items.
    fn locate_object(&self, raw: &str, nth: u32, members: &[(&str, Value<'_>)]) -> ItemLocation {
        let whole = self.start..self.start + self.bytes.len() as u64;
        // Compare addresses: `raw` is a slice of `bytes` unless decoding made a copy.
        let at = (raw.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        let same = self.bytes.get(at..at.saturating_add(raw.len()));
        let is_independent = self.dialect != Dialect::Feed;
        let has_own_range = is_independent
            && raw.starts_with('{')
            && same.is_some_and(|bytes| std::ptr::eq(bytes.as_ptr(), raw.as_ptr()));
        if !has_own_range
            || nth == 0 && raw.len() == self.bytes.len()
            || find_item_array(self.dialect, members).is_some()
        {
            return (whole, nth);
        }
        let start = self.start + at as u64;
        (start..start + raw.len() as u64, 0)
    }
}
