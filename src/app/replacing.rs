//! Files that were written again: their rows give way to new ones, and a selection goes along.

use std::sync::Arc;

use super::{Effect, State, filtering};
use crate::desk::{Replaced, Segment};

/// Entries have arrived, some of them in the place of others.
pub(super) fn replaced(
    state: &mut State,
    segments: Vec<Arc<Segment>>,
    replaced: &[Replaced],
    effects: &mut Vec<Effect>,
) {
    filtering::arrived(state, segments, effects);
    let pairs = state.desk.retire(replaced);
    if pairs.is_empty() {
        return;
    }
    if let Some(next) = state.list.selected.and_then(|id| state.desk.successor(id)) {
        state.list.selected = Some(next);
        state.list.settle(&state.desk);
    }
}
