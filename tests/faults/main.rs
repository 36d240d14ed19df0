//! The program under fire: calls that fail, kills, many processes at once, and what it asks of the system.
//!
//! A plain run takes a sample. All of it takes some minutes: `cargo test --test faults -- --ignored --nocapture`.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)] // in what tests share, too

mod commands;
mod kills;
#[path = "../support/packed.rs"]
#[allow(dead_code)]
mod packed;
#[path = "../terminal/pty.rs"]
#[allow(dead_code)]
mod pty;
mod screen;
mod shim;
#[path = "../support/mod.rs"]
mod support;
mod system_calls;
mod tally;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::{Command, Output, Stdio};

use support::{Folder, PROGRAM};

/// Writes a file of so many dispatches, the last one the newest.
fn put_rows(folder: &Folder, name: &str, rows: usize) {
    let mut lines = String::new();
    for row in 0..rows {
        let (minute, second) = (row / 60 % 60, row % 60);
        let _ = writeln!(
            lines,
            r#"{{"id":"{name}-{row}","headline":"Row {name}{row:05}","date":"2026-05-01T{:02}:{minute:02}:{second:02}Z","body":"Text."}}"#,
            row / 3_600
        );
    }
    folder.put(format!("{name}.jsonl"), lines);
}

/// The program in the folder of the inputs, without a terminal.
fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env_clear()
        .envs(folder.variables())
        .current_dir(folder.wire())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("the program")
}

/// The headlines of what is starred; what the program says if it cannot read the database.
fn starred(folder: &Folder) -> Result<BTreeSet<String>, String> {
    let arguments = ["list", "--format", "tsv", "--filter", "is:starred", "."];
    let printed = run(folder, &arguments);
    let said = String::from_utf8_lossy(&printed.stderr);
    if printed.status.code() == Some(2) || !said.is_empty() {
        return Err(said.into_owned());
    }
    let lines = String::from_utf8(printed.stdout).expect("UTF-8");
    let headlines = lines.lines().filter_map(|line| line.split('\t').nth(3));
    Ok(headlines.map(str::to_owned).collect())
}

/// The names in the state directory of databases that were set aside.
fn set_aside(folder: &Folder) -> Vec<String> {
    let state = folder.wire().join("../home/state/dateline");
    let Ok(entries) = std::fs::read_dir(state) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.contains("damaged")).collect()
}
