//! The line at which a filter or a search is typed.

use tui_input::{Input, InputRequest};

use crate::action::{Code, Key};

/// What is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Filter,
    Search,
    /// Narrows the speakers.
    Speakers,
}

/// A prompt that is open.
#[derive(Debug)]
pub struct Prompt {
    pub purpose: Purpose,
    input: Input,
    /// What stood before, to go back to.
    pub before: String,
}

/// What a key did at the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Changed,
    Accepted,
    Cancelled,
    /// Up or down: moves the list.
    Move(isize),
    Nothing,
}

/// Longest text that can be typed or pasted, in characters.
const LIMIT: usize = 1_000;

impl Prompt {
    /// Opens a prompt with a text to edit.
    #[must_use]
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self {
            purpose,
            input: Input::new(text.to_owned()),
            before: text.to_owned(),
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
        for c in text
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .filter(|c| !c.is_control())
        {
            self.insert(c);
        }
    }

    fn insert(&mut self, c: char) {
        if self.input.value().chars().count() < LIMIT {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Outcome {
        let before = self.input.value().len();
        let request = match (key.code, key.ctrl) {
            (Code::Enter, _) => return Outcome::Accepted,
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return Outcome::Cancelled,
            (Code::Down, _) | (Code::Char('n'), true) => return Outcome::Move(1),
            (Code::Up, _) | (Code::Char('p'), true) => return Outcome::Move(-1),
            (Code::PageDown, _) => return Outcome::Move(10),
            (Code::PageUp, _) => return Outcome::Move(-10),
            (Code::Backspace, _) | (Code::Char('h'), true) if before == 0 => {
                return Outcome::Cancelled;
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
                return Outcome::Changed;
            }
            _ => return Outcome::Nothing,
        };
        match self.input.handle(request) {
            Some(change) if change.value => Outcome::Changed,
            _ => Outcome::Nothing,
        }
    }
}
