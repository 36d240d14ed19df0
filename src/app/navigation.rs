//! Navigation: moves within panes, between panes and between dispatches; bookmarks. Knows nothing of which keys these
//! are bound to.

use std::collections::BTreeMap;

use crate::action::{Action, Code, Key, Pane};
use crate::app::layout::LayoutMode;
use crate::app::messages::Effect;
use crate::app::overlay::{Overlay, OverlayKind};
use crate::app::panel::{close_overlay, select_entry, set_words};
use crate::app::prompt;
use crate::app::reader::ScrollTarget;
use crate::app::sheet::sheet_lines;
use crate::app::state::State;
use crate::index::EntryRef;
use crate::marks::MarkChange;
use crate::text::sanitize_line;

/// Moves by a number of rows or lines in the active pane.
pub(super) fn move_by(state: &mut State, by: isize) {
    if state.ui.overlay().is_some() {
        return move_overlay(state, |overlay, length, height| {
            overlay.move_by(by, length, height);
        });
    }
    match state.ui.focus {
        Pane::Reader => state.scroll_by(by),
        Pane::Quotes => state.step_quote(by),
        _ => state.ui.list.move_selection(by, &state.session.index),
    }
}

/// Moves to a row or line in the active pane, clamped to the last one.
pub(super) fn move_to(state: &mut State, row: usize) {
    if state.ui.overlay().is_some() {
        return move_overlay(state, |overlay, length, height| {
            overlay.move_to(row, length, height);
        });
    }
    match state.ui.focus {
        Pane::Reader => {
            let row = row.min(state.max_scroll());
            state.scroll_by(
                isize::try_from(row)
                    .unwrap_or(isize::MAX)
                    .saturating_sub_unsigned(state.ui.reader.scroll),
            );
        }
        Pane::Quotes => state.go_to_quote_row(row),
        _ => {
            state.ui.list.user_selected = true;
            state.ui.list.select(row, &state.session.index);
        }
    }
}

/// Moves in the topmost overlay, given the number of its rows or lines and that of the visible ones.
fn move_overlay(state: &mut State, to: impl FnOnce(&mut Overlay, usize, usize)) {
    let Some(overlay) = state.ui.overlay() else {
        return;
    };
    let length = overlay_length(state, overlay);
    let height = state.pane_height(overlay.pane());
    if let Some(overlay) = state.ui.overlays.last_mut() {
        to(overlay, length, height);
    }
}

/// Keeps the selected row of the topmost overlay on the screen after its rows have changed. The lines of a sheet are too
/// many to be laid out after every message for that.
pub(super) fn clamp_overlay(state: &mut State) {
    if state.active_pane() != Pane::Sheet {
        move_overlay(state, Overlay::clamp);
    }
}

/// The number of rows or lines of an overlay.
#[must_use]
pub fn overlay_length(state: &State, overlay: &Overlay) -> usize {
    match &overlay.kind {
        OverlayKind::Views => state.session.alerts.views.len(),
        OverlayKind::Alerts => state.session.alerts.log.len(),
        OverlayKind::Links(links) => links.len(),
        OverlayKind::Bookmarks => state.session.bookmarks.named.len(),
        OverlayKind::Speakers => state.session.speakers.shown_rows.len(),
        OverlayKind::Changes(comparison) => comparison.page.lines.len(),
        _ => sheet_lines(state, overlay).len(),
    }
}

/// Moves one level in: from the list to the reader, from there to the quotes, from there to the current quote in the
/// text.
pub(super) fn go_in(state: &mut State) {
    match state.ui.focus {
        Pane::List if state.ui.list.selected.is_some() => {
            state.ui.focus = Pane::Reader;
            state.mark_read();
            state.open_at_first_match();
        }
        Pane::Reader if state.document().is_some_and(|d| !d.quotes.is_empty()) => {
            state.ui.focus = Pane::Quotes;
        }
        Pane::Reader => state.ui.notice = Some("no quotes in this dispatch".into()),
        Pane::Quotes => {
            state.ui.focus = Pane::Reader;
            if let Some(quote) = state.ui.reader.current_quote {
                state.go_to_quote(quote);
            }
        }
        _ => {}
    }
}

/// Moves one level out: closes the topmost overlay, else returns to the previous pane, else widens the filter, else
/// quits, which only [`Action::Leave`] does. [`Action::Cancel`] clears a filter of lines, a selection or a search
/// first.
pub(super) fn go_back(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if let Some(overlay) = state.ui.overlay() {
        let narrowed = !overlay.words.is_empty();
        return if narrowed && (action == Action::Cancel || overlay.is_list()) {
            set_words(state, "");
        } else {
            close_overlay(state, effects);
        };
    }
    match state.ui.focus {
        Pane::List if action == Action::Cancel && !state.session.marks.selection.is_empty() => {
            state.session.marks.selection.clear();
        }
        Pane::Quotes => state.ui.focus = Pane::Reader,
        Pane::Reader if action == Action::Cancel && !state.ui.reader.search.is_empty() => {
            state.ui.reader.search.clear();
            state.ui.reader.find_hits(&state.session.filter.query);
        }
        Pane::Reader => state.ui.focus = Pane::List,
        Pane::List if !state.session.filter.is_blank() => prompt::widen_filter(state, effects),
        Pane::List if action == Action::Leave => effects.push(Effect::Quit),
        _ => {}
    }
}

/// Reads on: opens the selected dispatch, scrolls it by a page, and at its end selects the next unread one.
pub(super) fn read_on(state: &mut State, page: isize) {
    match state.active_pane() {
        Pane::List => go_in(state),
        // Still being read: wait instead of skipping it.
        Pane::Reader if state.document().is_none() => {}
        Pane::Reader if state.is_at_end() => {
            state.mark_read();
            select_unread(state, true);
        }
        Pane::Reader => state.scroll_by(page),
        _ => move_by(state, page),
    }
}

/// Selects the next or previous unread row.
pub(super) fn select_unread(state: &mut State, forward: bool) {
    let rows = state.ui.list.rows(&state.session.index);
    let unread = |row: &usize| {
        state
            .session
            .index
            .entry(rows[*row])
            .is_some_and(|entry| !state.session.marks.will_be_read(entry.item_key()))
    };
    let next = if forward {
        (state.ui.list.row + 1..rows.len()).find(unread)
    } else {
        (0..state.ui.list.row.min(rows.len())).rev().find(unread)
    };
    match next {
        Some(row) => {
            state.ui.list.user_selected = true;
            state.ui.list.select(row, &state.session.index);
        }
        None => {
            state.ui.notice = Some(format!(
                "nothing unread {}",
                if forward { "below" } else { "above" }
            ));
        }
    }
}

/// Shows or hides the quotes pane. Where only one pane fits, moves the focus there and back instead.
pub(super) fn toggle_quotes(state: &mut State) {
    // Decided by what is visible, not by `quotes_wanted`: the pane may be there because there is room.
    let visible = state.layout().quotes.is_some();
    if state.layout().mode == LayoutMode::SinglePane {
        state.ui.focus = if state.ui.focus == Pane::Quotes {
            Pane::Reader
        } else {
            Pane::Quotes
        };
        return;
    }
    if visible && state.ui.focus == Pane::Quotes {
        state.ui.focus = Pane::Reader;
    }
    state.ui.quotes.wanted = Some(!visible);
}

/// Switches the quotes pane between grouping by speaker and text order.
pub(super) fn toggle_quote_order(state: &mut State) {
    state.ui.quotes.in_text_order = !state.ui.quotes.in_text_order;
    let order = if state.ui.quotes.in_text_order {
        "in the order of the text"
    } else {
        "by speaker"
    };
    state.ui.notice = Some(format!("the quotes pane shows the quotes {order}"));
}

/// The panes that Tab cycles through, from left to right.
fn focusable_panes(state: &State) -> Vec<Pane> {
    let layout = state.layout();
    let mut panes = vec![Pane::List, Pane::Reader];
    if layout.mode == LayoutMode::SinglePane || layout.quotes.is_some() {
        panes.push(Pane::Quotes);
    }
    panes
}

/// Focuses the next or previous pane, around the ends.
pub(super) fn cycle_focus(state: &mut State, forward: bool) {
    let panes = focusable_panes(state);
    let at = panes
        .iter()
        .position(|&pane| pane == state.ui.focus)
        .unwrap_or(0);
    let next = if forward {
        at + 1
    } else {
        at + panes.len() - 1
    };
    set_focus(state, panes[next % panes.len()]);
}

/// Focuses the pane to the right or left, if there is one.
pub(super) fn focus_neighbour(state: &mut State, right: bool) {
    let panes = focusable_panes(state);
    let at = panes
        .iter()
        .position(|&pane| pane == state.ui.focus)
        .unwrap_or(0);
    let next = if right {
        (at + 1).min(panes.len() - 1)
    } else {
        at.saturating_sub(1)
    };
    set_focus(state, panes[next]);
}

/// Focuses a pane. A dispatch counts as read once the reader is focused.
fn set_focus(state: &mut State, pane: Pane) {
    state.ui.focus = pane;
    if pane == Pane::Reader {
        state.mark_read();
    }
}

// Bookmarks: positions with a letter, and the one before the last jump. They are saved as settings with names like
// `place a`: item, position in its body, pane, headline.

/// Prefix of the settings that hold bookmarks. Saved in databases, so it must not change.
const SETTING: &str = "place ";

/// A position to return to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Hash of the item: see [`EntryRef::item_key`].
    item: u64,
    /// Byte position in its body of the first visible line.
    position: usize,
    /// Set in the text; else on the row in the list.
    in_text: bool,
    /// The headline, for display. It also names the dispatch if that is not loaded in a later session.
    pub headline: String,
}

/// All bookmarks.
#[derive(Debug, Default)]
pub struct Bookmarks {
    /// By letter, `a` to `z`.
    pub named: BTreeMap<char, Bookmark>,
    /// The position before the last jump.
    before_jump: Option<Bookmark>,
    /// Set while the letter of a bookmark is awaited: the action that needs it.
    pub awaiting_letter: Option<Action>,
}

impl Bookmark {
    /// The value of its setting.
    fn to_setting(&self) -> String {
        let pane = if self.in_text { "text" } else { "list" };
        format!(
            "{:016x} {} {pane} {}",
            self.item, self.position, self.headline
        )
    }

    /// Parses the value of a setting; `None` if it is malformed.
    fn from_setting(value: &str) -> Option<Self> {
        // The headline comes last, since it contains spaces.
        let mut parts = value.splitn(4, ' ');
        Some(Self {
            item: u64::from_str_radix(parts.next()?, 16).ok()?,
            position: parts.next()?.parse().ok()?,
            in_text: parts.next()? == "text",
            headline: sanitize_line(parts.next().unwrap_or("")).into_owned(),
        })
    }
}

impl State {
    /// The current position; `None` if nothing is selected.
    fn current_bookmark(&self) -> Option<Bookmark> {
        let entry = self.selected_entry()?;
        let at = self.document().map_or(0, |_| self.ui.reader.top_position());
        Some(Bookmark {
            item: entry.item_key(),
            position: at,
            in_text: self.ui.focus != Pane::List,
            headline: sanitize_line(entry.headline()).into_owned(),
        })
    }
}

impl State {
    /// The hint `: KEY` plus a text, for an action whose key is followed by a letter. Empty if no key is bound to it.
    fn bookmark_hint(&self, action: Action, does: &str) -> String {
        self.key_for(action)
            .map_or(String::new(), |key| format!(": {key}{does}"))
    }
}

/// Makes the next key the letter of a bookmark.
pub(super) fn await_letter(state: &mut State, action: Action) {
    state.session.bookmarks.awaiting_letter = Some(action);
}

/// Handles that letter. True if one was awaited; any key other than a character cancels.
pub(super) fn handle_bookmark_letter(
    state: &mut State,
    key: Key,
    effects: &mut Vec<Effect>,
) -> bool {
    let Some(asked) = state.session.bookmarks.awaiting_letter.take() else {
        return false;
    };
    let letter = match key.code {
        Code::Char(c) if !key.ctrl && !key.alt => c,
        _ => return true,
    };
    match (asked, letter) {
        (Action::SetPlace, 'a'..='z') => set_bookmark(state, letter),
        (Action::GoToPlace, '\'') => match state.session.bookmarks.before_jump.clone() {
            Some(place) => go_to_bookmark(state, &place, effects),
            None => state.ui.notice = Some("there is no jump to go back from".to_owned()),
        },
        (Action::GoToPlace, 'a'..='z') => {
            if let Some(place) = state.session.bookmarks.named.get(&letter).cloned() {
                go_to_bookmark(state, &place, effects);
                return true;
            }
            let hint_text = format!("{letter} names this one");
            let hint = state.bookmark_hint(Action::SetPlace, &hint_text);
            state.ui.notice = Some(format!(
                "no place is called {letter}{hint}; :places lists them"
            ));
        }
        _ => state.ui.notice = Some("a place is called by a letter, a to z".to_owned()),
    }
    true
}

/// Sets a bookmark at the current position and saves it.
fn set_bookmark(state: &mut State, letter: char) {
    let Some(place) = state.current_bookmark() else {
        return;
    };
    let hint = state.bookmark_hint(Action::GoToPlace, &format!("{letter} goes back to it"));
    state.ui.notice = Some(format!("this place is called {letter}{hint}"));
    let change = MarkChange::Setting(format!("{SETTING}{letter}"), Some(place.to_setting()));
    state.session.bookmarks.named.insert(letter, place);
    state.session.marks.queue_changes(vec![change]);
}

/// Jumps to a bookmark, if its dispatch is loaded.
pub(super) fn go_to_bookmark(state: &mut State, place: &Bookmark, effects: &mut Vec<Effect>) {
    let is_it = |entry: EntryRef<'_>| entry.item_key() == place.item;
    let mut ids = state.session.index.order().iter().copied();
    // Bookmarks are by item, not by entry id: ids differ between sessions.
    let Some(id) = ids.find(|&id| state.session.index.entry(id).is_some_and(is_it)) else {
        state.ui.notice = Some(format!("this dispatch is not here: {}", place.headline));
        return;
    };
    state.session.bookmarks.before_jump = state.current_bookmark();
    // A document that is open already is not read again, so its scroll position has to be reset here.
    let same = state.document().is_some_and(|document| document.id == id);
    select_entry(state, id, effects);
    if state.ui.list.selected == Some(id) {
        let landing = (id, ScrollTarget::Position(place.position));
        state.ui.reader.scroll_target = (place.position > 0).then_some(landing);
        if same {
            state.ui.reader.scroll = 0;
        }
    }
    if place.in_text {
        state.ui.focus = Pane::Reader;
        crate::app::marks::mark_selected_read(state);
    } else {
        state.ui.focus = Pane::List;
    }
}

/// Records the current position before an action that jumps.
pub(super) fn record_before_jump(state: &mut State, action: Action) {
    let far = matches!(
        action,
        Action::Top
            | Action::Bottom
            | Action::NextHit
            | Action::PreviousHit
            | Action::NextSame
            | Action::PreviousSame
            | Action::NextUnread
            | Action::PreviousUnread
    );
    if far
        && matches!(
            state.active_pane(),
            Pane::List | Pane::Reader | Pane::Quotes
        )
    {
        state.session.bookmarks.before_jump = state.current_bookmark();
    }
}

/// Restores the bookmarks of earlier sessions. Those set in this session take precedence.
pub(super) fn restore_bookmarks(state: &mut State, settings: &[(String, String)]) {
    for (name, value) in settings {
        let letter = name
            .strip_prefix(SETTING)
            .and_then(|name| name.parse().ok());
        if let Some((letter, place)) = letter.zip(Bookmark::from_setting(value)) {
            state.session.bookmarks.named.entry(letter).or_insert(place);
        }
    }
}
