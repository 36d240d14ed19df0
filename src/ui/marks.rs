//! The signs of the reader's own marks, in the list and in the reader.

use super::theme::Role;
use crate::app::State;
use crate::desk::{EntryId, EntryRef};

/// What stands beside a starred story.
pub(super) const STAR: &str = "★";
/// What stands before the headline of a story with a note.
pub(super) const NOTE: &str = "✎ ";

/// The sign in the first column of a row: that of a row marked for actions, else `sign`.
pub(super) fn first_sign(
    state: &State,
    id: EntryId,
    sign: (&'static str, Role),
) -> (&'static str, Role) {
    if state.marks.selection.contains(id) {
        ("+", Role::Key)
    } else {
        sign
    }
}

/// The sign in the second column of a row.
pub(super) fn star_sign(state: &State, entry: EntryRef<'_>) -> &'static str {
    if state.marks.is_starred(entry.story_or_item_key()) {
        STAR
    } else {
        " "
    }
}

/// What stands before the headline.
pub(super) fn note_sign(state: &State, entry: EntryRef<'_>) -> &'static str {
    match state.marks.note(entry.story_or_item_key()) {
        Some(_) if state.plain => "n ",
        Some(_) => NOTE,
        None => "",
    }
}

/// What the top line says of marks: marked rows; marks that could not be saved.
pub(super) fn mark_counts(state: &State) -> (String, String) {
    let chosen = match state.marks.selection.len() {
        0 => String::new(),
        count => format!("{} marked", super::status::with_thousands(count)),
    };
    let unsaved = match state.marks.unsaved_count {
        0 => String::new(),
        1 => "1 mark not saved".to_owned(),
        count => format!("{} marks not saved", super::status::with_thousands(count)),
    };
    (chosen, unsaved)
}
