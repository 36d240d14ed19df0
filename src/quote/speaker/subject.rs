//! Finds whose verb a verb is: across titles, appositions, brackets, relative clauses, turned order. Knows no quotes.

use super::super::lexicon::WordClass;
use super::super::mentions::MentionKind;
use super::super::reading::ParsedText;
use super::super::words::TokenKind;

/// How many verbs are followed from one to the one that has the subject.
const MAX_DEPTH: usize = 5;
/// How many tokens a look to one side covers.
pub(super) const MAX_DISTANCE: usize = 60;

/// Looks for subjects inside one sentence.
pub(super) struct SubjectFinder<'r, 'a> {
    pub(super) reading: &'r ParsedText<'a>,
    /// First token of the sentence, and the one after its last.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl SubjectFinder<'_, '_> {
    pub(super) fn is(&self, i: usize, class: WordClass) -> bool {
        self.reading.tokens[i].is(class)
    }

    pub(super) fn is_punctuation(&self, i: usize, c: char) -> bool {
        self.reading.tokens[i].is_punctuation(c)
    }

    /// The mention that does what the verb at this token says.
    pub(super) fn subject_of(&self, verb: usize) -> Option<usize> {
        self.subject_of_within(verb, MAX_DEPTH)
            .or_else(|| self.mention_after_verb(verb))
    }

    pub(super) fn subject_of_within(&self, verb: usize, depth: usize) -> Option<usize> {
        let tokens = &self.reading.tokens;
        let depth = depth.checked_sub(1)?;
        let mut i = verb;
        let mut passive = false;
        // Back over “has also repeatedly”.
        while i > self.start
            && self.is(i - 1, WordClass::ADVERB | WordClass::AUXILIARY)
            && self.reading.mention(i - 1).is_none()
        {
            passive |= self.is(i - 1, WordClass::BE);
            i -= 1;
        }
        if passive && self.is(verb, WordClass::PAST) && !self.is(verb, WordClass::ING) {
            return self.passive_agent(verb);
        }
        let Some(before) = i.checked_sub(1).filter(|&b| b >= self.start) else {
            return self.mention_after_verb(verb);
        };
        let found = match tokens[before].kind {
            TokenKind::Word => return self.after_word(verb, before, i == verb, depth),
            TokenKind::Quote(_) => self.mention_after_verb(verb),
            TokenKind::Punctuation(',') => self.after_comma(verb, before),
            TokenKind::Punctuation(')' | ']') => {
                let open = self.opening_bracket(before)?;
                return self
                    .ending_at(open)
                    .or_else(|| self.main_subject_before(open, depth));
            }
            TokenKind::Punctuation('—') => self
                .before_dash(before)
                .or_else(|| self.mention_after_verb(verb)),
            TokenKind::Punctuation(_) => None,
        };
        found.or_else(|| self.main_subject_before(before, depth))
    }

    /// The subject of a verb that stands after a comma.
    fn after_comma(&self, verb: usize, comma: usize) -> Option<usize> {
        let after_quote = comma > self.start && self.reading.tokens[comma - 1].is_quote();
        if self.is(verb, WordClass::ING) {
            return self
                .first_subject()
                .filter(|&m| self.is_followed_by_verb(m));
        }
        if after_quote {
            return self.mention_after_verb(verb);
        }
        self.subject_before_comma(comma)
    }

    /// The subject of a verb that stands after a word. `bare`: with no “has also” between.
    fn after_word(&self, verb: usize, before: usize, bare: bool, depth: usize) -> Option<usize> {
        if self.is(before, WordClass::RELATIVE) {
            let mut end = before;
            if end > self.start && self.is_punctuation(end - 1, ',') {
                end -= 1;
            }
            return self
                .ending_at(end)
                .or_else(|| self.main_subject_before(before, depth));
        }
        if let Some(mention) = self.reading.mention(before) {
            return self.after_mention(verb, mention, bare, depth);
        }
        if self.is(before, WordClass::CONJUNCTION)
            && self.is(verb, WordClass::SAY)
            && let Some(said) = self.reporting_verb_before(before)
        {
            return self.subject_of_within(said, depth);
        }
        self.main_subject_before(before + 1, depth)
    }

    /// The subject of a verb that stands after a mention: that one, or what it is a part of.
    fn after_mention(
        &self,
        verb: usize,
        mention: usize,
        bare: bool,
        depth: usize,
    ) -> Option<usize> {
        let start_of = |mention: usize| self.reading.mentions[mention].tokens.start;
        let start = start_of(mention);
        if self.reading.mentions[mention].kind == MentionKind::Day {
            // “Lee on Monday said”, “Lee Monday said”.
            let joined = start > self.start && self.is(start - 1, WordClass::PREPOSITION);
            return self.ending_at(start - usize::from(joined));
        }
        if self.is(verb, WordClass::ING) {
            if start > self.start && self.is(start - 1, WordClass::WITH) {
                // “with Lee calling for”
                return Some(mention);
            }
            if bare && !self.can_act(mention) && self.has_verb(start) {
                // “Lee sent a note reading”: not the note.
                return self.main_subject_before(start, depth);
            }
        }
        let found = self.outermost_phrase(self.skip_place_back(mention));
        let start = start_of(found);
        let alone = self.reading.mentions[found].tokens.len() == 1;
        let determiner = alone && self.is(start, WordClass::DETERMINER);
        if determiner && start > self.start && self.is(start - 1, WordClass::PREPOSITION) {
            // “after some thought”: a noun for once.
            return self.main_subject_before(start - 1, depth);
        }
        Some(found)
    }

    /// True for a mention that can speak by itself, not a thing that somebody sends.
    pub(super) fn can_act(&self, mention: usize) -> bool {
        match self.reading.mentions[mention].kind {
            MentionKind::Name => !self.reading.mention_has(mention, WordClass::DOCUMENT),
            MentionKind::Pronoun => true,
            _ => self.reading.head_has(
                mention,
                WordClass::ROLE | WordClass::PEOPLE | WordClass::ORGANISATION,
            ),
        }
    }

    /// The one after “by”.
    fn passive_agent(&self, verb: usize) -> Option<usize> {
        let limit = self.end.min(verb + MAX_DISTANCE / 2);
        let by = (verb + 1..limit).find(|&i| self.is(i, WordClass::BY))?;
        self.reading
            .mention_starting_at(by + 1)
            .filter(|&m| self.reading.can_speak(m))
    }

    /// The mention right after the verb: “said Lee”.
    pub(super) fn mention_after_verb(&self, verb: usize) -> Option<usize> {
        if self.is(verb, WordClass::ING) {
            return None;
        }
        let mut i = verb + 1;
        while i < self.end && self.is(i, WordClass::ADVERB) {
            i += 1;
        }
        let mention = (i < self.end)
            .then(|| self.reading.mention_starting_at(i))
            .flatten()?;
        // “told Lee” names the listener; “read one sign” does not.
        let listener = self.is(verb, WordClass::LISTENER)
            && !self
                .reading
                .mention_has(mention, WordClass::DOCUMENT | WordClass::NUMERAL);
        if !self.reading.can_speak(mention) || listener {
            return None;
        }
        Some(self.named_beside(mention))
    }

    /// “the group's head, Ann Lee,”: the name that stands beside a phrase.
    pub(super) fn named_beside(&self, mention: usize) -> usize {
        let found = &self.reading.mentions[mention];
        if found.kind != MentionKind::Nominal || !self.reading.head_has(mention, WordClass::ROLE) {
            return mention;
        }
        let end = found.tokens.end;
        if end >= self.end || !self.is_punctuation(end, ',') {
            return mention;
        }
        match self.reading.mention_starting_at(end + 1) {
            Some(next) if self.reading.mentions[next].kind == MentionKind::Name => next,
            _ => mention,
        }
    }

    /// The mention that ends before this token.
    pub(super) fn ending_at(&self, end: usize) -> Option<usize> {
        if end <= self.start {
            return None;
        }
        let before = end - 1;
        if self.is_punctuation(before, ',') {
            return self.subject_before_comma(before);
        }
        if self.is_punctuation(before, ')') {
            return self
                .opening_bracket(before)
                .and_then(|open| self.ending_at(open));
        }
        let mention = self.reading.mention(before)?;
        Some(self.outermost_phrase(mention))
    }

    /// From “Maine” back to “Leeds” in “Lee of Leeds, Maine says”.
    fn skip_place_back(&self, mention: usize) -> usize {
        let start = self.reading.mentions[mention].tokens.start;
        if !self.reading.head_has(mention, WordClass::PLACE)
            || start < self.start + 4
            || !self.is_punctuation(start - 1, ',')
        {
            return mention;
        }
        self.reading
            .mention(start - 2)
            .filter(|&town| {
                let at = self.reading.mentions[town].tokens.start;
                at > self.start + 1
                    && self.is(at - 1, WordClass::PREPOSITION)
                    && self.reading.mention(at - 2).is_some()
            })
            .unwrap_or(mention)
    }

    /// From “the club in Leeds” back to “a spokesman for the club in Leeds”.
    fn outermost_phrase(&self, mention: usize) -> usize {
        let mut mention = mention;
        for _ in 0..MAX_DISTANCE {
            let start = self.reading.mentions[mention].tokens.start;
            if start < self.start + 2 || !self.is(start - 1, WordClass::PREPOSITION) {
                break;
            }
            match self.reading.mention(start - 2) {
                Some(before) => mention = before,
                None => break,
            }
        }
        mention
    }

    /// The opening bracket of the one that closes here.
    fn opening_bracket(&self, close: usize) -> Option<usize> {
        let from = self.start.max(close.saturating_sub(MAX_DISTANCE));
        (from..close)
            .rev()
            .find(|&i| self.is_punctuation(i, '(') || self.is_punctuation(i, '['))
    }

    fn before_dash(&self, dash: usize) -> Option<usize> {
        let from = self.start.max(dash.saturating_sub(MAX_DISTANCE));
        let other = (from..dash).rev().find(|&i| self.is_punctuation(i, '—'))?;
        self.ending_at(other)
    }
}
