//! Every wire as ninjs 3.1: the shapes and words that its schema asks for, and the same dispatch when it is read again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use dateline::dispatch::{BlockKind, Body, Dispatch};
use dateline::format::{self, Context};
use dateline::record::{CurrentStatus, Ninjs, to_html, to_json_line};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

const STATUS: [&str; 3] = ["usable", "withheld", "canceled"];
const TIMES: [&str; 5] =
    ["firstCreated", "versionCreated", "contentCreated", "embargoedUntil", "expires"];
const TEXTS: [&str; 10] = [
    "version",
    "profile",
    "copyrightHolder",
    "copyrightNotice",
    "usageTerms",
    "edNote",
    "language",
    "title",
    "by",
    "slugline",
];
/// Arrays of objects, and the members that these may have, `!` after those that they must have.
const LISTS: [(&str, &str); 14] = [
    ("headlines", "role contentType value!"),
    ("descriptions", "role contentType value!"),
    ("bodies", "role contentType charCount wordCount value!"),
    ("people", "name rel uri literal contactInfo"),
    ("organisations", "name rel uri literal symbols contactInfo"),
    ("places", "name rel uri literal contactInfo geoJSON"),
    ("subjects", "name rel uri literal creator relevance confidence"),
    ("events", "id name rel uri literal"),
    ("objects", "name rel uri literal"),
    ("infoSources", "name role uri literal contactInfo"),
    ("genres", "name uri literal"),
    ("altIds", "role value"),
    ("trustIndicators", "role title href"),
    (
        "renditions",
        "name! href contentType title width height sizeInBytes duration format aspectRatio videoCodec frameRate poi \
         transportProtocol scanType bitrate",
    ),
];
/// What stands in no list above.
const OTHERS: [&str; 10] = [
    "uri",
    "standard",
    "type",
    "representationType",
    "pubStatus",
    "urgency",
    "located",
    "rightsInfo",
    "digitalSourceType",
    "associations",
];

fn is_uri(value: &Value) -> bool {
    let text = value.as_str().unwrap_or("");
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&b);
    let scheme = text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    scheme && text.bytes().all(allowed)
}

#[track_caller]
fn check_object(object: &Value) {
    assert!(is_uri(&object["uri"]), "{}", object["uri"]);
    for (name, value) in object.as_object().unwrap() {
        let name = name.as_str();
        let text = value.as_str();
        if TIMES.contains(&name) {
            assert!(text.unwrap().parse::<Timestamp>().is_ok(), "{name}: {value}");
        } else if TEXTS.contains(&name) {
            assert!(text.is_some(), "{name}: {value}");
        } else if let Some((_, members)) = LISTS.iter().find(|(list, _)| *list == name) {
            check_list(name, value, members);
        } else {
            let beside = matches!(name, "name" | "rel");
            assert!(OTHERS.contains(&name) || beside, "ninjs has no {name}");
        }
    }
    for other in object["associations"].as_array().into_iter().flatten() {
        assert!(other["name"].is_string(), "{other}");
        check_object(other);
    }
}

#[track_caller]
fn check_list(name: &str, value: &Value, members: &str) {
    for entry in value.as_array().unwrap() {
        for (member, value) in entry.as_object().unwrap() {
            let known = |known: &str| known.trim_end_matches('!') == member;
            assert!(members.split(' ').any(known), "{name} have no {member}");
            if member == "uri" && name != "genres" || member == "href" {
                assert!(is_uri(value), "{name}: {value}");
            }
        }
        for must in members.split(' ').filter_map(|m| m.strip_suffix('!')) {
            assert!(entry[must].is_string(), "{name}: no {must} in {entry}");
        }
    }
}

#[track_caller]
fn check(dispatch: &Dispatch) {
    let line = to_json_line(&Ninjs::new(dispatch, &CurrentStatus::as_sent(dispatch)));
    let object: Value = serde_json::from_str(&line).unwrap();
    check_object(&object);
    assert_eq!(object["standard"]["version"], "3.1");
    assert!(STATUS.contains(&object["pubStatus"].as_str().unwrap()));
    let urgency = &object["urgency"];
    assert!(urgency.is_null() || (1..=9).contains(&urgency.as_u64().unwrap()));
    let body = &object["bodies"][0];
    if !dispatch.body.text().is_empty() {
        assert_eq!((&body["role"], &body["contentType"]), (&"main".into(), &"text/html".into()));
    }
    let mut parsed = format::parse(line.as_bytes(), &Context::default());
    let again = parsed.dispatches.pop().expect("a dispatch");
    let same = |name: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "{name} of {line}");
    };
    let d = dispatch;
    if !d.body.text().is_empty() {
        same("headline", &d.headline, &again.headline);
        same("derived", &d.headline_derived, &again.headline_derived);
    }
    same("body", &d.body.text(), &again.body.text());
    same("slug", &d.slug, &again.slug);
    same("byline", &d.byline, &again.byline);
    same("revision", &d.revision, &again.revision);
    same("label", &d.label, &again.label);
    same("urgency", &d.urgency, &again.urgency);
    same("priority", &d.priority, &again.priority);
    same("category", &d.category, &again.category);
    same("keywords", &d.keywords, &again.keywords);
    same("agency", &d.agency, &again.agency);
    same("role", &d.role, &again.role);
    same("relates", &d.relations, &again.relations);
    same("ednote", &d.ednote, &again.ednote);
    same("language", &d.language, &again.language);
    same("rights", &d.rights, &again.rights);
    same("words", &d.words_stated, &again.words_stated);
    let seconds =
        |stamp: Option<dateline::dispatch::Stamp>| stamp.map(|s| (s.seconds, s.offset_minutes));
    same("created", &seconds(d.created), &seconds(again.created));
    same("sent", &seconds(d.sent), &seconds(again.sent));
    same("embargo", &seconds(d.embargo), &seconds(again.embargo));
    if d.id.is_some() {
        same("id", &d.id, &again.id);
        same("story", &d.story.as_ref().or(d.id.as_ref()), &again.story.as_ref());
    }
    let lost = d.subjects.iter().find(|s| !again.subjects.contains(s));
    same("subjects", &lost, &None::<&String>);
    // From then on nothing moves.
    let third = to_json_line(&Ninjs::new(&again, &CurrentStatus::as_sent(&again)));
    let third = format::parse(third.as_bytes(), &Context::default());
    let third = third.dispatches.into_iter().next().expect("a dispatch");
    same("fields", &again.fields, &third.fields);
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else if !path.to_string_lossy().ends_with(".records.json") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_fixture_is_ninjs_and_comes_back() {
    let all = files("tests/fixtures").into_iter().chain(files("assets/wire"));
    let mut count = 0;
    for path in all {
        let bytes = std::fs::read(&path).unwrap();
        let texts: Vec<Vec<u8>> = match dateline::ingest::convert_office_file(&bytes) {
            Some(converted) => converted.texts.into_iter().map(|t| t.text.into_bytes()).collect(),
            None => vec![bytes],
        };
        let parse = |text: &Vec<u8>| format::parse(text, &Context::default()).dispatches;
        for dispatch in texts.iter().flat_map(parse) {
            check(&dispatch);
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}

fn block() -> impl Strategy<Value = (BlockKind, String)> {
    let text = "[a-z<>&é“”  ]{1,40}";
    prop_oneof![
        text.prop_map(|text| (BlockKind::Paragraph, text)),
        text.prop_map(|text| (BlockKind::Heading, text)),
        (0usize..3, 0u32..20, text).prop_map(|(depth, number, text)| {
            let mark = if number == 0 { "•".to_owned() } else { format!("{number}.") };
            (BlockKind::Item, format!("{}{mark} {}", "  ".repeat(depth), text.trim()))
        }),
        Just((BlockKind::Table, "one    12\ntwo    34\nsix    56".to_owned())),
    ]
}

proptest! {
    #[test]
    fn a_body_as_html_holds_every_word(blocks in prop::collection::vec(block(), 0..9)) {
        let body = Body::new(blocks);
        let page = format!("{{\"uri\":\"urn:x:1\",\"bodies\":[{{\"contentType\":\"text/html\",\"value\":{}}}]}}",
            serde_json::to_string(&to_html(&body)).unwrap());
        let again = format::parse(page.as_bytes(), &Context::default());
        let text = again.dispatches.first().map_or("", |d| d.body.text());
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(body.text()), words(text));
    }
}
