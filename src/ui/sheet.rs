//! Draws a sheet, a page of text over the panes: help, problems, header fields, raw source.

use ratatui::layout::Position;

use crate::action::Pane;
use crate::app::{Sheet, SheetKind, SheetLine, State, overlay_area, sheet_column, sheet_lines};
use crate::text::truncate_to_width;
use crate::ui::brush::{Brush, signs_as_letters, with_thousands};
use crate::ui::theme::Role;

/// Draws a sheet between the top and the bottom line. Returns the cell of its first line, and a text for the bottom
/// line: how many lines are below.
pub(super) fn draw(state: &State, sheet: Sheet, brush: &mut Brush<'_>) -> (Position, String) {
    let width = state.ui.size.0.saturating_sub(4);
    let area = overlay_area(state.ui.size, Pane::Sheet);
    let rows = area.y..area.y + area.height;
    // The column of help texts and values, after keys and names.
    let text = sheet_column(width);
    let lines = sheet_lines(state, sheet);
    let below = lines.len().saturating_sub(sheet.scroll + rows.len());
    let more = match below {
        0 => String::new(),
        1 => "1 line below".to_owned(),
        _ => format!("{} lines below", with_thousands(below)),
    };
    for (y, line) in rows.zip(lines.into_iter().skip(sheet.scroll)) {
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
            SheetLine::Text(line) if state.settings.plain && sheet.kind == SheetKind::Help => {
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
