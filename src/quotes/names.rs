//! Joins the names of a dispatch into persons and bodies: “Obama” is Barack Obama. Knows nothing of quotes.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::quotes::lexicon::WordClass;
use crate::quotes::mentions::{Mention, MentionKind};
use crate::quotes::tokens::Token;

/// Which pronoun may stand for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    He,
    She,
    /// A body, a place, a paper.
    It,
    Unknown,
}

/// Somebody or something with a name.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// The tokens of the fullest name.
    pub(super) name: Range<usize>,
    /// The tokens of the first office or rank given; may be empty.
    pub(super) title: Range<usize>,
    /// The tokens of what is said of them after a comma: “skipper of the Ansgar”; may be empty.
    pub(super) apposition: Range<usize>,
    pub(super) gender: Gender,
    /// True where a first name, a title or an office says that this is a person.
    pub(super) is_person: bool,
    pub(super) mention_count: usize,
    last_seen: usize,
}

/// The entities of a dispatch, and which mention names which.
#[derive(Debug, Default)]
pub(super) struct Entities {
    pub(super) list: Vec<Entity>,
    /// For each mention the entity that it names.
    pub(super) of_mention: Vec<Option<usize>>,
}

/// The longest name in tokens that is compared.
const MAX_NAME_TOKENS: usize = 8;

/// How many bearers of one last name are told apart.
const MAX_NAMESAKES: usize = 8;

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
    let mut of = vec![None; mentions.len()];
    for short in [false, true] {
        for (i, mention) in mentions.iter().enumerate() {
            let is_short = joining.words(&mention.name).len() < 2;
            if mention.kind == MentionKind::Name
                && is_short == short
                && mention.name.len() <= MAX_NAME_TOKENS
            {
                of[i] = Some(joining.join(mention, i));
            }
        }
    }
    for (at, (mention, entity)) in mentions.iter().zip(&of).enumerate() {
        let Some(entity) = *entity else { continue };
        let entity = &mut joining.entities[entity];
        entity.is_person |= is_introduced_as_person(tokens, mention);
        if entity.apposition.is_empty() {
            entity.apposition = find_apposition(tokens, mention).unwrap_or(0..0);
        }
        if entity.gender == Gender::Unknown {
            let after = entity.apposition.clone();
            let before = kinship_phrase(tokens, mentions, at).unwrap_or(0..0);
            entity.is_person |= tokens[before.clone()].iter().any(|t| t.is(WordClass::ROLE));
            entity.gender = role_gender(tokens, &[before, after]);
            entity.is_person |= entity.gender != Gender::Unknown;
        }
    }
    Entities {
        list: joining.entities,
        of_mention: of,
    }
}

/// What “wife” or “brother” among some tokens says.
fn role_gender(tokens: &[Token], among: &[Range<usize>; 2]) -> Gender {
    let has = |class| {
        let mut tokens = among.iter().flat_map(|range| &tokens[range.clone()]);
        tokens.any(|t| t.is(class))
    };
    match (has(WordClass::MALE_ROLE), has(WordClass::FEMALE_ROLE)) {
        (true, false) => Gender::He,
        (false, true) => Gender::She,
        _ => Gender::Unknown,
    }
}

impl<'a> NameJoiner<'a> {
    fn word(&self, i: usize) -> &'a str {
        self.text.get(self.tokens[i].range()).unwrap_or("")
    }

    /// The tokens of a name that count: no suffix.
    fn words(&self, name: &Range<usize>) -> Range<usize> {
        let mut end = name.end;
        while end > name.start + 1 && self.tokens[end - 1].is(WordClass::SUFFIX) {
            end -= 1;
        }
        name.start..end
    }

    fn join(&mut self, mention: &Mention, at: usize) -> usize {
        let words = self.words(&mention.name);
        let gender = self.gender(mention);
        // Capitals throughout are only a way to set a name.
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

    fn find_full(&self, words: &Range<usize>, last: &str) -> Option<usize> {
        let bearers = self.by_last.get(last)?;
        bearers.iter().take(MAX_NAMESAKES).copied().find(|&index| {
            let known = self.words(&self.entities[index].name);
            let first = self.word(words.start);
            let other = self.word(known.start);
            first.eq_ignore_ascii_case(other) || known.len() > 1 && is_initial_of(first, other)
        })
    }

    fn find_short(&self, word: &str, gender: Gender, mention: &Mention) -> Option<usize> {
        let acronym = gender == Gender::It && !self.is_place(mention);
        // A last name may look like a first name: Lee, Kim, Jordan.
        let bare = mention.name.len() == 1 && mention.title.is_empty() && gender != Gender::It;
        let gender = if acronym || bare {
            Gender::Unknown
        } else {
            gender
        };
        let fits = |&index: &usize| {
            let entity = &self.entities[index];
            let other = entity.gender;
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
        // TENCH for Marius Tench says nothing: capitals look like a body's initials.
        let initials = gender == Gender::It && mention.name.len() < entity.name.len();
        if matches!(entity.gender, Gender::Unknown) && !initials {
            entity.gender = gender;
        }
        entity.is_person |= matches!(gender, Gender::He | Gender::She);
    }

    fn has_title(&self, mention: &Mention) -> bool {
        self.tokens[mention.title.clone()]
            .iter()
            .any(|t| t.is(WordClass::ROLE | WordClass::TITLE))
    }

    fn is_place(&self, mention: &Mention) -> bool {
        mention.name.len() == 1 && self.tokens[mention.name.start].is(WordClass::PLACE)
    }

    fn gender(&self, mention: &Mention) -> Gender {
        let title = &self.tokens[mention.title.clone()];
        if title.iter().any(|t| t.is(WordClass::FEMALE_ROLE)) {
            return Gender::She;
        }
        if title.iter().any(|t| t.is(WordClass::MALE_ROLE)) {
            return Gender::He;
        }
        let name = self.words(&mention.name);
        let first = &self.tokens[name.start];
        let last = &self.tokens[name.end - 1];
        let titled = self.has_title(mention);
        if first.is(WordClass::DETERMINER)
            || name.len() > 1 && last.is(WordClass::ORGANISATION) && !titled
        {
            return Gender::It;
        }
        let (he, she) = (first.is(WordClass::MALE), first.is(WordClass::FEMALE));
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
            && word
                .chars()
                .all(|c| c.is_uppercase() || c == '.' || c == '&');
        if acronym || self.is_place(mention) {
            return Gender::It;
        }
        Gender::Unknown
    }
}

impl Entity {
    fn salience(&self) -> (bool, usize) {
        (self.is_person, self.mention_count)
    }
}

/// True where one is the initial of the other: J. and John.
fn is_initial_of(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim_end_matches('.'), b.trim_end_matches('.'));
    a.starts_with(b) || b.starts_with(a)
}

// What is said of somebody between commas beside the name: ages, offices, kin. Knows nothing of entities.

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
