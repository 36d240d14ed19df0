//! The man page tells of everything that the program reads of its surroundings.

#![allow(clippy::unwrap_used)] // Source files that cannot be read fail the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;

/// Words in capitals that are called with and are no variables.
const OTHERS: &[&str] = &[
    "EMBARGO",
    "ZCZC",
    "AP",
    "AFP",
    "HYPERLINK",
    // Codes of Factiva.
    "AN",
    "ET",
    "HD",
    "LP",
    "PD",
    "PUB",
    "SC",
    "SE",
    "SN",
    "TD",
    "WC",
];

fn calls(folder: &Path, found: &mut BTreeSet<String>) {
    let call = Regex::new(r#"\w\("([A-Z][A-Z_]+)"\)"#).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|stem| stem == "tests") {
            continue;
        }
        // Parsers read nothing of the environment, as `tests/house` holds; they know many codes in capitals.
        if path.ends_with("src/format") {
            continue;
        }
        if path.is_dir() {
            calls(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let shipped = text.split("\n#[cfg(test)]").next().unwrap_or("");
            found.extend(call.captures_iter(shipped).map(|call| call[1].to_owned()));
        }
    }
}

#[test]
fn every_variable_that_is_read_stands_in_it() {
    let mut variables = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    calls(&source, &mut variables);
    for known in ["DATELINE_CONFIG", "DATELINE_STATE", "EDITOR", "NO_COLOR"] {
        assert!(variables.contains(known), "{known} is not found any more");
    }
    // Read by crates and by the standard library.
    variables.extend(["TZ", "TMPDIR"].map(str::to_owned));
    let page = dateline::cli::man(&[]).replace("\\-", "-");
    let page = page.replace("\\fB", " ").replace("\\fR", " ");
    let (_, told) = page.split_once("SH ENVIRONMENT").unwrap();
    let (told, _) = told.split_once("SH FILES").unwrap();
    for variable in variables {
        let is_told = Regex::new(&format!(r"\b{variable}\b")).unwrap();
        let known = is_told.is_match(told) || OTHERS.contains(&variable.as_str());
        assert!(known, "the man page does not tell of {variable}");
    }
}
