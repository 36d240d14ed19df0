//! What a reader marks: read, star, note, several rows at once; and how it is undone.

use std::collections::HashSet;

use super::{
    Document, Effect, FilterPhase, State, alerts, filtering, keys, noting, places, welcome,
};
use crate::action::Action;
use crate::desk::{EntryId, EntryRef};
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::marks::{MarkChange, SavedMarks};

/// Most dispatches that are copied at once: a clipboard takes no more.
const MAX_COPIED: usize = 1_000;

/// Marks as an action says.
pub(super) fn perform_mark_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::ToggleRead => toggle_read(state),
        Action::Star => toggle_star(state),
        Action::Note => noting::edit_note(state, effects),
        Action::Mark => toggle_selection(state),
        Action::MarkRange => select_range(state),
        Action::MarkAll => toggle_select_all(state),
        Action::Undo => {
            let said = state.marks.undo();
            state.notice = Some(said.map_or_else(
                || "there is nothing to undo".to_owned(),
                |said| format!("undone: {said}"),
            ));
        }
        _ => {}
    }
}

/// What an action acts on: the marked rows, in the order of the list, or the selected one.
pub(super) fn action_targets(state: &State) -> Vec<EntryId> {
    if state.marks.selection.is_empty() {
        state.list.selected.into_iter().collect()
    } else {
        let rows = state.list.rows(&state.index);
        state.marks.selection.ids(rows, &state.index)
    }
}

/// `312 dispatches marked read`, or of a single one its headline.
fn describe_marked(state: &State, count: usize, what: &str) -> String {
    if count == 1 {
        let headline = state.selected_entry().map_or("", EntryRef::headline);
        let headline = crate::text::sanitize_line(headline);
        return format!("{what}: {}", crate::text::truncate_to_width(&headline, 72));
    }
    format!("{count} {what}")
}

fn toggle_read(state: &mut State) {
    let ids = action_targets(state);
    let items = ids.iter().filter_map(|&id| state.index.entry(id));
    let items: Vec<u64> = items.map(EntryRef::item_key).collect();
    let read = items.iter().any(|&item| !state.marks.will_be_read(item));
    let changed = |item: &u64| state.marks.will_be_read(*item) != read;
    let mut met = HashSet::new();
    let changed = items
        .into_iter()
        .filter(|item| changed(item) && met.insert(*item));
    let changes: Vec<MarkChange> = changed.map(|item| MarkChange::Read(item, read)).collect();
    let what = if read { "marked read" } else { "marked unread" };
    queue_and_report(state, changes, what);
}

fn toggle_star(state: &mut State) {
    let ids = action_targets(state);
    let stories = ids.iter().filter_map(|&id| state.index.entry(id));
    let stories: Vec<u64> = stories.map(EntryRef::story_or_item_key).collect();
    let star = stories
        .iter()
        .any(|&story| !state.marks.will_be_starred(story));
    let changed = |story: &u64| state.marks.will_be_starred(*story) != star;
    let mut met = HashSet::new();
    let changed = stories
        .into_iter()
        .filter(|story| changed(story) && met.insert(*story));
    let changes: Vec<MarkChange> = changed.map(|story| MarkChange::Star(story, star)).collect();
    let what = if star { "starred" } else { "star taken away" };
    queue_and_report(state, changes, what);
}

fn queue_and_report(state: &mut State, changes: Vec<MarkChange>, what: &str) {
    let count = changes.len();
    let said = describe_marked(state, count, what);
    if count > 1 {
        let hint = state.key_hint("; ", Action::Undo, "takes that back");
        state.notice = Some(format!("{said}{hint}"));
    }
    state.marks.queue_undoable(changes, said);
}

/// The selected dispatch has been opened.
pub(super) fn mark_selected_read(state: &mut State) {
    let Some(item) = state.selected_entry().map(EntryRef::item_key) else {
        return;
    };
    if !state.marks.will_be_read(item) {
        let said = describe_marked(state, 1, "marked read");
        state
            .marks
            .queue_undoable(vec![MarkChange::Read(item, true)], said);
    }
}

fn toggle_selection(state: &mut State) {
    let Some(id) = state.list.selected else {
        return;
    };
    let chosen = &mut state.marks.selection;
    chosen.set(id, !chosen.contains(id));
    chosen.range_anchor = Some(id);
}

fn select_range(state: &mut State) {
    let rows = state.list.rows(&state.index);
    let here = state.list.row;
    let last = state.marks.selection.range_anchor;
    let from = last.and_then(|last| rows.iter().position(|&id| id == last));
    let from = from.unwrap_or(here);
    let range: Vec<EntryId> = rows
        .iter()
        .take(from.max(here) + 1)
        .skip(from.min(here))
        .copied()
        .collect();
    for id in range {
        state.marks.selection.set(id, true);
    }
    state.marks.selection.range_anchor = state.list.selected;
}

fn toggle_select_all(state: &mut State) {
    let rows = state.list.rows(&state.index).to_vec();
    let all = rows.iter().all(|&id| state.marks.selection.contains(id));
    if all {
        state.marks.selection.clear();
        return;
    }
    for id in rows {
        state.marks.selection.set(id, true);
    }
}

/// Reads all marked dispatches, to copy them.
pub(super) fn request_copies(state: &mut State, effects: &mut Vec<Effect>) {
    let ids = action_targets(state);
    if ids.len() > MAX_COPIED {
        state.notice = Some(format!(
            "no more than {MAX_COPIED} dispatches are copied at once; {} are marked",
            ids.len()
        ));
        return;
    }
    effects.push(Effect::ReadDispatches(ids, state.index.snapshot()));
}

/// Copies dispatches that have been read.
pub(super) fn copy_dispatches(
    state: &mut State,
    texts: Vec<(EntryId, Dispatch)>,
    of: usize,
    effects: &mut Vec<Effect>,
) {
    let count = texts.len();
    let mut warned = 0;
    let texts = texts.into_iter().map(|(id, dispatch)| {
        let mut document = Document::new(id, dispatch, Vec::new(), &state.zone);
        document.refresh_banner(&state.index, state.now, &state.zone);
        warned += usize::from(!document.warning().is_empty());
        keys::clipboard_text(&document)
    });
    let text = texts.collect::<Vec<_>>().join("\n\n");
    let lost = match of - count {
        0 => String::new(),
        lost => format!("; {lost} could not be read"),
    };
    let warnings = match warned {
        0 => String::new(),
        1 => "; one of them has a warning in it".to_owned(),
        _ => format!("; {warned} of them have a warning in them"),
    };
    state.notice = Some(format!(
        "{count} dispatches are on the clipboard, if the terminal lets it{lost}{warnings}"
    ));
    effects.push(Effect::Copy(text));
}

/// The marks of earlier sessions have come.
pub(super) fn receive_saved_marks(state: &mut State, kept: SavedMarks, effects: &mut Vec<Effect>) {
    let typed = std::mem::take(&mut state.filter.history);
    state.filter.history.clone_from(&kept.queries);
    for text in typed {
        state.filter.history.retain(|before| *before != text);
        state.filter.history.push(text);
    }
    alerts::restore_views_and_mutes(state, &kept, effects);
    places::restore_bookmarks(state, &kept.settings);
    welcome::start_welcome(state, &kept);
    state.marks.load(kept);
    if state.filter.query.needs_marks() {
        let phase = match state.filter.phase {
            FilterPhase::Idle => FilterPhase::Rerunning,
            phase => phase,
        };
        filtering::start_filter_job(state, phase, effects);
    }
}

/// Changes are kept: from now on they show.
pub(super) fn receive_save_result(
    state: &mut State,
    changes: &[MarkChange],
    trouble: Option<String>,
) {
    state.marks.apply_saved(changes);
    if let Some(why) = trouble {
        let first = state.marks.unsaved_count == 0;
        state.marks.unsaved_count += changes.len();
        let said = format!("marks last for this session only: {why}");
        if first {
            state.report_failure(said);
        } else {
            state.notice = Some(said);
        }
    }
}

/// What could not be saved is saved by now.
pub(super) fn report_all_saved(state: &mut State) {
    state.marks.unsaved_count = 0;
    state.notice = Some("the marks that could not be saved are saved now".to_owned());
}

/// Brings what hangs on the marks up to date, and hands on what is to be kept.
pub(super) fn flush_marks(state: &mut State, effects: &mut Vec<Effect>) {
    state.show_note();
    let queue = state.marks.take_queue();
    if !queue.is_empty() {
        effects.push(Effect::SaveMarks(queue));
    }
}

/// The program is about to end: the place is kept, and what was listed.
pub(super) fn save_session_end(state: &mut State, effects: &mut Vec<Effect>) {
    state.save_position();
    if state.marks.is_loading {
        return;
    }
    let seen = state.marks.listed_items();
    let worn = !state.is_loading() && seen.needs_compaction(state.index.len());
    let items = state
        .index
        .order()
        .iter()
        .filter_map(|&id| state.index.entry(id));
    let items = items.map(EntryRef::item_key);
    let mut items: Vec<u64> = items.filter(|&item| worn || !seen.contains(item)).collect();
    items.sort_unstable();
    items.dedup();
    if worn || !items.is_empty() {
        effects.push(Effect::SaveListedItems(items, worn));
    }
}

impl State {
    /// Says what went wrong outside of the inputs, and keeps it among the problems.
    pub(super) fn report_failure(&mut self, text: String) {
        self.problems.push(InputProblem {
            path: String::new(),
            problem: Problem::new(Severity::Fault, "", text.clone()),
        });
        self.notice = Some(text);
    }
}
