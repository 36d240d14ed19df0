//! The place in a query that is being read, and the pieces that can be taken from there: characters, words, phrases.

use super::QueryError;

/// A query and how far it has been read.
pub(super) struct Cursor {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    /// The first thing that was wrong.
    pub(super) error: Option<QueryError>,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
            error: None,
        }
    }

    pub(super) fn report_error(&mut self, column: usize, message: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(QueryError {
                column,
                message: message.into(),
            });
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn peek_ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// True where nothing of a word can stand at a distance from here.
    pub(super) fn is_word_end(&self, by: usize) -> bool {
        self.peek_ahead(by)
            .is_none_or(|c| c.is_whitespace() || c == ')' || c == '|')
    }

    /// Up to white space, `|`, or a parenthesis that was not opened in the word.
    pub(super) fn take_word(&mut self) -> String {
        let mut text = String::new();
        let mut open = 0;
        while let Some(c) = self.peek() {
            match c {
                '\\' if self
                    .peek_ahead(1)
                    .is_some_and(|c| " |()\"'!^~/:-".contains(c)) =>
                {
                    text.extend(self.peek_ahead(1));
                    self.at += 2;
                    continue;
                }
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' | '|' => break,
                c if c.is_whitespace() => break,
                _ => {}
            }
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// `"two words"`: white space within counts as one space.
    pub(super) fn take_phrase(&mut self) -> String {
        let column = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    self.report_error(column, "this \" is not closed: a second \" ends the phrase");
                    break;
                }
                Some('"') => {
                    self.at += 1;
                    break;
                }
                Some(c) => text.push(c),
            }
            self.at += 1;
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
