//! How long, how many and how orderly the source files are.

use crate::tree::{Tree, assert_none, small, source};

/// Most lines of a file. Beyond this no file is one thought, whatever its head says.
const LINES: usize = 1_000;

/// Most source files. To follow a thought through many small files costs a reader more than to scroll.
const FILES: usize = 310;

/// Files without a sentence at their head that says what they are for.
fn without_purpose(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in &tree.files {
        let first = file.text.lines().next().unwrap_or("");
        if !first.starts_with("//! ") || first.len() < 20 {
            wrong.push(format!("{}: line 1 is no purpose sentence", file.path));
        }
    }
    wrong
}

fn too_long(tree: &Tree, most: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in &tree.files {
        let lines = file.text.lines().count();
        if lines > most {
            wrong.push(format!("{}: {lines} lines, more than {most}", file.path));
        }
    }
    wrong
}

fn with_code_in_mod_files(tree: &Tree) -> Vec<String> {
    let places = tree.code_in_mod_files.iter();
    places
        .map(|found| {
            let place = tree.place(found.file, found.line);
            format!("{place}: a mod.rs holds docs, `mod name;` and `pub use` only")
        })
        .collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    assert_none(&without_purpose(source()));
}

#[test]
fn files_stay_short() {
    assert_none(&too_long(source(), LINES));
}

#[test]
fn files_stay_few() {
    let files = source().files.len();
    assert!(files <= FILES, "{files} source files, more than {FILES}");
    assert!(files > 50, "only {files} source files were found");
}

#[test]
fn mod_files_only_list_modules_and_re_exports() {
    assert_none(&with_code_in_mod_files(source()));
}

#[test]
fn a_file_without_a_purpose_is_reported() {
    let tree = small(&[
        ("lib.rs", "//! Reads dispatches from files.\nmod a; mod b;"),
        ("a.rs", "// Reads dispatches from files."),
        ("b.rs", "//! Files."),
    ]);
    let wrong = ["a.rs", "b.rs"].map(|file| format!("{file}: line 1 is no purpose sentence"));
    assert_eq!(without_purpose(&tree), wrong);
}

#[test]
fn a_long_file_is_reported() {
    let tree = small(&[("lib.rs", "mod a;\n\n"), ("a.rs", "\n\n\n")]);
    assert_eq!(too_long(&tree, 2), ["a.rs: 3 lines, more than 2"]);
}

#[test]
fn code_in_a_mod_file_is_reported() {
    let check = |code: &str| {
        let files = [("lib.rs", "mod a; fn f() {}"), ("a/mod.rs", code), ("a/b.rs", "")];
        with_code_in_mod_files(&small(&files)).len()
    };
    let outline = "//! Docs.\n#![allow(x)]\n/// More.\npub mod b; #[cfg(test)]\nuse x;\n";
    assert_eq!(check(outline), 1);
    for import in ["pub", "pub(crate)", "pub(super)", "pub(in crate::a)"] {
        assert_eq!(check(&format!("mod b; {import} use b::{{A, B as C, d::*}};")), 0);
    }
    for code in [
        "use b::A;",
        "pub(self) use b::A;",
        "fn f() {}",
        "mod c {}",
        "made!();",
        "macro_rules! m { () => {} }",
        "impl b::A {}",
        "type A = b::A;",
    ] {
        assert_eq!(check(&format!("mod b; {code}")), 1, "{code}");
    }
}
