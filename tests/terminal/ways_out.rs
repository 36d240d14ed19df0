//! Every way out gives the terminal back: keys, signals, the end of the terminal, the shell's stop key.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::pty::{Terminal, text};
use crate::support::{Folder, PROGRAM};
use crate::{LINES, has_three_panes, past_the_hints, wire};

#[test]
fn keys_that_quit() {
    for key in ["q", "Q", "\x03"] {
        let folder = Folder::new();
        let mut terminal = wire(&folder);
        terminal.press(key);
        assert_eq!(terminal.code(), 0, "{key:?}");
        terminal.check_restored();
    }
}

#[test]
fn signals_end_it_in_order() {
    for (signal, code) in
        [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)]
    {
        let folder = Folder::new();
        let terminal = wire(&folder);
        terminal.signal(signal);
        assert_eq!(terminal.code(), code, "{signal:?}");
        terminal.check_restored();
    }
}

#[test]
fn it_does_not_outlive_its_terminal() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    terminal.go_away();
    terminal.code();
}

#[test]
fn it_stops_for_the_shell_and_goes_on() {
    let line = "set -m; \"$0\"; echo stopped; read line; fg > /dev/null; echo ended with $?";
    for by_key in [true, false] {
        let folder = Folder::new();
        let mut terminal = Terminal::shell(&folder, line);
        let before = past_the_hints(&mut terminal);
        if by_key {
            terminal.press("\x1a");
        } else {
            terminal.signal_foreground(Signal::TSTP);
        }
        terminal.wait_for("stopped");
        terminal.check_restored();
        terminal.press("\r");
        terminal.wait("the screen as it was", |screen| {
            text(screen) == before && screen.alternate_screen() && screen.bracketed_paste()
        });
        terminal.press("q");
        terminal.wait_for("ended with 0");
        terminal.check_restored();
    }
}

#[test]
fn it_draws_anew_after_a_stop_that_it_could_not_see() {
    let line = "set -m; \"$0\"; echo stopped; read line; fg > /dev/null; echo ended with $?";
    let folder = Folder::new();
    let mut terminal = Terminal::shell(&folder, line);
    terminal.wait("three panes", has_three_panes);
    terminal.signal_foreground(Signal::STOP);
    terminal.wait_for("stopped");
    terminal.press("\r\n");
    terminal.wait("the panes again", |screen| {
        has_three_panes(screen) && !text(screen).contains("stopped")
    });
    terminal.press("Q");
    terminal.wait_for("ended with 0");
    terminal.check_restored();
}

#[test]
fn a_new_size_while_it_was_stopped_counts() {
    let line = "set -m; \"$0\"; echo stopped; read line; fg > /dev/null; echo ended with $?";
    let folder = Folder::new();
    let mut terminal = Terminal::shell(&folder, line);
    terminal.wait("three panes", has_three_panes);
    terminal.press("\x1a");
    terminal.wait_for("stopped");
    terminal.resize(80, 24);
    terminal.press("\r");
    terminal.wait("fewer panes", |screen| {
        let text = text(screen);
        text.lines().count() == 24 && !text.contains('┬') && text.contains("relights dead")
    });
    terminal.press("Q");
    terminal.wait_for("ended with 0");
    terminal.check_restored();
}

#[test]
fn without_a_shell_to_come_back_to_the_stop_key_does_not_stop_it() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    terminal.press("\x1a");
    terminal.press("?");
    terminal.wait("the help", |screen| text(screen).contains("half a page down"));
    terminal.signal(Signal::TSTP);
    terminal.press("q");
    terminal.wait("three panes", has_three_panes);
    terminal.press("q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn a_dumb_terminal_gets_a_sentence() {
    let folder = Folder::new();
    let mut command = CommandBuilder::new(PROGRAM);
    command.env("TERM", "dumb");
    let terminal = Terminal::run(&folder, command, 120, 40);
    assert_eq!(terminal.code(), 2);
    terminal.wait_for("TERM=dumb");
    assert!(!terminal.bytes().contains(&0x1b));
    terminal.check_restored();
}

#[test]
fn it_ends_while_a_pipe_still_brings_dispatches() {
    let folder = Folder::new();
    folder.put("day.jsonl", LINES);
    let mut terminal =
        Terminal::shell(&folder, "while cat day.jsonl; do :; done 2> /dev/null | \"$0\"");
    terminal.wait_for("Ferry late again");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

/// The child of a process, once it has one that runs a program of this name.
fn child_of(parent: i32, name: &str) -> Option<i32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let children = std::fs::read_to_string(path).ok()?;
    let mut children = children.split_whitespace().map(|id| id.parse().expect("an id"));
    children.find(|id: &i32| {
        let line = std::fs::read(format!("/proc/{id}/cmdline"));
        line.is_ok_and(|line| line.starts_with(name.as_bytes()))
    })
}

#[test]
#[cfg(target_os = "linux")]
fn where_memory_is_limited_death_restores_the_terminal() {
    use rustix::process::{Pid, kill_process};
    for (signal, code) in [(Signal::ABORT, 2), (Signal::KILL, 2), (Signal::TERM, 143)] {
        let folder = Folder::new();
        let mut terminal = Terminal::shell(&folder, "ulimit -v 4000000; exec \"$0\"");
        past_the_hints(&mut terminal);
        let child = child_of(terminal.pid(), "dateline-supervised").expect("the program");
        kill_process(Pid::from_raw(child).expect("an id"), signal).expect("a signal");
        assert_eq!(terminal.code(), code, "{signal:?}");
        terminal.check_restored();
        let told = "most likely for lack of memory";
        if code == 2 {
            terminal.wait_for(told);
        } else {
            assert!(!terminal.text().contains(told), "{signal:?}");
        }
    }
}

#[test]
fn where_memory_is_limited_the_screen_works_as_ever() {
    let limited = "ulimit -v 4000000; exec \"$0\"";
    let folder = Folder::new();
    let mut terminal = Terminal::shell(&folder, limited);
    past_the_hints(&mut terminal);
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
    let terminal = Terminal::shell(&folder, limited);
    terminal.wait("the panes", has_three_panes);
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.code(), 143);
    terminal.check_restored();
    // It stops, and goes on, together with what runs it.
    let line = "ulimit -v 4000000; set -m; \"$0\"; echo stopped; read line; fg > /dev/null; echo ended with $?";
    let mut terminal = Terminal::shell(&folder, line);
    terminal.wait("the panes", has_three_panes);
    terminal.press("\x1a");
    terminal.wait_for("stopped");
    terminal.check_restored();
    terminal.press("\r");
    terminal.wait("the screen", vt100::Screen::alternate_screen);
    terminal.press("Q");
    terminal.wait_for("ended with 0");
    terminal.check_restored();
}
