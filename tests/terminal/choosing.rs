//! `--print`: the screen on the terminal, what was chosen on standard output, and exit codes that tell.

use std::fs;

use crate::LINES;
use crate::pty::Terminal;
use crate::support::Folder;

/// Runs a line of the shell over two dispatches, presses keys when they are shown, and returns what the line has written
/// to `chosen`.
#[track_caller]
fn choose(line: &str, keys: &[&str], code: u8) -> String {
    let folder = Folder::new();
    folder.put("day.jsonl", LINES);
    let mut terminal = Terminal::shell(&folder, &format!("{line}; echo ended with $?"));
    terminal.wait_for("It was late.");
    terminal.wait("the screen", vt100::Screen::alternate_screen);
    for key in keys {
        terminal.press(key);
    }
    terminal.wait_for(&format!("ended with {code}"));
    terminal.check_restored();
    fs::read_to_string(folder.wire().join("chosen")).expect("what was chosen")
}

#[test]
fn enter_chooses_the_dispatch() {
    let line = "\"$0\" --print path day.jsonl > chosen";
    assert_eq!(choose(line, &["\r"], 0), "day.jsonl\n");
    let line = "\"$0\" --print jsonl day.jsonl > chosen";
    let record = choose(line, &["j", "\r"], 0);
    let record: serde_json::Value = serde_json::from_str(&record).expect("a record");
    assert_eq!(record["headline"], "Bridge closed");
    assert_eq!(record["index"], 1);
    // The id that the record falls back to where the wire gave none.
    let line = "\"$0\" --print id day.jsonl > chosen";
    let id = choose(line, &["j", "l", "\r"], 0);
    assert_eq!(id.trim_end(), record["item"].as_str().expect("an item"));
}

#[test]
fn all_marked_rows_are_chosen() {
    let line = "\"$0\" --no-state --print jsonl day.jsonl > chosen";
    let chosen = choose(line, &["X", "\r"], 0);
    assert_eq!(chosen.lines().count(), 2, "{chosen}");
}

#[test]
fn a_file_name_is_printed_byte_by_byte() {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"a \xff\x1b[31m.jsonl");
    let folder = Folder::new();
    folder.put(name, LINES);
    let line = "\"$0\" --print path . > ../chosen; echo ended with $?";
    let mut terminal = Terminal::shell(&folder, line);
    terminal.wait_for("It was late.");
    terminal.press("\r");
    terminal.wait_for("ended with 0");
    let chosen = fs::read(folder.wire().join("../chosen")).expect("what was chosen");
    assert_eq!(chosen, b"./a \xff\x1b[31m.jsonl\n");
    assert!(!terminal.bytes().windows(5).any(|bytes| bytes == b"\x1b[31m"));
}

#[test]
fn what_comes_through_a_pipe_goes_into_a_pipe() {
    let line = "cat day.jsonl | \"$0\" --print jsonl | cat > chosen";
    let chosen = choose(line, &["\r"], 0);
    assert!(chosen.contains("Ferry late again"), "{chosen}");
}

#[test]
fn nothing_chosen_has_a_code_of_its_own() {
    for (key, code) in [("q", 1), ("Q", 1), (":quit\r", 1), ("\x03", 130)] {
        let chosen = choose("\"$0\" --print id day.jsonl > chosen", &[key], code);
        assert_eq!(chosen, "", "{key:?}");
    }
}

#[test]
fn enter_in_the_quotes_chooses_a_quote() {
    let folder = Folder::new();
    let line = "\"$0\" --print quote > chosen; echo ended with $?";
    let mut terminal = Terminal::shell(&folder, line);
    terminal.wait("three panes", crate::has_three_panes);
    terminal.press("\r");
    terminal.press("]q");
    terminal.press("\r");
    terminal.wait_for("ended with 0");
    let chosen = fs::read_to_string(folder.wire().join("chosen")).expect("what was chosen");
    assert!(chosen.starts_with('“'), "{chosen}");
    assert!(chosen.contains("\n— "), "{chosen}");
}
