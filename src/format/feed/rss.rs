//! RSS 0.9, 0.91, 0.92, 1.0 (RDF) and 2.0, with Dublin Core, content and media modules under whatever prefix.

use super::{apply_dates, choose_body};
use crate::dispatch::{Problem, Stamp};
use crate::format::detect::Sample;
use crate::format::draft::{Draft, ItemSink};
use crate::format::fields::{FieldKey, parse_field_time};
use crate::format::xml::{self, Ancestors, BuiltItem, DocumentShape, Element, Namespace};
use crate::format::{Context, Detail, content};

const RSS_SHAPE: DocumentShape = DocumentShape {
    format: "rss",
    is_item: |space, name| name == "item" && matches!(space, Namespace::Own | Namespace::Other),
    is_container: |name| matches!(name, "rss" | "RDF" | "channel"),
    has_nested_items: false,
};

pub(in crate::format) fn is_rss(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| match root.name.as_str() {
        "rss" | "channel" => true,
        "RDF" => root.has_tag("item") || root.has_tag("channel"),
        _ => false,
    })
}

pub(in crate::format) fn rss_items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    xml::parse_items((&RSS_SHAPE, build_rss_item), bytes, want, ctx, sink)
}

fn build_rss_item<'c>(
    mut draft: Draft<'c>,
    item: Element<'_, '_>,
    around: &Ancestors<'_>,
) -> BuiltItem<'c> {
    let (mut full, mut short) = (None, None);
    let (mut published, mut updated) = (None, None);
    let mut authors: Vec<String> = Vec::new();
    let about = item.attribute("about");
    for child in item.children() {
        let text = || child.text();
        match (child.namespace(), child.name()) {
            (Namespace::Content, "encoded") => {
                full = Some(content::html_blocks(&mut draft, child));
            }
            (Namespace::Own, "description")
            | (Namespace::Dublin, "abstract" | "description")
            | (Namespace::Atom, "summary") => {
                if short.is_none() {
                    short = Some(("description", content::html_blocks(&mut draft, child)));
                }
            }
            (Namespace::Atom, "content") | (Namespace::Xhtml, "body" | "div") if full.is_none() => {
                full = Some(content::html_blocks(&mut draft, child));
            }
            (Namespace::Own, "author") | (Namespace::Dublin, "creator") => {
                authors.extend(text().map(|text| author_name(&text)));
            }
            (Namespace::Atom, "author") => {
                authors.extend(child.child("name").and_then(Element::text));
            }
            (Namespace::Own, "pubDate")
            | (Namespace::Dublin, "date" | "issued" | "created")
            | (Namespace::Atom, "published") => {
                if published.is_none() {
                    published = text().map(|text| (child.name(), text));
                } else {
                    draft.add_element_fields(child);
                }
            }
            (Namespace::Dublin, "modified") | (Namespace::Atom, "updated") => {
                updated = text().map(|text| (child.name(), text));
            }
            _ => apply_field(&mut draft, child, about.is_some()),
        }
    }
    if draft.dispatch.id.is_none() {
        draft.set_optional(FieldKey::Id, "rdf:about", about);
    }
    if draft.dispatch.id.is_none() {
        let link = item.children().find(|child| child.name() == "link");
        let href = link.and_then(|link| link.text().or_else(|| link.attribute("href")));
        draft.set_optional(FieldKey::Id, "link", href);
    }
    if !authors.is_empty() {
        authors.dedup();
        draft.set_field(FieldKey::Byline, "author", &authors.join(", "));
    }
    let made = apply_channel_metadata(&mut draft, around);
    apply_dates(&mut draft, published, updated, made);
    let blocks = choose_body(&mut draft, full, short);
    BuiltItem { draft, blocks }
}

/// Sets what is neither a text nor a time nor an author. `named`: the item has an address of its own (`rdf:about`).
fn apply_field(draft: &mut Draft<'_>, child: Element<'_, '_>, named: bool) {
    let text = || child.text();
    match (child.namespace(), child.name()) {
        (Namespace::Own, "title") => {
            let title = content::inline_text(&child.raw_text());
            draft.set_field(FieldKey::Headline, "title", &title);
        }
        (Namespace::Own | Namespace::Atom, "link") => add_rss_link(draft, child),
        (Namespace::Own, "guid") => draft.set_optional(FieldKey::Id, "guid", text()),
        (Namespace::Dublin, "identifier") if draft.dispatch.id.is_none() && !named => {
            draft.set_optional(FieldKey::Id, "dc:identifier", text());
        }
        (Namespace::Own, "category") | (Namespace::Dublin, "subject") => draft.add_subject(text()),
        (Namespace::Dublin, "language") => {
            draft.set_optional(FieldKey::Language, "dc:language", text())
        }
        (Namespace::Dublin, "rights") | (Namespace::Own, "copyright") => {
            draft.set_optional(FieldKey::Rights, child.name(), text());
        }
        (Namespace::Dublin, "publisher") | (Namespace::Own, "source") => {
            draft.sender = draft.sender.take().or_else(text);
            draft.add_element_fields(child);
        }
        (Namespace::Media, "keywords") => {
            let words = text().unwrap_or_default();
            let words = words.split(',').map(str::trim);
            for word in words.filter(|word| !word.is_empty()) {
                draft.add_keyword(Some(word.to_owned()));
            }
        }
        _ => draft.add_element_fields(child),
    }
}

/// `redaktion@x.example (A. Lind)`: the name alone.
fn author_name(text: &str) -> String {
    let name = text.split_once('(').and_then(|(mail, rest)| {
        mail.contains('@')
            .then(|| rest.trim_end().trim_end_matches(')'))
    });
    name.filter(|name| !name.is_empty())
        .unwrap_or(text)
        .to_owned()
}

fn add_rss_link(draft: &mut Draft<'_>, link: Element<'_, '_>) {
    let href = link.text().or_else(|| link.attribute("href"));
    if let Some(href) = href {
        draft.add_links(vec![href]);
    }
}

/// What the channel says of all its items; when it was made.
fn apply_channel_metadata(draft: &mut Draft<'_>, around: &Ancestors<'_>) -> Option<Stamp> {
    let mut made = None;
    for head in &around.preceding {
        let root = head.root();
        // In RSS 1.0 the channel stands before its items, not around them.
        let inner: Vec<Element<'_, '_>> = match root.name() {
            "channel" => root.children().collect(),
            _ => vec![root],
        };
        for child in inner {
            let text = || child.text();
            match (child.namespace(), child.name()) {
                (Namespace::Own, "title") => {
                    let title = content::inline_text(&child.raw_text());
                    draft.add_field("channel", &title);
                    draft.sender.get_or_insert(title);
                }
                (Namespace::Own | Namespace::Dublin, "language")
                    if draft.dispatch.language.is_none() =>
                {
                    draft.set_optional(FieldKey::Language, "language", text());
                }
                (Namespace::Own, "copyright") | (Namespace::Dublin, "rights")
                    if draft.dispatch.rights.is_none() =>
                {
                    draft.set_optional(FieldKey::Rights, "copyright", text());
                }
                (Namespace::Own, "lastBuildDate" | "pubDate") | (Namespace::Dublin, "date") => {
                    let found = text().and_then(|text| parse_field_time(&text));
                    made = made.max(found);
                }
                _ => {}
            }
        }
    }
    made
}
