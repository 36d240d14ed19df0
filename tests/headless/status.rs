//! The status of a dispatch in every output of every command: usable, killed, held, corrected, superseded, embargoed,
//! embargoed once, killed and then restored.

use std::fmt::Write as _;

use regex::Regex;
use serde_json::{Value, json};

use crate::program::{Printed, run, run_with};
use crate::support::Folder;

/// The trees that the dispatches are about, and the state that each is in.
const STATES: [(&str, &str); 8] = [
    ("Alder", "usable"),
    ("Birch", "killed"),
    ("Cedar", "held"),
    ("Dogwood", "corrected"),
    ("Elm", "superseded"),
    ("Fir", "embargoed"),
    ("Gorse", "embargo past"),
    ("Hazel", "killed, then restored"),
];

/// The dispatches, a line each, after the notices that act on them, so that `follow` knows these when a dispatch
/// arrives. The clock of the tests stands at 2026-11-29T12:00:00Z.
fn forest() -> String {
    let about = |tree: &str, more: Value| {
        let body =
            format!("The {tree} fell.\n\n“The {tree} was hollow,” said {tree} Brook, a forester.");
        let head = format!("{tree} is felled");
        merge(
            json!({"headline": head, "slug": tree, "date": "2026-11-19T08:00:00Z", "body": body}),
            more,
        )
    };
    let notice = |head: &str, more: Value| {
        let body = "See there.";
        merge(json!({"headline": head, "date": "2026-11-19T09:00:00Z", "body": body}), more)
    };
    let lines = [
        notice("To be killed", json!({"id": "q2k", "role": "kill", "kills": "q2"})),
        notice("A correction", json!({"id": "q4c", "role": "correction", "corrects": "q4"})),
        notice("Two trees", json!({"id": "q5", "revision": "2"})),
        notice("Not to be used", json!({"id": "q8", "revision": "2", "status": "canceled"})),
        about("Alder", json!({"id": "q1"})),
        about("Birch", json!({"id": "q2"})),
        about("Cedar", json!({"id": "q3", "status": "withheld"})),
        about("Dogwood", json!({"id": "q4"})),
        about("Elm", json!({"id": "q5", "revision": "1"})),
        about("Fir", json!({"id": "q6", "embargo": "2026-11-29T12:00:01Z"})),
        about("Gorse", json!({"id": "q7", "embargo": "2026-11-29T12:00:00Z"})),
        about("Hazel", json!({"id": "q8", "revision": "3", "date": "2026-11-19T10:00:00Z"})),
    ];
    lines.map(|line| line.to_string() + "\n").concat()
}

/// An object with the members of another, and the agency.
fn merge(mut object: Value, more: Value) -> Value {
    object["agency"] = "QRN".into();
    for (name, value) in more.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}

fn wire() -> Folder {
    let folder = Folder::new();
    folder.put("forest.jsonl", forest());
    folder
}

/// The part of an output that is about a tree: its lines, or in text and Markdown its block.
fn part_about(out: &str, tree: &str) -> Option<String> {
    let rule = ["\n———\n", "\n---\n", "\n## "].into_iter().find(|rule| out.contains(rule));
    let parts: Vec<&str> = match rule {
        Some(rule) => out.split(rule).collect(),
        None => out.lines().collect(),
    };
    let about: Vec<&str> = parts.into_iter().filter(|part| part.contains(tree)).collect();
    (!about.is_empty()).then(|| about.join("\n"))
}

/// What a part says of the status: words such as `KILLED by q2k` and the values of keys and columns.
fn status_words(part: &str) -> String {
    let keys = r#""(?:status|status_sent|pubStatus|embargoed|killed_by|corrected_by|superseded_by)":(?:true|"[^"]*")"#;
    let count = r#""killed":[1-9]"#;
    let rel = r#""rel":"(?:killed|corrected|superseded)-by""#;
    let words = r"(?:KILL NOTICE|KILLED|WITHHELD|EMBARGOED|CORRECTED|SUPERSEDED)(?: by [\w:]+| until [\w:-]+)?";
    let cells = r"(?:[\t,])(?:usable|withheld|canceled)\b";
    let all = Regex::new(&[keys, count, rel, words, cells].join("|")).unwrap();
    let found = all.find_iter(part).map(|found| found.as_str().trim_matches(['\t', ',']));
    let found: Vec<String> = found.map(|text| text.replace('"', "")).collect();
    found.join(" ")
}

/// Every command with every format, and what reads the dispatches.
const RUNS: [&str; 28] = [
    "list --format text",
    "list --format tsv",
    "list --format jsonl",
    "show --format text",
    "show --format tsv",
    "show --format jsonl",
    "export --to text",
    "export --to md",
    "export --to jsonl",
    "export --to ninjs",
    "quotes --format text",
    "quotes --format tsv",
    "quotes --format csv",
    "quotes --format md",
    "quotes --format jsonl",
    "quotes --format csv --fold",
    "quotes --format text --killed",
    "quotes --format tsv --killed",
    "quotes --format csv --killed",
    "quotes --format md --killed",
    "quotes --format jsonl --killed",
    "speakers --format text",
    "speakers --format text --killed",
    "speakers --format csv --killed",
    "speakers --format jsonl --killed",
    "follow --format text --all",
    "follow --format tsv --all",
    "follow --format jsonl --all",
];

fn printed(folder: &Folder, line: &str) -> Printed {
    let mut arguments: Vec<&str> = line.split_whitespace().collect();
    if arguments[0] == "follow" {
        // Standard input ends, a file would be watched for ever.
        arguments.push("-");
        return run_with(folder, &arguments, forest().as_bytes());
    }
    arguments.push("forest.jsonl");
    run(folder, &arguments)
}

/// A table: for every command, format and state what the output says of the status.
#[test]
fn every_output_tells_the_status_that_holds() {
    let folder = wire();
    let mut table = String::new();
    for line in RUNS {
        let printed = printed(&folder, line);
        assert_eq!(printed.code, Some(0), "{line}: {}", printed.err);
        let _ = writeln!(table, "{line}");
        for (tree, state) in STATES {
            let said = part_about(&printed.out, tree);
            let said = said.map_or("left out".to_owned(), |part| status_words(&part));
            let _ = writeln!(table, "    {state:22} {}", if said.is_empty() { "-" } else { &said });
        }
        for message in printed.err.lines() {
            let _ = writeln!(table, "    {message}");
        }
    }
    for format in ["text", "jsonl"] {
        let _ = writeln!(table, "diff --format {format}");
        for (number, (_, state)) in (1..).zip(STATES) {
            // The older of two versions, beside the usable dispatch.
            let (id, other) = (format!("q{number}"), if number == 1 { "q7" } else { "q1" });
            let id = match number {
                5 => "q5:1".to_owned(),
                8 => "q8:3".to_owned(),
                _ => id,
            };
            let arguments =
                ["diff", "--format", format, "--item", &id, "--item", other, "forest.jsonl"];
            let printed = run(&folder, &arguments);
            assert_eq!(printed.code, Some(1), "{}", printed.err);
            let old = printed.out.split_once(r#""new":{"#).or(printed.out.split_once("\n"));
            let said = status_words(old.unwrap().0);
            let _ = writeln!(table, "    {state:22} {}", if said.is_empty() { "-" } else { &said });
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    settings.bind(|| insta::assert_snapshot!("status", table));
}
