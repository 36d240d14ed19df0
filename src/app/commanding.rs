//! Commands by name: `:health`, `:alert`.

use super::State;

/// Opens the prompt for a command.
pub(super) fn open(state: &mut State) {
    state.notice = Some(": is not there yet".to_owned());
}
