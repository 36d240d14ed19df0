//! The prompt: editing, history, completion with Tab; and the keys at the prompt for a filter or a search. Knows
//! nothing of what the text means.

use tui_input::{Input, InputRequest};

use crate::action::{Code, Key, Pane};
use crate::app::filter::set_filter;
use crate::app::messages::Effect;
use crate::app::state::State;
use crate::app::{panel, speakers};
use crate::filter::{CompletionTarget, Field, quote_value};
use crate::index::{EntryId, InternedColumn};

/// What is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A filter for the list.
    Filter,
    /// A search in the text of the open dispatch.
    Search,
    /// Words to narrow the topmost overlay by.
    Narrow,
    /// A command by name.
    Command,
    /// A shell command to pipe to.
    Pipe,
}

/// An open prompt.
#[derive(Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    input: Input,
    /// The text to restore when cancelled.
    pub before: String,
    /// The entry that was selected when the prompt was opened.
    selected_before: Option<EntryId>,
    /// The prompt edits a filter within the current one.
    pub is_nested: bool,
    /// Candidates for the word before the cursor, once Tab has been pressed.
    pub completion: Option<Completion>,
    /// Steps back in the history, and the text that was being typed before.
    recalled: Option<(usize, String)>,
}

/// The result of a key at the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptEvent {
    /// The text has changed.
    Changed,
    Accepted,
    Cancelled,
    /// Moves the selection behind the prompt by a number of rows.
    Move(isize),
    /// Recalls an older (`true`) or newer text from the history.
    Recall(bool),
    /// Completes the word before the cursor with the next (`true`) or previous candidate.
    Complete(bool),
    Nothing,
}

/// Longest text that can be typed or pasted, in characters. A filter is parsed at every key, so a pasted page must not
/// end up in it.
const MAX_PROMPT_CHARS: usize = 1_000;

impl Prompt {
    /// A prompt with an initial text to edit.
    #[must_use]
    pub fn new(kind: PromptKind, text: &str) -> Self {
        Self {
            kind,
            input: Input::new(text.to_owned()),
            before: text.to_owned(),
            selected_before: None,
            is_nested: false,
            completion: None,
            recalled: None,
        }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Column of the cursor in the text.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Inserts pasted text: its first line, without control characters.
    pub fn paste(&mut self, text: &str) {
        // The candidates were for the text without it.
        self.completion = None;
        let line = text.lines().next().unwrap_or("");
        let letters = line.chars().filter(|c| !c.is_control());
        letters.take(MAX_PROMPT_CHARS).for_each(|c| self.insert(c));
    }

    /// The text before and after the cursor.
    #[must_use]
    pub fn split_at_cursor(&self) -> (&str, &str) {
        let text = self.input.value();
        let at = text.char_indices().nth(self.input.cursor());
        text.split_at(at.map_or(text.len(), |(at, _)| at))
    }

    /// Replaces the text, with the cursor after this number of characters.
    pub fn set_text(&mut self, text: String, cursor: usize) {
        self.input = Input::new(text).with_cursor(cursor);
    }

    /// Replaces the text by an older or newer one from `history` (newest last), or finally by what was being typed.
    /// False at either end.
    pub fn recall(&mut self, history: &[String], older: bool) -> bool {
        let back = self.recalled.as_ref().map_or(0, |(back, _)| *back);
        let Some(next) = back.checked_add_signed(if older { 1 } else { -1 }) else {
            return false;
        };
        if next > history.len() {
            return false;
        }
        // What was being typed stays reachable, after the newest text of the history.
        let own = match self.recalled.take() {
            Some((_, own)) => own,
            None => self.text().to_owned(),
        };
        let text = match next {
            0 => own.clone(),
            _ => history[history.len() - next].clone(),
        };
        let cursor = text.chars().count();
        self.set_text(text, cursor);
        self.recalled = Some((next, own));
        true
    }

    /// Inserts a character at the cursor, unless the text is at its limit.
    fn insert(&mut self, c: char) {
        if self.input.value().chars().count() < MAX_PROMPT_CHARS {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// Handles a key. The bindings are those of readline and not configurable. Backspace in an empty prompt closes it.
    pub fn handle_key(&mut self, key: Key) -> PromptEvent {
        let before = self.input.value().len();
        if !matches!(key.code, Code::Tab | Code::BackTab) {
            self.completion = None;
        }
        let request = match (key.code, key.ctrl) {
            (Code::Enter, _) => return PromptEvent::Accepted,
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return PromptEvent::Cancelled,
            (Code::Down, _) => return PromptEvent::Move(1),
            (Code::Up, _) => return PromptEvent::Move(-1),
            (Code::Char('n'), true) => return PromptEvent::Recall(false),
            (Code::Char('p'), true) => return PromptEvent::Recall(true),
            (Code::Tab, _) => return PromptEvent::Complete(true),
            (Code::BackTab, _) => return PromptEvent::Complete(false),
            (Code::PageDown, _) => return PromptEvent::Move(10),
            (Code::PageUp, _) => return PromptEvent::Move(-10),
            (Code::Backspace, _) | (Code::Char('h'), true) if before == 0 => {
                return PromptEvent::Cancelled;
            }
            (Code::Backspace, _) | (Code::Char('h'), true) => InputRequest::DeletePrevChar,
            (Code::Delete, _) | (Code::Char('d'), true) => InputRequest::DeleteNextChar,
            (Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (Code::Char('u'), true) => InputRequest::DeleteLine,
            (Code::Char('k'), true) => InputRequest::DeleteTillEnd,
            (Code::Left, _) | (Code::Char('b'), true) => InputRequest::GoToPrevChar,
            (Code::Right, _) | (Code::Char('f'), true) => InputRequest::GoToNextChar,
            (Code::Home, _) | (Code::Char('a'), true) => InputRequest::GoToStart,
            (Code::End, _) | (Code::Char('e'), true) => InputRequest::GoToEnd,
            (Code::Char(c), false) if !key.alt && !c.is_control() => {
                self.insert(c);
                return PromptEvent::Changed;
            }
            _ => return PromptEvent::Nothing,
        };
        match self.input.handle(request) {
            Some(change) if change.value => PromptEvent::Changed,
            _ => PromptEvent::Nothing,
        }
    }
}

// The prompt for a filter or a search: the text takes effect at every key.

/// Opens the prompt of the focused pane: a search in the reader and the quotes pane, a filter in the list.
pub(super) fn open_prompt(state: &mut State) {
    let mut prompt = match state.ui.focus {
        Pane::Reader | Pane::Quotes => {
            let mut prompt = Prompt::new(PromptKind::Search, "");
            // A search starts empty, but cancelling restores the old one.
            prompt.before.clone_from(&state.ui.reader.search);
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
        PromptEvent::Move(_) | PromptEvent::Complete(_) | PromptEvent::Nothing => {}
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
            speakers::request_names(state, effects);
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
    speakers::stop_names(state, effects);
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
            state.session.filter.add_to_history();
            state
                .session
                .marks
                .remember_query(&state.session.filter.text);
        }
        _ => {}
    }
}

/// Closes the prompt and restores the text and the selection from before.
fn cancel_prompt(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.ui.prompt.take() else {
        return;
    };
    speakers::stop_names(state, effects);
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

/// Inserts pasted text into the prompt. Without a prompt it is ignored, so that its letters do not act as keys.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.ui.prompt.as_mut() else {
        return;
    };
    prompt.paste(text);
    let (kind, text) = (prompt.kind, prompt.text().to_owned());
    apply_text(state, kind, &text, effects);
}

/// Applies a text to what the prompt edits. Commands take effect only when accepted.
fn apply_text(state: &mut State, kind: PromptKind, text: &str, effects: &mut Vec<Effect>) {
    match kind {
        PromptKind::Filter => set_filter(state, text, effects),
        PromptKind::Search => {
            text.clone_into(&mut state.ui.reader.search);
            state.ui.reader.find_hits(&state.session.filter.query);
        }
        PromptKind::Narrow => panel::set_words(state, text),
        PromptKind::Command | PromptKind::Pipe => {}
    }
}

// Completion: candidates from the filter language and from the loaded entries.

/// Most candidates offered. Nobody steps through more with Tab.
const MAX_CANDIDATES: usize = 60;

/// Letters that must be typed before places and agencies are offered for a word without a field. Fewer match too many.
const MIN_LETTERS: usize = 2;

/// Candidates for the word before the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// For each, the text to show and the text to insert.
    pub candidates: Vec<(String, String)>,
    /// Index of the inserted candidate.
    pub current: usize,
    /// The text before the word; `after` is the text after it.
    pub before: String,
    pub after: String,
}

impl Completion {
    /// The text with the candidate inserted, and the cursor behind it, in characters.
    #[must_use]
    pub fn text(&self) -> (String, usize) {
        let word = self
            .candidates
            .get(self.current)
            .map_or("", |(_, word)| word);
        let front = format!("{}{word}", self.before);
        let cursor = front.chars().count();
        (front + &self.after, cursor)
    }

    /// Moves to the next or previous candidate, around the ends.
    pub fn step(&mut self, forward: bool) {
        let count = self.candidates.len().max(1);
        self.current = (self.current + if forward { 1 } else { count - 1 }) % count;
    }
}

impl State {
    /// The candidates for the word before the cursor; `None` if there are none.
    pub(super) fn find_completion(&self, before: &str, after: &str) -> Option<Completion> {
        let slot = CompletionTarget::at_end(before);
        let mut candidates: Vec<(String, String)> = slot
            .suggestions()
            .into_iter()
            .map(|name| (name.clone(), name))
            .collect();
        let columns: &[InternedColumn] = match slot.field {
            None if slot.partial.chars().count() < MIN_LETTERS => &[],
            None => &[
                InternedColumn::Agency,
                InternedColumn::Place,
                InternedColumn::Country,
            ],
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
                value
                    .split("; ")
                    .filter(|v| !v.is_empty())
                    .for_each(&mut offer);
            }
        }
        if slot.field == Some(Field::Said) {
            let open = self.shown_document().into_iter().flat_map(|d| &d.speakers);
            open.filter_map(|s| s.name.as_deref()).for_each(&mut offer);
            self.session
                .speakers
                .rows
                .iter()
                .for_each(|row| offer(row.name.as_str()));
        }
        candidates.truncate(MAX_CANDIDATES);
        (!candidates.is_empty()).then(|| Completion {
            candidates,
            current: 0,
            before: before[..slot.start].to_owned(),
            after: after.to_owned(),
        })
    }
}
