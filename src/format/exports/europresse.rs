//! Europresse and Eureka: HTML pages of articles, in the layout of today (`article` elements) and the older one (tables).

use crate::format::exports::article::{self, ArticleSink, is_rights};
use crate::format::exports::sections::{self, Section, StartTag};
use crate::format::html;
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::shared::dates::{LongDate, parse_long_date};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::{memchr, memmem};
use crate::format::shared::word_set::WordSet;

/// Name of the format in records.
const FORMAT: &str = "europresse";

/// Class of the element that names the publication of an article, in both layouts.
const SOURCE_CLASS: &[u8] = b"DocPublicationName";

/// True for a page of Europresse.
pub(in crate::format) fn is_html(sample: &Sample<'_>) -> bool {
    next_source(sample.start, 0).is_some() && memmem::find(sample.start, b"DocHeader").is_some()
}

/// Byte offset of the next element at or after `from` that names a publication: its class, not a rule of a style sheet.
fn next_source(bytes: &[u8], from: usize) -> Option<usize> {
    let is_class = |at: &usize| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let after = bytes.get(at + SOURCE_CLASS.len());
        matches!(before, Some(b'"' | b'\'' | b' ' | b'='))
            && after.is_some_and(|b| matches!(b, b'"' | b'\'' | b' ' | b'>'))
    };
    memmem::find_iter(&bytes[from..], SOURCE_CLASS).map(|at| from + at).find(is_class)
}

/// Byte offset of the element of the article whose source stands at `source`: an `article`, else a table, else the
/// element of the source itself. `from` is where the article before it was found. `None` if no element begins between:
/// the name stands in the same tag again.
fn article_start(bytes: &[u8], from: usize, source: usize) -> Option<usize> {
    let region = &bytes[from..source];
    let begins = |name: &[u8]| {
        let mut tags = memchr::memrchr_iter(b'<', region);
        tags.find(|at| {
            let tag = &region[at + 1..];
            tag.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name))
                && tag.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || *b == b'>')
        })
    };
    let own = || memchr::memrchr(b'<', region);
    let start = begins(b"article").or_else(|| begins(b"table")).or_else(own);
    start.map(|start| from + start)
}

/// What the elements of a page are used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// In no element of a known use.
    Plain,
    Source,
    Header,
    Kicker,
    Headline,
    Author,
    Body,
    Aside,
    Footer,
}

fn layout(tag: &StartTag<'_>, around: Option<Element>) -> Option<Element> {
    let class = |name: &str| tag.has_class(name);
    Some(match tag.name {
        _ if around == Some(Element::Footer) => return None,
        _ if class("DocPublicationName") => Element::Source,
        _ if class("DocHeader") => Element::Header,
        _ if class("titreArticleVisu") || class("rdp__articletitle") => Element::Headline,
        _ if class("docAuthors") => Element::Author,
        _ if class("sm-margin-bottomNews") || class("rdp__subtitle") => Element::Kicker,
        _ if class("DocText") || class("docOcurrContainer") => Element::Body,
        "aside" => Element::Aside,
        "footer" => Element::Footer,
        _ => return None,
    })
}

/// Reads the articles of a page in order. A page without any is read as what it is.
pub(in crate::format) fn read_html(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let bytes = input.bytes;
    let mut starts = Vec::new();
    let mut from = 0;
    while let Some(source) = next_source(bytes, from) {
        starts.extend(article_start(bytes, from, source));
        from = source + SOURCE_CLASS.len();
    }
    if starts.is_empty() {
        return html::read_web_page(input, sink);
    }
    starts.push(bytes.len());
    let mut articles = ArticleSink::new(sink);
    for range in starts.array_windows().map(|&[start, end]| start..end) {
        if articles.is_full() {
            break;
        }
        let (mut draft, decoded) = input.draft(FORMAT, range);
        article::set_database(&mut draft, "Europresse");
        let parts = sections::split(&decoded, Element::Plain, layout);
        let blocks = read_article(&mut draft, parts);
        articles.offer(draft, blocks);
    }
    articles.finish();
}

/// Reads an article from its parts, which are in the order of the page.
fn read_article(draft: &mut Draft<'_>, parts: Vec<Section<Element>>) -> Vec<TextBlock> {
    let has_body = parts.iter().any(|part| part.kind == Element::Body);
    let (mut headers, mut blocks) = (Vec::new(), Vec::new());
    let mut plain = PlainText::default();
    for part in parts {
        let line = part.line();
        match part.kind {
            Element::Source => set_source(draft, &line),
            Element::Header => headers.push(line),
            Element::Headline => {
                article::set_headline(draft, &line);
                plain.is_below_headline = true;
            }
            Element::Kicker => draft.add_field("kicker", &line),
            Element::Author => draft.set_field(FieldKey::Byline, "docAuthors", &line),
            Element::Body => {
                plain.is_below_body = true;
                blocks.extend(article::keep_markup(draft, part.markup));
            }
            Element::Aside => {
                let text = part.text();
                draft.add_links(part.markup.links);
                draft.add_field("aside", &text);
            }
            Element::Footer => {
                part.page_lines().lines().for_each(|line| read_footer(draft, line));
            }
            Element::Plain => plain.read(draft, part, has_body),
        }
    }
    read_header(draft, &headers.join(", "));
    if has_body { blocks } else { plain.blocks }
}

/// The text that stands in no element of a known use: author and text of the older layout.
#[derive(Default)]
struct PlainText {
    is_below_headline: bool,
    is_below_body: bool,
    /// A copyright line or a document number was seen: what follows is no text.
    has_ended: bool,
    blocks: Vec<TextBlock>,
}

impl PlainText {
    fn read(&mut self, draft: &mut Draft<'_>, part: Section<Element>, has_body: bool) {
        // Media outside of the text are logos.
        draft.add_links(part.markup.links);
        for (kind, text) in part.markup.blocks {
            self.has_ended |= is_rights(&text) || document_number(&text).is_some();
            let may_be_author = self.blocks.is_empty() && !self.is_below_body && is_author(&text);
            if self.has_ended || self.is_below_body {
                text.lines().for_each(|line| read_footer(draft, line));
            } else if self.is_below_headline && may_be_author {
                draft.set_field(FieldKey::Byline, "author", &text);
            } else if has_body || !self.is_below_headline {
                // Commas stand between the spans of the header.
                if text.contains(char::is_alphanumeric) {
                    draft.add_field("note", &text);
                }
            } else {
                self.blocks.push((kind, text));
            }
        }
    }
}

/// Words in lower case between and within names.
static NAME_WORDS: WordSet =
    WordSet::new("et and und y e i de da del der van von la le du des di dos par by avec");

/// True for a line of names: short, no sentence, and every word but a few capitalised.
fn is_author(line: &str) -> bool {
    let words = || line.split([' ', ',', ';', '/', '(', ')']).filter(|word| !word.is_empty());
    let is_named = |word: &str| !word.starts_with(char::is_lowercase) || NAME_WORDS.contains(word);
    line.len() <= 120
        && !line.ends_with(['.', '!', '?', '»', '"', ':'])
        && !line.contains(|c: char| c.is_ascii_digit())
        && (2..=12).contains(&words().count())
        && words().all(is_named)
}

/// Sets the source from `Agence Aurel, no. 43018`, whose number is that of the issue.
fn set_source(draft: &mut Draft<'_>, line: &str) {
    let issue = [", no", ", n°", ", nº", ", vol", ", issue", " - no"].iter().filter_map(|mark| {
        let at = line.to_ascii_lowercase().find(mark)?;
        line[at..].contains(|c: char| c.is_ascii_digit()).then_some(at)
    });
    let end = issue.min().unwrap_or(line.len());
    let (name, issue) = line.split_at(end);
    article::set_source(draft, name.trim_end_matches([',', ' ']));
    let issue = issue.trim_start_matches([',', ' ', '-']);
    if !issue.is_empty() {
        draft.add_field("issue", issue);
    }
}

/// Reads `Général, mardi 3 mars 2015 61 mots, p. 3`: section, date, length, page.
fn read_header(draft: &mut Draft<'_>, header: &str) {
    let words: Vec<&str> = header.split_whitespace().collect();
    let Some((from, to, date)) = find_date(&words) else {
        draft.set_field(FieldKey::Category, "DocHeader", header);
        return;
    };
    let section = words[..from].join(" ");
    draft.set_field(FieldKey::Category, "section", section.trim_matches([',', ' ', '-']));
    if let Some(date) = parse_long_date(&date) {
        article::set_date(draft, "date", &date);
    }
    let after = words[to..].join(" ");
    for part in after.split(", ").map(|part| part.trim_matches([' ', ',', '-', '•'])) {
        if article::word_count(part).is_some() {
            article::set_length(draft, "words", part);
        } else if is_page(part) {
            draft.add_field("page", part);
        } else if !part.is_empty() {
            draft.add_field("edition", part);
        }
    }
}

/// True for the page of an article: `p. 3`, `S. A3`, `pág. 12`.
fn is_page(part: &str) -> bool {
    let (name, number) = part.split_once([' ', '\u{a0}']).unwrap_or(("", ""));
    let is_abbreviated = name.ends_with('.') && name.chars().count() <= 5;
    (is_abbreviated || name.eq_ignore_ascii_case("page") || name == "Seite")
        && number.contains(|c: char| c.is_ascii_digit())
}

/// Most words of a date with its weekday and time.
const MAX_DATE_WORDS: usize = 9;

/// The first date among the words of a header: the indices of its first word and of the word after it, and its text.
fn find_date(words: &[&str]) -> Option<(usize, usize, String)> {
    let is_whole = |text: &str| matches!(parse_long_date(text), Some(LongDate { rest: "", .. }));
    (0..words.len().min(60)).find_map(|from| {
        let longest = words.len().min(from + MAX_DATE_WORDS);
        (from + 1..=longest).rev().find_map(|to| {
            let date =
                words[from..to].iter().filter(|word| !matches!(**word, "-" | "•" | "|" | "–"));
            let date = date.copied().collect::<Vec<_>>().join(" ");
            is_whole(&date).then_some((from, to, date))
        })
    })
}

/// The document number in a line: `news·20150303·AUR·0q1503_1256056`.
fn document_number(line: &str) -> Option<&str> {
    let is_number = |word: &&str| {
        let mut parts = word.split('·');
        parts.next().is_some_and(|kind| kind.starts_with(|c: char| c.is_ascii_alphabetic()))
            && parts
                .next()
                .is_some_and(|day| day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()))
            && parts.next().is_some()
    };
    line.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', ';'])).find(is_number)
}

/// Reads a line below the text: copyright, document number, or a line of the certificate.
fn read_footer(draft: &mut Draft<'_>, line: &str) {
    if let Some(number) = document_number(line) {
        draft.set_field(FieldKey::Id, "document number", number);
        // In a table, the copyright line may stand on the same line, before the label of the number.
        let before = line.find(number).map_or("", |at| &line[..at]);
        let mut label = before
            .match_indices(' ')
            .filter(|(at, _)| before[at + 1..].starts_with(char::is_uppercase));
        let rights = label.next_back().map_or("", |(at, _)| before[..at].trim());
        if is_rights(rights) {
            draft.set_field(FieldKey::Rights, "copyright", rights);
        }
        // The day stands in the number, too.
        let day = number.split('·').nth(1).and_then(crate::format::shared::dates::parse_field_time);
        if draft.dispatch.sent.is_none() {
            draft.dispatch.sent = day;
        }
    } else if is_rights(line) {
        draft.set_field(FieldKey::Rights, "copyright", line.trim());
    } else if let Some((label, value)) = line.split_once(" : ").or_else(|| line.split_once(": ")) {
        draft.add_field(label.trim(), value.trim());
    } else if line.contains(char::is_alphanumeric) {
        draft.add_field("note", line.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (header, from, date) in [
            ("Général, mardi 3 mars 2015 61 mots, p. 3", 1, "mardi 3 mars 2015"),
            ("Tuesday, March 3, 2015 - 16:07 UTC 61 words", 0, "Tuesday, March 3, 2015 16:07 UTC"),
            ("3 mars 2015", 0, "3 mars 2015"),
        ] {
            let words: Vec<&str> = header.split(' ').collect();
            let found = find_date(&words).map(|(from, _, date)| (from, date));
            assert_eq!(found, Some((from, date.to_owned())), "{header}");
        }
        assert_eq!(find_date(&["Page", "3"]), None);
    }

    #[test]
    fn document_numbers() {
        let number = "news·20150303·AUR·0q1503_1256056";
        assert_eq!(document_number(&format!("Numéro de document : {number}")), Some(number));
        assert_eq!(document_number("a·b·c"), None);
    }
}
