//! The lines of a page that an office file was converted to, for readers of what services export as documents.

use std::ops::Range;

use crate::dispatch::BlockKind;
use crate::format::html::parse_html;
use crate::format::shared::markup::TextBlock;
use crate::text;

/// A line of a page: a paragraph, heading, list item or table row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) struct PageLine<'a> {
    /// The line with its tags.
    pub html: &'a str,
    /// Byte offset in the page.
    pub start: usize,
    /// Names of bookmarks, separated by spaces.
    ids: &'a str,
}

impl<'a> PageLine<'a> {
    /// A line of a page, without its line end, at a byte offset.
    pub(in crate::format) fn new(html: &'a str, start: usize) -> Self {
        let tag = &html[..html.find('>').unwrap_or(0)];
        let ids = tag.split_once(" id=\"").map_or("", |(_, ids)| ids.trim_end_matches('"'));
        Self { html, start, ids }
    }

    /// Names of the bookmarks in the line.
    pub(in crate::format) fn bookmarks(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.ids.split_ascii_whitespace()
    }

    /// True if nothing can be read in the line.
    pub(in crate::format) fn is_blank(&self) -> bool {
        let mut rest = self.html;
        while let Some(open) = rest.find('<') {
            if !rest[..open].trim().is_empty() {
                return false;
            }
            rest = rest[open..].find('>').map_or("", |close| &rest[open + close + 1..]);
        }
        rest.trim().is_empty()
    }

    /// True for a row of a table.
    pub(in crate::format) fn is_row(&self) -> bool {
        self.html.starts_with("<tr>")
    }

    /// True for a heading.
    pub(in crate::format) fn is_heading(&self) -> bool {
        let name = self.html.as_bytes().get(..3);
        name.is_some_and(|name| name.starts_with(b"<h") && name[2].is_ascii_digit())
    }

    /// True for a page break.
    pub(in crate::format) fn is_page_break(&self) -> bool {
        self.html.starts_with("<hr")
    }

    /// The text of the line, as one line.
    pub(in crate::format) fn text(&self) -> String {
        let blocks = parse_html(self.html).blocks;
        let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
        text::one_line(&texts.join(" ")).trim().to_owned()
    }

    /// Targets of the links in the line.
    pub(in crate::format) fn links(&self) -> Vec<String> {
        if self.html.contains("<a ") { parse_html(self.html).links } else { Vec::new() }
    }

    /// The texts of the cells of a row.
    pub(in crate::format) fn cells(&self) -> Vec<Vec<TextBlock>> {
        let cells = self.html.split("</td>").filter_map(|cell| cell.split_once("<td"));
        cells.map(|(_, cell)| parse_html(&format!("<div{cell}")).blocks).collect()
    }
}

/// The lines of a page, or of a part of one that begins with a line. Its head is left out.
pub(in crate::format) fn page_lines(page: &str) -> impl Iterator<Item = PageLine<'_>> {
    let mut at = 0;
    page.split_inclusive('\n').filter_map(move |full| {
        let start = at;
        at += full.len();
        let line = full.trim_end();
        let is_head = line.starts_with("<html ") || line.starts_with("<meta ");
        (!is_head && !line.is_empty()).then(|| PageLine::new(line, start))
    })
}

/// The blocks of the lines in a byte range of a page, without empty ones.
pub(in crate::format) fn blocks_of(
    page: &str,
    range: Range<usize>,
) -> (Vec<TextBlock>, Vec<String>) {
    let markup = parse_html(page.get(range).unwrap_or_default());
    let is_text = |(kind, text): &TextBlock| *kind == BlockKind::Table || !text.trim().is_empty();
    (markup.blocks.into_iter().filter(is_text).collect(), markup.links)
}
