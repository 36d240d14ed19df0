//! The live filter, and what arrives while it is on: jobs with generation numbers, answers in batches, a selection that stays.

use std::sync::Arc;

use super::{Effect, Phase, State, alerts, sorting};
use crate::action::Pane;
use crate::desk::Segment;
use crate::filter::{FilterJob, Hits, Query, SortOrder};

/// Entries have been loaded.
pub(super) fn arrived(state: &mut State, segments: Vec<Arc<Segment>>, effects: &mut Vec<Effect>) {
    let first = state.desk.add(segments);
    state.expect_lifts(first);
    alerts::arrived(state, first, effects);
    hold_what_is_read(state);
    if !state.filter.asks() {
        if !state.rows_may_wait() {
            state.settle_rows();
        }
        return;
    }
    state.filter.stale = true;
    if !state.filter.running() {
        // Where there is nothing to keep in place, the first answers show.
        let nothing = state.list.rows(&state.desk).is_empty();
        let phase = if nothing {
            Phase::Growing
        } else {
            Phase::Again
        };
        ask(state, phase, effects);
    }
}

/// Makes the rows anew if entries have arrived that they do not have yet.
pub(super) fn catch_up(state: &mut State) {
    if state.rows_wait() {
        hold_what_is_read(state);
        state.settle_rows();
    }
}

/// A dispatch that is being read stays the selected one, also where the reader never chose a row.
fn hold_what_is_read(state: &mut State) {
    state.list.chosen |= state.focus != Pane::List || state.reader.scroll > 0;
}

/// Asks for the hits of the filter among all that is there now. A filter on marks waits until they have been loaded.
pub(super) fn ask(state: &mut State, phase: Phase, effects: &mut Vec<Effect>) {
    state.filter.generation += 1;
    if state.marks.awaited && state.filter.query.needs_marks() {
        state.filter.phase = phase;
        return;
    }
    state.filter.stale = false;
    state.filter.phase = phase;
    effects.push(Effect::Filter(FilterJob {
        generation: state.filter.generation,
        query: state.filter.query.clone(),
        snapshot: state.desk.snapshot(),
        order: state.filter.order,
        marks: state.marks.for_filter(phase == Phase::Again),
    }));
}

/// Hits have come in.
pub(super) fn filtered(
    state: &mut State,
    generation: u64,
    hits: Hits,
    progress: Option<(usize, usize)>,
    effects: &mut Vec<Effect>,
) {
    if generation != state.filter.generation || !state.filter.asks() {
        return;
    }
    let done = progress.is_none();
    state.filter.progress = progress.filter(|(_, open)| *open > 0);
    if done || state.filter.phase != Phase::Again {
        hold_what_is_read(state);
        state.list.hits = Some(Arc::new(hits));
        state.settle_rows();
        state.filter.phase = Phase::Growing;
    }
    if done {
        state.filter.phase = Phase::Idle;
        if state.filter.stale {
            ask(state, Phase::Again, effects);
        }
    }
    // Keys that were typed for rows which had yet to come.
    for key in std::mem::take(&mut state.held) {
        super::keys::key(state, key, effects);
    }
}

/// Changes the filter: the list shows the top of what it keeps.
pub(super) fn set_filter(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let query = state.filter.query_of(text);
    state.filter.error = Query::parse_strict(text).err();
    text.clone_into(&mut state.filter.text);
    if query == state.filter.query {
        return;
    }
    let was_empty = !state.filter.asks();
    state.filter.query = query;
    state.reader.find_hits(&state.filter.query);
    if let Some(&order) = state.filter.orders.get(&state.filter.shown()) {
        state.filter.order = order;
    }
    if state.filter.asks() {
        state.list.chosen = false;
        ask(state, Phase::Awaited, effects);
    } else {
        // Back to the whole list, with the selection where it is.
        state.list.chosen = !was_empty && state.list.selected.is_some();
        show_all(state);
    }
}

/// Shows the whole desk.
fn show_all(state: &mut State) {
    state.filter.phase = Phase::Idle;
    state.filter.progress = None;
    state.list.hits = None;
    state.settle_rows();
}

/// Runs the filter once more, in an order that is another now; the top of the list is shown.
pub(super) fn again(state: &mut State, effects: &mut Vec<Effect>) {
    state.list.chosen = false;
    if state.filter.asks() {
        ask(state, Phase::Awaited, effects);
    } else {
        show_all(state);
    }
}

/// Best first instead of newest first, or back.
pub(super) fn toggle_order(state: &mut State, effects: &mut Vec<Effect>) {
    let order = match state.filter.order {
        SortOrder::Relevance => SortOrder::Time,
        SortOrder::Time | SortOrder::Sorted(_) => SortOrder::Relevance,
    };
    sorting::put(state, order, effects);
}
