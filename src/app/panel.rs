//! Panels: lists over the panes, of views, alerts, links or bookmarks. Which one is open, its selected row, and what
//! Enter does there. Knows nothing of how rows look.

use crate::action::{Code, Key, Pane};
use crate::app::messages::Effect;
use crate::app::state::State;
use crate::app::{filter, navigation, reader};
use crate::index::EntryId;

/// The open panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panel {
    pub kind: PanelKind,
    /// The selected row.
    pub row: usize,
    /// First visible row.
    pub top: usize,
}

/// The kinds of panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelKind {
    Views,
    Alerts,
    /// The links of the open dispatch.
    Links,
    /// Bookmarks with a letter.
    Bookmarks,
}

impl State {
    /// Number of rows in a panel.
    #[must_use]
    pub fn panel_len(&self, kind: PanelKind) -> usize {
        match kind {
            PanelKind::Views => self.session.alerts.views.len(),
            PanelKind::Alerts => self.session.alerts.log.len(),
            PanelKind::Links => self.ui.links.len(),
            PanelKind::Bookmarks => self.session.bookmarks.named.len(),
        }
    }
}

/// Opens a panel, or closes it.
pub(super) fn toggle_panel(state: &mut State, kind: PanelKind) {
    let open = state.ui.panel.is_some_and(|panel| panel.kind == kind);
    close(state);
    if !open {
        let (row, top) = (0, 0);
        state.ui.panel = Some(Panel { kind, row, top });
    }
}

/// Closes the panel. Closing the log of alerts marks all of them as read.
pub(super) fn close(state: &mut State) {
    let panel = state.ui.panel.take();
    if panel.is_some_and(|panel| panel.kind == PanelKind::Alerts) {
        state.session.alerts.log.mark_all_read();
    }
}

/// Moves the selection by a number of rows.
pub(super) fn move_row(state: &mut State, by: isize) {
    if let Some(panel) = state.ui.panel {
        select_row(state, panel.row.saturating_add_signed(by));
    }
}

/// Selects a row, clamped to the last one.
pub(super) fn select_row(state: &mut State, row: usize) {
    if let Some(mut panel) = state.ui.panel {
        panel.row = row.min(state.panel_len(panel.kind).saturating_sub(1));
        state.ui.panel = Some(panel);
    }
}

/// Scrolls to the selected row.
pub(super) fn scroll_to_row(state: &mut State) {
    let height = state.pane_height(Pane::Choice);
    let Some(mut panel) = state.ui.panel else {
        return;
    };
    let length = state.panel_len(panel.kind);
    panel.row = panel.row.min(length.saturating_sub(1));
    let highest = (panel.row + 1).saturating_sub(height);
    panel.top = panel.top.clamp(highest, panel.row.max(highest));
    panel.top = panel.top.min(length.saturating_sub(height));
    state.ui.panel = Some(panel);
}

/// In the panel of views, a digit applies the view of that number. True if the key was such a digit.
pub(super) fn handle_digit(state: &mut State, key: Key, effects: &mut Vec<Effect>) -> bool {
    let views = state.active_pane() == Pane::Choice
        && state.ui.typed.keys.is_empty()
        && state
            .ui
            .panel
            .is_some_and(|panel| panel.kind == PanelKind::Views);
    let Code::Char(c @ '1'..='9') = key.code else {
        return false;
    };
    let row = c.to_digit(10).map_or(0, |digit| digit as usize - 1);
    if !views || key.ctrl || key.alt {
        return false;
    }
    if row < state.session.alerts.views.len() {
        apply_view(state, row, effects);
    } else {
        state.ui.notice = Some(format!("there is no view {c}"));
    }
    true
}

/// Enter: applies a view, goes to the dispatch of an alert, opens a link, or jumps to a bookmark.
pub(super) fn open_row(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(panel) = state.ui.panel else {
        return;
    };
    match panel.kind {
        PanelKind::Views if panel.row < state.session.alerts.views.len() => {
            apply_view(state, panel.row, effects);
        }
        PanelKind::Views => {}
        PanelKind::Links => reader::open_chosen_link(state, panel.row, effects),
        PanelKind::Bookmarks => navigation::open_chosen_bookmark(state, panel.row, effects),
        PanelKind::Alerts => {
            let Some(alert) = state.session.alerts.log.get(panel.row) else {
                return;
            };
            let (id, fault) = (alert.id, alert.error.clone());
            state.session.alerts.log.mark_read(panel.row);
            match id {
                Some(id) => {
                    close(state);
                    go_to_entry(state, id, effects);
                }
                // An alert without a dispatch has only a message to show.
                None => state.ui.notice = fault,
            }
        }
    }
}

/// Replaces the current filter by that of a view.
fn apply_view(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    close(state);
    let saved = &mut state.session.alerts.views[row];
    saved.new_count = 0;
    let filter = saved.view.filter.clone();
    state.ui.focus = Pane::List;
    // A view is a filter of its own, not one within the current one.
    state.session.filter.outer_filters.clear();
    filter::set_filter(state, &filter, effects);
    state.session.filter.add_to_history();
}

/// Selects an entry and opens it in the reader.
fn go_to_entry(state: &mut State, id: EntryId, effects: &mut Vec<Effect>) {
    select_entry(state, id, effects);
    state.ui.focus = Pane::Reader;
    state.mark_read();
}

/// Selects an entry. If it has no row, accepts pending entries and removes the filter first.
pub(super) fn select_entry(state: &mut State, id: EntryId, effects: &mut Vec<Effect>) {
    let shown = |state: &State| state.ui.list.row_of(&state.session.index, id).is_some();
    if !shown(state) {
        // The entry may be one of the pending ones.
        state.hold_arrivals();
        if !state.session.filter.is_blank() {
            state.session.filter.outer_filters.clear();
            filter::set_filter(state, "", effects);
        }
    }
    state.ui.list.selected = Some(id);
    state.ui.list.user_selected = true;
    state.rebuild_rows();
    // Rebuilding the rows moved the selection to the replacement or to the same row.
    if state.ui.list.selected != Some(id) {
        state.ui.notice =
            Some("this dispatch was replaced or is muted: this one takes its place".to_owned());
    }
}
