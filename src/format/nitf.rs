//! NITF 2 to 3.6, the News Industry Text Format of the IPTC, as a document of its own or as the body of another format.

use crate::dispatch::{BlockKind, Relation, RelationKind, Role, Status};
use crate::format::parser::{Detail, Draft, Sample};
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::finish;
use crate::format::shared::markup::TextBlock;
use crate::format::xml::document::DocumentShape;
use crate::format::xml::tree::{Element, Namespace};

// Agencies that send several documents in one file wrap them in a root element of their own.
pub(super) const SHAPE: DocumentShape = DocumentShape {
    format: "nitf",
    is_item: |_: Namespace, name| name == "nitf",
    is_container: |name| matches!(name, "nitfs" | "stories" | "documents"),
    has_nested_items: true,
    build: |draft, nitf, _| read_document(draft, nitf),
};

/// Recognises NITF by its root element. The other root elements have common names, so a `nitf` tag must follow them.
pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| {
        root.name == "nitf" || (SHAPE.is_container)(&root.name) && root.has_tag("nitf")
    })
}

/// Reads a `nitf` element that is the body of another format, and returns the blocks of its text. Fields that the outer
/// format has set take precedence.
pub(super) fn read_document(draft: &mut Draft<'_>, nitf: Element<'_, '_>) -> Vec<TextBlock> {
    read_head(draft, nitf);
    let blocks = read_body(draft, nitf);
    // A country that the dateline does not name; the dateline is known only now.
    let content = nitf.find_descendant("identified-content");
    let country = content.and_then(|content| content.children().find_map(country_alone));
    if draft.dispatch.place().is_some() && draft.dispatch.country().is_none() {
        draft.set_optional(FieldKey::Country, "country", country);
    }
    blocks
}

/// The country of a `location` that has nothing else.
fn country_alone(element: Element<'_, '_>) -> Option<String> {
    let mut parts = element.children();
    let country = parts.next().filter(|part| part.name() == "country")?;
    (element.name() == "location" && parts.next().is_none()).then(|| country.text())?
}

/// Reads `head`: the metadata of the document, most of it in `docdata`.
fn read_head(draft: &mut Draft<'_>, nitf: Element<'_, '_>) {
    let language = nitf.attribute("lang").or_else(|| nitf.attribute("baselang"));
    draft.set_optional(FieldKey::Language, "lang", language);
    for (name, value) in nitf.attributes() {
        if !matches!(name, "lang" | "baselang" | "schemaLocation" | "uno") && !value.is_empty() {
            draft.add_field(&format!("nitf@{name}"), &value);
        }
    }
    for head in nitf.children_named("head") {
        let metas = head.children_named("meta");
        metas.for_each(|element| meta(draft, element));
        for child in head.children() {
            match child.name() {
                "meta" => {}
                "title" => draft.fallback_headline = child.text(),
                "tobject" => subjects(draft, child),
                "docdata" => docdata(draft, child),
                "pubdata" => pubdata(draft, child),
                _ => draft.add_element_fields(child),
            }
        }
    }
}

/// `meta`: values that an agency adds, among them those that it carries over from ANPA 1312.
fn meta(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    let name = element.attribute("name").unwrap_or_default();
    let Some(value) = element.attribute("content") else {
        return;
    };
    let key = match name.to_ascii_lowercase().as_str() {
        "anpa-keyword" | "slug" | "slugline" | "ap-keyword" => FieldKey::Slug,
        "anpa-takekey" | "version-label" => FieldKey::Label,
        "anpa-category" | "category" => FieldKey::Category,
        "anpa-wordcount" | "wordcount" | "word-count" => FieldKey::Words,
        "anpa-priority" | "priority" => FieldKey::Priority,
        "language" | "lang" => FieldKey::Language,
        "keywords" => FieldKey::Keywords,
        _ => return draft.add_field(&name, &value),
    };
    draft.set_field(key, &name, &value);
}

/// `tobject`: the subjects, each a code (`refnum`) with up to three levels of names. The most specific name is used.
fn subjects(draft: &mut Draft<'_>, tobject: Element<'_, '_>) {
    for (name, value) in tobject.attributes() {
        draft.add_field(name, &value);
    }
    for child in tobject.children() {
        if child.name() != "tobject.subject" {
            draft.add_element_fields(child);
            continue;
        }
        let part = |name: &str| child.attribute(&format!("tobject.subject.{name}"));
        let name = part("detail").or_else(|| part("matter"));
        draft.add_coded_subject(
            part("refnum").or_else(|| part("code")),
            name.or_else(|| part("type")),
        );
        let levels = ["refnum", "code", "type", "matter", "detail", "ipr"];
        let levels: Vec<String> = levels.into_iter().filter_map(part).collect();
        draft.add_field("tobject.subject", &levels.join(" "));
    }
}

/// `pubdata`: when and where the document was published.
fn pubdata(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    draft.set_optional(FieldKey::Sent, "date.publication", element.attribute("date.publication"));
    if let Some(name) = element.attribute("name") {
        draft.fallback_agency.get_or_insert(name);
    }
    draft.add_element_fields(element);
}

/// Values of `docdata` that can only be used once all of it has been read.
#[derive(Default)]
struct DocdataValues {
    /// `date.release`: an embargo or just a date, depending on the status and the date of issue.
    release: Option<String>,
    /// Holder of the rights: names the agency if nothing else does.
    owner: Option<String>,
}

fn docdata(draft: &mut Draft<'_>, docdata: Element<'_, '_>) {
    let mut values = DocdataValues::default();
    for child in docdata.children() {
        if !identity(draft, child) && !rights(draft, child, &mut values) {
            about(draft, child);
        }
    }
    draft.fallback_agency = draft.fallback_agency.take().or(values.owner);
    status(draft, docdata, values.release);
}

/// Reads an element that identifies the document; returns false for any other element.
fn identity(draft: &mut Draft<'_>, child: Element<'_, '_>) -> bool {
    let attribute = |name: &str| child.attribute(name);
    match child.name() {
        "doc-id" => {
            draft.set_optional(FieldKey::Id, "doc-id", attribute("id-string"));
            if let Some(source) = attribute("regsrc") {
                draft.add_field("doc-id@regsrc", &source);
                draft.fallback_agency = Some(source);
            }
        }
        // The dynamic use key groups the versions of a story. It is only unique for a period that the provider fixes.
        "du-key" => {
            draft.set_optional(FieldKey::Story, "du-key", attribute("key"));
            draft.set_optional(FieldKey::Revision, "du-key@version", attribute("version"));
            // Some agencies count versions, others generations.
            let generation = attribute("generation");
            if draft.dispatch.revision.is_none() {
                draft.set_optional(FieldKey::Revision, "du-key@generation", generation);
            } else {
                draft.add_optional_field("du-key@generation", generation);
            }
            draft.add_optional_field("du-key@part", attribute("part"));
        }
        "date.issue" => draft.set_optional(FieldKey::Sent, "date.issue", norm(child)),
        "correction" => correction(draft, child),
        _ => return false,
    }
    true
}

/// Reads an element about rights or the release date; returns false for any other element.
fn rights(draft: &mut Draft<'_>, child: Element<'_, '_>, values: &mut DocdataValues) -> bool {
    let attribute = |name: &str| child.attribute(name);
    match child.name() {
        "date.release" => values.release = norm(child),
        "doc.copyright" => {
            let holder = attribute("holder");
            // The year may be a full date.
            let year = attribute("year").map(|year| year.chars().take(4).collect::<String>());
            let parts = [year, holder.clone()];
            let line: Vec<String> = parts.into_iter().flatten().collect();
            if !line.is_empty() {
                let line = format!("Copyright {}", line.join(" "));
                draft.set_field(FieldKey::Rights, "doc.copyright", &line);
            }
            values.owner = values.owner.take().or(holder);
        }
        "doc.rights" => {
            let owner = attribute("owner").or(attribute("agent"));
            values.owner = owner.or(values.owner.take());
            draft.add_element_fields(child);
        }
        _ => return false,
    }
    true
}

/// Reads an element about the topic and handling of the document. Unknown elements are stored among the fields.
fn about(draft: &mut Draft<'_>, child: Element<'_, '_>) {
    let attribute = |name: &str| child.attribute(name);
    match child.name() {
        // 1 is most urgent, 5 normal, 8 least.
        "urgency" => {
            draft.set_optional(FieldKey::Urgency, "urgency", attribute("ed-urg"));
            if draft.dispatch.urgency.is_none() && attribute("ed-urg").is_none() {
                draft.add_element_fields(child);
            }
        }
        "ed-msg" => {
            let info = attribute("info").or_else(|| child.text());
            draft.set_optional(FieldKey::Ednote, "ed-msg", info);
            draft.add_optional_field("ed-msg@msg-type", attribute("msg-type"));
        }
        "key-list" => child
            .descendants()
            .filter(|inner| inner.name() == "keyword")
            .for_each(|word| draft.add_keyword(word.attribute("key").or_else(|| word.text()))),
        "doc-scope" => {
            draft.add_subject(attribute("scope").or(attribute("value")));
        }
        // Persons, places and things that the document is about, and subjects without a code.
        "identified-content" => {
            for inner in child.children() {
                match inner.attribute("type").as_deref() {
                    Some("subject") if inner.name() == "classifier" => {
                        draft.add_subject(inner.attribute("value").or_else(|| inner.text()));
                    }
                    _ if country_alone(inner).is_some() => {}
                    _ => draft.add_element_fields(inner),
                }
            }
        }
        "fixture" if draft.dispatch.slug.is_none() => {
            draft.set_optional(FieldKey::Slug, "fixture", attribute("fix-id"));
        }
        "del-list" => {
            let source = child.descendants().find_map(|inner| inner.attribute("src-name"));
            draft.fallback_agency = draft.fallback_agency.take().or(source);
            draft.add_element_fields(child);
        }
        _ => draft.add_element_fields(child),
    }
}

/// A date: the `norm` attribute (ISO 8601 without punctuation), else the text.
fn norm(element: Element<'_, '_>) -> Option<String> {
    element.attribute("norm").or_else(|| element.text())
}

/// `correction`: this document corrects an earlier one.
fn correction(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    draft.dispatch.role = Role::Correction;
    draft.set_optional(FieldKey::Ednote, "correction", element.attribute("info"));
    if let Some(id) = element.attribute("id-string") {
        let kind = RelationKind::Corrects;
        draft.dispatch.relations.push(Relation { kind, id });
    }
    draft.add_optional_field("correction@regsrc", element.attribute("regsrc"));
}

/// Reads the status of this document and of the one that it refers to, and decides whether it is embargoed.
fn status(draft: &mut Draft<'_>, docdata: Element<'_, '_>, release: Option<String>) {
    let given = docdata.attribute("management-status");
    draft.set_optional(FieldKey::Status, "management-status", given.clone());
    let other = docdata.attribute("management-doc-idref");
    let other_status = docdata.attribute("management-idref-status");
    draft.add_optional_field("management-idref-status", other_status.clone());
    if let Some(id) = other {
        // Without a status for the other document, a canceled document is a kill notice for it.
        let killed = other_status.as_deref().map_or_else(
            || draft.dispatch.status == Status::Canceled,
            |other_status| Status::parse(other_status) == Some(Status::Canceled),
        );
        let kind = if killed { RelationKind::Kills } else { RelationKind::Replaces };
        draft.dispatch.relations.push(Relation { kind, id });
    }
    let Some(release) = release else { return };
    let until = parse_field_time(&release);
    // Without a status, a release date later than the issue date means an embargo too; a difference of up to a minute
    // does not.
    let embargoed = draft.dispatch.embargoed
        || given.is_none()
            && match (until, draft.dispatch.sent) {
                (Some(until), Some(sent)) => until.seconds > sent.seconds + 60,
                _ => false,
            };
    if embargoed {
        draft.set_field(FieldKey::Embargo, "date.release", &release);
    } else if draft.dispatch.sent.is_none() {
        draft.set_field(FieldKey::Sent, "date.release", &release);
    } else {
        draft.add_field("date.release", &release);
    }
}

// The body of a NITF document.

/// The class of the notes on its status in a dispatch that this program has exported.
const STATUS_NOTE: &str = "status";

/// Sets fields from `body.head` and `body.end`, and returns the blocks of the text. An abstract stands in for a missing
/// text.
pub(super) fn read_body(draft: &mut Draft<'_>, nitf: Element<'_, '_>) -> Vec<TextBlock> {
    let Some(body) = nitf.child("body") else {
        return Vec::new();
    };
    let mut summary = Vec::new();
    for head in body.children_named("body.head") {
        for child in head.children() {
            read_body_head(draft, child, &mut summary);
        }
    }
    let contents: Vec<Element<'_, '_>> = body.children_named("body.content").collect();
    let mut blocks = Vec::new();
    for content in &contents {
        blocks.append(&mut read_content(draft, *content));
    }
    if contents.is_empty() {
        // Some agencies put the paragraphs directly into `body`.
        blocks = read_content(draft, body);
    }
    for end in body.children_named("body.end") {
        for child in end.children() {
            read_body_end(draft, child, &mut blocks);
        }
    }
    if blocks.is_empty() {
        return summary;
    }
    for (_, text) in &summary {
        draft.add_field("abstract", text);
    }
    blocks
}

fn read_content(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    let skip = |inner: Element<'_, '_>| matches!(inner.name(), "body.head" | "body.end");
    let markup = element.to_markup(&skip);
    draft.add_links(markup.links);
    for media in markup.media {
        draft.add_field("media", &media);
    }
    if draft.detail == Detail::Full {
        // People, places and things that are marked up in the text.
        for named in element.descendants() {
            if matches!(
                named.name(),
                "person" | "org" | "location" | "event" | "object.title" | "virtloc"
            ) && let Some(text) = named.text()
            {
                draft.add_field(named.name(), &text);
            }
        }
    }
    markup.blocks
}

/// Reads an element of `body.head`.
fn read_body_head(draft: &mut Draft<'_>, element: Element<'_, '_>, summary: &mut Vec<TextBlock>) {
    match element.name() {
        // `hl1` is the main headline; `hl2` and others become fields.
        "hedline" | "headline" => {
            let mut lines = element.children();
            let main = element.child("hl1").or_else(|| lines.next());
            match main {
                Some(main) => draft.set_optional(FieldKey::Headline, "hl1", main.text()),
                None => draft.set_optional(FieldKey::Headline, "hedline", element.text()),
            }
            for line in element.children().filter(|line| line.name() != "hl1") {
                draft.add_optional_field(line.name(), line.text());
            }
        }
        "byline" => byline(draft, element),
        "dateline" => dateline(draft, element),
        "distributor" => {
            if let Some(name) = element.text() {
                // Named twice: whatever agencies the text speaks of, it is this one's.
                if draft.dispatch.fields.get("doc-id@regsrc") == Some(&name) {
                    draft.set_field(FieldKey::Agency, "distributor", &name);
                }
                draft.add_field("distributor", &name);
                draft.fallback_agency = Some(name);
            }
        }
        "abstract" => {
            // If it stands in for the text, a heading would leave the dispatch without a lead.
            let markup = element.to_markup(&|_| false);
            let paragraphs = markup.blocks.into_iter();
            summary.extend(paragraphs.map(|(kind, text)| match kind {
                BlockKind::Heading => (BlockKind::Paragraph, text),
                kind => (kind, text),
            }));
        }
        // What an export of this program says of the status: no note of the agency.
        "note" if element.attribute("class").as_deref() == Some(STATUS_NOTE) => {
            for (_, text) in element.to_markup(&|_| false).blocks {
                draft.add_field("note@status", &text);
            }
        }
        "note" => {
            for (_, text) in element.to_markup(&|_| false).blocks {
                draft.set_field(FieldKey::Ednote, "note", &text);
            }
        }
        "rights" => draft.set_optional(FieldKey::Rights, "rights", element.text()),
        _ => draft.add_element_fields(element),
    }
}

/// `By <person>…</person>, <byttl>…</byttl>`. The byline is the full text; the title also becomes a field.
fn byline(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    draft.set_optional(FieldKey::Byline, "byline", element.spaced_text());
    for inner in element.descendants() {
        if let ("byttl" | "virtloc", Some(text)) = (inner.name(), inner.text()) {
            draft.add_field(inner.name(), &text);
        }
    }
}

/// `dateline`: a line of text, often with a marked-up `location` and `story.date`.
fn dateline(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    if let Some(date) = element.find_descendant("story.date") {
        let norm = date.attribute("norm").filter(|norm| parse_field_time(norm).is_some());
        match norm {
            Some(norm) => draft.set_optional(FieldKey::Created, "story.date", Some(norm)),
            None => draft.add_element_fields(date),
        }
    }
    let location = element.find_descendant("location");
    let part = |name: &str| {
        let found = location?.find_descendant(name)?;
        found.text().or_else(|| found.attribute("iso-cc"))
    };
    draft.set_optional(FieldKey::Dateline, "dateline", element.spaced_text());
    let city = part("city").or_else(|| part("sublocation"));
    if let Some(city) = city {
        draft.set_optional(FieldKey::Place, "city", Some(city));
        let rest: Vec<String> =
            ["state", "region", "country"].into_iter().filter_map(part).collect();
        if !rest.is_empty() {
            draft.set_optional(FieldKey::Country, "country", Some(rest.join(", ")));
        }
    }
}

/// Reads an element of `body.end`. A tagline belongs to the text, unless it is a copyright line.
fn read_body_end(draft: &mut Draft<'_>, element: Element<'_, '_>, blocks: &mut Vec<TextBlock>) {
    let Some(text) = element.text() else { return };
    if finish::is_rights(&text) {
        draft.set_field(FieldKey::Rights, element.name(), &text);
    } else if element.name() == "tagline" {
        draft.add_field("tagline", &text);
        blocks.push((BlockKind::Paragraph, text));
    } else {
        draft.add_element_fields(element);
    }
}
