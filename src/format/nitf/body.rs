//! The body of a NITF document: what stands over the text, the text, and what ends it.

use crate::dispatch::BlockKind;
use crate::format::Detail;
use crate::format::draft::Draft;
use crate::format::fields::{FieldKey, parse_field_time};
use crate::format::markup::TextBlock;
use crate::format::trailer;
use crate::format::xml::Element;

/// Sets what `body.head` and `body.end` say, and gives the blocks of the text.
pub(in crate::format) fn read_body(draft: &mut Draft<'_>, nitf: Element<'_, '_>) -> Vec<TextBlock> {
    let Some(body) = nitf.child("body") else {
        return Vec::new();
    };
    let mut summary = Vec::new();
    for head in body.children().filter(|child| child.name() == "body.head") {
        for child in head.children() {
            read_body_head(draft, child, &mut summary);
        }
    }
    let contents: Vec<Element<'_, '_>> = body
        .children()
        .filter(|child| child.name() == "body.content")
        .collect();
    let mut blocks = Vec::new();
    for content in &contents {
        blocks.append(&mut read_content(draft, *content));
    }
    if contents.is_empty() {
        // Some write their paragraphs right into the body.
        blocks = read_content(draft, body);
    }
    for end in body.children().filter(|child| child.name() == "body.end") {
        for child in end.children() {
            read_body_end(draft, child, &mut blocks);
        }
    }
    if blocks.is_empty() {
        return summary;
    }
    for (_, text) in &summary {
        draft.add_field("abstract", text);
    }
    blocks
}

fn read_content(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    let skip = |inner: Element<'_, '_>| matches!(inner.name(), "body.head" | "body.end");
    let markup = element.to_markup(&skip);
    draft.add_links(markup.links);
    for media in markup.media {
        draft.add_field("media", &media);
    }
    if draft.detail == Detail::Full {
        // People, places and things that are marked in the text.
        for named in element.descendants() {
            if matches!(
                named.name(),
                "person" | "org" | "location" | "event" | "object.title" | "virtloc"
            ) && let Some(text) = named.text()
            {
                draft.add_field(named.name(), &text);
            }
        }
    }
    markup.blocks
}

/// An element of `body.head`.
fn read_body_head(draft: &mut Draft<'_>, element: Element<'_, '_>, summary: &mut Vec<TextBlock>) {
    match element.name() {
        "hedline" | "headline" => {
            let mut lines = element.children();
            let main = element.child("hl1").or_else(|| lines.next());
            match main {
                Some(main) => draft.set_optional(FieldKey::Headline, "hl1", main.text()),
                None => draft.set_optional(FieldKey::Headline, "hedline", element.text()),
            }
            for line in element.children().filter(|line| line.name() != "hl1") {
                if let Some(text) = line.text() {
                    draft.add_field(line.name(), &text);
                }
            }
        }
        "byline" => byline(draft, element),
        "dateline" => dateline(draft, element),
        "distributor" => {
            if let Some(name) = element.text() {
                draft.add_field("distributor", &name);
                draft.sender = Some(name);
            }
        }
        "abstract" => {
            let markup = element.to_markup(&|_| false);
            let paragraphs = markup.blocks.into_iter();
            summary.extend(paragraphs.map(|(kind, text)| match kind {
                BlockKind::Heading => (BlockKind::Paragraph, text),
                kind => (kind, text),
            }));
        }
        "note" => {
            for (_, text) in element.to_markup(&|_| false).blocks {
                draft.set_field(FieldKey::Ednote, "note", &text);
            }
        }
        "rights" => draft.set_optional(FieldKey::Rights, "rights", element.text()),
        _ => draft.add_element_fields(element),
    }
}

/// `By <person>…</person>, <byttl>…</byttl>`: as it is written; the title apart as well.
fn byline(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    draft.set_optional(FieldKey::Byline, "byline", element.spaced_text());
    for inner in element.descendants() {
        if let ("byttl" | "virtloc", Some(text)) = (inner.name(), inner.text()) {
            draft.add_field(inner.name(), &text);
        }
    }
}

/// A place in parts, or a line of text; `story.date`.
fn dateline(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    if let Some(date) = element.find_descendant("story.date") {
        let norm = date
            .attribute("norm")
            .filter(|norm| parse_field_time(norm).is_some());
        match norm {
            Some(norm) => draft.set_optional(FieldKey::Created, "story.date", Some(norm)),
            None => draft.add_element_fields(date),
        }
    }
    let location = element.find_descendant("location");
    let part = |name: &str| {
        let found = location?.find_descendant(name)?;
        found.text().or_else(|| found.attribute("iso-cc"))
    };
    draft.set_optional(FieldKey::Dateline, "dateline", element.spaced_text());
    let city = part("city").or_else(|| part("sublocation"));
    if let Some(city) = city {
        draft.set_optional(FieldKey::Place, "city", Some(city));
        let rest: Vec<String> = ["state", "region", "country"]
            .into_iter()
            .filter_map(part)
            .collect();
        if !rest.is_empty() {
            draft.set_optional(FieldKey::Country, "country", Some(rest.join(", ")));
        }
    }
}

/// An element of `body.end`: a tagline is text, unless it says whose the text is.
fn read_body_end(draft: &mut Draft<'_>, element: Element<'_, '_>, blocks: &mut Vec<TextBlock>) {
    let Some(text) = element.text() else { return };
    if trailer::is_rights(&text) {
        draft.set_field(FieldKey::Rights, element.name(), &text);
    } else if element.name() == "tagline" {
        draft.add_field("tagline", &text);
        blocks.push((BlockKind::Paragraph, text));
    } else {
        draft.add_element_fields(element);
    }
}
