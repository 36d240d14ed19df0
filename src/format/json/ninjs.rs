//! Parses an object of ninjs 1, 2 or 3 (IPTC), as Superdesk and the APIs of agencies write it, as a dispatch.

use crate::dispatch::{Relation, RelationKind, Role, Severity};
use crate::format::html;
use crate::format::json::dialect::{members_of, normalise_name, object_members, text_member};
use crate::format::json::generic::{decode_value, keep_value, set_value, value_name};
use crate::format::json::tokenizer::{Value, compact, elements, unescape};
use crate::format::parser::{Draft, ParsedItem};
use crate::format::shared::fields::{FieldKey, field_key};
use crate::format::shared::markup::TextBlock;
use crate::format::shared::{finish, labels};
use crate::text;

/// Parses one ninjs object as a dispatch.
pub(super) fn parse_object(mut draft: Draft<'_>, members: &[(&str, Value<'_>)]) -> ParsedItem {
    let mut found = CollectedMembers::default();
    for &(name, value) in members {
        if value == Value::Null {
            continue;
        }
        let name = unescape(name);
        // ninjs 3 writes in camel case what ninjs 1 writes in lower case.
        let lower = normalise_name(&name);
        let member = (lower.as_str(), &*name, value);
        let is_taken = found.take_identity(&mut draft, member)
            || found.take_text(&mut draft, member)
            || found.take_rights(&mut draft, member)
            || take_origin(&mut draft, member)
            || found.take_other(&mut draft, member);
        if !is_taken {
            match field_key(&name) {
                Some(key) => set_value(&mut draft, key, &name, value),
                None => keep_value(&mut draft, &name, value),
            }
        }
    }
    let is_remote = found.is_remote && found.bodies.is_empty();
    set_identity(&mut draft, (found.uri, found.guid, found.item_id));
    set_rights(&mut draft, found.rights);
    let blocks = choose_blocks(&mut draft, found.bodies, found.summaries);
    if is_remote {
        let message = "the text is not in this file: `renditions` says where it is";
        draft.add_problem(Severity::Note, "renditions", message.to_owned());
    }
    finish::finish_blocks(draft, blocks)
}

/// A member: its normalised name, its name as written, and its value.
type Member<'n, 'a> = (&'n str, &'n str, Value<'a>);

/// Members collected from an item, of which the best are chosen once all are read.
#[derive(Default)]
struct CollectedMembers<'a> {
    bodies: Vec<TextCandidate<'a>>,
    /// Descriptions, which replace a missing body.
    summaries: Vec<TextCandidate<'a>>,
    /// Statements of the rights with their rank; 0 is the best.
    rights: Vec<(u8, String)>,
    /// The item has `renditions`, which may be the only place of its text.
    is_remote: bool,
    uri: Option<String>,
    guid: Option<String>,
    /// The agency's own number, from `altids`.
    item_id: Option<String>,
}

// Each method takes the members of one kind and returns false for any other.
impl<'a> CollectedMembers<'a> {
    /// Takes identifiers.
    fn take_identity(
        &mut self,
        draft: &mut Draft<'_>,
        (lower, name, value): Member<'_, 'a>,
    ) -> bool {
        match (lower, value) {
            ("altids", Value::Object(_) | Value::Array(_)) => {
                // An API may use an address that is only good for retrieval as `uri`; this is the item's own id.
                self.item_id = alternative_id(value, "itemid");
                draft.set_optional(FieldKey::Story, "altIds", alternative_id(value, "story"));
                keep_value(draft, name, value);
            }
            ("uri", Value::Text(_)) => self.uri = Some(decode_value(value).trim().to_owned()),
            ("guid", Value::Text(_)) => self.guid = Some(decode_value(value).trim().to_owned()),
            _ => return false,
        }
        true
    }

    /// Takes headlines, bodies and descriptions.
    fn take_text(&mut self, draft: &mut Draft<'_>, (lower, name, value): Member<'_, 'a>) -> bool {
        match (lower, value) {
            ("headlines", Value::Array(raw)) => apply_headlines(draft, raw),
            // A name for the item, used as the headline only if there is none.
            ("title", Value::Text(_)) => {
                draft.fallback_headline = Some(html::inline_text(&decode_value(value)));
            }
            ("headline" | "headlinemain", Value::Text(_)) => {
                let text = html::inline_text(&decode_value(value));
                draft.set_field(FieldKey::Headline, name, &text);
            }
            ("bodies", Value::Array(raw)) => collect_texts("body", raw, &mut self.bodies),
            ("descriptions", Value::Array(raw)) => {
                collect_texts("description", raw, &mut self.summaries);
                self.summaries.retain(|candidate| !apply_description(draft, candidate));
            }
            (_, Value::Text(_)) if lower.starts_with("body") => {
                let html = lower.contains("html") || lower.contains("rich");
                let candidate = (rank_text(lower, html), name.to_owned(), value, html);
                self.bodies.push(candidate);
            }
            (_, Value::Text(_)) if lower.starts_with("description") => {
                let html = lower.contains("html");
                let candidate = (rank_text(lower, html), name.to_owned(), value, html);
                self.summaries.push(candidate);
            }
            _ => return false,
        }
        true
    }

    /// Takes copyright and usage terms.
    fn take_rights(&mut self, draft: &mut Draft<'_>, (lower, name, value): Member<'_, 'a>) -> bool {
        match (lower, value) {
            ("copyrightnotice" | "copyrightline", Value::Text(_)) => {
                self.rights.push((0, decode_value(value).into_owned()));
            }
            ("copyrightholder", Value::Text(_)) => {
                let holder = decode_value(value).trim().to_owned();
                if !holder.is_empty() {
                    self.rights.push((1, format!("Copyright {holder}")));
                    draft.fallback_agency.get_or_insert(holder);
                }
                keep_value(draft, name, value);
            }
            ("usageterms", _) => {
                self.rights.extend(value_name(value).map(|terms| (2, terms)));
                keep_value(draft, name, value);
            }
            _ => return false,
        }
        true
    }

    /// Takes subjects, relations, and members whose common names mean something else in ninjs.
    fn take_other(&mut self, draft: &mut Draft<'_>, (lower, name, value): Member<'_, 'a>) -> bool {
        match (lower, value) {
            ("subject" | "subjects", Value::Array(raw)) => {
                for element in elements(raw) {
                    add_subject(draft, element);
                }
                keep_value(draft, name, value);
            }
            ("service", Value::Array(raw)) => {
                let codes: Vec<String> = elements(raw).filter_map(value_name).collect();
                draft.set_field(FieldKey::Category, name, &codes.join(", "));
            }
            ("signals" | "signal", _) => {
                apply_signals(draft, value);
                keep_value(draft, name, value);
            }
            ("evolvedfrom" | "rewriteof" | "predecessor", Value::Text(_)) => {
                let (kind, id) = (RelationKind::Replaces, decode_value(value).trim().to_owned());
                draft.dispatch.relations.push(Relation { kind, id });
            }
            ("associations", Value::Object(_) | Value::Array(_)) => {
                apply_associations(draft, value);
            }
            ("renditions", _) => {
                self.is_remote = true;
                keep_value(draft, name, value);
            }
            ("editorialpriority", _) => set_value(draft, FieldKey::Priority, name, value),
            ("contentcreated" | "firstcreated", _) => {
                set_value(draft, FieldKey::Created, name, value);
            }
            (
                "copyright" | "place" | "places" | "genre" | "profile" | "content" | "text"
                | "summary",
                _,
            ) => keep_value(draft, name, value),
            _ => return false,
        }
        true
    }
}

/// Takes place, provider and authors; returns false for any other member.
fn take_origin(draft: &mut Draft<'_>, (lower, name, value): Member<'_, '_>) -> bool {
    match (lower, value) {
        // Applied in full, so it is not kept below.
        ("located", Value::Text(_)) => {
            apply_location(draft, &decode_value(value));
            return true;
        }
        ("located" | "dateline" | "datelinelocation", Value::Object(raw)) => {
            apply_location_object(draft, raw);
        }
        ("infosource" | "infosources" | "provider", Value::Array(_) | Value::Object(_)) => {
            let first = match value {
                Value::Array(raw) => elements(raw).find_map(value_name),
                _ => value_name(value),
            };
            draft.set_optional(FieldKey::Agency, name, provider_name(value));
            draft.fallback_agency = draft.fallback_agency.take().or(first);
        }
        ("bylines" | "authors", Value::Array(raw)) => {
            let names: Vec<String> = elements(raw).filter_map(byline_name).collect();
            draft.fallback_byline = Some(names.join(", ")).filter(|names| !names.is_empty());
        }
        _ => return false,
    }
    keep_value(draft, name, value);
    true
}

/// Sets the id of the item and of its story: the agency's own number, else the `uri`, else the `guid`.
fn set_identity(
    draft: &mut Draft<'_>,
    (uri, guid, item_id): (Option<String>, Option<String>, Option<String>),
) {
    // Identifiers that lose are kept as fields: other items may refer to them.
    if let (Some(uri), Some(_)) = (&uri, &item_id) {
        draft.add_field("uri", uri);
    }
    let id = item_id.or(uri).or_else(|| guid.clone());
    if let Some(guid) = guid.filter(|guid| Some(guid) != id.as_ref()) {
        draft.add_field("guid", &guid);
    }
    // Versions of an item share its id, which therefore names the story too, unless `altids` named one.
    draft.set_optional(FieldKey::Story, "uri", id.clone());
    draft.set_optional(FieldKey::Id, "uri", id);
}

/// Sets the rights to the best statement that is not blank.
fn set_rights(draft: &mut Draft<'_>, mut rights: Vec<(u8, String)>) {
    rights.sort_by_key(|(rank, _)| *rank);
    if let Some((_, line)) = rights.into_iter().find(|(_, line)| !line.trim().is_empty()) {
        draft.set_field(FieldKey::Rights, "copyrightnotice", &line);
    }
}

/// The blocks of the body, or of the description if there is none. Descriptions beside a body are kept as fields.
fn choose_blocks(
    draft: &mut Draft<'_>,
    bodies: Vec<TextCandidate<'_>>,
    summaries: Vec<TextCandidate<'_>>,
) -> Vec<TextBlock> {
    let blocks = choose_best(draft, bodies);
    if blocks.is_empty() {
        return choose_best(draft, summaries);
    }
    for (_, name, value, html) in summaries {
        let text = html::join_blocks(&html::text_blocks(draft, &decode_value(value), html));
        draft.add_field(&name, &text);
    }
    blocks
}

// Headlines, bodies and descriptions, each of which may come in several forms.

/// Rank 255 marks a stated word count, given as the name of a candidate without text.
const WORD_COUNT_RANK: u8 = 255;

/// A text that may become the body: rank (0 is the best), name, text, and whether that is HTML.
pub(super) type TextCandidate<'a> = (u8, String, Value<'a>, bool);

/// The rank of a text: HTML first, since it keeps the most structure, then the main text, then others. Captions,
/// teasers and the like come last.
pub(super) fn rank_text(name: &str, html: bool) -> u8 {
    let aside = ["caption", "summary", "teaser", "abstract", "short"];
    let aside = u8::from(aside.iter().any(|word| name.contains(word))) * 8;
    aside + if html { 0 } else { 2 - u8::from(name.contains("main")) }
}

/// Collects the entries of `bodies` or `descriptions`: texts with a role and a content type. Each is named after
/// `prefix` and its role, under which it is kept if it does not become the body.
pub(super) fn collect_texts<'a>(
    prefix: &str,
    array: &'a str,
    candidates: &mut Vec<TextCandidate<'a>>,
) {
    for element in elements(array) {
        let Some(all) = members_of(element) else {
            continue;
        };
        let role = text_member(&all, &["role"]).unwrap_or_default();
        let kind = text_member(&all, &["contenttype"]).unwrap_or_default();
        let value = all.iter().find(|(name, _)| normalise_name(name) == "value");
        let Some((_, value)) = value else { continue };
        let html = kind.contains("html") || kind.is_empty() && role.contains("html");
        let nitf = kind.to_ascii_lowercase().contains("nitf");
        let name = format!("{prefix}@{}", if role.is_empty() { &kind } else { &role });
        let words = text_member(&all, &["wordcount"]);
        // NITF repeats headline and byline in the text, so plain text is better.
        let rank = rank_text(&normalise_name(&role), html) + u8::from(nitf);
        candidates.push((rank, name, *value, html));
        if let Some(words) = words.filter(|words| words != "0") {
            candidates.push((WORD_COUNT_RANK, words, Value::Null, false));
        }
    }
}

/// The blocks of the best candidate that is not empty. Others are kept as fields if they contain anything else.
pub(super) fn choose_best(
    draft: &mut Draft<'_>,
    mut candidates: Vec<TextCandidate<'_>>,
) -> Vec<TextBlock> {
    candidates.sort_by_key(|(rank, ..)| *rank);
    let mut found = Vec::new();
    let mut words = String::new();
    for (rank, name, value, html) in candidates {
        if rank == WORD_COUNT_RANK {
            draft.set_field(FieldKey::Words, "wordcount", &name);
            continue;
        }
        let text = decode_value(value);
        if found.is_empty() {
            found = html::text_blocks(draft, &text, html);
            words = alphanumerics(&html::join_blocks(&found));
        } else {
            let other = html::text_blocks(draft, &text, html);
            let line = html::join_blocks(&other);
            if !words.contains(&alphanumerics(&line)) {
                draft.add_field(&name, &line);
            }
        }
    }
    found
}

/// The letters and digits of a text: two forms of one text differ only in white space and punctuation.
fn alphanumerics(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Sets the headline from `headlines`: the first main one, or else the first of all. Others are kept under their roles.
pub(super) fn apply_headlines(draft: &mut Draft<'_>, array: &str) {
    let mut all: Vec<(bool, String, String)> = Vec::new();
    for element in elements(array) {
        let (role, value) = match element {
            Value::Object(raw) => {
                let all = object_members(raw);
                let role = text_member(&all, &["role"]).unwrap_or_default();
                (role, text_member(&all, &["value", "name"]))
            }
            value => (String::new(), value_name(value)),
        };
        let main = role.is_empty() || role.to_ascii_lowercase().contains("main");
        all.extend(value.map(|value| (!main, role, html::inline_text(&value))));
    }
    all.sort_by_key(|(other, ..)| *other);
    for (nth, (_, role, value)) in all.iter().enumerate() {
        if nth == 0 {
            draft.set_field(FieldKey::Headline, "headlines", value);
        } else {
            draft.add_field(&format!("headline@{role}"), value);
        }
    }
}

// Subjects, signals, other ids and associated items.

/// Prefix of the address that `dateline export` gives to an item whose wire gave it none.
const EXPORT_URN_PREFIX: &str = "urn:x-dateline:id:";

/// Adds a subject with name and code. Entries that are keywords or categories by their `rel` become that.
pub(super) fn add_subject(draft: &mut Draft<'_>, value: Value<'_>) {
    if let Some(all) = members_of(value) {
        if text_member(&all, &["rel"]).as_deref() == Some("keyword") {
            return draft.add_keyword(text_member(&all, &["name", "literal", "uri"]));
        }
        let code = text_member(&all, &["qcode", "code", "literal", "uri"]);
        draft.add_coded_subject(code, text_member(&all, &["name"]));
        let category = all.iter().any(|(name, value)| {
            matches!(*name, "rel" | "rels")
                && matches!(value, Value::Text(raw) | Value::Array(raw) if raw.contains("category"))
        });
        if category && draft.dispatch.category.is_none() {
            draft.set_optional(
                FieldKey::Category,
                "subject",
                text_member(&all, &["code", "name", "literal"]),
            );
        }
    } else {
        draft.add_subject(value_name(value));
    }
}

/// The byline or name of an author.
pub(super) fn byline_name(value: Value<'_>) -> Option<String> {
    match members_of(value) {
        Some(all) => text_member(&all, &["by", "name", "byline"]),
        None => value_name(value),
    }
}

/// Sets the role from signals (`sig:correction`), unless the item has one already.
pub(super) fn apply_signals(draft: &mut Draft<'_>, value: Value<'_>) {
    let all: Vec<String> = match value {
        Value::Array(raw) => elements(raw).filter_map(value_name).collect(),
        value => value_name(value).into_iter().collect(),
    };
    for signal in all {
        // `sig:correction` is a code with its scheme.
        let word = signal.rsplit(':').next().unwrap_or("").to_ascii_uppercase();
        if let Some(role) = labels::parse_label_line(&word).and_then(|meaning| meaning.role)
            && draft.dispatch.role == Role::Story
        {
            draft.dispatch.role = role;
        }
    }
}

/// An associated item on one line: name, type, headline and address.
fn describe_association(name: &str, value: Value<'_>) -> Option<String> {
    let all = members_of(value)?;
    let parts = [
        Some(unescape(name).into_owned()).filter(|name| !name.is_empty()),
        text_member(&all, &["type"]),
        text_member(&all, &["headline", "title", "descriptiontext", "name"]),
        text_member(&all, &["uri", "guid", "href"]),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| text::clean(&parts.join(" ")).into_owned())
}

/// Another id of the item, by its role. `altids` is an array of objects with roles in ninjs 3, and an object before.
pub(super) fn alternative_id(value: Value<'_>, role: &str) -> Option<String> {
    match value {
        Value::Object(raw) => text_member(&object_members(raw), &[role]),
        Value::Array(raw) => elements(raw).find_map(|element| {
            let all = members_of(element)?;
            (text_member(&all, &["role"])? == role).then(|| text_member(&all, &["value"]))?
        }),
        _ => None,
    }
}

/// Sets a field from a description with a special role, as `dateline export` writes them. False for any other
/// description.
pub(super) fn apply_description(
    draft: &mut Draft<'_>,
    (_, name, value, _): &TextCandidate<'_>,
) -> bool {
    let key = match name.strip_prefix("description@") {
        Some("dateline") => FieldKey::Dateline,
        Some("label") => FieldKey::Label,
        Some("priority") => FieldKey::Priority,
        Some("signal") => {
            apply_signals(draft, *value);
            return true;
        }
        _ => return false,
    };
    draft.set_field(key, name, &decode_value(*value));
    true
}

/// Applies associated items. Those with a known relation become relations or links; the others are kept as fields, both
/// described on one line and as raw JSON.
pub(super) fn apply_associations(draft: &mut Draft<'_>, value: Value<'_>) {
    let (raw, names): (&str, Vec<String>) = match value {
        Value::Object(raw) => {
            let all = object_members(raw);
            let named = all.iter().filter_map(|(name, item)| describe_association(name, *item));
            (raw, named.collect())
        }
        Value::Array(raw) => {
            let others = elements(raw).filter(|item| !apply_relation(draft, *item));
            let others: Vec<Value<'_>> = others.collect();
            let named = others.into_iter();
            let named = named.filter_map(|item| describe_association("", item));
            (raw, named.collect())
        }
        _ => return,
    };
    if names.is_empty() {
        return;
    }
    draft.add_optional_field("associations", Some(names.join("; ")));
    draft.add_field("associations@raw", &text::clean(&compact(raw)));
}

/// Adds the relation or link to an associated item. False if its relation is unknown.
fn apply_relation(draft: &mut Draft<'_>, value: Value<'_>) -> bool {
    let Some(all) = members_of(value) else {
        return false;
    };
    let (Some(rel), Some(uri)) = (text_member(&all, &["rel"]), text_member(&all, &["uri"])) else {
        return false;
    };
    let kind = match rel.as_str() {
        "replaces" => RelationKind::Replaces,
        "corrects" => RelationKind::Corrects,
        "kills" => RelationKind::Kills,
        "holds" => RelationKind::Holds,
        "restores" => RelationKind::Restores,
        "repeats" => RelationKind::Repeats,
        "adds-to" => RelationKind::AddsTo,
        "link" => {
            draft.add_links(vec![uri]);
            return true;
        }
        _ => return false,
    };
    // An address made up by the export stands for an id that is no address, which is in `name`.
    let id = match text_member(&all, &["name"]) {
        Some(name) if uri.starts_with(EXPORT_URN_PREFIX) => name,
        _ => uri,
    };
    draft.dispatch.relations.push(Relation { kind, id });
    true
}

/// The name of the source with the role `provider` in an array of sources.
pub(super) fn provider_name(value: Value<'_>) -> Option<String> {
    let Value::Array(raw) = value else {
        return None;
    };
    elements(raw).find_map(|element| {
        let all = members_of(element)?;
        (text_member(&all, &["role"])? == "provider").then(|| text_member(&all, &["name"]))?
    })
}

// Where an item was written.

/// Sets place and country from `Bergen, Norway`.
pub(super) fn apply_location(draft: &mut Draft<'_>, text: &str) {
    let (place, country) = text.split_once(',').unwrap_or((text, ""));
    draft.set_field(FieldKey::Place, "located", place);
    draft.set_field(FieldKey::Country, "located", country);
}

/// Sets dateline, place and country from an object with the dateline as text, a city and a country.
pub(super) fn apply_location_object(draft: &mut Draft<'_>, raw: &str) {
    let all = object_members(raw);
    if let Some(line) = text_member(&all, &["text"]) {
        draft.set_field(FieldKey::Dateline, "dateline", &line);
    }
    let inner = all.iter().find_map(|(name, value)| match value {
        Value::Object(raw) if normalise_name(name) == "located" => Some(object_members(raw)),
        _ => None,
    });
    let all = inner.unwrap_or(all);
    draft.set_optional(FieldKey::Place, "located", text_member(&all, &["city", "name"]));
    draft.set_optional(
        FieldKey::Country,
        "located",
        text_member(&all, &["country", "countryname", "countrycode"]),
    );
}
