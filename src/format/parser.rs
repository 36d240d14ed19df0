//! What the parser of a format is given and gives back: context, sample, sink, and the draft of a dispatch.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use crate::dispatch::{Dispatch, Problem, Severity, Stamp};
use crate::format::shared::dateline::DatelineCache;
use crate::format::shared::encoding;
use crate::format::xml::events::{Event, EventReader};
use crate::format::xml::tree::local_name;

/// One item of an input, read as far as it was wanted.
pub(super) struct ParsedItem {
    pub dispatch: Dispatch,
    /// Words of the body, where it was not built.
    pub word_count: u32,
    /// True where the body holds a table, where it was not built.
    pub has_table: bool,
    /// Byte range into the bytes that were given.
    pub bytes: Range<u64>,
    /// Number within its byte range.
    pub number: u32,
    /// Byte range into its own bytes that stands in the body as it is, JSON's escapes aside. Empty where none is known to.
    pub verbatim_range: Range<u32>,
}

/// Takes items in order: all of them, or some by their numbers, so that the others are not built.
pub(super) struct ItemSink<'s> {
    /// The number of the next item, where items are numbered one by one.
    next: u32,
    /// Numbers that are wanted, ascending; `None` for all.
    wanted: Option<&'s [u32]>,
    push: &'s mut dyn FnMut(u32, ParsedItem),
}

impl<'s> ItemSink<'s> {
    pub(super) fn all(push: &'s mut dyn FnMut(u32, ParsedItem)) -> Self {
        Self {
            next: 0,
            wanted: None,
            push,
        }
    }

    /// Takes only the items of these numbers, which ascend.
    pub(super) fn numbered(wanted: &'s [u32], push: &'s mut dyn FnMut(u32, ParsedItem)) -> Self {
        Self {
            wanted: Some(wanted),
            ..Self::all(push)
        }
    }

    /// Takes the next item, which is built only where it is wanted.
    pub(super) fn offer(&mut self, item: impl FnOnce() -> ParsedItem) {
        self.offer_numbered(self.next, item);
        self.next = self.next.saturating_add(1);
    }

    /// Takes the item of this number, which is higher than those before.
    pub(super) fn offer_numbered(&mut self, number: u32, item: impl FnOnce() -> ParsedItem) {
        self.skip_to(number);
        if let Some(wanted) = &mut self.wanted {
            if wanted.first() != Some(&number) {
                return;
            }
            *wanted = &wanted[1..];
        }
        (self.push)(number, item());
    }

    /// Gives up the items before this number.
    pub(super) fn skip_to(&mut self, number: u32) {
        if let Some(wanted) = &mut self.wanted {
            let before = wanted.iter().take_while(|wanted| **wanted < number).count();
            *wanted = &wanted[before..];
        }
    }

    /// The numbers that are still wanted; `None` for all.
    pub(super) fn wanted(&self) -> Option<&'s [u32]> {
        self.wanted
    }

    /// True where no further item is wanted.
    pub(super) fn is_full(&self) -> bool {
        self.wanted.is_some_and(<[u32]>::is_empty)
    }
}

/// A dispatch while it is read.
pub(super) struct Draft<'c> {
    pub dispatch: Dispatch,
    pub detail: Detail,
    pub ctx: &'c Context,
    /// One bit for each [`super::fields::Key`] that has a value.
    pub given_keys: u64,
    /// The dateline that was sent apart has the form of one.
    pub has_formal_dateline: bool,
    /// Who sent it, where neither a field nor the dateline names an agency.
    pub sender: Option<String>,
    /// What stands in for a headline that was not sent.
    pub fallback_headline: Option<String>,
    /// What stands in for a text that was not sent.
    pub fallback_body: Option<String>,
    /// Who stands in for a byline that was not sent.
    pub fallback_byline: Option<String>,
    /// Items that the wire names without saying what this one does to them: its role says that.
    pub references: Vec<String>,
    /// Datelines of items before.
    pub dateline_cache: Option<&'c DatelineCache>,
    /// Address and length of the bytes of the item.
    raw: (usize, usize),
}

impl<'c> Draft<'c> {
    pub(super) fn new(format: &'static str, raw: &[u8], want: Detail, ctx: &'c Context) -> Self {
        let dispatch = Dispatch {
            format,
            raw_hash: crate::text::hash(raw),
            ..Dispatch::default()
        };
        Self {
            dispatch,
            detail: want,
            ctx,
            given_keys: 0,
            has_formal_dateline: false,
            sender: None,
            fallback_headline: None,
            fallback_body: None,
            fallback_byline: None,
            references: Vec::new(),
            dateline_cache: None,
            raw: (raw.as_ptr() as usize, raw.len()),
        }
    }

    /// Where a text stands in the bytes of the item, if it is a part of them and not made from them.
    pub(super) fn range_of(&self, text: &str) -> Option<Range<u32>> {
        let (start, length) = self.raw;
        let at = (text.as_ptr() as usize).checked_sub(start)?;
        let end = at.checked_add(text.len()).filter(|&end| end <= length)?;
        Some(u32::try_from(at).ok()?..u32::try_from(end).ok()?)
    }

    /// Bytes of the item.
    pub(super) fn length(&self) -> usize {
        self.raw.1
    }

    /// Names another item that this one acts on in the way of its role.
    pub(super) fn add_reference(&mut self, id: &str) {
        self.references.push(id.to_owned());
    }

    /// Keeps a value under the wire's own name; a second one of the same name is added after `; `.
    pub(super) fn add_field(&mut self, name: &str, value: &str) {
        if self.detail == Detail::Head {
            return;
        }
        let kept = self.dispatch.fields.entry(name.to_owned()).or_default();
        if !kept.is_empty() {
            kept.push_str("; ");
        }
        kept.push_str(value);
    }

    /// Adds links that are not there yet.
    pub(super) fn add_links(&mut self, links: Vec<String>) {
        if self.detail == Detail::Full {
            let before: HashSet<String> = self.dispatch.links.iter().cloned().collect();
            let new = links.into_iter().filter(|link| !before.contains(link));
            self.dispatch.links.extend(new);
        }
    }

    pub(super) fn add_problem(&mut self, severity: Severity, place: &str, message: String) {
        self.dispatch
            .problems
            .push(Problem::new(severity, place, message));
    }

    /// Notes a value that is not what its name promises, and keeps it.
    pub(super) fn add_invalid_value(&mut self, name: &str, value: &str, expected: &str) {
        self.add_field(name, value);
        let shown: String = value.chars().take(60).collect();
        self.add_problem(
            Severity::Note,
            name,
            format!("expected {expected}, found `{shown}`; kept among the fields"),
        );
    }
}

// The first element of a document, by which formats are told.

/// What a document begins with.
#[derive(Debug)]
pub(super) struct RootElement {
    /// Name of the first element, without a prefix.
    pub name: String,
    /// Its start tag, namespaces and all.
    pub tag: String,
    /// The first bytes of the document.
    start: String,
}

impl RootElement {
    /// The root of what begins with these bytes; `None` where that is no markup.
    pub(super) fn parse(start: &[u8], utf16: bool) -> Option<Self> {
        let text = if utf16 {
            encoding::decode(&start[..start.len() & !1]).text
        } else if start.first() == Some(&b'<') {
            String::from_utf8_lossy(start)
        } else {
            Cow::Borrowed("")
        };
        let text = text.trim_start();
        if !text.starts_with('<') {
            return None;
        }
        let mut events = EventReader::new(text);
        loop {
            match events.next() {
                Event::Open(open) => {
                    return Some(Self {
                        name: local_name(open.name).to_owned(),
                        tag: open.inner.to_owned(),
                        start: text.to_owned(),
                    });
                }
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return None,
            }
        }
    }

    /// True where a start tag of this name stands near the start, whatever its prefix.
    pub(super) fn has_tag(&self, name: &str) -> bool {
        let bytes = self.start.as_bytes();
        memchr::memmem::find_iter(bytes, name.as_bytes()).any(|at| {
            let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/');
            at > 0
                && matches!(bytes[at - 1], b'<' | b':')
                && bytes.get(at + name.len()).is_none_or(ends)
        })
    }
}

/// What a parser may know of the input besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// The date of the file, if any: the last source of a time, and what a dateline without a year is completed from.
    pub file_time: Option<Stamp>,
    /// Number of the first dispatch, where the bytes are a part of a larger input.
    pub first_index: u32,
    /// Offset of the first byte, where the bytes are a part of a larger input.
    pub first_byte: u64,
}

/// How much of a dispatch is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// What a head holds; no body, no further fields.
    Head,
    /// Everything.
    Full,
}

/// Bytes that a recogniser sees at least.
pub(super) const SAMPLE_SIZE: usize = 64 * 1024;

/// What recognisers look at.
pub(super) struct Sample<'a> {
    /// The whole input.
    pub bytes: &'a [u8],
    /// The first [`SAMPLE_SIZE`] bytes without a byte order mark and white space before them.
    pub start: &'a [u8],
    /// True for UTF-16, whose bytes say little.
    pub is_utf16: bool,
    root: OnceCell<Option<RootElement>>,
}

impl<'a> Sample<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let start = &bytes[..bytes.len().min(SAMPLE_SIZE)];
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        Self {
            bytes,
            start: start.trim_ascii_start(),
            is_utf16: encoding::is_utf16(bytes),
            root: OnceCell::new(),
        }
    }

    /// The first element, where this is markup.
    pub(super) fn root(&self) -> Option<&RootElement> {
        let start = if self.is_utf16 {
            &self.bytes[..self.bytes.len().min(SAMPLE_SIZE)]
        } else {
            self.start
        };
        let root = || RootElement::parse(start, self.is_utf16);
        self.root.get_or_init(root).as_ref()
    }
}
