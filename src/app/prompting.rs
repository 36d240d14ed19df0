//! Keys at the prompt of filter and search: what is typed takes hold at once; history, completion, a filter within a filter.

use super::filtering::set_filter;
use super::prompt::{Outcome, Prompt, Purpose};
use super::{Effect, State, speakers};
use crate::action::{Key, Pane};
use crate::filter::{CompletionTarget, Field};

/// Opens the prompt that `/` means in the pane that has the focus.
pub(super) fn open_prompt(state: &mut State) {
    state.prompt = Some(match state.focus {
        Pane::Reader | Pane::Quotes => {
            let mut prompt = Prompt::new(Purpose::Search, "");
            prompt.before.clone_from(&state.reader.search);
            prompt
        }
        _ => {
            let mut prompt = Prompt::new(Purpose::Filter, &state.filter.text);
            // What is typed now is a word of its own.
            if !state.filter.text.is_empty() && !state.filter.text.ends_with(' ') {
                let text = format!("{} ", state.filter.text);
                let end = text.chars().count();
                prompt.put(text, end);
            }
            prompt
        }
    });
    state.place_before = state.list.selected;
}

/// Opens the prompt for a filter within the one that is on.
pub(super) fn open_within(state: &mut State) {
    open_prompt(state);
    if state.filter.text.trim().is_empty() {
        return;
    }
    let wider = std::mem::take(&mut state.filter.text);
    state.filter.trail.push(wider);
    let mut prompt = Prompt::new(Purpose::Filter, "");
    prompt.within = true;
    state.prompt = Some(prompt);
}

/// Back to the filter that this one stands within, or to no filter.
pub(super) fn widen(state: &mut State, effects: &mut Vec<Effect>) {
    let wider = state.filter.trail.pop().unwrap_or_default();
    set_filter(state, &wider, effects);
}

/// A key at the prompt.
pub(super) fn prompt_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    let (purpose, outcome) = (prompt.purpose, prompt.key(key));
    match outcome {
        Outcome::Changed => changed(state, effects),
        Outcome::Accepted => accepted(state, effects),
        Outcome::Cancelled => cancelled(state, effects),
        Outcome::Move(by) if purpose == Purpose::Filter => state.list.step(by, &state.desk),
        Outcome::Recall(older) => {
            let history = match purpose {
                Purpose::Search => &state.searches,
                _ => &state.filter.history,
            };
            if prompt.recall(history, older) {
                changed(state, effects);
            }
        }
        Outcome::Complete(forward) if purpose == Purpose::Filter => {
            complete(state, forward);
            changed(state, effects);
        }
        Outcome::Move(_) | Outcome::Complete(_) | Outcome::Nothing => {}
    }
}

fn changed(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(prompt) = &state.prompt {
        let (purpose, text) = (prompt.purpose, prompt.text().to_owned());
        let field = CompletionTarget::at_end(prompt.parts().0).field;
        apply(state, purpose, &text, effects);
        if purpose == Purpose::Filter && field == Some(Field::Said) {
            speakers::ask_for_names(state, effects);
        }
    }
}

fn accepted(state: &mut State, effects: &mut Vec<Effect>) {
    // A filter that cannot be read is not in force: it is mended, or left with Esc.
    let wrong = |prompt: &Prompt| prompt.purpose == Purpose::Filter && state.filter.error.is_some();
    if state.prompt.as_ref().is_some_and(wrong) {
        return;
    }
    let Some(prompt) = state.prompt.take() else {
        return;
    };
    speakers::no_names(state, effects);
    let text = prompt.text();
    match prompt.purpose {
        Purpose::Search if !text.is_empty() => {
            state.searches.retain(|before| before != text);
            state.searches.push(text.to_owned());
            state.go_to_hit(true, true);
        }
        Purpose::Filter if prompt.within && text.trim().is_empty() => widen(state, effects),
        Purpose::Filter => {
            state.filter.remember();
            state.marks.remember_query(&state.filter.text);
        }
        _ => {}
    }
}

fn cancelled(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.take() else {
        return;
    };
    speakers::no_names(state, effects);
    if prompt.within {
        widen(state, effects);
    } else {
        apply(state, prompt.purpose, &prompt.before, effects);
    }
    state.list.selected = state.place_before;
    state.list.chosen = true;
    state.settle_rows();
}

/// Writes what the word before the cursor may become, the next candidate each time.
fn complete(state: &mut State, forward: bool) {
    let Some(prompt) = &state.prompt else { return };
    let mut completion = prompt.completion.clone();
    if let Some(completion) = &mut completion {
        completion.step(forward);
    } else {
        let (before, after) = prompt.parts();
        completion = state.completion(before, after);
    }
    let Some(prompt) = &mut state.prompt else {
        return;
    };
    if let Some(completion) = &completion {
        let (text, cursor) = completion.text();
        prompt.put(text, cursor);
    }
    prompt.completion = completion;
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
        Purpose::Sheet => super::narrowing::narrow(state, text),
        Purpose::Command | Purpose::Pipe => {}
    }
}
