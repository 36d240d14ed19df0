//! Splits an ANPA 1312 input at its headers and parses each transmission into a dispatch.

use std::ops::Range;

use crate::dispatch::Severity;
use crate::format::anpa::header::{self, Header, TransmissionLine, parse_header};
use crate::format::anpa::{copy, front_matter};
use crate::format::clues::WIRE_HEADER_REACH;
use crate::format::parser::{Draft, Input, ItemSink, ParsedItem, Sample, WIRE_HEADERS};
use crate::format::plain::header_lines;
use crate::format::record_boundary;
use crate::format::shared::{finish, wire_controls};
use crate::text;

/// Most bytes of routing codes before a header. More than that before the first header is a dispatch of its own, and a
/// priority line further than that behind a story line begins another one.
const MAX_ROUTING_BYTES: usize = 512;

/// True if a header begins within the first 256 bytes: SYN SYN SOH, or header lines that lost their controls.
pub(in crate::format) fn recognises(sample: &Sample<'_>) -> bool {
    let first = &sample.start[..sample.start.len().min(WIRE_HEADER_REACH)];
    memchr::memmem::find(&first[..first.len().min(256)], b"\x16\x16\x01").is_some()
        || find_header_starts(first).first().is_some_and(|&at| at <= 256)
}

/// Parses the dispatches of an input in order.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let is_routing = |before: &[u8]| before.len() <= MAX_ROUTING_BYTES;
    let starts = find_header_starts(input.bytes);
    record_boundary::offer_frames(input, starts, is_routing, sink, parse_item);
}

/// Byte offsets where headers begin, ascending: at SYN SYN SOH or the routing codes before it, or at header lines that
/// lost their frame.
fn find_header_starts(bytes: &[u8]) -> Vec<usize> {
    let framed =
        memchr::memchr_iter(0x01, bytes).filter(|&at| starts_with_story_number(&bytes[at + 1..]));
    let mut starts: Vec<usize> = framed.map(|at| transmission_start(bytes, at)).collect();
    let lines = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
    let bare = std::iter::once(0).chain(lines).filter_map(|at| unframed_header_start(bytes, at));
    // The lines of a framed header look like an unframed one: look for those only away from a framed start.
    let bare: Vec<usize> = bare
        .filter(|&at| {
            // Leave out the priority line of a header that was found by its SOH.
            let before = starts.partition_point(|&start| start <= at);
            let known = before.checked_sub(1).map(|before| &bytes[starts[before]..at]);
            known.is_none_or(|between| {
                between.len() > MAX_ROUTING_BYTES || memchr::memchr_iter(b'\n', between).count() > 4
            })
        })
        .collect();
    starts.extend(bare);
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// True for a service letter and a story number. IPTC 7901 headers begin the same way, but a space and a priority digit
/// follow their number.
fn starts_with_story_number(bytes: &[u8]) -> bool {
    let digits = bytes.iter().skip(1).take_while(|b| b.is_ascii_digit()).count();
    let after = bytes.get(1 + digits..).unwrap_or(&[]);
    let iptc = after.first() == Some(&b' ') && after.get(1).is_some_and(u8::is_ascii_digit);
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && (3..=5).contains(&digits) && !iptc
}

/// Byte offset where the header with this SOH begins: at its SYN, or at the ENQ of the routing codes shortly before it.
fn transmission_start(bytes: &[u8], soh: usize) -> usize {
    let mut at = soh;
    while at > 0 && matches!(bytes[at - 1], 0x16 | 0 | 0x7f) {
        at -= 1;
    }
    let before = &bytes[at.saturating_sub(64)..at];
    // Codes before SOH, ETX or EOT belong to another transmission.
    let ends = |&b: &u8| matches!(b, 0x01 | 0x03 | 0x04);
    let own = before.rsplit(ends).next().unwrap_or(before);
    match own.iter().position(|&b| b == 0x05) {
        Some(enq) => at - own.len() + enq,
        None => at,
    }
}

/// Byte offset where an unframed header begins whose priority line starts at `at`: at the story line above it, or at
/// `at` itself. `None` if the line at `at` is something else.
fn unframed_header_start(bytes: &[u8], at: usize) -> Option<usize> {
    // A cheap test first: this runs for every line of the input.
    let line = bytes.get(at..)?;
    let looks = line.first()?.is_ascii_alphabetic()
        && *line.get(1)? == b' '
        && line.get(2)?.is_ascii_alphabetic();
    if !looks || !matches!(line.get(3)?, b' ' | 0x10..=0x14) {
        return None;
    }
    let end = memchr::memchr(b'\n', &line[..line.len().min(160)])?;
    let line = std::str::from_utf8(&line[..end]).ok()?.trim_end();
    let mut found = Header::default();
    if !header::parse_priority_line(line, &mut found) {
        return None;
    }
    let before = bytes[..at].trim_ascii_end();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let story = std::str::from_utf8(&before[start..]).ok().filter(|line| line.len() <= 40);
    if story.is_some_and(|line| header::parse_story_line(line, &mut found)) {
        return Some(start);
    }
    // Prose may happen to fit: without a story line, ask for format bytes or for a hyphenated keyword with a date.
    let sure = line.bytes().any(|b| b.is_ascii_control());
    let keyword = found.keyword.contains('-') && found.date.is_some();
    (sure || keyword).then_some(at)
}

/// Parses one transmission; `range` is its byte range in the input.
fn parse_item(input: &Input<'_>, range: Range<usize>) -> ParsedItem {
    let (mut draft, decoded) = input.draft("anpa1312", range);
    let text = wire_controls::normalize_line_ends(&decoded);
    let header = parse_header(&text);
    let rest = &text[header.byte_len..];
    draft.leave_out(WIRE_HEADERS, &text[..header.byte_len]);
    let (text, after) = split_frame(rest, header.byte_len > 0, &mut draft);
    // Without ETX the transmission line is the last line of the text.
    let tail = TransmissionLine::find_first(after);
    let (text, tail) = match tail {
        Some(tail) => (text, Some(tail)),
        None => TransmissionLine::split_from_end(text)
            .map_or((text, None), |(text, tail)| (text, Some(tail))),
    };
    header.apply(&mut draft, tail.as_ref().map(TransmissionLine::stamp_text));
    if let Some(tail) = tail {
        tail.apply(&header, &mut draft);
    } else {
        let left = wire_controls::remove_controls(after);
        if !left.trim().is_empty() {
            draft.add_field("after-text", left.trim());
        }
    }
    let copy = copy::format_copy(front_matter::read(text, &header, &mut draft));
    let clean = text::clean(&copy);
    let (body, known) = header_lines::read(&clean, &mut draft);
    let known = header_lines::detach_dateline(body, known, &mut draft);
    copy::mark_alert(&header, body, &mut draft);
    finish::finish_text(draft, body, known)
}

/// Splits what follows the header into the text between STX and ETX, and what comes after ETX. Missing controls are
/// reported in the draft.
fn split_frame<'a>(rest: &'a str, headed: bool, draft: &mut Draft<'_>) -> (&'a str, &'a str) {
    let bytes = rest.as_bytes();
    let stx = memchr::memchr(0x02, bytes);
    let etx = memchr::memchr(0x03, &bytes[stx.unwrap_or(0)..]).map(|at| at + stx.unwrap_or(0));
    let problem = match (stx, etx) {
        _ if !headed => Some((
            Severity::Fault,
            "expected an ANPA 1312 header (SYN SYN SOH, a service letter and a story number), found none",
        )),
        (None, None) => Some((
            Severity::Note,
            "expected the text between STX and ETX, found neither; it is taken from the lines after the header",
        )),
        (None, Some(_)) => Some((
            Severity::Fault,
            "expected STX before the text, found none; the text is read from the header on",
        )),
        (Some(_), None) => Some((
            Severity::Fault,
            "expected ETX after the text, found none; the end may be missing",
        )),
        _ => None,
    };
    if let Some((severity, message)) = problem {
        draft.add_problem(severity, "frame", message.to_owned());
    }
    let end = etx.unwrap_or(rest.len());
    let after = etx.map_or("", |at| &rest[at + 1..]);
    match stx {
        Some(at) => {
            let before = wire_controls::remove_controls(&rest[..at]);
            if !before.trim().is_empty() {
                draft.add_field("before-text", before.trim());
            }
            (&rest[at + 1..end], after)
        }
        None => (&rest[..end], after),
    }
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Dispatch, Role, Severity, Stamp, TimeSource};
    use crate::format::anpa::header::{Header, parse_header};
    use crate::format::table::ParsedInput;
    use crate::format::testing::{first, parsed_as};

    fn parsed(text: &str) -> ParsedInput {
        parsed_as("anpa1312", text)
    }

    fn dispatch(text: &str) -> Dispatch {
        first(parsed(text))
    }

    const HEAD: &str =
        "\u{16}\u{16}\u{1}W0312\u{1f}world\r\nr i\u{13}\u{11} BC-Harvest     12-30 0210\r\n";

    #[test]
    fn reads_a_header_alone() {
        let text = "\u{5}\u{5}\u{5}C T\n\u{16}\u{16}\u{1}f0704\u{1f}reute\nu f BC-COCOA REVIEW  1STLD a0123 02-26 0105\nrest";
        let expected = Header {
            routing: "\u{5}\u{5}\u{5}C T",
            service: "f",
            number: "0704",
            selector: "reute",
            priority: "u",
            category: "f",
            keyword: "BC-COCOA REVIEW  1STLD",
            reference: "a0123",
            date: Some((2, 26)),
            count: "0105",
            byte_len: text.len() - 4,
            ..Header::default()
        };
        assert_eq!(parse_header(text), expected);
        let found = parse_header("u f BC-COCOA  1STLD 02-26 0105\n");
        assert_eq!((found.keyword, found.version), ("BC-COCOA", "1STLD"));
        assert_eq!(parse_header("Ferries sail again on Tuesday.\n"), Header::default());
    }

    #[test]
    fn a_missing_year_is_inferred_and_reported() {
        let d = dispatch(&format!("{HEAD}\u{2}^BC-Harvest<\r\n\tApples are late.\r\n\u{3}\r\n"));
        assert_eq!(d.time.map(Stamp::to_rfc3339).as_deref(), Some("2025-12-30"));
        assert_eq!(d.time_source, TimeSource::Created);
        let problems: Vec<_> =
            d.problems.iter().map(|p| (p.severity, p.message.as_str())).collect();
        let message = "the header names no year; 2025 is inferred from the date of the file";
        assert_eq!(problems, [(Severity::Note, message)]);
    }

    /// Checks headline and body of a damaged dispatch, and how the problem with its frame begins (empty for none).
    #[track_caller]
    fn check(text: &str, headline: &str, body: &str, problem: &str) {
        let d = dispatch(text);
        assert_eq!((d.headline.as_str(), d.body.text()), (headline, body));
        let all: Vec<_> = d.problems.iter().filter(|p| p.location != "header").collect();
        assert_eq!(all.len(), usize::from(!problem.is_empty()), "{all:?}");
        assert!(all.iter().all(|p| p.message.starts_with(problem)), "{all:?}");
    }

    #[test]
    fn damaged_frames_are_read_as_far_as_they_go() {
        let rails = "^BC-Harvest,12<\n^Apples are late<\n";
        let (copy, body) = ("\tTARN (AP) _ Apples are late.\n", "TARN (AP) — Apples are late.");
        let headline = "Apples are late";
        check(&format!("{HEAD}\u{2}{rails}{copy}\u{3}"), headline, body, "");
        check(&format!("{HEAD}\u{2}{rails}{copy}"), headline, body, "expected ETX");
        check(&format!("{HEAD}{rails}{copy}\u{3}"), headline, body, "expected STX");
        check(&format!("{HEAD}{rails}{copy}"), headline, body, "expected the text between");
        check(&format!("\u{2}{rails}{copy}\u{3}"), headline, body, "expected an ANPA 1312 header");
        check(HEAD, "BC-Harvest", "", "expected the text between");
    }

    #[test]
    fn dispatches_are_split_at_headers_only() {
        let one = format!("{HEAD}\u{2}^BC-Harvest<\n\tApples are late.\n\u{3}\n\u{4}\n");
        let bare =
            "r i  BC-PEARS-LATE     03-01 0020\nBC-PEARS-LATE\n\nTARN (AP) - Pears are late.\n\n";
        let check =
            |text: &str, count: usize| assert_eq!(parsed(text).dispatches.len(), count, "{text}");
        check(&one.repeat(3), 3);
        check(&bare.repeat(3), 3);
        check(&format!("{one}{bare}{one}"), 3);
        check(&format!("{one}\n\n\u{c}\n"), 1);
        check(" \n\u{4}\n", 0);
    }

    #[test]
    fn short_bulletins_are_alerts() {
        let role = |priority: &str, rest: &str| {
            let head = HEAD.replace("r i", priority);
            dispatch(&format!("{head}\u{2}^BC-Harvest<\n{rest}\u{3}")).role
        };
        assert_eq!(role("b i", "\tTARN (AP) _ Apples are in.\n"), Role::Alert);
        assert_eq!(role("r i", "\tTARN (AP) _ Apples are in.\n"), Role::Story);
        assert_eq!(role("f i", "^Apples are in<\n\tTARN (AP) _ Apples are in.\n"), Role::Story);
        assert_eq!(role("b i", "\tEDITORS: Please kill the story Apples, W0311.\n"), Role::Kill);
    }

    #[test]
    fn tables_keep_their_columns() {
        let body = |copy: &str| {
            let d = dispatch(&format!("{HEAD}\u{2}^BC-Harvest<\n^Harvest<\n{copy}\u{3}"));
            d.body.text().to_owned()
        };
        let aligned = "Tarn   12   3\nHall  101  14\nSkar    7   0";
        assert_eq!(
            body("\u{8}Tarn;12;3\u{10} \n\u{8}Hall;101;14\u{10} \n\u{8}Skar;7;0\u{10} \n"),
            aligned
        );
        assert_eq!(
            body("Tarn\u{1f}12\u{1f}3\nHall\u{1f}101\u{1f}14\nSkar\u{1f}7\u{1f}0\n"),
            aligned
        );
        assert_eq!(
            body("Tarn;12;3;_\nHall;101;14;_\nSkar;7;0;_\n"),
            "Tarn   12   3  —\nHall  101  14  —\nSkar    7   0  —"
        );
        assert_eq!(
            body("   Tarn   12   3\n   Hall  101  14\n   Skar    7   0\n"),
            "   Tarn   12   3\n   Hall  101  14\n   Skar    7   0"
        );
        assert_eq!(body("\tOne.  Two.\n\tThree.\n"), "One.  Two.\n\nThree.");
    }

    #[test]
    fn lines_may_end_in_cr_alone() {
        let text = format!("{HEAD}\u{2}^BC-Harvest<\n^Harvest<\n\tOne.\n\tTwo.\n\u{3}");
        let d = dispatch(&text.replace("\r\n", "\n").replace('\n', "\r"));
        assert_eq!((d.headline.as_str(), d.body.text()), ("Harvest", "One.\n\nTwo."));
    }

    #[test]
    fn a_credit_below_the_byline_is_not_copy() {
        let copy = "\tTARN, Nov 14 (WP) _ Apples are late.\n";
        let d =
            dispatch(&format!("{HEAD}\u{2}^BC-Harvest<\n^Late<\n^By IDA HOLM=\n^WP=\n{copy}\u{3}"));
        assert_eq!(
            (d.place(), d.fields.get("credit").map(String::as_str)),
            (Some("TARN"), Some("WP"))
        );
        let d = dispatch(&format!(
            "{HEAD}\u{2}^BC-Harvest<\n^Late<\n^By IDA HOLM=\n^FRUIT=\n^APPLES=\n{copy}\u{3}"
        ));
        assert_eq!((d.place(), d.body.blocks().len()), (Some("TARN"), 3));
    }
}
