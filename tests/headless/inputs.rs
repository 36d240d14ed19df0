//! Which inputs are read, what becomes of bad ones, and with which code the program ends.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use crate::program::{command, run};
use crate::support::Folder;
use crate::{HARBOUR, ORCHARD, wire};

/// Each of these names has one line of its own, which gives this reason.
#[track_caller]
fn tells(err: &str, expected: &[(&str, &str)]) {
    assert_eq!(err.lines().count(), expected.len(), "{err}");
    for (name, reason) in expected {
        let line = err.lines().find(|line| line.contains(name)).unwrap_or_default();
        assert!(line.starts_with("dateline: ") && line.contains(reason), "{line}");
    }
}

#[test]
fn hidden_and_unfinished_files_of_a_folder_are_left_out() {
    let folder = wire();
    for name in [".hidden.txt", "old.txt~", "half.tmp", "half.txt.part", ".git/inside.txt"] {
        folder.put(name, HARBOUR.replace("0001", name));
    }
    assert_eq!(run(&folder, &["list", "."]).ok().lines().count(), 3);
    // Named by itself, such a file is read.
    assert_eq!(run(&folder, &["list", ".hidden.txt", "half.tmp"]).ok().lines().count(), 2);
}

#[test]
fn exit_codes() {
    let folder = wire();
    assert_eq!(run(&folder, &["list", "."]).code, Some(0));
    assert_eq!(run(&folder, &["list", ".", "--filter", "zeppelins"]).code, Some(1));
    let usage = run(&folder, &["list", "--no-such-option"]);
    assert_eq!((usage.code, usage.out.as_str()), (Some(2), ""));
    assert_eq!(
        usage.err,
        "dateline: there is no option --no-such-option; `dateline list --help` lists them\n"
    );
    let nearly = run(&folder, &["lsit"]);
    assert_eq!((nearly.code, nearly.out.as_str()), (Some(2), ""));
    assert_eq!(
        nearly.err,
        "dateline: there is no file lsit, and no such command; did you mean `dateline list`?\n"
    );
    let missing = run(&folder, &["list", "harbour.txt", "gone.txt"]);
    assert_eq!((missing.code, missing.out.lines().count()), (Some(2), 1));
    assert_eq!(run(&folder, &["--help"]).code, Some(0));
    assert_eq!(run(&folder, &["--version"]).code, Some(0));
}

#[test]
fn a_bad_input_costs_one_line_and_the_others_are_read() {
    let folder = wire();
    folder.put("bad/empty.txt", "");
    folder.put("bad/blank.txt", " \n\t\n");
    folder.put("bad/nuls.bin", [0u8, 1, 2, 3].repeat(500));
    folder.put("bad/sheet.txt", b"%PDF-1.7 and so on");
    let printed = run(&folder, &["list", ".", "gone.txt"]);
    assert_eq!(printed.code, Some(2));
    assert_eq!(printed.out.lines().count(), 3);
    let expected = [
        ("bad/blank.txt", "white space"),
        ("bad/empty.txt", "empty"),
        ("bad/nuls.bin", "binary"),
        ("bad/sheet.txt", "PDF"),
        ("gone.txt", "no such file"),
    ];
    tells(&printed.err, &expected);
}

#[test]
fn one_bad_line_hides_no_good_one() {
    let folder = Folder::new();
    folder.put("day.jsonl", ORCHARD.replace('\n', "\n{\"headline\": \"cut of\n"));
    let printed = run(&folder, &["list", "day.jsonl"]);
    assert_eq!((printed.code, printed.out.lines().count()), (Some(2), 2), "{printed:?}");
    assert!(
        printed.err.lines().any(|line| line.contains("day.jsonl, line 2: ")),
        "{}",
        printed.err
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_readable_file_is_named_and_passed_over() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = wire();
    let at = folder.wire();
    symlink(at.join("nowhere"), at.join("dangling.txt")).unwrap();
    symlink(&at, at.join("more/round")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(at.join("fifo.txt")).status();
    assert!(fifo.unwrap().success());
    let locked = folder.put("locked/inside.txt", HARBOUR);
    let closed = folder.put("closed.txt", HARBOUR);
    set_permissions(locked.parent().unwrap(), Permissions::from_mode(0o000)).unwrap();
    set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    // Who may read everything (root) reads these two as well.
    let all_seeing = std::fs::read(&closed).is_ok();
    let printed = run(&folder, &["list", "."]);
    set_permissions(locked.parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(printed.code, Some(2));
    let mut expected = vec![("dangling.txt", "no such file"), ("fifo.txt", "not a regular file")];
    if !all_seeing {
        expected.extend([("locked", "permission denied"), ("closed.txt", "permission denied")]);
    }
    assert_eq!(printed.out.lines().count(), if all_seeing { 5 } else { 3 });
    tells(&printed.err, &expected);
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let folder = Folder::new();
    let mut many = String::new();
    for i in 0..50_000 {
        let text = "text ".repeat(20);
        let _ = writeln!(many, r#"{{"headline": "number {i}", "body": "{text}"}}"#);
    }
    folder.put("many.jsonl", many);
    for arguments in [["list", "."], ["show", "."], ["quotes", "."]] {
        let mut child =
            command(&folder, &[&arguments[..], &["--format", "jsonl"]].concat()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.starts_with('{'), "{line}");
        drop(out);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
    }
}

#[test]
fn a_stream_is_read_as_it_comes() {
    let folder = Folder::new();
    let mut child = command(&folder, &["list", "-", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = (0..9).map(|_| ORCHARD).collect();
    for piece in lines.as_bytes().chunks(100) {
        stdin.write_all(piece).unwrap();
        std::thread::yield_now();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 18);
}

#[test]
fn what_brings_no_text_is_not_read_for_ever() {
    let folder = Folder::new();
    let mut child = command(&folder, &["list"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The pipe closes as soon as it is plain that this is no text.
    let zeros = vec![0; 1 << 16];
    while stdin.write_all(&zeros).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("binary"));
    #[cfg(unix)]
    for device in ["/dev/zero", "/dev/null"] {
        let printed = run(&folder, &["list", device]);
        assert_eq!(printed.code, Some(2));
        assert!(printed.err.contains(device) && printed.err.contains("a device"));
    }
}
