//! The live filter, and what arrives while it is on: jobs with generation numbers, answers in batches, a selection that stays.

use std::sync::Arc;

use super::prompt::{Outcome, Prompt, Purpose};
use super::{Effect, State};
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
        if !state.filter.running {
            ask(state, effects);
        }
    }
}

/// A dispatch that is being read stays the selected one, also where the reader never chose a row.
fn hold_what_is_read(state: &mut State) {
    state.list.chosen |= state.focus != Pane::List || state.reader.scroll > 0;
}

/// Asks for the hits of the filter among all that is there now.
fn ask(state: &mut State, effects: &mut Vec<Effect>) {
    state.filter.generation += 1;
    state.filter.stale = false;
    state.filter.running = true;
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
    done: bool,
    effects: &mut Vec<Effect>,
) {
    if generation != state.filter.generation || state.filter.query.is_empty() {
        return;
    }
    // While a query is run again over more entries, its old hits stand until all the new ones are there.
    if done || state.filter.awaited {
        state.filter.awaited = false;
        hold_what_is_read(state);
        state.list.hits = Some(Arc::new(hits));
        state.list.settle(&state.desk);
    }
    if done {
        state.filter.running = false;
        if state.filter.stale {
            ask(state, effects);
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
    text.clone_into(&mut state.filter.text);
    if query == state.filter.query {
        return;
    }
    let was_empty = state.filter.query.is_empty();
    state.filter.query = query;
    state.reader.find_hits(&state.filter.query);
    if state.filter.query.is_empty() {
        // Back to the whole list, with the selection where it is.
        state.filter.running = false;
        state.filter.awaited = false;
        state.list.hits = None;
        state.list.chosen = !was_empty && state.list.selected.is_some();
        state.list.settle(&state.desk);
    } else {
        state.list.chosen = false;
        state.filter.awaited = true;
        ask(state, effects);
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
        Pane::List | Pane::Sheet => Prompt::new(Purpose::Filter, &state.filter.text),
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
    }
}
