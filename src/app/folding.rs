//! Stories in the list: their versions folded under the newest, or unfolded.

use super::{Effect, State};

/// Unfolds the selected story, or folds it.
pub(super) fn fold(state: &mut State, _effects: &mut Vec<Effect>) {
    state.notice = Some("z is not there yet".to_owned());
}
