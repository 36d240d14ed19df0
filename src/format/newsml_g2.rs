//! NewsML-G2 of the IPTC: single items, items in messages, and packages.

use crate::dispatch::{Relation, RelationKind, Role, Severity};
use crate::format::html;
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::labels;
use crate::format::shared::markup::TextBlock;
use crate::format::xml::document::{self, Ancestors, DocumentShape};
use crate::format::xml::tree::{Element, Namespace};

/// The kinds of items. Only `newsItem` and `packageItem` are dispatches in a strict sense, but all have something to
/// read.
const ITEMS: [&str; 6] =
    ["newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"];

const SHAPE: DocumentShape = DocumentShape {
    format: "newsml-g2",
    is_item: |_: Namespace, name| ITEMS.contains(&name),
    is_container: |name| matches!(name, "newsMessage" | "itemSet"),
    has_nested_items: false,
    build,
};

/// A part of an item as the root of a document, as in the listings of the NewsML-G2 guidelines.
const PARTS: DocumentShape = DocumentShape {
    format: "newsml-g2",
    is_item: |_: Namespace, name| matches!(name, "contentMeta" | "contentSet" | "itemMeta"),
    is_container: |_| false,
    has_nested_items: true,
    build,
};

/// Recognises NewsML-G2 by its root element: a message, an item, or a part of an item.
pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| {
        let name = root.name.as_str();
        let known = |space, name| (SHAPE.is_item)(space, name) || (PARTS.is_item)(space, name);
        known(Namespace::Own, name) || (SHAPE.is_container)(name)
    })
}

pub(super) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let sample = Sample::new(input.bytes);
    let part = |name: &str| (PARTS.is_item)(Namespace::Own, name);
    let shape = match sample.root() {
        Some(root) if part(&root.name) => &PARTS,
        _ => &SHAPE,
    };
    document::parse_items(shape, input, sink);
}

fn build(draft: &mut Draft<'_>, item: Element<'_, '_>, around: &Ancestors<'_>) -> Vec<TextBlock> {
    // All versions of an item share its guid; the highest version supersedes the others.
    draft.set_optional(FieldKey::Id, "guid", item.attribute("guid"));
    draft.set_optional(FieldKey::Story, "guid", item.attribute("guid"));
    draft.set_optional(FieldKey::Revision, "version", item.attribute("version"));
    for (name, value) in item.attributes() {
        if !matches!(name, "guid" | "version" | "lang" | "schemaLocation" | "conformance" | "dir") {
            draft.add_field(name, &value);
        }
    }
    // Content is read after all metadata, wherever it is in the item.
    let mut sets = Vec::new();
    let own = (PARTS.is_item)(Namespace::Own, item.name()).then_some(item);
    for part in item.children().filter(|_| own.is_none()).chain(own) {
        match part.name() {
            "rightsInfo" => rights(draft, part),
            "itemMeta" => read_item_meta(draft, part),
            "contentMeta" => read_content_meta(draft, part),
            "contentSet" | "groupSet" | "concept" | "conceptSet" | "newsCoverageSet" => {
                sets.push(part);
            }
            "itemRef" => sets.push(part),
            "catalogRef" | "catalog" => {}
            _ => draft.add_element_fields(part),
        }
    }
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "lang", item.attribute("lang"));
    }
    for head in &around.preceding {
        header(draft, head.root());
    }
    let mut blocks = Vec::new();
    for set in sets {
        blocks.append(&mut read_blocks(draft, set));
    }
    lead(draft, &mut blocks);
    blocks
}

/// The header of a message: when and by whom it was sent, and its priority. Other elements before the item are ignored.
fn header(draft: &mut Draft<'_>, header: Element<'_, '_>) {
    if header.name() != "header" {
        return;
    }
    for child in header.children() {
        match child.name() {
            "sent" if draft.dispatch.sent.is_none() => {
                draft.set_optional(FieldKey::Sent, "header/sent", child.text());
            }
            "priority" => draft.set_optional(FieldKey::Priority, "header/priority", child.text()),
            "catalogRef" => {}
            name => {
                if name == "sender"
                    && let Some(sender) = child.text()
                {
                    draft.fallback_agency.get_or_insert(sender);
                }
                let value = child.text().or_else(|| child.attribute("qcode"));
                draft.add_optional_field(&format!("header/{name}"), value);
            }
        }
    }
}

// Metadata: `rightsInfo`, `itemMeta`, `contentMeta`.

/// The name of a concept, else its code without the scheme, else its text.
fn concept_name(element: Element<'_, '_>) -> Option<String> {
    let name = element.child_text("name");
    name.or_else(|| concept_code(element)).or_else(|| element.text())
}

/// The code of a concept without its scheme (`stat:usable`, `http://cv.iptc.org/newscodes/pubstatusg2/usable`).
fn concept_code(element: Element<'_, '_>) -> Option<String> {
    let qcode = element.attribute("qcode");
    if let Some(qcode) = qcode {
        let suffix = qcode.split_once(':').map(|(_, code)| code.to_owned());
        return suffix.or(Some(qcode));
    }
    element.attribute("literal").or_else(|| {
        let uri = element.attribute("uri")?;
        let last = uri.trim_end_matches('/').rsplit(['/', '#']).next();
        last.map(str::to_owned)
    })
}

/// `rightsInfo`: the copyright notice, else the holder, else the usage terms.
fn rights(draft: &mut Draft<'_>, rights: Element<'_, '_>) {
    let mut holder = None;
    for child in rights.children() {
        match child.name() {
            "copyrightNotice" => {
                draft.set_optional(FieldKey::Rights, "copyrightNotice", child.text());
            }
            "copyrightHolder" => holder = concept_name(child),
            _ => draft.add_element_fields(child),
        }
    }
    if let Some(holder) = holder {
        draft.add_field("copyrightHolder", &holder);
        if draft.dispatch.rights.is_none() {
            draft.set_field(FieldKey::Rights, "copyrightHolder", &format!("Copyright {holder}"));
        }
        draft.fallback_agency.get_or_insert(holder);
    }
    if draft.dispatch.rights.is_none() {
        draft.set_optional(FieldKey::Rights, "usageTerms", rights.child_text("usageTerms"));
    }
}

/// `itemMeta`: provider, dates, status, notes, signals and links.
fn read_item_meta(draft: &mut Draft<'_>, meta: Element<'_, '_>) {
    let plain_note = |note: &Element<'_, '_>| note.name() == "edNote" && !note.is_nested();
    let has_note = meta.children().any(|child| plain_note(&child));
    for child in meta.children() {
        match child.name() {
            "provider" => {
                // A bare URI does not make a readable agency name.
                let addressed = child.attribute("uri").is_some() && child.child("name").is_none();
                if !addressed || child.attribute("qcode").is_some() {
                    draft.set_optional(FieldKey::Agency, "provider", concept_name(child));
                }
                draft.add_element_fields(child);
            }
            "versionCreated" => draft.set_optional(FieldKey::Sent, "versionCreated", child.text()),
            "firstCreated" => draft.set_optional(FieldKey::Created, "firstCreated", child.text()),
            "embargoed" => match child.text() {
                Some(until) => draft.set_field(FieldKey::Embargo, "embargoed", &until),
                // Empty: until further notice.
                None => draft.dispatch.embargoed = true,
            },
            "pubStatus" => draft.set_optional(FieldKey::Status, "pubStatus", concept_code(child)),
            "edNote" => note(draft, child, has_note),
            "signal" => signal(draft, child),
            "link" => link(draft, child),
            "title" => draft.fallback_headline = child.text(),
            _ => draft.add_element_fields(child),
        }
    }
}

/// `edNote`. A structured note that repeats a plain one (`others`) and a closing line become fields.
fn note(draft: &mut Draft<'_>, note: Element<'_, '_>, others: bool) {
    let role = note.attribute("role").unwrap_or_default();
    let role = role.rsplit(':').next().unwrap_or("").to_lowercase();
    if note.is_nested() {
        let lines = note.to_markup(&|_| false).blocks;
        let text: Vec<String> = lines.into_iter().map(|(_, text)| text).collect();
        if others {
            draft.add_field("edNote", &text.join(" "));
        } else {
            draft.set_field(FieldKey::Ednote, "edNote", &text.join("\n"));
        }
    } else if role == "closingline" {
        draft.add_optional_field("edNote@closingline", note.text());
    } else {
        let text = note.text();
        // `dpa-Eilmeldung`: dpa marks bulletins in the note.
        let word = text.as_deref().map(|text| text.rsplit('-').next().unwrap_or(text));
        let role = word.and_then(|word| labels::parse_label_line(&word.to_uppercase())?.role);
        if role == Some(Role::Alert) && draft.dispatch.role == Role::Story {
            draft.dispatch.role = Role::Alert;
        }
        draft.set_optional(FieldKey::Ednote, "edNote", text);
    }
}

/// `signal`: the role of the item (`sig:correction`, `sig:update`, `edStat:C` of Reuters).
fn signal(draft: &mut Draft<'_>, signal: Element<'_, '_>) {
    let Some(code) = concept_code(signal) else {
        return draft.add_element_fields(signal);
    };
    let scheme = signal.attribute("qcode").unwrap_or_default();
    draft.add_field("signal", &scheme);
    let word = match (scheme.to_ascii_lowercase().starts_with("edstat"), code.as_str()) {
        (true, "C") => "CORRECTION",
        (true, "U") => "UPDATE",
        _ => &code.to_ascii_uppercase(),
    };
    if let Some(role) = labels::parse_label_line(word).and_then(|meaning| meaning.role) {
        draft.dispatch.role = role;
    }
}

/// `link`: a relation to another item, or the address of a page.
fn link(draft: &mut Draft<'_>, link: Element<'_, '_>) {
    let relation = link.attribute("rel").unwrap_or_default();
    let name = relation.rsplit(':').next().unwrap_or("").to_lowercase();
    let kind = match name.as_str() {
        "previousversion" | "evolvedfrom" | "replaces" | "supersedes" => {
            Some(RelationKind::Replaces)
        }
        "corrects" | "correctionof" => Some(RelationKind::Corrects),
        "kills" | "cancels" | "withdraws" => Some(RelationKind::Kills),
        "repeats" | "repeatof" => Some(RelationKind::Repeats),
        "addsto" | "addto" => Some(RelationKind::AddsTo),
        _ => None,
    };
    let target = ["residref", "guidref", "href", "uri"];
    let target = target.into_iter().find_map(|name| link.attribute(name));
    if let (Some(kind), Some(id)) = (kind, &target) {
        let id = match link.attribute("version") {
            Some(version) => format!("{id}:{version}"),
            None => id.clone(),
        };
        draft.dispatch.relations.push(Relation { kind, id });
    }
    if let Some(href) = link.attribute("href") {
        draft.add_links(vec![href]);
    }
    draft.add_element_fields(link);
}

/// `contentMeta`: headline, byline, dateline, urgency, subjects and keywords of the content.
fn read_content_meta(draft: &mut Draft<'_>, meta: Element<'_, '_>) {
    let mut headlines = Vec::new();
    let mut creators = Vec::new();
    for child in meta.children() {
        match child.name() {
            "urgency" => draft.set_optional(FieldKey::Urgency, "urgency", child.text()),
            "contentCreated" => {
                draft.set_optional(FieldKey::Created, "contentCreated", child.text());
            }
            "located" => located(draft, child),
            "by" => draft.set_optional(FieldKey::Byline, "by", child.spaced_text()),
            "creator" => match concept_name(child) {
                // `brun.olaf` is a login name.
                Some(name) if name.contains(['.', '_']) && !name.contains(char::is_uppercase) => {
                    draft.add_field("creator", &name);
                }
                name => creators.extend(name),
            },
            "subject" => subject(draft, child),
            "slugline" => draft.set_optional(FieldKey::Slug, "slugline", child.text()),
            "headline" => headlines.push(child),
            "dateline" => draft.set_optional(FieldKey::Dateline, "dateline", child.text()),
            "keyword" => draft.add_keyword(child.text()),
            "language" => {
                draft.set_optional(FieldKey::Language, "language", child.attribute("tag"));
            }
            "description" => {
                let text = html::join_blocks(&child.to_markup(&|_| false).blocks);
                draft.add_field("description", &text);
                draft.fallback_body.get_or_insert(text);
            }
            "infoSource" => {
                draft.fallback_agency =
                    draft.fallback_agency.take().or_else(|| concept_name(child));
                draft.add_element_fields(child);
            }
            _ => draft.add_element_fields(child),
        }
    }
    // The main headline by its role, else by its rank. The others become fields, since the first value wins.
    let order = |headline: &Element<'_, '_>| {
        let role = headline.attribute("role").unwrap_or_default();
        let role = role.rsplit(':').next().unwrap_or("").to_lowercase();
        let main = ["main", "headline", "title"].contains(&role.as_str());
        let rank = headline.attribute("rank").and_then(|rank| rank.parse::<u32>().ok());
        (!main, rank.unwrap_or(1), !role.is_empty())
    };
    headlines.sort_by_key(order);
    for headline in headlines {
        draft.set_optional(FieldKey::Headline, "headline", headline.text());
    }
    if draft.dispatch.byline.is_none() && !creators.is_empty() {
        draft.set_field(FieldKey::Byline, "creator", &creators.join(", "));
    } else {
        for name in &creators {
            draft.add_field("creator", name);
        }
    }
}

/// `located`: where the content was created, with the broader areas that contain the place.
fn located(draft: &mut Draft<'_>, located: Element<'_, '_>) {
    let broad = located.child("broader").is_some();
    match concept_name(located).as_deref().and_then(|name| name.split_once(", ")) {
        // `New York, NY`: the name includes the state.
        Some((place, country)) if !broad && !country.contains(',') => {
            draft.set_field(FieldKey::Place, "located", place);
            draft.set_field(FieldKey::Country, "located", country);
        }
        _ => draft.set_optional(FieldKey::Place, "located", concept_name(located)),
    }
    let place = draft.dispatch.place().unwrap_or_default().to_owned();
    let broader = located.children_named("broader");
    let mut names: Vec<String> =
        broader.filter_map(concept_name).filter(|name| *name != place).collect();
    names.dedup();
    if !names.is_empty() {
        draft.set_optional(FieldKey::Country, "located/broader", Some(names.join(", ")));
    }
    draft.add_optional_field("located@qcode", located.attribute("qcode"));
}

/// `subject`: a topic, or the category of the agency.
fn subject(draft: &mut Draft<'_>, subject: Element<'_, '_>) {
    let kind = subject.attribute("type").unwrap_or_default();
    let name = subject.child_text("name");
    if kind.ends_with("category") && draft.dispatch.category.is_none() {
        draft.set_optional(
            FieldKey::Category,
            "subject",
            name.clone().or_else(|| concept_code(subject)),
        );
    }
    let code = ["qcode", "uri", "literal"];
    let code = code.into_iter().find_map(|code| subject.attribute(code));
    draft.add_coded_subject(code, name);
    // The areas and topics that a subject is part of.
    for broader in subject.children_named("broader").filter_map(concept_name) {
        draft.add_field("subject/broader", &broader);
    }
}

/// Drops a first paragraph that only repeats the summary. Without a text, the summary becomes the text.
fn lead(draft: &mut Draft<'_>, blocks: &mut Vec<TextBlock>) {
    let Some(summary) = draft.fallback_body.take() else {
        return;
    };
    if blocks.is_empty() {
        blocks.append(&mut html::plain_blocks(&summary));
    } else if blocks.len() > 1 && blocks[0].1 == summary {
        blocks.remove(0);
    }
}

// Content: text, references to remote content, or the items of a package.

/// The blocks of a content set, a package, or the names and definitions of a concept or planning item.
fn read_blocks(draft: &mut Draft<'_>, set: Element<'_, '_>) -> Vec<TextBlock> {
    match set.name() {
        "contentSet" => read_inline_content(draft, set),
        "groupSet" | "itemRef" => group(set),
        _ => {
            let names = set.descendants().filter(|inner| {
                matches!(inner.name(), "name" | "definition" | "headline" | "edNote")
            });
            names.filter_map(Element::text).map(|text| html::list_item(&text)).collect()
        }
    }
}

/// The blocks of the best rendition in a content set; the others contain the same text.
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
    let mut remote_content = Vec::new();
    for part in parts {
        if part.name() == "remoteContent" {
            remote_content.extend(remote(draft, part));
        } else if !matches!(part.name(), "inlineXML" | "inlineData") {
            draft.add_element_fields(part);
        } else if blocks.is_empty() {
            draft.set_optional(FieldKey::Words, "wordcount", part.attribute("wordcount"));
            let kind = part.attribute("contenttype").unwrap_or_default();
            draft.add_optional_field("contenttype", Some(kind.clone()));
            blocks = if part.name() == "inlineData" && !part.is_nested() {
                html::text_blocks(draft, &part.raw_text(), kind.contains("html"))
            } else {
                html::element_blocks(draft, part)
            };
        }
    }
    if blocks.is_empty() && !remote_content.is_empty() {
        let message = format!("its content is not in this file: {}", remote_content.join("; "));
        draft.add_problem(Severity::Note, "remoteContent", message);
    }
    blocks
}

/// `remoteContent`: returns the address and media type of content outside the file.
fn remote(draft: &mut Draft<'_>, part: Element<'_, '_>) -> Option<String> {
    let href = part.attribute("href").or_else(|| part.attribute("residref"));
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

/// The items of a package, as a list.
fn group(set: Element<'_, '_>) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    let all = std::iter::once(set).chain(set.descendants());
    for reference in all.filter(|inner| inner.name() == "itemRef") {
        let title = ["headline", "title", "description"];
        let title = title.into_iter().find_map(|name| reference.child(name)?.text());
        let target = reference.attribute("residref").or_else(|| reference.attribute("href"));
        let text = match (title, target) {
            (Some(title), Some(target)) => format!("{title} ({target})"),
            (title, target) => title.or(target).unwrap_or_default(),
        };
        if !text.is_empty() {
            blocks.push(html::list_item(&text));
        }
    }
    blocks
}
