//! Saved views, the log of alerts, the queue of urgent dispatches.

use super::{Effect, State};
use crate::action::Action;

/// Does what an action says.
pub(super) fn act(state: &mut State, action: Action, _effects: &mut Vec<Effect>) {
    state.notice = Some(format!("{action:?} is not there yet"));
}

impl State {
    /// True for an entry that a mute rule leaves out of the list.
    #[must_use]
    pub fn is_muted(&self, _id: crate::desk::EntryId) -> bool {
        false
    }
}
