//! What the program does where the system gives it little: no room for output, few threads.

use std::process::{Command, Stdio};

use crate::program::{command, run};
use crate::support::{Folder, PROGRAM};
use crate::wire;

/// Every command that prints.
const COMMANDS: &[&[&str]] = &[
    &["--help"],
    &["--version"],
    &["list", "--help"],
    &["list", "."],
    &["show", "."],
    &["export", "--to", "md", "."],
    &["quotes", "."],
    &["speakers", "."],
    &["health", "."],
    &["check", "."],
    &["follow", "--all", "."],
    &["state", "export"],
    &["config", "default"],
    &["config", "check"],
    &["completions", "bash"],
    &["man"],
];

#[test]
fn output_that_cannot_be_written_is_told() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        // Not on every system.
        return;
    };
    let folder = wire();
    for arguments in COMMANDS {
        let mut command = command(&folder, arguments);
        command.stdout(full.try_clone().expect("/dev/full"));
        let output = command.output().expect("the program");
        let told = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(
            told.starts_with("dateline: cannot write: ") && told.lines().count() == 1,
            "{arguments:?}: {told}"
        );
    }
}

/// The program as a user who may have no more than so many threads. Limits do not hold for root, who becomes another
/// user for it; for others their own processes count, too, so that there may be no threads at all.
fn with_threads(folder: &Folder, count: u32, arguments: &[&str]) -> Option<Command> {
    let plain = command(folder, arguments);
    let limit = format!("--nproc={count}");
    let mut words = vec!["prlimit", &limit, PROGRAM];
    if rustix::process::geteuid().is_root() {
        words.splice(0..0, ["setpriv", "--reuid", "61240", "--clear-groups"]);
    }
    let mut limited = Command::new(words[0]);
    limited.args(&words[1..]).args(arguments);
    limited.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(folder.wire()).stdin(Stdio::null());
    let mut works = Command::new(words[0]);
    works.args(&words[1..]).arg("--version");
    let works = works.stdout(Stdio::null()).status();
    works.is_ok_and(|status| status.success()).then_some(limited)
}

#[test]
fn few_threads_are_enough_or_said_to_be_missing() {
    let folder = wire();
    for arguments in [
        &["list", "."][..],
        &["list", "--filter", "body:river", "."],
        &["quotes", "."],
        &["show", "."],
    ] {
        let expected = run(&folder, arguments).ok();
        for count in [1, 2, 3, 6, 12, 20] {
            let Some(mut limited) = with_threads(&folder, count, arguments) else {
                // Without the programs that limit it, this cannot be tried.
                return;
            };
            let output = limited.output().expect("the program");
            let out = String::from_utf8(output.stdout).expect("UTF-8");
            assert_eq!((out, output.status.code()), (expected.clone(), Some(0)), "{count}");
        }
    }
    // Following needs threads of its own, and says so.
    let mut limited = with_threads(&folder, 1, &["follow", "--all", "."]).expect("as before");
    let output = limited.output().expect("the program");
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.starts_with("dateline: the wire cannot be followed: the system could not start"),
        "{told}"
    );
}
