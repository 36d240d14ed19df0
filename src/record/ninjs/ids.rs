//! Identities as URIs, which ninjs asks for, and beside them as the wire wrote them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::fit::is_uri;
use super::parse_field_value;
use crate::dispatch::Dispatch;

/// Begins the URIs of items that their wire gave no URI.
const URN: &str = "urn:x-dateline:";

/// The item's own URI; else one made of agency and id, or of the hash of its bytes.
pub(super) fn item_uri(dispatch: &Dispatch) -> String {
    let d = dispatch;
    let address = d.fields.get("uri").filter(|uri| is_uri(uri));
    match (address, &d.id) {
        (Some(address), _) => address.clone(),
        (None, Some(id)) => uri_of(id, d),
        (None, None) => format!("{URN}xxh3:{:016x}", d.raw_hash),
    }
}

/// An id as a URI: as it is where it is one.
pub(super) fn uri_of(id: &str, dispatch: &Dispatch) -> String {
    if is_uri(id) {
        return id.to_owned();
    }
    let agency = dispatch.agency.as_deref().unwrap_or("");
    format!("{URN}id:{}:{}", percent_encode(agency), percent_encode(id))
}

/// Everything but letters, digits, `-`, `.` and `_` as `%XX`.
fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The other names of an item: as the wire wrote them where they are no URIs, and of its story.
pub(super) fn alt_ids(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all: Vec<(String, String)> = Vec::new();
    let known = d.fields.iter().find(|(name, _)| is_alt_ids(name));
    match known.map(|(_, text)| parse_field_value(text)) {
        Some(Value::Object(members)) => all.extend(
            members
                .iter()
                .filter_map(|(role, value)| Some((role.clone(), scalar_text(value)?))),
        ),
        Some(Value::Array(entries)) => all.extend(entries.iter().filter_map(|entry| {
            let role = entry.get("role").and_then(scalar_text).unwrap_or_default();
            Some((role, scalar_text(entry.get("value")?)?))
        })),
        _ => {}
    }
    let own = item_uri(d);
    let item = d.id.clone().filter(|id| *id != own);
    let story = d.story.clone().filter(|story| Some(story) != d.id.as_ref());
    let guid = d.fields.get("guid").cloned();
    for (role, value) in [("itemid", item), ("story", story), ("guid", guid)] {
        if let Some(value) = value
            && !all.iter().any(|(known, _)| known == role)
        {
            all.push((role.to_owned(), value));
        }
    }
    let entry = |(role, value): (String, String)| match role.as_str() {
        "" => json!({ "value": value }),
        _ => json!({ "role": role, "value": value }),
    };
    let all: Vec<Value> = all.into_iter().map(entry).collect();
    (!all.is_empty()).then_some(Value::Array(all))
}

fn is_alt_ids(name: &str) -> bool {
    name.eq_ignore_ascii_case("altids")
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
