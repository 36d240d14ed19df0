//! Which rooms may name outside crates, IO, clocks and colours, however they spell the path.

use std::collections::BTreeMap;

use crate::resolve::Meaning;
use crate::tree::{Reference, Tree, assert_none, small, source};

/// Paths that only some rooms may name. Test code may name them all.
const HOMES: &[(&str, &[&str])] = &[
    ("textwrap", &["text"]),
    ("fuzzy_matcher", &["filter"]),
    ("regex", &["filter"]),
    ("imara_diff", &["changes"]),
    ("ratatui", &["ui", "term"]),
    ("crossterm", &["term"]),
    ("tui_input", &["app"]),
    ("toml", &["config"]),
    ("clap", &["cli", "main.rs"]),
    ("clap_mangen", &["cli"]),
    ("clap_complete", &["cli"]),
    ("roff", &["cli"]),
    ("signal_hook", &["term", "command"]),
    ("std::process::Command", &["command", "work", "term"]),
    ("encoding_rs", &["format"]),
    ("chardetng", &["format"]),
    ("mailparse", &["format"]),
    // Pages of web archives may be packed within their records.
    ("flate2", &["ingest", "format"]),
    ("bzip2", &["ingest"]),
    ("ruzstd", &["ingest"]),
    ("lzma_rust2", &["ingest"]),
    ("zip", &["ingest"]),
    ("rusqlite", &["store"]),
    ("rayon_core", &["threads"]),
    ("std::thread::spawn", &[]),
    ("std::thread::Builder", &["threads"]),
    ("std::fs", &["ingest", "work", "term", "store", "log"]),
    ("std::env", &["main.rs"]),
    // The formatter of serde_json writes through `io::Write`, into memory.
    (
        "std::io",
        &["ingest", "work", "term", "command", "main.rs", "text", "store", "threads", "log"],
    ),
    ("std::time::Instant", &["ingest", "work", "term", "command", "store"]),
    ("std::time::SystemTime::now", &["ingest", "store", "log"]),
    // Panics beyond the year 9999.
    ("jiff::Timestamp::now", &[]),
];

/// The one place that names colours: a file, or a folder of that name.
const COLOURS: &str = "ui/theme";

/// Crates that name colours.
const PALETTES: &[&str] = &["ratatui", "crossterm", "clap"];

/// Other names for colours than those that end with `Color`.
const COLOUR_NAMES: &[&str] = &["Colors", "Stylize", "palette"];

/// Whether a path lies at or below another.
fn is_below(path: &[String], home: &str) -> bool {
    let mut path = path.iter();
    home.split("::").all(|part| path.next().is_some_and(|name| name == part))
}

/// Whether a glob of a path brings a home into scope: `use std::time::*` brings `Instant`.
fn brings(path: &[String], home: &str) -> bool {
    let mut home = home.split("::");
    path.iter().all(|name| home.next() == Some(name))
}

fn names_colour(path: &[String], is_glob: bool) -> bool {
    let Some((name, parts)) = path.split_first() else {
        return false;
    };
    // `ResetColor` gives the terminal its own colours back.
    let is_colour = |part: &String| {
        part.ends_with("Color") && part != "ResetColor" || COLOUR_NAMES.contains(&&**part)
    };
    let is_open =
        is_glob && parts.last().is_some_and(|last| matches!(&**last, "style" | "prelude"));
    PALETTES.contains(&&**name) && (parts.iter().any(is_colour) || is_open)
}

fn is_theme(path: &str) -> bool {
    let rest = path.strip_prefix(COLOURS);
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn violations(tree: &Tree, homes: &[(&str, &[&str])]) -> Vec<String> {
    let mut named: BTreeMap<(usize, String), Vec<&Reference>> = BTreeMap::new();
    for reference in tree.references.iter().filter(|found| !found.in_tests) {
        let file = &tree.files[reference.file];
        let is_glob = reference.is_glob();
        for target in tree.resolve(reference) {
            let Meaning::Outside(path) = target.meaning else {
                continue;
            };
            let is_named = |(home, rooms): &&(&str, &[&str])| {
                let is_named = is_below(&path, home) || is_glob && brings(&path, home);
                is_named && !rooms.contains(&file.room())
            };
            let homes = homes.iter().filter(is_named).map(|(home, _)| *home);
            let is_colour = names_colour(&path, is_glob) && !is_theme(&file.path);
            for what in homes.chain(is_colour.then_some("a colour")) {
                let key = (reference.file, what.to_owned());
                named.entry(key).or_default().push(reference);
            }
        }
    }
    let mut wrong = tree.messages(&named);
    for found in &tree.mutable_statics {
        let place = tree.place(found.file, found.line);
        wrong.push(format!("{place}: a mutable static"));
    }
    wrong
}

#[test]
fn crates_io_and_colours_stay_in_their_homes() {
    assert_none(&violations(source(), HOMES));
}

/// The violations of a file in a room that may do nothing.
fn check(code: &str) -> Vec<String> {
    let tree = small(&[
        ("lib.rs", "mod pure; mod ui; mod work;"),
        ("pure.rs", code),
        ("ui/mod.rs", "mod theme;"),
        ("ui/theme.rs", "use ratatui::style::Color;"),
        ("work.rs", "pub use std::io; pub(crate) use std::fs::File;"),
    ]);
    let homes: &[(&str, &[&str])] = &[
        ("std::io", &["work"]),
        ("std::fs", &["work"]),
        ("std::time::Instant", &[]),
        ("jiff::Timestamp::now", &[]),
        ("regex", &[]),
    ];
    violations(&tree, homes)
}

#[test]
fn no_spelling_escapes_the_homes() {
    for code in [
        "use std::io;",
        "use std::{fmt, io};",
        "use std::{fmt, thread::{self}, io::{self as s, Read as _}};",
        "use std as s; fn f() { s::io::stdin() }",
        "use std::*;",
        "use std::time::*;",
        "use std::time; fn f() -> time::Instant {}",
        "fn f() { ::std::fs::read(\"a\") }",
        "fn f() { let _ = format!(\"{}\", std::fs::read_to_string(a)); }",
        "fn f() { use jiff::Timestamp as T; T::now() }",
        "macro_rules! m { () => { use std::{fmt, io}; } }",
        "use crate::work::io; fn f() { io::stdin() }",
        "use super::work::File;",
        "use regex;",
        "extern crate regex as r;",
        "#[derive(regex::Derive)] struct A;",
        "static mut A: u8 = 0;",
        "#[cfg(not(test))] use std::io;",
        "use ratatui::style::Color;",
        "use ratatui::{style::{self, Style}}; fn f() { style::Color::Red }",
        "use ratatui::style::Color::*;",
        "use ratatui::prelude::*;",
        "use ratatui::style::Stylize as _;",
        "use clap::builder::styling::AnsiColor;",
    ] {
        assert!(!check(code).is_empty(), "{code}");
    }
    for code in [
        "use std::{fmt, thread};",
        "use std::time::Duration;",
        "use jiff::Timestamp;",
        "mod io { pub struct Read; } use self::io::Read;",
        "fn f(regex: &str, io: u8) { regex.io }",
        "use ratatui::style::Style;",
        "use crossterm::style::ResetColor;",
        "#[cfg(test)] mod tests { use std::fs; }",
        "#[cfg(test)] fn f() { std::fs::read(a) }",
        "#[test] fn f() { std::fs::read(a) }",
        "#[cfg(all(unix, test))] use std::fs;",
    ] {
        assert_eq!(check(code), [""; 0], "{code}");
    }
}
