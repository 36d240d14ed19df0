//! Ranks the mentions around a quote, and nobody, as its possible speakers, with the fitted weights of their features.

use crate::quotes::features::{Features, QuoteView};
use crate::quotes::mentions::ParsedText;
use crate::quotes::weights::Weights;

/// How many sentences before the quote are searched for candidates, beside its own.
const SENTENCES_BEFORE: usize = 4;

/// How many sentences after the quote are searched.
const SENTENCES_AFTER: usize = 2;

/// How many mentions on each side of a quote are ranked, the nearest ones.
const MAX_BEFORE: usize = 18;
const MAX_AFTER: usize = 6;

/// A mention that may be the speaker of a quote, or nobody.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    /// Index into `ParsedText::mentions`; `None` for nobody.
    pub(super) mention: Option<usize>,
    pub(super) features: Features,
    /// The sum of the weights of its features.
    pub(super) score: i32,
}

/// The candidates of a quote; the first is nobody.
pub(super) fn list_candidates(view: &QuoteView<'_, '_>, weights: &Weights) -> Vec<Candidate> {
    let parsed = view.parsed;
    let mut out = Vec::with_capacity(MAX_BEFORE + MAX_AFTER + 4);
    let mut add = |mention: Option<usize>, features: Features| {
        out.push(Candidate { mention, features, score: weights.score(features.ids()) });
    };
    add(None, view.features_of_nobody());
    let enclosing = parsed.sentences[view.position.sentence].enclosing_span;
    let inside = |mention: usize| {
        parsed.sentences[parsed.mentions[mention].sentence].enclosing_span == enclosing
    };
    let (before, after) = mentions_around(view);
    let mut nearest = Vec::with_capacity(MAX_BEFORE + MAX_AFTER);
    for (side, limit) in [(before, MAX_BEFORE), (after, MAX_AFTER)] {
        let side = side.into_iter().filter(|&m| parsed.can_speak(m) && inside(m));
        let side = side
            .filter(|&m| !is_heading(view, m) && !is_in_marks(view, m) && !is_object(view, m))
            .take(limit);
        for (rank, mention) in side.enumerate() {
            add(Some(mention), view.features(mention, rank));
            nearest.push(mention);
        }
    }
    // A rule may look further: to the speaker of a quote some paragraphs before.
    for vote in &view.votes.list {
        let mention = vote.finding.mention;
        if !nearest.contains(&mention) {
            add(Some(mention), view.features(mention, MAX_BEFORE));
            nearest.push(mention);
        }
    }
    out
}

/// True for a common noun before a colon at the head of a sentence, which no rule takes for a speaker: “Transcript:”.
fn is_heading(view: &QuoteView<'_, '_>, mention: usize) -> bool {
    let parsed = view.parsed;
    let found = &parsed.mentions[mention];
    let person = parsed.entities.of_mention[mention]
        .is_some_and(|entity| parsed.entities.list[entity].is_person);
    !person
        && found.tokens.start == parsed.sentences[found.sentence].tokens.start
        && parsed.tokens.get(found.tokens.end).is_some_and(|t| t.is_punctuation(':'))
        && view.votes.list.iter().all(|vote| vote.finding.mention != mention)
}

/// True for a name in quotation marks, such as the title of a work, which no rule takes for a speaker.
fn is_in_marks(view: &QuoteView<'_, '_>, mention: usize) -> bool {
    let parsed = view.parsed;
    let start = parsed.tokens[parsed.mentions[mention].tokens.start].start;
    let before = parsed.text.get(..start).and_then(|text| text.chars().next_back());
    before.is_some_and(|c| matches!(c, '“' | '"' | '‘'))
        && view.votes.list.iter().all(|vote| vote.finding.mention != mention)
}

/// True for the subject of a passive report, which no rule takes for a speaker: “he has been called “a clown””.
fn is_object(view: &QuoteView<'_, '_>, mention: usize) -> bool {
    view.is_followed_by_passive(mention)
        && view.votes.list.iter().all(|vote| vote.finding.mention != mention)
}

/// The mentions before and after a quote, the nearest first.
fn mentions_around(view: &QuoteView<'_, '_>) -> (Vec<usize>, Vec<usize>) {
    let mentions = &view.parsed.mentions;
    let (start, end) = (view.position.token, view.position.last_token);
    let first = view.position.sentence.saturating_sub(SENTENCES_BEFORE);
    let last = view.tail + SENTENCES_AFTER;
    // An owner comes before the phrase that it is in, so that two neighbours may stand in the other order.
    let next = mentions.partition_point(|m| m.tokens.start < start);
    let before = (0..mentions.len().min(next + 1)).rev();
    let before = before.take_while(|&m| mentions[m].sentence >= first);
    let before = before.filter(|&m| mentions[m].tokens.start < start);
    let next = mentions.partition_point(|m| m.tokens.start <= end);
    let after = next.saturating_sub(1)..mentions.len();
    let after = after.take_while(|&m| mentions[m].sentence <= last);
    let after = after.filter(|&m| mentions[m].tokens.start > end);
    (before.take(2 * MAX_BEFORE).collect(), after.take(2 * MAX_AFTER).collect())
}

/// The best candidate and its probability, from 0 to 1, among the others.
pub(super) fn best_of(candidates: &[Candidate]) -> Option<(Candidate, f64)> {
    let best = candidates.iter().rev().max_by_key(|candidate| candidate.score)?;
    let others: f64 =
        candidates.iter().map(|candidate| Weights::odds(candidate.score - best.score)).sum();
    Some((*best, 1.0 / others))
}

/// The sentence in which a quote ends.
pub(super) fn tail_sentence(parsed: &ParsedText<'_>, last_token: usize) -> usize {
    parsed.sentences.partition_point(|s| s.tokens.end <= last_token)
}

/// The probability, from 0 to 1, that a quote has no speaker.
pub(super) fn probability_of_nobody(candidates: &[Candidate]) -> f64 {
    let best = candidates.iter().map(|candidate| candidate.score).max().unwrap_or(0);
    let mut odds = candidates.iter().map(|candidate| Weights::odds(candidate.score - best));
    let nobody = odds.next().unwrap_or(1.0);
    nobody / (nobody + odds.sum::<f64>())
}
