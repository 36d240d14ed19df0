//! Dispatches and quotes as an HTML page that stands by itself: for a browser, or to be pasted into a mail.

use std::fmt::Write as _;

use crate::dispatch::{Dispatch, Severity};
use crate::quotes::{self, Quote};
use crate::record::current_status::CurrentStatus;
use crate::record::html::to_html;
use crate::record::text::format_facts;
use crate::text::{sanitize, sanitize_line};

/// The end of a page.
pub const HTML_PAGE_END: &str = "</body>\n</html>\n";

/// The start of a page, up to its first article.
#[must_use]
pub fn html_page_start(title: &str, language: Option<&str>) -> String {
    let language = language.map_or(String::new(), |tag| format!(" lang=\"{}\"", escape(tag)));
    format!(
        "<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n\
        body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; line-height: 1.5; font-family: serif; }}\n\
        .warning {{ font-weight: bold; border: 2px solid; padding: 0.5em; }}\n\
        article + article {{ border-top: 1px solid; margin-top: 2em; }}\n\
        pre {{ overflow-x: auto; }}\n</style>\n</head>\n<body>\n",
        escape(title)
    )
}

/// A dispatch as an article: headline, warnings, facts, byline, notes, body, rights and problems.
#[must_use]
pub fn to_html_article(dispatch: &Dispatch, status: &CurrentStatus) -> String {
    let d = dispatch;
    let mut out = start_article(d, status);
    if let Some(byline) = &d.byline {
        let _ = writeln!(out, "<p class=\"byline\">By {}</p>", escape(byline));
    }
    if let Some(note) = &d.ednote {
        let lines: Vec<String> = note.lines().map(escape).collect();
        let _ = writeln!(out, "<p class=\"note\"><em>{}</em></p>", lines.join("<br>\n"));
    }
    out.push_str(&sanitize(&to_html(&d.body)));
    if let Some(rights) = &d.rights {
        let _ = writeln!(out, "<footer><small>{}</small></footer>", escape(rights));
    }
    for problem in d.problems.iter().filter(|p| p.severity > Severity::Note) {
        let _ = writeln!(out, "<p class=\"problem\">[{}]</p>", escape(&problem.to_string()));
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
        let words: Vec<String> = words.lines().map(escape).collect();
        let _ = writeln!(
            out,
            "<figure>\n<blockquote><p>“{}”</p></blockquote>\n<figcaption>— {}</figcaption>\n</figure>",
            words.join("<br>\n"),
            escape(&quote.credit())
        );
    }
    out.push_str("</article>\n");
    out
}

fn start_article(d: &Dispatch, status: &CurrentStatus) -> String {
    let mut out = format!("<article>\n<h1>{}</h1>\n", escape(&d.headline));
    for warning in status.warnings() {
        let _ = writeln!(out, "<p class=\"warning\">{}</p>", escape(&warning));
    }
    let _ = writeln!(out, "<p class=\"facts\">{}</p>", escape(&format_facts(d)));
    out
}

/// One line of text for an element or an attribute.
fn escape(text: &str) -> String {
    let text = sanitize_line(text).replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{BlockKind, Body};
    use crate::record::current_status::Relations;

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
