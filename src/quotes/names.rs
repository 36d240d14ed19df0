//! Joins the names of a dispatch into entities, people and organisations: “Obama” is Barack Obama. Knows nothing of
//! quotes.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::quotes::lexicon::{
    ANY_VERB, CAPITAL, DETERMINER, FEMALE, FEMALE_ROLE, FUNCTION, LOWER, MALE, MALE_ROLE, NUMBER,
    ORGANISATION, PLACE, PREPOSITION, RELATIVE, ROLE, SAY, SUFFIX, TITLE,
};
use crate::quotes::mentions::{Mention, MentionKind};
use crate::quotes::tokens::Token;

/// The pronoun that may refer to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    He,
    She,
    /// An organisation, a place, a newspaper.
    It,
    Unknown,
}

/// A person or thing with a name. Ranges are token indexes.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// The longest form of the name.
    pub(super) name: Range<usize>,
    /// The first office or rank given; may be empty.
    pub(super) title: Range<usize>,
    /// The first apposition, such as “skipper of the Ansgar”; may be empty.
    pub(super) apposition: Range<usize>,
    pub(super) gender: Gender,
    /// True if a first name, a title or an office shows that this is a person.
    pub(super) is_person: bool,
    pub(super) mention_count: usize,
    /// Index of the last mention.
    last_seen: usize,
}

/// The entities of a dispatch.
#[derive(Debug, Default)]
pub(super) struct Entities {
    pub(super) list: Vec<Entity>,
    /// For each mention, the index of the entity that it names; `None` for nominals, pronouns and days.
    pub(super) of_mention: Vec<Option<usize>>,
}

/// The longest name, in tokens; a longer run of capitals is not a name.
const MAX_NAME_TOKENS: usize = 8;

/// How many entities with the same last name are compared; keeps the work linear when one name fills a text.
const MAX_NAMESAKES: usize = 8;

/// Entities found so far, with indexes by first and last name in lower case.
struct NameJoiner<'a> {
    text: &'a str,
    tokens: &'a [Token],
    by_last: HashMap<String, Vec<usize>, RandomState>,
    by_first: HashMap<String, Vec<usize>, RandomState>,
    entities: Vec<Entity>,
}

/// Joins the names among the mentions.
pub(super) fn join_names(text: &str, tokens: &[Token], mentions: &[Mention]) -> Entities {
    let mut joining = NameJoiner {
        text,
        tokens,
        by_last: HashMap::default(),
        by_first: HashMap::default(),
        entities: Vec::new(),
    };
    let mut entity_of = vec![None; mentions.len()];
    // Full names first, so that a short name also resolves to a full one that comes later, as in headlines.
    for short in [false, true] {
        for (i, mention) in mentions.iter().enumerate() {
            let is_short = joining.words(&mention.name).len() < 2;
            if mention.kind == MentionKind::Name
                && is_short == short
                && mention.name.len() <= MAX_NAME_TOKENS
            {
                entity_of[i] = Some(joining.join(mention, i));
            }
        }
    }
    for (at, (mention, entity)) in mentions.iter().zip(&entity_of).enumerate() {
        let Some(entity) = *entity else { continue };
        let entity = &mut joining.entities[entity];
        entity.is_person |= is_introduced_as_person(tokens, mention);
        if entity.apposition.is_empty() {
            entity.apposition = find_apposition(tokens, mention).unwrap_or(0..0);
        }
        if entity.gender == Gender::Unknown {
            let after = entity.apposition.clone();
            let before = kinship_phrase(tokens, mentions, at).unwrap_or(0..0);
            entity.is_person |= tokens[before.clone()].iter().any(|t| t.is(ROLE));
            entity.gender = role_gender(tokens, &[before, after]);
            entity.is_person |= entity.gender != Gender::Unknown;
        }
    }
    Entities { list: joining.entities, of_mention: entity_of }
}

/// The gender by words such as “wife” or “brother”; `Unknown` if there are none, or both kinds.
fn role_gender(tokens: &[Token], among: &[Range<usize>; 2]) -> Gender {
    let has = |class| {
        let mut tokens = among.iter().flat_map(|range| &tokens[range.clone()]);
        tokens.any(|t| t.is(class))
    };
    match (has(MALE_ROLE), has(FEMALE_ROLE)) {
        (true, false) => Gender::He,
        (false, true) => Gender::She,
        _ => Gender::Unknown,
    }
}

impl<'a> NameJoiner<'a> {
    /// The text of a token.
    fn word(&self, i: usize) -> &'a str {
        self.text.get(self.tokens[i].range()).unwrap_or("")
    }

    /// A name without suffixes such as “Jr.”.
    fn words(&self, name: &Range<usize>) -> Range<usize> {
        let mut end = name.end;
        while end > name.start + 1 && self.tokens[end - 1].is(SUFFIX) {
            end -= 1;
        }
        name.start..end
    }

    /// The entity that a mention names, added if new. `at`: the mention's index.
    fn join(&mut self, mention: &Mention, at: usize) -> usize {
        let words = self.words(&mention.name);
        let gender = self.gender(mention);
        // Names set in capitals are the same names.
        let last = self.word(words.end - 1).to_lowercase();
        let first = self.word(words.start).to_lowercase();
        let found = if words.len() > 1 {
            self.find_full(&words, &last)
        } else {
            self.find_short(&last, gender, mention)
        };
        if let Some(index) = found {
            self.add_mention(index, mention, gender, at);
            return index;
        }
        let index = self.entities.len();
        self.entities.push(Entity {
            name: mention.name.clone(),
            title: mention.title.clone(),
            apposition: 0..0,
            gender,
            is_person: matches!(gender, Gender::He | Gender::She) || self.has_title(mention),
            mention_count: 1,
            last_seen: at,
        });
        self.by_last.entry(last).or_default().push(index);
        if words.len() > 1 && gender != Gender::It {
            self.by_first.entry(first).or_default().push(index);
        }
        index
    }

    /// The known entity with the same last name and the same or an abbreviated first name.
    fn find_full(&self, words: &Range<usize>, last: &str) -> Option<usize> {
        let bearers = self.by_last.get(last)?;
        bearers.iter().take(MAX_NAMESAKES).copied().find(|&index| {
            let known = self.words(&self.entities[index].name);
            let first = self.word(words.start);
            let other = self.word(known.start);
            first.eq_ignore_ascii_case(other) || known.len() > 1 && is_initial_of(first, other)
        })
    }

    /// The known entity that a single word names: the most prominent one with that last name, or else one with that
    /// first name.
    fn find_short(&self, word: &str, gender: Gender, mention: &Mention) -> Option<usize> {
        // The gender of a single word is a guess: LEE looks like an acronym.
        let acronym = gender == Gender::It && !self.is_place(mention);
        // A last name may look like a first name: Lee, Kim, Jordan.
        let bare = mention.name.len() == 1 && mention.title.is_empty() && gender != Gender::It;
        let gender = if acronym || bare { Gender::Unknown } else { gender };
        let fits = |&index: &usize| {
            let entity = &self.entities[index];
            let other = entity.gender;
            // The last word of an organisation's name is not short for it: “Party” is not “the Green Party”.
            let body = self.words(&entity.name).len() > 1 && other == Gender::It;
            !(body
                || gender != Gender::Unknown
                    && other != Gender::Unknown
                    && other != gender
                    && !self.is_place(mention))
        };
        let bearers = self.by_last.get(word).into_iter().flatten();
        let firsts = self.by_first.get(word).into_iter().flatten();
        bearers
            .take(MAX_NAMESAKES)
            .copied()
            .filter(fits)
            .max_by_key(|&index| self.entities[index].salience())
            .or_else(|| firsts.take(MAX_NAMESAKES).copied().find(fits))
    }

    /// Updates an entity with another of its mentions.
    fn add_mention(&mut self, index: usize, mention: &Mention, gender: Gender, at: usize) {
        let longer = mention.name.len() > self.entities[index].name.len();
        let entity = &mut self.entities[index];
        entity.mention_count += 1;
        entity.last_seen = entity.last_seen.max(at);
        if longer {
            entity.name = mention.name.clone();
        }
        if entity.title.is_empty() {
            entity.title = mention.title.clone();
        }
        // TENCH for Marius Tench: a name in capitals looks like an acronym, which tells nothing.
        let initials = gender == Gender::It && mention.name.len() < entity.name.len();
        if matches!(entity.gender, Gender::Unknown) && !initials {
            entity.gender = gender;
        }
        entity.is_person |= matches!(gender, Gender::He | Gender::She);
    }

    /// True if a title or an office comes before the name.
    fn has_title(&self, mention: &Mention) -> bool {
        self.tokens[mention.title.clone()].iter().any(|t| t.is(ROLE | TITLE))
    }

    /// True for a single word that is a known place.
    fn is_place(&self, mention: &Mention) -> bool {
        mention.name.len() == 1 && self.tokens[mention.name.start].is(PLACE)
    }

    /// The gender by title, first name or form of the name; `Unknown` if those do not tell.
    fn gender(&self, mention: &Mention) -> Gender {
        let title = &self.tokens[mention.title.clone()];
        if title.iter().any(|t| t.is(FEMALE_ROLE)) {
            return Gender::She;
        }
        if title.iter().any(|t| t.is(MALE_ROLE)) {
            return Gender::He;
        }
        let name = self.words(&mention.name);
        let first = &self.tokens[name.start];
        let last = &self.tokens[name.end - 1];
        // A title without a gender still shows that this is a person.
        let titled = self.has_title(mention);
        // “the Kremlin”, “Leeds Council”, but not “Council President Lee”.
        if first.is(DETERMINER) || name.len() > 1 && last.is(ORGANISATION) && !titled {
            return Gender::It;
        }
        let (he, she) = (first.is(MALE), first.is(FEMALE));
        if he != she {
            return if he { Gender::He } else { Gender::She };
        }
        if titled || he {
            return Gender::Unknown;
        }
        let word = self.word(name.start);
        let acronym = name.len() == 1
            && word.len() > 1
            && word.len() <= 6
            && word.chars().all(|c| c.is_uppercase() || c == '.' || c == '&');
        if acronym || self.is_place(mention) {
            return Gender::It;
        }
        Gender::Unknown
    }
}

impl Entity {
    /// The order in which a short name is resolved: people first, then by number of mentions.
    fn salience(&self) -> (bool, usize) {
        (self.is_person, self.mention_count)
    }
}

/// True if one is an abbreviation of the other: J. and John.
fn is_initial_of(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim_end_matches('.'), b.trim_end_matches('.'));
    a.starts_with(b) || b.starts_with(a)
}

// Appositions beside a name: ages, offices, kin.

/// True for a name followed by an age or an office: “Lee, 43,”, “Lee, skipper of”.
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
    let age = matches!(rest, [n, c, ..] if n.is(NUMBER) && c.is_punctuation(','));
    let office =
        rest.iter().take_while(|t| t.is_word() && !t.is(PREPOSITION | CAPITAL)).any(|t| t.is(ROLE));
    age || office
}

/// The longest apposition, in tokens.
const MAX_APPOSITION_TOKENS: usize = 10;

/// The apposition after a name, up to the next punctuation and without its article: “skipper of the Ansgar” in “Lee,
/// the skipper of the Ansgar,”. Its first noun must be an office or occupation.
pub(super) fn find_apposition(tokens: &[Token], mention: &Mention) -> Option<Range<usize>> {
    let comma = mention.tokens.end;
    let start = comma + 1;
    let after = tokens.get(start..(start + MAX_APPOSITION_TOKENS + 1).min(tokens.len()))?;
    // Punctuation, “who” or a reporting verb ends the apposition.
    let ends = |t: &Token| !t.is_word() || t.is(RELATIVE) || t.is(SAY) && t.is(LOWER);
    let length = after.iter().position(ends)?;
    let end = start + length;
    let noun = after[..length]
        .iter()
        .take_while(|t| !t.is(PREPOSITION))
        .take_while(|t| t.is(DETERMINER) || !t.is(FUNCTION | ANY_VERB));
    // Leave the article out.
    let articles = after[..length].iter().take_while(|t| t.is(DETERMINER));
    let start = start + articles.count();
    let role = noun.last().is_some_and(|t| t.is(ROLE));
    (tokens[comma].is_punctuation(',')
        && role
        && mention.kind == MentionKind::Name
        && !mention.is_possessor)
        .then_some(start..end)
}

/// The head of the phrase that a name is in apposition to: “wife” in “his wife, Ada,”. `at`: the name's mention.
pub(super) fn kinship_phrase(
    tokens: &[Token],
    mentions: &[Mention],
    at: usize,
) -> Option<Range<usize>> {
    let name = &mentions[at];
    let before = &mentions[at.checked_sub(1)?];
    let comma = before.tokens.end;
    let beside = comma + 1 == name.tokens.start && tokens[comma].is_punctuation(',');
    (before.kind == MentionKind::NounPhrase && before.sentence == name.sentence && beside)
        .then(|| before.tokens.end - 1..before.tokens.end)
}
