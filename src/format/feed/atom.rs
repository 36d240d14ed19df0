//! Atom 0.3 and 1.0 (RFC 4287), and deleted entries (RFC 6721).

use super::{body, dates};
use crate::dispatch::{Problem, Relation, RelationKind, Role, Stamp, Status};
use crate::format::detect::Sample;
use crate::format::draft::{Draft, Sink};
use crate::format::fields::{Key, time};
use crate::format::markup::Part;
use crate::format::xml::{self, Around, Built, Element, Shape};
use crate::format::{Context, Want, content};

const ATOM_SHAPE: Shape = Shape {
    format: "atom",
    item: |_, name| matches!(name, "entry" | "deleted-entry"),
    around: |name| name == "feed",
    nests: false,
};

pub(in crate::format) fn is_atom(sample: &Sample<'_>) -> bool {
    let atom = |tag: &str| tag.contains("Atom") || tag.contains("atom");
    let root = sample.root();
    root.is_some_and(|root| root.name == "feed" || root.name == "entry" && atom(&root.tag))
}

pub(in crate::format) fn atom_items(
    bytes: &[u8],
    want: Want,
    ctx: &Context,
    sink: &mut Sink<'_>,
) -> Vec<Problem> {
    xml::items((&ATOM_SHAPE, build_atom_entry), bytes, want, ctx, sink)
}

fn build_atom_entry<'c>(
    mut draft: Draft<'c>,
    entry: Element<'_, '_>,
    around: &Around<'_>,
) -> Built<'c> {
    if entry.name() == "deleted-entry" {
        return deleted(draft, entry);
    }
    let (mut full, mut short) = (None, None);
    let (mut published, mut updated) = (None, None);
    let mut authors: Vec<String> = Vec::new();
    for child in entry.children() {
        let text = || child.text();
        match child.name() {
            "title" => {
                let title = content::join_blocks(&marked(&mut draft, child));
                draft.set(Key::Headline, "title", &title);
            }
            "id" => draft.put(Key::Id, "id", text()),
            "published" | "issued" | "created" => {
                published = published.or_else(|| Some((child.name(), text()?)));
            }
            "updated" | "modified" => updated = text().map(|text| (child.name(), text)),
            "author" => authors.extend(child.child("name").and_then(Element::text)),
            "category" => {
                draft.subject(child.attribute("label").or_else(|| child.attribute("term")));
                draft.keep_element(child);
            }
            "link" => add_atom_link(&mut draft, child),
            "summary" => short = Some(("summary", marked(&mut draft, child))),
            "content" => match child.attribute("src") {
                Some(source) => {
                    draft.keep("content@src", &source);
                    draft.links(vec![source]);
                }
                None => full = Some(marked(&mut draft, child)),
            },
            "rights" => draft.put(Key::Rights, "rights", text()),
            "source" => {
                let title = child.child("title").and_then(Element::text);
                draft.put_kept("source", title.clone());
                draft.sender = draft.sender.take().or(title);
            }
            _ => draft.keep_element(child),
        }
    }
    let made = feed(&mut draft, around, &mut authors);
    if !authors.is_empty() {
        authors.dedup();
        draft.set(Key::Byline, "author", &authors.join(", "));
    }
    draft.put(Key::Language, "lang", entry.attribute("lang"));
    let outer = around
        .outer
        .iter()
        .find_map(|outer| outer.root().attribute("lang"));
    if draft.dispatch.language.is_none() {
        draft.put(Key::Language, "lang", outer);
    }
    dates(&mut draft, published, updated, made);
    let blocks = body(&mut draft, full, short);
    Built { draft, blocks }
}

/// A text construct: `text`, `html` (escaped) or `xhtml` (RFC 4287, section 3.1).
fn marked(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<Part> {
    match element.attribute("type").as_deref() {
        None | Some("text" | "text/plain") if !element.is_nested() => {
            content::of_text(draft, &element.raw(), false)
        }
        _ => content::of_html(draft, element),
    }
}

fn add_atom_link(draft: &mut Draft<'_>, link: Element<'_, '_>) {
    let Some(href) = link.attribute("href") else {
        return;
    };
    let relation = link.attribute("rel");
    match relation.as_deref() {
        None | Some("alternate" | "related" | "via") => draft.links(vec![href]),
        Some("enclosure") => draft.keep("media", &href),
        Some(other) => draft.keep(&format!("link/{other}"), &href),
    }
}

/// What the feed says of all its entries; when it was made.
fn feed(draft: &mut Draft<'_>, around: &Around<'_>, authors: &mut Vec<String>) -> Option<Stamp> {
    let mut made = None;
    for head in &around.heads {
        let root = head.root();
        match root.name() {
            "title" => {
                let title = content::inline(&root.raw());
                draft.keep("feed", &title);
                draft.sender.get_or_insert(title);
            }
            "updated" | "modified" => made = root.text().and_then(|text| time(&text)),
            "rights" if draft.dispatch.rights.is_none() => {
                draft.put(Key::Rights, "rights", root.text());
            }
            "author" if authors.is_empty() => {
                authors.extend(root.child("name").and_then(Element::text));
            }
            _ => {}
        }
    }
    made
}

/// A tombstone: the entry of this id is gone.
fn deleted<'c>(mut draft: Draft<'c>, entry: Element<'_, '_>) -> Built<'c> {
    if let Some(id) = entry.attribute("ref") {
        let kind = RelationKind::Kills;
        draft.dispatch.relates.push(Relation {
            kind,
            id: id.clone(),
        });
        draft.set(Key::Id, "ref", &id);
        draft.title = Some(format!("Deleted: {id}"));
    }
    draft.put(Key::Sent, "when", entry.attribute("when"));
    (draft.dispatch.role, draft.dispatch.status) = (Role::Kill, Status::Canceled);
    for child in entry.children() {
        match child.name() {
            "comment" => {
                let note = content::join_blocks(&marked(&mut draft, child));
                draft.set(Key::Ednote, "comment", &note);
            }
            "by" => draft.put(
                Key::Byline,
                "by",
                child.child("name").and_then(Element::text),
            ),
            "link" => add_atom_link(&mut draft, child),
            _ => draft.keep_element(child),
        }
    }
    Built {
        draft,
        blocks: Vec::new(),
    }
}
