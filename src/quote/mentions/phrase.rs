//! What a phrase that can name somebody is made of: owner, title, name.

use std::ops::Range;

use super::super::lexicon::WordClass;
use super::super::words::Token;

/// What a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum MentionKind {
    /// Ends in a name.
    Name,
    /// Ends in a common noun.
    Nominal,
    Pronoun,
    /// A day, month or hour: never a speaker.
    Day,
}

/// One phrase. All ranges are tokens.
#[derive(Debug, Clone)]
pub(in super::super) struct Mention {
    pub(in super::super) tokens: Range<usize>,
    pub(in super::super) kind: MentionKind,
    /// The name alone, or the whole phrase of a nominal or pronoun.
    pub(in super::super) name: Range<usize>,
    /// Office or rank before the name; may be empty.
    pub(in super::super) title: Range<usize>,
    pub(in super::super) sentence: usize,
    /// True for a name that only owns what follows (“Lee” in “Lee's aide”).
    pub(in super::super) is_possessor: bool,
}

/// A word that could be part of a name.
pub(super) fn is_name_part(token: &Token) -> bool {
    token.is(WordClass::CAPITAL) && !token.is(WordClass::FUNCTION | WordClass::DETERMINER)
}

/// Adds the phrase, and the owner inside it before it.
pub(super) fn push_phrase(
    tokens: &[Token],
    range: Range<usize>,
    number: usize,
    out: &mut Vec<Mention>,
) {
    let mut range = range;
    let mut owned = false;
    if tokens[range.end - 1].is(WordClass::POSSESSIVE) {
        range.end -= 1;
        owned = true;
    }
    if range.is_empty() {
        return;
    }
    let phrase = &tokens[range.clone()];
    // An owner inside the phrase: the words before the last possessive mark.
    if let Some(mark) = phrase.iter().rposition(|t| t.is(WordClass::POSSESSIVE))
        && mark > 0
    {
        let owner = parse_name(tokens, range.start..range.start + mark, number);
        if owner.kind == MentionKind::Name {
            out.push(Mention {
                is_possessor: true,
                ..owner
            });
        }
    }
    if phrase.iter().all(|t| t.is(WordClass::DETERMINER))
        && phrase.len() == 1
        && !phrase[0].is(WordClass::PEOPLE)
    {
        return;
    }
    let mut mention = parse_name(tokens, range, number);
    mention.is_possessor = owned;
    out.push(mention);
}

/// Makes a mention of a phrase: finds where the title ends and the name begins.
fn parse_name(tokens: &[Token], range: Range<usize>, number: usize) -> Mention {
    let nominal = |range: Range<usize>| Mention {
        tokens: range.clone(),
        kind: MentionKind::Nominal,
        name: range.clone(),
        title: range.start..range.start,
        sentence: number,
        is_possessor: false,
    };
    let part = |t: &Token| {
        t.is(WordClass::CAPITAL | WordClass::SUFFIX | WordClass::NUMBER)
            && !t.is(WordClass::DETERMINER)
    };
    if !part(&tokens[range.end - 1]) || !tokens[range.clone()].iter().any(is_name_part) {
        return nominal(range);
    }
    let mut start = range.end - 1;
    while start > range.start {
        let before = &tokens[start - 1];
        let small = before.is(WordClass::PARTICLE | WordClass::PREPOSITION)
            && start - 1 > range.start
            && is_name_part(&tokens[start - 2]);
        if part(before) || small || before.is(WordClass::CAPITAL) && start - 1 > range.start {
            start -= 1;
        } else {
            break;
        }
    }
    let last_is_body = tokens[range.end - 1].is(WordClass::ORGANISATION) && range.end - start > 1;
    let title_end = if last_is_body {
        None
    } else {
        (start..range.end - 1).rev().find_map(|k| {
            let token = &tokens[k];
            if !token.is(WordClass::ROLE | WordClass::TITLE)
                || token.is(WordClass::MALE | WordClass::FEMALE)
            {
                return None;
            }
            let office = tokens[k + 1].is(WordClass::PREPOSITION);
            let end = if office { k + 3 } else { k + 1 };
            (end < range.end).then_some(end)
        })
    };
    let determined = tokens[range.start].is(WordClass::DETERMINER);
    let name_start = title_end.unwrap_or(if determined && start == range.start + 1 {
        range.start
    } else {
        start
    });
    let title_start = range.start + usize::from(determined && name_start > range.start);
    Mention {
        tokens: range.clone(),
        kind: MentionKind::Name,
        name: name_start..range.end,
        title: title_start..name_start.max(title_start),
        sentence: number,
        is_possessor: false,
    }
}
