//! Stories in the list: their versions folded under the newest, or unfolded.

use super::{Effect, State};
use crate::desk::EntryId;

impl State {
    /// True where the versions of an entry's story stand in the list one by one.
    #[must_use]
    pub fn is_unfolded(&self, id: EntryId) -> bool {
        let chain = self.index.versions(id);
        chain.iter().any(|other| self.unfolded.contains(other))
    }
}

/// Unfolds the selected story, or folds it.
pub(super) fn toggle_fold(state: &mut State, _effects: &mut Vec<Effect>) {
    let Some(id) = state.list.selected else {
        return;
    };
    let chain = state.index.versions(id);
    if chain.len() < 2 {
        state.notice = Some("this story has no other version here".to_owned());
        return;
    }
    let mut unfolded = false;
    for other in &chain {
        unfolded |= state.unfolded.remove(other);
    }
    if !unfolded {
        state.unfolded.insert(chain[0]);
    } else if state.list.nested_rows.contains(&id) {
        // The row goes away: its story stays selected.
        state.list.selected = Some(chain[0]);
    }
    state.list.user_selected = true;
    state.rebuild_rows();
}
