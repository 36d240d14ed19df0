//! Navigation: moves within panes and overlays and between them; opening, narrowing and closing overlays; bookmarks.
//! Knows nothing of which keys these are bound to.

use crate::action::{Action, Code, Key, Pane};
use crate::app::layout::LayoutMode;
use crate::app::overlay::{
    Bookmark, Comparison, Link, Overlay, OverlayKind, Prompt, PromptEvent, PromptKind, SETTING,
};
use crate::app::reader::ScrollTarget;
use crate::app::state::{Effect, State};
use crate::app::{document, filter, layout, list, quotes, reader, sheet};
use crate::changes::{VersionDiff, VersionInfo, choose_base};
use crate::dispatch::{InputProblem, RelationKind, model};
use crate::health::Health;
use crate::index::{EntryId, EntryRef, SourceView};
use crate::jobs::Job;
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
            state.ui.list.go_to(row, &state.session.index);
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
        _ => sheet::sheet_lines(state, overlay).len(),
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
        Pane::Reader => state.say("no quotes in this dispatch"),
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
        Pane::Reader if action == Action::Cancel && !state.ui.reader.search.text.is_empty() => {
            state.ui.reader.search.text.clear();
            state.ui.reader.find_hits(&state.session.filter.query);
        }
        Pane::Reader => state.ui.focus = Pane::List,
        Pane::List if !state.session.filter.is_blank() => filter::widen_filter(state, effects),
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
            state.ui.list.go_to(row, &state.session.index);
        }
        None => {
            state.say(format!("nothing unread {}", if forward { "below" } else { "above" }));
        }
    }
}

/// Shows or hides the quotes pane. Where only one pane fits, moves the focus there and back instead.
pub(super) fn toggle_quotes(state: &mut State) {
    // Decided by what is visible, not by `quotes_wanted`: the pane may be there because there is room.
    let visible = state.layout().quotes.is_some();
    if state.layout().mode == LayoutMode::SinglePane {
        state.ui.focus = if state.ui.focus == Pane::Quotes { Pane::Reader } else { Pane::Quotes };
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
    let order =
        if state.ui.quotes.in_text_order { "in the order of the text" } else { "by speaker" };
    state.say(format!("the quotes pane shows the quotes {order}"));
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
    let at = panes.iter().position(|&pane| pane == state.ui.focus).unwrap_or(0);
    let next = if forward { at + 1 } else { at + panes.len() - 1 };
    set_focus(state, panes[next % panes.len()]);
}

/// Focuses the pane to the right or left, if there is one.
pub(super) fn focus_neighbour(state: &mut State, right: bool) {
    let panes = focusable_panes(state);
    let at = panes.iter().position(|&pane| pane == state.ui.focus).unwrap_or(0);
    let next = if right { (at + 1).min(panes.len() - 1) } else { at.saturating_sub(1) };
    set_focus(state, panes[next]);
}

/// Focuses a pane. A dispatch counts as read once the reader is focused.
fn set_focus(state: &mut State, pane: Pane) {
    state.ui.focus = pane;
    if pane == Pane::Reader {
        state.mark_read();
    }
}

// Overlays: opening and closing them.

/// Opens an overlay, or closes it if it is the topmost.
pub(super) fn toggle_overlay(state: &mut State, kind: OverlayKind, effects: &mut Vec<Effect>) {
    if state.ui.overlay().is_some_and(|overlay| overlay.is(&kind)) {
        close_overlay(state, effects);
    } else {
        open_overlay(state, kind, effects);
    }
}

/// Opens the help, narrowed to the lines with some words.
pub(super) fn open_help(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    open_overlay(state, OverlayKind::Help, effects);
    if let Some(help) = state.ui.overlays.last_mut() {
        words.clone_into(&mut help.words);
    }
}

/// Goes to a row of the list by its number, from 1.
pub(super) fn go_to_row(state: &mut State, row: usize) {
    let rows = state.ui.list.rows(&state.session.index).len();
    list::stop_following_on_move(state, Action::Top);
    record_before_jump(state, Action::Top);
    state.ui.list.go_to(row.saturating_sub(1), &state.session.index);
    if row > rows {
        state.say(format!("the list has no row {row}: this is the last one, {rows}"));
    }
}

/// Opens an overlay over all others, in place of one with the same keys.
fn open_overlay(state: &mut State, kind: OverlayKind, effects: &mut Vec<Effect>) {
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
fn close_overlay(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(at) = state.ui.overlays.len().checked_sub(1) {
        close(state, at, effects);
    }
}

/// Closes an overlay. Closing the log of alerts marks all of them as read.
fn close(state: &mut State, at: usize, effects: &mut Vec<Effect>) {
    if state.ui.overlays[at].is(&OverlayKind::Speakers) {
        quotes::end_narrowing(state);
    }
    let overlay = state.ui.overlays.remove(at);
    match overlay.kind {
        OverlayKind::Alerts => state.session.alerts.log.mark_all_read(),
        OverlayKind::Speakers => {
            state.session.speakers.closed_view = Some(overlay);
            quotes::stop_counting(state, effects);
        }
        _ => {}
    }
}

/// Opens the only link of the dispatch, or lists its links.
pub(super) fn open_links(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(document) = state.document() else {
        return;
    };
    let (mut found, next) = document::collect_links(document, state.ui.reader.scroll);
    match found.len() {
        0 => state.say("this dispatch has no link (http, https or mailto)"),
        1 => open_link(state, found.remove(0), effects),
        _ => {
            open_overlay(state, OverlayKind::Links(found), effects);
            // Select the first link in view: it is most likely the one meant.
            move_to(state, next);
        }
    }
}

/// Opens the view, or closes it.
pub(super) fn toggle_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    toggle_overlay(state, OverlayKind::Speakers, effects);
    let name = quotes::selected_name(state);
    quotes::refilter(state, name);
}

/// Opens the health sheet and asks for the statistics.
pub(super) fn open_health(state: &mut State, effects: &mut Vec<Effect>) {
    open_overlay(state, OverlayKind::Health(None), effects);
    let is_listed = |id: &&EntryId| !state.session.index.is_unlisted(**id);
    // Duplicates and rewritten files must not count twice.
    let ids = state.session.index.order().iter().filter(is_listed);
    let ids = ids.copied().collect();
    effects.push(Effect::Spawn(Job::ComputeHealth(ids, state.session.index.snapshot())));
}

/// Takes in the statistics. Without them there is nothing to show.
pub(super) fn receive_health(state: &mut State, found: Option<Health>) {
    if found.is_none() {
        let overlays = &mut state.ui.overlays;
        overlays.retain(|overlay| !matches!(overlay.kind, OverlayKind::Health(_)));
    }
    if let Some(Overlay { kind: OverlayKind::Health(health), .. }) =
        state.ui.overlay_of(Pane::Sheet)
    {
        *health = found;
    }
}

/// Asks for the raw bytes if the source sheet does not show those of the open dispatch.
pub(super) fn request_source(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((id, encoding)) = state.document().map(|d| (d.id, d.dispatch.encoding)) else {
        return;
    };
    if let Some(Overlay { kind: OverlayKind::Source(entry, source), .. }) =
        state.ui.overlays.last_mut()
        && *entry != Some(id)
    {
        (*entry, *source) = (Some(id), None);
        effects.push(Effect::Spawn(Job::ReadSource(id, encoding, state.session.index.snapshot())));
    }
}

/// Takes in the raw bytes, if they are still the requested ones.
pub(super) fn receive_source(
    state: &mut State,
    id: EntryId,
    result: Result<SourceView, InputProblem>,
) {
    if let Some(Overlay { kind: OverlayKind::Source(entry, source), .. }) =
        state.ui.overlay_of(Pane::Sheet)
        && *entry == Some(id)
    {
        *source = Some(result);
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
        PromptEvent::Move(by) => move_by(state, by),
        PromptEvent::Recall(_)
        | PromptEvent::Complete(_)
        | PromptEvent::ToggleTexts
        | PromptEvent::Nothing => {}
    }
}

/// Shows only lines that contain each of the words. No words show all lines.
pub(super) fn set_words(state: &mut State, words: &str) {
    let name = quotes::selected_name(state);
    if let Some(overlay) = state.ui.overlays.last_mut() {
        words.clone_into(&mut overlay.words);
        overlay.top = 0;
        quotes::refilter(state, name);
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
        state.say(format!("there is no view {c}"));
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
                go_to_bookmark(state, &place, effects);
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
        OverlayKind::Speakers => filter_by_speaker(state, effects),
        _ => {}
    }
}

/// Opens a link with the user's own program.
fn open_link(state: &mut State, link: Link, effects: &mut Vec<Effect>) {
    state.say(format!("opening {}", link.target));
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

/// Adds the selected speaker to the filter of the list.
fn filter_by_speaker(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(name) = quotes::selected_name(state) else {
        return;
    };
    let query = quotes::said_query(&name);
    let filter = state.session.filter.text.trim();
    let text = if filter.split_whitespace().any(|part| part == query) || filter.ends_with(&query) {
        filter.to_owned()
    // An `or` binds weaker than the space: put it in brackets.
    } else if filter.contains('|') {
        format!("({filter}) {query}")
    } else {
        format!("{filter} {query}").trim_start().to_owned()
    };
    close_overlay(state, effects);
    state.ui.focus = Pane::List;
    filter::set_filter(state, &text, effects);
}

/// Selects an entry and opens it in the reader.
fn go_to_entry(state: &mut State, id: EntryId, effects: &mut Vec<Effect>) {
    select_entry(state, id, effects);
    state.ui.focus = Pane::Reader;
    state.mark_read();
}

/// Selects an entry. If it has no row, even as the selected one, accepts pending entries and removes the filter first.
fn select_entry(state: &mut State, id: EntryId, effects: &mut Vec<Effect>) {
    let select = |state: &mut State| {
        state.ui.list.selected = Some(id);
        state.ui.list.user_selected = true;
        state.rebuild_rows();
        // Rebuilding the rows moves the selection to the replacement or to the same row if this one has none.
        state.ui.list.selected == Some(id)
    };
    if select(state) {
        return;
    }
    // The entry may be one of the pending ones.
    state.hold_arrivals();
    if select(state) {
        return;
    }
    if !state.session.filter.is_blank() {
        state.session.filter.outer_filters.clear();
        filter::set_filter(state, "", effects);
    }
    if !select(state) {
        state.say("this dispatch was replaced or is muted: this one takes its place");
    }
}

/// Goes where the first band on the screen leads. False if it leads nowhere.
pub(super) fn follow_band(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    let band = state.visible_bands().into_iter().next();
    let Some((target, key)) = state.band_target().zip(band.map(|band| band.key)) else {
        return false;
    };
    state.session.bookmarks.before_jump = state.current_bookmark();
    // Whoever follows it has seen it.
    state.session.alerts.strikes.news.retain(|news| news.key != key);
    go_to_entry(state, target, effects);
    true
}

/// Goes to the next older or newer version of the story; in a comparison, moves its older side.
pub(super) fn step_version(state: &mut State, older: bool, effects: &mut Vec<Effect>) {
    if state.active_pane() == Pane::Changes {
        return compare_other_version(state, older, effects);
    }
    let Some(id) = state.ui.list.selected else {
        return state.say("no dispatch is selected");
    };
    // The newest first.
    let versions = state.session.index.versions(id);
    let at = versions.iter().position(|&other| other == id);
    let next = at.and_then(|at| if older { Some(at + 1) } else { at.checked_sub(1) });
    let Some(&version) = next.and_then(|next| versions.get(next)) else {
        return state.say(match (versions.len(), older) {
            (0 | 1, _) => "this story has no other version here",
            (_, true) => "this is the oldest version here",
            (_, false) => "this is the newest version",
        });
    };
    state.session.bookmarks.before_jump = state.current_bookmark();
    let number = versions.len() - next.unwrap_or(0);
    state.say(format!("version {number} of {}", versions.len()));
    select_entry(state, version, effects);
    if state.ui.focus != Pane::List {
        state.mark_read();
    }
}

// The comparison of two versions.

/// Opens the changes screen for the selected dispatch, or closes it.
pub(super) fn toggle_changes(state: &mut State, effects: &mut Vec<Effect>) {
    if state.active_pane() == Pane::Changes {
        return close_overlay(state, effects);
    }
    let Some(id) = state.ui.list.selected else {
        return state.say("no dispatch is selected");
    };
    effects.extend(compare_versions(state, id, state.session.index.versions(id)));
}

/// Opens the comparison of a dispatch with the newest version of its story or, if it is that one, with the version before
/// it. `versions` are those of its story, newest first.
pub fn compare_versions(state: &mut State, id: EntryId, versions: Vec<EntryId>) -> Vec<Effect> {
    let position = |id: EntryId| versions.iter().position(|&other| other == id);
    let status = state.session.index.story_status(id);
    let newest = || Some((position(status.superseded_by?)?, position(id)?));
    let before = || {
        let at = position(id)?;
        Some((at, version_before(state, &versions, at)?))
    };
    let Some((newer, older)) = newest().or_else(before) else {
        state.say(match status.corrected_by {
            Some(_) => "the correction is a note, not a new text to compare with this one",
            None => "no other version of this dispatch is at hand",
        });
        return Vec::new();
    };
    let mut effects = Vec::new();
    request_comparison(state, Comparison::new(versions, newer, older), &mut effects);
    effects
}

/// The version to compare with: the one that the dispatch says it acts on, else what [`choose_base`] picks among the
/// older ones, which passes over adds, kills, advisories and mere notes of a correction.
fn version_before(state: &State, versions: &[EntryId], at: usize) -> Option<usize> {
    let older = at + 1..versions.len();
    let document = state.document().filter(|open| open.id == versions[at]);
    let relations = document.map_or(&[][..], |open| &open.dispatch.relations);
    // An add does not replace the text it is added to, so there is nothing to compare.
    let acted_on = relations.iter().filter(|r| r.kind != RelationKind::AddsTo);
    let items: Vec<u64> =
        acted_on.map(|relation| model::item_key(Some(&relation.id), None, 0)).collect();
    let entry = |number: usize| state.session.index.entry(*versions.get(number)?);
    let named = |number: &usize| entry(*number).is_some_and(|e| items.contains(&e.item_key()));
    let version = |number: usize| {
        let entry = entry(number)?;
        let (role, words) = (entry.role(), entry.words());
        Some(VersionInfo { role, words })
    };
    let earlier: Vec<VersionInfo> = older.clone().filter_map(version).collect();
    let best = || choose_base(version(at)?, &earlier).map(|best| at + 1 + best);
    older.clone().find(named).or_else(best)
}

/// Opens a comparison and asks for its result.
fn request_comparison(state: &mut State, comparison: Comparison, effects: &mut Vec<Effect>) {
    if let Some((newer, older)) = comparison.ids() {
        effects.push(Effect::Spawn(Job::CompareVersions(
            newer,
            older,
            state.session.index.snapshot(),
        )));
        open_overlay(state, OverlayKind::Changes(Box::new(comparison)), effects);
    }
}

/// Takes in the result of a comparison, if it is still the open one.
pub(super) fn receive_comparison(
    state: &mut State,
    newer: EntryId,
    older: EntryId,
    result: Result<Box<VersionDiff>, InputProblem>,
) {
    if let Some(Overlay { kind: OverlayKind::Changes(changes), .. }) =
        state.ui.overlay_of(Pane::Changes)
        && changes.ids() == Some((newer, older))
    {
        changes.result = Some(result);
        changes.width = None;
    }
}

/// Moves the older side of the comparison to the next older or newer version.
pub(super) fn compare_other_version(state: &mut State, older: bool, effects: &mut Vec<Effect>) {
    let Some(changes) = state.ui.comparison() else {
        return;
    };
    let next = if older {
        Some(changes.older + 1).filter(|&next| next < changes.versions.len())
    } else {
        Some(changes.older - 1).filter(|&next| next > changes.newer)
    };
    if let Some(next) = next {
        let comparison = Comparison::new(changes.versions.clone(), changes.newer, next);
        request_comparison(state, comparison, effects);
        return;
    }
    let none = if older {
        "no older version is at hand"
    } else {
        "no version between these two is at hand"
    };
    state.say(none.to_owned());
}

/// Moves to the next or previous change.
pub(super) fn go_to_change(state: &mut State, forward: bool) {
    let height = state.pane_height(Pane::Changes);
    let Some(Overlay { kind: OverlayKind::Changes(changes), top, .. }) =
        state.ui.overlays.last_mut()
    else {
        return;
    };
    let visible = *top..*top + height;
    let Some((next, line)) = changes.next_change(forward, &visible) else {
        let way = if forward { "below" } else { "above" };
        return state.say(format!("no more changes {way}"));
    };
    changes.current_change = Some(next);
    // Keep some lines above the change in view.
    let spare = height / 4;
    if !(visible.start..visible.end.saturating_sub(spare)).contains(&line) {
        *top = line.saturating_sub(spare);
    }
}

/// Lays the page out again if its width has changed.
pub(super) fn lay_out_page(state: &mut State) {
    let width = layout::changes_area(state.ui.size).width;
    if let Some(Overlay { kind: OverlayKind::Changes(changes), top, .. }) =
        state.ui.overlays.last_mut()
    {
        *top = changes.lay_out(&state.settings.zone, width, *top);
    }
}

// Bookmarks: setting them and jumping to them.

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
        self.key_for(action).map_or(String::new(), |key| format!(": {key}{does}"))
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
            None => state.say("there is no jump to go back from"),
        },
        (Action::GoToPlace, 'a'..='z') => {
            if let Some(place) = state.session.bookmarks.named.get(&letter).cloned() {
                go_to_bookmark(state, &place, effects);
                return true;
            }
            let hint_text = format!("{letter} names this one");
            let hint = state.bookmark_hint(Action::SetPlace, &hint_text);
            state.say(format!("no place is called {letter}{hint}; :places lists them"));
        }
        _ => state.say("a place is called by a letter, a to z"),
    }
    true
}

/// Sets a bookmark at the current position and saves it.
fn set_bookmark(state: &mut State, letter: char) {
    let Some(place) = state.current_bookmark() else {
        return;
    };
    let hint = state.bookmark_hint(Action::GoToPlace, &format!("{letter} goes back to it"));
    state.say(format!("this place is called {letter}{hint}"));
    let change = MarkChange::Setting(format!("{SETTING}{letter}"), Some(place.to_setting()));
    state.session.bookmarks.named.insert(letter, place);
    state.save(change);
}

/// Jumps to a bookmark, if its dispatch is loaded.
fn go_to_bookmark(state: &mut State, place: &Bookmark, effects: &mut Vec<Effect>) {
    let is_it = |entry: EntryRef<'_>| entry.item_key() == place.item;
    let mut ids = state.session.index.order().iter().copied();
    // Bookmarks are by item, not by entry id: ids differ between sessions.
    let Some(id) = ids.find(|&id| state.session.index.entry(id).is_some_and(is_it)) else {
        return state.say(format!("this dispatch is not here: {}", place.headline));
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
        reader::mark_selected_read(state);
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
    if far && matches!(state.active_pane(), Pane::List | Pane::Reader | Pane::Quotes) {
        state.session.bookmarks.before_jump = state.current_bookmark();
    }
}

/// Restores the bookmarks of earlier sessions. Those set in this session take precedence.
pub(super) fn restore_bookmarks(state: &mut State, settings: &[(String, String)]) {
    for (name, value) in settings {
        let letter = name.strip_prefix(SETTING).and_then(|name| name.parse().ok());
        if let Some((letter, place)) = letter.zip(Bookmark::from_setting(value)) {
            state.session.bookmarks.named.entry(letter).or_insert(place);
        }
    }
}
