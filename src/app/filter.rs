//! The live filter of the list and its sort order: jobs with generation numbers, answers in batches.

use std::collections::HashMap;
use std::sync::Arc;

use crate::action::{Action, Pane};
use crate::app::alerts;
use crate::app::state::{FilterPhase, State};
use crate::app::update::Effect;
use crate::filter::{FilterJob, Hits, Query, QueryError, Sort, SortKey, SortOrder};
use crate::index::Segment;

/// Filters that are remembered.
const MAX_HISTORY: usize = 200;

/// The live filter of the list.
#[derive(Debug, Default)]
pub struct ListFilter {
    pub text: String,
    /// Filters that this one stands within, the widest first.
    pub outer_filters: Vec<String>,
    /// All of them together.
    pub query: Query,
    /// In which order the hits stand.
    pub order: SortOrder,
    /// The orders that were asked for, each for its filter.
    pub order_by_filter: HashMap<String, SortOrder>,
    /// Number of the last job that was asked for.
    pub generation: u64,
    pub phase: FilterPhase,
    /// How many texts have been looked at, and of how many, while texts are searched.
    pub progress: Option<(usize, usize)>,
    /// What is wrong with the query as it stands.
    pub error: Option<QueryError>,
    /// True where entries have arrived since the last job was asked for.
    pub needs_rerun: bool,
    /// What was typed before, the newest last.
    pub history: Vec<String>,
}

impl ListFilter {
    /// A filter to begin with.
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

    /// True while a job is at work.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.phase != FilterPhase::Idle
    }

    /// True where a job finds the rows: there is a query, or an order that is not that of the desk.
    #[must_use]
    pub fn needs_job(&self) -> bool {
        !self.query.is_empty() || matches!(self.order, SortOrder::Sorted(_))
    }

    /// True where there is none.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.outer_filters.is_empty()
    }

    /// The filter as it is shown: `syria › kremlin`.
    #[must_use]
    pub fn display_text(&self) -> String {
        let mut parts: Vec<&str> = self.outer_filters.iter().map(String::as_str).collect();
        if !self.text.is_empty() || parts.is_empty() {
            parts.push(&self.text);
        }
        parts.join(" › ")
    }

    /// The query of a text within the trail.
    pub(super) fn query_within_outer(&self, text: &str) -> Query {
        let parts = self.outer_filters.iter().map(String::as_str).chain([text]);
        Query::intersection(parts.map(Query::parse))
    }

    /// Remembers the text that was kept.
    pub(super) fn add_to_history(&mut self) {
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

// The live filter, and what arrives while it is on: jobs with generation numbers, answers in batches, a selection
// that stays.

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
        crate::app::keys::handle_key(state, key, effects);
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
    set_order(state, order, effects);
}

// The order of the list: by which keys, and which way round. Each filter remembers its own.

/// Sorts as an action says.
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
    let order = match (state.filter.order, key) {
        (_, SortKey::Time) => SortOrder::Time,
        (SortOrder::Sorted(before), key) => SortOrder::Sorted(before.with_first_key(key)),
        (_, key) => SortOrder::Sorted(Sort::by(key)),
    };
    set_order(state, order, effects);
}

fn reverse_order(state: &mut State, effects: &mut Vec<Effect>) {
    let order = match state.filter.order {
        SortOrder::Time => SortOrder::Sorted(Sort {
            reversed: true,
            ..Sort::by(SortKey::Time)
        }),
        SortOrder::Sorted(sort) if sort.by == SortKey::Time && sort.then.is_none() => {
            SortOrder::Time
        }
        SortOrder::Sorted(sort) => SortOrder::Sorted(Sort {
            reversed: !sort.reversed,
            ..sort
        }),
        SortOrder::Relevance => {
            state.notice = Some("what fits best stays first".to_owned());
            return;
        }
    };
    set_order(state, order, effects);
}

/// Sorts by the keys of a command: `agency urgency`.
pub(super) fn sort_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    let words = words.trim();
    if words.is_empty() {
        let names = SortKey::ALL.map(SortKey::name).join(", ");
        let how = describe_order(state);
        state.notice = Some(format!("{how}; :sort takes {names}, reversed"));
        return;
    }
    if "reversed".starts_with(words) {
        return reverse_order(state, effects);
    }
    let order = match SortOrder::parse(words) {
        Ok(order) => order,
        Err(message) => {
            state.notice = Some(message);
            return;
        }
    };
    set_order(state, order, effects);
}

/// Takes an order for the filter that is on, and remembers it for that.
pub(super) fn set_order(state: &mut State, order: SortOrder, effects: &mut Vec<Effect>) {
    state.filter.order = order;
    state
        .filter
        .order_by_filter
        .insert(state.filter.display_text(), order);
    state.notice = Some(describe_order(state));
    rerun_filter(state, effects);
}

/// How the list is sorted.
fn describe_order(state: &State) -> String {
    match state.filter.order {
        SortOrder::Time => "the newest stand first".to_owned(),
        SortOrder::Relevance if state.filter.query.is_empty() => {
            "what fits best stands first, once there is a filter".to_owned()
        }
        SortOrder::Relevance => "what fits best stands first".to_owned(),
        SortOrder::Sorted(sort) => format!("sorted by {sort}"),
    }
}
