//! Marks: read, star, notes, reading positions; the row selection that actions apply to; undo, and the queue of changes
//! to save. Knows nothing of the database.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::index::{DispatchIndex, EntryId};
use crate::marks::{MarkChange, MarkKind, MarkSets, SavedMarks};

/// Undo limits: steps, and marks in all steps together. They bound the memory of marking a whole wire repeatedly. The
/// last step is always kept.
const UNDO_LIMITS: (usize, usize) = (1_000, 100_000);

/// Capacity to which the map of pending changes shrinks once it is empty.
const PENDING_CAPACITY: usize = 1_000;

/// All marks, and the changes on their way to the database.
///
/// A change is queued first and shows only once `Msg::MarksSaved` has confirmed it. So the screen shows
/// what is saved, except in a session that cannot save.
#[derive(Debug, Default)]
pub struct MarksState {
    /// The confirmed marks, which the screen shows.
    sets: MarkSets,
    /// The marks as of the last time a filter was applied. Under `is:unread`, say, a row that has just been read stays
    /// in the list until the filter is applied again.
    filter_sets: MarkSets,
    /// Reading positions by item key: byte positions in the body.
    positions: HashMap<u64, u32>,
    /// Queued changes that are not confirmed yet, by kind and key of the mark: the last one, and how many there are.
    pending: HashMap<(MarkKind, u64), (MarkChange, usize)>,
    /// Changes to hand out with the next `Effect::SaveMarks`.
    save_queue: Vec<MarkChange>,
    /// Undo steps, newest last: a description, and the inverse changes.
    undo_stack: Vec<(String, Vec<MarkChange>)>,
    /// The rows that actions apply to.
    pub selection: RowSelection,
    /// The marks of earlier sessions have not been loaded yet.
    pub is_loading: bool,
    /// Marks that could not be saved and last for this session only, until they are saved after all.
    pub(super) unsaved: HashSet<(MarkKind, u64)>,
}

impl MarksState {
    /// Whether an item is shown as read. `item` is an [`EntryRef::item_key`](crate::index::EntryRef::item_key).
    #[must_use]
    pub fn is_read(&self, item: u64) -> bool {
        self.sets.read.contains(item)
    }

    /// Whether a story is shown as starred. `story` is an
    /// [`EntryRef::story_or_item_key`](crate::index::EntryRef::story_or_item_key).
    #[must_use]
    pub fn is_starred(&self, story: u64) -> bool {
        self.sets.starred.contains(story)
    }

    /// The confirmed note on a story.
    #[must_use]
    pub fn note(&self, story: u64) -> Option<&str> {
        self.sets.notes.get(&story).map(String::as_str)
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
        let slots = [(MarkKind::Read, item), (MarkKind::Star, story), (MarkKind::Note, story)];
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
        let mut inverse: Vec<MarkChange> =
            changes.iter().rev().filter_map(MarkChange::inverse).collect();
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
        self.positions = saved.positions;
    }

    /// Takes in the marks after another session has changed some. Filters keep the marks that they were applied with, so
    /// that no row moves, and what this session could not save stays as it is.
    pub(super) fn take_in_changes(&mut self, saved: SavedMarks) {
        if self.is_loading {
            return;
        }
        let last_visit = self.sets.last_visit.clone();
        let before = std::mem::replace(&mut self.sets, MarkSets { last_visit, ..saved.sets });
        self.positions = saved.positions;
        for &(kind, key) in &self.unsaved {
            match kind {
                MarkKind::Read => self.sets.read.set(key, before.read.contains(key)),
                MarkKind::Star => self.sets.starred.set(key, before.starred.contains(key)),
                MarkKind::Note => {
                    let notes = Arc::make_mut(&mut self.sets.notes);
                    match before.notes.get(&key) {
                        Some(note) => drop(notes.insert(key, note.clone())),
                        None => drop(notes.remove(&key)),
                    }
                }
                MarkKind::Position | MarkKind::Query | MarkKind::View | MarkKind::Setting => {}
            }
        }
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
                    Arc::make_mut(&mut self.sets.notes).remove(story);
                }
                MarkChange::Note { story, text, .. } => {
                    Arc::make_mut(&mut self.sets.notes).insert(*story, text.clone());
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
    pub(super) fn transfer(&mut self, from: EntryId, to: EntryId) {
        self.set(from, false);
        self.set(to, true);
        if self.range_anchor == Some(from) {
            self.range_anchor = Some(to);
        }
    }
}

impl MarksState {
    /// The note on a story once all queued changes are confirmed.
    pub(super) fn pending_note(&self, story: u64) -> &str {
        match self.pending_change(MarkKind::Note, story) {
            Some(MarkChange::Note { text, .. }) => text,
            _ => self.note(story).unwrap_or(""),
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
        let mut notes: Vec<_> = marks.sets.notes.as_ref().clone().into_iter().collect();
        notes.sort();
        (marks.sets.read.iter().collect(), marks.sets.starred.iter().collect(), notes)
    }

    #[test]
    fn steps_of_many_marks_are_given_up_before_the_last() {
        let read =
            |from: u64, to: u64| (from..to).map(|item| MarkChange::Read(item, true)).collect();
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
