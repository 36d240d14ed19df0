//! `NewsML` 1.0 to 1.2 of the IPTC: items in an envelope, each made of nested components.

use crate::dispatch::{BlockKind, Relation, RelationKind, Role, Severity};
use crate::format::html;
use crate::format::parser::{Detail, Draft, Sample};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::labels;
use crate::format::shared::markup::TextBlock;
use crate::format::xml::document::{Ancestors, DocumentShape};
use crate::format::xml::tree::{Element, Namespace};

pub(super) const SHAPE: DocumentShape = DocumentShape {
    format: "newsml1",
    is_item: |_: Namespace, name| name == "NewsItem",
    is_container: |name| name == "NewsML",
    has_nested_items: true,
    build,
};

/// Recognises `NewsML` 1 by its root element, the envelope or a bare item.
pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    let root = sample.root();
    root.is_some_and(|root| root.name == "NewsML" || root.name == "NewsItem")
}

fn build(draft: &mut Draft<'_>, item: Element<'_, '_>, around: &Ancestors<'_>) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    for part in item.children() {
        match part.name() {
            "Identification" => identification(draft, part),
            "NewsManagement" => management(draft, part),
            "NewsComponent" => blocks.append(&mut read_blocks(draft, part)),
            // Changes to an earlier revision, sent instead of the full item.
            "Update" => blocks.append(&mut html::element_blocks(draft, part)),
            "Comment" => draft.set_optional(FieldKey::Ednote, "Comment", part.text()),
            "Catalog" => {}
            _ => draft.add_element_fields(part),
        }
    }
    for head in &around.preceding {
        if head.root().name() == "NewsEnvelope" {
            envelope(draft, head.root());
        }
    }
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "lang", item.attribute("lang"));
    }
    let label = item.find_descendant("NameLabel").and_then(Element::text);
    draft.set_optional(FieldKey::Slug, "NameLabel", label);
    blocks
}

// Envelope, identification and management data.

/// The value of an element: its `FormalName`, else its text. Agencies use either.
fn formal_name_or_text(element: Element<'_, '_>) -> Option<String> {
    element.attribute("FormalName").or_else(|| element.text())
}

/// `NewsEnvelope`: data on the transmission, which applies to all items.
fn envelope(draft: &mut Draft<'_>, envelope: Element<'_, '_>) {
    for child in envelope.children() {
        match child.name() {
            "DateAndTime" => {
                // The transmission time overrides the creation time of the revision, if it is valid.
                let created = draft.dispatch.sent.take();
                draft.unmark_given(FieldKey::Sent);
                draft.set_optional(FieldKey::Sent, "DateAndTime", child.text());
                draft.dispatch.sent = draft.dispatch.sent.or(created);
            }
            "Priority" => {
                draft.set_optional(FieldKey::Priority, "Priority", formal_name_or_text(child));
            }
            "SentFrom" => {
                if let Some(name) = party_name(child) {
                    draft.add_field("SentFrom", &name);
                    draft.fallback_agency.get_or_insert(name);
                }
            }
            name => {
                draft.add_optional_field(name, formal_name_or_text(child));
            }
        }
    }
}

/// The party that an element names.
fn party_name(element: Element<'_, '_>) -> Option<String> {
    let party = element.find_descendant("Party")?;
    let name = party
        .find_descendant("Property")
        .filter(|property| property.attribute("FormalName").as_deref() == Some("Name"));
    let name = name.and_then(|name| name.attribute("Value"));
    party.attribute("FormalName").or(name).or_else(|| party.text())
}

/// `Identification`: the identifier, and labels for it.
fn identification(draft: &mut Draft<'_>, identification: Element<'_, '_>) {
    for child in identification.children() {
        match child.name() {
            "NewsIdentifier" => identifier(draft, child),
            // Read by `build`, as the last choice for a slug.
            "NameLabel" => {}
            _ => draft.add_element_fields(child),
        }
    }
}

/// `NewsIdentifier`: the id, assembled from its parts if there is no `PublicIdentifier`, and the revision.
fn identifier(draft: &mut Draft<'_>, identifier: Element<'_, '_>) {
    let part = |name: &str| identifier.child_text(name);
    let (provider, date, item) = (part("ProviderId"), part("DateId"), part("NewsItemId"));
    let built = || {
        let parts = [provider.as_deref()?, date.as_deref()?, item.as_deref()?];
        Some(format!("urn:newsml:{}", parts.join(":")))
    };
    let id = part("PublicIdentifier").or_else(built).or_else(|| item.clone());
    draft.set_optional(FieldKey::Id, "PublicIdentifier", id);
    // All revisions of an item share its `NewsItemId`.
    draft.set_optional(FieldKey::Story, "NewsItemId", item);
    if let Some(revision) = identifier.child("RevisionId") {
        draft.set_optional(FieldKey::Revision, "RevisionId", revision.text());
        let before = revision.attribute("PreviousRevision");
        draft.add_optional_field("RevisionId@PreviousRevision", before);
        // N (the default) is a full item, U contains `Update` elements, A only new management data.
        match revision.attribute("Update").as_deref() {
            Some("U") => {
                draft.dispatch.role = Role::Update;
                draft.add_field("RevisionId@Update", "U");
            }
            Some("A") => {
                draft.dispatch.role = Role::Update;
                draft.add_field("RevisionId@Update", "A");
                let message =
                    "changes only the management data of an earlier revision, which has the text";
                draft.add_problem(Severity::Note, "RevisionId", message.to_owned());
            }
            _ => {}
        }
    }
    draft.add_optional_field("ProviderId", provider.clone());
    draft.add_optional_field("DateId", date);
    if let Some(provider) = provider {
        draft.fallback_agency.get_or_insert(provider);
    }
}

/// `NewsManagement`: type, dates, status and urgency of the item, and its relations to others.
fn management(draft: &mut Draft<'_>, management: Element<'_, '_>) {
    for child in management.children() {
        match child.name() {
            "NewsItemType" => {
                let kind = formal_name_or_text(child).unwrap_or_default();
                if kind.eq_ignore_ascii_case("alert") {
                    draft.dispatch.role = Role::Alert;
                }
                draft.add_field("NewsItemType", &kind);
            }
            "FirstCreated" => draft.set_optional(FieldKey::Created, "FirstCreated", child.text()),
            "ThisRevisionCreated" => {
                draft.set_optional(FieldKey::Sent, "ThisRevisionCreated", child.text());
            }
            "Status" => draft.set_optional(FieldKey::Status, "Status", formal_name_or_text(child)),
            "StatusWillChange" => will_change(draft, child),
            "Urgency" => {
                draft.set_optional(FieldKey::Urgency, "Urgency", formal_name_or_text(child));
            }
            "Instruction" => instruction(draft, child),
            "DerivedFrom" => {
                let id = child.attribute("NewsItem").or_else(|| child.text());
                let kind = RelationKind::Replaces;
                draft.dispatch.relations.extend(id.map(|id| Relation { kind, id }));
            }
            "RevisionHistory" => {
                draft.add_optional_field("RevisionHistory", child.attribute("Href"));
            }
            _ => draft.add_element_fields(child),
        }
    }
}

/// `StatusWillChange`: the end of an embargo, or another future status.
fn will_change(draft: &mut Draft<'_>, change: Element<'_, '_>) {
    let when = change.find_descendant("DateAndTime").and_then(Element::text);
    let next =
        change.find_descendant("FutureStatus").and_then(formal_name_or_text).unwrap_or_default();
    if draft.dispatch.embargoed && !next.eq_ignore_ascii_case("canceled") {
        draft.set_optional(FieldKey::Embargo, "StatusWillChange", when);
    } else {
        let line = format!("{next} {}", when.unwrap_or_default());
        draft.add_field("StatusWillChange", line.trim());
    }
}

/// `Instruction`: what to do with earlier revisions.
fn instruction(draft: &mut Draft<'_>, instruction: Element<'_, '_>) {
    let name = formal_name_or_text(instruction).unwrap_or_default();
    draft.add_element_fields(instruction);
    let role = match name.to_ascii_lowercase().as_str() {
        "delete" | "kill" | "cancel" | "withdraw" => Some(Role::Kill),
        "rectify" | "correction" | "correct" => Some(Role::Correction),
        "update" | "replace" => Some(Role::Update),
        _ => labels::parse_label_line(&name.to_ascii_uppercase()).and_then(|meaning| meaning.role),
    };
    if let Some(role) = role {
        draft.dispatch.role = role;
    }
}

// Components: lines, metadata and content, with nested components that may be alternatives of each other.

/// Sets fields from all components, and returns the blocks of those with text.
fn read_blocks(draft: &mut Draft<'_>, top: Element<'_, '_>) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    // A stack of components, each with the role that it inherits. Not recursive, since the input decides the depth.
    let mut open = vec![(top, String::new())];
    while let Some((component, role)) = open.pop() {
        let own = component.child("Role").and_then(formal_name_or_text).unwrap_or(role);
        // The caption of a picture is not part of the text.
        let caption = own.to_ascii_lowercase().contains("caption");
        let equivalents = component.attribute("EquivalentsList").as_deref() == Some("yes");
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
                // A nested item: its components are read as components of this one.
                "NewsItem" => inner
                    .extend(child.children_named("NewsComponent").map(|part| (part, own.clone()))),
                _ => {}
            }
        }
        // Content items of one component are the same content in several forms: only the best is used.
        contents.sort_by_key(|item| rank(*item));
        for (nth, item) in contents.into_iter().enumerate() {
            if nth == 0 {
                content_item(draft, item, caption, &mut blocks);
            } else {
                draft.add_optional_field("ContentItem", about(item));
                leave_out_form(draft, item);
            }
        }
        // Equivalent components are alternatives too.
        if equivalents {
            inner.sort_by_key(|(component, _)| {
                component.find_descendant("ContentItem").map_or(9, rank)
            });
            for (other, _) in inner.drain(1.min(inner.len())..) {
                leave_out_form(draft, other);
            }
        }
        // Reversed, since the last one pushed is read first.
        open.extend(inner.into_iter().rev());
    }
    blocks
}

/// Leaves out a component or an item that has the same content as another in a form that is not shown.
fn leave_out_form(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    if draft.detail == Detail::Full
        && let Some(text) = element.spaced_text()
    {
        draft.leave_out("other forms", text);
    }
}

/// Preference among content items, lowest first: marked-up text, plain text, content outside the file, no text.
fn rank(item: Element<'_, '_>) -> u8 {
    let kind = item.child("MediaType").and_then(formal_name_or_text).unwrap_or_default();
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

/// Describes a content item: media type, format and address.
fn about(item: Element<'_, '_>) -> Option<String> {
    let part = |name: &str| item.child(name).and_then(formal_name_or_text);
    let parts =
        [part("MediaType"), part("Format").or_else(|| part("MimeType")), item.attribute("Href")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// `ContentItem`: appends its text to the blocks, or stores it as a caption. Content that is not text, or not in the
/// file, is only described.
fn content_item(
    draft: &mut Draft<'_>,
    item: Element<'_, '_>,
    caption: bool,
    blocks: &mut Vec<TextBlock>,
) {
    if rank(item) >= 4 {
        return draft.add_optional_field("ContentItem", about(item));
    }
    for property in item.descendants().filter(|inner| inner.name() == "Property") {
        let name = property.attribute("FormalName").unwrap_or_default();
        let value = property.attribute("Value");
        if matches!(name.to_ascii_lowercase().as_str(), "words" | "wordcount") {
            draft.set_optional(FieldKey::Words, &name, value);
        }
    }
    draft.add_optional_field("Format", item.child("Format").and_then(formal_name_or_text));
    for data in item.children_named("DataContent") {
        let mut found = html::element_blocks(draft, data);
        if caption {
            draft.add_field("caption", &html::join_blocks(&found));
        } else {
            blocks.append(&mut found);
        }
    }
}

/// `NewsLines`. The first line of a kind applies to the whole item; later headlines become headings of their own text.
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
                draft.set_optional(FieldKey::Rights, line.name(), text());
            }
            "NewsLine" => news_line(draft, line),
            _ => draft.add_element_fields(line),
        }
    }
}

/// `NewsLine`: a line of a type that the agency defines.
fn news_line(draft: &mut Draft<'_>, line: Element<'_, '_>) {
    let kind = line.child("NewsLineType").and_then(formal_name_or_text).unwrap_or_default();
    let texts = line.children_named("NewsLineText");
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

/// `AdministrativeMetadata`: provider, source and creator. The creator stands in for a missing byline, unless it is the
/// agency itself.
fn administrative(draft: &mut Draft<'_>, metadata: Element<'_, '_>) {
    let mut creator = None;
    for child in metadata.children() {
        match child.name() {
            "Provider" => draft.set_optional(FieldKey::Agency, "Provider", party_name(child)),
            "Creator" => creator = party_name(child),
            "Source" => {
                let source = party_name(child);
                draft.add_optional_field("Source", source.clone());
                draft.fallback_agency = draft.fallback_agency.take().or(source);
            }
            _ => draft.add_element_fields(child),
        }
    }
    draft.add_optional_field("Creator", creator.clone());
    if draft.dispatch.byline.is_none() && creator != draft.dispatch.agency {
        draft.fallback_byline = draft.fallback_byline.take().or(creator);
    }
}

/// `DescriptiveMetadata`: language, subjects, keywords and places.
fn descriptive(draft: &mut Draft<'_>, metadata: Element<'_, '_>) {
    for child in metadata.children() {
        match child.name() {
            "Language" => {
                draft.set_optional(FieldKey::Language, "Language", formal_name_or_text(child));
            }
            "SubjectCode" => {
                for code in child.children() {
                    draft.add_subject(code.attribute("FormalName"));
                    let category =
                        code.attribute("cat").filter(|_| draft.dispatch.category.is_none());
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
                draft.add_optional_field(child.name(), formal_name_or_text(child));
            }
            _ => draft.add_element_fields(child),
        }
    }
}

/// `Location`. The place of origin goes into the dateline; other places become fields.
fn location(draft: &mut Draft<'_>, location: Element<'_, '_>) {
    let how = location.attribute("HowPresent").unwrap_or_default();
    let origin = matches!(how.to_ascii_lowercase().as_str(), "origin" | "dateline" | "");
    for property in location.descendants().filter(|inner| inner.name() == "Property") {
        let name = property.attribute("FormalName").unwrap_or_default();
        let value = property.attribute("Value").or_else(|| property.text());
        let free = |place: Option<&str>| origin && place.is_none();
        match name.to_ascii_lowercase().as_str() {
            "city" if free(draft.dispatch.place()) => {
                draft.set_optional(FieldKey::Place, "City", value);
            }
            "country" if free(draft.dispatch.country()) => {
                draft.set_optional(FieldKey::Country, "Country", value);
            }
            _ => draft.add_optional_field(&format!("Location/{name}"), value),
        }
    }
}

/// `RightsMetadata`.
fn rights(draft: &mut Draft<'_>, metadata: Element<'_, '_>) {
    for inner in metadata.descendants().filter(|inner| !inner.is_nested()) {
        match inner.name() {
            "UsageType" | "CopyrightHolder" => {
                draft.set_optional(FieldKey::Rights, inner.name(), formal_name_or_text(inner));
            }
            _ => draft.add_element_fields(inner),
        }
    }
}
