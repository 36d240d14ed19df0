//! The rules for quotes with no source in their sentence: what the quote before, after or the story so far says.

use super::super::lexicon::Class;
use super::super::marks::Span;
use super::super::mentions::Sort;
use super::super::model::Certainty;
use super::super::reading::{Place, Reading};
use super::super::words::{Sentence, Token};
use super::Speaker;
use super::beside::Finding;
use super::subject::Subjects;

/// How many quotes and points a sentence without words of its own may have.
const ALONE: usize = 64;

/// The rule for “…,” Lee said. “…”: as sure as the quote before it.
const GOES_ON: &str = "it goes on after the quote before it";

/// What is known when the speaker of one quote after the other is looked for.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    /// What the sentence of each quote says.
    pub(super) beside: &'k [Option<Finding>],
    /// The speakers of the quotes before this one.
    pub(super) found: &'k [Option<Speaker>],
    /// The quotes in the order of the text.
    pub(super) order: &'k [usize],
}

/// A speaker from around the quote that is the `k`th in order, and whether the quote goes on with the one before.
pub(super) fn floating(
    reading: &Reading<'_>,
    spans: &[Span],
    known: Known<'_>,
    k: usize,
) -> Option<(Finding, bool)> {
    let placed = |quote: usize| Some((quote, reading.place[quote]?));
    let (quote, place) = placed(known.order[k])?;
    let before = k.checked_sub(1).map(|k| known.order[k]).and_then(placed);
    let next = known.order.get(k + 1).copied().and_then(placed);
    let around = Around {
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
    if !around.is_alone() && !around.opens() {
        return None;
    }
    let paragraphs = spans[quote].pieces.len();
    (around.continued().map(goes_on))
        .or_else(|| around.announced_beside().map(begins))
        .or_else(|| around.next_in_paragraph().map(begins))
        .or_else(|| around.credited(paragraphs).map(begins))
        .or_else(|| around.paragraph_before())
}

/// A quote with no source in its sentence, and what stands around it.
struct Around<'r, 'a> {
    reading: &'r Reading<'a>,
    known: Known<'r>,
    place: Place,
    sentence: &'r Sentence,
    /// The quotes before and after it, and where they stand.
    before: Option<(usize, Place)>,
    next: Option<(usize, Place)>,
}

impl Around<'_, '_> {
    /// True where nothing but quotes and points stands in its sentence.
    fn is_alone(&self) -> bool {
        self.sentence.tokens.len() <= ALONE
            && self.reading.tokens[self.sentence.tokens.clone()]
                .iter()
                .all(|t| !t.is_word())
    }

    /// True where its sentence begins with it and goes on with “which” or “and”.
    fn opens(&self) -> bool {
        let after = self.reading.tokens.get(self.place.token + 2);
        self.place.token == self.sentence.tokens.start
            && after.is_some_and(|t| t.is(Class::RELATIVE | Class::CONJUNCTION))
    }

    /// The speaker of an earlier quote once more.
    fn again(&self, earlier: usize, why: &'static str) -> Option<Finding> {
        let speaker = self.known.found[earlier].as_ref()?;
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
    }

    /// The sentence in which a quote ends.
    fn last_sentence(&self, place: Place) -> usize {
        self.reading
            .sentences
            .partition_point(|s| s.tokens.end <= place.last_token)
    }

    /// Another quote of the same sentence, before it.
    fn before_in_sentence(&self) -> Option<Finding> {
        let (quote, _) = self
            .before
            .filter(|(_, place)| place.sentence == self.place.sentence)?;
        self.again(
            quote,
            "the quote before it in the sentence has this speaker",
        )
    }

    /// Another quote of the same sentence, after it.
    fn next_in_sentence(&self) -> Option<Finding> {
        let (quote, _) = self
            .next
            .filter(|(_, place)| place.sentence == self.place.sentence)?;
        self.known.beside[quote].clone()
    }

    /// “…,” Lee said. “…”
    fn continued(&self) -> Option<Finding> {
        let (quote, place) = self.before?;
        let last = self.last_sentence(place);
        let close = last == self.place.sentence || last + 1 == self.place.sentence;
        let same = self.reading.sentences[last].paragraph == self.sentence.paragraph;
        (same && close).then(|| self.again(quote, GOES_ON))?
    }

    /// Lee was blunt. “…”
    fn announced_beside(&self) -> Option<Finding> {
        let before = self.place.sentence.checked_sub(1)?;
        if self.reading.sentences[before].paragraph != self.sentence.paragraph {
            return None;
        }
        let why = "the sentence before it is about this speaker";
        announced(self.reading, before, why)
    }

    /// “…” “…,” Lee said.
    fn next_in_paragraph(&self) -> Option<Finding> {
        let (quote, place) = self.next?;
        let close = place.sentence <= self.place.sentence + 1;
        if !close || self.reading.sentences[place.sentence].paragraph != self.sentence.paragraph {
            return None;
        }
        let finding = self.known.beside[quote].clone()?;
        Some(Finding {
            certainty: Certainty::Likely,
            why: "the quote after it has this speaker",
            ..finding
        })
    }

    /// — Lee, on a line of its own, after a quote of so many paragraphs.
    fn credited(&self, paragraphs: usize) -> Option<Finding> {
        let last = self.sentence.paragraph + paragraphs - 1;
        let after = self.reading.sentences.get(self.place.sentence + 1..)?;
        let next = after.iter().take(ALONE).find(|s| s.paragraph > last)?;
        let mention = credit(self.reading, next.tokens.clone())?;
        let why = "a credit stands on the line after it";
        Some(likely(mention, None, why))
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
                self.again(quote, "the paragraph before ends with this speaker's words")
        {
            return Some((finding, true));
        }
        let why = "the paragraph before is about this speaker";
        announced(self.reading, p, why).map(|finding| (finding, false))
    }
}

/// A finding of no more than a mention.
fn likely(mention: usize, cue: Option<usize>, why: &'static str) -> Finding {
    Finding {
        mention,
        cue,
        certainty: Certainty::Likely,
        why,
        known: None,
        with: None,
    }
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
    Some(likely(mention, cue, why))
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
