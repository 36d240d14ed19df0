//! The live filter, and what arrives while it is on: jobs with generation numbers, answers in batches, a selection that stays.

use std::sync::Arc;

use super::{Effect, FilterPhase, State, alerts, sorting};
use crate::action::Pane;
use crate::desk::Segment;
use crate::filter::{FilterJob, Hits, Query, SortOrder};

/// Entries have been loaded.
pub(super) fn receive_segments(
    state: &mut State,
    segments: Vec<Arc<Segment>>,
    effects: &mut Vec<Effect>,
) {
    let first = state.index.add(segments);
    state.track_lift_times(first);
    alerts::match_arrivals(state, first, effects);
    keep_read_entry_selected(state);
    if !state.filter.needs_job() {
        if !state.rows_may_wait() {
            state.rebuild_rows();
        }
        return;
    }
    state.filter.needs_rerun = true;
    if !state.filter.is_running() {
        // Where there is nothing to keep in place, the first answers show.
        let nothing = state.list.rows(&state.index).is_empty();
        let phase = if nothing {
            FilterPhase::ReceivingHits
        } else {
            FilterPhase::Rerunning
        };
        start_filter_job(state, phase, effects);
    }
}

/// Makes the rows anew if entries have arrived that they do not have yet.
pub(super) fn catch_up(state: &mut State) {
    if state.rows_wait() {
        keep_read_entry_selected(state);
        state.rebuild_rows();
    }
}

/// A dispatch that is being read stays the selected one, also where the reader never chose a row.
fn keep_read_entry_selected(state: &mut State) {
    state.list.user_selected |= state.focus != Pane::List || state.reader.scroll > 0;
}

/// Asks for the hits of the filter among all that is there now. A filter on marks waits until they have been loaded.
pub(super) fn start_filter_job(state: &mut State, phase: FilterPhase, effects: &mut Vec<Effect>) {
    state.filter.generation += 1;
    if state.marks.is_loading && state.filter.query.needs_marks() {
        state.filter.phase = phase;
        return;
    }
    state.filter.needs_rerun = false;
    state.filter.phase = phase;
    effects.push(Effect::RunFilter(FilterJob {
        generation: state.filter.generation,
        query: state.filter.query.clone(),
        snapshot: state.index.snapshot(),
        order: state.filter.order,
        marks: state.marks.for_filter(phase == FilterPhase::Rerunning),
    }));
}

/// Hits have come in.
pub(super) fn receive_hits(
    state: &mut State,
    generation: u64,
    hits: Hits,
    progress: Option<(usize, usize)>,
    effects: &mut Vec<Effect>,
) {
    if generation != state.filter.generation || !state.filter.needs_job() {
        return;
    }
    let done = progress.is_none();
    state.filter.progress = progress.filter(|(_, open)| *open > 0);
    if done || state.filter.phase != FilterPhase::Rerunning {
        keep_read_entry_selected(state);
        state.list.hits = Some(Arc::new(hits));
        state.rebuild_rows();
        state.filter.phase = FilterPhase::ReceivingHits;
    }
    if done {
        state.filter.phase = FilterPhase::Idle;
        if state.filter.needs_rerun {
            start_filter_job(state, FilterPhase::Rerunning, effects);
        }
    }
    // Keys that were typed for rows which had yet to come.
    for key in std::mem::take(&mut state.deferred_keys) {
        super::keys::handle_key(state, key, effects);
    }
}

/// Changes the filter: the list shows the top of what it keeps.
pub(super) fn set_filter(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let query = state.filter.query_within_outer(text);
    state.filter.error = Query::parse_strict(text).err();
    text.clone_into(&mut state.filter.text);
    if query == state.filter.query {
        return;
    }
    let was_empty = !state.filter.needs_job();
    state.filter.query = query;
    state.reader.find_hits(&state.filter.query);
    if let Some(&order) = state
        .filter
        .order_by_filter
        .get(&state.filter.display_text())
    {
        state.filter.order = order;
    }
    if state.filter.needs_job() {
        state.list.user_selected = false;
        start_filter_job(state, FilterPhase::AwaitingHits, effects);
    } else {
        // Back to the whole list, with the selection where it is.
        state.list.user_selected = !was_empty && state.list.selected.is_some();
        show_all_entries(state);
    }
}

/// Shows the whole desk.
fn show_all_entries(state: &mut State) {
    state.filter.phase = FilterPhase::Idle;
    state.filter.progress = None;
    state.list.hits = None;
    state.rebuild_rows();
}

/// Runs the filter once more, in an order that is another now; the top of the list is shown.
pub(super) fn rerun_filter(state: &mut State, effects: &mut Vec<Effect>) {
    state.list.user_selected = false;
    if state.filter.needs_job() {
        start_filter_job(state, FilterPhase::AwaitingHits, effects);
    } else {
        show_all_entries(state);
    }
}

/// Best first instead of newest first, or back.
pub(super) fn toggle_relevance(state: &mut State, effects: &mut Vec<Effect>) {
    let order = match state.filter.order {
        SortOrder::Relevance => SortOrder::Time,
        SortOrder::Time | SortOrder::Sorted(_) => SortOrder::Relevance,
    };
    sorting::set_order(state, order, effects);
}
