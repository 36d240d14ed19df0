//! Errands that a key has asked for and that nobody waits for: a file is written, a program of the reader's is started.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use super::saving::{Save, save};
use super::{Answer, Tell, run};
use crate::text::reason;

/// How long a program may take to take a copy over.
const COPY_LIMIT: Duration = Duration::from_secs(10);

/// An errand.
#[derive(Debug)]
pub enum Errand {
    /// Writes dispatches to a file.
    Save(Save),
    /// Starts a program that shows something, such as a browser.
    Start(Vec<String>),
    /// Gives a text to the first of some programs that takes it. It is told only where `asked` that none does.
    Copy {
        programs: Vec<Vec<String>>,
        asked: bool,
        text: String,
    },
}

/// Runs errands side by side: none waits for another.
pub(super) fn run_all(errands: &Receiver<Errand>, tell: &Tell) {
    while let Ok(errand) = errands.recv() {
        let tell = Tell::clone(tell);
        thread::spawn(move || {
            if let Some(said) = done(errand) {
                tell(Answer::Said(said));
            }
        });
    }
}

/// Runs an errand; what is to be said of it.
fn done(errand: Errand) -> Option<String> {
    match errand {
        Errand::Save(wanted) => Some(save(&wanted).unwrap_or_else(|why| why)),
        Errand::Start(command) => start(&command).err(),
        Errand::Copy {
            programs,
            asked,
            text,
        } => {
            let tries = programs
                .iter()
                .map(|p| run(p, text.clone().into_bytes(), COPY_LIMIT));
            let mut fault = None;
            for tried in tries {
                match tried {
                    Ok(()) => return None,
                    Err(why) => fault = Some(why),
                }
            }
            fault.filter(|_| asked)
        }
    }
}

/// Starts a program apart from this one, and waits for its end to see whether it could do its work.
fn start(command: &[String]) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let hint = "url = [\"PROGRAM\", \"{}\"] under [open] in the config file names another";
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = child
        .map_err(|error| format!("{program} cannot be started ({}): {hint}", reason(&error)))?;
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(match status.code() {
            Some(code) => format!("{program} ended with exit code {code}: {hint}"),
            None => format!("{program} was ended by a signal: {hint}"),
        }),
        Err(error) => Err(error.to_string()),
    }
}
