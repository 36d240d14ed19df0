//! Runs the user's other programs: pipe, editor, browser, clipboard; lends the terminal to them and takes it back.

use std::fs::File;
use std::io::{IsTerminal, Read, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::app::{ExportDispatches, ExportPayload};
use crate::term::environment::{Environment, fill_placeholder};
use crate::term::event_loop::EffectRunner;
use crate::term::terminal::{self, InputThread, Screen};
use crate::text::error_reason;
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
    match run_editor(
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

// The reader's own editor on a private file: the terminal is given to it, and taken back when it is left.

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

// Lends the terminal to another program of the reader's, and takes it back when that has ended.

/// How a program has ended.
#[derive(Debug)]
pub(super) struct ProgramEnd {
    /// Why it was of no use, where it was not.
    pub(super) fault: Option<String>,
    /// It took the keys of the terminal one by one, as a pager or an editor does: what it showed has been seen.
    pub(super) took_keys: bool,
}

/// Runs a program that has the terminal; `begun` gets it when it runs, `after` says what stands below its output
/// before the screen comes back (`None`: it comes back at once).
///
/// # Errors
/// A sentence, where the program cannot be started or the terminal cannot be taken back.
pub(super) fn run_with_terminal(
    screen: &mut Screen,
    ears: &InputThread,
    command: &mut Command,
    begun: impl FnOnce(&mut Child),
    after: impl FnOnce(&ProgramEnd) -> Option<String>,
) -> Result<ProgramEnd, String> {
    if !stdout().is_terminal() {
        command.stdout(tty_output());
    }
    ears.pause();
    terminal::leave_modes();
    let ended = command.spawn().map_err(|error| error_reason(&error));
    let ended = ended.map(|mut child| {
        begun(&mut child);
        let keys = watch::KeyModeWatch::watch();
        let fault = wait_for_child(child).err();
        let took_keys = keys.were_taken();
        ProgramEnd { fault, took_keys }
    });
    if let Ok(ended) = &ended
        && let Some(said) = after(ended)
    {
        wait_for_enter(&said);
    }
    let entered = screen.reenter();
    ears.spawn_input_thread();
    entered.map_err(|error| error.to_string())?;
    ended
}

/// Says something below the output of a program and waits for Enter.
fn wait_for_enter(said: &str) {
    if let Ok(mut out) = terminal::terminal_output() {
        let _ = out.write_all(format!("\n{said}").as_bytes());
        let _ = out.flush();
    }
    let Ok(mut keys) = File::open(TTY_PATH) else {
        return;
    };
    let mut byte = [0];
    // Byte by byte: what is typed after Enter is for the screen.
    while matches!(keys.read(&mut byte), Ok(1)) && byte != *b"\n" {}
}

const TTY_PATH: &str = "/dev/tty";

/// What a program reads its keys from, also where standard input is a pipe.
pub(super) fn tty_input() -> Stdio {
    let tty = File::open(TTY_PATH);
    tty.map_or_else(|_| Stdio::inherit(), Stdio::from)
}

/// Where a program shows itself while standard output goes elsewhere.
fn tty_output() -> Stdio {
    let tty = File::options().write(true).open(TTY_PATH);
    tty.map_or_else(|_| Stdio::inherit(), Stdio::from)
}

/// Waits for a program. Where it is stopped (^Z), so is this one, until both go on.
#[allow(clippy::needless_pass_by_value)] // It is over when this is.
fn wait_for_child(child: Child) -> Result<(), String> {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
    let pid = Pid::from_child(&child);
    loop {
        match waitpid(Some(pid), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => {
                if terminal::can_stop() {
                    terminal::stop_process();
                }
                let _ = kill_process(pid, Signal::CONT);
            }
            Ok(Some((_, status))) if status.exit_status() == Some(0) => return Ok(()),
            Ok(Some((_, status))) => {
                return Err(match status.exit_status() {
                    Some(code) => format!("ended with exit code {code}"),
                    None => "was ended by a signal".to_owned(),
                });
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Looks at the terminal's modes while a program has it.
mod watch {
    use std::fs::File;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::thread;
    use std::time::Duration;

    /// Time between two looks, and how many in a row must find that keys come one by one.
    const MODE_POLL_INTERVAL: Duration = Duration::from_millis(20);
    const MODE_POLLS_NEEDED: u32 = 3;

    /// Whether a program takes the keys one by one.
    pub(super) struct KeyModeWatch {
        ended: Arc<AtomicBool>,
        looks: Arc<AtomicU32>,
    }

    impl KeyModeWatch {
        pub(super) fn watch() -> Self {
            let (ended, looks) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
            let keys = Self {
                ended: Arc::clone(&ended),
                looks: Arc::clone(&looks),
            };
            thread::spawn(move || {
                let Ok(terminal) = File::open(super::TTY_PATH) else {
                    return;
                };
                while !ended.load(Ordering::Acquire)
                    && looks.load(Ordering::Acquire) < MODE_POLLS_NEEDED
                {
                    if is_raw_input(&terminal) {
                        looks.fetch_add(1, Ordering::AcqRel);
                    } else {
                        looks.store(0, Ordering::Release);
                    }
                    thread::sleep(MODE_POLL_INTERVAL);
                }
            });
            keys
        }

        /// Ends the watch.
        pub(super) fn were_taken(self) -> bool {
            self.ended.store(true, Ordering::Release);
            self.looks.load(Ordering::Acquire) >= MODE_POLLS_NEEDED
        }
    }

    fn is_raw_input(terminal: &File) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        tcgetattr(terminal).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ICANON))
    }
}
