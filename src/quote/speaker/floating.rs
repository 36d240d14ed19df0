//! The rules for quotes with no source in their sentence: what the quote before, after or the story so far says.

use super::super::lexicon::Class;
use super::super::marks::Span;
use super::super::mentions::Sort;
use super::super::model::Certainty;
use super::super::reading::Reading;
use super::Speaker;
use super::beside::Finding;
use super::subject::Subjects;

/// How many quotes and points a sentence without words of its own may have.
const ALONE: usize = 64;

/// The rule for “…,” Lee said. “…”: as sure as the quote before it.
const GOES_ON: &str = "it goes on after the quote before it";

/// A speaker from around the quote, and whether the quote goes on with the one before.
pub(super) fn floating(
    reading: &Reading<'_>,
    spans: &[Span],
    beside: &[Option<Finding>],
    found: &[Option<Speaker>],
    order: &[usize],
    k: usize,
) -> Option<(Finding, bool)> {
    let i = order[k];
    let place = reading.place[i]?;
    let sentence = &reading.sentences[place.sentence];
    let before = k.checked_sub(1).map(|k| order[k]);
    let before_place = before.and_then(|b| reading.place[b]);
    let alone = sentence.tokens.len() <= ALONE
        && reading.tokens[sentence.tokens.clone()]
            .iter()
            .all(|t| !t.is_word());
    let again = |b: usize, why: &'static str| {
        let speaker = found[b].as_ref()?;
        Some(Finding {
            mention: speaker.mention,
            cue: None,
            certainty: if why == GOES_ON {
                speaker.certainty
            } else {
                Certainty::Likely
            },
            why,
            known: speaker.named,
            with: speaker.with,
        })
    };
    // Another quote of the same sentence.
    if let (Some(b), Some(bp)) = (before, before_place)
        && bp.sentence == place.sentence
        && let Some(finding) = again(b, "the quote before it in the sentence has this speaker")
    {
        return Some((finding, true));
    }
    let next = order.get(k + 1).copied();
    if let Some(n) = next
        && reading.place[n].is_some_and(|p| p.sentence == place.sentence)
        && let Some(finding) = &beside[n]
    {
        return Some((finding.clone(), false));
    }
    let opens = place.token == sentence.tokens.start
        && reading
            .tokens
            .get(place.token + 2)
            .is_some_and(|t| t.is(Class::RELATIVE | Class::CONJUNCTION));
    if !alone && !opens {
        return None;
    }
    // “…,” Lee said. “…”
    if let (Some(b), Some(bp)) = (before, before_place) {
        let last = reading
            .sentences
            .partition_point(|s| s.tokens.end <= bp.last_token);
        let paragraph = reading.sentences[last].paragraph;
        let close = last == place.sentence || last + 1 == place.sentence;
        if paragraph == sentence.paragraph
            && close
            && let Some(finding) = again(b, GOES_ON)
        {
            return Some((finding, true));
        }
    }
    // Lee was blunt. “…”
    if let Some(p) = place.sentence.checked_sub(1)
        && reading.sentences[p].paragraph == sentence.paragraph
        && let Some(finding) = announced(reading, p, "the sentence before it is about this speaker")
    {
        return Some((finding, false));
    }
    // “…” “…,” Lee said.
    if let Some(n) = next
        && let Some(np) = reading.place[n]
        && np.sentence <= place.sentence + 1
        && reading.sentences[np.sentence].paragraph == sentence.paragraph
        && let Some(finding) = &beside[n]
    {
        return Some((
            Finding {
                certainty: Certainty::Likely,
                why: "the quote after it has this speaker",
                ..finding.clone()
            },
            false,
        ));
    }
    let paragraph = sentence.paragraph;
    // — Lee, on a line of its own.
    let last_paragraph = paragraph + spans[i].pieces.len() - 1;
    if let Some(next) = reading
        .sentences
        .get(place.sentence + 1..)
        .and_then(|s| s.iter().take(ALONE).find(|s| s.paragraph > last_paragraph))
        && let Some(mention) = credit(reading, next.tokens.clone())
    {
        return Some((
            Finding {
                mention,
                cue: None,
                certainty: Certainty::Likely,
                why: "a credit stands on the line after it",
                known: None,
                with: None,
            },
            false,
        ));
    }
    // The paragraph before.
    let p = place.sentence.checked_sub(1)?;
    if reading.sentences[p].inside != sentence.inside {
        return None;
    }
    let has_quote = reading.tokens[reading.sentences[p].tokens.clone()]
        .iter()
        .any(super::super::words::Token::is_quote);
    if has_quote
        && let Some(b) = before
        && before_place.is_some_and(|bp| {
            reading
                .sentences
                .partition_point(|s| s.tokens.end <= bp.last_token)
                == p
        })
        && let Some(finding) = again(b, "the paragraph before ends with this speaker's words")
    {
        return Some((finding, true));
    }
    announced(reading, p, "the paragraph before is about this speaker")
        .map(|finding| (finding, false))
}

/// The subject of a sentence, if it could be about to speak.
fn announced(reading: &Reading<'_>, sentence: usize, why: &'static str) -> Option<Finding> {
    let tokens = reading.sentences[sentence].tokens.clone();
    let subjects = Subjects {
        reading,
        start: tokens.start,
        end: tokens.end,
    };
    let from = tokens.start.max(tokens.end.saturating_sub(80));
    let cue = (from..tokens.end)
        .rev()
        .find(|&i| reading.tokens[i].is(Class::SAY) && reading.mention(i).is_none());
    let person = |&mention: &usize| match reading.mentions[mention].sort {
        Sort::Name => reading.names.of[mention].is_some_and(|e| {
            let entity = &reading.names.entities[e];
            entity.person || cue.is_some()
        }),
        Sort::Pronoun => reading.mention_is(mention, Class::HE | Class::SHE | Class::THEY),
        Sort::Nominal => reading.head_is(mention, Class::SPEAKING),
        Sort::Day => false,
    };
    let mention = cue
        .and_then(|cue| subjects.of(cue))
        .filter(person)
        .or_else(|| subjects.first().filter(person))?;
    Some(Finding {
        mention,
        cue,
        certainty: Certainty::Likely,
        why,
        known: None,
        with: None,
    })
}

/// The name of a line that is only a dash and a name.
fn credit(reading: &Reading<'_>, tokens: std::ops::Range<usize>) -> Option<usize> {
    let first = tokens.start;
    if !reading.tokens.get(first)?.is_point('—') || tokens.len() > 24 {
        return None;
    }
    let mention = reading.mention_from(first + 1)?;
    (reading.mentions[mention].sort == Sort::Name).then_some(mention)
}
