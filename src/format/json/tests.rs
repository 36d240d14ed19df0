//! JSON Lines and documents, whole and damaged.

use crate::dispatch::{RelationKind, Severity};
use crate::format::testing::{one, parsed};
use crate::format::{Context, detect, read_item};

/// The headlines read, and the places of what could not be.
#[track_caller]
fn check(text: &str, headlines: &[&str], places: &[&str]) {
    let parsed = parsed(text);
    let found: Vec<_> = parsed
        .dispatches
        .iter()
        .map(|d| d.headline.as_str())
        .collect();
    let problems: Vec<_> = parsed
        .problems
        .iter()
        .map(|p| p.location.as_str())
        .collect();
    assert_eq!(
        (found.as_slice(), problems.as_slice()),
        (headlines, places),
        "{text}"
    );
}

#[test]
fn lines_and_documents() {
    check(
        "{\"headline\": \"A\"}\n\n{\"title\": \"B\"}\r\n",
        &["A", "B"],
        &[],
    );
    check(
        "[{\"headline\": \"A\"}, {\"headline\": \"B\"}]",
        &["A", "B"],
        &[],
    );
    check(
        "{\"count\": 2, \"articles\": [{\"headline\": \"A\"}, {\"headline\": \"B\"}]}",
        &["A", "B"],
        &[],
    );
    check(
        "{\n \"headline\": \"A\",\n \"tags\": [\"x\"]\n}",
        &["A"],
        &[],
    );
    check(
        "{\n\"headline\": \"A\"\n}\n{\n\"headline\": \"B\"\n}",
        &["A", "B"],
        &[],
    );
}

#[test]
fn damage_stays_where_it_is() {
    check(
        "{\"headline\": \"A\"}\nnot json\n{\"headline\": \"B\"}\n{\"headline\": \"C",
        &["A", "B"],
        &["line 2", "line 4"],
    );
    check(
        "{\"headline\": broken\n{\"headline\": \"B\"}",
        &["B"],
        &["line 1"],
    );
    check("[{\"headline\": \"A\"}, {\"headline\": \"B", &["A"], &[""]);
    check("[{\"headline\": \"A\"}, 7]", &["A"], &[""]);
    let problems = parsed("{\"headline\": \"A\"}\nnot json").problems;
    assert_eq!(problems[0].severity, Severity::Unreadable);
    assert_eq!(
        problems[0].message,
        "not JSON: expected a value, found `n` at column 1"
    );
}

#[test]
fn fields_of_all_kinds() {
    let d = one(
        r#"{"Headline": "Ferries \u00e9t\ud83d\ude00", "source": {"name": "Quay News"}, "urgency": "3", "date": 1735689600000,
        "keywords": ["ports", "ships"], "subjects": [{"name": "Transport"}, {"qcode": "m:1"}], "replaces": ["a", "b"],
        "embargoed": true, "desk": {"a" : [1, 2]}, "body": "First.\n\nSecond.", "priority": null}"#,
    );
    assert_eq!(d.headline, "Ferries ét😀");
    assert_eq!(d.agency.as_deref(), Some("Quay News"));
    assert_eq!(d.urgency.map(crate::dispatch::Urgency::value), Some(3));
    assert_eq!(
        d.sent.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
        Some("2025-01-01T00:00:00Z")
    );
    assert_eq!(
        (d.keywords.len(), d.subjects.join(",")),
        (2, "Transport,m:1".into())
    );
    assert_eq!(
        d.relations
            .iter()
            .filter(|r| r.kind == RelationKind::Replaces)
            .count(),
        2
    );
    assert!(d.embargoed);
    assert_eq!(
        d.fields.get("desk").map(String::as_str),
        Some("{\"a\":[1,2]}")
    );
    assert_eq!(d.body.blocks().len(), 2);
}

#[test]
fn values_that_do_not_fit_are_kept() {
    let d = one(
        r#"{"headline": "A", "urgency": 17, "slug": [1], "body": {"x": 1}, "headline": "B", "n": 1e400}"#,
    );
    assert_eq!(d.headline, "A");
    assert_eq!(d.fields.get("urgency").map(String::as_str), Some("17"));
    assert_eq!(d.fields.get("headline").map(String::as_str), Some("B"));
    assert_eq!(d.fields.get("n").map(String::as_str), Some("1e400"));
    let places: Vec<_> = d.problems.iter().map(|p| p.location.as_str()).collect();
    assert_eq!(places, ["urgency", "slug", "body", "headline"]);
}

#[test]
fn other_texts_stand_in_for_a_body() {
    let d = one(r#"{"headline": "A", "body_html": "<p>One &amp; two.</p><p>Three<br/>four.</p>"}"#);
    assert_eq!(
        d.body.text(),
        "One & two.\n\nThree\n\nfour.".replace("Three\n\nfour.", "Three four.")
    );
    let d = one(r#"{"headline": "A", "summary": "Short."}"#);
    assert_eq!(d.body.text(), "Short.");
    let d = one(r#"{"headline": "A", "body": ["One.", "Two."]}"#);
    assert_eq!(d.body.text(), "One.\n\nTwo.");
}

#[test]
fn prose_in_brackets_is_no_json() {
    let name = |text: &str| detect(text.as_bytes()).map_or("refused", |id| id.row().name);
    assert_eq!(name("[Editors: see note] Ferries sail."), "plain");
    assert_eq!(name("{\"headline\": \"A\"}"), "json");
    assert_eq!(name("\u{feff}[{\"headline\": \"A\"}]"), "json");
}

#[test]
fn one_of_many_is_read_alone() {
    let article = |n: u32| format!(r#"{{"headline": "H{n}", "body": "B{n}"}}"#);
    let many: Vec<_> = (0..5).map(article).collect();
    let list = format!("[{}]", many.join(", "));
    let nested = format!("{{\"count\": 5, \"articles\": {list}}}");
    for text in [list, nested, many.join(","), many.join("\n")] {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.into_bytes(), wide] {
            let Ok(id) = detect(&bytes) else {
                panic!("refused");
            };
            let headline = |nth| Some(read_item(id, &bytes, nth, &Context::default())?.headline);
            let all: Vec<_> = (0..7).map_while(headline).collect();
            assert_eq!(all, ["H0", "H1", "H2", "H3", "H4"]);
        }
    }
}
