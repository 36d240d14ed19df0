//! One ninjs object as a dispatch: which member is what.

use std::ops::Range;

use super::normalise_name;
use super::places::{apply_location, apply_location_object};
use super::roles::{
    add_subject, alternative_id, apply_associations, apply_description, apply_signals, byline_name,
    provider_name,
};
use super::texts::{TextCandidate, apply_headlines, choose_best, collect_texts, rank_text};
use crate::dispatch::{Relation, RelationKind, Severity};
use crate::format::content;
use crate::format::draft::{Draft, ParsedItem};
use crate::format::fields::{FieldKey, field_key};
use crate::format::finish;
use crate::format::json::object::{decode_value, keep_value, set_value, value_name};
use crate::format::json::source::ObjectSource;
use crate::format::json::token::{Value, elements, unescape};
use crate::format::markup::TextBlock;

/// Reads one ninjs object as a dispatch.
pub(in crate::format::json) fn parse_object(
    source: &ObjectSource<'_>,
    raw: &str,
    members: &[(&str, Value<'_>)],
    place: (Range<u64>, u32),
) -> ParsedItem {
    let mut draft = source.draft("ninjs", raw);
    let mut found = CollectedMembers::default();
    for &(name, value) in members {
        if value == Value::Null {
            continue;
        }
        let name = unescape(name);
        let lower = normalise_name(&name);
        let member = (lower.as_str(), &*name, value);
        let taken = found.take_identity(&mut draft, member)
            || found.take_text(&mut draft, member)
            || found.rights(&mut draft, member)
            || take_origin(&mut draft, member)
            || found.take_other(&mut draft, member);
        if !taken {
            match field_key(&name) {
                Some(key) => set_value(&mut draft, key, &name, value),
                None => keep_value(&mut draft, &name, value),
            }
        }
    }
    let remote = found.is_remote && found.bodies.is_empty();
    set_identity(&mut draft, (found.uri, found.guid, found.item_id));
    set_rights(&mut draft, found.rights);
    let blocks = choose_blocks(&mut draft, found.bodies, found.summaries);
    if remote {
        let message = "its text is not in this file: `renditions` says where it lies";
        draft.add_problem(Severity::Note, "renditions", message.to_owned());
    }
    finish::finish_blocks(draft, blocks, place)
}

/// A member: its name in small letters without marks, its name as it is, and its value.
type Member<'n, 'a> = (&'n str, &'n str, Value<'a>);

/// What is found of an item before it is known which of it counts.
#[derive(Default)]
struct CollectedMembers<'a> {
    bodies: Vec<TextCandidate<'a>>,
    summaries: Vec<TextCandidate<'a>>,
    /// Lines that tell the rights, and how good they are: 0 the best.
    rights: Vec<(u8, String)>,
    /// It says where its text lies elsewhere.
    is_remote: bool,
    uri: Option<String>,
    guid: Option<String>,
    item_id: Option<String>,
}

/// Each takes the members of one kind; false for one of another kind.
impl<'a> CollectedMembers<'a> {
    /// What it is called.
    fn take_identity(
        &mut self,
        draft: &mut Draft<'_>,
        (lower, name, value): Member<'_, 'a>,
    ) -> bool {
        match (lower, value) {
            ("altids", Value::Object(_) | Value::Array(_)) => {
                // Where an API names its items by address, this is what the item is called.
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

    /// Headlines, bodies, descriptions.
    fn take_text(&mut self, draft: &mut Draft<'_>, (lower, name, value): Member<'_, 'a>) -> bool {
        match (lower, value) {
            ("headlines", Value::Array(raw)) => apply_headlines(draft, raw),
            ("title", Value::Text(_)) => {
                draft.fallback_headline = Some(content::inline_text(&decode_value(value)))
            }
            ("headline" | "headlinemain", Value::Text(_)) => {
                let text = content::inline_text(&decode_value(value));
                draft.set_field(FieldKey::Headline, name, &text);
            }
            ("bodies", Value::Array(raw)) => collect_texts("body", raw, &mut self.bodies),
            ("descriptions", Value::Array(raw)) => {
                collect_texts("description", raw, &mut self.summaries);
                self.summaries
                    .retain(|offer| !apply_description(draft, offer));
            }
            (_, Value::Text(_)) if lower.starts_with("body") => {
                let html = lower.contains("html") || lower.contains("rich");
                let offer = (rank_text(lower, html), name.to_owned(), value, html);
                self.bodies.push(offer);
            }
            (_, Value::Text(_)) if lower.starts_with("description") => {
                let html = lower.contains("html");
                let offer = (rank_text(lower, html), name.to_owned(), value, html);
                self.summaries.push(offer);
            }
            _ => return false,
        }
        true
    }

    /// Whose it is, and what may be done with it.
    fn rights(&mut self, draft: &mut Draft<'_>, (lower, name, value): Member<'_, 'a>) -> bool {
        match (lower, value) {
            ("copyrightnotice" | "copyrightline", Value::Text(_)) => {
                self.rights.push((0, decode_value(value).into_owned()));
            }
            ("copyrightholder", Value::Text(_)) => {
                let holder = decode_value(value).trim().to_owned();
                if !holder.is_empty() {
                    self.rights.push((1, format!("Copyright {holder}")));
                    draft.sender.get_or_insert(holder);
                }
                keep_value(draft, name, value);
            }
            ("usageterms", _) => {
                self.rights
                    .extend(value_name(value).map(|terms| (2, terms)));
                keep_value(draft, name, value);
            }
            _ => return false,
        }
        true
    }

    /// What it is about and goes with.
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
                let (kind, id) = (
                    RelationKind::Replaces,
                    decode_value(value).trim().to_owned(),
                );
                draft.dispatch.relations.push(Relation { kind, id });
            }
            ("associations", Value::Object(_) | Value::Array(_)) => {
                apply_associations(draft, value)
            }
            ("renditions", _) => {
                self.is_remote = true;
                keep_value(draft, name, value);
            }
            ("editorialpriority", _) => set_value(draft, FieldKey::Priority, name, value),
            ("contentcreated" | "firstcreated", _) => {
                set_value(draft, FieldKey::Created, name, value)
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

/// Takes the members that tell where it comes from and who wrote it; false for another one.
fn take_origin(draft: &mut Draft<'_>, (lower, name, value): Member<'_, '_>) -> bool {
    match (lower, value) {
        ("located", Value::Text(_)) => {
            apply_location(draft, &decode_value(value));
            return true;
        }
        ("located" | "dateline" | "datelinelocation", Value::Object(raw)) => {
            apply_location_object(draft, raw)
        }
        ("infosource" | "infosources" | "provider", Value::Array(_) | Value::Object(_)) => {
            let first = match value {
                Value::Array(raw) => elements(raw).find_map(value_name),
                _ => value_name(value),
            };
            draft.set_optional(FieldKey::Agency, name, provider_name(value));
            draft.sender = draft.sender.take().or(first);
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

/// The name of the item, and of its story: its own number, else its address, else its `guid`.
fn set_identity(
    draft: &mut Draft<'_>,
    (uri, guid, item_id): (Option<String>, Option<String>, Option<String>),
) {
    if let (Some(uri), Some(_)) = (&uri, &item_id) {
        draft.add_field("uri", uri);
    }
    let id = item_id.or(uri).or_else(|| guid.clone());
    if let Some(guid) = guid.filter(|guid| Some(guid) != id.as_ref()) {
        draft.add_field("guid", &guid);
    }
    draft.set_optional(FieldKey::Story, "uri", id.clone());
    draft.set_optional(FieldKey::Id, "uri", id);
}

/// The best line that tells the rights.
fn set_rights(draft: &mut Draft<'_>, mut rights: Vec<(u8, String)>) {
    rights.sort_by_key(|(rank, _)| *rank);
    if let Some((_, line)) = rights.into_iter().find(|(_, line)| !line.trim().is_empty()) {
        draft.set_field(FieldKey::Rights, "copyrightnotice", &line);
    }
}

/// The body; where there is none, the description. Descriptions beside a body are kept.
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
        let said = content::join_blocks(&content::text_blocks(draft, &decode_value(value), html));
        draft.add_field(&name, &said);
    }
    blocks
}
