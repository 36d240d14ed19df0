//! No function is too long to be read at once.

use crate::all;

/// Most lines of a function.
const FUNCTION: usize = 80;

/// The functions of a text, and how many lines each has from its `fn` to the brace that closes it, or the semicolon.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let depth = &line[..line.len() - code.len()];
        let Some((before, rest)) = code.split_once("fn ") else {
            continue;
        };
        let is_one = before.is_empty()
            || ["pub", "const", "async", "unsafe"]
                .iter()
                .any(|word| before.starts_with(word));
        let name = rest.split(['(', '<']).next().unwrap_or("");
        let ends = |line: &&str| {
            let rest = line.strip_prefix(depth).unwrap_or(" ");
            rest == "}" || rest.starts_with([')', '}']) && rest.ends_with(';')
        };
        let one_line = code.ends_with([';', '}']);
        let after = lines[first + 1..].iter().position(ends);
        if let Some(more) = after.filter(|_| is_one && !one_line) {
            found.push((name, more + 2));
        }
    }
    found
}

#[test]
fn functions_stay_short() {
    let mut wrong = Vec::new();
    for (name, _, text) in all() {
        if name.ends_with("tests.rs") || name.contains("/tests/") {
            continue;
        }
        let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or("");
        for (function, lines) in functions(text) {
            if lines > FUNCTION {
                wrong.push(format!("{name}: {function} has {lines} lines"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lines_of_functions_are_counted() {
    let text = "impl A {\n    pub(in x) fn a<T>(\n        b: T,\n    ) {\n        if c {\n        }\n    }\n}\n\
                trait B {\n    fn d();\n    fn e(\n    ) -> u8;\n}\nfn f() {}\nconst fn g() {\n}\n";
    assert_eq!(functions(text), [("a", 6), ("e", 2), ("g", 2)]);
}
