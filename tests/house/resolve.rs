//! Finds what a path means: follows `crate`, `self`, `super`, imports, aliases, globs and re-exports to the definition.

use crate::tree::{Binding, Kind, Reference, Tree, assert_none, small, source};

/// The name under which `main.rs` knows the library.
const LIBRARY: &str = "dateline";

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) meaning: Meaning,
    /// The modules, by scope, that the path leads through.
    pub(crate) through: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// By its scope.
    Module(usize),
    /// Something defined in a file, or a part of it: a variant, an associated function.
    Item { file: usize, name: String, is_value: bool },
    /// A path of another crate, in full: `std::io::Read`.
    Outside(Vec<String>),
}

impl Tree {
    /// What a reference means: nothing if it is a variable, and several things if a name has several.
    pub(crate) fn resolve(&self, reference: &Reference) -> Vec<Target> {
        self.resolve_reference(reference, &mut Vec::new())
    }

    fn resolve_reference(&self, reference: &Reference, busy: &mut Vec<usize>) -> Vec<Target> {
        let found = self.resolve_path(reference.scope, &reference.path, busy);
        match reference.path.as_slice() {
            // `use regex;`
            [name] if found.is_empty() && reference.kind != Kind::Code => self.outside(name),
            _ => found,
        }
    }

    /// `busy` holds the imports that are being followed, which may name themselves.
    fn resolve_path(&self, scope: usize, path: &[String], busy: &mut Vec<usize>) -> Vec<Target> {
        let Some((first, mut rest)) = path.split_first() else {
            return Vec::new();
        };
        let module = self.scopes[scope].module;
        let mut found = match first.as_str() {
            "crate" => vec![Self::module(self.root(module))],
            "self" => vec![Self::module(module)],
            "super" => self.parent(module),
            "::" => {
                let Some((name, after)) = rest.split_first() else {
                    return Vec::new();
                };
                rest = after;
                self.outside(name)
            }
            name => {
                let found = self.look_up(scope, name, busy);
                let is_crate = found.is_empty() && path.len() > 1;
                if is_crate { self.outside(name) } else { found }
            }
        };
        for segment in rest {
            let step = |target| self.step(target, segment, busy);
            found = found.into_iter().flat_map(step).collect();
        }
        found
    }

    fn module(scope: usize) -> Target {
        Target { meaning: Meaning::Module(scope), through: vec![scope] }
    }

    fn root(&self, module: usize) -> usize {
        let parent = self.scopes[module].parent;
        parent.map_or(module, |parent| self.root(parent))
    }

    fn parent(&self, module: usize) -> Vec<Target> {
        let parent = self.scopes[module].parent;
        parent.map(Self::module).into_iter().collect()
    }

    fn outside(&self, name: &str) -> Vec<Target> {
        match self.library {
            Some(library) if name == LIBRARY => vec![Self::module(library)],
            _ => vec![Target {
                meaning: Meaning::Outside(vec![name.to_owned()]),
                through: Vec::new(),
            }],
        }
    }

    /// What follows `::` after something.
    fn step(&self, target: Target, segment: &str, busy: &mut Vec<usize>) -> Vec<Target> {
        match target.meaning {
            Meaning::Module(module) => {
                let found = match segment {
                    "super" => self.parent(module),
                    _ => self.members(module, segment, busy),
                };
                let through = |mut found: Target| {
                    found.through.extend(&target.through);
                    found
                };
                found.into_iter().map(through).collect()
            }
            Meaning::Item { is_value: true, .. } => Vec::new(),
            Meaning::Item { .. } => vec![target],
            Meaning::Outside(mut path) => {
                path.push(segment.to_owned());
                vec![Target { meaning: Meaning::Outside(path), ..target }]
            }
        }
    }

    /// What a name means in a scope and those around it. Macros of parent modules are known without an import.
    fn look_up(&self, scope: usize, name: &str, busy: &mut Vec<usize>) -> Vec<Target> {
        let mut next = Some(scope);
        while let Some(scope) = next {
            let found = self.members(scope, name, busy);
            if !found.is_empty() {
                return found;
            }
            next = self.scopes[scope].outer;
            if next.is_none() && name.ends_with('!') {
                next = self.scopes[scope].parent;
            }
        }
        Vec::new()
    }

    /// What a name means in one module or block: its own items and imports before globs, and globs before macros.
    fn members(&self, scope: usize, name: &str, busy: &mut Vec<usize>) -> Vec<Target> {
        let bindings = self.scopes[scope].bindings.get(name);
        let mut found = Vec::new();
        for binding in bindings.into_iter().flatten() {
            match binding {
                Binding::Module(module) => found.push(Self::module(*module)),
                Binding::Item { file, is_value } => found.push(Self::item(*file, name, *is_value)),
                Binding::Import(import) => {
                    found.extend(self.follow(*import, busy));
                }
            }
        }
        found.dedup_by(|one, other| one.meaning == other.meaning);
        // A glob may add a function to a module of that name.
        if found.iter().all(|found| matches!(found.meaning, Meaning::Module(_))) {
            for glob in &self.scopes[scope].globs {
                for target in self.follow(*glob, busy) {
                    if let Meaning::Module(_) = target.meaning {
                        busy.push(*glob);
                        found.extend(self.step(target, name, busy));
                        busy.pop();
                    }
                }
            }
        }
        if found.is_empty() && self.is_made_by_macro(scope, name) {
            found.push(Self::item(self.scopes[scope].file, name, false));
        }
        found
    }

    fn item(file: usize, name: &str, is_value: bool) -> Target {
        let name = name.trim_end_matches('!').to_owned();
        Target { meaning: Meaning::Item { file, name, is_value }, through: Vec::new() }
    }

    /// What an import brings, unless it is being followed already.
    fn follow(&self, import: usize, busy: &mut Vec<usize>) -> Vec<Target> {
        if busy.contains(&import) {
            return Vec::new();
        }
        busy.push(import);
        let found = self.resolve_reference(&self.references[import], busy);
        busy.pop();
        found
    }

    fn is_made_by_macro(&self, scope: usize, name: &str) -> bool {
        let scope = &self.scopes[scope];
        let makes = |call: &String| {
            let words = self.macro_words.get(call);
            words.is_some_and(|words| words.contains(name))
        };
        scope.macro_words.contains(name) || scope.macro_calls.iter().any(makes)
    }
}

/// What the last path of `a/b.rs` means, next to a tree of modules that it can name.
fn check(code: &str, wanted: &str) {
    let tree = small(&[
        ("lib.rs", "pub mod a; pub mod x;"),
        ("a/mod.rs", "mod b; mod c; mod d; pub use c::*; pub(crate) use d::D as E;"),
        ("a/b.rs", code),
        ("a/c.rs", "pub use super::d::*; pub struct C; pub fn d() {}"),
        (
            "a/d.rs",
            "pub struct D; made!{ pub const MADE: u8 = 0; } macro_rules! wire { () => {} } pub use wire;",
        ),
        (
            "x.rs",
            "pub use std::io; pub use crate::a as other; #[macro_export] macro_rules! m { () => {} }",
        ),
    ]);
    let last = tree.references.iter().rfind(|reference| {
        tree.files[reference.file].path == "a/b.rs" && !tree.resolve(reference).is_empty()
    });
    let name = |meaning: &Meaning| match meaning {
        Meaning::Module(scope) => format!("mod {}", tree.files[tree.scopes[*scope].file].path),
        Meaning::Item { file, name, .. } => format!("{} {name}", tree.files[*file].path),
        Meaning::Outside(path) => path.join("::"),
    };
    let found: Vec<String> = last
        .into_iter()
        .flat_map(|reference| tree.resolve(reference))
        .map(|target| name(&target.meaning))
        .collect();
    assert_eq!(found.join(", "), wanted, "{code}");
}

#[test]
fn paths_within_the_crate_are_followed_to_the_definition() {
    check("use crate::a::c::C;", "a/c.rs C");
    check("use super::C;", "a/c.rs C");
    check("use super::E;", "a/d.rs D");
    check("use super::{c::{self, C}, d};", "mod a/d.rs, a/c.rs d");
    check("use super::c as see; fn f() { see::C::new() }", "a/c.rs C");
    check("fn f() -> super::super::a::c::D {}", "a/d.rs D");
    check("fn f(a: self::super::c::C) {}", "a/c.rs C");
    check("use crate::x::other::c; type T = Vec<c::C>;", "a/c.rs C");
    check("use super::d::MADE;", "a/d.rs MADE");
    check("use super::*; fn f() { match 0 { MADE => 1 } }", "a/d.rs MADE");
    check("mod e { pub fn f() { super::super::c::d() } }", "a/c.rs d");
    check("fn f() { use super::d as local; local::D }", "a/d.rs D");
    check("use dateline::x;", "mod x.rs");
    check("use crate::m;", "x.rs m");
    check("struct Own; fn f() { self::Own }", "a/b.rs Own");
}

#[test]
fn paths_of_other_crates_are_made_whole() {
    check("use std::{fmt, io}; fn f(a: &mut dyn io::Read) {}", "std::io::Read");
    check("use std::io::{self as s}; fn f() { s::stdin() }", "std::io::stdin");
    check("use regex; fn f() { regex::Regex::new() }", "regex::Regex::new");
    check("extern crate regex as r; fn f() { r::Regex::new() }", "regex::Regex::new");
    check("use crate::x::io; fn f() { io::stdin() }", "std::io::stdin");
    check("fn f() { ::std::fs::read() }", "std::fs::read");
    check("use std::io::*;", "std::io");
}

#[test]
fn macros_and_attributes_hold_paths_too() {
    check("use std::fs; fn f() { vec![a.fs, [0..fs::read(a)]] }", "std::fs::read");
    check("macro_rules! m { ($a:ident) => { $a; $crate::a::c::C } }", "a/c.rs C");
    check("#[derive(Debug, serde::Serialize)] struct A;", "serde::Serialize");
    check("#[serde(with = \"super::d::D\")] struct A;", "a/d.rs D");
    check("fn f() { super::d::wire!() }", "a/d.rs wire");
}

#[test]
fn every_path_of_the_crate_resolves() {
    let tree = source();
    let is_lost =
        |reference: &&Reference| reference.path.len() > 1 && tree.resolve(reference).is_empty();
    let lost = tree.references.iter().filter(is_lost);
    let message = |lost: &Reference| {
        let place = tree.place(lost.file, lost.line);
        format!("{place}: what is {}?", lost.written())
    };
    assert_none(&lost.map(message).collect::<Vec<_>>());
}
