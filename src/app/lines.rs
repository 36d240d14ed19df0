//! Lays a document out in lines: what is wrapped, what is kept as it is, and what stands between.

use std::ops::Range;

use super::Document;
use crate::dispatch::{Block, BlockKind};
use crate::text::wrap;

/// What a line of the reader shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Blank,
    Banner,
    /// What corrects or supersedes it.
    Newer,
    Headline,
    Facts,
    Byline,
    EditorNote,
    /// The note of the reader on the story.
    ReaderNote,
    Body,
    /// A line over what follows.
    Heading,
    /// A row of a table: not wrapped.
    Table,
    /// Says why there is no text.
    NoText,
    /// Stands for blocks that are left out.
    OmittedBlocks,
    Rights,
}

/// One line: a byte range into the text of its kind, see [`Document::text_for_kind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderLine {
    pub kind: LineKind,
    pub range: Range<usize>,
    /// Columns before it: those of the mark of a list item, before the lines after its first.
    pub indent: u16,
}

impl ReaderLine {
    /// A line without text, at a position.
    fn empty(kind: LineKind, at: usize) -> Self {
        Self {
            kind,
            range: at..at,
            indent: 0,
        }
    }
}

/// The lines of a document, and which of them show its body. Lines among them that show nothing stand at the start of
/// the block after them, so that the starts ascend.
pub(super) fn lay_out_lines(
    document: &Document,
    width: usize,
    only: Option<&[Range<usize>]>,
) -> (Vec<ReaderLine>, Range<usize>) {
    let mut lines = Vec::new();
    for kind in [
        LineKind::Banner,
        LineKind::Newer,
        LineKind::Headline,
        LineKind::Facts,
        LineKind::Byline,
    ] {
        push_wrapped_lines(document, kind, width, &mut lines);
    }
    if document.dispatch.ednote.is_some() {
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(
            document,
            LineKind::EditorNote,
            width.saturating_sub(2),
            &mut lines,
        );
    }
    if !document.reader_note.is_empty() {
        let width = width.saturating_sub(2);
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::ReaderNote, width, &mut lines);
    }
    let body_start = lines.len();
    let body = document.dispatch.body.text();
    let (mut gap, mut before) = (false, BlockKind::Paragraph);
    for block in document.dispatch.body.blocks() {
        let start = block.range.start;
        if only.is_some_and(|hits| !has_hit_in(hits, &block.range)) {
            if !gap {
                lines.push(ReaderLine::empty(LineKind::Blank, start));
                lines.push(ReaderLine::empty(LineKind::OmittedBlocks, start));
            }
            gap = true;
            continue;
        }
        // The entries of a list stand close.
        if gap || before != BlockKind::Item || block.kind != BlockKind::Item {
            lines.push(ReaderLine::empty(LineKind::Blank, start));
        }
        (gap, before) = (false, block.kind);
        push_block_lines(body, block, width, &mut lines);
    }
    let body_lines = body_start..lines.len();
    if !document.no_text_reason.is_empty() {
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::NoText, width, &mut lines);
    }
    if document.dispatch.rights.is_some() {
        lines.push(ReaderLine::empty(LineKind::Blank, body.len()));
        push_wrapped_lines(document, LineKind::Rights, width, &mut lines);
    }
    (lines, body_lines)
}

/// True where one of the ascending ranges begins in a block.
fn has_hit_in(hits: &[Range<usize>], block: &Range<usize>) -> bool {
    let first = hits.partition_point(|hit| hit.start < block.start);
    hits.get(first).is_some_and(|hit| hit.start < block.end)
}

fn push_block_lines(body: &str, block: &Block, width: usize, lines: &mut Vec<ReaderLine>) {
    let start = block.range.start;
    let text = &body[block.range.clone()];
    let line = |kind, range: Range<usize>| ReaderLine {
        kind,
        range: range.start + start..range.end + start,
        indent: 0,
    };
    match block.kind {
        BlockKind::Paragraph | BlockKind::Heading => {
            let kind = match block.kind {
                BlockKind::Heading => LineKind::Heading,
                _ => LineKind::Body,
            };
            let wrapped = wrap(text, width).into_iter();
            lines.extend(wrapped.map(|range| line(kind, range)));
        }
        BlockKind::Item => {
            let mark = list_mark_length(text);
            let indent = crate::text::display_width(&text[..mark]);
            let wrapped = wrap(&text[mark..], width.saturating_sub(indent).max(1));
            for (nth, range) in wrapped.into_iter().enumerate() {
                lines.push(match nth {
                    0 => line(LineKind::Body, 0..mark + range.end),
                    _ => ReaderLine {
                        indent: u16::try_from(indent).unwrap_or(0),
                        ..line(LineKind::Body, mark + range.start..mark + range.end)
                    },
                });
            }
        }
        BlockKind::Table => {
            let mut at = 0;
            for row in text.split('\n') {
                lines.push(line(LineKind::Table, at..at + row.len()));
                at += row.len() + 1;
            }
        }
    }
}

/// Bytes of the mark of a list item, the spaces around it included.
fn list_mark_length(text: &str) -> usize {
    let indent = text.len() - text.trim_ascii_start().len();
    let word = &text[indent..];
    match word.find(' ') {
        Some(end) if end <= 6 && (word.starts_with('•') || word[..end].ends_with('.')) => {
            indent + end + 1
        }
        _ => indent,
    }
}

fn push_wrapped_lines(
    document: &Document,
    kind: LineKind,
    width: usize,
    lines: &mut Vec<ReaderLine>,
) {
    let text = document.text_for_kind(kind);
    if text.is_empty() {
        return;
    }
    let mut start = 0;
    for row in text.split('\n') {
        let wrapped = match kind {
            LineKind::Facts => wrap_facts(row, width),
            _ => wrap(row, width),
        };
        lines.extend(wrapped.into_iter().map(|r| ReaderLine {
            kind,
            range: r.start + start..r.end + start,
            indent: 0,
        }));
        start += row.len() + 1;
    }
}

/// Between two facts.
pub(super) const FACT_SEPARATOR: &str = "\u{a0}· ";

/// Lines of whole facts, where they have room; what parts them does not begin or end a line.
fn wrap_facts(facts: &str, columns: usize) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for fact in facts.split(FACT_SEPARATOR) {
        let end = at + fact.len();
        match lines.last_mut() {
            Some(line) if crate::text::display_width(&facts[line.start..end]) <= columns => {
                line.end = end
            }
            _ => {
                let own = wrap(fact, columns).into_iter();
                lines.extend(own.map(|range| range.start + at..range.end + at));
            }
        }
        at = end + FACT_SEPARATOR.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{FACT_SEPARATOR, list_mark_length, wrap_facts};

    #[test]
    fn a_fact_stays_on_one_line_where_it_has_room() {
        let facts = ["Tarn", "QNA", "TARN-HEN-AND-MILL", "39 words"].join(FACT_SEPARATOR);
        let lines = |columns| {
            let lines = wrap_facts(&facts, columns).into_iter();
            lines
                .map(|line| facts[line].replace('\u{a0}', " "))
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(41), ["Tarn · QNA · TARN-HEN-AND-MILL · 39 words"]);
        assert_eq!(lines(30), ["Tarn · QNA · TARN-HEN-AND-MILL", "39 words"]);
        assert_eq!(lines(20), ["Tarn · QNA", "TARN-HEN-AND-MILL", "39 words"]);
        assert_eq!(
            lines(10),
            ["Tarn · QNA", "TARN-HEN-", "AND-MILL", "39 words"]
        );
    }

    #[test]
    fn the_mark_of_an_item_hangs() {
        for (text, marked) in [
            ("• One", "• "),
            ("  3. Three", "  3. "),
            ("    goes on here", "    "),
            ("Without", ""),
        ] {
            assert_eq!(&text[..list_mark_length(text)], marked);
        }
    }
}
