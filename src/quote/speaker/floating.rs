//! The rules for quotes with no source in their sentence: what the quote before, after or the story so far says.

use super::super::lexicon::WordClass;
use super::super::marks::QuotedSpan;
use super::super::mentions::MentionKind;
use super::super::model::Certainty;
use super::super::reading::{ParsedText, QuotePosition};
use super::super::words::{Sentence, Token};
use super::ResolvedSpeaker;
use super::beside::Finding;
use super::subject::SubjectFinder;

/// How many quotes and points a sentence without words of its own may have.
const MAX_WORDLESS_TOKENS: usize = 64;

/// The rule for “…,” Lee said. “…”: as sure as the quote before it.
const CONTINUES_PREVIOUS: &str = "it goes on after the quote before it";

/// What is known when the speaker of one quote after the other is looked for.
#[derive(Clone, Copy)]
pub(super) struct AttributionState<'k> {
    /// What the sentence of each quote says.
    pub(super) by_sentence: &'k [Option<Finding>],
    /// The speakers of the quotes before this one.
    pub(super) found: &'k [Option<ResolvedSpeaker>],
    /// The quotes in the order of the text.
    pub(super) order: &'k [usize],
}

/// A speaker from around the quote that is the `k`th in order, and whether the quote goes on with the one before.
pub(super) fn attribute_from_context(
    reading: &ParsedText<'_>,
    spans: &[QuotedSpan],
    known: AttributionState<'_>,
    k: usize,
) -> Option<(Finding, bool)> {
    let placed = |quote: usize| Some((quote, reading.positions[quote]?));
    let (quote, place) = placed(known.order[k])?;
    let before = k.checked_sub(1).map(|k| known.order[k]).and_then(placed);
    let next = known.order.get(k + 1).copied().and_then(placed);
    let around = QuoteContext {
        reading,
        known,
        place,
        sentence: &reading.sentences[place.sentence],
        before,
        next,
    };
    let goes_on = |finding| (finding, true);
    let begins = |finding| (finding, false);
    if let Some(finding) = around.before_in_sentence() {
        return Some(goes_on(finding));
    }
    if let Some(finding) = around.next_in_sentence() {
        return Some(begins(finding));
    }
    if !around.is_alone() && !around.starts_sentence() {
        return None;
    }
    let paragraphs = spans[quote].pieces.len();
    (around.continued().map(goes_on))
        .or_else(|| around.announced_in_previous_sentence().map(begins))
        .or_else(|| around.next_in_paragraph().map(begins))
        .or_else(|| around.credit_on_next_line(paragraphs).map(begins))
        .or_else(|| around.paragraph_before())
}

/// A quote with no source in its sentence, and what stands around it.
struct QuoteContext<'r, 'a> {
    reading: &'r ParsedText<'a>,
    known: AttributionState<'r>,
    place: QuotePosition,
    sentence: &'r Sentence,
    /// The quotes before and after it, and where they stand.
    before: Option<(usize, QuotePosition)>,
    next: Option<(usize, QuotePosition)>,
}

impl QuoteContext<'_, '_> {
    /// True where nothing but quotes and points stands in its sentence.
    fn is_alone(&self) -> bool {
        self.sentence.tokens.len() <= MAX_WORDLESS_TOKENS
            && self.reading.tokens[self.sentence.tokens.clone()]
                .iter()
                .all(|t| !t.is_word())
    }

    /// True where its sentence begins with it and goes on with “which” or “and”.
    fn starts_sentence(&self) -> bool {
        let after = self.reading.tokens.get(self.place.token + 2);
        self.place.token == self.sentence.tokens.start
            && after.is_some_and(|t| t.is(WordClass::RELATIVE | WordClass::CONJUNCTION))
    }

    /// The speaker of an earlier quote once more.
    fn repeat_speaker(&self, earlier: usize, why: &'static str) -> Option<Finding> {
        let speaker = self.known.found[earlier].as_ref()?;
        Some(Finding {
            mention: speaker.mention,
            cue: None,
            certainty: if why == CONTINUES_PREVIOUS {
                speaker.certainty
            } else {
                Certainty::Likely
            },
            why,
            name_mention: speaker.name_mention,
            co_speaker: speaker.co_speaker,
        })
    }

    /// The sentence in which a quote ends.
    fn last_sentence(&self, place: QuotePosition) -> usize {
        self.reading
            .sentences
            .partition_point(|s| s.tokens.end <= place.last_token)
    }

    /// Another quote of the same sentence, before it.
    fn before_in_sentence(&self) -> Option<Finding> {
        let (quote, _) = self
            .before
            .filter(|(_, place)| place.sentence == self.place.sentence)?;
        self.repeat_speaker(
            quote,
            "the quote before it in the sentence has this speaker",
        )
    }

    /// Another quote of the same sentence, after it.
    fn next_in_sentence(&self) -> Option<Finding> {
        let (quote, _) = self
            .next
            .filter(|(_, place)| place.sentence == self.place.sentence)?;
        self.known.by_sentence[quote].clone()
    }

    /// “…,” Lee said. “…”
    fn continued(&self) -> Option<Finding> {
        let (quote, place) = self.before?;
        let last = self.last_sentence(place);
        let close = last == self.place.sentence || last + 1 == self.place.sentence;
        let same = self.reading.sentences[last].paragraph == self.sentence.paragraph;
        (same && close).then(|| self.repeat_speaker(quote, CONTINUES_PREVIOUS))?
    }

    /// Lee was blunt. “…”
    fn announced_in_previous_sentence(&self) -> Option<Finding> {
        let before = self.place.sentence.checked_sub(1)?;
        if self.reading.sentences[before].paragraph != self.sentence.paragraph {
            return None;
        }
        let why = "the sentence before it is about this speaker";
        announced_speaker(self.reading, before, why)
    }

    /// “…” “…,” Lee said.
    fn next_in_paragraph(&self) -> Option<Finding> {
        let (quote, place) = self.next?;
        let close = place.sentence <= self.place.sentence + 1;
        if !close || self.reading.sentences[place.sentence].paragraph != self.sentence.paragraph {
            return None;
        }
        let finding = self.known.by_sentence[quote].clone()?;
        Some(Finding {
            certainty: Certainty::Likely,
            why: "the quote after it has this speaker",
            ..finding
        })
    }

    /// — Lee, on a line of its own, after a quote of so many paragraphs.
    fn credit_on_next_line(&self, paragraphs: usize) -> Option<Finding> {
        let last = self.sentence.paragraph + paragraphs - 1;
        let after = self.reading.sentences.get(self.place.sentence + 1..)?;
        let next = after
            .iter()
            .take(MAX_WORDLESS_TOKENS)
            .find(|s| s.paragraph > last)?;
        let mention = name_in_credit_line(self.reading, next.tokens.clone())?;
        let why = "a credit stands on the line after it";
        Some(likely_finding(mention, None, why))
    }

    /// The paragraph before: the words of its quote go on, or it is about the speaker.
    fn paragraph_before(&self) -> Option<(Finding, bool)> {
        let p = self.place.sentence.checked_sub(1)?;
        let sentence = &self.reading.sentences[p];
        if sentence.inside != self.sentence.inside {
            return None;
        }
        let has_quote = || {
            let tokens = &self.reading.tokens[sentence.tokens.clone()];
            tokens.iter().any(Token::is_quote)
        };
        if let Some((quote, place)) = self.before
            && self.last_sentence(place) == p
            && has_quote()
            && let Some(finding) =
                self.repeat_speaker(quote, "the paragraph before ends with this speaker's words")
        {
            return Some((finding, true));
        }
        let why = "the paragraph before is about this speaker";
        announced_speaker(self.reading, p, why).map(|finding| (finding, false))
    }
}

/// A finding of no more than a mention.
fn likely_finding(mention: usize, cue: Option<usize>, why: &'static str) -> Finding {
    Finding {
        mention,
        cue,
        certainty: Certainty::Likely,
        why,
        name_mention: None,
        co_speaker: None,
    }
}

/// The subject of a sentence, if it could be about to speak.
fn announced_speaker(
    reading: &ParsedText<'_>,
    sentence: usize,
    why: &'static str,
) -> Option<Finding> {
    let tokens = reading.sentences[sentence].tokens.clone();
    let subjects = SubjectFinder {
        reading,
        start: tokens.start,
        end: tokens.end,
    };
    let from = tokens.start.max(tokens.end.saturating_sub(80));
    let cue = (from..tokens.end)
        .rev()
        .find(|&i| reading.tokens[i].is(WordClass::SAY) && reading.mention(i).is_none());
    let person = |&mention: &usize| match reading.mentions[mention].kind {
        MentionKind::Name => reading.entities.of_mention[mention].is_some_and(|e| {
            let entity = &reading.entities.list[e];
            entity.is_person || cue.is_some()
        }),
        MentionKind::Pronoun => {
            reading.mention_has(mention, WordClass::HE | WordClass::SHE | WordClass::THEY)
        }
        MentionKind::Nominal => reading.head_has(mention, WordClass::SPEAKING),
        MentionKind::Day => false,
    };
    let mention = cue
        .and_then(|cue| subjects.subject_of(cue))
        .filter(person)
        .or_else(|| subjects.first_subject().filter(person))?;
    Some(likely_finding(mention, cue, why))
}

/// The name of a line that is only a dash and a name.
fn name_in_credit_line(reading: &ParsedText<'_>, tokens: std::ops::Range<usize>) -> Option<usize> {
    let first = tokens.start;
    if !reading.tokens.get(first)?.is_punctuation('—') || tokens.len() > 24 {
        return None;
    }
    let mention = reading.mention_starting_at(first + 1)?;
    (reading.mentions[mention].kind == MentionKind::Name).then_some(mention)
}
