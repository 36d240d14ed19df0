//! The reader's own editor on a private file: the terminal is given to it, and taken back when it is left.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::keys::Ears;
use super::screen::Screen;
use super::{Surroundings, guard, signals};

/// Lets the reader edit a text.
///
/// # Errors
/// A sentence that says why there is no new text. A text that was written and cannot be read stays in its file.
pub(super) fn edit(
    screen: &mut Screen,
    ears: &Ears,
    around: &Surroundings,
    text: &str,
) -> Result<String, String> {
    let words = words(&around.editor);
    let Some((program, arguments)) = words.split_first() else {
        return Err("no editor is named: set VISUAL or EDITOR".to_owned());
    };
    let file = private_file(around, text)
        .map_err(|error| format!("no file for the note can be made: {error}"))?;
    let mut command = Command::new(program);
    command.args(arguments).arg(&file).stdin(terminal());
    ears.hush();
    guard::leave();
    let left = command.spawn().map_err(|error| error.to_string());
    let left = left.and_then(wait);
    let entered = screen.enter_again();
    ears.listen();
    entered.map_err(|error| error.to_string())?;
    if let Err(why) = left {
        let _ = std::fs::remove_file(&file);
        return Err(format!(
            "the editor {program} was of no use: {why}; VISUAL or EDITOR names one"
        ));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(&file).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(|error| format!("the note cannot be read from {}: {error}", file.display()))?;
    let _ = std::fs::remove_file(&file);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The words of a command as a shell would part them, but for variables and patterns.
fn words(command: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut open, mut quote) = (false, None);
    let mut letters = command.chars();
    while let Some(c) = letters.next() {
        match (c, quote) {
            (_, Some(end)) if c == end => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                if !open {
                    words.push(String::new());
                }
                open = true;
            }
            (_, None) if c.is_whitespace() => open = false,
            _ => {
                if !open {
                    words.push(String::new());
                }
                open = true;
                let c = if c == '\\' && quote != Some('\'') {
                    letters.next().unwrap_or(c)
                } else {
                    c
                };
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words
}

/// A new file that nobody else may read, in the state directory or where files that do not last are put.
fn private_file(around: &Surroundings, text: &str) -> std::io::Result<PathBuf> {
    let state = around.place.database();
    let state = state.as_deref().and_then(Path::parent);
    let mut last = std::io::Error::other("there is no directory for it");
    for folder in state.into_iter().chain([around.scratch.as_path()]) {
        for number in 0..100 {
            let name = format!("note-{}-{number}.txt", std::process::id());
            let path = folder.join(name);
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.open(&path) {
                Ok(mut file) => {
                    let written = file.write_all(text.as_bytes());
                    match written {
                        Ok(()) => return Ok(path),
                        Err(error) => {
                            let _ = std::fs::remove_file(&path);
                            last = error;
                        }
                    }
                    break;
                }
                Err(error) => {
                    let there = error.kind() == std::io::ErrorKind::AlreadyExists;
                    last = error;
                    if !there {
                        break;
                    }
                }
            }
        }
    }
    Err(last)
}

/// What the editor reads its keys from, also where standard input is a pipe.
fn terminal() -> Stdio {
    let tty = std::fs::File::open(if cfg!(unix) { "/dev/tty" } else { "CONIN$" });
    tty.map_or_else(|_| Stdio::inherit(), Stdio::from)
}

/// Waits for the editor. Where it is stopped (^Z), so is this program, until both go on.
#[cfg(unix)]
#[allow(clippy::needless_pass_by_value)] // It is over when this is.
fn wait(child: Child) -> Result<(), String> {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
    let pid = Pid::from_child(&child);
    loop {
        match waitpid(Some(pid), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => {
                if signals::can_stop() {
                    signals::stop();
                }
                let _ = kill_process(pid, Signal::CONT);
            }
            Ok(Some((_, status))) if status.exit_status() == Some(0) => return Ok(()),
            Ok(Some((_, status))) => {
                return Err(match status.exit_status() {
                    Some(code) => format!("it ended with exit code {code}"),
                    None => "it was ended by a signal".to_owned(),
                });
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(not(unix))]
fn wait(mut child: Child) -> Result<(), String> {
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The editor of the variables, or the one that every system of the kind has.
#[must_use]
pub(super) fn named(visual: Option<OsString>, editor: Option<OsString>) -> String {
    let given = [visual, editor].into_iter().flatten();
    let mut given = given.filter(|name| !name.is_empty());
    given.next().map_or_else(
        || "vi".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::words;

    #[track_caller]
    fn check(command: &str, expected: &[&str]) {
        assert_eq!(words(command), expected, "{command}");
    }

    #[test]
    fn a_command_is_parted_into_words() {
        check("vi", &["vi"]);
        check("  emacs  -nw ", &["emacs", "-nw"]);
        check(
            "\"/opt/my editor/ed\" --wait",
            &["/opt/my editor/ed", "--wait"],
        );
        check("/opt/my\\ editor/ed ''", &["/opt/my editor/ed", ""]);
        check("sh -c 'rm x'; y", &["sh", "-c", "rm x;", "y"]);
        check("", &[]);
    }
}
