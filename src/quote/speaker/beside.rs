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
        .or_else(|| head.led_in(q).filter(|_| head.at_once(q)))
        .or_else(|| tail.followed(place.last_token))
        .or_else(|| tail.trailing(place.last_token))
        .or_else(|| head.led_in(q))
        .or_else(|| tail.according(place.last_token))
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
        })
    }

    /// True for who can be thought to speak: a name, a pronoun, a noun for people, bodies or documents.
    fn speaks(&self, mention: usize) -> bool {
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
        let colon = end < q && self.point(end, ':') && (end + 1 == q || self.unsaid(end + 1, q));
        let name = self.reading.mentions[mention].sort == Sort::Name;
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
    fn unsaid(&self, from: usize, to: usize) -> bool {
        to - from < REACH && !(from..to).any(|i| self.is_cue(i) && self.is(i, Class::FINITE))
    }

    /// Lee said, “…”; Lee told reporters that “…”: the cue right before the quote.
    fn led_in(&self, q: usize) -> Option<Finding> {
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
        if !self.is(cue, Class::SAY)
            && let Some(outer) = self.outer(cue, mention)
        {
            return Some(outer);
        }
        if !self.speaks(mention)
            && let Some(other) = self.before(q).filter(|f| self.speaks(f.mention))
        {
            return Some(other);
        }
        let sure = if self.is(cue, Class::SAY) && self.at_once(q) && self.speaks(mention) {
            Certainty::Sure
        } else {
            Certainty::Likely
        };
        self.finding(
            mention,
            Some(cue),
            sure,
            "the reporting word leads in to the quote",
        )
    }

    /// “Lee said that Holm called it a “mess””: who reports that somebody calls.
    fn outer(&self, cue: usize, inner: usize) -> Option<Finding> {
        let from = self.sentence.start.max(cue.saturating_sub(REACH / 4));
        let say = (from..cue)
            .rev()
            .find(|&i| self.is_cue(i) && self.is(i, Class::SAY) && self.is(i, Class::FINITE))?;
        let start = self.reading.mentions[inner].tokens.start;
        let inside = say < start && (say + 1 == start || self.is(say + 1, Class::RELATIVE));
        if !inside {
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

    /// True where a reporting word, a comma, a colon or “that” stands right before the quote.
    fn at_once(&self, q: usize) -> bool {
        q > self.sentence.start
            && (self.point(q - 1, ',')
                || self.point(q - 1, ':')
                || self.is(q - 1, Class::RELATIVE)
                || self.is_cue(q - 1) && self.is(q - 1, Class::SAY))
    }

    /// According to Lee, “…”.
    fn according(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH));
        let to = self.sentence.end.min(q + REACH).saturating_sub(2);
        (from..to.max(from)).find_map(|i| {
            if !(self.is(i, Class::ACCORDING) && self.is(i + 1, Class::TO)) {
                return None;
            }
            let mention = self.reading.mention_from(i + 2)?;
            if i < q && self.nearer_cue(i, q) {
                return None;
            }
            self.finding(
                mention,
                Some(i),
                Certainty::Sure,
                "“according to” names the source",
            )
        })
    }

    fn nearer_cue(&self, from: usize, q: usize) -> bool {
        (from + 2..q).any(|i| self.is_cue(i) && self.is(i, Class::FINITE))
    }

    /// Lee called the plan a “mess”: the nearest cue before the quote, further off.
    fn before(&self, q: usize) -> Option<Finding> {
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
        if !self.is(cue, Class::SAY)
            && let Some(outer) = self.outer(cue, mention)
        {
            return Some(outer);
        }
        self.finding(
            mention,
            Some(cue),
            Certainty::Likely,
            "the reporting word stands before the quote",
        )
    }

    /// Lee's claim that “…”, her “…” plan: whose words the noun says they are.
    fn owner(&self, q: usize) -> Option<Finding> {
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
    fn weak(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(REACH));
        let verb = (from..q).rev().find(|&i| {
            let token = &self.reading.tokens[i];
            token.is_word()
                && self.reading.mention(i).is_none()
                && !token.is(Class::BE)
                && (token.is(Class::ANY_VERB | Class::AUXILIARY) || !token.is(Class::FUNCTION))
        })?;
        let mention = self.subjects.of(verb)?;
        if !self.speaks(mention) || self.reading.mention_is(mention, Class::IT) {
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
