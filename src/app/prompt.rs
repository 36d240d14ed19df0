//! The line at which a filter or a search is typed.

use tui_input::{Input, InputRequest};

use super::completing::Completion;
use crate::action::{Code, Key};

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
