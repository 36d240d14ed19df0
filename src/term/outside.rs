//! What leaves the program at a key of the reader's: to a command, an editor, a file, a browser, the clipboard.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::edges::Edges;
use super::editor;
use super::lend::lend;
use super::programs::filled;
use super::screen::Screen;
use crate::app::{Bundle, Handed};
use crate::work::{Errand, Save, wholes};

/// Dispatches that are read in a row.
const CHUNK: usize = 64;

/// Most dispatches that an editor gets at once.
const EDITED: usize = 1_000;

/// Gives something to a command, which has the terminal until it ends. Returns what is to be said of it.
pub(super) fn pipe(edges: &mut Edges, what: Handed, line: &str) -> Option<String> {
    match try_pipe(edges, what, line) {
        Ok(said) => said,
        Err(why) => Some(why),
    }
}

fn try_pipe(edges: &mut Edges, what: Handed, line: &str) -> Result<Option<String>, String> {
    let words = edges.around.programs.of_line(line)?;
    let (program, arguments) = words.split_first().ok_or("there is no command")?;
    let shell = edges.around.programs.shell;
    let called = if shell { line } else { program.as_str() };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    let lost = Arc::new(AtomicUsize::new(0));
    let missing = Arc::clone(&lost);
    let ended = lend(
        &mut edges.screen,
        &edges.ears,
        &mut command,
        |child| {
            if let Some(mut stdin) = child.stdin.take() {
                // A command that ends before it has read everything is as right as one that reads it all.
                thread::spawn(move || feed(what, &mut stdin, &missing));
            }
        },
        |ended| {
            let fault = ended.fault.as_deref().unwrap_or("has ended");
            let seen = ended.took_keys && ended.fault.is_none();
            (!seen).then(|| format!("[{called} {fault}: Enter goes back to dateline] "))
        },
    );
    let ended = ended.map_err(|why| format!("{called} cannot be started: {why}"))?;
    let lost = match lost.load(Ordering::Acquire) {
        0 => None,
        1 => Some("one dispatch could not be read: P has why".to_owned()),
        lost => Some(format!("{lost} dispatches could not be read")),
    };
    let fault = ended.fault.map(|fault| format!("{called} {fault}"));
    Ok(match (fault, lost) {
        (Some(fault), Some(lost)) => Some(format!("{fault}; {lost}")),
        (fault, lost) => fault.or(lost),
    })
}

/// Writes texts one after the other, as `dateline show` prints them, until nobody wants more.
fn feed(what: Handed, to: &mut dyn Write, lost: &AtomicUsize) {
    match what {
        Handed::Quote(text) => drop(to.write_all(text.as_bytes())),
        Handed::Dispatches(bundle) => {
            each(&bundle, lost, &mut |text| {
                to.write_all(text.as_bytes()).is_ok()
            });
        }
    }
}

/// Hands the text of each dispatch on, until `put` wants no more.
fn each(bundle: &Bundle, lost: &AtomicUsize, put: &mut dyn FnMut(String) -> bool) {
    let ids = bundle.ids.chunks(CHUNK);
    for (ids, standings) in ids.zip(bundle.standings.chunks(CHUNK)) {
        for whole in wholes(&bundle.snapshot, ids, standings) {
            match whole {
                Ok(whole) if !put(whole.text()) => return,
                Ok(_) => {}
                Err(_) => drop(lost.fetch_add(1, Ordering::AcqRel)),
            }
        }
    }
}

/// Shows a copy of dispatches in the reader's editor. Returns what is to be said of it.
pub(super) fn view(edges: &mut Edges, bundle: &Bundle) -> Option<String> {
    if bundle.ids.len() > EDITED {
        let count = bundle.ids.len();
        return Some(format!(
            "no more than {EDITED} dispatches go to an editor at once, and {count} are marked: `:w FILE` saves them all"
        ));
    }
    let (mut text, lost) = (String::new(), AtomicUsize::new(0));
    each(bundle, &lost, &mut |whole| {
        text.push_str(&whole);
        true
    });
    if text.is_empty() {
        return Some("the dispatch could not be read: it is no longer as it was listed".to_owned());
    }
    let copy = ("copy", text.as_str());
    match editor::edit(&mut edges.screen, &edges.ears, &edges.around, copy) {
        Ok(after) if after == text => None,
        Ok(_) => Some(
            "the dispatch is as the wire sent it: what was changed in its copy is not kept"
                .to_owned(),
        ),
        Err(why) => Some(why),
    }
}

/// Saves dispatches; what comes of it is told later.
pub(super) fn save(edges: &Edges, bundle: Bundle, path: &str, over: bool) {
    let home = edges.around.home.as_ref();
    let path = match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    };
    edges.crew.errand(Errand::Save(Save {
        ids: bundle.ids,
        standings: bundle.standings,
        snapshot: bundle.snapshot,
        path,
        over,
    }));
}

/// Opens a link; what goes wrong is told later.
pub(super) fn open(edges: &Edges, target: &str) {
    let command = filled(&edges.around.programs.url, target);
    edges.crew.errand(Errand::Start(command));
}

/// Puts a text on the clipboard: through the terminal, and with a program where the clipboard is here.
pub(super) fn copy(edges: &Edges, text: String) -> std::io::Result<()> {
    Screen::copy(&text)?;
    let programs = edges.around.programs.clipboard.clone();
    if !programs.is_empty() {
        edges.crew.errand(Errand::Copy {
            programs,
            asked: edges.around.programs.clipboard_asked,
            text,
        });
    }
    Ok(())
}
