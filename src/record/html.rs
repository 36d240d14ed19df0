//! HTML: a body as paragraphs, headings, nested lists, and tables as `pre`, which `format` parses back to the same blocks;
//! dispatches and quotes as a page that stands by itself, for a browser or to be pasted into a mail.

use std::fmt::Write as _;

use crate::dispatch::{BlockKind, Body, Dispatch, Severity};
use crate::quotes::{self, Quote};
use crate::record::current_status::CurrentStatus;
use crate::record::text::format_facts;
use crate::text::{sanitize, sanitize_line};

/// The blocks of a body as elements of NITF 3.6, for `body.content`. Escaped as in [`to_html`].
#[must_use]
pub(super) fn to_nitf_blocks(body: &Body) -> String {
    // The elements are those of HTML, but for headings and the first number of a list.
    let html = to_html(body);
    let html = html.replace("<h2>", "<hl2>").replace("</h2>", "</hl2>");
    html.replace("<ol start=", "<ol seqnum=")
}

/// The blocks of a body as HTML elements, without `html` or `body` around them. `&`, `<` and `>` are escaped, and in
/// runs of spaces every second one is made non-breaking, so that HTML keeps them.
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
        // HTML collapses runs of spaces into one.
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

/// A list item of a body, split into its parts.
pub(super) struct ListMarker<'a> {
    /// 0-based nesting depth.
    pub(super) depth: usize,
    /// `None` for a bullet.
    pub(super) number: Option<u32>,
    /// The text after the marker.
    pub(super) text: &'a str,
}

/// Splits a list item of a body: two spaces per depth, then `• ` or `3. `. `None` without a marker: the text is a
/// further paragraph of the previous item.
pub(super) fn parse_list_marker(item: &str) -> Option<ListMarker<'_>> {
    let text = item.trim_start_matches(' ');
    let depth = (item.len() - text.len()) / 2;
    if let Some(text) = text.strip_prefix("• ") {
        return Some(ListMarker { depth, number: None, text });
    }
    let (number, text) = text.split_once(". ")?;
    Some(ListMarker { depth, number: Some(number.parse().ok()?), text })
}

/// The open lists, outermost first, each with the number of its next item if it is ordered.
#[derive(Default)]
struct OpenLists(Vec<Option<u32>>);

impl OpenLists {
    /// Writes a list item; false if it belongs to no list and must be written as a paragraph.
    fn write_item(&mut self, item: &str, out: &mut String) -> bool {
        let Some(mark) = parse_list_marker(item) else {
            // A further paragraph of the previous item.
            let depth = (item.len() - item.trim_start_matches(' ').len()) / 2;
            if depth == 0 || self.0.len() < depth {
                return false;
            }
            self.close_to(depth, out);
            element("p", item.trim_start_matches(' '), out);
            return true;
        };
        // A limit on nesting, whatever the input.
        let depth = mark.depth.min(7) + 1;
        self.close_to(depth, out);
        if self.0.len() == depth {
            // The list goes on if it is of the same kind and the number is the next one; otherwise a new one begins.
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

    /// Closes all lists except the outermost `depth`.
    fn close_to(&mut self, depth: usize, out: &mut String) {
        while self.0.len() > depth {
            let ordered = self.0.pop().flatten().is_some();
            out.push_str(if ordered { "</li>\n</ol>\n" } else { "</li>\n</ul>\n" });
        }
    }
}

/// The end of a page.
pub const HTML_PAGE_END: &str = "</body>\n</html>\n";

/// The start of a page, up to its first article.
#[must_use]
pub fn html_page_start(title: &str, language: Option<&str>) -> String {
    let language = language.map_or(String::new(), |tag| format!(" lang=\"{}\"", escape_line(tag)));
    format!(
        "<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n\
        body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; line-height: 1.5; font-family: serif; }}\n\
        .warning {{ font-weight: bold; border: 2px solid; padding: 0.5em; }}\n\
        article + article {{ border-top: 1px solid; margin-top: 2em; }}\n\
        pre {{ overflow-x: auto; }}\n</style>\n</head>\n<body>\n",
        escape_line(title)
    )
}

/// A dispatch as an article: headline, warnings, facts, byline, notes, body, rights and problems.
#[must_use]
pub fn to_html_article(dispatch: &Dispatch, status: &CurrentStatus) -> String {
    let d = dispatch;
    let mut out = start_article(d, status);
    if let Some(byline) = &d.byline {
        let _ = writeln!(out, "<p class=\"byline\">By {}</p>", escape_line(byline));
    }
    if let Some(note) = &d.ednote {
        let lines: Vec<String> = note.lines().map(escape_line).collect();
        let _ = writeln!(out, "<p class=\"note\"><em>{}</em></p>", lines.join("<br>\n"));
    }
    out.push_str(&sanitize(&to_html(&d.body)));
    if let Some(rights) = &d.rights {
        let _ = writeln!(out, "<footer><small>{}</small></footer>", escape_line(rights));
    }
    for problem in d.problems.iter().filter(|p| p.severity > Severity::Note) {
        let _ = writeln!(out, "<p class=\"problem\">[{}]</p>", escape_line(&problem.to_string()));
    }
    out.push_str("</article>\n");
    out
}

/// Quotes of a dispatch as an article: the head of the dispatch, then a block for each quote with its speaker.
#[must_use]
pub fn to_html_quotes(dispatch: &Dispatch, status: &CurrentStatus, quotes: &[&Quote]) -> String {
    let mut out = start_article(dispatch, status);
    for quote in quotes {
        let words = quotes::quote_text(quote, quote.source(dispatch));
        let words: Vec<String> = words.lines().map(escape_line).collect();
        let _ = writeln!(
            out,
            "<figure>\n<blockquote><p>“{}”</p></blockquote>\n<figcaption>— {}</figcaption>\n</figure>",
            words.join("<br>\n"),
            escape_line(&quote.credit())
        );
    }
    out.push_str("</article>\n");
    out
}

fn start_article(d: &Dispatch, status: &CurrentStatus) -> String {
    let mut out = format!("<article>\n<h1>{}</h1>\n", escape_line(&d.headline));
    for warning in status.warnings() {
        let _ = writeln!(out, "<p class=\"warning\">{}</p>", escape_line(&warning));
    }
    let _ = writeln!(out, "<p class=\"facts\">{}</p>", escape_line(&format_facts(d)));
    out
}

/// One line of text for an element or an attribute.
fn escape_line(text: &str) -> String {
    let text = sanitize_line(text).replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::current_status::Relations;

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

    #[test]
    fn nothing_of_a_dispatch_is_markup() {
        let dispatch = Dispatch {
            headline: "<b>Salt</b> & \"tide\"\u{1b}[31m".to_owned(),
            byline: Some("A <i>B</i>".to_owned()),
            ednote: Some("One <two>\nthree".to_owned()),
            body: Body::new([(BlockKind::Paragraph, "1 < 2 & <script>x\u{7}")]),
            ..Dispatch::default()
        };
        let by = Relations { killed_by: Some("<x>".to_owned()), ..Relations::default() };
        let status = CurrentStatus::new(&dispatch, by, None);
        let page = html_page_start(&dispatch.headline, Some("en\"x"))
            + &to_html_article(&dispatch, &status)
            + HTML_PAGE_END;
        for wrong in ["<b>", "<i>", "<two>", "<script>", "<x>", "\u{1b}", "\u{7}", "en\"x"] {
            assert!(!page.contains(wrong), "{wrong:?} in {page}");
        }
        assert!(page.contains("<p class=\"warning\">KILLED by &lt;x&gt;</p>"), "{page}");
    }
}
