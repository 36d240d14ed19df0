//! No function is too long to be read at once.

use crate::tree::{Tree, assert_none, small, source};

/// Most lines of a function, from its `fn` to the brace that closes it. Tests may be longer.
const LINES: usize = 80;

fn too_long(tree: &Tree, most: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for function in &tree.functions {
        if function.lines > most && !function.in_tests {
            let file = &tree.files[function.file].path;
            let (name, lines) = (&function.name, function.lines);
            wrong.push(format!("{file}: {name} has {lines} lines, more than {most}"));
        }
    }
    wrong
}

#[test]
fn functions_stay_short() {
    assert_none(&too_long(source(), LINES));
}

#[test]
fn lines_of_functions_are_counted() {
    let text = "impl A {\n    /// Docs.\n    pub(in x) fn a<T>(\n        b: T,\n    ) {\n        if c {\n        }\n    }\n}\n\
                trait B {\n    fn d();\n    fn e(\n    ) -> u8;\n}\nfn f() {}\nconst fn g() {\n}\n\
                #[cfg(test)]\nmod tests {\n    fn h() {\n    }\n}\n";
    let tree = small(&[("lib.rs", text)]);
    let lines = tree.functions.iter().map(|function| (&*function.name, function.lines));
    let wanted = [("a", 6), ("d", 1), ("e", 2), ("f", 1), ("g", 2), ("h", 2)];
    assert_eq!(lines.collect::<Vec<_>>(), wanted);
    assert_eq!(too_long(&tree, 2), ["lib.rs: a has 6 lines, more than 2"]);
    assert_eq!(too_long(&tree, 1).len(), 3);
}
