//! The rules for a source that stands before the quote: Lee said, “…”.

use super::super::lexicon::WordClass;
use super::super::mentions::MentionKind;
use super::super::model::Certainty;
use super::beside::{Finding, MAX_DISTANCE, SentenceRules};

impl SentenceRules<'_, '_> {
    /// Lee said, “…”; Lee told reporters that “…”: the cue right before the quote.
    pub(super) fn cue_right_before(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        let mut i = q;
        let mut listener = 0;
        while i > from {
            let b = i - 1;
            let token = &self.reading.tokens[b];
            if self.is_cue(b) {
                break;
            }
            if token.is_punctuation(',')
                || token.is_punctuation(':')
                || token.is(WordClass::RELATIVE | WordClass::DETERMINER | WordClass::ADVERB)
            {
                i = b;
                continue;
            }
            // The listener, the occasion: “told reporters in Leeds on Monday”.
            if let Some(mention) = self.reading.mention(b)
                && listener < 4
            {
                i = self.reading.mentions[mention].tokens.start.max(from);
                listener += 1;
                continue;
            }
            if token.is(WordClass::PREPOSITION) {
                i = b;
                continue;
            }
            return None;
        }
        let cue = i.checked_sub(1).filter(|&c| c >= from && self.is_cue(c))?;
        let plain = self.is(cue, WordClass::SAY) || i + 3 >= q;
        if !plain {
            return None;
        }
        let mention = self.subjects.subject_of(cue)?;
        if (!self.is(cue, WordClass::SAY)
            || self.is_pronoun(mention) && !self.is_right_after_cue(q))
            && let Some(outer) = self.outer_report(cue, mention)
        {
            return Some(outer);
        }
        if !self.is_plausible_speaker(mention)
            && let Some(other) = self
                .cue_before(q)
                .filter(|f| self.is_plausible_speaker(f.mention))
        {
            return Some(other);
        }
        let sure = self.is(cue, WordClass::SAY)
            && self.is(cue, WordClass::FINITE)
            && self.is_right_after_cue(q)
            && self.is_plausible_speaker(mention)
            || self.is_plain(cue, mention, q);
        self.finding(
            mention,
            Some(cue),
            Certainty::of(sure),
            "the reporting word leads in to the quote",
        )
    }

    /// “Lee said that Holm called it a “mess””: who reports that somebody calls.
    pub(super) fn outer_report(&self, cue: usize, inner: usize) -> Option<Finding> {
        let from = self
            .sentence
            .start
            .max(cue.saturating_sub(MAX_DISTANCE / 4));
        let say = (from..cue).rev().find(|&i| {
            self.is_cue(i)
                && self.is(i, WordClass::SAY)
                && self.is(i, WordClass::FINITE | WordClass::ING)
        })?;
        let start = self.reading.mentions[inner].tokens.start;
        let loose = !self.is(cue, WordClass::SAY)
            && (say + 1..cue)
                .all(|i| !self.reading.tokens[i].is_quote() && !self.is_punctuation(i, ';'));
        if say >= start
            || !(loose
                || self.has_no_finite_verb(say + 1, start)
                || self.refers_to_reporter(say, inner))
        {
            return None;
        }
        let mention = self
            .subjects
            .subject_of(say)
            .filter(|&m| self.is_plausible_speaker(m))?;
        self.finding(
            mention,
            Some(say),
            Certainty::Likely,
            "they report what is quoted",
        )
    }

    /// “Lee said at noon that the club will pay and that she …”: a pronoun that takes up who reports.
    fn refers_to_reporter(&self, say: usize, inner: usize) -> bool {
        let start = self.reading.mentions[inner].tokens.start;
        let opened = WordClass::SUBORDINATOR | WordClass::PREPOSITION;
        self.is_pronoun(inner)
            && self.reading.mention_has(
                inner,
                WordClass::HE | WordClass::SHE | WordClass::IT | WordClass::THEY,
            )
            && !self.is(start - 1, opened)
            && (say + 1..start)
                .all(|i| !self.reading.tokens[i].is_quote() && !self.is_punctuation(i, ';'))
    }

    /// True where the subject found is a pronoun, which may only take up who reports.
    fn is_pronoun(&self, mention: usize) -> bool {
        self.reading.mentions[mention].kind == MentionKind::Pronoun
    }

    /// True where a reporting word, a comma, a colon or “that” stands right before the quote.
    pub(super) fn is_right_after_cue(&self, q: usize) -> bool {
        q > self.sentence.start
            && (self.is_punctuation(q - 1, ',')
                || self.is_punctuation(q - 1, ':')
                || self.is(q - 1, WordClass::RELATIVE)
                || self.is_cue(q - 1) && self.is(q - 1, WordClass::SAY))
    }

    /// Lee called the plan a “mess”: the nearest cue before the quote, further off.
    pub(super) fn cue_before(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        let mut cues = (from..q).rev().filter(|&i| self.is_cue(i)).take(4);
        let found = |cue| self.subjects.subject_of(cue).map(|mention| (cue, mention));
        let nearest = cues.next().and_then(found);
        let (cue, mention) = match nearest {
            Some((_, mention)) if self.is_plausible_speaker(mention) => nearest,
            _ => cues
                .filter_map(found)
                .find(|&(_, mention)| self.is_plausible_speaker(mention))
                .or(nearest),
        }?;
        if (!self.is(cue, WordClass::SAY)
            || self.is_pronoun(mention) && !self.is_right_after_cue(q))
            && let Some(outer) = self.outer_report(cue, mention)
        {
            return Some(outer);
        }
        self.finding(
            mention,
            Some(cue),
            Certainty::of(self.is_plain(cue, mention, q)),
            "the reporting word stands before the quote",
        )
    }

    /// “Lee said the plan was a “mess””: a name, its verb right after it, and nobody else up to the quote.
    fn is_plain(&self, cue: usize, mention: usize, q: usize) -> bool {
        let found = &self.reading.mentions[mention];
        let others = (cue + 1..q).any(|i| {
            let other = self.reading.mention(i).is_some_and(|m| self.is_somebody(m));
            other
                || self.is(i, WordClass::RELATIVE)
                || self.is_cue(i) && self.is(i, WordClass::FINITE)
        });
        matches!(found.kind, MentionKind::Name | MentionKind::Pronoun)
            && found.tokens.end == cue
            && self.is(cue, WordClass::FINITE)
            && !others
    }

    /// A person by name, or a pronoun that may be one.
    fn is_somebody(&self, mention: usize) -> bool {
        match self.reading.mentions[mention].kind {
            MentionKind::Name => self.reading.entities.of_mention[mention]
                .is_some_and(|entity| self.reading.entities.list[entity].is_person),
            MentionKind::Pronoun => !self
                .reading
                .mention_has(mention, WordClass::IT | WordClass::I),
            _ => false,
        }
    }

    /// Lee's claim that “…”, her “…” plan: whose words the noun says they are.
    pub(super) fn possessor(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE / 4));
        for i in (from..q).rev() {
            let Some(m) = self.reading.mention(i) else {
                continue;
            };
            if self.reading.mentions[m].is_possessor && i + 1 >= q.saturating_sub(1) {
                return self.finding(
                    m,
                    None,
                    Certainty::Likely,
                    "the words are said to be theirs",
                );
            }
            if !self.is(i, WordClass::CUE_NOUN) {
                continue;
            }
            let owner = m.checked_sub(1).filter(|&o| {
                let (o, m) = (&self.reading.mentions[o], &self.reading.mentions[m]);
                o.is_possessor && o.tokens.start >= m.tokens.start
            });
            if let Some(owner) = owner {
                return self.finding(
                    owner,
                    Some(i),
                    Certainty::Likely,
                    "the noun before it says whose words these are",
                );
            }
        }
        None
    }

    /// Lee panned the “mess”: whose sentence it is, with a verb that need not report.
    pub(super) fn subject_before(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        let verb = (from..q).rev().find(|&i| {
            let token = &self.reading.tokens[i];
            token.is_word()
                && self.reading.mention(i).is_none()
                && !token.is(WordClass::BE | WordClass::DETERMINER | WordClass::NUMBER)
                && (token.is(WordClass::ANY_VERB | WordClass::AUXILIARY)
                    || !token.is(WordClass::FUNCTION))
        })?;
        let mention = self.subjects.subject_of(verb)?;
        if !self.is_plausible_speaker(mention)
            || self.is_pronoun(mention)
                && self.reading.mention_has(mention, WordClass::IT)
                && !self.is_punctuation(q - 1, ':')
            || self.reading.head_has(mention, WordClass::DETERMINER)
        {
            return None;
        }
        self.finding(
            mention,
            Some(verb),
            Certainty::Likely,
            "the sentence is about what they did",
        )
    }
}
