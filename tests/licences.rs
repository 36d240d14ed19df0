//! That every crate that is linked in has a licence of the list in `deny.toml`, also where cargo-deny is not at hand.

#![allow(clippy::expect_used)] // What cannot be read fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn output(program: &str, arguments: &[&str]) -> String {
    let run = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("a program of the toolchain");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{program}: {said}");
    String::from_utf8(run.stdout).expect("text")
}

/// The licences of the list `allow`.
fn allowed() -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml"));
    let text = text.expect("deny.toml");
    let (_, list) = text.split_once("allow = [").expect("its list");
    let (list, _) = list.split_once(']').expect("the end of its list");
    let quoted = list.split('"').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// Whether a licence expression (SPDX, or the older `A/B`) can be met with licences of a list.
fn met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let all = expression.split(" AND ");
    let one = |part: &str| {
        let part = part.trim_matches(['(', ')']).replace('/', " OR ");
        part.split(" OR ").any(|name| allowed.contains(name.trim()))
    };
    all.into_iter().all(one)
}

#[test]
fn every_crate_has_a_licence_of_the_list() {
    let version = output("rustc", &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.expect("the platform");
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let json = output(env!("CARGO"), &[&arguments[..], &["--filter-platform", host]].concat());
    let metadata: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let allowed = allowed();
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 20, "only {} packages", packages.len());
    let mut wrong = Vec::new();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("");
        if !met(licence, &allowed) {
            wrong.push(format!("{}: {licence:?}", package["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expressions_are_read() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Zlib".to_owned()]);
    assert!(met("GPL-3.0 OR MIT", &allowed));
    assert!(met("MIT/Apache-2.0", &allowed));
    assert!(met("(Apache-2.0 OR MIT) AND Zlib", &allowed));
    assert!(!met("(Apache-2.0 OR MIT) AND BSD-3-Clause", &allowed));
    assert!(!met("", &allowed));
}
