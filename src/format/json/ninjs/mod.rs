//! ninjs 1, 2 and 3 of the IPTC, as Superdesk and the APIs of agencies write it: what is an item of it.

mod item;
mod places;
mod roles;
mod texts;

use super::object::{decode_value, one_line};
use super::token::{Cursor, Value};
use crate::format::fields::FieldKey;
pub(in crate::format::json) use item::parse_object;

/// The members of an object.
pub(in crate::format::json) type Members<'a> = Vec<(&'a str, Value<'a>)>;

/// Names of which one at least shows that an object with a `uri` or `guid` is ninjs.
const NINJS_MEMBERS: [&str; 18] = [
    "versioncreated",
    "pubstatus",
    "bodytext",
    "bodyhtml",
    "bodyxhtml",
    "bodies",
    "headlines",
    "firstcreated",
    "representationtype",
    "associations",
    "descriptiontext",
    "copyrightholder",
    "edstatus",
    "altids",
    "infosources",
    "embargoeduntil",
    "firstpublished",
    "copyrightnotice",
];

/// A name in small letters without marks.
fn normalise_name(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// True for the members of a ninjs object, or of the first of them.
pub(in crate::format::json) fn is_ninjs_item(members: &[(&str, Value<'_>)]) -> bool {
    let names: Vec<String> = members
        .iter()
        .map(|(name, _)| normalise_name(name))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let standard = members.iter().any(|(name, value)| {
        *name == "standard" && matches!(value, Value::Object(raw) if raw.contains("ninjs"))
    });
    let identified = has("uri") || has("guid") || has("altids");
    standard
        || identified
            && NINJS_MEMBERS
                .iter()
                .any(|name| *name != "altids" && has(name))
}

/// The members of an object's text, as far as they can be read.
pub(in crate::format::json) fn object_members(raw: &str) -> Members<'_> {
    let mut members = Vec::new();
    let _ = Cursor::new(raw).members(&mut members);
    members
}

/// A string or number of the first of these names.
fn text_member(members: &Members<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|wanted| {
        let (_, value) = members
            .iter()
            .find(|(name, _)| normalise_name(name) == *wanted)?;
        matches!(value, Value::Text(_) | Value::Number(_))
            .then(|| {
                one_line(FieldKey::Subjects, &decode_value(*value))
                    .trim()
                    .to_owned()
            })
            .filter(|text| !text.is_empty())
    })
}
