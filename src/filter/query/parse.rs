//! Reads a query: never fails, keeps what it can use, and remembers the first thing that was wrong with its column.

use std::sync::Arc;

use super::cursor::Cursor;
use super::fields::{Field, suggest_field};
use super::needle::{MatchKind, Needle};
use super::node::{Node, Scope, Term};
use super::values::parse_condition;
use super::{MAX_TERMS, QueryError};

/// Parentheses within parentheses that are still read.
const MAX_DEPTH: usize = 24;

/// What a value may begin with, and where the value stands.
#[derive(Clone, Copy)]
struct ValueContext {
    field: Option<Field>,
    column: usize,
}

/// Reads one query.
pub(super) struct Parser {
    cursor: Cursor,
    depth: usize,
    terms: usize,
}

impl Parser {
    pub(super) fn parse(text: &str) -> (Node, Option<QueryError>) {
        let mut parser = Self {
            cursor: Cursor::new(text),
            depth: 0,
            terms: 0,
        };
        let mut parts = Vec::new();
        loop {
            parts.extend(parser.parse_or(None));
            if parser.cursor.at >= parser.cursor.chars.len() {
                break;
            }
            // Only a closing parenthesis stops the reading before the end.
            parser.cursor.report_error(
                parser.cursor.at,
                "this ) closes nothing: write it as \\) or leave it out",
            );
            parser.cursor.at += 1;
        }
        (Node::and(parts).unwrap_or(Node::All), parser.cursor.error)
    }

    fn parse_or(&mut self, field: Option<Field>) -> Option<Node> {
        let mut parts: Vec<Node> = self.parse_and(field).into_iter().collect();
        while self.cursor.eat('|') {
            parts.extend(self.parse_and(field));
        }
        Node::or(parts)
    }

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
                // A dash on its own, or two of them, are what people write in sentences.
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

    fn parse_atom(&mut self, field: Option<Field>) -> Option<Node> {
        let value = ValueContext {
            field,
            column: self.cursor.at,
        };
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
            '~' | '\'' | '^' if self.cursor.is_word_end(1) => {
                self.cursor.at += 1;
                None
            }
            _ => self.parse_word_or_field(value),
        }
    }

    fn parse_group(&mut self, field: Option<Field>) -> Option<Node> {
        let column = self.cursor.at;
        self.cursor.at += 1;
        if self.depth >= MAX_DEPTH {
            self.cursor.report_error(
                column,
                format!("more than {MAX_DEPTH} parentheses within each other: leave some out"),
            );
            return None;
        }
        self.depth += 1;
        let node = self.parse_or(field);
        self.depth -= 1;
        if !self.cursor.eat(')') {
            self.cursor
                .report_error(column, "this ( is not closed: a ) is missing");
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
            let address = rest.get(length + 1) == Some(&'/');
            if let Some(known) = suggest_field(&name).filter(|_| !address) {
                self.cursor.report_error(
                    value.column,
                    format!("there is no field {name}: — the nearest is {known}:"),
                );
                self.cursor.at += length + 1;
                if !self.cursor.is_word_end(0) {
                    // What stands behind it is read, so that it is not taken for words.
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
            kind = if start {
                MatchKind::Exact
            } else {
                MatchKind::End
            };
            text = short.strip_suffix('\\').map_or_else(
                || short.to_owned(),
                |escaped| {
                    kind = if start {
                        MatchKind::Start
                    } else {
                        MatchKind::Contains
                    };
                    format!("{escaped}$")
                },
            );
        }
        self.make_term(value, kind, &text, false)
    }

    fn parse_field_value(&mut self, field: Field, column: usize) -> Option<Node> {
        if self.cursor.is_word_end(0) {
            let message = format!("{}: wants a value, as in {}", field.name(), field.example());
            self.cursor.report_error(column, message);
            return None;
        }
        self.parse_nested_value(Some(field))
    }

    /// A value, unless too many fields stand before it.
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

    fn make_term(
        &mut self,
        value: ValueContext,
        kind: MatchKind,
        text: &str,
        phrase: bool,
    ) -> Option<Node> {
        if let Some(field) = value.field.filter(|f| f.takes_condition()) {
            return match parse_condition(field, text) {
                Ok(fact) => self.count_term(value, Node::Fact(fact)),
                Err(message) => {
                    self.cursor.report_error(value.column, message);
                    None
                }
            };
        }
        let scope = Scope::from_field(value.field, phrase);
        let kind = match kind {
            MatchKind::Word if scope == Scope::Lang => MatchKind::LanguageTag,
            MatchKind::Word if !scope.allows_close_match() => MatchKind::Contains,
            kind => kind,
        };
        let needle = Arc::new(Needle::new(kind, text)?);
        self.count_term(value, Node::Term(Term { scope, needle }))
    }

    fn count_term(&mut self, value: ValueContext, node: Node) -> Option<Node> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            self.cursor.report_error(
                value.column,
                format!("a query has at most {MAX_TERMS} words: from here on they do not count"),
            );
            return None;
        }
        Some(node)
    }

    /// `/…/`: ends at a slash with nothing of a word behind it.
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
            self.cursor.report_error(
                column,
                "this regular expression is not finished: a / ends it",
            );
        }
        if pattern.is_empty() {
            return None;
        }
        match Needle::regex(&pattern.replace("\\/", "/")) {
            Ok(needle) => {
                let (scope, needle) = (Scope::from_field(value.field, false), Arc::new(needle));
                self.count_term(value, Node::Term(Term { scope, needle }))
            }
            Err(message) => {
                self.cursor.report_error(column, message);
                None
            }
        }
    }
}
