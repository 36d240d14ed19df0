//! The rules that find a quote's speaker in the sentence that it stands in. Knows nothing of other sentences.

use std::ops::Range;

use crate::quotes::lexicon::WordClass;
use crate::quotes::mentions::{MentionKind, ParsedText, QuotePosition};
use crate::quotes::model::Certainty;
use crate::quotes::subjects::SubjectFinder;
use crate::quotes::tokens::TokenKind;

/// Who said it, by which word and which rule.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) mention: usize,
    /// The token of the reporting word.
    pub(super) cue: Option<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    /// The mention that names the speaker, where that is known already.
    pub(super) name_mention: Option<usize>,
    /// Who says it with them, where that is known already.
    pub(super) co_speaker: Option<usize>,
}

/// From how many words on a quote is no mere term.
const MIN_STATEMENT_WORDS: usize = 7;

/// How many tokens to each side are looked at.
pub(super) const MAX_DISTANCE: usize = 80;

/// One sentence with a quote in it.
pub(super) struct SentenceRules<'r, 'a> {
    pub(super) reading: &'r ParsedText<'a>,
    pub(super) subjects: SubjectFinder<'r, 'a>,
    pub(super) sentence: Range<usize>,
}

/// The speaker by the words of the sentence around the quote.
pub(super) fn find_in_sentence(reading: &ParsedText<'_>, place: QuotePosition) -> Option<Finding> {
    let at = |token: usize| reading.sentences.partition_point(|s| s.tokens.end <= token);
    let tail_sentence = at(place.last_token);
    let side = |sentence: usize| {
        let tokens = reading.sentences[sentence].tokens.clone();
        SentenceRules {
            reading,
            subjects: SubjectFinder {
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
    let long = quoted.split_whitespace().take(MIN_STATEMENT_WORDS).count() == MIN_STATEMENT_WORDS;
    head.speaker_label(q)
        .or_else(|| head.source_right_before(q))
        .or_else(|| {
            head.cue_right_before(q).filter(|found| {
                head.is_right_after_cue(q) && head.is_plausible_speaker(found.mention)
            })
        })
        .or_else(|| tail.cue_right_after(place.last_token))
        .or_else(|| tail.cue_at_sentence_end(place.last_token))
        .or_else(|| tail.unlisted_verb_after(place.last_token))
        .or_else(|| head.cue_right_before(q))
        .or_else(|| tail.according_to(place.last_token))
        .or_else(|| head.subject_before(q).filter(|_| head.follows_colon(q)))
        .or_else(|| head.cue_before(q))
        .or_else(|| head.possessor(q))
        .or_else(|| tail.credit_after(place.last_token))
        .or_else(|| head.subject_before(q))
        .or_else(|| tail.cue_after(place.last_token).filter(|_| long))
}

impl SentenceRules<'_, '_> {
    pub(super) fn is(&self, i: usize, class: WordClass) -> bool {
        self.reading.tokens[i].is(class)
    }

    pub(super) fn is_punctuation(&self, i: usize, c: char) -> bool {
        self.reading.tokens[i].is_punctuation(c)
    }

    /// Lee had an answer: “…”
    fn follows_colon(&self, q: usize) -> bool {
        q > self.sentence.start && self.is_punctuation(q - 1, ':')
    }

    /// A verb that brings speech, not part of a noun's phrase.
    pub(super) fn is_cue(&self, i: usize) -> bool {
        self.is(i, WordClass::CUE)
            && self.reading.mention(i).is_none()
            && !self.is_bare_base_form(i)
    }

    /// A bare form that nothing makes a verb: “for public use”, not “to use”, “they use”, “voters use”.
    fn is_bare_base_form(&self, i: usize) -> bool {
        if self.is(i, WordClass::FINITE | WordClass::PAST | WordClass::ING) {
            return false;
        }
        let Some(before) = i.checked_sub(1).filter(|&b| b >= self.sentence.start) else {
            return false;
        };
        let company = WordClass::TO
            | WordClass::AUXILIARY
            | WordClass::PRONOUN
            | WordClass::PEOPLE
            | WordClass::ADVERB
            | WordClass::RELATIVE
            | WordClass::CONJUNCTION;
        !self.is(before, company)
            && !self.reading.tokens[before].is_punctuation(',')
            && !self.is_plural_mention(before)
    }

    /// True where the word ends a phrase in the plural.
    fn is_plural_mention(&self, i: usize) -> bool {
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
            name_mention: None,
            co_speaker: None,
        })
    }

    /// True for who can be thought to speak: a name, a pronoun, a noun for people, bodies or documents.
    pub(super) fn is_plausible_speaker(&self, mention: usize) -> bool {
        match self.reading.mentions[mention].kind {
            MentionKind::Name => true,
            MentionKind::Pronoun => !self.reading.mention_has(mention, WordClass::I),
            MentionKind::Nominal => self.reading.mention_has(mention, WordClass::SPEAKING),
            MentionKind::Day => false,
        }
    }

    /// LEE: “…” at the head of the sentence.
    fn speaker_label(&self, q: usize) -> Option<Finding> {
        let start = self.sentence.start;
        let mention = self.reading.mention_starting_at(start)?;
        let end = self.reading.mentions[mention].tokens.end;
        let shouted = self
            .reading
            .text_of(&self.reading.mentions[mention].tokens)
            .chars()
            .all(|c| !c.is_lowercase());
        // LEE: “…”; but NOTE: the play “…” is none.
        let colon = end < q
            && self.is_punctuation(end, ':')
            && (end + 1 == q || !shouted && self.has_no_cue_between(end + 1, q));
        // Review: ‘The Tide’ names a work.
        let name = self.reading.mentions[mention].kind == MentionKind::Name
            && !self.reading.head_has(mention, WordClass::DOCUMENT);
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
    pub(super) fn has_no_cue_between(&self, from: usize, to: usize) -> bool {
        to - from < MAX_DISTANCE
            && !(from..to).any(|i| self.is_cue(i) && self.is(i, WordClass::FINITE))
    }

    /// According to Lee, “…”.
    fn according_to(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        let to = self.sentence.end.min(q + MAX_DISTANCE).saturating_sub(2);
        (from..to.max(from)).find_map(|i| {
            let according = self.is(i, WordClass::ACCORDING) && self.is(i + 1, WordClass::TO);
            if !according && !self.in_words_of(i) {
                return None;
            }
            let mention = self.reading.mention_starting_at(i + 2)?;
            let mention = self.subjects.named_beside(mention);
            if i < q && self.has_nearer_cue(i, q) {
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
    fn source_right_before(&self, q: usize) -> Option<Finding> {
        let end = q.checked_sub(1).filter(|&i| i > self.sentence.start)?;
        let end = if self.is_punctuation(end, ',') || self.is_punctuation(end, ':') {
            end
        } else {
            q
        };
        let mention = self.reading.mention(end - 1)?;
        let start = self.reading.mentions[mention].tokens.start;
        if start < self.sentence.start + 2 || end > q {
            return None;
        }
        if self.is(start - 2, WordClass::ACCORDING) && self.is(start - 1, WordClass::TO) {
            return self.finding(
                mention,
                Some(start - 2),
                Certainty::Sure,
                "“according to” or “in the words of” names the source",
            );
        }
        let owner = mention.checked_sub(1).filter(|&owner| {
            let found = &self.reading.mentions[owner];
            found.is_possessor && found.tokens.start >= start
        })?;
        let words = self.reading.text_of(&(end - 1..end)) == "words";
        let within = self.is(start - 1, WordClass::PREPOSITION);
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
        self.is(i, WordClass::CUE_NOUN)
            && self.is(i + 1, WordClass::JOINER)
            && self.reading.text_of(&(i..i + 1)) == "words"
    }

    fn has_nearer_cue(&self, from: usize, q: usize) -> bool {
        (from + 2..q).any(|i| self.is_cue(i) && self.is(i, WordClass::FINITE))
    }
}

// The rules for a source that stands before the quote: Lee said, “…”.

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

// The rules for a source that stands after the quote: “…,” said Lee.

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
