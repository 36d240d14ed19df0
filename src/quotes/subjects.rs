//! Finds the subject of a verb: across titles, appositions, brackets, relative clauses and inverted order. Knows nothing of quotes.

use crate::quotes::lexicon::WordClass;
use crate::quotes::mentions::{MentionKind, ParsedText};
use crate::quotes::tokens::TokenKind;

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

// Looks through a sentence for the verbs and phrases of its clauses. Knows no quotes.

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

// Steps back over what stands between a subject and its verb: ages, offices, relative clauses between commas.

impl SubjectFinder<'_, '_> {
    /// The subject before one or more insertions between commas: “Lee, 43, who left in May, said”.
    pub(super) fn subject_before_comma(&self, comma: usize) -> Option<usize> {
        let mut best: Option<usize> = None;
        let mut end = comma;
        for _ in 0..8 {
            let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
            let mut start = end;
            while start > from
                && !self.is_punctuation(start - 1, ',')
                && !self.reading.tokens[start - 1].is_quote()
            {
                start -= 1;
            }
            let mut first = start;
            while first < end
                && self.is(
                    first,
                    WordClass::CONJUNCTION | WordClass::ADVERB | WordClass::SUBORDINATOR,
                )
            {
                first += 1;
            }
            let at_comma = start > self.start && self.is_punctuation(start - 1, ',');
            let relative = first < end
                && (self.is(first, WordClass::RELATIVE)
                    || self.is(first, WordClass::PREPOSITION)
                        && first + 1 < end
                        && self.is(first + 1, WordClass::RELATIVE));
            if !relative {
                // What stands after “who” is no verb of this clause.
                let clause = (first..end)
                    .find(|&i| self.is(i, WordClass::RELATIVE))
                    .unwrap_or(end);
                let verb = (first..clause).any(|i| self.is_verb(i));
                if verb {
                    return best.or_else(|| self.ending_at(end));
                }
                match (first < end)
                    .then(|| self.reading.mention_starting_at(first))
                    .flatten()
                {
                    Some(mention) if self.reading.can_speak(mention) => {
                        best = Some(self.better_mention(best, mention));
                    }
                    // “Lee, of Leeds, Maine, said”: the places belong to the insertion.
                    _ if first < end && self.is(first, WordClass::PREPOSITION) => best = None,
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

    /// A verb with a subject of its own: not “to draw”.
    fn is_verb(&self, i: usize) -> bool {
        let infinitive =
            i > self.start && self.is(i - 1, WordClass::TO) && !self.is(i, WordClass::FINITE);
        self.reading.tokens[i].is_finite() && self.reading.mention(i).is_none() && !infinitive
    }

    /// Of two phrases beside each other the one that names: the earlier, unless only the later is a name.
    fn better_mention(&self, later: Option<usize>, earlier: usize) -> usize {
        let sort = |m: usize| self.reading.mentions[m].kind;
        match later {
            Some(later)
                if sort(later) == MentionKind::Name
                    && !self.reading.head_has(later, WordClass::PLACE)
                    && sort(earlier) == MentionKind::Nominal
                    && (self.looks_personal(later)
                        || self.reading.mention_has(earlier, WordClass::ROLE)) =>
            {
                later
            }
            _ => earlier,
        }
    }

    fn looks_personal(&self, mention: usize) -> bool {
        self.reading.entities.of_mention[mention]
            .is_some_and(|e| self.reading.entities.list[e].is_person)
    }
}
