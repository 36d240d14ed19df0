//! What is printed, and in which form.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{run, run_with};
use crate::{HARBOUR, ORCHARD, wire};

/// Keys of `list --format jsonl`.
const LIST_KEYS: &str = "path index format item story id revision label agency slug headline headline_derived byline \
    dateline place country urgency priority category subjects keywords status status_sent embargoed embargo role relates \
    superseded_by killed_by withheld_by corrected_by ednote created sent time time_source time_precision words words_stated language rights links";
/// Keys that `show` adds.
const SHOW_KEYS: &str = "body fields problems";
/// Keys of `quotes --format jsonl`, and those of each quote.
const QUOTES_KEYS: &str = "path index item headline agency place time status status_sent \
    embargoed embargo superseded_by killed_by withheld_by corrected_by quotes";
const QUOTE_KEYS: &str = "text in start end kind group parent speaker speaker_id title cue mention certainty why paragraph";

fn objects(lines: &str) -> Vec<serde_json::Map<String, Value>> {
    let object = |line| match serde_json::from_str(line) {
        Ok(Value::Object(object)) => object,
        other => panic!("{other:?} in {line}"),
    };
    lines.lines().map(object).collect()
}

#[track_caller]
fn check_keys(object: &serde_json::Map<String, Value>, expected: &[&str]) {
    let found: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    let expected: BTreeSet<&str> =
        expected.iter().flat_map(|keys| keys.split_whitespace()).collect();
    assert_eq!(found, expected);
}

#[test]
fn list_prints_one_line_a_dispatch_the_newest_first() {
    let folder = wire();
    let text = run(&folder, &["list", "."]).ok();
    let heads: Vec<&str> = text.lines().filter_map(|line| line.split("  ").last()).collect();
    assert_eq!(heads, ["Orchard floods", "Harbour seals back on the slipway", "Bell tower leans"]);
    let tsv = run(&folder, &["list", ".", "--format", "tsv"]).ok();
    assert_eq!(
        tsv.lines().nth(1),
        Some("2026-05-04T09:30:00+02:00\tQRN\tTOLLEN\tHarbour seals back on the slipway\tusable\t")
    );
    assert!(tsv.lines().all(|line| line.split('\t').count() == 6));
}

#[test]
fn without_a_terminal_and_a_command_list_is_meant() {
    let folder = wire();
    for form in ["text", "tsv", "jsonl"] {
        let meant = run(&folder, &["list", ".", "--format", form]).ok();
        assert_eq!(run(&folder, &[".", "--format", form]).ok(), meant);
    }
    assert_eq!(run(&folder, &["harbour.txt", "-f", "seals"]).ok().lines().count(), 1);
}

#[test]
fn show_prints_whole_dispatches_in_the_order_of_the_input() {
    let folder = wire();
    let text = run(&folder, &["show", "."]).ok();
    let seals = text.find("The seals came back").unwrap();
    let orchard = text.find("The river took the lower orchard.\n\nNobody was hurt.").unwrap();
    let tower = text.find("The tower leans a hand further.").unwrap();
    assert!(seals < orchard && orchard < tower);
    let tsv = run(&folder, &["show", ".", "--format", "tsv"]).ok();
    assert_eq!(tsv.lines().count(), 3);
    assert!(tsv.lines().all(|line| line.split('\t').count() == 13), "{tsv}");
    let bodies = objects(&run(&folder, &["show", ".", "--format", "jsonl"]).ok());
    assert_eq!(bodies[1]["body"], "The river took the lower orchard.\n\nNobody was hurt.");
    assert_eq!((&bodies[1]["index"], &bodies[2]["index"]), (&Value::from(0), &Value::from(1)));
}

#[test]
fn every_key_of_a_record_is_always_there() {
    let folder = wire();
    folder.put("bare.txt", "no more than this line\n");
    folder.put("bare.json", "{\"body\": \"x\"}\n");
    let lists = objects(&run(&folder, &["list", ".", "--format", "jsonl"]).ok());
    assert_eq!(lists.len(), 5);
    for object in &lists {
        check_keys(object, &[LIST_KEYS]);
    }
    let shown = objects(&run(&folder, &["show", ".", "--format", "jsonl"]).ok());
    assert_eq!(shown.len(), 5);
    for object in &shown {
        check_keys(object, &[LIST_KEYS, SHOW_KEYS]);
    }
    let quoted = objects(&run(&folder, &["quotes", ".", "--all", "--format", "jsonl"]).ok());
    assert_eq!(quoted.len(), 5);
    for object in &quoted {
        check_keys(object, &[QUOTES_KEYS]);
        for quote in object["quotes"].as_array().unwrap() {
            check_keys(quote.as_object().unwrap(), &[QUOTE_KEYS]);
        }
    }
}

#[test]
fn a_quote_record_has_every_key() {
    let record = dateline::record::QuoteRecord {
        text: String::new(),
        part: "body",
        start: 0,
        end: 0,
        kind: "direct",
        group: 0,
        parent: None,
        speaker: None,
        speaker_id: None,
        title: None,
        cue: None,
        mention: None,
        certainty: "unknown",
        why: "",
        paragraph: 0,
    };
    let lines = objects(&dateline::record::to_json_line(&record));
    check_keys(&lines[0], &[QUOTE_KEYS]);
}

#[test]
fn quotes_have_their_forms() {
    let folder = wire();
    for form in ["text", "tsv"] {
        let printed = run(&folder, &["quotes", "harbour.txt", "--format", form]);
        assert!(matches!(printed.code, Some(0 | 1)), "{printed:?}");
        assert!(printed.out.lines().all(|line| line.starts_with("harbour.txt")), "{printed:?}");
        assert_eq!(printed.err, "");
    }
}

#[test]
fn paths_may_be_several_and_standard_input_among_them() {
    let folder = wire();
    let printed =
        run_with(&folder, &["show", "harbour.txt", "-", "--format", "jsonl"], ORCHARD.as_bytes());
    let mut paths: Vec<String> = objects(&printed.ok())
        .iter()
        .map(|object| object["path"].as_str().unwrap().to_owned())
        .collect();
    paths.sort();
    assert_eq!(paths, ["-", "-", "harbour.txt"]);
    let piped = run_with(&folder, &["show"], HARBOUR.as_bytes()).ok();
    assert_eq!(piped, run(&folder, &["show", "harbour.txt"]).ok());
    let none: [&str; 0] = [];
    assert_eq!(run_with(&folder, &none, ORCHARD.as_bytes()).ok().lines().count(), 2);
}

#[test]
fn what_may_not_be_published_yet_is_left_out_where_that_is_asked_for() {
    let folder = wire();
    let put = |name: &str, until: &str| {
        let text = HARBOUR.replace("0001", name);
        let text = text.replacen("Slug:", &format!("Embargo: {until}\nSlug:"), 1);
        folder.put(format!("{name}.txt"), text);
    };
    put("held", "2999-01-01T12:00:00Z");
    put("lifted", "2001-01-01T12:00:00Z");
    let list = |more: &[&str]| {
        let arguments = [&["list", "held.txt", "lifted.txt"], more].concat();
        run(&folder, &arguments).out.lines().count()
    };
    assert_eq!(list(&[]), 2);
    assert_eq!(list(&["--hide-embargoed"]), 1);
    assert_eq!(list(&["--filter", "is:embargoed"]), 1);
    assert_eq!(list(&["--filter", "!is:embargoed"]), 1);
    assert_eq!(list(&["--filter", "is:embargoed", "--hide-embargoed"]), 0);
}
