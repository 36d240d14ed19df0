//! `dateline follow`: each dispatch once and whole, at once, and an end when nobody listens.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
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
    std::fs::rename(folder.wire().join("wire.jsonl"), folder.wire().join("old.jsonl")).unwrap();
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

#[test]
fn it_ends_where_standard_output_is_closed() {
    let folder = Folder::new();
    folder.put("harbour.txt", HARBOUR);
    let mut shell = std::process::Command::new("sh");
    let script = "exec \"$0\" follow --all . >&-";
    shell.args(["-c", script, crate::support::PROGRAM]);
    let shell = shell.env_clear().envs(folder.variables());
    let ended = shell.current_dir(folder.wire()).output().expect("a shell");
    assert_eq!(ended.status.code(), Some(0));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(said, "dateline: standard output is closed\n");
}

fn item(name: &str) -> String {
    format!("{{\"id\": \"urn:{name}\", \"headline\": \"{name}\", \"text\": \"It was seen.\"}}\n")
}

/// A change of the folders: renames, then a file that is put there, then what is printed, if anything.
type Step<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

/// Follows `root` while folders are renamed. Everything is printed once; what is said contains these words.
#[track_caller]
fn check_replaced(root: &str, steps: &[Step<'_>], said: &str) {
    let folder = Folder::new();
    let path = |name: &str| folder.wire().join(name);
    folder.put("top/par/spool/one", item("one"));
    folder.put("new/spool/two", item("two"));
    std::os::unix::fs::symlink("top/par", path("link")).expect("a link");
    std::os::unix::fs::symlink("new", path("new-link")).expect("a link");
    let mut following = Following::new(&folder, &["follow", "--all", root]);
    assert_eq!(following.next(), "one");
    for (renames, file, printed) in steps {
        for (from, to) in *renames {
            std::fs::rename(path(from), path(to)).expect("a renamed folder");
        }
        folder.put(file, item(file.rsplit('/').next().unwrap_or(file)));
        if !printed.is_empty() {
            assert_eq!(following.next(), *printed);
        }
    }
    following.signal(Signal::TERM);
    let (mut printed, mut told) = (String::new(), String::new());
    following.lines.read_to_string(&mut printed).expect("UTF-8");
    assert_eq!(printed, "");
    let stderr = following.child.stderr.as_mut().expect("its errors");
    stderr.read_to_string(&mut told).expect("UTF-8");
    assert!(told.contains(said), "{told}");
    assert!(!told.contains("was deleted before"), "{told}");
    assert_eq!(following.code(), Some(143));
}

#[test]
fn a_folder_that_is_another_one_now_is_read_and_followed() {
    let swap = [("top/par/spool", "old"), ("new/spool", "top/par/spool")];
    let swap_parent = [("top/par", "old"), ("new", "top/par")];
    let retarget = [("new-link", "link")];
    for (root, renames) in
        [("top/par/spool", &swap[..]), ("top/par/spool", &swap_parent), ("link/spool", &retarget)]
    {
        let (three, four) = (&format!("{root}/three"), &format!("{root}/four"));
        let steps: [Step<'_>; 4] = [
            (renames, "elsewhere", "two"),
            (&[], three, "three"),
            // What happens in the old folder is of no interest.
            (&[], "old/ghost", ""),
            (&[], four, "four"),
        ];
        let said = "folder is under this path now: it is read and followed";
        check_replaced(root, &steps, said);
    }
}

#[test]
fn what_comes_while_a_folder_is_away_is_read_when_it_is_back() {
    let folders = [("top/par/spool", ""), ("top/par", "spool/"), ("top", "par/spool/")];
    for (moved, below) in folders {
        let two = &format!("away/{below}two");
        let three = &format!("{moved}/{below}three");
        let steps: [Step<'_>; 3] = [
            (&[(moved, "away")], two, ""),
            (&[("away", moved)], "elsewhere", "two"),
            (&[], three, "three"),
        ];
        check_replaced("top/par/spool", &steps, "");
    }
}

/// Says on the real standard error, which the test harness does not keep back, why a test did not run.
fn not_run(why: &str) {
    let _ = writeln!(std::io::stderr(), "a test of mounts did not run: {why}");
}

/// A file system that is mounted over the folder, in a namespace of its own, which not every system allows.
#[test]
fn what_is_mounted_over_a_folder_is_read_and_followed() {
    let folder = Folder::new();
    folder.put("spool/sub/one", item("one"));
    let script = "\"$0\" follow --all spool & read -r _; mount -t tmpfs none \"$1\" && printf %s \"$2\" >\"$1\"/two; read -r _; kill $!";
    for mounted in ["spool", "spool/sub"] {
        let mut shell = std::process::Command::new("unshare");
        shell.args(["-Urm", "sh", "-c", script, crate::support::PROGRAM]);
        shell.args([mounted, &item("two")]);
        let shell = shell.env_clear().envs(folder.variables());
        let piped = shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = piped.current_dir(folder.wire()).stderr(Stdio::null()).spawn();
        let Ok(mut child) = started else {
            return not_run("there is no unshare(1)");
        };
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let mut next = || {
            let mut line = String::new();
            lines.read_line(&mut line).expect("a line");
            line
        };
        if !next().contains("one") {
            return not_run("this user may not make a namespace of mounts");
        }
        let mut stdin = child.stdin.take().expect("its input");
        stdin.write_all(b"\n").expect("a line");
        let printed = next();
        assert!(printed.contains("two"), "{mounted}: {printed:?}");
        stdin.write_all(b"\n").expect("a line");
        child.wait().expect("an end");
    }
}

/// More events than the system keeps: they are lost, but what was known is no news.
#[test]
fn what_was_printed_is_not_printed_again_after_lost_events() {
    let folder = Folder::new();
    let name = |file: usize, round: usize| folder.wire().join(format!("{file}-{round}.jsonl"));
    let files = 0..100;
    for file in files.clone() {
        std::fs::write(name(file, 0), item(&file.to_string())).unwrap();
    }
    let mut following = Following::new(&folder, &["follow", "--all", "."]);
    for _ in files.clone() {
        following.next();
    }
    following.signal(Signal::STOP);
    for round in 0..100 {
        for file in files.clone() {
            std::fs::rename(name(file, round), name(file, round + 1)).unwrap();
        }
    }
    let file = std::fs::OpenOptions::new().append(true).open(name(7, 100));
    file.unwrap().write_all(item("appended").as_bytes()).unwrap();
    following.signal(Signal::CONT);
    assert_eq!(following.next(), "appended");
    folder.put("last.jsonl", item("last"));
    assert_eq!(following.next(), "last");
    following.signal(Signal::TERM);
    assert_eq!(following.code(), Some(143));
}
