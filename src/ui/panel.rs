//! The lists that stand over the panes: what the top line says of one, its rows, or what is said where it has none.

use ratatui::layout::Position;

use super::brush::Brush;
use super::status::with_thousands;
use super::theme::Role;
use super::{alerts, choices};
use crate::action::{Action, Pane};
use crate::app::{Panel, PanelKind, State, overlay_area};
use crate::text::pluralize;

/// What the top line says at its right while a list is open.
pub(super) fn panel_status(state: &State, panel: Panel) -> String {
    let count = state.panel_len(panel.kind);
    let told = |one: &str| format!("{} {}", with_thousands(count), pluralize(count, one));
    match panel.kind {
        PanelKind::Views => told("saved view"),
        PanelKind::Links => {
            let hint = state.key_hint(": ", Action::Choose, "opens one");
            told("link") + &hint
        }
        PanelKind::Bookmarks => told("place"),
        PanelKind::Alerts => {
            let dropped = match state.alerts.log.dropped {
                0 => String::new(),
                dropped => format!(", {} older ones dropped", with_thousands(dropped)),
            };
            told("alert") + &dropped
        }
    }
}

/// Draws a list between the top and the bottom line; returns the cell of the selected row.
pub(super) fn draw(state: &State, panel: Panel, brush: &mut Brush<'_>) -> Option<Position> {
    let width = state.size.0;
    let count = state.panel_len(panel.kind);
    if count == 0 {
        let lines = match panel.kind {
            PanelKind::Views => [
                "no view is saved yet",
                ":view NAME saves the filter that is on, :alert NAME one that tells what arrives",
                "views of your own file: `dateline config default` prints an example",
            ]
            .map(str::to_owned),
            PanelKind::Links | PanelKind::Bookmarks => choices::no_bookmarks_message(state),
            PanelKind::Alerts => [
                "no alert yet",
                "what arrives after the start and is kept by a view with an alert is written here",
                ":alert NAME makes one of the filter that is on",
            ]
            .map(str::to_owned),
        };
        let room = usize::from(width.saturating_sub(4));
        let lines = lines.iter().enumerate().flat_map(|(line, text)| {
            let role = if line == 0 { Role::Text } else { Role::Dim };
            let wrapped = crate::text::wrap(text, room).into_iter();
            wrapped.map(move |range| (role, &text[range]))
        });
        for (y, (role, text)) in (3..state.size.1.saturating_sub(1)).zip(lines) {
            brush.text(2, y, width.saturating_sub(2), text, &[role]);
        }
        return None;
    }
    let top = overlay_area(state.size, Pane::Choice).y;
    let rows = panel.top..count.min(panel.top + state.pane_height(Pane::Choice));
    match panel.kind {
        PanelKind::Views => {
            alerts::draw_views(state, rows.clone(), top, brush);
        }
        PanelKind::Links => {
            for (y, link) in (top..).zip(&state.links[rows.clone()]) {
                choices::draw_link_row(link, width, y, brush);
            }
        }
        PanelKind::Bookmarks => {
            let named = state.bookmarks.named.iter().skip(rows.start);
            for (y, (letter, place)) in (top..).zip(named.take(rows.len())) {
                choices::draw_bookmark_row((*letter, place), width, y, brush);
            }
        }
        PanelKind::Alerts => {
            let alerts = state.alerts.log.newest().skip(rows.start);
            for (y, alert) in (top..).zip(alerts.take(rows.len())) {
                alerts::draw_alert_row(state, alert, y, brush);
            }
        }
    }
    let y = top + u16::try_from(panel.row - panel.top).unwrap_or(0);
    brush.restyle(0, y, width, Role::Selected);
    Some(Position::new(0, y))
}
