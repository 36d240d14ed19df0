//! `ProQuest` as plain text, as an HTML page, and as a mail with such a page: where the articles begin and end.

use std::ops::Range;

use crate::dispatch::BlockKind;
use crate::format::exports::article::{self, ArticleSink};
use crate::format::exports::labelled::is_counter;
use crate::format::exports::labels;
use crate::format::exports::proquest::{Article, FORMAT, Meaning, meaning_of, split_label};
use crate::format::exports::sections::{self, StartTag};
use crate::format::html;
use crate::format::mail;
use crate::format::parser::{Detail, Draft, Input, ItemSink, Sample};
use crate::format::record_boundary::has_text;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::{memchr, memmem};
use crate::text;

// Plain text.

/// Start of the line of underscores before every document.
const RULE: &[u8] = b"____________________________________________________________";

/// True for a text of documents between lines of underscores, with labels of `ProQuest` in any language.
pub(in crate::format) fn is_text(sample: &Sample<'_>) -> bool {
    let start = sample.start;
    let text = String::from_utf8_lossy(start);
    let has = |mark: &str| memmem::find(start, mark.as_bytes()).is_some();
    let is_named = has("ProQuest") || has("proquest");
    let proves =
        |meaning: &Meaning| !matches!(meaning, Meaning::Other | Meaning::Author | Meaning::Title);
    let meanings = text.lines().filter_map(|line| split_label(line).map(|(_, meaning, _)| meaning));
    let known = meanings.filter(proves).take(3).count();
    let labelled = || text.lines().filter(|line| labels::split_label(line).is_some()).count();
    let is_of_service = || has("proquest.com") && has("ProQuest LLC");
    is_of_service()
        || known == 3 && (is_named || text.lines().any(is_counter))
        || is_named && labelled() > 5
}

/// Reads the documents of a text in order.
pub(in crate::format) fn read_text(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let bytes = input.bytes;
    let mut articles = ArticleSink::new(sink);
    let mut starts = vec![0];
    for at in memmem::find_iter(bytes, &RULE[..50]) {
        // The line is looked at once, however many rules it holds.
        if at == 0 || !matches!(bytes[at - 1], b'\n' | b'\r') {
            continue;
        }
        let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        if bytes[at..end].trim_ascii().iter().all(|b| *b == b'_') {
            starts.push(at);
        }
    }
    starts.push(bytes.len());
    for range in starts.array_windows().map(|&[start, end]| start..end) {
        if articles.is_full() {
            break;
        }
        let is_blank =
            !has_text(bytes[range.clone()].strip_prefix(RULE).unwrap_or(&bytes[range.clone()]));
        if is_blank {
            continue;
        }
        let (mut draft, decoded) = input.draft(FORMAT, range);
        let clean = text::clean(&decoded);
        match read_document(&mut draft, &clean) {
            Some(blocks) => articles.offer(draft, blocks),
            None if clean.trim_matches(['_', '\n', ' ', '\u{feff}']).is_empty() => {}
            None if clean.contains("ProQuest LLC") || clean.contains("proquest.com") => articles
                .leave_out(
                    "the lines about the service at the end of the export are left out".to_owned(),
                    &clean,
                ),
            None => {
                let text = article::beginning(clean.trim_start_matches(['_', '\n', '\u{feff}']));
                articles
                    .leave_out(format!("a part without an article is left out: {text}"), &clean);
            }
        }
    }
    articles.finish();
}

/// Most bytes of the lines about the service at the end of an export.
const MAX_SERVICE_LINES: usize = 1500;

/// State of reading a document line by line.
#[derive(Default)]
struct LineReader<'a> {
    article: Article,
    headline: String,
    /// The last label, its meaning, and the lines of its value.
    last: Option<(&'a str, Meaning, Vec<&'a str>)>,
}

/// Reads a document of a text. `None` if it has no label of the database: the lines about the service.
fn read_document(draft: &mut Draft<'_>, document: &str) -> Option<Vec<TextBlock>> {
    let mut reader = LineReader::default();
    let mut starts_paragraph = true;
    for line in document.split('\n') {
        let line = line.trim_start_matches('\u{feff}').trim_end();
        if line.is_empty() || line.bytes().all(|b| b == b'_') {
            starts_paragraph = true;
        } else {
            reader.take(draft, line, std::mem::take(&mut starts_paragraph));
        }
    }
    reader.end_label(draft);
    if is_about_service(document) {
        return None;
    }
    if !reader.article.has_labels {
        // More than the service says of itself is kept, whatever it is.
        return (document.len() > MAX_SERVICE_LINES).then(|| {
            article::set_database(draft, "ProQuest");
            html::plain_blocks(document.trim_start_matches(['_', '\n']))
        });
    }
    Some(reader.article.finish(draft))
}

/// True for the lines about the service, some of which have the form of labels: `Terms and Conditions: …`.
fn is_about_service(document: &str) -> bool {
    let names_service =
        || document.contains("ProQuest LLC") || document.contains("proquest.com/go");
    let is_of_article =
        |line: &str| split_label(line).is_some_and(|(_, meaning, _)| meaning != Meaning::Other);
    document.len() <= MAX_SERVICE_LINES && names_service() && !document.lines().any(is_of_article)
}

impl<'a> LineReader<'a> {
    fn take(&mut self, draft: &mut Draft<'_>, line: &'a str, starts_paragraph: bool) {
        // Only the first line of a paragraph may be a label. Before the headline, `Title:` is none.
        let known = split_label(line)
            .filter(|(_, meaning, _)| !self.headline.is_empty() || *meaning != Meaning::Title);
        let label = known.or_else(|| self.unknown_label(line)).filter(|_| starts_paragraph);
        if let Some((label, meaning, value)) = label {
            self.end_label(draft);
            self.article.has_labels |= known.is_some();
            self.last = Some((label, meaning, vec![value]));
        } else if starts_paragraph && line.starts_with("http") {
            self.end_label(draft);
            draft.add_field("url", line);
        } else if let Some((_, _, lines)) = &mut self.last {
            lines.push(line);
        } else if self.headline.is_empty() && is_counter(line) {
        } else if starts_paragraph && !self.headline.is_empty() {
            draft.add_field("subtitle", line);
        } else {
            self.headline.push(' ');
            self.headline.push_str(line);
        }
    }

    /// A label in a language that is not known, told by its form. In the text, a paragraph may look like one.
    fn unknown_label(&self, line: &'a str) -> Option<(&'a str, Meaning, &'a str)> {
        let is_text = matches!(self.last, Some((_, Meaning::Text, _)));
        let (label, value) = labels::split_label(line).filter(|_| !is_text)?;
        (!self.headline.is_empty() && label.starts_with(char::is_uppercase)).then_some((
            label,
            Meaning::Other,
            value,
        ))
    }

    /// Sets the value of the last label. The headline comes before all of them.
    fn end_label(&mut self, draft: &mut Draft<'_>) {
        if draft.dispatch.headline.is_empty() {
            article::set_headline(draft, self.headline.trim());
        }
        match self.last.take() {
            Some((label, Meaning::Text, lines)) => {
                self.article.has_labels = true;
                if self.article.has_text() {
                    draft.add_field(label, &lines.join("\n"));
                } else {
                    self.article.add_text(text_blocks(&lines));
                }
            }
            Some((label, Meaning::Other, lines)) if is_long(&lines) => {
                self.article.set_possible_text(draft, label, text_blocks(&lines));
            }
            Some((label, meaning, lines)) => {
                self.article.set(draft, label, meaning, &lines.join(" "));
            }
            None => {}
        }
    }
}

/// True for lines that may be the text of an article under a label that is not known.
fn is_long(lines: &[&str]) -> bool {
    lines.len() > 1 || lines.iter().map(|line| line.len()).sum::<usize>() > 400
}

/// The blocks of a text with one paragraph a line, or of a hard-wrapped one.
fn text_blocks(lines: &[&str]) -> Vec<TextBlock> {
    let widest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let full = lines.iter().filter(|line| line.chars().count() * 10 >= widest * 8).count();
    if lines.len() > 4 && (50..=90).contains(&widest) && full * 2 > lines.len() {
        return html::plain_blocks(&lines.join("\n"));
    }
    let blocks = lines.iter().filter(|line| !line.trim().is_empty());
    blocks.map(|line| (BlockKind::Paragraph, text::one_line(line))).collect()
}

// HTML.

/// The name of the anchor before every document.
const ANCHOR_NAME: &str = "DocID_MSTAR";

/// True for a page, or a piece of one, with documents of `ProQuest`.
pub(in crate::format) fn is_html(sample: &Sample<'_>) -> bool {
    memmem::find(sample.start, ANCHOR_NAME.as_bytes()).is_some()
}

/// Byte ranges of the documents of a page: each from the tag of its anchor to the next one.
fn document_ranges(page: &[u8]) -> Vec<Range<usize>> {
    let names = memmem::find_iter(page, ANCHOR_NAME.as_bytes());
    let mut starts: Vec<usize> = names
        .filter_map(|at| {
            let tag =
                memchr::memrchr(b'<', &page[at.saturating_sub(200)..at])? + at.saturating_sub(200);
            let is_anchor =
                matches!(page.get(tag + 1), Some(b'a' | b'A')) && !page[tag..at].contains(&b'>');
            is_anchor.then_some(tag)
        })
        .collect();
    starts.dedup();
    starts.push(page.len());
    starts.array_windows().map(|&[start, end]| start..end).collect()
}

/// Reads the documents of a page in order.
pub(in crate::format) fn read_html(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut articles = ArticleSink::new(sink);
    for range in document_ranges(input.bytes) {
        if articles.is_full() {
            break;
        }
        let (mut draft, decoded) = input.draft(FORMAT, range);
        let blocks = read_page(&mut draft, &decoded);
        articles.offer(draft, blocks);
    }
    articles.finish();
}

/// What the elements of a page are used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Outside,
    Paragraph,
    Text,
}

fn layout(tag: &StartTag<'_>, around: Option<Element>) -> Option<Element> {
    match tag.name {
        "text" => Some(Element::Text),
        "p" if around != Some(Element::Text) => Some(Element::Paragraph),
        _ => None,
    }
}

/// Reads a document of a page.
fn read_page(draft: &mut Draft<'_>, page: &str) -> Vec<TextBlock> {
    let mut article = Article::default();
    if let Some((_, rest)) = page.split_once("wordcount=\"")
        && let Some((count, _)) = rest.split_once('"')
    {
        article::set_length(draft, "wordcount", count);
    }
    // A label stands alone before the element of the text.
    let mut is_text = false;
    for part in sections::split(page, Element::Outside, layout) {
        let lines = part.page_lines();
        let label = split_label(&lines).or_else(|| {
            let value = lines.strip_prefix(&part.lead)?;
            let label = part.lead.strip_suffix(':')?;
            Some((label, meaning_of(label).unwrap_or(Meaning::Other), value.trim()))
        });
        match (part.kind, label) {
            (Element::Text, _) => article.add_text(article::keep_markup(draft, part.markup)),
            (_, Some((_, Meaning::Text, ""))) => (article.has_labels, is_text) = (true, true),
            (_, Some((_, Meaning::Text, _))) => {
                is_text = true;
                article.has_labels = true;
                let blocks = article::keep_markup(draft, part.markup);
                let first = blocks.iter().take(1).map(|(kind, text)| {
                    (*kind, text.split_once(':').map_or("", |(_, text)| text.trim()).to_owned())
                });
                article.add_text(first.chain(blocks.iter().skip(1).cloned()).collect::<Vec<_>>());
            }
            (_, Some((label, meaning, value))) => {
                is_text = false;
                draft.add_links(part.markup.links.clone());
                let label = label.to_owned();
                article.set(draft, &label, meaning, value);
            }
            // The link to the page of the document.
            (_, None) if !part.markup.links.is_empty() && lines.len() <= 60 => {
                draft.add_links(part.markup.links);
            }
            (_, None) if is_text => article.add_text(article::keep_markup(draft, part.markup)),
            (Element::Paragraph, None) if is_counter(&lines) => {}
            (Element::Paragraph, None) if !article.has_labels => {
                article::set_headline(draft, &lines);
                draft.add_links(part.markup.links);
            }
            (_, None) => {
                draft.add_field("note", &lines);
                draft.add_links(part.markup.links);
            }
        }
    }
    article.finish(draft)
}

// Mail.

/// True for a mail with a page of `ProQuest`. Soft line breaks of quoted-printable may stand anywhere in it.
pub(in crate::format) fn is_mail(sample: &Sample<'_>) -> bool {
    let start = sample.start;
    let is_named = || memmem::find(start, b"DocID").or_else(|| memmem::find(start, b"MSTAR"));
    if !mail::is_mail(sample) || is_named().is_none() {
        return false;
    }
    let mut unbroken = Vec::with_capacity(start.len());
    for line in start.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        unbroken.extend_from_slice(line.strip_suffix(b"=").unwrap_or(line));
    }
    memmem::find(&unbroken, ANCHOR_NAME.as_bytes()).is_some()
        || memmem::find(&unbroken, b"DocID=5FMSTAR").is_some()
}

/// Reads the documents of the pages in a mail, in order. They share the byte range of the mail.
pub(in crate::format) fn read_mail(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let pages = mail::html_texts(input.bytes);
    if input.detail == Detail::Full {
        mail::leave_out_headers(input.bytes, sink);
    }
    let mut articles = ArticleSink::new(sink);
    let mut number = 0;
    for (page, encoding) in &pages {
        for range in document_ranges(page.as_bytes()) {
            if articles.is_full() {
                break;
            }
            let document = page.get(range).unwrap_or("");
            let location = (0..input.bytes.len() as u64, number);
            let mut draft = Draft::new(FORMAT, document.as_bytes(), location, input);
            draft.set_encoding(encoding, None);
            let blocks = read_page(&mut draft, document);
            articles.offer_numbered(number, draft, blocks);
            number += 1;
        }
    }
    articles.finish();
}
