//! The pager: what is longer than the screen goes through it, as `git` does. No shell has a part in it.

use std::cell::RefCell;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::command::request::{Outcome, Streams};
use crate::text::{display_width, sanitize};

/// The pager that is taken where nothing is said of one, and its options where none are set.
const DEFAULT: &str = "less";

const DEFAULT_OPTIONS: (&str, &str) = ("LESS", "FRX");

/// The program that is the pager.
#[derive(Debug)]
pub struct PagerCommand {
    /// Its name, and its arguments.
    words: Vec<String>,
    /// Whether `LESS` says how less shall behave.
    has_options: bool,
    /// Whether it was asked for: else nobody misses it.
    is_explicit: bool,
}

impl PagerCommand {
    /// The pager that the value of `PAGER` asks for, its words parted by spaces; `has_options` where `LESS` is set.
    /// `None` where nothing is to be paged: the value is empty, or `cat`.
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

    /// A pager that the config file names: the program and its arguments.
    #[must_use]
    pub fn from_config(words: Vec<String>, has_options: bool) -> Option<Self> {
        (!words.is_empty() && words != ["cat"]).then_some(Self {
            words,
            has_options,
            is_explicit: true,
        })
    }
}

/// Runs a command on standard output and standard error; by way of a pager where one is given, standard output is a
/// terminal, and there is more than fits on it.
///
/// # Errors
/// Where standard output cannot be written to.
pub fn run_with_pager(
    pager: Option<PagerCommand>,
    run: impl FnOnce(Streams<'_>) -> io::Result<Outcome>,
) -> io::Result<Outcome> {
    if let Some((pager, screen)) = pager.zip(terminal_size()) {
        let (mut out, mut err) = Pager::new(pager, screen);
        let streams = Streams {
            out: &mut out,
            err: &mut err,
            show_progress: false,
            columns: Some(screen.0),
        };
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
    run(streams)
}

/// Columns and rows of the terminal that standard output is; `None` where it is none.
fn terminal_size() -> Option<(u16, u16)> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

enum OutputMode {
    /// Held back until it is known whether it is longer than the screen: the bytes, and the rows that they take.
    Held(Vec<u8>, usize),
    Direct(BufWriter<io::Stdout>),
    Paged(Child, BufWriter<ChildStdin>),
}

struct PagerState {
    mode: OutputMode,
    pager: PagerCommand,
    screen: (u16, u16),
    /// What is to be said on standard error once the pager has ended.
    deferred_errors: Vec<u8>,
}

/// Standard output by way of a pager, where it is longer than the screen, and a standard error that waits for its end.
struct Pager(Rc<RefCell<PagerState>>);

/// The standard error beside a [`Pager`]: what comes while the pager has the screen waits until it has gone.
struct DeferredStderr(Rc<RefCell<PagerState>>);

impl Pager {
    /// A pager that is started once there is more than fits on a screen of so many columns and rows.
    fn new(pager: PagerCommand, screen: (u16, u16)) -> (Self, DeferredStderr) {
        let both = Rc::new(RefCell::new(PagerState {
            mode: OutputMode::Held(Vec::new(), 0),
            pager,
            screen,
            deferred_errors: Vec::new(),
        }));
        (Self(Rc::clone(&both)), DeferredStderr(both))
    }

    /// Ends the output: writes what was held back, waits until the pager has been quit, and says what had to wait.
    fn end(self) -> io::Result<()> {
        let mut both = self.0.borrow_mut();
        let way = std::mem::replace(&mut both.mode, OutputMode::Held(Vec::new(), 0));
        let done = match way {
            OutputMode::Held(bytes, _) => io::stdout().write_all(&bytes),
            OutputMode::Direct(mut out) => out.flush(),
            OutputMode::Paged(mut child, mut to) => {
                let sent = to.flush();
                drop(to);
                let _ = child.wait();
                sent
            }
        };
        let _ = io::stderr().write_all(&both.deferred_errors);
        done
    }
}

impl PagerState {
    /// Starts the pager, or says why it cannot be and goes without.
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
            to.map(|to| (child, to))
                .ok_or_else(|| io::Error::other("it takes no input"))
        });
        self.mode = match started {
            Ok((child, to)) => {
                // ^C is for the pager; the program ends when the pager does.
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
                        "dateline: the pager {name} cannot be started ({error}): set PAGER, or give --no-pager"
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
                // The line of the shell's prompt needs a row, too.
                if *rows >= usize::from(self.screen.1) {
                    self.start()
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// Rows that lines take in so many columns.
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

    /// What is held back stays so; the pager is fed as it comes.
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
    fn the_pager_is_what_the_variable_says_in_words() {
        let words = |value| PagerCommand::from_env(value, false).map(|pager| pager.words.join("|"));
        assert_eq!(words(None).as_deref(), Some("less"));
        assert_eq!(words(Some("most -s  +u")).as_deref(), Some("most|-s|+u"));
        assert_eq!(words(Some("")), None);
        assert_eq!(words(Some(" ")), None);
        assert_eq!(words(Some("cat")), None);
    }

    #[test]
    fn rows_are_those_of_the_screen() {
        assert_eq!(count_rows(b"one\ntwo\n", 80), 2);
        assert_eq!(count_rows(b"\n\n", 80), 2);
        assert_eq!(count_rows("東京東京東京".as_bytes(), 5), 3);
    }
}
