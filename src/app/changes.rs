//! What changed in a dispatch since the version before.

use super::{Effect, State};

/// Opens the screen of the changes.
pub(super) fn open(state: &mut State, _effects: &mut Vec<Effect>) {
    state.notice = Some("d is not there yet".to_owned());
}
