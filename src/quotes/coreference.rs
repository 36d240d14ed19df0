//! Resolves a mention to a full name: the antecedent of a pronoun, the holder of an office, the fullest form of a name.

use crate::quotes::lexicon::WordClass;
use crate::quotes::mentions::{Mention, MentionKind, ParsedText};
use crate::quotes::names::Gender;
use crate::quotes::same_sentence::Finding;

/// The speaker's name in full, and the office or rank, as the dispatch writes them.
pub(super) fn display_name(reading: &ParsedText<'_>, named: usize) -> (String, Option<String>) {
    let mention = &reading.mentions[named];
    let Some(entity) = reading.entities.of_mention[named] else {
        return (reading.text_of(&mention.name).to_owned(), None);
    };
    let entity = &reading.entities.list[entity];
    let title = reading.text_of(&entity.title);
    let name = reading.text_of(&entity.name);
    // LADY ANSGAR: in a label nobody can tell a title from a name.
    let shouted = |words: &str| !words.chars().any(char::is_lowercase);
    if !title.is_empty() && shouted(title) && shouted(name) {
        let whole = entity.title.start..entity.name.end.max(entity.title.end);
        return (reading.text_of(&whole).to_owned(), None);
    }
    let name = match name.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => name.to_owned(),
    };
    let honorific = matches!(
        title.trim_end_matches('.').to_ascii_lowercase().as_str(),
        "mr" | "mrs" | "ms" | "miss"
    );
    let office = reading.tokens[entity.title.clone()]
        .iter()
        .any(|t| t.is(WordClass::ROLE | WordClass::TITLE | WordClass::PEOPLE));
    let title = (!title.is_empty() && office && !honorific).then(|| title.to_owned());
    let apposition = || Some(reading.text_of(&entity.apposition).to_owned());
    let title = title.or_else(|| apposition().filter(|words| !words.is_empty()));
    (name, title)
}

/// “Lee's letter” speaks for Lee; any other phrase for itself.
pub(super) fn document_author(reading: &ParsedText<'_>, mention: usize) -> usize {
    let phrase = &reading.mentions[mention];
    let owner = mention.checked_sub(1).filter(|&owner| {
        let found = &reading.mentions[owner];
        found.is_possessor && found.tokens.start >= phrase.tokens.start
    });
    match owner.filter(|_| reading.head_has(mention, WordClass::DOCUMENT)) {
        Some(owner) if reading.mentions[owner].kind == MentionKind::Name => owner,
        Some(owner) if reading.mentions[owner].kind == MentionKind::Pronoun => {
            find_antecedent(reading, owner, None).map_or(mention, |found| found.mention)
        }
        _ => mention,
    }
}

/// The name that a phrase stands for where its own sentence gives it: “her coach, Ugo Reke, …” and “The man at the gate
/// is Ugo Reke.”; else the phrase itself.
pub(super) fn name_in_sentence(reading: &ParsedText<'_>, mention: usize) -> usize {
    let found = &reading.mentions[mention];
    if found.kind != MentionKind::Nominal || !reading.head_has(mention, WordClass::ROLE) {
        return mention;
    }
    let sentence = reading.sentences[found.sentence].tokens.clone();
    let end = found.tokens.end;
    let named = |at: usize| {
        reading
            .mention_starting_at(at)
            .filter(|&m| at < sentence.end && reading.mentions[m].kind == MentionKind::Name)
            .filter(|&m| !reading.mentions[m].is_possessor)
    };
    let token = |at: usize| reading.tokens[..sentence.end].get(at);
    if token(end).is_some_and(|t| t.is_punctuation(','))
        && let Some(name) = named(end + 1)
        && let after = token(reading.mentions[name].tokens.end)
        && after.is_none_or(|t| t.is_punctuation(',') || t.is_punctuation('.'))
        && reading.entities.of_mention[name].is_some_and(|e| reading.entities.list[e].is_person)
    {
        return name;
    }
    if found.tokens.start == sentence.start
        && let Some(be) = (end..sentence.end.min(end + MAX_COPULA_DISTANCE))
            .find(|&i| reading.tokens[i].is(WordClass::BE))
        && let Some(name) = named(be + 1)
        && token(reading.mentions[name].tokens.end).is_none_or(|t| t.is_punctuation('.'))
    {
        return name;
    }
    mention
}

/// How many tokens may stand between a phrase and the “is” that gives its name.
const MAX_COPULA_DISTANCE: usize = 8;

/// How many persons are looked through for the holder of an office.
const MAX_OFFICE_HOLDERS: usize = 64;

/// “The governor” where one governor has a name in the dispatch: a mention of that name.
pub(super) fn office_holder(reading: &ParsedText<'_>, mention: usize) -> Option<usize> {
    let tokens = reading.mentions[mention].tokens.clone();
    let last = tokens.end - 1;
    if tokens.len() != 2
        || !reading.tokens[tokens.start].is(WordClass::DETERMINER)
        || !reading.tokens[last].is(WordClass::ROLE)
    {
        return None;
    }
    let office = reading.text_of(&(last..tokens.end));
    let mut holders = reading
        .entities
        .list
        .iter()
        .take(MAX_OFFICE_HOLDERS)
        .filter(|entity| {
            entity.title.end > entity.title.start
                && reading
                    .text_of(&(entity.title.end - 1..entity.title.end))
                    .eq_ignore_ascii_case(office)
        });
    let holder = holders.next()?;
    holders
        .next()
        .is_none()
        .then(|| reading.mention(holder.name.start))?
}

/// The other of two who speak together: “Lee and Holm said”, not “Lee met Ada and Holm said”.
pub(super) fn find_co_speaker(reading: &ParsedText<'_>, finding: &Finding) -> Option<usize> {
    let mention = &reading.mentions[finding.mention];
    let (start, cue) = (mention.tokens.start, finding.cue?);
    let sentence = reading.sentences[mention.sentence].tokens.clone();
    if mention.kind != MentionKind::Name || start < sentence.start + 2 {
        return None;
    }
    let and = &reading.tokens[start - 1];
    let joined = and.is(WordClass::CONJUNCTION) && reading.text_of(&(start - 1..start)) == "and";
    let verb = &reading.tokens[cue];
    let singular = verb.is(WordClass::FINITE) && !verb.is(WordClass::PAST);
    let other = reading.mention(start - 2).filter(|_| joined && !singular)?;
    let found = &reading.mentions[other];
    let named = |m: usize| reading.entities.of_mention[m];
    let subject = found.tokens.start == sentence.start
        || reading.tokens[found.tokens.start - 1].is(WordClass::SUBORDINATOR)
        || cue < found.tokens.start
        || !reading.tokens[found.tokens.start - 1].is_word();
    (found.kind == MentionKind::Name
        && !found.is_possessor
        && subject
        && named(other) != named(finding.mention))
    .then_some(other)
}

// Decides whom a pronoun stands for: by gender and number, who spoke last, who was named last and how.

/// How many mentions back are weighed.
const MAX_MENTIONS_BACK: usize = 60;

/// How many mentions of somebody count as often. The weights below were fitted on press copy.
const MAX_COUNTED_MENTIONS: usize = 3;

/// How many sentences back a name may stand.
const MAX_SENTENCES_BACK: usize = 12;

/// Whom a pronoun may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PronounKind {
    He,
    She,
    It,
    They,
}

fn pronoun_kind(reading: &ParsedText<'_>, mention: usize) -> Option<PronounKind> {
    let token = &reading.tokens[reading.mentions[mention].tokens.start];
    [
        (WordClass::HE, PronounKind::He),
        (WordClass::SHE, PronounKind::She),
        (WordClass::IT, PronounKind::It),
        (WordClass::THEY, PronounKind::They),
    ]
    .into_iter()
    .find(|&(class, _)| token.is(class))
    .map(|(_, wanted)| wanted)
}

/// Whom a pronoun stands for.
pub(super) struct Antecedent {
    pub(super) mention: usize,
    /// True where nobody else comes near.
    pub(super) is_clear: bool,
}

/// By how much the best candidate leads where the choice is clear.
const CLEAR_MARGIN: i32 = 4;

/// The mention that a pronoun stands for, or nothing where that is open. `last` is the last quote's speaker.
pub(super) fn find_antecedent(
    reading: &ParsedText<'_>,
    pronoun: usize,
    last: Option<usize>,
) -> Option<Antecedent> {
    find_antecedent_within(reading, pronoun, last, MAX_PRONOUN_CHAIN)
}

/// How many pronouns are followed back to a name, and over how many sentences from one to the next.
const MAX_PRONOUN_CHAIN: usize = 5;

const MAX_SENTENCES_PER_STEP: usize = 2;

/// What a pronoun in the subject's place adds for whom it stands for.
const PRONOUN_CHAIN_SCORE: i32 = 14;

fn find_antecedent_within(
    reading: &ParsedText<'_>,
    pronoun: usize,
    last: Option<usize>,
    depth: usize,
) -> Option<Antecedent> {
    let wanted = pronoun_kind(reading, pronoun)?;
    let here = reading.mentions[pronoun].sentence;
    let inside = reading.sentences[here].inside;
    let mut best: Option<(i32, usize)> = None;
    let mut scores: Vec<(i32, usize)> = Vec::new();
    let same = |a: usize, b: usize| {
        let of = &reading.entities.of_mention;
        a == b || of[a].is_some() && of[a] == of[b]
    };
    let mut last_seen = false;
    let mut followed = false;
    for candidate in (pronoun.saturating_sub(MAX_MENTIONS_BACK)..pronoun).rev() {
        let sentence = reading.mentions[candidate].sentence;
        if here.saturating_sub(sentence) > MAX_SENTENCES_BACK
            || reading.sentences[sentence].inside != inside
        {
            break;
        }
        if !followed
            && depth > 0
            && here - sentence <= MAX_SENTENCES_PER_STEP
            && here > sentence
            && reading.mentions[candidate].kind == MentionKind::Pronoun
            && !reading.mentions[candidate].is_possessor
            && pronoun_kind(reading, candidate) == Some(wanted)
        {
            followed = true;
            if let Some(found) = find_antecedent_within(reading, candidate, None, depth - 1) {
                let score =
                    PRONOUN_CHAIN_SCORE + position_score(reading, candidate, here, sentence);
                if best.is_none_or(|(b, _)| score > b) {
                    best = Some((score, found.mention));
                }
                scores.push((score, found.mention));
            }
        }
        let Some(mut score) = agreement_score(reading, candidate, wanted) else {
            continue;
        };
        score += position_score(reading, candidate, here, sentence);
        if !last_seen && last.is_some_and(|l| same(l, candidate)) {
            score += 6;
            last_seen = true;
        }
        match best {
            Some((b, _)) if score <= b => {}
            _ => best = Some((score, candidate)),
        }
        scores.push((score, candidate));
    }
    let Some((score, mention)) = best else {
        return last
            .filter(|&l| agreement_score(reading, l, wanted).is_some())
            .map(|mention| Antecedent {
                mention,
                is_clear: false,
            });
    };
    let second = scores
        .iter()
        .filter(|&&(_, other)| !same(other, mention))
        .map(|&(score, _)| score)
        .max();
    let known = reading.entities.of_mention[mention]
        .is_some_and(|e| has_gender_of(wanted, reading.entities.list[e].gender));
    Some(Antecedent {
        mention,
        is_clear: known && second.is_none_or(|s| s + CLEAR_MARGIN <= score),
    })
}

/// True if a known gender is that of the pronoun.
fn has_gender_of(pronoun: PronounKind, gender: Gender) -> bool {
    matches!(
        (pronoun, gender),
        (PronounKind::He, Gender::He)
            | (PronounKind::She, Gender::She)
            | (PronounKind::It, Gender::It)
    )
}

/// How well a mention fits the pronoun by what it is; nothing where it cannot be meant.
fn agreement_score(reading: &ParsedText<'_>, candidate: usize, wanted: PronounKind) -> Option<i32> {
    let mention = &reading.mentions[candidate];
    match mention.kind {
        MentionKind::Day | MentionKind::Pronoun => None,
        MentionKind::Name => {
            let entity =
                reading.entities.of_mention[candidate].map(|e| &reading.entities.list[e])?;
            let score = match (wanted, entity.gender) {
                (PronounKind::He, Gender::He) | (PronounKind::She, Gender::She) => 10,
                (PronounKind::It, Gender::It) => 8,
                (PronounKind::They, Gender::It) => 2,
                (PronounKind::He | PronounKind::She, Gender::Unknown) if entity.is_person => 4,
                (PronounKind::He | PronounKind::She, Gender::Unknown) => -4,
                (PronounKind::It, Gender::Unknown) if !entity.is_person => 0,
                _ => return None,
            };
            Some(score + i32::try_from(entity.mention_count.min(MAX_COUNTED_MENTIONS)).unwrap_or(0))
        }
        // “Lee, head of the clinic”: that is Lee.
        MentionKind::Nominal if is_beside_name(reading, mention) => None,
        MentionKind::Nominal => {
            let head = |class| reading.head_has(candidate, class);
            let any = |class| reading.mention_has(candidate, class);
            match wanted {
                PronounKind::He
                    if head(WordClass::ROLE) && !any(WordClass::FEMALE_ROLE | WordClass::SHE) =>
                {
                    Some(if any(WordClass::MALE_ROLE) { 8 } else { 0 })
                }
                PronounKind::She if head(WordClass::ROLE) && !any(WordClass::MALE_ROLE) => {
                    Some(if any(WordClass::FEMALE_ROLE) { 8 } else { 0 })
                }
                PronounKind::They if head(WordClass::PEOPLE) => Some(8),
                PronounKind::They if head(WordClass::ORGANISATION) => Some(2),
                PronounKind::It if head(WordClass::ORGANISATION | WordClass::DOCUMENT) => Some(8),
                _ => None,
            }
        }
    }
}

/// True for a phrase that stands after a name and a comma.
fn is_beside_name(reading: &ParsedText<'_>, mention: &Mention) -> bool {
    let start = mention.tokens.start;
    start > 1
        && reading.tokens[start - 1].is_punctuation(',')
        && reading.mention(start - 2).is_some_and(|m| {
            reading.mentions[m].kind == MentionKind::Name && m + 1 < reading.mentions.len()
        })
}

/// How much the place of a mention speaks for it.
fn position_score(reading: &ParsedText<'_>, candidate: usize, here: usize, sentence: usize) -> i32 {
    let mention = &reading.mentions[candidate];
    let distance = i32::try_from(here.saturating_sub(sentence)).unwrap_or(i32::MAX / 8);
    let mut score = -9 * distance;
    let start = mention.tokens.start;
    let from = reading.sentences[sentence].tokens.start;
    let governed = start > from && reading.tokens[start - 1].is(WordClass::PREPOSITION);
    if governed {
        score -= 6;
    }
    if mention.is_possessor {
        score -= 6;
    }
    let followed_by_verb = reading
        .tokens
        .get(mention.tokens.end)
        .is_some_and(|t| t.is_finite() && reading.mention(mention.tokens.end).is_none());
    if followed_by_verb && !governed {
        score += 4;
    }
    if start == from {
        score += 3;
    }
    score
}
