//! Rules about a quote with no source in its own sentence: they look at the quotes and sentences around it.

use crate::quotes::lexicon::{
    ACCORDING, BE, CONJUNCTION, CUE, CUE_NOUN, FINITE, HE, PREPOSITION, RELATIVE, SAY, SHE,
    SPEAKING, SUBORDINATOR, THEY,
};
use crate::quotes::mentions::{MentionKind, ParsedText, QuotePosition};
use crate::quotes::model::Certainty;
use crate::quotes::quotation_marks::QuotedSpan;
use crate::quotes::same_sentence::Finding;
use crate::quotes::subjects::SubjectFinder;
use crate::quotes::tokens::{Sentence, Token, TokenKind};
use crate::quotes::votes::{ResolvedSpeaker, Rule, Votes};
use std::ops::Range;

/// How many tokens may separate a reporting word from its quote for the two to count as adjacent.
pub(super) const MAX_ADJACENT_DISTANCE: usize = 4;

/// The longest sentence, in tokens, that is checked for having no words outside its quotes.
const MAX_WORDLESS_TOKENS: usize = 64;

/// The rule for “…,” Lee said. “…”: as certain as the quote before it.
const CONTINUES_PREVIOUS: &str = "it continues the quote before it";

/// What is known so far while the quotes are attributed one after the other.
#[derive(Clone, Copy)]
pub(super) struct AttributionState<'k> {
    /// The finding in each quote's own sentence.
    pub(super) by_sentence: &'k [Option<Finding>],
    /// Speakers by span; filled in for the quotes before this one.
    pub(super) found: &'k [Option<ResolvedSpeaker>],
    /// Spans in text order.
    pub(super) order: &'k [usize],
}

/// Adds the votes of the rules about the context of the `k`th quote of `order`.
pub(super) fn vote_by_context(
    parsed: &ParsedText<'_>,
    spans: &[QuotedSpan],
    known: AttributionState<'_>,
    k: usize,
    votes: &mut Votes,
) {
    let placed = |quote: usize| Some((quote, parsed.positions[quote]?));
    let Some((quote, position)) = placed(known.order[k]) else {
        return;
    };
    let before = k.checked_sub(1).map(|k| known.order[k]).and_then(placed);
    let next = known.order.get(k + 1).copied().and_then(placed);
    let context = QuoteContext {
        parsed,
        known,
        position,
        sentence: &parsed.sentences[position.sentence],
        before,
        next,
    };
    votes.add_continued(Rule::BeforeInSentence, context.before_in_sentence());
    votes.add(Rule::NextInSentence, context.next_in_sentence());
    if !context.is_alone() && !context.starts_sentence() {
        return;
    }
    // From here on the quote is the whole sentence, or opens it. Nearer evidence first.
    let paragraphs = spans[quote].pieces.len();
    votes.add_continued(Rule::Continued, context.continued());
    votes.add(Rule::PreviousSentence, context.announced_in_previous_sentence());
    votes.add(Rule::NextInParagraph, context.next_in_paragraph());
    let after = context.credit_on_next_line(paragraphs);
    votes.add(Rule::CreditOnNextLine, after.or_else(|| context.described_in_next_sentence()));
    votes.add_continued(Rule::ContinuesParagraph, context.continues_paragraph_before());
    votes.add(Rule::ParagraphBefore, context.announced_in_paragraph_before());
}

/// A quote with no source in its own sentence, and its surroundings.
struct QuoteContext<'r, 'a> {
    parsed: &'r ParsedText<'a>,
    known: AttributionState<'r>,
    position: QuotePosition,
    sentence: &'r Sentence,
    /// The quotes before and after it, with their positions.
    before: Option<(usize, QuotePosition)>,
    next: Option<(usize, QuotePosition)>,
}

impl QuoteContext<'_, '_> {
    /// True if its sentence consists of quotes and punctuation only.
    fn is_alone(&self) -> bool {
        self.sentence.tokens.len() <= MAX_WORDLESS_TOKENS
            && self.parsed.tokens[self.sentence.tokens.clone()].iter().all(|t| !t.is_word())
    }

    /// True if the quote begins its sentence and no clause of its own follows, only what goes with it: “…,” which …; “…”
    /// and …; “…” as part of …
    fn starts_sentence(&self) -> bool {
        let from = self.position.token;
        let comma = self.parsed.tokens.get(from + 1).is_some_and(|t| t.is_punctuation(','));
        let after = self.parsed.tokens.get(from + 1 + usize::from(comma));
        from == self.sentence.tokens.start
            && after.is_some_and(|t| {
                t.is(RELATIVE | CONJUNCTION | PREPOSITION | SUBORDINATOR) && !t.is(ACCORDING)
            })
    }

    /// Attributes this quote to the speaker of an earlier one.
    fn repeat_speaker(&self, earlier: usize, why: &'static str) -> Option<Finding> {
        let speaker = self.known.found[earlier].as_ref()?;
        Some(Finding {
            mention: speaker.mention,
            cue: None,
            certainty: if why == CONTINUES_PREVIOUS {
                speaker.certainty
            } else {
                Certainty::Likely
            },
            why,
            name_mention: speaker.name_mention,
            co_speaker: speaker.co_speaker,
        })
    }

    /// Index of the sentence in which a quote ends.
    fn last_sentence(&self, position: QuotePosition) -> usize {
        self.parsed.sentences.partition_point(|s| s.tokens.end <= position.last_token)
    }

    /// The speaker of an earlier quote in the same sentence.
    fn before_in_sentence(&self) -> Option<Finding> {
        let (quote, _) =
            self.before.filter(|(_, position)| position.sentence == self.position.sentence)?;
        self.repeat_speaker(quote, "the quote before it in the sentence has this speaker")
    }

    /// The speaker of a later quote in the same sentence.
    fn next_in_sentence(&self) -> Option<Finding> {
        let (quote, _) =
            self.next.filter(|(_, position)| position.sentence == self.position.sentence)?;
        self.known.by_sentence[quote].clone()
    }

    /// Continues a quote that ended in this sentence or the one before: “…,” Lee said. “…”
    fn continued(&self) -> Option<Finding> {
        let (quote, position) = self.before?;
        let last = self.last_sentence(position);
        // The quote before ends in this sentence or the one before, and in this paragraph.
        let close = last == self.position.sentence || last + 1 == self.position.sentence;
        let same = self.parsed.sentences[last].paragraph == self.sentence.paragraph;
        let quote = self.opening_quote(position.sentence).unwrap_or(quote);
        (same && close).then(|| self.repeat_speaker(quote, CONTINUES_PREVIOUS))?
    }

    /// The quote that opens the sentence before and is reported there, whatever else is quoted after its report: “…,” Lee
    /// said, though the port has not called it “open”.
    fn opening_quote(&self, sentence: usize) -> Option<usize> {
        let tokens = &self.parsed.sentences[sentence].tokens;
        let TokenKind::Quote(quote) = self.parsed.tokens[tokens.start].kind else {
            return None;
        };
        let cue = self.known.found[quote].as_ref()?.cue?;
        let near = cue > tokens.start && cue - tokens.start <= MAX_ADJACENT_DISTANCE;
        near.then_some(quote)
    }

    /// The subject of the sentence before: Lee was blunt. “…”
    fn announced_in_previous_sentence(&self) -> Option<Finding> {
        let before = self.position.sentence.checked_sub(1)?;
        if self.parsed.sentences[before].paragraph != self.sentence.paragraph {
            return None;
        }
        let why = "the sentence before it is about this speaker";
        announced_speaker(self.parsed, before, why)
    }

    /// The speaker of the next quote in the paragraph: “…” “…,” Lee said.
    fn next_in_paragraph(&self) -> Option<Finding> {
        let (quote, position) = self.next?;
        // Only the very next sentence.
        let close = position.sentence <= self.position.sentence + 1;
        if !close || self.parsed.sentences[position.sentence].paragraph != self.sentence.paragraph {
            return None;
        }
        let finding = self.known.by_sentence[quote].clone()?;
        Some(Finding {
            certainty: Certainty::Likely,
            why: "the quote after it has this speaker",
            ..finding
        })
    }

    /// A credit (— Lee) on a line of its own, after a quote of that many paragraphs.
    fn credit_on_next_line(&self, paragraphs: usize) -> Option<Finding> {
        let last = self.sentence.paragraph + paragraphs - 1;
        let after = self.parsed.sentences.get(self.position.sentence + 1..)?;
        let next = after.iter().take(MAX_WORDLESS_TOKENS).find(|s| s.paragraph > last)?;
        let mention = name_in_credit_line(self.parsed, next.tokens.clone())?;
        let why = "a credit is on the line after it";
        Some(Finding::new(mention, None, Certainty::Likely, why))
    }

    /// The subject of the sentence after, if that points back: “…” That was how Lee described it.
    fn described_in_next_sentence(&self) -> Option<Finding> {
        let next = self.parsed.sentences.get(self.last_sentence(self.position) + 1)?;
        let tokens = next.tokens.clone();
        let first = tokens.start;
        let points_back = next.enclosing_span == self.sentence.enclosing_span
            && tokens.len() > 3
            && matches!(
                self.parsed.text_of(&(first..first + 1)),
                "That" | "This" | "Those" | "So" | "Such" | "Thus"
            )
            && self.parsed.tokens[first + 1].is(BE | SAY);
        if !points_back {
            return None;
        }
        let end = tokens.end.min(first + MAX_WORDLESS_TOKENS);
        let cue = (first + 1..end).find(|&i| {
            self.parsed.tokens[i].is(CUE)
                && self.parsed.tokens[i].is(FINITE)
                && self.parsed.mention(i).is_none()
        });
        // “Those were the words of Lee.”
        let words = || {
            let of = (first + 2..end).find(|&i| {
                self.parsed.text_of(&(i..i + 1)) == "of" && self.parsed.tokens[i - 1].is(CUE_NOUN)
            })?;
            self.parsed.mention_starting_at(of + 1)
        };
        let mention = match cue {
            Some(cue) => SubjectFinder::new(self.parsed, &tokens).subject_of(cue)?,
            None => words()?,
        };
        let why = "the sentence after it says whose words these are";
        let person = self.parsed.mentions[mention].kind != MentionKind::Day
            && self.parsed.mentions[mention].tokens.start > first;
        person.then(|| Finding::new(mention, cue, Certainty::Likely, why))
    }

    /// The sentence before, unless the border of an enclosing quote is between.
    fn sentence_before(&self) -> Option<usize> {
        let before = self.position.sentence.checked_sub(1)?;
        let enclosing_span = self.parsed.sentences[before].enclosing_span;
        (enclosing_span == self.sentence.enclosing_span).then_some(before)
    }

    /// Continues the quote with which the paragraph before ends.
    fn continues_paragraph_before(&self) -> Option<Finding> {
        let before = self.sentence_before()?;
        let (quote, position) = self.before?;
        let tokens = &self.parsed.tokens[self.parsed.sentences[before].tokens.clone()];
        (self.last_sentence(position) == before && tokens.iter().any(Token::is_quote)).then(
            || self.repeat_speaker(quote, "the paragraph before ends with this speaker's words"),
        )?
    }

    /// The subject of the paragraph before.
    fn announced_in_paragraph_before(&self) -> Option<Finding> {
        let why = "the paragraph before is about this speaker";
        announced_speaker(self.parsed, self.sentence_before()?, why)
    }
}

/// The subject of a sentence, if it is somebody who could speak next: that of its last reporting verb, or else the
/// first.
fn announced_speaker(
    parsed: &ParsedText<'_>,
    sentence: usize,
    why: &'static str,
) -> Option<Finding> {
    let tokens = parsed.sentences[sentence].tokens.clone();
    if let Some(mention) = name_before_colon(parsed, tokens.clone()) {
        return Some(Finding::new(mention, None, Certainty::Likely, why));
    }
    let subjects = SubjectFinder::new(parsed, &tokens);
    // Only the end of a very long sentence is searched.
    let from = tokens.start.max(tokens.end.saturating_sub(80));
    let cue =
        (from..tokens.end).rev().find(|&i| parsed.tokens[i].is(SAY) && parsed.mention(i).is_none());
    // Somebody who could speak; a name that is not known as a person's needs a reporting verb.
    let person = |&mention: &usize| match parsed.mentions[mention].kind {
        MentionKind::Name => parsed.entities.of_mention[mention].is_some_and(|e| {
            let entity = &parsed.entities.list[e];
            entity.is_person || cue.is_some()
        }),
        MentionKind::Pronoun => parsed.mention_has(mention, HE | SHE | THEY),
        MentionKind::NounPhrase => parsed.head_has(mention, SPEAKING),
        MentionKind::Day => false,
    };
    let mention = cue
        .and_then(|cue| subjects.subject_of(cue))
        .filter(person)
        .or_else(|| subjects.first_subject().filter(person))?;
    Some(Finding::new(mention, cue, Certainty::Likely, why))
}

/// The person named in a line without a verb that ends in a colon: “From the desk of Ann Lee, head of research:”.
fn name_before_colon(parsed: &ParsedText<'_>, tokens: Range<usize>) -> Option<usize> {
    let last = tokens.end.checked_sub(1)?;
    if tokens.len() > MAX_CREDIT_TOKENS
        || !parsed.tokens[last].is_punctuation(':')
        || tokens.clone().any(|i| {
            let token = &parsed.tokens[i];
            token.is_quote() || token.is_finite() && parsed.mention(i).is_none()
        })
    {
        return None;
    }
    tokens.clone().find_map(|i| {
        let mention = parsed.mention_starting_at(i)?;
        let entity = parsed.entities.of_mention[mention];
        let person = entity.is_some_and(|entity| parsed.entities.list[entity].is_person)
            || parsed.mentions[mention].name.len() >= 2;
        (person && parsed.mentions[mention].kind == MentionKind::Name).then_some(mention)
    })
}

/// The longest line that names a speaker, in tokens.
const MAX_CREDIT_TOKENS: usize = 24;

/// The name in a credit line: a dash, a name, and little else.
fn name_in_credit_line(parsed: &ParsedText<'_>, tokens: Range<usize>) -> Option<usize> {
    let first = tokens.start;
    if !parsed.tokens.get(first)?.is_punctuation('—') || tokens.len() > MAX_CREDIT_TOKENS {
        return None;
    }
    let mention = parsed.mention_starting_at(first + 1)?;
    (parsed.mentions[mention].kind == MentionKind::Name).then_some(mention)
}
