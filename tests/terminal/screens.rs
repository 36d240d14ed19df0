//! What is on the screen: panes at several sizes, the filter, dispatches that come through a pipe.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::Command;

use crate::pty::{Terminal, text};
use crate::support::Folder;
use crate::{LINES, has_three_panes, wire};

#[test]
fn the_built_in_wire_opens_in_three_panes() {
    let folder = Folder::new();
    let terminal = wire(&folder);
    terminal.wait("the modes", |screen| screen.alternate_screen() && screen.bracketed_paste());
    let text = terminal.text();
    let top = text.lines().next().unwrap();
    assert!(top.contains("dateline") && top.contains("built-in wire"), "{top}");
    assert!(text.lines().last().unwrap().contains("all keys"), "{text}");
}

#[test]
fn smaller_terminals_show_fewer_panes() {
    let folder = Folder::new();
    let terminal = Terminal::open(&folder, &[], 80, 24);
    let both = terminal.wait("list and reader", |screen| text(screen).contains("words"));
    assert!(!both.contains('┬'), "{both}");
    let mut terminal = Terminal::open(&folder, &[], 40, 12);
    let list = terminal.wait_for("Keeper");
    assert!(!list.contains("words"), "{list}");
    terminal.press("\r");
    terminal.wait_for("words");
    terminal.press("q");
    terminal.wait("the list again", |screen| !text(screen).contains("words"));
}

#[test]
fn every_size_is_drawn_and_the_way_back_too() {
    let folder = Folder::new();
    let terminal = wire(&folder);
    let before = terminal.text();
    for (columns, rows) in [(80, 24), (40, 12), (1, 1), (300, 3), (12, 90), (200, 60), (2, 1)] {
        terminal.resize(columns, rows);
        let too_small = columns < 20 || rows < 5;
        terminal.wait("the new size", |screen| {
            let text = text(screen);
            let first = text.lines().next().unwrap_or_default();
            if too_small {
                // As much of “too small” as there is room for, and nothing else.
                !first.is_empty() && "too small".starts_with(first) && text.lines().count() == 1
            } else {
                first.contains("dateline")
                    && text.lines().last().is_some_and(|last| last.contains("read"))
            }
        });
    }
    terminal.resize(120, 40);
    terminal.wait("the screen as it was", |screen| text(screen) == before);
}

#[test]
fn a_filter_keeps_what_has_its_words() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    terminal.press("/goat");
    terminal.wait("the goat alone", |screen| {
        let text = text(screen);
        text.contains("filter: goat")
            && text.contains("Mountain goat")
            && !text.contains("Storm soup")
    });
    terminal.press("\x1b");
    terminal.wait("all of them", |screen| {
        let text = text(screen);
        !text.contains("filter:") && text.contains("Storm soup")
    });
}

#[test]
fn the_screen_is_drawn_anew_on_demand() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    let before = terminal.text();
    let written = terminal.bytes().len();
    terminal.press("\x0c");
    terminal.press("?");
    terminal.wait("the help", |screen| text(screen).contains("half a page down"));
    terminal.press("q");
    terminal.wait("the screen as it was", |screen| text(screen) == before);
    assert!(terminal.bytes().len() > written + 2000);
}

#[test]
fn a_paste_is_typed_and_does_nothing_else() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    terminal.press("/\x1b[200~go\x1b]0;at\x07\r\nQ\x1b[201~");
    terminal.wait("the paste in the prompt", |screen| text(screen).contains("filter: go"));
    assert!(!terminal.bytes().windows(4).any(|bytes| bytes == b"\x1b]0;"));
}

#[test]
fn keys_come_from_the_terminal_while_dispatches_come_through_a_pipe() {
    let folder = Folder::new();
    folder.put("day.jsonl", LINES);
    let mut terminal = Terminal::shell(&folder, "cat day.jsonl | \"$0\"");
    terminal.wait_for("Bridge closed");
    terminal.press("j");
    terminal.wait_for("It was closed.");
    terminal.press("q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn lines_of_an_open_pipe_are_shown_as_they_come() {
    let folder = Folder::new();
    let pipe = folder.wire().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut terminal = Terminal::shell(&folder, "exec \"$0\" < pipe");
    let mut pipe = OpenOptions::new().write(true).open(pipe).unwrap();
    for (number, name) in ["Alder", "Birch", "Cedar"].into_iter().enumerate() {
        let day = 9 - number;
        writeln!(pipe, r#"{{"headline": "{name} felled", "date": "2026-05-0{day}T10:00:00Z"}}"#)
            .unwrap();
        terminal.wait_for(&format!("{name} felled"));
    }
    terminal.press("/cedar");
    terminal.wait("the filter", |screen| !text(screen).contains("Alder felled"));
    terminal.press("\x1b");
    terminal.wait_for("Alder felled");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn a_file_that_goes_while_it_is_listed_is_said_to_be_gone() {
    let folder = Folder::new();
    folder.put("day.jsonl", LINES);
    let mut terminal = Terminal::open(&folder, &["day.jsonl"], 120, 40);
    terminal.wait_for("It was late.");
    std::fs::remove_file(folder.wire().join("day.jsonl")).unwrap();
    terminal.press("j");
    terminal.wait_for("cannot be read again");
    folder.put("day.jsonl", LINES.replace("closed.", "opened."));
    terminal.press("k");
    terminal.wait_for("It was late.");
    terminal.press("j");
    terminal.wait("what has changed", |screen| {
        let text = text(screen);
        text.contains("changed since") || text.contains("It was opened.")
    });
    // A pipe in its place must not be waited for.
    std::fs::remove_file(folder.wire().join("day.jsonl")).unwrap();
    let at = folder.wire().join("day.jsonl");
    assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
    terminal.press("k");
    terminal.wait_for("regular file");
    terminal.wait("panes", |screen| !has_three_panes(screen) || screen.alternate_screen());
}

#[test]
fn the_speakers_stream_in_and_one_becomes_the_filter() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    let before = terminal.text();
    terminal.press("S");
    let speakers = terminal.wait("all speakers", |screen| {
        let text = text(screen);
        let top = text.lines().next().unwrap_or_default();
        top.contains("speakers") && !top.contains('…')
    });
    assert!(speakers.contains("dispatches"), "{speakers}");
    terminal.press("\x1b");
    terminal.wait("the screen as it was", |screen| text(screen) == before);
    terminal.press("S");
    terminal.wait("all speakers again", |screen| {
        let text = text(screen);
        let top = text.lines().next().unwrap_or_default();
        top.contains("speakers") && !top.contains('…')
    });
    terminal.press("/ingrith\r\r");
    terminal.wait("the filter", |screen| {
        let text = text(screen);
        let top = text.lines().next().unwrap_or_default();
        top.contains("/ said:\"Ingrith Moe\"")
            && !top.contains('…')
            && text.contains("relights dead")
    });
}
