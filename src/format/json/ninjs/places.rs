//! Where a ninjs item was written.

use super::{normalise_name, object_members, text_member};
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;
use crate::format::json::token::Value;

/// `Bergen, Norway`
pub(super) fn apply_location(draft: &mut Draft<'_>, text: &str) {
    let (place, country) = text.split_once(',').unwrap_or((text, ""));
    draft.set_field(FieldKey::Place, "located", place);
    draft.set_field(FieldKey::Country, "located", country);
}

/// A place in parts: a city, what lies around it, and the line as it was set.
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
    draft.set_optional(
        FieldKey::Place,
        "located",
        text_member(&all, &["city", "name"]),
    );
    draft.set_optional(
        FieldKey::Country,
        "located",
        text_member(&all, &["country", "countryname", "countrycode"]),
    );
}
