//! ANPA 1312, the wire of the American agencies: framed by SYN SYN SOH, STX, ETX and EOT, or what was left of that.
//!
//! [`parse_header`](mod@header) reads the two lines before STX, [`front`] the lines on the upper rail (`^…<`), [`copy`] the text,
//! [`tail`] the line after ETX. Any of the
//! controls may be lost: then lines are known by their looks.

mod copy;
mod front;
pub(super) mod header;
mod kinds;
mod table;
mod tail;

use std::ops::Range;

use super::detect::Sample;
use super::draft::{Draft, ItemSink, ParsedItem};
use super::{Context, Detail, encoding, finish, frames, plain, rails};
use crate::dispatch::{Problem, Severity};
use crate::text;
pub(super) use front::{apply_keyword_line, has_cycle_prefix};
pub(super) use header::{Header, parse_header};
use tail::TransmissionLine;

/// Longest text before the first header that is taken for routing codes.
const MAX_ROUTING_BYTES: usize = 512;

/// True for SYN SYN SOH, or for the lines of a header without its controls.
pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    let first = &sample.start[..sample.start.len().min(512)];
    memchr::memmem::find(&first[..first.len().min(256)], b"\x16\x16\x01").is_some()
        || find_header_starts(first)
            .first()
            .is_some_and(|&at| at <= 256)
}

/// All dispatches of an input.
pub(super) fn items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let is_routing = |before: &[u8]| before.len() <= MAX_ROUTING_BYTES;
    let frames = frames::find_frames(bytes, find_header_starts(bytes), is_routing);
    frames::offer_frames(bytes, frames, sink, |raw, range| {
        parse_item(raw, range, want, ctx)
    });
    Vec::new()
}

/// Where headers begin: at SYN SYN SOH, or at the lines themselves.
fn find_header_starts(bytes: &[u8]) -> Vec<usize> {
    let framed =
        memchr::memchr_iter(0x01, bytes).filter(|&at| starts_with_story_number(&bytes[at + 1..]));
    let mut starts: Vec<usize> = framed.map(|at| transmission_start(bytes, at)).collect();
    let lines = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
    let bare = std::iter::once(0)
        .chain(lines)
        .filter_map(|at| unframed_header_start(bytes, at));
    let bare: Vec<usize> = bare
        .filter(|&at| {
            // The line of a header whose first line is known already.
            let before = starts.partition_point(|&start| start <= at);
            let known = before
                .checked_sub(1)
                .map(|before| &bytes[starts[before]..at]);
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

/// A service letter and a story number, and no header of IPTC 7901, whose priority follows at once.
fn starts_with_story_number(bytes: &[u8]) -> bool {
    let digits = bytes
        .iter()
        .skip(1)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let after = bytes.get(1 + digits..).unwrap_or(&[]);
    let iptc = after.first() == Some(&b' ') && after.get(1).is_some_and(u8::is_ascii_digit);
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && (3..=5).contains(&digits) && !iptc
}

/// Where a header begins whose SOH stands here: at its SYN, or at the ENQ of routing codes on the lines before, after
/// whatever ends a dispatch or begins another header.
fn transmission_start(bytes: &[u8], soh: usize) -> usize {
    let mut at = soh;
    while at > 0 && matches!(bytes[at - 1], 0x16 | 0 | 0x7f) {
        at -= 1;
    }
    let before = &bytes[at.saturating_sub(64)..at];
    let ends = |&b: &u8| matches!(b, 0x01 | 0x03 | 0x04);
    let own = before.rsplit(ends).next().unwrap_or(before);
    match own.iter().position(|&b| b == 0x05) {
        Some(enq) => at - own.len() + enq,
        None => at,
    }
}

/// Where a header begins that lost its frame, and whose line of priority and keyword begins here.
fn unframed_header_start(bytes: &[u8], at: usize) -> Option<usize> {
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
    let story = std::str::from_utf8(&before[start..])
        .ok()
        .filter(|line| line.len() <= 40);
    if story.is_some_and(|line| header::parse_story_line(line, &mut found)) {
        return Some(start);
    }
    let sure = line.bytes().any(|b| b.is_ascii_control());
    let keyword = found.keyword.contains('-') && found.date.is_some();
    (sure || keyword).then_some(at)
}

/// One dispatch.
fn parse_item(raw: &[u8], range: &Range<usize>, want: Detail, ctx: &Context) -> ParsedItem {
    let decoded = encoding::decode(raw);
    let mut draft = Draft::new("anpa1312", raw, want, ctx);
    draft.dispatch.encoding = decoded.encoding;
    draft.dispatch.problems.extend(decoded.problem);
    let text = rails::normalize_line_ends(&decoded.text);
    let header = parse_header(&text);
    let rest = &text[header.byte_len..];
    let (text, after) = split_frame(rest, header.byte_len > 0, &mut draft);
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
        let left = rails::remove_controls(after);
        if !left.trim().is_empty() {
            draft.add_field("after-text", left.trim());
        }
    }
    let copy = copy::format_copy(front::read(text, &header, &mut draft));
    let clean = text::clean(&copy);
    let (body, known) = plain::front::read(&clean, &mut draft);
    let known = plain::front::detach_dateline(body, known, &mut draft);
    copy::mark_alert(&header, body, &mut draft);
    finish::finish_text(
        draft,
        body,
        known,
        (range.start as u64..range.end as u64, 0),
    )
}

/// What stands between STX and ETX, and what stands after it. What is missing is said.
fn split_frame<'a>(rest: &'a str, headed: bool, draft: &mut Draft<'_>) -> (&'a str, &'a str) {
    let bytes = rest.as_bytes();
    let stx = memchr::memchr(0x02, bytes);
    let etx = memchr::memchr(0x03, &bytes[stx.unwrap_or(0)..]).map(|at| at + stx.unwrap_or(0));
    let found = match (stx, etx) {
        _ if !headed => Some((
            Severity::Fault,
            "expected a header of ANPA 1312 (SYN SYN SOH, a service letter and a story number), found none",
        )),
        (None, None) => Some((
            Severity::Note,
            "expected the text between STX and ETX, found neither; it is taken from the lines after the header",
        )),
        (None, Some(_)) => Some((
            Severity::Fault,
            "expected STX before the text, found none; all after the header is taken for it",
        )),
        (Some(_), None) => Some((
            Severity::Fault,
            "expected ETX after the text, found none; the end may be missing",
        )),
        _ => None,
    };
    if let Some((severity, message)) = found {
        draft.add_problem(severity, "frame", message.to_owned());
    }
    let end = etx.unwrap_or(rest.len());
    let after = etx.map_or("", |at| &rest[at + 1..]);
    match stx {
        Some(at) => {
            let before = rails::remove_controls(&rest[..at]);
            if !before.trim().is_empty() {
                draft.add_field("before-text", before.trim());
            }
            (&rest[at + 1..end], after)
        }
        None => (&rest[..end], after),
    }
}

#[cfg(test)]
mod tests;
