//! Moves: within panes, between panes, in and back, from one dispatch to the next.

use super::sheet::{Sheet, SheetKind};
use super::{
    Effect, LayoutMode, State, changes, narrowing, panel, prompting, sheet_lines, speakers,
};
use crate::action::{Action, Pane};

pub(super) fn move_by(state: &mut State, by: isize) {
    match state.active_pane() {
        Pane::List => state.list.move_selection(by, &state.index),
        Pane::Reader => state.scroll_by(by),
        Pane::Quotes => state.step_quote(by),
        Pane::Speakers => speakers::step(state, by),
        Pane::Choice => panel::move_row(state, by),
        Pane::Changes => changes::scroll_by(state, by),
        Pane::Sheet => scroll_sheet(state, |scroll| scroll.saturating_add_signed(by)),
    }
}

pub(super) fn move_to(state: &mut State, row: usize) {
    match state.active_pane() {
        Pane::List => {
            state.list.user_selected = true;
            state.list.select(row, &state.index);
        }
        Pane::Reader => {
            let row = row.min(state.max_scroll());
            state.scroll_by(
                isize::try_from(row)
                    .unwrap_or(isize::MAX)
                    .saturating_sub_unsigned(state.reader.scroll),
            );
        }
        Pane::Quotes => state.go_to_quote_row(row),
        Pane::Speakers => speakers::go_to(state, row),
        Pane::Choice => panel::select_row(state, row),
        Pane::Changes => changes::scroll_to_line(state, row),
        Pane::Sheet => scroll_sheet(state, |_| row),
    }
}

fn scroll_sheet(state: &mut State, to: impl Fn(usize) -> usize) {
    let Some(sheet) = state.sheet else { return };
    let last = sheet_lines(state, sheet)
        .len()
        .saturating_sub(state.pane_height(Pane::Sheet));
    state.sheet = Some(Sheet {
        scroll: to(sheet.scroll).min(last),
        ..sheet
    });
}

pub(super) fn go_in(state: &mut State) {
    match state.focus {
        Pane::List if state.list.selected.is_some() => {
            state.focus = Pane::Reader;
            state.mark_read();
            state.open_at_first_match();
        }
        Pane::Reader if state.document().is_some_and(|d| !d.quotes.is_empty()) => {
            state.focus = Pane::Quotes;
        }
        Pane::Reader => state.notice = Some("no quotes in this dispatch".into()),
        Pane::Quotes => {
            state.focus = Pane::Reader;
            if let Some(quote) = state.reader.current_quote {
                state.go_to_quote(quote);
            }
        }
        Pane::List | Pane::Sheet | Pane::Speakers | Pane::Choice | Pane::Changes => {}
    }
}

pub(super) fn go_back(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if action == Action::Cancel && state.sheet.is_some() && !state.sheet_filter.is_empty() {
        return narrowing::set_sheet_filter(state, "");
    }
    if state.sheet.take().is_some() || state.comparison.take().is_some() {
        return;
    }
    if state.panel.is_some() {
        return panel::close(state);
    }
    if state.speakers.open {
        // A narrowed view is widened first.
        if state.speakers.filter_text.is_empty() {
            speakers::close(state, effects);
        } else {
            speakers::set_speakers_filter(state, "");
        }
        return;
    }
    match state.focus {
        Pane::List if action == Action::Cancel && !state.marks.selection.is_empty() => {
            state.marks.selection.clear();
        }
        Pane::Quotes => state.focus = Pane::Reader,
        Pane::Reader if action == Action::Cancel && !state.reader.search.is_empty() => {
            state.reader.search.clear();
            state.reader.find_hits(&state.filter.query);
        }
        Pane::Reader => state.focus = Pane::List,
        Pane::List if !state.filter.is_blank() => prompting::widen_filter(state, effects),
        Pane::List if action == Action::Leave => effects.push(Effect::Quit),
        Pane::List | Pane::Sheet | Pane::Speakers | Pane::Choice | Pane::Changes => {}
    }
}

pub(super) fn read_on(state: &mut State, page: isize) {
    match state.active_pane() {
        Pane::Sheet | Pane::Quotes | Pane::Speakers | Pane::Choice | Pane::Changes => {
            move_by(state, page);
        }
        Pane::List => go_in(state),
        Pane::Reader if state.document().is_none() => {}
        Pane::Reader if state.is_at_end() => {
            state.mark_read();
            select_unread(state, true);
        }
        Pane::Reader => state.scroll_by(page),
    }
}

pub(super) fn select_unread(state: &mut State, forward: bool) {
    let rows = state.list.rows(&state.index);
    let unread = |row: &usize| {
        state
            .index
            .entry(rows[*row])
            .is_some_and(|entry| !state.marks.will_be_read(entry.item_key()))
    };
    let next = if forward {
        (state.list.row + 1..rows.len()).find(unread)
    } else {
        (0..state.list.row.min(rows.len())).rev().find(unread)
    };
    match next {
        Some(row) => {
            state.list.user_selected = true;
            state.list.select(row, &state.index);
        }
        None => {
            state.notice = Some(format!(
                "nothing unread {}",
                if forward { "below" } else { "above" }
            ));
        }
    }
}

pub(super) fn toggle_quotes(state: &mut State) {
    let visible = state.layout().quotes.is_some();
    if state.layout().mode == LayoutMode::SinglePane {
        state.focus = if state.focus == Pane::Quotes {
            Pane::Reader
        } else {
            Pane::Quotes
        };
        return;
    }
    if visible && state.focus == Pane::Quotes {
        state.focus = Pane::Reader;
    }
    state.quotes_wanted = Some(!visible);
}

/// The quotes pane by speaker, or in the order of the text.
pub(super) fn toggle_quote_order(state: &mut State) {
    state.quotes_in_text_order = !state.quotes_in_text_order;
    let order = if state.quotes_in_text_order {
        "in the order of the text"
    } else {
        "by speaker"
    };
    state.notice = Some(format!("the quotes pane shows the quotes {order}"));
}

pub(super) fn toggle_sheet(state: &mut State, kind: SheetKind) {
    state.sheet_filter.clear();
    let open = state.sheet.is_some_and(|sheet| sheet.kind == kind);
    state.sheet = (!open).then_some(Sheet { kind, scroll: 0 });
}

/// The panes that Tab goes through.
fn focusable_panes(state: &State) -> Vec<Pane> {
    let layout = state.layout();
    let mut panes = vec![Pane::List, Pane::Reader];
    if layout.mode == LayoutMode::SinglePane || layout.quotes.is_some() {
        panes.push(Pane::Quotes);
    }
    panes
}

pub(super) fn cycle_focus(state: &mut State, forward: bool) {
    let panes = focusable_panes(state);
    let at = panes
        .iter()
        .position(|&pane| pane == state.focus)
        .unwrap_or(0);
    let next = if forward {
        at + 1
    } else {
        at + panes.len() - 1
    };
    set_focus(state, panes[next % panes.len()]);
}

pub(super) fn focus_neighbour(state: &mut State, right: bool) {
    let panes = focusable_panes(state);
    let at = panes
        .iter()
        .position(|&pane| pane == state.focus)
        .unwrap_or(0);
    let next = if right {
        (at + 1).min(panes.len() - 1)
    } else {
        at.saturating_sub(1)
    };
    set_focus(state, panes[next]);
}

fn set_focus(state: &mut State, pane: Pane) {
    state.focus = pane;
    if pane == Pane::Reader {
        state.mark_read();
    }
}
