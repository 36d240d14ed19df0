//! The modes of the terminal: entered once, left on every way out, also from a panic.

use std::io::{self, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// Whether the modes are on: process-wide, as the terminal is, so that a panic hook can know.
static ENTERED: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// Enters the modes: raw keys, alternate screen, bracketed paste.
pub(super) fn enter() -> io::Result<()> {
    HOOK.call_once(hook);
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Whether the terminal is ours.
pub(super) fn is_entered() -> bool {
    ENTERED.load(Ordering::SeqCst)
}

/// Leaves them, if they are on. Errors are of no use here: the terminal may be gone.
pub(super) fn leave() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        let _ = execute!(
            stdout(),
            crossterm::terminal::EndSynchronizedUpdate,
            ResetColor,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            crossterm::cursor::Show
        );
        let _ = stdout().flush();
        let _ = disable_raw_mode();
    }
}

/// A panic on the main thread gives the terminal back before it speaks. One on another thread is caught where the
/// thread's work is called, and becomes a sentence on the screen.
fn hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let on_main = std::thread::current().name() == Some("main");
        if on_main {
            leave();
            before(info);
        } else if !ENTERED.load(Ordering::SeqCst) {
            before(info);
        }
    }));
}
