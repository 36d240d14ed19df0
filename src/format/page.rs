//! Saved web pages, and XML that is no wire: what can be read of them is their text, and they are called what they are.

use super::detect::Sample;
use super::draft::{Draft, ItemSink, ParsedItem};
use super::fields::{FieldKey, parse_field_time};
use super::markup::{self, Markup, TextBlock};
use super::xml::{self, Element};
use super::{Context, Detail, content, encoding, finish};
use crate::dispatch::{BlockKind, Problem, Severity};

pub(super) fn is_html(sample: &Sample<'_>) -> bool {
    let begins = |mark: &[u8]| {
        let start = sample.start.get(..mark.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(mark))
    };
    begins(b"<!doctype html")
        || begins(b"<html")
        || sample
            .root()
            .is_some_and(|root| root.name.eq_ignore_ascii_case("html"))
}

pub(super) fn is_xml(sample: &Sample<'_>) -> bool {
    sample.start.starts_with(b"<?xml") || sample.is_utf16 && sample.root().is_some()
}

pub(super) fn read_web_page(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    sink.offer(|| {
        let mut draft = new_draft("html", bytes, &decoded, want, ctx);
        let markup = markup::parse_page(&decoded.text);
        let blocks = apply_page_metadata(&mut draft, markup);
        let message = "a web page, read as its text: menus, forms and scripts are left out";
        draft.add_problem(Severity::Note, "", message.to_owned());
        finish::finish_blocks(draft, blocks, (0..bytes.len() as u64, 0))
    });
    Vec::new()
}

pub(super) fn read_unknown_xml(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    let item = |root: Element<'_, '_>| -> ParsedItem {
        let mut draft = new_draft("xml", bytes, &decoded, want, ctx);
        let message = format!(
            "XML whose first element is `<{}>`, no wire format that is known: read as its text",
            root.name()
        );
        draft.add_problem(Severity::Note, "", message);
        draft.set_optional(FieldKey::Language, "lang", root.attribute("lang"));
        finish::finish_blocks(draft, texts(root), (0..bytes.len() as u64, 0))
    };
    let mut found = None;
    xml::with_tree(&decoded.text, |tree| found = Some(item(tree.root())));
    let Some(found) = found else {
        let message = "begins as XML, but holds no element";
        return vec![Problem::new(Severity::Unreadable, "", message)];
    };
    sink.offer(|| found);
    Vec::new()
}

fn new_draft<'c>(
    format: &'static str,
    bytes: &[u8],
    decoded: &encoding::Decoded<'_>,
    want: Detail,
    ctx: &'c Context,
) -> Draft<'c> {
    let mut draft = Draft::new(format, bytes, want, ctx);
    draft.dispatch.encoding = decoded.encoding;
    draft.dispatch.problems.extend(decoded.problem.clone());
    draft
}

/// What the head of a page says, in the words of Open Graph, Dublin Core and schema.org.
fn apply_page_metadata(draft: &mut Draft<'_>, mut markup: Markup) -> Vec<TextBlock> {
    let (mut published, mut changed) = (None, None);
    for (name, value) in std::mem::take(&mut markup.meta) {
        match name.to_ascii_lowercase().as_str() {
            "og:title" => draft.set_field(FieldKey::Headline, &name, &value),
            "author" | "article:author" | "dc.creator" if !value.starts_with("http") => {
                draft.set_field(FieldKey::Byline, &name, &value);
            }
            "article:published_time" | "date" | "dc.date" | "pubdate" | "datepublished" => {
                published = published.or(parse_field_time(&value).map(|_| (name, value)));
            }
            "article:modified_time" | "og:updated_time" | "last-modified" => {
                changed = changed.or(parse_field_time(&value).map(|_| (name, value)));
            }
            "og:site_name" => draft.sender = Some(value),
            "lang" | "language" => draft.set_field(FieldKey::Language, &name, &value),
            "keywords" | "news_keywords" => {
                for word in value
                    .split(',')
                    .map(str::trim)
                    .filter(|word| !word.is_empty())
                {
                    draft.add_keyword(Some(word.to_owned()));
                }
            }
            "copyright" | "dc.rights" => draft.set_field(FieldKey::Rights, &name, &value),
            "viewport" | "generator" | "theme-color" | "robots" => {}
            _ => draft.add_field(&name, &value),
        }
    }
    match (published, changed) {
        (Some((created, first)), Some((sent, last))) => {
            draft.set_field(FieldKey::Created, &created, &first);
            draft.set_field(FieldKey::Sent, &sent, &last);
        }
        (one, other) => {
            if let Some((name, value)) = one.or(other) {
                draft.set_field(FieldKey::Sent, &name, &value);
            }
        }
    }
    draft.fallback_headline = markup.title.take();
    let mut blocks = content::keep_links_and_media(draft, markup);
    let first = blocks
        .iter()
        .position(|(kind, _)| *kind == BlockKind::Heading);
    if draft.dispatch.headline.is_empty()
        && let Some(first) = first.filter(|first| *first < 3)
    {
        let (_, text) = blocks.remove(first);
        draft.set_field(FieldKey::Headline, "h1", &text);
    }
    blocks
}

/// The text of each element that holds some, in order.
fn texts(root: Element<'_, '_>) -> Vec<TextBlock> {
    let texts = root.block_texts().into_iter();
    texts.map(|text| (BlockKind::Paragraph, text)).collect()
}
