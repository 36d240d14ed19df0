//! The components of a `NewsML` 1 item: lines, metadata and text, of which some are the same in another form.

use super::manage::{formal_name_or_text, party_name};
use crate::dispatch::BlockKind;
use crate::format::content;
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;
use crate::format::markup::TextBlock;
use crate::format::xml::Element;

/// Sets what all components say, and gives the blocks of those that are text.
pub(super) fn blocks(draft: &mut Draft<'_>, top: Element<'_, '_>) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    // Components in document order, with the role that holds for each; no recursion.
    let mut open = vec![(top, String::new())];
    while let Some((component, role)) = open.pop() {
        let own = component
            .child("Role")
            .and_then(formal_name_or_text)
            .unwrap_or(role);
        let caption = own.to_ascii_lowercase().contains("caption");
        let same = component.attribute("EquivalentsList").as_deref() == Some("yes");
        let mut contents = Vec::new();
        let mut inner = Vec::new();
        for child in component.children() {
            match child.name() {
                "NewsLines" => lines(draft, child, &mut blocks),
                "AdministrativeMetadata" => administrative(draft, child),
                "DescriptiveMetadata" => descriptive(draft, child),
                "RightsMetadata" => rights(draft, child),
                "Metadata" | "NewsItemRef" | "BasisForChoice" => draft.add_element_fields(child),
                "Comment" => draft.set_optional(FieldKey::Ednote, "Comment", child.text()),
                "ContentItem" => contents.push(child),
                "NewsComponent" => inner.push((child, own.clone())),
                // An item of its own within this one.
                "NewsItem" => inner.extend(
                    child
                        .children()
                        .filter(|part| part.name() == "NewsComponent")
                        .map(|part| (part, own.clone())),
                ),
                _ => {}
            }
        }
        // Of the same content in several forms one is enough.
        contents.sort_by_key(|item| rank(*item));
        for (nth, item) in contents.into_iter().enumerate() {
            if nth == 0 {
                content_item(draft, item, caption, &mut blocks);
            } else {
                draft.add_optional_field("ContentItem", about(item));
            }
        }
        if same {
            inner.sort_by_key(|(component, _)| {
                component.find_descendant("ContentItem").map_or(9, rank)
            });
            inner.truncate(1);
        }
        open.extend(inner.into_iter().rev());
    }
    blocks
}

/// Text with tags first, plain text next, what lies elsewhere or is no text last.
fn rank(item: Element<'_, '_>) -> u8 {
    let kind = item
        .child("MediaType")
        .and_then(formal_name_or_text)
        .unwrap_or_default();
    let data = item.child("DataContent");
    match data {
        _ if !kind.is_empty() && !kind.to_ascii_lowercase().contains("text") => 5,
        Some(data) if data.child("nitf").is_some() => 0,
        Some(data) if data.is_nested() => 1,
        Some(data) if data.raw_text().contains('<') => 2,
        Some(_) => 3,
        None => 4,
    }
}

/// What a content item is, in words.
fn about(item: Element<'_, '_>) -> Option<String> {
    let part = |name: &str| item.child(name).and_then(formal_name_or_text);
    let parts = [
        part("MediaType"),
        part("Format").or_else(|| part("MimeType")),
        item.attribute("Href"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn content_item(
    draft: &mut Draft<'_>,
    item: Element<'_, '_>,
    caption: bool,
    blocks: &mut Vec<TextBlock>,
) {
    if rank(item) >= 4 {
        return draft.add_optional_field("ContentItem", about(item));
    }
    for property in item
        .descendants()
        .filter(|inner| inner.name() == "Property")
    {
        let name = property.attribute("FormalName").unwrap_or_default();
        let value = property.attribute("Value");
        if matches!(name.to_ascii_lowercase().as_str(), "words" | "wordcount") {
            draft.set_optional(FieldKey::Words, &name, value);
        }
    }
    draft.add_optional_field("Format", item.child("Format").and_then(formal_name_or_text));
    for data in item
        .children()
        .filter(|child| child.name() == "DataContent")
    {
        let mut found = content::element_blocks(draft, data);
        if caption {
            draft.add_field("caption", &content::join_blocks(&found));
        } else {
            blocks.append(&mut found);
        }
    }
}

/// `NewsLines`: the first of a kind is the item's; a later headline stands over its own text.
fn lines(draft: &mut Draft<'_>, lines: Element<'_, '_>, blocks: &mut Vec<TextBlock>) {
    for line in lines.children() {
        let text = || line.spaced_text();
        match line.name() {
            "HeadLine" => match text() {
                Some(text) if draft.dispatch.headline.is_empty() => {
                    draft.set_field(FieldKey::Headline, "HeadLine", &text);
                }
                Some(text) if text != draft.dispatch.headline => {
                    draft.add_field("HeadLine", &text);
                    if !blocks.is_empty() {
                        blocks.push((BlockKind::Heading, text));
                    }
                }
                _ => {}
            },
            "ByLine" => draft.set_optional(FieldKey::Byline, "ByLine", text()),
            "DateLine" => draft.set_optional(FieldKey::Dateline, "DateLine", text()),
            "SlugLine" | "KeywordLine" if draft.dispatch.slug.is_none() => {
                draft.set_optional(FieldKey::Slug, line.name(), text());
            }
            "KeywordLine" => {
                let words = text().unwrap_or_default();
                words.split(['/', ';', ',']).for_each(|word| {
                    draft.add_keyword(Some(word.trim().to_owned()).filter(|word| !word.is_empty()));
                });
            }
            "CopyrightLine" | "RightsLine" => {
                draft.set_optional(FieldKey::Rights, line.name(), text())
            }
            "NewsLine" => news_line(draft, line),
            _ => draft.add_element_fields(line),
        }
    }
}

/// `NewsLine`: a line of a type that the agency names.
fn news_line(draft: &mut Draft<'_>, line: Element<'_, '_>) {
    let kind = line
        .child("NewsLineType")
        .and_then(formal_name_or_text)
        .unwrap_or_default();
    let texts = line
        .children()
        .filter(|child| child.name() == "NewsLineText");
    for text in texts.filter_map(Element::text) {
        match kind.to_ascii_lowercase().as_str() {
            "advisoryline" | "advisory" | "ednote" | "editorialnote" => {
                draft.set_field(FieldKey::Ednote, &kind, &text);
            }
            "catchword" | "catchline" | "slug" if draft.dispatch.slug.is_none() => {
                draft.set_field(FieldKey::Slug, &kind, &text);
            }
            "" => draft.add_field("NewsLine", &text),
            _ => draft.add_field(&kind, &text),
        }
    }
}

fn administrative(draft: &mut Draft<'_>, metadata: Element<'_, '_>) {
    let mut creator = None;
    for child in metadata.children() {
        match child.name() {
            "Provider" => draft.set_optional(FieldKey::Agency, "Provider", party_name(child)),
            "Creator" => creator = party_name(child),
            "Source" => {
                let source = party_name(child);
                draft.add_optional_field("Source", source.clone());
                draft.sender = draft.sender.take().or(source);
            }
            _ => draft.add_element_fields(child),
        }
    }
    draft.add_optional_field("Creator", creator.clone());
    if draft.dispatch.byline.is_none() && creator != draft.dispatch.agency {
        draft.fallback_byline = draft.fallback_byline.take().or(creator);
    }
}

fn descriptive(draft: &mut Draft<'_>, metadata: Element<'_, '_>) {
    for child in metadata.children() {
        match child.name() {
            "Language" => {
                draft.set_optional(FieldKey::Language, "Language", formal_name_or_text(child))
            }
            "SubjectCode" => {
                for code in child.children() {
                    draft.add_subject(code.attribute("FormalName"));
                    let category = code
                        .attribute("cat")
                        .filter(|_| draft.dispatch.category.is_none());
                    draft.set_optional(FieldKey::Category, "cat", category);
                }
            }
            "Location" => location(draft, child),
            "Property" => {
                let name = child.attribute("FormalName").unwrap_or_default();
                let value = child.attribute("Value").or_else(|| child.text());
                if name.to_ascii_lowercase().contains("keyword") {
                    draft.add_keyword(value);
                } else {
                    draft.add_optional_field(&name, value);
                }
            }
            "Genre" | "OfInterestTo" => {
                draft.add_optional_field(child.name(), formal_name_or_text(child))
            }
            _ => draft.add_element_fields(child),
        }
    }
}

/// Where the item comes from; other places are kept by how they are present.
fn location(draft: &mut Draft<'_>, location: Element<'_, '_>) {
    let how = location.attribute("HowPresent").unwrap_or_default();
    let origin = matches!(
        how.to_ascii_lowercase().as_str(),
        "origin" | "dateline" | ""
    );
    for property in location
        .descendants()
        .filter(|inner| inner.name() == "Property")
    {
        let name = property.attribute("FormalName").unwrap_or_default();
        let value = property.attribute("Value").or_else(|| property.text());
        let free = |place: Option<&str>| origin && place.is_none();
        match name.to_ascii_lowercase().as_str() {
            "city" if free(draft.dispatch.place()) => {
                draft.set_optional(FieldKey::Place, "City", value)
            }
            "country" if free(draft.dispatch.country()) => {
                draft.set_optional(FieldKey::Country, "Country", value);
            }
            _ => draft.add_optional_field(&format!("Location/{name}"), value),
        }
    }
}

fn rights(draft: &mut Draft<'_>, metadata: Element<'_, '_>) {
    for inner in metadata.descendants().filter(|inner| !inner.is_nested()) {
        match inner.name() {
            "UsageType" | "CopyrightHolder" => {
                draft.set_optional(FieldKey::Rights, inner.name(), formal_name_or_text(inner))
            }
            _ => draft.add_element_fields(inner),
        }
    }
}
