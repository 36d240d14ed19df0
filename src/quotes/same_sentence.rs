//! Rules that find a quote's speaker in the quote's own sentence. Knows nothing of other sentences.

use std::ops::Range;

use crate::quotes::lexicon::{
    ACCORDING, ADVERB, ANY_VERB, AS, AUXILIARY, BASE, BE, BOTH, BY, CONJUNCTION, CUE, CUE_NOUN,
    DAY, DETERMINER, DOCUMENT, FINITE, FIRST_PERSON, FUNCTION, HE, ING, IT, JOINER, LOWER, NAMING,
    NUMBER, PAST, PEOPLE, PREPOSITION, PRONOUN, RELATIVE, SAY, SHE, SPEAKING, SUBORDINATOR, TALK,
    THEY, TO, VERBAL, WEAK, WordClass,
};
use crate::quotes::mentions::{MentionKind, ParsedText, QuotePosition};
use crate::quotes::model::Certainty;
use crate::quotes::subjects::SubjectFinder;
use crate::quotes::tokens::TokenKind;
use crate::quotes::votes::{Rule, Votes};

/// A speaker found by a rule. Mentions are indexes into `ParsedText::mentions`.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) mention: usize,
    /// The token of the reporting word.
    pub(super) cue: Option<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    /// The mention that names the speaker, if already resolved.
    pub(super) name_mention: Option<usize>,
    /// The second speaker, if already resolved.
    pub(super) co_speaker: Option<usize>,
}

/// A quote of this many words is a statement rather than a term, so that even the weakest rule applies to it.
const MIN_STATEMENT_WORDS: usize = 7;

impl Finding {
    /// A finding whose speaker is not resolved yet.
    pub(super) fn new(
        mention: usize,
        cue: Option<usize>,
        certainty: Certainty,
        why: &'static str,
    ) -> Self {
        Self { mention, cue, certainty, why, name_mention: None, co_speaker: None }
    }
}

/// The reason for a source named explicitly.
const NAMES_SOURCE: &str = "“according to” or “in the words of” names the source";

/// How many tokens on each side of a quote are searched: keeps the work linear in sentences of any length.
pub(super) const MAX_DISTANCE: usize = 80;

/// The longest office or paper between a name and the colon of its quote, in tokens.
const MAX_OFFICE_TOKENS: usize = 16;

/// The rules for one sentence with a quote in it. In all of them, `q` is the token of the quote.
pub(super) struct SentenceRules<'r, 'a> {
    pub(super) parsed: &'r ParsedText<'a>,
    pub(super) subjects: SubjectFinder<'r, 'a>,
    pub(super) sentence: Range<usize>,
}

/// Adds the votes of the rules about the quote's own sentence.
///
/// A quote over several sentences has a head, the sentence in which it opens, and a tail, the one in which it closes.
pub(super) fn vote_in_sentence(
    parsed: &ParsedText<'_>,
    position: QuotePosition,
    votes: &mut Votes,
) {
    let at = |token: usize| parsed.sentences.partition_point(|s| s.tokens.end <= token);
    let tail_sentence = at(position.last_token);
    let side = |sentence: usize| {
        let tokens = parsed.sentences[sentence].tokens.clone();
        SentenceRules { parsed, subjects: SubjectFinder::new(parsed, &tokens), sentence: tokens }
    };
    let head = side(position.sentence);
    let tail = side(tail_sentence);
    let (q, last) = (position.token, position.last_token);
    // Decides about the last rule only.
    let quoted = parsed.text.get(parsed.tokens[q].range()).unwrap_or("");
    let long = quoted.split_whitespace().take(MIN_STATEMENT_WORDS).count() == MIN_STATEMENT_WORDS;
    let leads_in = head.cue_right_before(q);
    let plain = |found: &Finding| {
        head.is_right_after_cue(q)
            && head.is_plausible_speaker(found.mention)
            && !(head.is_example(found) && tail.is_reported(last))
    };
    // A source named explicitly comes first, then a report right beside the quote, then looser patterns, and last the
    // mere subject of the sentence.
    votes.add(Rule::Label, head.speaker_label(q));
    votes.add(Rule::SourceRightBefore, head.source_right_before(q));
    votes.add(Rule::CueRightBefore, leads_in.clone().filter(plain));
    votes.add(Rule::CueRightAfter, tail.cue_right_after(last));
    votes.add(Rule::CueAtSentenceEnd, tail.cue_at_sentence_end(last));
    votes.add(Rule::UnlistedVerbAfter, tail.unlisted_verb_after(last));
    let according = tail.according_to(last);
    let (first, later) =
        if tail.is_according_to_right_after(last) { (according, None) } else { (None, according) };
    votes.add(Rule::AccordingTo, first);
    votes.add(Rule::CueLeadsIn, leads_in);
    votes.add(Rule::AccordingTo, later);
    let subject = head.subject_before(q);
    votes.add(Rule::SubjectBeforeColon, subject.clone().filter(|_| head.follows_colon(q)));
    votes.add(Rule::CueBefore, head.cue_before(q));
    votes.add(Rule::Possessor, head.possessor(q));
    votes.add(Rule::CreditAfter, tail.credit_after(last));
    votes.add(Rule::SubjectBefore, subject);
    votes.add(Rule::CueAfter, tail.cue_after(last).filter(|_| long));
}

impl SentenceRules<'_, '_> {
    /// True if token `i` has the class.
    pub(super) fn is(&self, i: usize, class: WordClass) -> bool {
        self.parsed.tokens[i].is(class)
    }

    /// True if token `i` is this punctuation.
    pub(super) fn is_punctuation(&self, i: usize, c: char) -> bool {
        self.parsed.tokens[i].is_punctuation(c)
    }

    /// True after a colon: Lee had an answer: “…”
    fn follows_colon(&self, q: usize) -> bool {
        q > self.sentence.start && self.is_punctuation(q - 1, ':')
    }

    /// True for a reporting verb that is not part of a noun phrase.
    pub(super) fn is_cue(&self, i: usize) -> bool {
        let reports = self.is(i, CUE) || self.is(i, TALK) && self.has_topic(i);
        reports
            && self.parsed.mention(i).is_none()
            && !self.is_bare_base_form(i)
            && !self.is_noun_here(i)
    }

    /// True for a word that is a verb or a noun (terms, reports) where it is a noun: after a preposition, or before “of”.
    fn is_noun_here(&self, i: usize) -> bool {
        let after_preposition = i > self.sentence.start
            && self.is(i - 1, PREPOSITION)
            && !self.is(i - 1, TO)
            && self.parsed.mention(i - 1).is_none();
        let before_of = i + 1 < self.sentence.end && self.parsed.text_of(&(i + 1..i + 2)) == "of";
        self.is(i, BOTH) && !self.is(i, PAST | ING) && (after_preposition || before_of)
    }

    /// True before “of” or “about”: “talks of strangers”.
    fn has_topic(&self, i: usize) -> bool {
        i + 1 < self.sentence.end && matches!(self.parsed.text_of(&(i + 1..i + 2)), "of" | "about")
    }

    /// True for a base form that is a noun by its context: “for public use”, not “to use”, “they use” or “voters use”.
    fn is_bare_base_form(&self, i: usize) -> bool {
        if self.is(i, FINITE | PAST | ING) {
            return false;
        }
        let Some(before) = i.checked_sub(1).filter(|&b| b >= self.sentence.start) else {
            return false;
        };
        // Words before which a base form is a verb.
        let company = TO | AUXILIARY | PRONOUN | PEOPLE | ADVERB | RELATIVE | CONJUNCTION;
        !self.is(before, company)
            && !self.parsed.tokens[before].is_punctuation(',')
            && !self.is_plural_mention(before)
    }

    /// True if the word is part of a phrase and ends in a plural s.
    fn is_plural_mention(&self, i: usize) -> bool {
        let range = self.parsed.tokens[i].range();
        self.parsed.mention(i).is_some()
            && self.parsed.text.get(range).is_some_and(|word| word.ends_with('s'))
    }

    /// A sure finding, see [`Self::finding`].
    fn sure(
        &self,
        mention: usize,
        cue: impl Into<Option<usize>>,
        why: &'static str,
    ) -> Option<Finding> {
        self.finding(mention, cue.into(), Certainty::Sure, why)
    }

    /// A likely finding, see [`Self::finding`].
    fn likely(
        &self,
        mention: usize,
        cue: impl Into<Option<usize>>,
        why: &'static str,
    ) -> Option<Finding> {
        self.finding(mention, cue.into(), Certainty::Likely, why)
    }

    /// A finding, unless its mention cannot be a speaker.
    fn finding(
        &self,
        mention: usize,
        cue: Option<usize>,
        certainty: Certainty,
        why: &'static str,
    ) -> Option<Finding> {
        let found = Finding::new(mention, cue, certainty, why);
        self.parsed.can_speak(mention).then_some(found)
    }

    /// True for a likely speaker: a name, a pronoun but “I”, or a noun for people, organisations or documents.
    pub(super) fn is_plausible_speaker(&self, mention: usize) -> bool {
        match self.parsed.mentions[mention].kind {
            MentionKind::Name => true,
            MentionKind::Pronoun => !self.parsed.mention_has(mention, FIRST_PERSON),
            MentionKind::NounPhrase => self.parsed.mention_has(mention, SPEAKING),
            MentionKind::Day => false,
        }
    }

    /// A label at the head of the sentence: LEE: “…”; Ann Lee, The Harbour Post: “…”
    fn speaker_label(&self, q: usize) -> Option<Finding> {
        let start = self.sentence.start;
        let mention = self.parsed.mention_starting_at(start)?;
        // In “Review: ‘The Tide’”, the quote is the name of a work.
        if self.parsed.mentions[mention].kind != MentionKind::Name
            || self.parsed.head_has(mention, DOCUMENT)
        {
            return None;
        }
        let end = self.parsed.mentions[mention].tokens.end;
        let shouted = self
            .parsed
            .text_of(&self.parsed.mentions[mention].tokens)
            .chars()
            .all(|c| !c.is_lowercase());
        // In “NOTE: the play “…””, the word in capitals is not a speaker.
        let colon = end < q
            && self.is_punctuation(end, ':')
            && (end + 1 == q || !shouted && self.has_no_cue_between(end + 1, q));
        if colon || self.is_name_with_office(mention, q) || self.is_name_on_topic(mention, q) {
            return self.sure(mention, None, "the name comes before a colon");
        }
        None
    }

    /// True for a name and a topic up to the colon before the quote, or before several, as in a headline: “Ann Lee on the
    /// tolls: ‘…,’ ‘…’”.
    fn is_name_on_topic(&self, mention: usize, q: usize) -> bool {
        let end = self.parsed.mentions[mention].tokens.end;
        // Back over the quotes before this one to the colon.
        let colon = (end..q).rev().find(|&i| {
            !self.parsed.tokens[i].is_quote()
                && !self.is_punctuation(i, ',')
                && !self.is(i, CONJUNCTION)
        });
        let Some(colon) = colon.filter(|&i| i > end && self.is_punctuation(i, ':')) else {
            return false;
        };
        colon - end < MAX_OFFICE_TOKENS
            && matches!(self.parsed.text_of(&(end..end + 1)), "on" | "about" | "to" | "after")
            && self.has_no_finite_verb(end, colon)
            && (end..colon)
                .all(|i| !self.is(i, ING | RELATIVE) && !self.parsed.tokens[i].is_quote())
    }

    /// True for a name, a comma and an office or a paper, without any verb, up to the colon before the quote.
    fn is_name_with_office(&self, mention: usize, q: usize) -> bool {
        let end = self.parsed.mentions[mention].tokens.end;
        end + 2 < q
            && q - end < MAX_OFFICE_TOKENS
            && (self.is_punctuation(end, ',') || self.is_punctuation(end, '('))
            && self.is_punctuation(q - 1, ':')
            && self.parsed.mentions[mention].name.len() >= 2
            && self.has_no_finite_verb(end, q)
            && (end..q).all(|i| !self.is(i, ING | RELATIVE) && !self.parsed.tokens[i].is_quote())
    }

    /// True if there is no finite reporting verb between two tokens.
    pub(super) fn has_no_cue_between(&self, from: usize, to: usize) -> bool {
        to - from < MAX_DISTANCE && !(from..to).any(|i| self.is_cue(i) && self.is(i, FINITE))
    }

    /// “…”, according to Lee; in the words of Lee, “…”: anywhere in the sentence, unless a reporting verb is nearer.
    fn according_to(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        // The rule looks two tokens ahead.
        let to = self.sentence.end.min(q + MAX_DISTANCE).saturating_sub(2);
        (from..to.max(from)).find_map(|i| {
            let according = self.is(i, ACCORDING) && self.is(i + 1, TO);
            if !according && !self.in_words_of(i) {
                return None;
            }
            let mention = self.parsed.mention_starting_at(i + 2)?;
            let mention = self.subjects.named_beside(mention);
            if i < q && self.has_nearer_cue(i, q) {
                return None;
            }
            self.sure(mention, i, NAMES_SOURCE)
        })
    }

    /// True for “…”, according to Lee: right after the quote, with nobody's report before it.
    fn is_according_to_right_after(&self, q: usize) -> bool {
        let at = q + 1 + usize::from(q + 1 < self.sentence.end && self.is_punctuation(q + 1, ','));
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        at + 2 < self.sentence.end
            && self.is(at, ACCORDING)
            && self.is(at + 1, TO)
            && !(from..q).any(|i| self.is_cue(i) && self.is(i, SAY) && self.is(i, FINITE))
    }

    /// According to Lee, “…”; in Lee's words, “…”: right before the quote, whatever else is in the sentence.
    fn source_right_before(&self, q: usize) -> Option<Finding> {
        let end = q.checked_sub(1).filter(|&i| i > self.sentence.start)?;
        // Skip a comma or colon before the quote.
        let end =
            if self.is_punctuation(end, ',') || self.is_punctuation(end, ':') { end } else { q };
        let mention = self.parsed.mention(end - 1)?;
        let start = self.parsed.mentions[mention].tokens.start;
        if start < self.sentence.start + 2 || end > q {
            return None;
        }
        if self.is(start - 2, ACCORDING) && self.is(start - 1, TO) {
            return self.sure(mention, start - 2, NAMES_SOURCE);
        }
        let owner = self.parsed.owner_of(mention)?;
        let words = self.parsed.text_of(&(end - 1..end)) == "words";
        let within = self.is(start - 1, PREPOSITION);
        (words && within).then(|| self.sure(owner, end - 1, NAMES_SOURCE)).flatten()
    }

    /// True at “words” in “in the words of Lee”.
    fn in_words_of(&self, i: usize) -> bool {
        self.is(i, CUE_NOUN)
            && self.is(i + 1, JOINER)
            && self.parsed.text_of(&(i..i + 1)) == "words"
    }

    /// True if a finite reporting verb comes between the source and the quote.
    fn has_nearer_cue(&self, from: usize, q: usize) -> bool {
        (from + 2..q).any(|i| self.is_cue(i) && self.is(i, FINITE))
    }
}

// Rules for a source before the quote: Lee said, “…”.

impl SentenceRules<'_, '_> {
    /// A cue right before the quote: Lee said, “…”; Lee told reporters that “…”.
    pub(super) fn cue_right_before(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        let mut i = q;
        let mut listener = 0;
        while i > from {
            let b = i - 1;
            let token = &self.parsed.tokens[b];
            if self.is_cue(b) {
                break;
            }
            if token.is_punctuation(',')
                || token.is_punctuation(':')
                || token.is(RELATIVE | DETERMINER | ADVERB)
            {
                i = b;
                continue;
            }
            // Skip the listener and the occasion: “told reporters in Leeds on Monday”.
            if let Some(mention) = self.parsed.mention(b)
                && listener < 4
            {
                i = self.parsed.mentions[mention].tokens.start.max(from);
                listener += 1;
                continue;
            }
            if token.is(PREPOSITION) {
                i = b;
                continue;
            }
            return None;
        }
        let cue = i.checked_sub(1).filter(|&c| c >= from && self.is_cue(c))?;
        // A verb that does not report speech must be within three words: after more, its object is something else.
        let plain = self.is(cue, SAY) || i + 3 >= q;
        if !plain {
            return None;
        }
        let mention = self.subjects.subject_of(cue)?;
        if (!self.is(cue, SAY)
            || self.is(cue, WEAK)
            || self.is_pronoun(mention) && !self.is_right_after_cue(q))
            && let Some(outer) = self.outer_report(cue, mention)
        {
            return Some(outer);
        }
        // The subject cannot speak: try an earlier cue.
        if !self.is_plausible_speaker(mention)
            && let Some(other) = self.cue_before(q).filter(|f| self.is_plausible_speaker(f.mention))
        {
            return Some(other);
        }
        // Sure if a finite reporting verb is right beside the quote and its subject can speak.
        let sure = self.is(cue, SAY)
            && self.is(cue, FINITE)
            && self.is_right_after_cue(q)
            && self.is_plausible_speaker(mention)
            || self.is_plain(cue, mention, q)
            || self.is_fronted(cue, mention, q);
        self.finding(
            mention,
            Some(cue),
            Certainty::of(sure),
            "the reporting word leads into the quote",
        )
    }

    /// The outer of two reports: Lee in “Lee said that Holm called it a “mess””.
    pub(super) fn outer_report(&self, cue: usize, inner: usize) -> Option<Finding> {
        let from = self.sentence.start.max(cue.saturating_sub(MAX_DISTANCE / 2));
        let say = (from..cue).rev().find(|&i| {
            self.is_cue(i) && self.is(i, SAY) && self.is(i, FINITE | ING) && !self.is(i, WEAK)
        })?;
        let start = self.parsed.mentions[inner].tokens.start;
        if say >= start
            || self.is_adverbial(say, start)
            || !(self.is_open_to(say, cue, start)
                || self.has_no_finite_verb(say + 1, start)
                || self.refers_to_reporter(say, inner))
        {
            return None;
        }
        let mention = self.subjects.subject_of(say).filter(|&m| self.is_plausible_speaker(m))?;
        // “a film in which Holm boasted of it”: the report of a relative clause ends with it.
        let subject = self.parsed.mentions[mention].tokens.start;
        let relative =
            subject > self.sentence.start && subject < say && self.is(subject - 1, RELATIVE);
        if relative && (say..cue).any(|i| self.is_punctuation(i, ',')) {
            return None;
        }
        self.likely(mention, say, "they report the quote")
    }

    /// True if the verb `cue`, which need not report speech (called, believes), belongs to the report before it. `start`:
    /// the first token of its subject.
    fn is_open_to(&self, say: usize, cue: usize, start: usize) -> bool {
        let speaks = self.is(cue, SAY) && !self.is(cue, WEAK);
        let separated =
            (say + 1..cue).any(|i| self.parsed.tokens[i].is_quote() || self.is_punctuation(i, ';'));
        // “Lee said …, and the club believes”: another main clause.
        let coordinated = self.is(start - 1, CONJUNCTION) && self.is_punctuation(start - 2, ',');
        !speaks && !separated && !coordinated
    }

    /// True if the clause at `start` says when or why somebody reports, with no clause reported before it: “The club
    /// protested the use of maps by Lee when he called them a “mess””.
    fn is_adverbial(&self, say: usize, start: usize) -> bool {
        self.is(start - 1, SUBORDINATOR)
            && say + 1 < start - 1
            && !(say + 1..start).any(|i| self.is(i, RELATIVE))
            && self.has_no_finite_verb(say + 1, start)
    }

    /// True for a pronoun that may refer to the reporter: “Lee said at noon that the club will pay and that she …”.
    fn refers_to_reporter(&self, say: usize, inner: usize) -> bool {
        let start = self.parsed.mentions[inner].tokens.start;
        let opened = SUBORDINATOR | PREPOSITION;
        self.is_pronoun(inner)
            && self.parsed.mention_has(inner, HE | SHE | IT | THEY)
            && !self.is(start - 1, opened)
            && (say + 1..start)
                .all(|i| !self.parsed.tokens[i].is_quote() && !self.is_punctuation(i, ';'))
    }

    /// True for a pronoun, which may refer to the speaker of an outer report.
    fn is_pronoun(&self, mention: usize) -> bool {
        self.parsed.mentions[mention].kind == MentionKind::Pronoun
    }

    /// True if a reporting word, a comma, a colon or “that” comes right before the quote.
    pub(super) fn is_right_after_cue(&self, q: usize) -> bool {
        q > self.sentence.start
            && (self.is_punctuation(q - 1, ',')
                || self.is_punctuation(q - 1, ':')
                || self.is(q - 1, RELATIVE)
                || self.is_cue(q - 1) && self.is(q - 1, SAY))
    }

    /// The nearest cue before the quote, at a distance: Lee called the plan a “mess”. Of the last few cues, the first
    /// with a plausible speaker wins.
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
        if (!self.is(cue, SAY)
            || self.is(cue, WEAK)
            || self.is_pronoun(mention) && !self.is_right_after_cue(q))
            && let Some(outer) = self.outer_report(cue, mention)
        {
            return Some(outer);
        }
        self.finding(
            mention,
            Some(cue),
            Certainty::of(self.is_plain(cue, mention, q) || self.is_fronted(cue, mention, q)),
            "the reporting word comes before the quote",
        )
    }

    /// True for a participle at the head of the sentence, whose subject follows the quote: “Calling it “a mess,” Lee left”.
    fn is_fronted(&self, cue: usize, mention: usize, q: usize) -> bool {
        cue == self.sentence.start
            && self.is(cue, ING)
            && self.parsed.mentions[mention].tokens.start > q
    }

    /// True for the plainest form: a name, its verb right after it, and nobody else named before the quote, as in “Lee
    /// said the plan was a “mess””.
    fn is_plain(&self, cue: usize, mention: usize, q: usize) -> bool {
        let found = &self.parsed.mentions[mention];
        // Anybody or any clause after the verb may be the real source.
        let others = (cue + 1..q).any(|i| {
            let other = self.parsed.mention(i).is_some_and(|m| self.is_somebody(m));
            other || self.is(i, RELATIVE) || self.is_cue(i) && self.is(i, FINITE)
        });
        matches!(found.kind, MentionKind::Name | MentionKind::Pronoun)
            && found.tokens.end == cue
            && self.is(cue, FINITE)
            && !others
    }

    /// True for a person's name, or a pronoun that may refer to a person.
    fn is_somebody(&self, mention: usize) -> bool {
        match self.parsed.mentions[mention].kind {
            MentionKind::Name => self.parsed.entities.of_mention[mention]
                .is_some_and(|entity| self.parsed.entities.list[entity].is_person),
            MentionKind::Pronoun => !self.parsed.mention_has(mention, IT | FIRST_PERSON),
            _ => false,
        }
    }

    /// The owner of the words by a possessive: Lee's claim that “…”, her “…” plan.
    pub(super) fn possessor(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE / 4));
        for i in (from..q).rev() {
            let Some(m) = self.parsed.mention(i) else {
                continue;
            };
            // The possessive is right before the quote: Lee's “plan”.
            if self.parsed.mentions[m].is_possessor && i + 1 >= q.saturating_sub(1) {
                return self.likely(m, None, "the words are said to be theirs");
            }
            if !self.is(i, CUE_NOUN) {
                continue;
            }
            if let Some(owner) = self.parsed.owner_of(m) {
                return self.likely(owner, i, "the noun before it says whose words these are");
            }
        }
        None
    }

    /// The subject of the last verb before the quote, which need not be a reporting verb: Lee panned the “mess”.
    pub(super) fn subject_before(&self, q: usize) -> Option<Finding> {
        let from = self.sentence.start.max(q.saturating_sub(MAX_DISTANCE));
        // The last word that could be a verb, known or not.
        let verb = (from..q).rev().find(|&i| {
            let token = &self.parsed.tokens[i];
            token.is_word()
                && self.parsed.mention(i).is_none()
                && !token.is(BE | DETERMINER | NUMBER)
                && (token.is(ANY_VERB | AUXILIARY) || !token.is(FUNCTION))
        })?;
        let mention = self.subjects.subject_of(verb)?;
        // “It” mostly refers to a thing, unless a colon announces speech.
        if !self.is_plausible_speaker(mention)
            || self.is_pronoun(mention)
                && self.parsed.mention_has(mention, IT)
                && !self.is_punctuation(q - 1, ':')
            || self.parsed.head_has(mention, DETERMINER)
        {
            return None;
        }
        self.likely(mention, verb, "the sentence is about what they did")
    }
}

// Rules for a source after the quote: “…,” said Lee.

impl SentenceRules<'_, '_> {
    /// True for words that are only an example of what is said: “they could say “…””, “it is like saying “…””.
    fn is_example(&self, found: &Finding) -> bool {
        found.cue.is_some_and(|cue| {
            !self.is(cue, FINITE) && self.parsed.mention_has(found.mention, IT | THEY)
        })
    }

    /// True if a report follows the quote or ends its sentence.
    fn is_reported(&self, q: usize) -> bool {
        self.cue_right_after(q).or_else(|| self.cue_at_sentence_end(q)).is_some()
    }

    /// A cue right after the quote: “…,” Lee said; “…,” said Lee.
    pub(super) fn cue_right_after(&self, q: usize) -> Option<Finding> {
        let limit = self.sentence.end.min(q + MAX_DISTANCE);
        let mut i = q + 1;
        while i < limit
            && (self.is_punctuation(i, ',') || self.is_punctuation(i, '—') || self.is(i, ADVERB))
        {
            i += 1;
        }
        if i >= limit {
            return None;
        }
        // Up to the next quote, which may have a report of its own.
        let cue = (i..limit).take_while(|&j| !self.parsed.tokens[j].is_quote()).find(|&j| {
            self.is_cue(j)
                && (self.is(j, SAY) || self.is(j, NAMING) && self.follows_document(j))
                && self.is(j, FINITE | BASE)
                && !self.is_agent_participle(j)
        })?;
        // Either “said Lee”, or a subject that begins right after the quote, or later with no verb before it.
        let mention = if cue == i {
            self.subjects.mention_after_verb(cue)?
        } else {
            let begins = self.parsed.mention_starting_at(i);
            let direct = begins.is_some_and(|m| self.parsed.can_speak(m));
            if !direct {
                return None;
            }
            let found = self.subjects.subject_of(cue)?;
            let start = self.parsed.mentions[found].tokens.start;
            let first = begins.filter(|&m| self.parsed.mentions[m].kind != MentionKind::Day)?;
            if start != i && !(start > i && self.has_no_finite_verb(i, start)) {
                return None;
            }
            if start == i { first } else { found }
        };
        self.sure(mention, cue, "the reporting word follows the quote")
    }

    /// True for a verb right after a document: “the records show”.
    fn follows_document(&self, verb: usize) -> bool {
        let before = verb.checked_sub(1).and_then(|i| self.parsed.mention(i));
        before.is_some_and(|m| self.parsed.head_has(m, DOCUMENT))
    }

    /// A verb in no word list, after a name right after the quote: “…,” Lee retaliated. The quote must end in a comma,
    /// a question mark or an exclamation mark, as quotes before a report do.
    pub(super) fn unlisted_verb_after(&self, q: usize) -> Option<Finding> {
        let quoted = self.parsed.text.get(self.parsed.tokens[q].range())?;
        let words = quoted
            .trim_end_matches(|c: char| !matches!(c, ',' | '?' | '!') && !c.is_alphanumeric());
        if !words.ends_with([',', '?', '!']) {
            return None;
        }
        let mention =
            self.parsed.mention_starting_at(q + 1).filter(|&m| self.is_plausible_speaker(m))?;
        let verb = self.parsed.mentions[mention].tokens.end;
        if verb >= self.sentence.end || self.is(verb, BE) {
            return None;
        }
        let token = &self.parsed.tokens[verb];
        // An unknown word is a verb here only if it ends in -ed and no object follows.
        let past = token.is(VERBAL) && !token.is(ING) && token.is(LOWER);
        let ends = verb + 1 >= self.sentence.end
            || !self.parsed.tokens[verb + 1].is_word()
            || self.is(verb + 1, PREPOSITION | ADVERB | DAY);
        if !(past && ends) {
            return None;
        }
        self.likely(mention, verb, "the verb follows the quote")
    }

    /// True if there is no finite verb between two tokens, apart from words inside mentions.
    pub(super) fn has_no_finite_verb(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| !self.parsed.tokens[i].is_finite() || self.parsed.mention(i).is_some())
    }

    /// True for a participle with an agent, which modifies the noun before it: “the plan proposed by Lee”.
    pub(super) fn is_agent_participle(&self, i: usize) -> bool {
        self.is(i, PAST) && i + 1 < self.sentence.end && self.is(i + 1, BY)
    }

    /// A report at the end of the sentence: The plan is “a mess” of paper, Lee said.
    pub(super) fn cue_at_sentence_end(&self, q: usize) -> Option<Finding> {
        let limit = self.sentence.end.min(q + MAX_DISTANCE);
        // The comma is inside the quote, or after it.
        let mut commas = q..limit;
        let cue = commas.find_map(|i| {
            let as_follows = i == q && i + 1 < limit && self.is(i + 1, AS);
            if !self.is_punctuation(i, ',') && !as_follows {
                return None;
            }
            if i + 1 < limit && self.is_cue(i + 1) && self.is(i + 1, SAY) && self.is(i + 1, FINITE)
            {
                return self.subjects.mention_after_verb(i + 1).map(|m| (m, i + 1));
            }
            // “…,” as Lee said; as Lee, a coach, puts it
            let as_said = i + 1 < limit && self.is(i + 1, AS);
            let i = i + usize::from(as_said);
            if as_said && let Some(found) = self.as_somebody_puts_it(i + 1, limit) {
                return Some(found);
            }
            let m = self.parsed.mention_starting_at(i + 1).filter(|_| i + 1 < limit);
            let end = match m {
                Some(m) if self.parsed.can_speak(m) => self.parsed.mentions[m].tokens.end,
                _ => return None,
            };
            let mut cue = end;
            while cue < limit && self.is(cue, ADVERB | AUXILIARY) && !self.is(cue, BE) {
                cue += 1;
            }
            let said = cue < limit && self.is_cue(cue) && self.is(cue, SAY) && self.is(cue, FINITE);
            let rest = cue + 1;
            // The report must end its clause: “…, Lee said the boat …” reports something else.
            let ends = rest >= self.sentence.end
                || matches!(self.parsed.tokens[rest].kind, TokenKind::Punctuation('.' | ',' | ';'))
                || self.is(rest, PREPOSITION | DAY | ADVERB | CONJUNCTION);
            (said && ends).then_some((m?, cue))
        });
        let (mention, cue) = cue?;
        self.sure(mention, cue, "the reporting word ends the sentence")
    }

    /// The subject and the verb of “Lee, a coach, puts it”, which begins at a token.
    fn as_somebody_puts_it(&self, start: usize, limit: usize) -> Option<(usize, usize)> {
        let mention =
            self.parsed.mention_starting_at(start).filter(|&m| self.parsed.can_speak(m))?;
        let cue = (start + 1..limit).find(|&i| {
            let puts_it = i + 1 < limit && self.is(i, NAMING) && self.is(i + 1, IT);
            self.is_cue(i) && self.is(i, FINITE) && (puts_it || self.is(i, SAY))
        })?;
        (self.subjects.subject_of(cue) == Some(mention)).then_some((mention, cue))
    }

    /// A credit: “…” — Lee
    pub(super) fn credit_after(&self, q: usize) -> Option<Finding> {
        // A dash or comma must follow, and then a name without a verb.
        let end = self.sentence.end;
        if q + 2 > end
            || !(q + 1 < end
                && (self.is_punctuation(q + 1, '—') || self.is_punctuation(q + 1, ',')))
        {
            return None;
        }
        let mention = (q + 2 < end).then(|| self.parsed.mention_starting_at(q + 2)).flatten()?;
        if self.parsed.mentions[mention].kind != MentionKind::Name
            || !self.has_no_finite_verb(q + 2, end)
        {
            return None;
        }
        // With a date it is a citation, not a credit: “Ferry found” — The Courier, May 4, 1998.
        if (q + 2..end).any(|i| self.is(i, DAY)) && (q + 2..end).any(|i| self.is(i, NUMBER)) {
            return None;
        }
        self.likely(mention, None, "a credit follows the quote")
    }

    /// Any finite cue after the quote, the last resort: “…” was what Lee said.
    pub(super) fn cue_after(&self, q: usize) -> Option<Finding> {
        let limit = self.sentence.end.min(q + MAX_DISTANCE);
        let cue = (q + 1..limit).find(|&i| self.is_cue(i) && self.is(i, FINITE))?;
        let mention = self.subjects.subject_of(cue)?;
        self.likely(mention, cue, "a reporting word follows in the sentence")
    }
}
