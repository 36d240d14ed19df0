//! Cuts sentences into the phrases that can name somebody: names, nouns, pronouns. Knows nothing of cues.

use std::ops::Range;

use super::super::lexicon::Class;
use super::super::words::Token;
use super::phrase::{Mention, Sort, is_name_part, push_phrase};
use super::verbs::{ends_before, plural};

/// The longest phrase in tokens.
const LONGEST: usize = 24;

/// Words that part names from what follows where every word has a capital.
const NO_NAME: Class = Class::ANY_VERB.or(Class::FUNCTION);

/// True for a headline in capitals throughout: they say nothing about names there.
fn is_title_case(tokens: &[Token]) -> bool {
    let count = |class| tokens.iter().filter(|t| t.is_word() && t.is(class)).count();
    let large = count(Class::CAPITAL);
    tokens.len() <= 40 && large >= 5 && large > 3 * count(Class::LOWER)
}

/// The phrases of one sentence, in order. A phrase's owner comes right before it.
pub(in super::super) fn chunks(
    text: &str,
    tokens: &[Token],
    sentence: Range<usize>,
    number: usize,
    out: &mut Vec<Mention>,
) {
    let mut i = sentence.start;
    let shouted = is_title_case(&tokens[sentence.clone()]);
    while i < sentence.end {
        let end = chunk(text, tokens, i, &sentence, (number, shouted), out);
        i = end.max(i + 1);
    }
}

fn chunk(
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
    let simple = |end: usize, sort: Sort| Mention {
        tokens: i..end,
        sort,
        name: i..end,
        title: i..i,
        sentence: number,
        owner: false,
    };
    if token.is(Class::DAY)
        && !(token.is(Class::MALE | Class::FEMALE) && next.is_some_and(is_name_part))
    {
        let mut end = i + 1;
        while end < sentence.end && tokens[end].is(Class::DAY | Class::NUMBER) {
            end += 1;
        }
        out.push(simple(end, Sort::Day));
        return end;
    }
    if token.is(Class::PRONOUN) {
        let possessive =
            token.is(Class::DETERMINER) && next.is_some_and(|n| is_noun_like(n) && n.is_word());
        if !possessive {
            out.push(simple(i + 1, Sort::Pronoun));
            return i + 1;
        }
        out.push(Mention {
            owner: true,
            ..simple(i + 1, Sort::Pronoun)
        });
    } else if !begins(text, tokens, i, sentence) {
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
    token.is_word() && !token.is(Class::FUNCTION | Class::POSSESSIVE)
}

fn begins(text: &str, tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let first = i == sentence.start || tokens[i - 1].is_quote();
    let next_name = tokens[..sentence.end].get(i + 1).is_some_and(is_name_part);
    if token.is(Class::CAPITAL)
        && !first
        && !token.is(Class::DETERMINER
            | Class::PREPOSITION
            | Class::RELATIVE
            | Class::CONJUNCTION
            | Class::SUBORDINATOR)
    {
        return !token.is(Class::AUXILIARY | Class::ADVERB) || next_name;
    }
    if token.is(Class::RELATIVE | Class::POSSESSIVE) {
        return false;
    }
    if token.is(Class::DETERMINER) {
        return true;
    }
    if token.is(Class::FUNCTION) {
        return token.is(Class::MALE | Class::FEMALE) && next_name;
    }
    if token.is(Class::CUE_NOUN) && i > sentence.start {
        let before = &tokens[i - 1];
        if before.is(Class::PREPOSITION) && !before.is(Class::TO) {
            // “in remarks to”
            return true;
        }
    }
    if token.is(Class::ANY_VERB) && !token.is(Class::SPEAKING) {
        return token.is(Class::MALE | Class::FEMALE | Class::TITLE) && next_name;
    }
    if first && token.is(Class::VERBAL) {
        // “Asked about it” and “Sterling said”.
        let verb_next = tokens[..sentence.end]
            .get(i + 1)
            .is_some_and(|n| n.is(Class::FINITE));
        return next_name || verb_next || token.is(Class::MALE | Class::FEMALE);
    }
    let participle = token.is(Class::VERBAL) && token.is(Class::LOWER) && !token.is(Class::ADVERB);
    if participle
        && i > sentence.start
        && tokens[i - 1].is_word()
        && !tokens[i - 1].is(Class::FUNCTION | Class::ANY_VERB)
        && text.get(token.range()).is_some_and(|w| w.ends_with("ed"))
        && (is_name_part(&tokens[i - 1])
            || tokens[..sentence.end].get(i + 1).is_none_or(|n| {
                n.is(Class::PREPOSITION | Class::DETERMINER | Class::PRONOUN) || !n.is_word()
            }))
    {
        // “protesters marched through”, “a letter obtained by”.
        return false;
    }
    if token.is(Class::LOWER) && i > sentence.start {
        // “had also panned”, “to pan”, “they pan”: a verb, whatever the lists say.
        let verb = Class::AUXILIARY | Class::PRONOUN | Class::TO;
        let before = &tokens[i - 1];
        let back = if before.is(Class::ADVERB) && i > sentence.start + 1 {
            &tokens[i - 2]
        } else {
            before
        };
        if back.is(verb) && !back.is(Class::BE | Class::TO)
            || back.is(Class::BE) && token.is(Class::VERBAL)
            || back.is(Class::TO) && token.is(Class::BASE)
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
    let limit = sentence.end.min(i + LONGEST);
    // A verb right before makes the phrase its object: “holding”, “sign”; not “said”.
    let object = i > sentence.start && {
        let b = &tokens[i - 1];
        b.is(Class::ING) && !b.is(Class::SAY) || b.is(Class::VERBAL) && !b.is(Class::ANY_VERB)
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
        if shouted && j > i && token.is(NO_NAME) && !token.is(Class::MALE | Class::FEMALE) {
            break;
        }
        if token.is(Class::POSSESSIVE) {
            noun = false;
            j += 1;
            continue;
        }
        if j > i && token.is(Class::DAY) {
            break;
        }
        if token.is(Class::DETERMINER) {
            if before.is_none_or(|b| b.is(Class::DETERMINER)) && !noun {
                j += 1;
                continue;
            }
            break;
        }
        if let Some(before) = before.filter(|_| token.is(Class::FUNCTION)) {
            if !holds_together(token, before, next, noun) {
                break;
            }
            j += 1;
            continue;
        }
        if token.is(Class::NUMBER) && noun && !before.is_some_and(is_name_part) {
            break;
        }
        if ends_before(
            token,
            before,
            next,
            noun,
            j == sentence.start,
            (before.is_some_and(|b| plural(text, b)), object),
        ) {
            break;
        }
        noun = true;
        j += 1;
    }
    j
}

/// True for a function word that does not end the phrase it stands in: “von”, “of” in a name, “very” before a noun.
fn holds_together(token: &Token, before: &Token, next: Option<&Token>, noun: bool) -> bool {
    let next_name = next.is_some_and(is_name_part);
    let name_before = is_name_part(before);
    let office = || before.is(Class::ROLE) && next.is_some_and(|n| n.is(Class::OFFICE));
    let of_body =
        || name_before && before.is(Class::ORGANISATION) && !before.is(Class::ROLE) || office();
    let other = Class::PREPOSITION
        | Class::PRONOUN
        | Class::RELATIVE
        | Class::CONJUNCTION
        | Class::SUBORDINATOR;
    let particle = token.is(Class::PARTICLE) && name_before;
    let joined = token.is(Class::PREPOSITION) && token.is(Class::JOINER) && of_body();
    let capital = token.is(Class::CAPITAL) && name_before && !token.is(other);
    let lead = token.is(Class::ADVERB) && !noun && before.is(Class::DETERMINER | Class::POSSESSIVE);
    next_name && (particle || joined || capital) || lead
}
