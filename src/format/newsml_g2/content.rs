//! The content of a NewsML-G2 item: its text, what lies elsewhere, or the items of a package.

use crate::dispatch::Severity;
use crate::format::content;
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;
use crate::format::markup::TextBlock;
use crate::format::xml::Element;

pub(super) fn blocks(draft: &mut Draft<'_>, set: Element<'_, '_>) -> Vec<TextBlock> {
    match set.name() {
        "contentSet" => read_inline_content(draft, set),
        "groupSet" | "itemRef" => group(set),
        _ => {
            let names = set.descendants().filter(|inner| {
                matches!(inner.name(), "name" | "definition" | "headline" | "edNote")
            });
            names
                .filter_map(Element::text)
                .map(|text| content::list_item(&text))
                .collect()
        }
    }
}

/// The best of the renditions that are sent along; the others are the same text.
fn read_inline_content(draft: &mut Draft<'_>, set: Element<'_, '_>) -> Vec<TextBlock> {
    let rank = |part: &Element<'_, '_>| match part.name() {
        "inlineXML" => 0,
        "inlineData" => match part.attribute("contenttype").as_deref() {
            Some(kind) if kind.contains("html") || kind.contains("xml") => 1,
            _ => 2,
        },
        _ => 3,
    };
    let mut parts: Vec<Element<'_, '_>> = set.children().collect();
    parts.sort_by_key(rank);
    let mut blocks = Vec::new();
    let mut elsewhere = Vec::new();
    for part in parts {
        if part.name() == "remoteContent" {
            elsewhere.extend(remote(draft, part));
        } else if !matches!(part.name(), "inlineXML" | "inlineData") {
            draft.add_element_fields(part);
        } else if blocks.is_empty() {
            draft.set_optional(FieldKey::Words, "wordcount", part.attribute("wordcount"));
            let kind = part.attribute("contenttype").unwrap_or_default();
            draft.add_optional_field("contenttype", Some(kind.clone()));
            blocks = if part.name() == "inlineData" && !part.is_nested() {
                content::text_blocks(draft, &part.raw_text(), kind.contains("html"))
            } else {
                content::element_blocks(draft, part)
            };
        }
    }
    if blocks.is_empty() && !elsewhere.is_empty() {
        let message = format!(
            "its content is not in this file, it lies elsewhere: {}",
            elsewhere.join("; ")
        );
        draft.add_problem(Severity::Note, "remoteContent", message);
    }
    blocks
}

/// Content that lies elsewhere: where, and of what kind.
fn remote(draft: &mut Draft<'_>, part: Element<'_, '_>) -> Option<String> {
    let href = part
        .attribute("href")
        .or_else(|| part.attribute("residref"));
    draft.add_element_fields(part);
    let kind = part.attribute("contenttype");
    if let Some(href) = href.clone().filter(|href| href.starts_with("http")) {
        draft.add_links(vec![href]);
    }
    match (href, kind) {
        (Some(href), Some(kind)) => Some(format!("{href} ({kind})")),
        (href, kind) => href.or(kind),
    }
}

/// What a package lists.
fn group(set: Element<'_, '_>) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    let all = std::iter::once(set).chain(set.descendants());
    for reference in all.filter(|inner| inner.name() == "itemRef") {
        let title = ["headline", "title", "description"];
        let title = title
            .into_iter()
            .find_map(|name| reference.child(name)?.text());
        let target = reference
            .attribute("residref")
            .or_else(|| reference.attribute("href"));
        let text = match (title, target) {
            (Some(title), Some(target)) => format!("{title} ({target})"),
            (title, target) => title.or(target).unwrap_or_default(),
        };
        if !text.is_empty() {
            blocks.push(content::list_item(&text));
        }
    }
    blocks
}
