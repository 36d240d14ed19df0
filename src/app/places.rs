//! Places that a reader goes back to: a letter each, and the one before the last jump.
//!
//! They are kept among the settings, as `place a`: the item, the position in its body and its headline.

use std::collections::BTreeMap;

use super::hits::ScrollTarget;
use super::{Effect, State, panel};
use crate::action::{Action, Code, Key, Pane};
use crate::desk::EntryRef;
use crate::marks::MarkChange;
use crate::text::sanitize_line;

/// What the names of places among the settings begin with.
const SETTING: &str = "place ";

/// Where a reader was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Hash of the item: see [`EntryRef::item_key`].
    item: u64,
    /// Byte position in its body of what stood on top of the reader.
    position: usize,
    /// In the text, not on its row of the list.
    in_text: bool,
    pub headline: String,
}

/// The places.
#[derive(Debug, Default)]
pub struct Bookmarks {
    pub named: BTreeMap<char, Bookmark>,
    /// Where the reader was before the last jump.
    before_jump: Option<Bookmark>,
    /// A letter is awaited: to name the place here, or to go to one.
    pub awaiting_letter: Option<Action>,
}

impl Bookmark {
    /// What is kept of it.
    fn to_setting(&self) -> String {
        let pane = if self.in_text { "text" } else { "list" };
        format!(
            "{:016x} {} {pane} {}",
            self.item, self.position, self.headline
        )
    }

    /// The place that was kept.
    fn from_setting(value: &str) -> Option<Self> {
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
    /// Where the reader is now.
    fn current_bookmark(&self) -> Option<Bookmark> {
        let entry = self.selected_entry()?;
        let at = self.document().map_or(0, |_| self.reader.top_position());
        Some(Bookmark {
            item: entry.item_key(),
            position: at,
            in_text: self.focus != Pane::List,
            headline: sanitize_line(entry.headline()).into_owned(),
        })
    }
}

impl State {
    /// What an action does whose keys a letter follows.
    fn bookmark_hint(&self, action: Action, does: &str) -> String {
        self.key_for(action)
            .map_or(String::new(), |key| format!(": {key}{does}"))
    }
}

/// The next key is the letter of a place.
pub(super) fn await_letter(state: &mut State, action: Action) {
    state.bookmarks.awaiting_letter = Some(action);
}

/// Takes that letter. True where one was awaited.
pub(super) fn handle_bookmark_letter(
    state: &mut State,
    key: Key,
    effects: &mut Vec<Effect>,
) -> bool {
    let Some(asked) = state.bookmarks.awaiting_letter.take() else {
        return false;
    };
    let letter = match key.code {
        Code::Char(c) if !key.ctrl && !key.alt => c,
        _ => return true,
    };
    match (asked, letter) {
        (Action::SetPlace, 'a'..='z') => set_bookmark(state, letter),
        (Action::GoToPlace, '\'') => match state.bookmarks.before_jump.clone() {
            Some(place) => go_to_bookmark(state, &place, effects),
            None => state.notice = Some("there was no jump yet to go back from".to_owned()),
        },
        (Action::GoToPlace, 'a'..='z') => {
            if let Some(place) = state.bookmarks.named.get(&letter).cloned() {
                go_to_bookmark(state, &place, effects);
                return true;
            }
            let calls = format!("{letter} calls the one here so");
            let hint = state.bookmark_hint(Action::SetPlace, &calls);
            state.notice = Some(format!(
                "no place is called {letter}{hint}; :places lists them"
            ));
        }
        _ => state.notice = Some("a place is called by a letter, a to z".to_owned()),
    }
    true
}

fn set_bookmark(state: &mut State, letter: char) {
    let Some(place) = state.current_bookmark() else {
        return;
    };
    let hint = state.bookmark_hint(Action::GoToPlace, &format!("{letter} goes back to it"));
    state.notice = Some(format!("this place is called {letter}{hint}"));
    let change = MarkChange::Setting(format!("{SETTING}{letter}"), Some(place.to_setting()));
    state.bookmarks.named.insert(letter, place);
    state.marks.queue_changes(vec![change]);
}

fn go_to_bookmark(state: &mut State, place: &Bookmark, effects: &mut Vec<Effect>) {
    let is_it = |entry: EntryRef<'_>| entry.item_key() == place.item;
    let mut ids = state.index.order().iter().copied();
    let Some(id) = ids.find(|&id| state.index.entry(id).is_some_and(is_it)) else {
        state.notice = Some(format!("this dispatch is not at hand: {}", place.headline));
        return;
    };
    state.bookmarks.before_jump = state.current_bookmark();
    let same = state.document().is_some_and(|document| document.id == id);
    panel::select_entry(state, id, effects);
    if state.list.selected == Some(id) {
        let landing = (id, ScrollTarget::Position(place.position));
        state.reader.scroll_target = (place.position > 0).then_some(landing);
        if same {
            state.reader.scroll = 0;
        }
    }
    if place.in_text {
        state.focus = Pane::Reader;
        super::marking::mark_selected_read(state);
    } else {
        state.focus = Pane::List;
    }
}

/// Goes to one of the places that are shown.
pub(super) fn open_chosen_bookmark(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    panel::close(state);
    if let Some(place) = state.bookmarks.named.values().nth(row).cloned() {
        go_to_bookmark(state, &place, effects);
    }
}

/// Notes where the reader was, before what moves far.
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
        state.bookmarks.before_jump = state.current_bookmark();
    }
}

/// The places of earlier sessions; those that were named in this one stand.
pub(super) fn restore_bookmarks(state: &mut State, settings: &[(String, String)]) {
    for (name, value) in settings {
        let letter = name
            .strip_prefix(SETTING)
            .and_then(|name| name.parse().ok());
        if let Some((letter, place)) = letter.zip(Bookmark::from_setting(value)) {
            state.bookmarks.named.entry(letter).or_insert(place);
        }
    }
}
