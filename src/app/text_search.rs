//! The search in texts for the second tier of the list: when it begins, what it finds, and the words around the hits of
//! the visible rows. Knows nothing of how texts are read.

use std::sync::Arc;
use std::time::Duration;

use crate::app::list::FilterPhase;
use crate::app::overlay::PromptKind;
use crate::app::state::{Effect, State};
use crate::app::text_tier::TextPhase;
use crate::filter::{Excerpt, Hits, TextSearch};
use crate::index::{EntryId, EntrySet};
use crate::jobs::Job;

/// How long the keys must rest while a filter is typed before texts are searched.
pub const TEXT_SEARCH_REST: Duration = Duration::from_millis(150);

/// Starts the tier anew, for another filter or order. Ends a search that is running.
pub(super) fn restart(state: &mut State, effects: &mut Vec<Effect>) {
    let typed = state.ui.prompt.as_ref().is_some_and(|prompt| prompt.kind == PromptKind::Filter);
    let filter = &mut state.session.filter;
    if filter.texts.phase.is_running() {
        effects.push(Effect::Spawn(Job::SearchTexts(TextSearch::default())));
    }
    filter.texts.is_due = !typed;
    filter.texts.restart(&filter.query);
}

/// Searches texts without waiting any longer, since the filter has been accepted.
pub(super) fn accept(state: &mut State, effects: &mut Vec<Effect>) {
    let texts = &mut state.session.filter.texts;
    texts.is_due = true;
    if texts.phase == TextPhase::TooShort {
        texts.phase = TextPhase::Waiting;
        keep_close_matches_back(state);
    }
    advance(state, effects);
}

/// The keys have rested since the filter of this generation was typed.
pub(super) fn receive_rest(state: &mut State, generation: u64, effects: &mut Vec<Effect>) {
    if state.rest_awaited() == Some(generation) {
        state.session.filter.texts.is_due = true;
        advance(state, effects);
    }
}

/// Switches the search in texts on or off, as the setting `texts` does.
pub(super) fn set_texts(state: &mut State, is_on: bool, effects: &mut Vec<Effect>) {
    if state.session.filter.texts.is_on == is_on {
        return;
    }
    let hits = plain_hits(state);
    state.session.filter.texts.is_on = is_on;
    restart(state, effects);
    if let Some(hits) = hits {
        show_hits(state, hits);
        state.rebuild_rows();
    }
    advance(state, effects);
}

/// The hits without the second tier: what the filter job found.
fn plain_hits(state: &State) -> Option<Hits> {
    let hits = state.ui.list.hits.as_deref()?;
    let [exact, _, close] = hits.tiers();
    let kept_back = &state.session.filter.texts.close;
    let ids = [exact, close, kept_back].concat();
    Some(Hits { ids, exact_count: exact.len(), ..Hits::default() })
}

/// Takes the close matches out of the list, where they were shown before the tier was wanted.
fn keep_close_matches_back(state: &mut State) {
    if let Some(hits) = plain_hits(state) {
        show_hits(state, hits);
        state.rebuild_rows();
    }
}

/// Shows what a filter job has found, with the second tier as far as it is known. The rows have to be rebuilt.
pub(super) fn show_hits(state: &mut State, mut hits: Hits) {
    let snapshot = || state.session.index.snapshot();
    let texts = &mut state.session.filter.texts;
    if texts.query.is_some() {
        if !texts.found.is_empty() && state.session.filter.query.is_time_dependent() {
            let exact = EntrySet::from_ids(&snapshot(), hits.tiers()[0]);
            texts.found.retain(|&id| exact.count_of(id) == 0);
        }
        let close = hits.ids.split_off(hits.exact_count);
        hits.ids.extend(&texts.found);
        hits.text_count = texts.found.len();
        if texts.phase.keeps_close_matches_back() {
            texts.close = close;
        } else if !close.is_empty() {
            let found = EntrySet::from_ids(&snapshot(), &texts.found);
            hits.ids.extend(close.into_iter().filter(|&id| found.count_of(id) == 0));
        }
    }
    state.ui.list.hits = Some(Arc::new(hits));
}

/// Starts the next search, if one is due: the first one, or one of what has arrived since.
pub(super) fn advance(state: &mut State, effects: &mut Vec<Effect>) {
    let filter = &state.session.filter;
    let (Some(query), Some(end)) = (&filter.texts.query, filter.run.complete_until) else {
        return;
    };
    // The rows on the screen may still be those of another filter.
    if matches!(filter.run.phase, FilterPhase::AwaitingHits | FilterPhase::ReceivingHits) {
        return;
    }
    let Some(hits) = state.ui.list.hits.clone() else {
        return;
    };
    let again = query.is_time_dependent();
    let (phase, start, before) = match filter.texts.phase {
        TextPhase::Waiting if filter.texts.is_due => (TextPhase::Searching, EntryId::FIRST, None),
        TextPhase::Complete if filter.texts.searched_until < end => {
            let start = if again { EntryId::FIRST } else { filter.texts.searched_until };
            // All of it is found again, or it is added to; both come in one piece, so that nothing moves twice.
            let before = if again { Vec::new() } else { filter.texts.found.clone() };
            (TextPhase::Updating, start, Some(before))
        }
        _ => return,
    };
    let job = TextSearch {
        generation: filter.texts.generation + 1,
        query: query.clone(),
        snapshot: state.session.index.snapshot(),
        order: filter.order,
        marks: state.session.marks.for_filter(phase == TextPhase::Updating),
        clock: state.session.now.map(|now| now.seconds),
        hits,
        ids: start..end,
        before,
    };
    let texts = &mut state.session.filter.texts;
    texts.generation = job.generation;
    texts.searched_until = end;
    texts.phase = phase;
    effects.push(Effect::Spawn(Job::SearchTexts(job)));
}

/// Takes in a part of the tier, unless another search has begun since.
pub(super) fn receive_texts(
    state: &mut State,
    (generation, progress): (u64, Option<(usize, usize)>),
    ids: Vec<EntryId>,
    excerpts: Vec<(EntryId, Excerpt)>,
    effects: &mut Vec<Effect>,
) {
    let texts = &mut state.session.filter.texts;
    if generation != texts.generation || !texts.phase.is_running() {
        return;
    }
    texts.store_excerpts(excerpts);
    let is_update = texts.phase == TextPhase::Updating;
    texts.progress = progress.filter(|_| !is_update);
    let done = progress.is_none();
    if done {
        texts.phase = TextPhase::Complete;
    }
    if !done && (is_update || ids.is_empty()) {
        return;
    }
    state.keep_read_entry_selected();
    if is_update {
        state.session.filter.texts.found = ids;
        if let Some(hits) = plain_hits(state) {
            show_hits(state, hits);
        }
    } else {
        append(state, &ids, done);
    }
    state.rebuild_rows();
    if done {
        advance(state, effects);
    }
}

/// Appends rows to the tier, and the close matches once it is complete.
fn append(state: &mut State, ids: &[EntryId], done: bool) {
    let Some(shown) = &mut state.ui.list.hits else {
        return;
    };
    let texts = &mut state.session.filter.texts;
    texts.found.extend(ids);
    let hits = Arc::make_mut(shown);
    // Close matches are kept back meanwhile, so that the tier is at the end.
    hits.ids.extend(ids);
    hits.text_count += ids.len();
    let close = if done { std::mem::take(&mut texts.close) } else { Vec::new() };
    if !close.is_empty() {
        let found = EntrySet::from_ids(&state.session.index.snapshot(), &texts.found);
        hits.ids.extend(close.into_iter().filter(|&id| found.count_of(id) == 0));
    }
}

/// Takes in the words around hits.
pub(super) fn receive_excerpts(state: &mut State, excerpts: Vec<(EntryId, Excerpt)>) {
    let texts = &mut state.session.filter.texts;
    if excerpts.iter().any(|(id, _)| texts.requested.contains(id)) {
        texts.requested.clear();
        texts.store_excerpts(excerpts);
    }
}

/// Asks for the words around the hits of the visible rows.
pub(super) fn request_excerpts(state: &mut State, effects: &mut Vec<Effect>) {
    let texts = &state.session.filter.texts;
    let rows = texts.rows();
    let (Some(query), false) = (&texts.query, rows.is_empty()) else {
        return;
    };
    let Some(area) = state.layout().list else {
        return;
    };
    let top = state.ui.list.top;
    let visible = rows.start.max(top)..rows.end.min(top + usize::from(area.height));
    let ids = state.ui.list.rows(&state.session.index).get(visible).unwrap_or_default();
    let missing: Vec<EntryId> =
        ids.iter().copied().filter(|id| texts.excerpt(*id).is_none()).collect();
    if missing.iter().all(|id| texts.requested.contains(id)) {
        return;
    }
    let job = Job::ReadExcerpts(missing.clone(), query.clone(), state.session.index.snapshot());
    effects.push(Effect::Spawn(job));
    state.session.filter.texts.requested = missing;
}

impl State {
    /// While a filter is typed and its texts are to be searched once the keys rest: the generation of that rest. The
    /// event loop sends [`super::Msg::Rested`] with it [`TEXT_SEARCH_REST`] after it has changed.
    #[must_use]
    pub fn rest_awaited(&self) -> Option<u64> {
        let texts = &self.session.filter.texts;
        let waits = texts.phase == TextPhase::Waiting && !texts.is_due;
        waits.then_some(texts.generation)
    }

    /// True while rows may still come from texts and none is there: Enter waits for the first.
    pub(super) fn awaits_first_row(&self) -> bool {
        let texts = &self.session.filter.texts;
        texts.phase.is_pending()
            && texts.is_due
            && self.ui.list.rows(&self.session.index).is_empty()
    }
}
