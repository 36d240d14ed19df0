//! Decides whether a word goes on with a phrase or is the verb after it. Knows nothing of names.

use super::super::lexicon::WordClass;
use super::super::words::Token;
use super::phrase::is_name_part;

/// True where a word is the verb after a phrase rather than a part of it.
pub(super) fn is_verb_after_phrase(
    token: &Token,
    before: Option<&Token>,
    next: Option<&Token>,
    noun: bool,
    first: bool,
    (plural, object): (bool, bool),
) -> bool {
    if token.is(WordClass::CAPITAL) && !first {
        return false;
    }
    if token.is(WordClass::ANY_VERB) {
        let Some(before) = before else {
            return false;
        };
        if !noun && before.is(WordClass::PEOPLE) && !token.is(WordClass::BASE) {
            // “Some chanted”.
            return true;
        }
        if !noun {
            // “the report”, “his stated aim”, “her calling”.
            return false;
        }
        // “his home state”: the bare form after a noun in the singular is no verb of its own.
        let singular = before.is(WordClass::LOWER)
            && !before.is(WordClass::PEOPLE | WordClass::POSSESSIVE)
            && !plural;
        if token.is(WordClass::BOTH)
            && token.is(WordClass::BASE)
            && !token.is(WordClass::PAST)
            && singular
        {
            return false;
        }
        // “holding blue signs”: what a verb already has as its object does not go on with another.
        if token.is(WordClass::BOTH)
            && token.is(WordClass::FINITE)
            && !token.is(WordClass::PAST)
            && object
        {
            return false;
        }
        let a_noun = token.is(WordClass::SPEAKING | WordClass::CUE_NOUN)
            && token.is(WordClass::BASE)
            && !before.is(WordClass::PEOPLE)
            && !next
                .is_some_and(|n| n.is(WordClass::DETERMINER | WordClass::PRONOUN) || n.is_quote());
        return !a_noun;
    }
    noun && !token.is(WordClass::SPEAKING | WordClass::CUE_NOUN)
        && looks_like_verb(token, before, next)
}

/// True for a word that ends like a plural.
pub(super) fn is_plural(text: &str, token: &Token) -> bool {
    text.get(token.range())
        .is_some_and(|word| word.ends_with('s') && !word.ends_with("ss"))
}

/// Guesses at verbs that are in no list by their company: “Lee panned the plan”.
fn looks_like_verb(token: &Token, before: Option<&Token>, next: Option<&Token>) -> bool {
    let before_name = before.is_some_and(is_name_part);
    let object =
        next.is_some_and(|n| n.is(WordClass::DETERMINER | WordClass::PRONOUN) || n.is_quote());
    let verbal = token.is(WordClass::VERBAL) && !token.is(WordClass::ADVERB);
    token.is(WordClass::LOWER)
        && (before_name && (verbal || object)
            || verbal
                && before.is_some_and(|b| {
                    b.is(WordClass::PEOPLE | WordClass::ORGANISATION | WordClass::ROLE)
                }))
}
