//! Plain text, mostly one dispatch a file: what every input that is text can be read as.

pub(super) mod front;
pub(super) mod headers;
pub(super) mod kinds;
mod split;

use std::ops::Range;

use super::draft::{Draft, ItemSink};
use super::iptc::group::DateTimeGroup;
use super::{Context, Detail, encoding, finish};
use crate::dispatch::Problem;
use crate::text;

/// The items of a plain text: mostly one.
pub(super) fn items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    for range in split::dispatch_ranges(bytes) {
        if sink.is_full() {
            break;
        }
        parse_item(&bytes[range.clone()], range, want, ctx, sink);
    }
    Vec::new()
}

/// One dispatch.
fn parse_item(
    bytes: &[u8],
    range: Range<usize>,
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) {
    let decoded = encoding::decode(bytes);
    let clean = text::clean(&decoded.text);
    if clean.trim_ascii().is_empty() {
        return;
    }
    let mut draft = Draft::new("plain", bytes, want, ctx);
    draft.dispatch.encoding = decoded.encoding;
    draft.dispatch.problems.extend(decoded.problem);
    let blank = clean.len() - clean.trim_start_matches('\n').len();
    let mut rest = &clean[blank..];
    if let Some(block) = headers::find_header_block(rest) {
        rest = &rest[block.end..];
        block.apply(&mut draft);
    }
    let rest = take_date_time_group(rest, &mut draft);
    let (body, known) = front::read(rest, &mut draft);
    let place = (range.start as u64..range.end as u64, 0);
    sink.offer(|| finish::finish_text(draft, body, known, place));
}

/// The text without the date-time group behind its end mark: `./. 231530 JUL 16`.
fn take_date_time_group<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let kept = text.trim_ascii_end();
    let start = memchr::memrchr(b'\n', kept.as_bytes()).map_or(0, |at| at + 1);
    let Some(group) = kept[start..]
        .strip_prefix("./.")
        .and_then(DateTimeGroup::parse)
    else {
        return text;
    };
    if draft.dispatch.sent.is_none() {
        group.apply(draft, None);
    }
    &text[..start]
}

#[cfg(test)]
mod tests;
