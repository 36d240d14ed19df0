//! Signals and the end of the terminal: the program ends in order, stops and goes on, and never outlives its terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;
use std::{io, thread};

use super::LoopEvent;

/// How long the program may take to end in order after a signal before it is ended.
const EXIT_GRACE_PERIOD: Duration = Duration::from_secs(2);

/// Starts the threads that wait for signals and for the end of the terminal. They sleep until one comes.
pub(super) fn watch_signals(tell: &Sender<LoopEvent>) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    let mut signals =
        signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
    let signalled = tell.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            let event = match signal {
                // Meant for the program that has the terminal now: the editor of a note.
                SIGINT | SIGQUIT | SIGTSTP if !super::guard::has_terminal() => continue,
                SIGTSTP => LoopEvent::Suspend,
                SIGCONT if STOPPED_BY_US.swap(false, Ordering::SeqCst) => continue,
                SIGCONT => LoopEvent::Continue,
                signal => LoopEvent::End(u8::try_from(128 + signal).unwrap_or(1)),
            };
            let ends = matches!(event, LoopEvent::End(_));
            let _ = signalled.send(event);
            if ends {
                end_after_grace();
            }
        }
    });
    let gone = tell.clone();
    thread::spawn(move || {
        if wait_for_hangup() {
            let _ = gone.send(LoopEvent::End(129));
            end_after_grace();
        }
    });
    Ok(())
}

/// Tells of signals that end a program without a screen, by the exit code that they ask for. Where it does not end, it
/// is ended.
///
/// # Errors
/// Where signals cannot be waited for.
pub fn on_end_signal(tell: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let code = u8::try_from(128 + signal).unwrap_or(1);
            tell(code);
            thread::sleep(EXIT_GRACE_PERIOD);
            std::process::exit(code.into());
        }
    });
    Ok(())
}

/// The event loop has been told to end. Where it does not come to that, the terminal is given back from here.
fn end_after_grace() {
    thread::sleep(EXIT_GRACE_PERIOD);
    super::guard::leave_modes();
    std::process::exit(1);
}

/// Waits until the terminal hangs up. False where that cannot be waited for.
fn wait_for_hangup() -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    use std::io::IsTerminal;
    let stdin = io::stdin();
    let tty;
    let fd = if stdin.is_terminal() {
        std::os::fd::AsFd::as_fd(&stdin)
    } else {
        match std::fs::File::open("/dev/tty") {
            Ok(file) => {
                tty = file;
                std::os::fd::AsFd::as_fd(&tty)
            }
            Err(_) => return false,
        }
    };
    loop {
        let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::empty())];
        match poll(&mut fds, None) {
            Ok(_) if fds[0].revents().contains(PollFlags::NVAL) => return false,
            Ok(_) if fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => return true,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// Set while the process has stopped itself: it knows by itself that it goes on.
static STOPPED_BY_US: AtomicBool = AtomicBool::new(false);

/// Wakes whoever waits for events of the terminal.
pub(super) fn wake_input() {
    let _ = signal_hook::low_level::raise(signal_hook::consts::SIGWINCH);
}

/// Whether there is a shell that would let the process go on: not where it leads the session, as in a window of its own.
pub(super) fn can_stop() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// Stops the process as the terminal's stop key would; returns when it goes on.
pub(super) fn stop_process() {
    STOPPED_BY_US.store(true, Ordering::SeqCst);
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
}
