//! What the program asks of the system, as strace sees it: no sockets, no programs but the user's commands, nothing
//! written but marks, named files and the terminal.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portable_pty::CommandBuilder;

use crate::commands::stage;
use crate::pty::{Terminal, text};
use crate::shim::not_run;
use crate::support::{Folder, PROGRAM};

/// What strace is asked for. Each thread has a file of its own, so that no line is broken by those of others.
const OPTIONS: [&str; 7] = ["-f", "-ff", "-qq", "-s", "4096", "-e", "trace=%file,%network"];

/// True if programs can be traced here. Says so if not.
fn can_trace() -> bool {
    let mut strace = Command::new("strace");
    strace.args(["-o", "/dev/null", PROGRAM, "--version"]);
    match strace.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => true,
        Ok(_) => {
            not_run("strace may not trace here");
            false
        }
        Err(_) => {
            not_run("there is no strace");
            false
        }
    }
}

/// The traced calls of a program and what it has started.
struct Trace {
    folder: Folder,
}

impl Trace {
    fn new() -> Self {
        let folder = stage();
        // What the set-up has written is not to be seen again.
        fs::remove_dir_all(folder.wire().join("../home/state")).expect("marks");
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.wire().join("../trace")
    }

    /// The program under strace, without a terminal.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("strace");
        command.args(OPTIONS).arg("-o").arg(self.path());
        command.arg(PROGRAM).args(arguments);
        command.env_clear().envs(self.folder.variables());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.current_dir(self.folder.wire());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    fn calls(&self) -> Vec<Call> {
        let folder = self.folder.wire().join("..");
        let entries = fs::read_dir(folder).expect("the traces");
        let paths = entries.map(|entry| entry.expect("a trace").path());
        let is_trace = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("trace.")
        };
        let mut calls = Vec::new();
        for path in paths.filter(is_trace) {
            let text = fs::read_to_string(path).expect("a trace");
            calls.extend(text.lines().filter_map(Call::parse));
        }
        assert!(calls.iter().any(|call| call.name == "execve"));
        calls
    }

    /// Checks the calls. `programs`: what may be started; `files`: what may be written besides marks and the terminal.
    #[track_caller]
    fn check(&self, programs: &[&str], files: &[&str], marks: bool) {
        let state = self.folder.wire().join("../home/state");
        let state = state.canonicalize().unwrap_or(state);
        let may_be_written = |path: &str| {
            let path = self.folder.wire().join(path);
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            (marks && path.starts_with(&state))
                || path.starts_with("/dev/pts")
                || [Path::new("/dev/tty"), Path::new("/dev/null")].contains(&path.as_path())
                // A file is written under a name of its own first.
                || files.iter().any(|file| name == *file || name.starts_with(&format!(".{file}.")))
        };
        for call in self.calls() {
            let is_fine = match call.name.as_str() {
                // A pair of sockets without a name is how the program wakes itself up; these are sent to, too.
                "socketpair" => call.line.contains("AF_UNIX"),
                "sendto" => call.line.contains("NULL, 0)"),
                "recvfrom" | "recvmsg" | "shutdown" => true,
                "execve" | "execveat" => {
                    let program = call.paths.first().map_or("", String::as_str);
                    let name = program.rsplit('/').next();
                    program == PROGRAM || name.is_some_and(|name| programs.contains(&name))
                }
                _ if !call.writes() => true,
                name => {
                    !CONNECTING.contains(&name)
                        && call.paths.iter().all(|path| may_be_written(path))
                }
            };
            assert!(is_fine, "{}", call.line);
        }
    }
}

/// Calls that only look.
const READING: [&str; 16] = [
    "access",
    "chdir",
    "faccessat",
    "faccessat2",
    "getcwd",
    "getpeername",
    "getsockname",
    "getsockopt",
    "inotify_add_watch",
    "lstat",
    "newfstatat",
    "readlink",
    "readlinkat",
    "stat",
    "statfs",
    "statx",
];

/// Calls that reach other machines or programs.
const CONNECTING: [&str; 7] =
    ["accept", "accept4", "bind", "connect", "listen", "sendmsg", "socket"];

/// A line of a trace.
struct Call {
    name: String,
    /// The texts in quotes: paths, and the arguments of a program.
    paths: Vec<String>,
    line: String,
}

impl Call {
    fn parse(line: &str) -> Option<Self> {
        let (name, rest) = line.split_once('(')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        name.chars().all(is_name).then(|| Self {
            name: name.to_owned(),
            paths: rest.split('"').skip(1).step_by(2).map(str::to_owned).collect(),
            line: line.to_owned(),
        })
    }

    /// Whether it may change something.
    fn writes(&self) -> bool {
        let flags = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"];
        match self.name.as_str() {
            "open" | "openat" | "openat2" => flags.iter().any(|flag| self.line.contains(flag)),
            name => !READING.contains(&name),
        }
    }
}

#[test]
fn commands_that_print_write_nothing() {
    if !can_trace() {
        return;
    }
    let trace = Trace::new();
    for arguments in [
        &["list", "--filter", "is:unread", "."][..],
        &["show", "."],
        &["quotes", "."],
        &["export", "--to", "md", "."],
        &["check", "."],
        &["state", "export"],
    ] {
        let output = trace.command(arguments).output().expect("strace");
        // Exit code 1: there was nothing to print.
        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}");
        trace.check(&[], &[], false);
    }
}

#[test]
fn commands_that_mark_write_marks_only() {
    if !can_trace() {
        return;
    }
    let trace = Trace::new();
    for arguments in [&["mark", "star", "."][..], &["state", "import", "../marks.json"]] {
        let output = trace.command(arguments).output().expect("strace");
        assert!(output.status.success(), "{arguments:?}");
    }
    trace.check(&[], &[], true);
}

#[test]
fn following_writes_nothing() {
    if !can_trace() {
        return;
    }
    let trace = Trace::new();
    let arguments = ["follow", "--all", "--no-state", "."];
    let mut child = trace.command(&arguments).spawn().expect("strace");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a row");
    assert!(!line.is_empty());
    // It ends when nobody reads on.
    drop(lines);
    child.wait().expect("its end");
    trace.check(&[], &[], false);
}

#[test]
fn the_screen_writes_what_it_is_told_to() {
    if !can_trace() {
        return;
    }
    let trace = Trace::new();
    let mut command = CommandBuilder::new("strace");
    command.args(OPTIONS);
    command.arg("-o");
    command.arg(trace.path());
    command.args([PROGRAM, "."]);
    let mut terminal = Terminal::run(&trace.folder, command, 120, 40);
    terminal.wait_for("35 dispatches");
    terminal.press("sr");
    terminal.wait_for("★09:14");
    terminal.press("/Row\r");
    terminal.wait_for("30 · 0 in texts");
    terminal.press("\x1b");
    terminal.wait("all rows", |screen| text(screen).contains(" 6 of 35"));
    terminal.press("S");
    terminal.wait_for("speakers");
    terminal.press("S");
    terminal.wait("all rows", |screen| text(screen).contains(" 6 of 35"));
    terminal.press(":w saved.md\r");
    terminal.wait_for("1 dispatch saved in saved.md");
    terminal.press("|cat\r");
    terminal.wait_for("Enter goes back to dateline");
    terminal.press("\r");
    terminal.wait_for("35 dispatches");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    trace.check(&["cat"], &["saved.md"], true);
    let saved = fs::read_to_string(trace.folder.wire().join("saved.md")).expect("what was saved");
    assert!(!saved.is_empty());
}
