//! NewsML-G2 of the IPTC: items alone, in messages, in packages.

mod content;
mod meta;

use super::detect::Sample;
use super::draft::{Draft, ItemSink};
use super::xml::{self, Ancestors, BuiltItem, DocumentShape, Element, Namespace};
use super::{Context, Detail};
use crate::dispatch::Problem;
use crate::format::fields::FieldKey;

const ITEMS: [&str; 6] = [
    "newsItem",
    "packageItem",
    "conceptItem",
    "knowledgeItem",
    "planningItem",
    "catalogItem",
];

const SHAPE: DocumentShape = DocumentShape {
    format: "newsml-g2",
    is_item: |_: Namespace, name| ITEMS.contains(&name),
    is_container: |name| matches!(name, "newsMessage" | "itemSet"),
    has_nested_items: false,
};

/// Parts of an item that stand alone, as specifications print them.
const PARTS: DocumentShape = DocumentShape {
    format: "newsml-g2",
    is_item: |_: Namespace, name| matches!(name, "contentMeta" | "contentSet" | "itemMeta"),
    is_container: |_| false,
    has_nested_items: true,
};

pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| {
        let name = root.name.as_str();
        let known = |space, name| (SHAPE.is_item)(space, name) || (PARTS.is_item)(space, name);
        known(Namespace::Own, name) || (SHAPE.is_container)(name)
    })
}

pub(super) fn items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let sample = Sample::new(bytes);
    let part = |name: &str| (PARTS.is_item)(Namespace::Own, name);
    let shape = match sample.root() {
        Some(root) if part(&root.name) => &PARTS,
        _ => &SHAPE,
    };
    xml::parse_items((shape, build), bytes, want, ctx, sink)
}

fn build<'c>(mut draft: Draft<'c>, item: Element<'_, '_>, around: &Ancestors<'_>) -> BuiltItem<'c> {
    draft.set_optional(FieldKey::Id, "guid", item.attribute("guid"));
    draft.set_optional(FieldKey::Story, "guid", item.attribute("guid"));
    draft.set_optional(FieldKey::Revision, "version", item.attribute("version"));
    for (name, value) in item.attributes() {
        if !matches!(
            name,
            "guid" | "version" | "lang" | "schemaLocation" | "conformance" | "dir"
        ) {
            draft.add_field(name, &value);
        }
    }
    let mut sets = Vec::new();
    let own = (PARTS.is_item)(Namespace::Own, item.name()).then_some(item);
    for part in item.children().filter(|_| own.is_none()).chain(own) {
        match part.name() {
            "rightsInfo" => meta::rights(&mut draft, part),
            "itemMeta" => meta::item(&mut draft, part),
            "contentMeta" => meta::read_content_meta(&mut draft, part),
            "contentSet" | "groupSet" | "concept" | "conceptSet" | "newsCoverageSet" => {
                sets.push(part);
            }
            "itemRef" => sets.push(part),
            "catalogRef" | "catalog" => {}
            _ => draft.add_element_fields(part),
        }
    }
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "lang", item.attribute("lang"));
    }
    for head in &around.preceding {
        header(&mut draft, head.root());
    }
    let mut blocks = Vec::new();
    for set in sets {
        blocks.append(&mut content::blocks(&mut draft, set));
    }
    meta::lead(&mut draft, &mut blocks);
    BuiltItem { draft, blocks }
}

/// The header of a message: when it was sent, how urgent it is, who sent it.
fn header(draft: &mut Draft<'_>, header: Element<'_, '_>) {
    if header.name() != "header" {
        return;
    }
    for child in header.children() {
        match child.name() {
            "sent" if draft.dispatch.sent.is_none() => {
                draft.set_optional(FieldKey::Sent, "header/sent", child.text());
            }
            "priority" => draft.set_optional(FieldKey::Priority, "header/priority", child.text()),
            "catalogRef" => {}
            name => {
                if name == "sender"
                    && let Some(sender) = child.text()
                {
                    draft.sender.get_or_insert(sender);
                }
                let said = child.text().or_else(|| child.attribute("qcode"));
                if let Some(text) = said {
                    draft.add_field(&format!("header/{name}"), &text);
                }
            }
        }
    }
}
