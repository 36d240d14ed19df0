//! Wording of messages: counts with their nouns, system errors, ages and sizes, and the nearest name to a misspelt one.

use std::fmt::Display;

/// The noun for a count, without the count: `dispatch` for 1, `dispatches` otherwise. Knows only the plurals that
/// messages need: `-es` after `ch`, else `-s`.
#[must_use]
pub fn pluralize(count: usize, singular: &str) -> String {
    match count {
        1 => singular.to_owned(),
        _ if singular.ends_with("ch") => format!("{singular}es"),
        _ => format!("{singular}s"),
    }
}

/// A count and its noun: `1 word`, `2 words`.
#[must_use]
pub fn count_noun(count: usize, singular: &str) -> String {
    format!("{count} {}", pluralize(count, singular))
}

/// The text of an error, to end a sentence with: without the number of a system error and with a lower-case first
/// letter, as in `no such file or directory`.
#[must_use]
pub fn error_reason(error: &impl Display) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

// Ages and sizes: `36h`, `256M`.

/// Parses an age into seconds: a whole number and one of `s`, `m`, `h`, `d`, `w`, as in `90m`, `12h`, `7d` or `1w`.
#[must_use]
pub fn parse_age(text: &str) -> Option<i64> {
    let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800)];
    parse_amount(text, &units).and_then(|seconds| i64::try_from(seconds).ok())
}

/// Parses a size into bytes: a whole number, and K, M or G for powers of 1,024, as in `256M`, `1 GiB` or `512`.
#[must_use]
pub fn parse_size(text: &str) -> Option<u64> {
    let units = [
        ("", 1),
        ("b", 1),
        ("k", 1 << 10),
        ("kib", 1 << 10),
        ("m", 1 << 20),
        ("mib", 1 << 20),
        ("g", 1 << 30),
        ("gib", 1 << 30),
    ];
    parse_amount(text, &units)
}

/// Parses a whole number and a unit in any case. `None` on overflow, too.
fn parse_amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, each) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
    number.parse::<u64>().ok()?.checked_mul(*each)
}

// Suggestions for misspelt names.

/// The known name nearest to a misspelt one, for suggestions: at most two edits away, or one if either name is shorter
/// than four bytes.
#[must_use]
pub fn nearest_name<'a>(names: impl IntoIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let limit = |known: &str| {
        if known.len().min(name.len()) < 4 { 1 } else { 2 }
    };
    names
        .into_iter()
        .filter(|known| known.len().abs_diff(name.len()) <= 2)
        .map(|known| (strsim::osa_distance(known, name), known))
        .filter(|&(off, known)| off <= limit(known))
        .min_by_key(|&(off, _)| off)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_with_their_nouns() {
        let counts = [(0, "word"), (1, "word"), (2, "dispatch"), (1, "dispatch")];
        let texts = counts.map(|(count, singular)| count_noun(count, singular));
        assert_eq!(texts, ["0 words", "1 word", "2 dispatches", "1 dispatch"]);
    }

    #[test]
    fn errors_without_their_numbers() {
        let error = "No such file or directory (os error 2)";
        assert_eq!(error_reason(&error), "no such file or directory");
        assert_eq!(error_reason(&"Invalid ZIP"), "invalid ZIP");
        assert_eq!(error_reason(&""), "");
    }

    #[test]
    fn ages() {
        let hour = 3_600;
        let read = ["90s", "90m", "12h", "7D", "1w"].map(parse_age);
        let seconds = [90, 90 * 60, 12 * hour, 7 * 24 * hour, 7 * 24 * hour];
        assert_eq!(read, seconds.map(Some));
        let wrong = ["", "7", "d", "-1d", "1.5h", "1y", "99999999999999999w"];
        assert_eq!(wrong.map(parse_age), wrong.map(|_| None));
    }

    #[test]
    fn sizes() {
        let read = ["512", "3b", "64K", "256M", "1gib", "1 G"].map(parse_size);
        let bytes = [512, 3, 64 << 10, 256 << 20, 1 << 30, 1 << 30];
        assert_eq!(read, bytes.map(Some));
        let wrong = ["", "much", "M", "-1", "1T", "99999999999G"];
        assert_eq!(wrong.map(parse_size), wrong.map(|_| None));
    }

    #[test]
    fn a_swap_of_two_letters_is_one_edit() {
        assert_eq!(nearest_name(["view", "mute"], "veiw"), Some("view"));
        assert_eq!(nearest_name(["view", "mute"], "weave"), None);
        assert_eq!(nearest_name(["é"], "e"), Some("é"));
    }
}
