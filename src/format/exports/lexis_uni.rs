//! Lexis Advance, Nexis Uni and Lexis+: exports as DOCX or RTF, converted to pages. A cover with the search comes first;
//! each article ends with `End of Document`, in DOCX it also begins with a bookmark, whatever the interface language.

use std::ops::Range;

use crate::format::exports::article::{self, ArticleSink, is_rights};
use crate::format::exports::labels::{self, set_labelled};
use crate::format::office::{PageLine, blocks_of, page_lines, read_converted};
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::shared::dates::{LongDate, parse_long_date};
use crate::format::shared::fields::append_text;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::{memchr, memmem};

/// Name of the format in records.
const FORMAT: &str = "lexis-uni";

/// The line that ends an article. English as seen; the others are inferred.
const ENDS: [&str; 18] = [
    "end of document",
    "ende des dokuments",
    "dokumentende",
    "fin du document",
    "fin de document",
    "fin del documento",
    "final del documento",
    "fine del documento",
    "fim do documento",
    "final do documento",
    "文書の終わり",
    "文档结尾",
    "문서 끝",
    "einde van document",
    "einde van het document",
    "slut på dokument",
    "slut på dokumentet",
    "slutt på dokumentet",
];

/// Longest line that may end an article, in bytes, with its tags.
const MAX_END_LINE: usize = 200;

/// The heading of the text. English as seen; the others are inferred.
const BODY_HEADINGS: [&str; 14] = [
    "body",
    "textkörper",
    "text",
    "corps",
    "texte",
    "cuerpo",
    "texto",
    "corpo",
    "testo",
    "tekst",
    "hoofdtekst",
    "brödtext",
    "本文",
    "正文",
];

/// Headings after the text, by their bookmark, which is the same in each language, or by their words.
const TAIL_HEADINGS: [(&str, &str); 9] = [
    ("Classification", "classification"),
    ("Classification", "klassifizierung"),
    ("Classification", "clasificación"),
    ("Classification", "classificação"),
    ("Classification", "classificatie"),
    ("Classification", "分類"),
    ("Graphic", "graphic"),
    ("Correction", "correction"),
    ("Notes", "notes"),
];

/// True for a page converted from an export of the service.
pub(in crate::format) fn recognises(sample: &Sample<'_>) -> bool {
    // A cover lists the articles, and may be longer than a sample.
    let has = |mark: &str| memmem::find(sample.bytes, mark.as_bytes()).is_some();
    if has_cover(sample.bytes) {
        return true;
    }
    let is_parted = || has("id=\"Bookmark_") || has(" Bookmark_") || has_end(sample.bytes);
    let marks = [">Length:", ">Load-Date:", ">Body<", "id=\"Body"];
    (marks.iter().any(|mark| has(mark)) || LENGTHS.iter().any(|label| has(label))) && is_parted()
}

/// The label of the length in other languages than English, at the start of a line: inferred.
const LENGTHS: [&str; 9] = [
    ">Länge:",
    ">Longueur:",
    ">Longueur :",
    ">Longitud:",
    ">Lunghezza:",
    ">Lengte:",
    ">Comprimento:",
    ">Tamanho:",
    ">長さ:",
];

/// True if a line ends an article.
fn has_end(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|b| *b == b'\n').filter(|line| line.len() <= MAX_END_LINE);
    lines.any(|line| is_end(&PageLine::new(String::from_utf8_lossy(line).trim_end(), 0)))
}

/// Reads the articles of an export in order.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut articles = ArticleSink::new(sink);
    for range in ranges(input.bytes) {
        if articles.is_full() {
            break;
        }
        let is_cover = has_cover(&input.bytes[range.clone()]);
        let (mut draft, page) = input.draft(FORMAT, range);
        let lines: Vec<PageLine<'_>> = page_lines(&page).collect();
        if lines.iter().all(PageLine::is_blank) {
            continue;
        }
        if let Some(article) = read(&mut draft, &page, &lines) {
            if !article.above.is_empty() {
                let above = article::beginning(&article.above);
                let message = format!("what stands above the first article is left out: {above}");
                articles.leave_out(message, &article.above);
            }
            articles.offer(draft, article.blocks);
            continue;
        }
        let first = lines.iter().find(|line| !line.is_blank());
        let first: String = first.map_or_else(String::new, PageLine::text);
        let first = article::beginning(&first);
        let what = if is_cover { "the cover of the export" } else { "a part without an article" };
        let text = lines.iter().map(PageLine::text).collect::<Vec<_>>().join("\n");
        articles.leave_out(format!("{what} is left out: {first}"), &text);
    }
    if has_cover(input.bytes) {
        return articles.finish();
    }
    if let Some(sink) = articles.finish_export() {
        read_converted(input, sink);
    }
}

/// True for the cover of an export, which may stand alone.
fn has_cover(bytes: &[u8]) -> bool {
    let has = |mark: &str| memmem::find(bytes, mark.as_bytes()).is_some();
    has(">Job Number:") && (has(">Date and Time:") || has(">Documents ("))
}

/// The byte ranges of the parts of an export: each begins with the bookmark of an article, or after the line that ends
/// one. They cover all of it.
fn ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let (mut is_after_end, mut is_after_bookmark, mut at) = (false, false, 0);
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let text = String::from_utf8_lossy(&bytes[at..end]);
        let line = PageLine::new(text.trim_end(), at);
        let has_bookmark = line.bookmarks().any(is_article_bookmark);
        // Between two articles, empty lines may come before the bookmark; several bookmarks may begin one article.
        if has_bookmark && !is_after_bookmark || is_after_end && !line.is_blank() {
            starts.push(at);
            is_after_end = false;
        }
        is_after_bookmark = has_bookmark || is_after_bookmark && line.is_blank();
        if !line.is_blank() {
            is_after_end = is_end(&line);
        }
        at = end;
    }
    starts.dedup();
    starts.push(bytes.len());
    let parts = starts.array_windows().map(|&[start, end]| start..end);
    parts.filter(|part| !part.is_empty()).collect()
}

/// True for the bookmark at the start of an article: `Bookmark_12`.
fn is_article_bookmark(name: &str) -> bool {
    name.strip_prefix("Bookmark_").is_some_and(|number| number.parse::<u32>().is_ok())
}

/// True for the line that ends an article.
fn is_end(line: &PageLine<'_>) -> bool {
    line.html.len() <= MAX_END_LINE && ENDS.contains(&line.text().to_lowercase().as_str())
}

/// A line of an article with its text.
struct Line<'a> {
    page: PageLine<'a>,
    text: String,
}

impl Line<'_> {
    /// True for a heading, by its bookmark or its words.
    fn is_heading(&self, bookmark: &str, words: &str) -> bool {
        let is_bookmark = |name: &str| {
            let rest = name.strip_prefix(bookmark);
            rest.is_some_and(|rest| rest.bytes().all(|b| matches!(b, b'_' | b'0'..=b'9')))
        };
        self.page.bookmarks().any(is_bookmark) || self.text.to_lowercase() == words
    }

    fn is_body_heading(&self) -> bool {
        self.text.len() <= 40 && BODY_HEADINGS.iter().any(|words| self.is_heading("Body", words))
    }

    /// True for the heading of the index terms, below which each line has a label.
    fn heads_index_terms(&self) -> bool {
        let mut headings =
            TAIL_HEADINGS.iter().filter(|(bookmark, _)| *bookmark == "Classification");
        headings.any(|(bookmark, words)| self.is_heading(bookmark, words))
    }

    fn is_tail_heading(&self) -> bool {
        let is_it = |(bookmark, words): &(&str, &str)| self.is_heading(bookmark, words);
        self.text.len() <= 40 && TAIL_HEADINGS.iter().any(is_it)
    }
}

/// Most lines of text above the date: headline, subtitles, source.
const MAX_TOP: usize = 6;

/// What an article has beside its fields.
struct Article {
    blocks: Vec<TextBlock>,
    /// Text of a cover that no bookmark parts from the article.
    above: String,
}

/// Reads an article into a draft and returns its text. `None` if this is none: it has neither a date nor labels above a
/// text.
fn read(draft: &mut Draft<'_>, page: &str, lines: &[PageLine<'_>]) -> Option<Article> {
    let head = lines.iter().position(|line| line.bookmarks().any(|name| name.starts_with("Body")));
    let limit = head.unwrap_or(lines.len()).min(MAX_HEAD);
    let mut read_lines: Vec<Line<'_>> =
        lines[..limit].iter().map(|line| Line { page: *line, text: line.text() }).collect();
    // A cover that no bookmark parts from the first article ends above it.
    let dated = find_date(&read_lines);
    let from = dated.map_or(0, |at| top_start(&read_lines, at));
    let above: Vec<String> = read_lines.drain(..from).map(|line| line.text).collect();
    let dated = dated.map(|at| at - from);
    let length = read_lines.iter().position(Line::is_body_heading).unwrap_or(read_lines.len());
    // Without a date that can be read, the top is the lines of text above the first gap.
    let first_text = read_lines.iter().position(|line| !line.text.is_empty()).unwrap_or(0);
    let top_length = read_lines[first_text..].iter().take_while(|line| !line.text.is_empty());
    let undated_end = (first_text + top_length.count().min(MAX_TOP)).min(length);
    let labels_at = dated.map_or(undated_end, |at| at + 1);
    let is_label = |line: &Line<'_>| label_of(&line.text).is_some();
    let first_label = read_lines[labels_at..length].iter().position(is_label);
    if dated.is_none() && (first_label.is_none() || head.is_none()) {
        return None;
    }
    article::set_database(draft, "Lexis Uni");
    let top_end = dated.unwrap_or(undated_end);
    read_top(draft, &read_lines[..top_end], dated.map(|at| read_lines[at].text.as_str()));
    let has_heading = head.is_some() || length < read_lines.len().min(labels_at + MAX_LABELS);
    let body_at = read_labels(draft, &read_lines, labels_at, has_heading);
    let body_at = from + body_at;
    let tail_at = body_at + find_tail(&lines[body_at..]);
    read_tail(draft, &lines[tail_at..]);
    let start = |at: usize| lines.get(at).map_or(page.len(), |line| line.start);
    let (blocks, links) = blocks_of(page, start(body_at)..start(tail_at));
    draft.add_links(links);
    Some(Article { blocks: take_abstract(draft, blocks), above: above.join(" ").trim().to_owned() })
}

/// The text without an abstract that stands above it under a heading of its own, which goes to the fields. An abstract
/// alone is the text.
fn take_abstract(draft: &mut Draft<'_>, mut blocks: Vec<TextBlock>) -> Vec<TextBlock> {
    let is = |(_, text): &TextBlock, heading: &str| text.trim() == heading;
    if !blocks.first().is_some_and(|first| is(first, "ABSTRACT")) {
        if blocks.first().is_some_and(|first| is(first, "FULL TEXT")) {
            blocks.remove(0);
        }
        return blocks;
    }
    blocks.remove(0);
    let Some(at) = blocks.iter().position(|block| is(block, "FULL TEXT")) else {
        return blocks;
    };
    let text = blocks.split_off(at);
    let summary: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    draft.add_field("Abstract", &summary.join("\n"));
    text.into_iter().skip(1).collect()
}

/// Most lines between the date and the heading of the text.
const MAX_LABELS: usize = 100;

/// Most lines above the text of an article, with those of a cover.
const MAX_HEAD: usize = 20_000;

/// The index of the line that is a date as a whole, else of one that begins with a date and is followed by a label.
fn find_date(lines: &[Line<'_>]) -> Option<usize> {
    let is_date = |line: &Line<'_>| line.text.len() <= 120 && parse_date(&line.text).is_some();
    // A cover has its own date, behind a label.
    let head = lines.iter().position(Line::is_body_heading).unwrap_or(lines.len());
    let near =
        |at: usize| lines[at..head].iter().filter(|line| !line.text.is_empty()).take(MAX_TOP);
    (0..head).find(|&at| {
        is_date(&lines[at])
            && near(at).any(|line| is_rights(&line.text) || label_of(&line.text).is_some())
    })
}

/// A date, with an edition behind it at most.
fn parse_date(text: &str) -> Option<LongDate<'_>> {
    let first = text.chars().next()?;
    (first.is_alphanumeric() && !text.ends_with('.')).then(|| parse_long_date(text))?
}

/// The index of the first line above the date that belongs to the article: lines of text without a gap, from the last
/// heading, or below the last numbered line of a cover. Headline and source are two lines at least.
fn top_start(lines: &[Line<'_>], date: usize) -> usize {
    let top = lines[..date].iter().rev().take(MAX_TOP);
    let start = date - top.take_while(|line| !line.text.is_empty()).count();
    let last = start.max(date.saturating_sub(2));
    let above = &lines[start..=last];
    let heading = above.iter().rposition(|line| line.page.is_heading());
    let numbered = above[..above.len() - 1].iter().rposition(|line| is_numbered(&line.text));
    start + heading.or(numbered.map(|at| at + 1)).unwrap_or(0)
}

/// True for a headline in the list of a cover: `3. Kites fly`.
fn is_numbered(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&digits) && text[digits..].starts_with(". ")
}

/// Sets headline, source and date. Lines between headline and source are subtitles.
fn read_top(draft: &mut Draft<'_>, top: &[Line<'_>], date: Option<&str>) {
    let mut texts = top.iter().map(|line| line.text.as_str()).filter(|text| !text.is_empty());
    if let Some(headline) = texts.next() {
        article::set_headline(draft, headline);
    }
    // The source stands right above the date; where that cannot be read, it is the second line.
    let source = if date.is_some() { texts.next_back() } else { texts.next() };
    if let Some(source) = source {
        article::set_source(draft, source);
    }
    for other in texts {
        draft.add_field(if date.is_some() { "subtitle" } else { "date" }, other);
    }
    if let Some(date) = date.and_then(parse_date) {
        article::set_date(draft, "date", &date);
        if !date.rest.is_empty() {
            draft.add_field("edition", date.rest.trim_matches([',', ';', ' ']));
        }
    }
    let links: Vec<String> = top.iter().flat_map(|line| line.page.links()).collect();
    draft.add_links(links);
}

/// Label and value of a line such as `Length:\u{a0}58 words`.
fn label_of(text: &str) -> Option<(&str, &str)> {
    labels::split_label(text).filter(|(label, _)| label.split(' ').count() <= 3)
}

/// Sets the fields of the labels before the text. Returns the index of the first line of the text.
fn read_labels(draft: &mut Draft<'_>, lines: &[Line<'_>], from: usize, has_heading: bool) -> usize {
    let mut end = from;
    for (at, line) in lines.iter().enumerate().skip(from) {
        if line.is_body_heading() {
            return at + 1;
        }
        if is_rights(&line.text) {
            append_text(&mut draft.dispatch.rights, &line.text, " ");
        } else if let Some((label, value)) = label_of(&line.text) {
            set_labelled(draft, label, value);
        } else if line.text.is_empty() {
            continue;
        } else if has_heading {
            draft.add_field("edition", &line.text);
        } else {
            return at;
        }
        end = at + 1;
    }
    // The heading of the text is the line after these.
    if has_heading { lines.len() + 1 } else { end }
}

/// The index of the first line after the text: a heading of the index terms, or the first of the labels at the end.
fn find_tail(lines: &[PageLine<'_>]) -> usize {
    let is_short = |line: &&PageLine<'_>| line.html.len() <= 400;
    let heading = lines.iter().position(|line| {
        is_short(&line) && Line { page: *line, text: line.text() }.is_tail_heading()
    });
    if let Some(heading) = heading {
        return heading;
    }
    let has_tail_label = |line: &PageLine<'_>| {
        let text = line.text();
        let known = label_of(&text).and_then(|(label, _)| labels::known_label(label));
        known.is_some_and(|known| known.place == labels::Place::Tail)
    };
    let is_tail = |line: &PageLine<'_>| has_tail_label(line) || is_end(line);
    let first = lines.iter().position(|line| is_short(&line) && is_tail(line));
    let Some(first) = first else { return lines.len() };
    if !has_tail_label(&lines[first]) {
        return first;
    }
    // The heading of the index terms in a language that is not known: a word alone, apart from the text above it.
    let above = lines[..first].iter().rposition(|line| !line.is_blank());
    let is_heading = |at: &usize| {
        let text = lines[*at].text();
        *at > 0
            && lines[at - 1].is_blank()
            && text.chars().count() <= 24
            && text.chars().all(|c| c.is_alphabetic() || c == ' ')
    };
    above.filter(is_heading).unwrap_or(first)
}

/// Sets the fields after the text: labels, and the text below the headings of pictures and corrections.
fn read_tail(draft: &mut Draft<'_>, lines: &[PageLine<'_>]) {
    let (mut last, mut is_prose): (Option<(String, String)>, bool) = (None, false);
    let filled = lines.iter().rposition(|line| !line.is_blank());
    for (at, line) in lines.iter().enumerate() {
        let line = Line { page: *line, text: line.text() };
        // The line that ends an article, in whatever language: alone at the end, after the labels.
        let is_last = Some(at) == filled
            && line.text.chars().count() <= 40
            && at > 0
            && lines[at - 1].is_blank()
            && !line.text.contains(':');
        if line.text.is_empty() || is_end(&line.page) || is_last {
            continue;
        }
        // Below the heading of pictures or corrections, a paragraph may begin like a label.
        let label = label_of(&line.text)
            .filter(|(label, _)| !is_prose || labels::known_label(label).is_some());
        if line.is_tail_heading() {
            is_prose = !line.heads_index_terms();
            set_last(draft, last.replace((line.text.clone(), String::new())));
        } else if let Some((label, value)) = label {
            is_prose = false;
            set_last(draft, last.replace((label.to_owned(), value.to_owned())));
        } else if let Some((_, value)) = &mut last {
            if !value.is_empty() {
                value.push('\n');
            }
            value.push_str(&line.text);
        } else {
            draft.add_field("note", &line.text);
        }
    }
    set_last(draft, last);
}

fn set_last(draft: &mut Draft<'_>, last: Option<(String, String)>) {
    if let Some((label, value)) = last.filter(|(_, value)| !value.is_empty()) {
        set_labelled(draft, &label, &value);
    }
}
