//! Marked-up bodies to blocks: HTML, XHTML and NITF alike, from whatever reads their tags. Knows nothing of wires.

mod apart;
mod builder;
mod html;
mod lines;
mod names;
mod table;

pub(super) use builder::MarkupBuilder;
#[allow(unused_imports)] // For saved pages.
pub(super) use html::parse_page;
pub(super) use html::{decode_entities, looks_like_html, parse_html};

use crate::dispatch::BlockKind;

/// One block of a body. Its text is clean; a paragraph, heading or list item is one line.
pub(super) type TextBlock = (BlockKind, String);

/// A body that was marked up.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Markup {
    pub blocks: Vec<TextBlock>,
    /// Targets of its links, each once, in order.
    pub links: Vec<String>,
    /// Its pictures and films: their texts and where they lie.
    pub media: Vec<String>,
    /// The title of a whole page.
    pub title: Option<String>,
    /// What the head of a whole page says: names and values, in order.
    pub meta: Vec<(String, String)>,
}

#[cfg(test)]
mod tests;
