//! The order of the list: by which keys, and which way round.

use super::{Effect, State};
use crate::action::Action;

/// Sorts as an action says.
pub(super) fn act(state: &mut State, action: Action, _effects: &mut Vec<Effect>) {
    state.notice = Some(format!("{action:?} is not there yet"));
}
