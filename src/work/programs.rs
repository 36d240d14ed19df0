//! Runs the user's programs in the background: commands of views, clipboard programs, browsers.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::jobs::{ExportDispatches, ViewCommand};
use crate::text::error_reason;
use crate::threads;
use crate::work::dispatches::read_full_dispatches;

/// How long a command of a view or a clipboard program may run, since the others wait for it.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum number of bytes of a command's standard error that are shown.
const MAX_STDERR: usize = 400;

/// Runs the command of a view on its dispatch.
///
/// # Errors
/// A message that says why the command was not run, or how it failed.
pub(super) fn run_view_command(wanted: &ViewCommand) -> Result<(), String> {
    run(&wanted.command, command_input(wanted)?, PROGRAM_TIMEOUT)
}

/// Pipes a text to the first of some programs that accepts it.
///
/// # Errors
/// How the last of them failed.
pub(super) fn copy_to_program(programs: &[Vec<String>], text: &str) -> Result<(), String> {
    let mut result = Ok(());
    for program in programs {
        result = run(program, text.as_bytes().to_vec(), PROGRAM_TIMEOUT);
        if result.is_ok() {
            break;
        }
    }
    result
}

/// Runs a program in a process group of its own, so that ^C at the terminal does not reach it, and waits for it to end.
/// Returns a message if it fails.
pub(super) fn launch_program(command: &[String]) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let hint = "set url = [\"PROGRAM\", \"{}\"] under [open] in the config file to use another";
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| {
        format!("{program} cannot be started ({}): {hint}", error_reason(&error))
    })?;
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(match status.code() {
            Some(code) => format!("{program} ended with exit code {code}: {hint}"),
            None => format!("{program} was ended by a signal: {hint}"),
        }),
        Err(error) => Err(error.to_string()),
    }
}

/// The input of a command: one line of JSON, as `dateline show --format jsonl` prints it.
fn command_input(run: &ViewCommand) -> Result<Vec<u8>, String> {
    let ExportDispatches { ids, story_statuses, snapshot, clock } = &run.dispatch;
    let read = read_full_dispatches(snapshot, ids, story_statuses, *clock).into_iter().next();
    let whole = read.ok_or("the dispatch is no longer available")?;
    let whole = whole.map_err(|problem| format!("the command was not run: {problem}"))?;
    Ok(whole.json().into_bytes())
}

/// Runs a command with `input` on its standard input. Its standard output is discarded; its standard error is part of
/// the message if it fails. After `limit` it is killed, with all processes that it started.
///
/// # Errors
/// A message that names the program, if it cannot be started, fails, or takes too long.
fn run(command: &[String], input: Vec<u8>, limit: Duration) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // A process group of its own, so that its children can be killed too, and ^C at the terminal does not reach it.
        .process_group(0)
        .spawn();
    let mut child = started
        .map_err(|error| format!("{program} cannot be started: {}", error_reason(&error)))?;
    if let Some(mut stdin) = child.stdin.take() {
        // On a thread, since a full pipe would block; errors are ignored, since a command need not read its input.
        let fed = threads::spawn("program input", move || stdin.write_all(&input));
        if let Err(error) = fed {
            return Err(stop(&mut child, program, &error.to_string()));
        }
    }
    let stderr = match read_stderr(&mut child) {
        Ok(stderr) => stderr,
        Err(error) => return Err(stop(&mut child, program, &error.to_string())),
    };
    let Some(status) = wait_with_timeout(&mut child, limit) else {
        let why = format!("it did not end within {} seconds", limit.as_secs());
        return Err(stop(&mut child, program, &why));
    };
    if status.success() {
        return Ok(());
    }
    // A child process in the background may keep the pipe open, so the wait is limited.
    let stderr = stderr.recv_timeout(Duration::from_millis(200));
    let stderr = stderr.unwrap_or_default();
    let separator = if stderr.is_empty() { "" } else { ": " };
    Err(format!("{program} {}{separator}{stderr}", exit_message(status)))
}

/// Kills a program and all processes that it started. Returns the message.
fn stop(child: &mut Child, program: &str, why: &str) -> String {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
    format!("{program} was stopped: {why}")
}

fn exit_message(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}

/// Waits for a command to end; `None` if it does not within the limit. Polls, with growing pauses, since the standard
/// library has no wait with a timeout.
fn wait_with_timeout(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        let left = end.checked_duration_since(Instant::now())?;
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Sends the start of a command's standard error, on one line, once the pipe is closed. All of it is read, so that a
/// full pipe does not block the command.
fn read_stderr(child: &mut Child) -> io::Result<Receiver<String>> {
    let (sender, receiver) = channel();
    let stderr = child.stderr.take();
    threads::spawn("program errors", move || {
        let (mut start, mut buffer) = (Vec::new(), [0; 4096]);
        let mut stderr = stderr;
        while let Some(count) = stderr.as_mut().and_then(|pipe| pipe.read(&mut buffer).ok()) {
            if count == 0 {
                break;
            }
            let room = MAX_STDERR.saturating_sub(start.len()).min(count);
            start.extend_from_slice(&buffer[..room]);
        }
        let text = String::from_utf8_lossy(&start);
        let words: Vec<&str> = text.split_whitespace().collect();
        let _ = sender.send(words.join(" "));
    })?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &[&str], limit: Duration, expected: Result<(), &str>) {
        let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        let input = "a".repeat(200_000).into_bytes();
        let done = run(&command, input, limit);
        match expected {
            Ok(()) => assert_eq!(done, Ok(())),
            Err(part) => assert!(done.as_ref().is_err_and(|e| e.contains(part)), "{done:?}"),
        }
    }

    #[test]
    fn commands_get_their_input_and_report_failures() {
        let long = Duration::from_mins(1);
        check(&["sh", "-c", "test $(wc -c) = 200000"], long, Ok(()));
        check(&["true"], long, Ok(()));
        check(
            &["sh", "-c", "echo 'no  luck' >&2; exit 3"],
            long,
            Err("sh ended with exit code 3: no luck"),
        );
        check(&["sh", "-c", "kill -9 $$"], long, Err("signal 9"));
        check(&["/nowhere/program"], long, Err("/nowhere/program cannot be started: no such file"));
        check(&[], long, Err("no command"));
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped_with_what_it_started() {
        let begun = Instant::now();
        let short = Duration::from_millis(50);
        check(&["sh", "-c", "sleep 60 & sleep 60"], short, Err("was stopped"));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
