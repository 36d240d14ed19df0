//! The terminal itself: frames, modes, clipboard (OSC 52) and bell; keys, mouse, pastes and signals. Restored on every
//! way out.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Write, stdout};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread::sleep;
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
use crate::log;
use crate::store::UnwrittenMarks;
use crate::term::event_loop::LoopEvent;
use crate::term::hyperlinks::{HyperlinkBackend, mark_changed_links};
use crate::threads;
use crate::ui::{Theme, draw_with_links};

/// Maximum number of link spans in a frame that are sent to the terminal: each cell drawn is looked up among them.
const MAX_LINKS: usize = 200;

/// Minimum time between two bells.
const BELL_INTERVAL: Duration = Duration::from_secs(1);

/// Maximum number of columns and rows that are drawn. A terminal may report any size, and each cell takes memory.
const MAX_SIZE: (u16, u16) = (2000, 1000);

/// The end of a synchronized update (DEC private mode 2026), and so of a frame.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

/// Collects a frame and writes it in one piece. ratatui flushes before the end of the synchronized update; that flush
/// is ignored, so that the terminal never shows half a frame.
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

/// The size to draw in a terminal of this size, in columns and rows.
pub(super) fn drawn_size(width: u16, height: u16) -> (u16, u16) {
    (width.min(MAX_SIZE.0), height.min(MAX_SIZE.1))
}

/// The terminal while the program has it. Restores its modes when dropped.
pub(super) struct Screen {
    terminal: Terminal<HyperlinkBackend<FrameWriter>>,
    /// Whether links are sent to the terminal.
    links: bool,
    /// The area of the last frame; empty to force a full redraw.
    area: Rect,
    /// Whether the mouse is captured.
    mouse: bool,
    /// When the last frame was drawn.
    last_frame: Option<Instant>,
    /// When the bell last rang.
    last_bell: Option<Instant>,
}

impl Screen {
    /// Enters the modes of the screen.
    ///
    /// # Errors
    /// If the terminal cannot be opened or written to; its modes are then as before.
    pub(super) fn enter(mouse: bool, links: bool) -> io::Result<Self> {
        let out = terminal_output()?;
        enter_modes(mouse)?;
        // The theme alone decides on colours; crossterm would drop them for `NO_COLOR`.
        crossterm::style::force_color_output(true);
        // Not `Viewport::Fullscreen`, which follows the terminal's size by itself: a frame has the size in the state.
        let viewport = Viewport::Fixed(Rect::default());
        let terminal = Terminal::with_options(
            HyperlinkBackend::new(FrameWriter { bytes: Vec::new(), out }),
            TerminalOptions { viewport },
        );
        if terminal.is_err() {
            leave_modes();
        }
        Ok(Self {
            terminal: terminal?,
            links,
            area: Rect::default(),
            mouse,
            last_frame: None,
            last_bell: None,
        })
    }

    /// The size to draw, in columns and rows; 80×24 if the terminal does not tell.
    pub(super) fn size(&self) -> (u16, u16) {
        let size = self.terminal.size();
        size.map_or((80, 24), |size| drawn_size(size.width, size.height))
    }

    /// When the last frame was drawn.
    pub(super) fn drawn_at(&self) -> Option<Instant> {
        self.last_frame
    }

    /// Draws a frame. Only the cells that have changed since the last one are written.
    pub(super) fn draw(&mut self, state: &State, theme: &Theme) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let area = Rect::new(0, 0, state.ui.size.0, state.ui.size.1);
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

    /// Makes the next frame draw every cell.
    pub(super) fn force_redraw(&mut self) {
        // Not `Terminal::clear`, which asks the terminal for the position of the cursor: the input thread would take
        // the answer.
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

    /// Rings the terminal's bell, at most once per [`BELL_INTERVAL`].
    pub(super) fn ring_bell(&mut self) -> io::Result<()> {
        let is_recent = |at: &Instant| at.elapsed() < BELL_INTERVAL;
        if self.last_bell.as_ref().is_some_and(is_recent) {
            return Ok(());
        }
        self.last_bell = Some(Instant::now());
        let mut out = terminal_output()?;
        out.write_all(b"\x07")?;
        out.flush()
    }

    /// Restores the terminal, stops the process, and enters the modes again once it continues. Does nothing without a
    /// shell that could continue it.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        if !can_stop() {
            return Ok(());
        }
        leave_modes();
        stop_process();
        self.reenter()
    }

    /// Enters the modes again, after another program may have changed them.
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

// Modes of the terminal. They are left on every way out, also by a panic.

/// Whether the modes are on. Global, as the terminal is, so that the panic hook can tell.
static MODES_ENTERED: AtomicBool = AtomicBool::new(false);

/// Installs the panic hook once per process.
static PANIC_HOOK: Once = Once::new();

/// Captures mouse buttons and the wheel but not moves (DEC private mode 1000), with SGR coordinates, which have no
/// limit of 223 columns (1006). crossterm's own command would ask for moves, too.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";

/// Undoes [`MOUSE_ON`].
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// The output for the screen: standard output, or the terminal itself if standard output goes elsewhere.
pub(super) fn terminal_output() -> io::Result<Box<dyn Write>> {
    if stdout().is_terminal() {
        return Ok(Box::new(stdout()));
    }
    let tty = File::options().write(true).open("/dev/tty");
    Ok(Box::new(tty?))
}

/// Enters the modes: raw input, alternate screen, bracketed paste and, if asked for, mouse capture.
///
/// # Errors
/// If the terminal cannot be opened or written to; then none of the modes is on.
pub(super) fn enter_modes(mouse: bool) -> io::Result<()> {
    let mut out = terminal_output()?;
    PANIC_HOOK.call_once(install_panic_hook);
    enable_raw_mode()?;
    MODES_ENTERED.store(true, Ordering::SeqCst);
    let entered = execute!(out, EnterAlternateScreen, EnableBracketedPaste);
    let entered = entered.and_then(|()| if mouse { set_mouse_capture(true) } else { Ok(()) });
    if entered.is_err() {
        leave_modes();
    }
    entered
}

/// Turns mouse capture on or off.
pub(super) fn set_mouse_capture(mouse: bool) -> io::Result<()> {
    let mut out = terminal_output()?;
    out.write_all(if mouse { MOUSE_ON } else { MOUSE_OFF })?;
    out.flush()
}

/// Whether the program has the terminal, rather than an editor or a command.
pub(super) fn has_terminal() -> bool {
    MODES_ENTERED.load(Ordering::SeqCst)
}

/// Leaves the modes, if they are on. Ignores errors: the terminal may be gone, and there is nothing else to do.
pub(super) fn leave_modes() {
    if MODES_ENTERED.swap(false, Ordering::SeqCst) {
        if let Ok(mut out) = terminal_output() {
            let _ = write_leave_sequences(&mut out);
        }
        let _ = disable_raw_mode();
    }
}

/// Writes what ends the modes of the screen, except raw input.
fn write_leave_sequences(out: &mut impl Write) -> io::Result<()> {
    out.write_all(MOUSE_OFF)?;
    execute!(
        out,
        crossterm::terminal::EndSynchronizedUpdate,
        ResetColor,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        crossterm::cursor::Show
    )?;
    out.flush()
}

/// Makes a panic on the main thread restore the terminal before its message is printed. A panic on another thread
/// prints nothing while the screen is on: it is caught where the thread's work is called, and becomes a message on the
/// screen.
fn install_panic_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let on_main = std::thread::current().name() == Some("main");
        if on_main {
            leave_modes();
            before(info);
        } else if MODES_ENTERED.load(Ordering::SeqCst) {
            log::log_panic(info);
        } else {
            before(info);
        }
    }));
}

// Input: crossterm's events, translated into messages.

/// How long to wait until the input thread has paused, so that a stuck thread does not block the program.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The state of the input thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum InputGate {
    /// It reads events.
    #[default]
    Open,
    /// It was asked to pause.
    Closing,
    /// It has paused.
    Closed,
}

/// Handle of the thread that reads events from the terminal.
#[derive(Debug, Clone, Default)]
pub(super) struct InputThread(Arc<(Mutex<InputGate>, Condvar)>);

impl InputThread {
    fn gate(&self) -> MutexGuard<'_, InputGate> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops reading, so that another program gets the keys. Returns once the thread has paused.
    pub(super) fn pause(&self) {
        let mut gate = self.gate();
        *gate = InputGate::Closing;
        // The thread sleeps in a read until there is an event: send it one, a change of size.
        wake_input();
        let closing = |gate: &mut InputGate| *gate == InputGate::Closing;
        drop(self.0.1.wait_timeout_while(gate, PAUSE_TIMEOUT, closing));
    }

    /// Continues reading after [`Self::pause`].
    pub(super) fn spawn_input_thread(&self) {
        *self.gate() = InputGate::Open;
        self.0.1.notify_all();
    }

    /// Blocks the input thread while it is paused.
    fn wait_while_paused(&self) {
        let mut gate = self.gate();
        if *gate == InputGate::Closing {
            *gate = InputGate::Closed;
            self.0.1.notify_all();
        }
        drop(self.0.1.wait_while(gate, |gate| *gate == InputGate::Closed));
    }
}

/// Starts the input thread, which sends a message for each event. It sleeps while there are none.
///
/// # Errors
/// If the thread cannot be started.
pub(super) fn listen(sender: Sender<LoopEvent>) -> io::Result<InputThread> {
    let input = InputThread::default();
    let own = input.clone();
    threads::spawn("input", move || {
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
            if sender.send(LoopEvent::Msg(msg)).is_err() {
                return;
            }
        }
        // Reading failed: the terminal is gone.
        let _ = sender.send(LoopEvent::End(1));
    })?;
    Ok(input)
}

/// The mouse events that have a meaning: left clicks and the wheel.
fn mouse_from_event(event: MouseEvent) -> Option<MouseInput> {
    let action = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseAction::Click,
        MouseEventKind::ScrollUp => MouseAction::WheelUp,
        MouseEventKind::ScrollDown => MouseAction::WheelDown,
        _ => return None,
    };
    let (x, y) = (event.column, event.row);
    Some(MouseInput { action, x, y })
}

/// The key of a crossterm event. Letters with Ctrl become lower case, whatever Caps Lock does.
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

// Signals, and the hangup of the terminal.

/// How long the program may take to end cleanly after a signal before it is ended by force.
const EXIT_GRACE_PERIOD: Duration = Duration::from_secs(2);

/// Starts one thread that waits for signals, and one that waits for the terminal to hang up. A program must not outlive
/// its terminal. If the process has to be ended by force, the unwritten marks go into a journal.
///
/// # Errors
/// If signal handlers cannot be installed, or the thread cannot be started.
pub(super) fn watch_signals(
    sender: &Sender<LoopEvent>,
    unwritten: &UnwrittenMarks,
) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    let mut signals =
        signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
    let (signalled, marks) = (sender.clone(), unwritten.clone());
    threads::spawn("signals", move || {
        for signal in signals.forever() {
            let event = match signal {
                // Typed while another program, such as an editor, has the terminal: meant for that program.
                SIGINT | SIGQUIT | SIGTSTP if !has_terminal() => continue,
                SIGTSTP => LoopEvent::Suspend,
                // `Screen::suspend` goes on by itself.
                SIGCONT if STOPPED_BY_US.swap(false, Ordering::SeqCst) => continue,
                SIGCONT => LoopEvent::Continue,
                // The exit code that shells give to a process ended by a signal.
                signal => LoopEvent::End(u8::try_from(128 + signal).unwrap_or(1)),
            };
            let code = match event {
                LoopEvent::End(code) => Some(code),
                _ => None,
            };
            let _ = signalled.send(event);
            if let Some(code) = code {
                end_after_grace(code, &marks);
            }
        }
    })?;
    let (hung_up, marks) = (sender.clone(), unwritten.clone());
    threads::spawn("hangup", move || {
        if wait_for_hangup() {
            // As for SIGHUP.
            let _ = hung_up.send(LoopEvent::End(129));
            end_after_grace(129, &marks);
        }
    })?;
    Ok(())
}

/// For commands without a screen: calls `on_signal` with the exit code (128 and the number of the signal) on SIGHUP,
/// SIGINT or SIGTERM. If the process has not ended two seconds later, ends it.
///
/// # Errors
/// If signal handlers cannot be installed, or the thread cannot be started.
pub fn on_end_signal(on_signal: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    threads::spawn("signals", move || {
        if let Some(signal) = signals.forever().next() {
            let code = u8::try_from(128 + signal).unwrap_or(1);
            on_signal(code);
            sleep(EXIT_GRACE_PERIOD);
            std::process::exit(code.into());
        }
    })?;
    Ok(())
}

/// Ends the process by force, with the terminal restored, if the event loop does not end it within the grace period.
fn end_after_grace(code: u8, unwritten: &UnwrittenMarks) {
    sleep(EXIT_GRACE_PERIOD);
    let lost = unwritten.keep();
    leave_modes();
    if let Some(lost) = lost {
        let _ = writeln!(io::stderr(), "dateline: {lost}");
    }
    std::process::exit(code.into());
}

/// Waits until the terminal hangs up. Returns false if it cannot be polled.
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

/// Set when the process stops itself: the next SIGCONT is then ignored, as the caller of [`stop_process`] knows that
/// the process continues.
static STOPPED_BY_US: AtomicBool = AtomicBool::new(false);

/// Wakes the input thread with an event, a change of size that is none.
pub(super) fn wake_input() {
    let _ = signal_hook::low_level::raise(signal_hook::consts::SIGWINCH);
}

/// Whether there is a shell that could continue a stopped process. There is none if the process leads its session, as
/// in a terminal window started for this program alone.
pub(super) fn can_stop() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// Stops the process as the terminal's stop key would. Returns when it continues.
pub(super) fn stop_process() {
    STOPPED_BY_US.store(true, Ordering::SeqCst);
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
}

// Memory that runs out ends a process at once, with no way to restore the terminal in it. Where the memory is limited,
// the program therefore runs as a child of a process that does nothing but wait.

/// The limit of the memory of the process in bytes (`ulimit -v` or `-d`); `None` if there is none.
#[must_use]
pub fn memory_limit() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let limits = [Resource::As, Resource::Data].map(|resource| getrlimit(resource).current);
    limits.into_iter().flatten().min()
}

/// Runs `program`, which is this one, under the name `name` to its end, and returns its exit code. Stops when it stops,
/// and passes signals on. If it dies, restores the terminal, tells why, and returns 2.
///
/// # Errors
/// If the program cannot be started.
pub fn supervise(
    program: &Path,
    name: &str,
    arguments: impl Iterator<Item = OsString>,
    memory_limit: u64,
) -> io::Result<u8> {
    use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let tty = File::options().read(true).write(true).open("/dev/tty").ok();
    let modes = tty.as_ref().and_then(|tty| tcgetattr(tty).ok());
    let mut signals =
        signal_hook::iterator::Signals::new([SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let mut command = Command::new(program);
    let child = command.arg0(name).args(arguments).spawn()?;
    let child = Pid::from_child(&child);
    let status = loop {
        let options = WaitOptions::UNTRACED | WaitOptions::NOHANG;
        match waitpid(Some(child), options) {
            Ok(Some((_, status))) if status.stopped() => {
                let _ = kill_process(getpid(), Signal::STOP);
                // The shell continues both.
            }
            Ok(Some((_, status))) => break status,
            Err(error) if error != rustix::io::Errno::INTR => return Err(error.into()),
            _ => {
                for signal in signals.wait() {
                    // Those of keys have reached the child, too.
                    if let SIGHUP | SIGTERM = signal {
                        let signal = if signal == SIGHUP { Signal::HUP } else { Signal::TERM };
                        let _ = kill_process(child, signal);
                    }
                }
            }
        }
    };
    let Some(signal) = status.terminating_signal() else {
        let code = status.exit_status().and_then(|code| u8::try_from(code).ok());
        return Ok(code.unwrap_or(1));
    };
    if let (Some(mut tty), Some(modes)) = (tty, modes)
        && let Ok(left) = tcgetattr(&tty)
        && left.local_modes.contains(LocalModes::ICANON)
            != modes.local_modes.contains(LocalModes::ICANON)
    {
        let _ = tcsetattr(&tty, OptionalActions::Now, &modes);
        let _ = write_leave_sequences(&mut tty);
    }
    let asked_for = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, signal_hook::consts::SIGPIPE];
    if asked_for.contains(&signal) {
        return Ok(u8::try_from(128 + signal).unwrap_or(1));
    }
    let megabytes = memory_limit >> 20;
    let _ = writeln!(
        io::stderr(),
        "dateline: ended by signal {signal}, most likely for lack of memory: its limit is {megabytes} MB (ulimit -v); raise it, or open less"
    );
    Ok(2)
}
