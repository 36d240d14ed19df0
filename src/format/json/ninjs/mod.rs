//! ninjs 1, 2 and 3 of the IPTC, as Superdesk and the APIs of agencies write it: which member is what.

mod places;
mod roles;
mod texts;

use std::ops::Range;

use super::object::{decode, keep, named, one_line, set};
use super::source::Source;
use super::token::{Cursor, Value, elements, unescape};
use crate::dispatch::{Relation, RelationKind, Severity};
use crate::format::content;
use crate::format::draft::Item;
use crate::format::fields::{Key, key};
use crate::format::finish;
use places::{located, located_in};
use roles::{alternative, associations, by, described, provider, signals, subject};
use texts::{Offer, best, headlines, parts, rank};

/// The members of an object.
pub(in crate::format::json) type Members<'a> = Vec<(&'a str, Value<'a>)>;

/// Names of which one at least shows that an object with a `uri` or `guid` is ninjs.
const TELLING: [&str; 18] = [
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
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// True for the members of a ninjs object, or of the first of them.
pub(in crate::format::json) fn is_item(members: &[(&str, Value<'_>)]) -> bool {
    let names: Vec<String> = members.iter().map(|(name, _)| plain(name)).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let standard = members.iter().any(|(name, value)| {
        *name == "standard" && matches!(value, Value::Object(raw) if raw.contains("ninjs"))
    });
    let identified = has("uri") || has("guid") || has("altids");
    standard || identified && TELLING.iter().any(|name| *name != "altids" && has(name))
}

/// The members of an object's text, as far as they can be read.
pub(in crate::format::json) fn members(raw: &str) -> Members<'_> {
    let mut members = Vec::new();
    let _ = Cursor::new(raw).members(&mut members);
    members
}

/// A string or number of the first of these names.
fn said(members: &Members<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|wanted| {
        let (_, value) = members.iter().find(|(name, _)| plain(name) == *wanted)?;
        matches!(value, Value::Text(_) | Value::Number(_))
            .then(|| one_line(Key::Subjects, &decode(*value)).trim().to_owned())
            .filter(|text| !text.is_empty())
    })
}

/// Reads one ninjs object as a dispatch.
pub(in crate::format::json) fn item(
    source: &Source<'_>,
    raw: &str,
    members: &[(&str, Value<'_>)],
    place: (Range<u64>, u32),
) -> Item {
    let mut draft = source.draft("ninjs", raw);
    let mut bodies: Vec<Offer<'_>> = Vec::new();
    let mut summaries: Vec<Offer<'_>> = Vec::new();
    let mut rights = Vec::new();
    let mut remote = false;
    let (mut uri, mut guid, mut item_id) = (None, None, None);
    for &(name, value) in members {
        let name = unescape(name);
        let lower = plain(&name);
        match (lower.as_str(), value) {
            (_, Value::Null) => {}
            ("altids", Value::Object(_) | Value::Array(_)) => {
                // Where an API names its items by address, this is what the item is called.
                item_id = alternative(value, "itemid");
                draft.put(Key::Story, "altIds", alternative(value, "story"));
                keep(&mut draft, &name, value);
            }
            ("uri", Value::Text(_)) => uri = Some(decode(value).trim().to_owned()),
            ("guid", Value::Text(_)) => guid = Some(decode(value).trim().to_owned()),
            ("headlines", Value::Array(raw)) => headlines(&mut draft, raw),
            ("title", Value::Text(_)) => draft.title = Some(content::inline(&decode(value))),
            ("headline" | "headlinemain", Value::Text(_)) => {
                let text = content::inline(&decode(value));
                draft.set(Key::Headline, &name, &text);
            }
            ("bodies", Value::Array(raw)) => parts("body", raw, &mut bodies),
            ("descriptions", Value::Array(raw)) => {
                parts("description", raw, &mut summaries);
                summaries.retain(|offer| !described(&mut draft, offer));
            }
            _ if lower.starts_with("body") && matches!(value, Value::Text(_)) => {
                let html = lower.contains("html") || lower.contains("rich");
                bodies.push((rank(&lower, html), name.into_owned(), value, html));
            }
            _ if lower.starts_with("description") && matches!(value, Value::Text(_)) => {
                let html = lower.contains("html");
                summaries.push((rank(&lower, html), name.into_owned(), value, html));
            }
            ("subject" | "subjects", Value::Array(raw)) => {
                for element in elements(raw) {
                    subject(&mut draft, element);
                }
                keep(&mut draft, &name, value);
            }
            ("copyrightnotice" | "copyrightline", Value::Text(_)) => {
                rights.push((0, decode(value).into_owned()));
            }
            ("copyrightholder", Value::Text(_)) => {
                let holder = decode(value).trim().to_owned();
                if !holder.is_empty() {
                    rights.push((1, format!("Copyright {holder}")));
                    draft.sender.get_or_insert(holder);
                }
                keep(&mut draft, &name, value);
            }
            ("usageterms", _) => {
                rights.extend(named(value).map(|terms| (2, terms)));
                keep(&mut draft, &name, value);
            }
            ("located", Value::Text(_)) => located(&mut draft, &decode(value)),
            ("located" | "dateline" | "datelinelocation", Value::Object(raw)) => {
                located_in(&mut draft, raw);
                keep(&mut draft, &name, value);
            }
            ("infosource" | "infosources" | "provider", Value::Array(_) | Value::Object(_)) => {
                let first = match value {
                    Value::Array(raw) => elements(raw).find_map(named),
                    _ => named(value),
                };
                draft.put(Key::Agency, &name, provider(value));
                draft.sender = draft.sender.take().or(first);
                keep(&mut draft, &name, value);
            }
            ("service", Value::Array(raw)) => {
                let codes: Vec<String> = elements(raw).filter_map(named).collect();
                draft.set(Key::Category, &name, &codes.join(", "));
            }
            ("signals" | "signal", _) => {
                signals(&mut draft, value);
                keep(&mut draft, &name, value);
            }
            ("evolvedfrom" | "rewriteof" | "predecessor", Value::Text(_)) => {
                let (kind, id) = (RelationKind::Replaces, decode(value).trim().to_owned());
                draft.dispatch.relates.push(Relation { kind, id });
            }
            ("bylines" | "authors", Value::Array(raw)) => {
                let names: Vec<String> = elements(raw).filter_map(by).collect();
                draft.creator = Some(names.join(", ")).filter(|names| !names.is_empty());
                keep(&mut draft, &name, value);
            }
            ("associations", Value::Object(_) | Value::Array(_)) => {
                associations(&mut draft, value);
            }
            ("renditions", _) => {
                remote = true;
                keep(&mut draft, &name, value);
            }
            ("editorialpriority", _) => set(&mut draft, Key::Priority, &name, value),
            ("contentcreated" | "firstcreated", _) => set(&mut draft, Key::Created, &name, value),
            (
                "copyright" | "place" | "places" | "genre" | "profile" | "content" | "text"
                | "summary",
                _,
            ) => {
                keep(&mut draft, &name, value);
            }
            _ => match key(&name) {
                Some(key) => set(&mut draft, key, &name, value),
                None => keep(&mut draft, &name, value),
            },
        }
    }
    if let (Some(uri), Some(_)) = (&uri, &item_id) {
        draft.keep("uri", uri);
    }
    let id = item_id.or(uri).or_else(|| guid.clone());
    if let Some(guid) = guid.filter(|guid| Some(guid) != id.as_ref()) {
        draft.keep("guid", &guid);
    }
    draft.put(Key::Story, "uri", id.clone());
    draft.put(Key::Id, "uri", id);
    rights.sort_by_key(|(rank, _)| *rank);
    if let Some((_, line)) = rights.into_iter().find(|(_, line)| !line.trim().is_empty()) {
        draft.set(Key::Rights, "copyrightnotice", &line);
    }
    let remote = remote && bodies.is_empty();
    let mut blocks = best(&mut draft, bodies);
    if blocks.is_empty() {
        blocks = best(&mut draft, summaries);
    } else {
        for (_, name, value, html) in summaries {
            let said = content::line(&content::of_text(&mut draft, &decode(value), html));
            draft.keep(&name, &said);
        }
    }
    if remote {
        let message = "its text is not in this file: `renditions` says where it lies";
        draft.problem(Severity::Note, "renditions", message.to_owned());
    }
    finish::finish_blocks(draft, blocks, place)
}
