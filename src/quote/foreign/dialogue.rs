//! Finds speech after a dash at the head of a paragraph: —Ven —dijo Lee—. Ahora mismo.

use std::ops::Range;

use super::super::marks::QuotedSpan;
use super::super::transcript::merge_spans;
use super::source::is_reporting;

/// Adds the speeches of paragraphs that begin with a dash and have no marks.
pub(super) fn add_dash_speeches(
    text: &str,
    paragraphs: &[Option<Range<usize>>],
    spans: Vec<QuotedSpan>,
) -> Vec<QuotedSpan> {
    let mut speeches = Vec::new();
    let mut next = 0;
    for (number, range) in paragraphs.iter().enumerate() {
        let Some(range) = range else { continue };
        let start = |span: &QuotedSpan| span.outers.first().map_or(0, |o| o.start);
        while spans.get(next).is_some_and(|s| start(s) < range.start) {
            next += 1;
        }
        let paragraph = text.get(range.clone()).unwrap_or("");
        if !paragraph.starts_with(['—', '–'])
            || spans.get(next).is_some_and(|s| start(s) < range.end)
        {
            continue;
        }
        for piece in spoken_pieces(paragraph) {
            let piece = range.start + piece.start..range.start + piece.end;
            speeches.push(QuotedSpan::unmarked(piece, number));
        }
    }
    if speeches.is_empty() {
        spans
    } else {
        merge_spans(spans, speeches)
    }
}

/// The spoken pieces of a paragraph: every second one between its dashes, if the others report.
fn spoken_pieces(paragraph: &str) -> Vec<Range<usize>> {
    let dash = |c: char| matches!(c, '—' | '–');
    let glued = paragraph.starts_with('—')
        && paragraph
            .chars()
            .nth(1)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '¿' | '¡'));
    let mut out = Vec::new();
    let mut reported = false;
    for (n, part) in paragraph.split(dash).enumerate().skip(1) {
        let start = part.as_ptr().addr() - paragraph.as_ptr().addr();
        if n % 2 == 0 {
            reported |= part.split_whitespace().next().is_some_and(is_reporting);
            continue;
        }
        let words = part
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':'));
        let from = start + (part.len() - words.len());
        let words = words.trim_end();
        if words.contains(char::is_alphanumeric) {
            out.push(from..from + words.len());
        }
    }
    if reported || glued { out } else { Vec::new() }
}
