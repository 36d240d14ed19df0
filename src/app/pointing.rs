//! The mouse: the wheel scrolls the pane under it, a click selects what it points at.

use super::moving::{go_in, move_by, move_to};
use super::{Area, Effect, FilterPhase, QuotePaneRow, State, live, overlay_area, panel, speakers};
use crate::action::{Action, Pane};

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    Click,
    WheelUp,
    WheelDown,
}

/// What the mouse did, and at which cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MouseInput {
    pub action: MouseAction,
    pub x: u16,
    pub y: u16,
}

/// Lines that one notch of the wheel scrolls.
const WHEEL_LINES: isize = 3;

/// Switches the mouse on or off.
pub(super) fn toggle_mouse(state: &mut State, effects: &mut Vec<Effect>) {
    state.mouse = !state.mouse;
    effects.push(Effect::SetMouse(state.mouse));
    let said = if state.mouse {
        "the mouse is on: the wheel scrolls, a click selects; with Shift the terminal selects text itself"
    } else {
        "the mouse is off: the terminal selects text itself"
    };
    state.notice = Some(said.to_owned());
}

/// Takes a deed of the mouse in. While something is typed or awaited, it does nothing.
pub(super) fn handle_mouse(state: &mut State, mouse: MouseInput, effects: &mut Vec<Effect>) {
    let busy = state.prompt.is_some() || state.speaker_search.is_some();
    if !state.mouse || busy || state.filter.phase == FilterPhase::AwaitingHits {
        return;
    }
    let Some((pane, line)) = pane_under(state, mouse) else {
        return;
    };
    state.notice = None;
    state.pending_keys.clear();
    state.count = None;
    live::stop_following_on_move(state, Action::Down);
    match mouse.action {
        MouseAction::WheelUp => scroll_pane(state, pane, -WHEEL_LINES),
        MouseAction::WheelDown => scroll_pane(state, pane, WHEEL_LINES),
        MouseAction::Click => click(state, pane, line, effects),
    }
}

/// The pane under the mouse, and the line of it.
fn pane_under(state: &State, mouse: MouseInput) -> Option<(Pane, usize)> {
    if let pane @ (Pane::Sheet | Pane::Speakers | Pane::Choice | Pane::Changes) =
        state.active_pane()
    {
        let y = overlay_area(state.size, pane).y;
        return Some((pane, usize::from(mouse.y.checked_sub(y)?)));
    }
    let layout = state.layout();
    let within = |area: Area| {
        (area.x..area.x + area.width).contains(&mouse.x)
            && (area.y..area.y + area.height).contains(&mouse.y)
    };
    let panes = [
        (Pane::List, layout.list),
        (Pane::Reader, layout.reader),
        (Pane::Quotes, layout.quotes),
    ];
    panes.into_iter().find_map(|(pane, area)| {
        let area = area.filter(|&area| within(area))?;
        Some((pane, usize::from(mouse.y - area.y)))
    })
}

fn scroll_pane(state: &mut State, pane: Pane, by: isize) {
    match pane {
        Pane::List => scroll_list(state, by),
        Pane::Reader => state.scroll_by(by),
        Pane::Quotes => state.step_quote(by.signum()),
        Pane::Sheet | Pane::Speakers | Pane::Choice | Pane::Changes => move_by(state, by),
    }
}

/// Scrolls the list; the selection stays where it is in sight, else on the row that is nearest to it.
fn scroll_list(state: &mut State, by: isize) {
    let count = state.list.rows(&state.index).len();
    let height = state.pane_height(Pane::List);
    let last = count.saturating_sub(height);
    let top = state.list.top.saturating_add_signed(by).min(last);
    let margin = usize::from(height > 8) * 2;
    let first = if top == 0 { 0 } else { top + margin };
    let end = if top == last {
        count
    } else {
        top + height - margin
    };
    let row = state.list.row.min(end.saturating_sub(1)).max(first);
    state.list.top = top;
    state.list.user_selected = true;
    state.list.select(row, &state.index);
}

fn click(state: &mut State, pane: Pane, line: usize, effects: &mut Vec<Effect>) {
    match pane {
        Pane::List => {
            let row = state.list.top + line;
            if row >= state.list.rows(&state.index).len() {
                return;
            }
            if state.focus == Pane::List && state.list.row == row {
                return go_in(state);
            }
            state.focus = Pane::List;
            state.list.user_selected = true;
            state.list.select(row, &state.index);
        }
        Pane::Reader => {
            state.focus = Pane::Reader;
            state.mark_read();
            let at = state.reader.scroll + line;
            let quote = state.document().and_then(|document| {
                (0..document.quotes.len()).find(|&quote| document.quote_lines(quote).contains(&at))
            });
            if quote.is_some() {
                state.reader.current_quote = quote;
            }
        }
        Pane::Quotes => {
            state.focus = Pane::Quotes;
            let row = line.checked_sub(2).map(|line| line + state.quotes_top);
            let rows = state.document().map(|document| &document.quote_rows);
            if let Some(QuotePaneRow::Quote { quote, .. }) =
                row.zip(rows).and_then(|(n, r)| r.get(n))
            {
                state.go_to_quote(*quote);
            }
        }
        Pane::Speakers => {
            let row = state.speakers.top + line;
            if row == state.speakers.row {
                speakers::filter_by_speaker(state, effects);
            } else if row < state.speakers.shown_rows.len() {
                speakers::go_to(state, row);
            }
        }
        Pane::Choice => {
            let Some(panel) = state.panel else {
                return;
            };
            let row = panel.top + line;
            if row == panel.row {
                panel::open_row(state, effects);
            } else if row < state.panel_len(panel.kind) {
                move_to(state, row);
            }
        }
        Pane::Sheet | Pane::Changes => {}
    }
}
