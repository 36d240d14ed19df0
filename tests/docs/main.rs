//! The guides are true: what their commands print, the keys, commands, flags and fields that they name, their links.
//!
//! `INSTA_UPDATE=always cargo test --test docs` writes what the commands print now into the guides.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // in what tests share, too

mod console;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use dateline::action::ACTIONS;
use dateline::app::COMMANDS;
use dateline::cli::Cli;
use dateline::filter::{FIELDS, IS_PROPERTIES};
use dateline::format::FormatId;

/// Flags in the guides that belong to other programs.
const FOREIGN: &[&str] = &["--test"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Names and texts of the guides.
fn guides() -> Vec<(String, String)> {
    let mut guides = Vec::new();
    for file in fs::read_dir(root().join("docs")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            guides.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    guides.sort();
    assert!(guides.len() >= 6, "guides are missing");
    guides
}

fn guide(name: &str) -> String {
    let found = guides().into_iter().find(|(guide, _)| guide == name);
    found.unwrap_or_else(|| panic!("no guide {name}")).1
}

/// What stands between backticks, in the guides and the README; the bars of tables without their backslashes.
fn code() -> BTreeSet<String> {
    let mut texts: Vec<String> = guides().into_iter().map(|(_, text)| text).collect();
    texts.push(fs::read_to_string(root().join("README.md")).unwrap());
    let mut code = BTreeSet::new();
    for text in texts {
        for line in text.lines().filter(|line| !line.starts_with("```")) {
            let parts = line.split('`').skip(1).step_by(2);
            code.extend(parts.map(|part| part.replace("\\|", "|")));
        }
    }
    code
}

/// What of some words stands nowhere in some text.
#[track_caller]
fn all_told(what: &str, missing: &[String]) {
    assert!(missing.is_empty(), "no guide tells of {what}: {}", missing.join(" "));
}

#[test]
fn the_commands_of_the_guides_print_what_stands_there() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let mut wrong = Vec::new();
    for (name, text) in guides() {
        let run = console::run(&name, &text);
        if update && run.text != text {
            fs::write(root().join("docs").join(&name), &run.text).unwrap();
        } else {
            wrong.extend(run.wrong);
        }
    }
    let wrong = wrong.join("\n");
    assert!(wrong.is_empty(), "{wrong}\nINSTA_UPDATE=always writes what is printed now");
}

#[test]
fn every_key_is_told() {
    let code = code();
    let told =
        |key: &str| code.contains(key) || code.iter().any(|c| c.split(' ').any(|word| word == key));
    let untold = ACTIONS.iter().filter(|entry| !entry.keys.iter().any(|key| told(key)));
    all_told("keys", &untold.map(|entry| entry.keys[0].to_owned()).collect::<Vec<_>>());
}

#[test]
fn every_command_is_told() {
    let guides: String = guides().into_iter().map(|(_, text)| text).collect();
    let cli = Cli::command();
    let subcommands = cli.get_subcommands().map(|sub| format!("dateline {}", sub.get_name()));
    let typed = COMMANDS.iter().map(|command| format!(":{}", command.name));
    let untold = |name: &String| {
        !guides.contains(name.as_str())
            && !guides.contains(&name.replace("dateline ", "dateline --config config.toml "))
    };
    all_told("commands", &subcommands.chain(typed).filter(untold).collect::<Vec<_>>());
}

#[test]
fn every_field_and_format_is_told() {
    let (finding, formats) = (guide("finding.md"), guide("formats.md"));
    let fields = FIELDS.iter().map(|field| format!("`{}:`", field.name));
    all_told("fields", &fields.filter(|name| !finding.contains(name)).collect::<Vec<_>>());
    let kinds = IS_PROPERTIES.iter().map(|kind| format!("`{}`", kind.name));
    all_told("kinds", &kinds.filter(|name| !finding.contains(name)).collect::<Vec<_>>());
    let names = FormatId::all().map(|id| format!("`{}`", id.row().name));
    all_told("formats", &names.filter(|name| !formats.contains(name)).collect::<Vec<_>>());
}

/// Every flag of the program and its commands.
fn flags(command: &clap::Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_long());
    let own = own.map(|long| format!("--{long}"));
    let below = command.get_subcommands().flat_map(flags);
    own.chain(below).chain(["--help".to_owned(), "--version".to_owned()]).collect()
}

#[test]
fn no_flag_is_told_that_is_not_there() {
    let known = flags(&Cli::command());
    let mut stale = Vec::new();
    for (name, text) in guides() {
        for line in text.lines() {
            // What stands behind a bar belongs to other programs.
            let line = line.replace("dateline", "\ndateline");
            for part in line.split('\n') {
                let own = if part.starts_with("dateline") {
                    part.split(" | ").next().unwrap_or("")
                } else {
                    part
                };
                let own = own.split("fzf").next().unwrap_or("");
                let words = own.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                let flags = words.filter(|word| word.starts_with("--") && word.len() > 3);
                let unknown = flags
                    .filter(|flag| !known.iter().any(|k| k == flag) && !FOREIGN.contains(flag));
                stale.extend(unknown.map(|flag| format!("{name}: {flag}")));
            }
        }
    }
    assert!(stale.is_empty(), "flags that are not there: {}", stale.join(", "));
}

/// The name that a heading gets as a place to link to.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    let docs = root().join("docs");
    for (name, text) in guides() {
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { docs.join(&name) } else { docs.join(file) };
            let found = fs::read_to_string(&path).unwrap_or_default();
            let has =
                place.is_empty() || found.lines().any(|l| l.starts_with('#') && anchor(l) == place);
            if found.is_empty() || !has {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "links to nothing: {}", broken.join(", "));
    let index = guide("README.md");
    let alone = guides()
        .into_iter()
        .filter(|(name, _)| name != "README.md" && !index.contains(&format!("]({name})")));
    all_told("guides", &alone.map(|(name, _)| name).collect::<Vec<_>>());
}

/// The guide to detection has a row for each row of the table of formats, in the order in which they are tried.
#[test]
fn formats_are_told_in_the_order_of_the_table() {
    let text = fs::read_to_string(root().join("docs/detection.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let table: Vec<&str> = FormatId::all().map(|id| id.row().name).collect();
    assert_eq!(rows.collect::<Vec<_>>(), table);
}

#[test]
fn guides_are_short() {
    for (name, text) in guides() {
        let lines = text.lines().count();
        assert!(lines <= 120, "{name} has {lines} lines");
    }
}
