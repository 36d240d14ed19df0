//! The Reuters-21578 collection: newswire of 1987 in SGML, with the original ANPA header in `UNKNOWN`. Follows the
//! README of the collection (Lewis, 1997).

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::dispatch::{Role, Severity, Stamp};
use crate::format::anpa::header;
use crate::format::parser::{Draft, Input, ItemSink, ParsedItem, Sample};
use crate::format::plain::header_lines;
use crate::format::sgml::elements::{self, Element, offer_items, resolve_entities};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::{finish, labels};
use crate::text;

/// The mark at the start of every item.
pub(in crate::format) const ITEM_START: &str = "<REUTERS";

/// True if at most a declaration comes before the first item.
pub(in crate::format) fn is_reuters(sample: &Sample<'_>) -> bool {
    memchr::memmem::find(sample.start, ITEM_START.as_bytes()).is_some_and(|at| {
        let before = sample.start[..at].trim_ascii();
        before.is_empty() || before.starts_with(b"<!") || before.starts_with(b"<?")
    })
}

/// Parses the items of a file in order, and reports what lies between them.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    offer_items(input, (ITEM_START, "</REUTERS>"), sink, parse_item);
}

/// Parses one item; `range` is its byte range in the input.
fn parse_item(input: &Input<'_>, range: Range<usize>) -> ParsedItem {
    let (mut draft, decoded) = input.draft("reuters-sgml", range);
    draft.dispatch.agency = Some("Reuters".to_owned());
    let text = &*decoded;
    let Some(root) = elements::next_element(text, 0) else {
        return finish::finish_text(draft, &text::clean(text), None);
    };
    if !root.is_closed {
        let message = "the end tag of this dispatch is missing: it may be cut off".to_owned();
        draft.add_problem(Severity::Fault, "REUTERS", message);
    }
    for (name, value) in elements::parse_attributes(root.attributes) {
        match name {
            "NEWID" => draft.set_field(FieldKey::Id, name, value),
            // There is also an element with this name.
            "TOPICS" => draft.add_field("@TOPICS", value),
            _ => draft.add_field(name, value),
        }
    }
    // Parsed after the loop: finishing a text needs the other fields.
    let mut body = None;
    for element in elements::all(root.inner) {
        match element.name {
            "DATE" => apply_date(element.inner, &mut draft),
            "TOPICS" | "PLACES" | "PEOPLE" | "ORGS" | "EXCHANGES" | "COMPANIES" => {
                add_subjects(element, &mut draft);
            }
            "UNKNOWN" => apply_transmission_header(element.inner, &mut draft),
            "TEXT" => body = Some(element),
            name => draft.add_field(name, &element_line(element.inner)),
        }
    }
    let Some(element) = body else {
        draft.add_problem(Severity::Fault, "TEXT", "this dispatch has no text".to_owned());
        return finish::finish_text(draft, "", None);
    };
    parse_text_element(element, draft)
}

/// Finishes an item from its `TEXT` element: title, author, dateline and body, or the bare text of `BRIEF` and `UNPROC`
/// items, which have no body.
fn parse_text_element(element: Element<'_>, mut draft: Draft<'_>) -> ParsedItem {
    for (name, value) in elements::parse_attributes(element.attributes) {
        draft.add_field(name, value);
    }
    let (mut dateline, mut body) = ("", None);
    // The text outside the known elements.
    let mut bare = String::new();
    let mut from = 0;
    for part in elements::all(element.inner) {
        match part.name {
            "TITLE" => {
                let title = element_line(part.inner);
                draft.set_field(FieldKey::Headline, part.name, &title);
            }
            "AUTHOR" => {
                let author = element_line(part.inner);
                draft.set_field(FieldKey::Byline, part.name, author.trim_end_matches([',', ' ']));
            }
            "DATELINE" => dateline = part.inner,
            "BODY" => body = Some(part.inner),
            _ => continue,
        }
        bare.push_str(&element.inner[from..part.start]);
        from = part.end;
    }
    bare.push_str(&element.inner[from..]);
    let bare = clean_element_text(&bare).into_owned();
    let bare = bare.trim_ascii();
    // Bulletins of one line begin with six stars.
    let text = bare.trim_start_matches('*').trim_ascii_start();
    if bare.starts_with("***") {
        draft.add_field("mark", bare[..bare.len() - text.len()].trim_ascii_end());
        draft.dispatch.role = Role::Alert;
    }
    let mut full_text = Cow::Borrowed(text);
    if let Some(body) = body {
        full_text = clean_element_text(body);
        // The collection cut the dateline off the body: put it back, as the wire sent it.
        if !dateline.trim_ascii().is_empty() {
            draft.set_field(FieldKey::Dateline, "DATELINE", &element_line(dateline));
            let between = if full_text.starts_with([' ', '\n']) { "" } else { " " };
            full_text = Cow::Owned(
                [clean_element_text(dateline).trim_ascii(), between, &full_text].concat(),
            );
        }
        if !text.is_empty() {
            draft.add_field("text", text);
        }
    }
    let full_text = full_text.trim_start_matches('\n');
    let (text, known) = match body {
        Some(_) => (full_text, None),
        None => header_lines::read(full_text, &mut draft),
    };
    finish::finish_text(draft, text, known)
}

/// The clean text of an element: entities resolved, STX, ETX and line ends around it removed.
fn clean_element_text(inner: &str) -> Cow<'_, str> {
    fn unframed(text: &str) -> &str {
        let is_frame = |c: char| matches!(c, '\u{2}' | '\u{3}' | '\n' | '\r');
        let end = text.trim_end_matches(|c: char| is_frame(c) || c == ' ');
        end.trim_start_matches(is_frame)
    }
    // A text without entities stays borrowed.
    match resolve_entities(inner) {
        Cow::Borrowed(plain) => text::clean(unframed(plain)),
        Cow::Owned(plain) => Cow::Owned(text::clean(unframed(&plain)).into_owned()),
    }
}

/// The text of an element as one clean line.
fn element_line(inner: &str) -> String {
    text::one_line(&clean_element_text(inner))
}

/// Sets the time sent from `26-FEB-1987 15:01:01.79`. The zone is unknown; it is read as UTC.
fn apply_date(inner: &str, draft: &mut Draft<'_>) {
    let value = element_line(inner);
    match parse_time(&value) {
        Some(stamp) => draft.dispatch.sent = Some(stamp),
        None if value.is_empty() => {}
        None => draft.add_invalid_value("DATE", &value, "a time such as 26-FEB-1987 15:01:01.79"),
    }
}

/// Parses `26-FEB-1987 15:01:01.79`; the fraction is dropped.
fn parse_time(value: &str) -> Option<Stamp> {
    let whole = value.split('.').next()?;
    let moment = DateTime::strptime("%d-%b-%Y %H:%M:%S", whole).ok()?;
    let instant = Offset::UTC.to_timestamp(moment).ok()?;
    Some(Stamp::from_seconds(instant.as_second()))
}

/// Adds the entries of a list as subjects, and as fields under the name of the list to keep places and people apart.
fn add_subjects(element: Element<'_>, draft: &mut Draft<'_>) {
    for entry in elements::all(element.inner).filter(|entry| entry.name == "D") {
        let entry = element_line(entry.inner);
        if !entry.is_empty() {
            draft.add_field(element.name, &entry);
            draft.dispatch.subjects.push(entry);
        }
    }
}

/// Applies the ANPA header of the transmission, whose controls are numeric entities.
fn apply_transmission_header(inner: &str, draft: &mut Draft<'_>) {
    let resolved = resolve_entities(inner);
    let raw = resolved.trim_start_matches(['\n', '\r']);
    let found = header::parse_header(raw);
    let id = draft.dispatch.id.take();
    let created = draft.dispatch.created;
    found.apply(draft, None);
    // The collection numbers its items, and dates them to the second.
    if id.is_some() {
        draft.dispatch.id = id;
    }
    if draft.dispatch.sent.is_some() {
        draft.dispatch.created = created;
    }
    split_version_from_slug(draft);
    if found.byte_len == 0 && !raw.trim().is_empty() {
        draft.add_field("UNKNOWN", &text::clean(raw.trim()));
    }
}

/// Moves versions from the end of the keyword (`AM-FERRY-1STLD`, `BC-QUAY-(CORRECTED)`) to the label: the slug, which
/// links a story, must be the same in all of them.
fn split_version_from_slug(draft: &mut Draft<'_>) {
    let Some(slug) = draft.dispatch.slug.take() else {
        return;
    };
    let mut keyword = slug.as_str();
    while let Some((before, last)) = keyword.rsplit_once(['-', ' ']) {
        // At least four bytes must be left: a cycle alone (`BC`) is no slug.
        if labels::parse_label_line(last).is_none() || before.len() < 4 {
            break;
        }
        keyword = before;
    }
    let version = slug[keyword.len()..].trim_start_matches(['-', ' ']);
    if !version.is_empty() && draft.dispatch.label.is_none() {
        draft.dispatch.label = Some(version.to_owned());
    }
    draft.dispatch.slug = Some(keyword.to_owned());
}
