//! What a reader marks: read, star, note, several rows at once; and how it is undone.

use super::{Effect, State};
use crate::action::Action;

/// Marks as an action says.
pub(super) fn act(state: &mut State, action: Action, _effects: &mut Vec<Effect>) {
    state.notice = Some(format!("{action:?} is not there yet"));
}
