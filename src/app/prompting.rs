//! Keys at the prompt of filter and search: what is typed takes hold at once; history, completion, a filter within a filter.

use super::filtering::set_filter;
use super::prompt::{Prompt, PromptEvent, PromptKind};
use super::{Effect, State, speakers};
use crate::action::{Key, Pane};
use crate::filter::{CompletionTarget, Field};

/// Opens the prompt that `/` means in the pane that has the focus.
pub(super) fn open_prompt(state: &mut State) {
    state.prompt = Some(match state.focus {
        Pane::Reader | Pane::Quotes => {
            let mut prompt = Prompt::new(PromptKind::Search, "");
            prompt.before.clone_from(&state.reader.search);
            prompt
        }
        _ => {
            let mut prompt = Prompt::new(PromptKind::Filter, &state.filter.text);
            // What is typed now is a word of its own.
            if !state.filter.text.is_empty() && !state.filter.text.ends_with(' ') {
                let text = format!("{} ", state.filter.text);
                let end = text.chars().count();
                prompt.set_text(text, end);
            }
            prompt
        }
    });
    state.selection_before_prompt = state.list.selected;
}

/// Opens the prompt for a filter within the one that is on.
pub(super) fn open_nested_filter(state: &mut State) {
    open_prompt(state);
    if state.filter.text.trim().is_empty() {
        return;
    }
    let wider = std::mem::take(&mut state.filter.text);
    state.filter.outer_filters.push(wider);
    let mut prompt = Prompt::new(PromptKind::Filter, "");
    prompt.is_nested = true;
    state.prompt = Some(prompt);
}

/// Back to the filter that this one stands within, or to no filter.
pub(super) fn widen_filter(state: &mut State, effects: &mut Vec<Effect>) {
    let wider = state.filter.outer_filters.pop().unwrap_or_default();
    set_filter(state, &wider, effects);
}

/// A key at the prompt.
pub(super) fn handle_prompt_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    let (purpose, outcome) = (prompt.kind, prompt.handle_key(key));
    match outcome {
        PromptEvent::Changed => apply_typed_text(state, effects),
        PromptEvent::Accepted => accept_prompt(state, effects),
        PromptEvent::Cancelled => cancel_prompt(state, effects),
        PromptEvent::Move(by) if purpose == PromptKind::Filter => {
            state.list.move_selection(by, &state.index)
        }
        PromptEvent::Recall(older) => {
            let history = match purpose {
                PromptKind::Search => &state.search_history,
                _ => &state.filter.history,
            };
            if prompt.recall(history, older) {
                apply_typed_text(state, effects);
            }
        }
        PromptEvent::Complete(forward) if purpose == PromptKind::Filter => {
            complete_word(state, forward);
            apply_typed_text(state, effects);
        }
        PromptEvent::Move(_) | PromptEvent::Complete(_) | PromptEvent::Nothing => {}
    }
}

fn apply_typed_text(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(prompt) = &state.prompt {
        let (purpose, text) = (prompt.kind, prompt.text().to_owned());
        let field = CompletionTarget::at_end(prompt.split_at_cursor().0).field;
        apply_text(state, purpose, &text, effects);
        if purpose == PromptKind::Filter && field == Some(Field::Said) {
            speakers::request_names(state, effects);
        }
    }
}

fn accept_prompt(state: &mut State, effects: &mut Vec<Effect>) {
    // A filter that cannot be read is not in force: it is mended, or left with Esc.
    let wrong = |prompt: &Prompt| prompt.kind == PromptKind::Filter && state.filter.error.is_some();
    if state.prompt.as_ref().is_some_and(wrong) {
        return;
    }
    let Some(prompt) = state.prompt.take() else {
        return;
    };
    speakers::stop_names(state, effects);
    let text = prompt.text();
    match prompt.kind {
        PromptKind::Search if !text.is_empty() => {
            state.search_history.retain(|before| before != text);
            state.search_history.push(text.to_owned());
            state.go_to_hit(true, true);
        }
        PromptKind::Filter if prompt.is_nested && text.trim().is_empty() => {
            widen_filter(state, effects)
        }
        PromptKind::Filter => {
            state.filter.add_to_history();
            state.marks.remember_query(&state.filter.text);
        }
        _ => {}
    }
}

fn cancel_prompt(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.take() else {
        return;
    };
    speakers::stop_names(state, effects);
    if prompt.is_nested {
        widen_filter(state, effects);
    } else {
        apply_text(state, prompt.kind, &prompt.before, effects);
    }
    state.list.selected = state.selection_before_prompt;
    state.list.user_selected = true;
    state.rebuild_rows();
}

/// Writes what the word before the cursor may become, the next candidate each time.
fn complete_word(state: &mut State, forward: bool) {
    let Some(prompt) = &state.prompt else { return };
    let mut completion = prompt.completion.clone();
    if let Some(completion) = &mut completion {
        completion.step(forward);
    } else {
        let (before, after) = prompt.split_at_cursor();
        completion = state.find_completion(before, after);
    }
    let Some(prompt) = &mut state.prompt else {
        return;
    };
    if let Some(completion) = &completion {
        let (text, cursor) = completion.text();
        prompt.set_text(text, cursor);
    }
    prompt.completion = completion;
}

/// A pasted text goes into the prompt, where one is open.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    prompt.paste(text);
    let (purpose, text) = (prompt.kind, prompt.text().to_owned());
    apply_text(state, purpose, &text, effects);
}

fn apply_text(state: &mut State, purpose: PromptKind, text: &str, effects: &mut Vec<Effect>) {
    match purpose {
        PromptKind::Filter => set_filter(state, text, effects),
        PromptKind::Search => {
            text.clone_into(&mut state.reader.search);
            state.reader.find_hits(&state.filter.query);
        }
        PromptKind::Speakers => super::speakers::set_speakers_filter(state, text),
        PromptKind::Sheet => super::narrowing::set_sheet_filter(state, text),
        PromptKind::Command | PromptKind::Pipe => {}
    }
}
