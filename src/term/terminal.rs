//! The terminal: frames, modes, clipboard (OSC 52) and bell out; keys, mouse, pastes and signals in; restored on every way out.

use std::fs::File;
use std::io::{self, IsTerminal, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, KeyCode, KeyEvent, KeyEventKind,
    KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::action::{Code, Key};
use crate::app::{MouseAction, MouseInput, Msg, State};
use crate::term::event_loop::LoopEvent;
use crate::term::hyperlinks::{HyperlinkBackend, mark_changed_links};
use crate::ui::{Theme, draw_with_links};

/// Most parts of links on a screen that go to the terminal as such.
const MAX_LINKS: usize = 200;

/// Shortest time between two bells.
const BELL_INTERVAL: Duration = Duration::from_secs(1);

/// Most columns and rows that are drawn: a size that no screen has would take memory for each of its cells.
const MAX_SIZE: (u16, u16) = (2000, 1000);

/// What ends a synchronized update (DEC private mode 2026), and so a frame.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

/// Collects a frame and writes it in one piece: ratatui flushes before the update is ended, which must not cut it.
struct FrameWriter {
    bytes: Vec<u8>,
    out: Box<dyn Write>,
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.bytes.ends_with(END_OF_FRAME) {
            return Ok(());
        }
        let sent = self.out.write_all(&self.bytes);
        let sent = sent.and_then(|()| self.out.flush());
        self.bytes.clear();
        sent
    }
}

/// The size that is drawn in a terminal of this size.
pub(super) fn drawn_size(width: u16, height: u16) -> (u16, u16) {
    (width.min(MAX_SIZE.0), height.min(MAX_SIZE.1))
}

/// The terminal while the program has it.
pub(super) struct Screen {
    terminal: Terminal<HyperlinkBackend<FrameWriter>>,
    /// Links go to the terminal as such.
    links: bool,
    /// What the last frame covered.
    area: Rect,
    mouse: bool,
    last_frame: Option<Instant>,
    /// When the bell was rung last.
    last_bell: Option<Instant>,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn enter(mouse: bool, links: bool) -> io::Result<Self> {
        let out = terminal_output()?;
        enter_modes(mouse)?;
        // Which colours there are is for the theme to know.
        crossterm::style::force_color_output(true);
        // Not the full screen, which follows each size by itself: the size of a frame is that of the state.
        let viewport = Viewport::Fixed(Rect::default());
        let made = Terminal::with_options(
            HyperlinkBackend::new(FrameWriter {
                bytes: Vec::new(),
                out,
            }),
            TerminalOptions { viewport },
        );
        if made.is_err() {
            leave_modes();
        }
        Ok(Self {
            terminal: made?,
            links,
            area: Rect::default(),
            mouse,
            last_frame: None,
            last_bell: None,
        })
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        let size = self.terminal.size();
        size.map_or((80, 24), |size| drawn_size(size.width, size.height))
    }

    /// When the last frame was drawn.
    pub(super) fn drawn_at(&self) -> Option<Instant> {
        self.last_frame
    }

    /// Draws a frame.
    pub(super) fn draw(&mut self, state: &State, theme: &Theme) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let area = Rect::new(0, 0, state.size.0, state.size.1);
        if area != self.area {
            self.terminal.resize(area)?;
            self.area = area;
        }
        let mut links = Vec::new();
        let buffer = self.terminal.current_buffer_mut();
        let cursor = draw_with_links(state, theme, buffer, &mut links);
        links.truncate(if self.links { MAX_LINKS } else { 0 });
        let before = self.terminal.backend().links().to_vec();
        mark_changed_links(self.terminal.current_buffer_mut(), &before, &links);
        self.terminal.backend_mut().set_links(links);
        self.terminal.apply_buffer_with_cursor(cursor)?;

        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        let sent = io::Write::flush(self.terminal.backend_mut());
        self.last_frame = Some(Instant::now());
        sent
    }

    /// Forgets what is on the screen: the next frame draws every cell.
    pub(super) fn force_redraw(&mut self) {
        // Not `Terminal::force_redraw`, which asks the terminal for the cursor while the keys are being waited for: no answer.
        self.area = Rect::default();
    }

    /// Puts a text on the clipboard through the terminal (OSC 52), which works over ssh too.
    pub(super) fn copy_to_clipboard(text: &str) -> io::Result<()> {
        // At once, between two frames: there may be no other one.
        execute!(terminal_output()?, CopyToClipboard::to_clipboard_from(text))
    }

    /// Listens to the mouse, or no longer.
    pub(super) fn set_mouse_capture(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        set_mouse_capture(mouse)
    }

    /// Rings the bell, once a second at most: what that means is up to the terminal.
    pub(super) fn ring_bell(&mut self) -> io::Result<()> {
        let rung = |at: &Instant| at.elapsed() < BELL_INTERVAL;
        if self.last_bell.as_ref().is_some_and(rung) {
            return Ok(());
        }
        self.last_bell = Some(Instant::now());
        let mut out = terminal_output()?;
        out.write_all(b"\x07")?;
        out.flush()
    }

    /// Gives the terminal back, stops the process, and takes the terminal again when it goes on. Does nothing where
    /// nobody could let it go on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        if !can_stop() {
            return Ok(());
        }
        leave_modes();
        stop_process();
        self.reenter()
    }

    /// Takes the terminal again after others may have changed its modes.
    pub(super) fn reenter(&mut self) -> io::Result<()> {
        leave_modes();
        enter_modes(self.mouse)?;
        self.force_redraw();
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave_modes();
    }
}

// The modes of the terminal: entered once, left on every way out, also from a panic.

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

// Keys, the mouse, pastes and new sizes, from crossterm's events to the program's own words.

/// How long the thread may take to stop listening.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether the thread listens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum InputGate {
    #[default]
    Open,
    /// It shall stop.
    Closing,
    /// It waits to be let on.
    Closed,
}

/// The thread that waits for events, from outside.
#[derive(Debug, Clone, Default)]
pub(super) struct InputThread(Arc<(Mutex<InputGate>, Condvar)>);

impl InputThread {
    fn gate(&self) -> MutexGuard<'_, InputGate> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves the keys to another program.
    pub(super) fn pause(&self) {
        let mut gate = self.gate();
        *gate = InputGate::Closing;
        // The thread sleeps until there is an event: a new size is one.
        wake_input();
        let closing = |gate: &mut InputGate| *gate == InputGate::Closing;
        drop(self.0.1.wait_timeout_while(gate, PAUSE_TIMEOUT, closing));
    }

    /// Takes the keys again.
    pub(super) fn spawn_input_thread(&self) {
        *self.gate() = InputGate::Open;
        self.0.1.notify_all();
    }

    /// Waits while the keys are another program's.
    fn wait_while_paused(&self) {
        let mut gate = self.gate();
        if *gate == InputGate::Closing {
            *gate = InputGate::Closed;
            self.0.1.notify_all();
        }
        drop(self.0.1.wait_while(gate, |gate| *gate == InputGate::Closed));
    }
}

/// Starts the thread that waits for events. It sleeps while there are none.
pub(super) fn listen(tell: Sender<LoopEvent>) -> InputThread {
    let ears = InputThread::default();
    let own = ears.clone();
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            own.wait_while_paused();
            let msg = match event {
                event::Event::Key(key) if key.kind != KeyEventKind::Release => {
                    Msg::Key(key_from_event(key))
                }
                event::Event::Paste(text) => Msg::Paste(text),
                event::Event::Resize(width, height) => {
                    let (width, height) = drawn_size(width, height);
                    Msg::Resize(width, height)
                }
                event::Event::Mouse(mouse) => match mouse_from_event(mouse) {
                    Some(mouse) => Msg::Mouse(mouse),
                    None => continue,
                },
                _ => continue,
            };
            if tell.send(LoopEvent::Msg(msg)).is_err() {
                return;
            }
        }
        // Nothing can be read any more: the terminal is gone.
        let _ = tell.send(LoopEvent::End(1));
    });
    ears
}

fn mouse_from_event(event: MouseEvent) -> Option<MouseInput> {
    let deed = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseAction::Click,
        MouseEventKind::ScrollUp => MouseAction::WheelUp,
        MouseEventKind::ScrollDown => MouseAction::WheelDown,
        _ => return None,
    };
    let (x, y) = (event.column, event.row);
    Some(MouseInput { action: deed, x, y })
}

fn key_from_event(event: KeyEvent) -> Key {
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number) => Code::F(number),
        _ => Code::Other,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let code = match code {
        Code::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        code => code,
    };
    Key { code, ctrl, alt }
}

// Signals and the end of the terminal: the program ends in order, stops and goes on, and never outlives its
// terminal.

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
                SIGINT | SIGQUIT | SIGTSTP if !has_terminal() => continue,
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
    leave_modes();
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
