//! Marks in the program itself: kept over sessions, notes in an editor, the last visit.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::pty::{Terminal, text};
use crate::support::{Folder, PROGRAM};

const SEALS: &str =
    "Headline: Seals on the slipway\nSent: 2026-05-04T09:30:00Z\n\nTOLLEN - They came back.\n";

fn wire() -> Folder {
    let folder = Folder::new();
    folder.put("seals.txt", SEALS);
    folder
}

#[test]
fn marks_are_there_in_the_next_session() {
    let folder = wire();
    let mut terminal = Terminal::open(&folder, &["."], 100, 30);
    terminal.wait_for("● 09:30");
    terminal.press("rs");
    terminal.wait_for("★09:30");
    terminal.press("/slipway\rQ");
    assert_eq!(terminal.code(), 0);
    let mut terminal = Terminal::open(&folder, &["."], 100, 30);
    terminal.wait_for("★09:30");
    terminal.press("/\x10");
    terminal.wait_for("/ slipway");
    terminal.press("\x1b");
    terminal.wait("no filter", |screen| !text(screen).contains("/ slipway"));
    terminal.press("/is:since-last");
    terminal.wait_for("0 of 1");
    terminal.press("\x03");
    folder.put("new.txt", SEALS.replace("Seals on", "Otters on"));
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    let terminal = Terminal::open(&folder, &["--filter", "is:since-last", "."], 100, 30);
    let screen = terminal.wait_for("Otters on");
    assert!(!screen.contains("Seals on"), "{screen}");
}

#[test]
fn a_star_shows_in_another_session() {
    let folder = wire();
    let mut one = Terminal::open(&folder, &["."], 100, 30);
    let mut two = Terminal::open(&folder, &["."], 100, 30);
    one.wait_for("● 09:30");
    two.wait_for("● 09:30");
    one.press("s");
    two.wait_for("●★09:30");
    two.press("sr");
    one.wait("no star", |screen| !text(screen).contains('★') && !text(screen).contains('●'));
    for mut terminal in [one, two] {
        terminal.press("Q");
        assert_eq!(terminal.code(), 0);
    }
}

#[test]
fn a_note_is_written_in_the_readers_editor() {
    let folder = wire();
    // An editor that reads the terminal: what is typed must come to it and not to the program behind it.
    let script =
        "#!/bin/sh\nprintf 'your note: '\nread words\nprintf '%s\\n' \"$words\" > \"$2\"\n";
    let editor = folder.put("../my editor", script);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&editor, mode).unwrap();
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["."]);
    let mut terminal =
        Terminal::run_in(&folder, command, &[("EDITOR", format!("'{}' -x", editor.display()))]);
    terminal.wait_for("09:30");
    terminal.press("e");
    terminal.wait("the editor", |screen| {
        text(screen).contains("your note:") && !screen.alternate_screen()
    });
    terminal.press("Ask Edda Brook jjQ\r");
    terminal.wait("the note", |screen| {
        screen.alternate_screen() && text(screen).contains("✎ Ask Edda Brook jjQ")
    });
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
    let state = folder.wire().join("../home/state/dateline");
    let left = std::fs::read_dir(state).unwrap();
    let mut left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.all(|name| !name.starts_with("note")));
}

#[test]
fn an_editor_that_is_not_there_is_said() {
    let folder = wire();
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["."]);
    let mut terminal = Terminal::run_in(&folder, command, &[("VISUAL", "no-such-editor".into())]);
    terminal.wait_for("09:30");
    terminal.press("e");
    terminal.wait_for("no-such-editor");
    terminal.press("r");
    terminal.wait("the mark", |screen| !text(screen).contains('●'));
}

#[test]
fn without_a_directory_the_program_runs_and_says_so() {
    let folder = wire();
    let mut terminal = Terminal::open(&folder, &["--state", "/dev/null/x", "."], 100, 30);
    terminal.wait("the row and the warning", |screen| {
        let screen = text(screen);
        screen.contains("09:30") && screen.contains("will not be saved")
    });
    terminal.press("js");
    terminal.wait_for("…09:30");
    terminal.wait_for("1 mark not saved");
    terminal.press("Q");
    terminal.wait_for("1 mark not saved and lost: ");
    assert_eq!(terminal.code(), 2);
}

/// A terminal with one mark that cannot be written, since another process holds the database.
fn with_a_mark_on_its_way(folder: &Folder) -> (Terminal, rusqlite::Connection) {
    let mut terminal = Terminal::open(folder, &["."], 100, 30);
    terminal.wait_for("● 09:30");
    terminal.press("r");
    terminal.wait("the mark", |screen| !text(screen).contains('●'));
    let path = folder.wire().join("../home/state/dateline/marks.db");
    let other = rusqlite::Connection::open(path).expect("the database");
    let held = other.execute_batch("BEGIN IMMEDIATE");
    held.expect("the lock");
    terminal.press("s");
    terminal.wait_for("…09:30");
    (terminal, other)
}

#[test]
fn a_mark_that_cannot_be_written_yet_is_kept_on_every_way_out() {
    for (keys, signal, code) in [
        ("", Some(Signal::TERM), 143),
        ("", Some(Signal::HUP), 129),
        ("QQ", None, 0),
        ("Qj", Some(Signal::TERM), 143),
        ("Q\x03", None, 0),
    ] {
        let folder = wire();
        let (mut terminal, other) = with_a_mark_on_its_way(&folder);
        terminal.press(keys);
        if keys == "Qj" {
            terminal.wait_for("saving ");
            terminal.wait_for("Q again leaves now");
        }
        if let Some(signal) = signal {
            terminal.signal(signal);
        }
        assert_eq!(terminal.code(), code, "{keys:?} {signal:?}");
        terminal.check_restored();
        // While the database is still held, and afterwards.
        let starred = || {
            let mut list = std::process::Command::new(PROGRAM);
            list.args(["list", "--filter", "is:starred is:read", "."]);
            list.env_clear().envs(folder.variables()).current_dir(folder.wire());
            String::from_utf8(list.output().unwrap().stdout).unwrap()
        };
        assert!(starred().contains("Seals on"), "{keys:?} {signal:?}");
        drop(other);
        let terminal = Terminal::open(&folder, &["."], 100, 30);
        terminal.wait_for("★09:30");
        terminal.signal(Signal::TERM);
        assert_eq!(terminal.code(), 143);
        assert!(starred().contains("Seals on"), "{keys:?} {signal:?}");
    }
}

#[test]
fn quitting_waits_for_a_mark_that_is_being_written() {
    let folder = wire();
    let (mut terminal, other) = with_a_mark_on_its_way(&folder);
    terminal.press("Q");
    terminal.wait_for("saving ");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(terminal.code(), 0);
    let count = "SELECT count(*) FROM mark WHERE kind = 2 AND value = 1";
    let stars: i64 = other.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(stars, 1);
}
