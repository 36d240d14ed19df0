//! A body as HTML that `format` reads back as the same blocks: paragraphs, headings, nested lists, tables as `pre`.

use std::fmt::Write as _;

use crate::dispatch::{BlockKind, Body};

/// The body as HTML without a frame around it. Only `&`, `<` and `>` are escaped, and of several spaces each other
/// one does not break; all else is as it is.
#[must_use]
pub fn to_html(body: &Body) -> String {
    let mut out = String::with_capacity(body.text().len() * 11 / 10);
    let mut lists = OpenLists::default();
    for block in body.blocks() {
        let text = body.slice(block.range.clone());
        if block.kind == BlockKind::Item && lists.write_item(text, &mut out) {
            continue;
        }
        lists.close_to(0, &mut out);
        let tag = match block.kind {
            BlockKind::Paragraph | BlockKind::Item => "p",
            BlockKind::Heading => "h2",
            BlockKind::Table => "pre",
        };
        element(tag, text, &mut out);
    }
    lists.close_to(0, &mut out);
    out
}

fn element(tag: &str, text: &str, out: &mut String) {
    let _ = write!(out, "<{tag}>");
    match tag {
        "pre" => out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;")),
        _ => escape(text, out),
    }
    let _ = writeln!(out, "</{tag}>");
}

fn escape(text: &str, out: &mut String) {
    let mut spaced = false;
    for c in text.chars() {
        // Of several spaces HTML would show one.
        let further = c == ' ' && spaced;
        spaced = c == ' ' && !spaced;
        match c {
            _ if further => out.push('\u{a0}'),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// The mark of a list item: how deep it stands, 0-based, and its number where it has one. `None` for a text without.
pub(super) struct ListMarker<'a> {
    pub(super) depth: usize,
    pub(super) number: Option<u32>,
    pub(super) text: &'a str,
}

/// Takes an item of a body apart: two spaces a depth, then `• ` or `3. `.
pub(super) fn parse_list_marker(item: &str) -> Option<ListMarker<'_>> {
    let text = item.trim_start_matches(' ');
    let depth = (item.len() - text.len()) / 2;
    if let Some(text) = text.strip_prefix("• ") {
        return Some(ListMarker {
            depth,
            number: None,
            text,
        });
    }
    let (number, text) = text.split_once(". ")?;
    Some(ListMarker {
        depth,
        number: Some(number.parse().ok()?),
        text,
    })
}

/// The lists that are open, each with the number that its next item has, if it is ordered.
#[derive(Default)]
struct OpenLists(Vec<Option<u32>>);

impl OpenLists {
    /// Writes an item; false where it is none.
    fn write_item(&mut self, item: &str, out: &mut String) -> bool {
        let Some(mark) = parse_list_marker(item) else {
            // A further paragraph of the item before.
            let depth = (item.len() - item.trim_start_matches(' ').len()) / 2;
            if depth == 0 || self.0.len() < depth {
                return false;
            }
            self.close_to(depth, out);
            element("p", item.trim_start_matches(' '), out);
            return true;
        };
        let depth = mark.depth.min(7) + 1;
        self.close_to(depth, out);
        if self.0.len() == depth {
            if self.0.last() == Some(&mark.number) {
                out.push_str("</li>\n");
            } else {
                self.close_to(depth - 1, out);
            }
        }
        while self.0.len() < depth {
            let last = self.0.len() + 1 == depth;
            self.0.push(mark.number.filter(|_| last));
            match mark.number.filter(|_| last) {
                None => out.push_str("<ul>\n"),
                Some(1) => out.push_str("<ol>\n"),
                Some(number) => {
                    let _ = writeln!(out, "<ol start=\"{number}\">");
                }
            }
            if !last {
                out.push_str("<li>");
            }
        }
        if let Some(Some(next)) = self.0.last_mut() {
            *next = next.saturating_add(1);
        }
        out.push_str("<li>");
        escape(mark.text, out);
        true
    }

    /// Ends all lists but so many.
    fn close_to(&mut self, depth: usize, out: &mut String) {
        while self.0.len() > depth {
            let ordered = self.0.pop().flatten().is_some();
            out.push_str(if ordered {
                "</li>\n</ol>\n"
            } else {
                "</li>\n</ul>\n"
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_elements() {
        let body = Body::new([
            (BlockKind::Heading, "Tides & tables"),
            (BlockKind::Paragraph, "One < two."),
            (BlockKind::Item, "• First"),
            (BlockKind::Item, "  3. Inner"),
            (BlockKind::Item, "  4. Next"),
            (BlockKind::Item, "• Second"),
            (BlockKind::Table, "a   1\nb   2"),
        ]);
        let shown = "<h2>Tides &amp; tables</h2>\n<p>One &lt; two.</p>\n<ul>\n<li>First<ol start=\"3\">\n<li>Inner</li>\n\
        <li>Next</li>\n</ol>\n</li>\n<li>Second</li>\n</ul>\n<pre>a   1\nb   2</pre>\n";
        assert_eq!(to_html(&body), shown);
    }
}
