//! Tells statements from titles, nicknames and terms by their shape and the words around them.

use std::ops::Range;

use super::lexicon::{WordClass, lookup};
use super::marks::QuotedSpan;

/// How many bytes before a quote are looked at.
const CONTEXT_BYTES: usize = 80;

/// True where a marked stretch is plainly part of a name or the title of a work, before anything else is known.
pub(super) fn is_name_by_shape(text: &str, span: &QuotedSpan) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return false;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let outer = &span.outers[0];
    let from = text.floor_char_boundary(outer.start.saturating_sub(CONTEXT_BYTES));
    let before = text.get(from..outer.start).unwrap_or("");
    let previous = before.trim_end().rsplit(' ').next().unwrap_or("");
    if TITLE_INTRODUCERS.contains(&previous) || is_reference(text, outer) {
        return true;
    }
    if words.len() > 80 || words.split_whitespace().count() > 8 {
        return false;
    }
    let after = text.get(outer.end..).unwrap_or("");
    // An attribute of markup that was left in the text.
    before.ends_with('=')
        || is_nickname(before, words, after)
        || is_byname(before, words)
        || is_work_title(before, words)
}

/// “Ferry found in fog” — The Courier, May 4, 1998: the headline of a source in a list of sources.
fn is_reference(text: &str, outer: &Range<usize>) -> bool {
    let after = text.get(outer.end..).unwrap_or("");
    let Some(credit) = after.trim_start_matches(' ').strip_prefix(['—', '–', '-']) else {
        return false;
    };
    let line = credit.split('\n').next().unwrap_or("");
    let line = line
        .get(..line.floor_char_boundary(CONTEXT_BYTES))
        .unwrap_or("");
    let year = line
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    year && line
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| lookup(word).is(WordClass::DAY))
}

/// What was found for a quote before it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttributionBasis {
    Nobody,
    /// The words only follow somebody's name in the possessive.
    Possessive,
    /// No reporting word: the sentence is only about somebody.
    Subject,
    /// A reporting word somewhere about.
    DistantCue,
    /// A reporting word right beside it.
    AdjacentCue,
}

/// True for a few words that nobody is said to have said, without the point or comma of a sentence: a term, a
/// label, a scare quote, the name of a work.
pub(super) fn is_term(
    text: &str,
    span: &QuotedSpan,
    backing: AttributionBasis,
    headline: bool,
) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return false;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let count = words.split_whitespace().take(LONGEST_TERM + 1).count();
    let ends = words.ends_with([',', '.', '!', '?', '…']);
    let announced = text
        .get(..span.outers[0].start)
        .is_some_and(|before| before.trim_end().ends_with(':'));
    let open = backing != AttributionBasis::AdjacentCue && !headline && !announced;
    if open && !words.ends_with(['!', '?']) && is_capitalised(words) {
        return true;
    }
    if backing == AttributionBasis::Nobody {
        return !ends && count <= LONGEST_TERM || count == 1;
    }
    let capital = count == 1 && words.starts_with(char::is_uppercase);
    !ends
        && count <= 2
        && (backing == AttributionBasis::Possessive
            || backing == AttributionBasis::Subject && (capital || is_modifier(text, span)))
}

/// Red Neck Country Club; The Fixers: How They Won: two capitals or more, and nothing small but small words.
fn is_capitalised(words: &str) -> bool {
    let mut large = 0;
    for word in words.split_whitespace() {
        if word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
            large += 1;
        } else if !is_title_small_word(word) {
            return false;
        }
    }
    large >= 2 && words.len() <= LONGEST_TITLE
}

/// How many bytes the name of a work has at most.
const LONGEST_TITLE: usize = 90;

/// The “old” guard, a “tie”: words that an article or a noun right beside them makes part of a noun's phrase.
fn is_modifier(text: &str, span: &QuotedSpan) -> bool {
    let outer = &span.outers[0];
    let from = text.floor_char_boundary(outer.start.saturating_sub(CONTEXT_BYTES));
    let before = text.get(from..outer.start).unwrap_or("").trim_end();
    let previous = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let after = text.get(outer.end..).unwrap_or("");
    let next = after
        .strip_prefix(' ')
        .and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
        .unwrap_or("");
    let noun = next.starts_with(char::is_lowercase)
        && !lookup(next).is(WordClass::FUNCTION | WordClass::DETERMINER | WordClass::CONJUNCTION);
    lookup(previous).is(WordClass::DETERMINER) || noun
}

/// How many words a term has at most.
const LONGEST_TERM: usize = 6;

/// Robert “Bobby” Lee.
fn is_nickname(before: &str, words: &str, after: &str) -> bool {
    let capital = |word: &str| word.starts_with(char::is_uppercase);
    let previous = before
        .strip_suffix(' ')
        .and_then(|b| b.rsplit(' ').next())
        .unwrap_or("");
    let next = after.strip_prefix(' ').unwrap_or("");
    let first_name =
        !lookup(previous).is(WordClass::FUNCTION | WordClass::DETERMINER | WordClass::ANY_VERB);
    words.split_whitespace().count() <= 3
        && capital(words)
        && capital(previous)
        && capital(next)
        && first_name
        && !previous.ends_with([',', ':', '.']) | (previous.ends_with('.') && previous.len() == 2)
}

/// Lee, whom everybody calls “Old Harry”: a name that somebody goes by.
fn is_byname(before: &str, words: &str) -> bool {
    let mut back = before.split_whitespace().rev();
    back.next()
        .is_some_and(|verb| lookup(verb).is(WordClass::NAMING))
        && back.take(4).any(|word| word == "whom")
        && words
            .split_whitespace()
            .all(|word| word.starts_with(char::is_uppercase))
}

/// On “The Daily Show”, in ‘The Long Walk’: capitals throughout, after a preposition or a word for a work.
fn is_work_title(before: &str, words: &str) -> bool {
    let mut small = 0;
    let mut large = 0;
    for word in words.split_whitespace() {
        if word.starts_with(char::is_lowercase) && !is_title_small_word(word) {
            small += 1;
        } else if word.starts_with(char::is_uppercase) {
            large += 1;
        }
    }
    if small > 0 || large == 0 {
        return false;
    }
    let previous = before
        .trim_end()
        .rsplit(|c: char| c.is_whitespace())
        .next()
        .unwrap_or("")
        .trim_end_matches(',')
        .trim_end_matches("'s")
        .trim_end_matches("’s");
    let lower = previous.to_lowercase();
    let possessive = before.trim_end().ends_with("'s") || before.trim_end().ends_with("’s");
    let work = lookup(previous).is(WordClass::WORK);
    let place = matches!(
        lower.as_str(),
        "on" | "in"
            | "of"
            | "with"
            | "alongside"
            | "hosts"
            | "host"
            | "titled"
            | "entitled"
            | "author"
    );
    work || large > 1 && (place || possessive)
}

/// What stands right before a headline or title, however that is written.
const TITLE_INTRODUCERS: [&str; 3] = ["headlined", "titled", "entitled"];

/// The words that stay small in a title.
fn is_title_small_word(word: &str) -> bool {
    lookup(word).is(WordClass::PREPOSITION | WordClass::CONJUNCTION | WordClass::DETERMINER)
        || word.starts_with(|c: char| !c.is_alphabetic())
}

/// True for words that could be a sentence or clause of their own: they decide direct from partial.
pub(super) fn is_direct(text: &str, span: &QuotedSpan) -> bool {
    let Some(first) = span.pieces.first() else {
        return false;
    };
    let words = text.get(first.clone()).unwrap_or("");
    let count = words.split_whitespace().take(4).count();
    span.pieces.len() > 1
        || words.starts_with(|c: char| !c.is_lowercase())
            && (count >= 2 || words.ends_with(['.', '!', '?', ',']))
}
