//! Files that were written again: their rows give way to new ones, and a selection goes along.

use std::sync::Arc;

use super::{Effect, State, filtering};
use crate::desk::{Replacement, Segment};

/// Entries have arrived, some of them in the place of others.
pub(super) fn receive_replacements(
    state: &mut State,
    segments: Vec<Arc<Segment>>,
    replaced: &[Replacement],
    effects: &mut Vec<Effect>,
) {
    filtering::receive_segments(state, segments, effects);
    if !state.index.apply_replacements(replaced).is_empty() {
        state.rebuild_rows();
    }
}
