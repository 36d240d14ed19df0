//! Marks under fire: kills, many processes, a full disk. Slow, so each is asked for: `cargo test --release --test durability -- --ignored --nocapture`.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, dead_code)] // in what tests share, too

#[path = "../terminal/pty.rs"]
mod pty;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use pty::{Terminal, cells, text};
use rustix::process::Signal;
use support::{Folder, PROGRAM};

const ROWS: usize = 1_000;

/// So many dispatches in one file, the last one the newest.
fn put(folder: &Folder, name: &str, rows: usize) {
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

/// The headlines of what is starred; fails where the database cannot be read.
fn starred(folder: &Folder) -> BTreeSet<String> {
    let arguments = ["list", "--format", "tsv", "--filter", "is:starred", "."];
    let printed = run(folder, &arguments);
    let said = String::from_utf8_lossy(&printed.stderr);
    assert!(
        printed.status.code() != Some(2) && said.is_empty(),
        "{said}"
    );
    let lines = String::from_utf8(printed.stdout).expect("UTF-8");
    let headlines = lines.lines().filter_map(|line| line.rsplit('\t').next());
    headlines.map(str::to_owned).collect()
}

/// Milliseconds up to a limit, by chance.
fn moments(limit: u64) -> impl Iterator<Item = Duration> {
    let mut runner = TestRunner::default();
    std::iter::from_fn(move || {
        let tree = (0..limit * 1_000).new_tree(&mut runner).ok()?;
        Some(Duration::from_micros(tree.current()))
    })
}

#[test]
#[ignore = "slow"]
fn a_command_that_is_killed_keeps_what_it_has_said() {
    let folder = Folder::new();
    put(&folder, "a", ROWS);
    let mut said = BTreeSet::new();
    for (round, moment) in moments(30).take(100).enumerate() {
        let id = format!("a-{round}");
        let mut child = command(&folder, &["mark", "star", "--item", &id, "."])
            .spawn()
            .expect("the program");
        thread::sleep(moment);
        let _ = child.kill();
        let output = child.wait_with_output().expect("its output");
        if output.stdout.ends_with(b"starred\n") {
            said.insert(format!("Row a{round:05}"));
        }
        assert!(said.is_subset(&starred(&folder)));
    }
    println!("100 kills, {} marks acknowledged, none lost", said.len());
}

/// The screen as it was when its last frame ended: of a frame that a kill cut short, a terminal shows nothing.
fn last_frame(bytes: &[u8]) -> String {
    const END: &[u8] = b"\x1b[?2026l";
    let mut ends = bytes.windows(END.len());
    let end = ends.rposition(|bytes| bytes == END).unwrap_or(0);
    let mut parser = vt100::Parser::new(cells(40), cells(100), 0);
    parser.process(&bytes[..end]);
    text(parser.screen())
}

#[test]
#[ignore = "slow"]
fn a_screen_that_is_killed_keeps_what_it_has_shown() {
    const STEP: usize = 40;
    let folder = Folder::new();
    put(&folder, "a", 100 * STEP + STEP);
    let mut count = 0;
    for (round, moment) in moments(150).take(100).enumerate() {
        let mut terminal = Terminal::open(&folder, &["."], 100, 40);
        terminal.wait_for("of 4,040");
        // Rows that no round has been at: a star that is taken away is no loss.
        let row = round * STEP + 1;
        terminal.press(&format!("{row}G"));
        terminal.wait(&format!("row {row}"), |screen| {
            text(screen)
                .replace(',', "")
                .contains(&format!("  {row} of 4040"))
        });
        terminal.press(&"sj".repeat(STEP));
        thread::sleep(moment);
        terminal.signal(Signal::KILL);
        terminal.code();
        let shown = last_frame(&terminal.bytes());
        assert!(!shown.contains("not saved"), "{shown}");
        let rows = shown.lines().filter(|line| line.contains('★'));
        let rows = rows.filter_map(|line| line.split("Row a").nth(1));
        let shown: BTreeSet<String> = rows.map(|row| format!("Row a{}", &row[..5])).collect();
        count += shown.len();
        let kept = starred(&folder);
        assert!(shown.is_subset(&kept), "{:?}", shown.difference(&kept));
    }
    println!("100 kills, {count} marks shown, none lost");
}

#[test]
#[ignore = "slow"]
fn eight_processes_lose_nothing() {
    let folder = Folder::new();
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        put(&folder, name, ROWS);
    }
    thread::scope(|scope| {
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let folder = &folder;
            scope.spawn(move || {
                let file = format!("{name}.jsonl");
                let mut terminal = Terminal::open(folder, &[&file], 100, 40);
                terminal.wait_for("1 of 1,000");
                for _ in 0..ROWS / 50 {
                    terminal.press(&"sj".repeat(50));
                }
                let last = format!("Row {name}00000");
                terminal.wait("the last mark", |screen| {
                    let text = text(screen);
                    let mut lines = text.lines();
                    lines.any(|line| line.contains('★') && line.contains(&last))
                });
                terminal.press("Q");
                assert_eq!(terminal.code(), 0);
            });
        }
    });
    assert_eq!(starred(&folder).len(), 8 * ROWS);
    println!("8 processes, 8,000 marks, none lost");
}

#[test]
#[ignore = "mounts a file system, for which it must be root"]
fn a_full_disk_and_a_read_only_one_are_said() {
    let folder = Folder::new();
    put(&folder, "a", 5 * ROWS);
    let small = folder.put("../small/x", "");
    let small = small.parent().expect("a folder");
    let mount = |arguments: &[&str]| {
        let done = Command::new("mount").args(arguments).arg(small).status();
        assert!(done.expect("mount").success());
    };
    let state = small.join("s");
    let state = state.to_str().expect("UTF-8");
    for read_only in [false, true] {
        mount(&["-t", "tmpfs", "-o", "size=140k", "tmpfs"]);
        if read_only {
            mount(&["-o", "remount,ro", "tmpfs"]);
        }
        let mut terminal = Terminal::open(&folder, &["--state", state, "."], 120, 40);
        terminal.wait_for("1 of 5,000");
        terminal.press("Xrs");
        let said = terminal.wait_for("not saved");
        assert!(said.contains('★') || !read_only, "{said}");
        terminal.press("Q");
        assert_eq!(terminal.code(), 0);
        let printed = run(&folder, &["mark", "read", "--state", state, "."]);
        assert_eq!(printed.status.code(), Some(2));
        println!("{}", String::from_utf8_lossy(&printed.stderr));
        let _ = Command::new("umount").arg(small).status();
    }
}
