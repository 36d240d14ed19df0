//! What is logged beside the marks, and what is not.

use std::fs;

use crate::program::command;
use crate::support::Folder;
use crate::wire;

/// Runs a command that finds one input, but not the other. Returns the files of the log, one after the other.
fn logged(folder: &Folder, level: Option<&str>, options: &[&str]) -> Option<String> {
    let mut command = command(folder, &["list", "harbour.txt", "nowhere.txt"]);
    command.args(options);
    if let Some(level) = level {
        command.env("DATELINE_LOG", level);
    }
    let output = command.output().expect("the program");
    assert_eq!(output.status.code(), Some(2));
    let state = folder.wire().join("../home/state/dateline");
    let files = fs::read_dir(state).ok()?;
    let files = files.map(|file| file.expect("a file").path());
    let logs = files.filter(|path| path.to_string_lossy().contains("/log-"));
    Some(logs.map(|path| fs::read_to_string(path).expect("a log")).collect())
}

#[test]
fn problems_are_logged_but_no_dispatches() {
    let folder = wire();
    // No folder is made for a log that nobody has asked for.
    assert_eq!(logged(&folder, None, &[]), None);
    assert_eq!(logged(&folder, Some("debug"), &["--no-state"]), None);
    let log = logged(&folder, Some("warn"), &[]).expect("a log");
    assert!(log.contains("WARN") && log.contains("nowhere.txt: "), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    // Where there are marks, there is a log; each process has its own.
    let log = logged(&folder, None, &[]).expect("two logs");
    assert_eq!(log.lines().count(), 2, "{log}");
    assert_eq!(logged(&folder, Some("off"), &[]).as_ref(), Some(&log));
    assert_eq!(logged(&folder, None, &["--no-state"]).as_ref(), Some(&log));
    let log = logged(&folder, Some("trace"), &[]).expect("three logs");
    for word in ["seals", "slipway", "Edda", "Brook"] {
        assert!(!log.contains(word), "{log}");
    }
}
