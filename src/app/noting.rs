//! Notes on stories, and the place at which a dispatch was left.

use super::hits::ScrollTarget;
use super::{Effect, MarksState, State};
use crate::marks::{MarkChange, MarkKind};

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
        .map(crate::desk::EntryRef::story_or_item_key)
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
        let place = self.selected_entry().map(crate::desk::EntryRef::item_key);
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
