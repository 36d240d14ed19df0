//! What may follow keys that begin several: all of it, over as many lines as it takes, up from the bottom.

use super::brush::Brush;
use super::status::column_count;
use super::theme::Role;
use crate::app::Area;

/// Draws the keys that were pressed, and what may follow them.
pub(super) fn draw_continuations(
    pressed: &str,
    hints: &[(String, &'static str)],
    area: Area,
    brush: &mut Brush<'_>,
) {
    let mut lines: Vec<(u16, Vec<&(String, &'static str)>)> =
        vec![(column_count(pressed) + 2, vec![])];
    for hint in hints {
        let takes = column_count(&hint.0) + 1 + column_count(hint.1) + 2;
        match lines.last_mut() {
            Some((x, on)) if *x + takes <= area.width + 1 || on.is_empty() => {
                *x += takes;
                on.push(hint);
            }
            _ => lines.push((1 + takes, vec![hint])),
        }
    }
    let count = u16::try_from(lines.len()).unwrap_or(1).min(area.y);
    let blank = " ".repeat(usize::from(area.width));
    for (y, (number, (_, on))) in (area.y + 1 - count..).zip(lines.iter().enumerate()) {
        brush.text(0, y, area.width, &blank, &[Role::Text]);
        let mut x = 1;
        if number == 0 {
            x = brush.text(x, y, area.width - 1, pressed, &[Role::Key]) + 1;
        }
        for (keys, words) in on {
            let room = |x: u16| area.width.saturating_sub(x);
            x = brush.text(x, y, room(x), keys, &[Role::Key]) + 1;
            x = brush.text(x, y, room(x), words, &[Role::Dim]) + 2;
        }
    }
}
