//! Chains, kills and corrections, whatever the order of arrival.

use std::collections::BTreeMap;
use std::sync::Arc;

mod arrival;
mod chains;
mod kills;

use crate::desk::{DispatchIndex, EntryId, Input, InputLocation, Segment, SegmentBuilder};
use crate::format::{Context, FormatId, scan};

/// A segment of JSON lines. `{10:00 …}` at the start of a line is short for its members.
fn segment(name: &'static str, lines: &[String]) -> Arc<Segment> {
    segment_of("json", name, &lines.join("\n"))
}

/// A segment of a text in a format.
fn segment_of(format: &str, name: &'static str, text: &str) -> Arc<Segment> {
    let format = FormatId::from_name(format).unwrap_or(FormatId::PLAIN);
    let input = Input::new(
        InputLocation::BuiltIn(name, b""),
        format,
        text.len() as u64,
        None,
    );
    let mut builder = SegmentBuilder::default();
    builder.begin_input(&Arc::new(input), 0);
    let problems = scan(format, text.as_bytes(), &Context::default(), &mut |found| {
        builder.push(&found);
    });
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(builder.finish())
}

/// `10:00 AP OIL "1st Ld" Headline; id=a, kills=b` as JSON. The day is the 19th unless `d20 ` stands before the time; `-` is
/// no slug or no agency.
fn json(line: &str) -> String {
    let (front, more) = line.split_once("; ").unwrap_or((line, ""));
    let (day, front) = match front.strip_prefix('d') {
        Some(rest) => rest.split_at(2),
        None => ("19", front),
    };
    let mut parts = front.trim().splitn(4, ' ');
    let mut next = || parts.next().unwrap_or("");
    let (time, agency, slug, rest) = (next(), next(), next(), next());
    let (label, headline) = match rest.strip_prefix('"') {
        Some(rest) => rest.split_once("\" ").unwrap_or((rest, "")),
        None => ("", rest),
    };
    let mut object = serde_json::Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() && value != "-" {
            object.insert(name.to_owned(), value.into());
        }
    };
    put("date", &format!("2026-11-{day}T{time}:00Z"));
    put("agency", agency);
    put("slug", slug);
    put("label", label);
    put("headline", headline);
    put(
        "body",
        "It was said here that much was done there on this day, and more of it is to come.",
    );
    for pair in more.split(", ").filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        put(name, value);
    }
    serde_json::Value::Object(object).to_string()
}

/// What the desk makes of entries, by headline: `by` standings that there are, and the head of the chain.
fn describe_index(desk: &DispatchIndex) -> BTreeMap<String, String> {
    let name = |id: EntryId| desk.entry(id).map_or("", crate::desk::EntryRef::headline);
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for &id in desk.order() {
        let standing = desk.story_status(id);
        let mut words = Vec::new();
        for (word, by) in [
            ("superseded by", standing.superseded_by),
            ("killed by", standing.killed_by),
            ("corrected by", standing.corrected_by),
        ] {
            words.extend(by.map(|by| format!("{word} {}", name(by))));
        }
        if standing.is_unmatched_kill {
            words.push("unmatched".to_owned());
        }
        let chain = desk.versions(id);
        assert_eq!(desk.has_versions(id), chain.len() > 1);
        if chain.len() > 1 {
            assert!(chain.contains(&id));
            words.push(format!("of {}", name(chain[0])));
        }
        if let Some(first) = desk.successor(id) {
            assert!(desk.is_unlisted(id));
            words = vec![format!("as {}", name(first))];
        }
        table
            .entry(name(id).to_owned())
            .or_default()
            .push(words.join(", "));
    }
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all.join(" | ")
    };
    table
        .into_iter()
        .map(|(name, all)| (name, sorted(all)))
        .collect()
}

fn index_of(segments: impl IntoIterator<Item = Arc<Segment>>) -> DispatchIndex {
    let mut desk = DispatchIndex::default();
    for segment in segments {
        desk.add(vec![segment]);
    }
    desk
}

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Lines, and after `=>` what is expected of them; nothing where nothing is said. In all rotations, forth and back.
#[track_caller]
fn check(lines: &[&str]) {
    let mut expected = BTreeMap::new();
    let mut wire = Vec::new();
    for line in lines {
        let (line, told) = line.split_once(" => ").unwrap_or((line, ""));
        let json = json(line);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        let headline = value["headline"].as_str().unwrap_or("").to_owned();
        expected.insert(headline, told.to_owned());
        wire.push(json);
    }
    assert_eq!(
        describe_index(&index_of([segment("all", &wire)])),
        expected,
        "at once"
    );
    let apart: Vec<Arc<Segment>> = wire
        .iter()
        .enumerate()
        .map(|(at, line)| segment(NAMES[at], std::slice::from_ref(line)))
        .collect();
    for turn in 0..apart.len() {
        let mut order = apart.clone();
        order.rotate_left(turn);
        assert_eq!(
            describe_index(&index_of(order.clone())),
            expected,
            "turned by {turn}"
        );
        order.reverse();
        assert_eq!(
            describe_index(&index_of(order)),
            expected,
            "turned by {turn}, last first"
        );
    }
}
