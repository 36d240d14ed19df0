//! Resolves a mention to a full name: the holder of an office, the name in apposition, the fullest form of a name.

use std::ops::Range;

use crate::quotes::lexicon::{
    BE, CONJUNCTION, DETERMINER, FINITE, JOINER, PAST, PEOPLE, POSSESSIVE, PREPOSITION, PRONOUN,
    ROLE, SUBORDINATOR, TITLE,
};
use crate::quotes::mentions::{MentionKind, ParsedText};
use crate::quotes::names::Entity;
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

/// The name of an office's holder: a mention of the only governor named in the dispatch, for “the governor”, and of the
/// only one who was introduced with all the words of the phrase, for “the Holm Line chairman” and “Lee's son”.
pub(super) fn office_holder(parsed: &ParsedText<'_>, mention: usize) -> Option<usize> {
    let tokens = parsed.mentions[mention].tokens.clone();
    let (first, office) = (parsed.tokens.get(tokens.start)?, office_in(parsed, &tokens)?);
    let owned =
        parsed.owner_of(mention).is_some_and(|o| parsed.mentions[o].kind == MentionKind::Name);
    if tokens.len() < 2
        || tokens.len() > MAX_OFFICE_TOKENS
        || !(first.is(DETERMINER) || owned)
        || first.is(PRONOUN)
        || is_indefinite(parsed, tokens.start)
    {
        return None;
    }
    let word = |i: usize| parsed.text_of(&(i..i + 1));
    let given = |&i: &usize| i != office && !parsed.tokens[i].is(DETERMINER | POSSESSIVE | JOINER);
    let introduced = |entity: &&Entity| {
        [&entity.title, &entity.apposition, &entity.introduction].into_iter().any(|words| {
            office_in(parsed, words).is_some_and(|i| word(i).eq_ignore_ascii_case(word(office)))
                && (tokens.clone().filter(given))
                    .all(|i| words.clone().any(|w| word(w).eq_ignore_ascii_case(word(i))))
        })
    };
    let mut holders = parsed.entities.list.iter().take(MAX_OFFICE_HOLDERS).filter(introduced);
    let holder = holders.next()?;
    holders.next().is_none().then(|| parsed.mention(holder.name.start))?
}

/// The longest phrase that is compared with offices, in tokens.
const MAX_OFFICE_TOKENS: usize = 8;

/// The office in a title (“Holm Line chairman”) or an apposition (“chairman of the Holm Line”): its last word before a
/// preposition.
fn office_in(parsed: &ParsedText<'_>, words: &Range<usize>) -> Option<usize> {
    let end = words.clone().find(|&i| parsed.tokens[i].is(PREPOSITION)).unwrap_or(words.end);
    end.checked_sub(1).filter(|&i| words.contains(&i) && parsed.tokens[i].is(ROLE))
}

/// True for “a”, “another” and the like: somebody new.
fn is_indefinite(parsed: &ParsedText<'_>, determiner: usize) -> bool {
    let word = parsed.text_of(&(determiner..determiner + 1));
    parsed.tokens[determiner].is(DETERMINER)
        && !["the", "this", "that"].iter().any(|definite| word.eq_ignore_ascii_case(definite))
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

    #[test]
    fn an_office_means_who_was_introduced_with_it() {
        check(
            &[
                "Holm Line chairman Odo Vinter said demand will grow.",
                "The Holm Line chairman spoke to the crew.",
                "“The question is when,” the Holm Line chairman said.",
            ],
            &["Odo Vinter"],
        );
        check(
            &[
                "Carl Dahl came with Dahl's son Emil, and so did Eva Brandt, who is the pilot.",
                "“It is dark,” the pilot said.",
                "“It is light,” said Dahl's son.",
            ],
            &["Eva Brandt", "Emil"],
        );
        check(
            &[
                "The mayor of Leeds, Carl Dahl, met the keeper of the pier, Martin Reke.",
                "“It is dark,” the keeper said. “It is light,” said the mayor.",
            ],
            &["Martin Reke", "Carl Dahl"],
        );
        check(&["Odo Vinter, a keeper, came.", "“It is dark,” said a keeper."], &["a keeper"]);
    }
}
