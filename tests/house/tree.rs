//! The source as plain data: files, modules, scopes, and every path that is written in them. Knows nothing of the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use crate::collect;

/// Most places of a violation that a message lists.
const PLACES: usize = 3;

/// All that the rules ask of a source tree.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) references: Vec<Reference>,
    pub(crate) functions: Vec<Function>,
    pub(crate) structs: Vec<Struct>,
    /// Items of `mod.rs` files other than `mod name;` and re-exports.
    pub(crate) code_in_mod_files: Vec<Place>,
    pub(crate) mutable_statics: Vec<Place>,
    /// The words in the body of each `macro_rules!` macro: the names that its calls may define.
    pub(crate) macro_words: BTreeMap<String, BTreeSet<String>>,
    /// Files that cannot be parsed or found, or belong to no module.
    pub(crate) problems: Vec<String>,
    /// The scope of `lib.rs`.
    pub(crate) library: Option<usize>,
}

pub(crate) struct File {
    /// Below `src`, with `/` on every platform.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The folder or single file below `src` that the file belongs to: `format`, `marks`, `main.rs`.
    pub(crate) fn room(&self) -> &str {
        match self.path.as_str() {
            path @ ("lib.rs" | "main.rs") => path,
            path => {
                let first = path.split('/').next().unwrap_or(path);
                first.strip_suffix(".rs").unwrap_or(first)
            }
        }
    }

    pub(crate) fn is_mod_file(&self) -> bool {
        self.path == "mod.rs" || self.path.ends_with("/mod.rs")
    }
}

/// A module, or a block of a function that has items of its own.
pub(crate) struct Scope {
    pub(crate) file: usize,
    /// The scope around a block. Names of a module are not looked up outside it.
    pub(crate) outer: Option<usize>,
    /// The module that the scope lies in: for a module, itself.
    pub(crate) module: usize,
    /// The parent module of that module.
    pub(crate) parent: Option<usize>,
    /// A name may mean several things: a module and a function, say.
    pub(crate) bindings: BTreeMap<String, Vec<Binding>>,
    /// `use …::*`, as indices of references.
    pub(crate) globs: Vec<usize>,
    /// Words in calls of macros that stand in the place of items: names that the calls may define.
    pub(crate) macro_words: BTreeSet<String>,
    /// The names of those macros.
    pub(crate) macro_calls: Vec<String>,
}

pub(crate) enum Binding {
    /// By its scope.
    Module(usize),
    Item {
        file: usize,
        /// A function, constant, static or macro: nothing can follow it in a path.
        is_value: bool,
    },
    /// By its reference.
    Import(usize),
}

/// A path that is written somewhere: `super::list::Row`.
pub(crate) struct Reference {
    pub(crate) scope: usize,
    pub(crate) file: usize,
    pub(crate) line: usize,
    /// A leading `::` is a segment of its own. The name of a macro that is called without a path ends with `!`.
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) in_tests: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Import,
    Glob,
    /// A `pub use`, of any visibility.
    ReExport,
    GlobReExport,
    Code,
}

impl Reference {
    pub(crate) fn is_glob(&self) -> bool {
        matches!(self.kind, Kind::Glob | Kind::GlobReExport)
    }

    pub(crate) fn is_re_export(&self) -> bool {
        matches!(self.kind, Kind::ReExport | Kind::GlobReExport)
    }

    /// The path as it is written.
    pub(crate) fn written(&self) -> String {
        let path = self.path.join("::").replace("::::", "::");
        if self.is_glob() { path + "::*" } else { path }
    }
}

pub(crate) struct Function {
    pub(crate) file: usize,
    pub(crate) name: String,
    /// From `fn` to the closing brace or semicolon.
    pub(crate) lines: usize,
    pub(crate) in_tests: bool,
}

pub(crate) struct Struct {
    pub(crate) file: usize,
    pub(crate) name: String,
    pub(crate) fields: usize,
}

pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) line: usize,
}

impl Tree {
    /// A tree of paths below `src` and texts.
    pub(crate) fn new(sources: Vec<(String, String)>) -> Self {
        let files = sources.into_iter().map(|(path, text)| File { path, text });
        let mut tree = Self { files: files.collect(), ..Self::default() };
        let mut read = BTreeSet::new();
        for root in ["lib.rs", "main.rs"] {
            if let Some(file) = tree.file(root) {
                let scope = collect::read_module(&mut tree, file, None, false, &mut read);
                if root == "lib.rs" {
                    tree.library = Some(scope);
                }
            }
        }
        for (number, file) in tree.files.iter().enumerate() {
            if !read.contains(&number) {
                tree.problems.push(format!("{}: no module declares it", file.path));
            }
        }
        tree
    }

    pub(crate) fn file(&self, path: &str) -> Option<usize> {
        self.files.iter().position(|file| file.path == path)
    }

    /// One message for each file and thing that it must not name, with the first places where it does.
    pub(crate) fn messages(
        &self,
        named: &BTreeMap<(usize, String), Vec<&Reference>>,
    ) -> Vec<String> {
        let message = |((file, what), references): (&(usize, String), &Vec<&Reference>)| {
            let path = &self.files[*file].path;
            let place = |found: &&Reference| format!("{} (line {})", found.written(), found.line);
            let places: Vec<String> = references.iter().take(PLACES).map(place).collect();
            let more = match references.len() - places.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{path} names {what}: {}{more}", places.join(", "))
        };
        named.iter().map(message).collect()
    }

    /// `file:line`, for messages.
    pub(crate) fn place(&self, file: usize, line: usize) -> String {
        format!("{}:{line}", self.files[file].path)
    }
}

/// A small tree for the tests of the rules. `main.rs` and `lib.rs` are given like other files.
pub(crate) fn small(sources: &[(&str, &str)]) -> Tree {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    let tree = Tree::new(sources.iter().map(owned).collect());
    assert!(tree.problems.is_empty(), "{:?}", tree.problems);
    tree
}

/// The source of this program, parsed once for all rules.
pub(crate) fn source() -> &'static Tree {
    static SOURCE: OnceLock<Tree> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut sources = Vec::new();
        read_folder(&root, "", &mut sources);
        sources.sort();
        Tree::new(sources)
    })
}

fn read_folder(folder: &Path, prefix: &str, sources: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            read_folder(&path, &format!("{prefix}{name}/"), sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            sources.push((format!("{prefix}{name}"), text));
        }
    }
}

/// Fails with one violation a line.
pub(crate) fn assert_none(violations: &[String]) {
    let count = violations.len();
    assert!(count == 0, "{count} violations\n{}", violations.join("\n"));
}

#[test]
fn every_file_is_parsed_and_belongs_to_a_module() {
    assert_none(&source().problems);
}

#[test]
fn files_of_modules_are_found() {
    let tree = small(&[
        ("lib.rs", "mod a; mod b { mod c; }"),
        ("a.rs", "mod d; #[path = \"other.rs\"] mod e;"),
        ("a/d/mod.rs", ""),
        ("other.rs", ""),
        ("b/c.rs", ""),
    ]);
    assert_eq!(tree.scopes.len(), 6);
}

#[test]
fn files_that_cannot_be_read_are_reported() {
    let texts = [("lib.rs", "mod a; mod gone;"), ("a.rs", "fn 1;"), ("b.rs", "")];
    let tree = Tree::new(texts.map(|(path, text)| (path.into(), text.into())).into());
    let problems = tree.problems.join("\n");
    for problem in ["a.rs: expected", "lib.rs: mod gone", "b.rs: no module"] {
        assert!(problems.contains(problem), "{problem} in {problems}");
    }
}
