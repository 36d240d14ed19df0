//! NITF 2 to 3.6, the News Industry Text Format of the IPTC: a document of its own, or the body of another format.

mod body;
mod head;

use super::detect::Sample;
use super::draft::{Draft, ItemSink};
use super::xml::{self, Ancestors, BuiltItem, DocumentShape, Element, Namespace};
use super::{Context, Detail};
use crate::dispatch::Problem;
use crate::format::markup::TextBlock;

const SHAPE: DocumentShape = DocumentShape {
    format: "nitf",
    is_item: |_: Namespace, name| name == "nitf",
    is_container: |name| matches!(name, "nitfs" | "stories" | "documents"),
    has_nested_items: true,
};

pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| {
        root.name == "nitf" || (SHAPE.is_container)(&root.name) && root.has_tag("nitf")
    })
}

pub(super) fn items(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    xml::parse_items((&SHAPE, build), bytes, want, ctx, sink)
}

fn build<'c>(mut draft: Draft<'c>, nitf: Element<'_, '_>, _: &Ancestors<'_>) -> BuiltItem<'c> {
    let blocks = read_document(&mut draft, nitf);
    BuiltItem { draft, blocks }
}

/// A NITF document within another format, whose own fields come first.
pub(super) fn read_document(draft: &mut Draft<'_>, nitf: Element<'_, '_>) -> Vec<TextBlock> {
    head::read_head(draft, nitf);
    body::read_body(draft, nitf)
}
