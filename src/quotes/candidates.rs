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

/// How many mentions on each side are looked at, to find these.
const MAX_LOOKED_AT: usize = 48;

/// A mention that may be the speaker of a quote, or nobody.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    /// Index into `ParsedText::mentions`; `None` for nobody.
    pub(super) mention: Option<usize>,
    pub(super) features: Features,
    /// The sum of the weights of its features.
    pub(super) score: i32,
}

/// Lists the candidates of a quote in `out`, which is emptied first; the first is nobody.
pub(super) fn list_candidates(
    view: &QuoteView<'_, '_>,
    weights: &Weights,
    out: &mut Vec<Candidate>,
) {
    out.clear();
    let add = |out: &mut Vec<Candidate>, mention: Option<usize>, features: Features| {
        out.push(Candidate { mention, features, score: weights.score(features.ids()) });
    };
    add(out, None, view.features_of_nobody());
    for (rank, mention) in mentions_before(view).take(MAX_BEFORE).enumerate() {
        add(out, Some(mention), view.features(mention, rank));
    }
    for (rank, mention) in mentions_after(view).take(MAX_AFTER).enumerate() {
        add(out, Some(mention), view.features(mention, rank));
    }
    // A rule may look further: to the speaker of a quote some paragraphs before.
    for vote in &view.votes.list {
        let mention = Some(vote.finding.mention);
        if out.iter().all(|candidate| candidate.mention != mention) {
            add(out, mention, view.features(vote.finding.mention, MAX_BEFORE));
        }
    }
}

/// True for a mention in the text of the quote that may be its speaker: a rule or its form says so.
fn may_have_spoken(view: &QuoteView<'_, '_>, mention: usize) -> bool {
    let parsed = view.parsed;
    let sentence = &parsed.sentences[parsed.mentions[mention].sentence];
    let enclosing = parsed.sentences[view.position.sentence].enclosing_span;
    let voted = || view.votes.list.iter().any(|vote| vote.finding.mention == mention);
    sentence.enclosing_span == enclosing
        && (view.is_possible_speaker(mention) || voted() && parsed.can_speak(mention))
}

// An owner comes before the phrase that it is in, so that two neighbours may stand in the other order: both searches begin
// one mention early.

/// The mentions before a quote that may be its speaker, the nearest first.
fn mentions_before(view: &QuoteView<'_, '_>) -> impl Iterator<Item = usize> {
    let mentions = &view.parsed.mentions;
    let start = view.position.token;
    let first = view.position.sentence.saturating_sub(SENTENCES_BEFORE);
    let next = mentions.partition_point(|m| m.tokens.start < start);
    (0..mentions.len().min(next + 1))
        .rev()
        .take_while(move |&m| mentions[m].sentence >= first)
        .filter(move |&m| mentions[m].tokens.start < start)
        .take(MAX_LOOKED_AT)
        .filter(|&m| may_have_spoken(view, m))
}

/// The mentions after a quote that may be its speaker, the nearest first.
fn mentions_after(view: &QuoteView<'_, '_>) -> impl Iterator<Item = usize> {
    let mentions = &view.parsed.mentions;
    let end = view.position.last_token;
    let last = view.tail + SENTENCES_AFTER;
    let next = mentions.partition_point(|m| m.tokens.start <= end);
    (next.saturating_sub(1)..mentions.len())
        .take_while(move |&m| mentions[m].sentence <= last)
        .filter(move |&m| mentions[m].tokens.start > end)
        .take(MAX_LOOKED_AT)
        .filter(|&m| may_have_spoken(view, m))
}

/// The best of the candidates.
pub(super) struct Ranking {
    pub(super) best: Candidate,
    /// Its probability, from 0 to 1.
    pub(super) probability: f64,
    /// The probability that the quote has no speaker.
    pub(super) nobody: f64,
}

/// Ranks the candidates of a quote, the first of whom is nobody.
pub(super) fn rank(candidates: &[Candidate]) -> Option<Ranking> {
    let best = candidates.iter().rev().max_by_key(|candidate| candidate.score)?;
    let odds = |candidate: &Candidate| Weights::odds(candidate.score - best.score);
    let all: f64 = candidates.iter().map(odds).sum();
    let nobody = candidates.first().map_or(0.0, odds);
    Some(Ranking { best: *best, probability: 1.0 / all, nobody: nobody / all })
}

/// The sentence in which a quote ends.
pub(super) fn tail_sentence(parsed: &ParsedText<'_>, last_token: usize) -> usize {
    parsed.sentences.partition_point(|s| s.tokens.end <= last_token)
}
