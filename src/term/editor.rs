//! The reader's own editor on a private file: the terminal is given to it, and taken back when it is left.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Environment;
use super::keys::InputThread;
use super::lend::{run_with_terminal, tty_input};
use super::programs::fill_placeholder;
use super::screen::Screen;

/// Lets the reader edit a text, which is called so: a note, a copy.
///
/// # Errors
/// A sentence that says why there is no new text. A text that was written and cannot be read stays in its file.
pub(super) fn run_editor(
    screen: &mut Screen,
    ears: &InputThread,
    around: &Environment,
    (called, text): (&str, &str),
) -> Result<String, String> {
    let file = private_file(around, called, text)
        .map_err(|error| format!("no file for the {called} can be made: {error}"))?;
    let words = fill_placeholder(&around.programs.editor, &file.to_string_lossy());
    let (program, arguments) = words.split_first().ok_or("no editor is named")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(tty_input());
    let left = run_with_terminal(screen, ears, &mut command, |_| {}, |_| None);
    let left = left.and_then(|ended| ended.fault.map_or(Ok(()), |why| Err(format!("it {why}"))));
    if let Err(why) = left {
        let _ = std::fs::remove_file(&file);
        return Err(format!(
            "the editor {program} was of no use: {why}; VISUAL or EDITOR names one"
        ));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(&file).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(|error| {
        let file = file.display();
        format!("the {called} cannot be read from {file}: {error}")
    })?;
    let _ = std::fs::remove_file(&file);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A new file that nobody else may read, in the state directory or where files that do not last are put.
fn private_file(around: &Environment, called: &str, text: &str) -> std::io::Result<PathBuf> {
    let state = around.state_dir.database_path();
    let state = state.as_deref().and_then(Path::parent);
    let mut last = std::io::Error::other("there is no directory for it");
    for folder in state.into_iter().chain([around.temp_dir.as_path()]) {
        for number in 0..100 {
            let name = format!("{called}-{}-{number}.txt", std::process::id());
            let path = folder.join(name);
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
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
