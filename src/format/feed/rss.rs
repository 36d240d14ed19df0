//! RSS 0.9, 0.91, 0.92, 1.0 (RDF) and 2.0, with Dublin Core, content and media modules under whatever prefix.

use super::{body, dates};
use crate::dispatch::{Problem, Stamp};
use crate::format::detect::Sample;
use crate::format::draft::{Draft, Sink};
use crate::format::fields::{Key, time};
use crate::format::xml::{self, Around, Built, Element, Shape, Space};
use crate::format::{Context, Want, content};

const RSS_SHAPE: Shape = Shape {
    format: "rss",
    item: |space, name| name == "item" && matches!(space, Space::Own | Space::Other),
    around: |name| matches!(name, "rss" | "RDF" | "channel"),
    nests: false,
};

pub(in crate::format) fn is_rss(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| match root.name.as_str() {
        "rss" | "channel" => true,
        "RDF" => root.holds("item") || root.holds("channel"),
        _ => false,
    })
}

pub(in crate::format) fn rss_items(
    bytes: &[u8],
    want: Want,
    ctx: &Context,
    sink: &mut Sink<'_>,
) -> Vec<Problem> {
    xml::items((&RSS_SHAPE, build_rss_item), bytes, want, ctx, sink)
}

fn build_rss_item<'c>(
    mut draft: Draft<'c>,
    item: Element<'_, '_>,
    around: &Around<'_>,
) -> Built<'c> {
    let (mut full, mut short) = (None, None);
    let (mut published, mut updated) = (None, None);
    let mut authors: Vec<String> = Vec::new();
    let about = item.attribute("about");
    for child in item.children() {
        let text = || child.text();
        match (child.space(), child.name()) {
            (Space::Content, "encoded") => {
                full = Some(content::of_html(&mut draft, child));
            }
            (Space::Own, "description")
            | (Space::Dublin, "abstract" | "description")
            | (Space::Atom, "summary") => {
                if short.is_none() {
                    short = Some(("description", content::of_html(&mut draft, child)));
                }
            }
            (Space::Atom, "content") | (Space::Xhtml, "body" | "div") if full.is_none() => {
                full = Some(content::of_html(&mut draft, child));
            }
            (Space::Own, "author") | (Space::Dublin, "creator") => {
                authors.extend(text().map(|text| person(&text)));
            }
            (Space::Atom, "author") => {
                authors.extend(child.child("name").and_then(Element::text));
            }
            (Space::Own, "pubDate")
            | (Space::Dublin, "date" | "issued" | "created")
            | (Space::Atom, "published") => {
                if published.is_none() {
                    published = text().map(|text| (child.name(), text));
                } else {
                    draft.keep_element(child);
                }
            }
            (Space::Dublin, "modified") | (Space::Atom, "updated") => {
                updated = text().map(|text| (child.name(), text));
            }
            _ => field(&mut draft, child, about.is_some()),
        }
    }
    if draft.dispatch.id.is_none() {
        draft.put(Key::Id, "rdf:about", about);
    }
    if draft.dispatch.id.is_none() {
        let link = item.children().find(|child| child.name() == "link");
        let href = link.and_then(|link| link.text().or_else(|| link.attribute("href")));
        draft.put(Key::Id, "link", href);
    }
    if !authors.is_empty() {
        authors.dedup();
        draft.set(Key::Byline, "author", &authors.join(", "));
    }
    let made = channel(&mut draft, around);
    dates(&mut draft, published, updated, made);
    let blocks = body(&mut draft, full, short);
    Built { draft, blocks }
}

/// Sets what is neither a text nor a time nor an author. `named`: the item has an address of its own (`rdf:about`).
fn field(draft: &mut Draft<'_>, child: Element<'_, '_>, named: bool) {
    let text = || child.text();
    match (child.space(), child.name()) {
        (Space::Own, "title") => {
            let title = content::inline(&child.raw());
            draft.set(Key::Headline, "title", &title);
        }
        (Space::Own | Space::Atom, "link") => add_rss_link(draft, child),
        (Space::Own, "guid") => draft.put(Key::Id, "guid", text()),
        (Space::Dublin, "identifier") if draft.dispatch.id.is_none() && !named => {
            draft.put(Key::Id, "dc:identifier", text());
        }
        (Space::Own, "category") | (Space::Dublin, "subject") => draft.subject(text()),
        (Space::Dublin, "language") => draft.put(Key::Language, "dc:language", text()),
        (Space::Dublin, "rights") | (Space::Own, "copyright") => {
            draft.put(Key::Rights, child.name(), text());
        }
        (Space::Dublin, "publisher") | (Space::Own, "source") => {
            draft.sender = draft.sender.take().or_else(text);
            draft.keep_element(child);
        }
        (Space::Media, "keywords") => {
            let words = text().unwrap_or_default();
            let words = words.split(',').map(str::trim);
            for word in words.filter(|word| !word.is_empty()) {
                draft.keyword(Some(word.to_owned()));
            }
        }
        _ => draft.keep_element(child),
    }
}

/// `redaktion@x.example (A. Lind)`: the name alone.
fn person(text: &str) -> String {
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
        draft.links(vec![href]);
    }
}

/// What the channel says of all its items; when it was made.
fn channel(draft: &mut Draft<'_>, around: &Around<'_>) -> Option<Stamp> {
    let mut made = None;
    for head in &around.heads {
        let root = head.root();
        // In RSS 1.0 the channel stands before its items, not around them.
        let inner: Vec<Element<'_, '_>> = match root.name() {
            "channel" => root.children().collect(),
            _ => vec![root],
        };
        for child in inner {
            let text = || child.text();
            match (child.space(), child.name()) {
                (Space::Own, "title") => {
                    let title = content::inline(&child.raw());
                    draft.keep("channel", &title);
                    draft.sender.get_or_insert(title);
                }
                (Space::Own | Space::Dublin, "language") if draft.dispatch.language.is_none() => {
                    draft.put(Key::Language, "language", text());
                }
                (Space::Own, "copyright") | (Space::Dublin, "rights")
                    if draft.dispatch.rights.is_none() =>
                {
                    draft.put(Key::Rights, "copyright", text());
                }
                (Space::Own, "lastBuildDate" | "pubDate") | (Space::Dublin, "date") => {
                    let found = text().and_then(|text| time(&text));
                    made = made.max(found);
                }
                _ => {}
            }
        }
    }
    made
}
