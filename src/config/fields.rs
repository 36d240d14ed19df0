//! One table of the file while it is read: its keys are asked for by name, what is wrong is noted with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, tables};
use crate::text::nearest_name;

/// What is wrong with a value: a sentence, and a byte offset within the value where that is known.
pub(super) type ValueError = (Option<usize>, String);

/// A table and the byte of the text at which it begins.
pub(super) type PositionedTable<'v> = (&'v DeTable<'v>, usize);

/// The text, and what has been found wrong in it so far.
pub(super) struct ErrorCollector<'t> {
    text: &'t str,
    /// Byte offsets into the text.
    errors: Vec<(usize, String)>,
}

impl<'t> ErrorCollector<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            errors: Vec::new(),
        }
    }

    /// Notes what is wrong at a byte of the text.
    pub(super) fn add_error(&mut self, at: usize, message: impl Into<String>) {
        self.errors.push((at, message.into()));
    }

    /// The text of a range.
    pub(super) fn text(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or("")
    }

    /// All that is wrong, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<ConfigError> {
        self.errors.sort_by_key(|(at, _)| *at);
        let errors = self.errors.into_iter().map(|(at, message)| {
            let before = &self.text[..self.text.floor_char_boundary(at)];
            let line = before.rfind('\n').map_or(0, |newline| newline + 1);
            ConfigError {
                line: before.matches('\n').count() + 1,
                column: before[line..].chars().count() + 1,
                message,
            }
        });
        errors.collect()
    }
}

/// A table and what it is called in messages: `a view`, `[keep]`.
pub(super) struct Fields<'n, 't, 'v> {
    pub(super) notes: &'n mut ErrorCollector<'t>,
    table: &'v DeTable<'v>,
    /// Where it begins: a byte of the text.
    start: usize,
    name: &'static str,
}

impl<'n, 't, 'v> Fields<'n, 't, 'v> {
    /// Looks at a table that has these keys; any other one is wrong.
    pub(super) fn new(
        notes: &'n mut ErrorCollector<'t>,
        (table, start): PositionedTable<'v>,
        name: &'static str,
        keys: &[&'static str],
    ) -> Self {
        for (key, _) in table {
            let (found, at) = (key.get_ref().as_ref(), key.span().start);
            if !keys.contains(&found) {
                let what = if name.is_empty() {
                    "the file".to_owned()
                } else {
                    name.to_owned()
                };
                let found = found.escape_debug();
                let home = tables::table_of_key(&found.to_string()).filter(|_| name.is_empty());
                if let Some(home) = home {
                    notes.add_error(
                        at,
                        format!("“{found}” stands in [{home}]: write that line above it"),
                    );
                    continue;
                }
                let message = match nearest_name(keys.iter().copied(), &found.to_string()) {
                    Some(known) => {
                        format!("{what} has no key “{found}”: the nearest is “{known}”")
                    }
                    None => format!("{what} has no key “{found}”: there are {}", keys.join(", ")),
                };
                notes.add_error(at, message);
            }
        }
        Self {
            notes,
            table,
            start,
            name,
        }
    }

    /// The value of a key and where it stands.
    pub(super) fn raw(&self, key: &str) -> Option<&'v Spanned<DeValue<'v>>> {
        let mut all = self.table.iter();
        all.find(|(known, _)| known.get_ref() == key)
            .map(|(_, value)| value)
    }

    /// The value of a key where it is there and right.
    pub(super) fn get<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&'v DeValue<'v>, &str) -> Result<T, ValueError>,
    ) -> Option<T> {
        let value = self.raw(key)?;
        let span = value.span();
        match read(value.get_ref(), self.notes.text(span.clone())) {
            Ok(value) => Some(value),
            Err((at, message)) => {
                let message = format!("{key}: {message}");
                self.notes.add_error(span.start + at.unwrap_or(0), message);
                None
            }
        }
    }

    /// The value of a key that must be there.
    pub(super) fn require<T>(
        &mut self,
        key: &str,
        example: &str,
        read: impl FnOnce(&'v DeValue<'v>, &str) -> Result<T, ValueError>,
    ) -> Option<T> {
        if self.raw(key).is_none() {
            let message = format!("{} wants a {key}, as in {key} = {example}", self.name);
            self.notes.add_error(self.start, message);
        }
        self.get(key, read)
    }
}
