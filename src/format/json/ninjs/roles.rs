//! What stands in arrays whose entries say what they are: subjects, signals, other identities, associated items.

use super::texts::TextCandidate;
use super::{Members, object_members, text_member};
use crate::dispatch::{Relation, RelationKind, Role};
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;
use crate::format::json::object::{decode_value, value_name};
use crate::format::json::token::{Value, compact, elements, unescape};
use crate::format::label;
use crate::text;

/// Begins the address that `dateline export` gives an item whose wire gave it none.
const EXPORT_URN_PREFIX: &str = "urn:x-dateline:id:";

/// A subject's name and code.
pub(super) fn add_subject(draft: &mut Draft<'_>, value: Value<'_>) {
    if let Value::Object(raw) = value {
        let all = object_members(raw);
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

/// A byline, or the name of an author.
pub(super) fn byline_name(value: Value<'_>) -> Option<String> {
    match value {
        Value::Object(raw) => {
            let all = object_members(raw);
            text_member(&all, &["by", "name", "byline"])
        }
        value => value_name(value),
    }
}

/// What an item is to the others, as a list of words says it.
pub(super) fn apply_signals(draft: &mut Draft<'_>, value: Value<'_>) {
    let all: Vec<String> = match value {
        Value::Array(raw) => elements(raw).filter_map(value_name).collect(),
        value => value_name(value).into_iter().collect(),
    };
    for signal in all {
        let word = signal.rsplit(':').next().unwrap_or("").to_ascii_uppercase();
        if let Some(role) = label::parse_label_line(&word).and_then(|meaning| meaning.role)
            && draft.dispatch.role == Role::Story
        {
            draft.dispatch.role = role;
        }
    }
}

/// An associated item in words: its name, its kind, its headline, where it is.
fn describe_association(name: &str, value: Value<'_>) -> Option<String> {
    let Value::Object(raw) = value else {
        return None;
    };
    let all = object_members(raw);
    let parts = [
        Some(unescape(name).into_owned()).filter(|name| !name.is_empty()),
        text_member(&all, &["type"]),
        text_member(&all, &["headline", "title", "descriptiontext", "name"]),
        text_member(&all, &["uri", "guid", "href"]),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| text::clean(&parts.join(" ")).into_owned())
}

/// Another identity of the item, by its role: in ninjs 3 an array, before that an object.
pub(super) fn alternative_id(value: Value<'_>, role: &str) -> Option<String> {
    match value {
        Value::Object(raw) => text_member(&object_members(raw), &[role]),
        Value::Array(raw) => elements(raw).find_map(|element| {
            let Value::Object(raw) = element else {
                return None;
            };
            let all = object_members(raw);
            (text_member(&all, &["role"])? == role).then(|| text_member(&all, &["value"]))?
        }),
        _ => None,
    }
}

/// True for a description that says what the model has a place for, as `dateline export` writes it; sets it.
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

/// Other items: in words among the fields, and whole. Where their relation is known, this one acts on them, or links to
/// them.
pub(super) fn apply_associations(draft: &mut Draft<'_>, value: Value<'_>) {
    let (raw, names): (&str, Vec<String>) = match value {
        Value::Object(raw) => {
            let all = object_members(raw);
            let named = all
                .iter()
                .filter_map(|(name, one)| describe_association(name, *one));
            (raw, named.collect())
        }
        Value::Array(raw) => {
            let others = elements(raw).filter(|one| !apply_relation(draft, *one));
            let named: Vec<Value<'_>> = others.collect();
            (
                raw,
                named
                    .into_iter()
                    .filter_map(|one| describe_association("", one))
                    .collect(),
            )
        }
        _ => return,
    };
    if names.is_empty() {
        return;
    }
    draft.add_optional_field("associations", Some(names.join("; ")));
    draft.add_field("associations@raw", &text::clean(&compact(raw)));
}

/// True for an associated item whose relation the model knows.
fn apply_relation(draft: &mut Draft<'_>, value: Value<'_>) -> bool {
    let Value::Object(raw) = value else {
        return false;
    };
    let all: Members<'_> = object_members(raw);
    let (Some(rel), Some(uri)) = (text_member(&all, &["rel"]), text_member(&all, &["uri"])) else {
        return false;
    };
    let kind = match rel.as_str() {
        "replaces" => RelationKind::Replaces,
        "corrects" => RelationKind::Corrects,
        "kills" => RelationKind::Kills,
        "repeats" => RelationKind::Repeats,
        "adds-to" => RelationKind::AddsTo,
        "link" => {
            draft.add_links(vec![uri]);
            return true;
        }
        _ => return false,
    };
    let id = match text_member(&all, &["name"]) {
        Some(name) if uri.starts_with(EXPORT_URN_PREFIX) => name,
        _ => uri,
    };
    draft.dispatch.relations.push(Relation { kind, id });
    true
}

/// The source that an array names as the provider of the item.
pub(super) fn provider_name(value: Value<'_>) -> Option<String> {
    let Value::Array(raw) = value else {
        return None;
    };
    elements(raw).find_map(|element| {
        let Value::Object(raw) = element else {
            return None;
        };
        let all = object_members(raw);
        (text_member(&all, &["role"])? == "provider").then(|| text_member(&all, &["name"]))?
    })
}
