//! Draws a sheet over the panes: all keys, or the problems.

use super::brush::Brush;
use super::status::columns;
use super::theme::Role;
use crate::app::{Sheet, SheetLine, State, sheet_lines};
use crate::text::fit;

/// Column of the text after the keys.
const TEXT: u16 = 22;

/// Draws the lines of a sheet between the top and the bottom line.
pub(super) fn draw(state: &State, sheet: Sheet, brush: &mut Brush<'_>) {
    let width = state.size.0.saturating_sub(4);
    let rows = 2..state.size.1.saturating_sub(1);
    let text = if width < 50 {
        14
    } else {
        TEXT.max(width / 4).min(34)
    };
    let lines = sheet_lines(state, sheet);
    let below = lines.len().saturating_sub(sheet.scroll + rows.len());
    if below > 0 {
        let more = format!("{below} more lines below");
        let x = state.size.0.saturating_sub(columns(&more) + 1);
        brush.text(x, state.size.1 - 1, columns(&more), &more, &[Role::Dim]);
    }
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
                    &fit(&keys, usize::from(text - 4)),
                    &[Role::Key],
                );
                brush.text(2 + text, y, width.saturating_sub(text), help, &[Role::Text]);
            }
            SheetLine::Text(line) => {
                brush.text(2, y, width, &line, &[Role::Text]);
            }
            SheetLine::Fault(line) => {
                brush.text(2, y, width, &line, &[Role::Fault]);
            }
        }
    }
}
