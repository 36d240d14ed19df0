//! Factiva as RTF, converted to a page, in its two layouts: paragraphs in a fixed order, or a table row for each code.
//! Not seen: inferred from what programs that read such exports expect.

use std::ops::Range;

use crate::dispatch::BlockKind;
use crate::format::exports::article::{self, ArticleSink, is_rights};
use crate::format::exports::factiva::{
    CodedArticle, FORMAT, Part, PartKind, accession_number, field_code, read_display, split_code,
};
use crate::format::html::parse_html;
use crate::format::office::{PageLine, page_lines, read_converted};
use crate::format::parser::{Input, ItemSink, Sample};
use crate::format::shared::bylines::is_byline;
use crate::format::shared::search::{memchr, memmem};

/// Longest line that may hold a document number, in bytes, with its tags.
const MAX_NUMBER_LINE: usize = 200;

/// True for a converted page with the document number of an article.
pub(in crate::format) fn is_document(sample: &Sample<'_>) -> bool {
    let has = |mark: &str| memmem::find(sample.bytes, mark.as_bytes()).is_some();
    (has("Factiva") || has("Document ") || has("Dow Jones") || has(">HD<"))
        && !ranges(sample.bytes, 1).is_empty()
}

/// The byte ranges of the first articles of a page: each through the line of its document number.
fn ranges(bytes: &[u8], limit: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() && ranges.len() < limit {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let line = &bytes[at..end];
        // A document number has a year in it.
        if line.len() <= MAX_NUMBER_LINE && line.iter().filter(|b| b.is_ascii_digit()).count() >= 8
        {
            let text = String::from_utf8_lossy(line);
            if ends_article(&PageLine::new(text.trim_end(), at)) {
                ranges.push(from..end);
                from = end;
            }
        }
        at = end;
    }
    ranges
}

/// True for the line of a document number.
fn ends_article(line: &PageLine<'_>) -> bool {
    let text = line.text();
    let number = text.strip_prefix("AN ").unwrap_or(&text);
    // A lone word is none, but in the row of its code.
    accession_number(number).is_some() && (number.contains(' ') || line.is_row())
}

/// Reads the articles of a page in order. What follows the last one is a summary of the search.
pub(in crate::format) fn read_document(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut articles = ArticleSink::new(sink);
    let mut parts = ranges(input.bytes, usize::MAX);
    let rest = parts.last().map_or(0, |last| last.end);
    parts.push(rest..input.bytes.len());
    for range in parts {
        if articles.is_full() {
            break;
        }
        let (mut draft, page) = input.draft(FORMAT, range);
        let lines: Vec<PageLine<'_>> = page_lines(&page).filter(|line| !is_frame(line)).collect();
        if lines.is_empty() {
            continue;
        }
        // Without a document number, only what has a copyright line is an article: one that is cut off.
        let is_article = lines.iter().any(|line| ends_article(line) || is_rights(&line.text()));
        let coded = read_codes(&lines);
        if coded.is_article() {
            let blocks = coded.apply(&mut draft);
            articles.offer(draft, blocks);
        } else if let Some(blocks) =
            is_article.then(|| read_display(&mut draft, display_parts(&lines))).flatten()
        {
            articles.offer(draft, blocks);
        } else {
            let first = article::beginning(&lines[0].text());
            let text = lines.iter().map(PageLine::text).collect::<Vec<_>>().join("\n");
            articles.leave_out(format!("a part without an article is left out: {first}"), &text);
        }
    }
    if let Some(sink) = articles.finish_export() {
        read_converted(input, sink);
    }
}

/// True for an empty line, a page break, and the line that heads or ends each page: `Page 2 of 9 © 2015 Factiva, Inc.`
fn is_frame(line: &PageLine<'_>) -> bool {
    let is_page = || {
        let text = line.text();
        text.contains("Factiva")
            && text.contains('©')
            && text.contains(|c: char| c.is_ascii_digit())
    };
    line.is_blank() || line.is_page_break() || line.html.len() <= 200 && is_page()
}

/// The values of an article by their codes: in the first cell of a row, or at the start of a paragraph.
fn read_codes(lines: &[PageLine<'_>]) -> CodedArticle {
    let mut coded = CodedArticle::default();
    let mut code = None;
    for line in lines {
        if line.is_row() {
            let mut cells = line.cells().into_iter();
            let first = cells.next().unwrap_or_default();
            let name = first.first().and_then(|(_, text)| field_code(text));
            code = name.or(code);
            let own = if name.is_some() { Vec::new() } else { first };
            if let Some(code) = code {
                coded.push(code, own.into_iter().chain(cells.flatten()).collect());
            }
            continue;
        }
        let blocks = parse_html(line.html).blocks;
        let text = blocks.first().map_or("", |(_, text)| text.as_str());
        match (split_code(text), code) {
            (Some((name, "")), _) => code = Some(name),
            (Some((name, value)), _) => {
                code = Some(name);
                coded.push(name, vec![(BlockKind::Paragraph, value.to_owned())]);
            }
            (None, Some(code)) => coded.push(code, blocks),
            (None, None) => {}
        }
    }
    coded
}

/// The parts of an article in display: lines down to the copyright line, then paragraphs, and at the end the publisher
/// and the document number.
fn display_parts(lines: &[PageLine<'_>]) -> Vec<Part> {
    let mut is_text = false;
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        let blocks = parse_html(line.html).blocks;
        let Some((block, first)) = blocks.first() else {
            continue;
        };
        let kind = if *block == BlockKind::Heading && parts.len() < 3 {
            PartKind::Headline
        } else if ends_article(line) {
            // A paragraph of the text ends with a full stop.
            if let Some(before) = parts.last_mut().filter(|part| is_publisher(part)) {
                before.kind = PartKind::Line;
            }
            PartKind::Line
        } else if is_text {
            PartKind::Paragraph
        } else if is_byline(first) {
            PartKind::Author
        } else {
            PartKind::Line
        };
        is_text |= is_rights(first) && parts.len() > 3;
        parts.push(Part { kind, blocks });
    }
    parts
}

/// True for a short part that is no sentence.
fn is_publisher(part: &Part) -> bool {
    let text = part.blocks.first().map_or("", |(_, text)| text.as_str());
    part.blocks.len() == 1
        && text.len() <= 120
        && !text.ends_with(['.', '!', '?', '"', '”', '“', '»', ':'])
}
