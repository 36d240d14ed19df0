//! Numbers and errors as parts of sentences.

use std::fmt::Display;

/// A noun in the number that a count wants: `1 dispatch`, `2 dispatches`. `one` is its singular.
#[must_use]
pub fn pluralize(count: usize, one: &str) -> String {
    match count {
        1 => one.to_owned(),
        _ if one.ends_with("ch") => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

/// A count and its noun: `1 word`, `2 words`.
#[must_use]
pub fn count_noun(count: usize, one: &str) -> String {
    format!("{count} {}", pluralize(count, one))
}

/// An error of the system as the end of a sentence: without its number, `no such file or directory`.
#[must_use]
pub fn error_reason(error: &impl Display) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_with_their_nouns() {
        let told = [(0, "word"), (1, "word"), (2, "dispatch"), (1, "dispatch")];
        let told = told.map(|(count, one)| count_noun(count, one));
        assert_eq!(told, ["0 words", "1 word", "2 dispatches", "1 dispatch"]);
    }

    #[test]
    fn errors_without_their_numbers() {
        let error = "No such file or directory (os error 2)";
        assert_eq!(error_reason(&error), "no such file or directory");
        assert_eq!(error_reason(&"Invalid ZIP"), "invalid ZIP");
        assert_eq!(error_reason(&""), "");
    }
}
