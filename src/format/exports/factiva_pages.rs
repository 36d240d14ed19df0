//! Factiva as HTML pages and as plain text: where the articles of an export begin and end.

use crate::dispatch::BlockKind;
use crate::format::exports::article::{self, ArticleSink};
use crate::format::exports::factiva::{
    self, CodedArticle, FORMAT, Part, PartKind, accession_number, read_display, split_code,
};
use crate::format::exports::messages;
use crate::format::exports::sections::{self, Section};
use crate::format::html;
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::record_boundary::has_text;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::{memchr, memmem};
use crate::text;
use std::ops::Range;

// HTML.

/// End of the class that the element of every article has, after two letters for its language: `enArticle`.
const ARTICLE_CLASS: &[u8] = b"Article";

/// True for a page of Factiva.
pub(in crate::format) fn is_html(sample: &Sample<'_>) -> bool {
    let start = sample.start;
    let has = |mark: &[u8]| memmem::find(start, mark).is_some();
    next_article(start, 0).is_some()
        || (has(b"<title>Factiva</title>") || has(b"factivalogo")) && !messages::is_message(sample)
}

/// Byte offset of the next element `<div class="article enArticle">` at or after `from`.
fn next_article(bytes: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(&bytes[from..], ARTICLE_CLASS).find_map(|at| {
        let at = from + at;
        let ends =
            bytes.get(at + ARTICLE_CLASS.len()).is_some_and(|b| matches!(b, b'"' | b'\'' | b' '));
        let reach = at.saturating_sub(60).max(from);
        let before = &bytes[reach..at];
        let class = memmem::rfind(before, b"article ")?;
        let language = &before[class + 8..];
        let start = memchr::memrchr(b'<', &before[..class])?;
        let tag = before[start..class].to_ascii_lowercase();
        let is_article = ends
            && (2..=5).contains(&language.len())
            && language.iter().all(u8::is_ascii_lowercase)
            && tag.starts_with(b"<div ")
            && memmem::find(&tag, b"class=").is_some();
        is_article.then_some(reach + start)
    })
}

/// What the elements of a page are used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Outside of all articles: logos, footers.
    Frame,
    /// Directly in the element of the article.
    Article,
    Headline,
    Author,
    Line,
    Paragraph,
    Code,
    Value,
}

/// The use of an element by its name and class. Outside of an article, all is frame.
fn layout(tag: &sections::StartTag<'_>, around: Option<Element>) -> Option<Element> {
    if around.is_none() {
        let is_article = tag.name == "div" && tag.attribute("class").contains("Article");
        return is_article.then_some(Element::Article);
    }
    Some(match tag.name {
        "div" if tag.attribute("id") == "hd" => Element::Headline,
        "div" if tag.has_class("author") => Element::Author,
        "p" if tag.has_class("articleParagraph") => Element::Paragraph,
        "div" | "p" => Element::Line,
        "td" if tag.has_class("index") => Element::Code,
        "td" => Element::Value,
        _ => return None,
    })
}

/// Reads the articles of a page in order. A page without any is read as what it is.
pub(in crate::format) fn read_html(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut start = next_article(input.bytes, 0);
    if start.is_none() {
        return html::read_web_page(input, sink);
    }
    let mut articles = ArticleSink::new(sink);
    while let Some(at) = start.filter(|_| !articles.is_full()) {
        start = next_article(input.bytes, at + 1);
        let (mut draft, decoded) = input.draft(FORMAT, at..start.unwrap_or(input.bytes.len()));
        let parts = sections::split(&decoded, Element::Frame, layout);
        leave_out_frame(&parts, &mut articles);
        let is_coded = parts.iter().any(|part| part.kind == Element::Code);
        let blocks =
            if is_coded { read_coded(&mut draft, parts) } else { read_page(&mut draft, parts) };
        articles.offer(draft, blocks);
    }
    articles.finish();
}

/// Reports the text below an article: a summary of the search. The copyright line of the database is none.
fn leave_out_frame(parts: &[Section<Element>], articles: &mut ArticleSink<'_, '_>) {
    let frame = parts.iter().filter(|part| part.kind == Element::Frame);
    let texts = frame.flat_map(|part| part.markup.blocks.iter().map(|(_, text)| text.as_str()));
    let texts: Vec<&str> = texts.filter(|text| !article::is_rights(text)).collect();
    let text = texts.join(" ");
    if text.split_whitespace().nth(3).is_some() {
        let first = article::beginning(&text);
        articles.leave_out(format!("what stands below the articles is left out: {first}"), &text);
    }
}

/// Reads an article from a table of codes and values.
fn read_coded(draft: &mut Draft<'_>, parts: Vec<Section<Element>>) -> Vec<TextBlock> {
    let mut coded = CodedArticle::default();
    let mut code = None;
    for part in parts.into_iter().filter(|part| part.kind != Element::Frame) {
        // The code of a text stands in a bold paragraph in its cell.
        let line = part.line();
        let is_code = part.kind == Element::Code || part.kind == Element::Line && part.lead == line;
        match factiva::field_code(&line).filter(|_| is_code) {
            Some(found) => code = Some(found),
            None => coded.push(code.unwrap_or("SE"), article::keep_markup(draft, part.markup)),
        }
    }
    coded.apply(draft)
}

/// Reads an article in display. What cannot be told apart is text.
fn read_page(draft: &mut Draft<'_>, parts: Vec<Section<Element>>) -> Vec<TextBlock> {
    let mut display = Vec::new();
    for part in parts {
        let kind = match part.kind {
            Element::Frame => continue,
            Element::Headline => PartKind::Headline,
            Element::Author => PartKind::Author,
            Element::Paragraph => PartKind::Paragraph,
            Element::Article | Element::Line | Element::Code | Element::Value => PartKind::Line,
        };
        let blocks = article::keep_markup(draft, part.markup);
        if !blocks.is_empty() {
            display.push(Part { kind, blocks });
        }
    }
    read_parts(draft, display)
}

/// Reads an article in display, or the text of its parts if it has no header.
fn read_parts(draft: &mut Draft<'_>, parts: Vec<Part>) -> Vec<TextBlock> {
    let all: Vec<TextBlock> = parts.iter().flat_map(|part| part.blocks.iter().cloned()).collect();
    read_display(draft, parts).unwrap_or_else(|| {
        factiva::set_database(draft);
        all
    })
}

// Plain text.

/// Lines at the start of a text in which codes are looked for.
const MAX_JUDGED_LINES: usize = 60;

/// True for a text whose first lines begin with the codes of Factiva.
pub(in crate::format) fn is_text(sample: &Sample<'_>) -> bool {
    let text = String::from_utf8_lossy(sample.start);
    let lines = || text.lines().map(str::trim_end);
    let codes: Vec<&str> =
        lines().take(MAX_JUDGED_LINES).filter_map(|line| Some(split_code(line)?.0)).collect();
    let has = |code: &str| codes.contains(&code);
    let coded = has("HD")
        && (has("SN") || has("SC") || has("AN"))
        && (has("PD") || has("LP") || has("TD") || has("WC"));
    // Text that was made of pages has no codes: a word count, a date, and the number of the document at the end.
    let display = || {
        let head: Vec<&str> = lines().filter(|line| !line.trim().is_empty()).take(12).collect();
        let counted = head.iter().position(|line| {
            line.contains(' ')
                && line.ends_with(char::is_alphabetic)
                && article::word_count(line).is_some()
        });
        counted.is_some_and(|at| {
            head.get(at + 1)
                .is_some_and(|line| crate::format::shared::dates::parse_long_date(line).is_some())
        }) && lines().any(|line| line.contains(' ') && accession_number(line).is_some())
    };
    coded || display()
}

/// Reads the articles of a text in order. Each ends with the line of its document number.
pub(in crate::format) fn read_text(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut articles = ArticleSink::new(sink);
    for range in text_ranges(input.bytes) {
        if articles.is_full() {
            break;
        }
        if !has_text(&input.bytes[range.clone()]) {
            continue;
        }
        let (mut draft, decoded) = input.draft(FORMAT, range);
        let clean = text::clean(&decoded);
        let coded = read_code_lines(&clean);
        if coded.is_article() {
            let blocks = coded.apply(&mut draft);
            articles.offer(draft, blocks);
        } else if let Some(blocks) = read_display(&mut draft, text_parts(&clean)) {
            articles.offer(draft, blocks);
        } else {
            articles.leave_out(
                "the summary of the search at the end of the export is left out".to_owned(),
                &clean,
            );
        }
    }
    articles.finish();
}

/// The byte ranges of the articles of a text: each through the line of its document number. They cover all of it.
fn text_ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let end =
            memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let line = &bytes[at..end];
        let is_end = line.len() <= 80
            && std::str::from_utf8(line).is_ok_and(|line| {
                line.trim().contains([' ', '\t']) && accession_number(line).is_some()
            });
        if is_end {
            ranges.push(from..end);
            from = end;
        }
        at = end;
    }
    if has_text(&bytes[from..]) {
        ranges.push(from..bytes.len());
    }
    ranges
}

/// The values of the lines that begin with a code. Lines without one continue the value before them.
fn read_code_lines(article: &str) -> CodedArticle {
    let mut coded = CodedArticle::default();
    let mut current: Option<(&'static str, String)> = None;
    let mut push = |current: Option<(&'static str, String)>| {
        if let Some((code, value)) = current {
            coded.push(code, html::plain_blocks(&value));
        }
    };
    // Where the codes are parted from their values by tabs, or by several spaces, a word of the text is no code.
    let head = article.split('\n').find(|line| matches!(split_code(line), Some(("HD", _))));
    let gap =
        ["\t", "  "].into_iter().find(|gap| head.is_some_and(|head| head[2..].starts_with(gap)));
    let is_parted = |line: &str, code: &str| {
        let rest = &line[code.len()..];
        rest.trim().is_empty() || gap.is_none_or(|gap| rest.starts_with(gap))
    };
    for line in article.split('\n') {
        let line = line.trim_start_matches(['\u{feff}']).trim_end();
        if let Some((code, value)) = split_code(line).filter(|(code, _)| is_parted(line, code)) {
            push(current.replace((code, value.to_owned())));
        } else if let Some((_, value)) = &mut current {
            value.push('\n');
            value.push_str(line);
        }
    }
    push(current);
    coded
}

/// The parts of an article in display that is plain text: a line each down to the copyright line, then paragraphs.
fn text_parts(article: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = article;
    let line_part = |line: &str| {
        let blocks = vec![(BlockKind::Paragraph, text::one_line(line))];
        Part { kind: PartKind::Line, blocks }
    };
    while let Some((line, after)) = rest.split_once('\n') {
        let is_last = article::is_rights(line);
        if !line.trim().is_empty() {
            parts.push(line_part(line));
        }
        rest = after;
        if is_last || parts.len() >= 20 {
            break;
        }
    }
    let document =
        rest.trim_end().rsplit_once('\n').map_or((rest, ""), |(text, last)| (text, last));
    let (text, last) = if accession_number(document.1).is_some() { document } else { (rest, "") };
    for block in html::plain_blocks(text) {
        parts.push(Part { kind: PartKind::Paragraph, blocks: vec![block] });
    }
    if !last.is_empty() {
        parts.push(line_part(last));
    }
    parts
}
