//! Keys and mouse: turns input into actions, and dispatches actions to the code that performs them; the hints on which
//! keys there are, and the welcome of a first session. Knows nothing of terminals.

use crate::action::{ACTIONS, Action, Code, HelpGroup, Key, KeyMatch, Pane};
use crate::app::band::BandKind;
use crate::app::document::QuotePaneRow;
use crate::app::layout::Area;
use crate::app::list::FilterPhase;
use crate::app::overlay::{OverlayKind, PromptKind};
use crate::app::state::{Effect, MouseAction, MouseInput, State, Welcome};
use crate::app::{commands, filter, list, navigation, reader, views};
use crate::marks::{MarkChange, SavedMarks};
use crate::text::display_width;

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
    let waits = state.session.filter.run.phase == FilterPhase::AwaitingHits;
    let opens_first = state.awaits_first_row() && key.code == Code::Enter;
    if (waits && key != Key::ctrl('c') || opens_first) && for_rows {
        state.ui.typed.deferred.push(key);
        return;
    }
    if state.handle_key_in_search(key, effects) || state.defer_until_read(key) {
        return;
    }
    match state.ui.prompt.as_ref().map(|prompt| prompt.kind) {
        Some(PromptKind::Narrow) => return navigation::handle_narrowing_key(state, key),
        Some(PromptKind::Command | PromptKind::Pipe) => {
            return commands::handle_command_key(state, key, effects);
        }
        Some(PromptKind::Filter | PromptKind::Search) => {
            return filter::handle_prompt_key(state, key, effects);
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
    if navigation::handle_digit(state, key, effects) {
        return;
    }
    if state.ui.typed.keys.is_empty() && handle_count_digit(state, key) {
        return;
    }
    state.ui.typed.keys.push(key);
    match looked_up(state) {
        KeyMatch::Prefix(_) => {}
        KeyMatch::Action(action) => {
            state.ui.typed.keys.clear();
            let count = state.ui.typed.count.take();
            perform_action(state, action, key, count, effects);
        }
        KeyMatch::None => {
            // A single unbound key is ignored; a sequence was meant, so its failure is reported.
            let tried = state.ui.typed.keys.len() > 1;
            let keys = state.ui.typed.keys.drain(..);
            let sequence: String = keys.map(|key| key.to_string()).collect();
            state.ui.typed.count = None;
            if tried {
                state.say(format!("{sequence} means nothing here"));
            }
        }
    }
}

/// What the keys pressed so far mean in the active pane.
fn looked_up(state: &State) -> KeyMatch {
    let keys = &state.ui.typed.keys;
    state.settings.keys.lookup(state.active_pane(), keys)
}

/// Inserts pasted text into the prompt. Without a prompt it is ignored, so that its letters do not act as keys.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.ui.prompt.as_mut() else {
        return;
    };
    prompt.paste(text);
    let (kind, text) = (prompt.kind, prompt.text().to_owned());
    match kind {
        PromptKind::Narrow => navigation::set_words(state, &text),
        _ => filter::apply_text(state, kind, &text, effects),
    }
}

/// Adds a digit to the count. A leading 0 is not part of one. True if the key was such a digit.
fn handle_count_digit(state: &mut State, key: Key) -> bool {
    let Code::Char(c) = key.code else {
        return false;
    };
    let count = &mut state.ui.typed.count;
    let counts = |&d: &u32| !key.ctrl && !key.alt && (d > 0 || count.is_some());
    let Some(digit) = c.to_digit(10).filter(counts) else {
        return false;
    };
    let tens = count.unwrap_or(0).saturating_mul(10);
    *count = Some(tens.saturating_add(digit as usize).min(COUNT_LIMIT));
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
    if action == Action::Cancel && (state.close_explanation() || state.acknowledge_band()) {
        return;
    }
    // These look at the state as it is before the action.
    list::stop_following_on_move(state, action);
    navigation::record_before_jump(state, action);
    advance_welcome(state, action);
    if perform_move(state, action, count) || perform_text_move(state, action, count, effects) {
        return;
    }
    match action {
        Action::In | Action::Choose if state.ui.overlay().is_some() => {
            navigation::choose_row(state, effects);
        }
        Action::Choose => commands::enter_or_choose(state, effects),
        Action::In => navigation::go_in(state),
        Action::Back | Action::Leave | Action::Cancel => {
            navigation::go_back(state, action, effects);
        }
        Action::WhoSpeaks => navigation::toggle_speakers(state, effects),
        Action::QuotesPane => navigation::toggle_quotes(state),
        Action::OpenLink => navigation::open_links(state, effects),
        Action::SetPlace | Action::GoToPlace => navigation::await_letter(state, action),
        Action::CopyQuote => commands::copy_to_clipboard(state, state.citation(), "quote", effects),
        Action::CopyDispatch if !state.session.marks.selection.is_empty() => {
            commands::request_copies(state, effects);
        }
        Action::CopyDispatch => {
            commands::copy_to_clipboard(state, commands::dispatch_text(state), "dispatch", effects);
        }
        Action::Search if state.ui.overlay().is_some() => navigation::open_narrowing(state),
        Action::Search => filter::open_prompt(state),
        Action::Within => filter::open_nested_filter(state),
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
        | Action::Undo => commands::perform_mark_action(state, action, effects),
        Action::Follow => list::toggle_follow(state, effects),
        Action::TakeIn => list::accept_pending(state, effects),
        Action::Pause => list::toggle_pause(state, effects),
        Action::Fold => list::toggle_fold(state, effects),
        Action::WhatChanged => navigation::toggle_changes(state, effects),
        Action::Urgent => views::toggle_urgent(state, effects),
        Action::Command => commands::open_command_prompt(state),
        Action::Pipe => commands::open_pipe(state),
        Action::Edit => commands::open_in_editor(state, effects),
        Action::Views => navigation::toggle_overlay(state, OverlayKind::Views, effects),
        Action::Alerts => navigation::toggle_overlay(state, OverlayKind::Alerts, effects),
        Action::Header => navigation::toggle_overlay(state, OverlayKind::Header, effects),
        Action::Source => {
            navigation::toggle_overlay(state, OverlayKind::Source(None, None), effects);
        }
        Action::Problems => navigation::toggle_overlay(state, OverlayKind::Problems, effects),
        Action::Help => navigation::toggle_overlay(state, OverlayKind::Help, effects),
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
        Action::Down => navigation::move_by(state, steps),
        Action::Up => navigation::move_by(state, -steps),
        Action::HalfDown => navigation::move_by(state, half_page * steps),
        Action::HalfUp => navigation::move_by(state, -half_page * steps),
        Action::PageDown => navigation::move_by(state, page_step * steps),
        Action::PageUp => navigation::move_by(state, -page_step * steps),
        // Counts are from 1. A count of 0 cannot be typed.
        Action::Top => navigation::move_to(state, count.map_or(0, |row| row - 1)),
        Action::Bottom => navigation::move_to(state, count.map_or(usize::MAX, |row| row - 1)),
        Action::ReadOn => navigation::read_on(state, page_step),
        Action::NextDispatch => state.ui.list.move_selection(steps, &state.session.index),
        Action::PreviousDispatch => state.ui.list.move_selection(-steps, &state.session.index),
        Action::NextUnread => navigation::select_unread(state, true),
        Action::PreviousUnread => navigation::select_unread(state, false),
        Action::NextPane => navigation::cycle_focus(state, true),
        Action::PreviousPane => navigation::cycle_focus(state, false),
        Action::PaneLeft => navigation::focus_neighbour(state, false),
        Action::PaneRight => navigation::focus_neighbour(state, true),
        Action::ScrollRight => {
            reader::scroll_tables(state, reader::half_pane_columns(state) * steps);
        }
        Action::ScrollLeft => {
            reader::scroll_tables(state, -reader::half_pane_columns(state) * steps);
        }
        Action::ColumnRight => reader::scroll_tables(state, steps),
        Action::ColumnLeft => reader::scroll_tables(state, -steps),
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
        Action::QuoteOrder => navigation::toggle_quote_order(state),
        Action::Why => state.toggle_explanation(),
        Action::NextHit => state.next_hit(true, effects),
        Action::PreviousHit => state.next_hit(false, effects),
        Action::OnlyMatches => state.toggle_only_matches(),
        Action::NextChange => times.for_each(|_| navigation::go_to_change(state, true)),
        Action::PreviousChange => times.for_each(|_| navigation::go_to_change(state, false)),
        Action::OlderVersion => navigation::step_version(state, true, effects),
        Action::NewerVersion => navigation::step_version(state, false, effects),
        _ => return false,
    }
    true
}

/// The count as a number of steps; 1 without one.
fn steps(count: Option<usize>) -> isize {
    isize::try_from(count.unwrap_or(1)).unwrap_or(1)
}

// The mouse: the wheel scrolls the pane under the pointer, a click selects.

/// Lines that one notch of the wheel scrolls, as most programs do.
const WHEEL_LINES: isize = 3;

/// Switches mouse handling on or off.
fn toggle_mouse(state: &mut State, effects: &mut Vec<Effect>) {
    state.ui.mouse = !state.ui.mouse;
    effects.push(Effect::SetMouse(state.ui.mouse));
    let said = if state.ui.mouse {
        "the mouse is on: the wheel scrolls, a click selects; with Shift the terminal selects text itself"
    } else {
        "the mouse is off: the terminal selects text itself"
    };
    state.say(said.to_owned());
}

/// Handles a mouse event. Ignored while a prompt is open or an answer is awaited: the rows are about to change under
/// the pointer.
pub(super) fn handle_mouse(state: &mut State, mouse: MouseInput, effects: &mut Vec<Effect>) {
    let busy = state.ui.prompt.is_some() || state.session.speakers.search.is_some();
    if !state.ui.mouse || busy || state.session.filter.run.phase == FilterPhase::AwaitingHits {
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
    let panes =
        [(Pane::List, layout.list), (Pane::Reader, layout.reader), (Pane::Quotes, layout.quotes)];
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
        _ => navigation::move_by(state, by),
    }
}

/// Scrolls the list. The selection stays if it is still visible, else it moves to the nearest visible row. The margin
/// is that of `List::scroll_to_selection`, which would scroll back otherwise.
fn scroll_list(state: &mut State, by: isize) {
    let count = state.ui.list.rows(&state.session.index).len();
    let height = state.pane_height(Pane::List);
    let last = count.saturating_sub(height);
    let top = state.ui.list.top.saturating_add_signed(by).min(last);
    let margin = usize::from(height > 8) * 2;
    let first = if top == 0 { 0 } else { top + margin };
    let end = if top == last { count } else { top + height - margin };
    let row = state.ui.list.row.min(end.saturating_sub(1)).max(first);
    state.ui.list.top = top;
    state.ui.list.go_to(row, &state.session.index);
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
                return navigation::go_in(state);
            }
            state.ui.focus = Pane::List;
            state.ui.list.go_to(row, &state.session.index);
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
                navigation::choose_row(state, effects);
            } else if overlay
                .is_some_and(|overlay| row < navigation::overlay_length(state, overlay))
            {
                navigation::move_to(state, row);
            }
        }
    }
}

// Hints on the bottom line.

/// The hints for the bottom line, most useful first: keys, and what they do. Actions that would do nothing now are left
/// out.
#[must_use]
pub fn hints(state: &State) -> Vec<(String, &'static str)> {
    // Within a sequence, show how it can go on.
    if let KeyMatch::Prefix(rest) = looked_up(state)
        && !state.ui.typed.keys.is_empty()
    {
        return rest;
    }
    if let Some(hints) = input_hints(state) {
        return hints;
    }
    let mut wanted = band_hints(state);
    wanted.extend(match state.active_pane() {
        Pane::List => list_hints(state),
        Pane::Reader | Pane::Quotes => text_hints(state),
        Pane::Sheet | Pane::Changes | Pane::Speakers | Pane::Choice => panel_hints(state),
    });
    wanted
        .into_iter()
        .filter(|(_, _, now)| *now)
        .filter_map(|(action, words, _)| Some((state.key_for(action)?, words)))
        .collect()
}

/// Hints while a prompt is open or the letter of a bookmark is awaited.
fn input_hints(state: &State) -> Option<Vec<(String, &'static str)>> {
    if let Some(asked) = state.session.bookmarks.awaiting_letter {
        let known: String = state.session.bookmarks.named.keys().collect();
        return Some(match asked {
            Action::SetPlace => vec![("a–z".into(), "name this place"), ("Esc".into(), "cancel")],
            _ if known.is_empty() => vec![("'".into(), "before the last jump")],
            _ => vec![(known, "go there"), ("'".into(), "before the last jump")],
        });
    }
    // At a prompt the keys are fixed.
    let prompt = || vec![("Enter".into(), "keep"), ("Esc".into(), "undo"), ("↑↓".into(), "move")];
    state.ui.prompt.is_some().then(prompt)
}

/// An action, what it does here, and whether it would do something now.
type Hint = (Action, &'static str, bool);

/// Hints on the first band on the screen: how it is acknowledged, and where Enter leads from it.
fn band_hints(state: &State) -> Vec<Hint> {
    let Some(band) = state.visible_bands().into_iter().next() else {
        return Vec::new();
    };
    let leads = match band.key.kind {
        _ if state.shown_document().is_none_or(|open| open.id != band.key.id) => "that dispatch",
        BandKind::Kill if band.key.cause.is_none() => "what it kills",
        BandKind::Kill | BandKind::Restored => "the notice",
        BandKind::Correction => "the correction",
        BandKind::Embargo | BandKind::Update => "the newest",
    };
    let can_go = state.active_pane() == Pane::Reader && !state.can_choose();
    vec![
        (Action::Cancel, "acknowledge", state.band_to_acknowledge().is_some()),
        (Action::Choose, leads, can_go && state.band_leads_on()),
    ]
}

/// Hints in an overlay.
fn panel_hints(state: &State) -> Vec<Hint> {
    let changes = state.ui.comparison();
    let has_changes = changes.is_some_and(|c| !c.page.change_lines.is_empty());
    let has_older = changes.is_some_and(|c| c.older + 1 < c.versions.len());
    let has_newer = changes.is_some_and(|c| c.older > c.newer + 1);
    match state.active_pane() {
        Pane::Sheet => vec![
            (Action::Leave, "back", true),
            (Action::Down, "down", true),
            (Action::Search, "find a line", true),
        ],
        Pane::Changes => vec![
            (Action::NextChange, "next change", has_changes),
            (Action::Leave, "back", true),
            (Action::PreviousChange, "previous", has_changes),
            (Action::OlderVersion, "older version", has_older),
            (Action::NewerVersion, "newer", has_newer),
            (Action::Help, "all keys", true),
        ],
        Pane::Speakers => vec![
            (Action::Choose, "filter", !state.session.speakers.shown_rows.is_empty()),
            (Action::Search, "narrow", !state.session.speakers.rows.is_empty()),
            (Action::Leave, "back", true),
            (Action::Help, "all keys", true),
        ],
        _ => vec![
            (Action::Choose, "choose", true),
            (Action::Leave, "back", true),
            (Action::Down, "down", true),
            (Action::Help, "all keys", true),
        ],
    }
}

/// The hint for Enter in the list: it chooses if the program was started to choose a dispatch.
fn enter_label(state: &State) -> &'static str {
    if state.can_choose() { "choose" } else { "read" }
}

/// True if the open dispatch has quotes.
fn has_quotes(state: &State) -> bool {
    state.document().is_some_and(|d| !d.quotes.is_empty())
}

/// Hints in the list.
fn list_hints(state: &State) -> Vec<Hint> {
    let has_rows = !state.ui.list.rows(&state.session.index).is_empty();
    // With a filter that matches nothing, changing it is the way out.
    let can_filter = has_rows || !state.session.filter.is_blank();
    vec![
        (Action::Choose, enter_label(state), has_rows),
        (Action::Search, "filter", can_filter),
        (Action::NextQuote, "next quote", has_quotes(state)),
        (Action::NextPane, "pane", has_rows),
        (Action::WhoSpeaks, "speakers", has_rows),
        (Action::Problems, "problems", !state.session.problems.is_empty()),
        (Action::Alerts, "alerts", state.session.alerts.log.unread > 0),
        (Action::Views, "views", !state.session.alerts.views.is_empty()),
        (Action::Quit, "quit", true),
        (Action::Help, "all keys", true),
    ]
}

/// Hints in the reader and the quotes pane.
fn text_hints(state: &State) -> Vec<Hint> {
    let (chooses, has_quotes) = (state.can_choose(), has_quotes(state));
    let has_quote = has_quotes && state.ui.reader.current_quote.is_some();
    if state.active_pane() == Pane::Quotes {
        let choose = if chooses { "choose" } else { "go to it" };
        return vec![
            (Action::Choose, choose, has_quotes),
            (Action::NextSame, "same speaker", has_quotes),
            (Action::Why, "why", has_quote),
            (Action::CopyQuote, "copy", has_quote),
            (Action::Leave, "back", true),
            (Action::Help, "all keys", true),
        ];
    }
    vec![
        (Action::Choose, enter_label(state), chooses),
        (Action::ReadOn, "read on", true),
        (Action::Leave, "list", true),
        (Action::NextQuote, "next quote", has_quotes),
        (Action::ScrollRight, "right", state.max_table_scroll() > 0),
        (Action::NextHit, "next hit", !state.ui.reader.search.hits.is_empty()),
        (Action::NextDispatch, "next", true),
        (Action::Search, "search", true),
        (Action::CopyQuote, "copy quote", has_quote),
        (Action::Help, "all keys", true),
    ]
}

// The welcome: a few hints for a new user, one at a time. Each goes when its action has been performed. It is shown
// only if nothing has ever been saved, and a setting keeps it from being shown again.

/// The setting that records that the welcome has been shown. Saved in databases, so it must not change.
const WELCOME_SETTING: &str = "welcome";

/// A hint: the actions that complete it, what the key of the first of them does, and what to add if there is room.
type Step = (&'static [Action], &'static str, &'static str);

/// The hints of the welcome, in order.
const STEPS: [Step; 3] = [
    (
        &[Action::Choose, Action::In, Action::ReadOn],
        "reads the dispatch",
        "; the line below shows what other keys do",
    ),
    (&[Action::Search], "filters the list as you type", ": a word, from:AGENCY, at:PLACE"),
    (&[Action::Help], "shows all keys", "; `dateline FOLDER` reads a wire of your own"),
];

impl State {
    /// The hint with its number: `1/3  Enter reads the dispatch`.
    #[must_use]
    pub fn welcome_line(&self) -> Option<String> {
        let Welcome::Step(step) = self.ui.welcome else {
            return None;
        };
        let (actions, text, more) = STEPS.get(step)?;
        let key = self.key_for(actions[0])?;
        let line = format!("{}/{}  {key} {text}", step + 1, STEPS.len());
        let room = usize::from(self.ui.size.0.saturating_sub(2));
        // In a narrow terminal the key matters more than the explanation.
        let fits = display_width(&line) + display_width(more) <= room;
        Some(if fits { line + more } else { line })
    }
}

/// Starts the welcome if `saved` shows that this is the first session, and records that it has been shown.
pub(super) fn start_welcome(state: &mut State, saved: &SavedMarks) {
    if state.ui.welcome != Welcome::Wanted {
        return;
    }
    let marked = !saved.sets.read.is_empty() || !saved.sets.starred.is_empty();
    let named = saved.settings.len() + saved.views.len() + saved.queries.len();
    state.ui.welcome = Welcome::Off;
    if !marked && named == 0 && !state.settings.plain && saved.sets.notes.is_empty() {
        state.ui.welcome = Welcome::Step(0);
        let shown = MarkChange::Setting(WELCOME_SETTING.to_owned(), Some("shown".to_owned()));
        state.save(shown);
    }
}

/// Advances the welcome after an action. Moving about keeps the current hint; any other action completes it, or skips
/// to the one after its own.
fn advance_welcome(state: &mut State, action: Action) {
    let Welcome::Step(step) = state.ui.welcome else {
        return;
    };
    let mut entries = ACTIONS.iter();
    let entry = entries.find(|entry| entry.action == action);
    let about = |group| matches!(group, HelpGroup::Move | HelpGroup::Program);
    // Help is in the group of program actions, but is what the last hint asks for.
    let looks = entry.is_some_and(|entry| about(entry.group)) && action != Action::Help;
    // Leaving what the previous hint opened does not complete this one.
    let back = step > 0 && matches!(action, Action::Back | Action::Leave | Action::Cancel);
    if !looks && !back {
        let next = STEPS[step..].iter().position(|(actions, ..)| actions.contains(&action));
        let next = step + next.unwrap_or(0) + 1;
        state.ui.welcome = if next < STEPS.len() { Welcome::Step(next) } else { Welcome::Off };
    }
}
