//! The marks as the app knows them: what is kept and so shown, what has been asked for, and what takes it back.

use std::collections::HashMap;

use super::chosen::RowSelection;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

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
