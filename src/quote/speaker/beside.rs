//! The rules that find a quote's speaker in the sentence that it stands in. Knows nothing of other sentences.

use std::ops::Range;

use super::super::lexicon::Class;
use super::super::mentions::Sort;
use super::super::model::Certainty;
use super::super::reading::{Place, Reading};
use super::subject::Subjects;

/// Who said it, by which word and which rule.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) mention: usize,
    /// The token of the reporting word.
    pub(super) cue: Option<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    /// The mention that names the speaker, where that is known already.
    pub(super) known: Option<usize>,
    /// Who says it with them, where that is known already.
    pub(super) with: Option<usize>,
}

/// From how many words on a quote is no mere term.
const LONG: usize = 7;
/// How many tokens to each side are looked at.
pub(super) const REACH: usize = 80;

/// One sentence with a quote in it.
pub(super) struct Side<'r, 'a> {
    pub(super) reading: &'r Reading<'a>,
    pub(super) subjects: Subjects<'r, 'a>,
    pub(super) sentence: Range<usize>,
}

/// The speaker by the words of the sentence around the quote.
pub(super) fn beside(reading: &Reading<'_>, place: Place) -> Option<Finding> {
    let at = |token: usize| reading.sentences.partition_point(|s| s.tokens.end <= token);
    let tail_sentence = at(place.last_token);
    let side = |sentence: usize| {
        let tokens = reading.sentences[sentence].tokens.clone();
        Side {
            reading,
            subjects: Subjects {
                reading,
                start: tokens.start,
                end: tokens.end,
            },
            sentence: tokens,
        }
    };
    let head = side(place.sentence);
    let tail = side(tail_sentence);
    let q = place.token;
    let quoted = reading.text.get(reading.tokens[q].range()).unwrap_or("");
    let long = quoted.split_whitespace().take(LONG).count() == LONG;
    head.label(q)
        .or_else(|| head.named_at_once(q))
        .or_else(|| {
            head.led_in(q)
                .filter(|found| head.at_once(q) && head.speaks(found.mention))
        })
        .or_else(|| tail.followed(place.last_token))
        .or_else(|| tail.trailing(place.last_token))
        .or_else(|| tail.unlisted(place.last_token))
        .or_else(|| head.led_in(q))
        .or_else(|| tail.according(place.last_token))
        .or_else(|| head.weak(q).filter(|_| head.colon(q)))
        .or_else(|| head.before(q))
        .or_else(|| head.owner(q))
        .or_else(|| tail.credit(place.last_token))
        .or_else(|| head.weak(q))
        .or_else(|| tail.after(place.last_token).filter(|_| long))
}

impl Side<'_, '_> {
    pub(super) fn is(&self, i: usize, class: Class) -> bool {
        self.reading.tokens[i].is(class)
    }

    pub(super) fn point(&self, i: usize, c: char) -> bool {
        self.reading.tokens[i].is_point(c)
    }

    /// Lee had an answer: “…”
    fn colon(&self, q: usize) -> bool {
        q > self.sentence.start && self.point(q - 1, ':')
    }

    /// A verb that brings speech, not part of a noun's phrase.
    pub(super) fn is_cue(&self, i: usize) -> bool {
        self.is(i, Class::CUE) && self.reading.mention(i).is_none() && !self.only_base(i)
    }

    /// A bare form that nothing makes a verb: “for public use”, not “to use”, “they use”, “voters use”.
    fn only_base(&self, i: usize) -> bool {
        if self.is(i, Class::FINITE | Class::PAST | Class::ING) {
            return false;
        }
        let Some(before) = i.checked_sub(1).filter(|&b| b >= self.sentence.start) else {
            return false;
        };
        let company = Class::TO
            | Class::AUXILIARY
            | Class::PRONOUN
            | Class::PEOPLE
            | Class::ADVERB
            | Class::RELATIVE
            | Class::CONJUNCTION;
        !self.is(before, company)
            && !self.reading.tokens[before].is_point(',')
            && !self.plural(before)
    }

    /// True where the word ends a phrase in the plural.
    fn plural(&self, i: usize) -> bool {
        let range = self.reading.tokens[i].range();
        self.reading.mention(i).is_some()
            && self
                .reading
                .text
                .get(range)
                .is_some_and(|word| word.ends_with('s'))
    }

    pub(super) fn finding(
        &self,
        mention: usize,
        cue: Option<usize>,
        certainty: Certainty,
        why: &'static str,
    ) -> Option<Finding> {
        self.reading.can_speak(mention).then_some(Finding {
            mention,
            cue,
            certainty,
            why,
            known: None,
            with: None,
        })
    }

    /// True for who can be thought to speak: a name, a pronoun, a noun for people, bodies or documents.
    pub(super) fn speaks(&self, mention: usize) -> bool {
        match self.reading.mentions[mention].sort {
            Sort::Name => true,
            Sort::Pronoun => !self.reading.mention_is(mention, Class::I),
            Sort::Nominal => self.reading.mention_is(mention, Class::SPEAKING),
            Sort::Day => false,
        }
    }

    /// LEE: “…” at the head of the sentence.
    fn label(&self, q: usize) -> Option<Finding> {
        let start = self.sentence.start;
        let mention = self.reading.mention_from(start)?;
        let end = self.reading.mentions[mention].tokens.end;
        let shouted = self
            .reading
            .words(&self.reading.mentions[mention].tokens)
            .chars()
            .all(|c| !c.is_lowercase());
        // LEE: “…”; but NOTE: the play “…” is none.
        let colon = end < q
            && self.point(end, ':')
            && (end + 1 == q || !shouted && self.unsaid(end + 1, q));
        // Review: ‘The Tide’ names a work.
        let name = self.reading.mentions[mention].sort == Sort::Name
            && !self.reading.head_is(mention, Class::DOCUMENT);
        if colon && name {
            return self.finding(
                mention,
                None,
                Certainty::Sure,
                "the name stands before a colon",
            );
        }
        None
    }

    /// True where no reporting word stands between two tokens.
    pub(super) fn unsaid(&self, from: usize, to: usize) -> bool {
        to - from < REACH && !(from..to).any(|i| self.is_cue(i) && self.is(i, Class::FINITE))
    }

    /// According to Lee, “…”.
    fn according(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH));
        let to = self.sentence.end.min(q + REACH).saturating_sub(2);
        (from..to.max(from)).find_map(|i| {
            let according = self.is(i, Class::ACCORDING) && self.is(i + 1, Class::TO);
            if !according && !self.in_words_of(i) {
                return None;
            }
            let mention = self.reading.mention_from(i + 2)?;
            let mention = self.subjects.named_beside(mention);
            if i < q && self.nearer_cue(i, q) {
                return None;
            }
            self.finding(
                mention,
                Some(i),
                Certainty::Sure,
                "“according to” or “in the words of” names the source",
            )
        })
    }

    /// According to Lee, “…”; in Lee's words, “…”: right before the quote, whatever else the sentence holds.
    fn named_at_once(&self, q: usize) -> Option<Finding> {
        let end = q.checked_sub(1).filter(|&i| i > self.sentence.start)?;
        let end = if self.point(end, ',') || self.point(end, ':') {
            end
        } else {
            q
        };
        let mention = self.reading.mention(end - 1)?;
        let start = self.reading.mentions[mention].tokens.start;
        if start < self.sentence.start + 2 || end > q {
            return None;
        }
        if self.is(start - 2, Class::ACCORDING) && self.is(start - 1, Class::TO) {
            return self.finding(
                mention,
                Some(start - 2),
                Certainty::Sure,
                "“according to” or “in the words of” names the source",
            );
        }
        let owner = mention.checked_sub(1).filter(|&owner| {
            let found = &self.reading.mentions[owner];
            found.owner && found.tokens.start >= start
        })?;
        let words = self.reading.words(&(end - 1..end)) == "words";
        let within = self.is(start - 1, Class::PREPOSITION);
        (words && within)
            .then(|| {
                self.finding(
                    owner,
                    Some(end - 1),
                    Certainty::Sure,
                    "“according to” or “in the words of” names the source",
                )
            })
            .flatten()
    }

    /// “in the words of Lee”
    fn in_words_of(&self, i: usize) -> bool {
        self.is(i, Class::CUE_NOUN)
            && self.is(i + 1, Class::JOINER)
            && self.reading.words(&(i..i + 1)) == "words"
    }

    fn nearer_cue(&self, from: usize, q: usize) -> bool {
        (from + 2..q).any(|i| self.is_cue(i) && self.is(i, Class::FINITE))
    }
}
