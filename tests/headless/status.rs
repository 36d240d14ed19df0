//! The status of a dispatch in every output of every command: usable, killed, held, corrected, superseded, embargoed,
//! embargoed once, killed and then restored.

use std::fmt::Write as _;

use regex::Regex;
use serde_json::{Value, json};

use crate::program::{Printed, run, run_with};
use crate::support::Folder;

/// The trees that the dispatches are about, and the state that each is in.
const STATES: [(&str, &str); 12] = [
    ("Alder", "usable"),
    ("Birch", "killed"),
    ("Cedar", "held"),
    ("Dogwood", "corrected"),
    ("Elm", "superseded"),
    ("Fir", "embargoed"),
    ("Gorse", "embargo past"),
    ("Hazel", "killed, then restored"),
    ("Ivy", "killed, then restored: the version before the kill"),
    ("Juniper", "killed, then sent again with another text"),
    ("Karri", "held by a notice"),
    ("Larch", "held by a newer revision"),
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
            &more,
        )
    };
    let notice = |head: &str, more: Value| {
        let body = "See there.";
        merge(json!({"headline": head, "date": "2026-11-19T09:00:00Z", "body": body}), &more)
    };
    let lines = [
        notice("To be killed", json!({"id": "q2k", "role": "kill", "kills": "q2"})),
        notice("A correction", json!({"id": "q4c", "role": "correction", "corrects": "q4"})),
        notice("Two trees", json!({"id": "q5", "revision": "2"})),
        notice("Not to be used", json!({"id": "q8", "revision": "2", "status": "canceled"})),
        notice("EDITORS: a hold", json!({"id": "q10h", "role": "advisory", "holds": "q10"})),
        notice("Not yet", json!({"id": "q11", "revision": "2", "status": "withheld"})),
        notice("Not to be used", json!({"id": "q9", "revision": "2", "status": "canceled"})),
        about("Ivy", json!({"id": "q9", "revision": "3", "date": "2026-11-19T10:00:00Z"})),
        notice("Not to be used", json!({"id": "q12", "revision": "2", "status": "canceled"})),
        notice(
            "A substitute",
            json!({"id": "q12", "revision": "3", "date": "2026-11-19T10:00:00Z"}),
        ),
        about("Alder", json!({"id": "q1"})),
        about("Birch", json!({"id": "q2"})),
        about("Cedar", json!({"id": "q3", "status": "withheld"})),
        about("Dogwood", json!({"id": "q4"})),
        about("Elm", json!({"id": "q5", "revision": "1"})),
        about("Fir", json!({"id": "q6", "embargo": "2026-11-29T12:00:01Z"})),
        about("Gorse", json!({"id": "q7", "embargo": "2026-11-29T12:00:00Z"})),
        about("Hazel", json!({"id": "q8", "revision": "3", "date": "2026-11-19T10:00:00Z"})),
        about("Ivy", json!({"id": "q9", "revision": "1"})),
        about("Juniper", json!({"id": "q12", "revision": "1"})),
        about("Karri", json!({"id": "q10"})),
        about("Larch", json!({"id": "q11", "revision": "1"})),
    ];
    lines.map(|line| line.to_string() + "\n").concat()
}

/// An object with the members of another, and the agency.
fn merge(mut object: Value, more: &Value) -> Value {
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

/// The part of an output that is about a tree: its lines, or in text, Markdown, HTML and NITF its block.
fn part_about(out: &str, tree: &str) -> Option<String> {
    let rules = ["\n———\n", "\n---\n", "\n## ", "\n<article>", "\n<nitf "];
    let rule = rules.into_iter().find(|rule| out.contains(rule));
    let parts: Vec<&str> = match rule {
        Some(rule) => out.split(rule).collect(),
        None => out.lines().collect(),
    };
    let about: Vec<&str> = parts.into_iter().filter(|part| part.contains(tree)).collect();
    (!about.is_empty()).then(|| about.join("\n"))
}

/// What a part says of the status: words such as `KILLED by q2k` and the values of keys and columns.
fn status_words(part: &str) -> String {
    let keys = r#""(?:status|status_sent|pubStatus|embargoed|killed_by|withheld_by|corrected_by|superseded_by)":(?:true|"[^"]*")"#;
    let count = r#""killed":[1-9]"#;
    let attribute = r#"management-status="\w+""#;
    let rel = r#""rel":"(?:killed|withheld|corrected|superseded)-by""#;
    let words = r"(?:KILL NOTICE|KILLED|WITHHELD|EMBARGOED|CORRECTED|SUPERSEDED)(?: by [\w:]+| until [\w:-]+)?";
    let cells = r"(?:[\t,])(?:usable|withheld|canceled)\b";
    let all =
        Regex::new(&[keys, count, attribute, rel, words, cells].join("|")).expect("a pattern");
    let found = all.find_iter(part).map(|found| found.as_str().trim_matches(['\t', ',']));
    let found: Vec<String> = found.map(|text| text.replace('"', "")).collect();
    found.join(" ")
}

/// Every command with every format, and what reads the dispatches.
const RUNS: [&str; 39] = [
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
    "export --to json",
    "export --to csv",
    "export --to tsv",
    "export --to html",
    "export --to nitf",
    "quotes --format text",
    "quotes --format tsv",
    "quotes --format csv",
    "quotes --format md",
    "quotes --format jsonl",
    "quotes --format json",
    "quotes --format html",
    "quotes --format nitf",
    "quotes --format csv --fold",
    "quotes --format text --killed",
    "quotes --format tsv --killed",
    "quotes --format csv --killed",
    "quotes --format md --killed",
    "quotes --format jsonl --killed",
    "quotes --format json --killed",
    "quotes --format html --killed",
    "quotes --format nitf --killed",
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
            let _ = writeln!(table, "    {state:52} {}", if said.is_empty() { "-" } else { &said });
        }
        for message in printed.err.lines() {
            let _ = writeln!(table, "    {message}");
        }
    }
    for format in ["text", "jsonl"] {
        let _ = writeln!(table, "diff --format {format}");
        for (number, (_, state)) in (1..).zip(STATES) {
            // The older of two versions, beside the usable dispatch.
            let other = if number == 1 { "q7" } else { "q1" };
            let id = match number {
                5 | 9 => format!("q{number}:1"),
                8 => "q8:3".to_owned(),
                10 => "q12:1".to_owned(),
                11 => "q10".to_owned(),
                12 => "q11:1".to_owned(),
                _ => format!("q{number}"),
            };
            let arguments =
                ["diff", "--format", format, "--item", &id, "--item", other, "forest.jsonl"];
            let printed = run(&folder, &arguments);
            assert_eq!(printed.code, Some(1), "{}", printed.err);
            let old = printed.out.split_once(r#""new":{"#).or(printed.out.split_once('\n'));
            let said = status_words(old.unwrap().0);
            let _ = writeln!(table, "    {state:52} {}", if said.is_empty() { "-" } else { &said });
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    settings.bind(|| insta::assert_snapshot!("status", table));
}

#[test]
fn a_filter_does_not_hide_the_kill_and_killed_quotes_alone_are_no_failure() {
    let folder = wire();
    let only = |arguments: &[&str]| {
        let more = ["--filter", "headline:birch", "forest.jsonl"];
        run(&folder, &[arguments, &more].concat())
    };
    assert!(only(&["list"]).ok().contains("[KILLED] Birch is felled"));
    assert!(only(&["export", "--to", "ninjs"]).ok().contains(r#""pubStatus":"canceled""#));
    for arguments in [
        &["quotes"][..],
        &["quotes", "--format", "jsonl"],
        &["quotes", "--speaker", "brook", "--fold"],
        &["speakers"],
    ] {
        let printed = only(arguments);
        assert_eq!((printed.code, printed.out.as_str()), (Some(0), ""), "{arguments:?}");
        let said = "dateline: 1 quote of 1 killed dispatch is left out: --killed ";
        assert!(printed.err.starts_with(said), "{}", printed.err);
    }
    let none = only(&["quotes", "--speaker", "nobody"]);
    assert_eq!((none.code, none.err.as_str()), (Some(1), ""));
    for (filter, count) in [
        ("is:killed body:hollow", 2),
        ("is:superseded said:brook", 4),
        ("!is:killed headline:birch body:hollow", 0),
    ] {
        let printed = run(&folder, &["list", "--filter", filter, "forest.jsonl"]);
        assert_eq!(printed.out.lines().count(), count, "{filter}: {}", printed.out);
    }
    let all = only(&["speakers", "--killed"]).ok();
    assert!(all.ends_with("Birch Brook  [1 KILLED dispatch]\n"), "{all}");
}

#[test]
fn a_folded_quote_is_printed_from_a_dispatch_that_is_not_killed() {
    let folder = Folder::new();
    let item = |id: &str, more: Value| {
        let body = "The gate is shut.\n\n“Nobody may enter before the bell,” said Tove Harl.";
        merge(json!({"id": id, "headline": id, "body": body}), &more).to_string() + "\n"
    };
    folder.put("a.jsonl", item("a", json!({"status": "canceled"})) + &item("b", json!({})));
    let folded = |more: &[&str]| {
        let arguments = [&["quotes", "--fold", "--format", "csv"], more, &["a.jsonl"]].concat();
        run(&folder, &arguments).out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    for (more, takes) in [(&[][..], ",1,,"), (&["--killed"], ",2,,")] {
        let rows = folded(more);
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert!(rows[0].starts_with("a.jsonl,1,b,") && rows[0].contains(takes), "{rows:?}");
    }
}

#[test]
fn the_clock_can_be_set_and_a_mistake_in_it_is_told() {
    let folder = wire();
    let at = |time: &str| {
        let arguments = ["list", "--filter", "is:embargoed", "forest.jsonl"];
        let mut command = crate::program::command(&folder, &arguments);
        let output = command.env("DATELINE_NOW", time).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout).lines().count(), text(output.stderr))
    };
    assert_eq!(at("2026-11-29T11:59:59Z"), (Some(0), 2, String::new()));
    assert_eq!(at("2026-11-29T13:00:01+01:00"), (Some(1), 0, String::new()));
    let (code, _, said) = at("noon");
    assert_eq!(code, Some(2));
    assert!(said.starts_with("dateline: DATELINE_NOW is no time: `noon`; write it"), "{said}");
}
