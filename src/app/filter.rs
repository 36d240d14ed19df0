//! The live filter of the list, its sort order, and the prompt in which it is typed. Knows nothing of how a query is
//! run: a job does that, with a generation number, and answers in batches.

use std::sync::Arc;

use crate::action::{Action, Key, Pane};
use crate::app::list::FilterPhase;
use crate::app::overlay::{Completion, Prompt, PromptEvent, PromptKind};
use crate::app::quotes;
use crate::app::reader::ScrollTarget;
use crate::app::state::{Effect, State};
use crate::app::text_search;
use crate::filter::{
    Arrivals, CompletionTarget, Field, FilterJob, Hits, Query, Sort, SortKey, SortOrder,
    quote_value,
};
use crate::index::{EntryId, InternedColumn};
use crate::jobs::Job;

/// Rebuilds the rows if entries have arrived since the last time.
pub(super) fn catch_up(state: &mut State) {
    if state.rows_wait() {
        state.keep_read_entry_selected();
        state.rebuild_rows();
    }
}

/// Starts a job for the filter over all current entries. A filter on marks waits until they have been loaded, see
/// `update::receive_saved_marks`.
pub(super) fn start_filter_job(state: &mut State, phase: FilterPhase, effects: &mut Vec<Effect>) {
    state.session.filter.run.generation += 1;
    if state.session.marks.is_loading && state.session.filter.query.needs_marks() {
        state.session.filter.run.phase = phase;
        return;
    }
    let end = state.session.index.end_id();
    let filter = &mut state.session.filter;
    filter.run.needs_rerun = false;
    filter.run.phase = phase;
    if phase == FilterPhase::AwaitingHits {
        filter.run.complete_until = None;
    }
    filter.run.until = end;
    // Texts are not read again for what has arrived since, unless other verdicts may have changed with it.
    let alone = phase == FilterPhase::Rerunning
        && filter.query.needs_body()
        && !filter.query.is_time_dependent();
    let before = state.ui.list.hits.as_ref().filter(|_| alone).zip(filter.run.complete_until);
    let arrivals = before.map(|(hits, first)| Arrivals { first, before: Arc::clone(hits) });
    effects.push(Effect::Spawn(Job::RunFilter(FilterJob {
        generation: filter.run.generation,
        query: filter.query.clone(),
        snapshot: state.session.index.snapshot(),
        order: filter.order,
        marks: state.session.marks.for_filter(phase == FilterPhase::Rerunning),
        is_rerun: phase == FilterPhase::Rerunning,
        arrivals,
        clock: state.session.now.map(|now| now.seconds),
    })));
}

/// Runs a filter that depends on the clock again, after an embargo has ended.
pub(super) fn rerun_for_clock(state: &mut State, effects: &mut Vec<Effect>) {
    let filter = &state.session.filter;
    if filter.needs_job() && filter.query.needs_clock() {
        let phase = match filter.run.phase {
            FilterPhase::Idle => FilterPhase::Rerunning,
            phase => phase,
        };
        // The second tier is searched again, too.
        state.session.filter.texts.searched_until = EntryId::FIRST;
        start_filter_job(state, phase, effects);
    }
}

/// Takes in a batch of hits. While a filter runs again over more entries, only the last batch is shown. False if a newer
/// filter has been set since.
pub(super) fn receive_hits(
    state: &mut State,
    generation: u64,
    hits: Hits,
    progress: Option<(usize, usize)>,
    effects: &mut Vec<Effect>,
) -> bool {
    if generation != state.session.filter.run.generation || !state.session.filter.needs_job() {
        return false;
    }
    let done = progress.is_none();
    state.session.filter.run.progress = progress.filter(|(_, open)| *open > 0);
    if done || state.session.filter.run.phase != FilterPhase::Rerunning {
        // A new query reports its batches at once; a rerun waits for the last one. The first batch of a new query is
        // shown from its top.
        let is_first = state.session.filter.run.phase == FilterPhase::AwaitingHits;
        if !is_first || state.ui.focus != Pane::List {
            state.keep_read_entry_selected();
        }
        text_search::show_hits(state, hits);
        state.rebuild_rows();
        state.session.filter.run.phase = FilterPhase::ReceivingHits;
    }
    if done {
        state.session.filter.run.phase = FilterPhase::Idle;
        state.session.filter.run.complete_until = Some(state.session.filter.run.until);
        // Entries arrived while the job was running on an older snapshot.
        if state.session.filter.run.needs_rerun {
            start_filter_job(state, FilterPhase::Rerunning, effects);
        }
        text_search::advance(state, effects);
    }
    true
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
    state.find_fitting_quotes();
    if state.ui.focus == Pane::List && !state.ui.reader.quote_walk.fitting.is_empty() {
        state.set_scroll_target(ScrollTarget::FirstMatch);
    }
    if state.ui.prompt.is_none() {
        end_search_for_quotes(state);
    }
    let filter = &mut state.session.filter;
    if let Some(&order) = filter.order_by_filter.get(&filter.display_text()) {
        filter.order = order;
    }
    text_search::restart(state, effects);
    if state.session.filter.needs_job() {
        state.ui.list.user_selected = false;
        start_filter_job(state, FilterPhase::AwaitingHits, effects);
    } else {
        // Without a filter the whole list is back, around the selected entry.
        state.ui.list.user_selected = !was_empty && state.ui.list.selected.is_some();
        show_all_entries(state);
    }
}

/// Ends the search in the text if a filter for quotes has been set since, so that `n` goes through these quotes.
fn end_search_for_quotes(state: &mut State) {
    let reader = &mut state.ui.reader;
    if state.ui.focus == Pane::List && reader.quote_walk.is_filtered {
        reader.search.text.clear();
        reader.find_hits(&state.session.filter.query);
    }
}

/// Shows the whole index.
fn show_all_entries(state: &mut State) {
    state.session.filter.run.phase = FilterPhase::Idle;
    state.session.filter.run.progress = None;
    state.session.filter.run.complete_until = None;
    state.ui.list.hits = None;
    state.rebuild_rows();
}

/// Runs the filter again after a change of the order, and shows the list from its top.
fn rerun_filter(state: &mut State, effects: &mut Vec<Effect>) {
    state.ui.list.user_selected = false;
    text_search::restart(state, effects);
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
        SortOrder::Time => SortOrder::Sorted(Sort { reversed: true, ..Sort::by(SortKey::Time) }),
        // Reversing twice returns to the order of the index, which needs no job.
        SortOrder::Sorted(sort) if sort.by == SortKey::Time && sort.then.is_none() => {
            SortOrder::Time
        }
        SortOrder::Sorted(sort) => SortOrder::Sorted(Sort { reversed: !sort.reversed, ..sort }),
        SortOrder::Relevance => {
            return state.say("best matches stay first");
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
        state.say(format!("{order}; :sort takes {names}, reversed"));
        return;
    }
    if "reversed".starts_with(words) {
        return reverse_order(state, effects);
    }
    let order = match SortOrder::parse(words) {
        Ok(order) => order,
        Err(message) => {
            return state.say(message);
        }
    };
    set_order(state, order, effects);
}

/// Sets the order for the current filter.
pub(super) fn set_order(state: &mut State, order: SortOrder, effects: &mut Vec<Effect>) {
    let filter = &mut state.session.filter;
    filter.order = order;
    filter.order_by_filter.insert(filter.display_text(), order);
    state.say(describe_order(state));
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

// The prompt for a filter or a search: the text takes effect at every key.

/// Opens the prompt of the focused pane: a search in the reader and the quotes pane, a filter in the list.
pub(super) fn open_prompt(state: &mut State) {
    let mut prompt = match state.ui.focus {
        Pane::Reader | Pane::Quotes => {
            let mut prompt = Prompt::new(PromptKind::Search, "");
            // A search starts empty, but cancelling restores the old one.
            prompt.before.clone_from(&state.ui.reader.search.text);
            prompt
        }
        _ => {
            let mut prompt = Prompt::new(PromptKind::Filter, &state.session.filter.text);
            // What is typed next is another word.
            if !state.session.filter.text.is_empty() && !state.session.filter.text.ends_with(' ') {
                let text = format!("{} ", state.session.filter.text);
                let end = text.chars().count();
                prompt.set_text(text, end);
            }
            prompt
        }
    };
    prompt.selected_before = state.ui.list.selected;
    state.ui.prompt = Some(prompt);
}

/// Opens the prompt for a filter within the current one.
pub(super) fn open_nested_filter(state: &mut State) {
    open_prompt(state);
    if state.session.filter.text.trim().is_empty() {
        return;
    }
    let outer = std::mem::take(&mut state.session.filter.text);
    state.session.filter.outer_filters.push(outer);
    let mut prompt = Prompt::new(PromptKind::Filter, "");
    prompt.is_nested = true;
    prompt.selected_before = state.ui.list.selected;
    state.ui.prompt = Some(prompt);
}

/// Returns to the filter around the current one, or removes the filter.
pub(super) fn widen_filter(state: &mut State, effects: &mut Vec<Effect>) {
    let outer = state.session.filter.outer_filters.pop().unwrap_or_default();
    set_filter(state, &outer, effects);
}

/// Handles a key at the prompt for a filter or a search.
pub(super) fn handle_prompt_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.ui.prompt.as_mut() else {
        return;
    };
    let (kind, event) = (prompt.kind, prompt.handle_key(key));
    match event {
        PromptEvent::Changed => apply_typed_text(state, effects),
        PromptEvent::Accepted => accept_prompt(state, effects),
        PromptEvent::Cancelled => cancel_prompt(state, effects),
        PromptEvent::Move(by) if kind == PromptKind::Filter => {
            state.ui.list.move_selection(by, &state.session.index);
        }
        PromptEvent::Recall(older) => {
            let history = match kind {
                PromptKind::Search => &state.ui.history.searches,
                _ => &state.session.filter.history,
            };
            if prompt.recall(history, older) {
                apply_typed_text(state, effects);
            }
        }
        PromptEvent::Complete(forward) if kind == PromptKind::Filter => {
            complete_word(state, forward);
            apply_typed_text(state, effects);
        }
        PromptEvent::ToggleTexts if kind == PromptKind::Filter => {
            let is_on = state.session.filter.texts.is_on;
            text_search::set_texts(state, !is_on, effects);
        }
        PromptEvent::Move(_)
        | PromptEvent::Complete(_)
        | PromptEvent::ToggleTexts
        | PromptEvent::Nothing => {}
    }
}

/// Applies the text of the prompt. While a speaker is being typed, also asks for names to complete.
fn apply_typed_text(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(prompt) = &state.ui.prompt {
        let (kind, text) = (prompt.kind, prompt.text().to_owned());
        // Names are counted only when `said:` is being typed: that reads thousands of dispatches.
        let field = CompletionTarget::at_end(prompt.split_at_cursor().0).field;
        apply_text(state, kind, &text, effects);
        if kind == PromptKind::Filter && field == Some(Field::Said) {
            quotes::request_names(state, effects);
        }
    }
}

/// Closes the prompt and keeps its text.
fn accept_prompt(state: &mut State, effects: &mut Vec<Effect>) {
    // An invalid filter is not accepted: it can be corrected, or cancelled with Esc.
    let wrong =
        |prompt: &Prompt| prompt.kind == PromptKind::Filter && state.session.filter.error.is_some();
    if state.ui.prompt.as_ref().is_some_and(wrong) {
        return;
    }
    let Some(prompt) = state.ui.prompt.take() else {
        return;
    };
    quotes::stop_names(state, effects);
    let text = prompt.text();
    match prompt.kind {
        PromptKind::Search if !text.is_empty() => {
            state.ui.history.searches.retain(|before| before != text);
            state.ui.history.searches.push(text.to_owned());
            state.go_to_hit(true, true);
        }
        // Nothing was typed within the outer filter: it is the current one again.
        PromptKind::Filter if prompt.is_nested && text.trim().is_empty() => {
            widen_filter(state, effects);
        }
        PromptKind::Filter => {
            end_search_for_quotes(state);
            state.session.filter.add_to_history();
            state.session.marks.remember_query(&state.session.filter.text);
            text_search::accept(state, effects);
        }
        _ => {}
    }
}

/// Closes the prompt and restores the text and the selection from before.
fn cancel_prompt(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.ui.prompt.take() else {
        return;
    };
    quotes::stop_names(state, effects);
    if prompt.is_nested {
        widen_filter(state, effects);
    } else {
        apply_text(state, prompt.kind, &prompt.before, effects);
    }
    // Filtering moved the selection to the first hit.
    state.ui.list.selected = prompt.selected_before;
    state.ui.list.user_selected = true;
    state.rebuild_rows();
}

/// Completes the word before the cursor; each further Tab puts in the next candidate.
fn complete_word(state: &mut State, forward: bool) {
    let Some(prompt) = &state.ui.prompt else {
        return;
    };
    let mut completion = prompt.completion.clone();
    if let Some(completion) = &mut completion {
        completion.step(forward);
    } else {
        let (before, after) = prompt.split_at_cursor();
        completion = state.find_completion(before, after);
    }
    let Some(prompt) = &mut state.ui.prompt else {
        return;
    };
    if let Some(completion) = &completion {
        let (text, cursor) = completion.text();
        prompt.set_text(text, cursor);
    }
    prompt.completion = completion;
}

/// Applies a text to what the prompt edits. Commands take effect only when accepted.
pub(super) fn apply_text(
    state: &mut State,
    kind: PromptKind,
    text: &str,
    effects: &mut Vec<Effect>,
) {
    match kind {
        PromptKind::Filter => set_filter(state, text, effects),
        PromptKind::Search => {
            text.clone_into(&mut state.ui.reader.search.text);
            state.ui.reader.find_hits(&state.session.filter.query);
        }
        PromptKind::Narrow | PromptKind::Command | PromptKind::Pipe => {}
    }
}

// Completion: candidates from the filter language and from the loaded entries.

/// Most candidates offered. Nobody steps through more with Tab.
const MAX_CANDIDATES: usize = 60;

/// Letters that must be typed before places and agencies are offered for a word without a field. Fewer match too many.
const MIN_LETTERS: usize = 2;

impl State {
    /// The candidates for the word before the cursor; `None` if there are none.
    pub(super) fn find_completion(&self, before: &str, after: &str) -> Option<Completion> {
        let slot = CompletionTarget::at_end(before);
        let mut candidates: Vec<(String, String)> =
            slot.suggestions().into_iter().map(|name| (name.clone(), name)).collect();
        let columns: &[InternedColumn] = match slot.field {
            None if slot.partial.chars().count() < MIN_LETTERS => &[],
            None => &[InternedColumn::Agency, InternedColumn::Place, InternedColumn::Country],
            Some(Field::From) => &[InternedColumn::Agency],
            Some(Field::At) => &[InternedColumn::Place, InternedColumn::Country],
            Some(Field::By) => &[InternedColumn::Byline],
            Some(Field::About) => &[InternedColumn::Subjects],
            Some(Field::Lang) => &[InternedColumn::Language],
            Some(Field::Slug) => &[InternedColumn::Slug],
            Some(_) => &[],
        };
        let mut offer = |value: &str| {
            let word = quote_value(value);
            if slot.accepts_value(value) && candidates.iter().all(|(_, known)| *known != word) {
                candidates.push((value.to_owned(), word));
            }
        };
        for &column in columns {
            // A value of the subjects column is a list.
            for value in self.session.index.values(column) {
                value.split("; ").filter(|v| !v.is_empty()).for_each(&mut offer);
            }
        }
        if slot.field == Some(Field::Said) {
            let open = self.shown_document().into_iter().flat_map(|d| &d.speakers);
            open.filter_map(|s| s.name.as_deref()).for_each(&mut offer);
            self.session.speakers.rows.iter().for_each(|row| offer(row.name.as_str()));
        }
        candidates.truncate(MAX_CANDIDATES);
        (!candidates.is_empty()).then(|| Completion {
            candidates,
            help: Vec::new(),
            current: 0,
            before: before[..slot.start].to_owned(),
            after: after.to_owned(),
        })
    }
}
