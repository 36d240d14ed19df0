//! The live filter of the list and its sort order. Knows nothing of how a query is run: a job does that, with a
//! generation number, and answers in batches.

use std::collections::HashMap;
use std::sync::Arc;

use crate::action::{Action, Pane};
use crate::app::alerts;
use crate::app::messages::Effect;
use crate::app::state::{FilterPhase, State};
use crate::filter::{FilterJob, Hits, Query, QueryError, Sort, SortKey, SortOrder};
use crate::index::Segment;
use crate::jobs::Job;

/// Most filters in the history.
const MAX_HISTORY: usize = 200;

/// The live filter of the list, and the progress of its job.
#[derive(Debug, Default)]
pub struct ListFilter {
    /// The current filter as typed.
    pub text: String,
    /// The filters around it, outermost first. All of them apply.
    pub outer_filters: Vec<String>,
    /// The intersection of `outer_filters` and `text`.
    pub query: Query,
    /// The sort order of the list.
    pub order: SortOrder,
    /// The order last chosen for each filter, by its [`Self::display_text`].
    pub order_by_filter: HashMap<String, SortOrder>,
    /// Generation of the last job. Answers to older ones are ignored.
    pub generation: u64,
    pub phase: FilterPhase,
    /// While texts are being searched: texts searched, texts in all.
    pub progress: Option<(usize, usize)>,
    /// The error in `text`, if it is not a valid query.
    pub error: Option<QueryError>,
    /// True if entries have arrived since the last job was started.
    pub needs_rerun: bool,
    /// Accepted filters, newest last.
    pub history: Vec<String>,
}

impl ListFilter {
    /// The initial filter.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            query: Query::parse(&text),
            error: Query::parse_strict(&text).err(),
            text,
            needs_rerun: true,
            ..Self::default()
        }
    }

    /// True while a job is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.phase != FilterPhase::Idle
    }

    /// True if the rows come from a job: there is a query, or an order other than that of the index.
    #[must_use]
    pub fn needs_job(&self) -> bool {
        !self.query.is_empty() || matches!(self.order, SortOrder::Sorted(_))
    }

    /// True if there is no filter.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.outer_filters.is_empty()
    }

    /// The filter as it is displayed, with those around it: `syria › kremlin`.
    #[must_use]
    pub fn display_text(&self) -> String {
        let mut parts: Vec<&str> = self.outer_filters.iter().map(String::as_str).collect();
        if !self.text.is_empty() || parts.is_empty() {
            parts.push(&self.text);
        }
        parts.join(" › ")
    }

    /// The query of a text within the outer filters.
    pub(super) fn query_within_outer(&self, text: &str) -> Query {
        let parts = self.outer_filters.iter().map(String::as_str).chain([text]);
        Query::intersection(parts.map(Query::parse))
    }

    /// Adds the accepted text to the history.
    pub(super) fn add_to_history(&mut self) {
        // The prompt leaves a space after the last word.
        self.text.truncate(self.text.trim_end().len());
        if self.text.trim().is_empty() {
            return;
        }
        self.history.retain(|before| *before != self.text);
        self.history.push(self.text.clone());
        let over = self.history.len().saturating_sub(MAX_HISTORY);
        self.history.drain(..over);
    }
}

// Filter jobs, and arrivals while a filter is on.

/// Adds new entries to the index, and brings the list up to date: directly, or by running the filter again.
pub(super) fn receive_segments(
    state: &mut State,
    segments: Vec<Arc<Segment>>,
    effects: &mut Vec<Effect>,
) {
    // Rules are matched before the rows are rebuilt: mutes decide which of the new entries get rows.
    let first = state.session.index.add(segments);
    state.track_lift_times(first);
    alerts::match_arrivals(state, first, effects);
    keep_read_entry_selected(state);
    if !state.session.filter.needs_job() {
        if !state.rows_may_wait() {
            state.rebuild_rows();
        }
        return;
    }
    state.session.filter.needs_rerun = true;
    if !state.session.filter.is_running() {
        // An empty list has no rows to keep until the job is done: show the first batch at once.
        let is_empty = state.ui.list.rows(&state.session.index).is_empty();
        let phase = if is_empty {
            FilterPhase::ReceivingHits
        } else {
            FilterPhase::Rerunning
        };
        start_filter_job(state, phase, effects);
    }
}

/// Rebuilds the rows if entries have arrived since the last time.
pub(super) fn catch_up(state: &mut State) {
    if state.rows_wait() {
        keep_read_entry_selected(state);
        state.rebuild_rows();
    }
}

/// Keeps the selection on a dispatch that is being read, even if the user has never moved to a row.
fn keep_read_entry_selected(state: &mut State) {
    state.ui.list.user_selected |= state.ui.focus != Pane::List || state.ui.reader.scroll > 0;
}

/// Starts a job for the filter over all current entries. A filter on marks waits until they have been loaded, see
/// [`crate::app::marks::receive_saved_marks`].
pub(super) fn start_filter_job(state: &mut State, phase: FilterPhase, effects: &mut Vec<Effect>) {
    state.session.filter.generation += 1;
    if state.session.marks.is_loading && state.session.filter.query.needs_marks() {
        state.session.filter.phase = phase;
        return;
    }
    state.session.filter.needs_rerun = false;
    state.session.filter.phase = phase;
    effects.push(Effect::Spawn(Job::RunFilter(FilterJob {
        generation: state.session.filter.generation,
        query: state.session.filter.query.clone(),
        snapshot: state.session.index.snapshot(),
        order: state.session.filter.order,
        marks: state
            .session
            .marks
            .for_filter(phase == FilterPhase::Rerunning),
    })));
}

/// Takes in a batch of hits. While a filter runs again over more entries, only the last batch is shown.
pub(super) fn receive_hits(
    state: &mut State,
    generation: u64,
    hits: Hits,
    progress: Option<(usize, usize)>,
    effects: &mut Vec<Effect>,
) {
    if generation != state.session.filter.generation || !state.session.filter.needs_job() {
        return;
    }
    let done = progress.is_none();
    state.session.filter.progress = progress.filter(|(_, open)| *open > 0);
    if done || state.session.filter.phase != FilterPhase::Rerunning {
        // A new query reports its batches at once; a rerun waits for the last one.
        keep_read_entry_selected(state);
        state.ui.list.hits = Some(Arc::new(hits));
        state.rebuild_rows();
        state.session.filter.phase = FilterPhase::ReceivingHits;
    }
    if done {
        state.session.filter.phase = FilterPhase::Idle;
        // Entries arrived while the job was running on an older snapshot.
        if state.session.filter.needs_rerun {
            start_filter_job(state, FilterPhase::Rerunning, effects);
        }
    }
    // Replay the keys that were waiting for these rows.
    for key in std::mem::take(&mut state.ui.typed.deferred) {
        crate::app::keys::handle_key(state, key, effects);
    }
}

/// Changes the filter within the outer ones, and shows the list from its top.
pub(super) fn set_filter(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let query = state.session.filter.query_within_outer(text);
    state.session.filter.error = Query::parse_strict(text).err();
    text.clone_into(&mut state.session.filter.text);
    // A trailing space, say, changes the text but not the query: no new job.
    if query == state.session.filter.query {
        return;
    }
    let was_empty = !state.session.filter.needs_job();
    state.session.filter.query = query;
    state.ui.reader.find_hits(&state.session.filter.query);
    if let Some(&order) = state
        .session
        .filter
        .order_by_filter
        .get(&state.session.filter.display_text())
    {
        state.session.filter.order = order;
    }
    if state.session.filter.needs_job() {
        state.ui.list.user_selected = false;
        start_filter_job(state, FilterPhase::AwaitingHits, effects);
    } else {
        // Without a filter the whole list is back, around the selected entry.
        state.ui.list.user_selected = !was_empty && state.ui.list.selected.is_some();
        show_all_entries(state);
    }
}

/// Shows the whole index.
fn show_all_entries(state: &mut State) {
    state.session.filter.phase = FilterPhase::Idle;
    state.session.filter.progress = None;
    state.ui.list.hits = None;
    state.rebuild_rows();
}

/// Runs the filter again after a change of the order, and shows the list from its top.
pub(super) fn rerun_filter(state: &mut State, effects: &mut Vec<Effect>) {
    state.ui.list.user_selected = false;
    if state.session.filter.needs_job() {
        start_filter_job(state, FilterPhase::AwaitingHits, effects);
    } else {
        show_all_entries(state);
    }
}

/// Switches between best matches first and newest first.
pub(super) fn toggle_relevance(state: &mut State, effects: &mut Vec<Effect>) {
    let order = match state.session.filter.order {
        SortOrder::Relevance => SortOrder::Time,
        SortOrder::Time | SortOrder::Sorted(_) => SortOrder::Relevance,
    };
    set_order(state, order, effects);
}

// Sort order. Each filter remembers its own.

/// Performs a sort action. Sorting by another key keeps the old one for ties.
pub(super) fn perform_sort_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let key = match action {
        Action::SortUrgency => SortKey::Urgency,
        Action::SortAgency => SortKey::Agency,
        Action::SortPlace => SortKey::Place,
        Action::SortSlug => SortKey::Slug,
        Action::SortLength => SortKey::Length,
        Action::SortQuotes => SortKey::Quotes,
        Action::Reverse => return reverse_order(state, effects),
        _ => SortKey::Time,
    };
    let order = match (state.session.filter.order, key) {
        (_, SortKey::Time) => SortOrder::Time,
        (SortOrder::Sorted(before), key) => SortOrder::Sorted(before.with_first_key(key)),
        (_, key) => SortOrder::Sorted(Sort::by(key)),
    };
    set_order(state, order, effects);
}

/// Reverses the order, if it is not by relevance.
fn reverse_order(state: &mut State, effects: &mut Vec<Effect>) {
    let order = match state.session.filter.order {
        SortOrder::Time => SortOrder::Sorted(Sort {
            reversed: true,
            ..Sort::by(SortKey::Time)
        }),
        // Reversing twice returns to the order of the index, which needs no job.
        SortOrder::Sorted(sort) if sort.by == SortKey::Time && sort.then.is_none() => {
            SortOrder::Time
        }
        SortOrder::Sorted(sort) => SortOrder::Sorted(Sort {
            reversed: !sort.reversed,
            ..sort
        }),
        SortOrder::Relevance => {
            state.ui.notice = Some("best matches stay first".to_owned());
            return;
        }
    };
    set_order(state, order, effects);
}

/// `:sort`: sorts by the given keys, such as `agency urgency`. Without keys, shows the current order.
pub(super) fn sort_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    let words = words.trim();
    if words.is_empty() {
        let names = SortKey::ALL.map(SortKey::name).join(", ");
        let order = describe_order(state);
        state.ui.notice = Some(format!("{order}; :sort takes {names}, reversed"));
        return;
    }
    if "reversed".starts_with(words) {
        return reverse_order(state, effects);
    }
    let order = match SortOrder::parse(words) {
        Ok(order) => order,
        Err(message) => {
            state.ui.notice = Some(message);
            return;
        }
    };
    set_order(state, order, effects);
}

/// Sets the order for the current filter.
pub(super) fn set_order(state: &mut State, order: SortOrder, effects: &mut Vec<Effect>) {
    state.session.filter.order = order;
    state
        .session
        .filter
        .order_by_filter
        .insert(state.session.filter.display_text(), order);
    state.ui.notice = Some(describe_order(state));
    rerun_filter(state, effects);
}

/// The current order in words.
fn describe_order(state: &State) -> String {
    match state.session.filter.order {
        SortOrder::Time => "newest first".to_owned(),
        SortOrder::Relevance if state.session.filter.query.is_empty() => {
            "best matches first, once there is a filter".to_owned()
        }
        SortOrder::Relevance => "best matches first".to_owned(),
        SortOrder::Sorted(sort) => format!("sorted by {sort}"),
    }
}
