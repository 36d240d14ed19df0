//! Marks without the screen: `mark`, `state`, and filters that ask for them.

use std::fs;
use std::path::PathBuf;

use crate::program::{command, run, run_with};
use crate::support::Folder;
use crate::wire;

fn database(folder: &Folder) -> PathBuf {
    folder.wire().join("../home/state/dateline/marks.db")
}

fn headlines(folder: &Folder, filter: &str) -> Vec<String> {
    let printed = run(folder, &["list", "--format", "tsv", "--filter", filter, "."]);
    let lines = printed.out.lines();
    lines.map(|line| line.split('\t').nth(3).unwrap_or("").to_owned()).collect()
}

#[test]
fn what_is_marked_is_found_by_filters() {
    let folder = wire();
    let said = run(&folder, &["mark", "star", "--item", "QRN-0002", "."]).ok();
    assert_eq!(said, "1 dispatch starred\n");
    let said = run(&folder, &["mark", "read", "--filter", "harbour | bell", "."]).ok();
    assert_eq!(said, "2 dispatches marked read\n");
    assert_eq!(headlines(&folder, "is:starred"), ["Orchard floods"]);
    assert_eq!(headlines(&folder, "is:unread"), ["Orchard floods"]);
    assert_eq!(headlines(&folder, "is:read").len(), 2);
    run(&folder, &["mark", "unread", "--filter", "bell", "."]).ok();
    run(&folder, &["mark", "unstar", "."]).ok();
    assert_eq!(headlines(&folder, "is:unread").len(), 2);
    assert!(headlines(&folder, "is:starred").is_empty());
    // Nobody has visited yet: all of it is new.
    assert_eq!(headlines(&folder, "is:since-last").len(), 3);
}

#[test]
fn a_file_that_is_moved_keeps_its_marks() {
    let folder = wire();
    run(&folder, &["mark", "read", "harbour.txt"]).ok();
    fs::rename(folder.wire().join("harbour.txt"), folder.wire().join("more/old.txt")).unwrap();
    assert_eq!(headlines(&folder, "is:read"), ["Harbour seals back on the slipway"]);
}

#[test]
fn nothing_to_mark_is_an_exit_code_and_an_unknown_id_too() {
    let folder = wire();
    for arguments in
        [["mark", "read", "--filter", "zebra", "."], ["mark", "read", "--item", "QRN-9", "."]]
    {
        let printed = run(&folder, &arguments);
        assert_eq!((printed.code, printed.out.as_str()), (Some(1), ""), "{arguments:?}");
    }
    assert!(!database(&folder).exists());
}

#[test]
fn only_mark_and_import_write() {
    let folder = wire();
    for arguments in [
        &["list", "--filter", "is:unread", "."][..],
        &["show", "harbour.txt"],
        &["quotes", "."],
        &["check", "."],
        &["state", "path"],
        &["state", "export"],
    ] {
        run(&folder, arguments).ok();
        assert!(!database(&folder).exists(), "{arguments:?}");
    }
    run(&folder, &["mark", "read", "--no-state", "harbour.txt"]);
    assert!(!database(&folder).exists());
}

#[test]
fn the_place_is_that_of_option_variable_or_directories() {
    let folder = wire();
    let said = run(&folder, &["state", "path"]).ok();
    assert!(said.ends_with("/home/state/dateline/marks.db\n"), "{said}");
    let said = run(&folder, &["state", "path", "--state", "here"]).ok();
    assert_eq!(said, "here/marks.db\n");
    let named =
        command(&folder, &["state", "path"]).env("DATELINE_STATE", "there").output().unwrap();
    assert_eq!(named.stdout, b"there/marks.db\n");
    let homeless = command(&folder, &["mark", "read", "."])
        .env_remove("XDG_STATE_HOME")
        .env_remove("HOME")
        .output()
        .unwrap();
    assert_eq!(homeless.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&homeless.stderr).contains("HOME is not set"));
}

#[test]
fn notes_are_found() {
    let folder = wire();
    let note = |text: &str, file: &str| {
        run(&folder, &["mark", "note", "--text", text, file]).ok();
    };
    note("Ask Edda “tonight”", "harbour.txt");
    let noted = headlines(&folder, "is:noted");
    assert_eq!(noted.len(), 1);
    for query in
        ["note:edda", "note:tonight note:ASK | note:Ask", "note:\"ask edda\"", "note:/edd./"]
    {
        assert_eq!(headlines(&folder, query), noted, "{query}");
    }
    assert_eq!(headlines(&folder, "note:brook | note:ASK"), [""; 0]);
    assert_eq!(headlines(&folder, "!is:noted").len(), 2);
    note("", "harbour.txt");
    assert_eq!(headlines(&folder, "is:noted"), [""; 0]);
}

#[test]
fn marks_go_out_as_json_and_come_back() {
    let folder = wire();
    run(&folder, &["mark", "note", "--text", "Ask Edda “tonight”", "harbour.txt"]).ok();
    run(&folder, &["mark", "read", "."]).ok();
    let text = run(&folder, &["state", "export"]).ok();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["dateline_state"], 1);
    assert_eq!(json["marks"].as_array().unwrap().len(), 4);
    let other = wire();
    let said = run_with(&other, &["state", "import"], text.as_bytes()).ok();
    assert_eq!(said, "4 marks imported, 0 already known\n");
    let said = run_with(&other, &["state", "import"], text.as_bytes()).ok();
    assert_eq!(said, "0 marks imported, 4 already known\n");
    assert_eq!(run(&other, &["state", "export"]).ok(), text);
    assert_eq!(headlines(&other, "is:read").len(), 3);
    let wrong = run_with(&other, &["state", "import"], b"[]");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("not an export of marks"), "{}", wrong.err);
}

#[test]
fn a_filter_on_marks_that_cannot_be_read_is_not_answered() {
    let folder = wire();
    run(&folder, &["mark", "read", "."]).ok();
    fs::write(database(&folder), "rubbish\0").unwrap();
    for arguments in [
        &["list", "--filter", "is:unread", "."][..],
        &["show", "--filter", "is:read", "."],
        &["export", "--to", "text", "--filter", "is:starred", "."],
        &["quotes", "--filter", "is:since-last", "."],
        &["speakers", "--filter", "is:unread", "."],
        &["health", "--filter", "is:unread", "."],
        &["diff", "--filter", "is:unread", "."],
        &["follow", "--all", "--filter", "is:unread", "."],
        &["state", "export"],
    ] {
        let printed = run(&folder, arguments);
        assert_eq!((printed.code, printed.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(printed.err.contains("damaged"), "{}", printed.err);
    }
    // No marks are asked for.
    assert_eq!(headlines(&folder, "").len(), 3);
    let printed = command(&folder, &["list", "--filter", "is:unread", "."])
        .env_remove("XDG_STATE_HOME")
        .env_remove("HOME")
        .output()
        .unwrap();
    assert_eq!(printed.status.code(), Some(2));
    let printed = run(&folder, &["list", "--no-state", "--filter", "is:unread", "."]);
    assert_eq!((printed.code, printed.out.lines().count()), (Some(0), 3));
}

#[test]
fn a_damaged_database_is_set_aside_and_recovered() {
    let folder = wire();
    run(&folder, &["mark", "read", "."]).ok();
    let mut bytes = fs::read(database(&folder)).unwrap();
    bytes[..600].fill(0);
    fs::write(database(&folder), bytes).unwrap();
    let printed = run(&folder, &["mark", "star", "harbour.txt"]);
    assert_eq!(printed.code, Some(0));
    let said = "it was set aside as ";
    assert!(printed.err.contains(said), "{}", printed.err);
    assert!(printed.err.contains("3 marks recovered"), "{}", printed.err);
    assert_eq!(headlines(&folder, "is:read").len(), 3);
    for arguments in [
        &["list", "--filter", "is:read", "."][..],
        &["mark", "star", "harbour.txt"],
        &["state", "export"],
    ] {
        let printed = run(&folder, arguments);
        assert_eq!(printed.code, Some(0), "{arguments:?}");
        let told = printed.err.matches("`dateline state recover`").count();
        assert_eq!(told, 1, "{arguments:?}: {}", printed.err);
    }
    let said = run(&folder, &["state", "recover"]).ok();
    assert!(said.starts_with("3 marks read, 0 of them brought back"), "{said}");
    let printed = run(&folder, &["list", "--filter", "is:read", "."]);
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    assert_eq!(run(&folder, &["state", "recover"]).code, Some(1));
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = wire();
    let other = folder.wire().join("../other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("marks.db"), "Mark the calendar.\n").unwrap();
    for arguments in [
        &["mark", "star", "--state", "../other", "."][..],
        &["list", "--filter", "is:starred", "--state", "../other", "."],
        &["state", "import", "--state", "../other"],
        &["state", "export", "--state", "../other"],
        &["state", "recover", "--state", "../other"],
    ] {
        let printed = run_with(&folder, arguments, b"{\"dateline_state\":1}");
        assert_eq!(printed.code, Some(2), "{arguments:?}");
        let named = "/marks.db is not a marks database: it is a text file";
        assert!(printed.err.contains(named), "{}", printed.err);
    }
    let kept = fs::read(other.join("marks.db")).unwrap();
    assert_eq!(kept, b"Mark the calendar.\n");
}

#[test]
fn no_character_of_an_export_acts_on_a_terminal() {
    let folder = wire();
    let note = "\u{9b}31m \u{202e} \u{7f} \u{feff} \u{2066}";
    run(&folder, &["mark", "note", "--text", note, "harbour.txt"]).ok();
    let text = run(&folder, &["state", "export"]).ok();
    let is_harmless = |c: char| c == '\n' || !c.is_control();
    assert!(text.chars().all(is_harmless), "{text:?}");
    assert!(text.contains("\\u009b31m \\u202e \\u007f"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["marks"][0]["value"], note);
}
