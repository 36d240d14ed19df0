//! Keys become actions, and actions become changes of the state.

use super::across::{half_pane_columns, scroll_tables};
use super::moving::{
    cycle_focus, focus_neighbour, go_back, go_in, move_by, move_to, read_on, select_unread,
    toggle_quote_order, toggle_quotes, toggle_sheet,
};
use super::sheet::SheetKind;
use super::{
    Document, Effect, FilterPhase, PromptKind, State, alerts, changes, choosing, commanding,
    filtering, folding, handing, linking, live, marking, narrowing, panel, places, pointing,
    prompting, sorting, speakers, welcome,
};
use crate::action::{Action, Code, Key, KeyMatch};

/// Largest count that can be typed.
const COUNT_LIMIT: usize = 9_999_999;
/// Most steps from quote to quote, or from change to change, that a key takes.
const MAX_TEXT_STEPS: isize = 1_000;

/// Takes one key in.
pub(super) fn handle_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    state.notice = None;
    let for_rows = state.prompt.is_none() || matches!(key.code, Code::Up | Code::Down);
    if state.filter.phase == FilterPhase::AwaitingHits && for_rows && key != Key::ctrl('c') {
        state.deferred_keys.push(key);
        return;
    }
    if state.handle_key_in_search(key, effects) {
        return;
    }
    match state.prompt.as_ref().map(|prompt| prompt.kind) {
        Some(PromptKind::Speakers) => return speakers::handle_speakers_filter_key(state, key),
        Some(PromptKind::Sheet) => return narrowing::handle_sheet_filter_key(state, key),
        Some(PromptKind::Command | PromptKind::Pipe) => {
            return commanding::handle_command_key(state, key, effects);
        }
        Some(PromptKind::Filter | PromptKind::Search) => {
            return prompting::handle_prompt_key(state, key, effects);
        }
        None => {}
    }
    if places::handle_bookmark_letter(state, key, effects) {
        return;
    }
    if key.code == Code::Esc && (!state.pending_keys.is_empty() || state.count.is_some()) {
        state.pending_keys.clear();
        state.count = None;
        return;
    }
    if panel::handle_digit(state, key, effects) {
        return;
    }
    if state.pending_keys.is_empty() && handle_count_digit(state, key) {
        return;
    }
    state.pending_keys.push(key);
    match state.keys.lookup(state.active_pane(), &state.pending_keys) {
        KeyMatch::Prefix(_) => {}
        KeyMatch::Action(action) => {
            state.pending_keys.clear();
            let count = state.count.take();
            perform_action(state, action, key, count, effects);
        }
        KeyMatch::None => {
            let tried = state.pending_keys.len() > 1;
            let sequence: String = state
                .pending_keys
                .drain(..)
                .map(|key| key.to_string())
                .collect();
            state.count = None;
            if tried {
                state.notice = Some(format!("{sequence} means nothing here"));
            }
        }
    }
}

/// A digit of a count.
fn handle_count_digit(state: &mut State, key: Key) -> bool {
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
fn perform_action(
    state: &mut State,
    action: Action,
    key: Key,
    count: Option<usize>,
    effects: &mut Vec<Effect>,
) {
    live::stop_following_on_move(state, action);
    places::record_before_jump(state, action);
    welcome::advance_welcome(state, action);
    if perform_move(state, action, count) || perform_text_move(state, action, count, effects) {
        return;
    }
    match action {
        Action::In | Action::Choose if state.panel.is_some() => panel::open_row(state, effects),
        Action::In | Action::Choose if state.speakers.open => {
            speakers::filter_by_speaker(state, effects)
        }
        Action::Choose => choosing::enter_or_choose(state, effects),
        Action::In => go_in(state),
        Action::Back | Action::Leave | Action::Cancel => go_back(state, action, effects),
        Action::WhoSpeaks => speakers::toggle_speakers(state, effects),
        Action::QuotesPane => toggle_quotes(state),
        Action::OpenLink => linking::open_links(state, effects),
        Action::SetPlace | Action::GoToPlace => places::await_letter(state, action),
        Action::CopyQuote => copy_to_clipboard(state, state.citation(), "quote", effects),
        Action::CopyDispatch if !state.marks.selection.is_empty() => {
            marking::request_copies(state, effects);
        }
        Action::CopyDispatch => copy_to_clipboard(state, dispatch_text(state), "dispatch", effects),
        Action::Search if state.sheet.is_some() => narrowing::open_sheet_filter(state),
        Action::Search if state.speakers.open => speakers::open_prompt(state),
        Action::Search => prompting::open_prompt(state),
        Action::Within => prompting::open_nested_filter(state),
        Action::Order => filtering::toggle_relevance(state, effects),
        Action::SortTime
        | Action::SortUrgency
        | Action::SortAgency
        | Action::SortPlace
        | Action::SortSlug
        | Action::SortLength
        | Action::SortQuotes
        | Action::Reverse => sorting::perform_sort_action(state, action, effects),
        Action::ToggleRead
        | Action::Star
        | Action::Note
        | Action::Mark
        | Action::MarkRange
        | Action::MarkAll
        | Action::Undo => marking::perform_mark_action(state, action, effects),
        Action::Follow => live::toggle_follow(state, effects),
        Action::TakeIn => live::accept_pending(state, effects),
        Action::Pause => live::toggle_pause(state, effects),
        Action::Fold => folding::toggle_fold(state, effects),
        Action::WhatChanged => changes::toggle_changes(state, effects),
        Action::Urgent | Action::Views | Action::Alerts => {
            alerts::perform_alert_action(state, action, effects)
        }
        Action::Command => commanding::open_command_prompt(state),
        Action::Pipe => handing::open_pipe(state),
        Action::Edit => handing::open_in_editor(state, effects),
        Action::Header => toggle_sheet(state, SheetKind::Header),
        Action::Source => toggle_sheet(state, SheetKind::Source),
        Action::Problems => toggle_sheet(state, SheetKind::Problems),
        Action::Help => toggle_sheet(state, SheetKind::Help),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Mouse => pointing::toggle_mouse(state, effects),
        Action::Quit => choosing::quit(state, key, effects),
        _ => {}
    }
}

/// Moves within what has the keys, and from pane to pane. False where the action is another one.
fn perform_move(state: &mut State, action: Action, count: Option<usize>) -> bool {
    let steps = steps(count);
    let page = isize::try_from(state.pane_height(state.active_pane())).unwrap_or(1);
    let whole = (page - 1).max(1);
    let half = (page / 2).max(1);
    match action {
        Action::Down => move_by(state, steps),
        Action::Up => move_by(state, -steps),
        Action::HalfDown => move_by(state, half * steps),
        Action::HalfUp => move_by(state, -half * steps),
        Action::PageDown => move_by(state, whole * steps),
        Action::PageUp => move_by(state, -whole * steps),
        Action::Top => move_to(state, count.map_or(0, |row| row - 1)),
        Action::Bottom => move_to(state, count.map_or(usize::MAX, |row| row - 1)),
        Action::ReadOn => read_on(state, whole),
        Action::NextDispatch => state.list.move_selection(steps, &state.index),
        Action::PreviousDispatch => state.list.move_selection(-steps, &state.index),
        Action::NextUnread => select_unread(state, true),
        Action::PreviousUnread => select_unread(state, false),
        Action::NextPane => cycle_focus(state, true),
        Action::PreviousPane => cycle_focus(state, false),
        Action::PaneLeft => focus_neighbour(state, false),
        Action::PaneRight => focus_neighbour(state, true),
        Action::ScrollRight => scroll_tables(state, half_pane_columns(state) * steps),
        Action::ScrollLeft => scroll_tables(state, -half_pane_columns(state) * steps),
        Action::ColumnRight => scroll_tables(state, steps),
        Action::ColumnLeft => scroll_tables(state, -steps),
        _ => return false,
    }
    true
}

/// Goes from quote to quote, from hit to hit, from change to change. False where the action is another one.
fn perform_text_move(
    state: &mut State,
    action: Action,
    count: Option<usize>,
    effects: &mut Vec<Effect>,
) -> bool {
    let times = 0..steps(count).min(MAX_TEXT_STEPS);
    match action {
        Action::NextQuote => times.for_each(|_| state.next_quote(true)),
        Action::PreviousQuote => times.for_each(|_| state.next_quote(false)),
        Action::NextSame => state.go_to_same_speaker(true, effects),
        Action::PreviousSame => state.go_to_same_speaker(false, effects),
        Action::QuoteOrder => toggle_quote_order(state),
        Action::Why => state.toggle_explanation(),
        Action::NextHit => state.go_to_hit(true, false),
        Action::PreviousHit => state.go_to_hit(false, false),
        Action::OnlyMatches => state.toggle_only_matches(),
        Action::NextChange => times.for_each(|_| changes::go_to_change(state, true)),
        Action::PreviousChange => times.for_each(|_| changes::go_to_change(state, false)),
        Action::OlderVersion => changes::compare_other_version(state, true, effects),
        Action::NewerVersion => changes::compare_other_version(state, false, effects),
        _ => return false,
    }
    true
}

fn steps(count: Option<usize>) -> isize {
    isize::try_from(count.unwrap_or(1)).unwrap_or(1)
}

fn dispatch_text(state: &State) -> Option<String> {
    state.document().map(clipboard_text)
}

/// A dispatch as it is copied.
pub(super) fn clipboard_text(document: &Document) -> String {
    let warning = document.warning();
    format!(
        "{warning}{}\n{}\n\n{}\n",
        document.dispatch.headline,
        document.facts.replace('\u{a0}', " "),
        document.dispatch.body.text()
    )
}

fn copy_to_clipboard(
    state: &mut State,
    text: Option<String>,
    what: &str,
    effects: &mut Vec<Effect>,
) {
    match text {
        Some(text) => {
            let document = state.document();
            let warning = document.and_then(Document::copy_warning).unwrap_or("");
            state.notice = Some(format!(
                "{warning}the {what} is on the clipboard, if the terminal lets it"
            ));
            effects.push(Effect::Copy(text));
        }
        None => state.notice = Some(format!("there is no {what} to copy")),
    }
}
