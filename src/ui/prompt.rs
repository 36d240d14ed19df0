//! Draws the prompt at the bottom and, above it, the error in a query or the completions that Tab offers.

use ratatui::layout::Position;

use crate::action::Pane;
use crate::app::{Completion, Layout, PromptKind, State};
use crate::text::{display_width, truncate_to_width, wrap};
use crate::ui::brush::column_count;
use crate::ui::brush::{Brush, with_thousands};
use crate::ui::theme::Role;

/// Draws the prompt over the bottom line. Returns the cell of its cursor.
pub(super) fn draw_prompt(
    state: &State,
    layout: &Layout,
    brush: &mut Brush<'_>,
) -> Option<Position> {
    let prompt = state.ui.prompt.as_ref()?;
    let (area, total) = (layout.bottom, state.ui.size.0);
    brush.clear_row(area.y);
    let over_speakers = state.active_pane() == Pane::Speakers;
    let lead = match prompt.kind {
        PromptKind::Filter => "filter: ",
        PromptKind::Search => "search: ",
        PromptKind::Narrow if over_speakers => "speaker: ",
        PromptKind::Narrow => "lines with: ",
        PromptKind::Command => ":",
        PromptKind::Pipe => "pipe to: ",
    };
    let x = brush.text(1, area.y, total - 1, lead, &[Role::Key]);
    let room = usize::from(total.saturating_sub(x + 1)).max(1);
    let cursor = prompt.cursor();
    // A long text scrolls so that the cursor stays visible.
    let skip = cursor.saturating_sub(room - 1);
    let shown: String = crate::text::cells(prompt.text())
        .scan(0, |at, cell| {
            let before = *at;
            *at += usize::from(cell.width);
            Some((before, cell))
        })
        .filter(|(before, _)| *before >= skip)
        .map(|(_, cell)| cell.symbol.into_owned())
        .collect();
    let after = brush.text(x, area.y, total.saturating_sub(x), &shown, &[Role::Text]);
    // The effect of the text typed so far, at the right end.
    let hits = match prompt.kind {
        PromptKind::Filter => crate::ui::frame::hit_counts(state),
        PromptKind::Narrow if over_speakers => {
            format!("{} shown", with_thousands(state.session.speakers.shown_rows.len()))
        }
        PromptKind::Command | PromptKind::Pipe | PromptKind::Narrow => String::new(),
        PromptKind::Search if prompt.text().is_empty() => String::new(),
        PromptKind::Search => format!("{} here", with_thousands(state.ui.reader.search.hits.len())),
    };
    let hits_x = total.saturating_sub(column_count(&hits) + 1);
    if hits_x > after + 2 {
        brush.text(hits_x, area.y, total, &hits, &[Role::Dim]);
    }
    if let Some(completion) = &prompt.completion {
        draw_candidates(completion, layout, total, brush);
    } else if let Some(error) =
        state.session.filter.error.as_ref().filter(|_| prompt.kind == PromptKind::Filter)
    {
        // The message goes on the line above, its arrow above the wrong character.
        let y = area.y.saturating_sub(1);
        let before: String = prompt.text().chars().take(error.column).collect();
        let at = x + column_count(&before).saturating_sub(u16::try_from(skip).unwrap_or(0));
        brush.clear_row(y);
        let message = format!("↓ {}", error.message);
        // Beside the arrow if it fits in one line, else above it.
        if column_count(&message) < total {
            let start = at.min(total.saturating_sub(column_count(&message) + 1));
            brush.text(start, y, total - start, &message, &[Role::Fault]);
        } else {
            draw_long_error(&error.message, (at, y), total, brush);
        }
    }
    Some(Position::new(x + u16::try_from(cursor - skip).unwrap_or(0), area.y))
}

/// Draws a message that needs several lines: above the line `y` with the arrow, which is in column `at`.
fn draw_long_error(message: &str, (at, y): (u16, u16), total: u16, brush: &mut Brush<'_>) {
    brush.text(at, y, total.saturating_sub(at), "↓", &[Role::Fault]);
    let lines = wrap(message, usize::from(total.saturating_sub(2)));
    for (up, line) in (1..y).zip(lines.into_iter().rev()) {
        brush.clear_row(y - up);
        brush.text(1, y - up, total - 1, &message[line], &[Role::Fault]);
    }
}

/// Draws the completions above the prompt, with the current one selected: on one line or, with what each does, one below
/// the other.
fn draw_candidates(completion: &Completion, layout: &Layout, total: u16, brush: &mut Brush<'_>) {
    if completion.help.is_empty() {
        draw_candidate_line(completion, layout, total, brush);
    } else {
        draw_candidate_rows(completion, layout, total, brush);
    }
}

/// Draws a row for each completion: what is inserted, and what it does.
fn draw_candidate_rows(
    completion: &Completion,
    layout: &Layout,
    total: u16,
    brush: &mut Brush<'_>,
) {
    let count = completion.candidates.len();
    // The top line stays.
    let height = count.min(usize::from(layout.bottom.y.saturating_sub(1))).max(1);
    // The current one is in the middle, where there are more than fit.
    let first = completion.current.saturating_sub(height / 2).min(count - height);
    let rows = first..first + height;
    let widths = completion.candidates.iter().map(|(shown, _)| display_width(shown));
    let room = usize::from(total.saturating_sub(2));
    let column = widths.max().unwrap_or(0).min(room.div_ceil(2));
    let top = layout.bottom.y.saturating_sub(u16::try_from(height).unwrap_or(0));
    for (y, at) in (top..).zip(rows) {
        brush.clear_row(y);
        let shown = truncate_to_width(&completion.candidates[at].0, column);
        let is_current = at == completion.current;
        let (name, help) =
            if is_current { (Role::Selected, Role::Text) } else { (Role::Key, Role::Dim) };
        brush.text(1, y, total - 1, &shown, &[name]);
        let x = 1 + u16::try_from(column).unwrap_or(0) + 2;
        let left = total.saturating_sub(x + 1);
        let text = truncate_to_width(completion.help.get(at).map_or("", |help| help), left.into());
        brush.text(x, y, left, &text, &[help]);
    }
}

/// Draws the completions on the line above the prompt.
fn draw_candidate_line(
    completion: &Completion,
    layout: &Layout,
    total: u16,
    brush: &mut Brush<'_>,
) {
    let y = layout.bottom.y.saturating_sub(1);
    brush.clear_row(y);
    let shown = |at: usize| completion.candidates[at].0.as_str();
    // The current one is visible, after as many earlier ones as fit.
    let mut first = completion.current;
    let mut room = usize::from(total).saturating_sub(display_width(shown(first)) + 4);
    while first > 0 && display_width(shown(first - 1)) + 2 < room {
        room -= display_width(shown(first - 1)) + 2;
        first -= 1;
    }
    let mut x = 1;
    for at in first..completion.candidates.len() {
        let left = total.saturating_sub(x + 1);
        if left < 3 {
            break;
        }
        let text = truncate_to_width(shown(at), usize::from(left));
        let role = if at == completion.current { Role::Selected } else { Role::Dim };
        x = brush.text(x, y, left, &text, &[role]) + 2;
    }
}
