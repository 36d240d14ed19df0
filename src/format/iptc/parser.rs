//! Splits an IPTC 7901 input at its header lines and parses each message into a dispatch.

use std::ops::Range;

use crate::dispatch::Severity;
use crate::format::clues::WIRE_HEADER_REACH;
use crate::format::iptc::editorial;
use crate::format::iptc::header::{self, DateTimeGroup, Header};
use crate::format::parser::{Draft, Input, ItemSink, ParsedItem, Sample, WIRE_HEADERS};
use crate::format::plain::header_lines;
use crate::format::record_boundary;
use crate::format::shared::dateline::LeadDateline;
use crate::format::shared::{finish, wire_controls};
use crate::text;

/// Longest line taken for a keyword line, in bytes. Section 4.12 allows 69 characters, which may be longer in UTF-8.
const MAX_KEYWORD_LINE_BYTES: usize = 140;

/// True if a header line, with or without SOH, begins within the first 256 bytes and after next to nothing else.
pub(in crate::format) fn recognises(sample: &Sample<'_>) -> bool {
    find_header_starts(&sample.start[..sample.start.len().min(WIRE_HEADER_REACH)])
        .first()
        .is_some_and(|&at| at <= 256 && sample.start[..at].trim_ascii().len() <= 16)
}

/// Parses the dispatches of an input in order.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    // Fill before the first header belongs to it; text is a dispatch of its own.
    let is_fill = |before: &[u8]| !before.iter().any(u8::is_ascii_alphanumeric);
    let starts = find_header_starts(input.bytes);
    record_boundary::offer_frames(input, starts, is_fill, sink, parse_item);
}

/// Byte offsets where headers begin, ascending: at their SOH, or at the header line if it was lost.
fn find_header_starts(bytes: &[u8]) -> Vec<usize> {
    let lines = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
    let mut starts: Vec<usize> =
        std::iter::once(0).chain(lines).filter_map(|at| header_start(bytes, at)).collect();
    // SOH may also come in the middle of a line: after the fill and EOT of the previous message.
    starts.extend(memchr::memchr_iter(0x01, bytes).filter(|&at| {
        header_line_at(bytes, at + 1).is_some_and(|line| Header::parse_damaged(line).is_some())
    }));
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// Byte offset of the header on the line that starts at `line`: that of its SOH, of a `ZCZC` line above it, or of the
/// header itself. `None` if there is no header on that line.
fn header_start(bytes: &[u8], line: usize) -> Option<usize> {
    let fill =
        bytes[line..].iter().take(64).take_while(|b| b.is_ascii_control() && **b != b'\n').count();
    let at = line + fill;
    // A cheap test first: this runs for every line of the input.
    let plausible = bytes.get(at)?.is_ascii_alphabetic()
        && bytes[at..].iter().skip(1).take(3).any(u8::is_ascii_digit);
    if !plausible {
        return None;
    }
    Header::parse(header_line_at(bytes, at)?)?;
    if let Some(soh) = bytes[line..at].iter().rposition(|&b| b == 0x01) {
        return Some(line + soh);
    }
    // Some messages have a telex frame around them: its `ZCZC` line belongs to the message below it.
    let before = bytes[..line].trim_ascii_end();
    let reach = &before[before.len().saturating_sub(48)..];
    let zczc =
        memchr::memmem::rfind(reach, b"ZCZC").filter(|&zczc| !reach[zczc..].contains(&b'\n'));
    Some(zczc.map_or(at, |zczc| before.len() - reach.len() + zczc))
}

/// The line that starts at `at`, cut to little more than the longest header. `None` if it is not valid UTF-8.
fn header_line_at(bytes: &[u8], at: usize) -> Option<&str> {
    let line = bytes.get(at..)?;
    let line = &line[..line.len().min(header::MAX_HEADER_BYTES + 2)];
    // Stop at the next SOH too: messages are split there, and a message read alone must give the same line.
    let ends = |b: &u8| matches!(b, b'\n' | b'\r' | 0x01 | 0x02);
    let end = line.iter().position(ends).unwrap_or(line.len());
    line[..end].utf8_chunks().next().map(|chunk| chunk.valid()).filter(|valid| valid.len() == end)
}

/// The parts of a message after its header line. Missing parts are empty.
#[derive(Default)]
struct MessageParts<'a> {
    /// Keyword line.
    keywords: &'a str,
    /// Front lines, body and notes for editors.
    text: &'a str,
    /// Everything after ETX.
    after: &'a str,
}

/// Parses one message; `range` is its byte range in the input.
fn parse_item(input: &Input<'_>, range: Range<usize>) -> ParsedItem {
    let (mut draft, decoded) = input.draft("iptc7901", range);
    let text = decoded.trim_start_matches(|c: char| c.is_ascii_control() || c == ' ');
    // The header comes after the first line of a telex frame.
    let text = match text.split_once('\n') {
        Some((line, rest)) if line.starts_with("ZCZC") => {
            draft.add_field("routing", line.trim());
            rest.trim_start_matches(|c: char| c.is_ascii_control() || c == ' ')
        }
        _ => text,
    };
    let end = memchr::memchr2(b'\n', 0x02, text.as_bytes()).unwrap_or(text.len());
    // A damaged header counts only where SOH proves that it is one.
    let found = Header::parse(&text[..end])
        .or_else(|| decoded.contains('\u{1}').then(|| Header::parse_damaged(&text[..end]))?);
    let parts = split_message(
        if found.is_some() { &text[end..] } else { text },
        found.is_some(),
        &mut draft,
    );
    let group = DateTimeGroup::find_first(parts.after);
    let (body, group) = match group {
        Some(group) => (parts.text, Some(group)),
        None => DateTimeGroup::split_from_end(parts.text)
            .map_or((parts.text, None), |(text, group)| (text, Some(group))),
    };
    match &found {
        Some(header) if header.priority.is_empty() => {
            let message = format!("expected priority, category and words after `{}{}`, found none", header.source, header.number);
            draft.add_problem(Severity::Fault, "line 1", message);
        }
        Some(_) => {}
        None => draft.add_problem(
            Severity::Fault,
            "line 1",
            "expected an IPTC 7901 header (source and number, priority, category, words), found none".to_owned(),
        ),
    }
    if let Some(header) = found {
        draft.leave_out(WIRE_HEADERS, &text[..end]);
        header.apply(&mut draft, group.as_ref().map(|group| group.text));
    }
    apply_keyword_line(parts.keywords, &mut draft);
    let body = wire_controls::remove_controls(body);
    let clean = text::clean(&body);
    let rest = editorial::read_front_lines(&clean, &mut draft);
    let rest = editorial::take_editor_notes(rest, &mut draft);
    let (rest, known) = header_lines::read(rest, &mut draft);
    // After the dateline was read: its agency gives the time zone if the group names none.
    match group {
        Some(group) => group.apply(&mut draft, known.as_ref().and_then(LeadDateline::agency)),
        None => keep_text_after_etx(parts.after, &mut draft),
    }
    let known = header_lines::detach_dateline(rest, known, &mut draft);
    finish::finish_text(draft, rest, known)
}

/// Keeps what follows ETX among the fields if it is not a date-time group.
fn keep_text_after_etx(after: &str, draft: &mut Draft<'_>) {
    let clean = wire_controls::remove_controls(after);
    if !clean.trim().is_empty() {
        draft.add_field("after-text", clean.trim());
    }
}

/// Splits what follows the header line into its parts. If STX is lost, a short first line with a `/` is the keyword
/// line. Missing controls are reported in the draft.
fn split_message<'a>(rest: &'a str, headed: bool, draft: &mut Draft<'_>) -> MessageParts<'a> {
    let bytes = rest.as_bytes();
    let stx = memchr::memchr(0x02, bytes);
    let from = stx.map_or(0, |at| at + 1);
    let etx = memchr::memchr(0x03, &bytes[from..]).map(|at| at + from);
    let (end, after) = etx.map_or((rest.len(), ""), |at| (at, &rest[at + 1..]));
    let expected = match (stx, etx) {
        // The caller reports the missing header, which is enough.
        _ if !headed => None,
        (Some(_), None) => Some("expected ETX after the text, found none; the end may be missing"),
        (None, Some(_)) => Some(
            "expected STX before the text, found none; it is taken to begin after the keyword line",
        ),
        _ => None,
    };
    if let Some(message) = expected {
        draft.add_problem(Severity::Fault, "frame", message.to_owned());
    }
    if let Some(stx) = stx {
        return MessageParts { keywords: &rest[..stx], text: &rest[from..end], after };
    }
    let text = &rest[..end];
    let start = text.len() - text.trim_start_matches(['\n', '\r', ' ']).len();
    let line = memchr::memchr(b'\n', &bytes[start..end]).map_or(end, |at| start + at);
    let first = text[start..line].trim();
    if headed
        && first.len() <= MAX_KEYWORD_LINE_BYTES
        && first.contains('/')
        && !first.ends_with(['.', '='])
    {
        return MessageParts { keywords: first, text: &text[line..], after };
    }
    MessageParts { keywords: "", text, after }
}

/// Sets slug and keywords from the keyword line, whose words are separated or ended by `/` (section 4.12).
fn apply_keyword_line(line: &str, draft: &mut Draft<'_>) {
    let clean = wire_controls::remove_controls(line);
    let line = clean.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let slug = line.trim_end_matches(['/', ' ']);
    if slug.is_empty() {
        return;
    }
    draft.dispatch.slug = Some(slug.to_owned());
    let words = slug.split('/').map(str::trim).filter(|word| !word.is_empty());
    draft.dispatch.keywords = words.map(str::to_owned).collect();
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Dispatch, RelationKind, Role, Stamp};
    use crate::format::table::ParsedInput;
    use crate::format::testing::{first, parsed_as};

    fn parsed(text: &str) -> ParsedInput {
        parsed_as("iptc7901", text)
    }

    fn dispatch(text: &str) -> Dispatch {
        first(parsed(text))
    }

    const TOP: &str = "\u{1}abc0300 5 pol 30 xyz 300\r\n\r\nGoat/\r\n\u{2}Goat elected =\r\n\r\nTARN (XYZ) - The goat was elected.\r\n";

    #[test]
    fn missing_parts_of_a_time_are_inferred_and_reported() {
        let check = |group: &str, time: Option<&str>, notes: usize| {
            let d = dispatch(&format!("{TOP}\u{3}{group}\r\n\u{7f}\u{4}"));
            assert_eq!(d.sent.map(Stamp::to_rfc3339).as_deref(), time, "{group}");
            assert_eq!(d.problems.len(), notes, "{group}: {:?}", d.problems);
        };
        check("041137 GMT Mar 26", Some("2026-03-04T11:37:00Z"), 0);
        check("041137 MEZ März 2026", Some("2026-03-04T11:37:00+01:00"), 0);
        check("041137 GMT", Some("2026-03-04T11:37:00Z"), 1);
        check("281137 GMT", Some("2026-02-28T11:37:00Z"), 1);
        check("311137", Some("2026-01-31T11:37:00Z"), 2);
        check("041137 GMT Dez", Some("2025-12-04T11:37:00Z"), 1);
        check("311137 GMT Feb 26", None, 1);
    }

    #[test]
    fn damaged_frames_are_read_as_far_as_they_go() {
        let check = |text: &str, problem: &str| {
            let d = dispatch(text);
            assert_eq!(
                (d.headline.as_str(), d.slug.as_deref()),
                ("Goat elected", Some("Goat")),
                "{text}"
            );
            assert_eq!(d.body.text(), "TARN (XYZ) - The goat was elected.");
            assert_eq!(d.problems.len(), usize::from(!problem.is_empty()), "{:?}", d.problems);
            assert!(d.problems.iter().all(|p| p.message.starts_with(problem)), "{:?}", d.problems);
        };
        let tail = "\u{3}041137 GMT Mar 26";
        check(&format!("{TOP}{tail}"), "");
        check(TOP, "expected ETX");
        check(&format!("{}{tail}", TOP.replace('\u{2}', "")), "expected STX");
        check(&format!("{}041137 GMT Mar 26", TOP.replace(['\u{2}', '\u{1}'], "")), "");
        check(&format!("\u{7f}\u{7f}\0{TOP}{tail}"), "");
        check(
            &format!("\u{1}abc0300 5 p\r\n{}{tail}", &TOP[TOP.find("\r\n").unwrap_or(0)..]),
            "expected priority",
        );
    }

    #[test]
    fn the_optional_field_names_agency_language_and_corrected_item() {
        let d = dispatch(&TOP.replace("xyz 300", "NL COR 703 BELGA 710"));
        assert_eq!((d.agency.as_deref(), d.language.as_deref()), (Some("BELGA"), Some("nl")));
        let relates: Vec<_> = d.relations.iter().map(|r| (r.kind, r.id.as_str())).collect();
        assert_eq!((d.role, relates), (Role::Correction, vec![(RelationKind::Corrects, "703")]));
    }

    #[test]
    fn messages_are_split_at_headers_only() {
        let check =
            |text: &str, count: usize| assert_eq!(parsed(text).dispatches.len(), count, "{text}");
        check(&TOP.repeat(3), 3);
        check(&TOP.replace(['\u{1}', '\u{2}'], "").repeat(3), 3);
        check(&TOP.replace("was elected", "was, with 0300 5 pol 30 votes, elected"), 1);
        check("\u{7f}\n\u{7f}\u{4}\n", 0);
        // Two broken headers on one line: each begins a message, whether or not the other follows.
        check(&format!("{TOP}\u{1}eca000\u{1}bdt000"), 3);
        check(&format!("{TOP}\u{1}eca000"), 2);
    }

    #[test]
    fn a_telex_frame_may_surround_the_message() {
        let one = format!("ZCZC\r\n{}NNNN\r\n\r\n", TOP.replace(['\u{1}', '\u{2}'], ""));
        let found = parsed(&one.repeat(2)).dispatches;
        assert_eq!(found.len(), 2);
        for d in found {
            assert_eq!(
                (d.headline.as_str(), d.body.text()),
                ("Goat elected", "TARN (XYZ) - The goat was elected.")
            );
        }
    }
}
