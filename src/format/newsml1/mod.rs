//! `NewsML` 1.0 to 1.2 of the IPTC: items in an envelope, each of nested components.

mod component;
mod manage;

use super::detect::Sample;
use super::draft::{Draft, ItemSink};
use super::xml::{self, Ancestors, BuiltItem, DocumentShape, Element, Namespace};
use super::{Context, Detail};
use crate::dispatch::Problem;
use crate::format::content;
use crate::format::fields::FieldKey;

const SHAPE: DocumentShape = DocumentShape {
    format: "newsml1",
    is_item: |_: Namespace, name| name == "NewsItem",
    is_container: |name| name == "NewsML",
    has_nested_items: true,
};

pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    let root = sample.root();
    root.is_some_and(|root| root.name == "NewsML" || root.name == "NewsItem")
}

pub(super) fn items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    xml::parse_items((&SHAPE, build), bytes, want, ctx, sink)
}

fn build<'c>(mut draft: Draft<'c>, item: Element<'_, '_>, around: &Ancestors<'_>) -> BuiltItem<'c> {
    let mut blocks = Vec::new();
    for part in item.children() {
        match part.name() {
            "Identification" => manage::identification(&mut draft, part),
            "NewsManagement" => manage::management(&mut draft, part),
            "NewsComponent" => blocks.append(&mut component::blocks(&mut draft, part)),
            // Changes to an earlier revision instead of the whole item.
            "Update" => blocks.append(&mut content::element_blocks(&mut draft, part)),
            "Comment" => draft.set_optional(FieldKey::Ednote, "Comment", part.text()),
            "Catalog" => {}
            _ => draft.add_element_fields(part),
        }
    }
    for head in &around.preceding {
        if head.root().name() == "NewsEnvelope" {
            manage::envelope(&mut draft, head.root());
        }
    }
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "lang", item.attribute("lang"));
    }
    let label = item.find_descendant("NameLabel").and_then(Element::text);
    draft.set_optional(FieldKey::Slug, "NameLabel", label);
    BuiltItem { draft, blocks }
}
