//! Finds what is marked as quoted in a text: nested, over paragraphs, unbalanced. Knows nothing of speakers.

mod decide;
mod pairs;
mod scan;
#[cfg(test)]
mod tests;

use std::ops::Range;

use pairs::{Pair, pair_marks};
use scan::MarkFamily;

/// A marked stretch of text, perhaps over several paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuotedSpan {
    /// The words in each paragraph, marks and the white space inside them left out.
    pub(super) pieces: Vec<Range<usize>>,
    /// Each piece with its marks.
    pub(super) outers: Vec<Range<usize>>,
    /// The span this one stands in.
    pub(super) parent: Option<usize>,
    /// Index into the paragraphs that were given.
    pub(super) paragraph: usize,
    /// True for ‘ ’ and ' alone, which papers use for titles and inside headlines.
    pub(super) single: bool,
    /// False where the closing mark is missing.
    pub(super) closed: bool,
}

impl QuotedSpan {
    /// Words of a paragraph that somebody says without marks around them.
    pub(super) fn unmarked(words: Range<usize>, paragraph: usize) -> Self {
        Self {
            pieces: vec![words.clone()],
            outers: vec![words],
            parent: None,
            paragraph,
            single: false,
            closed: true,
        }
    }
}

/// The spans of a text in the order of their opening marks. A `None` paragraph is a table: it has no quotes.
pub(super) fn find_spans(text: &str, paragraphs: &[Option<Range<usize>>]) -> Vec<QuotedSpan> {
    let mut spans: Vec<QuotedSpan> = Vec::new();
    let mut carry: Option<(usize, MarkFamily)> = None;
    for (number, range) in paragraphs.iter().enumerate() {
        let Some(range) = range else {
            discard_unclosed_single(&mut spans, carry.take());
            continue;
        };
        let paragraph = text.get(range.clone()).unwrap_or("");
        let found = pair_marks(paragraph);
        let goes_on = |family: MarkFamily| {
            let lead = paragraph.len() - paragraph.trim_start().len();
            found
                .pairs
                .first()
                .is_some_and(|p| p.family == family && p.open.start == lead)
        };
        let joined = carry.filter(|&(_, family)| goes_on(family));
        let mut parents: Vec<(usize, usize)> = Vec::new();
        if joined.is_none()
            && let Some((index, _)) = carry
            && let Some(stray) = &found.stray
        {
            // The opening mark was not repeated, but this closing mark has nothing else to close.
            add_piece(
                &mut spans[index],
                text,
                range.start,
                0..stray.start,
                0..stray.end,
            );
            spans[index].closed = true;
            carry = None;
        }
        if joined.is_none() {
            discard_unclosed_single(&mut spans, carry.take());
        }
        let mut open_index = None;
        for (i, pair) in found.pairs.iter().enumerate() {
            let outer = pair.open.start..pair.close.as_ref().map_or(pair.end, |c| c.end);
            let index = match joined {
                Some((index, _)) if i == 0 => {
                    add_piece(
                        &mut spans[index],
                        text,
                        range.start,
                        pair.inner(),
                        outer.clone(),
                    );
                    index
                }
                _ => {
                    parents.truncate(pair.depth);
                    let parent = parents.last().filter(|(_, end)| outer.end <= *end);
                    spans.push(new_span(pair, parent.map(|&(index, _)| index), number));
                    let index = spans.len() - 1;
                    add_piece(
                        &mut spans[index],
                        text,
                        range.start,
                        pair.inner(),
                        outer.clone(),
                    );
                    index
                }
            };
            parents.truncate(pair.depth);
            parents.push((index, outer.end));
            spans[index].closed = pair.close.is_some();
            if found.open == Some(i) {
                open_index = Some((index, pair.family));
            }
        }
        carry = open_index;
    }
    discard_unclosed_single(&mut spans, carry);
    remove_empty(spans)
}

fn new_span(pair: &Pair, parent: Option<usize>, paragraph: usize) -> QuotedSpan {
    QuotedSpan {
        pieces: Vec::new(),
        outers: Vec::new(),
        parent,
        paragraph,
        single: pair.family == MarkFamily::Single,
        closed: false,
    }
}

fn add_piece(
    span: &mut QuotedSpan,
    text: &str,
    base: usize,
    inner: Range<usize>,
    outer: Range<usize>,
) {
    let words = base + inner.start..base + inner.end;
    let Some(slice) = text.get(words.clone()) else {
        return;
    };
    let start = words.start + (slice.len() - slice.trim_start().len());
    let end = words.end - (slice.len() - slice.trim_end().len());
    if start < end && slice.contains(char::is_alphanumeric) {
        span.pieces.push(start..end);
        span.outers.push(base + outer.start..base + outer.end);
    }
}

/// A single mark that was never closed is an apostrophe after all.
fn discard_unclosed_single(spans: &mut [QuotedSpan], carry: Option<(usize, MarkFamily)>) {
    if let Some((index, MarkFamily::Single)) = carry
        && let Some(span) = spans.get_mut(index)
        && span.pieces.len() < 2
    {
        span.pieces.clear();
        span.outers.clear();
    }
}

/// Leaves out spans without words; what stood in them has no parent then.
fn remove_empty(spans: Vec<QuotedSpan>) -> Vec<QuotedSpan> {
    let mut new_index = Vec::with_capacity(spans.len());
    let mut kept = 0;
    for span in &spans {
        new_index.push((!span.pieces.is_empty()).then_some(kept));
        kept += usize::from(!span.pieces.is_empty());
    }
    spans
        .into_iter()
        .filter(|span| !span.pieces.is_empty())
        .map(|mut span| {
            span.parent = span
                .parent
                .and_then(|p| new_index.get(p).copied().flatten());
            span
        })
        .collect()
}
