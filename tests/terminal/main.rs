//! The program in a terminal: what it shows, and that it gives the terminal back, whatever ends it.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic)] // in what tests share, too

mod changed;
mod choosing;
mod configured;
mod handing;
mod live;
mod looks;
mod marks;
mod paging;
mod pty;
mod screens;
#[path = "../support/mod.rs"]
mod support;
mod ways_out;

use pty::{Terminal, text};
use support::Folder;

/// Two dispatches, one a line.
const LINES: &str = r#"{"headline": "Ferry late again", "agency": "QRN", "date": "2026-05-04T10:00:00Z", "body": "It was late."}
{"headline": "Bridge closed", "agency": "QRN", "date": "2026-05-04T09:00:00Z", "body": "It was closed."}
"#;

/// The built-in wire, at a size at which all panes are there.
fn wire(folder: &Folder) -> Terminal {
    let mut terminal = Terminal::open(folder, &[], 120, 40);
    past_the_hints(&mut terminal);
    terminal
}

/// Waits for the hints of a first visit, which come when the marks have been read, and sends them away:
/// what is on the screen then stays.
#[track_caller]
fn past_the_hints(terminal: &mut Terminal) -> String {
    terminal.wait("three panes and a text", has_three_panes);
    terminal.wait_for("1/3  Enter reads the dispatch");
    terminal.press("?");
    terminal.wait_for("dateline  all keys");
    terminal.press("?");
    terminal.wait("the panes", has_three_panes)
}

/// List, reader and quotes side by side, with the newest text open, when all is in.
fn has_three_panes(screen: &vt100::Screen) -> bool {
    let text = text(screen);
    let line = text.lines().nth(1).unwrap_or_default();
    let loaded = !text.lines().next().unwrap_or_default().contains('…');
    loaded
        && line.matches('┬').count() == 2
        && text.contains("relights dead")
        && text.contains("Ingrith Moe")
}
