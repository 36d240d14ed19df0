//! The Gigaword collections of agency copy, and newswire in the same layout: `DOC` elements with an id that names
//! source, language and day.

use std::ops::Range;

use crate::dispatch::{BlockKind, Role, Severity, Stamp};
use crate::format::parser::{Draft, Input, ItemSink, ParsedItem, Sample};
use crate::format::sgml::elements::{self, Element, offer_items, resolve_entities};
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::finish;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::memchr;
use crate::text;

/// The mark at the start of every item. That of the TREC collections has no attributes.
pub(in crate::format) const ITEM_START: &str = "<DOC ";

/// True if the input begins with an item that has an id, perhaps after an XML declaration.
pub(in crate::format) fn is_gigaword(sample: &Sample<'_>) -> bool {
    let mut start = sample.start;
    while start.starts_with(b"<?") || start.starts_with(b"<!") {
        let Some(end) = memchr::memchr(b'>', start) else {
            return false;
        };
        start = start[end + 1..].trim_ascii_start();
    }
    let has_id = |rest: &[u8]| {
        rest.trim_ascii_start().get(..3).is_some_and(|id| id.eq_ignore_ascii_case(b"id="))
    };
    start.strip_prefix(ITEM_START.as_bytes()).is_some_and(has_id)
}

/// Parses the items of a file in order, and reports what lies between them.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    offer_items(input, (ITEM_START, "</DOC>"), sink, parse_item);
}

/// Parses one item; `range` is its byte range in the input.
fn parse_item(input: &Input<'_>, range: Range<usize>) -> ParsedItem {
    let (mut draft, decoded) = input.draft("gigaword", range);
    draft.add_field("database", "Gigaword");
    let root = elements::next_element(&decoded, 0);
    if root.is_none_or(|root| !root.is_closed) {
        let message = "the end tag of this dispatch is missing: it may be cut off".to_owned();
        draft.add_problem(Severity::Fault, "DOC", message);
    }
    let Some(root) = root else {
        return finish::finish_text(draft, text::clean(&decoded).trim(), None);
    };
    for (name, value) in elements::parse_attributes(root.attributes) {
        match name.to_ascii_lowercase().as_str() {
            "id" => apply_id(value, &mut draft),
            "type" => apply_type(value, &mut draft),
            _ => draft.add_field(name, value),
        }
    }
    let mut body = "";
    for element in elements::all(root.inner) {
        match element.name {
            "HEADLINE" => draft.set_field(FieldKey::Headline, "HEADLINE", &element_line(element)),
            "DATELINE" => apply_dateline(&element_line(element), &mut draft),
            "TEXT" => body = element.inner,
            name => draft.add_field(name, &element_line(element)),
        }
    }
    if elements::all(body).any(|element| element.name == "P") {
        let blocks = paragraphs(body);
        return finish::finish_blocks(draft, blocks);
    }
    let resolved = resolve_entities(body);
    let clean = text::clean(&resolved);
    finish::finish_text(draft, clean.trim_matches('\n'), None)
}

/// The text of an element as one clean line.
fn element_line(element: Element<'_>) -> String {
    text::one_line(&resolve_entities(element.inner))
}

/// The paragraphs of a text. What stands between them is a paragraph, too.
fn paragraphs(body: &str) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    let mut push = |text: &str| {
        let line = text::one_line(&resolve_entities(text));
        if !line.is_empty() {
            blocks.push((BlockKind::Paragraph, line));
        }
    };
    let mut from = 0;
    for element in elements::all(body) {
        push(&body[from..element.start]);
        push(element.inner);
        from = element.end;
    }
    push(&body[from..]);
    blocks
}

/// The sources of the collections by their code, each with the short name of the agency.
const SOURCES: &[(&str, &str)] = &[("APW", "AP"), ("XIN", "Xinhua")];

/// The languages of the collections by their code (ISO 639-2), each with its tag.
const LANGUAGES: &[(&str, &str)] =
    &[("ENG", "en"), ("FRE", "fr"), ("FRA", "fr"), ("SPA", "es"), ("ARB", "ar"), ("CMN", "zh")];

/// Sets id, agency, language and day from `AFP_ENG_20090531.0001`. Other ids are kept as they are.
fn apply_id(id: &str, draft: &mut Draft<'_>) {
    draft.set_field(FieldKey::Id, "id", id);
    let mut parts = id.split('_');
    let (Some(source), Some(language), Some(number), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return apply_old_id(id, draft);
    };
    let agency = SOURCES.iter().find(|(code, _)| code.eq_ignore_ascii_case(source));
    let code = source.to_ascii_uppercase();
    draft.set_field(FieldKey::Agency, "id", agency.map_or(&*code, |(_, agency)| agency));
    let tag = LANGUAGES.iter().find(|(code, _)| code.eq_ignore_ascii_case(language));
    if let Some((_, tag)) = tag {
        draft.set_field(FieldKey::Language, "id", tag);
    }
    draft.dispatch.sent = day(number);
}

/// Sets agency and day from the ids of older collections: `AFP20030401.0012`, `APW19980601.0001`.
fn apply_old_id(id: &str, draft: &mut Draft<'_>) {
    let letters = id.bytes().take_while(u8::is_ascii_uppercase).count();
    if letters == 3 && day(&id[letters..]).is_some() {
        let source = &id[..letters];
        let agency = SOURCES.iter().find(|(code, _)| *code == source);
        draft.set_field(FieldKey::Agency, "id", agency.map_or(source, |(_, agency)| agency));
        draft.dispatch.sent = day(&id[letters..]);
    }
}

/// The day at the start of `20090531.0001`.
fn day(number: &str) -> Option<Stamp> {
    let digits = number.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    parse_field_time(digits)
}

/// Sets the role from the type of an item: `story`, `multi` (several in one), `advis` (for editors), `other`.
fn apply_type(kind: &str, draft: &mut Draft<'_>) {
    if kind.eq_ignore_ascii_case("advis") {
        draft.dispatch.role = Role::Advisory;
    }
    draft.add_field("type", kind);
}

/// Splits the time from the end of a dateline: `WASHINGTON 2010-01-12 22:13:28 UTC`.
fn split_time(line: &str) -> Option<(&str, Stamp)> {
    let front = line.strip_suffix(" UTC")?;
    let at = front.len().checked_sub("2010-01-12 22:13:28".len())?;
    let (place, time) = front.split_at_checked(at)?;
    let (day, clock) = time.split_once(' ')?;
    let stamp = parse_field_time(&format!("{day}T{clock}Z"))?;
    place.ends_with(' ').then(|| (place.trim_end(), stamp))
}

/// Sets the dateline, the time that stands at its end in some collections, and the slug that some sources put into brackets behind the place: `WASHINGTON (BC-FERRY-QUAY)`.
fn apply_dateline(line: &str, draft: &mut Draft<'_>) {
    if let Some((place, sent)) = split_time(line) {
        draft.dispatch.sent = Some(sent);
        return draft.set_field(FieldKey::Dateline, "DATELINE", place);
    }
    let slug = line.strip_suffix(')').and_then(|line| line.rsplit_once(" ("));
    let is_slug = |slug: &str| {
        slug.contains('-')
            && slug.bytes().all(|b| {
                b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'&' | b'/')
            })
    };
    if let Some((place, slug)) = slug.filter(|(_, slug)| is_slug(slug) && slug.len() > 5) {
        draft.set_field(FieldKey::Slug, "DATELINE", slug);
        draft.set_field(FieldKey::Dateline, "DATELINE", place);
    } else {
        draft.set_field(FieldKey::Dateline, "DATELINE", line);
    }
}

#[cfg(test)]
mod tests {
    use crate::format::testing::{one, parsed};

    #[test]
    fn the_id_names_source_language_and_day() {
        let d = one(
            "<DOC id=\"APW_ENG_20090531.0012\" type=\"story\" >\n<HEADLINE>\nFerries &AMP; quays\n</HEADLINE>\n<DATELINE>\nLINDHAVN, Vessaria (AP)\n</DATELINE>\n<TEXT>\n<P>\nThe ferries sailed\nagain.\n</P>\n<P>\n\"So,\" he said.\n</P>\n</TEXT>\n</DOC>\n",
        );
        assert_eq!(
            (d.format, d.agency.as_deref(), d.language.as_deref()),
            ("gigaword", Some("AP"), Some("en"))
        );
        assert_eq!(d.headline, "Ferries & quays");
        assert_eq!(d.body.text(), "The ferries sailed again.\n\n\"So,\" he said.");
        assert_eq!(d.time.map(crate::dispatch::Stamp::to_rfc3339).as_deref(), Some("2009-05-31"));
        assert_eq!(d.place(), Some("LINDHAVN"));
    }

    #[test]
    fn datelines_may_end_with_a_time() {
        let d = one(
            "<DOC id=\"apw_eng_20100112.0012\" type=\"story\" >\n<DATELINE>\nSALTER, Vessaria 2010-01-12 22:13:28 UTC\n</DATELINE>\n<TEXT>\n<P>\nA kite flew.\n</P>\n</TEXT>\n</DOC>\n",
        );
        let time = d.time.map(crate::dispatch::Stamp::to_rfc3339);
        assert_eq!(
            (d.agency.as_deref(), d.place(), time.as_deref()),
            (Some("AP"), Some("SALTER"), Some("2010-01-12T22:13:28Z"))
        );
    }

    #[test]
    fn slugs_and_plain_texts() {
        let d = one(
            "<DOC id=\"NYT_ENG_20090531.0012\" type=\"advis\" >\n<DATELINE>\nWASHINGTON (BC-FERRY-QUAY-ART-NYT)\n</DATELINE>\n<TEXT>\n   The ferries sailed\n   again.\n</TEXT>\n</DOC>\n<DOC id=\"NYT_ENG_20090531.0013\" type=\"other\" >\n<TEXT>\nx\n</TEXT>\n</DOC>\n",
        );
        assert_eq!(
            (d.slug.as_deref(), d.place()),
            (Some("BC-FERRY-QUAY-ART-NYT"), Some("WASHINGTON"))
        );
        assert_eq!(d.role, crate::dispatch::Role::Advisory);
        assert_eq!(
            parsed("<DOC>\n<DOCNO> AP900212-0001 </DOCNO>\n</DOC>").dispatches[0].format,
            "trec-sgml"
        );
    }
}
