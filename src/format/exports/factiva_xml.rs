//! Factiva as XML: the answer of its service, one `article` element an article.

use crate::dispatch::{BlockKind, Problem, Severity};
use crate::format::exports::article;
use crate::format::exports::factiva;
use crate::format::html;
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::format::xml::document::{self, Ancestors, DocumentShape};
use crate::format::xml::tree::{Element, Namespace};
use crate::text;

/// Elements around the articles.
const CONTAINERS: [&str; 6] = [
    "PPSResponse",
    "ppsArticleResponse",
    "ppsarticleResultSet",
    "ppsArticleResultSet",
    "ppsarticle",
    "ppsArticle",
];

/// Which elements are articles.
const SHAPE: DocumentShape = DocumentShape {
    format: factiva::FORMAT,
    is_item: |_: Namespace, name| name == "article",
    is_container: |name| CONTAINERS.contains(&name),
    has_nested_items: false,
    build: build_article,
};

/// True if the root element is one of Factiva's answers.
pub(in crate::format) fn is_xml(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| CONTAINERS.contains(&root.name.as_str()))
}

/// Reads the articles of an answer in order.
pub(in crate::format) fn read_xml(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    if document::parse_articles(&SHAPE, input, sink) || sink.wanted().is_some() {
        return;
    }
    let (_, text) = input.draft(factiva::FORMAT, 0..input.bytes.len());
    let message = document::with_tree(&text, |tree| tree.root().spaced_text()).flatten();
    let message = match message {
        Some(message) => {
            format!("an answer of Factiva without articles: {}", article::beginning(&message))
        }
        None => "an answer of Factiva without articles".to_owned(),
    };
    sink.problems.push(Problem::new(Severity::Note, "", message));
}

/// Builds a dispatch from an `article` element.
fn build_article(
    draft: &mut Draft<'_>,
    item: Element<'_, '_>,
    _: &Ancestors<'_>,
) -> Vec<TextBlock> {
    factiva::set_database(draft);
    let (mut blocks, mut tail) = (Vec::new(), Vec::new());
    for child in item.children() {
        let line = || child.spaced_text().unwrap_or_default();
        match child.name() {
            "accessionNo" => draft.set_optional(FieldKey::Id, "accessionNo", child.text()),
            "baseLanguage" => article::set_language(draft, "baseLanguage", &line()),
            "byline" => draft.set_field(FieldKey::Byline, "byline", &paragraphs_line(child)),
            "copyright" => draft.set_field(FieldKey::Rights, "copyright", &paragraphs_line(child)),
            "headline" => article::set_headline(draft, &headline_line(child)),
            "leadParagraph" => blocks.extend(paragraphs(child)),
            "tailParagraphs" => tail.extend(paragraphs(child)),
            "publicationDate" | "publicationTime" => set_time(draft, child),
            "sourceName" => article::set_source(draft, &line()),
            "wordCount" => article::set_length(draft, "wordCount", &line()),
            "sectionName" => draft.set_field(FieldKey::Category, "sectionName", &line()),
            "newsSubject" => {
                draft.add_coded_subject(child.attribute("code"), child.child_text("name"));
            }
            _ => draft.add_element_fields(child),
        }
    }
    blocks.append(&mut tail);
    blocks
}

/// The blocks of an element with `paragraph`s. One that is not to be wrapped is a table.
fn paragraphs(element: Element<'_, '_>) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    for child in element.children() {
        let is_fixed = child.attribute("display").is_some_and(|display| display != "Proportional");
        let lines = child.raw_text();
        if is_fixed && lines.trim().contains('\n') {
            blocks.push((BlockKind::Table, text::clean(lines.trim_matches('\n')).into_owned()));
        } else {
            blocks.push((BlockKind::Paragraph, paragraphs_line(child)));
        }
    }
    if blocks.is_empty() {
        blocks.push((BlockKind::Paragraph, paragraphs_line(element)));
    }
    blocks
}

/// The text of an element with `paragraph`s as one line. Words that a search hit (`hlt`) splits stay whole.
fn paragraphs_line(element: Element<'_, '_>) -> String {
    let markup = element.to_markup(&|_| false);
    html::join_blocks(&markup.blocks)
}

/// The lines of a headline as one.
fn headline_line(element: Element<'_, '_>) -> String {
    let lines: Vec<String> = element.children().map(|line| paragraphs_line(line)).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|l| !l.is_empty()).collect();
    if lines.is_empty() { paragraphs_line(element) } else { lines.join(" ") }
}

/// Sets the time published from `dateTime` or `date`.
fn set_time(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    let value = element.child_text("dateTime").or_else(|| element.child_text("date"));
    draft.set_optional(FieldKey::Sent, element.name(), value.or_else(|| element.text()));
}
