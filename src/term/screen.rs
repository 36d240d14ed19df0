//! The screen: one frame at a time, written in one piece, within a synchronized update.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::linked::{HyperlinkBackend, mark_changed_links};
use super::{guard, signals};
use crate::app::State;
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
        let out = guard::terminal_output()?;
        guard::enter_modes(mouse)?;
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
            guard::leave_modes();
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
        execute!(
            guard::terminal_output()?,
            CopyToClipboard::to_clipboard_from(text)
        )
    }

    /// Listens to the mouse, or no longer.
    pub(super) fn set_mouse_capture(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        guard::set_mouse_capture(mouse)
    }

    /// Rings the bell, once a second at most: what that means is up to the terminal.
    pub(super) fn ring_bell(&mut self) -> io::Result<()> {
        let rung = |at: &Instant| at.elapsed() < BELL_INTERVAL;
        if self.last_bell.as_ref().is_some_and(rung) {
            return Ok(());
        }
        self.last_bell = Some(Instant::now());
        let mut out = guard::terminal_output()?;
        out.write_all(b"\x07")?;
        out.flush()
    }

    /// Gives the terminal back, stops the process, and takes the terminal again when it goes on. Does nothing where
    /// nobody could let it go on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        if !signals::can_stop() {
            return Ok(());
        }
        guard::leave_modes();
        signals::stop_process();
        self.reenter()
    }

    /// Takes the terminal again after others may have changed its modes.
    pub(super) fn reenter(&mut self) -> io::Result<()> {
        guard::leave_modes();
        guard::enter_modes(self.mouse)?;
        self.force_redraw();
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        guard::leave_modes();
    }
}
