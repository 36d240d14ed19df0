//! The TREC collections of AP newswire: `DOC` elements with document number, headlines, dateline and text.

use std::ops::Range;

use crate::dispatch::{DatelineDate, Severity, Stamp};
use crate::format::anpa::header;
use crate::format::parser::{Draft, Input, ItemSink, ParsedItem, Sample};
use crate::format::plain::header_lines;
use crate::format::sgml::elements::{self, Element, offer_items, resolve_entities};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::{dates, finish};
use crate::text;

/// The mark at the start of every item.
pub(in crate::format) const ITEM_START: &str = "<DOC>";

/// True if the input begins with an item.
pub(in crate::format) fn is_trec(sample: &Sample<'_>) -> bool {
    sample.start.starts_with(ITEM_START.as_bytes())
}

/// Parses the items of a file in order, and reports what lies between them.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    offer_items(input, (ITEM_START, "</DOC>"), sink, parse_item);
}

/// Parses one item; `range` is its byte range in the input.
fn parse_item(input: &Input<'_>, range: Range<usize>) -> ParsedItem {
    let (mut draft, decoded) = input.draft("trec-sgml", range);
    let root = elements::next_element(&decoded, 0);
    if root.is_none_or(|root| !root.is_closed) {
        let message = "the end tag of this dispatch is missing: it may be cut off".to_owned();
        draft.add_problem(Severity::Fault, "DOC", message);
    }
    let mut texts = String::new();
    // Applied after the loop, when id and time are known.
    let mut second = None;
    let mut first = None;
    for element in elements::all(root.map_or("", |root| root.inner)) {
        match element.name {
            "DOCNO" => draft.set_field(FieldKey::Id, "DOCNO", &element_line(element)),
            "FILEID" => apply_file_id(&element_line(element), &mut draft),
            "FIRST" => first = Some(element_line(element)),
            "SECOND" => second = Some(element_line(element)),
            "HEAD" | "TITLE" | "HEADLINE" | "HL" => {
                add_headline(&element_line(element), &mut draft);
            }
            "BYLINE" | "AUTHOR" => {
                draft.set_field(FieldKey::Byline, element.name, &element_line(element));
            }
            "DATELINE" => draft.set_field(FieldKey::Dateline, "DATELINE", &element_line(element)),
            "NOTE" => draft.set_field(FieldKey::Ednote, "NOTE", &element_line(element)),
            "TEXT" => {
                let text = resolve_entities(element.inner);
                let text = text::clean(&text);
                let text = text.trim_matches('\n').trim_ascii_end();
                if !texts.is_empty() && !text.is_empty() {
                    texts.push_str("\n\n");
                }
                texts.push_str(text);
            }
            name => draft.add_field(name, &element_line(element)),
        }
    }
    // Last: DOCNO and FILEID take precedence over what these lines say.
    apply_wire_lines(first, second, &mut draft);
    apply_document_number(&mut draft);
    let (text, known) = header_lines::read(&texts, &mut draft);
    finish::finish_text(draft, text, known)
}

/// The text of an element as one clean line.
fn element_line(element: Element<'_>) -> String {
    text::one_line(&resolve_entities(element.inner))
}

/// Adds a `HEAD`. An item may have several: they are joined with `; `, except for notes to editors.
fn add_headline(head: &str, draft: &mut Draft<'_>) {
    let headline = &mut draft.dispatch.headline;
    if head.starts_with("Eds:") || head.starts_with("Eds.") {
        draft.set_field(FieldKey::Ednote, "HEAD", head);
    } else if headline.is_empty() {
        draft.set_field(FieldKey::Headline, "HEAD", head);
    } else if !head.is_empty() {
        headline.push_str("; ");
        headline.push_str(head);
    }
}

/// Sets agency and time sent from `AP-NR-02-12-90 2129EST`: service, cycle, date and time of the transmission.
fn apply_file_id(value: &str, draft: &mut Draft<'_>) {
    draft.add_field("FILEID", value);
    let (codes, clock) = value.split_once(' ').unwrap_or((value, ""));
    let mut parts = codes.split('-');
    if let Some(agency) = parts.next().filter(|word| word.bytes().all(|b| b.is_ascii_uppercase())) {
        draft.set_field(FieldKey::Agency, "FILEID", agency);
    }
    // Codes in letters between agency and date are skipped.
    let numbers: Vec<&str> =
        parts.filter(|part| part.bytes().all(|b| b.is_ascii_digit())).collect();
    let [month, day, year] = numbers[..] else {
        return;
    };
    let parsed = || Some((dates::parse_year(year)?, month.parse().ok()?, day.parse().ok()?));
    let Some((year, month, day)) = parsed() else {
        return;
    };
    let (time, zone) =
        clock.split_at(clock.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(clock.len()));
    if let Some(stamp) = stamp_at((year, month, day), time.trim(), zone.trim()) {
        draft.dispatch.sent = Some(stamp);
    }
}

/// The time of transmission, or the day alone if `time` or `zone` cannot be read.
fn stamp_at((year, month, day): (i16, i8, i8), time: &str, zone: &str) -> Option<Stamp> {
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    match (dates::parse_hour_minute(time), dates::zone_offset(zone, date)) {
        (Some(time), Some(offset)) => dates::local_stamp(date, time, offset),
        _ => Stamp::from_date(date),
    }
}

/// Takes agency and day from the document number (`AP900212-0001`) if nothing else gave them.
fn apply_document_number(draft: &mut Draft<'_>) {
    let id = draft.dispatch.id.clone().unwrap_or_default();
    let Some(digits) = id.strip_prefix("AP").and_then(|rest| rest.split('-').next()) else {
        return;
    };
    if draft.dispatch.agency.is_none() {
        draft.dispatch.agency = Some("AP".to_owned());
    }
    if draft.dispatch.sent.is_some() || digits.len() != 6 {
        return;
    }
    let number = |at: usize| digits.get(at..at + 2)?.parse().ok();
    let day = || {
        let date = DatelineDate {
            year: dates::parse_year(digits.get(..2)?),
            month: number(2)?,
            day: number(4)?,
        };
        dates::resolve_date(date, None)
    };
    draft.dispatch.sent = day().map(|(stamp, _)| stamp);
}

/// Applies `FIRST`, the header line with priority, category, keyword, date and count, and `SECOND`, the keyword line
/// with keyword, version and word count.
fn apply_wire_lines(first: Option<String>, second: Option<String>, draft: &mut Draft<'_>) {
    if let Some(first) = first {
        draft.add_field("FIRST", &first);
        let found = header::parse_header(&first);
        // The collection has its own ids, and its own time of transmission.
        let (id, sent) = (draft.dispatch.id.take(), draft.dispatch.sent);
        found.apply(draft, None);
        draft.dispatch.id = id;
        if sent.is_some() {
            draft.dispatch.created = None;
        }
    }
    let Some(second) = second else { return };
    draft.add_field("SECOND", &second);
    let mut parts: Vec<&str> =
        second.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    // The word count comes last, without a name.
    if let Some(words) = parts.last().and_then(|last| last.parse().ok()) {
        draft.dispatch.words_stated = Some(words);
        parts.pop();
    }
    let mut parts = parts.into_iter();
    if let Some(keyword) = parts.next() {
        draft.dispatch.slug = Some(keyword.to_owned());
    }
    let (references, version): (Vec<&str>, Vec<&str>) =
        parts.partition(|part| is_story_reference(part));
    for reference in references {
        draft.add_reference(reference);
    }
    if !version.is_empty() && draft.dispatch.label.is_none() {
        draft.dispatch.label = Some(version.join(", "));
    }
}

/// True for a service letter and a story number: `a0584`.
fn is_story_reference(part: &str) -> bool {
    let digits = part.strip_prefix(|c: char| c.is_ascii_alphabetic());
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}
