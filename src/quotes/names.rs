//! Joins the names of a dispatch into entities, people and organisations: “Obama” is Barack Obama. Knows nothing of
//! quotes.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::quotes::lexicon::{
    ADVERB, ANY_VERB, AUXILIARY, BE, CAPITAL, CONJUNCTION, CUE, DETERMINER, FEMALE, FEMALE_ROLE,
    FINITE, FUNCTION, HE, ING, LOWER, MALE, MALE_ROLE, NUMBER, ORGANISATION, PARTICLE, PLACE,
    POSSESSIVE, PREPOSITION, PRONOUN, RELATIVE, ROLE, SAY, SHE, SUBORDINATOR, SUFFIX, TITLE,
};
use crate::quotes::mentions::{Mention, MentionKind};
use crate::quotes::tokens::{Sentence, Token};

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
    /// The phrase that the name first stood in apposition to, such as “Lee's lawyer” in “Lee's lawyer, Carl Holm,”; may be
    /// empty.
    pub(super) introduction: Range<usize>,
    pub(super) gender: Gender,
    /// True if a first name, a title or an office shows that this is a person.
    pub(super) is_person: bool,
    pub(super) mention_count: usize,
    /// Index of the first mention.
    first_seen: usize,
    /// True if introduced as somebody's kin: “his wife, Ada Lee”.
    is_kin: bool,
    /// True if a reporting verb is beside a mention: a person, or a body that speaks.
    pub(super) speaks: bool,
}

/// The entities of a dispatch.
#[derive(Debug, Default)]
pub(super) struct Entities {
    pub(super) list: Vec<Entity>,
    /// For each mention, the index of the entity that it names; `None` for nominals, pronouns and days, and for a
    /// surname whose bearer is undecided.
    pub(super) of_mention: Vec<Option<usize>>,
    /// The mentions that are a surname with several bearers, ascending.
    shared: Vec<usize>,
}

/// Whom a name can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearer {
    One,
    /// Several bear the surname, and one of them is likelier.
    Likeliest,
    /// Several bear the surname, and nothing tells which one is meant.
    Undecided,
}

impl Entities {
    /// Whether several can be meant by a mention that is a name.
    pub(super) fn bearer(&self, mention: usize) -> Bearer {
        match self.shared.binary_search(&mention) {
            Err(_) => Bearer::One,
            Ok(_) if self.of_mention[mention].is_some() => Bearer::Likeliest,
            Ok(_) => Bearer::Undecided,
        }
    }
}

/// The longest name, in tokens; a longer run of capitals is not a name.
const MAX_NAME_TOKENS: usize = 8;

/// How many entities with the same last name are compared; keeps the work linear when one name fills a text.
const MAX_NAMESAKES: usize = 8;

/// A surname in the headline, or in one of so many sentences at the head of a text, may come before the full name.
const HEAD_SENTENCES: usize = 4;

/// Entities found so far, with indexes by first and last name in lower case.
struct NameJoiner<'a> {
    text: &'a str,
    tokens: &'a [Token],
    mentions: &'a [Mention],
    sentences: &'a [Sentence],
    by_last: HashMap<String, Vec<usize>, RandomState>,
    by_first: HashMap<String, Vec<usize>, RandomState>,
    entities: Vec<Entity>,
}

/// Joins the names among the mentions.
pub(super) fn join_names(
    text: &str,
    tokens: &[Token],
    mentions: &[Mention],
    sentences: &[Sentence],
) -> Entities {
    let mut joining = NameJoiner {
        text,
        tokens,
        mentions,
        sentences,
        by_last: HashMap::default(),
        by_first: HashMap::default(),
        entities: Vec::new(),
    };
    let capitals = joining.sentences_in_capitals();
    let named = |mention: &Mention| {
        mention.kind == MentionKind::Name && mention.name.len() <= MAX_NAME_TOKENS
    };
    let mut of_mention = vec![None; mentions.len()];
    let mut shared = Vec::new();
    // Full names first, so that a surname in a headline resolves to a full name that comes later.
    for (i, mention) in mentions.iter().enumerate().filter(|(_, m)| named(m)) {
        if !joining.is_short(mention) && !capitals[mention.sentence] {
            of_mention[i] = Some(joining.join_full(mention, i));
        }
    }
    for (i, mention) in mentions.iter().enumerate().filter(|(_, m)| named(m)) {
        if capitals[mention.sentence] {
            continue;
        }
        if of_mention[i].is_none() {
            let (entity, bearer) = joining.join_short(mention, i);
            of_mention[i] = entity;
            if bearer != Bearer::One {
                shared.push(i);
            }
        }
        if let Some(entity) = of_mention[i] {
            joining.count(entity, mention);
        }
    }
    // A headline in capitals names nobody new.
    for (i, mention) in mentions.iter().enumerate().filter(|(_, m)| named(m)) {
        if capitals[mention.sentence] {
            of_mention[i] = joining.find_known(mention);
        }
    }
    joining.describe(&of_mention);
    Entities { list: joining.entities, of_mention, shared }
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

    /// True for a surname alone, with its particles: “Lee”, “van den Berg”.
    fn is_short(&self, mention: &Mention) -> bool {
        let words = self.words(&mention.name);
        let given = |t: &Token| !t.is(PARTICLE) || t.is(CAPITAL) && t.is(MALE | FEMALE);
        !self.tokens[words.start..words.end - 1].iter().any(given)
    }

    /// For each sentence, whether it is set in capitals where others are not.
    fn sentences_in_capitals(&self) -> Vec<bool> {
        let in_capitals = |sentence: &Sentence| {
            let tokens = &self.tokens[sentence.tokens.clone()];
            let small = |t: &Token| {
                t.is_word()
                    && self.text.get(t.range()).is_some_and(|w| w.contains(char::is_lowercase))
            };
            // “ANN LEE: “…”” is the label of a speaker.
            let label = |pair: &[Token]| pair[0].is_punctuation(':') && pair[1].is_quote();
            !tokens.iter().any(small) && !tokens.windows(2).any(label)
        };
        let found: Vec<bool> = self.sentences.iter().map(in_capitals).collect();
        if found.iter().filter(|&&c| c).count() * 2 > found.len() {
            return vec![false; found.len()];
        }
        found
    }

    /// The entity that a full name names, added if new. `at`: the mention's index.
    fn join_full(&mut self, mention: &Mention, at: usize) -> usize {
        let words = self.words(&mention.name);
        // Names set in capitals are the same names.
        let last = self.word(words.end - 1).to_lowercase();
        let gender = self.gender(mention);
        if let Some(index) = self.find_full(&words, &last) {
            self.add_form(index, mention, gender);
            return index;
        }
        let index = self.add_entity(mention, gender, at, last);
        if gender != Gender::It {
            let first = self.word(words.start).to_lowercase();
            self.by_first.entry(first).or_default().push(index);
        }
        index
    }

    /// The entity that a surname or another single word names, added if new; `None` if its bearer is undecided.
    fn join_short(&mut self, mention: &Mention, at: usize) -> (Option<usize>, Bearer) {
        let words = self.words(&mention.name);
        let last = self.word(words.end - 1).to_lowercase();
        let gender = self.gender(mention);
        let (found, bearer) = self.find_short(&last, gender, mention, at);
        if let Some(index) = found {
            self.add_form(index, mention, gender);
        }
        let new = found.is_none() && bearer == Bearer::One;
        let added = new.then(|| self.add_entity(mention, gender, at, last));
        (found.or(added), bearer)
    }

    /// Adds an entity under its last name.
    fn add_entity(&mut self, mention: &Mention, gender: Gender, at: usize, last: String) -> usize {
        let index = self.entities.len();
        self.entities.push(Entity {
            name: mention.name.clone(),
            title: mention.title.clone(),
            apposition: 0..0,
            introduction: 0..0,
            gender,
            is_person: matches!(gender, Gender::He | Gender::She)
                || self.has_title(mention)
                || is_introduced_as_person(self.tokens, mention),
            mention_count: 0,
            first_seen: at,
            is_kin: self.is_introduced_as_kin(at),
            speaks: false,
        });
        self.by_last.entry(last).or_default().push(index);
        index
    }

    /// The known entity that a name in capitals means.
    fn find_known(&self, mention: &Mention) -> Option<usize> {
        let words = self.words(&mention.name);
        let last = self.word(words.end - 1).to_lowercase();
        let full = if self.is_short(mention) { None } else { self.find_full(&words, &last) };
        full.or_else(|| {
            let bearers = self.by_last.get(&last)?;
            let person = |&index: &usize| self.entities[index].is_person || words.len() == 1;
            bearers.iter().take(MAX_NAMESAKES).copied().find(person)
        })
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

    /// The known entity that a single word names, by its last name or else by its first name. Who was named before
    /// comes first; who is named only later is meant only at the head of the text.
    fn find_short(
        &self,
        word: &str,
        gender: Gender,
        mention: &Mention,
        at: usize,
    ) -> (Option<usize>, Bearer) {
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
        // In a transcript, the label of a speaker may come before the name too.
        let label = matches!(self.tokens.get(mention.tokens.end..), Some([colon, speech, ..])
            if colon.is_punctuation(':') && speech.is_quote());
        let head = label || mention.sentence < HEAD_SENTENCES;
        for names in [&self.by_last, &self.by_first] {
            let bearers = names.get(word).into_iter().flatten().take(MAX_NAMESAKES).copied();
            let bearers: Vec<usize> = bearers.filter(fits).collect();
            let (before, after): (Vec<usize>, Vec<usize>) =
                bearers.into_iter().partition(|&index| self.entities[index].first_seen < at);
            if !before.is_empty() {
                return self.choose(&before, mention);
            }
            let later = after.into_iter().filter(|&index| head && !self.entities[index].is_kin);
            if let Some(found) = later.max_by_key(|&index| self.entities[index].is_person) {
                return (Some(found), Bearer::One);
            }
        }
        (None, Bearer::One)
    }

    /// Of several bearers of a surname who were named before, the one that is meant.
    fn choose(&self, bearers: &[usize], mention: &Mention) -> (Option<usize>, Bearer) {
        let of = |&index: &usize| &self.entities[index];
        let persons = bearers.iter().filter(|index| of(index).is_person).count();
        let mut likely: Vec<usize> =
            bearers.iter().copied().filter(|index| persons == 0 || of(index).is_person).collect();
        // Pronouns and offices beside the name tell which one.
        for told in [self.told_by_pronoun(&likely, mention), self.told_by_office(&likely, mention)]
        {
            if !told.is_empty() {
                likely = told;
            }
        }
        if let [only] = likely.as_slice() {
            return (Some(*only), Bearer::One);
        }
        // Kin come last, then who is named more often, then who was named first.
        let rank = |index: &usize| (!of(index).is_kin, of(index).mention_count);
        likely.sort_by_key(|index| std::cmp::Reverse(rank(index)));
        let (Some(first), Some(second)) = (likely.first(), likely.get(1)) else {
            return (None, Bearer::One);
        };
        let tied = rank(first) == rank(second) && of(first).speaks && of(second).speaks;
        if tied { (None, Bearer::Undecided) } else { (Some(*first), Bearer::Likeliest) }
    }

    /// The bearers of the gender that a pronoun at the head of the sentence tells: “For her part, Lee”.
    fn told_by_pronoun(&self, bearers: &[usize], mention: &Mention) -> Vec<usize> {
        let start = self.sentences[mention.sentence].tokens.start;
        let head =
            &self.tokens[start..mention.tokens.start.clamp(start, start + MAX_FRONTED_TOKENS)];
        let fronted = head.first().is_some_and(|t| t.is(PREPOSITION | SUBORDINATOR));
        let has = |class| fronted && head.iter().any(|t| t.is(class));
        let gender = match (has(HE), has(SHE)) {
            (true, false) => Gender::He,
            (false, true) => Gender::She,
            _ => return Vec::new(),
        };
        bearers.iter().copied().filter(|&index| self.entities[index].gender == gender).collect()
    }

    /// The bearers who were given the office that stands before the name: “Senator Lee”.
    fn told_by_office(&self, bearers: &[usize], mention: &Mention) -> Vec<usize> {
        let Some(office) = mention.title.clone().next_back() else { return Vec::new() };
        let office = self.word(office);
        let holds = |&index: &usize| {
            let title = self.entities[index].title.clone();
            title.into_iter().any(|i| self.word(i).eq_ignore_ascii_case(office))
        };
        bearers.iter().copied().filter(holds).collect()
    }

    /// True if the words before a name say whose kin it is: “his wife Ada Lee”, “Lee's brother, Jon Lee”.
    fn is_introduced_as_kin(&self, at: usize) -> bool {
        let mention = &self.mentions[at];
        let kin = |t: &Token| t.is(MALE_ROLE | FEMALE_ROLE) && t.is(ROLE) && t.is(LOWER);
        let owned = |range: &Range<usize>| {
            let tokens = &self.tokens[range.clone()];
            tokens.iter().any(|t| t.is(POSSESSIVE | PRONOUN)) && tokens.iter().any(kin)
        };
        let start = mention.tokens.start;
        owned(&(start..mention.name.start))
            || kinship_phrase(self.tokens, self.mentions, at).is_some_and(|head| {
                let from = head.start.saturating_sub(MAX_KIN_TOKENS);
                self.tokens[head.clone()].iter().any(kin)
                    && self.tokens[from..head.start].iter().any(|t| t.is(POSSESSIVE | PRONOUN))
            })
    }

    /// Counts a mention of an entity.
    fn count(&mut self, index: usize, mention: &Mention) {
        let says = |t: &Token| t.is(CUE) && t.is(FINITE);
        // “Lee recently said”, “Lee had praised”, “said Lee”, “asked Lee”.
        let after = self.tokens[mention.tokens.end..].iter().take(MAX_ADVERBS + 1);
        let verb = after.clone().find(|t| !t.is(ADVERB | AUXILIARY) || t.is(CUE)).is_some_and(says);
        let before = mention.tokens.start.checked_sub(1).map(|i| &self.tokens[i]);
        let entity = &mut self.entities[index];
        entity.mention_count += 1;
        let subject = before.is_none_or(|t| !t.is(PREPOSITION | CONJUNCTION));
        entity.speaks |= verb && subject || before.is_some_and(|t| t.is(SAY) && t.is(FINITE));
    }

    /// Adds another form of an entity's name.
    fn add_form(&mut self, index: usize, mention: &Mention, gender: Gender) {
        let longer = mention.name.len() > self.entities[index].name.len();
        let entity = &mut self.entities[index];
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

    /// Adds what the words beside the names tell: appositions, kin, gender.
    fn describe(&mut self, of_mention: &[Option<usize>]) {
        let (tokens, mentions) = (self.tokens, self.mentions);
        for (at, (mention, entity)) in mentions.iter().zip(of_mention).enumerate() {
            let Some(entity) = *entity else { continue };
            let entity = &mut self.entities[entity];
            entity.is_person |= is_introduced_as_person(tokens, mention);
            if entity.apposition.is_empty() {
                entity.apposition = find_apposition(tokens, mention).unwrap_or(0..0);
                entity.is_person |= !entity.apposition.is_empty() && entity.gender != Gender::It;
            }
            if entity.introduction.is_empty() {
                let found = find_introduction(tokens, mentions, at);
                // “a voter of Columbia, South Carolina” introduces nobody.
                let placed = mentions[at.saturating_sub(1)].kind == MentionKind::Name;
                entity.introduction = found.filter(|_| entity.is_person || !placed).unwrap_or(0..0);
            }
            if entity.gender == Gender::Unknown {
                let after = entity.apposition.clone();
                let before = kinship_phrase(tokens, mentions, at).unwrap_or(0..0);
                entity.is_person |= tokens[before.clone()].iter().any(|t| t.is(ROLE));
                entity.gender = role_gender(tokens, &[before, after]);
                entity.is_person |= entity.gender != Gender::Unknown;
            }
        }
    }
}

/// How many tokens before a surname may tell its bearer's gender: “For her part, Lee”.
const MAX_FRONTED_TOKENS: usize = 6;

/// How many adverbs and auxiliaries may come between a name and its verb.
const MAX_ADVERBS: usize = 3;

/// How many tokens before “wife” may say whose.
const MAX_KIN_TOKENS: usize = 3;

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
    // “Lee, who is the skipper,” is one too.
    let relative = matches!(tokens.get(comma + 1..comma + 3), Some([who, be])
        if who.is(RELATIVE) && be.is(BE));
    let start = comma + 1 + if relative { 2 } else { 0 };
    let after = tokens.get(start..(start + MAX_APPOSITION_TOKENS + 1).min(tokens.len()))?;
    // Punctuation, “who” or a reporting verb ends the apposition.
    let ends = |t: &Token| !t.is_word() || t.is(RELATIVE) || t.is(SAY) && t.is(LOWER);
    let length = after.iter().position(ends)?;
    let end = start + length;
    let noun = after[..length]
        .iter()
        .take_while(|t| !t.is(PREPOSITION))
        .take_while(|t| t.is(DETERMINER | ING) || !t.is(FUNCTION | ANY_VERB));
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

/// How many phrases joined by prepositions are followed back from a name to its office.
const MAX_JOINED_PHRASES: usize = 4;

/// The phrase with an office that a name is in apposition to: “Lee's lawyer” in “Lee's lawyer, Carl Holm,”, “the mayor of
/// Leeds” in “the mayor of Leeds, Ann Lee,”. `at`: the name's mention.
fn find_introduction(tokens: &[Token], mentions: &[Mention], at: usize) -> Option<Range<usize>> {
    let name = &mentions[at];
    let last = &mentions[at.checked_sub(1)?];
    let end = last.tokens.end;
    if end + 1 != name.tokens.start
        || !tokens[end].is_punctuation(',')
        || last.sentence != name.sentence
    {
        return None;
    }
    let mut first = at - 1;
    for _ in 0..MAX_JOINED_PHRASES {
        let start = mentions[first].tokens.start;
        let joined = start > 0 && tokens[start - 1].is(PREPOSITION);
        let before =
            first.checked_sub(1).filter(|&m| joined && mentions[m].tokens.end + 1 == start);
        let Some(before) = before else { break };
        first = before;
    }
    let office = &mentions[first];
    let role = tokens[office.tokens.end - 1].is(ROLE) && !tokens[office.tokens.start].is(PRONOUN);
    (office.kind == MentionKind::NounPhrase && role).then_some(office.tokens.start..end)
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
