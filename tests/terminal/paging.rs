//! The pager: what is longer than the terminal goes through it, and nothing else does.

use crate::LINES;
use crate::pty::{Terminal, text};
use crate::support::Folder;

/// The screen after a line of the shell over two dispatches.
fn shown(line: &str) -> String {
    let folder = Folder::new();
    folder.put("day.jsonl", LINES);
    let terminal = Terminal::shell(&folder, &format!("{line}; echo ended with $?"));
    terminal.wait_for("ended with 0")
}

/// A pager that tells that it was there.
const MARKS: &str = "PAGER='sed -e s/^/>/'";

#[test]
fn long_output_is_paged() {
    let screen = shown(&format!("{MARKS} \"$0\" list"));
    assert!(screen.contains("\n>20"), "{screen}");
}

#[test]
fn what_fits_is_not() {
    let screen = shown(&format!("{MARKS} \"$0\" list day.jsonl"));
    assert!(screen.starts_with("20") && !screen.contains('>'), "{screen}");
}

#[test]
fn a_pager_is_not_taken_where_none_is_wanted() {
    for line in [
        format!("{MARKS} \"$0\" list --no-pager"),
        "PAGER= \"$0\" list".to_owned(),
        "PAGER=cat \"$0\" list".to_owned(),
        format!("{MARKS} \"$0\" list | cat"),
    ] {
        let screen = shown(&line);
        assert!(!screen.contains('>') && screen.contains("\n20"), "{line}:\n{screen}");
    }
}

#[test]
fn a_pager_that_is_not_there_is_named_and_nothing_is_lost() {
    let screen = shown("PAGER=no-such-pager \"$0\" list");
    assert!(screen.contains("the pager no-such-pager cannot be started"), "{screen}");
    assert!(screen.contains("\n20"), "{screen}");
}

#[test]
fn a_shell_has_no_part_in_it() {
    let screen = shown("PAGER='echo $(id) ; touch it |' \"$0\" list");
    assert!(screen.contains("$(id) ; touch it |"), "{screen}");
}

#[test]
fn a_pager_that_ends_early_is_a_quiet_end() {
    let screen = shown("PAGER='head -n 1' \"$0\" show");
    let lines = screen.lines().filter(|line| !line.is_empty()).count();
    assert_eq!(lines, 2, "{screen}");
}

#[test]
fn what_is_wrong_is_said_when_the_pager_has_gone() {
    let folder = Folder::new();
    folder.put("day.jsonl", LINES.repeat(30));
    let line = "PAGER='sed -n 1p' \"$0\" list day.jsonl missing; echo ended with $?";
    let terminal = Terminal::shell(&folder, line);
    let screen = terminal.wait_for("ended with 2");
    assert!(screen.contains("missing"), "{screen}");
    let again = terminal.wait("the end", |screen| text(screen).contains("ended"));
    assert_eq!(again.matches("Ferry").count(), 1, "{again}");
}

#[test]
fn a_text_that_is_shown_on_a_terminal_is_wrapped_at_its_words() {
    let screen = shown("PAGER=cat \"$0\" show");
    let widest = screen.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| (60..=80).contains(&widest)), "{screen}");
    let piped = shown("PAGER=cat \"$0\" show | cat");
    let widest = piped.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest > 80), "{piped}");
}
