//! Cuts sentences into phrases that can name somebody: names with their titles, noun phrases, pronouns. Knows nothing
//! of other sentences.

use std::ops::Range;

use crate::quotes::lexicon::{
    ACCORDING, ADVERB, ANY_VERB, AT, AUXILIARY, BASE, BE, BOTH, CAPITAL, CONJUNCTION, CUE_NOUN,
    DAY, DETERMINER, DOCUMENT, FEMALE, FINITE, FIRST_PERSON, FUNCTION, IN_TIME, ING, JOINER, LABEL,
    LOWER, MALE, NUMBER, NUMERAL, OFFICE, ORGANISATION, PARTICLE, PAST, PEOPLE, PLACE, POSSESSIVE,
    PREPOSITION, PRONOUN, RELATIVE, ROLE, SAY, SPEAKING, SUBORDINATOR, SUFFIX, TITLE, TO, VERBAL,
    WordClass,
};
use crate::quotes::mentions::{Mention, MentionKind};
use crate::quotes::tokens::Token;

/// True for a capitalised word that could be part of a name.
pub(super) fn is_name_part(token: &Token) -> bool {
    token.is(CAPITAL) && !token.is(FUNCTION | DETERMINER)
}

/// Adds the mention of a phrase, after that of the owner inside it. `number`: the sentence.
pub(super) fn push_phrase(
    tokens: &[Token],
    range: Range<usize>,
    number: usize,
    out: &mut Vec<Mention>,
) {
    let mut range = range;
    let mut owned = false;
    if tokens[range.end - 1].is(POSSESSIVE) {
        range.end -= 1;
        owned = true;
    }
    if range.is_empty() {
        return;
    }
    let phrase = &tokens[range.clone()];
    // The owner inside the phrase: the words before the last possessive.
    if let Some(mark) = phrase.iter().rposition(|t| t.is(POSSESSIVE))
        && mark > 0
    {
        let owner = parse_name(tokens, range.start..range.start + mark, number);
        if owner.kind == MentionKind::Name {
            out.push(Mention { is_possessor: true, ..owner });
        }
    }
    // A lone “the” or “that” names nobody; a lone “both” or “several” does.
    if phrase.iter().all(|t| t.is(DETERMINER)) && phrase.len() == 1 && !phrase[0].is(PEOPLE) {
        return;
    }
    let mut mention = parse_name(tokens, range, number);
    mention.is_possessor = owned;
    out.push(mention);
}

/// Makes a mention of a phrase: a name if it ends in one, with the title before it split off, or else a nominal.
fn parse_name(tokens: &[Token], range: Range<usize>, number: usize) -> Mention {
    let part = |t: &Token| t.is(CAPITAL | SUFFIX | NUMBER) && !t.is(DETERMINER);
    let given = |t: &Token| t.is(CAPITAL) && t.is(MALE | FEMALE);
    let named = tokens[range.clone()].iter().any(|t| is_name_part(t) || given(t));
    if !part(&tokens[range.end - 1]) || !named {
        return Mention::new(range, MentionKind::NounPhrase, number);
    }
    let mut start = range.end - 1;
    while start > range.start {
        let before = &tokens[start - 1];
        let capital = before.is(CAPITAL) && start - 1 > range.start;
        // “Bank of England”.
        let joined =
            before.is(PREPOSITION) && start - 1 > range.start && is_name_part(&tokens[start - 2]);
        if part(before) || joined || capital {
            start -= 1;
        } else if let Some(first) = particles_before(tokens, range.start, start) {
            start = first;
        } else {
            break;
        }
    }
    // “the President”, “Secretary of State”: an office without a name.
    let last = &tokens[range.end - 1];
    let of_state = last.is(OFFICE)
        && range.end >= start + 3
        && tokens[range.end - 2].is(PREPOSITION)
        && tokens[range.end - 3].is(ROLE);
    let named = tokens[start..range.end - 1].iter().any(|t| t.is(MALE | FEMALE));
    let office =
        last.is(ROLE) && !last.is(MALE | FEMALE | ORGANISATION) && range.len() > 1 && !named;
    if of_state || office {
        return Mention::new(range, MentionKind::NounPhrase, number);
    }
    // “Queen Elizabeth University”: what looks like a title is part of an organisation's name.
    let last_is_body = tokens[range.end - 1].is(ORGANISATION) && range.end - start > 1;
    let title_end = if last_is_body {
        None
    } else {
        (start..range.end - 1).rev().find_map(|k| {
            let token = &tokens[k];
            if !token.is(ROLE | TITLE) || token.is(MALE | FEMALE) {
                return None;
            }
            // “Secretary of State Lee”: the title extends past the preposition.
            let office = tokens[k + 1].is(PREPOSITION);
            let end = if office { k + 3 } else { k + 1 };
            (end < range.end).then_some(end)
        })
    };
    // “the Kremlin” keeps its article, “the Portuguese President Rui Alves” loses it.
    let determined = tokens[range.start].is(DETERMINER);
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

/// The first of the particles that end right before a token: “van” in “Rosa van den Berg”, “von” in “von der Leine”.
/// `start`: where the phrase begins.
fn particles_before(tokens: &[Token], start: usize, end: usize) -> Option<usize> {
    let mut first = end;
    while first > start && tokens[first - 1].is(PARTICLE) && tokens[first - 1].is(LOWER) {
        first -= 1;
    }
    // “ten” and “do” are particles only inside a name.
    let inside = first > start && is_name_part(&tokens[first - 1]);
    let only = tokens[first..end].iter().all(|t| !t.is(FUNCTION | DETERMINER));
    (first < end && (inside || only)).then_some(first)
}

// Cutting sentences into mentions: names, noun phrases, pronouns.

/// The longest phrase, in tokens.
const MAX_PHRASE_TOKENS: usize = 24;

/// Words that end a name in a headline where every word is capitalised.
const NOT_IN_NAMES: WordClass = ANY_VERB.or(FUNCTION);

/// True for a headline in title case, where capitals do not mark names; a short one has a reporting verb with a capital.
fn is_title_case(tokens: &[Token]) -> bool {
    let count = |class| tokens.iter().filter(|t| t.is_word() && t.is(class)).count();
    let (large, small) = (count(CAPITAL), count(LOWER));
    let reports = |t: &Token| t.is(CAPITAL) && t.is(SAY) && t.is(FINITE);
    tokens.len() <= 40
        && (large >= 5 && large > 3 * small
            || large >= 3 && small == 0 && tokens.iter().skip(1).any(reports))
}

/// Adds the mentions of one sentence to `out`, in order; an owner comes right before the phrase that contains it.
pub(super) fn find_phrases(
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

/// Adds the mentions of a phrase that begins at token `i`, if any, and returns where it ends.
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
    // “NOTE:” and “Cricket:” at the head of a line name nobody.
    let label =
        token.is(LABEL) && i == sentence.start && next.is_some_and(|n| n.is_punctuation(':'));
    if !token.is_word() || label {
        return i;
    }
    let simple = |end: usize, kind: MentionKind| Mention::new(i..end, kind, number);
    if token.is(DAY) && !is_month_as_name(tokens, i, sentence) {
        let mut end = i + 1;
        while end < sentence.end && tokens[end].is(DAY | NUMBER) {
            end += 1;
        }
        out.push(simple(end, MentionKind::Day));
        return end;
    }
    if token.is(PRONOUN) && !is_given_name(tokens, i, sentence, shouted) {
        // “his boat”: the pronoun is the owner of a phrase.
        let possessive =
            token.is(DETERMINER) && next.is_some_and(|n| is_noun_like(n) && n.is_word());
        if !possessive {
            out.push(simple(i + 1, MentionKind::Pronoun));
            return i + 1;
        }
        out.push(Mention { is_possessor: true, ..simple(i + 1, MentionKind::Pronoun) });
    } else if !starts_phrase(text, tokens, i, sentence, shouted) {
        return i;
    }
    let end = phrase_end(text, tokens, i, sentence, shouted);
    if end == i {
        return end;
    }
    // “People” at the head of a sentence is no name.
    if i == sentence.start && end == i + 1 && token.is(PEOPLE) && !shouted {
        out.push(simple(end, MentionKind::NounPhrase));
        return end;
    }
    if let Some(name) = name_after_body(text, tokens, &(i..end), sentence) {
        let title = i + usize::from(token.is(DETERMINER));
        out.push(Mention {
            title: title..name.start,
            name: name.clone(),
            ..simple(name.end, MentionKind::Name)
        });
        return name.end;
    }
    push_phrase(tokens, i..end, number, out);
    end
}

/// The longest name of a body, in tokens.
const MAX_BODY_TOKENS: usize = 12;

/// The name after an office and the body it belongs to: “Ada Holm” in “the director of the Office of Ports and Piers
/// Ada Holm”, “Minister for Aviation Ada Holm”. `office`: the phrase before “of”.
fn name_after_body(
    text: &str,
    tokens: &[Token],
    office: &Range<usize>,
    sentence: &Range<usize>,
) -> Option<Range<usize>> {
    let head = &tokens[office.end - 1];
    let of_state = office.len() > 2 && head.is(OFFICE) && tokens[office.end - 2].is(PREPOSITION);
    let joined = tokens[..sentence.end].get(office.end)?;
    // “a spokesman for” somebody is not that person.
    let first = &tokens[office.start];
    let any = first.is(DETERMINER) && !text.get(first.range())?.eq_ignore_ascii_case("the");
    if any
        || !(head.is(ROLE | TITLE) || of_state)
        || head.is(PEOPLE)
        || !joined.is(JOINER | AT | TO)
    {
        return None;
    }
    let limit = sentence.end.min(office.end + MAX_BODY_TOKENS);
    let mut start = office.end + 1;
    if start < limit && tokens[start].is(DETERMINER) {
        start += 1;
    }
    // The words of the body and the name.
    let inner = |k: usize| {
        let token = &tokens[k];
        let small = token.is(CONJUNCTION | PREPOSITION | DETERMINER | PARTICLE);
        token.is_word()
            && (token.is(CAPITAL) && !token.is(DAY)
                || small && tokens[..limit].get(k + 1).is_some_and(|n| n.is(CAPITAL | DETERMINER)))
    };
    let end = (start..limit).find(|&k| !inner(k)).unwrap_or(limit);
    // A body before the name, and two words for the name.
    if end < start + 3
        || tokens[end - 1].is(ORGANISATION | PLACE)
        || tokens[..sentence.end].get(end).is_some_and(|t| t.is(POSSESSIVE))
    {
        return None;
    }
    let name = (start + 1..end - 1).find(|&k| is_given_name_in_run(tokens, k, end))?;
    (!tokens[name - 1].is(ROLE | TITLE | CONJUNCTION | PREPOSITION)
        && end - name <= MAX_PERSON_TOKENS)
        .then_some(name..end)
}

/// The longest name of a person after a body, in tokens.
const MAX_PERSON_TOKENS: usize = 4;

/// True for a first name before other words of a name, or the word after a body's last: “Council Odo Brand”.
fn is_given_name_in_run(tokens: &[Token], k: usize, end: usize) -> bool {
    let capitals = tokens[k..end].iter().all(|t| is_name_part(t) || t.is(PARTICLE | SUFFIX));
    let after_body = tokens[k - 1].is(ORGANISATION | PLACE) && end - k <= 3;
    capitals && end - k >= 2 && (tokens[k].is(MALE | FEMALE) || after_body)
}

/// True for a word that may continue a noun phrase.
fn is_noun_like(token: &Token) -> bool {
    token.is_word() && !token.is(FUNCTION | POSSESSIVE)
}

/// True for a month that is part of a person's name: “April Lee”, “Theresa May said”; not for “in April Lee said”.
fn is_month_as_name(tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let next = tokens[..sentence.end].get(i + 1);
    let before = (i > sentence.start).then(|| &tokens[i - 1]);
    let dated = before.is_some_and(|b| b.is(NUMBER | DAY | IN_TIME) || b.is(ADVERB) && b.is(LOWER));
    token.is(CAPITAL)
        && !dated
        && token.is(MALE | FEMALE)
        && next.is_some_and(|n| is_name_part(n) && !n.is(DAY) || n.is(SAY) && n.is(FINITE))
}

/// True for a month that is a surname: “Theresa May”, “Mrs. May”, not “Lee on May 5”.
fn is_month_as_surname(tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let number = tokens[..sentence.end].get(i + 1).is_some_and(|n| n.is(NUMBER));
    i > sentence.start
        && token.is(CAPITAL)
        && token.is(MALE | FEMALE | AUXILIARY | ANY_VERB)
        && tokens[i - 1].is(MALE | FEMALE | TITLE)
        && tokens[i - 1].is(CAPITAL)
        && !number
}

/// True for a capitalised small word in running text that must be a given name: “said Per Holt”, “with So Young Lee”.
fn is_given_name(tokens: &[Token], i: usize, sentence: &Range<usize>, shouted: bool) -> bool {
    let token = &tokens[i];
    let next = tokens[..sentence.end].get(i + 1);
    // Elsewhere the capital may be that of a new clause.
    let meant = i > sentence.start && {
        let before = &tokens[i - 1];
        before.is_word() && before.is(LOWER) || before.is_punctuation(',')
    };
    meant
        && !shouted
        && token.is(CAPITAL)
        && !token.is(DETERMINER | FIRST_PERSON)
        && next.is_some_and(|n| is_name_part(n) && !n.is(DAY))
}

/// True if a noun phrase begins at token `i`. The word lists are incomplete by nature, so a word in none of them is
/// taken for a noun unless its neighbours make it a verb.
fn starts_phrase(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
    shouted: bool,
) -> bool {
    let token = &tokens[i];
    let first = i == sentence.start || tokens[i - 1].is_quote();
    let next_name = tokens[..sentence.end].get(i + 1).is_some_and(is_name_part);
    if token.is(CAPITAL)
        && !first
        && !token.is(DETERMINER | PREPOSITION | RELATIVE | CONJUNCTION | SUBORDINATOR)
    {
        return capital_starts_phrase(token, next_name, shouted);
    }
    if token.is(FUNCTION) && is_given_name(tokens, i, sentence, shouted) {
        return true;
    }
    if token.is(RELATIVE | POSSESSIVE) {
        return false;
    }
    if token.is(DETERMINER) {
        return true;
    }
    if token.is(FUNCTION) {
        // “Per Dahl left”, “Per was late”
        let verb = token.is(CAPITAL)
            && tokens[..sentence.end].get(i + 1).is_some_and(|n| n.is(FINITE | BE) && n.is(LOWER));
        return token.is(MALE | FEMALE) && (next_name || verb);
    }
    if token.is(CUE_NOUN) && i > sentence.start {
        let before = &tokens[i - 1];
        if before.is(PREPOSITION) && !before.is(TO) {
            // “in remarks to”
            return true;
        }
    }
    let verb_next = tokens[..sentence.end].get(i + 1).is_some_and(|n| n.is(FINITE));
    if is_noun_before_role(tokens, i, sentence) {
        return true;
    }
    if token.is(ANY_VERB) && !token.is(SPEAKING) {
        // “Brand said” begins with a name.
        return token.is(MALE | FEMALE | TITLE) && next_name || token.is(CAPITAL) && verb_next;
    }
    if is_participle_before_noun(tokens, i, sentence) {
        return true;
    }
    if first && token.is(VERBAL) {
        // At the head of a sentence: “Asked about it” is a participle, “Sterling said” a name.
        return next_name || verb_next || token.is(MALE | FEMALE);
    }
    if is_participle_after_noun(text, tokens, i, sentence) {
        return false;
    }
    if token.is(LOWER) && i > sentence.start {
        // “had also panned”, “they pan”: a verb, even if in no list.
        let verb = AUXILIARY | PRONOUN | TO;
        let before = &tokens[i - 1];
        let back =
            if before.is(ADVERB) && i > sentence.start + 1 { &tokens[i - 2] } else { before };
        if back.is(verb) && !back.is(BE | TO)
            || back.is(BE) && token.is(VERBAL)
            || back.is(TO) && token.is(BASE)
        {
            return false;
        }
    }
    true
}

/// True for a participle that opens a phrase right after a quote: “…,” lobbying records show.
fn is_participle_before_noun(tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let after_quote = i > sentence.start && tokens[i - 1].is_quote() && token.is(LOWER);
    let [noun, verb, ..] = &tokens[i + 1..sentence.end] else {
        return false;
    };
    after_quote && token.is(ING | VERBAL) && noun.is(SPEAKING) && verb.is(ANY_VERB) && !verb.is(ING)
}

/// True for a noun that could be a verb, before the noun for a person or body that it belongs to: “said fire chief Odo
/// Brand”, “state police said”.
fn is_noun_before_role(tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let next = tokens[..sentence.end].get(i + 1);
    let opens = i == sentence.start || {
        let before = &tokens[i - 1];
        before.is_quote()
            || before.is_punctuation(',')
            || before.is(SAY) && before.is(FINITE)
            || before.is(PREPOSITION) && !before.is(TO)
            || before.is(TO) && i > sentence.start + 1 && tokens[i - 2].is(ACCORDING)
    };
    opens
        && token.is(BOTH)
        && !token.is(PAST)
        && next.is_some_and(|n| {
            n.is(ROLE | PEOPLE | ORGANISATION)
                && n.is(LOWER)
                && !n.is(DETERMINER | ANY_VERB | NUMERAL)
        })
}

/// True if a phrase begins at a word with a capital in the middle of a sentence.
fn capital_starts_phrase(token: &Token, next_name: bool, shouted: bool) -> bool {
    // “Ann Lee Thanked Carl Holm For …”, “Ann Lee Claims …”
    let verb = shouted
        && token.is(ANY_VERB)
        && !token.is(MALE | FEMALE | SPEAKING)
        && (token.is(FINITE) || !token.is(BOTH));
    !verb && (!token.is(AUXILIARY | ADVERB) || next_name && !shouted)
}

/// True for a verb form: “protesters marched through”, “a letter obtained by”, “Lee quickly deflected”.
fn is_participle_after_noun(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
) -> bool {
    let token = &tokens[i];
    let participle = token.is(VERBAL) && token.is(LOWER) && !token.is(ADVERB);
    if !participle || i == sentence.start {
        return false;
    }
    let before = &tokens[i - 1];
    let next = tokens[..sentence.end].get(i + 1);
    let ends = || next.is_none_or(|n| n.is(PREPOSITION | DETERMINER | PRONOUN) || !n.is_word());
    follows_name_and_adverb(tokens, i, sentence)
        || before.is_word()
            && !before.is(FUNCTION | ANY_VERB)
            && text.get(token.range()).is_some_and(|w| w.ends_with("ed"))
            && (is_name_part(before) || ends())
}

/// True right after a name and an adverb: “deflected” in “Lee quickly deflected”.
fn follows_name_and_adverb(tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    i > sentence.start + 1 && tokens[i - 1].is(ADVERB) && is_name_part(&tokens[i - 2])
}

/// The end of the phrase that begins at token `i`. `shouted`: a headline in title case.
fn phrase_end(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
    shouted: bool,
) -> usize {
    let limit = sentence.end.min(i + MAX_PHRASE_TOKENS);
    // Right after a verb form the phrase is an object: “holding signs”. Not after “said”, whose subject may follow.
    let object = i > sentence.start && {
        let b = &tokens[i - 1];
        b.is(ING) && !b.is(SAY) || b.is(VERBAL) && !b.is(ANY_VERB)
    };
    // Whether the phrase has a noun yet: before it, a verb form is an adjective.
    let mut noun = false;
    let mut j = i;
    while j < limit {
        let token = &tokens[j];
        if !token.is_word() {
            break;
        }
        let next = tokens[..sentence.end].get(j + 1);
        let before = (j > i).then(|| &tokens[j - 1]);
        // In title case, only the word lists can tell where a name ends.
        if shouted && j > i && token.is(NOT_IN_NAMES) && !token.is(MALE | FEMALE) {
            break;
        }
        if token.is(POSSESSIVE) {
            noun = false;
            j += 1;
            continue;
        }
        if j > i && token.is(DAY) {
            if is_month_as_surname(tokens, j, sentence) {
                j += 1;
                continue;
            }
            let Some(noun) = dated_noun(tokens, i, j, limit) else { break };
            j = noun;
            continue;
        }
        if token.is(DETERMINER) {
            if before.is_none_or(|b| b.is(DETERMINER)) && !noun {
                j += 1;
                continue;
            }
            break;
        }
        if let Some(before) = before.filter(|_| token.is(FUNCTION)) {
            if !continues_phrase(token, before, next, noun) {
                break;
            }
            j += 1;
            continue;
        }
        if token.is(NUMBER) && noun && !before.is_some_and(is_name_part) {
            let Some(noun) = dated_noun(tokens, i, j, limit) else { break };
            j = noun;
            continue;
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

/// The noun that a date inside a phrase belongs to: “memo” in “a separate June 2011 memo”. `i`: where the phrase begins.
fn dated_noun(tokens: &[Token], i: usize, date: usize, limit: usize) -> Option<usize> {
    let noun = (date..limit).find(|&k| !tokens[k].is(DAY | NUMBER))?;
    let written =
        tokens[noun].is(LOWER) && tokens[noun].is(DOCUMENT | CUE_NOUN) && !tokens[noun].is(PAST);
    (tokens[i].is(DETERMINER) && written).then_some(noun)
}

/// True for a function word inside a phrase: “von” or “of” in a name, “very” before a noun.
fn continues_phrase(token: &Token, before: &Token, next: Option<&Token>, noun: bool) -> bool {
    let next_name = next.is_some_and(is_name_part);
    let name_before = is_name_part(before);
    // “Secretary of State”.
    let office = || before.is(ROLE) && next.is_some_and(|n| n.is(OFFICE));
    // “Ministry of Defence”.
    let of_body = || name_before && before.is(ORGANISATION) && !before.is(ROLE) || office();
    let other = PREPOSITION | PRONOUN | RELATIVE | CONJUNCTION | SUBORDINATOR;
    let particle = token.is(PARTICLE) && name_before;
    let joined = token.is(PREPOSITION) && token.is(JOINER) && of_body();
    let capital = token.is(CAPITAL) && name_before && !token.is(other);
    // “the very old coach”.
    let lead = token.is(ADVERB) && !noun && before.is(DETERMINER | POSSESSIVE);
    next_name && (particle || joined || capital) || lead || token.is(JOINER) && office()
}

// Telling the verb after a phrase from a part of it.

/// True if a word is the verb after a phrase rather than part of it.
///
/// `noun`: the phrase has a noun already. `first`: the word begins the sentence. `plural`: the word before it is a
/// plural. `object`: the phrase is the object of a verb.
pub(super) fn is_verb_after_phrase(
    token: &Token,
    before: Option<&Token>,
    next: Option<&Token>,
    noun: bool,
    first: bool,
    (plural, object): (bool, bool),
) -> bool {
    if token.is(CAPITAL) && !first {
        return false;
    }
    if token.is(ANY_VERB) {
        let Some(before) = before else {
            return false;
        };
        if !noun && before.is(PEOPLE) && !token.is(BASE) {
            // “Some chanted”.
            return true;
        }
        if !noun {
            // “the report”, “his stated aim”, “her calling”.
            return false;
        }
        // “his home state”: after a singular noun the base form is not a verb.
        let singular = before.is(LOWER) && !before.is(PEOPLE | POSSESSIVE) && !plural;
        if token.is(BOTH) && token.is(BASE) && !token.is(PAST) && singular {
            return false;
        }
        // “holding blue signs”: an object is not followed by another verb.
        if token.is(BOTH) && token.is(FINITE) && !token.is(PAST) && object {
            return false;
        }
        // “a job posting on the pier”.
        let document = token.is(DOCUMENT)
            && token.is(ING)
            && next.is_none_or(|n| n.is(PREPOSITION | FINITE) || !n.is_word());
        if document && before.is(LOWER) && !before.is(PEOPLE) {
            return false;
        }
        let a_noun = token.is(SPEAKING | CUE_NOUN)
            && token.is(BASE)
            && !before.is(PEOPLE)
            && !next.is_some_and(|n| n.is(DETERMINER | PRONOUN) || n.is_quote());
        return !a_noun;
    }
    noun && !token.is(SPEAKING | CUE_NOUN) && looks_like_verb(token, before, next)
}

/// True for a word with the ending of a plural.
pub(super) fn is_plural(text: &str, token: &Token) -> bool {
    text.get(token.range()).is_some_and(|word| word.ends_with('s') && !word.ends_with("ss"))
}

/// Recognises verbs in no word list by their neighbours: “Lee panned the plan”.
fn looks_like_verb(token: &Token, before: Option<&Token>, next: Option<&Token>) -> bool {
    let before_name = before.is_some_and(is_name_part);
    // A determiner, pronoun or quote after the word is its object.
    let object = next.is_some_and(|n| n.is(DETERMINER | PRONOUN) || n.is_quote());
    let verbal = token.is(VERBAL) && !token.is(ADVERB);
    token.is(LOWER)
        && (before_name && (verbal || object)
            || verbal && before.is_some_and(|b| b.is(PEOPLE | ORGANISATION | ROLE)))
}

#[cfg(test)]
mod tests {
    use super::{MentionKind, find_phrases};
    use crate::quotes::names;
    use crate::quotes::tokens::{Sentence, split_sentences, tokenize};

    /// Checks the mentions of a sentence, possessors aside: ⟨ ⟩ encloses each.
    fn check(marked: &str) {
        let text = marked.replace(['⟨', '⟩'], "");
        let mut all = Vec::new();
        tokenize(&text, 0..text.len(), &[], &mut all);
        let mut mentions = Vec::new();
        find_phrases(&text, &all, 0..all.len(), 0, &mut mentions);
        let mut shown = text.clone();
        for mention in mentions.iter().rev().filter(|m| !m.is_possessor) {
            shown.insert(all[mention.tokens.end - 1].end, '⟩');
            shown.insert(all[mention.tokens.start].start, '⟨');
        }
        assert_eq!(shown, marked);
    }

    /// Checks the entities of a text: the names of each, joined by `=`.
    fn check_names(text: &str, expected: &[&str]) {
        let mut all = Vec::new();
        tokenize(text, 0..text.len(), &[], &mut all);
        let mut mentions = Vec::new();
        let mut sentences = Vec::new();
        for tokens in split_sentences(text, &all, 0..all.len()) {
            find_phrases(text, &all, tokens.clone(), sentences.len(), &mut mentions);
            sentences.push(Sentence { tokens, paragraph: 0, enclosing_span: None });
        }
        let names = names::join_names(text, &all, &mentions, &sentences);
        let words = |tokens: &std::ops::Range<usize>| {
            &text[all[tokens.start].start..all[tokens.end - 1].end]
        };
        let found: Vec<String> = (0..names.list.len())
            .map(|entity| {
                let same = mentions
                    .iter()
                    .zip(&names.of_mention)
                    .filter(|(m, of)| **of == Some(entity) && m.kind == MentionKind::Name);
                let same: Vec<&str> = same.map(|(m, _)| words(&m.name)).collect();
                same.join(" = ")
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn titles_and_names_are_one_phrase() {
        check("⟨Mayor Ann Lee⟩ met ⟨the old coach⟩ in ⟨Leeds⟩.");
        check("⟨He⟩ told ⟨reporters⟩ that ⟨the club⟩ would act.");
    }

    #[test]
    fn a_phrase_ends_where_its_verb_begins() {
        check("⟨Lee⟩ panned ⟨the plan⟩.");
        check("⟨The protesters⟩ marched through ⟨town⟩ holding ⟨blue signs⟩.");
        check("⟨She⟩ left ⟨her home state⟩ in ⟨May⟩.");
    }

    #[test]
    fn the_names_of_one_person_are_joined() {
        check_names(
            "Ann Lee met Carl Holm before Lee left with Mr. Holm.",
            &["Ann Lee = Lee", "Carl Holm = Holm"],
        );
        check_names(
            "Marius Tench spoke. TENCH left. TENCH came.",
            &["Marius Tench = TENCH = TENCH"],
        );
    }

    #[test]
    fn particles_of_any_number_belong_to_a_name() {
        check("⟨Ida von der Halm⟩ met ⟨Rosa van den Dyk⟩ and ⟨Karim al-Hadi⟩.");
        check_names(
            "Ida von der Halm met Rosa van den Dyk. Von der Halm left with van den Dyk.",
            &["Ida von der Halm = Von der Halm", "Rosa van den Dyk = van den Dyk"],
        );
        check_names(
            "Luis de los Prados spoke. Mr. de los Prados left.",
            &["Luis de los Prados = de los Prados"],
        );
        check_names("Karim al-Hadi spoke. Al-Hadi left.", &["Karim al-Hadi = Al-Hadi"]);
        check("⟨The keeper⟩ went to meet ⟨Luis Prado y Reke⟩.");
    }

    #[test]
    fn a_given_name_may_be_a_small_word() {
        check("⟨The crew⟩ went to meet ⟨Per Dahl⟩ with ⟨So Rim Park⟩ at ⟨the pier⟩.");
        check("⟨The keeper⟩ went to ⟨the pier⟩ with ⟨his boat⟩ and ⟨May Dahl⟩.");
        check("⟨Per⟩ was here, and ⟨Will Dahl⟩ left.");
        check("⟨The keeper⟩, ⟨Will Dahl⟩, met ⟨Theresa May⟩ in ⟨May⟩.");
        check("In ⟨April⟩ ⟨Dahl⟩ left, and last ⟨May⟩ ⟨Holm⟩ came.");
    }

    #[test]
    fn a_name_after_an_office_and_its_body_is_parted_from_both() {
        let check_name = |text: &str, title: &str, name: &str| {
            let mut all = Vec::new();
            tokenize(text, 0..text.len(), &[], &mut all);
            let mut mentions = Vec::new();
            find_phrases(text, &all, 0..all.len(), 0, &mut mentions);
            let words = |tokens: &std::ops::Range<usize>| {
                let bytes = tokens.clone().map(|i| all[i].range());
                bytes.reduce(|a, b| a.start..b.end).map_or("", |range| &text[range])
            };
            let first = mentions.first().map(|m| (words(&m.title), words(&m.name)));
            assert_eq!(first, Some((title, name)), "{text}");
        };
        check_name("Minister for Piers Karen Dahl left.", "Minister for Piers", "Karen Dahl");
        check_name(
            "The head of the Office of Tides and Tolls Martin Reke left.",
            "head of the Office of Tides and Tolls",
            "Martin Reke",
        );
        check_name(
            "Deputy Secretary of State for Bay Affairs Carl Holm left.",
            "Deputy Secretary of State for Bay Affairs",
            "Carl Holm",
        );
        check_name(
            "Keeper of the Holm Council Odo Vinter left.",
            "Keeper of the Holm Council",
            "Odo Vinter",
        );
        check_name(
            "The head of the Tide Police in Leeds Martin Reke left.",
            "head of the Tide Police in Leeds",
            "Martin Reke",
        );
        // A spokesman is not whom he speaks for.
        check("⟨A spokesman⟩ for ⟨President Karen Dahl⟩ left.");
        check("⟨The head⟩ of ⟨the Holm Council⟩ left.");
    }

    #[test]
    fn a_noun_before_a_role_is_no_verb() {
        check("⟨The boat⟩ left, said ⟨fire chief Odo Dahl⟩.");
        check("⟨The boat⟩ left, said ⟨claims manager Eva Dahl⟩ in ⟨Leeds⟩.");
        check("⟨The boat⟩ left, ⟨state police⟩ said.");
        check("According to ⟨claims manager Eva Dahl⟩, ⟨the boat⟩ left.");
        check("⟨A job posting⟩ on ⟨the pier⟩ said so.");
        check("⟨A secret 2011 report⟩ said so.");
        check("⟨A short May 2011 memo⟩ and ⟨his Friday letter⟩ said so.");
    }

    #[test]
    fn a_verb_ends_a_name_where_all_words_have_capitals() {
        check("⟨Marsh⟩ Said ⟨The Dike⟩ Holds.");
        check("⟨Ann Lee⟩ Thanked ⟨Carl Holm⟩ For ⟨The Boat⟩.");
    }

    #[test]
    fn tickers_and_headlines_in_capitals_name_nobody() {
        check("⟨The yard⟩ went to ⟨Holm Corp⟩ <HOLM.ST> last ⟨week⟩.");
        check_names(
            "FERRY TO SAIL AGAIN, LEE SAYS. The ferry will sail. Ann Lee said so.",
            &["LEE = Ann Lee"],
        );
    }
}
