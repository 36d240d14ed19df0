//! What is said of somebody between commas beside the name: ages, offices, kin. Knows nothing of entities.

use std::ops::Range;

use super::super::lexicon::WordClass;
use super::super::words::Token;
use super::phrase::{Mention, MentionKind};

/// True for a name with what only a person has after it: “Lee, 43,”, “Lee, skipper of”, “Lee, who”.
pub(super) fn is_introduced_as_person(tokens: &[Token], mention: &Mention) -> bool {
    let end = mention.tokens.end;
    let Some(after) = tokens.get(end..(end + 5).min(tokens.len())) else {
        return false;
    };
    let [comma, rest @ ..] = after else {
        return false;
    };
    if !comma.is_punctuation(',') {
        return false;
    }
    let age = matches!(rest, [n, c, ..] if n.is(WordClass::NUMBER) && c.is_punctuation(','));
    let office = rest
        .iter()
        .take_while(|t| t.is_word() && !t.is(WordClass::PREPOSITION | WordClass::CAPITAL))
        .any(|t| t.is(WordClass::ROLE));
    age || office
}

/// The longest apposition that is kept, in tokens.
const MAX_APPOSITION_TOKENS: usize = 10;

/// What is said of somebody after a comma, up to the next point: “Lee, the skipper of the Ansgar,”. It begins with what
/// a person can be; its article is left out.
pub(super) fn find_apposition(tokens: &[Token], mention: &Mention) -> Option<Range<usize>> {
    let comma = mention.tokens.end;
    let start = comma + 1;
    let after = tokens.get(start..(start + MAX_APPOSITION_TOKENS + 1).min(tokens.len()))?;
    let ends = |t: &Token| {
        !t.is_word() || t.is(WordClass::RELATIVE) || t.is(WordClass::SAY) && t.is(WordClass::LOWER)
    };
    let length = after.iter().position(ends)?;
    let end = start + length;
    let noun = after[..length]
        .iter()
        .take_while(|t| !t.is(WordClass::PREPOSITION))
        .take_while(|t| {
            t.is(WordClass::DETERMINER) || !t.is(WordClass::FUNCTION | WordClass::ANY_VERB)
        });
    let articles = after[..length]
        .iter()
        .take_while(|t| t.is(WordClass::DETERMINER));
    let start = start + articles.count();
    let role = noun.last().is_some_and(|t| t.is(WordClass::ROLE));
    (tokens[comma].is_punctuation(',')
        && role
        && mention.kind == MentionKind::Name
        && !mention.is_possessor)
        .then_some(start..end)
}

/// The phrase that a name stands beside: “his wife” in “his wife, Ada,”.
pub(super) fn kinship_phrase(
    tokens: &[Token],
    mentions: &[Mention],
    at: usize,
) -> Option<Range<usize>> {
    let name = &mentions[at];
    let before = &mentions[at.checked_sub(1)?];
    let comma = before.tokens.end;
    let beside = comma + 1 == name.tokens.start && tokens[comma].is_punctuation(',');
    (before.kind == MentionKind::Nominal && before.sentence == name.sentence && beside)
        .then(|| before.tokens.end - 1..before.tokens.end)
}
