//! The header lines of a mail or of a part of one: names, raw values, and values as text. RFC 5322, section 2.2.

use std::borrow::Cow;

use super::words;
use crate::format::encoding;
use crate::text;

/// Longest header that is decoded, in bytes; the rest is left out, and said.
pub(super) const MAX_VALUE_BYTES: usize = 16 << 10;
/// Longest name.
const MAX_NAME_BYTES: usize = 76;

/// One header, as it stands in the mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeaderField<'a> {
    pub name: &'a str,
    /// With the line ends of its continuations.
    pub raw: &'a [u8],
}

/// Headers at the start of some bytes.
#[derive(Debug, Default)]
pub(super) struct Headers<'a> {
    pub fields: Vec<HeaderField<'a>>,
    /// Where the text after them begins, the empty line passed.
    pub body_start: usize,
    /// They ended without an empty line: with a line that is no header.
    pub ended_early: bool,
}

impl<'a> Headers<'a> {
    /// Reads headers up to an empty line, to a line that is none, or to the end.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut found = Self {
            fields: Vec::with_capacity(16),
            ..Self::default()
        };
        let mut at = 0;
        while at < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
            let line = without_line_end(&bytes[at..end]);
            if line.is_empty() {
                at = end;
                break;
            }
            let Some(colon) = find_name_end(line) else {
                found.ended_early = true;
                break;
            };
            let name = std::str::from_utf8(&line[..colon]).unwrap_or("").trim_end();
            let start = at + colon + 1;
            at = end;
            // White space at the start of a line continues the header before it.
            while let Some(b' ' | b'\t') = bytes.get(at) {
                let next = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
                if without_line_end(&bytes[at..next]).trim_ascii().is_empty() {
                    break;
                }
                at = next;
            }
            let raw = bytes[start..at].trim_ascii();
            found.fields.push(HeaderField { name, raw });
        }
        found.body_start = at;
        found
    }

    /// The first header of a name, in any case.
    pub(super) fn get(&self, name: &str) -> Option<HeaderField<'a>> {
        let same = |header: &&HeaderField<'_>| header.name.eq_ignore_ascii_case(name);
        self.fields.iter().find(same).copied()
    }

    /// The value of the first header of a name.
    pub(super) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(HeaderField::value)
    }
}

impl<'a> HeaderField<'a> {
    /// The value as one line of clean text: unfolded, encoded words resolved (RFC 2047).
    pub(super) fn value(self) -> Cow<'a, str> {
        let raw = &self.raw[..self.raw.len().min(MAX_VALUE_BYTES)];
        let simple = |b: &u8| matches!(b, b' '..=b'~');
        if raw.iter().all(simple)
            && memchr::memmem::find(raw, b"=?").is_none()
            && memchr::memmem::find(raw, b"  ").is_none()
            && let Ok(value) = std::str::from_utf8(raw)
        {
            return Cow::Borrowed(value);
        }
        let decoded = encoding::decode_as(raw, None).text;
        let words = words::decode_encoded_words(&decoded);
        let line: Vec<&str> = words.split_ascii_whitespace().collect();
        Cow::Owned(text::clean(&line.join(" ")).replace('\n', " "))
    }
}

/// A line without its end.
fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where the name of a header line ends: printable ASCII without a colon, white space before the colon forgiven.
fn find_name_end(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', &line[..line.len().min(MAX_NAME_BYTES + 1)])?;
    let name = line[..colon].trim_ascii_end();
    let named = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    named.then_some(colon)
}
