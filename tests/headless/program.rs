//! Runs the program without a terminal.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::support::{Folder, PROGRAM};

/// What the program has printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Printed {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        }
    }

    /// What was printed, where all went well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }
}

/// The program in the folder of the inputs, without a terminal.
pub(crate) fn command<A: AsRef<OsStr>>(folder: &Folder, arguments: &[A]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env_clear()
        .envs(folder.variables())
        .env("TERM", "xterm-256color")
        .current_dir(folder.wire())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program to its end.
pub(crate) fn run<A: AsRef<OsStr>>(folder: &Folder, arguments: &[A]) -> Printed {
    Printed::new(command(folder, arguments).output().expect("the program"))
}

/// Runs the program to its end with this on its standard input.
pub(crate) fn run_with<A: AsRef<OsStr>>(folder: &Folder, arguments: &[A], input: &[u8]) -> Printed {
    let mut child = command(folder, arguments).stdin(Stdio::piped()).spawn().expect("the program");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("its output");
    writer.join().expect("the writer");
    Printed::new(output)
}
