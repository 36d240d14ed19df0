//! JSON Feed 1 and 1.1 (jsonfeed.org): parses one item, together with what the feed states for all its items.

use crate::format::html;
use crate::format::json::dialect::members_of;
use crate::format::json::generic::{decode_value, keep_value, set_value, value_name};
use crate::format::json::tokenizer::{Value, elements, unescape};
use crate::format::parser::{Draft, ParsedItem};
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::fields::{FieldKey, field_key};
use crate::format::shared::finish;

/// Parses an item of a feed. `inner` are its members, `outer` those of the feed.
pub(super) fn parse_object(
    mut draft: Draft<'_>,
    inner: &[(&str, Value<'_>)],
    outer: &[(&str, Value<'_>)],
) -> ParsedItem {
    let mut published = None;
    let (mut html, mut plain, mut summary) = (None, None, None);
    for &(name, value) in inner {
        let name = unescape(name);
        match (&*name, value) {
            (_, Value::Null) => {}
            // Collected: which of them is the body depends on the others.
            ("content_html", Value::Text(_)) => html = Some(value),
            ("content_text", Value::Text(_)) => plain = Some(value),
            ("summary", Value::Text(_)) => summary = Some(value),
            ("date_published", _) => published = value_name(value),
            _ => apply_member(&mut draft, &name, value),
        }
    }
    if let Some(first) = published {
        apply_published(&mut draft, &first);
    }
    apply_feed_metadata(&mut draft, outer);
    let mut blocks = Vec::new();
    // The first text that is not empty becomes the body; the others are kept as fields.
    for (name, value, is_html) in
        [("content_html", html, true), ("content_text", plain, false), ("summary", summary, false)]
    {
        let Some(value) = value else { continue };
        if blocks.is_empty() {
            blocks = html::text_blocks(&mut draft, &decode_value(value), is_html);
        } else {
            keep_value(&mut draft, name, value);
        }
    }
    finish::finish_blocks(draft, blocks)
}

/// The text of the member with this name, or the name in it if it is an object.
fn member_text(members: &[(&str, Value<'_>)], wanted: &str) -> Option<String> {
    let (_, value) = members.iter().find(|(name, _)| *name == wanted)?;
    value_name(*value)
}

/// Applies any member but the texts and the time of publication.
fn apply_member(draft: &mut Draft<'_>, name: &str, value: Value<'_>) {
    match (name, value) {
        // Titles are plain text by the specification, but some feeds escape HTML in them.
        ("title", Value::Text(_)) => {
            let title = html::inline_text(&decode_value(value));
            draft.set_field(FieldKey::Headline, "title", &title);
        }
        ("date_modified", _) => set_value(draft, FieldKey::Sent, name, value),
        ("external_url" | "url", _) => draft.add_links(value_name(value).into_iter().collect()),
        ("authors", Value::Array(raw)) => {
            let names: Vec<String> = elements(raw).filter_map(value_name).collect();
            draft.set_field(FieldKey::Byline, name, &names.join(", "));
        }
        ("image" | "banner_image", _) => keep_value(draft, name, value),
        ("attachments", Value::Array(raw)) => {
            for element in elements(raw) {
                if let Some(about) = members_of(element) {
                    let parts = ["title", "mime_type", "url"];
                    let parts = parts.iter().filter_map(|part| member_text(&about, part));
                    let parts: Vec<String> = parts.collect();
                    draft.add_field("attachments", &parts.join(" "));
                }
            }
        }
        _ => match field_key(name).filter(|key| !key.is_nested_only()) {
            Some(key) => set_value(draft, key, name, value),
            None => keep_value(draft, name, value),
        },
    }
}

/// Sets the time of first publication. It is the time sent if there is no later `date_modified`.
fn apply_published(draft: &mut Draft<'_>, first: &str) {
    if draft.dispatch.sent.is_some() {
        draft.set_field(FieldKey::Created, "date_published", first);
    } else {
        draft.set_field(FieldKey::Sent, "date_published", first);
    }
    // A feed does not say when it was written, so only the date of the file tells that this time is in the future.
    if let (Some(until), Some(now)) = (parse_field_time(first), draft.ctx.file_time)
        && until.seconds > now.seconds + 60
    {
        draft.dispatch.embargoed = true;
        draft.dispatch.embargo = Some(until);
    }
}

/// Applies what the feed states for all its items: author, language and title.
fn apply_feed_metadata(draft: &mut Draft<'_>, outer: &[(&str, Value<'_>)]) {
    let authors = outer.iter().find(|(name, _)| matches!(*name, "authors" | "author"));
    // Version 1.1 has a list of authors, version 1 a single one.
    draft.fallback_byline = authors.and_then(|(_, value)| match value {
        Value::Array(raw) => elements(raw).find_map(value_name),
        value => value_name(*value),
    });
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "language", member_text(outer, "language"));
    }
    let title = member_text(outer, "title");
    draft.add_optional_field("feed", title.clone());
    draft.fallback_agency = title;
}
