//! Keys become actions, and actions become changes of the state.

use super::sheet::{Sheet, SheetKind};
use super::{Effect, Room, State, filtering, sheet_lines};
use crate::action::{self, Action, Code, Key, Match, Pane};

/// Largest count that can be typed.
const COUNT_LIMIT: usize = 9_999_999;

/// Takes one key in.
pub(super) fn key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    state.notice = None;
    if state.prompt.is_some() {
        return filtering::prompt_key(state, key, effects);
    }
    if key.code == Code::Esc && !state.pending.is_empty() {
        state.pending.clear();
        state.count = None;
        return;
    }
    if state.pending.is_empty() && counted(state, key) {
        return;
    }
    state.pending.push(key);
    match action::lookup(state.key_pane(), &state.pending) {
        Match::Prefix(_) => {}
        Match::Action(action) => {
            state.pending.clear();
            let count = state.count.take();
            act(state, action, key, count, effects);
        }
        Match::None => {
            let tried = state.pending.len() > 1;
            let sequence: String = state.pending.drain(..).map(|key| key.to_string()).collect();
            state.count = None;
            if tried {
                state.notice = Some(format!("{sequence} means nothing here"));
            }
        }
    }
}

/// A digit of a count.
fn counted(state: &mut State, key: Key) -> bool {
    let Code::Char(c) = key.code else {
        return false;
    };
    let Some(digit) = c
        .to_digit(10)
        .filter(|&d| !key.ctrl && !key.alt && (d > 0 || state.count.is_some()))
    else {
        return false;
    };
    let count = state
        .count
        .unwrap_or(0)
        .saturating_mul(10)
        .saturating_add(digit as usize);
    state.count = Some(count.min(COUNT_LIMIT));
    true
}

fn act(
    state: &mut State,
    action: Action,
    key: Key,
    count: Option<usize>,
    effects: &mut Vec<Effect>,
) {
    let steps = isize::try_from(count.unwrap_or(1)).unwrap_or(1);
    let page = isize::try_from(state.pane_height(state.key_pane())).unwrap_or(1);
    let whole = (page - 1).max(1);
    let half = (page / 2).max(1);
    match action {
        Action::Down => step(state, steps),
        Action::Up => step(state, -steps),
        Action::HalfDown => step(state, half * steps),
        Action::HalfUp => step(state, -half * steps),
        Action::PageDown => step(state, whole * steps),
        Action::PageUp => step(state, -whole * steps),
        Action::Top => go_to(state, count.map_or(0, |row| row - 1)),
        Action::Bottom => go_to(state, count.map_or(usize::MAX, |row| row - 1)),
        Action::In => enter(state),
        Action::Back => back(state, key, effects),
        Action::ReadOn => read_on(state, whole),
        Action::NextDispatch => state.list.step(steps, &state.desk),
        Action::PreviousDispatch => state.list.step(-steps, &state.desk),
        Action::NextUnread => next_unread(state, true),
        Action::PreviousUnread => next_unread(state, false),
        Action::NextQuote => (0..steps.min(1000)).for_each(|_| state.next_quote(true, false)),
        Action::PreviousQuote => (0..steps.min(1000)).for_each(|_| state.next_quote(false, false)),
        Action::NextSame => state.next_quote(true, true),
        Action::PreviousSame => state.next_quote(false, true),
        Action::QuotesPane => toggle_quotes(state),
        Action::Why => state.why(),
        Action::CopyQuote => copy(state, state.citation(), "quote", effects),
        Action::CopyDispatch => copy(state, dispatch_text(state), "dispatch", effects),
        Action::Search => filtering::open_prompt(state),
        Action::NextHit => state.go_to_hit(true, false),
        Action::PreviousHit => state.go_to_hit(false, false),
        Action::NextPane => cycle(state, true),
        Action::PreviousPane => cycle(state, false),
        Action::PaneLeft => neighbour(state, false),
        Action::PaneRight => neighbour(state, true),
        Action::Problems => toggle_sheet(state, SheetKind::Problems),
        Action::Help => toggle_sheet(state, SheetKind::Help),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Quit => effects.push(Effect::Quit),
    }
}

fn step(state: &mut State, by: isize) {
    match state.key_pane() {
        Pane::List => state.list.step(by, &state.desk),
        Pane::Reader => state.scroll_by(by),
        Pane::Quotes => state.step_quote(by),
        Pane::Sheet => scroll_sheet(state, |scroll| scroll.saturating_add_signed(by)),
    }
}

fn go_to(state: &mut State, row: usize) {
    match state.key_pane() {
        Pane::List => {
            state.list.chosen = true;
            state.list.select(row, &state.desk);
        }
        Pane::Reader => {
            let row = row.min(state.last_scroll());
            state.scroll_by(
                isize::try_from(row)
                    .unwrap_or(isize::MAX)
                    .saturating_sub_unsigned(state.reader.scroll),
            );
        }
        Pane::Quotes => state.step_quote(if row == 0 {
            isize::MIN / 2
        } else {
            isize::MAX / 2
        }),
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

fn enter(state: &mut State) {
    match state.focus {
        Pane::List if state.list.selected.is_some() => {
            state.focus = Pane::Reader;
            state.mark_read();
        }
        Pane::Reader if state.document().is_some_and(|d| !d.quotes.is_empty()) => {
            state.focus = Pane::Quotes;
        }
        Pane::Reader => state.notice = Some("no quotes in this dispatch".into()),
        Pane::Quotes => {
            state.focus = Pane::Reader;
            if let Some(quote) = state.reader.quote {
                state.go_to_quote(quote);
            }
        }
        Pane::List | Pane::Sheet => {}
    }
}

fn back(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    if state.sheet.take().is_some() {
        return;
    }
    match state.focus {
        Pane::Quotes => state.focus = Pane::Reader,
        Pane::Reader if key.code == Code::Esc && !state.reader.search.is_empty() => {
            state.reader.search.clear();
            state.reader.find_hits(&state.filter.query);
        }
        Pane::Reader => state.focus = Pane::List,
        Pane::List if !state.filter.text.is_empty() => filtering::set_filter(state, "", effects),
        Pane::List if key.code == Code::Char('q') => effects.push(Effect::Quit),
        Pane::List | Pane::Sheet => {}
    }
}

fn read_on(state: &mut State, page: isize) {
    match state.key_pane() {
        Pane::Sheet | Pane::Quotes => step(state, page),
        Pane::List => enter(state),
        Pane::Reader if state.at_end() => {
            state.mark_read();
            next_unread(state, true);
        }
        Pane::Reader => state.scroll_by(page),
    }
}

fn next_unread(state: &mut State, forward: bool) {
    let rows = state.list.rows(&state.desk);
    let unread = |row: &usize| {
        state
            .desk
            .entry(rows[*row])
            .is_some_and(|entry| !state.read.contains(&entry.item()))
    };
    let next = if forward {
        (state.list.row + 1..rows.len()).find(unread)
    } else {
        (0..state.list.row.min(rows.len())).rev().find(unread)
    };
    match next {
        Some(row) => {
            state.list.chosen = true;
            state.list.select(row, &state.desk);
        }
        None => {
            state.notice = Some(format!(
                "nothing unread {}",
                if forward { "below" } else { "above" }
            ));
        }
    }
}

fn toggle_quotes(state: &mut State) {
    let visible = state.layout().quotes.is_some();
    if state.layout().room == Room::One {
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

fn toggle_sheet(state: &mut State, kind: SheetKind) {
    let open = state.sheet.is_some_and(|sheet| sheet.kind == kind);
    state.sheet = (!open).then_some(Sheet { kind, scroll: 0 });
}

/// The panes that Tab goes through.
fn round(state: &State) -> Vec<Pane> {
    let layout = state.layout();
    let mut panes = vec![Pane::List, Pane::Reader];
    if layout.room == Room::One || layout.quotes.is_some() {
        panes.push(Pane::Quotes);
    }
    panes
}

fn cycle(state: &mut State, forward: bool) {
    let panes = round(state);
    let at = panes
        .iter()
        .position(|&pane| pane == state.focus)
        .unwrap_or(0);
    let next = if forward {
        at + 1
    } else {
        at + panes.len() - 1
    };
    focus(state, panes[next % panes.len()]);
}

fn neighbour(state: &mut State, right: bool) {
    let panes = round(state);
    let at = panes
        .iter()
        .position(|&pane| pane == state.focus)
        .unwrap_or(0);
    let next = if right {
        (at + 1).min(panes.len() - 1)
    } else {
        at.saturating_sub(1)
    };
    focus(state, panes[next]);
}

fn focus(state: &mut State, pane: Pane) {
    state.focus = pane;
    if pane == Pane::Reader {
        state.mark_read();
    }
}

fn dispatch_text(state: &State) -> Option<String> {
    let document = state.document()?;
    let warning = if document.banner.is_empty() {
        String::new()
    } else {
        format!("[{}]\n", document.banner)
    };
    Some(format!(
        "{warning}{}\n{}\n\n{}\n",
        document.dispatch.headline,
        document.facts,
        document.dispatch.body.text()
    ))
}

fn copy(state: &mut State, text: Option<String>, what: &str, effects: &mut Vec<Effect>) {
    match text {
        Some(text) => {
            state.notice = Some(format!(
                "the {what} is on the clipboard, if the terminal lets it"
            ));
            effects.push(Effect::Copy(text));
        }
        None => state.notice = Some(format!("there is no {what} to copy")),
    }
}
