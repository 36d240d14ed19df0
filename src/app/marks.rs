//! Marks: read, star, notes, reading positions; the row selection that actions apply to; undo, and the queue of changes
//! to save. Knows nothing of the database.

use std::collections::{HashMap, HashSet};

use crate::action::Action;
use crate::app::document::Document;
use crate::app::messages::Effect;
use crate::app::reader::ScrollTarget;
use crate::app::state::{FilterPhase, State};
use crate::app::{alerts, filter, keys, navigation, welcome_and_hints};
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity};
use crate::index::{DispatchIndex, EntryId, EntryRef};
use crate::jobs::Job;
use crate::marks::{MarkChange, MarkKind, MarkSets, SavedMarks};

/// Undo limits: steps, and marks in all steps together. They bound the memory of marking a whole wire repeatedly. The
/// last step is always kept.
const UNDO_LIMITS: (usize, usize) = (1_000, 100_000);

/// Capacity to which the map of pending changes shrinks once it is empty.
const PENDING_CAPACITY: usize = 1_000;

/// All marks, and the changes on their way to the database.
///
/// A change is queued first and shows only once [`crate::app::Msg::MarksSaved`] has confirmed it. So the screen shows
/// what is saved, except in a session that cannot save.
#[derive(Debug, Default)]
pub struct MarksState {
    /// The confirmed marks, which the screen shows.
    sets: MarkSets,
    /// The marks as of the last time a filter was applied. Under `is:unread`, say, a row that has just been read stays
    /// in the list until the filter is applied again.
    filter_sets: MarkSets,
    /// Notes by story key.
    notes: HashMap<u64, String>,
    /// Reading positions by item key: byte positions in the body.
    positions: HashMap<u64, u32>,
    /// Queued changes that are not confirmed yet, by kind and key of the mark: the last one, and how many there are.
    pending: HashMap<(MarkKind, u64), (MarkChange, usize)>,
    /// Changes to hand out with the next [`Effect::SaveMarks`].
    save_queue: Vec<MarkChange>,
    /// Undo steps, newest last: a description, and the inverse changes.
    undo_stack: Vec<(String, Vec<MarkChange>)>,
    /// The rows that actions apply to.
    pub selection: RowSelection,
    /// The marks of earlier sessions have not been loaded yet.
    pub is_loading: bool,
    /// Marks that could not be saved and last for this session only, until they are saved after all.
    unsaved: HashSet<(MarkKind, u64)>,
}

impl MarksState {
    /// Whether an item is shown as read. `item` is an [`EntryRef::item_key`].
    #[must_use]
    pub fn is_read(&self, item: u64) -> bool {
        self.sets.read.contains(item)
    }

    /// Whether a story is shown as starred. `story` is an [`EntryRef::story_or_item_key`].
    #[must_use]
    pub fn is_starred(&self, story: u64) -> bool {
        self.sets.starred.contains(story)
    }

    /// The confirmed note on a story.
    #[must_use]
    pub fn note(&self, story: u64) -> Option<&str> {
        self.notes.get(&story).map(String::as_str)
    }

    /// How far an item has been read: a byte position in its body. `None` at the start.
    #[must_use]
    pub fn position(&self, item: u64) -> Option<usize> {
        let place = match self.pending_change(MarkKind::Position, item) {
            Some(MarkChange::Position(_, place)) => *place,
            _ => *self.positions.get(&item)?,
        };
        (place > 0).then_some(place as usize)
    }

    /// Number of marks that could not be saved.
    #[must_use]
    pub fn unsaved_count(&self) -> usize {
        self.unsaved.len()
    }

    /// Whether a mark of an item or its story is not on the disk yet.
    #[must_use]
    pub fn is_unwritten(&self, item: u64, story: u64) -> bool {
        let slots = [
            (MarkKind::Read, item),
            (MarkKind::Star, story),
            (MarkKind::Note, story),
        ];
        let is_on_its_way = |slot| self.pending.contains_key(slot) || self.unsaved.contains(slot);
        (!self.pending.is_empty() || !self.unsaved.is_empty()) && slots.iter().any(is_on_its_way)
    }

    /// The last queued change of a mark that is not confirmed yet.
    pub(super) fn pending_change(&self, kind: MarkKind, key: u64) -> Option<&MarkChange> {
        self.pending.get(&(kind, key)).map(|(change, _)| change)
    }

    /// Whether an item will be read once all queued changes are confirmed.
    #[must_use]
    pub fn will_be_read(&self, item: u64) -> bool {
        match self.pending_change(MarkKind::Read, item) {
            Some(MarkChange::Read(_, read)) => *read,
            _ => self.is_read(item),
        }
    }

    /// Whether a story will be starred once all queued changes are confirmed.
    #[must_use]
    pub fn will_be_starred(&self, story: u64) -> bool {
        match self.pending_change(MarkKind::Star, story) {
            Some(MarkChange::Star(_, star)) => *star,
            _ => self.is_starred(story),
        }
    }

    /// The marks for a filter job: the current ones, or (`again`) those that the filter was applied with.
    pub(super) fn for_filter(&mut self, again: bool) -> MarkSets {
        if !again {
            self.filter_sets = self.sets.clone();
        }
        self.filter_sets.clone()
    }

    /// The confirmed marks.
    pub(super) fn sets(&self) -> &MarkSets {
        &self.sets
    }

    /// The items that were listed when the last session ended.
    pub(super) fn last_visit(&self) -> &crate::marks::LastVisit {
        &self.sets.last_visit
    }

    /// Queues changes that cannot be undone.
    pub(super) fn queue_changes(&mut self, changes: Vec<MarkChange>) {
        for change in &changes {
            let slot = (change.kind(), change.key());
            let entry = self.pending.entry(slot).or_insert((change.clone(), 0));
            *entry = (change.clone(), entry.1 + 1);
        }
        self.save_queue.extend(changes);
    }

    /// Queues changes and pushes an undo step; `description` names it in the notice of the undo.
    pub(super) fn queue_undoable(&mut self, changes: Vec<MarkChange>, description: String) {
        if changes.is_empty() {
            return;
        }
        let mut inverse: Vec<MarkChange> = changes
            .iter()
            .rev()
            .filter_map(MarkChange::inverse)
            .collect();
        inverse.shrink_to_fit();
        self.undo_stack.push((description, inverse));
        let mut marks = 0;
        let newest_first = self.undo_stack.iter().rev().take(UNDO_LIMITS.0);
        let keep = newest_first.take_while(|(_, inverse)| {
            marks += inverse.len();
            marks <= UNDO_LIMITS.1
        });
        let keep = keep.count().max(1);
        self.undo_stack.drain(..self.undo_stack.len() - keep);
        self.queue_changes(changes);
    }

    /// Undoes the last step. Returns its description.
    pub(super) fn undo(&mut self) -> Option<String> {
        let (description, inverse) = self.undo_stack.pop()?;
        self.queue_changes(inverse);
        Some(description)
    }

    /// Saves a typed filter, for the history of later sessions.
    pub(super) fn remember_query(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.queue_changes(vec![MarkChange::Query(text.to_owned())]);
        }
    }

    /// Takes the queued changes.
    pub(super) fn take_queue(&mut self) -> Vec<MarkChange> {
        std::mem::take(&mut self.save_queue)
    }

    /// Sets the marks of earlier sessions. Changes of this session stay queued or pending.
    pub(super) fn load(&mut self, saved: SavedMarks) {
        self.is_loading = false;
        self.sets = saved.sets;
        self.filter_sets = self.sets.clone();
        self.notes = saved.notes;
        self.positions = saved.positions;
    }

    /// Applies confirmed changes.
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
                // An empty note is none.
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
            // Marking a million rows at once has grown it.
            self.pending.shrink_to(PENDING_CAPACITY);
        }
    }
}

// The row selection: the rows marked so that an action applies to all of them.

/// A set of entries as a bit set, since all rows of a long list may be marked at once.
#[derive(Debug, Clone, Default)]
pub struct RowSelection {
    /// One bit for each [`EntryId::number`].
    bits: Vec<u64>,
    count: usize,
    /// The entry marked last: the other end of the next range.
    pub(super) range_anchor: Option<EntryId>,
}

impl RowSelection {
    /// Whether an entry is in the selection.
    #[must_use]
    pub fn contains(&self, id: EntryId) -> bool {
        let word = self.bits.get(id.number() / 64);
        word.is_some_and(|word| word >> (id.number() % 64) & 1 == 1)
    }

    /// Number of selected entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if nothing is selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds an entry to the selection, or removes it.
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

    /// Clears the selection.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The selected entries: those with a row in row order, then the others in the order of the index.
    pub(super) fn ids(&self, rows: &[EntryId], index: &DispatchIndex) -> Vec<EntryId> {
        let mut left = self.clone();
        let mut ids = Vec::with_capacity(self.count);
        for &id in rows.iter().chain(index.order()) {
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

    /// Moves the selection of an entry to the one that replaces it.
    fn transfer(&mut self, from: EntryId, to: EntryId) {
        self.set(from, false);
        self.set(to, true);
        if self.range_anchor == Some(from) {
            self.range_anchor = Some(to);
        }
    }
}

impl State {
    /// Moves the selection of replaced entries to their replacements, once these are no longer pending.
    pub(super) fn transfer_selection(&mut self) {
        if self.session.marks.selection.is_empty() || self.session.index.has_no_status_flags() {
            return;
        }
        let gone = |id: &EntryId| self.session.index.is_unlisted(*id);
        let marked = self.session.marks.selection.ids(&[], &self.session.index);
        let pairs = marked.into_iter().filter(gone);
        let pairs = pairs.filter_map(|id| Some((id, self.session.index.successor(id)?)));
        let pairs: Vec<_> = pairs.filter(|(_, next)| !self.is_pending(*next)).collect();
        for (from, to) in pairs {
            self.session.marks.selection.transfer(from, to);
        }
    }
}

// Actions on marks: read, star, note, selecting rows, undo.

/// Most dispatches copied at once: terminals and clipboards limit how much text they take.
const MAX_COPIED: usize = 1_000;

/// Performs an action on marks; ignores all others.
pub(super) fn perform_mark_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::ToggleRead => toggle_read(state),
        Action::Star => toggle_star(state),
        Action::Note => edit_note(state, effects),
        Action::Mark => toggle_selection(state),
        Action::MarkRange => select_range(state),
        Action::MarkAll => toggle_select_all(state),
        Action::Undo => {
            let said = state.session.marks.undo();
            state.ui.notice = Some(said.map_or_else(
                || "there is nothing to undo".to_owned(),
                |said| format!("undone: {said}"),
            ));
        }
        _ => {}
    }
}

/// The entries that an action applies to: the marked rows in list order, or else the selected row.
pub(super) fn action_targets(state: &State) -> Vec<EntryId> {
    if state.session.marks.selection.is_empty() {
        state.ui.list.selected.into_iter().collect()
    } else {
        let rows = state.ui.list.rows(&state.session.index);
        state
            .session
            .marks
            .selection
            .ids(rows, &state.session.index)
    }
}

/// `312 marked read`, or for a single dispatch `marked read: HEADLINE`.
fn describe_marked(state: &State, count: usize, what: &str) -> String {
    if count == 1 {
        let headline = state.selected_entry().map_or("", EntryRef::headline);
        let headline = crate::text::sanitize_line(headline);
        return format!("{what}: {}", crate::text::truncate_to_width(&headline, 72));
    }
    format!("{count} {what}")
}

/// Marks the targets read, or unread if all of them are read already.
fn toggle_read(state: &mut State) {
    let ids = action_targets(state);
    let items = ids.iter().filter_map(|&id| state.session.index.entry(id));
    let items: Vec<u64> = items.map(EntryRef::item_key).collect();
    let read = items
        .iter()
        .any(|&item| !state.session.marks.will_be_read(item));
    // Only what changes is saved and can be undone; several entries may share an item.
    let changed = |item: &u64| state.session.marks.will_be_read(*item) != read;
    let mut seen = HashSet::new();
    let changed = items
        .into_iter()
        .filter(|item| changed(item) && seen.insert(*item));
    let changes: Vec<MarkChange> = changed.map(|item| MarkChange::Read(item, read)).collect();
    let what = if read { "marked read" } else { "marked unread" };
    queue_and_report(state, changes, what);
}

/// Stars the stories of the targets, or removes the stars if all of them have one.
fn toggle_star(state: &mut State) {
    let ids = action_targets(state);
    let stories = ids.iter().filter_map(|&id| state.session.index.entry(id));
    let stories: Vec<u64> = stories.map(EntryRef::story_or_item_key).collect();
    let star = stories
        .iter()
        .any(|&story| !state.session.marks.will_be_starred(story));
    // Versions of a story share its star.
    let changed = |story: &u64| state.session.marks.will_be_starred(*story) != star;
    let mut seen = HashSet::new();
    let changed = stories
        .into_iter()
        .filter(|story| changed(story) && seen.insert(*story));
    let changes: Vec<MarkChange> = changed.map(|story| MarkChange::Star(story, star)).collect();
    let what = if star { "starred" } else { "unstarred" };
    queue_and_report(state, changes, what);
}

/// Queues the changes of one action as one undo step. A notice is shown only for several at once: a single mark can be
/// seen on its row.
fn queue_and_report(state: &mut State, changes: Vec<MarkChange>, what: &str) {
    let count = changes.len();
    let said = describe_marked(state, count, what);
    if count > 1 {
        let hint = state.key_hint("; ", Action::Undo, "takes that back");
        state.ui.notice = Some(format!("{said}{hint}"));
    }
    state.session.marks.queue_undoable(changes, said);
}

/// Marks the selected dispatch read, since it has been opened.
pub(super) fn mark_selected_read(state: &mut State) {
    let Some(item) = state.selected_entry().map(EntryRef::item_key) else {
        return;
    };
    if !state.session.marks.will_be_read(item) {
        let said = describe_marked(state, 1, "marked read");
        state
            .session
            .marks
            .queue_undoable(vec![MarkChange::Read(item, true)], said);
    }
}

/// Adds the selected row to the selection, or removes it.
fn toggle_selection(state: &mut State) {
    let Some(id) = state.ui.list.selected else {
        return;
    };
    let selection = &mut state.session.marks.selection;
    selection.set(id, !selection.contains(id));
    selection.range_anchor = Some(id);
}

/// Adds all rows between the last marked row and the selected one to the selection.
fn select_range(state: &mut State) {
    let rows = state.ui.list.rows(&state.session.index);
    let here = state.ui.list.row;
    let last = state.session.marks.selection.range_anchor;
    let from = last.and_then(|last| rows.iter().position(|&id| id == last));
    let from = from.unwrap_or(here);
    let range: Vec<EntryId> = rows
        .iter()
        .take(from.max(here) + 1)
        .skip(from.min(here))
        .copied()
        .collect();
    for id in range {
        state.session.marks.selection.set(id, true);
    }
    state.session.marks.selection.range_anchor = state.ui.list.selected;
}

/// Selects all rows of the list, or clears the selection if they are selected already.
fn toggle_select_all(state: &mut State) {
    let rows = state.ui.list.rows(&state.session.index).to_vec();
    let all = rows
        .iter()
        .all(|&id| state.session.marks.selection.contains(id));
    if all {
        state.session.marks.selection.clear();
        return;
    }
    for id in rows {
        state.session.marks.selection.set(id, true);
    }
}

/// Asks for the marked dispatches, to copy them.
pub(super) fn request_copies(state: &mut State, effects: &mut Vec<Effect>) {
    let ids = action_targets(state);
    if ids.len() > MAX_COPIED {
        state.ui.notice = Some(format!(
            "no more than {MAX_COPIED} dispatches are copied at once; {} are selected",
            ids.len()
        ));
        return;
    }
    effects.push(Effect::Spawn(Job::ReadDispatches(
        ids,
        state.session.index.snapshot(),
    )));
}

/// Copies dispatches to the clipboard. `requested` is how many were asked for.
pub(super) fn copy_dispatches(
    state: &mut State,
    texts: Vec<(EntryId, Dispatch)>,
    requested: usize,
    effects: &mut Vec<Effect>,
) {
    let count = texts.len();
    let mut warned = 0;
    let texts = texts.into_iter().map(|(id, dispatch)| {
        let mut document = Document::new(id, dispatch, Vec::new(), &state.settings.zone);
        // Kills and corrections are known from the index, so that every copy has its warning.
        document.refresh_banner(
            &state.session.index,
            state.session.now,
            &state.settings.zone,
        );
        warned += usize::from(!document.warning().is_empty());
        keys::clipboard_text(&document)
    });
    let text = texts.collect::<Vec<_>>().join("\n\n");
    let lost = match requested - count {
        0 => String::new(),
        lost => format!("; {lost} could not be read"),
    };
    let warnings = match warned {
        0 => String::new(),
        1 => "; one of them has a warning in it".to_owned(),
        _ => format!("; {warned} of them have a warning in them"),
    };
    state.ui.notice = Some(format!(
        "{count} dispatches are on the clipboard, if the terminal lets it{lost}{warnings}"
    ));
    effects.push(Effect::Copy(text));
}

/// Takes in the marks of earlier sessions.
pub(super) fn receive_saved_marks(state: &mut State, saved: SavedMarks, effects: &mut Vec<Effect>) {
    // Filters of this session, typed before the marks were loaded, are the newest.
    let typed = std::mem::take(&mut state.session.filter.history);
    state.session.filter.history.clone_from(&saved.queries);
    for text in typed {
        state
            .session
            .filter
            .history
            .retain(|before| *before != text);
        state.session.filter.history.push(text);
    }
    alerts::restore_views_and_mutes(state, &saved, effects);
    navigation::restore_bookmarks(state, &saved.settings);
    welcome_and_hints::start_welcome(state, &saved);
    state.session.marks.load(saved);
    // The job of such a filter has waited for the marks.
    if state.session.filter.query.needs_marks() {
        let phase = match state.session.filter.phase {
            FilterPhase::Idle => FilterPhase::Rerunning,
            phase => phase,
        };
        filter::start_filter_job(state, phase, effects);
    }
}

/// Applies changes once they have been saved, or failed to be: then they last for this session. Only the first failure
/// goes among the problems.
pub(super) fn receive_save_result(
    state: &mut State,
    changes: &[MarkChange],
    error: Option<String>,
) {
    let marks = &mut state.session.marks;
    marks.apply_saved(changes);
    if let Some(why) = error.filter(|_| !changes.is_empty()) {
        let first = marks.unsaved.is_empty();
        let slots = changes.iter().map(|change| (change.kind(), change.key()));
        marks.unsaved.extend(slots);
        let text = format!("marks will not be saved: {why}");
        if first {
            state.report_failure(text);
        } else {
            state.ui.notice = Some(text);
        }
    }
}

/// Reports that marks which could not be saved before have been saved now.
pub(super) fn report_all_saved(state: &mut State) {
    state.session.marks.unsaved = HashSet::new();
    state.ui.notice = Some("the marks that could not be saved are saved now".to_owned());
}

/// Shows the current note in the reader, and hands the queued changes out to be saved.
pub(super) fn flush_marks(state: &mut State, effects: &mut Vec<Effect>) {
    state.show_note();
    let queue = state.session.marks.take_queue();
    if !queue.is_empty() {
        effects.push(Effect::SaveMarks(queue));
    }
}

/// Saves the reading position and the listed items before the program exits. The items are left out if the marks were
/// never loaded, since what has to be added to the saved ones is not known then.
pub(super) fn save_session_end(state: &mut State, effects: &mut Vec<Effect>) {
    state.save_position();
    if state.session.marks.is_loading {
        return;
    }
    let last_visit = state.session.marks.last_visit();
    let compact = !state.is_loading() && last_visit.needs_compaction(state.session.index.len());
    let items = state
        .session
        .index
        .order()
        .iter()
        .filter_map(|&id| state.session.index.entry(id));
    let items = items.map(EntryRef::item_key);
    let mut items: Vec<u64> = items
        .filter(|&item| compact || !last_visit.contains(item))
        .collect();
    // Lookups are by binary search.
    items.sort_unstable();
    items.dedup();
    if compact || !items.is_empty() {
        effects.push(Effect::SaveListedItems(items, compact));
    }
}

impl State {
    /// Shows a failure that is not that of an input, and adds it to the problems.
    pub(super) fn report_failure(&mut self, text: String) {
        self.session.problems.push(InputProblem {
            path: String::new(),
            problem: Problem::new(Severity::Fault, "", text.clone()),
        });
        self.ui.notice = Some(text);
    }
}

// Notes on stories, and reading positions.

/// Longest note, in bytes. A note is kept in memory and wrapped above the text whenever its story is open.
const MAX_NOTE_BYTES: usize = 64 << 10;

impl MarksState {
    /// The note on a story once all queued changes are confirmed.
    pub(super) fn pending_note(&self, story: u64) -> &str {
        match self.pending_change(MarkKind::Note, story) {
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
    let text = state.session.marks.pending_note(story).to_owned();
    effects.push(Effect::EditNote { story, text });
}

/// Saves the edited note. `before` is the note that the editor was opened with.
pub(super) fn receive_edited_note(
    state: &mut State,
    story: u64,
    before: String,
    text: Result<String, String>,
) {
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            state.ui.notice = Some(why);
            return;
        }
    };
    let text = text.trim_end();
    if text == before {
        state.ui.notice = Some("the note is unchanged".to_owned());
        return;
    }
    let kept = &text[..text.floor_char_boundary(MAX_NOTE_BYTES)];
    let said = if kept.is_empty() {
        "note deleted"
    } else if kept.len() < text.len() {
        "the note was cut off at 64 KB"
    } else {
        "the note is saved"
    };
    let text = kept.to_owned();
    let note = MarkChange::Note {
        story,
        text,
        before,
    };
    state.ui.notice = Some(said.to_owned());
    state
        .session
        .marks
        .queue_undoable(vec![note], "the note".to_owned());
}

impl State {
    /// Sets the note that is shown above the text of the open document.
    pub(super) fn show_note(&mut self) {
        let Some(document) = &mut self.ui.reader.document else {
            return;
        };
        let entry = self.session.index.entry(document.id);
        let note = entry.and_then(|entry| self.session.marks.note(entry.story_or_item_key()));
        let note = note.unwrap_or("");
        if document.reader_note != note {
            note.clone_into(&mut document.reader_note);
            document.layout_columns = 0;
        }
    }

    /// When a dispatch is first opened, scrolls to where it was left last time, unless there is a better target.
    pub(super) fn restore_position(&mut self) {
        if self.document().is_none() || std::mem::replace(&mut self.ui.reader.was_opened, true) {
            return;
        }
        let place = self.selected_entry().map(crate::index::EntryRef::item_key);
        let place = place.and_then(|item| self.session.marks.position(item));
        let landing = self.ui.reader.scroll_target.map(|(_, landing)| landing);
        // A hit or quote that was asked for has precedence, and so has any scrolling.
        let free = matches!(landing, None | Some(ScrollTarget::FirstMatch));
        if let Some(place) = place.filter(|_| free && self.ui.reader.scroll == 0) {
            self.set_scroll_target(ScrollTarget::Position(place));
        }
    }

    /// Saves the reading position when a dispatch is left, if it had been opened.
    pub(super) fn save_position(&mut self) {
        let Some(document) = self
            .ui
            .reader
            .document
            .as_ref()
            .filter(|_| self.ui.reader.was_opened)
        else {
            return;
        };
        let Some(entry) = self.session.index.entry(document.id) else {
            return;
        };
        let item = entry.item_key();
        let place = u32::try_from(self.ui.reader.top_position()).unwrap_or(0);
        if self.session.marks.position(item).unwrap_or(0) != place as usize {
            self.session
                .marks
                .queue_changes(vec![MarkChange::Position(item, place)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The confirmed marks: read items, starred stories, notes.
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
