//! What the headers of a mail say of a dispatch. RFC 5322, section 3.6; RFC 2156 for priorities; RFC 5536 for `Control`.

use mailparse::{MailAddr, addrparse};

use super::header::{HeaderField, Headers, MAX_VALUE_BYTES};
use crate::dispatch::{Relation, RelationKind, Role, Severity, Urgency};
use crate::format::Detail;
use crate::format::draft::Draft;
use crate::format::fields::{FieldKey, field_key};
use crate::format::plain::kinds::is_slug;

/// Sets what the headers say.
pub(super) fn apply_headers(headers: &Headers<'_>, draft: &mut Draft<'_>) {
    for header in &headers.fields {
        if header.raw.len() > MAX_VALUE_BYTES {
            let message = "longer than 16 KiB: the rest of it was left out".to_owned();
            draft.add_problem(Severity::Fault, header.name, message);
        }
        apply_header(*header, draft);
    }
}

fn apply_header(header: HeaderField<'_>, draft: &mut Draft<'_>) {
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
        b"date" => draft.set_field(
            FieldKey::Sent,
            header.name,
            without_comment(&header.value()),
        ),
        b"message-id" => draft.set_field(
            FieldKey::Id,
            header.name,
            strip_angle_brackets(&header.value()),
        ),
        b"from" => apply_from(header, draft),
        b"organization" => draft.set_field(FieldKey::Agency, header.name, &header.value()),
        b"keywords" => apply_keywords(header, draft),
        b"references" | b"in-reply-to" => apply_thread(header, draft),
        b"supersedes" | b"obsoletes" => add_relations(header, RelationKind::Replaces, draft),
        b"control" | b"also-control" => apply_control(header, draft),
        b"importance" | b"priority" | b"x-priority" => apply_priority(header, small, draft),
        b"content-language" => draft.set_field(FieldKey::Language, header.name, &header.value()),
        // How the mail was sent and read, not what it is.
        b"status" | b"x-status" | b"to" | b"content-type" | b"lines" | b"mime-version" => {
            keep_header(header, draft);
        }
        _ => {
            let known = header
                .name
                .get(..2)
                .filter(|x| x.eq_ignore_ascii_case("x-"));
            let plain = known.map_or(header.name, |_| &header.name[2..]);
            match field_key(plain).filter(|key| !key.is_nested_only()) {
                Some(FieldKey::Relates(kind)) => add_relations(header, kind, draft),
                Some(key) => draft.set_field(key, header.name, &header.value()),
                None => keep_header(header, draft),
            }
        }
    }
}

fn keep_header(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    if draft.detail == Detail::Full {
        draft.add_field(header.name, &header.value());
    }
}

/// A time without the name of its zone in brackets, which some add.
fn without_comment(value: &str) -> &str {
    value.split('(').next().unwrap_or(value).trim_end()
}

/// An id without its angle brackets.
fn strip_angle_brackets(id: &str) -> &str {
    let id = id.trim();
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    inner.unwrap_or(id)
}

/// The ids of a value, without their brackets.
fn message_ids(value: &str) -> impl Iterator<Item = &str> {
    let words = value.split([' ', ',']).filter(|word| !word.is_empty());
    words.map(strip_angle_brackets)
}

/// A person is the byline; a desk, a wire or a house is the agency, unless the mail names another.
fn apply_from(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    draft.add_field(header.name, &value);
    let Some(name) = display_name(&value) else {
        return;
    };
    if is_person(&name) {
        draft.set_field(FieldKey::Byline, header.name, &name);
    } else {
        draft.sender.get_or_insert(name);
    }
}

/// The name that stands before the address, or in brackets behind it.
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
    let addresses = addrparse(value).ok()?.into_inner();
    let names = addresses.into_iter().filter_map(|address| match address {
        MailAddr::Single(one) => one.display_name,
        MailAddr::Group(group) => Some(group.group_name),
    });
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Two to five words that are names, none of which a desk has in its name.
fn is_person(name: &str) -> bool {
    const HOUSE: [&str; 30] = [
        "news",
        "newsroom",
        "wire",
        "wires",
        "desk",
        "service",
        "services",
        "press",
        "agency",
        "bureau",
        "editor",
        "editors",
        "alerts",
        "alert",
        "team",
        "media",
        "office",
        "feed",
        "bulletin",
        "newswire",
        "presse",
        "agentur",
        "redaktion",
        "agence",
        "noticias",
        "radio",
        "tv",
        "international",
        "times",
        "report",
    ];
    let particle = |word: &str| {
        [
            "de", "da", "van", "von", "der", "den", "di", "al", "bin", "la", "le", "el",
        ]
        .contains(&word)
    };
    let named = |word: &str| {
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let begins = word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
        begins && (letters <= 1 || capitals < letters || !word.is_ascii())
    };
    let words: Vec<&str> = name
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let house = |word: &&str| HOUSE.iter().any(|house| word.eq_ignore_ascii_case(house));
    (2..=5).contains(&words.len())
        && !words.iter().any(house)
        && words.iter().all(|word| named(word) || particle(word))
}

/// Keywords; where they are one that looks like a keyword line, that too.
fn apply_keywords(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    if draft.dispatch.slug.is_none() && !value.contains([',', ';']) && is_slug(&value) {
        draft.set_field(FieldKey::Slug, header.name, &value);
    }
    draft.set_field(FieldKey::Keywords, header.name, &value);
}

/// The first id of a thread is its story.
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

fn add_relations(header: HeaderField<'_>, kind: RelationKind, draft: &mut Draft<'_>) {
    let value = header.value();
    let found = message_ids(&value).map(|id| Relation {
        kind,
        id: id.to_owned(),
    });
    draft.dispatch.relations.extend(found);
}

/// `cancel <id>` takes another one back.
fn apply_control(header: HeaderField<'_>, draft: &mut Draft<'_>) {
    let value = header.value();
    draft.add_field(header.name, &value);
    let mut words = value.split_whitespace();
    if words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("cancel"))
    {
        draft.dispatch.role = Role::Kill;
        draft.dispatch.relations.extend(words.map(|id| Relation {
            kind: RelationKind::Kills,
            id: strip_angle_brackets(id).to_owned(),
        }));
    }
}

/// Three headers say the same: `X-Priority: 1 (Highest)` to 5, `Importance: high`, `Priority: urgent`.
fn apply_priority(header: HeaderField<'_>, name: &[u8], draft: &mut Draft<'_>) {
    let value = header.value();
    let word = value
        .split([' ', '('])
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
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
    fn persons_and_houses() {
        for name in [
            "Anna Lind",
            "Edda van der Brook",
            "José Álvarez",
            "J. Brun",
            "Lind, Anna",
        ] {
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
    fn names_of_senders() {
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
