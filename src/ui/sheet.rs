//! Draws a sheet, a page of text over the panes: help, problems, header fields, raw source.

use ratatui::layout::Position;

use crate::app::{Overlay, OverlayKind, SheetLine, State, sheet_column, sheet_lines};
use crate::text::{sanitize_line, truncate_to_width};
use crate::ui::brush::{Brush, signs_as_letters, with_thousands};
use crate::ui::theme::Role;

/// Draws the top line over a sheet, from column `x` on: its title, and the words that it is narrowed to, if any.
pub(super) fn draw_top(state: &State, sheet: &Overlay, x: u16, brush: &mut Brush<'_>) {
    let title = match sheet.kind {
        OverlayKind::Problems => "problems with the input",
        OverlayKind::Header => "header fields of the dispatch",
        OverlayKind::Source(..) => "source of the dispatch",
        OverlayKind::Health(_) => "sources of the wire",
        _ => "all keys",
    };
    let room = |x: u16| state.ui.size.0.saturating_sub(x);
    let x = brush.text(x, 0, room(x), title, &[Role::Text]);
    if !sheet.words.is_empty() {
        let words = format!("/ {}", sanitize_line(&sheet.words));
        brush.text(x + 2, 0, room(x + 2), &words, &[Role::Key]);
    }
}

/// Draws a sheet between the top and the bottom line. Returns the cell of its first line, and a text for the bottom
/// line: how many lines are below.
pub(super) fn draw(state: &State, sheet: &Overlay, brush: &mut Brush<'_>) -> (Position, String) {
    let width = state.ui.size.0.saturating_sub(4);
    let area = sheet.area(state.ui.size);
    let rows = area.y..area.y + area.height;
    // The column of help texts and values, after keys and names.
    let text = sheet_column(width);
    let lines = sheet_lines(state, sheet);
    let top = sheet.top.min(lines.len().saturating_sub(rows.len()));
    let below = lines.len().saturating_sub(top + rows.len());
    let more = match below {
        0 => String::new(),
        1 => "1 line below".to_owned(),
        _ => format!("{} lines below", with_thousands(below)),
    };
    for (y, line) in rows.zip(lines.into_iter().skip(top)) {
        match line {
            SheetLine::Blank => {}
            SheetLine::Heading(heading) => {
                brush.text(2, y, width, &heading, &[Role::Headline]);
            }
            SheetLine::Key(keys, help) => {
                brush.text(
                    4,
                    y,
                    text - 3,
                    &truncate_to_width(&keys, usize::from(text - 4)),
                    &[Role::Key],
                );
                brush.text(
                    2 + text,
                    y,
                    width.saturating_sub(text),
                    &help,
                    &[Role::Text],
                );
            }
            SheetLine::Field(name, value) => {
                brush.text(2, y, width, &name, &[Role::Key]);
                let room = width.saturating_sub(text);
                brush.text(2 + text, y, room, &value, &[Role::Text]);
            }
            SheetLine::Note(line) => {
                brush.text(2, y, width, &line, &[Role::Dim]);
            }
            // The legend of the signs must match what plain mode draws.
            SheetLine::Text(line) if state.settings.plain && sheet.is(&OverlayKind::Help) => {
                brush.text(2, y, width, &signs_as_letters(&line), &[Role::Text]);
            }
            SheetLine::Text(line) | SheetLine::Raw(line) => {
                brush.text(2, y, width, &line, &[Role::Text]);
            }
            SheetLine::Fault(line) => {
                brush.text(2, y, width, &line, &[Role::Fault]);
            }
        }
    }
    (Position::new(2, area.y), more)
}
