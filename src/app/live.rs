//! A live wire: what arrives waits until it is taken in, and nothing moves under the reader's eyes.

use super::{Effect, State};

/// Follows the wire, or no longer.
pub(super) fn follow(state: &mut State, _effects: &mut Vec<Effect>) {
    state.notice = Some("F is not there yet".to_owned());
}

/// Takes in what is new.
pub(super) fn take_in(state: &mut State, _effects: &mut Vec<Effect>) {
    state.notice = Some(". is not there yet".to_owned());
}

/// Pauses, or goes on.
pub(super) fn pause(state: &mut State, _effects: &mut Vec<Effect>) {
    state.notice = Some("p is not there yet".to_owned());
}
