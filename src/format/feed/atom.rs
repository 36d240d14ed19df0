//! Atom 0.3 and 1.0 (RFC 4287), and deleted entries (RFC 6721).

use super::{apply_dates, choose_body};
use crate::dispatch::{Problem, Relation, RelationKind, Role, Stamp, Status};
use crate::format::detect::Sample;
use crate::format::draft::{Draft, ItemSink};
use crate::format::fields::{FieldKey, parse_field_time};
use crate::format::markup::TextBlock;
use crate::format::xml::{self, Ancestors, BuiltItem, DocumentShape, Element};
use crate::format::{Context, Detail, content};

const ATOM_SHAPE: DocumentShape = DocumentShape {
    format: "atom",
    is_item: |_, name| matches!(name, "entry" | "deleted-entry"),
    is_container: |name| name == "feed",
    has_nested_items: false,
};

pub(in crate::format) fn is_atom(sample: &Sample<'_>) -> bool {
    let atom = |tag: &str| tag.contains("Atom") || tag.contains("atom");
    let root = sample.root();
    root.is_some_and(|root| root.name == "feed" || root.name == "entry" && atom(&root.tag))
}

pub(in crate::format) fn atom_items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    xml::parse_items((&ATOM_SHAPE, build_atom_entry), bytes, want, ctx, sink)
}

fn build_atom_entry<'c>(
    mut draft: Draft<'c>,
    entry: Element<'_, '_>,
    around: &Ancestors<'_>,
) -> BuiltItem<'c> {
    if entry.name() == "deleted-entry" {
        return build_deleted_entry(draft, entry);
    }
    let (mut full, mut short) = (None, None);
    let (mut published, mut updated) = (None, None);
    let mut authors: Vec<String> = Vec::new();
    for child in entry.children() {
        let text = || child.text();
        match child.name() {
            "title" => {
                let title = content::join_blocks(&text_construct(&mut draft, child));
                draft.set_field(FieldKey::Headline, "title", &title);
            }
            "id" => draft.set_optional(FieldKey::Id, "id", text()),
            "published" | "issued" | "created" => {
                published = published.or_else(|| Some((child.name(), text()?)));
            }
            "updated" | "modified" => updated = text().map(|text| (child.name(), text)),
            "author" => authors.extend(child.child("name").and_then(Element::text)),
            "category" => {
                draft.add_subject(child.attribute("label").or_else(|| child.attribute("term")));
                draft.add_element_fields(child);
            }
            "link" => add_atom_link(&mut draft, child),
            "summary" => short = Some(("summary", text_construct(&mut draft, child))),
            "content" => match child.attribute("src") {
                Some(source) => {
                    draft.add_field("content@src", &source);
                    draft.add_links(vec![source]);
                }
                None => full = Some(text_construct(&mut draft, child)),
            },
            "rights" => draft.set_optional(FieldKey::Rights, "rights", text()),
            "source" => {
                let title = child.child("title").and_then(Element::text);
                draft.add_optional_field("source", title.clone());
                draft.sender = draft.sender.take().or(title);
            }
            _ => draft.add_element_fields(child),
        }
    }
    let made = apply_feed_metadata(&mut draft, around, &mut authors);
    if !authors.is_empty() {
        authors.dedup();
        draft.set_field(FieldKey::Byline, "author", &authors.join(", "));
    }
    draft.set_optional(FieldKey::Language, "lang", entry.attribute("lang"));
    let outer = around
        .containers
        .iter()
        .find_map(|outer| outer.root().attribute("lang"));
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "lang", outer);
    }
    apply_dates(&mut draft, published, updated, made);
    let blocks = choose_body(&mut draft, full, short);
    BuiltItem { draft, blocks }
}

/// A text construct: `text`, `html` (escaped) or `xhtml` (RFC 4287, section 3.1).
fn text_construct(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    match element.attribute("type").as_deref() {
        None | Some("text" | "text/plain") if !element.is_nested() => {
            content::text_blocks(draft, &element.raw_text(), false)
        }
        _ => content::html_blocks(draft, element),
    }
}

fn add_atom_link(draft: &mut Draft<'_>, link: Element<'_, '_>) {
    let Some(href) = link.attribute("href") else {
        return;
    };
    let relation = link.attribute("rel");
    match relation.as_deref() {
        None | Some("alternate" | "related" | "via") => draft.add_links(vec![href]),
        Some("enclosure") => draft.add_field("media", &href),
        Some(other) => draft.add_field(&format!("link/{other}"), &href),
    }
}

/// What the feed says of all its entries; when it was made.
fn apply_feed_metadata(
    draft: &mut Draft<'_>,
    around: &Ancestors<'_>,
    authors: &mut Vec<String>,
) -> Option<Stamp> {
    let mut made = None;
    for head in &around.preceding {
        let root = head.root();
        match root.name() {
            "title" => {
                let title = content::inline_text(&root.raw_text());
                draft.add_field("feed", &title);
                draft.sender.get_or_insert(title);
            }
            "updated" | "modified" => made = root.text().and_then(|text| parse_field_time(&text)),
            "rights" if draft.dispatch.rights.is_none() => {
                draft.set_optional(FieldKey::Rights, "rights", root.text());
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
fn build_deleted_entry<'c>(mut draft: Draft<'c>, entry: Element<'_, '_>) -> BuiltItem<'c> {
    if let Some(id) = entry.attribute("ref") {
        let kind = RelationKind::Kills;
        draft.dispatch.relations.push(Relation {
            kind,
            id: id.clone(),
        });
        draft.set_field(FieldKey::Id, "ref", &id);
        draft.fallback_headline = Some(format!("Deleted: {id}"));
    }
    draft.set_optional(FieldKey::Sent, "when", entry.attribute("when"));
    (draft.dispatch.role, draft.dispatch.status) = (Role::Kill, Status::Canceled);
    for child in entry.children() {
        match child.name() {
            "comment" => {
                let note = content::join_blocks(&text_construct(&mut draft, child));
                draft.set_field(FieldKey::Ednote, "comment", &note);
            }
            "by" => draft.set_optional(
                FieldKey::Byline,
                "by",
                child.child("name").and_then(Element::text),
            ),
            "link" => add_atom_link(&mut draft, child),
            _ => draft.add_element_fields(child),
        }
    }
    BuiltItem {
        draft,
        blocks: Vec::new(),
    }
}
