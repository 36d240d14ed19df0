//! Finds whom a pronoun means.
//!
//! Candidates are scored by gender and number, by who spoke last, by where they were mentioned and as what: the subject
//! of the sentence before is likeliest, an object less so, and whoever is named in the report or in the quote is not
//! meant. The scores were fitted on press copy.

use crate::quotes::coreference::office_holder;
use crate::quotes::lexicon::{
    ADVERB, ANY_VERB, CONJUNCTION, DETERMINER, DOCUMENT, FEMALE_ROLE, FINITE, HE, IT, LISTENER,
    MALE_ROLE, ORGANISATION, PEOPLE, PREPOSITION, RELATIVE, ROLE, SAY, SHE, SUBORDINATOR, THEY, TO,
    VERBAL,
};
use crate::quotes::mentions::{Mention, MentionKind, ParsedText};
use crate::quotes::names::Gender;
use crate::quotes::phrases::is_plural;
use crate::quotes::subjects::{MAX_DISTANCE, SubjectFinder};
use crate::quotes::tokens::Token;

/// How many mentions back are considered.
const MAX_MENTIONS_BACK: usize = 60;

/// Somebody mentioned more often than this gains no further points.
const MAX_COUNTED_MENTIONS: usize = 3;

/// How many sentences back an antecedent may be.
const MAX_SENTENCES_BACK: usize = 12;

/// The kind of a third-person pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PronounKind {
    He,
    She,
    It,
    They,
}

/// The kind of the pronoun that a mention begins with; `None` if it is not a third-person pronoun.
fn pronoun_kind(parsed: &ParsedText<'_>, mention: usize) -> Option<PronounKind> {
    let token = &parsed.tokens[parsed.mentions[mention].tokens.start];
    [
        (HE, PronounKind::He),
        (SHE, PronounKind::She),
        (IT, PronounKind::It),
        (THEY, PronounKind::They),
    ]
    .into_iter()
    .find(|&(class, _)| token.is(class))
    .map(|(_, wanted)| wanted)
}

/// The mention that a pronoun refers to.
pub(super) struct Antecedent {
    pub(super) mention: usize,
    /// True if no other candidate comes close.
    pub(super) is_clear: bool,
}

/// The lead in score that makes the best candidate a clear choice.
const CLEAR_MARGIN: i32 = 4;

/// The antecedent of a pronoun, or `None` if nobody fits. `last` names the speaker of the last quote.
pub(super) fn find_antecedent(
    parsed: &ParsedText<'_>,
    pronoun: usize,
    last: Option<usize>,
) -> Option<Antecedent> {
    find_antecedent_within(parsed, pronoun, last, MAX_PRONOUN_CHAIN)
}

/// How many pronouns may be followed back to a name.
const MAX_PRONOUN_CHAIN: usize = 5;

/// How many sentences may separate two pronouns of such a chain.
const MAX_SENTENCES_PER_STEP: usize = 2;

/// The score of a candidate that an earlier pronoun of the same kind refers to.
const PRONOUN_CHAIN_SCORE: i32 = 14;

/// [`find_antecedent`] with a limit on the length of a chain of pronouns.
fn find_antecedent_within(
    parsed: &ParsedText<'_>,
    pronoun: usize,
    last: Option<usize>,
    depth: usize,
) -> Option<Antecedent> {
    let wanted = pronoun_kind(parsed, pronoun)?;
    let here = parsed.mentions[pronoun].sentence;
    let inside = parsed.sentences[here].enclosing_span;
    let mut best: Option<(i32, usize)> = None;
    let mut scores: Vec<(i32, usize)> = Vec::new();
    let entity_of = &parsed.entities.of_mention;
    let same =
        |a: usize, b: usize| a == b || entity_of[a].is_some() && entity_of[a] == entity_of[b];
    let others = named_after(parsed, pronoun);
    let quoted = quoted_words(parsed, here);
    let mut chain = Chain::new(parsed, pronoun, wanted, depth);
    let last_bonus =
        if chain.is_displaced(last) { DISPLACED_SPEAKER_SCORE } else { LAST_SPEAKER_SCORE };
    // The last speaker's bonus is given once, to the nearest mention.
    let mut last_seen = false;
    for candidate in (pronoun.saturating_sub(MAX_MENTIONS_BACK)..pronoun).rev() {
        let sentence = parsed.mentions[candidate].sentence;
        if here.saturating_sub(sentence) > MAX_SENTENCES_BACK
            || parsed.sentences[sentence].enclosing_span != inside
        {
            break;
        }
        if let Some(found) = chain.follow(candidate) {
            let score = PRONOUN_CHAIN_SCORE
                + position_score(parsed, candidate, here, chain.subject(sentence));
            if best.is_none_or(|(b, _)| score > b) {
                best = Some((score, found));
            }
            scores.push((score, found));
        }
        // The candidate itself.
        let Some(mut score) = agreement_score(parsed, candidate, wanted) else {
            continue;
        };
        if others.clone().any(|other| same(other, candidate)) {
            continue;
        }
        score += position_score(parsed, candidate, here, chain.subject(sentence));
        let person = matches!(wanted, PronounKind::He | PronounKind::She);
        if person && is_named_in(parsed, candidate, quoted) {
            score += NAMED_IN_QUOTE_SCORE;
        }
        if !last_seen && last.is_some_and(|l| same(l, candidate)) {
            // Whoever spoke last probably speaks again.
            score += last_bonus;
            last_seen = true;
        }
        match best {
            Some((b, _)) if score <= b => {}
            _ => best = Some((score, candidate)),
        }
        scores.push((score, candidate));
    }
    // Nobody nearby fits: only the last speaker is left, or who is named next; never as a clear choice.
    let Some((score, mention)) = best else {
        return last
            .filter(|&l| agreement_score(parsed, l, wanted).is_some())
            .or_else(|| named_next(parsed, pronoun, wanted))
            .map(|mention| Antecedent { mention, is_clear: false });
    };
    // The runner-up, other mentions of the best candidate aside.
    let second =
        scores.iter().filter(|&&(_, other)| !same(other, mention)).map(|&(score, _)| score).max();
    let known = parsed.entities.of_mention[mention]
        .is_some_and(|e| has_gender_of(wanted, parsed.entities.list[e].gender));
    Some(Antecedent {
        mention,
        is_clear: known && second.is_none_or(|s| s + CLEAR_MARGIN <= score),
    })
}

/// How many sentences after a pronoun its name may follow, at the head of a text.
const MAX_SENTENCES_AHEAD: usize = 3;

/// The first person named after a pronoun at the head of a text: “He walked across the pier. … Chairman Odo Brand …”
fn named_next(parsed: &ParsedText<'_>, pronoun: usize, wanted: PronounKind) -> Option<usize> {
    let here = parsed.mentions[pronoun].sentence;
    let next = parsed.mentions.get(pronoun + 1..)?.iter().enumerate();
    next.skip_while(|(_, m)| m.sentence == here)
        .take_while(|(_, m)| m.sentence <= here + MAX_SENTENCES_AHEAD)
        .take(MAX_MENTIONS_BACK)
        .map(|(i, _)| pronoun + 1 + i)
        .find(|&m| {
            let of = parsed.entities.of_mention[m];
            let known = of.is_some_and(|e| has_gender_of(wanted, parsed.entities.list[e].gender));
            known && !parsed.mentions[m].is_possessor
        })
}

/// The score of whoever spoke last.
const LAST_SPEAKER_SCORE: i32 = 6;

/// The score of whoever spoke last, if the sentence before the pronoun is about somebody else.
const DISPLACED_SPEAKER_SCORE: i32 = 2;

/// The score of somebody who is named in the words said: hardly anybody says his own name, other than bodies.
const NAMED_IN_QUOTE_SCORE: i32 = -20;

/// How many bytes of a quote are searched for the names of possible speakers.
const MAX_QUOTED_BYTES: usize = 400;

/// The first words of the first quote of a sentence; empty if there is none.
fn quoted_words<'a>(parsed: &ParsedText<'a>, sentence: usize) -> &'a str {
    let tokens = parsed.sentences[sentence].tokens.clone();
    let quote = parsed.tokens[tokens].iter().find(|t| t.is_quote());
    let words = quote.and_then(|quote| parsed.text.get(quote.range())).unwrap_or("");
    &words[..words.floor_char_boundary(MAX_QUOTED_BYTES)]
}

/// True if the last word of a name is among the words of a quote.
fn is_named_in(parsed: &ParsedText<'_>, mention: usize, words: &str) -> bool {
    let mention = &parsed.mentions[mention];
    mention.kind == MentionKind::Name
        && !words.is_empty()
        && words.contains(parsed.text_of(&(mention.name.end - 1..mention.name.end)))
}

/// The names after a pronoun in its sentence, which mean others: “She said that Lee …”. None after a possessive or in a
/// fronted clause: “When she came, Lee said …”.
fn named_after<'p>(
    parsed: &'p ParsedText<'_>,
    pronoun: usize,
) -> impl Iterator<Item = usize> + Clone + use<'p> {
    let mention = &parsed.mentions[pronoun];
    let (start, sentence) = (mention.tokens.start, mention.sentence);
    let from = parsed.sentences[sentence].tokens.start;
    let fronted = parsed.tokens[from..start].iter().any(|t| t.is(SUBORDINATOR | PREPOSITION));
    let limit =
        if fronted || mention.is_possessor { start } else { parsed.sentences[sentence].tokens.end };
    // Up to the end of the clause, within reach.
    let clause = (start..limit.min(start + MAX_DISTANCE)).find(|&i| {
        let token = &parsed.tokens[i];
        token.is_punctuation(',') || token.is_punctuation(';') || token.is(SUBORDINATOR)
    });
    let end = clause.unwrap_or(limit);
    (pronoun + 1..parsed.mentions.len())
        .take_while(move |&m| {
            parsed.mentions[m].tokens.start < end && parsed.mentions[m].sentence == sentence
        })
        .filter(|&m| parsed.mentions[m].kind == MentionKind::Name)
}

/// How many sentences back the subject of a sentence is looked for.
const MAX_SUBJECTS: usize = 4;

/// What is known of the sentences before a pronoun: their subjects, and the earlier pronoun that it continues.
struct Chain<'p, 'a> {
    parsed: &'p ParsedText<'a>,
    wanted: PronounKind,
    depth: usize,
    here: usize,
    /// The subjects of the pronoun's sentence and those before it, nearest first.
    subjects: [Option<usize>; MAX_SUBJECTS],
    followed: bool,
}

impl<'p, 'a> Chain<'p, 'a> {
    /// Finds the subjects of the last few sentences.
    fn new(parsed: &'p ParsedText<'a>, pronoun: usize, wanted: PronounKind, depth: usize) -> Self {
        let here = parsed.mentions[pronoun].sentence;
        let mut subjects = [None; MAX_SUBJECTS];
        for (back, subject) in subjects.iter_mut().enumerate() {
            *subject = here
                .checked_sub(back)
                .and_then(|sentence| main_subject(parsed, sentence))
                .filter(|&s| s < pronoun);
        }
        Self { parsed, wanted, depth, here, subjects, followed: false }
    }

    /// The subject of a sentence.
    fn subject(&self, sentence: usize) -> Option<usize> {
        self.subjects.get(self.here - sentence).copied().flatten()
    }

    /// True if the sentence before the pronoun is about another person than the last speaker.
    fn is_displaced(&self, last: Option<usize>) -> bool {
        let of = &self.parsed.entities.of_mention;
        let Some(last) = last else { return false };
        let subject = self.subjects.iter().take(2).find_map(|&s| s);
        subject.is_some_and(|s| {
            s > last
                && self.parsed.mentions[s].kind == MentionKind::Name
                && of[s].is_some()
                && of[s] != of[last]
                && agreement_score(self.parsed, s, self.wanted).is_some_and(|score| score > 0)
        })
    }

    /// Whom an earlier pronoun of the same kind means, if it is the one that this pronoun continues: the nearest that
    /// is the subject of its sentence, or else the nearest.
    fn follow(&mut self, candidate: usize) -> Option<usize> {
        let mention = &self.parsed.mentions[candidate];
        let back = self.here - mention.sentence;
        let same_kind = mention.kind == MentionKind::Pronoun
            && !mention.is_possessor
            && pronoun_kind(self.parsed, candidate) == Some(self.wanted);
        if self.followed
            || self.depth == 0
            || back == 0
            || back > MAX_SENTENCES_PER_STEP
            || !same_kind
        {
            return None;
        }
        // Somebody else is the subject of a sentence between.
        let agrees = |subject: usize| {
            self.parsed.mentions[subject].kind == MentionKind::Name
                && agreement_score(self.parsed, subject, self.wanted).is_some_and(|score| score > 0)
        };
        if self.subjects[1..back].iter().any(|s| s.is_some_and(agrees)) {
            return None;
        }
        // The subject of the same sentence is a better link, unless this is that subject.
        let subject = self.subject(mention.sentence);
        if subject.is_some_and(|s| s < candidate && agrees(s)) {
            return None;
        }
        if let Some(subject) = subject
            && subject < candidate
            && pronoun_kind(self.parsed, subject) == Some(self.wanted)
        {
            return None;
        }
        self.followed = true;
        find_antecedent_within(self.parsed, candidate, None, self.depth - 1)
            .map(|found| found.mention)
    }
}

/// The subject of a sentence's report, or else of its first main verb.
fn main_subject(parsed: &ParsedText<'_>, sentence: usize) -> Option<usize> {
    let tokens = parsed.sentences.get(sentence)?.tokens.clone();
    let finder = SubjectFinder::new(parsed, &tokens);
    let limit = tokens.end.min(tokens.start + MAX_DISTANCE);
    let verbs = (tokens.start..limit).filter(|&i| {
        parsed.tokens[i].is_finite() && parsed.mention(i).is_none() && !finder.in_relative(i)
    });
    let mut first = None;
    for verb in verbs.take(MAX_CLAUSES) {
        let Some(subject) = finder.subject_of(verb).filter(|&s| parsed.can_speak(s)) else {
            continue;
        };
        let start = parsed.mentions[subject].tokens.start;
        if start > tokens.start
            && parsed.tokens[start - 1].is(SUBORDINATOR | PREPOSITION | RELATIVE)
        {
            continue;
        }
        let subject = first_of_pair(parsed, subject);
        // “The boat sank, Lee said”: the report is the main clause.
        if parsed.tokens[verb].is(SAY) && parsed.tokens[verb].is(FINITE) {
            return Some(subject);
        }
        first = first.or(Some(subject));
    }
    first
}

/// The first of two offices that one person holds: “the singer” in “the singer and friend of the club”.
fn first_of_pair(parsed: &ParsedText<'_>, second: usize) -> usize {
    let found = &parsed.mentions[second];
    let start = found.tokens.start;
    let bare =
        |m: usize| parsed.mentions[m].kind == MentionKind::NounPhrase && parsed.head_has(m, ROLE);
    if start < 2
        || !parsed.tokens[start - 1].is(CONJUNCTION)
        || parsed.tokens[start].is(DETERMINER)
        || !bare(second)
    {
        return second;
    }
    let first =
        parsed.mention(start - 2).filter(|&m| parsed.mentions[m].sentence == found.sentence);
    first.filter(|&m| bare(m)).unwrap_or(second)
}

/// How many clauses of a sentence are looked at for its subject.
const MAX_CLAUSES: usize = 6;

/// True if the gender is known and agrees with the pronoun.
fn has_gender_of(pronoun: PronounKind, gender: Gender) -> bool {
    matches!(
        (pronoun, gender),
        (PronounKind::He, Gender::He)
            | (PronounKind::She, Gender::She)
            | (PronounKind::It, Gender::It)
    )
}

/// How well a mention agrees with the pronoun in gender and number; `None` if the pronoun cannot refer to it.
fn agreement_score(parsed: &ParsedText<'_>, candidate: usize, wanted: PronounKind) -> Option<i32> {
    let mention = &parsed.mentions[candidate];
    match mention.kind {
        MentionKind::Day | MentionKind::Pronoun => None,
        MentionKind::Name => {
            let entity = parsed.entities.of_mention[candidate].map(|e| &parsed.entities.list[e])?;
            // A known gender that agrees is strong evidence, one that disagrees excludes; an unknown one leaves a weak
            // candidate.
            let score = match (wanted, entity.gender) {
                (PronounKind::He, Gender::He) | (PronounKind::She, Gender::She) => 10,
                (PronounKind::It, Gender::It) => 8,
                (PronounKind::They, Gender::It) => 2,
                (PronounKind::He | PronounKind::She, Gender::Unknown) if entity.is_person => 4,
                (PronounKind::He | PronounKind::She, Gender::Unknown) if entity.speaks => 2,
                (PronounKind::He | PronounKind::She, Gender::Unknown) => -4,
                (PronounKind::It, Gender::Unknown) if !entity.is_person => 0,
                _ => return None,
            };
            Some(score + i32::try_from(entity.mention_count.min(MAX_COUNTED_MENTIONS)).unwrap_or(0))
        }
        // “Lee, head of the clinic”: Lee is the candidate.
        MentionKind::NounPhrase if is_beside_name(parsed, mention) => None,
        MentionKind::NounPhrase => {
            let head = |class| parsed.head_has(candidate, class);
            let any = |class| parsed.mention_has(candidate, class);
            // “the governor” is he or she whom the dispatch names as governor.
            let holder = if head(ROLE) { office_holder(parsed, candidate) } else { None };
            if let Some(entity) = holder.and_then(|h| parsed.entities.of_mention[h]) {
                let gender = parsed.entities.list[entity].gender;
                if gender != Gender::Unknown && !has_gender_of(wanted, gender) {
                    return None;
                }
            }
            let determined = parsed.tokens[mention.tokens.start].is(DETERMINER);
            let speaks = determined && reports_beside(parsed, mention);
            match wanted {
                PronounKind::He if head(ROLE) && !any(FEMALE_ROLE | SHE) => {
                    Some(if any(MALE_ROLE) { 8 } else { i32::from(determined) })
                }
                PronounKind::She if head(ROLE) && !any(MALE_ROLE) => {
                    Some(if any(FEMALE_ROLE) { 8 } else { i32::from(determined) })
                }
                // “another arbitrageur said”: who speaks and is no body is a person, named or not.
                PronounKind::He | PronounKind::She
                    if speaks
                        && !head(ORGANISATION | PEOPLE | DOCUMENT | MALE_ROLE | FEMALE_ROLE)
                        && !is_plural(parsed.text, &parsed.tokens[mention.tokens.end - 1]) =>
                {
                    Some(1)
                }
                PronounKind::They if head(PEOPLE) => Some(8),
                PronounKind::They if head(ORGANISATION) => Some(2),
                PronounKind::It if head(ORGANISATION | DOCUMENT) => Some(8),
                _ => None,
            }
        }
    }
}

/// True for a phrase right before or after a reporting verb.
fn reports_beside(parsed: &ParsedText<'_>, mention: &Mention) -> bool {
    let says = |t: &Token| t.is(SAY) && t.is(FINITE);
    parsed.tokens.get(mention.tokens.end).is_some_and(says)
        || mention.tokens.start > 0 && says(&parsed.tokens[mention.tokens.start - 1])
}

/// True for a phrase in apposition to a name: right after it and a comma.
fn is_beside_name(parsed: &ParsedText<'_>, mention: &Mention) -> bool {
    let start = mention.tokens.start;
    start > 1
        && parsed.tokens[start - 1].is_punctuation(',')
        && parsed.mention(start - 2).is_some_and(|m| {
            parsed.mentions[m].kind == MentionKind::Name && m + 1 < parsed.mentions.len()
        })
}

/// The score for a mention's position: nearer is better, and subjects are better than objects and possessives. `here`
/// is the sentence of the pronoun, `subject` the subject of the mention's own sentence.
fn position_score(
    parsed: &ParsedText<'_>,
    candidate: usize,
    here: usize,
    subject: Option<usize>,
) -> i32 {
    let mention = &parsed.mentions[candidate];
    let distance = i32::try_from(here.saturating_sub(mention.sentence)).unwrap_or(i32::MAX / 8);
    // A sentence of distance nearly outweighs a matching gender.
    let mut score = -9 * distance;
    let start = mention.tokens.start;
    let from = parsed.sentences[mention.sentence].tokens.start;
    // Objects of prepositions and possessives are rarely picked up by a pronoun.
    let governed = start > from && parsed.tokens[start - 1].is(PREPOSITION);
    if governed {
        score -= 6;
    }
    if mention.is_possessor {
        score -= 6;
    }
    // A subject often is.
    let followed_by_verb = parsed
        .tokens
        .get(mention.tokens.end)
        .is_some_and(|t| t.is_finite() && parsed.mention(mention.tokens.end).is_none());
    if subject == Some(candidate) {
        score += 7;
    } else {
        if followed_by_verb && !governed {
            score += 4;
        }
        if start == from {
            score += 3;
        }
    }
    // An object less so, but somebody who is asked or told may answer.
    let adverb = start > from && parsed.tokens[start - 1].is(ADVERB);
    let verb = start.saturating_sub(1 + usize::from(adverb));
    let object = verb >= from && verb < start && {
        let before = &parsed.tokens[verb];
        parsed.mention(verb).is_none() && before.is(ANY_VERB | VERBAL) && !before.is(LISTENER | SAY)
    };
    if object && subject != Some(candidate) && !followed_by_verb {
        // That of an infinitive least of all: “asked him to describe Lee”.
        let infinitive = start > from + 1 && parsed.tokens[verb.max(1) - 1].is(TO);
        score -= if infinitive { 8 } else { 4 };
    }
    score
}

/// The owner of a document, resolved if a pronoun, or else the mention itself: “Lee's letter” speaks for Lee.
pub(super) fn document_author(parsed: &ParsedText<'_>, mention: usize) -> usize {
    let owner = parsed.owner_of(mention);
    match owner.filter(|_| parsed.head_has(mention, DOCUMENT)) {
        Some(owner) if parsed.mentions[owner].kind == MentionKind::Name => owner,
        Some(owner) if parsed.mentions[owner].kind == MentionKind::Pronoun => {
            find_antecedent(parsed, owner, None).map_or(mention, |found| found.mention)
        }
        _ => mention,
    }
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::extract_quotes;

    /// Checks the speakers of a dispatch, in order; `?` for nobody.
    fn check(paragraphs: &[&str], expected: &[&str]) {
        let dispatch = Dispatch { body: Body::from_paragraphs(paragraphs), ..Dispatch::default() };
        let found: Vec<String> = extract_quotes(&dispatch)
            .into_iter()
            .filter(crate::quotes::Quote::is_statement)
            .map(|quote| quote.speaker.unwrap_or_else(|| "?".to_owned()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pronoun_continues_the_subject() {
        // The object of the sentence before is not meant.
        check(
            &[
                "Captain Carl Holm wrote to the club.",
                "“It is dark,” he said.",
                "He also said that Keeper Martin Reke should light the lamp, and mocked him for it.",
                "“This man was late,” he said.",
            ],
            &["Carl Holm", "Carl Holm"],
        );
        // Nor is who is named in what is reported.
        check(
            &[
                "At noon Carl Holm scolded Martin Reke. He joked that Reke “cooks better than he steers.”",
            ],
            &["Carl Holm"],
        );
        check(
            &[
                "At noon Eva Dahl praised Ida Brandt. She wrote that Brandt “lost the lamp that we had.”",
            ],
            &["Eva Dahl"],
        );
    }

    #[test]
    fn a_pronoun_may_mean_somebody_without_a_name() {
        check(
            &["“The lamp is lit,” said a dealer in oil. “It was dear,” he added."],
            &["a dealer", "a dealer"],
        );
        check(
            &[
                "A guest paid. But another lodger said the bed was “quite hard.” She said it was “too short.”",
            ],
            &["another lodger", "another lodger"],
        );
        // Nobody calls herself by her name.
        check(
            &["For Martin Reke, Carl Holm was a legend. He said: “Holm was the best of us.”"],
            &["Martin Reke"],
        );
    }

    #[test]
    fn a_pronoun_prefers_the_nearest_subject() {
        // A new subject between breaks the chain of pronouns.
        check(
            &[
                "Harbour Minister Carl Holm spoke. Holm said the pier “is sound.”",
                "He said all was well.",
                "In Leeds, Bay President Odo Vinter, who is also a rower, said the club would pay.",
                "“We know who rows,” he said.",
            ],
            &["Carl Holm", "Odo Vinter"],
        );
        // The subject of two offices is one person.
        check(
            &["The old singer and friend of the club praised Eva Dahl. “She rows well,” she said."],
            &["The old singer"],
        );
        check(
            &[
                "Nina Reke sharply criticised Eva Dahl in a film where she said: “It is time to row.”",
            ],
            &["Nina Reke"],
        );
        check(
            &[
                "Reke had praised the boat. Karen Dahl asked Reke to describe Carl Holm. He did not, and argued that “all is well.”",
            ],
            &["Reke"],
        );
    }

    #[test]
    fn a_pronoun_at_the_head_of_a_text_may_come_before_the_name() {
        check(
            &[
                "He walked across the pier. He called the ferry “a wreck.”",
                "Chairman Carl Holm came back in full voice on Sunday.",
            ],
            &["Carl Holm"],
        );
        check(&["The road is melting.", "“The end is near,” he said."], &["?"]);
    }
}
