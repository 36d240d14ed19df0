//! Decides which words beside a quote are shown as its source. Names nobody.

use std::ops::Range;

use super::super::lexicon::WordClass;
use super::super::reading::{ParsedText, QuotePosition};
use super::ResolvedSpeaker;
use super::beside::Finding;
use super::subject::{MAX_DISTANCE, SubjectFinder};

/// How many tokens a mention and the “who” after it cover at most.
const MAX_SHOWN_TOKENS: usize = 12;

/// The mention, as far as the “who” right before the reporting word, if there is one.
pub(super) fn tokens_to_show(reading: &ParsedText<'_>, finding: &Finding) -> Range<usize> {
    let tokens = reading.mentions[finding.mention].tokens.clone();
    let Some(cue) = finding.cue else {
        return tokens;
    };
    let mut i = cue;
    while i > tokens.end && reading.tokens[i - 1].is(WordClass::ADVERB | WordClass::AUXILIARY) {
        i -= 1;
    }
    if i <= tokens.end || !reading.tokens[i - 1].is(WordClass::RELATIVE) {
        tokens
    } else if i - tokens.start <= MAX_SHOWN_TOKENS {
        tokens.start..i
    } else {
        i - 1..i
    }
}

/// “Lee said that while she feared the storm, she was “calm””: the pronoun's cue stands in what the same person
/// reports, and the outer report is the one to show.
pub(super) fn enclosing_report(
    reading: &ParsedText<'_>,
    speaker: &ResolvedSpeaker,
    place: QuotePosition,
) -> Option<ResolvedSpeaker> {
    let named = speaker.name_mention.filter(|&n| n != speaker.mention)?;
    let pronoun = reading.mentions[speaker.mention].tokens.start;
    let sentence = reading.sentences[place.sentence].tokens.clone();
    if speaker.cue.is_none_or(|cue| cue > place.token) || !sentence.contains(&pronoun) {
        return None;
    }
    let subjects = SubjectFinder {
        reading,
        start: sentence.start,
        end: sentence.end,
    };
    let from = sentence.start.max(pronoun.saturating_sub(MAX_DISTANCE));
    let of = &reading.entities.of_mention;
    let say = (from..pronoun)
        .rev()
        .take_while(|&i| !reading.tokens[i].is_quote())
        .find(|&i| {
            reading.tokens[i].is(WordClass::SAY)
                && reading.tokens[i].is(WordClass::FINITE | WordClass::ING)
                && reading.mention(i).is_none()
        })?;
    let mention = subjects.subject_of(say)?;
    let same = mention == named || of[mention].is_some() && of[mention] == of[named];
    same.then(|| ResolvedSpeaker {
        mention,
        shown: reading.mentions[mention].tokens.clone(),
        cue: Some(say),
        why: "they report what is quoted",
        ..speaker.clone()
    })
}
