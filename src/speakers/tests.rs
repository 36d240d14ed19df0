//! Tests of the tally: takes of one story, names, titles, times.

use super::{DispatchStatements, SpeakerTally, is_same_speaker};
use crate::format::{Context, parse};
use crate::quote::extract_quotes;

/// Tallies wires of one JSON object a line and checks the rows: name, title, quotes, dispatches.
#[track_caller]
fn check(lines: &[&str], rows: &[(&str, &str, usize, usize)]) {
    let bytes = lines.join("\n") + "\n";
    let mut dispatches = parse(bytes.as_bytes(), &Context::default()).dispatches;
    for _ in 0..2 {
        let mut tally = SpeakerTally::default();
        for dispatch in &dispatches {
            tally.add(DispatchStatements::new(dispatch, &extract_quotes(dispatch)));
        }
        let found = tally.rows();
        let found: Vec<(&str, &str, usize, usize)> = found
            .iter()
            .map(|row| {
                let title = row.title.as_deref().unwrap_or("");
                (row.name.as_str(), title, row.quotes, row.dispatches)
            })
            .collect();
        assert_eq!(found, rows);
        // The order does not count.
        dispatches.reverse();
    }
}

const FIRST: &str = r#"{"headline": "Harbour shut", "slug": "HARBOUR", "date": "2026-05-04T10:00:00Z", "body": "The harbour is shut. \"Nothing moves until the wind drops,\" harbour master Orla Venn said.\n\n\"Not today,\" she said."}"#;
const SECOND: &str = r#"{"headline": "Harbour still shut", "slug": "HARBOUR", "date": "2026-05-04T11:00:00Z", "body": "The harbour is still shut. \"Nothing moves until the wind drops\", harbour master Orla Venn said.\n\n\"Not today,\" she said. \"We wait for the evening,\" said Piet Amaro, a skipper."}"#;
const OTHER: &str = r#"{"headline": "Fair opens", "slug": "FAIR", "date": "2026-05-05T09:00:00Z", "body": "The fair opened. \"Not today,\" harbour master Orla Venn said of the rain."}"#;

#[test]
fn a_quote_that_several_takes_carry_counts_once() {
    check(
        &[FIRST, SECOND],
        &[
            ("Orla Venn", "harbour master", 2, 2),
            ("Piet Amaro", "skipper", 1, 1),
        ],
    );
}

#[test]
fn few_words_in_another_story_are_another_quote() {
    check(&[FIRST, OTHER], &[("Orla Venn", "harbour master", 3, 2)]);
}

#[test]
fn times_are_those_of_the_first_and_last_dispatch() {
    let bytes = [OTHER, FIRST].join("\n");
    let mut tally = SpeakerTally::default();
    for dispatch in parse(bytes.as_bytes(), &Context::default()).dispatches {
        tally.add(DispatchStatements::new(
            &dispatch,
            &extract_quotes(&dispatch),
        ));
    }
    let rows = tally.rows();
    let time =
        |stamp: Option<crate::dispatch::Stamp>| stamp.map(crate::dispatch::Stamp::to_rfc3339);
    assert_eq!(time(rows[0].first).as_deref(), Some("2026-05-04T10:00:00Z"));
    assert_eq!(time(rows[0].last).as_deref(), Some("2026-05-05T09:00:00Z"));
}

#[test]
fn a_name_and_its_end_are_one_speaker() {
    for (a, b, same) in [
        ("Tove Harl", "Harl", true),
        ("Tove Harl", "TOVE HARL", true),
        ("the Kremlin", "Kremlin", true),
        ("Zofia Łęcka", "Lecka", true),
        ("Tove Harl", "Tove", false),
        ("Mara Lind", "Ina Lind", false),
        ("Lindharl", "Harl", false),
        ("", "Harl", false),
    ] {
        assert_eq!(is_same_speaker(a, b), same, "{a}, {b}");
        assert_eq!(is_same_speaker(b, a), same, "{b}, {a}");
    }
}
