//! Tags, text and entities of an XML document in order, whatever is broken in it. The only file that names quick-xml.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::{resolve_html5_entity, resolve_xml_entity};
use quick_xml::events::Event as Raw;
use quick_xml::events::attributes::Attributes;

/// What a document may look at twice, beyond its own length so often: what is broken is read again from its next byte on.
const REREAD_FACTOR: usize = 16;

const MIN_REREAD_BUDGET: usize = 1 << 20;

/// One piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) enum Event<'a> {
    Open(StartTag<'a>),
    /// The name of an end tag, prefix and all.
    Close(&'a str),
    /// Text with its entities resolved.
    Text(Cow<'a, str>),
    End,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) struct StartTag<'a> {
    /// Prefix and all.
    pub name: &'a str,
    /// All that stands between the angle brackets.
    pub inner: &'a str,
    /// It is its own end.
    pub is_empty: bool,
    /// Where it begins.
    pub at: usize,
}

/// Something broken: where, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) struct Fault {
    pub at: usize,
    pub message: String,
}

/// A place in a document.
pub(in crate::format) struct EventReader<'a> {
    pub text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where the reader's text begins.
    base: usize,
    /// Where the last event began.
    pub at: usize,
    budget: usize,
    ended: bool,
    pub entities: Entities<'a>,
    /// Declarations of entities are passed over from here on.
    pub ignores_doctype: bool,
    pub faults: Vec<Fault>,
}

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

    /// Goes on from a place.
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

    pub(in crate::format) fn fault(&mut self, at: usize, message: impl Into<String>) {
        if self.faults.len() < 100 {
            let message = message.into();
            self.faults.push(Fault { at, message });
        }
    }

    /// Reads on from a place although more was looked at. False where that was done too often.
    fn resume_at(&mut self, at: usize, looked: usize) -> bool {
        self.jump(at);
        let spent = looked.saturating_sub(at);
        if spent > self.budget {
            self.fault(
                at,
                "too much of this document is broken: what follows is not read",
            );
            self.ended = true;
            return false;
        }
        self.budget -= spent;
        true
    }

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
                "its entities stand for more than 1 MiB of text: they are left as they are written",
            );
        }
        text
    }

    /// A start tag, or what looks like one.
    fn parse_start_tag(&mut self, start: usize, raw: &'a str) -> Option<Event<'a>> {
        let end = start + raw.len();
        let inner = &raw[1..];
        let named = inner
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | ':'));
        if !named {
            // `5 < 6`
            self.fault(start, "expected the name of a tag after `<`; read as text");
            return self
                .resume_at(start + 1, end)
                .then(|| Event::Text(Cow::Borrowed(&raw[..1])));
        }
        let mut inner = inner.strip_suffix('>').unwrap_or(inner);
        if let Some(open) = memchr::memchr(b'<', inner.as_bytes()) {
            let whole = &inner[..open];
            let close = memchr::memchr(b'>', whole.as_bytes());
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
        Some(Event::Open(StartTag {
            name: &inner[..length],
            inner,
            is_empty: empty,
            at: start,
        }))
    }

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
                // A tag without an end, or a quotation mark without another: it ends where the next one ends or begins.
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

/// The attributes of a start tag, raw: names with their prefixes, values with their entities.
pub(in crate::format) fn attributes(inner: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let name = inner
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(inner.len());
    let mut attributes = Attributes::html(inner, name);
    attributes.with_checks(false);
    attributes
        .filter_map(Result::ok)
        .map(|attribute| (attribute.key.into_inner(), attribute.value))
}

// What entities stand for: XML's own, those of HTML, numbers, and those that a document declares itself, bounded.

/// Bytes that the entities of a document may stand for in all.
const MAX_EXPANSION: usize = 1 << 20;

/// Entities within entities.
const MAX_ENTITY_DEPTH: u32 = 8;

/// The entities that a document declares. External ones are never fetched.
#[derive(Debug, Default)]
pub(in crate::format) struct Entities<'a> {
    own: HashMap<&'a str, &'a str>,
    spent: usize,
    was_reported: bool,
}

impl<'a> Entities<'a> {
    /// Reads the declarations within a document type declaration.
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
                && self.own.len() < 10_000
            {
                self.own.entry(name).or_insert(&value[1..=length]);
            }
        }
    }

    /// True once, when what entities stand for has become too much.
    pub(in crate::format) fn take_exhausted(&mut self) -> bool {
        let now = self.spent > MAX_EXPANSION && !self.was_reported;
        self.was_reported |= now;
        now
    }

    /// Begins to count anew.
    pub(in crate::format) fn reset_count(&mut self) {
        self.spent = 0;
        self.was_reported = false;
    }

    /// The text of a reference (`&amp;`); one that is not known stays as it is.
    pub(in crate::format) fn resolve(&mut self, reference: &'a str) -> Cow<'a, str> {
        let name = reference.strip_prefix('&').unwrap_or(reference);
        let name = name.strip_suffix(';').unwrap_or(name);
        // A document may give a name of HTML another meaning.
        let free = !self.own.contains_key(name) || resolve_xml_entity(name).is_some();
        if let Some(text) = standard_entity(name).filter(|_| free) {
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

enum Piece<'a> {
    Text(&'a str),
    /// Without `&` and `;`.
    Reference(&'a str),
}

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

/// The value of an attribute with its usual entities resolved.
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

/// What an entity stands for in every document.
fn standard_entity(name: &str) -> Option<Cow<'static, str>> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some(Cow::Owned(
            decode_char_reference(code.unwrap_or(0)).to_string(),
        ));
    }
    resolve_xml_entity(name)
        .or_else(|| resolve_html5_entity(name))
        .map(Cow::Borrowed)
}

/// The character of a number. 128 to 159 are meant as in Windows-1252, as the HTML standard says (13.2.5.80).
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
