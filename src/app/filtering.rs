//! The live filter, and what arrives while it is on: jobs with generation numbers, answers in batches, a selection that stays.

use std::sync::Arc;

use super::{Effect, Phase, State};
use crate::action::Pane;
use crate::desk::Segment;
use crate::filter::{Hits, Job, Order, Query};

/// Entries have been loaded.
pub(super) fn arrived(state: &mut State, segments: Vec<Arc<Segment>>, effects: &mut Vec<Effect>) {
    state.desk.add(segments);
    hold_what_is_read(state);
    if state.filter.query.is_empty() {
        state.list.settle(&state.desk);
    } else {
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
    effects.push(Effect::Filter(Job {
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
    if generation != state.filter.generation || state.filter.query.is_empty() {
        return;
    }
    let done = progress.is_none();
    state.filter.progress = progress.filter(|(_, open)| *open > 0);
    if done || state.filter.phase != Phase::Again {
        hold_what_is_read(state);
        state.list.hits = Some(Arc::new(hits));
        state.list.settle(&state.desk);
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
    state.filter.error = Query::check(text).err();
    text.clone_into(&mut state.filter.text);
    if query == state.filter.query {
        return;
    }
    let was_empty = state.filter.query.is_empty();
    state.filter.query = query;
    state.reader.find_hits(&state.filter.query);
    if state.filter.query.is_empty() {
        // Back to the whole list, with the selection where it is.
        state.filter.phase = Phase::Idle;
        state.filter.progress = None;
        state.list.hits = None;
        state.list.chosen = !was_empty && state.list.selected.is_some();
        state.list.settle(&state.desk);
    } else {
        state.list.chosen = false;
        ask(state, Phase::Awaited, effects);
    }
}

/// Best first instead of newest first, or back.
pub(super) fn toggle_order(state: &mut State, effects: &mut Vec<Effect>) {
    let (order, said) = match state.filter.order {
        Order::Time => (Order::Relevance, "what fits best stands first"),
        Order::Relevance => (Order::Time, "the newest stand first"),
    };
    state.filter.order = order;
    if state.filter.query.is_empty() {
        let until = if order == Order::Relevance {
            ", once there is a filter"
        } else {
            ""
        };
        state.notice = Some(format!("{said}{until}"));
        return;
    }
    state.notice = Some(said.to_owned());
    state.list.chosen = false;
    ask(state, Phase::Awaited, effects);
}
