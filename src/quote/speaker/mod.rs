//! Gives each quote its speaker: first by its own sentence, then by what stands around it.

mod after;
mod before;
mod beside;
mod floating;
mod insertions;
mod pronouns;
mod subject;

use std::ops::Range;

use beside::{Finding, beside};

use super::lexicon::Class;
use super::marks::Span;
use super::mentions::Sort;
use super::model::Certainty;
use super::reading::{Place, Reading};
use subject::{REACH, Subjects};

/// Who said a quote.
#[derive(Debug, Clone)]
pub(super) struct Speaker {
    /// The words beside the quote, as a mention.
    pub(super) mention: usize,
    /// The tokens to show for them: with the “who” that stands for them beside the reporting word.
    pub(super) shown: Range<usize>,
    /// Who says it together with the speaker, named first: “Lee and Holm said”.
    pub(super) with: Option<usize>,
    /// The mention that names the speaker: another where a pronoun stands beside the quote.
    pub(super) named: Option<usize>,
    pub(super) cue: Option<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    /// True where the quote goes on with what the quote before it began.
    pub(super) goes_on: bool,
    /// True where nothing but a possessive before the quote says whose words these are.
    pub(super) owned: bool,
    /// True where the cue is no reporting word.
    pub(super) weak: bool,
}

/// The speaker of each span that stands as a token; nothing where none was found.
pub(super) fn speakers(reading: &Reading<'_>, spans: &[Span]) -> Vec<Option<Speaker>> {
    let beside: Vec<Option<Finding>> = reading
        .place
        .iter()
        .map(|place| place.and_then(|place| beside(reading, place)))
        .collect();
    let mut order: Vec<usize> = (0..spans.len())
        .filter(|&i| reading.place[i].is_some())
        .collect();
    order.sort_by_key(|&i| reading.place[i].map(|p| p.token));
    let mut found: Vec<Option<Speaker>> = vec![None; spans.len()];
    let mut last: Option<usize> = None;
    for (k, &i) in order.iter().enumerate() {
        let before = k.checked_sub(1).map(|k| order[k]);
        let speaker = match &beside[i] {
            Some(finding) => {
                let speaker = resolved(reading, finding, last);
                let place = reading.place[i];
                Some(
                    match place.and_then(|p| report_around(reading, &speaker, p)) {
                        Some(around) => around,
                        None => speaker,
                    },
                )
            }
            None => floating::floating(reading, spans, &beside, &found, &order, k).map(
                |(finding, goes_on)| Speaker {
                    goes_on,
                    ..resolved(reading, &finding, last)
                },
            ),
        };
        let speaker = speaker.map(|speaker| {
            let same_cue = before.is_some_and(|b| {
                found[b]
                    .as_ref()
                    .is_some_and(|f: &Speaker| f.cue.is_some() && f.cue == speaker.cue)
            });
            Speaker {
                goes_on: speaker.goes_on || same_cue,
                ..speaker
            }
        });
        if let Some(named) = speaker.as_ref().and_then(|s| s.named) {
            last = Some(named);
        }
        found[i] = speaker;
    }
    found
}

fn resolved(reading: &Reading<'_>, finding: &Finding, last: Option<usize>) -> Speaker {
    let mention = &reading.mentions[finding.mention];
    let mut certainty = finding.certainty;
    let mut why = finding.why;
    let named = match mention.sort {
        _ if finding.known.is_some() => finding.known,
        Sort::Pronoun => {
            why = "the pronoun stands for who was named before";
            let found = pronouns::antecedent(reading, finding.mention, last);
            if found.as_ref().is_none_or(|f| !f.clear) {
                certainty = certainty.min(Certainty::Likely);
            }
            found.map(|f| in_office(reading, f.mention).unwrap_or(f.mention))
        }
        Sort::Nominal => Some(
            in_office(reading, finding.mention).unwrap_or_else(|| author(reading, finding.mention)),
        ),
        _ => Some(finding.mention),
    };
    if named.is_none() {
        certainty = Certainty::Unknown;
        why = "nobody that the pronoun could stand for";
    }
    let with = match finding.known {
        None => joint(reading, finding),
        Some(_) => finding.with,
    };
    let mut shown = shown(reading, finding);
    if let Some(with) = with.filter(|_| finding.known.is_none()) {
        shown.start = reading.mentions[with].tokens.start;
    }
    Speaker {
        mention: finding.mention,
        with,
        shown,
        named,
        cue: finding.cue,
        certainty,
        why,
        goes_on: false,
        owned: mention.owner && finding.cue.is_none(),
        weak: finding
            .cue
            .is_some_and(|cue| !reading.tokens[cue].is(Class::CUE)),
    }
}

/// How many tokens a reporting word may stand before or after what it brings.
const BESIDE: usize = 4;

/// True where the reporting word of a quote stands right beside it, or names what it stands before.
pub(super) fn reports(reading: &Reading<'_>, number: usize, speaker: &Speaker) -> bool {
    let (Some(cue), Some(place)) = (speaker.cue, reading.place[number]) else {
        return false;
    };
    let token = &reading.tokens[cue];
    if !token.is(Class::CUE) {
        return false;
    }
    if cue > place.last_token {
        return cue - place.last_token <= BESIDE + 2;
    }
    let between = &reading.tokens[cue + 1..place.token];
    token.is(Class::NAMING) && !token.is(Class::SAY)
        || between.len() <= BESIDE && !between.iter().any(|t| t.is(Class::PREPOSITION))
}

/// How many tokens a mention and the “who” after it cover at most.
const WITH_WHO: usize = 12;

/// The mention, as far as the “who” right before the reporting word, if there is one.
fn shown(reading: &Reading<'_>, finding: &Finding) -> Range<usize> {
    let tokens = reading.mentions[finding.mention].tokens.clone();
    let Some(cue) = finding.cue else {
        return tokens;
    };
    let mut i = cue;
    while i > tokens.end && reading.tokens[i - 1].is(Class::ADVERB | Class::AUXILIARY) {
        i -= 1;
    }
    if i <= tokens.end || !reading.tokens[i - 1].is(Class::RELATIVE) {
        tokens
    } else if i - tokens.start <= WITH_WHO {
        tokens.start..i
    } else {
        i - 1..i
    }
}

/// “Lee said that while she feared the storm, she was “calm””: the pronoun's cue stands in what the same person
/// reports, and the outer report is the one to show.
fn report_around(reading: &Reading<'_>, speaker: &Speaker, place: Place) -> Option<Speaker> {
    let named = speaker.named.filter(|&n| n != speaker.mention)?;
    let pronoun = reading.mentions[speaker.mention].tokens.start;
    let sentence = reading.sentences[place.sentence].tokens.clone();
    if speaker.cue.is_none_or(|cue| cue > place.token) || !sentence.contains(&pronoun) {
        return None;
    }
    let subjects = Subjects {
        reading,
        start: sentence.start,
        end: sentence.end,
    };
    let from = sentence.start.max(pronoun.saturating_sub(REACH));
    let of = &reading.names.of;
    let say = (from..pronoun)
        .rev()
        .take_while(|&i| !reading.tokens[i].is_quote())
        .find(|&i| {
            reading.tokens[i].is(Class::SAY)
                && reading.tokens[i].is(Class::FINITE | Class::ING)
                && reading.mention(i).is_none()
        })?;
    let mention = subjects.of(say)?;
    let same = mention == named || of[mention].is_some() && of[mention] == of[named];
    same.then(|| Speaker {
        mention,
        shown: reading.mentions[mention].tokens.clone(),
        cue: Some(say),
        why: "they report what is quoted",
        ..speaker.clone()
    })
}

/// The other of two who speak together: “Lee and Holm said”, not “Lee met Ada and Holm said”.
fn joint(reading: &Reading<'_>, finding: &Finding) -> Option<usize> {
    let mention = &reading.mentions[finding.mention];
    let (start, cue) = (mention.tokens.start, finding.cue?);
    let sentence = reading.sentences[mention.sentence].tokens.clone();
    if mention.sort != Sort::Name || start < sentence.start + 2 {
        return None;
    }
    let and = &reading.tokens[start - 1];
    let joined = and.is(Class::CONJUNCTION) && reading.words(&(start - 1..start)) == "and";
    let verb = &reading.tokens[cue];
    let singular = verb.is(Class::FINITE) && !verb.is(Class::PAST);
    let other = reading.mention(start - 2).filter(|_| joined && !singular)?;
    let found = &reading.mentions[other];
    let named = |m: usize| reading.names.of[m];
    let subject = found.tokens.start == sentence.start
        || reading.tokens[found.tokens.start - 1].is(Class::SUBORDINATOR)
        || cue < found.tokens.start
        || !reading.tokens[found.tokens.start - 1].is_word();
    (found.sort == Sort::Name && !found.owner && subject && named(other) != named(finding.mention))
        .then_some(other)
}

/// “The governor” where one governor has a name in the dispatch: a mention of that name.
fn in_office(reading: &Reading<'_>, mention: usize) -> Option<usize> {
    let tokens = reading.mentions[mention].tokens.clone();
    let last = tokens.end - 1;
    if tokens.len() != 2
        || !reading.tokens[tokens.start].is(Class::DETERMINER)
        || !reading.tokens[last].is(Class::ROLE)
    {
        return None;
    }
    let office = reading.words(&(last..tokens.end));
    let mut holders = reading
        .names
        .entities
        .iter()
        .take(HOLDERS)
        .filter(|entity| {
            entity.title.end > entity.title.start
                && reading
                    .words(&(entity.title.end - 1..entity.title.end))
                    .eq_ignore_ascii_case(office)
        });
    let holder = holders.next()?;
    holders
        .next()
        .is_none()
        .then(|| reading.mention(holder.name.start))?
}

/// How many persons are looked through for the holder of an office.
const HOLDERS: usize = 64;

/// “Lee's letter” speaks for Lee; any other phrase for itself.
fn author(reading: &Reading<'_>, mention: usize) -> usize {
    let phrase = &reading.mentions[mention];
    let owner = mention.checked_sub(1).filter(|&owner| {
        let found = &reading.mentions[owner];
        found.owner && found.tokens.start >= phrase.tokens.start
    });
    match owner.filter(|_| reading.head_is(mention, Class::DOCUMENT)) {
        Some(owner) if reading.mentions[owner].sort == Sort::Name => owner,
        Some(owner) if reading.mentions[owner].sort == Sort::Pronoun => {
            pronouns::antecedent(reading, owner, None).map_or(mention, |found| found.mention)
        }
        _ => mention,
    }
}

/// The speaker's name in full, and the office or rank, as the dispatch writes them.
pub(super) fn display(reading: &Reading<'_>, named: usize) -> (String, Option<String>) {
    let mention = &reading.mentions[named];
    let Some(entity) = reading.names.of[named] else {
        return (reading.words(&mention.name).to_owned(), None);
    };
    let entity = &reading.names.entities[entity];
    let title = reading.words(&entity.title);
    let name = reading.words(&entity.name);
    // LADY ANSGAR: in a label nobody can tell a title from a name.
    let shouted = |words: &str| !words.chars().any(char::is_lowercase);
    if !title.is_empty() && shouted(title) && shouted(name) {
        let whole = entity.title.start..entity.name.end.max(entity.title.end);
        return (reading.words(&whole).to_owned(), None);
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
        .any(|t| t.is(Class::ROLE | Class::TITLE | Class::PEOPLE));
    let title = (!title.is_empty() && office && !honorific).then(|| title.to_owned());
    (name, title)
}

/// True for a possessive or a pronoun of the first person, who cannot be told from a text.
pub(super) fn is_first_person(reading: &Reading<'_>, mention: usize) -> bool {
    reading.mention_is(mention, Class::I)
}
