//! Marks: read, starred, notes, positions; rows marked for actions; undo, and what waits to be saved.

use std::collections::{HashMap, HashSet};

use crate::action::Action;
use crate::app::document::Document;
use crate::app::reader::ScrollTarget;
use crate::app::state::{FilterPhase, State};
use crate::app::update::Effect;
use crate::app::{alerts, filter, hints, keys, navigation};
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::index::{DispatchIndex, EntryId, EntryRef};
use crate::marks::{MarkChange, MarkKind, MarkSets, SavedMarks};

/// Steps that can be taken back, and marks in them all; the last step always can.
const UNDO_LIMITS: (usize, usize) = (1_000, 100_000);

/// Changes for which there is room for good.
const PENDING_CAPACITY: usize = 1_000;

/// The marks.
#[derive(Debug, Default)]
pub struct MarksState {
    /// What is kept: what the screen shows.
    sets: MarkSets,
    /// The same as it was when the filter was applied: a row that is marked stays in the list until it is applied again.
    filter_sets: MarkSets,
    notes: HashMap<u64, String>,
    positions: HashMap<u64, u32>,
    /// Changes that have been asked for and are not yet kept: the last of each mark, and how many there are of it.
    pending: HashMap<(MarkKind, u64), (MarkChange, usize)>,
    save_queue: Vec<MarkChange>,
    /// What takes changes back, the newest last, and what is said then.
    undo_stack: Vec<(String, Vec<MarkChange>)>,
    /// Rows that actions act on.
    pub selection: RowSelection,
    /// The marks of earlier sessions are still to come.
    pub is_loading: bool,
    /// Changes that are kept for this session only.
    pub unsaved_count: usize,
}

impl MarksState {
    /// Whether an item is shown as read.
    #[must_use]
    pub fn is_read(&self, item: u64) -> bool {
        self.sets.read.contains(item)
    }

    /// Whether a story is shown as starred.
    #[must_use]
    pub fn is_starred(&self, story: u64) -> bool {
        self.sets.starred.contains(story)
    }

    /// The note on a story.
    #[must_use]
    pub fn note(&self, story: u64) -> Option<&str> {
        self.notes.get(&story).map(String::as_str)
    }

    /// How far an item has been read: a byte position in its body.
    #[must_use]
    pub fn position(&self, item: u64) -> Option<usize> {
        let place = match self.asked(MarkKind::Position, item) {
            Some(MarkChange::Position(_, place)) => *place,
            _ => *self.positions.get(&item)?,
        };
        (place > 0).then_some(place as usize)
    }

    /// The last change of a mark that has been asked for and is not yet kept.
    pub(super) fn asked(&self, kind: MarkKind, key: u64) -> Option<&MarkChange> {
        self.pending.get(&(kind, key)).map(|(change, _)| change)
    }

    /// Whether an item will be read once all that was asked for is kept.
    #[must_use]
    pub fn will_be_read(&self, item: u64) -> bool {
        match self.asked(MarkKind::Read, item) {
            Some(MarkChange::Read(_, read)) => *read,
            _ => self.is_read(item),
        }
    }

    /// Whether a story will be starred once all that was asked for is kept.
    #[must_use]
    pub fn will_be_starred(&self, story: u64) -> bool {
        match self.asked(MarkKind::Star, story) {
            Some(MarkChange::Star(_, star)) => *star,
            _ => self.is_starred(story),
        }
    }

    /// The marks that a filter looks at: those of now, or (`again`) those with which it was applied.
    pub(super) fn for_filter(&mut self, again: bool) -> MarkSets {
        if !again {
            self.filter_sets = self.sets.clone();
        }
        self.filter_sets.clone()
    }

    /// All marks as they are now.
    pub(super) fn sets(&self) -> &MarkSets {
        &self.sets
    }

    /// The items that were there at the last visit.
    pub(super) fn listed_items(&self) -> &crate::marks::LastVisit {
        &self.sets.last_visit
    }

    /// Asks for changes that cannot be undone.
    pub(super) fn queue_changes(&mut self, changes: Vec<MarkChange>) {
        for change in &changes {
            let slot = (change.kind(), change.key());
            let asked = self.pending.entry(slot).or_insert((change.clone(), 0));
            *asked = (change.clone(), asked.1 + 1);
        }
        self.save_queue.extend(changes);
    }

    /// Asks for changes, and remembers how they are undone; `said` is what they are called then.
    pub(super) fn queue_undoable(&mut self, changes: Vec<MarkChange>, said: String) {
        if changes.is_empty() {
            return;
        }
        let mut back: Vec<MarkChange> = changes
            .iter()
            .rev()
            .filter_map(MarkChange::inverse)
            .collect();
        back.shrink_to_fit();
        self.undo_stack.push((said, back));
        let mut marks = 0;
        let newest_first = self.undo_stack.iter().rev().take(UNDO_LIMITS.0);
        let stay = newest_first.take_while(|(_, back)| {
            marks += back.len();
            marks <= UNDO_LIMITS.1
        });
        let stay = stay.count().max(1);
        self.undo_stack.drain(..self.undo_stack.len() - stay);
        self.queue_changes(changes);
    }

    /// Takes the last change back; returns what it was called.
    pub(super) fn undo(&mut self) -> Option<String> {
        let (said, back) = self.undo_stack.pop()?;
        self.queue_changes(back);
        Some(said)
    }

    /// Remembers a filter that was typed.
    pub(super) fn remember_query(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.queue_changes(vec![MarkChange::Query(text.to_owned())]);
        }
    }

    /// What has been asked for since the last time.
    pub(super) fn take_queue(&mut self) -> Vec<MarkChange> {
        std::mem::take(&mut self.save_queue)
    }

    /// The marks of earlier sessions. What has been kept in this one stands.
    pub(super) fn load(&mut self, kept: SavedMarks) {
        self.is_loading = false;
        self.sets = kept.sets;
        self.filter_sets = self.sets.clone();
        self.notes = kept.notes;
        self.positions = kept.positions;
    }

    /// Changes are kept.
    pub(super) fn apply_saved(&mut self, changes: &[MarkChange]) {
        for change in changes {
            let slot = (change.kind(), change.key());
            if let Some((_, left)) = self.pending.get_mut(&slot) {
                *left -= 1;
                if *left == 0 {
                    self.pending.remove(&slot);
                }
            }
            match change {
                MarkChange::Read(item, on) => self.sets.read.set(*item, *on),
                MarkChange::Star(story, on) => self.sets.starred.set(*story, *on),
                MarkChange::Note { story, text, .. } if text.is_empty() => {
                    self.notes.remove(story);
                }
                MarkChange::Note { story, text, .. } => {
                    self.notes.insert(*story, text.clone());
                }
                MarkChange::Position(item, place) => {
                    self.positions.insert(*item, *place);
                }
                MarkChange::Query(_) | MarkChange::View(..) | MarkChange::Setting(..) => {}
            }
        }
        if self.pending.is_empty() {
            // The room of a mark on a million rows.
            self.pending.shrink_to(PENDING_CAPACITY);
        }
    }
}

// Rows that are marked so that actions act on all of them: one bit an entry.

/// The marked rows.
#[derive(Debug, Clone, Default)]
pub struct RowSelection {
    bits: Vec<u64>,
    count: usize,
    /// The row that was marked last: where a range begins.
    pub(super) range_anchor: Option<EntryId>,
}

impl RowSelection {
    /// Whether an entry is marked.
    #[must_use]
    pub fn contains(&self, id: EntryId) -> bool {
        let word = self.bits.get(id.number() / 64);
        word.is_some_and(|word| word >> (id.number() % 64) & 1 == 1)
    }

    /// How many are marked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Marks an entry, or takes its mark away.
    pub(super) fn set(&mut self, id: EntryId, is_in: bool) {
        if self.contains(id) == is_in {
            return;
        }
        let (at, bit) = (id.number() / 64, 1 << (id.number() % 64));
        if at >= self.bits.len() {
            self.bits.resize(at + 1, 0);
        }
        self.bits[at] ^= bit;
        if is_in {
            self.count += 1;
        } else {
            self.count -= 1;
        }
    }

    /// Takes all marks away.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The marked entries: those that are rows in the order of the rows, then the others in the order of the desk.
    pub(super) fn ids(&self, rows: &[EntryId], desk: &DispatchIndex) -> Vec<EntryId> {
        let mut left = self.clone();
        let mut ids = Vec::with_capacity(self.count);
        for &id in rows.iter().chain(desk.order()) {
            if left.is_empty() {
                break;
            }
            if left.contains(id) {
                left.set(id, false);
                ids.push(id);
            }
        }
        ids
    }

    /// Gives the mark of an entry to another one, which stands in its place.
    fn transfer(&mut self, from: EntryId, to: EntryId) {
        self.set(from, false);
        self.set(to, true);
        if self.range_anchor == Some(from) {
            self.range_anchor = Some(to);
        }
    }
}

impl State {
    /// Marks of entries that are gone go to those in their places, once these have come into the list.
    pub(super) fn transfer_selection(&mut self) {
        if self.marks.selection.is_empty() || self.index.has_no_status_flags() {
            return;
        }
        let gone = |id: &EntryId| self.index.is_unlisted(*id);
        let marked = self.marks.selection.ids(&[], &self.index);
        let pairs = marked.into_iter().filter(gone);
        let pairs = pairs.filter_map(|id| Some((id, self.index.successor(id)?)));
        let pairs: Vec<_> = pairs.filter(|(_, next)| !self.is_pending(*next)).collect();
        for (from, to) in pairs {
            self.marks.selection.transfer(from, to);
        }
    }
}

// What a reader marks: read, star, note, several rows at once; and how it is undone.

/// Most dispatches that are copied at once: a clipboard takes no more.
const MAX_COPIED: usize = 1_000;

/// Marks as an action says.
pub(super) fn perform_mark_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::ToggleRead => toggle_read(state),
        Action::Star => toggle_star(state),
        Action::Note => edit_note(state, effects),
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
    navigation::restore_bookmarks(state, &kept.settings);
    hints::start_welcome(state, &kept);
    state.marks.load(kept);
    if state.filter.query.needs_marks() {
        let phase = match state.filter.phase {
            FilterPhase::Idle => FilterPhase::Rerunning,
            phase => phase,
        };
        filter::start_filter_job(state, phase, effects);
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

// Notes on stories, and the place at which a dispatch was left.

/// Longest note, in bytes.
const MAX_NOTE_BYTES: usize = 64 << 10;

impl MarksState {
    /// The note on a story once all that was asked for is kept.
    pub(super) fn pending_note(&self, story: u64) -> &str {
        match self.asked(MarkKind::Note, story) {
            Some(MarkChange::Note { text, .. }) => text,
            _ => self.note(story).unwrap_or(""),
        }
    }
}

/// Opens the note on the selected story in an editor.
pub(super) fn edit_note(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(story) = state
        .selected_entry()
        .map(crate::index::EntryRef::story_or_item_key)
    else {
        return;
    };
    let text = state.marks.pending_note(story).to_owned();
    effects.push(Effect::EditNote { story, text });
}

/// The editor has been left.
pub(super) fn receive_edited_note(
    state: &mut State,
    story: u64,
    before: String,
    text: Result<String, String>,
) {
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            state.notice = Some(why);
            return;
        }
    };
    let text = text.trim_end();
    if text == before {
        state.notice = Some("the note is as it was".to_owned());
        return;
    }
    let kept = &text[..text.floor_char_boundary(MAX_NOTE_BYTES)];
    let said = if kept.is_empty() {
        "the note is gone"
    } else if kept.len() < text.len() {
        "the note is cut: it was longer than 64 KB"
    } else {
        "the note is kept with the story"
    };
    let text = kept.to_owned();
    let note = MarkChange::Note {
        story,
        text,
        before,
    };
    state.notice = Some(said.to_owned());
    state
        .marks
        .queue_undoable(vec![note], "the note".to_owned());
}

impl State {
    /// Shows the note on the story above the text.
    pub(super) fn show_note(&mut self) {
        let Some(document) = &mut self.reader.document else {
            return;
        };
        let entry = self.index.entry(document.id);
        let note = entry.and_then(|entry| self.marks.note(entry.story_or_item_key()));
        let note = note.unwrap_or("");
        if document.reader_note != note {
            note.clone_into(&mut document.reader_note);
            document.layout_columns = 0;
        }
    }

    /// A dispatch is opened: it opens where it was left.
    pub(super) fn restore_position(&mut self) {
        if self.document().is_none() || std::mem::replace(&mut self.reader.was_opened, true) {
            return;
        }
        let place = self.selected_entry().map(crate::index::EntryRef::item_key);
        let place = place.and_then(|item| self.marks.position(item));
        let landing = self.reader.scroll_target.map(|(_, landing)| landing);
        let free = matches!(landing, None | Some(ScrollTarget::FirstMatch));
        if let Some(place) = place.filter(|_| free && self.reader.scroll == 0) {
            self.set_scroll_target(ScrollTarget::Position(place));
        }
    }

    /// A dispatch is left: where that was is kept, if it had been opened.
    pub(super) fn save_position(&mut self) {
        let Some(document) = self
            .reader
            .document
            .as_ref()
            .filter(|_| self.reader.was_opened)
        else {
            return;
        };
        let Some(entry) = self.index.entry(document.id) else {
            return;
        };
        let item = entry.item_key();
        let place = u32::try_from(self.reader.top_position()).unwrap_or(0);
        if self.marks.position(item).unwrap_or(0) != place as usize {
            self.marks
                .queue_changes(vec![MarkChange::Position(item, place)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn known(marks: &MarksState) -> (BTreeSet<u64>, BTreeSet<u64>, Vec<(u64, String)>) {
        let mut notes: Vec<_> = marks.notes.clone().into_iter().collect();
        notes.sort();
        (
            marks.sets.read.iter().collect(),
            marks.sets.starred.iter().collect(),
            notes,
        )
    }

    #[test]
    fn steps_of_many_marks_are_given_up_before_the_last() {
        let read = |from: u64, to: u64| {
            (from..to)
                .map(|item| MarkChange::Read(item, true))
                .collect()
        };
        let mut marks = MarksState::default();
        for step in 0..7 {
            marks.queue_undoable(read(step * 20_000, (step + 1) * 20_000), format!("{step}"));
        }
        let said: Vec<&str> = marks.undo_stack.iter().map(|(said, _)| &**said).collect();
        assert_eq!(said, ["2", "3", "4", "5", "6"]);
        marks.queue_undoable(read(0, 150_000), "all".to_owned());
        assert_eq!(marks.undo_stack.len(), 1);
        assert_eq!(marks.undo().as_deref(), Some("all"));
    }

    proptest! {
        #[test]
        fn all_that_is_marked_can_be_undone(
            steps in proptest::collection::vec((0..3u8, proptest::collection::btree_set(0..9u64, 1..5)), 0..40),
            late in 0..4usize,
        ) {
            let mut marks = MarksState::default();
            let mut sent = std::collections::VecDeque::new();
            marks.apply_saved(&[MarkChange::Read(3, true), MarkChange::Star(4, true)]);
            let start = known(&marks);
            let mut undos = 0;
            for (number, (kind, keys)) in steps.into_iter().enumerate() {
                let changes: Vec<MarkChange> = keys.into_iter().map(|key| match kind {
                    0 => MarkChange::Read(key, !marks.will_be_read(key)),
                    1 => MarkChange::Star(key, !marks.will_be_starred(key)),
                    _ => MarkChange::Note {
                        story: key,
                        text: format!("{number}"),
                        before: marks.pending_note(key).to_owned(),
                    },
                }).collect();
                marks.queue_undoable(changes, String::new());
                undos += 1;
                sent.push_back(marks.take_queue());
                while sent.len() > late {
                    let changes = sent.pop_front().unwrap();
                    marks.apply_saved(&changes);
                }
            }
            for _ in 0..undos {
                prop_assert!(marks.undo().is_some());
                sent.push_back(marks.take_queue());
            }
            prop_assert!(marks.undo().is_none());
            for changes in sent {
                marks.apply_saved(&changes);
            }
            prop_assert_eq!(known(&marks), start);
            prop_assert!(marks.pending.is_empty());
        }
    }
}
