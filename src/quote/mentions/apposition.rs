//! What is said of somebody between commas beside the name: ages, offices, kin. Knows nothing of entities.

use std::ops::Range;

use super::super::lexicon::Class;
use super::super::words::Token;
use super::phrase::{Mention, Sort};

/// True for a name with what only a person has after it: “Lee, 43,”, “Lee, skipper of”, “Lee, who”.
pub(super) fn is_presented(tokens: &[Token], mention: &Mention) -> bool {
    let end = mention.tokens.end;
    let Some(after) = tokens.get(end..(end + 5).min(tokens.len())) else {
        return false;
    };
    let [comma, rest @ ..] = after else {
        return false;
    };
    if !comma.is_point(',') {
        return false;
    }
    let age = matches!(rest, [n, c, ..] if n.is(Class::NUMBER) && c.is_point(','));
    let office = rest
        .iter()
        .take_while(|t| t.is_word() && !t.is(Class::PREPOSITION | Class::CAPITAL))
        .any(|t| t.is(Class::ROLE));
    age || office
}

/// The longest apposition that is kept, in tokens.
const APPOSITION: usize = 10;

/// What is said of somebody after a comma, up to the next point: “Lee, the skipper of the Ansgar,”. It begins with what
/// a person can be; its article is left out.
pub(super) fn apposition(tokens: &[Token], mention: &Mention) -> Option<Range<usize>> {
    let comma = mention.tokens.end;
    let start = comma + 1;
    let after = tokens.get(start..(start + APPOSITION + 1).min(tokens.len()))?;
    let ends =
        |t: &Token| !t.is_word() || t.is(Class::RELATIVE) || t.is(Class::SAY) && t.is(Class::LOWER);
    let length = after.iter().position(ends)?;
    let end = start + length;
    let noun = after[..length]
        .iter()
        .take_while(|t| !t.is(Class::PREPOSITION))
        .take_while(|t| t.is(Class::DETERMINER) || !t.is(Class::FUNCTION | Class::ANY_VERB));
    let articles = after[..length]
        .iter()
        .take_while(|t| t.is(Class::DETERMINER));
    let start = start + articles.count();
    let role = noun.last().is_some_and(|t| t.is(Class::ROLE));
    (tokens[comma].is_point(',') && role && mention.sort == Sort::Name && !mention.owner)
        .then_some(start..end)
}

/// The phrase that a name stands beside: “his wife” in “his wife, Ada,”.
pub(super) fn kin(tokens: &[Token], mentions: &[Mention], at: usize) -> Option<Range<usize>> {
    let name = &mentions[at];
    let before = &mentions[at.checked_sub(1)?];
    let comma = before.tokens.end;
    let beside = comma + 1 == name.tokens.start && tokens[comma].is_point(',');
    (before.sort == Sort::Nominal && before.sentence == name.sentence && beside)
        .then(|| before.tokens.end - 1..before.tokens.end)
}
