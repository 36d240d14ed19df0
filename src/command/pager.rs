//! Sends output that is longer than the screen through a pager, as `git` does. The pager is run without a shell.

use std::cell::RefCell;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::command::request::{Outcome, Streams};
use crate::text::{display_width, sanitize};

/// The pager if neither `PAGER` nor the config file names one.
const DEFAULT: &str = "less";

/// The value of `LESS` if it is not set, the same as git's: exit if all fits on a screen (F), show colours (R), leave
/// the text on the terminal (X).
const DEFAULT_OPTIONS: (&str, &str) = ("LESS", "FRX");

/// The program to use as the pager.
#[derive(Debug)]
pub struct PagerCommand {
    /// The program and its arguments.
    words: Vec<String>,
    /// Whether `LESS` is set.
    has_options: bool,
    /// Whether the user chose it. The default pager is skipped silently if it is not installed.
    is_explicit: bool,
}

impl PagerCommand {
    /// The pager for a value of `PAGER`, split at spaces. `has_options`: `LESS` is set. `None` for no pager: the value
    /// is empty, or `cat`.
    #[must_use]
    pub fn from_env(value: Option<&str>, has_options: bool) -> Option<Self> {
        let words = value.unwrap_or(DEFAULT).split_whitespace();
        let words: Vec<String> = words.map(str::to_owned).collect();
        (!words.is_empty() && words != ["cat"]).then_some(Self {
            words,
            has_options,
            is_explicit: value.is_some(),
        })
    }

    /// The pager of the config file: the program and its arguments. `None` as for [`Self::from_env`].
    #[must_use]
    pub fn from_config(words: Vec<String>, has_options: bool) -> Option<Self> {
        (!words.is_empty() && words != ["cat"]).then_some(Self {
            words,
            has_options,
            is_explicit: true,
        })
    }
}

/// Runs a command with standard output and standard error as its streams. If there is a pager and standard output is a
/// terminal, output that does not fit on the terminal goes through the pager.
///
/// # Errors
/// Those of `run`, and if standard output cannot be written to.
pub fn run_with_pager(
    pager: Option<PagerCommand>,
    run: impl FnOnce(Streams<'_>) -> io::Result<Outcome>,
) -> io::Result<Outcome> {
    if let Some((pager, screen)) = pager.zip(terminal_size()) {
        let (mut out, mut err) = Pager::new(pager, screen);
        let streams =
            Streams { out: &mut out, err: &mut err, show_progress: false, columns: Some(screen.0) };
        let done = run(streams);
        return out.end().and(done);
    }
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let streams = Streams {
        out: &mut out,
        err: &mut io::stderr().lock(),
        show_progress: io::stderr().is_terminal() && !io::stdout().is_terminal(),
        columns: terminal_size().map(|(columns, _)| columns),
    };
    let done = run(streams);
    done.and_then(|outcome| out.flush().map(|()| outcome))
}

/// Columns and rows of the terminal; `None` if standard output is not a terminal.
fn terminal_size() -> Option<(u16, u16)> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// Where output goes.
enum OutputMode {
    /// Buffered until it is known whether it fits on the screen: the bytes, and the rows that they take.
    Held(Vec<u8>, usize),
    /// To standard output, since the pager could not be started.
    Direct(BufWriter<io::Stdout>),
    Paged(Child, BufWriter<ChildStdin>),
}

/// State shared by [`Pager`] and [`DeferredStderr`].
struct PagerState {
    mode: OutputMode,
    pager: PagerCommand,
    /// Columns and rows.
    screen: (u16, u16),
    /// Output on standard error that is printed once the pager has exited.
    deferred_errors: Vec<u8>,
}

/// A writer to standard output that starts the pager once the output no longer fits on the screen.
struct Pager(Rc<RefCell<PagerState>>);

/// Standard error beside a [`Pager`]. While the pager is running its output is held back, so that it does not mess up
/// the pager's screen.
struct DeferredStderr(Rc<RefCell<PagerState>>);

impl Pager {
    /// The two streams for a screen of `screen` columns and rows.
    fn new(pager: PagerCommand, screen: (u16, u16)) -> (Self, DeferredStderr) {
        let both = Rc::new(RefCell::new(PagerState {
            mode: OutputMode::Held(Vec::new(), 0),
            pager,
            screen,
            deferred_errors: Vec::new(),
        }));
        (Self(Rc::clone(&both)), DeferredStderr(both))
    }

    /// Ends the output: writes what is still buffered, waits until the user quits the pager, then prints deferred
    /// errors.
    fn end(self) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let mode = std::mem::replace(&mut state.mode, OutputMode::Held(Vec::new(), 0));
        let result = match mode {
            OutputMode::Held(bytes, _) => io::stdout().write_all(&bytes),
            OutputMode::Direct(mut out) => out.flush(),
            OutputMode::Paged(mut child, mut to) => {
                let sent = to.flush();
                drop(to);
                let _ = child.wait();
                sent
            }
        };
        let _ = io::stderr().write_all(&state.deferred_errors);
        result
    }
}

impl PagerState {
    /// Starts the pager and gives it the buffered output. If it cannot be started, output goes to standard output.
    fn start(&mut self) -> io::Result<()> {
        let OutputMode::Held(bytes, _) = &mut self.mode else {
            return Ok(());
        };
        let bytes = std::mem::take(bytes);
        let Some((program, arguments)) = self.pager.words.split_first() else {
            return Ok(());
        };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped());
        if !self.pager.has_options {
            command.env(DEFAULT_OPTIONS.0, DEFAULT_OPTIONS.1);
        }
        let started = command.spawn().and_then(|mut child| {
            let to = child.stdin.take();
            to.map(|to| (child, to)).ok_or_else(|| io::Error::other("it takes no input"))
        });
        self.mode = match started {
            Ok((child, to)) => {
                // ^C is for the pager: dateline must not exit before it.
                let _ = signal_hook::flag::register(
                    signal_hook::consts::SIGINT,
                    Arc::new(AtomicBool::new(false)),
                );
                OutputMode::Paged(child, BufWriter::new(to))
            }
            Err(error) => {
                if self.pager.is_explicit {
                    let name = sanitize(program).into_owned();
                    let _ = writeln!(
                        self.deferred_errors,
                        "dateline: the pager {name} cannot be started ({error}): set PAGER, or use --no-pager"
                    );
                }
                OutputMode::Direct(BufWriter::new(io::stdout()))
            }
        };
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.mode {
            OutputMode::Direct(out) => out.write_all(bytes),
            OutputMode::Paged(_, to) => to.write_all(bytes),
            OutputMode::Held(held, rows) => {
                held.extend_from_slice(bytes);
                *rows += count_rows(bytes, self.screen.0);
                // One row is left for the shell's prompt.
                if *rows >= usize::from(self.screen.1) { self.start() } else { Ok(()) }
            }
        }
    }
}

/// The screen rows that lines take when the terminal wraps them at `columns`.
fn count_rows(bytes: &[u8], columns: u16) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let rows = |line: &str| display_width(line).div_ceil(usize::from(columns)).max(1);
    text.lines().map(rows).sum()
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)?;
        Ok(bytes.len())
    }

    /// Does not flush the buffer of [`OutputMode::Held`]: only more output or the end decides where it goes.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0.borrow_mut().mode {
            OutputMode::Held(..) => Ok(()),
            OutputMode::Direct(out) => out.flush(),
            OutputMode::Paged(_, to) => to.flush(),
        }
    }
}

impl Write for DeferredStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut both = self.0.borrow_mut();
        if matches!(both.mode, OutputMode::Paged(..)) {
            both.deferred_errors.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        io::stderr().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_split_at_spaces() {
        let words = |value| PagerCommand::from_env(value, false).map(|pager| pager.words.join("|"));
        assert_eq!(words(None).as_deref(), Some("less"));
        assert_eq!(words(Some("most -s  +u")).as_deref(), Some("most|-s|+u"));
        assert_eq!(words(Some("")), None);
        assert_eq!(words(Some(" ")), None);
        assert_eq!(words(Some("cat")), None);
    }

    #[test]
    fn wrapped_lines_take_several_rows() {
        assert_eq!(count_rows(b"one\ntwo\n", 80), 2);
        assert_eq!(count_rows(b"\n\n", 80), 2);
        assert_eq!(count_rows("東京東京東京".as_bytes(), 5), 3);
    }
}
