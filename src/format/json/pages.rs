//! Objects that are no items themselves but hold some: pages of them, and envelopes around one.

use super::ninjs;
use super::source::Dialect;
use super::token::{Value, unescape};
use crate::format::fields::{FieldKey, field_key};

/// Envelopes within envelopes.
pub(super) const MAX_ENVELOPE_DEPTH: u8 = 4;

/// The array of an object that is no item itself, but holds some: `{"articles": [{…}, …]}`.
pub(super) fn find_item_array<'a>(
    dialect: Dialect,
    members: &[(&str, Value<'a>)],
) -> Option<&'a str> {
    match dialect {
        Dialect::Generic => {}
        Dialect::Feed => {
            return members.iter().find_map(|&(name, value)| match value {
                Value::Array(raw) if name == "items" => Some(raw),
                _ => None,
            });
        }
        // Items hold arrays of objects themselves.
        Dialect::Ninjs => return find_page_array(members, MAX_ENVELOPE_DEPTH),
    }
    let (mut array, mut several) = (None, false);
    for &(name, value) in members {
        match value {
            Value::Array(raw)
                if raw[1..].trim_ascii_start().starts_with('{') && field_key(name).is_none() =>
            {
                several |= array.replace(raw).is_some();
            }
            _ if matches!(
                field_key(&unescape(name)),
                Some(FieldKey::Headline | FieldKey::Body | FieldKey::Html)
            ) =>
            {
                return None;
            }
            _ => {}
        }
    }
    array.filter(|_| !several)
}

/// The array of a page of ninjs items (`{"data": {"items": […]}}`, `{"_items": […]}`).
fn find_page_array<'a>(members: &[(&str, Value<'a>)], depth: u8) -> Option<&'a str> {
    if depth == 0 || ninjs::is_ninjs_item(members) {
        return None;
    }
    members.iter().find_map(|&(name, value)| match value {
        Value::Array(raw) if raw[1..].trim_start().starts_with('{') => Some(raw),
        Value::Object(raw) if matches!(name, "data" | "result" | "results" | "response") => {
            find_page_array(&ninjs::object_members(raw), depth - 1)
        }
        _ => None,
    })
}

/// The item in an envelope of its own: `{"meta": {…}, "item": {…}}`.
pub(super) fn find_enveloped_item<'a>(
    members: &[(&str, Value<'a>)],
    depth: u8,
) -> Option<ninjs::Members<'a>> {
    if depth == 0 || ninjs::is_ninjs_item(members) {
        return None;
    }
    members.iter().find_map(|&(name, value)| match value {
        Value::Object(raw) if matches!(name, "item" | "data" | "newsitem" | "content") => {
            let inner = ninjs::object_members(raw);
            Some(find_enveloped_item(&inner, depth - 1).unwrap_or(inner))
        }
        _ => None,
    })
}

/// True for members that only an item has.
pub(super) fn has_item_members(dialect: Dialect, members: &[(&str, Value<'_>)]) -> bool {
    let telling = |name: &str| {
        matches!(
            field_key(name),
            Some(FieldKey::Headline | FieldKey::Body | FieldKey::Html)
        )
    };
    match dialect {
        Dialect::Generic => members.iter().any(|(name, _)| telling(&unescape(name))),
        Dialect::Ninjs => ninjs::is_ninjs_item(members),
        Dialect::Feed => false,
    }
}
