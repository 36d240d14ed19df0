//! Keys become actions, and actions become changes of the state.

use super::across::{across, half_pane};
use super::moving::{
    back, cycle, enter, go_to, neighbour, next_unread, read_on, step, toggle_order, toggle_quotes,
    toggle_sheet,
};
use super::sheet::SheetKind;
use super::{
    Document, Effect, Phase, Purpose, State, alerts, changes, choosing, commanding, filtering,
    folding, handing, linking, live, marking, narrowing, panel, places, pointing, prompting,
    sorting, speakers, welcome,
};
use crate::action::{Action, Code, Key, KeyMatch};

/// Largest count that can be typed.
const COUNT_LIMIT: usize = 9_999_999;
/// Most steps from quote to quote, or from change to change, that a key takes.
const STEPS: isize = 1_000;

/// Takes one key in.
pub(super) fn key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    state.notice = None;
    let for_rows = state.prompt.is_none() || matches!(key.code, Code::Up | Code::Down);
    if state.filter.phase == Phase::Awaited && for_rows && key != Key::ctrl('c') {
        state.held.push(key);
        return;
    }
    if state.while_seeking(key, effects) {
        return;
    }
    match state.prompt.as_ref().map(|prompt| prompt.purpose) {
        Some(Purpose::Speakers) => return speakers::prompt_key(state, key),
        Some(Purpose::Sheet) => return narrowing::prompt_key(state, key),
        Some(Purpose::Command | Purpose::Pipe) => {
            return commanding::prompt_key(state, key, effects);
        }
        Some(Purpose::Filter | Purpose::Search) => {
            return prompting::prompt_key(state, key, effects);
        }
        None => {}
    }
    if places::letter(state, key, effects) {
        return;
    }
    if key.code == Code::Esc && (!state.pending.is_empty() || state.count.is_some()) {
        state.pending.clear();
        state.count = None;
        return;
    }
    if panel::digit(state, key, effects) {
        return;
    }
    if state.pending.is_empty() && counted(state, key) {
        return;
    }
    state.pending.push(key);
    match state.keys.lookup(state.key_pane(), &state.pending) {
        KeyMatch::Prefix(_) => {}
        KeyMatch::Action(action) => {
            state.pending.clear();
            let count = state.count.take();
            act(state, action, key, count, effects);
        }
        KeyMatch::None => {
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

/// Does what an action says.
fn act(
    state: &mut State,
    action: Action,
    key: Key,
    count: Option<usize>,
    effects: &mut Vec<Effect>,
) {
    live::moved(state, action);
    places::moved(state, action);
    welcome::done(state, action);
    if go(state, action, count) || go_in_text(state, action, count, effects) {
        return;
    }
    match action {
        Action::In | Action::Choose if state.panel.is_some() => panel::enter(state, effects),
        Action::In | Action::Choose if state.speakers.open => speakers::enter(state, effects),
        Action::Choose => choosing::enter_or_choose(state, effects),
        Action::In => enter(state),
        Action::Back | Action::Leave | Action::Cancel => back(state, action, effects),
        Action::WhoSpeaks => speakers::toggle(state, effects),
        Action::QuotesPane => toggle_quotes(state),
        Action::OpenLink => linking::open(state, effects),
        Action::SetPlace | Action::GoToPlace => places::ask(state, action),
        Action::CopyQuote => copy(state, state.citation(), "quote", effects),
        Action::CopyDispatch if !state.marks.chosen.is_empty() => {
            marking::read_all(state, effects);
        }
        Action::CopyDispatch => copy(state, dispatch_text(state), "dispatch", effects),
        Action::Search if state.sheet.is_some() => narrowing::open(state),
        Action::Search if state.speakers.open => speakers::open_prompt(state),
        Action::Search => prompting::open_prompt(state),
        Action::Within => prompting::open_within(state),
        Action::Order => filtering::toggle_order(state, effects),
        Action::SortTime
        | Action::SortUrgency
        | Action::SortAgency
        | Action::SortPlace
        | Action::SortSlug
        | Action::SortLength
        | Action::SortQuotes
        | Action::Reverse => sorting::act(state, action, effects),
        Action::ToggleRead
        | Action::Star
        | Action::Note
        | Action::Mark
        | Action::MarkRange
        | Action::MarkAll
        | Action::Undo => marking::act(state, action, effects),
        Action::Follow => live::follow(state, effects),
        Action::TakeIn => live::take_in(state, effects),
        Action::Pause => live::pause(state, effects),
        Action::Fold => folding::fold(state, effects),
        Action::WhatChanged => changes::open(state, effects),
        Action::Urgent | Action::Views | Action::Alerts => alerts::act(state, action, effects),
        Action::Command => commanding::open(state),
        Action::Pipe => handing::open_pipe(state),
        Action::Edit => handing::edit(state, effects),
        Action::Header => toggle_sheet(state, SheetKind::Header),
        Action::Source => toggle_sheet(state, SheetKind::Source),
        Action::Problems => toggle_sheet(state, SheetKind::Problems),
        Action::Help => toggle_sheet(state, SheetKind::Help),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Mouse => pointing::toggle(state, effects),
        Action::Quit => choosing::quit(state, key, effects),
        _ => {}
    }
}

/// Moves within what has the keys, and from pane to pane. False where the action is another one.
fn go(state: &mut State, action: Action, count: Option<usize>) -> bool {
    let steps = steps(count);
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
        Action::ReadOn => read_on(state, whole),
        Action::NextDispatch => state.list.step(steps, &state.desk),
        Action::PreviousDispatch => state.list.step(-steps, &state.desk),
        Action::NextUnread => next_unread(state, true),
        Action::PreviousUnread => next_unread(state, false),
        Action::NextPane => cycle(state, true),
        Action::PreviousPane => cycle(state, false),
        Action::PaneLeft => neighbour(state, false),
        Action::PaneRight => neighbour(state, true),
        Action::ScrollRight => across(state, half_pane(state) * steps),
        Action::ScrollLeft => across(state, -half_pane(state) * steps),
        Action::ColumnRight => across(state, steps),
        Action::ColumnLeft => across(state, -steps),
        _ => return false,
    }
    true
}

/// Goes from quote to quote, from hit to hit, from change to change. False where the action is another one.
fn go_in_text(
    state: &mut State,
    action: Action,
    count: Option<usize>,
    effects: &mut Vec<Effect>,
) -> bool {
    let times = 0..steps(count).min(STEPS);
    match action {
        Action::NextQuote => times.for_each(|_| state.next_quote(true)),
        Action::PreviousQuote => times.for_each(|_| state.next_quote(false)),
        Action::NextSame => state.next_same(true, effects),
        Action::PreviousSame => state.next_same(false, effects),
        Action::QuoteOrder => toggle_order(state),
        Action::Why => state.why(),
        Action::NextHit => state.go_to_hit(true, false),
        Action::PreviousHit => state.go_to_hit(false, false),
        Action::OnlyMatches => state.toggle_matches(),
        Action::NextChange => times.for_each(|_| changes::next_change(state, true)),
        Action::PreviousChange => times.for_each(|_| changes::next_change(state, false)),
        Action::OlderVersion => changes::other_version(state, true, effects),
        Action::NewerVersion => changes::other_version(state, false, effects),
        _ => return false,
    }
    true
}

fn steps(count: Option<usize>) -> isize {
    isize::try_from(count.unwrap_or(1)).unwrap_or(1)
}

fn dispatch_text(state: &State) -> Option<String> {
    state.document().map(text_of)
}

/// A dispatch as it is copied.
pub(super) fn text_of(document: &Document) -> String {
    let warning = document.warning();
    format!(
        "{warning}{}\n{}\n\n{}\n",
        document.dispatch.headline,
        document.facts.replace('\u{a0}', " "),
        document.dispatch.body.text()
    )
}

fn copy(state: &mut State, text: Option<String>, what: &str, effects: &mut Vec<Effect>) {
    match text {
        Some(text) => {
            let document = state.document();
            let warning = document.and_then(Document::warns).unwrap_or("");
            state.notice = Some(format!(
                "{warning}the {what} is on the clipboard, if the terminal lets it"
            ));
            effects.push(Effect::Copy(text));
        }
        None => state.notice = Some(format!("there is no {what} to copy")),
    }
}
