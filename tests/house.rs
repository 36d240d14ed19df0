//! Rules of the house that a newcomer can read here, and cannot break unseen: layers, IO, colours, files.

#![allow(clippy::unwrap_used)] // Source files that cannot be read fail the test.

#[path = "house/functions.rs"]
mod functions;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may name after `crate::`. What is not listed is forbidden.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("action", &["text"]),
    ("dispatch", &["text"]),
    ("format", &["dispatch", "text"]),
    ("quote", &["dispatch", "text"]),
    ("speakers", &["dispatch", "text", "quote", "format"]),
    ("changes", &["dispatch", "text"]),
    ("health", &["dispatch", "text"]),
    ("desk", &["dispatch", "text", "format"]),
    ("marks", &["text"]),
    ("store", &["marks", "text"]),
    ("filter", &["dispatch", "text", "desk", "quote", "marks"]),
    ("views", &["desk", "filter", "marks"]),
    ("look", &["text"]),
    ("config", &["text", "action", "filter", "views", "look"]),
    (
        "record",
        &[
            "dispatch", "text", "quote", "speakers", "changes", "health", "desk",
        ],
    ),
    (
        "app",
        &[
            "text", "action", "dispatch", "quote", "speakers", "changes", "health", "desk",
            "filter", "views", "marks", "look",
        ],
    ),
    (
        "ui",
        &[
            "text", "action", "dispatch", "quote", "speakers", "changes", "health", "desk",
            "filter", "views", "app", "look",
        ],
    ),
    ("load", &["dispatch", "text", "format", "desk"]),
    (
        "work",
        &[
            "dispatch", "quote", "speakers", "changes", "health", "desk", "filter", "record",
            "views", "marks", "load", "text",
        ],
    ),
    (
        "term",
        &[
            "action", "app", "ui", "work", "load", "desk", "dispatch", "marks", "store", "config",
            "text",
        ],
    ),
    ("cli", &["action", "filter", "text"]),
    (
        "command",
        &[
            "dispatch", "text", "quote", "speakers", "changes", "health", "desk", "filter",
            "record", "config", "cli", "load", "work", "marks", "store", "format",
        ],
    ),
];

/// Words that only some rooms may write: outside crates, IO, colours.
const HOMES: &[(&str, &[&str])] = &[
    ("textwrap::", &["text"]),
    ("fuzzy_matcher::", &["filter"]),
    ("regex::", &["filter"]),
    ("imara_diff::", &["changes"]),
    ("ratatui::", &["ui", "term"]),
    ("crossterm::", &["term"]),
    ("tui_input::", &["app"]),
    ("toml::", &["config"]),
    ("clap::", &["cli", "main.rs"]),
    ("clap_mangen::", &["cli"]),
    ("clap_complete::", &["cli"]),
    ("roff::", &["cli"]),
    ("signal_hook::", &["term", "command"]),
    ("std::process::Command", &["command", "work", "term"]),
    ("encoding_rs::", &["format"]),
    ("chardetng::", &["format"]),
    ("mailparse::", &["format"]),
    ("flate2::", &["load"]),
    ("bzip2::", &["load"]),
    ("ruzstd::", &["load"]),
    ("lzma_rust2::", &["load"]),
    ("zip::", &["load"]),
    ("rusqlite::", &["store"]),
    ("std::fs", &["load", "work", "term", "store"]),
    ("std::env", &["main.rs"]),
    // The formatter of serde_json writes through `io::Write`, into memory.
    (
        "std::io",
        &[
            "load", "work", "term", "command", "main.rs", "record", "store",
        ],
    ),
    (
        "std::time::Instant",
        &["load", "work", "term", "command", "store"],
    ),
    (
        "Instant::now",
        &["load", "work", "term", "command", "store"],
    ),
    ("SystemTime::now", &["store"]),
    ("Timestamp::now", &["term", "load"]),
    ("static mut", &[]),
];

/// The one room that names colours.
const COLOURS: &str = "ui/theme/";

/// Files that are longer than 300 lines, and how long they may be. This list only shrinks.
const LONG: &[(&str, usize)] = &[];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Every source file: its path below `src`, the room it lies in, and its code without comments.
fn all() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    files(&source(), &mut found);
    found.sort();
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(source())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let room = name.split('/').next().unwrap().to_owned();
        (name, room, fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

fn code(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The code without its unit tests, which may do more.
fn shipped(text: &str) -> String {
    let code = code(text);
    code.split("\n#[cfg(test)]\nmod ")
        .next()
        .unwrap_or("")
        .to_owned()
}

/// The first words after every `crate::`, braces taken apart.
fn named(code: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.trim()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split(';').next().unwrap_or("");
            names.extend(group.split(',').map(word));
        } else {
            names.insert(word(rest));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn rooms_name_only_what_lies_below_them() {
    let rooms: BTreeSet<&str> = LAYERS.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    for (name, room, text) in all() {
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == room) else {
            assert!(
                matches!(room.as_str(), "lib.rs" | "main.rs"),
                "{name}: a room that LAYERS does not list"
            );
            continue;
        };
        for other in named(&code(&text)) {
            let is_room = rooms.contains(other.as_str());
            if is_room && other != room && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{name} names crate::{other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_and_io_stay_in_their_homes() {
    let mut wrong = Vec::new();
    for (name, room, text) in all() {
        let code = shipped(&text);
        for (word, homes) in HOMES {
            if code.contains(word) && !homes.contains(&room.as_str()) && !name.ends_with("tests.rs")
            {
                wrong.push(format!("{name} writes {word}"));
            }
        }
        if code.contains("Color::") && !name.starts_with(COLOURS) {
            wrong.push(format!("{name} names a colour"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_stays_short() {
    let mut wrong = Vec::new();
    for (name, _, text) in all() {
        let purpose = text.lines().next().unwrap_or("");
        if !purpose.starts_with("//! ") || purpose.len() < 20 {
            wrong.push(format!("{name}: the first line is no purpose sentence"));
        }
        let limit = LONG
            .iter()
            .find(|(long, _)| *long == name)
            .map_or(300, |(_, limit)| *limit);
        let lines = text.lines().count();
        if lines > limit {
            wrong.push(format!("{name}: {lines} lines, more than {limit}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rule_itself_can_fail() {
    assert!(named("use crate::ui::Theme;").contains("ui"));
    let grouped = named("use crate::{app::State, term};");
    assert!(grouped.contains("app") && grouped.contains("term"));
}

#[test]
fn the_readme_has_the_keys_of_the_table_of_actions() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let table = dateline::action::readme_key_table();
    assert!(
        readme.contains(&table),
        "the README lacks this table of keys:\n{table}"
    );
}
