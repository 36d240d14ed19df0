//! Commands of which a call fails: what they have said is so, and what they could not do they say.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::packed;
use crate::shim::{Fault, Kind, Plan};
use crate::support::Folder;
use crate::tally::{Extent, Tally, Trouble};
use crate::{command, put_rows, run, set_aside};

/// How long a command may take, also where it waits for a lock that cannot be had.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a command must be true to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// With exit code 0 the marks are in the database.
    Marks,
    /// With exit code 0 all is printed that a run without faults prints.
    Output,
}

/// Marks of every kind, as `state import` reads them.
fn marks(keys: Range<usize>) -> String {
    let marks = keys.map(|key| {
        let (kind, value) = match key % 3 {
            0 => ("read", "true".to_owned()),
            1 => ("star", "true".to_owned()),
            _ => ("note", format!("\"Note {key}\"")),
        };
        format!(r#"{{"kind":"{kind}","key":"{key:016x}","value":{value},"at":5}}"#)
    });
    let marks: Vec<String> = marks.collect();
    format!(r#"{{"dateline_state":1,"marks":[{}]}}"#, marks.join(","))
}

/// Inputs of several formats in folders and archives, and a database with some thousand marks, some of them on rows of a file.
pub(crate) fn stage() -> Folder {
    let folder = Folder::new();
    put_rows(&folder, "a", 30);
    // Each at a time of its own, so that their order is always the same.
    let text = |name: &str, minute: u8| {
        format!("Headline: {name}\nSent: 2026-05-04T09:{minute}:00Z\n\nTOLLEN - It came back.\n")
    };
    folder.put("more/seals.txt", text("Seals on the slipway", 14));
    folder.put("more/deep/otters.txt", text("Otters in the harbour", 13));
    folder.put("gulls.txt.gz", packed::gzip(text("Gulls", 12).as_bytes()));
    let (terns, auks) = (text("Terns", 11), text("Auks", 10));
    let members = [("terns.txt", terns.as_bytes()), ("auks.txt", auks.as_bytes())];
    folder.put("birds.zip", packed::zip(&members));
    folder.put("../marks.json", marks(0..40));
    folder.put("../earlier.json", marks(1_000..4_000));
    let imported = run(&folder, &["state", "import", "../earlier.json"]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    let marked = run(&folder, &["mark", "read", "--filter", "/0000|0001/", "a.jsonl"]);
    assert_eq!(marked.status.code(), Some(0), "{marked:?}");
    folder
}

/// The marks that the program finds, without their times. An error if it cannot read them.
pub(crate) fn exported(folder: &Folder) -> Result<BTreeSet<String>, String> {
    let printed = run(folder, &["state", "export"]);
    let said = String::from_utf8_lossy(&printed.stderr).into_owned();
    let found: serde_json::Value = serde_json::from_slice(&printed.stdout).map_err(|_| said)?;
    let found = found["marks"].as_array().into_iter().flatten();
    Ok(found.map(|mark| format!("{} {} {}", mark["kind"], mark["key"], mark["value"])).collect())
}

/// Copies the state directory over another, whose files go.
pub(crate) fn copy_state(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("a state directory");
    for entry in fs::read_dir(from).expect("a state directory") {
        let path = entry.expect("its files").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
    }
}

/// Waits for the end of a program. `None` if it does not come; then the program is killed.
fn output_in_time(child: Child) -> Option<Output> {
    let pid = Pid::from_child(&child);
    let (tell, ended) = channel();
    std::thread::spawn(move || tell.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(DEADLINE) else {
        let _ = kill_process(pid, Signal::KILL);
        return None;
    };
    Some(output.expect("its output"))
}

/// One command, run again and again on the same inputs and marks.
struct Trial {
    folder: Folder,
    plan: Plan,
    arguments: &'static [&'static str],
    promise: Promise,
    /// What a run without faults prints, and the marks before and after it.
    expected: Vec<u8>,
    before: BTreeSet<String>,
    after: BTreeSet<String>,
}

impl Trial {
    fn new(arguments: &'static [&'static str], promise: Promise) -> Option<Self> {
        let folder = stage();
        if promise == Promise::Output {
            for number in 0..60 {
                let name = format!("many/{number}.txt");
                folder.put(name, format!("Headline: Bird {number}\n\nIt came back.\n"));
            }
        }
        let mut trial = Self {
            plan: Plan::new(&folder, "")?,
            arguments,
            promise,
            expected: Vec::new(),
            before: exported(&folder).expect("marks"),
            after: BTreeSet::new(),
            folder,
        };
        assert!(trial.before.len() > 10);
        copy_state(&trial.state(), &trial.kept_state());
        let output = trial.run(None).expect("an end");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        trial.expected = output.stdout;
        trial.after = exported(&trial.folder).expect("marks");
        assert_eq!(trial.after.len() > trial.before.len(), promise == Promise::Marks);
        Some(trial)
    }

    fn state(&self) -> PathBuf {
        self.folder.wire().join("../home/state/dateline")
    }

    fn kept_state(&self) -> PathBuf {
        self.folder.wire().join("../kept")
    }

    /// Runs the command on the state as it was at first.
    fn run(&self, fault: Option<Fault>) -> Option<Output> {
        copy_state(&self.kept_state(), &self.state());
        self.plan.set(fault);
        let mut command = command(&self.folder, self.arguments);
        command.envs(self.plan.variables());
        output_in_time(command.spawn().expect("the program"))
    }

    /// Whether all is as it must be after a run with a fault.
    fn check(&self, fault: Fault, output: &Output) -> Result<(), (Trouble, String)> {
        let said = String::from_utf8_lossy(&output.stderr);
        let account = |what: &str| format!("{what}; {}: {}", output.status, said.trim_end());
        let code = output.status.code();
        if !matches!(code, Some(0..=2)) {
            return Err((Trouble::Panicked, account("it fell over")));
        }
        let aside = set_aside(&self.folder);
        if !aside.is_empty() {
            return Err((Trouble::SetAside, account(&aside.join(", "))));
        }
        let marks = exported(&self.folder).map_err(|why| (Trouble::Lost, account(&why)))?;
        if !self.before.is_subset(&marks) {
            return Err((Trouble::Lost, account("earlier marks are gone")));
        }
        if code == Some(0) {
            if self.promise == Promise::Marks && !self.after.is_subset(&marks) {
                return Err((Trouble::Lost, account("acknowledged, not there")));
            }
            if output.stdout != self.expected {
                return Err((Trouble::Silent, account("something is missing")));
            }
            return Ok(());
        }
        if code == Some(1) {
            return Err((Trouble::Silent, account("as if nothing matched")));
        }
        // What it says may be what cannot be written.
        if said.is_empty() && fault.kind != Kind::Write {
            return Err((Trouble::Silent, account("not a word")));
        }
        Ok(())
    }
}

/// Runs a command with each fault in turn.
#[track_caller]
fn sweep(name: &'static str, arguments: &'static [&'static str], promise: Promise, extent: Extent) {
    let Some(trial) = Trial::new(arguments, promise) else {
        return;
    };
    let mut tally = Tally::new(name);
    for fault in extent.faults(&trial.plan) {
        if tally.is_too_slow(fault) {
            continue;
        }
        let begun = Instant::now();
        let output = trial.run(Some(fault));
        let (failed, took) = (trial.plan.failed(), begun.elapsed());
        let Some(output) = output else {
            let account = "no end".to_owned();
            tally.add(fault, failed, took, false, Err((Trouble::Hung, account)));
            continue;
        };
        let is_fine = output.status.success();
        tally.add(fault, failed, took, is_fine, trial.check(fault, &output));
    }
    tally.finish();
}

const MARK: &[&str] = &["mark", "star", "--filter", "/0002/", "a.jsonl"];
const IMPORT: &[&str] = &["state", "import", "../marks.json"];
const LIST: &[&str] = &["list", "--format", "tsv", "."];
const READ: &[&str] = &["list", "--format", "tsv", "--filter", "is:read", "."];
const SHOW: &[&str] = &["show", "."];
const EXPORT: &[&str] = &["export", "--to", "md", "."];

#[test]
fn a_sample_of_commands_keeps_its_promises() {
    sweep("mark", MARK, Promise::Marks, Extent::Sample);
    sweep("state import", IMPORT, Promise::Marks, Extent::Sample);
    sweep("list", LIST, Promise::Output, Extent::Sample);
    sweep("export", EXPORT, Promise::Output, Extent::Sample);
}

#[test]
#[ignore = "takes minutes"]
fn mark_keeps_its_promises() {
    sweep("mark", MARK, Promise::Marks, Extent::Whole);
}

#[test]
#[ignore = "takes minutes"]
fn state_import_keeps_its_promises() {
    sweep("state import", IMPORT, Promise::Marks, Extent::Whole);
}

#[test]
#[ignore = "takes minutes"]
fn list_keeps_its_promises() {
    sweep("list", LIST, Promise::Output, Extent::Whole);
}

#[test]
#[ignore = "takes minutes"]
fn a_filter_by_marks_keeps_its_promises() {
    sweep("list is:read", READ, Promise::Output, Extent::Whole);
}

#[test]
#[ignore = "takes minutes"]
fn show_keeps_its_promises() {
    sweep("show", SHOW, Promise::Output, Extent::Whole);
}

#[test]
#[ignore = "takes minutes"]
fn export_keeps_its_promises() {
    sweep("export", EXPORT, Promise::Output, Extent::Whole);
}
