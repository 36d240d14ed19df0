//! The bodies that other formats carry: NITF, XHTML, HTML that is escaped or in CDATA, plain text.

use crate::dispatch::BlockKind;
use crate::format::blocks;
use crate::format::draft::Draft;
use crate::format::markup::{self, Markup, TextBlock};
use crate::format::nitf;
use crate::format::xml::{self, Element};
use crate::text;

/// The blocks of what an element holds, whatever it is.
pub(super) fn element_blocks(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    let own = Some(element).filter(|element| element.name() == "nitf");
    if let Some(inner) = own.or_else(|| element.child("nitf")) {
        return nitf::read_document(draft, inner);
    }
    if element.is_nested() {
        let skip = |inner: Element<'_, '_>| is_article_header(inner);
        for frame in element
            .descendants()
            .filter(|inner| is_article_header(*inner))
        {
            if let Some(text) = frame.spaced_text() {
                draft.add_field(frame.name(), &text);
            }
        }
        let markup = element.to_markup(&skip);
        return keep_links_and_media(draft, markup);
    }
    text_blocks(draft, &element.raw_text(), false)
}

/// The head of an article within a page: what it says is sent apart too.
fn is_article_header(element: Element<'_, '_>) -> bool {
    element.name() == "header"
        && (element.find_descendant("h1").is_some() || element.find_descendant("time").is_some())
}

/// The blocks of a text that may be marked up; `parse_html` where it is said to be.
pub(super) fn text_blocks(draft: &mut Draft<'_>, text: &str, html: bool) -> Vec<TextBlock> {
    let start = text.trim_ascii_start();
    if start.starts_with("<?xml")
        || start.starts_with("<nitf")
        || start.starts_with("<!DOCTYPE nitf")
    {
        let found = xml::with_tree(start, |tree| {
            let root = tree.root();
            (root.name() == "nitf").then(|| nitf::read_document(draft, root))
        });
        if let Some(blocks) = found.flatten() {
            return blocks;
        }
    }
    if html && !is_plain(text) || markup::looks_like_html(text) {
        return keep_links_and_media(draft, markup::parse_html(text));
    }
    if html {
        // Entities there may be all the same.
        return plain_blocks(&markup::decode_entities(text));
    }
    plain_blocks(text)
}

/// The blocks of an element that holds HTML, escaped, in CDATA, or as elements.
pub(super) fn html_blocks(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    if element.is_nested() {
        return element_blocks(draft, element);
    }
    text_blocks(draft, &element.raw_text(), true)
}

/// True for a text without tags whose paragraphs are parted by lines.
fn is_plain(text: &str) -> bool {
    !text.contains('<') && text.trim_ascii().contains("\n\n")
}

/// The blocks of a plain text.
pub(super) fn plain_blocks(text: &str) -> Vec<TextBlock> {
    let clean = text::clean(text);
    let mut parts = Vec::new();
    blocks::for_each_block(clean.trim_matches('\n'), &mut |kind, block| {
        parts.push((kind, block.into_owned()));
        true
    });
    parts
}

/// Adds what a body holds besides its text.
pub(super) fn keep_links_and_media(draft: &mut Draft<'_>, markup: Markup) -> Vec<TextBlock> {
    draft.add_links(markup.links);
    for media in markup.media {
        draft.add_field("media", &media);
    }
    markup.blocks
}

/// The texts of blocks in one line.
pub(super) fn join_blocks(blocks: &[TextBlock]) -> String {
    let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    texts.join(" ").replace('\n', " ")
}

/// A headline or note that may hold tags or entities, in one line.
pub(super) fn inline_text(text: &str) -> String {
    if text.contains(['<', '&']) {
        join_blocks(&markup::parse_html(text).blocks)
    } else {
        let clean = text::clean(text);
        clean.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A list of entries, as blocks.
pub(super) fn list_item(text: &str) -> TextBlock {
    (BlockKind::Item, format!("• {text}"))
}
