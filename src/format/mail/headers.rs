//! The headers of a mail (RFC 5322), and the dispatch fields they set. Priorities follow RFC 2156, `Control` RFC 5536.

use std::borrow::Cow;

use mailparse::{MailAddr, addrparse};

use crate::dispatch::{Relation, RelationKind, Role, Severity, Urgency};
use crate::format::mail::mime;
use crate::format::parser::{Detail, Draft};
use crate::format::plain::header_lines::is_slug;
use crate::format::shared::bylines::is_person;
use crate::format::shared::encoding;
use crate::format::shared::fields::{FieldKey, field_key};
use crate::text;

/// Bytes of a header's value that are decoded; the rest is left out and reported.
pub(super) const MAX_VALUE_BYTES: usize = 16 << 10;

/// Longest header name, in bytes; a longer one makes the line no header.
const MAX_NAME_BYTES: usize = 76;

/// One header as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeaderField<'a> {
    /// Name without the colon.
    pub name: &'a str,
    /// Value, still encoded and folded over several lines.
    pub raw: &'a [u8],
}

/// The headers of a mail, or of a part of one.
#[derive(Debug, Default)]
pub(super) struct Headers<'a> {
    /// The headers in order, duplicates included.
    pub fields: Vec<HeaderField<'a>>,
    /// Byte offset of the body, after the empty line.
    pub body_start: usize,
    /// The empty line is missing: the headers end before a line that is not a header.
    pub ended_early: bool,
}

impl<'a> Headers<'a> {
    /// Reads headers from the start of `bytes` to an empty line, to a line that is not a header, or to the end.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut found = Self { fields: Vec::with_capacity(16), ..Self::default() };
        let mut at = 0;
        while at < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
            let line = without_line_end(&bytes[at..end]);
            if line.is_empty() {
                at = end;
                break;
            }
            let Some(colon) = find_name_end(line) else {
                found.ended_early = true;
                break;
            };
            let name = std::str::from_utf8(&line[..colon]).unwrap_or("").trim_end();
            let start = at + colon + 1;
            at = end;
            // White space at the start of a line continues the header above (folding, RFC 5322, section 2.2.3).
            while let Some(b' ' | b'\t') = bytes.get(at) {
                let next = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
                if without_line_end(&bytes[at..next]).trim_ascii().is_empty() {
                    break;
                }
                at = next;
            }
            let raw = bytes[start..at].trim_ascii();
            found.fields.push(HeaderField { name, raw });
        }
        found.body_start = at;
        found
    }

    /// The first header with this name, in any case.
    pub(super) fn get(&self, name: &str) -> Option<HeaderField<'a>> {
        let same = |header: &&HeaderField<'_>| header.name.eq_ignore_ascii_case(name);
        self.fields.iter().find(same).copied()
    }

    /// The decoded value of the first header with this name.
    pub(super) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(HeaderField::value)
    }
}

impl<'a> HeaderField<'a> {
    /// The value as one line of clean text: unfolded, encoded words resolved (RFC 2047), cut to [`MAX_VALUE_BYTES`].
    pub(super) fn value(self) -> Cow<'a, str> {
        let raw = &self.raw[..self.raw.len().min(MAX_VALUE_BYTES)];
        // Most values are plain ASCII on one line and need no copy.
        let simple = |b: &u8| matches!(b, b' '..=b'~');
        if raw.iter().all(simple)
            && memchr::memmem::find(raw, b"=?").is_none()
            && memchr::memmem::find(raw, b"  ").is_none()
            && let Ok(value) = std::str::from_utf8(raw)
        {
            return Cow::Borrowed(value);
        }
        let decoded = encoding::decode_as(raw, None).text;
        let words = mime::decode_encoded_words(&decoded);
        let line: Vec<&str> = words.split_ascii_whitespace().collect();
        Cow::Owned(text::clean(&line.join(" ")).replace('\n', " "))
    }
}

/// A line without its LF or CR LF.
fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Byte offset of the colon after a header's name, which is printable ASCII; white space before the colon is tolerated.
/// `None` if the line is not a header.
fn find_name_end(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', &line[..line.len().min(MAX_NAME_BYTES + 1)])?;
    let name = line[..colon].trim_ascii_end();
    let named = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    named.then_some(colon)
}

// From headers to dispatch fields.

/// Sets the fields of a draft from the headers of a mail. Headers that no field fits are kept under their own names.
pub(super) fn apply_headers(headers: &Headers<'_>, draft: &mut Draft<'_>) {
    for header in &headers.fields {
        if header.raw.len() > MAX_VALUE_BYTES {
            let message = "longer than 16 KiB: the rest was left out".to_owned();
            draft.add_problem(Severity::Fault, header.name, message);
        }
        apply_header(*header, draft);
    }
}

fn apply_header(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    // In lower case, without an allocation a header. A name that does not fit has no field.
    let mut small = [0u8; 24];
    let name = header.name.as_bytes();
    let small = match small.get_mut(..name.len()) {
        Some(small) => {
            small.copy_from_slice(name);
            small.make_ascii_lowercase();
            &*small
        }
        None => &[],
    };
    match small {
        b"subject" => draft.set_field(FieldKey::Headline, header.name, &header.value()),
        b"date" => draft.set_field(FieldKey::Sent, header.name, without_comment(&header.value())),
        b"message-id" => {
            draft.set_field(FieldKey::Id, header.name, strip_angle_brackets(&header.value()));
        }
        b"from" => apply_from(header, draft),
        b"organization" => draft.set_field(FieldKey::Agency, header.name, &header.value()),
        b"keywords" => apply_keywords(header, draft),
        b"references" | b"in-reply-to" => apply_thread(header, draft),
        b"supersedes" | b"obsoletes" => add_relations(header, RelationKind::Replaces, draft),
        b"control" | b"also-control" => apply_control(header, draft),
        b"importance" | b"priority" | b"x-priority" => apply_priority(header, small, draft),
        b"content-language" => draft.set_field(FieldKey::Language, header.name, &header.value()),
        // These describe the mail and its delivery, not the dispatch; `Status` here is not a publishing status.
        b"status" | b"x-status" | b"to" | b"content-type" | b"lines" | b"mime-version" => {
            keep_header(header, draft);
        }
        _ => {
            let known = header.name.get(..2).filter(|x| x.eq_ignore_ascii_case("x-"));
            // `X-Slug` sets the same field as `Slug`.
            let plain = known.map_or(header.name, |_| &header.name[2..]);
            match field_key(plain).filter(|key| !key.is_nested_only()) {
                Some(FieldKey::Relates(kind)) => add_relations(header, kind, draft),
                Some(key) => draft.set_field(key, header.name, &header.value()),
                None => keep_header(header, draft),
            }
        }
    }
}

/// Keeps a header among the fields, under its own name.
fn keep_header(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    if draft.detail == Detail::Full {
        draft.add_field(header.name, &header.value());
    }
}

/// A date without the comment that may follow it: the name of the zone in brackets.
fn without_comment(value: &str) -> &str {
    value.split('(').next().unwrap_or(value).trim_end()
}

/// A message id without its angle brackets.
fn strip_angle_brackets(id: &str) -> &str {
    let id = id.trim();
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    inner.unwrap_or(id)
}

/// The message ids in a value, without their angle brackets.
fn message_ids(value: &str) -> impl Iterator<Item = &str> {
    let words = value.split([' ', ',']).filter(|word| !word.is_empty());
    words.map(strip_angle_brackets)
}

/// Sets the byline if the sender is a person. A desk or an agency becomes the agency, unless the mail names another.
fn apply_from(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    draft.add_field(header.name, &value);
    let Some(name) = display_name(&value) else {
        return;
    };
    if is_person(&name) {
        draft.set_field(FieldKey::Byline, header.name, &name);
    } else {
        draft.fallback_agency.get_or_insert(name);
    }
}

/// The display name before the address, or in brackets after it.
fn display_name(value: &str) -> Option<String> {
    if let Some((address, comment)) = value.split_once('(')
        && !address.contains('<')
    {
        let comment = comment.trim_end().trim_end_matches(')').trim();
        return Some(comment.to_owned()).filter(|name| !name.is_empty());
    }
    let simple = value.split_once('<').map(|(name, _)| name.trim());
    if let Some(name) = simple.filter(|name| !name.contains(['"', ',', ';', '\\'])) {
        return Some(name.to_owned()).filter(|name| !name.is_empty());
    }
    // Quoted names, lists and groups need the full grammar.
    let addresses = addrparse(value).ok()?.into_inner();
    let names = addresses.into_iter().filter_map(|address| match address {
        MailAddr::Single(mailbox) => mailbox.display_name,
        MailAddr::Group(group) => Some(group.group_name),
    });
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Sets the keywords, and the slug too if the value is a single keyword that looks like one (`HARBOUR-STRIKE/PORTS`).
fn apply_keywords(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    if draft.dispatch.slug.is_none() && !value.contains([',', ';']) && is_slug(&value) {
        draft.set_field(FieldKey::Slug, header.name, &value);
    }
    draft.set_field(FieldKey::Keywords, header.name, &value);
}

/// Sets the story to the first message id of the thread, which all its mails share. `References` goes before
/// `In-Reply-To`, which names only the mail before.
fn apply_thread(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    draft.add_field(header.name, &value);
    let references = header.name.eq_ignore_ascii_case("references");
    if (references || draft.dispatch.story.is_none())
        && let Some(first) = message_ids(&value).next()
    {
        draft.dispatch.story = Some(first.to_owned());
    }
}

/// Adds a relation to each message id in the header.
fn add_relations(header: HeaderField<'_>, kind: RelationKind, draft: &mut Draft<'_>) {
    let value = header.value();
    let found = message_ids(&value).map(|id| Relation { kind, id: id.to_owned() });
    draft.dispatch.relations.extend(found);
}

/// Makes a kill of `cancel <id>`, which withdraws another message (RFC 5536, section 3.2.3).
fn apply_control(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    draft.add_field(header.name, &value);
    let mut words = value.split_whitespace();
    if words.next().is_some_and(|word| word.eq_ignore_ascii_case("cancel")) {
        draft.dispatch.role = Role::Kill;
        draft.dispatch.relations.extend(words.map(|id| Relation {
            kind: RelationKind::Kills,
            id: strip_angle_brackets(id).to_owned(),
        }));
    }
}

/// Sets urgency and priority from one of three headers: `X-Priority: 1 (Highest)` to 5, `Importance: high` or
/// `Priority: urgent`. The first that maps to an urgency wins.
fn apply_priority(header: HeaderField<'_>, name: &[u8], draft: &mut Draft<'_>) {
    let value = header.value();
    let word = value.split([' ', '(']).next().unwrap_or("").to_ascii_lowercase();
    let urgency = match (name, word.as_str()) {
        (b"x-priority", "1") => 1,
        (_, "urgent" | "high") | (b"x-priority", "2") => 2,
        (_, "normal") | (b"x-priority", "3") => 5,
        (b"x-priority", "4") => 6,
        (_, "low" | "non-urgent") | (b"x-priority", "5") => 8,
        _ => 0,
    };
    if draft.dispatch.urgency.is_none() {
        draft.dispatch.urgency = Urgency::new(urgency);
    }
    draft.set_field(FieldKey::Priority, header.name, &value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_and_agencies() {
        for name in ["Anna Lind", "Edda van der Brook", "José Álvarez", "J. Brun", "Lind, Anna"] {
            assert!(is_person(name), "{name}");
        }
        for name in [
            "QNA Wire",
            "Quay News Agency",
            "QNA",
            "desk",
            "Night Desk",
            "QUAY NEWS",
            "Harbour News Service",
        ] {
            assert!(!is_person(name), "{name}");
        }
    }

    #[test]
    fn display_names_of_senders() {
        let check = |value: &str, name: Option<&str>| {
            assert_eq!(display_name(value).as_deref(), name, "{value}");
        };
        check("Anna Lind <anna@quay.example>", Some("Anna Lind"));
        check("\"Lind, Anna\" <anna@quay.example>", Some("Lind, Anna"));
        check("desk@quay.example (Quay News)", Some("Quay News"));
        check("desk@quay.example", None);
        check("<desk@quay.example>", None);
    }
}
