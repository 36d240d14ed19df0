//! What leaves the program at a key of the reader's: to a command, an editor, a file, a browser, the clipboard.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::edges::EffectRunner;
use super::editor;
use super::lend::run_with_terminal;
use super::programs::fill_placeholder;
use super::screen::Screen;
use crate::app::{ExportDispatches, ExportPayload};
use crate::work::{BackgroundTask, ReadFailures, SaveRequest, for_each_full_dispatch};

/// Longest text that goes to the clipboard through the terminal, in bytes: terminals drop or choke on more.
const MAX_CLIPBOARD_BYTES: usize = 512 << 10;

/// Gives something to a command, which has the terminal until it ends. Returns what is to be said of it.
pub(super) fn pipe_to_command(
    edges: &mut EffectRunner,
    what: ExportPayload,
    line: &str,
) -> Option<String> {
    match try_pipe(edges, what, line) {
        Ok(said) => said,
        Err(why) => Some(why),
    }
}

fn try_pipe(
    edges: &mut EffectRunner,
    what: ExportPayload,
    line: &str,
) -> Result<Option<String>, String> {
    let words = edges.environment.programs.parse_line(line)?;
    let (program, arguments) = words.split_first().ok_or("there is no command")?;
    let shell = edges.environment.programs.uses_shell;
    let called = if shell { line } else { program.as_str() };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    let lost = Arc::<Mutex<ReadFailures>>::default();
    let missing = Arc::clone(&lost);
    let ended = run_with_terminal(
        &mut edges.screen,
        &edges.input,
        &mut command,
        |child| {
            if let Some(mut stdin) = child.stdin.take() {
                // A command that ends before it has read everything is as right as one that reads it all.
                thread::spawn(move || write_dispatches_to(&what, &mut stdin, &missing));
            }
        },
        |ended| {
            let fault = ended.fault.as_deref().unwrap_or("has ended");
            let seen = ended.took_keys && ended.fault.is_none();
            (!seen).then(|| format!("[{called} {fault}: Enter goes back to dateline] "))
        },
    );
    let ended = ended.map_err(|why| format!("{called} cannot be started: {why}"))?;
    let lost = lost
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .message();
    let fault = ended.fault.map(|fault| format!("{called} {fault}"));
    Ok(match (fault, lost) {
        (Some(fault), Some(lost)) => Some(format!("{fault}; {lost}")),
        (fault, lost) => fault.or(lost),
    })
}

/// Writes texts one after the other, as `dateline show` prints them, until nobody wants more.
fn write_dispatches_to(what: &ExportPayload, to: &mut dyn Write, missing: &Mutex<ReadFailures>) {
    let done = match what {
        ExportPayload::Quote(text) => to.write_all(text.as_bytes()),
        ExportPayload::Dispatches(bundle) => {
            let all = (
                &bundle.snapshot,
                &bundle.ids[..],
                &bundle.story_statuses[..],
            );
            let mut lost = ReadFailures::default();
            let done = for_each_full_dispatch(all, &mut lost, |whole| {
                to.write_all(whole.text().as_bytes())
            });
            *missing.lock().unwrap_or_else(PoisonError::into_inner) = lost;
            done
        }
    };
    drop(done);
}

/// Reads dispatches for an editor; they come later.
pub(super) fn read_for_editor(edges: &EffectRunner, bundle: ExportDispatches) {
    edges.workers.run_in_background(BackgroundTask::Print {
        ids: bundle.ids,
        standings: bundle.story_statuses,
        snapshot: bundle.snapshot,
    });
}

/// Shows a copy of dispatches in the reader's editor. Returns what is to be said of it.
pub(super) fn edit_copy(edges: &mut EffectRunner, text: &str) -> Option<String> {
    match editor::run_editor(
        &mut edges.screen,
        &edges.input,
        &edges.environment,
        ("copy", text),
    ) {
        Ok(after) if after == text => None,
        Ok(_) => Some(
            "the dispatch is as the wire sent it: what was changed in its copy is not kept"
                .to_owned(),
        ),
        Err(why) => Some(why),
    }
}

/// Saves dispatches; what comes of it is told later.
pub(super) fn save_bundle(edges: &EffectRunner, bundle: ExportDispatches, path: &str, over: bool) {
    let home = edges.environment.home.as_ref();
    let path = match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    };
    edges
        .workers
        .run_in_background(BackgroundTask::Save(SaveRequest {
            ids: bundle.ids,
            standings: bundle.story_statuses,
            snapshot: bundle.snapshot,
            path,
            overwrite: over,
        }));
}

/// Opens a link; what goes wrong is told later.
pub(super) fn open_link(edges: &EffectRunner, target: &str) {
    let command = fill_placeholder(&edges.environment.programs.url, target);
    edges
        .workers
        .run_in_background(BackgroundTask::Launch(command));
}

/// Puts a text on the clipboard: through the terminal, and with a program where the clipboard is here. Returns what is to
/// be said where not all of it goes there.
pub(super) fn copy_text(edges: &EffectRunner, text: String) -> std::io::Result<Option<String>> {
    let programs = edges.environment.programs.clipboard.clone();
    let whole = text.len() <= MAX_CLIPBOARD_BYTES;
    if programs.is_empty() {
        Screen::copy_to_clipboard(&text[..text.floor_char_boundary(MAX_CLIPBOARD_BYTES)])?;
        let said = "only the first 512 KB are on the clipboard, if the terminal lets it: `:w FILE` saves all of it";
        return Ok((!whole).then(|| said.to_owned()));
    }
    // A part from the terminal must not come over the whole from the program.
    if whole {
        Screen::copy_to_clipboard(&text)?;
    }
    edges.workers.run_in_background(BackgroundTask::Copy {
        programs,
        asked: edges.environment.programs.is_clipboard_configured || !whole,
        text,
    });
    Ok(None)
}
