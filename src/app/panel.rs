//! What keys do in overlays: opening and closing them, narrowing them to words, and Enter in those with a selected row.

use crate::action::{Code, Key, Pane};
use crate::app::messages::Effect;
use crate::app::overlay::{Link, Overlay, OverlayKind};
use crate::app::prompt::{Prompt, PromptEvent, PromptKind};
use crate::app::state::State;
use crate::app::{filter, navigation, speakers};
use crate::dispatch::InputProblem;
use crate::health::Health;
use crate::index::{EntryId, SourceView};
use crate::jobs::Job;

/// Opens an overlay, or closes it if it is the topmost.
pub(super) fn toggle_overlay(state: &mut State, kind: OverlayKind, effects: &mut Vec<Effect>) {
    if state.ui.overlay().is_some_and(|overlay| overlay.is(&kind)) {
        close_overlay(state, effects);
    } else {
        open_overlay(state, kind, effects);
    }
}

/// Opens an overlay over all others, in place of one with the same keys.
pub(super) fn open_overlay(state: &mut State, kind: OverlayKind, effects: &mut Vec<Effect>) {
    let closed = match kind {
        OverlayKind::Speakers => state.session.speakers.closed_view.take(),
        _ => None,
    };
    let overlay = closed.unwrap_or_else(|| Overlay::new(kind));
    let mut overlays = state.ui.overlays.iter();
    if let Some(at) = overlays.position(|other| other.pane() == overlay.pane()) {
        close(state, at, effects);
    }
    state.ui.overlays.push(overlay);
}

/// Closes the topmost overlay.
pub(super) fn close_overlay(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(at) = state.ui.overlays.len().checked_sub(1) {
        close(state, at, effects);
    }
}

/// Closes an overlay. Closing the log of alerts marks all of them as read.
fn close(state: &mut State, at: usize, effects: &mut Vec<Effect>) {
    let overlay = state.ui.overlays.remove(at);
    match overlay.kind {
        OverlayKind::Alerts => state.session.alerts.log.mark_all_read(),
        OverlayKind::Speakers => {
            state.session.speakers.closed_view = Some(overlay);
            speakers::stop_counting(state, effects);
        }
        _ => {}
    }
}

// The words that the lines of an overlay must contain, typed after `/`.

/// Opens the prompt for the words.
pub(super) fn open_narrowing(state: &mut State) {
    if let Some(overlay) = state.ui.overlay()
        && matches!(overlay.pane(), Pane::Sheet | Pane::Speakers)
    {
        state.ui.prompt = Some(Prompt::new(PromptKind::Narrow, &overlay.words));
    }
}

/// Handles a key at that prompt.
pub(super) fn handle_narrowing_key(state: &mut State, key: Key) {
    let Some(prompt) = state.ui.prompt.as_mut() else {
        return;
    };
    match prompt.handle_key(key) {
        PromptEvent::Changed => {
            let text = prompt.text().to_owned();
            set_words(state, &text);
        }
        PromptEvent::Accepted => state.ui.prompt = None,
        PromptEvent::Cancelled => {
            let before = std::mem::take(&mut prompt.before);
            state.ui.prompt = None;
            let is_list = state.ui.overlay().is_some_and(Overlay::is_list);
            set_words(state, if is_list { &before } else { "" });
        }
        PromptEvent::Move(by) => navigation::move_by(state, by),
        PromptEvent::Recall(_) | PromptEvent::Complete(_) | PromptEvent::Nothing => {}
    }
}

/// Shows only lines that contain each of the words. No words show all lines.
pub(super) fn set_words(state: &mut State, words: &str) {
    let name = speakers::selected_name(state);
    if let Some(overlay) = state.ui.overlays.last_mut() {
        words.clone_into(&mut overlay.words);
        overlay.top = 0;
        speakers::refilter(state, name);
    }
}

// Rows that are chosen.

/// In the list of views, a digit applies the view of that number. True if the key was such a digit.
pub(super) fn handle_digit(state: &mut State, key: Key, effects: &mut Vec<Effect>) -> bool {
    let Code::Char(c @ '1'..='9') = key.code else {
        return false;
    };
    let views = state.ui.typed.keys.is_empty()
        && (state.ui.overlay()).is_some_and(|overlay| overlay.is(&OverlayKind::Views));
    if !views || key.ctrl || key.alt {
        return false;
    }
    let row = c.to_digit(10).map_or(0, |digit| digit as usize - 1);
    if row < state.session.alerts.views.len() {
        apply_view(state, row, effects);
    } else {
        state.ui.notice = Some(format!("there is no view {c}"));
    }
    true
}

/// Enter: applies a view, goes to the dispatch of an alert, opens a link, jumps to a bookmark, or filters by a speaker.
pub(super) fn choose_row(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(overlay) = state.ui.overlay() else {
        return;
    };
    let row = overlay.row;
    match &overlay.kind {
        OverlayKind::Views if row < state.session.alerts.views.len() => {
            apply_view(state, row, effects);
        }
        OverlayKind::Links(links) => {
            let link = links.get(row).cloned();
            close_overlay(state, effects);
            if let Some(link) = link {
                open_link(state, link, effects);
            }
        }
        OverlayKind::Bookmarks => {
            let place = state.session.bookmarks.named.values().nth(row).cloned();
            close_overlay(state, effects);
            if let Some(place) = place {
                navigation::go_to_bookmark(state, &place, effects);
            }
        }
        OverlayKind::Alerts => {
            let Some(alert) = state.session.alerts.log.get(row) else {
                return;
            };
            let (id, fault) = (alert.id, alert.error.clone());
            state.session.alerts.log.mark_read(row);
            match id {
                Some(id) => {
                    close_overlay(state, effects);
                    go_to_entry(state, id, effects);
                }
                // An alert without a dispatch has only a message to show.
                None => state.ui.notice = fault,
            }
        }
        OverlayKind::Speakers => speakers::filter_by_speaker(state, effects),
        _ => {}
    }
}

/// Opens a link with the user's own program.
pub(super) fn open_link(state: &mut State, link: Link, effects: &mut Vec<Effect>) {
    state.ui.notice = Some(format!("opening {}", link.target));
    effects.push(Effect::OpenLink(link.target));
}

/// Replaces the current filter by that of a view.
fn apply_view(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    close_overlay(state, effects);
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

// What sheets show is asked for when they are opened.

/// Asks for the raw bytes if the source sheet does not show those of the open dispatch.
pub(super) fn request_source(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((id, encoding)) = state.document().map(|d| (d.id, d.dispatch.encoding)) else {
        return;
    };
    if let Some(Overlay {
        kind: OverlayKind::Source(entry, source),
        ..
    }) = state.ui.overlays.last_mut()
        && *entry != Some(id)
    {
        (*entry, *source) = (Some(id), None);
        effects.push(Effect::Spawn(Job::ReadSource(
            id,
            encoding,
            state.session.index.snapshot(),
        )));
    }
}

/// Takes in the raw bytes, if they are still the requested ones.
pub(super) fn receive_source(
    state: &mut State,
    id: EntryId,
    result: Result<SourceView, InputProblem>,
) {
    if let Some(Overlay {
        kind: OverlayKind::Source(entry, source),
        ..
    }) = state.ui.overlay_of(Pane::Sheet)
        && *entry == Some(id)
    {
        *source = Some(result);
    }
}

/// Opens the health sheet and asks for the statistics.
pub(super) fn open_health(state: &mut State, effects: &mut Vec<Effect>) {
    open_overlay(state, OverlayKind::Health(None), effects);
    let is_listed = |id: &&EntryId| !state.session.index.is_unlisted(**id);
    // Duplicates and rewritten files must not count twice.
    let ids = state.session.index.order().iter().filter(is_listed);
    let ids = ids.copied().collect();
    effects.push(Effect::Spawn(Job::ComputeHealth(
        ids,
        state.session.index.snapshot(),
    )));
}

/// Takes in the statistics. Without them there is nothing to show.
pub(super) fn receive_health(state: &mut State, found: Option<Health>) {
    if found.is_none() {
        let overlays = &mut state.ui.overlays;
        overlays.retain(|overlay| !matches!(overlay.kind, OverlayKind::Health(_)));
    }
    if let Some(Overlay {
        kind: OverlayKind::Health(health),
        ..
    }) = state.ui.overlay_of(Pane::Sheet)
    {
        *health = found;
    }
}
