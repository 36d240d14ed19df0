//! Subjects with their relations, and the objects that stand beside a dispatch.

use serde_json::{Value, json};

use super::fit::is_uri;
use super::{ids, passthrough_value};
use crate::dispatch::Dispatch;

/// Subjects, with what else they say where the wire was ninjs; then keywords and the category, told apart by `rel`.
pub(super) fn subjects(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all = match passthrough_value(d, "subjects") {
        Some(Value::Array(all)) => all,
        _ => d
            .subjects
            .iter()
            .map(|text| make_concept(text, None))
            .collect(),
    };
    let related = |all: &[Value], rel: &str| {
        let is = |one: &Value| one["rel"].as_str().is_some_and(|found| found.contains(rel));
        all.iter().any(is)
    };
    if !related(&all, "keyword") {
        all.extend(
            d.keywords
                .iter()
                .map(|text| make_concept(text, Some("keyword"))),
        );
    }
    if let Some(category) = d.category.as_deref()
        && !related(&all, "category")
    {
        all.push(make_concept(category, Some("category")));
    }
    (!all.is_empty()).then_some(Value::Array(all))
}

/// A subject as it was written: an address, a code of a scheme or of digits, or a name.
fn make_concept(text: &str, rel: Option<&str>) -> Value {
    let code = !text.contains(' ') && text.contains(':')
        || text.len() > 2 && text.bytes().all(|b| b.is_ascii_digit());
    let mut concept = if text.contains("://") && is_uri(text) {
        json!({ "uri": text })
    } else if code {
        json!({ "literal": text })
    } else {
        json!({ "name": text })
    };
    if let (Some(rel), Some(members)) = (rel, concept.as_object_mut()) {
        members.insert("rel".to_owned(), rel.into());
    }
    concept
}

/// The objects that the wire sent with it, the items that it acts on, and its links.
pub(super) fn associations(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all = match passthrough_value(d, "associations") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    let acts = d.relations.iter().map(|other| {
        let kind = other.kind.name();
        json!({ "name": other.id, "rel": kind, "uri": ids::uri_of(&other.id, d) })
    });
    let links = d.links.iter().filter(|link| is_uri(link));
    let links = links.map(|link| json!({ "name": link, "rel": "link", "uri": link }));
    for other in acts.chain(links) {
        let known = |one: &Value| one["uri"] == other["uri"] && one["rel"] == other["rel"];
        if !all.iter().any(known) {
            all.push(other);
        }
    }
    (!all.is_empty()).then_some(Value::Array(all))
}

/// Who the wire names as its sources; among them, as provider, the agency that sent the item.
pub(super) fn sources(dispatch: &Dispatch) -> Option<Value> {
    let mut all = match passthrough_value(dispatch, "infoSources") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    if let Some(agency) = dispatch.agency.as_deref()
        && !all
            .iter()
            .any(|one| one["name"] == agency && one["role"] == "provider")
    {
        all.push(json!({ "name": agency, "role": "provider" }));
    }
    (!all.is_empty()).then_some(Value::Array(all))
}
