//! Kills, and many processes at once: what they have acknowledged is in the database.

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rustix::process::Signal;

use crate::pty::{Terminal, cells, text};
use crate::support::Folder;
use crate::{command, put_rows, run, set_aside, starred};

/// Moments up to a limit, by chance.
fn moments(limit: Duration) -> impl Iterator<Item = Duration> {
    let mut runner = TestRunner::default();
    let limit = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
    std::iter::from_fn(move || {
        let tree = (0..limit).new_tree(&mut runner).ok()?;
        Some(Duration::from_micros(tree.current()))
    })
}

/// How many rows a screen stars before it is killed.
const STEP: usize = 40;

/// How many processes run `dateline mark` at once, each on a file of its own.
const MARKERS: [&str; 4] = ["a", "b", "c", "d"];

/// Runs `dateline mark` and kills it, so many times. The headlines of what was acknowledged.
fn kill_commands(folder: &Folder, name: &str, kills: usize) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    let file = format!("{name}.jsonl");
    let begun = Instant::now();
    run(folder, &["mark", "star", "--item", &format!("{name}-0"), &file]);
    let usual = begun.elapsed();
    for (round, moment) in moments(usual * 2).take(kills).enumerate() {
        let id = format!("{name}-{round}");
        let mut child =
            command(folder, &["mark", "star", "--item", &id, &file]).spawn().expect("the program");
        thread::sleep(moment);
        let _ = child.kill();
        let output = child.wait_with_output().expect("its output");
        if output.stdout.ends_with(b"starred\n") {
            said.insert(format!("Row {name}{round:05}"));
        }
    }
    said
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

/// Starts the screen, stars rows and kills it, so many times. The headlines of the rows that were shown with a star.
fn kill_screens(folder: &Folder, kills: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (round, moment) in moments(Duration::from_millis(200)).take(kills).enumerate() {
        let mut terminal = Terminal::open(folder, &["screen.jsonl"], 100, 40);
        // Rows that no round has been at: a star that is taken away is no loss.
        let row = round * STEP + 1;
        terminal.wait("the rows", |screen| text(screen).contains("Row screen"));
        terminal.press(&format!("{row}G"));
        terminal.wait(&format!("row {row}"), |screen| {
            let text = text(screen).replace(',', "");
            text.contains(&format!("  {row} of "))
        });
        terminal.press(&"sj".repeat(STEP));
        thread::sleep(moment);
        terminal.signal(Signal::KILL);
        terminal.code();
        all.extend(shown_stars(&last_frame(&terminal.bytes())));
    }
    all
}

/// The headlines of the rows with a star. A row with `…` is not saved yet.
fn shown_stars(screen: &str) -> BTreeSet<String> {
    assert!(!screen.contains("not saved"), "{screen}");
    let lines = screen.lines();
    let rows = lines.filter(|line| line.contains('★') && !line.contains('…'));
    let rows = rows.filter_map(|line| line.split("Row screen").nth(1));
    rows.map(|row| format!("Row screen{}", &row[..5])).collect()
}

/// Kills four commands and a screen at a time, so many of each, and looks for what they have acknowledged.
fn kill_all(commands: usize, screens: usize) {
    let folder = Folder::new();
    for name in MARKERS {
        put_rows(&folder, name, commands.max(2));
    }
    put_rows(&folder, "screen", (screens + 1) * STEP);
    let acknowledged: BTreeSet<String> = thread::scope(|scope| {
        let folder = &folder;
        let commands =
            MARKERS.map(|name| scope.spawn(move || kill_commands(folder, name, commands)));
        let shown = scope.spawn(move || kill_screens(folder, screens));
        let all = commands.into_iter().chain([shown]);
        all.flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let kept = starred(&folder).expect("marks");
    let lost: Vec<&String> = acknowledged.difference(&kept).collect();
    let aside = set_aside(&folder);
    println!(
        "{} kills: {} marks acknowledged, {} lost; databases set aside: {}",
        MARKERS.len() * commands + screens,
        acknowledged.len(),
        lost.len(),
        aside.len()
    );
    assert!(lost.is_empty() && aside.is_empty(), "{lost:?} {aside:?}");
}

#[test]
fn some_kills_lose_nothing_acknowledged() {
    kill_all(4, 4);
}

#[test]
#[ignore = "takes minutes"]
fn kills_lose_nothing_acknowledged() {
    kill_all(250, 100);
}

#[test]
fn the_first_marks_of_several_processes_are_kept() {
    for _ in 0..5 {
        let folder = Folder::new();
        put_rows(&folder, "a", 8);
        let start = |row| {
            let item = format!("a-{row}");
            let mut command = command(&folder, &["mark", "star", "--item", &item, "."]);
            command.spawn().expect("the program")
        };
        let children: Vec<_> = (0..8).map(start).collect();
        for child in children {
            let output = child.wait_with_output().expect("its output");
            assert!(output.status.success(), "{output:?}");
        }
        assert_eq!(starred(&folder).expect("marks").len(), 8);
    }
}

#[test]
fn readers_beside_writers_see_all_that_was_written_before() {
    let folder = Folder::new();
    put_rows(&folder, "a", 300);
    put_rows(&folder, "b", 40);
    put_rows(&folder, "c", 40);
    assert!(run(&folder, &["mark", "read", "a.jsonl"]).status.success());
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for file in ["b.jsonl", "c.jsonl"] {
            let (folder, stop) = (&folder, &stop);
            scope.spawn(move || {
                for action in ["star", "unstar"].into_iter().cycle() {
                    let written = run(folder, &["mark", action, file]);
                    assert!(written.status.success(), "{written:?}");
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        let read = || -> Result<(), Output> {
            for _ in 0..12 {
                let exported = run(&folder, &["state", "export"]);
                let text = String::from_utf8_lossy(&exported.stdout);
                if !exported.status.success() || text.matches("\"read\"").count() != 300 {
                    return Err(exported);
                }
                let listed = run(&folder, &["list", "--filter", "is:read", "a.jsonl"]);
                let lines = String::from_utf8_lossy(&listed.stdout).lines().count();
                if !listed.status.success() || lines != 300 {
                    return Err(listed);
                }
            }
            Ok(())
        };
        let seen = read();
        stop.store(true, Ordering::Relaxed);
        assert!(seen.is_ok(), "{seen:?}");
    });
}

/// Stars every row of a file of its own in a screen, in each of some processes at once.
fn mark_in_processes(names: &[&str], rows: usize) {
    let folder = Folder::new();
    for name in names {
        put_rows(&folder, name, rows);
    }
    thread::scope(|scope| {
        for name in names {
            let folder = &folder;
            scope.spawn(move || mark_all_rows(folder, name, rows));
        }
    });
    assert_eq!(starred(&folder).expect("marks").len(), names.len() * rows);
    println!("{} processes, {rows} marks each, none lost", names.len());
}

fn mark_all_rows(folder: &Folder, name: &str, rows: usize) {
    let file = format!("{name}.jsonl");
    let mut terminal = Terminal::open(folder, &[&file], 100, 40);
    terminal.wait("the rows", |screen| text(screen).contains(&format!("Row {name}")));
    for _ in 0..rows / 50 {
        terminal.press(&"sj".repeat(50));
    }
    let last = format!("Row {name}00000");
    terminal.wait("the last mark", |screen| {
        let text = text(screen);
        let mut lines = text.lines();
        lines.any(|line| line.contains('★') && !line.contains('…') && line.contains(&last))
    });
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn three_processes_lose_nothing() {
    mark_in_processes(&["a", "b", "c"], 50);
}

#[test]
#[ignore = "takes minutes"]
fn eight_processes_lose_nothing() {
    mark_in_processes(&["a", "b", "c", "d", "e", "f", "g", "h"], 1_000);
}

#[test]
#[ignore = "mounts a file system, for which it must be root"]
fn a_full_disk_and_a_read_only_one_are_said() {
    let folder = Folder::new();
    put_rows(&folder, "a", 5_000);
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
        assert!(said.contains('…') || !read_only, "{said}");
        terminal.press("Q");
        terminal.wait_for("not saved and lost: ");
        assert_eq!(terminal.code(), 2);
        let printed = run(&folder, &["mark", "read", "--state", state, "."]);
        assert_eq!(printed.status.code(), Some(2));
        println!("{}", String::from_utf8_lossy(&printed.stderr));
        let _ = Command::new("umount").arg(small).status();
    }
}
