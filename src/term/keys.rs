//! Keys, the mouse, pastes and new sizes, from crossterm's events to the program's own words.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{
    self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use super::LoopEvent;
use super::screen::drawn_size;
use crate::action::{Code, Key};
use crate::app::{MouseAction, MouseInput, Msg};

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
        super::signals::wake_input();
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
