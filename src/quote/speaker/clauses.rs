//! Looks through a sentence for the verbs and phrases of its clauses. Knows no quotes.

use super::super::lexicon::WordClass;
use super::subject::{MAX_DISTANCE, SubjectFinder};

impl SubjectFinder<'_, '_> {
    /// The first mention of the sentence that no preposition governs.
    pub(super) fn first_subject(&self) -> Option<usize> {
        let limit = self.end.min(self.start + MAX_DISTANCE);
        (self.start..limit).find_map(|i| {
            let mention = self.reading.mention_starting_at(i)?;
            let governed = i > self.start
                && self.is(
                    i - 1,
                    WordClass::PREPOSITION
                        | WordClass::SUBORDINATOR
                        | WordClass::ANY_VERB
                        | WordClass::VERBAL,
                );
            (!governed
                && self.reading.can_speak(mention)
                && !self.reading.mentions[mention].is_possessor)
                .then_some(mention)
        })
    }

    /// True for a mention that a verb follows at once: the subject of the sentence.
    pub(super) fn is_followed_by_verb(&self, mention: usize) -> bool {
        let mut i = self.reading.mentions[mention].tokens.end;
        while i < self.end && self.is(i, WordClass::ADVERB) {
            i += 1;
        }
        let token = &self.reading.tokens[i.min(self.end - 1)];
        let past =
            token.is(WordClass::VERBAL) && token.is(WordClass::LOWER) && !token.is(WordClass::ING);
        i < self.end && (token.is_finite() || past) && self.reading.mention(i).is_none()
    }

    pub(super) fn has_verb(&self, end: usize) -> bool {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        (from..end).any(|i| self.reading.tokens[i].is_finite() && self.reading.mention(i).is_none())
    }

    /// The subject of the last verb before a token: for “and said”, “, saying”, “to say”.
    pub(super) fn main_subject_before(&self, end: usize, depth: usize) -> Option<usize> {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        for i in (from..end).rev() {
            let token = &self.reading.tokens[i];
            if token.is_word()
                && self.reading.mention(i).is_none()
                && (token.is_finite() || self.is_unlisted_verb(i))
                && !self.in_relative(i)
            {
                return self
                    .subject_of_within(i, depth)
                    .or_else(|| self.first_subject());
            }
        }
        self.first_subject()
    }

    /// “Lee said that the club …, and said”: the reporting word that another goes on from.
    pub(super) fn reporting_verb_before(&self, end: usize) -> Option<usize> {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        (from..end)
            .rev()
            .take_while(|&i| !self.reading.tokens[i].is_quote())
            .find(|&i| {
                self.is(i, WordClass::SAY)
                    && self.is(i, WordClass::FINITE)
                    && self.reading.mention(i).is_none()
                    && !self.in_relative(i)
            })
    }

    /// True for a verb that is in no list, right after a name or people: “the protesters marched”.
    pub(super) fn is_unlisted_verb(&self, i: usize) -> bool {
        let token = &self.reading.tokens[i];
        token.is(WordClass::VERBAL)
            && token.is(WordClass::LOWER)
            && !token.is(WordClass::ANY_VERB)
            && self
                .reading
                .text
                .get(token.range())
                .is_some_and(|w| w.ends_with("ed"))
            && !(i + 1 < self.end && self.is(i + 1, WordClass::BY))
            && i > self.start
            && self.reading.mention(i - 1).is_some_and(|m| self.can_act(m))
    }

    /// True for the verb of “who went”, “that was”.
    pub(super) fn in_relative(&self, verb: usize) -> bool {
        verb > self.start && self.is(verb - 1, WordClass::RELATIVE)
    }
}
