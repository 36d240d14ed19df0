//! Runs the `console` blocks of a guide: a line that begins with `$ ` is a command of the shell, what follows is its output.
//!
//! A line of three dots stands for any lines. Each guide has a folder of its own, in which `wire/` is the built-in wire.
//! Where a program that a command is piped into is not installed, only what stands before it is run.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::root;
use crate::support::{Folder, PROGRAM};

/// Programs that not every machine has.
const GUESTS: &[&str] = &["jq", "fzf"];
/// The date of the files of the wire.
const DATE: u64 = 1_795_046_400;
/// Seconds after which a command has failed.
const DEADLINE: &str = "30";

/// What came of a guide.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// The guide with what its commands print now.
    pub(crate) text: String,
    /// What does not print what stands there.
    pub(crate) wrong: Vec<String>,
}

/// Runs all commands of a guide, in order.
#[allow(clippy::print_stderr)] // Says what could not be run here.
pub(crate) fn run(name: &str, text: &str) -> Run {
    let folder = stage();
    let mut run = Run::default();
    let mut lines = text.lines().peekable();
    let (mut within, mut skipped) = (false, 0);
    while let Some(line) = lines.next() {
        run.text += line;
        run.text.push('\n');
        within = if within { !line.starts_with("```") } else { line == "```console" };
        let Some(command) = line.strip_prefix("$ ").filter(|_| within) else {
            continue;
        };
        let mut expected = Vec::new();
        while let Some(line) =
            lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with("```"))
        {
            expected.push(line);
        }
        let printed = match known(command) {
            Some(whole) if whole == command => shell(&folder, command),
            Some(part) => {
                skipped += 1;
                let _ = shell(&folder, part);
                expected.join("\n")
            }
            None => panic!("{name}: {command}: nothing of it can be run"),
        };
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        // What another program complains of is no output to show.
        let complaint = printed.iter().find(|line| line.starts_with("jq: error"));
        assert_eq!(complaint, None, "{name}: $ {command}");
        let same = fits(&expected, &printed);
        let kept = if same { &expected } else { &printed };
        for line in kept {
            run.text += line;
            run.text.push('\n');
        }
        if !same {
            run.wrong.push(format!("{name}: $ {command}\n{}", printed.join("\n")));
        }
    }
    if skipped > 0 {
        eprintln!(
            "{name}: {skipped} commands were run in part, for want of {}",
            GUESTS.join(" or ")
        );
    }
    run
}

/// A folder with the wire and the program.
fn stage() -> Folder {
    let folder = Folder::new();
    for file in fs::read_dir(root().join("assets/wire")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let to = folder.put(format!("wire/{name}"), fs::read(&path).unwrap());
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(DATE);
        File::options().write(true).open(to).unwrap().set_modified(date).unwrap();
    }
    folder
}

/// The part of a pipeline that this machine can run: whole, up to the first missing program, or nothing.
fn known(command: &str) -> Option<&str> {
    let mut at = 0_usize;
    for part in command.split(" | ") {
        let program = part.split_whitespace().next().unwrap_or("");
        if GUESTS.contains(&program) && !is_there(program) {
            return command.get(..at.checked_sub(" | ".len())?);
        }
        at += part.len() + " | ".len();
    }
    Some(command)
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// What a line of the shell prints, on both outputs.
fn shell(folder: &Folder, line: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    // A function, so that the program is found by its name whatever else is installed.
    let script =
        format!("dateline() {{ timeout {DEADLINE} \"$PROGRAM\" \"$@\"; }}\n{{ {line}\n}} 2>&1");
    let output = Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .envs(folder.variables())
        .env("PATH", path)
        .env("PROGRAM", PROGRAM)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(folder.wire())
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// True where the lines are the same but for those that dots stand for.
fn fits(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|from| fits(rest, &printed[from..])),
        Some((first, rest)) => printed.first() == Some(first) && fits(rest, &printed[1..]),
    }
}

#[test]
fn dots_stand_for_any_lines() {
    assert!(fits(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(fits(&["..."], &[]));
    assert!(!fits(&["a", "..."], &["b"]));
    assert!(!fits(&["a"], &["a", "b"]));
}
