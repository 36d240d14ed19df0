//! Reads a query: never fails, keeps what it can use, and remembers the first thing that was wrong with its column.

use std::sync::Arc;

use super::fields::{FIELDS, Field, nearest};
use super::needle::{Kind, Needle};
use super::node::{Node, Scope, Term};
use super::values::fact;
use super::{QueryError, TERMS};

/// Parentheses within parentheses that are still read.
const DEPTH: usize = 24;

pub(super) struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    terms: usize,
    error: Option<QueryError>,
}

/// What a value may begin with, and where the value stands.
#[derive(Clone, Copy)]
struct Value {
    field: Option<Field>,
    column: usize,
}

impl Parser {
    pub(super) fn read(text: &str) -> (Node, Option<QueryError>) {
        let mut parser = Self {
            chars: text.chars().collect(),
            at: 0,
            depth: 0,
            terms: 0,
            error: None,
        };
        let mut parts = Vec::new();
        loop {
            parts.extend(parser.or(None));
            if parser.at >= parser.chars.len() {
                break;
            }
            // Only a closing parenthesis stops the reading before the end.
            parser.wrong(
                parser.at,
                "this ) closes nothing: write it as \\) or leave it out",
            );
            parser.at += 1;
        }
        (Node::and(parts).unwrap_or(Node::All), parser.error)
    }

    fn wrong(&mut self, column: usize, message: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(QueryError {
                column,
                message: message.into(),
            });
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// True where nothing of a word can stand at a distance from here.
    fn ends(&self, by: usize) -> bool {
        self.ahead(by)
            .is_none_or(|c| c.is_whitespace() || c == ')' || c == '|')
    }

    fn or(&mut self, field: Option<Field>) -> Option<Node> {
        let mut parts: Vec<Node> = self.and(field).into_iter().collect();
        while self.eat('|') {
            parts.extend(self.and(field));
        }
        Node::or(parts)
    }

    fn and(&mut self, field: Option<Field>) -> Option<Node> {
        let mut parts = Vec::new();
        loop {
            while self.peek().is_some_and(char::is_whitespace) {
                self.at += 1;
            }
            match self.peek() {
                None | Some(')' | '|') => break,
                Some(_) => parts.extend(self.unary(field)),
            }
        }
        Node::and(parts)
    }

    fn unary(&mut self, field: Option<Field>) -> Option<Node> {
        let mut not = false;
        loop {
            match self.peek() {
                Some('!') => {
                    self.at += 1;
                    not = !not;
                    if self.ends(0) {
                        return None;
                    }
                }
                // A dash on its own, or two of them, are what people write in sentences.
                Some('-') if !self.ends(1) && self.ahead(1) != Some('-') => {
                    self.at += 1;
                    not = !not;
                }
                _ => break,
            }
        }
        let node = self.atom(field)?;
        Some(if not { node.negated() } else { node })
    }

    fn atom(&mut self, field: Option<Field>) -> Option<Node> {
        let value = Value {
            field,
            column: self.at,
        };
        match self.peek()? {
            '(' => self.group(field),
            '"' => {
                let text = self.phrase();
                self.term(value, Kind::Contains, &text, true)
            }
            '/' if !field.is_some_and(Field::is_fact) => self.regex(value),
            '~' if !self.ends(1) => {
                self.at += 1;
                let text = if self.peek() == Some('"') {
                    self.phrase()
                } else {
                    self.word()
                };
                self.term(value, Kind::Subsequence, &text, false)
            }
            '\'' if self.ahead(1) == Some('"') => {
                self.at += 1;
                let text = self.phrase();
                self.term(value, Kind::Contains, &text, true)
            }
            '~' | '\'' | '^' if self.ends(1) => {
                self.at += 1;
                None
            }
            _ => self.named(value),
        }
    }

    fn group(&mut self, field: Option<Field>) -> Option<Node> {
        let column = self.at;
        self.at += 1;
        if self.depth >= DEPTH {
            self.wrong(
                column,
                format!("more than {DEPTH} parentheses within each other: leave some out"),
            );
            return None;
        }
        self.depth += 1;
        let node = self.or(field);
        self.depth -= 1;
        if !self.eat(')') {
            self.wrong(column, "this ( is not closed: a ) is missing");
        }
        node
    }

    /// A word, or a field with its value.
    fn named(&mut self, value: Value) -> Option<Node> {
        let rest = &self.chars[self.at..];
        let length = rest.iter().take_while(|c| c.is_ascii_lowercase()).count();
        if length > 0 && rest.get(length) == Some(&':') {
            let name: String = rest[..length].iter().collect();
            if let Some(field) = Field::named(&name) {
                self.at += length + 1;
                return self.valued(field, value.column);
            }
            let address = rest.get(length + 1) == Some(&'/');
            if let Some(known) = nearest(FIELDS, &name).filter(|_| !address) {
                self.wrong(
                    value.column,
                    format!("there is no field {name}: — the nearest is {known}:"),
                );
                self.at += length + 1;
                if !self.ends(0) {
                    // What stands behind it is read, so that it is not taken for words.
                    let error = self.error.take();
                    self.deeper(None);
                    self.error = error;
                }
                return None;
            }
        }
        let start = self.eat('^');
        let contains = !start && self.eat('\'');
        let mut text = self.word();
        let mut kind = if start {
            Kind::Start
        } else if contains {
            Kind::Contains
        } else {
            Kind::Word
        };
        if let Some(short) = text.strip_suffix('$').filter(|short| !short.is_empty()) {
            kind = if start { Kind::Whole } else { Kind::End };
            text = short.strip_suffix('\\').map_or_else(
                || short.to_owned(),
                |escaped| {
                    kind = if start { Kind::Start } else { Kind::Contains };
                    format!("{escaped}$")
                },
            );
        }
        self.term(value, kind, &text, false)
    }

    fn valued(&mut self, field: Field, column: usize) -> Option<Node> {
        if self.ends(0) {
            let message = format!("{}: wants a value, as in {}", field.name(), field.example());
            self.wrong(column, message);
            return None;
        }
        self.deeper(Some(field))
    }

    /// A value, unless too many fields stand before it.
    fn deeper(&mut self, field: Option<Field>) -> Option<Node> {
        if self.depth >= DEPTH {
            self.wrong(
                self.at,
                "a field takes a word, a phrase or a group, not a row of other fields",
            );
            self.word();
            return None;
        }
        self.depth += 1;
        let node = self.unary(field);
        self.depth -= 1;
        node
    }

    fn term(&mut self, value: Value, kind: Kind, text: &str, phrase: bool) -> Option<Node> {
        if let Some(field) = value.field.filter(|f| f.is_fact()) {
            return match fact(field, text) {
                Ok(fact) => self.counted(value, Node::Fact(fact)),
                Err(message) => {
                    self.wrong(value.column, message);
                    None
                }
            };
        }
        let scope = Scope::of(value.field, phrase);
        let kind = match kind {
            Kind::Word if scope == Scope::Lang => Kind::Tag,
            Kind::Word if !scope.has_close() => Kind::Contains,
            kind => kind,
        };
        let needle = Arc::new(Needle::new(kind, text)?);
        self.counted(value, Node::Term(Term { scope, needle }))
    }

    fn counted(&mut self, value: Value, node: Node) -> Option<Node> {
        self.terms += 1;
        if self.terms > TERMS {
            self.wrong(
                value.column,
                format!("a query has at most {TERMS} words: from here on they do not count"),
            );
            return None;
        }
        Some(node)
    }

    /// Up to white space, `|`, or a parenthesis that was not opened in the word.
    fn word(&mut self) -> String {
        let mut text = String::new();
        let mut open = 0;
        while let Some(c) = self.peek() {
            match c {
                '\\' if self.ahead(1).is_some_and(|c| " |()\"'!^~/:-".contains(c)) => {
                    text.extend(self.ahead(1));
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
    fn phrase(&mut self) -> String {
        let column = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    self.wrong(column, "this \" is not closed: a second \" ends the phrase");
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

    /// `/…/`: ends at a slash with nothing of a word behind it.
    fn regex(&mut self, value: Value) -> Option<Node> {
        let column = self.at;
        let from = self.at + 1;
        let mut end = from;
        let closed = loop {
            match self.chars.get(end) {
                None => break false,
                Some('\\') => end += 2,
                Some('/') => {
                    self.at = end;
                    if self.ends(1) {
                        break true;
                    }
                    end += 1;
                }
                Some(_) => end += 1,
            }
        };
        let end = end.min(self.chars.len());
        let pattern: String = self.chars[from..end].iter().collect();
        self.at = end + usize::from(closed);
        if !closed {
            self.wrong(
                column,
                "this regular expression is not finished: a / ends it",
            );
        }
        if pattern.is_empty() {
            return None;
        }
        match Needle::regex(&pattern.replace("\\/", "/")) {
            Ok(needle) => {
                let (scope, needle) = (Scope::of(value.field, false), Arc::new(needle));
                self.counted(value, Node::Term(Term { scope, needle }))
            }
            Err(message) => {
                self.wrong(column, message);
                None
            }
        }
    }
}
