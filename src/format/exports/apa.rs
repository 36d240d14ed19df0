//! APA `DeFacto`, the database of the Austrian agency: pages with an element for each article, and RTF with a line that
//! names the paper above each. The order of the lines in RTF is inferred.

use std::ops::Range;

use crate::format::exports::article::{self, ArticleSink};
use crate::format::html::parse_html;
use crate::format::office::{PageLine, blocks_of, converted_from, page_lines};
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::shared::dates::parse_long_date;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::{memchr, memmem};
use crate::text;

/// Name of the format in records.
const FORMAT: &str = "apa-defacto";

/// The agency whose database it is.
const AGENCY: &str = "APA";

/// The class of the element of an article.
const ENTRY: &[u8] = b"eintrag";

/// True for a page of the database.
pub(in crate::format) fn is_html(sample: &Sample<'_>) -> bool {
    converted_from(sample.start).is_none()
        && next_entry(sample.start, 0).is_some_and(|at| {
            let reach = &sample.start[at..sample.start.len().min(at + 2000)];
            find_tag(&reach.to_ascii_lowercase(), b"<pre").is_some()
        })
}

/// Byte offset of the next `<div class="eintrag">` at or after `from`.
fn next_entry(bytes: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(&bytes[from..], ENTRY).find_map(|at| {
        let at = from + at;
        let before = &bytes[at.saturating_sub(60).max(from)..at];
        let open = memchr::memrchr(b'<', before)?;
        let tag = before[open..].to_ascii_lowercase();
        let ends =
            bytes.get(at + ENTRY.len()).is_some_and(|b| matches!(b, b'"' | b'\'' | b' ' | b'>'));
        (ends && tag.starts_with(b"<div") && memmem::find(&tag, b"class=").is_some())
            .then_some(at - (before.len() - open))
    })
}

/// Byte offset of a tag in lower-case markup.
fn find_tag(lower: &[u8], tag: &[u8]) -> Option<usize> {
    memmem::find_iter(lower, tag).find(|&at| {
        lower.get(at + tag.len()).is_some_and(|b| b.is_ascii_whitespace() || *b == b'>')
    })
}

/// Reads the articles of a page in order.
pub(in crate::format) fn read_html(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut articles = ArticleSink::new(sink);
    let mut start = next_entry(input.bytes, 0);
    leave_out_before(input, start.unwrap_or(0), &mut articles);
    while let Some(at) = start.filter(|_| !articles.is_full()) {
        start = next_entry(input.bytes, at + 1);
        let (mut draft, page) = input.draft(FORMAT, at..start.unwrap_or(input.bytes.len()));
        let blocks = read_entry(&mut draft, &page);
        articles.offer(draft, blocks);
    }
    articles.finish();
}

/// Reports the text above the first article.
fn leave_out_before(input: &Input<'_>, end: usize, articles: &mut ArticleSink<'_, '_>) {
    let (_, above) = input.draft(FORMAT, 0..end);
    let text = one_line(&above);
    if !text.is_empty() {
        let first = article::beginning(&text);
        articles
            .leave_out(format!("what stands above the first article is left out: {first}"), &text);
    }
}

/// Reads the element of an article: the line that names the paper, a kicker, the headline, the text.
fn read_entry(draft: &mut Draft<'_>, page: &str) -> Vec<TextBlock> {
    article::set_database(draft, "APA DeFacto");
    let lower = page.to_ascii_lowercase();
    let element = |name: &str, from: usize| -> Option<(Range<usize>, usize)> {
        let rest = lower.get(from..)?;
        let open = from + find_tag(rest.as_bytes(), format!("<{name}").as_bytes())?;
        let inner = open + page[open..].find('>')? + 1;
        let close = lower[inner..].find(&format!("</{name}")).map_or(page.len(), |at| inner + at);
        Some((open..close, inner))
    };
    let mut from = 0;
    if let Some((pre, inner)) = element("pre", 0) {
        let line = one_line(&page[inner..pre.end]);
        match SourceLine::parse(&line) {
            Some(source) => {
                source.apply(draft);
                draft.leave_out("database lines", line);
            }
            None => article::set_source(draft, &line),
        }
        from = pre.end;
    }
    let headline = ["h3", "h2", "h1", "h4"].iter().find_map(|name| element(name, from));
    if let Some((headline, inner)) = headline {
        let kicker = one_line(&page[from..headline.start]);
        if !kicker.is_empty() {
            draft.add_field("kicker", &kicker);
        }
        article::set_headline(draft, &one_line(&page[inner..headline.end]));
        from = headline.end;
    }
    article::keep_markup(draft, parse_html(&page[from..]))
}

/// The text of a piece of HTML as one line.
fn one_line(html: &str) -> String {
    let blocks = parse_html(html).blocks;
    let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    text::one_line(&texts.join(" "))
}

// The line that names the paper.

/// `"Kurier" Nr. 065 vom 02.04.2013 Seite: 3 Ressort: Chronik`, `"Kurier.at" gefunden am 28.12.2017 10:36 Uhr`.
struct SourceLine<'a> {
    medium: &'a str,
    number: Option<&'a str>,
    /// Date, and time of day if there is one.
    date: String,
    /// What follows: page and section, by their labels.
    rest: &'a str,
}

impl<'a> SourceLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let marks = ['"', '„', '“', '”', '?'];
        let inner = line.strip_prefix(marks)?;
        let (medium, after) = inner.split_at_checked(inner.find(marks)?)?;
        let after = after.trim_start_matches(marks).trim_start();
        let (before, dated) =
            after.split_once("gefunden am ").or_else(|| after.split_once("vom "))?;
        let number = before.trim().strip_prefix("Nr.").map(str::trim).filter(|n| !n.is_empty());
        let day = dated.split_whitespace().next()?;
        let is_date = day.len() == 10 && day.bytes().filter(|b| *b == b'.').count() == 2;
        let rest = dated[day.len()..].trim_start();
        let clock = rest
            .split_whitespace()
            .next()
            .filter(|clock| clock.len() == 5 && clock.as_bytes()[2] == b':' && clock.is_ascii());
        let rest = &rest[clock.map_or(0, str::len)..];
        let rest = rest.trim_start().trim_start_matches("Uhr").trim_start();
        let date = clock.map_or_else(|| day.to_owned(), |clock| format!("{day} {clock}"));
        let is_it = is_date && medium.len() <= 100 && (before.is_empty() || number.is_some());
        is_it.then_some(Self { medium, number, date, rest })
    }

    /// Sets the fields of a draft.
    fn apply(&self, draft: &mut Draft<'_>) {
        article::set_source(draft, self.medium);
        match parse_long_date(&self.date) {
            Some(date) if date.rest.is_empty() => {
                // Times are those of Vienna, whatever the paper.
                article::set_date_of(draft, "date", &date, Some(AGENCY));
            }
            _ => draft.add_invalid_value("date", &self.date, "a date such as 02.04.2013"),
        }
        if let Some(number) = self.number {
            draft.add_field("Nr.", number);
        }
        let section = self.rest.find("Ressort:");
        let page = &self.rest[..section.unwrap_or(self.rest.len())];
        let page = page.trim().trim_start_matches("Seite:").trim().trim_end_matches(',');
        if !page.is_empty() {
            draft.add_field("Seite", page);
        }
        if let Some(section) = section {
            draft.set_field(FieldKey::Category, "Ressort", &self.rest[section + 8..]);
        }
    }
}

// RTF.

/// True for a converted page with the line that names a paper.
pub(in crate::format) fn is_document(sample: &Sample<'_>) -> bool {
    let has = |mark: &str| memmem::find(sample.start, mark.as_bytes()).is_some();
    (has("gefunden am ") || has(" vom ")) && !starts(sample.start, 1).is_empty()
}

/// The byte offsets of the first lines that name a paper.
fn starts(bytes: &[u8], limit: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < bytes.len() && starts.len() < limit {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let line = &bytes[at..end];
        let may_be = line.len() <= 400
            && (memmem::find(line, b"gefunden am ").is_some()
                || memmem::find(line, b"vom ").is_some());
        if may_be {
            let line = String::from_utf8_lossy(line);
            if SourceLine::parse(&PageLine::new(line.trim_end(), at).text()).is_some() {
                starts.push(at);
            }
        }
        at = end;
    }
    starts
}

/// Reads the articles of a converted page in order.
pub(in crate::format) fn read_document(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut articles = ArticleSink::new(sink);
    let mut starts = starts(input.bytes, usize::MAX);
    leave_out_before(input, starts.first().copied().unwrap_or(0), &mut articles);
    starts.push(input.bytes.len());
    for range in starts.array_windows().map(|&[start, end]| start..end) {
        if articles.is_full() {
            break;
        }
        let (mut draft, page) = input.draft(FORMAT, range);
        let blocks = read_lines(&mut draft, &page);
        articles.offer(draft, blocks);
    }
    articles.finish();
}

fn read_lines(draft: &mut Draft<'_>, page: &str) -> Vec<TextBlock> {
    article::set_database(draft, "APA DeFacto");
    let mut filled = page_lines(page).filter(|line| !line.is_blank());
    if let Some(first) = filled.next()
        && let Some(source) = SourceLine::parse(&first.text())
    {
        source.apply(draft);
        draft.leave_out("database lines", first.text());
    }
    if let Some(headline) = filled.next() {
        article::set_headline(draft, &headline.text());
    }
    let from = filled.next().map_or(page.len(), |line| line.start);
    let (mut blocks, links) = blocks_of(page, from..page.len());
    draft.add_links(links);
    // Articles are parted by rules.
    blocks.retain(|(_, text)| {
        text.len() < 5 || text.bytes().any(|b| !matches!(b, b'_' | b'-' | b' '))
    });
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_a_paper() {
        let check = |line: &str, medium: &str, date: &str, rest: &str| {
            let found = SourceLine::parse(line).map(|found| (found.medium, found.date, found.rest));
            assert_eq!(found, Some((medium, date.to_owned(), rest)), "{line}");
        };
        check("\"Quay.at\" gefunden am 28.12.2017 10:36 Uhr", "Quay.at", "28.12.2017 10:36", "");
        check(
            "\"Der Kai\" Nr. 065 vom 02.04.2013 Seite: 3 Ressort: Chronik",
            "Der Kai",
            "02.04.2013",
            "Seite: 3 Ressort: Chronik",
        );
        check("„Der Kai“ vom 02.04.2013", "Der Kai", "02.04.2013", "");
        for line in
            ["", "\"Wir kommen\", sagte er vom Kai aus", "\"Der Kai\" vom Montag", "vom 02.04.2013"]
        {
            assert!(SourceLine::parse(line).is_none(), "{line}");
        }
    }
}
