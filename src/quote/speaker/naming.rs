//! Names a speaker in full: the fullest name, the office, who holds it, who speaks with them.

use super::super::lexicon::WordClass;
use super::super::mentions::MentionKind;
use super::super::reading::ParsedText;
use super::beside::Finding;
use super::pronouns;

/// The speaker's name in full, and the office or rank, as the dispatch writes them.
pub(in super::super) fn display_name(
    reading: &ParsedText<'_>,
    named: usize,
) -> (String, Option<String>) {
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
            pronouns::find_antecedent(reading, owner, None).map_or(mention, |found| found.mention)
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
