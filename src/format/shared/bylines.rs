//! Bylines: which lines are one, and the names in them.

use crate::format::shared::word_set::WordSet;

/// Prepositions that open a byline, in the languages of the large agencies, besides `by`. All may also begin a name.
static PREPOSITIONS: WordSet = WordSet::new("von par por door av af");

/// Prepositions that begin more names than bylines.
static RARE_PREPOSITIONS: WordSet = WordSet::new("di da");

/// Words in lower case within the names of persons.
static NAME_PARTICLES: WordSet =
    WordSet::new("de da del den der des di du al bin el la le van von y");

/// Other words in lower case within a byline.
static SMALL_WORDS: WordSet =
    WordSet::new("and und et e en in of the & correspondents staff dpa afp unseren unserem our");

/// Words of desks and agencies, which no person's name has.
static NOT_PERSONAL: WordSet = WordSet::new(
    "news newsroom wire wires desk service services press agency bureau editor editors alerts alert team media office
     feed bulletin newswire presse agentur redaktion agence noticias radio tv international times report",
);

/// True for a word in lower case within a person's name: `de`, `van`.
fn is_particle(word: &str) -> bool {
    NAME_PARTICLES.contains(word) && !word.starts_with(char::is_uppercase)
}

/// True for a line that is a byline: a preposition with a capital, and names.
pub(in crate::format) fn is_byline(line: &str) -> bool {
    let Some((by, names)) = line.split_once(' ') else {
        return false;
    };
    let opens = by.eq_ignore_ascii_case("by")
        || PREPOSITIONS.contains(by)
        || RARE_PREPOSITIONS.contains(by);
    let is_named = |word: &str| {
        !word.starts_with(char::is_lowercase) || is_particle(word) || SMALL_WORDS.contains(word)
    };
    let words = || names.split([' ', ',', '/']).filter(|word| !word.is_empty());
    opens
        && by.starts_with(char::is_uppercase)
        && (3..=120).contains(&names.trim().len())
        && (1..=12).contains(&words().count())
        && words().all(is_named)
        && !line.ends_with(['.', '!', '?', ':'])
        && !names.contains(['"', '“'])
}

/// Strips the preposition from a byline. One that may begin a name is only stripped if two capitalised words follow.
pub(in crate::format) fn strip_by(value: &str) -> &str {
    let Some((by, names)) = value.split_once([' ', '\u{a0}']) else {
        return value;
    };
    let mut words = names.split_whitespace();
    let mut is_named = || words.next().is_some_and(|word| word.starts_with(char::is_uppercase));
    if by.eq_ignore_ascii_case("by") || PREPOSITIONS.contains(by) && is_named() && is_named() {
        names.trim_start()
    } else {
        value
    }
}

/// True for two to five words that may be a person's names; words of desks and agencies rule it out.
pub(in crate::format) fn is_person(name: &str) -> bool {
    // A capital and small letters, or an initial: a word in capitals is an agency's short name.
    let is_named = |word: &str| {
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let begins = word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
        begins && (letters <= 1 || capitals < letters || !word.is_ascii())
    };
    let words = || name.split([' ', ',']).filter(|word| !word.is_empty());
    (2..=5).contains(&words().count())
        && words().all(|word| !NOT_PERSONAL.contains(word) && (is_named(word) || is_particle(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_bylines_from_other_lines() {
        for line in [
            "By Anna Lind",
            "BY ANNA LIND and OLAF BRUN",
            "By ANNA LIND, Associated Press Writer",
            "By The Northern Press",
            "Von Anna Lind und Olaf Brun, dpa",
            "Von unserem Korrespondenten Olaf Brun",
            "Di Mario de Rossi",
        ] {
            assert!(is_byline(line), "{line}");
        }
        for line in [
            "By",
            "by Anna Lind",
            "By the time they left",
            "By Land and Sea They Came.",
            "By Monday: rain",
            "By \"Night\" and Day",
            "Bya Lind",
        ] {
            assert!(!is_byline(line), "{line}");
        }
    }

    #[test]
    fn strips_by_from_bylines() {
        for (line, name) in [
            ("By Anna Lind", "Anna Lind"),
            ("BY ANNA LIND", "ANNA LIND"),
            ("by npr correspondents", "npr correspondents"),
            ("Von Anna Lind und Olaf Brun, npr", "Anna Lind und Olaf Brun, npr"),
            ("Par Anne LINDE", "Anne LINDE"),
            ("Von Lind", "Von Lind"),
            ("Bya Lind", "Bya Lind"),
            ("Anna Lind", "Anna Lind"),
            ("By", "By"),
        ] {
            assert_eq!(strip_by(line), name);
        }
    }
}
