//! What is being typed at the end of a query, and what it may become: for completion.

use crate::filter::fields::{FIELDS, Field, IS_PROPERTIES};
use crate::text::fold;

/// The word at the end of a query that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionTarget {
    /// Where it begins, its field's name left out: a byte offset.
    pub start: usize,
    /// The field that it stands in.
    pub field: Option<Field>,
    /// As far as it has been typed, folded, without an opening mark.
    pub partial: String,
}

impl CompletionTarget {
    /// Finds the word at the end of a text.
    #[must_use]
    pub fn at_end(text: &str) -> Self {
        let mut groups: Vec<Option<Field>> = Vec::new();
        let (mut start, mut field, mut quoted) = (0, None, false);
        for (at, c) in text.char_indices() {
            let next = at + c.len_utf8();
            let group = groups.last().copied().flatten();
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' => {
                    groups.push(field.or(group));
                    (start, field) = (next, None);
                }
                ')' | '|' => {
                    if c == ')' {
                        groups.pop();
                    }
                    (start, field) = (next, None);
                }
                ':' if field.is_none() && Field::from_name(&text[start..at]).is_some() => {
                    field = Field::from_name(&text[start..at]);
                    start = next;
                }
                '!' | '-' | '\'' | '~' | '^' if at == start => start = next,
                c if c.is_whitespace() => (start, field) = (next, None),
                _ => {}
            }
        }
        Self {
            start,
            field: field.or(groups.last().copied().flatten()),
            partial: fold(text[start..].trim_start_matches('"')),
        }
    }

    /// Whether a value may be meant: one of its words begins so.
    #[must_use]
    pub fn accepts_value(&self, value: &str) -> bool {
        let folded = fold(value);
        let begins = |at: usize| at == 0 || !folded[..at].ends_with(char::is_alphanumeric);
        self.partial.is_empty()
            || folded
                .match_indices(&self.partial)
                .any(|(at, _)| begins(at))
    }

    /// Names that the tables have for it: fields, or the words of `is:`.
    #[must_use]
    pub fn suggestions(&self) -> Vec<String> {
        let starts = |name: &str| name.starts_with(&self.partial);
        match self.field {
            None => {
                let names = FIELDS.iter().map(|entry| entry.name);
                names
                    .filter(|name| starts(name))
                    .map(|name| format!("{name}:"))
                    .collect()
            }
            Some(Field::Is) => {
                let names = IS_PROPERTIES.iter().map(|entry| entry.name);
                names
                    .filter(|name| starts(name))
                    .map(str::to_owned)
                    .collect()
            }
            Some(_) => Vec::new(),
        }
    }
}

/// A value as it is written in a query: folded, so that case does not count, and in marks where it is more than a word.
#[must_use]
pub fn quote_value(value: &str) -> String {
    let folded = fold(value);
    let plain = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    if folded.chars().all(plain) && !folded.starts_with('-') {
        return folded;
    }
    if !folded.contains(['"', '\\']) {
        return format!("\"{folded}\"");
    }
    // No phrase can hold a mark that ends phrases: all the words, then.
    let words = folded.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\\'));
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(quote_value)
        .collect();
    format!("({})", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rest: &str, field: &str, partial: &str) {
        let slot = CompletionTarget::at_end(text);
        let name = slot.field.map_or("", Field::name);
        let found = (&text[slot.start..], name, slot.partial.as_str());
        assert_eq!(found, (rest, field, partial), "{text}");
    }

    #[test]
    fn the_word_at_the_end_is_found() {
        check("", "", "", "");
        check("fr", "fr", "", "fr");
        check("oil !Fr", "Fr", "", "fr");
        check("from:", "", "from", "");
        check("oil from:Af", "Af", "from", "af");
        check("said:\"barack o", "\"barack o", "said", "barack o");
        check("from:(afp | r", "r", "from", "r");
        check("(from:afp | at:m", "m", "at", "m");
        check("from:(afp) m", "m", "", "m");
        check("10:30", "10:30", "", "10:30");
    }

    #[test]
    fn values_are_written_so_that_they_are_found_again() {
        assert_eq!(quote_value("AFP"), "afp");
        assert_eq!(quote_value("Barack Obama"), "\"barack obama\"");
        assert_eq!(quote_value("A \"B\""), "(a b)");
        let fits = |text: &str, value: &str| CompletionTarget::at_end(text).accepts_value(value);
        assert!(fits("said:ob", "Barack Obama") && !fits("said:ama", "Barack Obama"));
    }
}
