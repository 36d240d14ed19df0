//! Tags and text of an XML document in order, whatever is broken in it. The only room that names quick-xml.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::Event as Raw;
use quick_xml::events::attributes::Attributes;

use super::entities::Entities;

/// What a document may look at twice, beyond its own length so often: what is broken is read again from its next byte on.
const REREAD_FACTOR: usize = 16;
const MIN_REREAD_BUDGET: usize = 1 << 20;

/// One piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event<'a> {
    Open(StartTag<'a>),
    /// The name of an end tag, prefix and all.
    Close(&'a str),
    /// Text with its entities resolved.
    Text(Cow<'a, str>),
    End,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartTag<'a> {
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
pub(super) struct Fault {
    pub at: usize,
    pub message: String,
}

/// A place in a document.
pub(super) struct EventReader<'a> {
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
    pub(super) fn new(text: &'a str) -> Self {
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
    pub(super) fn jump(&mut self, at: usize) {
        self.reader = reader(self.text.get(at..).unwrap_or(""));
        self.base = at;
        self.at = at;
        self.ended = false;
    }

    /// Where the next event begins.
    pub(super) fn position(&self) -> usize {
        let read = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.base.saturating_add(read).min(self.text.len())
    }

    pub(super) fn fault(&mut self, at: usize, message: impl Into<String>) {
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

    pub(super) fn next(&mut self) -> Event<'a> {
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
pub(super) fn attributes(inner: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let name = inner
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(inner.len());
    let mut attributes = Attributes::html(inner, name);
    attributes.with_checks(false);
    attributes
        .filter_map(Result::ok)
        .map(|attribute| (attribute.key.into_inner(), attribute.value))
}
