//! NITF 2 to 3.6, the News Industry Text Format of the IPTC: a document of its own, or the body of another format.

mod body;
mod head;

use super::detect::Sample;
use super::draft::{Draft, Sink};
use super::xml::{self, Around, Built, Element, Shape, Space};
use super::{Context, Want};
use crate::dispatch::Problem;
use crate::format::markup::Part;

const SHAPE: Shape = Shape {
    format: "nitf",
    item: |_: Space, name| name == "nitf",
    around: |name| matches!(name, "nitfs" | "stories" | "documents"),
    nests: true,
};

pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    sample
        .root()
        .is_some_and(|root| root.name == "nitf" || (SHAPE.around)(&root.name) && root.holds("nitf"))
}

pub(super) fn items(bytes: &[u8], want: Want, ctx: &Context, sink: &mut Sink<'_>) -> Vec<Problem> {
    xml::items((&SHAPE, build), bytes, want, ctx, sink)
}

fn build<'c>(mut draft: Draft<'c>, nitf: Element<'_, '_>, _: &Around<'_>) -> Built<'c> {
    let blocks = inner(&mut draft, nitf);
    Built { draft, blocks }
}

/// A NITF document within another format, whose own fields come first.
pub(super) fn inner(draft: &mut Draft<'_>, nitf: Element<'_, '_>) -> Vec<Part> {
    head::read_head(draft, nitf);
    body::read_body(draft, nitf)
}
