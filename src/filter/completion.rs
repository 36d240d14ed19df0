//! Completion in the filter prompt: finds the word being typed at the end of a query, and the values it may become.
//! Only looks at the text, without parsing it.

use crate::filter::fields::{FIELDS, Field, IS_PROPERTIES};
use crate::text::fold;

/// The word being typed at the end of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionTarget {
    /// Byte offset where it begins, after the name of its field.
    pub start: usize,
    /// The field that it is a value of.
    pub field: Option<Field>,
    /// The word so far, folded, without an opening quotation mark.
    pub partial: String,
}

impl CompletionTarget {
    /// Finds the word at the end of a query; empty after a space or an opening parenthesis.
    #[must_use]
    pub fn at_end(text: &str) -> Self {
        // The field of each open parenthesis.
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

    /// Whether a value may complete it: one of the value's words starts with it.
    #[must_use]
    pub fn accepts_value(&self, value: &str) -> bool {
        let folded = fold(value);
        let begins = |at: usize| at == 0 || !folded[..at].ends_with(char::is_alphanumeric);
        self.partial.is_empty() || folded.match_indices(&self.partial).any(|(at, _)| begins(at))
    }

    /// Completions from the tables of the language: names of fields, or the words of `is:`.
    #[must_use]
    pub fn suggestions(&self) -> Vec<String> {
        let starts = |name: &str| name.starts_with(&self.partial);
        match self.field {
            None => {
                let names = FIELDS.iter().map(|entry| entry.name);
                names.filter(|name| starts(name)).map(|name| format!("{name}:")).collect()
            }
            Some(Field::Is) => {
                let names = IS_PROPERTIES.iter().map(|entry| entry.name);
                names.filter(|name| starts(name)).map(str::to_owned).collect()
            }
            Some(_) => Vec::new(),
        }
    }
}

/// Writes a value for use in a query: folded, so that case does not count, and in quotation marks if it is more than a
/// word.
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
    // A phrase cannot contain a quotation mark: use a group of its words instead.
    let words = folded.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\\'));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(quote_value).collect();
    format!("({})", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rest: &str, field: &str, partial: &str) {
        let target = CompletionTarget::at_end(text);
        let name = target.field.map_or("", Field::name);
        let found = (&text[target.start..], name, target.partial.as_str());
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
    fn quoted_values_find_themselves() {
        assert_eq!(quote_value("AFP"), "afp");
        assert_eq!(quote_value("Barack Obama"), "\"barack obama\"");
        assert_eq!(quote_value("A \"B\""), "(a b)");
        let accepts = |text: &str, value: &str| CompletionTarget::at_end(text).accepts_value(value);
        assert!(accepts("said:ob", "Barack Obama") && !accepts("said:ama", "Barack Obama"));
    }
}
