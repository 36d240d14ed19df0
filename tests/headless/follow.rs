//! `dateline follow`: each dispatch once and whole, at once, and an end when nobody listens.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::program::{command, run};
use crate::support::Folder;
use crate::{HARBOUR, ORCHARD};

/// The program that follows, and what it prints.
struct Following {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Following {
    fn new(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = command(folder, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let lines = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, lines }
    }

    /// The headline of the next record.
    fn next(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        let record: serde_json::Value = serde_json::from_str(&line).expect("a record");
        record["headline"].as_str().unwrap_or_default().to_owned()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("a signal");
    }

    fn code(&mut self) -> Option<i32> {
        self.child.wait().expect("an end").code()
    }
}

#[test]
fn what_is_there_and_what_arrives_is_printed_once() {
    let folder = Folder::new();
    folder.put("harbour.txt", HARBOUR);
    let mut following = Following::new(&folder, &["follow", "--all", "."]);
    assert_eq!(following.next(), "Harbour seals back on the slipway");
    folder.put("wire.jsonl", ORCHARD);
    assert_eq!(following.next(), "Orchard floods");
    assert_eq!(following.next(), "Bell tower leans");
    // The same again, and under another name: nothing new. A correction is.
    folder.put("harbour.txt", HARBOUR);
    std::fs::rename(
        folder.wire().join("wire.jsonl"),
        folder.wire().join("old.jsonl"),
    )
    .unwrap();
    folder.put("harbour.txt", HARBOUR.replace("back on", "leave"));
    assert_eq!(following.next(), "Harbour seals leave the slipway");
    following.signal(Signal::TERM);
    assert_eq!(following.code(), Some(143));
}

#[test]
fn the_filter_keeps_what_it_keeps() {
    let folder = Folder::new();
    let arguments = ["follow", "--all", "--filter", "orchard", "."];
    let mut following = Following::new(&folder, &arguments);
    folder.put("harbour.txt", HARBOUR);
    folder.put("wire.jsonl", ORCHARD);
    assert_eq!(following.next(), "Orchard floods");
    following.signal(Signal::INT);
    assert_eq!(following.code(), Some(130));
}

#[test]
fn a_pipe_is_followed_and_ends() {
    let folder = Folder::new();
    let mut following = Following::new(&folder, &["follow"]);
    let mut pipe = following.child.stdin.take().expect("its input");
    for (line, headline) in ORCHARD.lines().zip(["Orchard floods", "Bell tower leans"]) {
        writeln!(pipe, "{line}").unwrap();
        assert_eq!(following.next(), headline);
    }
    drop(pipe);
    assert_eq!(following.code(), Some(0));
}

/// What came before tells of what comes: a kill is read before what it kills.
#[test]
fn a_filter_may_ask_what_others_make_of_a_dispatch() {
    let folder = Folder::new();
    let mut following = Following::new(&folder, &["follow", "--filter", "is:killed"]);
    let mut pipe = following.child.stdin.take().expect("its input");
    let notice = r#"{"id": "urn:qn:9", "label": "KILL", "headline": "Notice", "kills": "urn:qn:1", "date": "2026-11-19T12:00:00Z"}"#;
    writeln!(pipe, "{notice}").unwrap();
    assert_eq!(following.next(), "Notice");
    let stories = r#"{"id": "urn:qn:2", "headline": "Rope found", "date": "2026-11-19T10:00:00Z"}
{"id": "urn:qn:1", "headline": "Lamp found", "date": "2026-11-19T10:00:00Z"}"#;
    writeln!(pipe, "{stories}").unwrap();
    assert_eq!(following.next(), "Lamp found");
    drop(pipe);
    assert_eq!(following.code(), Some(0));
}

#[test]
fn a_filter_may_ask_for_marks() {
    let folder = Folder::new();
    folder.put("wire.jsonl", ORCHARD);
    run(&folder, &["mark", "star", "--item", "QRN-0002", "."]).ok();
    let arguments = ["follow", "--all", "--filter", "is:starred", "."];
    let mut following = Following::new(&folder, &arguments);
    assert_eq!(following.next(), "Orchard floods");
    following.signal(Signal::TERM);
    assert_eq!(following.code(), Some(143));
}

#[test]
fn it_ends_when_nobody_listens() {
    let folder = Folder::new();
    let Following { mut child, lines } = Following::new(&folder, &["follow", "."]);
    // Nothing is written any more that would tell it.
    drop(lines);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}
