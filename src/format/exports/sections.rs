//! Splits an exported page into sections: the parts that stand in elements which the layout of a database uses for one
//! purpose each. Knows no database.

use crate::format::html::{self, Token};
use crate::format::shared::markup::{self, Markup, MarkupBuilder};
use crate::text;

/// The attributes of a start tag, as [`html::Token`] has them.
pub(in crate::format) struct StartTag<'a> {
    /// In lower case, without a prefix.
    pub name: &'a str,
    attributes: &'a [(String, String)],
}

impl StartTag<'_> {
    /// The value of an attribute; empty if the tag lacks it.
    pub(in crate::format) fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// True if one of the classes of the tag is this one, in any case.
    pub(in crate::format) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(class))
    }
}

/// A part of a page. What stands before, between and after the elements of kinds is a section of the kind around it, so
/// that sections in order hold all text of the page.
#[derive(Debug)]
pub(in crate::format) struct Section<K> {
    pub kind: K,
    /// The text of the first inline element (`b`, `strong`, `span`) if the section begins with one: perhaps a label.
    pub lead: String,
    /// The text with the line breaks of the page; cut after [`MAX_LINES`] bytes.
    pub lines: String,
    pub markup: Markup,
}

/// Most bytes of [`Section::lines`]: far more than a header has.
pub(in crate::format) const MAX_LINES: usize = 4000;

impl<K> Section<K> {
    /// The texts of all blocks, with line breaks between them.
    pub(in crate::format) fn text(&self) -> String {
        let texts: Vec<&str> = self.markup.blocks.iter().map(|(_, text)| text.as_str()).collect();
        texts.join("\n")
    }

    /// The text with the line breaks of the page if it is short, else with one between its blocks.
    pub(in crate::format) fn page_lines(&self) -> String {
        if self.lines.len() >= MAX_LINES {
            return self.text();
        }
        let clean = text::clean(&self.lines);
        let lines = clean.split('\n').map(|line| line.trim_matches([' ', '\u{a0}']));
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The text as one line.
    pub(in crate::format) fn line(&self) -> String {
        text::one_line(&self.text())
    }
}

/// How a database uses elements: the kind of the section that a start tag begins, or `None` if it begins none. The
/// second argument is the kind of the section around it; `None` outside of all.
pub(in crate::format) type Layout<K> = fn(&StartTag<'_>, Option<K>) -> Option<K>;

/// Limit on nested sections; tags beyond it begin none.
const MAX_DEPTH: usize = 16;

/// An element that began a section and is still open.
struct OpenElement<K> {
    kind: K,
    name: String,
    /// Open elements of the same name within it, itself included.
    depth: u32,
}

/// State of splitting a page.
struct Splitter<K> {
    layout: Layout<K>,
    outer: K,
    open: Vec<OpenElement<K>>,
    done: Vec<Section<K>>,
    builder: MarkupBuilder,
    lead: LeadReader,
    lines: String,
    /// The element without text (`style`, `script`) that is open.
    skipped: Option<&'static str>,
}

/// Splits a page into sections. `outer` is the kind of what stands in no element that the layout knows.
pub(in crate::format) fn split<K: Copy + PartialEq>(
    page: &str,
    outer: K,
    layout: Layout<K>,
) -> Vec<Section<K>> {
    let mut splitter = Splitter {
        layout,
        outer,
        open: Vec::new(),
        done: Vec::new(),
        builder: MarkupBuilder::default(),
        lead: LeadReader::default(),
        lines: String::new(),
        skipped: None,
    };
    html::for_each_token(page, &mut |token| splitter.take(&token));
    splitter.flush();
    splitter.done
}

/// Elements that a new one of these names ends, as the HTML standard has it for paragraphs and cells.
fn is_ended_by(open: &str, name: &str) -> bool {
    match open {
        "p" => matches!(name, "p" | "div" | "table" | "section" | "article" | "h1" | "h2" | "h3"),
        "td" | "th" => matches!(name, "td" | "th" | "tr"),
        _ => false,
    }
}

impl<K: Copy + PartialEq> Splitter<K> {
    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Open(name, attributes) => self.start(name, attributes, token),
            Token::Close(name) => {
                if let Some(last) = self.open.last_mut()
                    && last.name == *name
                {
                    last.depth -= 1;
                    if last.depth == 0 {
                        self.flush();
                        self.open.pop();
                        return;
                    }
                }
                self.pass(token);
            }
            Token::Text(_) => self.pass(token),
        }
    }

    fn start(&mut self, name: &str, attributes: &[(String, String)], token: &Token<'_>) {
        if self.open.last().is_some_and(|last| is_ended_by(&last.name, name)) {
            self.flush();
            self.open.pop();
        }
        let around = self.open.last().map(|last| last.kind);
        let found = (self.layout)(&StartTag { name, attributes }, around);
        if let Some(kind) = found.filter(|_| self.open.len() < MAX_DEPTH) {
            self.flush();
            self.open.push(OpenElement { kind, name: name.to_owned(), depth: 1 });
            return;
        }
        if let Some(last) = self.open.last_mut()
            && last.name == name
        {
            last.depth += 1;
        }
        self.pass(token);
    }

    fn pass(&mut self, token: &Token<'_>) {
        let edge = |name: &&&str| match token {
            Token::Open(found, _) | Token::Close(found) => found == *name,
            Token::Text(_) => false,
        };
        if let Some(name) = ["style", "script"].iter().find(edge) {
            self.skipped = matches!(token, Token::Open(..)).then_some(*name);
        } else if self.skipped.is_some() {
            return;
        }
        self.lead.take(token);
        if self.lines.len() < MAX_LINES {
            match token {
                Token::Text(text) => markup::collapse_into(text, &mut self.lines),
                Token::Open("br" | "p" | "div" | "tr" | "li", _) if !self.lines.is_empty() => {
                    self.lines.push('\n');
                }
                Token::Open(..) | Token::Close(_) => {}
            }
        }
        html::feed(&mut self.builder, token);
    }

    /// Ends the current section. One without any text is dropped.
    fn flush(&mut self) {
        let markup = std::mem::take(&mut self.builder).finish();
        let lead = std::mem::take(&mut self.lead).text;
        let lines = std::mem::take(&mut self.lines);
        if markup.blocks.is_empty() && markup.links.is_empty() && markup.media.is_empty() {
            return;
        }
        let kind = self.open.last().map_or(self.outer, |last| last.kind);
        self.done.push(Section { kind, lead: text::one_line(&lead), lines, markup });
    }
}

/// Collects the text of the first inline element of a section.
#[derive(Default)]
struct LeadReader {
    text: String,
    /// Open inline elements.
    depth: u32,
    is_done: bool,
}

/// Longest text that is kept of a first inline element, in bytes: longer ones are no labels.
const MAX_LEAD: usize = 200;

impl LeadReader {
    fn take(&mut self, token: &Token<'_>) {
        if self.is_done {
            return;
        }
        match token {
            Token::Open("b" | "strong" | "span" | "i" | "em" | "font", _) => self.depth += 1,
            Token::Close("b" | "strong" | "span" | "i" | "em" | "font") => {
                self.depth = self.depth.saturating_sub(1);
                self.is_done = self.depth == 0 && !self.text.trim().is_empty();
            }
            Token::Text(text) if self.depth > 0 => {
                self.text.push_str(text);
                self.is_done = self.text.len() > MAX_LEAD;
            }
            Token::Text(text) => self.is_done = !text.trim().is_empty(),
            Token::Open(..) | Token::Close(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Kind {
        Outer,
        Div,
        Paragraph,
    }

    #[track_caller]
    fn check(page: &str, expected: &[(Kind, &str, &str)]) {
        let layout: Layout<Kind> = |tag, _| match tag.name {
            "div" => Some(Kind::Div),
            "p" if tag.has_class("x") => Some(Kind::Paragraph),
            _ => None,
        };
        let found = split(page, Kind::Outer, layout);
        let found: Vec<(Kind, String, String)> =
            found.iter().map(|part| (part.kind, part.lead.clone(), part.text())).collect();
        let found: Vec<(Kind, &str, &str)> =
            found.iter().map(|(kind, lead, text)| (*kind, lead.as_str(), text.as_str())).collect();
        assert_eq!(found, expected, "{page}");
    }

    #[test]
    fn sections_hold_all_text_in_order() {
        use Kind::{Div, Outer, Paragraph};
        check(
            "a<div>b<p class='y X'>c</p>d<p>e</p></div>f",
            &[
                (Outer, "", "a"),
                (Div, "", "b"),
                (Paragraph, "", "c"),
                (Div, "", "d\ne"),
                (Outer, "", "f"),
            ],
        );
        check("<DIV>a<DIV>b</DIV>c</DIV>", &[(Div, "", "a"), (Div, "", "b"), (Div, "", "c")]);
        check(
            "<p class=x>a<p class=x>b<div>c</div>",
            &[(Paragraph, "", "a"), (Paragraph, "", "b"), (Div, "", "c")],
        );
    }

    #[test]
    fn the_first_inline_element_may_be_a_label() {
        use Kind::Div;
        check(
            "<div><P><SPAN>LENGTH: </SPAN><span>58 words</span></div>",
            &[(Div, "LENGTH:", "LENGTH: 58 words")],
        );
        check(
            "<div><style>.a{b:c}</style><b>LENGTH: </b>58</div>",
            &[(Div, "LENGTH:", "LENGTH: 58")],
        );
        check("<div>x <b>LENGTH: </b>58</div>", &[(Div, "", "x LENGTH: 58")]);
    }

    #[test]
    fn broken_markup_stays_fast() {
        for tag in ["<div>", "</div>", "<p class=x>", "<div><p class=x></div>"] {
            let _ = split(&tag.repeat(20_000), Kind::Outer, |tag, _| {
                (tag.name == "div").then_some(Kind::Div)
            });
        }
    }
}
