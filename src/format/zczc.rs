//! The ZCZC frame of the telex age: `ZCZC`, header lines that each open with a sign, the text, and an optional `NNNN`.

use std::ops::Range;

use crate::dispatch::Severity;
use crate::format::iptc::header::DateTimeGroup;
use crate::format::parser::{Draft, Input, ItemSink, ParsedItem, Sample, WIRE_HEADERS};
use crate::format::plain::header_lines;
use crate::format::record_boundary;
use crate::format::shared::dateline::LeadDateline;
use crate::format::shared::fields::{self, FieldKey};
use crate::format::shared::{finish, wire_controls};
use crate::text;

/// Signs that open header lines, the field name of each, and its key. Values without a key are kept under the name.
const HEADER_SIGNS: [(char, &str, Option<FieldKey>); 9] = [
    ('$', "category", Some(FieldKey::Category)),
    (':', "slug", Some(FieldKey::Slug)),
    ('=', "take", Some(FieldKey::Label)),
    ('^', "headline", Some(FieldKey::Headline)),
    ('*', "copy", None),
    ('&', "service", None),
    ('+', "subjects", Some(FieldKey::Subjects)),
    ('@', "place", Some(FieldKey::Place)),
    ('~', "genre", None),
];

/// Longest header line, in bytes; a longer line is text.
const MAX_HEADER_BYTES: usize = 240;

/// True if nothing but controls and fill comes before the first `ZCZC`.
pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    let first = &sample.start[..sample.start.len().min(256)];
    find_frame_starts(first)
        .first()
        .is_some_and(|&at| !first[..at].iter().any(u8::is_ascii_alphanumeric))
}

/// Parses the dispatches of an input in order.
pub(super) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let is_fill = |before: &[u8]| !record_boundary::has_text(before);
    let starts = find_frame_starts(input.bytes);
    record_boundary::offer_frames(input, starts, is_fill, sink, parse_item);
}

/// Byte offsets of `ZCZC` at the start of a line, ascending; controls, spaces and a byte order mark may precede it. In
/// lower case it counts only within the first 256 bytes of the input.
fn find_frame_starts(bytes: &[u8]) -> Vec<usize> {
    let marks = memchr::memmem::find_iter(bytes, b"ZCZC");
    let lower = memchr::memmem::find_iter(&bytes[..bytes.len().min(256)], b"zczc");
    let mut starts: Vec<usize> = marks
        .chain(lower)
        .filter(|&at| {
            let from = at.saturating_sub(64);
            let line = memchr::memrchr(b'\n', &bytes[from..at]).map(|line| from + line + 1);
            let free =
                |b: &u8| b.is_ascii_control() || *b == b' ' || matches!(*b, 0xef | 0xbb | 0xbf);
            let line = line.or((from == 0).then_some(0));
            let after = bytes.get(at + 4);
            line.is_some_and(|line| bytes[line..at].iter().all(free))
                && after.is_none_or(|b| !b.is_ascii_alphanumeric())
        })
        .collect();
    starts.sort_unstable();
    starts
}

/// Parses one frame; `range` is its byte range in the input.
fn parse_item(input: &Input<'_>, range: Range<usize>) -> ParsedItem {
    let (mut draft, decoded) = input.draft("zczc", range);
    let plain = wire_controls::remove_controls(&decoded);
    let clean = text::clean(&plain);
    let start = clean.trim_start();
    let framed = text::has_prefix_ignoring_case(start, "zczc");
    let text = if framed {
        let end = start.find('\n').unwrap_or(start.len());
        draft.leave_out(WIRE_HEADERS, &start[..end]);
        apply_routing(start[4..end].trim(), &mut draft);
        &start[end..]
    } else {
        draft.add_problem(
            Severity::Fault,
            "line 1",
            "expected `ZCZC`, found none; all of it is read as text".to_owned(),
        );
        start
    };
    let text = text_before_end_mark(text, &mut draft);
    let rest = take_sign_headers(text, &mut draft);
    // No ETX sets the group apart, so it must be certain: a last line of six digits may belong to the text.
    let (rest, group) =
        match DateTimeGroup::split_from_end(rest).filter(|(_, group)| group.is_certain()) {
            Some((rest, group)) => (rest, Some(group)),
            None => (rest, None),
        };
    let rest = rest.trim_start_matches('\n');
    // Headers may also be `Name: value` lines.
    let rest = match header_lines::find_header_block(rest) {
        Some(block) => {
            let after = &rest[block.end..];
            block.apply(&mut draft);
            after
        }
        None => rest,
    };
    let (body, known) = header_lines::read(rest, &mut draft);
    if let Some(group) = group {
        group.apply(&mut draft, known.as_ref().and_then(LeadDateline::agency));
    }
    finish::finish_text(draft, body, known)
}

/// Reads the rest of the `ZCZC` line: routing, and the message number (`AB12`) if it comes first.
fn apply_routing(line: &str, draft: &mut Draft<'_>) {
    if line.is_empty() {
        return;
    }
    draft.add_field("routing", line);
    let first = line.split(' ').next().unwrap_or("");
    let letters = first.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = &first.as_bytes()[letters..];
    if (1..=5).contains(&letters)
        && (2..=6).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
    {
        draft.dispatch.id = Some(first.to_owned());
    }
}

/// The text before a line `NNNN`; what follows that line is kept among the fields.
fn text_before_end_mark<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let end = memchr::memmem::find_iter(text.as_bytes(), b"NNNN").find(|&at| {
        let before = text[..at].trim_end_matches([' ', '\t']);
        let after = text[at + 4..].trim_start_matches([' ', '\t']);
        (before.is_empty() || before.ends_with('\n'))
            && (after.is_empty() || after.starts_with('\n'))
    });
    let Some(at) = end else { return text };
    draft.leave_out(WIRE_HEADERS, "NNNN");
    let after = text[at + 4..].trim();
    if !after.is_empty() {
        draft.add_field("after-text", after);
    }
    &text[..at]
}

/// Moves the header lines that open with a sign into a draft, and returns the text after them.
fn take_sign_headers<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let mut rest = text.trim_start_matches('\n');
    loop {
        let end = rest.find('\n').unwrap_or(rest.len());
        let line = rest[..end].trim_end();
        let Some(&(sign, name, key)) =
            HEADER_SIGNS.iter().find(|(sign, ..)| line.starts_with(*sign))
        else {
            return rest;
        };
        let value = line[sign.len_utf8()..].trim().trim_end_matches('<').trim_end();
        // `*` is followed by a format letter; a longer line is a bullet point. A doubled sign is decoration.
        let is_bullet = sign == '*' && value.len() > 2;
        if line.len() > MAX_HEADER_BYTES || is_bullet || value.starts_with(sign) {
            return rest;
        }
        match key {
            Some(key) => {
                // A long headline is sent as several `^` lines.
                if key == FieldKey::Headline && !draft.dispatch.headline.is_empty() {
                    fields::continue_line(&mut draft.dispatch.headline, value);
                } else {
                    draft.set_field(key, name, value);
                }
            }
            None if value.is_empty() => {}
            None => draft.add_field(name, value),
        }
        rest = rest[end..].trim_start_matches('\n');
        if rest.is_empty() {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dispatch::Dispatch;
    use crate::format::parser::Context;
    use crate::format::table::{FormatId, parse_as};

    fn all(text: &str) -> Vec<Dispatch> {
        let format = FormatId::from_name("zczc").unwrap_or(FormatId::PLAIN);
        parse_as(format, text.as_bytes(), &Context::default()).dispatches
    }

    #[test]
    fn dispatches_are_split_at_frames_which_may_be_open() {
        let headlines =
            |text: &str| -> Vec<String> { all(text).into_iter().map(|d| d.headline).collect() };
        let text = "ZCZC\n^One\n\nText.\nNNNN\nZCZC\n^Two\n^more\n\nText.\n\nZCZC\n^Three\n\nThe word ZCZC parts nothing.";
        assert_eq!(headlines(text), ["One", "Two more", "Three"]);
        assert_eq!(headlines("zczc\r\n^One\r\n\r\nText."), ["One"]);
        assert!(headlines("\n\n").is_empty());
    }

    #[test]
    fn text_outside_a_frame_is_kept() {
        let found = all("ZCZC AB12 X\nText of the first.\nNNNN\nstray words");
        assert_eq!(found.len(), 1);
        let d = found.into_iter().next().unwrap_or_default();
        assert_eq!((d.id.as_deref(), d.body.text()), (Some("AB12"), "Text of the first."));
        assert_eq!(d.fields.get("after-text").map(String::as_str), Some("stray words"));
        let before = all("Stray text.\nZCZC\nText.");
        assert_eq!(before.len(), 2);
        assert_eq!(before[0].problems.len(), 1);
    }

    #[test]
    fn signs_within_the_text_are_text() {
        let found =
            all("ZCZC\n:GOAT\n\n* One bullet\n* Two bullets\n\nThe goat is back in Tarn.\nNNNN");
        let d = found.into_iter().next().unwrap_or_default();
        assert_eq!(d.slug.as_deref(), Some("GOAT"));
        assert!(d.body.text().starts_with("* One bullet"), "{}", d.body.text());
    }
}
