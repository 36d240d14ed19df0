//! Runs the user's programs: commands after `|` and the editor, which get the terminal until they end, and browser and
//! clipboard programs in the background.

use std::fs::File;
use std::io::{IsTerminal, Read, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::ExportPayload;
use crate::index::EntryId;
use crate::jobs::{Job, SaveRequest};
use crate::term::environment::{Environment, fill_placeholder};
use crate::term::event_loop::EffectRunner;
use crate::term::terminal::{self, InputThread, Screen};
use crate::text::error_reason;
use crate::threads;
use crate::work::{ReadFailures, for_each_full_dispatch};

/// Longest text in bytes for the clipboard of the terminal (OSC 52): terminals drop or choke on longer ones.
const MAX_CLIPBOARD_BYTES: usize = 512 << 10;

/// Pipes dispatches or a quote to a command, which has the terminal until it ends. Returns which dispatches it was given
/// if it has ended well, and a message for the user if something went wrong.
pub(super) fn pipe_to_command(
    runner: &mut EffectRunner,
    what: ExportPayload,
    line: &str,
) -> (Vec<EntryId>, Option<String>) {
    match try_pipe(runner, what, line) {
        Ok((ids, message)) => (ids, message),
        Err(reason) => (Vec::new(), Some(reason)),
    }
}

/// What has been written to a command so far.
#[derive(Debug, Default)]
struct PipeProgress {
    /// The dispatches, or that of the quote.
    ids: Vec<EntryId>,
    failures: ReadFailures,
}

fn try_pipe(
    runner: &mut EffectRunner,
    what: ExportPayload,
    line: &str,
) -> Result<(Vec<EntryId>, Option<String>), String> {
    let words = runner.environment.programs.parse_line(line)?;
    let (program, arguments) = words.split_first().ok_or("there is no command")?;
    let shell = runner.environment.programs.uses_shell;
    let name = if shell { line } else { program.as_str() };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    let progress = Arc::<Mutex<PipeProgress>>::default();
    let thread_progress = Arc::clone(&progress);
    let (pipe, pipes) = channel();
    // On a thread of its own, as a command such as a pager may not read on for a long time. Nobody waits for it: a
    // command may well end before it has read everything.
    let fed = threads::spawn("pipe", move || {
        if let Ok(mut stdin) = pipes.recv() {
            write_dispatches_to(&what, &mut stdin, &thread_progress);
        }
    });
    fed.map_err(|error| format!("{name} cannot be started: {error}"))?;
    let ended = run_with_terminal(
        &mut runner.screen,
        &runner.input,
        &mut command,
        |child| {
            if let Some(stdin) = child.stdin.take() {
                let _ = pipe.send(stdin);
            }
        },
        |ended| {
            let fault = ended.fault.as_deref().unwrap_or("has ended");
            // A pager has shown its output; that of other commands would vanish with the return of the screen.
            let was_read = ended.took_keys && ended.fault.is_none();
            (!was_read).then(|| format!("[{name} {fault}: Enter goes back to dateline] "))
        },
    );
    let ended = ended.map_err(|reason| format!("{name} cannot be started: {reason}"))?;
    let progress = std::mem::take(&mut *lock(&progress));
    let unread = progress.failures.message();
    let ids = if ended.fault.is_none() { progress.ids } else { Vec::new() };
    let fault = ended.fault.map(|fault| format!("{name} {fault}"));
    let message = match (fault, unread) {
        (Some(fault), Some(unread)) => Some(format!("{fault}; {unread}")),
        (fault, unread) => fault.or(unread),
    };
    Ok((ids, message))
}

fn lock(progress: &Mutex<PipeProgress>) -> MutexGuard<'_, PipeProgress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the texts one after the other, as `dateline show` prints them, until all are written or the reader has closed
/// the pipe.
fn write_dispatches_to(what: &ExportPayload, to: &mut dyn Write, progress: &Mutex<PipeProgress>) {
    // A closed pipe is not an error: the command had enough.
    let _ = match what {
        ExportPayload::Quote(of, text) => {
            lock(progress).ids.push(*of);
            to.write_all(text.as_bytes())
        }
        ExportPayload::Dispatches(bundle) => {
            let mut failures = ReadFailures::default();
            let written = for_each_full_dispatch(bundle, &mut failures, |full| {
                // Before it is written: the command may end as soon as it has read enough of it.
                lock(progress).ids.push(full.id);
                to.write_all(full.text().as_bytes())
            });
            lock(progress).failures = failures;
            written
        }
    };
}

/// Opens a copy of dispatches in the user's editor. Returns a message if the copy was changed.
///
/// # Errors
/// Like [`run_editor`].
pub(super) fn edit_copy(runner: &mut EffectRunner, text: &str) -> Result<Option<String>, String> {
    let after = run_editor(&mut runner.screen, &runner.input, &runner.environment, ("copy", text))?;
    let changed = "the dispatch stays as the wire sent it: changes to the copy are not kept";
    Ok((after != text).then(|| changed.to_owned()))
}

/// Starts saving to a file. The result arrives later as a notice.
pub(super) fn save(runner: &mut EffectRunner, mut wanted: SaveRequest) {
    if let (Ok(rest), Some(home)) = (wanted.path.strip_prefix("~"), &runner.environment.home) {
        wanted.path = home.join(rest);
    }
    runner.workers.spawn(Job::Save(wanted));
}

/// Starts the program that opens a URL. An error arrives later as a notice.
pub(super) fn open_link(runner: &mut EffectRunner, target: &str) {
    let command = fill_placeholder(&runner.environment.programs.url, target);
    runner.workers.spawn(Job::Launch(command));
}

/// Copies a text to the clipboard: through the terminal, and with a clipboard program if there is one. Returns a
/// message if only a part could be copied.
///
/// # Errors
/// If the terminal cannot be written to.
pub(super) fn copy_text(
    runner: &mut EffectRunner,
    text: String,
) -> std::io::Result<Option<String>> {
    let programs = runner.environment.programs.clipboard.clone();
    let is_short = text.len() <= MAX_CLIPBOARD_BYTES;
    if programs.is_empty() {
        Screen::copy_to_clipboard(&text[..text.floor_char_boundary(MAX_CLIPBOARD_BYTES)])?;
        let message = "only the first 512 KB were copied, if the terminal allows it: `:w FILE` saves all of it";
        return Ok((!is_short).then(|| message.to_owned()));
    }
    // The part from the terminal could arrive after the full text from the program, and replace it.
    if is_short {
        Screen::copy_to_clipboard(&text)?;
    }
    runner.workers.spawn(Job::Copy {
        programs,
        asked: runner.environment.programs.is_clipboard_configured || !is_short,
        text,
    });
    Ok(None)
}

// The editor.

/// Opens a text in the user's editor and returns the edited text. `name` is what the text is called in messages:
/// `note`, `copy`.
///
/// # Errors
/// A sentence that says why there is no new text. If the editor has ended but the file cannot be read, the file stays.
pub(super) fn run_editor(
    screen: &mut Screen,
    input: &InputThread,
    environment: &Environment,
    (name, text): (&str, &str),
) -> Result<String, String> {
    let file = private_file(environment, name, text)
        .map_err(|error| format!("cannot create a file for the {name}: {error}"))?;
    let words = fill_placeholder(&environment.programs.editor, &file.to_string_lossy());
    let (program, arguments) = words.split_first().ok_or("no editor is configured")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(tty_input());
    let ended = run_with_terminal(screen, input, &mut command, |_| {}, |_| None);
    let ended =
        ended.and_then(|ended| ended.fault.map_or(Ok(()), |fault| Err(format!("it {fault}"))));
    if let Err(reason) = ended {
        let _ = std::fs::remove_file(&file);
        return Err(format!(
            "the editor {program} failed: {reason}; set VISUAL or EDITOR to use another"
        ));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(&file).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(|error| {
        let file = file.display();
        format!("cannot read the {name} from {file}: {error}")
    })?;
    let _ = std::fs::remove_file(&file);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Creates a file that only the user may read, in the state directory or else in that for temporary files.
///
/// # Errors
/// The last error, if neither directory works.
fn private_file(environment: &Environment, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let state = environment.state_dir.database_path();
    let state = state.as_deref().and_then(Path::parent);
    let mut last = std::io::Error::other("there is no directory for it");
    for folder in state.into_iter().chain([environment.temp_dir.as_path()]) {
        // A name may be taken by a file that an earlier process with the same id has left.
        for number in 0..100 {
            let path = folder.join(format!("{name}-{}-{number}.txt", std::process::id()));
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
                    let exists = error.kind() == std::io::ErrorKind::AlreadyExists;
                    last = error;
                    if !exists {
                        break;
                    }
                }
            }
        }
    }
    Err(last)
}

// Lending the terminal to another program.

/// How a program ended.
#[derive(Debug)]
pub(super) struct ProgramEnd {
    /// How it failed, if it did, as the end of a sentence: `ended with exit code 1`.
    pub(super) fault: Option<String>,
    /// It read keys one by one, as a pager or an editor does: the user has seen its output.
    pub(super) took_keys: bool,
}

/// Runs a program with the terminal and waits for its end. `begun` is called once it runs; `after` may return a prompt
/// to show below its output, which waits for Enter before the screen comes back.
///
/// # Errors
/// A sentence if the program cannot be started or the terminal cannot be restored.
pub(super) fn run_with_terminal(
    screen: &mut Screen,
    input: &InputThread,
    command: &mut Command,
    begun: impl FnOnce(&mut Child),
    after: impl FnOnce(&ProgramEnd) -> Option<String>,
) -> Result<ProgramEnd, String> {
    if !stdout().is_terminal() {
        command.stdout(tty_output());
    }
    // Otherwise the two programs would compete for the keys.
    input.pause();
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
        && let Some(prompt) = after(ended)
    {
        wait_for_enter(&prompt);
    }
    let entered = screen.reenter();
    input.spawn_input_thread();
    entered.map_err(|error| error.to_string())?;
    ended
}

/// Shows a prompt below the output of a program and waits for Enter.
fn wait_for_enter(prompt: &str) {
    if let Ok(mut out) = terminal::terminal_output() {
        let _ = out.write_all(format!("\n{prompt}").as_bytes());
        let _ = out.flush();
    }
    let Ok(mut keys) = File::open(TTY_PATH) else {
        return;
    };
    let mut byte = [0];
    // Byte by byte: keys typed after Enter are meant for the screen.
    while matches!(keys.read(&mut byte), Ok(1)) && byte != *b"\n" {}
}

/// The controlling terminal of the process.
const TTY_PATH: &str = "/dev/tty";

/// The terminal as a program's standard input, even if our own is a pipe.
pub(super) fn tty_input() -> Stdio {
    let tty = File::open(TTY_PATH);
    tty.map_or_else(|_| Stdio::inherit(), Stdio::from)
}

/// The terminal as a program's standard output, if our own goes elsewhere.
fn tty_output() -> Stdio {
    let tty = File::options().write(true).open(TTY_PATH);
    tty.map_or_else(|_| Stdio::inherit(), Stdio::from)
}

/// Waits for the end of a program. If the user stops it (`^Z`), this process stops, too, until the shell continues
/// both.
///
/// # Errors
/// How the program failed: `ended with exit code 1`.
#[allow(clippy::needless_pass_by_value)] // The child is of no use afterwards: `waitpid` has reaped it.
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

/// Watches the terminal's input mode while another program has it.
mod watch {
    use std::fs::File;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::thread;
    use std::time::Duration;

    use crate::threads;

    /// Time between two polls of the mode.
    const MODE_POLL_INTERVAL: Duration = Duration::from_millis(20);

    /// How many polls in a row must find single keys: a program may change the mode for a moment without being a pager.
    const MODE_POLLS_NEEDED: u32 = 3;

    /// Finds out whether a program reads keys one by one, rather than lines.
    pub(super) struct KeyModeWatch {
        ended: Arc<AtomicBool>,
        /// Polls in a row that found single keys.
        hits: Arc<AtomicU32>,
    }

    impl KeyModeWatch {
        /// Starts a thread that polls the mode until [`Self::were_taken`] is called.
        pub(super) fn watch() -> Self {
            let (ended, hits) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
            let keys = Self { ended: Arc::clone(&ended), hits: Arc::clone(&hits) };
            // Without the thread, the program counts as one that has read lines.
            let _ = threads::spawn("key mode", move || {
                let Ok(terminal) = File::open(super::TTY_PATH) else {
                    return;
                };
                while !ended.load(Ordering::Acquire)
                    && hits.load(Ordering::Acquire) < MODE_POLLS_NEEDED
                {
                    if is_raw_input(&terminal) {
                        hits.fetch_add(1, Ordering::AcqRel);
                    } else {
                        hits.store(0, Ordering::Release);
                    }
                    thread::sleep(MODE_POLL_INTERVAL);
                }
            });
            keys
        }

        /// Ends the watch. True if the program read keys one by one.
        pub(super) fn were_taken(self) -> bool {
            self.ended.store(true, Ordering::Release);
            self.hits.load(Ordering::Acquire) >= MODE_POLLS_NEEDED
        }
    }

    /// Whether the terminal passes single keys on (no canonical mode).
    fn is_raw_input(terminal: &File) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        tcgetattr(terminal).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ICANON))
    }
}
