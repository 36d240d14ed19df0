//! Resolves a mention to a full name: the antecedent of a pronoun, the holder of an office, the fullest form of a name.

use crate::quotes::lexicon::{
    BE, CONJUNCTION, DETERMINER, DOCUMENT, FEMALE_ROLE, FINITE, HE, IT, MALE_ROLE, ORGANISATION,
    PAST, PEOPLE, PREPOSITION, ROLE, SHE, SUBORDINATOR, THEY, TITLE,
};
use crate::quotes::mentions::{Mention, MentionKind, ParsedText};
use crate::quotes::names::Gender;
use crate::quotes::same_sentence::Finding;

/// The full name of the speaker that a mention names, and the office or rank, as the dispatch writes them.
pub(super) fn display_name(parsed: &ParsedText<'_>, named: usize) -> (String, Option<String>) {
    let mention = &parsed.mentions[named];
    let Some(entity) = parsed.entities.of_mention[named] else {
        return (parsed.text_of(&mention.name).to_owned(), None);
    };
    let entity = &parsed.entities.list[entity];
    let title = parsed.text_of(&entity.title);
    let name = parsed.text_of(&entity.name);
    // LADY ANSGAR: in capitals, a title cannot be told from a name.
    let shouted = |words: &str| !words.chars().any(char::is_lowercase);
    if !title.is_empty() && shouted(title) && shouted(name) {
        let whole = entity.title.start..entity.name.end.max(entity.title.end);
        return (parsed.text_of(&whole).to_owned(), None);
    }
    let name = match name.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => name.to_owned(),
    };
    // Mr. and Ms. are not offices.
    let honorific = matches!(
        title.trim_end_matches('.').to_ascii_lowercase().as_str(),
        "mr" | "mrs" | "ms" | "miss"
    );
    let office = parsed.tokens[entity.title.clone()].iter().any(|t| t.is(ROLE | TITLE | PEOPLE));
    let title = (!title.is_empty() && office && !honorific).then(|| title.to_owned());
    let apposition = || Some(parsed.text_of(&entity.apposition).to_owned());
    let title = title.or_else(|| apposition().filter(|words| !words.is_empty()));
    (name, title)
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

/// The name that the mention's own sentence gives it, or else the mention itself: “her coach, Ugo Reke, …”, “The man at
/// the gate is Ugo Reke.”
pub(super) fn name_in_sentence(parsed: &ParsedText<'_>, mention: usize) -> usize {
    let found = &parsed.mentions[mention];
    if found.kind != MentionKind::NounPhrase || !parsed.head_has(mention, ROLE) {
        return mention;
    }
    let sentence = parsed.sentences[found.sentence].tokens.clone();
    let end = found.tokens.end;
    let named = |at: usize| {
        parsed
            .mention_starting_at(at)
            .filter(|&m| at < sentence.end && parsed.mentions[m].kind == MentionKind::Name)
            .filter(|&m| !parsed.mentions[m].is_possessor)
    };
    let token = |at: usize| parsed.tokens[..sentence.end].get(at);
    // In apposition: the name between two commas, or at the end of the sentence.
    if token(end).is_some_and(|t| t.is_punctuation(','))
        && let Some(name) = named(end + 1)
        && let after = token(parsed.mentions[name].tokens.end)
        && after.is_none_or(|t| t.is_punctuation(',') || t.is_punctuation('.'))
        && parsed.entities.of_mention[name].is_some_and(|e| parsed.entities.list[e].is_person)
    {
        return name;
    }
    if found.tokens.start == sentence.start
        && let Some(be) =
            (end..sentence.end.min(end + MAX_COPULA_DISTANCE)).find(|&i| parsed.tokens[i].is(BE))
        && let Some(name) = named(be + 1)
        && token(parsed.mentions[name].tokens.end).is_none_or(|t| t.is_punctuation('.'))
    {
        return name;
    }
    mention
}

/// How many tokens may separate a phrase from the “is” that introduces its name.
const MAX_COPULA_DISTANCE: usize = 8;

/// How many entities are searched for the holder of an office: most are introduced early in a dispatch.
const MAX_OFFICE_HOLDERS: usize = 64;

/// The name of an office's holder: a mention of the only governor named in the dispatch, for “the governor”.
pub(super) fn office_holder(parsed: &ParsedText<'_>, mention: usize) -> Option<usize> {
    let tokens = parsed.mentions[mention].tokens.clone();
    let last = tokens.end - 1;
    if tokens.len() != 2
        || !parsed.tokens[tokens.start].is(DETERMINER)
        || !parsed.tokens[last].is(ROLE)
    {
        return None;
    }
    // Compare the last word of each entity's title.
    let office = parsed.text_of(&(last..tokens.end));
    let mut holders = parsed.entities.list.iter().take(MAX_OFFICE_HOLDERS).filter(|entity| {
        entity.title.end > entity.title.start
            && parsed
                .text_of(&(entity.title.end - 1..entity.title.end))
                .eq_ignore_ascii_case(office)
    });
    let holder = holders.next()?;
    holders.next().is_none().then(|| parsed.mention(holder.name.start))?
}

/// The other of two who speak together: Lee in “Lee and Holm said”, nobody in “Lee met Ada and Holm said”.
pub(super) fn find_co_speaker(parsed: &ParsedText<'_>, finding: &Finding) -> Option<usize> {
    let mention = &parsed.mentions[finding.mention];
    let (start, cue) = (mention.tokens.start, finding.cue?);
    let sentence = parsed.sentences[mention.sentence].tokens.clone();
    if mention.kind != MentionKind::Name || start < sentence.start + 2 {
        return None;
    }
    let and = &parsed.tokens[start - 1];
    let joined = and.is(CONJUNCTION) && parsed.text_of(&(start - 1..start)) == "and";
    let verb = &parsed.tokens[cue];
    // “says” has a single subject.
    let singular = verb.is(FINITE) && !verb.is(PAST);
    let other = parsed.mention(start - 2).filter(|_| joined && !singular)?;
    let found = &parsed.mentions[other];
    let named = |m: usize| parsed.entities.of_mention[m];
    // The other must be in the position of a subject as well.
    let subject = found.tokens.start == sentence.start
        || parsed.tokens[found.tokens.start - 1].is(SUBORDINATOR)
        || cue < found.tokens.start
        || !parsed.tokens[found.tokens.start - 1].is_word();
    (found.kind == MentionKind::Name
        && !found.is_possessor
        && subject
        && named(other) != named(finding.mention))
    .then_some(other)
}

// The antecedent of a pronoun. Candidates are scored by gender and number, by who spoke last, and by where and how they
// were mentioned. The scores and weights were fitted on press copy.

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
    // The last speaker's bonus is given once, to the nearest mention.
    let mut last_seen = false;
    let mut followed = false;
    for candidate in (pronoun.saturating_sub(MAX_MENTIONS_BACK)..pronoun).rev() {
        let sentence = parsed.mentions[candidate].sentence;
        if here.saturating_sub(sentence) > MAX_SENTENCES_BACK
            || parsed.sentences[sentence].enclosing_span != inside
        {
            break;
        }
        // The nearest earlier pronoun of the same kind probably has the same antecedent.
        if !followed
            && depth > 0
            && here - sentence <= MAX_SENTENCES_PER_STEP
            && here > sentence
            && parsed.mentions[candidate].kind == MentionKind::Pronoun
            && !parsed.mentions[candidate].is_possessor
            && pronoun_kind(parsed, candidate) == Some(wanted)
        {
            followed = true;
            if let Some(found) = find_antecedent_within(parsed, candidate, None, depth - 1) {
                let score = PRONOUN_CHAIN_SCORE + position_score(parsed, candidate, here, sentence);
                if best.is_none_or(|(b, _)| score > b) {
                    best = Some((score, found.mention));
                }
                scores.push((score, found.mention));
            }
        }
        // The candidate itself.
        let Some(mut score) = agreement_score(parsed, candidate, wanted) else {
            continue;
        };
        score += position_score(parsed, candidate, here, sentence);
        if !last_seen && last.is_some_and(|l| same(l, candidate)) {
            // Whoever spoke last probably speaks again.
            score += 6;
            last_seen = true;
        }
        match best {
            Some((b, _)) if score <= b => {}
            _ => best = Some((score, candidate)),
        }
        scores.push((score, candidate));
    }
    // Nobody nearby fits: only the last speaker is left, and never as a clear choice.
    let Some((score, mention)) = best else {
        return last
            .filter(|&l| agreement_score(parsed, l, wanted).is_some())
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
            match wanted {
                PronounKind::He if head(ROLE) && !any(FEMALE_ROLE | SHE) => {
                    Some(if any(MALE_ROLE) { 8 } else { 0 })
                }
                PronounKind::She if head(ROLE) && !any(MALE_ROLE) => {
                    Some(if any(FEMALE_ROLE) { 8 } else { 0 })
                }
                PronounKind::They if head(PEOPLE) => Some(8),
                PronounKind::They if head(ORGANISATION) => Some(2),
                PronounKind::It if head(ORGANISATION | DOCUMENT) => Some(8),
                _ => None,
            }
        }
    }
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
/// is the sentence of the pronoun, `sentence` that of the candidate.
fn position_score(parsed: &ParsedText<'_>, candidate: usize, here: usize, sentence: usize) -> i32 {
    let mention = &parsed.mentions[candidate];
    let distance = i32::try_from(here.saturating_sub(sentence)).unwrap_or(i32::MAX / 8);
    // A sentence of distance nearly outweighs a matching gender.
    let mut score = -9 * distance;
    let start = mention.tokens.start;
    let from = parsed.sentences[sentence].tokens.start;
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
    if followed_by_verb && !governed {
        score += 4;
    }
    if start == from {
        score += 3;
    }
    score
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::{Certainty, extract_quotes};

    /// Checks the speakers of a dispatch, in order: `?` for nobody, `~` before one that is only likely.
    fn check(paragraphs: &[&str], expected: &[&str]) {
        let dispatch = Dispatch { body: Body::from_paragraphs(paragraphs), ..Dispatch::default() };
        let found: Vec<String> = extract_quotes(&dispatch)
            .into_iter()
            .filter(crate::quotes::Quote::is_statement)
            .map(|quote| {
                let sure = if quote.certainty == Certainty::Likely { "~" } else { "" };
                format!("{sure}{}", quote.speaker.as_deref().unwrap_or("?"))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_surname_means_who_bore_it_first() {
        // Who is named only later is not meant.
        check(
            &[
                "The harbour was quiet on Monday.",
                "Skipper Ida Brand wrote to the crew.",
                "“You rowed well,” Brand wrote.",
                "She also wrote of her daughter Olga Brand.",
            ],
            &["Ida Brand"],
        );
        // Nor is a relative.
        check(
            &[
                "Jon Ambros, the keeper, spoke at length, and so did his wife, Vera Ambros.",
                "“The lamp is lit,” Ambros said.",
            ],
            &["~Jon Ambros"],
        );
        // At the head of a text the surname may come first.
        check(
            &["Brand wants a lamp.", "“It is dark,” said Brand.", "Ida Brand has a boat."],
            &["Ida Brand"],
        );
    }

    #[test]
    fn a_surname_of_two_is_told_by_office_pronoun_or_not_at_all() {
        let head =
            "The talk was long. It was between Senator Jon Ambros and the keeper, Vera Ambros.";
        check(&[head, "“It is dark,” Senator Ambros said."], &["Jon Ambros"]);
        check(&[head, "For her part, Ambros said: “It is dark.”"], &["Vera Ambros"]);
        check(
            &[
                "“It is dark,” said Jon Ambros, a senator.",
                "“It is light,” said Vera Ambros, a keeper.",
                "“It is neither,” Ambros said.",
            ],
            &["Jon Ambros", "Vera Ambros", "?"],
        );
    }
}
