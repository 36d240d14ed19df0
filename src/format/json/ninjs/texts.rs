//! The texts of a ninjs item: headlines, bodies and descriptions, each in several forms.

use super::{normalise_name, object_members, text_member};
use crate::format::content;
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;
use crate::format::json::object::{decode_value, value_name};
use crate::format::json::token::{Value, elements};
use crate::format::markup::TextBlock;

/// A body that may become that of the item: how good it is, its name, and its text.
pub(super) type TextCandidate<'a> = (u8, String, Value<'a>, bool);

/// HTML holds the most; then a text, then NITF, which repeats its head.
pub(super) fn rank_text(name: &str, html: bool) -> u8 {
    let aside = ["caption", "summary", "teaser", "abstract", "short"];
    let aside = u8::from(aside.iter().any(|word| name.contains(word))) * 8;
    aside
        + if html {
            0
        } else {
            2 - u8::from(name.contains("main"))
        }
}

/// `bodies` and `descriptions`: texts with a role and a content type. What is not the body is kept under a name with the
/// role.
pub(super) fn collect_texts<'a>(kept: &str, array: &'a str, offers: &mut Vec<TextCandidate<'a>>) {
    for element in elements(array) {
        let Value::Object(raw) = element else {
            continue;
        };
        let all = object_members(raw);
        let role = text_member(&all, &["role"]).unwrap_or_default();
        let kind = text_member(&all, &["contenttype"]).unwrap_or_default();
        let value = all.iter().find(|(name, _)| normalise_name(name) == "value");
        let Some((_, value)) = value else { continue };
        let html = kind.contains("html") || kind.is_empty() && role.contains("html");
        let nitf = kind.to_ascii_lowercase().contains("nitf");
        let name = format!("{kept}@{}", if role.is_empty() { &kind } else { &role });
        let words = text_member(&all, &["wordcount"]);
        let rank = rank_text(&normalise_name(&role), html) + u8::from(nitf);
        offers.push((rank, name, *value, html));
        if let Some(words) = words.filter(|words| words != "0") {
            offers.push((255, words, Value::Null, false));
        }
    }
}

/// The best of several bodies; the others are kept where they say something else.
pub(super) fn choose_best(
    draft: &mut Draft<'_>,
    mut offers: Vec<TextCandidate<'_>>,
) -> Vec<TextBlock> {
    offers.sort_by_key(|(rank, ..)| *rank);
    let mut found = Vec::new();
    let mut words = String::new();
    for (rank, name, value, html) in offers {
        if rank == 255 {
            draft.set_field(FieldKey::Words, "wordcount", &name);
            continue;
        }
        let text = decode_value(value);
        if found.is_empty() {
            found = content::text_blocks(draft, &text, html);
            words = alphanumerics(&content::join_blocks(&found));
        } else {
            let other = content::text_blocks(draft, &text, html);
            let line = content::join_blocks(&other);
            if !words.contains(&alphanumerics(&line)) {
                draft.add_field(&name, &line);
            }
        }
    }
    found
}

/// The letters of a text: two bodies of one text differ in white space and marks.
fn alphanumerics(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).collect()
}

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
        all.extend(value.map(|value| (!main, role, content::inline_text(&value))));
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
