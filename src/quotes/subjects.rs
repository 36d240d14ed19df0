//! Finds the subject of a verb: across titles, appositions, brackets, relative clauses and inverted order. Knows
//! nothing of attribution.
//!
//! There is no parse tree: from the verb, the search goes back over tokens and mentions, and decides by the first thing
//! that it meets. Every search is bounded, since a "sentence" may be a whole text without full stops.

use std::ops::Range;

use crate::quotes::lexicon::{
    ADVERB, ANY_VERB, AS, AUXILIARY, BE, BY, CONJUNCTION, DETERMINER, DOCUMENT, FINITE, ING,
    LISTENER, LOWER, NUMBER, NUMERAL, ORGANISATION, PAST, PEOPLE, PLACE, PREPOSITION, RELATIVE,
    ROLE, SAY, SUBORDINATOR, TO, VERBAL, WITH, WordClass,
};
use crate::quotes::mentions::{MentionKind, ParsedText};
use crate::quotes::tokens::TokenKind;

/// How many verbs may be followed to one with a subject of its own: “said and added and …”.
const MAX_DEPTH: usize = 5;

/// How many tokens are searched in one direction.
pub(super) const MAX_DISTANCE: usize = 60;

/// Finds subjects within one sentence. Tokens and mentions are indexes into `parsed`.
pub(super) struct SubjectFinder<'r, 'a> {
    pub(super) parsed: &'r ParsedText<'a>,
    /// The first token of the sentence, and the one past its last.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'r, 'a> SubjectFinder<'r, 'a> {
    /// A finder for the sentence of these tokens.
    pub(super) fn new(parsed: &'r ParsedText<'a>, sentence: &Range<usize>) -> Self {
        Self { parsed, start: sentence.start, end: sentence.end }
    }

    /// True if token `i` has the class.
    pub(super) fn is(&self, i: usize, class: WordClass) -> bool {
        self.parsed.tokens[i].is(class)
    }

    /// True if token `i` is this punctuation.
    pub(super) fn is_punctuation(&self, i: usize, c: char) -> bool {
        self.parsed.tokens[i].is_punctuation(c)
    }

    /// The subject of the verb at a token: the mention that acts.
    pub(super) fn subject_of(&self, verb: usize) -> Option<usize> {
        self.subject_of_within(verb, MAX_DEPTH).or_else(|| self.mention_after_verb(verb))
    }

    /// [`Self::subject_of`] with a limit on the number of verbs to follow.
    pub(super) fn subject_of_within(&self, verb: usize, depth: usize) -> Option<usize> {
        let tokens = &self.parsed.tokens;
        let depth = depth.checked_sub(1)?;
        let mut i = verb;
        let mut passive = false;
        // Skip “has also repeatedly”.
        while i > self.start
            && self.is(i - 1, ADVERB | AUXILIARY)
            && self.parsed.mention(i - 1).is_none()
        {
            passive |= self.is(i - 1, BE);
            i -= 1;
        }
        // “Lee was quoted by the paper as saying”.
        if passive && self.is_quoted_as_saying(verb) {
            return self.subject_before_passive(i);
        }
        // “was called”: the subject of a passive verb is not the one who speaks.
        if passive && self.is(verb, PAST) && !self.is(verb, ING) {
            return self.passive_agent(verb);
        }
        let Some(before) = i.checked_sub(1).filter(|&b| b >= self.start) else {
            return self.subject_after_phrase(verb).or_else(|| self.mention_after_verb(verb));
        };
        let found = match tokens[before].kind {
            TokenKind::Word => return self.after_word(verb, before, i == verb, depth),
            TokenKind::Quote(_) => self.mention_after_verb(verb),
            TokenKind::Punctuation(',') => self.after_comma(verb, before),
            TokenKind::Punctuation(')' | ']') => {
                let open = self.opening_bracket(before)?;
                return self.ending_at(open).or_else(|| self.main_subject_before(open, depth));
            }
            TokenKind::Punctuation('—') => {
                self.before_dash(before).or_else(|| self.mention_after_verb(verb))
            }
            TokenKind::Punctuation(_) => None,
        };
        found.or_else(|| self.main_subject_before(before, depth))
    }

    /// The subject of a participle at the head of the sentence, which is that of the clause after it: Lee in “Calling it
    /// a “mess”, Lee left”.
    fn subject_after_phrase(&self, verb: usize) -> Option<usize> {
        if !self.is(verb, ING) {
            return None;
        }
        let limit = self.end.min(verb + MAX_DISTANCE);
        (verb + 1..limit).find_map(|i| {
            let ends = self.parsed.tokens[i].is_quote() || self.is_punctuation(i, ',');
            let mention = self.parsed.mention_starting_at(i + 1).filter(|_| ends)?;
            (self.can_act(mention) && self.is_subject_of_clause(mention)).then_some(mention)
        })
    }

    /// The subject of a verb after a comma.
    fn after_comma(&self, verb: usize, comma: usize) -> Option<usize> {
        // “…”, said Lee: the comma follows a quote.
        let after_quote = comma > self.start && self.parsed.tokens[comma - 1].is_quote();
        if self.is(verb, ING) {
            return self.subject_of_participle(verb, comma);
        }
        if after_quote || self.is_inverted_after_clause(verb, comma) {
            return self.mention_after_verb(verb);
        }
        self.subject_before_comma(comma)
    }

    /// The subject of a participle after a comma: that of the sentence (“Lee left, saying …”), or of the report that ends
    /// at the comma (“The boat left, Lee said, adding …”, ““…,” said Lee, adding …”).
    fn subject_of_participle(&self, verb: usize, comma: usize) -> Option<usize> {
        let first = self.first_subject().filter(|&m| self.is_subject_of_clause(m));
        let Some(said) = self.reporting_verb_before(comma).filter(|_| self.is(verb, SAY)) else {
            return first;
        };
        let inverted = said > self.start && !self.parsed.tokens[said - 1].is_word();
        let reporter = self.subject_of_within(said, 1).or_else(|| self.mention_after_verb(said))?;
        let start = self.parsed.mentions[reporter].tokens.start;
        // The report is set off by commas or follows a quote, so it is no part of another report.
        let parenthetical = start > self.start
            && !self.parsed.tokens[start - 1].is_word()
            && first.is_some_and(|first| first != reporter);
        if inverted || parenthetical { Some(reporter) } else { first }
    }

    /// True for “said” in “The boat has left, said Lee, a pilot.”: a clause comes before it, and its subject ends the
    /// report.
    fn is_inverted_after_clause(&self, verb: usize, comma: usize) -> bool {
        if !self.is(verb, SAY) || !self.is(verb, FINITE) || !self.has_main_verb(comma) {
            return false;
        }
        self.mention_after_verb(verb).is_some_and(|mention| {
            let end = self.parsed.mentions[mention].tokens.end;
            let ends = end >= self.end
                || !self.parsed.tokens[end].is_word()
                || self.is(end, PREPOSITION | RELATIVE);
            ends && self.can_act(mention)
        })
    }

    /// True if a finite verb that is not in a relative clause comes before a token.
    fn has_main_verb(&self, end: usize) -> bool {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        (from..end).any(|i| self.is_verb(i) && !self.in_relative(i))
    }

    /// Whom an open relative clause before a verb belongs to: the pilot in “the pilot who lost two boats is”. A second
    /// finite verb, with no comma, conjunction or subject of its own before it, is not the clause's.
    fn owner_of_relative(&self, verb: usize) -> Option<usize> {
        let from = self.start.max(verb.saturating_sub(MAX_DISTANCE));
        let who = (from..verb)
            .rev()
            .take_while(|&i| {
                let token = &self.parsed.tokens[i];
                token.is_word() && !token.is(CONJUNCTION | SUBORDINATOR)
            })
            .find(|&i| self.is(i, RELATIVE) && !self.is(i, DETERMINER))?;
        let own = (who + 1..verb)
            .filter(|&i| self.parsed.tokens[i].is_finite() && self.parsed.mention(i).is_none());
        let reported = (who + 1..verb).any(|i| self.is(i, SAY) && self.is(i, FINITE));
        let owner =
            who.checked_sub(1).filter(|&i| i >= self.start).and_then(|i| self.parsed.mention(i))?;
        // “Lee, the pilot who”: Lee.
        let start = self.parsed.mentions[owner].tokens.start;
        let beside = start
            .checked_sub(2)
            .filter(|&i| i >= self.start && self.is_punctuation(start - 1, ','));
        let named = beside.and_then(|i| self.parsed.mention(i)).filter(|&m| {
            self.parsed.mentions[m].kind == MentionKind::Name && !self.parsed.head_has(m, PLACE)
        });
        (own.count() > 0 && !reported && self.can_act(owner)).then_some(named.unwrap_or(owner))
    }

    /// The subject of a verb after a word. `bare`: without an auxiliary or adverb between the two.
    fn after_word(&self, verb: usize, before: usize, bare: bool, depth: usize) -> Option<usize> {
        if self.is(before, RELATIVE) {
            // “Lee, who said”: the subject is what “who” refers to.
            let mut end = before;
            if end > self.start && self.is_punctuation(end - 1, ',') {
                end -= 1;
            }
            return self.ending_at(end).or_else(|| self.main_subject_before(before, depth));
        }
        if let Some(mention) = self.parsed.mention(before) {
            return self.after_mention(verb, mention, bare, depth);
        }
        // “The paper quoted Lee as saying”, “Lee was quoted as saying”.
        if self.is(before, AS) && self.is(verb, ING) && self.is(verb, SAY) {
            return self.subject_of_quoted(before, depth);
        }
        // “Lee told the host that it was odd before noting”: the same speaker.
        if self.is(verb, ING)
            && self.is(verb, SAY)
            && self.is(before, PREPOSITION | SUBORDINATOR)
            && let Some(said) = self.first_reporting_verb(before)
        {
            return self.subject_of_within(said, depth);
        }
        if self.parsed.tokens[verb].is_finite()
            && !self.is(before, CONJUNCTION | SUBORDINATOR | TO)
            && let Some(owner) = self.owner_of_relative(verb)
        {
            return Some(owner);
        }
        // “Lee said …, and said”: the same speaker, whatever came in the report between.
        if self.is(before, CONJUNCTION)
            && self.is(verb, SAY)
            && let Some(said) = self.reporting_verb_before(before)
        {
            return self.subject_of_within(said, depth);
        }
        self.main_subject_before(before + 1, depth)
    }

    /// True for “quoted” in “was quoted (by the paper) as saying”.
    fn is_quoted_as_saying(&self, verb: usize) -> bool {
        let limit = self.end.min(verb + 12).saturating_sub(1);
        self.is(verb, PAST)
            && (verb + 1..limit)
                .any(|i| self.is(i, AS) && self.is(i + 1, SAY) && self.is(i + 1, ING))
    }

    /// The subject of a passive verb, whose first auxiliary or adverb is at a token.
    fn subject_before_passive(&self, first: usize) -> Option<usize> {
        let before = first.checked_sub(1).filter(|&b| b >= self.start)?;
        if self.is(before, RELATIVE) {
            return self.ending_at(before);
        }
        self.ending_at(first)
    }

    /// Who is quoted before “as saying”: the subject of a passive verb, or else the object of an active one.
    fn subject_of_quoted(&self, before_saying: usize, depth: usize) -> Option<usize> {
        let from = self.start.max(before_saying.saturating_sub(12));
        let verb = (from..before_saying)
            .rev()
            .find(|&i| self.is(i, PAST) && self.parsed.mention(i).is_none())?;
        let mut first = verb;
        while first > self.start && self.is(first - 1, ADVERB | AUXILIARY) {
            first -= 1;
        }
        if (first..verb).any(|i| self.is(i, BE)) {
            return self.subject_before_passive(first);
        }
        self.ending_at(before_saying).or_else(|| self.subject_of_within(verb, depth))
    }

    /// The subject of a verb after a mention: that mention, or the phrase that it is part of.
    fn after_mention(
        &self,
        verb: usize,
        mention: usize,
        bare: bool,
        depth: usize,
    ) -> Option<usize> {
        let start_of = |mention: usize| self.parsed.mentions[mention].tokens.start;
        let start = start_of(mention);
        if self.is(verb, ING) && bare {
            return self.actor_before_participle(mention, depth);
        }
        if self.parsed.mentions[mention].kind == MentionKind::Day {
            // “Lee on Monday said”, “Lee Monday said”.
            let joined = start > self.start && self.is(start - 1, PREPOSITION);
            return self.ending_at(start - usize::from(joined));
        }
        let found = self.outermost_phrase(self.skip_place_back(mention));
        let start = start_of(found);
        let alone = self.parsed.mentions[found].tokens.len() == 1;
        let determiner = alone && self.is(start, DETERMINER);
        if determiner && start > self.start && self.is(start - 1, PREPOSITION) {
            // “after some thought”: “some” is not a pronoun here.
            return self.main_subject_before(start - 1, depth);
        }
        // “the pilot who lost the boat has”: the object of the relative clause is no subject.
        let object = start > self.start
            && self.is(start - 1, ANY_VERB | VERBAL)
            && self.parsed.mention(start - 1).is_none();
        if object
            && self.parsed.tokens[verb].is_finite()
            && let Some(owner) = self.owner_of_relative(start)
        {
            return Some(owner);
        }
        Some(found)
    }

    /// The subject of a participle right after a mention: Lee in “Lee sent a note to the crew on Monday praising”, the
    /// clerk in “with the clerk of the port calling for”.
    fn actor_before_participle(&self, mention: usize, depth: usize) -> Option<usize> {
        let mut found = mention;
        for _ in 0..MAX_DISTANCE {
            let start = self.parsed.mentions[found].tokens.start;
            if start <= self.start {
                break;
            }
            let joined = self.is(start - 1, PREPOSITION);
            if joined && self.is(start - 1, WITH) {
                return Some(found);
            }
            let day = self.parsed.mentions[found].kind == MentionKind::Day;
            let end = start - usize::from(joined);
            let before = end.checked_sub(1).filter(|&b| b >= self.start && (joined || day));
            match before.and_then(|b| self.parsed.mention(b)) {
                Some(outer) => found = outer,
                None if day => return self.main_subject_before(end, depth),
                None => break,
            }
        }
        let start = self.parsed.mentions[found].tokens.start;
        // The object of a verb does not act (“Lee wrote to the crew praising”), nor does a document.
        let listener = start > self.start + 1
            && self.is(start - 1, PREPOSITION)
            && self.is(start - 2, ANY_VERB | VERBAL);
        if (listener || !self.can_act(found)) && self.has_verb(start) {
            return self.main_subject_before(start, depth);
        }
        Some(found)
    }

    /// True for a mention that can act: a name, a pronoun, people or a body, but not a document.
    pub(super) fn can_act(&self, mention: usize) -> bool {
        match self.parsed.mentions[mention].kind {
            MentionKind::Name => !self.parsed.mention_has(mention, DOCUMENT),
            MentionKind::Pronoun => true,
            _ => self.parsed.head_has(mention, ROLE | PEOPLE | ORGANISATION),
        }
    }

    /// The agent of a passive verb: the mention after “by”.
    fn passive_agent(&self, verb: usize) -> Option<usize> {
        let limit = self.end.min(verb + MAX_DISTANCE / 2);
        // Another verb or a quote in between has agents of its own: “was praised for the boat built by Lee”.
        let by = (verb + 1..limit)
            .take_while(|&i| {
                let other = self.is(i, PAST) && self.parsed.mention(i).is_none();
                !other && !self.parsed.tokens[i].is_quote()
            })
            .find(|&i| self.is(i, BY))?;
        self.parsed.mention_starting_at(by + 1).filter(|&m| self.parsed.can_speak(m))
    }

    /// The mention right after the verb: “said Lee”.
    pub(super) fn mention_after_verb(&self, verb: usize) -> Option<usize> {
        if self.is(verb, ING) {
            return None;
        }
        let mut i = verb + 1;
        while i < self.end && self.is(i, ADVERB) {
            i += 1;
        }
        let mention = (i < self.end).then(|| self.parsed.mention_starting_at(i)).flatten()?;
        // “told Lee” names the listener; “read one sign” does not.
        let listener =
            self.is(verb, LISTENER) && !self.parsed.mention_has(mention, DOCUMENT | NUMERAL);
        if !self.parsed.can_speak(mention) || listener {
            return None;
        }
        Some(self.named_beside(mention))
    }

    /// The name in apposition to an office, or else the mention itself: Ann Lee in “the group's head, Ann Lee,”.
    pub(super) fn named_beside(&self, mention: usize) -> usize {
        let found = &self.parsed.mentions[mention];
        if found.kind != MentionKind::NounPhrase || !self.parsed.head_has(mention, ROLE) {
            return mention;
        }
        let end = found.tokens.end;
        if end >= self.end || !self.is_punctuation(end, ',') {
            return mention;
        }
        match self.parsed.mention_starting_at(end + 1) {
            Some(next) if self.parsed.mentions[next].kind == MentionKind::Name => next,
            _ => mention,
        }
    }

    /// The outermost phrase that ends right before this token, with insertions skipped.
    pub(super) fn ending_at(&self, end: usize) -> Option<usize> {
        if end <= self.start {
            return None;
        }
        let before = end - 1;
        if self.is_punctuation(before, ',') {
            return self.subject_before_comma(before);
        }
        if self.is_punctuation(before, ')') {
            return self.opening_bracket(before).and_then(|open| self.ending_at(open));
        }
        let mention = self.parsed.mention(before)?;
        Some(self.outermost_phrase(mention))
    }

    /// From “Maine” back to “Leeds” in “Lee of Leeds, Maine says”; other mentions are returned unchanged.
    fn skip_place_back(&self, mention: usize) -> usize {
        let start = self.parsed.mentions[mention].tokens.start;
        if !self.parsed.head_has(mention, PLACE)
            || start < self.start + 4
            || !self.is_punctuation(start - 1, ',')
        {
            return mention;
        }
        self.parsed
            .mention(start - 2)
            .filter(|&town| {
                let at = self.parsed.mentions[town].tokens.start;
                at > self.start + 1
                    && self.is(at - 1, PREPOSITION)
                    && self.parsed.mention(at - 2).is_some()
            })
            .unwrap_or(mention)
    }

    /// From “the club in Leeds” back to “a spokesman for the club in Leeds”.
    fn outermost_phrase(&self, mention: usize) -> usize {
        let mut mention = mention;
        for _ in 0..MAX_DISTANCE {
            let start = self.parsed.mentions[mention].tokens.start;
            if start < self.start + 2 || !self.is(start - 1, PREPOSITION) {
                break;
            }
            match self.parsed.mention(start - 2) {
                Some(before) => mention = before,
                None => break,
            }
        }
        mention
    }

    /// The opening bracket that belongs to a closing one.
    fn opening_bracket(&self, close: usize) -> Option<usize> {
        let from = self.start.max(close.saturating_sub(MAX_DISTANCE));
        (from..close).rev().find(|&i| self.is_punctuation(i, '(') || self.is_punctuation(i, '['))
    }

    /// The subject before an insertion between dashes: “Lee — a coach — said”.
    fn before_dash(&self, dash: usize) -> Option<usize> {
        let from = self.start.max(dash.saturating_sub(MAX_DISTANCE));
        let other = (from..dash).rev().find(|&i| self.is_punctuation(i, '—'))?;
        self.ending_at(other)
    }
}

// Verbs and subjects of the sentence's clauses.

impl SubjectFinder<'_, '_> {
    /// The first mention of the sentence that could be its subject: not governed by a verb, preposition or
    /// conjunction, and not a possessor.
    pub(super) fn first_subject(&self) -> Option<usize> {
        let limit = self.end.min(self.start + MAX_DISTANCE);
        (self.start..limit).find_map(|i| {
            let mention = self.parsed.mention_starting_at(i)?;
            let governed =
                i > self.start && self.is(i - 1, PREPOSITION | SUBORDINATOR | ANY_VERB | VERBAL);
            (!governed
                && self.parsed.can_speak(mention)
                && !self.parsed.mentions[mention].is_possessor)
                .then_some(mention)
        })
    }

    /// True if a finite verb follows the mention, adverbs aside: it is the subject of a clause.
    pub(super) fn is_followed_by_verb(&self, mention: usize) -> bool {
        let mut i = self.parsed.mentions[mention].tokens.end;
        while i < self.end && self.is(i, ADVERB) {
            i += 1;
        }
        let token = &self.parsed.tokens[i.min(self.end - 1)];
        let past = token.is(VERBAL) && token.is(LOWER) && !token.is(ING);
        i < self.end && (token.is_finite() || past) && self.parsed.mention(i).is_none()
    }

    /// True if a finite verb follows the mention, adverbs and an insertion between commas aside.
    fn is_subject_of_clause(&self, mention: usize) -> bool {
        let end = self.parsed.mentions[mention].tokens.end;
        if end >= self.end || !self.is_punctuation(end, ',') {
            return self.is_followed_by_verb(mention);
        }
        let limit = self.end.min(end + MAX_DISTANCE / 2);
        let close = (end + 1..limit).find(|&i| self.is_punctuation(i, ','));
        close.is_some_and(|close| {
            let verb = (close + 1..limit).find(|&i| !self.is(i, ADVERB));
            verb.is_some_and(|i| self.is_verb(i))
        })
    }

    /// True if a finite verb comes before a token.
    pub(super) fn has_verb(&self, end: usize) -> bool {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        (from..end).any(|i| self.parsed.tokens[i].is_finite() && self.parsed.mention(i).is_none())
    }

    /// The subject of the last main verb before a token, which “and said”, “, saying” and “to say” share.
    pub(super) fn main_subject_before(&self, end: usize, depth: usize) -> Option<usize> {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        for i in (from..end).rev() {
            let token = &self.parsed.tokens[i];
            if token.is_word()
                && self.parsed.mention(i).is_none()
                && (token.is_finite() || self.is_unlisted_verb(i))
                && !self.in_relative(i)
            {
                return self.subject_of_within(i, depth).or_else(|| self.first_subject());
            }
        }
        self.first_subject()
    }

    /// The reporting verb before a token that a later one continues: “Lee said that the club …, and said”.
    pub(super) fn reporting_verb_before(&self, end: usize) -> Option<usize> {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        (from..end).rev().take_while(|&i| !self.parsed.tokens[i].is_quote()).find(|&i| {
            self.is(i, SAY)
                && self.is(i, FINITE)
                && self.parsed.mention(i).is_none()
                && !self.in_relative(i)
        })
    }

    /// The first reporting verb of the sentence, before a token.
    fn first_reporting_verb(&self, end: usize) -> Option<usize> {
        let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
        (from..end).find(|&i| {
            self.is(i, SAY)
                && self.is(i, FINITE)
                && self.parsed.mention(i).is_none()
                && !self.in_relative(i)
        })
    }

    /// True for a verb in no word list, right after somebody who can act: “the protesters marched”.
    pub(super) fn is_unlisted_verb(&self, i: usize) -> bool {
        let token = &self.parsed.tokens[i];
        token.is(VERBAL)
            && token.is(LOWER)
            && !token.is(ANY_VERB)
            && self.parsed.text.get(token.range()).is_some_and(|w| w.ends_with("ed"))
            && !(i + 1 < self.end && self.is(i + 1, BY))
            && i > self.start
            && self.parsed.mention(i - 1).is_some_and(|m| self.can_act(m))
    }

    /// True for the verb of a relative clause: “who went”, “that was”.
    pub(super) fn in_relative(&self, verb: usize) -> bool {
        verb > self.start && self.is(verb - 1, RELATIVE)
    }
}

// Insertions between a subject and its verb: ages, offices, relative clauses between commas.

impl SubjectFinder<'_, '_> {
    /// The subject before one or more insertions between commas: “Lee, 43, who left in May, said”. Goes back from comma
    /// to comma and takes the leftmost phrase that is neither a relative clause nor governed by a preposition; a part
    /// with a verb of its own ends the search.
    pub(super) fn subject_before_comma(&self, comma: usize) -> Option<usize> {
        let mut best: Option<usize> = None;
        let mut end = comma;
        // More insertions than this are a list.
        for _ in 0..8 {
            let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
            let mut start = end;
            while start > from
                && !self.is_punctuation(start - 1, ',')
                && !self.parsed.tokens[start - 1].is_quote()
            {
                start -= 1;
            }
            let mut first = start;
            // “in what Lee, a coach, called a wreck”
            if first + 1 < end && self.is(first, PREPOSITION) && self.is(first + 1, SUBORDINATOR) {
                first += 2;
            }
            while first < end
                && (self.is(first, CONJUNCTION | ADVERB | SUBORDINATOR) || self.is_day(first))
            {
                first += 1;
            }
            let at_comma = start > self.start && self.is_punctuation(start - 1, ',');
            // “That was how Lee” begins a sentence, not a relative clause.
            // “Lee, quoted by the Courier, said”: a participle with an agent is an insertion too.
            let relative = first < end
                && (self.is(first, RELATIVE) && first > self.start
                    || first + 1 < end
                        && (self.is(first, PREPOSITION) && self.is(first + 1, RELATIVE)
                            || self.is(first, PAST) && self.is(first + 1, BY)));
            let age = first < end && (first..end).all(|i| self.is(i, NUMBER));
            if !relative && !age {
                // A verb after “who” belongs to the relative clause, not to this one.
                let clause = (first + 1..end).find(|&i| self.is(i, RELATIVE)).unwrap_or(end);
                let verb = (first..clause).any(|i| self.is_verb(i));
                if verb {
                    return self.named_before_apposition(best, end);
                }
                match (first < end).then(|| self.parsed.mention_starting_at(first)).flatten() {
                    Some(mention) if self.parsed.can_speak(mention) => {
                        best = Some(self.better_mention(best, mention));
                    }
                    // “After the storm, a crew in Leeds, Maine, said”: an adverbial opens the sentence.
                    _ if best.is_some() && self.opens_sentence(start) => return best,
                    // “Lee, of Leeds, Maine, said”: the places belong to the insertion.
                    _ if first < end && self.is(first, PREPOSITION) => best = None,
                    _ if best.is_some() => return best,
                    _ => {}
                }
            }
            if !at_comma {
                break;
            }
            end = start - 1;
        }
        best
    }

    /// True for a word of a day or month that is a mention of its own.
    fn is_day(&self, i: usize) -> bool {
        let day = |m: usize| self.parsed.mentions[m].kind == MentionKind::Day;
        self.parsed.mention(i).is_some_and(day)
    }

    /// True if no mention but days comes before a token of the sentence.
    fn opens_sentence(&self, i: usize) -> bool {
        let from = self.start.max(i.saturating_sub(MAX_DISTANCE));
        from == self.start && (from..i).all(|k| self.parsed.mention(k).is_none() || self.is_day(k))
    }

    /// The name that ends at a comma before `best`, if that is only an apposition to it: “That was how Lee, the coach,
    /// said”.
    fn named_before_apposition(&self, best: Option<usize>, comma: usize) -> Option<usize> {
        let kind = |mention: usize| self.parsed.mentions[mention].kind;
        let before = self.ending_at(comma);
        match (best, before) {
            (Some(apposition), Some(name))
                if kind(apposition) == MentionKind::NounPhrase
                    && kind(name) == MentionKind::Name =>
            {
                Some(name)
            }
            _ => best.or(before),
        }
    }

    /// True for a verb with a subject of its own, not an infinitive such as “to draw”.
    fn is_verb(&self, i: usize) -> bool {
        // “to draw”, but not “to” before a finite verb.
        let infinitive = i > self.start && self.is(i - 1, TO) && !self.is(i, FINITE);
        self.parsed.tokens[i].is_finite() && self.parsed.mention(i).is_none() && !infinitive
    }

    /// Of two phrases in apposition the one to show: the earlier, unless that is a noun and the later names the person.
    fn better_mention(&self, later: Option<usize>, earlier: usize) -> usize {
        let sort = |m: usize| self.parsed.mentions[m].kind;
        match later {
            Some(later)
                if sort(later) == MentionKind::Name
                    && (self.looks_personal(later) || !self.parsed.head_has(later, PLACE))
                    && sort(earlier) == MentionKind::NounPhrase
                    && (self.looks_personal(later)
                        || self.parsed.head_has(earlier, ROLE | NUMERAL)) =>
            {
                later
            }
            _ => earlier,
        }
    }

    /// True for a name known to be a person's.
    fn looks_personal(&self, mention: usize) -> bool {
        self.parsed.entities.of_mention[mention]
            .is_some_and(|e| self.parsed.entities.list[e].is_person)
    }
}
