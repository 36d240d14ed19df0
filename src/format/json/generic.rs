//! Parses an object of generic JSON, with the field names that most services use, as a dispatch. For a head, a long
//! body is only digested: its first line and its end are decoded, and its words are counted in the raw text.

use std::borrow::Cow;

use crate::dispatch::Relation;
use crate::format::html;
use crate::format::json::services::{self, ServiceKey, TypedSubject, service_key};
use crate::format::json::tokenizer::{
    Cursor, Value, compact, elements, parse_unicode_escape, unescape,
};
use crate::format::parser::{Detail, Draft, ParsedItem};
use crate::format::shared::agencies::agency_sign;
use crate::format::shared::blocks;
use crate::format::shared::fields::{FieldKey, field_key};
use crate::format::shared::finish::{self, BodyText};
use crate::format::shared::markup::Markup;
use crate::format::tables::name_in_any_language;
use crate::text;

/// Parses an object as a dispatch from its members, or from those of an object in it that is the item. HTML, or else the
/// lead or the summary, replaces a missing body; beside a body they are kept as fields.
pub(super) fn parse_object<'a>(
    mut draft: Draft<'_>,
    members: &[(&'a str, Value<'a>)],
) -> ParsedItem {
    let unwrapped = services::unwrap_members(members);
    let all = unwrapped.as_deref().unwrap_or(members);
    let is_snapshot = all.iter().any(|(name, _)| *name == "an");
    let mut copy = Copy { is_snapshot, ..Copy::default() };
    for (at, &(name, value)) in all.iter().enumerate() {
        // Comparing with all members before takes quadratic time, so it stops at 200. Those of two objects may agree.
        let is_compared = unwrapped.is_none() && at > 0 && at < 200;
        if is_compared && members[..at].iter().any(|(before, _)| *before == name) {
            draft.report_duplicate(&unescape(name));
        }
        let name = unescape(name);
        match field_key(&name) {
            Some(FieldKey::Body) => copy.take_body(&mut draft, &name, value),
            Some(FieldKey::Html) if copy.html.is_none() => copy.html = Some((name, value)),
            Some(FieldKey::Summary) if copy.summary.is_none() => copy.summary = Some((name, value)),
            Some(key) => set_value(&mut draft, key, &name, value),
            None => copy.take_service_member(&mut draft, (name, value), &all[..at]),
        }
    }
    copy.take_name(&mut draft, all);
    if copy.is_empty() && !draft.is_given(FieldKey::Headline) {
        copy.take_other_languages(&mut draft, all);
    }
    copy.finish(draft)
}

/// The texts of an item, of which the best is chosen once all members are known.
#[derive(Default)]
struct Copy<'a> {
    body: Cow<'a, str>,
    /// The name of the member that `body` comes from, if it is a text on one line.
    line_name: Option<String>,
    markup: Option<Markup>,
    digest: Option<BodyDigest<'a>>,
    html: Option<(Cow<'a, str>, Value<'a>)>,
    lead: Option<(Cow<'a, str>, Value<'a>)>,
    summary: Option<(Cow<'a, str>, Value<'a>)>,
    snippet: Option<(Cow<'a, str>, Value<'a>)>,
    parts: Option<(Cow<'a, str>, Value<'a>)>,
    /// True for an object of the Dow Jones database, whose snippet is the beginning of the text.
    is_snapshot: bool,
}

impl<'a> Copy<'a> {
    /// Takes the first body; others are kept as fields.
    fn take_body(&mut self, draft: &mut Draft<'_>, name: &str, value: Value<'a>) {
        let Value::Text(raw) = value else {
            set_body_from_value(draft, name, value, &mut self.body);
            if html::looks_like_html(&self.body) {
                self.markup = Some(html::parse_html(&std::mem::take(&mut self.body)));
            }
            return;
        };
        if !draft.mark_given(FieldKey::Body) {
            // The same text once more, with its paragraphs.
            let is_better = self.line_name.is_some() && raw.starts_with('<') && raw.contains("p>");
            let Some(line_name) = self.line_name.take().filter(|_| is_better) else {
                return keep_value(draft, name, value);
            };
            let line = std::mem::take(&mut self.body);
            draft.add_field(&text::clean(&line_name), &line);
            return self.set_text(decode_value(value));
        }
        // The beginning of the body may stand elsewhere.
        let is_digested = draft.detail == Detail::Head && !self.is_snapshot;
        self.digest = digest_body(raw).filter(|_| is_digested);
        if self.digest.is_none() {
            self.set_text(decode_value(value));
            let is_line = self.markup.is_none() && !self.body.trim_ascii().contains('\n');
            self.line_name = is_line.then(|| name.to_owned());
        }
    }

    /// Sets the body, or its markup.
    fn set_text(&mut self, text: Cow<'a, str>) {
        // Markup in an element of a service's own.
        let is_wrapped = text.starts_with('<') && text.contains("</p>");
        if is_wrapped || html::looks_like_html(&text) {
            self.markup = Some(html::parse_html(services::text_of_document(&text)));
        } else {
            self.body = text;
        }
    }

    /// Takes a member whose name is not a common one; `before` are the members before it.
    fn take_service_member(
        &mut self,
        draft: &mut Draft<'_>,
        (name, value): (Cow<'a, str>, Value<'a>),
        before: &[(&str, Value<'a>)],
    ) {
        match service_key(&name) {
            Some(ServiceKey::Field(FieldKey::Html)) if self.html.is_none() => {
                self.html = Some((name, value));
            }
            Some(ServiceKey::Field(FieldKey::Summary)) if self.summary.is_none() => {
                self.summary = Some((name, value));
            }
            // Names that others use for flags and numbers of their own.
            Some(ServiceKey::Field(key)) if is_odd_value(key, value) => {
                keep_value(draft, &name, value);
            }
            Some(ServiceKey::Field(key)) => set_value(draft, key, &name, value),
            Some(ServiceKey::Lines) => match value {
                Value::Text(_) if draft.mark_given(FieldKey::Body) => {
                    self.set_text(services::separate_lines(decode_value(value)));
                }
                _ => set_body_from_value(draft, &name, value, &mut self.body),
            },
            Some(ServiceKey::Parts) if self.parts.is_none() => self.parts = Some((name, value)),
            Some(ServiceKey::Lead) if self.lead.is_none() => self.lead = Some((name, value)),
            Some(ServiceKey::Snippet) if self.is_snapshot && self.snippet.is_none() => {
                self.snippet = Some((name, value));
            }
            Some(ServiceKey::Snippet) if self.summary.is_none() => {
                self.summary = Some((name, value));
            }
            Some(ServiceKey::ExactTime) => {
                let is_time =
                    |(name, _): &&(&str, Value<'_>)| field_key(name) == Some(FieldKey::Sent);
                if let Some(&(day, value)) = before.iter().find(is_time) {
                    keep_value(draft, day, value);
                    draft.unmark_given(FieldKey::Sent);
                }
                set_value(draft, FieldKey::Sent, &name, value);
            }
            Some(ServiceKey::Site) => {
                if let Value::Text(_) | Value::Object(_) = value {
                    let site = services::site_name(value).or_else(|| value_name(value));
                    let site = site.filter(|site| !site.is_empty());
                    draft.fallback_agency = draft.fallback_agency.take().or(site);
                }
                keep_value(draft, &name, value);
            }
            // An unknown name, or a further text.
            None | Some(_) => keep_value(draft, &name, value),
        }
    }

    /// Takes the name of an item with a text for its headline if it has no other, as search services write it.
    fn take_name(&self, draft: &mut Draft<'_>, members: &[(&str, Value<'_>)]) {
        if self.is_empty() || draft.is_given(FieldKey::Headline) {
            return;
        }
        let is_name = |(name, value): &&(&str, Value<'_>)| {
            *name == "name" && value.as_text().is_some_and(|raw| raw.trim().contains(' '))
        };
        if let Some((name, value)) = members.iter().find(is_name) {
            draft.dispatch.fields.remove(*name);
            set_value(draft, FieldKey::Headline, name, *value);
        }
    }

    fn is_empty(&self) -> bool {
        let others = [&self.html, &self.lead, &self.summary, &self.parts];
        let has_other = others.into_iter().any(Option::is_some);
        !has_other && self.digest.is_none() && self.markup.is_none() && self.body.is_empty()
    }

    fn is_empty_text(&self) -> bool {
        self.digest.is_none() && self.markup.is_none() && self.body.trim_ascii().is_empty()
    }

    /// Takes the members of an item in which no headline or text was found, by the names of other languages: `titre`.
    fn take_other_languages(&mut self, draft: &mut Draft<'_>, members: &[(&'a str, Value<'a>)]) {
        for &(name, value) in members {
            let name = unescape(name);
            if field_key(&name).is_some() || service_key(&name).is_some() {
                continue;
            }
            let Some(key) = name_in_any_language(&name) else { continue };
            // It was kept as a field under this name.
            if matches!(value, Value::Text(_)) {
                draft.dispatch.fields.remove(&*text::clean(&name));
            }
            match (key, value) {
                (FieldKey::Body, Value::Text(_)) if draft.mark_given(FieldKey::Body) => {
                    self.set_text(services::separate_lines(decode_value(value)));
                }
                (FieldKey::Body | FieldKey::Html, _) => self.take_body(draft, &name, value),
                (FieldKey::Summary, _) if self.summary.is_none() => {
                    self.summary = Some((name, value));
                }
                _ => set_value(draft, key, &name, value),
            }
        }
    }

    /// Completes the dispatch from the best text. The others are kept as fields.
    fn finish(mut self, mut draft: Draft<'_>) -> ParsedItem {
        if let Some((name, value)) = self.snippet.take() {
            let start = decode_value(value);
            if start.trim_ascii().is_empty() {
                // Nothing to keep.
            } else if self.markup.is_some()
                || self.body.trim_ascii_start().starts_with(start.trim_ascii())
            {
                keep_value(&mut draft, &name, value);
            } else {
                self.body = Cow::Owned(format!("{start}\n\n{}", self.body));
            }
        }
        if let Some((name, value)) = self.parts.take() {
            match services::parts_text(value).filter(|_| self.is_empty_text()) {
                Some(text) => self.set_text(Cow::Owned(text)),
                None => keep_value(&mut draft, &name, value),
            }
        }
        let others =
            [(self.html.take(), true), (self.lead.take(), false), (self.summary.take(), false)];
        for (other, is_html) in others {
            let Some((name, value)) = other else { continue };
            if self.is_empty_text() && matches!(value, Value::Text(_)) {
                let text = decode_value(value);
                if is_html || html::looks_like_html(&text) {
                    self.markup = Some(html::parse_html(&text));
                } else {
                    self.body = text;
                }
            } else {
                keep_value(&mut draft, &name, value);
            }
        }
        if let Some(BodyDigest { core, trailer, words, verbatim }) = self.digest {
            let core =
                BodyText { text: &core, trailer, words: Some(words), blocks: None, verbatim };
            return finish::finish_body_text(draft, core, None);
        }
        if let Some(markup) = self.markup {
            let blocks = html::keep_links_and_media(&mut draft, markup);
            return finish::finish_blocks(draft, blocks);
        }
        finish::finish_text(draft, self.body.trim_start_matches('\n'), None)
    }
}

/// True for a value that a field with this key cannot have, of a name that others use for flags and numbers.
fn is_odd_value(key: FieldKey, value: Value<'_>) -> bool {
    match value {
        Value::Text(_) | Value::Null => false,
        Value::Number(_) => !matches!(key, FieldKey::Id | FieldKey::Words | FieldKey::Sent),
        Value::Array(_) | Value::Object(_) => !matches!(key, FieldKey::Agency),
        Value::Bool(_) => true,
    }
}

/// A string unescaped and cleaned; other values as compact JSON; nothing for `null`.
pub(super) fn decode_value(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Text(raw) => text::clean_cow(unescape(raw)),
        Value::Bool(raw) | Value::Number(raw) => Cow::Borrowed(raw),
        Value::Array(raw) | Value::Object(raw) => {
            Cow::Owned(text::clean(&compact(raw)).into_owned())
        }
    }
}

/// Keeps a value among the fields under its own name, unless it is `null`.
pub(super) fn keep_value(draft: &mut Draft<'_>, name: &str, value: Value<'_>) {
    if draft.detail == Detail::Full && value != Value::Null {
        draft.add_field(&text::clean(name), &decode_value(value));
    }
}

/// Sets the body from a list of paragraphs. A second body is kept as a field; a value of another type is reported.
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
        Value::Array(_) | Value::Object(_) if services::is_empty(value) => {}
        _ => match services::nested_text(value) {
            Some(text) if draft.mark_given(FieldKey::Body) => *body = text,
            Some(_) => keep_value(draft, name, value),
            None => {
                let expected = "a text or a list of paragraphs";
                draft.add_invalid_value(name, &decode_value(value), expected);
            }
        },
    }
}

/// Sets the field of a known key from a value of any type. A value that does not fit is kept and reported.
pub(super) fn set_value(draft: &mut Draft<'_>, key: FieldKey, name: &str, value: Value<'_>) {
    let takes_list = matches!(
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
        Value::Text(raw) if key == FieldKey::Headline && may_have_markup(raw) => {
            let line = html::inline_text(&decode_value(value));
            draft.set_field(key, name, line.trim());
        }
        Value::Text(raw) if key == FieldKey::Agency && is_source_name(name, raw) => {
            set_source(draft, name, value);
        }
        // Fast path without unescaping and cleaning.
        Value::Text(raw)
            if is_simple(raw) && !matches!(key, FieldKey::Subjects | FieldKey::Embargo) =>
        {
            draft.set_field(key, name, raw);
        }
        Value::Text(_) if !matches!(key, FieldKey::Subjects) => {
            let value = decode_value(value);
            match (key, value.as_ref()) {
                // An empty value is an embargo without an end.
                (FieldKey::Embargo, "") => draft.dispatch.embargoed = true,
                (_, value) => draft.set_field(key, name, &one_line(key, value)),
            }
        }
        // A string is one subject: its commas do not separate several.
        Value::Text(_) => draft
            .dispatch
            .subjects
            .extend(Some(decode_value(value).trim().to_owned()).filter(|s| !s.is_empty())),
        Value::Bool("true") if key == FieldKey::Embargo => draft.dispatch.embargoed = true,
        Value::Bool("false") => keep_value(draft, name, value),
        Value::Number(raw) => draft.set_field(key, name, raw),
        Value::Array(raw) if key == FieldKey::Subjects => add_subjects(draft, name, raw),
        Value::Array(raw) if takes_list => {
            let name_of = |element| services::named_value(element).or_else(|| value_name(element));
            let names: Vec<String> = elements(raw).filter_map(name_of).collect();
            let d = &mut draft.dispatch;
            match key {
                FieldKey::Keywords => d.keywords.extend(names),
                FieldKey::Links => d.links.extend(names),
                FieldKey::Relates(kind) => {
                    d.relations.extend(names.into_iter().map(|id| Relation { kind, id }));
                }
                FieldKey::Ednote => draft.set_field(key, name, &names.join("\n")),
                _ => draft.set_field(key, name, &names.join(", ")),
            }
        }
        Value::Object(_) if services::is_empty(value) => {}
        Value::Array(raw) if services::only_text(raw).is_some() => {
            draft.set_field(key, name, &services::only_text(raw).unwrap_or_default());
        }
        Value::Object(_) => match value_name(value).or_else(|| nested_line(value)) {
            Some(found) => {
                keep_value(draft, name, value);
                let sign = agency_sign(&found)
                    .filter(|_| key == FieldKey::Agency && is_source_name(name, &found));
                draft.set_field(key, name, sign.unwrap_or(&found));
            }
            None => draft.add_invalid_value(name, &decode_value(value), "a text"),
        },
        Value::Array(_) | Value::Bool(_) => {
            draft.add_invalid_value(name, &decode_value(value), "a text");
        }
    }
}

/// True for a headline with an entity (`&amp;`) or an element (`<em>…</em>`). Either mark may stand for itself.
fn may_have_markup(raw: &str) -> bool {
    let Some(at) = memchr::memchr2(b'&', b'<', raw.as_bytes()) else { return false };
    let rest = &raw.as_bytes()[at..];
    let is_entity = |at: usize| {
        let name = &rest[at + 1..rest.len().min(at + 10)];
        let end = name.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'#'));
        end.is_some_and(|end| end > 1 && name[end] == b';')
    };
    memchr::memchr_iter(b'&', rest).any(is_entity)
        || memchr::memmem::find(rest, b"</").is_some()
        || memchr::memmem::find(rest, b"<\\/").is_some()
}

/// True for the name of a source in several words, which may be the full name of an agency.
fn is_source_name(name: &str, raw: &str) -> bool {
    name != "agency" && raw.len() > 8 && memchr::memchr2(b' ', b'-', raw.as_bytes()).is_some()
}

/// Sets the agency by its short name if it is known by its full one, which is kept under the wire's own name.
fn set_source(draft: &mut Draft<'_>, name: &str, value: Value<'_>) {
    let full = decode_value(value);
    let full = one_line(FieldKey::Agency, &full);
    match agency_sign(&full) {
        Some(sign) if sign != full.trim() && !draft.is_given(FieldKey::Agency) => {
            draft.set_field(FieldKey::Agency, name, sign);
            keep_value(draft, name, value);
        }
        _ => draft.set_field(FieldKey::Agency, name, &full),
    }
}

/// Adds the elements of a list of subjects. Those whose type says that they are something else are kept as fields.
fn add_subjects(draft: &mut Draft<'_>, name: &str, list: &str) {
    for element in elements(list) {
        let Some(found) = value_name(element) else { continue };
        match services::typed_subject(element) {
            Some(TypedSubject::Keyword) => draft.dispatch.keywords.push(found),
            Some(TypedSubject::Other) => keep_value(draft, name, element),
            None | Some(TypedSubject::Subject) => draft.dispatch.subjects.push(found),
        }
    }
}

/// The text in an object as one line: `{"main": "…"}`.
fn nested_line(value: Value<'_>) -> Option<String> {
    let text = services::nested_text(value)?;
    let text = if text.contains(['&', '<']) { html::inline_text(&text).into() } else { text };
    Some(one_line(FieldKey::Headline, &text).trim().to_owned()).filter(|line| !line.is_empty())
}

/// True for printable ASCII without escapes, which neither unescaping nor cleaning changes.
fn is_simple(raw: &str) -> bool {
    let is_odd = |b: u8| u8::from(b.wrapping_sub(b' ') >= 0x5f) | u8::from(b == b'\\');
    // No branch per byte, so that the loop vectorises.
    raw.bytes().fold(0, |odd, b| odd | is_odd(b)) == 0
}

/// `value` as one line, except for notes to editors, which may have several.
pub(super) fn one_line(key: FieldKey, value: &str) -> Cow<'_, str> {
    if key == FieldKey::Ednote || !value.contains('\n') {
        return Cow::Borrowed(value);
    }
    Cow::Owned(
        value.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" "),
    )
}

/// A string or number, or the name in an object, as one line. `None` if there is none or it is empty.
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
                "name", "label", "title", "headline", "webTitle", "term", "url", "href", "value",
                "code", "qcode", "id", "uri",
            ]
            .into_iter()
            .find_map(text)?
        }
        _ => return None,
    };
    let found = one_line(FieldKey::Subjects, &found).trim().to_owned();
    (!found.is_empty()).then_some(found)
}

// Digests of long bodies: a head needs only the first line and the end of a body, so the middle is not unescaped.

/// Shortest body that is worth a digest, in bytes of raw text. It must exceed [`END_BYTES`].
const MIN_BODY_BYTES: usize = 1024;

/// Bytes at the end of the raw text that are searched for a trailer, which must fit into them.
const END_BYTES: usize = 640;

/// Most paragraphs at the end that are tried one by one.
const MAX_PARAGRAPHS: usize = 4;

/// Bytes counted in one go. A word takes at least two bytes, so the count of words in a chunk fits into a `u8`.
const CHUNK_BYTES: usize = 256;

/// A body without its middle.
pub(super) struct BodyDigest<'a> {
    /// The first line and the end, without the trailer.
    pub core: String,
    /// The trailer cut off the end.
    pub trailer: finish::Trailer,
    /// Word count of the whole body, without the trailer.
    pub words: u32,
    /// The raw text that is known to stand unchanged in the body; the trailer comes after it.
    pub verbatim: &'a str,
}

/// The digest of a body from its raw text. `None` if it might differ from a full parse: if there are escapes other than
/// of line ends, quotes, slashes and letters, gaps as in tables, a short first line, or an end without an empty line.
pub(super) fn digest_body(raw: &str) -> Option<BodyDigest<'_>> {
    let bytes = raw.as_bytes();
    if raw.len() < MIN_BODY_BYTES {
        return None;
    }
    let first = find_escaped_newline(bytes, 0)?;
    digest_from_last_paragraphs(raw, first).or_else(|| digest_from_end(raw, first))
}

/// The digest from the first line and the last paragraphs. Paragraphs are added from the end until some text is left after
/// the trailer is split off; a trailer never reaches across an empty line. `None` if the digest might differ from a full
/// parse. `first` is the byte offset of the first escaped newline.
fn digest_from_last_paragraphs(raw: &str, first: usize) -> Option<BodyDigest<'_>> {
    let bytes = raw.as_bytes();
    let start = &raw[..first];
    if !needs_no_cleaning(start) || !has_simple_escapes_only(start) {
        return None;
    }
    let mut core = String::with_capacity(first + END_BYTES);
    core.push_str(&unescape(start));
    if !blocks::is_wide(&core) {
        return None;
    }
    let (start, window) = (core.len(), raw.len() - END_BYTES);
    let mut to = raw.len();
    for _ in 0..MAX_PARAGRAPHS {
        let cut = window + find_last_empty_line(&bytes[window..to])?;
        let end = &raw[cut..];
        // After a backslash the first of the two may be the end of an escaped backslash.
        if cut < first + 2
            || bytes[cut - 1] == b'\\'
            || !needs_no_cleaning(end)
            || !has_simple_escapes_only(end)
        {
            return None;
        }
        let end = unescape(end);
        if blocks::has_gaps(&end) {
            return None;
        }
        core.truncate(start);
        core.push_str(&end);
        let (kept, trailer) = finish::split_trailer(&core);
        let is_left = kept.get(start..).is_some_and(|left| !left.trim_ascii().is_empty());
        if is_left {
            // If only whole paragraphs were cut off, the last one left is unchanged in the body, too.
            let last = without_line_ends(&raw[cut..to]);
            let is_whole = kept.len() - start == unescape(last).len();
            let verbatim = if is_whole { cut + last.len() } else { cut };
            core.truncate(kept.len());
            return Some(BodyDigest {
                words: text::count_clean_words(&core) + count_words_between(raw, first, cut)?,
                core,
                trailer,
                verbatim: &raw[..verbatim],
            });
        }
        to = cut;
    }
    None
}

/// The offset of the last two escaped newlines in a row. Escapes are rare, which makes this faster than a general search.
fn find_last_empty_line(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr_iter(b'\\', bytes).find(|&at| bytes[at..].starts_with(b"\\n\\n"))
}

/// Raw text without white space and escaped newlines at its end.
fn without_line_ends(raw: &str) -> &str {
    let mut kept = raw.trim_ascii_end();
    while let Some(line) = kept.strip_suffix("\\n") {
        kept = line.trim_ascii_end();
    }
    kept
}

/// The digest from the first line and all of the end in which a trailer must be. `first` is the byte offset of the
/// first escaped newline.
fn digest_from_end(raw: &str, first: usize) -> Option<BodyDigest<'_>> {
    let bytes = raw.as_bytes();
    let cut = find_escaped_newline(bytes, raw.len() - END_BYTES)?;
    if cut < first + 2
        || ![&raw[..first], &raw[cut..]]
            .iter()
            .all(|part| needs_no_cleaning(part) && has_simple_escapes_only(part))
    {
        return None;
    }
    let middle = count_words_between(raw, first, cut)?;
    let mut core = String::with_capacity(first + raw.len() - cut);
    core.push_str(&unescape(&raw[..first]));
    let end = unescape(&raw[cut..]);
    if !blocks::is_wide(&core) || blocks::has_gaps(&end) {
        return None;
    }
    let (kept, trailer) = finish::split_trailer(&end);
    // A trailer does not extend across an empty line, so none began before the end if the rest has one.
    memchr::memmem::find(kept.trim_ascii_start().as_bytes(), b"\n\n")?;
    let words = text::count_clean_words(&core) + middle + text::count_clean_words(kept);
    core.push_str(kept);
    Some(BodyDigest { core, trailer, words, verbatim: &raw[..cut] })
}

/// Byte offset of the next escaped newline (`\n`), at or after `from`.
fn find_escaped_newline(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\\', &bytes[from..])
        .map(|at| from + at)
        .find(|at| bytes.get(at + 1) == Some(&b'n'))
}

/// True if cleaning would not change the text, and it has neither raw line ends nor tabs and bars, which tables have.
fn needs_no_cleaning(raw: &str) -> bool {
    memchr::memchr3(b'\n', b'\t', b'|', raw.as_bytes()).is_none() && !text::needs_cleaning(raw)
}

/// True if all escapes are of quotes, slashes, line ends, or characters other than white space that cleaning keeps.
fn has_simple_escapes_only(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut escapes = memchr::memchr_iter(b'\\', bytes);
    // Most texts have just these two.
    if escapes.all(|at| matches!(bytes.get(at + 1), Some(b'n' | b'"'))) {
        return true;
    }
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let escape = &rest[at + 1..];
        let length = match escape.as_bytes().first() {
            Some(b'n' | b'"' | b'/') => 1,
            Some(b'u') => match parse_unicode_escape(escape) {
                (c, length) if c > '\u{a0}' && c != '\u{fffd}' && !c.is_whitespace() => length,
                _ => return false,
            },
            _ => return false,
        };
        rest = &escape[length..];
    }
    true
}

/// The number of words in the raw text from `first` to `cut`, the byte offsets of two escaped newlines. `None` if the
/// text might be counted differently once unescaped, or has gaps as in tables.
///
/// A word begins after a space or an escaped newline, with a byte that begins neither of them. The same loop notes
/// whether there is anything but plain ASCII or an unusual escape; only then the text is checked a second time.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch, which would prevent vectorisation.
fn count_words_between(raw: &str, first: usize, cut: usize) -> Option<u32> {
    let bytes = raw.as_bytes();
    let (mut words, mut odd, mut highest) = (0, 0u8, 0u8);
    let from = |at: usize| bytes[at..].chunks(CHUNK_BYTES);
    // Four views of the text, shifted by one byte each: two bytes before a byte, one before, itself, and the next.
    let windows = from(first)
        .zip(from(first + 1))
        .zip(bytes[first + 2..cut].chunks(CHUNK_BYTES))
        .zip(from(first + 3));
    for (((a, b), c), d) in windows {
        let mut starts = 0u8;
        // No branch per byte, so that the loop vectorises.
        for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
            let after = (b == b' ') | ((a == b'\\') & (b == b'n'));
            let (escape, end) = (c == b'\\', d == b'n');
            starts += u8::from(after & !((c == b' ') | (escape & end)));
            let other = (escape & !(end | (d == b'"'))) | (c == b'|');
            odd |= u8::from(other | ((c == b' ') & (d == b' ')));
            // Relative to the space, so that controls wrap around to the top.
            highest = highest.max(c.wrapping_sub(b' '));
        }
        words += u32::from(starts);
    }
    let between = &raw[first..cut];
    let no_gaps = || memchr::memmem::find(between.as_bytes(), b"  ").is_none();
    let is_countable = odd == 0 || no_gaps() && has_simple_escapes_only(between);
    let is_plain = odd == 0 && highest < 0x7f - b' ';
    (is_countable && (is_plain || needs_no_cleaning(between))).then_some(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::shared::{blocks, finish};
    use crate::text;

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

    const LEAD: &str = "OSLO, Jan 5 (QNA) - The ferry that was to sail on Monday stayed in port for \\\"want of a crew\\\", its owner said on the quay.";

    /// Checks whether a body with this middle is digested.
    #[track_caller]
    fn check(middle: &str, digested: bool) {
        let paragraph = "\\n\\nNobody had told the crew, who \\\"waited\\\" at home.";
        let raw = [LEAD, &paragraph.repeat(15), middle, &paragraph.repeat(15)].concat();
        let raw = [&raw, "\\n\\n(Reporting by A)\\n\\nCopyright 2020 QNA\\n-30-"].concat();
        let found = digest_body(&raw);
        assert_eq!(found.is_some(), digested, "{middle}");
        check_all(&raw);
    }

    /// Checks that each digest of a body agrees with a full parse.
    #[track_caller]
    fn check_all(raw: &str) {
        let whole = unescape(raw);
        let (core, trailer) = finish::split_trailer(&whole);
        let first = find_escaped_newline(raw.as_bytes(), 0).filter(|_| raw.len() >= MIN_BODY_BYTES);
        let digests = [
            digest_body(raw),
            first.and_then(|first| digest_from_last_paragraphs(raw, first)),
            first.and_then(|first| digest_from_end(raw, first)),
        ];
        for found in digests.into_iter().flatten() {
            assert_eq!(found.words, text::count_words(core), "{raw}");
            assert_eq!(found.trailer, trailer, "{raw}");
            assert_eq!(
                blocks::first_paragraph(&found.core),
                blocks::first_paragraph(core),
                "{raw}"
            );
            assert!(!blocks::has_table(core), "{raw}");
            assert!(core.starts_with(&*unescape(found.verbatim)), "{raw}");
        }
    }

    #[test]
    fn usual_bodies_are_digested() {
        for middle in [
            "",
            "\\n",
            " \\n \\n",
            "\\nä “b” \\n\\n\\nc",
            "n\\nn n\\n",
            "\\\"\\n\\\"",
            "\\/n \\/\\n\\/ a\\/b",
            "\\u201cOh\\u201d \\u2014 n\\u00e9n \\n\\u00e9\\nn",
            " \\ud83d\\ude00 \\ud83d\\ude00n\\n\\ud83d\\ude00",
        ] {
            check(middle, true);
        }
    }

    #[test]
    fn bodies_that_may_parse_differently_are_not_digested() {
        for middle in [
            "\\t",
            "\\u000a",
            "\\\\n",
            "a  b",
            "\\r\\n",
            "\u{85}",
            "\n",
            "\\u00a0",
            "\\u2028",
            "\\u3000",
            "\\u0085",
            "\\ud83d",
            "\\ud83d\\n",
            "\\u00",
            "\\u00e\\n",
            "\\u005cn",
            "\\b",
        ] {
            check(middle, false);
        }
        assert!(digest_body("").is_none());
        assert!(digest_body(&LEAD.repeat(20)).is_none());
    }

    #[test]
    fn the_last_paragraph_and_the_trailer_are_enough() {
        let filling = "\\n\\nNobody had told the crew, who \\\"waited\\\" at home.".repeat(30);
        for (end, enough) in [
            ("", true),
            ("\\n\\nShe left.", true),
            ("\\n\\nShe left,\\nlate.\\n", true),
            ("\\n\\nShe left \\u2014 late.", true),
            ("\\n\\n(Reporting by A. Lind; Editing by B)", true),
            ("\\n\\n-30-", true),
            ("\\n\\n-30-\\n\\n", true),
            ("\\n\\n-30-\\n\\n \\n \\n \\n \\n \\n \\n \\n \\n", true),
            ("\\n-30-", true),
            ("\\n\\n(more)", true),
            ("\\n\\nCopyright 2020 QNA", true),
            ("\\n\\nCopyright 2020 QNA\\nand others", true),
            ("\\n\\nCopyright 2020 QNA\\n\\nAll rights reserved", true),
            ("\\n\\nA  table", false),
            ("\\n\\nA\\ttable", false),
            ("\\\\n\\n\\nShe left.", false),
        ] {
            let raw = [LEAD, &filling, end].concat();
            let first = find_escaped_newline(raw.as_bytes(), 0).unwrap();
            let found = digest_from_last_paragraphs(&raw, first);
            assert_eq!(found.is_some(), enough, "{end}");
            // Whole paragraphs are known to stand in the body as they are.
            let verbatim = found.map_or(0, |found| found.verbatim.len());
            let whole = enough && end != "\\n-30-";
            assert_eq!(verbatim >= LEAD.len() + filling.len(), whole, "{end}");
            check_all(&raw);
        }
    }

    /// A piece of a body as raw JSON: mostly usual text, at times part of a trailer, rarely an unusual escape.
    fn piece() -> impl Strategy<Value = String> {
        let usual = r#"\n\n|\n| |\"|\/|\u2014|\u00e9| rain|oil|n|u| é|— |She left.\n\n"#;
        let ends = r"\n\n-30-|\n(more)|\n\nCopyright 2026 QNA|\nAll rights reserved|\n\n(c) 2026 Q|\nENDS| \n|\n\n###";
        let other = r"\|\\|\\n|\t|\r\n|  |\u00a0|\u0085|\ud83d|\x|\u00|=";
        let among =
            |all: &'static str| proptest::sample::select(all.split('|').collect::<Vec<_>>());
        prop_oneof![30 => among(usual), 6 => among(ends), 1 => among(other)].prop_map(str::to_owned)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn digests_agree_with_a_full_parse(
            before in proptest::collection::vec(piece(), 0..40),
            after in proptest::collection::vec(piece(), 0..60),
        ) {
            let filling = "\\n\\nNobody had told the crew, who \\\"waited\\\" at home.".repeat(15);
            check_all(&[LEAD, &filling, &before.concat(), &filling, &after.concat()].concat());
            check_all(&[LEAD, &filling, &filling, &before.concat()].concat());
            check_all(&[before.concat(), filling, after.concat()].concat());
        }

        #[test]
        fn digests_of_any_string_agree_with_a_full_parse(raw in "(\\PC|\\\\n|\\\\){0,80}", times in 1..60_usize) {
            check_all(&raw.repeat(times));
        }
    }
}
