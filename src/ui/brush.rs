//! Puts text into the buffer: cell by cell, made safe, clipped by measured width. Everything on the screen goes through here.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::theme::{Role, Theme};
use crate::text::{Layer, cells, runs};

/// Draws into a buffer with a theme.
pub(super) struct Brush<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
}

impl<'a> Brush<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self { buffer, theme }
    }

    /// Draws a text from a cell on, in at most so many columns. Returns the column after it.
    pub(super) fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, roles: &[Role]) -> u16 {
        let style = self.theme.blend(roles);
        let area = self.buffer.area;
        let end = x.saturating_add(columns).min(area.right());
        let mut at = x;
        if y >= area.bottom() || x >= end {
            return x;
        }
        for cell in cells(text) {
            if at + cell.width > end {
                break;
            }
            if let Some(first) = self.buffer.cell_mut(Position::new(at, y)) {
                first.set_symbol(&cell.symbol).set_style(style);
            }
            if cell.width == 2
                && let Some(second) = self.buffer.cell_mut(Position::new(at + 1, y))
            {
                second.reset();
                second.set_style(style);
            }
            at += cell.width;
        }
        at
    }

    /// Draws a range of a text in runs: `base` everywhere, further roles where their layers say so.
    pub(super) fn runs(
        &mut self,
        x: u16,
        y: u16,
        columns: u16,
        text: &str,
        line: Range<usize>,
        base: &[Role],
        layers: &[Layer<'_, Role>],
    ) -> u16 {
        let end = x.saturating_add(columns);
        let mut at = x;
        for run in runs(line, layers) {
            let mut roles = base.to_vec();
            roles.extend(run.marks);
            at = self.text(
                at,
                y,
                end.saturating_sub(at),
                text.get(run.range).unwrap_or(""),
                &roles,
            );
        }
        at
    }

    /// Gives so many cells a role over what they look like.
    pub(super) fn over(&mut self, x: u16, y: u16, columns: u16, role: Role) {
        let style = self.theme.style(role);
        for at in x..x.saturating_add(columns).min(self.buffer.area.right()) {
            if let Some(cell) = self.buffer.cell_mut(Position::new(at, y)) {
                cell.set_style(style);
            }
        }
    }
}
