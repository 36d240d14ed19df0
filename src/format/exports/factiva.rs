//! Factiva: the articles of a page or a text in its two layouts. “Display” prints the parts of an article in a fixed
//! order without labels, “indexing” gives each a code of two or three letters.

use crate::format::exports::article::{self, is_rights};
use crate::format::exports::languages;
use crate::format::parser::Draft;
use crate::format::shared::bylines;
use crate::format::shared::dates::{parse_hour_minute, parse_long_date};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::text;

/// Name of the format in records.
pub(super) const FORMAT: &str = "factiva";

/// Sets what all articles of the database have in common.
pub(super) fn set_database(draft: &mut Draft<'_>) {
    article::set_database(draft, "Factiva");
}

// Accession numbers.

/// The accession number at the end of a line such as `Document AFPR000020150303eb3300abc`, in any interface language:
/// at least 16 letters and digits, the code of the source first.
pub(in crate::format) fn accession_number(line: &str) -> Option<&str> {
    let mut words = line.split_ascii_whitespace();
    let last = words.next_back()?;
    let is_number = (16..=40).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_alphanumeric())
        && last.bytes().take(3).all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && last.bytes().filter(u8::is_ascii_digit).count() >= 8;
    (is_number && words.count() <= 2).then_some(last)
}

/// Sets the id.
fn set_accession_number(draft: &mut Draft<'_>, value: &str) {
    let number = accession_number(value).unwrap_or(value);
    draft.set_field(FieldKey::Id, "AN", number);
}

/// Sets the time published from a date and, if there is one, a time of day (`16:07`).
fn set_published(draft: &mut Draft<'_>, date: &str, time: Option<&str>) {
    let whole = match time {
        Some(time) => format!("{date} {time}"),
        None => date.to_owned(),
    };
    article::set_date_text(draft, "PD", &whole);
}

// Indexing: codes.

/// The codes of the layout “indexing”.
const CODES: &[&str] = &[
    "SE", "HD", "CR", "BY", "WC", "PD", "ET", "SN", "SC", "ED", "PG", "VOL", "LA", "CY", "LP",
    "TD", "ART", "CX", "DLN", "CLM", "CT", "RF", "CO", "IN", "NS", "RE", "IPC", "IPD", "PUB", "AN",
];

/// The code that a text is, if it is one.
pub(in crate::format) fn field_code(text: &str) -> Option<&'static str> {
    let text = text.trim();
    CODES.iter().find(|code| **code == text).copied()
}

/// The values of an article by their codes, as the layout “indexing” gives them, and the blocks of its text.
#[derive(Default)]
pub(in crate::format) struct CodedArticle {
    values: Vec<(&'static str, String)>,
    blocks: Vec<TextBlock>,
}

impl CodedArticle {
    /// Adds a value. Those of the text (`LP`, `TD`) are its blocks, in order.
    pub(in crate::format) fn push(&mut self, code: &'static str, blocks: Vec<TextBlock>) {
        if matches!(code, "LP" | "TD") {
            self.blocks.extend(blocks);
            return;
        }
        let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
        let value = texts.join("\n");
        match self.values.last_mut() {
            Some((last, known)) if *last == code => {
                known.push('\n');
                known.push_str(&value);
            }
            _ => self.values.push((code, value)),
        }
    }

    /// True if there is something to read: a headline or a text.
    pub(in crate::format) fn is_article(&self) -> bool {
        !self.blocks.is_empty() || self.value("HD").is_some()
    }

    fn value(&self, code: &str) -> Option<&str> {
        let found = self.values.iter().find(|(known, _)| *known == code);
        found.map(|(_, value)| value.as_str())
    }

    /// Sets the fields of a draft and returns the blocks of the text.
    pub(in crate::format) fn apply(self, draft: &mut Draft<'_>) -> Vec<TextBlock> {
        set_database(draft);
        // The agency decides the zone of the time, so it comes first.
        if let Some(source) = self.value("SN").or_else(|| self.value("PUB")) {
            article::set_source(draft, source);
        }
        if let Some(date) = self.value("PD") {
            set_published(draft, date, self.value("ET"));
        } else if let Some(time) = self.value("ET") {
            draft.add_field("ET", time);
        }
        for (code, value) in &self.values {
            let line = text::one_line(value);
            match *code {
                "SN" | "PD" | "ET" => {}
                "PUB" if self.value("SN").is_none() => {}
                "HD" => article::set_headline(draft, &line),
                "BY" => draft.set_field(FieldKey::Byline, code, &line),
                "SE" => draft.set_field(FieldKey::Category, code, &line),
                "WC" => article::set_length(draft, code, &line),
                "LA" => article::set_language(draft, code, &line),
                "CY" => draft.set_field(FieldKey::Rights, code, &line),
                "DLN" => article::set_dateline(draft, code, &line),
                "AN" => set_accession_number(draft, &line),
                "NS" => add_subjects(draft, &line),
                _ => draft.add_field(code, &line),
            }
        }
        self.blocks
    }
}

/// Adds the subjects in `gstrke : Labor Disputes | gcat : Political/General News`.
fn add_subjects(draft: &mut Draft<'_>, value: &str) {
    for term in value.split('|') {
        let (code, name) = term.split_once(" : ").unwrap_or(("", term));
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        draft.add_coded_subject(given(code), given(name));
    }
}

// Display: parts in order.

/// What the layout says of a part of an article in display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum PartKind {
    Headline,
    Author,
    /// A line of the header, or anything else that is no paragraph.
    Line,
    /// A paragraph of the text.
    Paragraph,
}

/// A part of an article in display.
#[derive(Debug)]
pub(in crate::format) struct Part {
    pub kind: PartKind,
    pub blocks: Vec<TextBlock>,
}

impl Part {
    fn text(&self) -> String {
        let texts: Vec<&str> = self.blocks.iter().map(|(_, text)| text.as_str()).collect();
        text::one_line(&texts.join(" "))
    }
}

/// Reads an article in display into a draft and returns the blocks of its text. `None` if it has neither a word count
/// nor a date below its headline: a summary of the search.
pub(in crate::format) fn read_display(
    draft: &mut Draft<'_>,
    parts: Vec<Part>,
) -> Option<Vec<TextBlock>> {
    let lines: Vec<String> = parts.iter().map(Part::text).collect();
    let paragraph = parts.iter().position(|part| part.kind == PartKind::Paragraph);
    let header = &lines[..paragraph.unwrap_or(lines.len()).min(MAX_HEADER)];
    let has_unit =
        |line: &String| line.ends_with(char::is_alphabetic) && article::word_count(line).is_some();
    // A section above the headline may be a number and a word, too.
    let headline = parts.iter().position(|part| part.kind == PartKind::Headline);
    let below = headline.map_or(0, |at| at + 1).min(header.len());
    let counted = header[below..].iter().position(has_unit).map(|at| below + at);
    let is_date = |line: &String| parse_long_date(line).is_some_and(|date| date.rest.is_empty());
    let from = counted.map_or(0, |at| at + 1);
    let dated = header[from..].iter().position(is_date).map(|at| from + at);
    let header_end = counted.or(dated)?;
    set_database(draft);
    read_above(draft, &parts[..header_end], &lines[..header_end]);
    if let Some(count) = counted {
        article::set_length(draft, "WC", &lines[count]);
    }
    let mut at = dated
        .map_or(header_end, |dated| dated + 1)
        .max(header_end + usize::from(counted.is_some()));
    let is_time = |line: &&String| {
        let with_date = dated.and_then(|dated| {
            let whole = format!("{} {line}", lines[dated]);
            parse_long_date(&whole).map(|found| found.rest.is_empty() && found.time.is_some())
        });
        parse_hour_minute(line).is_some() || with_date == Some(true)
    };
    let time = header.get(at).filter(is_time);
    at += usize::from(time.is_some());
    let body_at = read_below(draft, &parts, &lines, at);
    // The date comes last: the agency decides the zone.
    if let Some(dated) = dated {
        set_published(draft, &lines[dated], time.map(String::as_str));
    }
    Some(read_text(draft, parts, &lines, body_at))
}

/// Most lines of a header.
const MAX_HEADER: usize = 24;

/// Sets what stands above the word count: section, headline, author, credit.
fn read_above(draft: &mut Draft<'_>, parts: &[Part], lines: &[String]) {
    let marked = parts.iter().position(|part| part.kind == PartKind::Headline);
    // Without a mark, the last line is the headline, or the one above an author.
    let has_author = lines.len() > 1
        && lines.last().is_some_and(|line| bylines::is_byline(line) || bylines::is_person(line));
    let headline = marked.or_else(|| lines.len().checked_sub(1 + usize::from(has_author)));
    for (at, (part, line)) in parts.iter().zip(lines).enumerate() {
        let is_below = headline.is_some_and(|headline| at > headline);
        if Some(at) == headline {
            article::set_headline(draft, without_number(line));
        } else if part.kind == PartKind::Author
            || is_below && (marked.is_none() || bylines::is_byline(line))
        {
            draft.set_field(FieldKey::Byline, "BY", line);
        } else if is_below {
            draft.add_field("CR", line);
        } else {
            draft.set_field(FieldKey::Category, "SE", line);
        }
    }
}

/// Strips the number that an export may put before a headline: `12) Harbour pilots …`.
fn without_number(headline: &str) -> &str {
    let digits = headline.bytes().take_while(u8::is_ascii_digit).count();
    let rest = headline[digits..].strip_prefix(") ");
    rest.filter(|_| (1..=4).contains(&digits)).unwrap_or(headline)
}

/// Sets what stands below date and time: source, its code, edition, page, language, copyright. Returns the index of the
/// first part after them.
fn read_below(draft: &mut Draft<'_>, parts: &[Part], lines: &[String], from: usize) -> usize {
    let end = (from..parts.len().min(from + MAX_HEADER))
        .find(|&at| parts[at].kind == PartKind::Paragraph || at > from && is_rights(&lines[at - 1]))
        .unwrap_or(parts.len().min(from + MAX_HEADER));
    let header = &lines[from..end];
    // A header without a copyright line ends with the language, or else with the code of the source.
    let is_code = |line: &String| {
        (2..=8).contains(&line.len())
            && line.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let code = header.iter().position(is_code);
    let rights = header.iter().position(|line| is_rights(line));
    let language = header.iter().position(|line| languages::tag(line).is_some() && line.len() > 2);
    let known_end = rights.or(language).or(code).map_or(1, |last| last + 1);
    let has_paragraphs = parts[from..].iter().any(|part| part.kind == PartKind::Paragraph);
    let length = if has_paragraphs { header.len() } else { known_end.min(header.len()) };
    for (at, line) in header[..length].iter().enumerate() {
        if Some(at) == code {
            draft.add_field("SC", line);
        } else if Some(at) == rights {
            draft.set_field(FieldKey::Rights, "CY", line);
        } else if Some(at) == language {
            article::set_language(draft, "LA", line);
        } else if at == 0 {
            article::set_source(draft, line);
        } else if rights.is_none()
            && at + 1 == length
            && (language.is_some_and(|language| language + 1 == at)
                || line.contains(|c: char| c.is_ascii_digit()) && line.len() > 20)
        {
            draft.set_field(FieldKey::Rights, "CY", line);
        } else if line.bytes().any(|b| b.is_ascii_digit()) && line.len() <= 12 {
            draft.add_field("PG", line);
        } else if at + 1 == rights.unwrap_or(length) && code.is_some_and(|code| at > code) {
            // A language that is not known by this name.
            article::set_language(draft, "LA", line);
        } else {
            draft.add_field("ED", line);
        }
    }
    from + length
}

/// The blocks of the text that begins at a part, without the lines that end an article: publisher and document number.
fn read_text(
    draft: &mut Draft<'_>,
    parts: Vec<Part>,
    lines: &[String],
    from: usize,
) -> Vec<TextBlock> {
    let document =
        (from..lines.len()).rev().take(8).find(|&at| accession_number(&lines[at]).is_some());
    let mut end = lines.len();
    if let Some(at) = document {
        set_accession_number(draft, &lines[at]);
        for line in &lines[at + 1..] {
            draft.add_field("note", line);
        }
        end = at;
        // The line before it names the publisher.
        let is_publisher = |at: &usize| {
            let line = &lines[*at];
            // In plain text it looks like a paragraph, but the source has been named by the same words.
            (parts[*at].kind == PartKind::Line || lines[..from].contains(line))
                && line.len() <= 120
                && !line.ends_with(['.', '!', '?', '"', '”'])
        };
        if let Some(publisher) = at.checked_sub(1).filter(|at| *at > from).filter(is_publisher) {
            draft.add_field("PUB", &lines[publisher]);
            end = publisher;
        }
    }
    let mut blocks = Vec::new();
    for part in parts.into_iter().take(end).skip(from) {
        blocks.extend(part.blocks);
    }
    blocks
}

/// True if the line begins with a code: alone, or followed by a tab or a space.
pub(super) fn split_code(line: &str) -> Option<(&'static str, &str)> {
    let end = line.find(['\t', ' ', '\u{a0}']).unwrap_or(line.len());
    let code = field_code(line.get(..end.min(4))?).filter(|code| code.len() == end)?;
    Some((code, line[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accession_numbers() {
        for (line, number) in [
            ("Document AFPR000020150303eb3300abc", Some("AFPR000020150303eb3300abc")),
            ("AN Document AFPR000020150303eb3300abc", Some("AFPR000020150303eb3300abc")),
            ("文件 AFPR000020150303eb3300abc", Some("AFPR000020150303eb3300abc")),
            ("See the document AFPR000020150303eb3300abc", None),
            ("Document internationalisation", None),
            ("", None),
        ] {
            assert_eq!(accession_number(line), number, "{line}");
        }
    }

    #[test]
    fn codes_begin_lines() {
        assert_eq!(split_code("HD\tHarbour"), Some(("HD", "Harbour")));
        assert_eq!(split_code("LP"), Some(("LP", "")));
        assert_eq!(split_code("IN   fish : Fishing"), Some(("IN", "fish : Fishing")));
        for line in ["HDTV sales", "In the harbour", "ÄÖ x", ""] {
            assert_eq!(split_code(line), None, "{line}");
        }
        assert_eq!(without_number("12) Quay"), "Quay");
        assert_eq!(without_number("12 ships"), "12 ships");
    }
}
