//! The modes of the terminal: entered once, left on every way out, also from a panic.

use std::fs::File;
use std::io::{self, IsTerminal, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// Whether the modes are on: process-wide, as the terminal is, so that a panic hook can know.
static MODES_ENTERED: AtomicBool = AtomicBool::new(false);
static PANIC_HOOK: Once = Once::new();

/// Listens to the mouse: presses and the wheel, without moves (DEC private mode 1000), its places in full (1006).
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// Where the screen is written: standard output, or the terminal itself where that goes elsewhere.
pub(super) fn terminal_output() -> io::Result<Box<dyn Write>> {
    if stdout().is_terminal() {
        return Ok(Box::new(stdout()));
    }
    let tty = File::options().write(true).open("/dev/tty");
    Ok(Box::new(tty?))
}

/// Enters the modes: raw keys, alternate screen, bracketed paste; where asked for, the mouse. All of them, or none.
pub(super) fn enter_modes(mouse: bool) -> io::Result<()> {
    let mut out = terminal_output()?;
    PANIC_HOOK.call_once(install_panic_hook);
    enable_raw_mode()?;
    MODES_ENTERED.store(true, Ordering::SeqCst);
    let entered = execute!(out, EnterAlternateScreen, EnableBracketedPaste);
    let entered = entered.and_then(|()| {
        if mouse {
            set_mouse_capture(true)
        } else {
            Ok(())
        }
    });
    if entered.is_err() {
        leave_modes();
    }
    entered
}

/// Listens to the mouse, or no longer.
pub(super) fn set_mouse_capture(mouse: bool) -> io::Result<()> {
    let mut out = terminal_output()?;
    out.write_all(if mouse { MOUSE_ON } else { MOUSE_OFF })?;
    out.flush()
}

/// Whether the terminal is ours.
pub(super) fn has_terminal() -> bool {
    MODES_ENTERED.load(Ordering::SeqCst)
}

/// Leaves them, if they are on. Errors are of no use here: the terminal may be gone.
pub(super) fn leave_modes() {
    if MODES_ENTERED.swap(false, Ordering::SeqCst) {
        if let Ok(mut out) = terminal_output() {
            let _ = out.write_all(MOUSE_OFF);
            let _ = execute!(
                out,
                crossterm::terminal::EndSynchronizedUpdate,
                ResetColor,
                DisableBracketedPaste,
                LeaveAlternateScreen,
                crossterm::cursor::Show
            );
            let _ = out.flush();
        }
        let _ = disable_raw_mode();
    }
}

/// A panic on the main thread gives the terminal back before it speaks. One on another thread is caught where the
/// thread's work is called, and becomes a sentence on the screen.
fn install_panic_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let on_main = std::thread::current().name() == Some("main");
        if on_main {
            leave_modes();
            before(info);
        } else if !MODES_ENTERED.load(Ordering::SeqCst) {
            before(info);
        }
    }));
}
