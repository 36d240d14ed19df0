//! A ratatui backend that writes linked cells as terminal hyperlinks (OSC 8), which ratatui itself does not support.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Size};

use crate::ui::LinkSpan;

/// Wraps crossterm's backend and adds the links.
pub(super) struct HyperlinkBackend<W: Write> {
    inner: CrosstermBackend<W>,
    /// The links of the current frame.
    links: Vec<LinkSpan>,
}

impl<W: Write> HyperlinkBackend<W> {
    pub(super) fn new(out: W) -> Self {
        Self { inner: CrosstermBackend::new(out), links: Vec::new() }
    }

    /// The links of the frame drawn last.
    pub(super) fn links(&self) -> &[LinkSpan] {
        &self.links
    }

    /// Sets the links of the next frame.
    pub(super) fn set_links(&mut self, links: Vec<LinkSpan>) {
        self.links = links;
    }

    fn link_at(&self, x: u16, y: u16) -> Option<&LinkSpan> {
        self.links.iter().find(|link| link.y == y && (link.x..link.x + link.columns).contains(&x))
    }
}

/// Makes the next frame write every cell of the old and the new links again if the links have changed, even if the text
/// of the cell has not: a terminal keeps the link with which a cell was written.
pub(super) fn mark_changed_links(buffer: &mut Buffer, before: &[LinkSpan], now: &[LinkSpan]) {
    if before == now {
        return;
    }
    for link in before.iter().chain(now) {
        for x in link.x..link.x + link.columns {
            if let Some(cell) = buffer.cell_mut(Position::new(x, link.y)) {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
        }
    }
}

impl<W: Write> Write for HyperlinkBackend<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut self.inner, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for HyperlinkBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        if self.links.is_empty() {
            return self.inner.draw(content);
        }
        // Cells arrive row by row: runs of cells with the same link share one escape sequence.
        let mut content = content.peekable();
        while let Some(first) = content.next() {
            let link = self.link_at(first.0, first.1).cloned();
            let mut run = vec![first];
            while let Some(next) =
                content.next_if(|(x, y, _)| self.link_at(*x, *y) == link.as_ref())
            {
                run.push(next);
            }
            match &link {
                Some(link) => {
                    // A common id joins the parts of a wrapped link: terminals highlight them together.
                    let id = crate::text::stable_hash(link.target.as_bytes());
                    let target = &link.target;
                    write!(self.inner, "\x1b]8;id={id:x};{target}\x1b\\")?;
                    self.inner.draw(run.into_iter())?;
                    self.inner.write_all(b"\x1b]8;;\x1b\\")?;
                }
                None => self.inner.draw(run.into_iter())?,
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, part: ClearType) -> io::Result<()> {
        self.inner.clear_region(part)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(x: u16, columns: u16, target: &str) -> LinkSpan {
        LinkSpan { x, y: 0, columns, target: target.to_owned() }
    }

    fn drawn(before: &[LinkSpan], now: &[LinkSpan]) -> String {
        let old = Buffer::with_lines(["see a.b or"]);
        let mut new = Buffer::with_lines(["see a.b or"]);
        mark_changed_links(&mut new, before, now);
        let mut bytes = Vec::new();
        let mut backend = HyperlinkBackend::new(&mut bytes);
        backend.set_links(now.to_vec());
        let done = backend.draw(old.diff(&new).into_iter());
        assert!(done.is_ok());
        drop(backend);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn cells_are_written_again_when_their_link_changes() {
        let (one, two) = (link(4, 3, "http://a.b"), link(4, 3, "http://a.bc"));
        let same = drawn(std::slice::from_ref(&one), std::slice::from_ref(&one));
        assert!(!same.contains("a.b"), "{same:?}");
        let other = drawn(&[one], std::slice::from_ref(&two));
        let begins = other.find("\x1b]8;id=").zip(other.find(";http://a.bc\x1b\\"));
        assert!(begins.is_some_and(|(a, b)| a < b), "{other:?}");
        let (text, ends) = (other.find("a.b\x1b"), other.find("\x1b]8;;\x1b\\"));
        assert!(text < ends && text.is_some(), "{other:?}");
        let gone = drawn(&[two], &[]);
        assert!(gone.contains("a.b") && !gone.contains("]8;"), "{gone:?}");
    }
}
