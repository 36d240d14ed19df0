//! No circle of imports between the files of a room is longer than a few files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::resolve::Meaning;
use crate::tree::{Tree, assert_none, small, source};

/// Most files of a room that may need each other. A few closely tied files can still be read together.
const FILES: usize = 3;

/// The names that a file needs from another, by the two files.
type Edges = BTreeMap<(usize, usize), BTreeSet<String>>;

/// What files of a room import from each other. A name counts against the file that defines it, and not against those
/// that re-export it.
fn edges(tree: &Tree) -> Edges {
    let mut edges = Edges::new();
    for reference in tree.references.iter().filter(|found| !found.in_tests) {
        let from = &tree.files[reference.file];
        if from.is_mod_file() && reference.is_re_export() {
            continue;
        }
        for target in tree.resolve(reference) {
            let Meaning::Item { file, name, .. } = target.meaning else {
                continue;
            };
            if file != reference.file && tree.files[file].room() == from.room() {
                let names = edges.entry((reference.file, file)).or_default();
                names.insert(name);
            }
        }
    }
    edges
}

/// The files that a file needs, directly or not.
fn needed(from: usize, edges: &Edges) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for (_, to) in edges.keys().filter(|(from, _)| *from == file) {
            if found.insert(*to) {
                open.push(*to);
            }
        }
    }
    found
}

/// Sets of files that all need each other (strongly connected components), of two files and more.
fn circles(edges: &Edges) -> BTreeSet<BTreeSet<usize>> {
    let files: BTreeSet<usize> = edges.keys().map(|(from, _)| *from).collect();
    let needs: BTreeMap<usize, BTreeSet<usize>> =
        files.into_iter().map(|file| (file, needed(file, edges))).collect();
    let circle = |(file, needed): (&usize, &BTreeSet<usize>)| {
        let back = |other: &&usize| needs.get(other).is_some_and(|needs| needs.contains(file));
        needed.iter().filter(back).copied().collect()
    };
    let circles = needs.iter().map(circle);
    circles.filter(|circle: &BTreeSet<usize>| circle.len() > 1).collect()
}

fn violations(tree: &Tree, most: usize) -> Vec<String> {
    let edges = edges(tree);
    let mut wrong = Vec::new();
    for circle in circles(&edges) {
        let name = |file: &usize| tree.files[*file].path.as_str();
        if circle.len() <= most {
            continue;
        }
        let files: Vec<&str> = circle.iter().map(name).collect();
        let mut message = format!("a circle of {} files: {}", files.len(), files.join(", "));
        for ((from, to), names) in &edges {
            if circle.contains(from) && circle.contains(to) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let (from, to, names) = (name(from), name(to), names.join(", "));
                _ = write!(message, "\n    {from} -> {to}: {names}");
            }
        }
        wrong.push(message);
    }
    wrong
}

#[test]
fn circles_of_imports_stay_short() {
    assert_none(&violations(source(), FILES));
}

/// The circle that `a.rs`, `b.rs` and `c.rs` of a room make if `b` needs `a`, `c` needs `b`, and `a` has this code.
fn check(code: &str) -> String {
    let tree = small(&[
        ("lib.rs", "mod room; mod other;"),
        (
            "room/mod.rs",
            "mod a; mod b; mod c; pub use c::{C, tell as say}; pub(crate) use c::more::*;",
        ),
        ("room/a.rs", &format!("pub struct A; {code}")),
        ("room/b.rs", "use super::a::A; pub struct B; pub use super::c::C as D;"),
        (
            "room/c.rs",
            "use super::b::B; pub struct C; pub fn tell() {} pub mod more { pub const MORE: u8 = 0; } \
          macro_rules! make { ($a:ident) => { pub struct $a; pub struct Fixed; } } make!(Made); pub(super) use make;",
        ),
        ("other.rs", "pub use crate::room::C; pub mod c { pub struct C; }"),
    ]);
    violations(&tree, 2).join("\n")
}

#[test]
fn no_spelling_escapes_the_circles() {
    for (code, name) in [
        ("use super::c::C;", "C"),
        ("use crate::{room::{c::{C as _}}};", "C"),
        ("use super::C;", "C"),
        ("use super::say;", "tell"),
        ("use super::{self as all}; fn f() { all::say() }", "tell"),
        ("use super::c; fn f() { c::tell() }", "tell"),
        ("use super::b::D;", "C"),
        ("use crate::other::C;", "C"),
        ("use super::*; fn f() { say() }", "tell"),
        ("use super::c::*; fn f(a: C) {}", "C"),
        ("use super::MORE;", "MORE"),
        ("fn f() { assert!(super::super::room::say()) }", "tell"),
        ("use super::c::Made;", "Made"),
        ("use super::c::Fixed;", "Fixed"),
        ("use super::c::make;", "make"),
        ("fn f() { super::c::make!(A) }", "make"),
        ("impl super::C { fn f() {} }", "C"),
    ] {
        let wanted = format!(
            "a circle of 3 files: room/a.rs, room/b.rs, room/c.rs\n    room/a.rs -> room/c.rs: {name}\n    \
             room/b.rs -> room/a.rs: A\n    room/b.rs -> room/c.rs: C\n    room/c.rs -> room/b.rs: B"
        );
        assert_eq!(check(code), wanted, "{code}");
    }
    for code in [
        "use super::c;",
        "use super::*; fn f() { let a = 1; }",
        "use crate::other::c::C;",
        "#[cfg(test)] mod tests { use super::super::C; }",
        "#[cfg(test)] fn f() { super::C }",
        "fn f(say: u8) { say; self.say() }",
    ] {
        assert_eq!(check(code), "", "{code}");
    }
}

#[test]
fn short_circles_pass() {
    let tree = small(&[
        ("lib.rs", "mod app;"),
        ("app/mod.rs", "mod a; mod b;"),
        ("app/a.rs", "pub use super::b::B; pub struct A;"),
        ("app/b.rs", "pub use super::a::A; pub struct B;"),
    ]);
    assert_eq!(violations(&tree, 2), [""; 0]);
    assert_eq!(violations(&tree, 1).len(), 1);
}
