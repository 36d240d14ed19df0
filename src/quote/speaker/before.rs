//! The rules for a source that stands before the quote: Lee said, “…”.

use super::super::lexicon::Class;
use super::super::mentions::Sort;
use super::super::model::Certainty;
use super::beside::{Finding, REACH, Side};

impl Side<'_, '_> {
    /// Lee said, “…”; Lee told reporters that “…”: the cue right before the quote.
    pub(super) fn led_in(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH));
        let mut i = q;
        let mut listener = 0;
        while i > from {
            let b = i - 1;
            let token = &self.reading.tokens[b];
            if self.is_cue(b) {
                break;
            }
            if token.is_point(',')
                || token.is_point(':')
                || token.is(Class::RELATIVE | Class::DETERMINER | Class::ADVERB)
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
            if token.is(Class::PREPOSITION) {
                i = b;
                continue;
            }
            return None;
        }
        let cue = i.checked_sub(1).filter(|&c| c >= from && self.is_cue(c))?;
        let plain = self.is(cue, Class::SAY) || i + 3 >= q;
        if !plain {
            return None;
        }
        let mention = self.subjects.of(cue)?;
        if (!self.is(cue, Class::SAY) || self.is_pronoun(mention) && !self.at_once(q))
            && let Some(outer) = self.outer(cue, mention)
        {
            return Some(outer);
        }
        if !self.speaks(mention)
            && let Some(other) = self.before(q).filter(|f| self.speaks(f.mention))
        {
            return Some(other);
        }
        let sure = self.is(cue, Class::SAY)
            && self.is(cue, Class::FINITE)
            && self.at_once(q)
            && self.speaks(mention)
            || self.is_plain(cue, mention, q);
        self.finding(
            mention,
            Some(cue),
            Certainty::of(sure),
            "the reporting word leads in to the quote",
        )
    }

    /// “Lee said that Holm called it a “mess””: who reports that somebody calls.
    pub(super) fn outer(&self, cue: usize, inner: usize) -> Option<Finding> {
        let from = self.sentence.start.max(cue.saturating_sub(REACH / 4));
        let say = (from..cue).rev().find(|&i| {
            self.is_cue(i) && self.is(i, Class::SAY) && self.is(i, Class::FINITE | Class::ING)
        })?;
        let start = self.reading.mentions[inner].tokens.start;
        let loose = !self.is(cue, Class::SAY)
            && (say + 1..cue).all(|i| !self.reading.tokens[i].is_quote() && !self.point(i, ';'));
        if say >= start || !(loose || self.verbless(say + 1, start) || self.takes_up(say, inner)) {
            return None;
        }
        let mention = self.subjects.of(say).filter(|&m| self.speaks(m))?;
        self.finding(
            mention,
            Some(say),
            Certainty::Likely,
            "they report what is quoted",
        )
    }

    /// “Lee said at noon that the club will pay and that she …”: a pronoun that takes up who reports.
    fn takes_up(&self, say: usize, inner: usize) -> bool {
        let start = self.reading.mentions[inner].tokens.start;
        let opened = Class::SUBORDINATOR | Class::PREPOSITION;
        self.is_pronoun(inner)
            && self
                .reading
                .mention_is(inner, Class::HE | Class::SHE | Class::IT | Class::THEY)
            && !self.is(start - 1, opened)
            && (say + 1..start).all(|i| !self.reading.tokens[i].is_quote() && !self.point(i, ';'))
    }

    /// True where the subject found is a pronoun, which may only take up who reports.
    fn is_pronoun(&self, mention: usize) -> bool {
        self.reading.mentions[mention].sort == Sort::Pronoun
    }

    /// True where a reporting word, a comma, a colon or “that” stands right before the quote.
    pub(super) fn at_once(&self, q: usize) -> bool {
        q > self.sentence.start
            && (self.point(q - 1, ',')
                || self.point(q - 1, ':')
                || self.is(q - 1, Class::RELATIVE)
                || self.is_cue(q - 1) && self.is(q - 1, Class::SAY))
    }

    /// Lee called the plan a “mess”: the nearest cue before the quote, further off.
    pub(super) fn before(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH));
        let mut cues = (from..q).rev().filter(|&i| self.is_cue(i)).take(4);
        let found = |cue| self.subjects.of(cue).map(|mention| (cue, mention));
        let nearest = cues.next().and_then(found);
        let (cue, mention) = match nearest {
            Some((_, mention)) if self.speaks(mention) => nearest,
            _ => cues
                .filter_map(found)
                .find(|&(_, mention)| self.speaks(mention))
                .or(nearest),
        }?;
        if (!self.is(cue, Class::SAY) || self.is_pronoun(mention) && !self.at_once(q))
            && let Some(outer) = self.outer(cue, mention)
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
            other || self.is(i, Class::RELATIVE) || self.is_cue(i) && self.is(i, Class::FINITE)
        });
        matches!(found.sort, Sort::Name | Sort::Pronoun)
            && found.tokens.end == cue
            && self.is(cue, Class::FINITE)
            && !others
    }

    /// A person by name, or a pronoun that may be one.
    fn is_somebody(&self, mention: usize) -> bool {
        match self.reading.mentions[mention].sort {
            Sort::Name => self.reading.names.of[mention]
                .is_some_and(|entity| self.reading.names.entities[entity].person),
            Sort::Pronoun => !self.reading.mention_is(mention, Class::IT | Class::I),
            _ => false,
        }
    }

    /// Lee's claim that “…”, her “…” plan: whose words the noun says they are.
    pub(super) fn owner(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH / 4));
        for i in (from..q).rev() {
            let Some(m) = self.reading.mention(i) else {
                continue;
            };
            if self.reading.mentions[m].owner && i + 1 >= q.saturating_sub(1) {
                return self.finding(
                    m,
                    None,
                    Certainty::Likely,
                    "the words are said to be theirs",
                );
            }
            if !self.is(i, Class::CUE_NOUN) {
                continue;
            }
            let owner = m.checked_sub(1).filter(|&o| {
                let (o, m) = (&self.reading.mentions[o], &self.reading.mentions[m]);
                o.owner && o.tokens.start >= m.tokens.start
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
    pub(super) fn weak(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH));
        let verb = (from..q).rev().find(|&i| {
            let token = &self.reading.tokens[i];
            token.is_word()
                && self.reading.mention(i).is_none()
                && !token.is(Class::BE | Class::DETERMINER | Class::NUMBER)
                && (token.is(Class::ANY_VERB | Class::AUXILIARY) || !token.is(Class::FUNCTION))
        })?;
        let mention = self.subjects.of(verb)?;
        if !self.speaks(mention)
            || self.is_pronoun(mention)
                && self.reading.mention_is(mention, Class::IT)
                && !self.point(q - 1, ':')
            || self.reading.head_is(mention, Class::DETERMINER)
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
