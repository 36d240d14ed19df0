//! Cuts sentences into the phrases that can name somebody: names, nouns, pronouns. Knows nothing of cues.

use std::ops::Range;

use super::super::lexicon::WordClass;
use super::super::words::Token;
use super::phrase::{Mention, MentionKind, is_name_part, push_phrase};
use super::verbs::{is_plural, is_verb_after_phrase};

/// The longest phrase in tokens.
const MAX_PHRASE_TOKENS: usize = 24;

/// Words that part names from what follows where every word has a capital.
const NOT_IN_NAMES: WordClass = WordClass::ANY_VERB.or(WordClass::FUNCTION);

/// True for a headline in capitals throughout: they say nothing about names there.
fn is_title_case(tokens: &[Token]) -> bool {
    let count = |class| tokens.iter().filter(|t| t.is_word() && t.is(class)).count();
    let large = count(WordClass::CAPITAL);
    tokens.len() <= 40 && large >= 5 && large > 3 * count(WordClass::LOWER)
}

/// The phrases of one sentence, in order. A phrase's owner comes right before it.
pub(in super::super) fn find_phrases(
    text: &str,
    tokens: &[Token],
    sentence: Range<usize>,
    number: usize,
    out: &mut Vec<Mention>,
) {
    let mut i = sentence.start;
    let shouted = is_title_case(&tokens[sentence.clone()]);
    while i < sentence.end {
        let end = push_phrases_at(text, tokens, i, &sentence, (number, shouted), out);
        i = end.max(i + 1);
    }
}

fn push_phrases_at(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
    (number, shouted): (usize, bool),
    out: &mut Vec<Mention>,
) -> usize {
    let token = &tokens[i];
    let next = tokens[..sentence.end].get(i + 1);
    if !token.is_word() {
        return i;
    }
    let simple = |end: usize, sort: MentionKind| Mention {
        tokens: i..end,
        kind: sort,
        name: i..end,
        title: i..i,
        sentence: number,
        is_possessor: false,
    };
    if token.is(WordClass::DAY)
        && !(token.is(WordClass::MALE | WordClass::FEMALE) && next.is_some_and(is_name_part))
    {
        let mut end = i + 1;
        while end < sentence.end && tokens[end].is(WordClass::DAY | WordClass::NUMBER) {
            end += 1;
        }
        out.push(simple(end, MentionKind::Day));
        return end;
    }
    if token.is(WordClass::PRONOUN) {
        let possessive =
            token.is(WordClass::DETERMINER) && next.is_some_and(|n| is_noun_like(n) && n.is_word());
        if !possessive {
            out.push(simple(i + 1, MentionKind::Pronoun));
            return i + 1;
        }
        out.push(Mention {
            is_possessor: true,
            ..simple(i + 1, MentionKind::Pronoun)
        });
    } else if !starts_phrase(text, tokens, i, sentence) {
        return i;
    }
    let end = phrase_end(text, tokens, i, sentence, shouted);
    if end > i {
        push_phrase(tokens, i..end, number, out);
    }
    end
}

/// A word that may stand in a noun's phrase after its first word.
fn is_noun_like(token: &Token) -> bool {
    token.is_word() && !token.is(WordClass::FUNCTION | WordClass::POSSESSIVE)
}

fn starts_phrase(text: &str, tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let first = i == sentence.start || tokens[i - 1].is_quote();
    let next_name = tokens[..sentence.end].get(i + 1).is_some_and(is_name_part);
    if token.is(WordClass::CAPITAL)
        && !first
        && !token.is(WordClass::DETERMINER
            | WordClass::PREPOSITION
            | WordClass::RELATIVE
            | WordClass::CONJUNCTION
            | WordClass::SUBORDINATOR)
    {
        return !token.is(WordClass::AUXILIARY | WordClass::ADVERB) || next_name;
    }
    if token.is(WordClass::RELATIVE | WordClass::POSSESSIVE) {
        return false;
    }
    if token.is(WordClass::DETERMINER) {
        return true;
    }
    if token.is(WordClass::FUNCTION) {
        return token.is(WordClass::MALE | WordClass::FEMALE) && next_name;
    }
    if token.is(WordClass::CUE_NOUN) && i > sentence.start {
        let before = &tokens[i - 1];
        if before.is(WordClass::PREPOSITION) && !before.is(WordClass::TO) {
            // “in remarks to”
            return true;
        }
    }
    if token.is(WordClass::ANY_VERB) && !token.is(WordClass::SPEAKING) {
        return token.is(WordClass::MALE | WordClass::FEMALE | WordClass::TITLE) && next_name;
    }
    if first && token.is(WordClass::VERBAL) {
        // “Asked about it” and “Sterling said”.
        let verb_next = tokens[..sentence.end]
            .get(i + 1)
            .is_some_and(|n| n.is(WordClass::FINITE));
        return next_name || verb_next || token.is(WordClass::MALE | WordClass::FEMALE);
    }
    let participle =
        token.is(WordClass::VERBAL) && token.is(WordClass::LOWER) && !token.is(WordClass::ADVERB);
    if participle
        && i > sentence.start
        && tokens[i - 1].is_word()
        && !tokens[i - 1].is(WordClass::FUNCTION | WordClass::ANY_VERB)
        && text.get(token.range()).is_some_and(|w| w.ends_with("ed"))
        && (is_name_part(&tokens[i - 1])
            || tokens[..sentence.end].get(i + 1).is_none_or(|n| {
                n.is(WordClass::PREPOSITION | WordClass::DETERMINER | WordClass::PRONOUN)
                    || !n.is_word()
            }))
    {
        // “protesters marched through”, “a letter obtained by”.
        return false;
    }
    if token.is(WordClass::LOWER) && i > sentence.start {
        // “had also panned”, “to pan”, “they pan”: a verb, whatever the lists say.
        let verb = WordClass::AUXILIARY | WordClass::PRONOUN | WordClass::TO;
        let before = &tokens[i - 1];
        let back = if before.is(WordClass::ADVERB) && i > sentence.start + 1 {
            &tokens[i - 2]
        } else {
            before
        };
        if back.is(verb) && !back.is(WordClass::BE | WordClass::TO)
            || back.is(WordClass::BE) && token.is(WordClass::VERBAL)
            || back.is(WordClass::TO) && token.is(WordClass::BASE)
        {
            return false;
        }
    }
    true
}

/// Where the phrase that begins at `i` ends.
fn phrase_end(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
    shouted: bool,
) -> usize {
    let limit = sentence.end.min(i + MAX_PHRASE_TOKENS);
    // A verb right before makes the phrase its object: “holding”, “sign”; not “said”.
    let object = i > sentence.start && {
        let b = &tokens[i - 1];
        b.is(WordClass::ING) && !b.is(WordClass::SAY)
            || b.is(WordClass::VERBAL) && !b.is(WordClass::ANY_VERB)
    };
    let mut noun = false;
    let mut j = i;
    while j < limit {
        let token = &tokens[j];
        if !token.is_word() {
            break;
        }
        let next = tokens[..sentence.end].get(j + 1);
        let before = (j > i).then(|| &tokens[j - 1]);
        if shouted
            && j > i
            && token.is(NOT_IN_NAMES)
            && !token.is(WordClass::MALE | WordClass::FEMALE)
        {
            break;
        }
        if token.is(WordClass::POSSESSIVE) {
            noun = false;
            j += 1;
            continue;
        }
        if j > i && token.is(WordClass::DAY) {
            break;
        }
        if token.is(WordClass::DETERMINER) {
            if before.is_none_or(|b| b.is(WordClass::DETERMINER)) && !noun {
                j += 1;
                continue;
            }
            break;
        }
        if let Some(before) = before.filter(|_| token.is(WordClass::FUNCTION)) {
            if !continues_phrase(token, before, next, noun) {
                break;
            }
            j += 1;
            continue;
        }
        if token.is(WordClass::NUMBER) && noun && !before.is_some_and(is_name_part) {
            break;
        }
        if is_verb_after_phrase(
            token,
            before,
            next,
            noun,
            j == sentence.start,
            (before.is_some_and(|b| is_plural(text, b)), object),
        ) {
            break;
        }
        noun = true;
        j += 1;
    }
    j
}

/// True for a function word that does not end the phrase it stands in: “von”, “of” in a name, “very” before a noun.
fn continues_phrase(token: &Token, before: &Token, next: Option<&Token>, noun: bool) -> bool {
    let next_name = next.is_some_and(is_name_part);
    let name_before = is_name_part(before);
    let office = || before.is(WordClass::ROLE) && next.is_some_and(|n| n.is(WordClass::OFFICE));
    let of_body = || {
        name_before && before.is(WordClass::ORGANISATION) && !before.is(WordClass::ROLE) || office()
    };
    let other = WordClass::PREPOSITION
        | WordClass::PRONOUN
        | WordClass::RELATIVE
        | WordClass::CONJUNCTION
        | WordClass::SUBORDINATOR;
    let particle = token.is(WordClass::PARTICLE) && name_before;
    let joined = token.is(WordClass::PREPOSITION) && token.is(WordClass::JOINER) && of_body();
    let capital = token.is(WordClass::CAPITAL) && name_before && !token.is(other);
    let lead = token.is(WordClass::ADVERB)
        && !noun
        && before.is(WordClass::DETERMINER | WordClass::POSSESSIVE);
    next_name && (particle || joined || capital) || lead
}
