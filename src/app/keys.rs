//! Keys and mouse: turns input into actions, and dispatches actions to the code that performs them. Knows nothing of
//! terminals.

use crate::action::{Action, Code, Key, KeyMatch, Pane};
use crate::app::document::Document;
use crate::app::layout::Area;
use crate::app::messages::{Effect, MouseAction, MouseInput};
use crate::app::navigation::{
    self, cycle_focus, focus_neighbour, go_back, go_in, move_by, move_to, overlay_length, read_on,
    select_unread, toggle_quote_order, toggle_quotes,
};
use crate::app::overlay::OverlayKind;
use crate::app::prompt::{self, PromptKind};
use crate::app::quotes::QuotePaneRow;
use crate::app::reader::{self, half_pane_columns, scroll_tables};
use crate::app::state::{FilterPhase, State};
use crate::app::{
    alerts, changes, commands, filter, list, marks, panel, speakers, welcome_and_hints,
};

/// Largest count that can be typed before a key: more than a list has rows, and far from overflow.
const COUNT_LIMIT: usize = 9_999_999;

/// Most steps between quotes or changes for one key. They are taken one by one, so a huge count would freeze the
/// screen.
const MAX_TEXT_STEPS: isize = 1_000;

/// Handles a key. What comes first wins: deferring it until a filter or search has answered, the prompt, the letter of
/// a bookmark, Esc in a sequence, digits, and last the keymap.
pub(super) fn handle_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    // A notice lasts until the next key.
    state.ui.notice = None;
    // Text can be typed on while the filter is running, but keys that act on rows need its hits. ^C must always work.
    let for_rows = state.ui.prompt.is_none() || matches!(key.code, Code::Up | Code::Down);
    if state.session.filter.phase == FilterPhase::AwaitingHits && for_rows && key != Key::ctrl('c')
    {
        state.ui.typed.deferred.push(key);
        return;
    }
    if state.handle_key_in_search(key, effects) {
        return;
    }
    match state.ui.prompt.as_ref().map(|prompt| prompt.kind) {
        Some(PromptKind::Narrow) => return panel::handle_narrowing_key(state, key),
        Some(PromptKind::Command | PromptKind::Pipe) => {
            return commands::handle_command_key(state, key, effects);
        }
        Some(PromptKind::Filter | PromptKind::Search) => {
            return prompt::handle_prompt_key(state, key, effects);
        }
        None => {}
    }
    if navigation::handle_bookmark_letter(state, key, effects) {
        return;
    }
    // Esc abandons a sequence or a count and does nothing else.
    if key.code == Code::Esc && (!state.ui.typed.keys.is_empty() || state.ui.typed.count.is_some())
    {
        state.ui.typed.keys.clear();
        state.ui.typed.count = None;
        return;
    }
    if panel::handle_digit(state, key, effects) {
        return;
    }
    if state.ui.typed.keys.is_empty() && handle_count_digit(state, key) {
        return;
    }
    state.ui.typed.keys.push(key);
    match state
        .settings
        .keys
        .lookup(state.active_pane(), &state.ui.typed.keys)
    {
        KeyMatch::Prefix(_) => {}
        KeyMatch::Action(action) => {
            state.ui.typed.keys.clear();
            let count = state.ui.typed.count.take();
            perform_action(state, action, key, count, effects);
        }
        KeyMatch::None => {
            // A single unbound key is ignored; a sequence was meant, so its failure is reported.
            let tried = state.ui.typed.keys.len() > 1;
            let sequence: String = state
                .ui
                .typed
                .keys
                .drain(..)
                .map(|key| key.to_string())
                .collect();
            state.ui.typed.count = None;
            if tried {
                state.ui.notice = Some(format!("{sequence} means nothing here"));
            }
        }
    }
}

/// Adds a digit to the count. A leading 0 is not part of one. True if the key was such a digit.
fn handle_count_digit(state: &mut State, key: Key) -> bool {
    let Code::Char(c) = key.code else {
        return false;
    };
    let Some(digit) = c
        .to_digit(10)
        .filter(|&d| !key.ctrl && !key.alt && (d > 0 || state.ui.typed.count.is_some()))
    else {
        return false;
    };
    let count = state
        .ui
        .typed
        .count
        .unwrap_or(0)
        .saturating_mul(10)
        .saturating_add(digit as usize);
    state.ui.typed.count = Some(count.min(COUNT_LIMIT));
    true
}

/// Performs an action. `key` is the last key of its sequence.
fn perform_action(
    state: &mut State,
    action: Action,
    key: Key,
    count: Option<usize>,
    effects: &mut Vec<Effect>,
) {
    // These look at the state as it is before the action.
    list::stop_following_on_move(state, action);
    navigation::record_before_jump(state, action);
    welcome_and_hints::advance_welcome(state, action);
    if perform_move(state, action, count) || perform_text_move(state, action, count, effects) {
        return;
    }
    match action {
        Action::In | Action::Choose if state.ui.overlay().is_some() => {
            panel::choose_row(state, effects);
        }
        Action::Choose => commands::enter_or_choose(state, effects),
        Action::In => go_in(state),
        Action::Back | Action::Leave | Action::Cancel => go_back(state, action, effects),
        Action::WhoSpeaks => speakers::toggle_speakers(state, effects),
        Action::QuotesPane => toggle_quotes(state),
        Action::OpenLink => reader::open_links(state, effects),
        Action::SetPlace | Action::GoToPlace => navigation::await_letter(state, action),
        Action::CopyQuote => copy_to_clipboard(state, state.citation(), "quote", effects),
        Action::CopyDispatch if !state.session.marks.selection.is_empty() => {
            marks::request_copies(state, effects);
        }
        Action::CopyDispatch => copy_to_clipboard(state, dispatch_text(state), "dispatch", effects),
        Action::Search if state.ui.overlay().is_some() => panel::open_narrowing(state),
        Action::Search => prompt::open_prompt(state),
        Action::Within => prompt::open_nested_filter(state),
        Action::Order => filter::toggle_relevance(state, effects),
        Action::SortTime
        | Action::SortUrgency
        | Action::SortAgency
        | Action::SortPlace
        | Action::SortSlug
        | Action::SortLength
        | Action::SortQuotes
        | Action::Reverse => filter::perform_sort_action(state, action, effects),
        Action::ToggleRead
        | Action::Star
        | Action::Note
        | Action::Mark
        | Action::MarkRange
        | Action::MarkAll
        | Action::Undo => marks::perform_mark_action(state, action, effects),
        Action::Follow => list::toggle_follow(state, effects),
        Action::TakeIn => list::accept_pending(state, effects),
        Action::Pause => list::toggle_pause(state, effects),
        Action::Fold => list::toggle_fold(state, effects),
        Action::WhatChanged => changes::toggle_changes(state, effects),
        Action::Urgent => alerts::toggle_urgent(state, effects),
        Action::Command => commands::open_command_prompt(state),
        Action::Pipe => commands::open_pipe(state),
        Action::Edit => commands::open_in_editor(state, effects),
        Action::Views => panel::toggle_overlay(state, OverlayKind::Views, effects),
        Action::Alerts => panel::toggle_overlay(state, OverlayKind::Alerts, effects),
        Action::Header => panel::toggle_overlay(state, OverlayKind::Header, effects),
        Action::Source => panel::toggle_overlay(state, OverlayKind::Source(None, None), effects),
        Action::Problems => panel::toggle_overlay(state, OverlayKind::Problems, effects),
        Action::Help => panel::toggle_overlay(state, OverlayKind::Help, effects),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Mouse => toggle_mouse(state, effects),
        Action::Quit => commands::quit(state, key, effects),
        _ => {}
    }
}

/// Performs moves within the active pane and between panes. False for any other action.
fn perform_move(state: &mut State, action: Action, count: Option<usize>) -> bool {
    let steps = steps(count);
    let page = isize::try_from(state.pane_height(state.active_pane())).unwrap_or(1);
    // A page keeps one line of the previous one for context.
    let page_step = (page - 1).max(1);
    let half_page = (page / 2).max(1);
    match action {
        Action::Down => move_by(state, steps),
        Action::Up => move_by(state, -steps),
        Action::HalfDown => move_by(state, half_page * steps),
        Action::HalfUp => move_by(state, -half_page * steps),
        Action::PageDown => move_by(state, page_step * steps),
        Action::PageUp => move_by(state, -page_step * steps),
        // Counts are from 1. A count of 0 cannot be typed.
        Action::Top => move_to(state, count.map_or(0, |row| row - 1)),
        Action::Bottom => move_to(state, count.map_or(usize::MAX, |row| row - 1)),
        Action::ReadOn => read_on(state, page_step),
        Action::NextDispatch => state.ui.list.move_selection(steps, &state.session.index),
        Action::PreviousDispatch => state.ui.list.move_selection(-steps, &state.session.index),
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

/// Performs moves between quotes, hits, changes and versions. False for any other action.
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

/// The count as a number of steps; 1 without one.
fn steps(count: Option<usize>) -> isize {
    isize::try_from(count.unwrap_or(1)).unwrap_or(1)
}

/// The text of the open dispatch for the clipboard.
fn dispatch_text(state: &State) -> Option<String> {
    state.document().map(clipboard_text)
}

/// The text of a dispatch for the clipboard: warning, headline, facts, body.
pub(super) fn clipboard_text(document: &Document) -> String {
    let warning = document.warning();
    format!(
        "{warning}{}\n{}\n\n{}\n",
        document.dispatch.headline,
        // The no-break spaces are only for wrapping.
        document.facts.replace('\u{a0}', " "),
        document.dispatch.body.text()
    )
}

/// Copies a text, and says so. Whether it arrives is up to the terminal, which does not answer.
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
            state.ui.notice = Some(format!(
                "{warning}the {what} is on the clipboard, if the terminal lets it"
            ));
            effects.push(Effect::Copy(text));
        }
        None => state.ui.notice = Some(format!("there is no {what} to copy")),
    }
}

// The mouse: the wheel scrolls the pane under the pointer, a click selects.

/// Lines that one notch of the wheel scrolls, as most programs do.
const WHEEL_LINES: isize = 3;

/// Switches mouse handling on or off.
pub(super) fn toggle_mouse(state: &mut State, effects: &mut Vec<Effect>) {
    state.ui.mouse = !state.ui.mouse;
    effects.push(Effect::SetMouse(state.ui.mouse));
    let said = if state.ui.mouse {
        "the mouse is on: the wheel scrolls, a click selects; with Shift the terminal selects text itself"
    } else {
        "the mouse is off: the terminal selects text itself"
    };
    state.ui.notice = Some(said.to_owned());
}

/// Handles a mouse event. Ignored while a prompt is open or an answer is awaited: the rows are about to change under
/// the pointer.
pub(super) fn handle_mouse(state: &mut State, mouse: MouseInput, effects: &mut Vec<Effect>) {
    let busy = state.ui.prompt.is_some() || state.session.speakers.search.is_some();
    if !state.ui.mouse || busy || state.session.filter.phase == FilterPhase::AwaitingHits {
        return;
    }
    let Some((pane, line)) = pane_under(state, mouse) else {
        return;
    };
    // Like a key, a mouse event ends the notice and abandons a sequence.
    state.ui.notice = None;
    state.ui.typed.keys.clear();
    state.ui.typed.count = None;
    // Scrolling and clicking stop following just as a key move does.
    list::stop_following_on_move(state, Action::Down);
    match mouse.action {
        MouseAction::WheelUp => scroll_pane(state, pane, -WHEEL_LINES),
        MouseAction::WheelDown => scroll_pane(state, pane, WHEEL_LINES),
        MouseAction::Click => click(state, pane, line, effects),
    }
}

/// The pane under the pointer, and the line within it.
fn pane_under(state: &State, mouse: MouseInput) -> Option<(Pane, usize)> {
    if let Some(overlay) = state.ui.overlay() {
        let y = overlay.area(state.ui.size).y;
        return Some((overlay.pane(), usize::from(mouse.y.checked_sub(y)?)));
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

/// Scrolls the pane under the pointer, which need not be the active one. Quotes go one by one.
fn scroll_pane(state: &mut State, pane: Pane, by: isize) {
    match pane {
        Pane::List => scroll_list(state, by),
        Pane::Reader => state.scroll_by(by),
        Pane::Quotes => state.step_quote(by.signum()),
        _ => move_by(state, by),
    }
}

/// Scrolls the list. The selection stays if it is still visible, else it moves to the nearest visible row. The margin
/// is that of [`list::List::scroll_to_selection`], which would scroll back otherwise.
fn scroll_list(state: &mut State, by: isize) {
    let count = state.ui.list.rows(&state.session.index).len();
    let height = state.pane_height(Pane::List);
    let last = count.saturating_sub(height);
    let top = state.ui.list.top.saturating_add_signed(by).min(last);
    let margin = usize::from(height > 8) * 2;
    let first = if top == 0 { 0 } else { top + margin };
    let end = if top == last {
        count
    } else {
        top + height - margin
    };
    let row = state.ui.list.row.min(end.saturating_sub(1)).max(first);
    state.ui.list.top = top;
    state.ui.list.user_selected = true;
    state.ui.list.select(row, &state.session.index);
}

/// Selects what is on a line of a pane. A click on the selected row of a list opens it.
fn click(state: &mut State, pane: Pane, line: usize, effects: &mut Vec<Effect>) {
    match pane {
        Pane::List => {
            let row = state.ui.list.top + line;
            if row >= state.ui.list.rows(&state.session.index).len() {
                return;
            }
            // A second click on the same row opens it.
            if state.ui.focus == Pane::List && state.ui.list.row == row {
                return go_in(state);
            }
            state.ui.focus = Pane::List;
            state.ui.list.user_selected = true;
            state.ui.list.select(row, &state.session.index);
        }
        Pane::Reader => {
            state.ui.focus = Pane::Reader;
            state.mark_read();
            let at = state.ui.reader.scroll + line;
            let quote = state.document().and_then(|document| {
                (0..document.quotes.len()).find(|&quote| document.quote_lines(quote).contains(&at))
            });
            if quote.is_some() {
                state.ui.reader.current_quote = quote;
            }
        }
        Pane::Quotes => {
            state.ui.focus = Pane::Quotes;
            // The first two lines of the pane are its heading.
            let row = line.checked_sub(2).map(|line| line + state.ui.quotes.top);
            let rows = state.document().map(|document| &document.quote_rows);
            if let Some(QuotePaneRow::Quote { quote, .. }) =
                row.zip(rows).and_then(|(n, r)| r.get(n))
            {
                state.go_to_quote(*quote);
            }
        }
        _ => {
            let overlay = state.ui.overlay().filter(|overlay| overlay.is_list());
            let Some(row) = overlay.map(|overlay| overlay.top + line) else {
                return;
            };
            if overlay.is_some_and(|overlay| overlay.row == row) {
                panel::choose_row(state, effects);
            } else if overlay.is_some_and(|overlay| row < overlay_length(state, overlay)) {
                move_to(state, row);
            }
        }
    }
}
