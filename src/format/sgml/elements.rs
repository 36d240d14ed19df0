//! Splits an SGML collection into items and elements, and resolves entities. Knows nothing of what the elements mean.

use std::borrow::Cow;
use std::ops::Range;

use crate::dispatch::{Problem, Severity};
use crate::format::parser::{Input, ItemSink, ParsedItem};
use crate::format::record_boundary::RecordBoundary;
use crate::format::shared::encoding;
use crate::format::shared::search::{memchr, memmem};

/// One element of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub name: &'a str,
    /// The start tag after the name, for [`parse_attributes`].
    pub attributes: &'a str,
    /// Everything between the tags, or up to the end of the text if the end tag is missing.
    pub inner: &'a str,
    /// The end tag is present.
    pub is_closed: bool,
    /// Byte offset of the start tag in the text.
    pub start: usize,
    /// Byte offset after the end tag.
    pub end: usize,
}

/// The next element that begins at byte offset `from` or later. Only names in capitals make a tag; other `<` are text.
pub(super) fn next_element(text: &str, from: usize) -> Option<Element<'_>> {
    let mut at = from;
    loop {
        let start = at + memchr::memchr(b'<', text.as_bytes().get(at..)?)?;
        at = start + 1;
        let name = tag_name(&text[at..]);
        if name.is_empty() {
            continue;
        }
        let Some(close) = memchr::memchr(b'>', &text.as_bytes()[at..]) else {
            continue;
        };
        let attributes = &text[at + name.len()..at + close];
        if !(attributes.is_empty() || attributes.starts_with([' ', '\n', '\r', '\t']))
            || attributes.contains('<')
        {
            continue;
        }
        let open = at + close + 1;
        let length = find_end_tag(&text[open..], name);
        let inner = &text[open..open + length.unwrap_or(text.len() - open)];
        let end = length.map_or(text.len(), |length| open + length + name.len() + 3);
        return Some(Element { name, attributes, inner, is_closed: length.is_some(), start, end });
    }
}

/// The elements of a text in order, without those nested in them.
pub(super) fn all(text: &str) -> impl Iterator<Item = Element<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let element = next_element(text, at)?;
        at = element.end.max(at + 1);
        Some(element)
    })
}

/// The name in capitals and digits at the start of a text, at most 20 bytes long; empty if there is none.
fn tag_name(text: &str) -> &str {
    let length =
        text.bytes().take(20).take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    if text.starts_with(|c: char| c.is_ascii_uppercase()) { &text[..length] } else { "" }
}

/// Byte offset of the first end tag with this name.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|&at| {
        let tag = &bytes[at + 1..];
        tag.first() == Some(&b'/')
            && tag.get(1..=name.len()) == Some(name.as_bytes())
            && tag.get(name.len() + 1) == Some(&b'>')
    })
}

/// The attributes of a start tag as names and values without quotes.
pub(super) fn parse_attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(' ').unwrap_or(after.len())),
        };
        rest = after;
        Some((name.trim(), value))
    })
}

/// Offers each item to the sink. An item begins with `mark` and extends to the next mark, so that a missing end tag
/// costs nothing. `end` is the end tag; anything but a declaration between it and the next mark is reported.
/// `first_byte` is the offset of `bytes` in the whole input, for the locations of these problems.
pub(super) fn offer_items(
    input: &Input<'_>,
    (mark, end): (&'static str, &str),
    sink: &mut ItemSink<'_>,
    parse_item: fn(&Input<'_>, Range<usize>) -> ParsedItem,
) {
    let bytes = input.bytes;
    let boundary = RecordBoundary::BeforeMark(mark);
    let report_skipped = |range: Range<usize>, sink: &mut ItemSink<'_>| {
        let text = bytes[range.clone()].trim_ascii();
        let is_declaration = text.starts_with(b"<!") || text.starts_with(b"<?");
        if !text.is_empty() && !is_declaration && text != b"\xef\xbb\xbf" {
            let place = encoding::byte_location(input.ctx.first_byte + range.start as u64);
            let message = format!("{} bytes between two dispatches were not read", text.len());
            let problem = Problem::new(Severity::Fault, place, message);
            sink.problems.push(problem);
        }
    };
    let mut start = boundary.find_next(bytes, 0);
    report_skipped(0..start.unwrap_or(bytes.len()), sink);
    while let Some(at) = start.filter(|_| !sink.is_full()) {
        start = boundary.find_next(bytes, at + 1);
        let next = start.unwrap_or(bytes.len());
        let raw = &bytes[at..next];
        if let Some(close) = memmem::rfind(raw, end.as_bytes()) {
            report_skipped(at + close + end.len()..next, sink);
        }
        sink.offer(|| parse_item(input, at..next));
    }
}

/// Resolves `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and decimal character references. Names may be in
/// capitals. Other entities stay.
pub(super) fn resolve_entities(text: &str) -> Cow<'_, str> {
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

/// Parses an entity after its `&`: the character, and the length of the entity in bytes. The `;` may be missing after a
/// number, as SGML allows before anything but a digit.
fn parse_entity(text: &str) -> Option<(char, usize)> {
    for (name, c) in [
        ("lt;", '<'),
        ("gt;", '>'),
        ("amp;", '&'),
        ("quot;", '"'),
        ("apos;", '\''),
        ("AMP;", '&'),
        ("LT;", '<'),
        ("GT;", '>'),
        ("QUOT;", '"'),
    ] {
        if text.starts_with(name) {
            return Some((c, name.len()));
        }
    }
    let digits = text.strip_prefix('#')?;
    // No code point has more than seven digits.
    let count = digits.bytes().take(8).take_while(u8::is_ascii_digit).count();
    let c = char::from_u32(digits[..count].parse().ok()?)?;
    let closed = digits[count..].starts_with(';');
    Some((c, 1 + count + usize::from(closed)))
}

#[cfg(test)]
mod tests {
    use super::{parse_entity, resolve_entities};
    use crate::dispatch::Role;
    use crate::format::testing::{one, parsed};

    #[test]
    fn entities() {
        assert_eq!(
            resolve_entities("a &lt;b&gt; &amp;amp; &#65;&#38; & &x; &#"),
            "a <b> &amp; A& & &x; &#"
        );
        assert_eq!(parse_entity("#5;x"), Some(('\u{5}', 3)));
        assert_eq!(parse_entity("#99999999;"), None);
    }

    #[test]
    fn an_item_extends_to_the_next_one() {
        let item = |n: u32| {
            format!(
                "<REUTERS NEWID=\"{n}\">\n<TEXT>&#2;\n<TITLE>T{n}</TITLE>\n<BODY>Body {n}.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n"
            )
        };
        let text = format!("<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n{}{}", item(1), item(2));
        let found = parsed(&text);
        let bodies: Vec<_> = found.dispatches.iter().map(|d| d.body.text()).collect();
        assert_eq!((bodies.as_slice(), found.problems.len()), (&["Body 1.", "Body 2."][..], 0));
        let torn = parsed(&text.replace("</REUTERS>\n<REU", "junk\n<REU"));
        assert_eq!(torn.dispatches.len(), 2);
        assert_eq!(torn.dispatches[0].problems.len(), 1);
        let junk = parsed(&text.replace("</REUTERS>\n<REU", "</REUTERS>\njunk\n<REU"));
        assert_eq!((junk.dispatches.len(), junk.problems.len()), (2, 1));
        assert_eq!(junk.problems[0].message, "4 bytes between two dispatches were not read");
    }

    #[test]
    fn briefs_and_bare_texts() {
        let brief = one(
            "<REUTERS NEWID=\"3\"><TEXT TYPE=\"BRIEF\">&#2;\n******<TITLE>QUAY BANK RAISES RATE</TITLE>\n&#3;</TEXT></REUTERS>",
        );
        assert_eq!((brief.headline.as_str(), brief.role), ("QUAY BANK RAISES RATE", Role::Alert));
        let bare = one(
            "<REUTERS NEWID=\"4\"><TEXT TYPE=\"UNPROC\">&#2;\nHARBOUR DUES\n\n    LINDHAVN, March 3 - The dues rose again on Tuesday.\n&#3;</TEXT></REUTERS>",
        );
        assert_eq!(bare.place(), Some("LINDHAVN"));
        assert_eq!(bare.headline, "HARBOUR DUES");
    }

    #[test]
    fn versions_are_split_from_the_end_of_the_keyword() {
        let check = |keyword: &str, slug: &str, label: Option<&str>| {
            let d = one(&format!(
                "<REUTERS NEWID=\"5\"><UNKNOWN>\n&#22;&#22;&#1;f0704&#31;reute\nu f {keyword}   02-26 0105</UNKNOWN><TEXT>&#2;\n<TITLE>T</TITLE></TEXT></REUTERS>"
            ));
            assert_eq!((d.slug.as_deref(), d.label.as_deref()), (Some(slug), label));
        };
        check("BC-HERRING-REVIEW", "BC-HERRING-REVIEW", None);
        check("AM-FERRY-1STLD", "AM-FERRY", Some("1STLD"));
        check("BC-QUAY-BANK-(CORRECTED)", "BC-QUAY-BANK", Some("(CORRECTED)"));
    }

    #[test]
    fn trec() {
        let d = one(
            "<DOC>\n<DOCNO> AP900212-0001 </DOCNO>\n<FILEID>AP-NR-02-12-90 2129EST</FILEID>\n<FIRST>u i AM-Ferry-Strike     02-12 0398</FIRST>\n<SECOND>AM-Ferry-Strike, 1st Ld, a0553,0411</SECOND>\n<HEAD>Ferries Sail</HEAD>\n<DATELINE>LINDHAVN, Vessaria (AP) </DATELINE>\n<TEXT>\n   The ferries sailed.\n</TEXT>\n</DOC>\n",
        );
        assert_eq!(d.id.as_deref(), Some("AP900212-0001"));
        assert_eq!(
            (d.slug.as_deref(), d.label.as_deref()),
            (Some("AM-Ferry-Strike"), Some("1st Ld"))
        );
        assert_eq!((d.words_stated, d.place()), (Some(411), Some("LINDHAVN")));
        assert_eq!(
            d.sent.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
            Some("1990-02-12T21:29:00-05:00")
        );
    }

    #[test]
    fn an_item_without_tags_is_read_as_clean_text() {
        let d = one(
            "<REUTERS T\u{e}LINDHAVN FERRY SCHEDULE\n NORTH  \u{e}  08.15   12.40\n SOUTH     09.05   13.30\n",
        );
        assert!(!d.body.text().contains('\u{e}') && !d.headline.contains('\u{e}'));
    }
}
