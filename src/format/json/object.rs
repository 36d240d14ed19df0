//! One JSON object as a dispatch: which member is what.

use std::borrow::Cow;

use super::digest::{BodyDigest, digest_body};
use super::source::ObjectSource;
use super::token::{Cursor, Value, compact, elements, unescape};
use crate::dispatch::Relation;
use crate::format::Detail;
use crate::format::draft::{Draft, ParsedItem};
use crate::format::fields::{FieldKey, field_key};
use crate::format::finish::{self, BodyText};
use crate::format::markup::{self, Markup};
use crate::text;

/// Reads one object as a dispatch.
pub(super) fn parse_object(
    source: &ObjectSource<'_>,
    raw: &str,
    nth: u32,
    members: &[(&str, Value<'_>)],
) -> ParsedItem {
    let mut draft = source.draft("json", raw);
    let head = source.want == Detail::Head;
    let mut body = Cow::Borrowed("");
    let (mut html, mut summary) = (None, None);
    let mut markup: Option<Markup> = None;
    let mut short: Option<BodyDigest<'_>> = None;
    for (at, &(name, value)) in members.iter().enumerate() {
        if at > 0 && at < 200 && members[..at].iter().any(|(before, _)| *before == name) {
            draft.report_duplicate(&unescape(name));
        }
        let name = unescape(name);
        match field_key(&name) {
            None => keep_value(&mut draft, &name, value),
            Some(FieldKey::Body)
                if matches!(value, Value::Text(_)) && draft.mark_given(FieldKey::Body) =>
            {
                short = value.as_text().filter(|_| head).and_then(digest_body);
                if short.is_none() {
                    body = decode_value(value);
                    if markup::looks_like_html(&body) {
                        markup = Some(markup::parse_html(&std::mem::take(&mut body)));
                    }
                }
            }
            Some(FieldKey::Body) => set_body_from_value(&mut draft, &name, value, &mut body),
            Some(FieldKey::Html) if html.is_none() => html = Some((name, value)),
            Some(FieldKey::Summary) if summary.is_none() => summary = Some((name, value)),
            Some(key) => set_value(&mut draft, key, &name, value),
        }
    }
    for (other, is_html) in [(html, true), (summary, false)] {
        let Some((name, value)) = other else { continue };
        let empty = short.is_none() && markup.is_none() && body.trim_ascii().is_empty();
        if empty && matches!(value, Value::Text(_)) {
            body = decode_value(value);
            if is_html || markup::looks_like_html(&body) {
                markup = Some(markup::parse_html(&std::mem::take(&mut body)));
            }
        } else {
            keep_value(&mut draft, &name, value);
        }
    }
    let (range, nth) = source.locate_object(raw, nth, members);
    if let Some(BodyDigest {
        core,
        trailer,
        words,
        verbatim,
    }) = short
    {
        let core = BodyText {
            text: &core,
            trailer,
            words: Some(words),
            blocks: None,
            verbatim,
        };
        return finish::finish_body_text(draft, core, None, (range, nth));
    }
    if let Some(markup) = markup {
        draft.add_links(markup.links);
        for media in markup.media {
            draft.add_field("media", &media);
        }
        return finish::finish_blocks(draft, markup.blocks, (range, nth));
    }
    let body = if body.starts_with('\n') {
        Cow::Owned(body.trim_start_matches('\n').to_owned())
    } else {
        body
    };
    finish::finish_text(draft, &body, None, (range, nth))
}

/// A string, cleaned; other values as compact text.
pub(super) fn decode_value(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Text(raw) => match unescape(raw) {
            Cow::Borrowed(plain) => text::clean(plain),
            Cow::Owned(decoded) => match text::clean(&decoded) {
                Cow::Borrowed(_) => Cow::Owned(decoded),
                Cow::Owned(cleaned) => Cow::Owned(cleaned),
            },
        },
        Value::Bool(raw) | Value::Number(raw) => Cow::Borrowed(raw),
        Value::Array(raw) | Value::Object(raw) => {
            Cow::Owned(text::clean(&compact(raw)).into_owned())
        }
    }
}

pub(super) fn keep_value(draft: &mut Draft<'_>, name: &str, value: Value<'_>) {
    if draft.detail == Detail::Full && value != Value::Null {
        draft.add_field(&text::clean(name), &decode_value(value));
    }
}

/// A body may be a list of paragraphs; anything else is no body.
fn set_body_from_value<'a>(
    draft: &mut Draft<'_>,
    name: &str,
    value: Value<'a>,
    body: &mut Cow<'a, str>,
) {
    match value {
        Value::Null => {}
        Value::Array(raw)
            if elements(raw).all(|element| matches!(element, Value::Text(_)))
                && draft.mark_given(FieldKey::Body) =>
        {
            let paragraphs: Vec<_> = elements(raw).map(decode_value).collect();
            *body = Cow::Owned(paragraphs.join("\n\n"));
        }
        Value::Text(_) => keep_value(draft, name, value),
        _ => {
            draft.add_invalid_value(name, &decode_value(value), "a text or a list of paragraphs");
        }
    }
}

/// Sets a known field from a value of any type.
pub(super) fn set_value(draft: &mut Draft<'_>, key: FieldKey, name: &str, value: Value<'_>) {
    let several = matches!(
        key,
        FieldKey::Subjects
            | FieldKey::Keywords
            | FieldKey::Links
            | FieldKey::Relates(_)
            | FieldKey::Byline
            | FieldKey::Ednote
            | FieldKey::Agency
            | FieldKey::Category
    );
    match value {
        Value::Null => {}
        Value::Text(raw)
            if is_simple(raw) && !matches!(key, FieldKey::Subjects | FieldKey::Embargo) =>
        {
            draft.set_field(key, name, raw);
        }
        Value::Text(_) if !matches!(key, FieldKey::Subjects) => {
            let value = decode_value(value);
            match (key, value.as_ref()) {
                (FieldKey::Embargo, "") => draft.dispatch.embargoed = true,
                (_, value) => draft.set_field(key, name, &one_line(key, value)),
            }
        }
        Value::Text(_) => draft
            .dispatch
            .subjects
            .extend(Some(decode_value(value).trim().to_owned()).filter(|s| !s.is_empty())),
        Value::Bool("true") if key == FieldKey::Embargo => draft.dispatch.embargoed = true,
        Value::Bool("false") => keep_value(draft, name, value),
        Value::Number(raw) => draft.set_field(key, name, raw),
        Value::Array(raw) if several => {
            let names: Vec<String> = elements(raw).filter_map(value_name).collect();
            let d = &mut draft.dispatch;
            match key {
                FieldKey::Subjects => d.subjects.extend(names),
                FieldKey::Keywords => d.keywords.extend(names),
                FieldKey::Links => d.links.extend(names),
                FieldKey::Relates(kind) => d
                    .relations
                    .extend(names.into_iter().map(|id| Relation { kind, id })),
                FieldKey::Ednote => draft.set_field(key, name, &names.join("\n")),
                _ => draft.set_field(key, name, &names.join(", ")),
            }
        }
        Value::Object(_) => match value_name(value) {
            Some(found) => {
                keep_value(draft, name, value);
                draft.set_field(key, name, &found);
            }
            None => draft.add_invalid_value(name, &decode_value(value), "a text"),
        },
        Value::Array(_) | Value::Bool(_) => {
            draft.add_invalid_value(name, &decode_value(value), "a text")
        }
    }
}

/// True for printable ASCII without escapes: such a string is its own text, and clean.
fn is_simple(raw: &str) -> bool {
    let is_odd = |b: u8| u8::from(b.wrapping_sub(b' ') >= 0x5f) | u8::from(b == b'\\');
    // Without a branch a byte, so that it vectorises.
    raw.bytes().fold(0, |odd, b| odd | is_odd(b)) == 0
}

/// Fields other than notes hold no line ends.
pub(super) fn one_line(key: FieldKey, value: &str) -> Cow<'_, str> {
    if key == FieldKey::Ednote || !value.contains('\n') {
        return Cow::Borrowed(value);
    }
    Cow::Owned(
        value
            .split('\n')
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// A string or number, or what an object says its name is.
pub(super) fn value_name(value: Value<'_>) -> Option<String> {
    let found = match value {
        Value::Text(_) | Value::Number(_) => decode_value(value).into_owned(),
        Value::Object(raw) => {
            let mut members = Vec::new();
            Cursor::new(raw).members(&mut members).ok()?;
            let text = |name: &str| {
                let (_, value) = members.iter().find(|(found, value)| {
                    found.eq_ignore_ascii_case(name)
                        && matches!(value, Value::Text(_) | Value::Number(_))
                })?;
                Some(decode_value(*value).into_owned())
            };
            [
                "name", "label", "title", "headline", "term", "url", "href", "value", "code",
                "qcode", "id", "uri",
            ]
            .into_iter()
            .find_map(text)?
        }
        _ => return None,
    };
    let found = one_line(FieldKey::Subjects, &found).trim().to_owned();
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn simple_strings_are_printable_ascii() {
        for (raw, simple) in [
            ("", true),
            (" Oslo, 5 Jan: ~#|&<>' ", true),
            ("a\\nb", false),
            ("a\tb", false),
            ("a\u{7f}", false),
            ("a\u{1f}", false),
            ("Łódź", false),
            ("“Oslo”", false),
        ] {
            assert_eq!(is_simple(raw), simple, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn simple_strings_are_their_own_text(raw in "[ -~\u{7f}\t\né—\u{85}]{0,40}|[ -~]{0,40}|\\PC{0,20}") {
            if is_simple(&raw) {
                let text = decode_value(Value::Text(&raw));
                prop_assert_eq!(&*text, &raw);
                prop_assert_eq!(&*one_line(FieldKey::Headline, &text), &raw);
            }
        }
    }
}
