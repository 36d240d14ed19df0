//! Finds the speeches of a transcript: paragraphs that begin with a name in capitals and a colon, with no marks.

use std::collections::HashMap;
use std::ops::Range;

use super::marks::QuotedSpan;

/// The longest label in bytes.
const LONGEST_LABEL: usize = 40;

/// Adds the unmarked speeches to the spans, in order, if the dispatch is a transcript: a label comes again.
pub(super) fn add_transcript_speeches(
    text: &str,
    paragraphs: &[Option<Range<usize>>],
    spans: Vec<QuotedSpan>,
) -> Vec<QuotedSpan> {
    let mut labels: HashMap<&str, usize> = HashMap::new();
    let mut speeches: Vec<QuotedSpan> = Vec::new();
    let mut marked = vec![false; paragraphs.len()];
    for span in &spans {
        for slot in marked
            .iter_mut()
            .skip(span.paragraph)
            .take(span.pieces.len())
        {
            *slot = true;
        }
    }
    for (number, range) in paragraphs.iter().enumerate() {
        let Some(range) = range else { continue };
        let paragraph = text.get(range.clone()).unwrap_or("");
        let Some(label) = speaker_label(paragraph) else {
            continue;
        };
        *labels.entry(label).or_default() += 1;
        let rest = &paragraph[label.len() + 1..];
        let start = range.end - rest.trim_start().len();
        if !marked[number] && rest.contains(char::is_alphanumeric) {
            let words = start..start + rest.trim().len();
            speeches.push(QuotedSpan::unmarked(words, number));
        }
    }
    // A paragraph that only looks like a speech among marked ones is none.
    let labelled: usize = labels.values().sum();
    if labels.values().all(|&count| count < 2) || speeches.len() * 2 < labelled {
        return spans;
    }
    merge_spans(spans, speeches)
}

/// LEE, ANN LEE, MR. LEE: what stands before the first colon, if it is all capitals.
fn speaker_label(paragraph: &str) -> Option<&str> {
    let head = &paragraph[..paragraph.floor_char_boundary(LONGEST_LABEL)];
    let (label, rest) = head.split_once(':')?;
    let letters = label.chars().filter(|c| c.is_alphabetic()).count();
    let plain = label
        .chars()
        .all(|c| c.is_uppercase() || matches!(c, ' ' | '.' | '-' | '\'' | '’'));
    (plain && letters > 1 && rest.starts_with([' ', '\n'])).then_some(label)
}

/// Both lists as one, in order; parents keep their children.
pub(super) fn merge_spans(spans: Vec<QuotedSpan>, speeches: Vec<QuotedSpan>) -> Vec<QuotedSpan> {
    let start = |span: &QuotedSpan| span.outers.first().map_or(0, |o| o.start);
    let mut speeches = speeches.into_iter().peekable();
    let mut out = Vec::new();
    let mut shift = Vec::with_capacity(spans.len());
    for mut span in spans {
        while let Some(speech) = speeches.next_if(|speech| start(speech) < start(&span)) {
            out.push(speech);
        }
        shift.push(out.len());
        span.parent = span.parent.and_then(|parent| shift.get(parent).copied());
        out.push(span);
    }
    out.extend(speeches);
    out
}
