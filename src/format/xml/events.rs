//! A fault-tolerant pull parser: the tags and text of an XML document in order, with entities resolved and a list of
//! faults instead of errors. The only file that uses quick-xml.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::{resolve_html5_entity, resolve_xml_entity};
use quick_xml::events::Event as Raw;
use quick_xml::events::attributes::Attributes;

/// After a fault, text that quick-xml has already consumed is parsed again from a later offset. These limit the bytes
/// parsed again to a multiple of the document's length plus 1 MiB; otherwise broken input could take quadratic time.
const REREAD_FACTOR: usize = 16;

const MIN_REREAD_BUDGET: usize = 1 << 20;

/// Limit on the faults recorded between two reports.
const MAX_FAULTS: usize = 100;

/// An event of the parser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) enum Event<'a> {
    Open(StartTag<'a>),
    /// The name of an end tag, including its prefix.
    Close(&'a str),
    /// Text with entities resolved, or the content of a CDATA section. One run of text may arrive in several events.
    Text(Cow<'a, str>),
    End,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) struct StartTag<'a> {
    /// Name including its prefix.
    pub name: &'a str,
    /// Everything between the angle brackets, without a closing slash.
    pub inner: &'a str,
    /// True for an empty-element tag (`<br/>`).
    pub is_empty: bool,
    /// Byte offset of the tag in the document.
    pub at: usize,
}

/// A place where the markup is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) struct Fault {
    /// Byte offset in the document.
    pub at: usize,
    pub message: String,
}

/// A pull parser over a document. All offsets are byte offsets into `text`.
pub(in crate::format) struct EventReader<'a> {
    pub text: &'a str,
    /// Reads the rest of the text from `base` on; replaced whenever parsing resumes at another offset.
    reader: Reader<&'a [u8]>,
    base: usize,
    /// Where the last event began.
    pub at: usize,
    /// Bytes that may still be parsed again, see [`REREAD_FACTOR`].
    budget: usize,
    ended: bool,
    pub entities: Entities<'a>,
    /// True to skip further entity declarations.
    pub ignores_doctype: bool,
    /// Faults since they were last taken.
    pub faults: Vec<Fault>,
}

/// A quick-xml reader that does not fail where this file recovers by itself.
fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

impl<'a> EventReader<'a> {
    pub(in crate::format) fn new(text: &'a str) -> Self {
        Self {
            text,
            reader: reader(text),
            base: 0,
            at: 0,
            budget: text.len().saturating_mul(REREAD_FACTOR) + MIN_REREAD_BUDGET,
            ended: false,
            entities: Entities::default(),
            ignores_doctype: false,
            faults: Vec::new(),
        }
    }

    /// Continues from another offset.
    pub(in crate::format) fn jump(&mut self, at: usize) {
        self.reader = reader(self.text.get(at..).unwrap_or(""));
        self.base = at;
        self.at = at;
        self.ended = false;
    }

    /// Where the next event begins.
    pub(in crate::format) fn position(&self) -> usize {
        let read = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.base.saturating_add(read).min(self.text.len())
    }

    /// Records a fault at an offset.
    pub(in crate::format) fn fault(&mut self, at: usize, message: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            let message = message.into();
            self.faults.push(Fault { at, message });
        }
    }

    /// Continues from `at` although quick-xml has consumed text up to `consumed`. Returns false, and ends the document,
    /// if the budget for this is exhausted.
    fn resume_at(&mut self, at: usize, consumed: usize) -> bool {
        self.jump(at);
        let spent = consumed.saturating_sub(at);
        if spent > self.budget {
            self.fault(at, "too much of this document is broken; the rest is not read");
            self.ended = true;
            return false;
        }
        self.budget -= spent;
        true
    }

    /// The next event; [`Event::End`] forever once the document has ended.
    pub(in crate::format) fn next(&mut self) -> Event<'a> {
        loop {
            if self.ended {
                return Event::End;
            }
            let start = self.position();
            self.at = start;
            let event = self.reader.read_event();
            let end = self.position();
            let raw = self.text.get(start..end).unwrap_or("");
            match event {
                Ok(Raw::Start(_) | Raw::Empty(_)) => {
                    if let Some(event) = self.parse_start_tag(start, raw) {
                        return event;
                    }
                }
                Ok(Raw::End(_)) => {
                    let name = raw.trim_start_matches("</").trim_end_matches('>');
                    match name.find('<') {
                        // `</p<b>`: the next tag begins where this one should have ended.
                        Some(open) => {
                            self.fault(start, "expected `>`, found `<`");
                            if self.resume_at(start + 2 + open, end) {
                                return Event::Close(name[..open].trim_ascii());
                            }
                        }
                        None => return Event::Close(name.trim_ascii()),
                    }
                }
                Ok(Raw::Text(_)) => return Event::Text(Cow::Borrowed(raw)),
                Ok(Raw::CData(_)) => {
                    let inner = raw.strip_prefix("<![CDATA[").unwrap_or(raw);
                    let inner = inner.strip_suffix("]]>").unwrap_or(inner);
                    return Event::Text(Cow::Borrowed(inner));
                }
                Ok(Raw::GeneralRef(_)) => return Event::Text(self.resolve(start, raw)),
                Ok(Raw::DocType(_)) if !self.ignores_doctype => self.entities.declare(raw),
                Ok(Raw::DocType(_) | Raw::Comment(_) | Raw::PI(_) | Raw::Decl(_)) => {}
                Ok(Raw::Eof) => return Event::End,
                Err(error) => {
                    if let Some(event) = self.recover(start, &error) {
                        return event;
                    }
                }
            }
        }
    }

    fn resolve(&mut self, start: usize, raw: &'a str) -> Cow<'a, str> {
        let text = self.entities.resolve(raw);
        if self.entities.take_exhausted() {
            self.fault(
                start,
                "its entities expand to more than 1 MiB of text; the rest are left unexpanded",
            );
        }
        text
    }

    /// Parses a start tag. A `<` that begins no name becomes text; a tag that runs into the next one is cut before it.
    fn parse_start_tag(&mut self, start: usize, raw: &'a str) -> Option<Event<'a>> {
        let end = start + raw.len();
        let inner = &raw[1..];
        let named =
            inner.chars().next().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | ':'));
        if !named {
            // `5 < 6`
            self.fault(start, "expected the name of a tag after `<`; read as text");
            return self.resume_at(start + 1, end).then(|| Event::Text(Cow::Borrowed(&raw[..1])));
        }
        let mut inner = inner.strip_suffix('>').unwrap_or(inner);
        if let Some(open) = memchr::memchr(b'<', inner.as_bytes()) {
            // An unbalanced quotation mark made quick-xml read past the end of the tag.
            let close = memchr::memchr(b'>', &inner.as_bytes()[..open]);
            let stop = close.unwrap_or(open);
            let message = match close {
                Some(_) => "a quotation mark is missing in this tag",
                None => "expected `>`, found `<`",
            };
            self.fault(start, message);
            let next = start + 1 + stop + usize::from(close.is_some());
            if !self.resume_at(next, end) {
                return None;
            }
            inner = &inner[..stop];
        }
        let (inner, empty) = match inner.strip_suffix('/') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let length = inner
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''))
            .unwrap_or(inner.len());
        Some(Event::Open(StartTag { name: &inner[..length], inner, is_empty: empty, at: start }))
    }

    /// Continues after a syntax error. Unclosed CDATA sections and comments extend to the end of the document; for any
    /// other error the parser skips to the next angle bracket.
    fn recover(&mut self, start: usize, error: &Error) -> Option<Event<'a>> {
        let rest = self.text.get(start..).unwrap_or("");
        let length = self.text.len();
        match error {
            Error::Syntax(SyntaxError::UnclosedCData) => {
                self.fault(start, "expected `]]>`, found the end");
                self.ended = true;
                let inner = rest.strip_prefix("<![CDATA[").unwrap_or(rest);
                Some(Event::Text(Cow::Borrowed(inner)))
            }
            Error::Syntax(SyntaxError::UnclosedComment) => {
                self.fault(start, "expected `-->`, found the end");
                self.ended = true;
                None
            }
            _ => {
                // An unclosed tag or quotation mark: the tag ends at the next angle bracket of either kind.
                let after = rest.get(1..).unwrap_or("");
                let stop = memchr::memchr2(b'<', b'>', after.as_bytes());
                let Some(stop) = stop else {
                    self.fault(start, "expected `>`, found the end");
                    self.ended = true;
                    return None;
                };
                self.fault(start, "a tag that is not closed, or lacks a quotation mark");
                let closed = after.as_bytes()[stop] == b'>';
                if !self.resume_at(start + 1 + stop + usize::from(closed), length) {
                    return None;
                }
                let inner = &after[..stop];
                if let Some(name) = inner.strip_prefix('/') {
                    return Some(Event::Close(name.trim_ascii()));
                }
                let named = inner.starts_with(|c: char| c.is_alphabetic() || c == '_');
                let name = inner.split_ascii_whitespace().next().unwrap_or("");
                named.then_some(Event::Open(StartTag {
                    name,
                    inner,
                    is_empty: inner.ends_with('/'),
                    at: start,
                }))
            }
        }
    }
}

/// The raw attributes of [`StartTag::inner`]: names with prefixes, values with entities unresolved.
pub(in crate::format) fn attributes(inner: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let name = inner.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inner.len());
    let mut attributes = Attributes::html(inner, name);
    attributes.with_checks(false);
    attributes.filter_map(Result::ok).map(|attribute| (attribute.key.into_inner(), attribute.value))
}

// Entities: those of XML and HTML, character references, and those that a document declares itself.

/// Limit on the text that the declared entities of one item expand to, in bytes: protects against entity bombs
/// (“billion laughs”).
const MAX_EXPANSION: usize = 1 << 20;

/// Limit on entities nested in the values of entities; also ends cycles.
const MAX_ENTITY_DEPTH: u32 = 8;

/// Limit on the entities that a document declares.
const MAX_ENTITIES: usize = 10_000;

/// The entities that a document declares. External entities are never fetched and stay unexpanded.
#[derive(Debug, Default)]
pub(in crate::format) struct Entities<'a> {
    /// Names and their unexpanded values.
    own: HashMap<&'a str, &'a str>,
    /// Bytes expanded so far.
    spent: usize,
    was_reported: bool,
}

impl<'a> Entities<'a> {
    /// Adds the entities of a document type declaration.
    pub(in crate::format) fn declare(&mut self, doctype: &'a str) {
        for at in memchr::memmem::find_iter(doctype.as_bytes(), b"<!ENTITY") {
            let rest = doctype[at + 8..].trim_start();
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (name, value) = (&rest[..end], rest[end..].trim_start());
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            if let Some(length) = value[1..].find(quote)
                && name != "%"
                && self.own.len() < MAX_ENTITIES
            {
                self.own.entry(name).or_insert(&value[1..=length]);
            }
        }
    }

    /// Returns true the first time that it is called after the expansion limit was exceeded.
    pub(in crate::format) fn take_exhausted(&mut self) -> bool {
        let now = self.spent > MAX_EXPANSION && !self.was_reported;
        self.was_reported |= now;
        now
    }

    /// Resets the expansion limit, for the next item.
    pub(in crate::format) fn reset_count(&mut self) {
        self.spent = 0;
        self.was_reported = false;
    }

    /// The text of a reference (`&amp;`); unknown references are returned unchanged.
    pub(in crate::format) fn resolve(&mut self, reference: &'a str) -> Cow<'a, str> {
        let name = reference.strip_prefix('&').unwrap_or(reference);
        let name = name.strip_suffix(';').unwrap_or(name);
        // A document may redefine the entities of HTML, but not the five of XML.
        let standard = !self.own.contains_key(name) || resolve_xml_entity(name).is_some();
        if let Some(text) = standard_entity(name).filter(|_| standard) {
            return text;
        }
        if !self.own.contains_key(name) || self.spent > MAX_EXPANSION {
            return Cow::Borrowed(reference);
        }
        let mut out = String::new();
        self.expand(name, MAX_ENTITY_DEPTH, &mut out);
        Cow::Owned(out)
    }

    fn expand(&mut self, name: &str, depth: u32, out: &mut String) {
        let Some(&value) = self.own.get(name).filter(|_| depth > 0) else {
            out.push('&');
            out.push_str(name);
            out.push(';');
            return;
        };
        // The constant makes sure that empty entities cannot be expanded without limit.
        self.spent += value.len() + 8;
        if self.spent > MAX_EXPANSION {
            return;
        }
        pieces(value, &mut |piece| match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Reference(name) => match standard_entity(name) {
                Some(text) => out.push_str(&text),
                None => self.expand(name, depth - 1, out),
            },
        });
    }
}

/// Text or an entity reference within a value.
enum Piece<'a> {
    Text(&'a str),
    /// Name without `&` and `;`.
    Reference(&'a str),
}

/// Splits a value into text and references. A `&` that begins no reference is text.
fn pieces<'a>(text: &'a str, take: &mut dyn FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        take(Piece::Text(&rest[..at]));
        let after = &rest[at + 1..];
        let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'-' | b'.');
        let length = after.bytes().take_while(name).count();
        if length > 0 && after[length..].starts_with(';') {
            take(Piece::Reference(&after[..length]));
            rest = &after[length + 1..];
        } else {
            take(Piece::Text("&"));
            rest = after;
        }
    }
    take(Piece::Text(rest));
}

/// The value of an attribute with standard entities resolved; those that the document declares are left alone.
pub(in crate::format) fn resolve_attribute(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.contains('&') {
        return value;
    }
    let mut out = String::with_capacity(value.len());
    pieces(&value, &mut |piece| match piece {
        Piece::Text(text) => out.push_str(text),
        Piece::Reference(name) => {
            let text = standard_entity(name);
            out.push_str(&text.unwrap_or_else(|| format!("&{name};").into()));
        }
    });
    Cow::Owned(out)
}

/// The text of a character reference or an entity of XML or HTML.
fn standard_entity(name: &str) -> Option<Cow<'static, str>> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some(Cow::Owned(decode_char_reference(code.unwrap_or(0)).to_string()));
    }
    resolve_xml_entity(name).or_else(|| resolve_html5_entity(name)).map(Cow::Borrowed)
}

/// The character of a numeric reference. 128 to 159 are read as windows-1252, as the HTML standard does (13.2.5.80).
fn decode_char_reference(code: u32) -> char {
    match code {
        0x80..=0x9f => {
            let byte = [u8::try_from(code).unwrap_or(0)];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next().unwrap_or('\u{fffd}')
        }
        0 => '\u{fffd}',
        _ => char::from_u32(code).unwrap_or('\u{fffd}'),
    }
}
