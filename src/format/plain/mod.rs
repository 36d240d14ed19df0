//! Plain text, one dispatch a file: what every input that is text can be read as.

pub(super) mod front;
mod headers;

use super::draft::{Draft, Sink};
use super::{Context, Want, encoding, finish};
use crate::dispatch::Problem;
use crate::text;

/// The one item of a plain text.
pub(super) fn items(bytes: &[u8], want: Want, ctx: &Context, sink: &mut Sink<'_>) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    let clean = text::clean(&decoded.text);
    if clean.trim_ascii().is_empty() {
        return Vec::new();
    }
    let mut draft = Draft::new("plain", bytes, want, ctx);
    draft.dispatch.encoding = decoded.encoding;
    draft.dispatch.problems.extend(decoded.problem);
    let blank = clean.len() - clean.trim_start_matches('\n').len();
    let mut rest = &clean[blank..];
    if let Some(block) = headers::find(rest) {
        rest = &rest[block.end..];
        block.apply(&mut draft);
    }
    let (body, known) = front::read(rest, &mut draft);
    let place = (0..bytes.len() as u64, 0);
    sink.offer(|| finish::finish(draft, body, known, place));
    Vec::new()
}

#[cfg(test)]
mod tests;
