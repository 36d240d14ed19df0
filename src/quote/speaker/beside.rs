//! The rules that find a quote's speaker in the sentence that it stands in. Knows nothing of other sentences.

use std::ops::Range;

use super::super::lexicon::WordClass;
use super::super::mentions::MentionKind;
use super::super::model::Certainty;
use super::super::reading::{ParsedText, QuotePosition};
use super::subject::SubjectFinder;

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
