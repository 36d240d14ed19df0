//! The rules for a source that stands after the quote: “…,” said Lee.

use super::super::lexicon::WordClass;
use super::super::mentions::MentionKind;
use super::super::model::Certainty;
use super::super::words::TokenKind;
use super::beside::{Finding, MAX_DISTANCE, SentenceRules};

impl SentenceRules<'_, '_> {
    /// “…,” Lee said; “…,” said Lee.
    pub(super) fn cue_right_after(&self, q: usize) -> Option<Finding> {
        let limit = self.sentence.end.min(q + MAX_DISTANCE);
        let mut i = q + 1;
        while i < limit
            && (self.is_punctuation(i, ',')
                || self.is_punctuation(i, '—')
                || self.is(i, WordClass::ADVERB))
        {
            i += 1;
        }
        if i >= limit {
            return None;
        }
        let cue = (i..limit)
            .take_while(|&j| !self.reading.tokens[j].is_quote())
            .find(|&j| {
                self.is_cue(j)
                    && self.is(j, WordClass::SAY)
                    && self.is(j, WordClass::FINITE | WordClass::BASE)
                    && !self.is_agent_participle(j)
            })?;
        let mention = if cue == i {
            self.subjects.mention_after_verb(cue)?
        } else {
            let begins = self.reading.mention_starting_at(i);
            let direct = begins.is_some_and(|m| self.reading.can_speak(m));
            if !direct {
                return None;
            }
            let found = self.subjects.subject_of(cue)?;
            let start = self.reading.mentions[found].tokens.start;
            let first = begins.filter(|&m| self.reading.mentions[m].kind != MentionKind::Day)?;
            if start != i && !(start > i && self.has_no_finite_verb(i, start)) {
                return None;
            }
            if start == i { first } else { found }
        };
        self.finding(
            mention,
            Some(cue),
            Certainty::Sure,
            "the reporting word follows the quote",
        )
    }

    /// “…,” Lee retaliated: a verb that is in no list, after a name right after the quote.
    pub(super) fn unlisted_verb_after(&self, q: usize) -> Option<Finding> {
        let quoted = self.reading.text.get(self.reading.tokens[q].range())?;
        let words = quoted
            .trim_end_matches(|c: char| !matches!(c, ',' | '?' | '!') && !c.is_alphanumeric());
        if !words.ends_with([',', '?', '!']) {
            return None;
        }
        let mention = self
            .reading
            .mention_starting_at(q + 1)
            .filter(|&m| self.is_plausible_speaker(m))?;
        let verb = self.reading.mentions[mention].tokens.end;
        if verb >= self.sentence.end || self.is(verb, WordClass::BE) {
            return None;
        }
        let token = &self.reading.tokens[verb];
        let past =
            token.is(WordClass::VERBAL) && !token.is(WordClass::ING) && token.is(WordClass::LOWER);
        let ends = verb + 1 >= self.sentence.end
            || !self.reading.tokens[verb + 1].is_word()
            || self.is(
                verb + 1,
                WordClass::PREPOSITION | WordClass::ADVERB | WordClass::DAY,
            );
        if !(past && ends) {
            return None;
        }
        self.finding(
            mention,
            Some(verb),
            Certainty::Likely,
            "the verb follows the quote",
        )
    }

    /// True where no finite verb stands between two tokens.
    pub(super) fn has_no_finite_verb(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| !self.reading.tokens[i].is_finite() || self.reading.mention(i).is_some())
    }

    /// A participle that tells of the noun before it: “the plan proposed by Lee”.
    pub(super) fn is_agent_participle(&self, i: usize) -> bool {
        self.is(i, WordClass::PAST) && i + 1 < self.sentence.end && self.is(i + 1, WordClass::BY)
    }

    /// … “few words” …, Lee said.
    pub(super) fn cue_at_sentence_end(&self, q: usize) -> Option<Finding> {
        let limit = self.sentence.end.min(q + MAX_DISTANCE);
        let mut commas = q + 1..limit;
        let cue = commas.find_map(|i| {
            if !self.is_punctuation(i, ',') {
                return None;
            }
            if i + 1 < limit
                && self.is_cue(i + 1)
                && self.is(i + 1, WordClass::SAY)
                && self.is(i + 1, WordClass::FINITE)
            {
                return self.subjects.mention_after_verb(i + 1).map(|m| (m, i + 1));
            }
            // “…,” as Lee said.
            let i = i + usize::from(i + 1 < limit && self.is(i + 1, WordClass::AS));
            let m = self
                .reading
                .mention_starting_at(i + 1)
                .filter(|_| i + 1 < limit);
            let end = match m {
                Some(m) if self.reading.can_speak(m) => self.reading.mentions[m].tokens.end,
                _ => return None,
            };
            let mut cue = end;
            while cue < limit
                && self.is(cue, WordClass::ADVERB | WordClass::AUXILIARY)
                && !self.is(cue, WordClass::BE)
            {
                cue += 1;
            }
            let said = cue < limit
                && self.is_cue(cue)
                && self.is(cue, WordClass::SAY)
                && self.is(cue, WordClass::FINITE);
            let rest = cue + 1;
            let ends = rest >= self.sentence.end
                || matches!(
                    self.reading.tokens[rest].kind,
                    TokenKind::Punctuation('.' | ',' | ';')
                )
                || self.is(
                    rest,
                    WordClass::PREPOSITION
                        | WordClass::DAY
                        | WordClass::ADVERB
                        | WordClass::CONJUNCTION,
                );
            (said && ends).then_some((m?, cue))
        });
        let (mention, cue) = cue?;
        self.finding(
            mention,
            Some(cue),
            Certainty::Sure,
            "the reporting word ends the sentence",
        )
    }

    /// “…” — Lee
    pub(super) fn credit_after(&self, q: usize) -> Option<Finding> {
        let end = self.sentence.end;
        if q + 2 > end
            || !(q + 1 < end
                && (self.is_punctuation(q + 1, '—') || self.is_punctuation(q + 1, ',')))
        {
            return None;
        }
        let mention = (q + 2 < end)
            .then(|| self.reading.mention_starting_at(q + 2))
            .flatten()?;
        if self.reading.mentions[mention].kind != MentionKind::Name
            || !self.has_no_finite_verb(q + 2, end)
        {
            return None;
        }
        // “Ferry found” — The Courier, May 4, 1998: the title of a source.
        if (q + 2..end).any(|i| self.is(i, WordClass::DAY))
            && (q + 2..end).any(|i| self.is(i, WordClass::NUMBER))
        {
            return None;
        }
        self.finding(
            mention,
            None,
            Certainty::Likely,
            "a credit follows the quote",
        )
    }

    /// “…” was how Lee put it: a cue after the quote, in no pattern.
    pub(super) fn cue_after(&self, q: usize) -> Option<Finding> {
        let limit = self.sentence.end.min(q + MAX_DISTANCE);
        let cue = (q + 1..limit).find(|&i| self.is_cue(i) && self.is(i, WordClass::FINITE))?;
        let mention = self.subjects.subject_of(cue)?;
        self.finding(
            mention,
            Some(cue),
            Certainty::Likely,
            "a reporting word follows in the sentence",
        )
    }
}
