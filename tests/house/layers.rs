//! Which rooms a room may name, however it spells the path.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::Meaning;
use crate::tree::{File, Reference, Tree, assert_none, small, source};

/// The rooms, and the other rooms that each may name. What is not listed is forbidden.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("threads", &[]),
    ("log", &[]),
    ("action", &["text"]),
    ("dispatch", &["text"]),
    ("format", &["dispatch", "text"]),
    ("quotes", &["dispatch", "text"]),
    ("speakers", &["dispatch", "text", "quotes", "format"]),
    ("changes", &["dispatch", "text"]),
    ("health", &["dispatch", "text"]),
    ("index", &["dispatch", "text", "format"]),
    ("marks", &["text"]),
    ("store", &["marks", "text", "threads"]),
    ("filter", &["dispatch", "text", "index", "quotes", "marks", "threads"]),
    ("views", &["index", "filter", "marks"]),
    ("jobs", &["dispatch", "quotes", "speakers", "changes", "health", "index", "filter", "views"]),
    ("list_format", &["text"]),
    ("config", &["text", "action", "filter", "format", "views", "list_format"]),
    ("record", &["dispatch", "text", "quotes", "speakers", "changes", "health", "index"]),
    (
        "app",
        &[
            "text",
            "action",
            "dispatch",
            "quotes",
            "speakers",
            "changes",
            "health",
            "index",
            "filter",
            "views",
            "marks",
            "list_format",
            "config",
            "jobs",
        ],
    ),
    (
        "ui",
        &[
            "text",
            "action",
            "dispatch",
            "quotes",
            "speakers",
            "changes",
            "health",
            "index",
            "filter",
            "views",
            "app",
            "list_format",
        ],
    ),
    ("ingest", &["dispatch", "text", "format", "index", "threads"]),
    (
        "work",
        &[
            "dispatch", "quotes", "speakers", "changes", "health", "index", "filter", "record",
            "views", "marks", "ingest", "text", "jobs", "threads", "log",
        ],
    ),
    (
        "term",
        &[
            "action", "app", "ui", "work", "ingest", "index", "dispatch", "marks", "store",
            "config", "text", "jobs", "threads", "log",
        ],
    ),
    ("cli", &["action", "filter", "speakers", "text"]),
    (
        "command",
        &[
            "dispatch", "text", "quotes", "speakers", "changes", "health", "index", "filter",
            "record", "config", "cli", "ingest", "work", "marks", "store", "format", "threads",
            "log", "jobs",
        ],
    ),
];

/// The rooms that a path leads through, those of re-exports on the way included.
fn rooms<'a>(tree: &'a Tree, reference: &Reference) -> BTreeSet<&'a str> {
    let mut files = Vec::new();
    for target in tree.resolve(reference) {
        files.extend(target.through.iter().map(|scope| tree.scopes[*scope].file));
        if let Meaning::Item { file, .. } = target.meaning {
            files.push(file);
        }
    }
    let rooms = files.into_iter().map(|file| tree.files[file].room());
    rooms.filter(|room| !is_root(room)).collect()
}

fn is_root(room: &str) -> bool {
    matches!(room, "lib.rs" | "main.rs")
}

fn violations(tree: &Tree, layers: &[(&str, &[&str])]) -> Vec<String> {
    let allowed = |room: &str| layers.iter().find(|(layer, _)| *layer == room);
    let mut wrong = Vec::new();
    for file in &tree.files {
        if !is_root(file.room()) && allowed(file.room()).is_none() {
            wrong.push(format!("{}: a room that LAYERS does not list", file.path));
        }
    }
    let mut named: BTreeMap<(usize, String), Vec<&Reference>> = BTreeMap::new();
    for reference in &tree.references {
        let room = tree.files[reference.file].room();
        let Some((_, allowed)) = allowed(room) else {
            continue;
        };
        for other in rooms(tree, reference) {
            if other != room && !allowed.contains(&other) {
                let key = (reference.file, other.to_owned());
                named.entry(key).or_default().push(reference);
            }
        }
    }
    wrong.extend(tree.messages(&named));
    wrong
}

#[test]
fn rooms_name_only_what_lies_below_them() {
    assert_none(&violations(source(), LAYERS));
}

#[test]
fn every_layer_is_a_room() {
    let rooms: BTreeSet<&str> = source().files.iter().map(File::room).collect();
    for (room, allowed) in LAYERS {
        for name in allowed.iter().chain([room]) {
            assert!(rooms.contains(name), "{name} of LAYERS is no room");
        }
    }
}

/// Whether code in the room `low`, which may name nothing but `middle`, breaks the layers.
fn is_wrong(code: &str) -> bool {
    let layers: &[(&str, &[&str])] =
        &[("low", &["middle"]), ("middle", &["high"]), ("high", &["low"])];
    let tree = small(&[
        ("lib.rs", "mod low; mod middle; mod high;"),
        ("low/mod.rs", "mod a;"),
        ("low/a.rs", code),
        ("middle.rs", "pub use crate::high::High; pub struct Middle;"),
        ("high.rs", "pub struct High; pub fn act() {}"),
    ]);
    let wrong = violations(&tree, layers);
    wrong.iter().any(|wrong| wrong.contains("names high"))
}

#[test]
fn no_spelling_escapes_the_layers() {
    for code in [
        "use crate::high::High;",
        "use crate::{middle::Middle, high};",
        "use super::super::high as h;",
        "use super::super::{middle, high::*};",
        "use crate as root; fn f() { root::high::act() }",
        "fn f() { crate::high::act() }",
        "fn f(a: &[super::super::high::High]) {}",
        "fn f() { match 0 { super::super::high::High => 1 } }",
        "fn f() { println!(\"{}\", crate::high::act()) }",
        "macro_rules! m { () => { $crate::high::act() } }",
        "macro_rules! m { () => { use $crate::{middle, high}; } }",
        "#[cfg(test)] mod tests { use super::super::super::high; }",
        "use crate::middle::High;",
        "use dateline::high;",
    ] {
        assert!(is_wrong(code), "{code}");
    }
    for code in [
        "use crate::middle::Middle;",
        "mod high { pub struct High; } use self::high::High;",
        "fn f() { let high = 1; high }",
        "// crate::high::act()\nconst HIGH: &str = \"crate::high::act()\";",
    ] {
        assert!(!is_wrong(code), "{code}");
    }
}

#[test]
fn a_room_without_a_layer_is_reported() {
    let tree = small(&[("lib.rs", "mod a;"), ("a.rs", "")]);
    assert_eq!(violations(&tree, &[]), ["a.rs: a room that LAYERS does not list"]);
}
