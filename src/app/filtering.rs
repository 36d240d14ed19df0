//! The live filter, and what arrives while it is on: jobs with generation numbers, answers in batches, a selection that stays.

use std::sync::Arc;

use super::prompt::{Outcome, Prompt, Purpose};
use super::{Effect, Phase, State};
use crate::action::{Key, Pane};
use crate::desk::Segment;
use crate::filter::{Hits, Query};

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

/// Asks for the hits of the filter among all that is there now.
fn ask(state: &mut State, phase: Phase, effects: &mut Vec<Effect>) {
    state.filter.generation += 1;
    state.filter.stale = false;
    state.filter.phase = phase;
    let (generation, query) = (state.filter.generation, state.filter.query.clone());
    effects.push(Effect::Filter {
        generation,
        query,
        snapshot: state.desk.snapshot(),
    });
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
    let query = Query::parse(text);
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

/// Opens the prompt that `/` means in the pane that has the focus.
pub(super) fn open_prompt(state: &mut State) {
    state.prompt = Some(match state.focus {
        Pane::Reader | Pane::Quotes => {
            let mut prompt = Prompt::new(Purpose::Search, "");
            prompt.before.clone_from(&state.reader.search);
            prompt
        }
        Pane::List | Pane::Sheet | Pane::Speakers => {
            Prompt::new(Purpose::Filter, &state.filter.text)
        }
    });
    state.place_before = state.list.selected;
}

/// A key at the prompt.
pub(super) fn prompt_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    let (purpose, outcome) = (prompt.purpose, prompt.key(key));
    let text = prompt.text().to_owned();
    match outcome {
        Outcome::Changed => apply(state, purpose, &text, effects),
        Outcome::Accepted => {
            state.prompt = None;
            if purpose == Purpose::Search && !text.is_empty() {
                state.go_to_hit(true, true);
            }
        }
        Outcome::Cancelled => {
            if let Some(prompt) = state.prompt.take() {
                apply(state, purpose, &prompt.before, effects);
                state.list.selected = state.place_before;
                state.list.chosen = true;
                state.list.settle(&state.desk);
            }
        }
        Outcome::Move(by) if purpose == Purpose::Filter => state.list.step(by, &state.desk),
        Outcome::Move(_) | Outcome::Nothing => {}
    }
}

/// A pasted text goes into the prompt, where one is open.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    prompt.paste(text);
    let (purpose, text) = (prompt.purpose, prompt.text().to_owned());
    apply(state, purpose, &text, effects);
}

fn apply(state: &mut State, purpose: Purpose, text: &str, effects: &mut Vec<Effect>) {
    match purpose {
        Purpose::Filter => set_filter(state, text, effects),
        Purpose::Search => {
            text.clone_into(&mut state.reader.search);
            state.reader.find_hits(&state.filter.query);
        }
        Purpose::Speakers => super::speakers::narrow(state, text),
    }
}
