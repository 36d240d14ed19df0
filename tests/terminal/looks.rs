//! Colours as the terminal has them, and the modes of the mouse.

use crate::pty::Terminal;
use crate::support::Folder;
use crate::{has_three_panes, wire};

/// What a line of the shell writes until three panes are shown.
fn written(line: &str) -> String {
    let folder = Folder::new();
    let terminal = Terminal::shell(&folder, line);
    terminal.wait("three panes", has_three_panes);
    String::from_utf8_lossy(&terminal.bytes()).into_owned()
}

#[test]
fn a_theme_has_the_colours_that_there_are() {
    let dark = "\"$0\" --theme dark";
    assert!(written(&format!("COLORTERM=truecolor {dark}")).contains("48;2;28;29;32"));
    let indexed = written(dark);
    assert!(indexed.contains("48;5;234") && !indexed.contains("48;2;"));
    let sixteen = written(&format!("TERM=xterm {dark}"));
    assert!(!sixteen.contains("48;2;") && !sixteen.contains("48;5;234"));
}

/// The colours that are set: the numbers of SGR sequences from 30 on, but for those that take a colour back.
fn colours(bytes: &str) -> Vec<&str> {
    bytes
        .split("\x1b[")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            rest[end..].starts_with('m').then_some(&rest[..end])
        })
        .filter(|numbers| {
            let first = numbers.split(';').next().and_then(|n| n.parse().ok());
            first.is_some_and(|n: u8| n >= 30 && ![39, 49, 59].contains(&n))
        })
        .collect()
}

#[test]
fn no_colour_is_written_where_none_is_wanted() {
    for line in ["NO_COLOR=1 \"$0\"", "\"$0\" --theme mono"] {
        let bytes = written(line);
        let colours = colours(&bytes);
        assert!(colours.is_empty(), "{line}: {colours:?}");
        assert!(bytes.contains("\x1b[7m"), "{line}: the selection");
        assert!(!bytes.contains("\x1b[;m"), "{line}");
    }
    assert!(written("NO_COLOR=1 \"$0\" --theme dark").contains("48;5;234"));
}

#[test]
fn the_mouse_is_listened_to_on_demand() {
    let folder = Folder::new();
    let mut terminal = wire(&folder);
    let mode = vt100::Screen::mouse_protocol_mode;
    let (off, on) = (vt100::MouseProtocolMode::None, vt100::MouseProtocolMode::PressRelease);
    terminal.wait("no mouse", |screen| mode(screen) == off);
    terminal.press("M");
    terminal.wait("the mouse", |screen| mode(screen) == on);
    // A click on the third row.
    terminal.press("\x1b[<0;10;5M\x1b[<0;10;5m");
    terminal.wait_for(" 3 of ");
    terminal.press("M");
    terminal.wait("no mouse again", |screen| mode(screen) == off);
    terminal.press("M");
    terminal.wait("the mouse again", |screen| mode(screen) == on);
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn the_mouse_comes_back_after_a_stop() {
    let folder = Folder::new();
    let line =
        "set -m; \"$0\" --mouse; echo stopped; read line; fg > /dev/null; echo ended with $?";
    let mut terminal = Terminal::shell(&folder, line);
    terminal.wait("three panes", has_three_panes);
    let on = |screen: &vt100::Screen| {
        screen.mouse_protocol_mode() == vt100::MouseProtocolMode::PressRelease
    };
    terminal.wait("the mouse", on);
    terminal.press("\x1a");
    terminal.wait_for("stopped");
    terminal.check_restored();
    terminal.press("\r");
    terminal.wait("the panes and the mouse", |screen| has_three_panes(screen) && on(screen));
    terminal.press("q");
    terminal.wait_for("ended with 0");
    terminal.check_restored();
}
