//! Lends the terminal to another program of the reader's, and takes it back when that has ended.

use std::fs::File;
use std::io::{IsTerminal, Read, Write, stdout};
use std::process::{Child, Command, Stdio};

use super::keys::InputThread;
use super::screen::Screen;
use super::{guard, signals};
use crate::text::error_reason;

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
    guard::leave_modes();
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
    if let Ok(mut out) = guard::terminal_output() {
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
                if signals::can_stop() {
                    signals::stop_process();
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
