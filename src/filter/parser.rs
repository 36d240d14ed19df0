//! Parses a query by recursive descent. Never fails: invalid parts are left out, and the first error is kept with its
//! column.

use std::sync::Arc;

use crate::filter::fields::{Condition, Field, parse_condition, suggest_field};
use crate::filter::matcher::{MatchKind, Needle};
use crate::filter::query::{MAX_TERMS, Node, QueryError, Scope, Term};

/// Maximum nesting of parentheses and fields: bounds the recursion, here and wherever a query is evaluated.
const MAX_DEPTH: usize = 24;

/// The field that a value belongs to, and where the value begins.
#[derive(Clone, Copy)]
struct ValueContext {
    field: Option<Field>,
    column: usize,
}

/// The parser of one query.
pub(super) struct Parser {
    cursor: Cursor,
    /// Current nesting, at most [`MAX_DEPTH`].
    depth: usize,
    /// Terms and conditions so far, see [`MAX_TERMS`].
    terms: usize,
}

impl Parser {
    /// Parses a text; returns what could be used of it, and the first error.
    pub(super) fn parse(text: &str) -> (Node, Option<QueryError>) {
        let mut parser = Self { cursor: Cursor::new(text), depth: 0, terms: 0 };
        let mut parts = Vec::new();
        loop {
            parts.extend(parser.parse_or(None));
            if parser.cursor.at >= parser.cursor.chars.len() {
                break;
            }
            // Only an unmatched closing parenthesis stops the parser before the end.
            parser.cursor.report_error(
                parser.cursor.at,
                "this ) closes nothing: write it as \\) or leave it out",
            );
            parser.cursor.at += 1;
        }
        (Node::and(parts).unwrap_or(Node::All), parser.cursor.error)
    }

    /// Alternatives separated by `|`. In a group, `field` is the field in front of it.
    fn parse_or(&mut self, field: Option<Field>) -> Option<Node> {
        let mut parts: Vec<Node> = self.parse_and(field).into_iter().collect();
        while self.cursor.eat('|') {
            parts.extend(self.parse_and(field));
        }
        Node::or(parts)
    }

    /// Items side by side.
    fn parse_and(&mut self, field: Option<Field>) -> Option<Node> {
        let mut parts = Vec::new();
        loop {
            while self.cursor.peek().is_some_and(char::is_whitespace) {
                self.cursor.at += 1;
            }
            match self.cursor.peek() {
                None | Some(')' | '|') => break,
                Some(_) => parts.extend(self.parse_unary(field)),
            }
        }
        Node::and(parts)
    }

    /// An item with any number of negations before it.
    fn parse_unary(&mut self, field: Option<Field>) -> Option<Node> {
        let mut not = false;
        loop {
            match self.cursor.peek() {
                Some('!') => {
                    self.cursor.at += 1;
                    not = !not;
                    if self.cursor.is_word_end(0) {
                        return None;
                    }
                }
                // A dash on its own, or a double one, is punctuation, as in a pasted headline.
                Some('-')
                    if !self.cursor.is_word_end(1) && self.cursor.peek_ahead(1) != Some('-') =>
                {
                    self.cursor.at += 1;
                    not = !not;
                }
                _ => break,
            }
        }
        let node = self.parse_atom(field)?;
        Some(if not { node.negated() } else { node })
    }

    /// An item without negations.
    fn parse_atom(&mut self, field: Option<Field>) -> Option<Node> {
        let value = ValueContext { field, column: self.cursor.at };
        match self.cursor.peek()? {
            '(' => self.parse_group(field),
            '"' => {
                let text = self.cursor.take_phrase();
                self.make_term(value, MatchKind::Contains, &text, true)
            }
            '/' if !field.is_some_and(Field::takes_condition) => self.parse_regex(value),
            '~' if !self.cursor.is_word_end(1) => {
                self.cursor.at += 1;
                let text = if self.cursor.peek() == Some('"') {
                    self.cursor.take_phrase()
                } else {
                    self.cursor.take_word()
                };
                self.make_term(value, MatchKind::Subsequence, &text, false)
            }
            '\'' if self.cursor.peek_ahead(1) == Some('"') => {
                self.cursor.at += 1;
                let text = self.cursor.take_phrase();
                self.make_term(value, MatchKind::Contains, &text, true)
            }
            // A lone operator: its word is still to be typed.
            '~' | '\'' | '^' if self.cursor.is_word_end(1) => {
                self.cursor.at += 1;
                None
            }
            _ => self.parse_word_or_field(value),
        }
    }

    /// A query in parentheses.
    fn parse_group(&mut self, field: Option<Field>) -> Option<Node> {
        let column = self.cursor.at;
        self.cursor.at += 1;
        if self.depth >= MAX_DEPTH {
            self.cursor.report_error(
                column,
                format!("more than {MAX_DEPTH} nested parentheses: leave some out"),
            );
            return None;
        }
        self.depth += 1;
        let node = self.parse_or(field);
        self.depth -= 1;
        if !self.cursor.eat(')') {
            self.cursor.report_error(column, "this ( is not closed: a ) is missing");
        }
        node
    }

    /// A word, or a field with its value.
    fn parse_word_or_field(&mut self, value: ValueContext) -> Option<Node> {
        let rest = &self.cursor.chars[self.cursor.at..];
        let length = rest.iter().take_while(|c| c.is_ascii_lowercase()).count();
        if length > 0 && rest.get(length) == Some(&':') {
            let name: String = rest[..length].iter().collect();
            if let Some(field) = Field::from_name(&name) {
                self.cursor.at += length + 1;
                return self.parse_field_value(field, value.column);
            }
            // `http://…` is a word, not a misspelt field.
            let address = rest.get(length + 1) == Some(&'/');
            if let Some(known) = suggest_field(&name).filter(|_| !address) {
                self.cursor.report_error(
                    value.column,
                    format!("there is no field {name}: — the nearest is {known}:"),
                );
                self.cursor.at += length + 1;
                if !self.cursor.is_word_end(0) {
                    // Skips the value, so that it is not taken for words. Errors in it are not reported.
                    let error = self.cursor.error.take();
                    self.parse_nested_value(None);
                    self.cursor.error = error;
                }
                return None;
            }
        }
        let start = self.cursor.eat('^');
        let contains = !start && self.cursor.eat('\'');
        let mut text = self.cursor.take_word();
        let mut kind = if start {
            MatchKind::Start
        } else if contains {
            MatchKind::Contains
        } else {
            MatchKind::Word
        };
        if let Some(short) = text.strip_suffix('$').filter(|short| !short.is_empty()) {
            kind = if start { MatchKind::Exact } else { MatchKind::End };
            // `5\$` ends with a literal `$`.
            text = short.strip_suffix('\\').map_or_else(
                || short.to_owned(),
                |escaped| {
                    kind = if start { MatchKind::Start } else { MatchKind::Contains };
                    format!("{escaped}$")
                },
            );
        }
        self.make_term(value, kind, &text, false)
    }

    /// The value after the colon of a field that begins at `column`.
    fn parse_field_value(&mut self, field: Field, column: usize) -> Option<Node> {
        if self.cursor.is_word_end(0) {
            let message = format!("{}: wants a value, as in {}", field.name(), field.example());
            self.cursor.report_error(column, message);
            return None;
        }
        self.parse_nested_value(Some(field))
    }

    /// A value, unless too many fields come before it.
    fn parse_nested_value(&mut self, field: Option<Field>) -> Option<Node> {
        if self.depth >= MAX_DEPTH {
            self.cursor.report_error(
                self.cursor.at,
                "a field takes a word, a phrase or a group, not a row of other fields",
            );
            self.cursor.take_word();
            return None;
        }
        self.depth += 1;
        let node = self.parse_unary(field);
        self.depth -= 1;
        node
    }

    /// The node for a text in a field: a condition or a term. `None` if nothing is left of the text when folded.
    fn make_term(
        &mut self,
        value: ValueContext,
        kind: MatchKind,
        text: &str,
        phrase: bool,
    ) -> Option<Node> {
        if let Some(field) = value.field.filter(|f| f.takes_condition()) {
            return match parse_condition(field, text) {
                Ok(fact) => self.count_term(value, Node::Condition(fact)),
                Err(message) => {
                    self.cursor.report_error(value.column, message);
                    None
                }
            };
        }
        let scope = Scope::from_field(value.field, phrase);
        let kind = match kind {
            MatchKind::Word if scope == Scope::Lang => MatchKind::LanguageTag,
            MatchKind::Word if value.field == Some(Field::Note) => MatchKind::Contains,
            MatchKind::Word if !scope.allows_close_match() => MatchKind::Contains,
            kind => kind,
        };
        self.count_term(value, text_node(value.field, scope, Needle::new(kind, text)?))
    }

    /// Counts a term, and drops it if there are too many.
    fn count_term(&mut self, value: ValueContext, node: Node) -> Option<Node> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            self.cursor.report_error(
                value.column,
                format!("a query has at most {MAX_TERMS} words: the rest is ignored"),
            );
            return None;
        }
        Some(node)
    }

    /// `/…/`: ends at a slash before the end of a word, so that a pattern may contain slashes.
    fn parse_regex(&mut self, value: ValueContext) -> Option<Node> {
        let column = self.cursor.at;
        let from = self.cursor.at + 1;
        let mut end = from;
        let closed = loop {
            match self.cursor.chars.get(end) {
                None => break false,
                Some('\\') => end += 2,
                Some('/') => {
                    self.cursor.at = end;
                    if self.cursor.is_word_end(1) {
                        break true;
                    }
                    end += 1;
                }
                Some(_) => end += 1,
            }
        };
        let end = end.min(self.cursor.chars.len());
        let pattern: String = self.cursor.chars[from..end].iter().collect();
        self.cursor.at = end + usize::from(closed);
        if !closed {
            self.cursor
                .report_error(column, "this regular expression is not finished: a / ends it");
        }
        if pattern.is_empty() {
            return None;
        }
        match Needle::regex(&pattern.replace("\\/", "/")) {
            Ok(needle) => {
                let scope = Scope::from_field(value.field, false);
                self.count_term(value, text_node(value.field, scope, needle))
            }
            Err(message) => {
                self.cursor.report_error(column, message);
                None
            }
        }
    }
}

/// The node that keeps entries with a text: in a field, or in `scope` without one. Notes are not part of an entry, so
/// that a text in them is a condition.
fn text_node(field: Option<Field>, scope: Scope, needle: Needle) -> Node {
    let needle = Arc::new(needle);
    match field {
        Some(Field::Note) => Node::Condition(Condition::Note(needle)),
        _ => Node::Term(Term { scope, needle }),
    }
}

// Lexing.

/// The text of a query and a position in it.
pub(super) struct Cursor {
    pub(super) chars: Vec<char>,
    /// Index of the next character.
    pub(super) at: usize,
    /// The first error.
    pub(super) error: Option<QueryError>,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0, error: None }
    }

    /// Records an error at a column, unless there was one before.
    pub(super) fn report_error(&mut self, column: usize, message: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(QueryError { column, message: message.into() });
        }
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The character `by` positions after the next one.
    pub(super) fn peek_ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    /// Consumes the next character if it is `c`, and returns whether it was.
    pub(super) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// True if the character `by` positions after the next one cannot be part of a word, or there is none.
    pub(super) fn is_word_end(&self, by: usize) -> bool {
        self.peek_ahead(by).is_none_or(|c| c.is_whitespace() || c == ')' || c == '|')
    }

    /// Consumes a word: up to white space, `|`, or a closing parenthesis that was not opened in the word. Backslashes
    /// before special characters are removed.
    pub(super) fn take_word(&mut self) -> String {
        let mut text = String::new();
        let mut open = 0;
        while let Some(c) = self.peek() {
            match c {
                '\\' if self.peek_ahead(1).is_some_and(|c| " |()\"'!^~/:-".contains(c)) => {
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

    /// Consumes a phrase in quotation marks and joins its words by single spaces.
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
