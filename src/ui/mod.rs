//! Draws the state: `draw(&State, &Theme, &mut Buffer)`. Reads everything, changes nothing.

mod alerts;
mod brush;
mod changes;
mod columns;
mod list;
mod marks;
mod prompt;
mod quotes;
mod reader;
mod sheet;
mod short;
mod speakers;
mod status;
mod theme;

pub use theme::{Depth, Role, Theme};

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::{Layout, Room, State};
use brush::Brush;

/// Draws one frame. Returns where the terminal's cursor belongs: at the prompt, or on the focused row.
pub fn draw(state: &State, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    buffer.set_style(buffer.area, theme.ground());
    let mut brush = Brush::new(buffer, theme, state.plain);
    let layout = state.layout();
    if layout.room == Room::TooSmall {
        brush.text(0, 0, state.size.0, "too small", &[Role::Text]);
        return None;
    }
    status::top(state, &layout, &mut brush);
    let mut cursor = None;
    if let Some(sheet) = state.sheet {
        cursor = Some(sheet::draw(state, sheet, &mut brush));
    } else if let Some(panel) = state.alerts.panel {
        cursor = alerts::draw(state, panel, &mut brush);
    } else if let Some(comparison) = &state.changes {
        cursor = changes::draw(state, comparison, &mut brush);
    } else if state.speakers.open {
        cursor = speakers::draw(state, &mut brush);
    } else {
        lines(&layout, state, &mut brush);
        if let Some(area) = layout.list {
            cursor = list::draw(state, area, &mut brush);
        }
        if let Some(area) = layout.reader {
            cursor = reader::draw(state, area, &mut brush).or(cursor);
        }
        if let Some(area) = layout.quotes {
            cursor = quotes::draw(state, area, &mut brush).or(cursor);
        }
    }
    status::bottom(state, &layout, &mut brush);
    prompt::prompt(state, &layout, &mut brush).or(cursor)
}

/// The hairlines between the panes.
fn lines(layout: &Layout, state: &State, brush: &mut Brush<'_>) {
    let (Some(&first), Some(&last)) = (layout.rows.first(), layout.rows.last()) else {
        return;
    };
    for &y in &layout.rows {
        for x in 0..state.size.0 {
            brush.text(x, y, 1, "─", &[Role::Line]);
        }
    }
    for &x in &layout.columns {
        brush.text(x, first, 1, "┬", &[Role::Line]);
        for y in first + 1..last {
            brush.text(x, y, 1, "│", &[Role::Line]);
        }
        brush.text(x, last, 1, "┴", &[Role::Line]);
    }
}
