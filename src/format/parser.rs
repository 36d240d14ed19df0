//! The interface between a format's parser and its callers: sample, context, draft of a dispatch, and sink of items.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::dispatch::{Dispatch, Problem, Severity, Stamp};
use crate::format::office::converted_from;
use crate::format::shared::dateline::DatelineCache;
use crate::format::shared::encoding;
use crate::format::tables::{ColumnNames, TableLayout};
use crate::format::xml::events::{Event, EventReader};
use crate::format::xml::tree::local_name;

/// One item of an input, parsed at the requested [`Detail`].
pub(super) struct ParsedItem {
    pub dispatch: Dispatch,
    /// Words of the body; set for [`Detail::Head`] only, where no body is built.
    pub word_count: u32,
    /// True if the body has a table; set for [`Detail::Head`] only.
    pub has_table: bool,
    /// Length of the text in bytes, roughly: of a head, perhaps that of an extract.
    pub text_length: u32,
    /// See [`ItemSink::left_out`].
    pub left_out: Vec<(&'static str, String)>,
    /// Byte range into the parser's input.
    pub bytes: Range<u64>,
    /// See [`crate::format::ScannedItem::number`].
    pub number: u32,
    /// See [`crate::format::ScannedItem::verbatim_range`].
    pub verbatim_range: Range<u32>,
}

/// What a parser reads.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub bytes: &'a [u8],
    /// How much of each item to parse.
    pub detail: Detail,
    pub ctx: &'a Context,
}

impl<'a> Input<'a> {
    /// An empty draft of the item in a byte range of the input, and the decoded text of that range.
    pub(super) fn draft(
        &self,
        format: &'static str,
        range: Range<usize>,
    ) -> (Draft<'a>, Cow<'a, str>) {
        let raw = &self.bytes[range.clone()];
        #[cfg(test)]
        crate::format::testing::look_at(raw.len());
        let location = (range.start as u64..range.end as u64, 0);
        let mut draft = Draft::new(format, raw, location, self);
        let decoded = encoding::decode(raw);
        draft.set_encoding(decoded.encoding, decoded.problem);
        (draft, decoded.text)
    }
}

/// Byte range of an item in the parser's input, and its number within that range.
pub(super) type ItemLocation = (Range<u64>, u32);

/// The rule for headers of wires: most of their codes are shown as words, or are for machines.
pub(super) const WIRE_HEADERS: &str = "wire headers";

/// Receives items in order: either all of them, or only those with certain numbers, so that the others need not be
/// built.
pub(super) struct ItemSink<'s> {
    /// Number of the next item, for formats that number their items consecutively.
    next: u32,
    /// Numbers still wanted, ascending; `None` for all.
    wanted: Option<&'s [u32]>,
    push: &'s mut dyn FnMut(u32, ParsedItem),
    /// Problems that belong to no item.
    pub problems: Vec<Problem>,
    /// Texts that are left out on purpose, each with the name of the rule.
    pub left_out: Vec<(&'static str, String)>,
}

impl<'s> ItemSink<'s> {
    /// A sink for all items.
    pub(super) fn all(push: &'s mut dyn FnMut(u32, ParsedItem)) -> Self {
        Self { next: 0, wanted: None, push, problems: Vec::new(), left_out: Vec::new() }
    }

    /// A sink for the items with these numbers, which must ascend.
    pub(super) fn numbered(wanted: &'s [u32], push: &'s mut dyn FnMut(u32, ParsedItem)) -> Self {
        Self { wanted: Some(wanted), ..Self::all(push) }
    }

    /// Offers the next item; `item` is called only if it is wanted.
    pub(super) fn offer(&mut self, item: impl FnOnce() -> ParsedItem) {
        self.offer_numbered(self.next, item);
        self.next = self.next.saturating_add(1);
    }

    /// Offers the item with this number, which must be higher than all before it.
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

    /// Stops waiting for items below this number.
    pub(super) fn skip_to(&mut self, number: u32) {
        if let Some(wanted) = &mut self.wanted {
            let missed = wanted.iter().take_while(|wanted| **wanted < number).count();
            *wanted = &wanted[missed..];
        }
    }

    /// Numbers still wanted, ascending; `None` for all.
    pub(super) fn wanted(&self) -> Option<&'s [u32]> {
        self.wanted
    }

    /// Says that a text of the input is left out on purpose, by a rule with a name that readers understand (`menus`).
    pub(super) fn leave_out(&mut self, rule: &'static str, text: impl Into<String>) {
        self.left_out.push((rule, text.into()));
    }

    /// True if no further item is wanted.
    pub(super) fn is_full(&self) -> bool {
        self.wanted.is_some_and(<[u32]>::is_empty)
    }
}

/// A dispatch under construction: the parser of a format sets fields, then `shared::finish` completes it from the text.
pub(super) struct Draft<'c> {
    pub dispatch: Dispatch,
    pub detail: Detail,
    pub ctx: &'c Context,
    /// Bit set of the [`super::shared::fields::FieldKey`]s that have a value.
    pub given_keys: u64,
    /// True if the dateline came in a field of its own and has the full form of one.
    pub has_formal_dateline: bool,
    /// The sender, used if neither a field nor the dateline names an agency.
    pub fallback_agency: Option<String>,
    /// Used if the wire sent no headline.
    pub fallback_headline: Option<String>,
    /// Used if the wire sent no text.
    pub fallback_body: Option<String>,
    /// Used if the wire sent no byline.
    pub fallback_byline: Option<String>,
    /// Items that the wire refers to without a relation; the role of the dispatch decides what it is.
    pub references: Vec<String>,
    /// Parsed datelines of earlier items, if the format keeps a cache.
    pub dateline_cache: Option<&'c DatelineCache>,
    /// See [`ItemSink::left_out`].
    pub left_out: Vec<(&'static str, String)>,
    /// By which the item can be read again.
    pub location: ItemLocation,
    /// Address and length of the item's bytes, for [`Draft::raw_range_of`]. Never dereferenced.
    raw: (usize, usize),
}

impl<'c> Draft<'c> {
    /// An empty draft of the item with these raw bytes.
    pub(super) fn new(
        format: &'static str,
        raw: &[u8],
        location: ItemLocation,
        input: &Input<'c>,
    ) -> Self {
        let dispatch =
            Dispatch { format, raw_hash: crate::text::stable_hash(raw), ..Dispatch::default() };
        Self {
            dispatch,
            detail: input.detail,
            ctx: input.ctx,
            given_keys: 0,
            has_formal_dateline: false,
            fallback_agency: None,
            fallback_headline: None,
            fallback_body: None,
            fallback_byline: None,
            references: Vec::new(),
            dateline_cache: None,
            left_out: Vec::new(),
            location,
            raw: (raw.as_ptr() as usize, raw.len()),
        }
    }

    /// Sets the character encoding, and adds the problem that decoding had.
    pub(super) fn set_encoding(&mut self, encoding: &'static str, problem: Option<Problem>) {
        self.dispatch.encoding = encoding;
        self.dispatch.problems.extend(problem);
    }

    /// Byte range of `text` within the item's bytes if it is a slice of them, `None` if it was allocated elsewhere.
    pub(super) fn raw_range_of(&self, text: &str) -> Option<Range<u32>> {
        let (start, length) = self.raw;
        let at = (text.as_ptr() as usize).checked_sub(start)?;
        let end = at.checked_add(text.len()).filter(|&end| end <= length)?;
        Some(u32::try_from(at).ok()?..u32::try_from(end).ok()?)
    }

    /// Of an item that is located by the bytes around it: no part of its own bytes is known by its range.
    pub(super) fn forget_raw_range(&mut self) {
        self.raw.0 = usize::MAX;
    }

    /// Length of the item in bytes.
    pub(super) fn raw_len(&self) -> usize {
        self.raw.1
    }

    /// See [`ItemSink::leave_out`].
    pub(super) fn leave_out(&mut self, rule: &'static str, text: impl Into<String>) {
        self.left_out.push((rule, text.into()));
    }

    /// Adds to [`Draft::references`].
    pub(super) fn add_reference(&mut self, id: &str) {
        self.references.push(id.to_owned());
    }

    /// Stores a value under the wire's own field name. Further values of the same name are appended after `; `.
    pub(super) fn add_field(&mut self, name: &str, value: &str) {
        if self.detail == Detail::Head {
            return;
        }
        let field = self.dispatch.fields.entry(name.to_owned()).or_default();
        if !field.is_empty() {
            field.push_str("; ");
        }
        field.push_str(value);
    }

    /// Adds links, skipping those that are already there.
    pub(super) fn add_links(&mut self, links: Vec<String>) {
        if self.detail == Detail::Full {
            let before: HashSet<String> = self.dispatch.links.iter().cloned().collect();
            let new = links.into_iter().filter(|link| !before.contains(link));
            self.dispatch.links.extend(new);
        }
    }

    pub(super) fn add_problem(&mut self, severity: Severity, place: &str, message: String) {
        self.dispatch.problems.push(Problem::new(severity, place, message));
    }

    /// Reports a value that does not fit its field, and stores it under the wire's own name.
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

/// The first element of a document, from which most XML formats are recognised.
#[derive(Debug)]
pub(super) struct RootElement {
    /// Name without a prefix.
    pub name: String,
    /// The text between the angle brackets of its start tag, including namespace declarations.
    pub tag: String,
    /// The sample of the document that it was found in.
    start: String,
}

impl RootElement {
    /// Parses the root element from the start of a document; `None` if this is not markup.
    pub(super) fn parse(start: &[u8], utf16: bool) -> Option<Self> {
        let text = if utf16 {
            // The sample may end within a two-byte unit.
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

    /// True if the sample contains a start tag with this name, whatever its prefix.
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

/// What a parser knows about an input besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Modification time of the file, if any. The last resort for the time of a dispatch, and the reference for
    /// completing dates without a year.
    pub file_time: Option<Stamp>,
    /// Index of the first item if the bytes are part of a larger input.
    pub first_index: u32,
    /// Offset of the first byte if the bytes are part of a larger input.
    pub first_byte: u64,
    /// Of a table: its layout, without which none of its rows can be read by itself. `None` if the bytes begin with it.
    pub table: Option<Arc<TableLayout>>,
}

/// How much of each item to parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Only what a head needs: no body, no further fields.
    Head,
    /// Everything.
    Full,
}

/// Length of the part of an input that recognisers examine, in bytes: enough for a long document type declaration or
/// comment before the first element.
pub(super) const SAMPLE_SIZE: usize = 64 * 1024;

/// The input as recognisers see it.
pub(super) struct Sample<'a> {
    /// The whole input.
    pub bytes: &'a [u8],
    /// The first [`SAMPLE_SIZE`] bytes, without a leading byte order mark and white space.
    pub start: &'a [u8],
    /// True for UTF-16, where comparing `start` to ASCII bytes is pointless.
    pub is_utf16: bool,
    pub beginning: Beginning,
    /// The columns of tables that the user named.
    pub columns: ColumnNames,
    /// Parsed on demand, since many recognisers ask for it.
    root: OnceCell<Option<RootElement>>,
    /// The delimiter, if the input is a table. Found on demand, since two recognisers ask for it.
    pub table_delimiter: OnceCell<Option<u8>>,
    /// See [`Clue::WireHeader`](super::clues::Clue::WireHeader). Found on demand, since two recognisers ask for it.
    pub has_wire_header: OnceCell<bool>,
    /// Found on demand, since several recognisers ask for them.
    first_lines: OnceCell<FirstLines>,
}

/// What an input begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// `<`.
    Markup,
    /// The first line of a page that was converted from an office document.
    Converted,
    /// `{` or `[`.
    Json,
    /// In UTF-16 it is not known before it is decoded.
    Utf16,
    Other,
}

/// Number of lines at the start of an input that recognisers look at one by one.
const MAX_FIRST_LINES: usize = 18;

/// Where the first lines of an input end.
#[derive(Debug, Default)]
struct FirstLines {
    /// Offset of each `\n`.
    ends: [usize; MAX_FIRST_LINES],
    count: usize,
}

impl<'a> Sample<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let start = &bytes[..bytes.len().min(SAMPLE_SIZE)];
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        let start = start.trim_ascii_start();
        let is_utf16 = encoding::is_utf16(bytes);
        let beginning = match start.first() {
            _ if is_utf16 => Beginning::Utf16,
            Some(b'<') if converted_from(start).is_some() => Beginning::Converted,
            Some(b'<') => Beginning::Markup,
            Some(b'{' | b'[') => Beginning::Json,
            _ => Beginning::Other,
        };
        Self {
            bytes,
            start,
            is_utf16,
            beginning,
            columns: ColumnNames::default(),
            root: OnceCell::new(),
            table_delimiter: OnceCell::new(),
            has_wire_header: OnceCell::new(),
            first_lines: OnceCell::new(),
        }
    }

    /// The same sample, for a user who named columns.
    pub(super) fn with_columns(mut self, columns: &ColumnNames) -> Self {
        self.columns = columns.clone();
        self
    }

    /// The first lines of [`Sample::start`], without their `\n`: 18, or all if there are fewer.
    pub(super) fn first_lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let start = self.start;
        let FirstLines { ends, count } = self.first_lines.get_or_init(|| {
            let mut lines = FirstLines::default();
            let places = memchr::memchr_iter(b'\n', start);
            for (end, at) in lines.ends.iter_mut().zip(places) {
                *end = at;
                lines.count += 1;
            }
            lines
        });
        let last = (*count < MAX_FIRST_LINES).then_some(start.len());
        let mut from = 0;
        ends[..*count].iter().copied().chain(last).map(move |end| {
            let line = &start[from..end];
            from = end + 1;
            line
        })
    }

    /// The first element, if the input is markup.
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
