//! Draws the state: `draw(&State, &Theme, &mut Buffer)`. Reads everything, changes nothing.

mod alerts;
mod brush;
mod changes;
mod choices;
mod columns;
mod continuations;
mod empty;
mod list;
mod marks;
mod panel;
mod prompt;
mod quotes;
mod reader;
mod sheet;
mod short;
mod speakers;
mod status;
mod theme;

pub use theme::{ColorDepth, Role, Theme};

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::{Layout, LayoutMode, State};
use brush::Brush;
pub use brush::LinkSpan;

/// Draws one frame. Returns where the terminal's cursor belongs: at the prompt, or on the focused row.
pub fn draw(state: &State, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    draw_with_links(state, theme, buffer, &mut Vec::new())
}

/// The same; `links` gets the cells that are links.
pub fn draw_with_links(
    state: &State,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<LinkSpan>,
) -> Option<Position> {
    buffer.set_style(buffer.area, theme.ground());
    let mut brush = Brush::new(buffer, theme, state.plain);
    let cursor = draw_panes(state, &mut brush);
    brush.take_links(links);
    cursor
}

fn draw_panes(state: &State, brush: &mut Brush<'_>) -> Option<Position> {
    let layout = state.layout();
    if layout.mode == LayoutMode::TooSmall {
        brush.text(0, 0, state.size.0, "too small", &[Role::Text]);
        return None;
    }
    status::draw_top(state, &layout, brush);
    let (mut cursor, mut more) = (None, None);
    if let Some(sheet) = state.sheet {
        let (first, below) = sheet::draw(state, sheet, brush);
        (cursor, more) = (Some(first), Some(below));
    } else if let Some(panel) = state.panel {
        cursor = panel::draw(state, panel, brush);
    } else if let Some(comparison) = &state.comparison {
        cursor = changes::draw(state, comparison, brush);
    } else if state.speakers.open {
        cursor = speakers::draw(state, brush);
    } else {
        draw_hairlines(&layout, state, brush);
        if let Some(area) = layout.list {
            cursor = list::draw(state, area, brush);
        }
        if let Some(area) = layout.reader {
            cursor = reader::draw(state, area, brush).or(cursor);
        }
        if let Some(area) = layout.quotes {
            cursor = quotes::draw(state, area, brush).or(cursor);
        }
    }
    status::draw_bottom(state, &layout, more, brush);
    prompt::draw_prompt(state, &layout, brush).or(cursor)
}

/// The hairlines between the panes.
fn draw_hairlines(layout: &Layout, state: &State, brush: &mut Brush<'_>) {
    let (Some(&first), Some(&last)) = (layout.hairline_rows.first(), layout.hairline_rows.last())
    else {
        return;
    };
    for &y in &layout.hairline_rows {
        for x in 0..state.size.0 {
            brush.text(x, y, 1, "─", &[Role::Hairline]);
        }
    }
    for &x in &layout.hairline_columns {
        brush.text(x, first, 1, "┬", &[Role::Hairline]);
        for y in first + 1..last {
            brush.text(x, y, 1, "│", &[Role::Hairline]);
        }
        brush.text(x, last, 1, "┴", &[Role::Hairline]);
    }
}
