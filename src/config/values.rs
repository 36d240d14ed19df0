//! Reads and checks the values of one TOML table, and collects mistakes with their positions.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::settings::{self, ConfigError};
use crate::filter::Query;
use crate::format::ColumnNames;
use crate::text::{self, nearest_name};
use crate::views::{MuteEnd, Tint};

/// What is wrong with a value: the byte offset within the value if known, and a message.
pub(super) type ValueError = (Option<usize>, String);

/// A table and its byte offset in the file.
pub(super) type PositionedTable<'v> = (&'v DeTable<'v>, usize);

/// The text of the file, and the mistakes found so far.
pub(super) struct ErrorCollector<'t> {
    text: &'t str,
    /// Byte offsets into the text, and messages.
    errors: Vec<(usize, String)>,
}

impl<'t> ErrorCollector<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, errors: Vec::new() }
    }

    /// Adds a mistake at a byte offset in the text.
    pub(super) fn add_error(&mut self, at: usize, message: impl Into<String>) {
        self.errors.push((at, message.into()));
    }

    /// The text of a byte range.
    pub(super) fn text(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or("")
    }

    /// All mistakes, in the order of the text, with lines and columns.
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

/// A table that is being read.
pub(super) struct Fields<'n, 't, 'v> {
    pub(super) errors: &'n mut ErrorCollector<'t>,
    table: &'v DeTable<'v>,
    /// Byte offset in the file.
    start: usize,
    /// Its name in messages: `a view`, `[keep]`; empty for the top level.
    name: &'static str,
}

impl<'n, 't, 'v> Fields<'n, 't, 'v> {
    /// Starts to read a table. Keys that are not among `keys` are reported.
    pub(super) fn new(
        errors: &'n mut ErrorCollector<'t>,
        (table, start): PositionedTable<'v>,
        name: &'static str,
        keys: &[&'static str],
    ) -> Self {
        for (key, _) in table {
            let (found, at) = (key.get_ref().as_ref(), key.span().start);
            if !keys.contains(&found) {
                let what = if name.is_empty() { "the file".to_owned() } else { name.to_owned() };
                let found = found.escape_debug();
                // In TOML, keys above the first `[table]` line belong to no table: a common slip.
                let home = settings::table_of_key(&found.to_string()).filter(|_| name.is_empty());
                if let Some(home) = home {
                    errors.add_error(
                        at,
                        format!("“{found}” belongs to [{home}]: write that line above it"),
                    );
                    continue;
                }
                let message = match nearest_name(keys.iter().copied(), &found.to_string()) {
                    Some(known) => {
                        format!("{what} has no key “{found}”: the nearest is “{known}”")
                    }
                    None => format!("{what} has no key “{found}”: there are {}", keys.join(", ")),
                };
                errors.add_error(at, message);
            }
        }
        Self { errors, table, start, name }
    }

    /// The unchecked value of a key, with its byte range in the file.
    pub(super) fn raw(&self, key: &str) -> Option<&'v Spanned<DeValue<'v>>> {
        let mut all = self.table.iter();
        all.find(|(known, _)| known.get_ref() == key).map(|(_, value)| value)
    }

    /// The value of a key; `None` if it is missing, or invalid, which is reported.
    ///
    /// `read` checks a value; it also gets the text of the value as written in the file.
    pub(super) fn get<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&'v DeValue<'v>, &str) -> Result<T, ValueError>,
    ) -> Option<T> {
        let value = self.raw(key)?;
        let span = value.span();
        match read(value.get_ref(), self.errors.text(span.clone())) {
            Ok(value) => Some(value),
            Err((at, message)) => {
                let message = format!("{key}: {message}");
                self.errors.add_error(span.start + at.unwrap_or(0), message);
                None
            }
        }
    }

    /// The value of a required key: reports it if it is missing, with an `example` of a value.
    pub(super) fn require<T>(
        &mut self,
        key: &str,
        example: &str,
        read: impl FnOnce(&'v DeValue<'v>, &str) -> Result<T, ValueError>,
    ) -> Option<T> {
        if self.raw(key).is_none() {
            let message = format!("{} needs a {key}, as in {key} = {example}", self.name);
            self.errors.add_error(self.start, message);
        }
        self.get(key, read)
    }
}

// Types of values. Each function takes a value and its text in the file.

/// An error at the start of a value.
pub(super) fn invalid_value<T>(message: impl Into<String>) -> Result<T, ValueError> {
    Err((None, message.into()))
}

/// A string that is not blank, trimmed.
pub(super) fn text(value: &DeValue<'_>, _: &str) -> Result<String, ValueError> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        DeValue::String(_) => invalid_value("is empty"),
        _ => invalid_value("expected a string in quotation marks"),
    }
}

/// Columns of tables by field: `"headline=Titel,body=Text"`.
pub(super) fn columns(value: &DeValue<'_>, _: &str) -> Result<ColumnNames, ValueError> {
    let list = text(value, "")?;
    ColumnNames::parse(&list).or_else(|error| invalid_value(error.to_string()))
}

/// `true` or `false`.
pub(super) fn boolean(value: &DeValue<'_>, _: &str) -> Result<bool, ValueError> {
    match value {
        DeValue::Boolean(on) => Ok(*on),
        DeValue::String(text) if matches!(text.as_ref(), "true" | "false") => {
            invalid_value("true and false are written without quotation marks")
        }
        _ => invalid_value("expected true or false"),
    }
}

/// A valid query that is not empty.
pub(super) fn filter(value: &DeValue<'_>, raw: &str) -> Result<String, ValueError> {
    let query = text(value, raw)?;
    match Query::parse_strict(&query) {
        Ok(checked) if checked.is_empty() => {
            invalid_value("keeps everything: it needs a word or a field")
        }
        Ok(_) => Ok(query),
        Err(error) => {
            // With TOML escapes in the string its columns are unknown: then the error points at its start.
            let before: usize = query.chars().take(error.column).map(char::len_utf8).sum();
            let at = raw.find(query.as_str()).map(|start| start + before);
            Err((at, error.message))
        }
    }
}

/// A colour of views.
pub(super) fn tint(value: &DeValue<'_>, raw: &str) -> Result<Tint, ValueError> {
    let name = text(value, raw)?;
    match one_of(&Tint::ALL.map(Tint::name), &name) {
        Err(message) => Err(message),
        Ok(known) => Tint::from_name(known).map_or_else(|| invalid_value("is not a colour"), Ok),
    }
}

/// One of `known`, with the nearest in the error.
pub(super) fn one_of<'k>(known: &[&'k str], name: &str) -> Result<&'k str, ValueError> {
    if let Some(known) = known.iter().find(|known| **known == name) {
        return Ok(known);
    }
    let shown = name.escape_debug();
    match nearest_name(known.iter().copied(), name) {
        Some(near) => invalid_value(format!("“{shown}” is unknown: the nearest is “{near}”")),
        None => invalid_value(format!("“{shown}” is none of {}", known.join(", "))),
    }
}

/// One letter or digit, one column wide: the list has no room for more.
pub(super) fn letter(value: &DeValue<'_>, raw: &str) -> Result<char, ValueError> {
    let text = text(value, raw)?;
    let mut chars = text.chars();
    let first = chars.next().filter(|c| c.is_alphanumeric());
    match (first, chars.next()) {
        (Some(letter), None) if crate::text::display_width(&text) == 1 => Ok(letter),
        _ => invalid_value("expected one letter or digit, as in \"E\""),
    }
}

/// A program and its arguments.
pub(super) fn command(value: &DeValue<'_>, _: &str) -> Result<Vec<String>, ValueError> {
    const HINT: &str = "expected a list, the program first, as in [\"notify-send\", \"wire\"]; it is run without a shell";
    let DeValue::Array(parts) = value else {
        return invalid_value(HINT);
    };
    let mut words = Vec::new();
    for part in parts {
        match part.get_ref() {
            // The system ends arguments at a NUL.
            DeValue::String(word) if word.contains('\0') => return invalid_value("contains a NUL"),
            DeValue::String(word) => words.push(word.to_string()),
            _ => return invalid_value(HINT),
        }
    }
    if words.first().is_none_or(|program| program.trim().is_empty()) {
        return invalid_value(HINT);
    }
    Ok(words)
}

/// The end of a mute: a TOML date, local date and time, or date and time with an offset.
pub(super) fn until(value: &DeValue<'_>, _: &str) -> Result<MuteEnd, ValueError> {
    const HINT: &str = "expected a date, as in 2026-12-01 or 2026-12-01T18:00:00";
    let found = match value {
        DeValue::Datetime(found) => *found,
        DeValue::String(_) => {
            return invalid_value("a date is written without quotation marks, as in 2026-12-01");
        }
        _ => return invalid_value(HINT),
    };
    let text = found.to_string();
    let read = match (found.date, found.time, found.offset) {
        (Some(_), None, _) => text.parse().map(MuteEnd::Day),
        (Some(_), Some(_), None) => text.parse().map(MuteEnd::Local),
        (Some(_), Some(_), Some(_)) => {
            let moment = text.parse::<jiff::Timestamp>();
            moment.map(|moment| MuteEnd::Moment(moment.as_second()))
        }
        (None, ..) => return invalid_value(HINT),
    };
    read.map_err(|_| (None, "there is no such date".to_owned()))
}

/// A number of bytes: an integer, or a string such as `"256M"`.
pub(super) fn size(value: &DeValue<'_>, _: &str) -> Result<u64, ValueError> {
    const HINT: &str = "expected a size, as in \"256M\" or \"1G\": K, M and G are powers of 1,024";
    let bytes = match value {
        DeValue::String(text) => text::parse_size(text.trim()),
        DeValue::Integer(number) if number.radix() == 10 => text::parse_size(number.as_str()),
        _ => None,
    };
    bytes.map_or_else(|| invalid_value(HINT), Ok)
}

/// A number of seconds, from a string such as `"36h"`.
pub(super) fn duration(value: &DeValue<'_>, _: &str) -> Result<i64, ValueError> {
    const HINT: &str = "expected an age: a number with s, m, h, d or w, as in \"36h\" or \"7d\"";
    let seconds = match value {
        DeValue::String(text) => text::parse_age(text.trim()),
        _ => None,
    };
    seconds.map_or_else(|| invalid_value(HINT), Ok)
}
