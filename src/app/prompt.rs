//! The prompt at which a filter or a search is typed: editing, history, completion with Tab.

use tui_input::{Input, InputRequest};

use crate::action::{Code, Key, Pane};
use crate::app::filter::set_filter;
use crate::app::speakers;
use crate::app::state::State;
use crate::app::update::Effect;
use crate::filter::{CompletionTarget, Field, quote_value};
use crate::index::InternedColumn;

/// What is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    Filter,
    Search,
    /// Narrows the speakers.
    Speakers,
    /// A command by name.
    Command,
    /// Narrows the sheet that is open.
    Sheet,
    /// A program that gets what is current.
    Pipe,
}

/// A prompt that is open.
#[derive(Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    input: Input,
    /// What stood before, to go back to.
    pub before: String,
    /// Opened for a filter within the one that is on.
    pub is_nested: bool,
    /// What Tab offers for the word that is being typed.
    pub completion: Option<Completion>,
    /// How far back in what was typed before, and what was being typed.
    recalled: Option<(usize, String)>,
}

/// What a key did at the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptEvent {
    Changed,
    Accepted,
    Cancelled,
    /// Up or down: moves the list.
    Move(isize),
    /// What was typed before, or after that.
    Recall(bool),
    /// Completes the word that is being typed, with the next candidate or the one before.
    Complete(bool),
    Nothing,
}

/// Longest text that can be typed or pasted, in characters.
const MAX_PROMPT_CHARS: usize = 1_000;

impl Prompt {
    /// Opens a prompt with a text to edit.
    #[must_use]
    pub fn new(purpose: PromptKind, text: &str) -> Self {
        Self {
            kind: purpose,
            input: Input::new(text.to_owned()),
            before: text.to_owned(),
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

    /// Columns before the cursor.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Puts a pasted text in: its first line, without controls.
    pub fn paste(&mut self, text: &str) {
        // What Tab offered was for the text without it.
        self.completion = None;
        let line = text.lines().next().unwrap_or("");
        let letters = line.chars().filter(|c| !c.is_control());
        letters.take(MAX_PROMPT_CHARS).for_each(|c| self.insert(c));
    }

    /// The text before the cursor, and after it.
    #[must_use]
    pub fn split_at_cursor(&self) -> (&str, &str) {
        let text = self.input.value();
        let at = text.char_indices().nth(self.input.cursor());
        text.split_at(at.map_or(text.len(), |(at, _)| at))
    }

    /// Puts another text in, with the cursor after so many characters.
    pub fn set_text(&mut self, text: String, cursor: usize) {
        self.input = Input::new(text).with_cursor(cursor);
    }

    /// Puts in what was typed before, `history` being that with the newest last; false where there is no more.
    pub fn recall(&mut self, history: &[String], older: bool) -> bool {
        let back = self.recalled.as_ref().map_or(0, |(back, _)| *back);
        let Some(next) = back.checked_add_signed(if older { 1 } else { -1 }) else {
            return false;
        };
        if next > history.len() {
            return false;
        }
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

    fn insert(&mut self, c: char) {
        if self.input.value().chars().count() < MAX_PROMPT_CHARS {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// Takes a key.
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

// Keys at the prompt of filter and search: what is typed takes hold at once; history, completion, a filter within
// a filter.

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
            state.list.move_selection(by, &state.index);
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
            widen_filter(state, effects);
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
        PromptKind::Speakers => crate::app::speakers::set_speakers_filter(state, text),
        PromptKind::Sheet => crate::app::sheet::set_sheet_filter(state, text),
        PromptKind::Command | PromptKind::Pipe => {}
    }
}

// Completion at the prompt: what the word that is being typed may become, by the tables and by what is at hand.

/// Most candidates that are offered.
const MAX_CANDIDATES: usize = 60;

/// Letters that must be there before places and agencies are offered without a field.
const MIN_LETTERS: usize = 2;

/// Candidates for the word that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown of each, and what is written.
    pub candidates: Vec<(String, String)>,
    /// The one that is written now.
    pub current: usize,
    /// The text before the word, and after it.
    pub before: String,
    pub after: String,
}

impl Completion {
    /// The text with the candidate written, and its cursor in characters.
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

    /// Goes to the next candidate, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = self.candidates.len().max(1);
        self.current = (self.current + if forward { 1 } else { count - 1 }) % count;
    }
}

impl State {
    /// What the word before the cursor may become; `None` where nothing is known.
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
            // Subjects stand several in one text.
            for value in self.index.values(column) {
                value
                    .split("; ")
                    .filter(|v| !v.is_empty())
                    .for_each(&mut offer);
            }
        }
        if slot.field == Some(Field::Said) {
            let open = self.shown_document().into_iter().flat_map(|d| &d.speakers);
            open.filter_map(|s| s.name.as_deref()).for_each(&mut offer);
            self.speakers
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
