//! A config file under the whole program: what it says holds, and the command line goes before it.

use crate::has_three_panes;
use crate::pty::Terminal;
use crate::support::Folder;

/// The program on a terminal of 120×40 with a config file and some arguments, in 256 colours.
fn with(folder: &Folder, text: &str, arguments: &str) -> Terminal {
    let file = folder.put("own.toml", text);
    let line = format!("DATELINE_CONFIG='{}' \"$0\" {arguments}", file.display());
    Terminal::shell(folder, &line)
}

const DARK: &str = "48;5;234";

#[test]
fn theme_keys_and_mouse_are_those_of_the_file() {
    let folder = Folder::new();
    let text =
        "[screen]\ntheme = \"dark\"\nmouse = true\n[keys]\nhelp = \"ctrl-g\"\nquit = \"ctrl-x\"\n";
    let mut terminal = with(&folder, text, "");
    terminal.wait("three panes", has_three_panes);
    let off = vt100::MouseProtocolMode::None;
    terminal.wait("the mouse", |s| s.mouse_protocol_mode() != off);
    assert!(String::from_utf8_lossy(&terminal.bytes()).contains(DARK));
    terminal.press("\x07");
    terminal.wait_for("all keys");
    terminal.press("\x18");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn the_command_line_goes_before_the_file() {
    let folder = Folder::new();
    let text = "[screen]\ntheme = \"dark\"\nmouse = true\nplain = true\n";
    let options = "--theme terminal --no-mouse --no-plain";
    let mut terminal = with(&folder, text, options);
    let screen = terminal.wait("three panes", has_three_panes);
    assert!(!screen.is_empty());
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(!bytes.contains(DARK) && !bytes.contains("\x1b[?1000h"));
    terminal.press("\x03");
    terminal.code();
}

#[test]
fn the_zone_is_that_of_the_file() {
    let folder = Folder::new();
    let sent = "Headline: Noon\nSent: 2026-03-04T12:00:00Z\n\nORSK (NWR) - It struck.\n";
    folder.put("a.txt", sent);
    let path = folder.put("b.txt", sent.replace("12:00", "11:00"));
    let here = path.parent().expect("a folder").display().to_string();
    let text = "[screen]\nzone = \"Asia/Tokyo\"\ntime-format = \"%H h %M\"\n";
    let mut terminal = with(&folder, text, &format!("'{here}/a.txt' '{here}/b.txt'"));
    terminal.wait_for("21 h 00");
    terminal.press("\x03");
    terminal.code();
}

#[test]
fn what_is_wrong_with_the_file_is_told_and_the_rest_holds() {
    let folder = Folder::new();
    let text = "[screen]\ntheme = \"drak\"\n[keys]\nhelp = \"ctrl-g\"\nstar = \"j\"\n";
    let mut terminal = with(&folder, text, "");
    terminal.wait_for("2 problems: P");
    terminal.press("P");
    terminal.wait_for("line 5, column 8: star");
    terminal.press("q\x07");
    terminal.wait_for("all keys");
    terminal.press("\x03");
    terminal.code();
}
