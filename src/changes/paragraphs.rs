//! Pairs the paragraphs of two bodies, identical ones first, then similar ones, and finds which of them moved.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use imara_diff::{Algorithm, Diff, Token};

use crate::changes::words::{TokenizedPair, TokenizedText, WordId};

/// Two paragraphs that share this much of their weight are paired wherever they are. In percent.
const MIN_SHARE_ANYWHERE: u64 = 60;

/// The share that is enough between the same neighbours. In percent.
const MIN_SHARE_IN_PLACE: u64 = 35;

/// How many votes the search for similar paragraphs may take: each word votes for each pair of paragraphs that has it,
/// the rarest words first. Bounds the work on texts that repeat the same words in every paragraph.
const MAX_VOTES: usize = 4_000_000;

/// How many new paragraphs are compared closely with each old one.
const MAX_CANDIDATES: usize = 6;

/// A possible pair of blocks (by index), and the share of weight that they have in common, in percent.
struct Candidate {
    share: u64,
    old: usize,
    new: usize,
}

/// The pairs found so far, as block indexes.
struct Matches {
    /// For each old block, its partner.
    of_old: Vec<Option<usize>>,
    /// For each new block, its partner.
    of_new: Vec<Option<usize>>,
}

impl Matches {
    /// Pairs two blocks.
    fn add(&mut self, old: usize, new: usize) {
        self.of_old[old] = Some(new);
        self.of_new[new] = Some(old);
    }

    /// True if neither block is paired yet.
    fn is_free(&self, old: usize, new: usize) -> bool {
        self.of_old[old].is_none() && self.of_new[new].is_none()
    }

    /// The pairs as (old, new), ascending by the new block.
    fn match_paragraphs(&self) -> Vec<(usize, usize)> {
        let pairs = self.of_new.iter().enumerate();
        pairs.filter_map(|(new, old)| Some(((*old)?, new))).collect()
    }
}

/// Pairs the blocks that are versions of the same paragraph: indexes (old, new), ascending by the new one. Each block
/// is paired at most once.
pub(super) fn pairs(texts: &TokenizedPair<'_>) -> Vec<(usize, usize)> {
    let mut found = Matches {
        of_old: vec![None; texts.old.blocks.len()],
        of_new: vec![None; texts.new.blocks.len()],
    };
    match_identical(texts, &mut found);
    let mut candidates = find_candidates(texts, &found);
    // The most similar first; among equals, the nearest.
    candidates.sort_unstable_by_key(|c| {
        (std::cmp::Reverse(c.share), c.old.abs_diff(c.new), c.old, c.new)
    });
    for candidate in candidates.iter().filter(|c| c.share >= MIN_SHARE_ANYWHERE) {
        if found.is_free(candidate.old, candidate.new) {
            found.add(candidate.old, candidate.new);
        }
    }
    match_between_neighbours(texts, &candidates, &mut found);
    found.match_paragraphs()
}

/// Pairs identical paragraphs: first those in the same order, then those that moved.
fn match_identical(texts: &TokenizedPair<'_>, found: &mut Matches) {
    let whole = |body: &TokenizedText<'_>| -> Vec<Token> {
        body.blocks.iter().map(|block| Token(block.text)).collect()
    };
    let (old, new) = (whole(&texts.old), whole(&texts.new));
    let mut diff = Diff::default();
    diff.compute_with(Algorithm::Myers, &old, &new, 0);
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let stay_old = (0..old.len()).filter(|&at| !diff.is_removed(number(at)));
    let stay_new = (0..new.len()).filter(|&at| !diff.is_added(number(at)));
    for (old, new) in stay_old.zip(stay_new) {
        found.add(old, new);
    }
    // Popped from the back, so that equal paragraphs are paired first to first.
    let mut places: HashMap<WordId, Vec<usize>, RandomState> = HashMap::default();
    for (at, text) in old.iter().enumerate().rev() {
        if found.of_old[at].is_none() {
            places.entry(text.0).or_default().push(at);
        }
    }
    for (at, text) in new.iter().enumerate() {
        if found.of_new[at].is_none()
            && let Some(old) = places.get_mut(&text.0).and_then(Vec::pop)
        {
            found.add(old, at);
        }
    }
}

/// The words of a paragraph as a sorted multiset, and their total weight.
struct WordBag {
    words: Vec<WordId>,
    weight: u64,
}

impl WordBag {
    /// The words of a block, without punctuation.
    fn new(body: &TokenizedText<'_>, block: usize, weights: &[u32]) -> Self {
        let words = body.tokens(block).iter().map(|token| token.word);
        let mut words: Vec<WordId> = words.filter(|&word| weights[word as usize] > 0).collect();
        words.sort_unstable();
        let weight = words.iter().map(|&w| u64::from(weights[w as usize])).sum();
        Self { words, weight }
    }

    /// The share of the weight of both that is in common (the Dice coefficient), in percent.
    fn share(&self, other: &Self, weights: &[u32]) -> u64 {
        let (mut a, mut b) = (self.words.as_slice(), other.words.as_slice());
        let mut common = 0;
        while let (Some((&x, rest_a)), Some((&y, rest_b))) = (a.split_first(), b.split_first()) {
            if x == y {
                common += u64::from(weights[x as usize]);
            }
            if x <= y {
                a = rest_a;
            }
            if y <= x {
                b = rest_b;
            }
        }
        200 * common / (self.weight + other.weight).max(1)
    }

    /// Each word once.
    fn distinct(&self) -> impl Iterator<Item = WordId> {
        self.words.chunk_by(|a, b| a == b).map(|chunk| chunk[0])
    }
}

/// Possible pairs among the paragraphs not yet paired. Votes find a few likely partners cheaply; only those are
/// compared exactly.
fn find_candidates(texts: &TokenizedPair<'_>, found: &Matches) -> Vec<Candidate> {
    let bags = |body: &TokenizedText<'_>, paired: &[Option<usize>]| -> Vec<(usize, WordBag)> {
        let free = (0..paired.len()).filter(|&block| paired[block].is_none());
        free.map(|block| (block, WordBag::new(body, block, &texts.weights))).collect()
    };
    let old = bags(&texts.old, &found.of_old);
    let new = bags(&texts.new, &found.of_new);
    let paragraphs_with = paragraphs_by_word(&old, &new, texts.weights.len());
    let mut votes = vec![0_u32; new.len()];
    let mut candidates = Vec::new();
    for (block, bag) in &old {
        let mut nearby: Vec<usize> = Vec::new();
        for word in bag.distinct() {
            for &place in &paragraphs_with[word as usize] {
                let place = place as usize;
                if votes[place] == 0 {
                    nearby.push(place);
                }
                votes[place] += texts.weights[word as usize];
            }
        }
        nearby.sort_unstable_by_key(|&place| {
            // A longer paragraph collects more votes, so its length counts against it.
            let (_, other) = &new[place];
            let share = 200 * u64::from(votes[place]) / (bag.weight + other.weight).max(1);
            (std::cmp::Reverse(share), place)
        });
        for &place in nearby.iter().take(MAX_CANDIDATES) {
            let (other, words) = &new[place];
            let share = bag.share(words, &texts.weights);
            if share >= MIN_SHARE_IN_PLACE {
                candidates.push(Candidate { share, old: *block, new: *other });
            }
        }
        // Reset only what was touched: clearing the whole table for each paragraph would be quadratic.
        for place in nearby {
            votes[place] = 0;
        }
    }
    candidates
}

/// For each word, the new paragraphs that have it, as positions in `new`. The most common words are left out once
/// [`MAX_VOTES`] is used up.
fn paragraphs_by_word(
    old: &[(usize, WordBag)],
    new: &[(usize, WordBag)],
    words: usize,
) -> Vec<Vec<u32>> {
    let mut counts = vec![0_usize; words];
    for word in old.iter().flat_map(|(_, bag)| bag.distinct()) {
        counts[word as usize] += 1;
    }
    let mut paragraphs_with: Vec<Vec<u32>> = vec![Vec::new(); words];
    for (place, (_, bag)) in (0..).zip(new) {
        for word in bag.distinct().filter(|&word| counts[word as usize] > 0) {
            paragraphs_with[word as usize].push(place);
        }
    }
    let cost = |word: usize| counts[word] * paragraphs_with[word].len();
    let mut shared: Vec<usize> = (0..words).filter(|&word| cost(word) > 0).collect();
    shared.sort_by_key(|&word| cost(word));
    let mut left = MAX_VOTES;
    let over_budget: Vec<usize> = shared
        .into_iter()
        .filter(|&word| {
            let enough = cost(word) <= left;
            left = left.saturating_sub(cost(word));
            !enough
        })
        .collect();
    for word in over_budget {
        paragraphs_with[word].clear();
    }
    paragraphs_with
}

/// Pairs paragraphs that share fewer words, but are between the same neighbours.
fn match_between_neighbours(
    texts: &TokenizedPair<'_>,
    candidates: &[Candidate],
    found: &mut Matches,
) {
    let pairs = found.match_paragraphs();
    let lengths: Vec<usize> =
        pairs.iter().map(|&(_, new)| texts.new.blocks[new].range.len()).collect();
    let unmoved = find_unmoved(&pairs, &lengths);
    let mut anchors: Vec<(usize, usize)> = pairs
        .into_iter()
        .zip(unmoved)
        .filter_map(|(pair, unmoved)| unmoved.then_some(pair))
        .collect();
    for candidate in candidates.iter().filter(|c| c.share < MIN_SHARE_ANYWHERE) {
        if !found.is_free(candidate.old, candidate.new) {
            continue;
        }
        // Between the same neighbours: as many unmoved pairs before it in the old text as in the new.
        let at = anchors.partition_point(|anchor| anchor.0 < candidate.old);
        if at == anchors.partition_point(|anchor| anchor.1 < candidate.new) {
            anchors.insert(at, (candidate.old, candidate.new));
            found.add(candidate.old, candidate.new);
        }
    }
}

// Moves. The heaviest chain of pairs that ascends in both texts did not move; the other pairs did.

/// The weight of a paragraph besides its length, so that fewer moves are preferred over fewer bytes moved.
const PARAGRAPH_WEIGHT: u64 = 100;

/// For each pair (block indexes, ascending by the second), whether it did not move. `lengths` are the lengths of the
/// pairs' paragraphs in bytes. Takes O(n log n).
pub(super) fn find_unmoved(pairs: &[(usize, usize)], lengths: &[usize]) -> Vec<bool> {
    let highest = pairs.iter().map(|pair| pair.0 + 1).max().unwrap_or(0);
    // A Fenwick tree of maxima: the heaviest chain that ends at or before an old block, and its last pair.
    let mut tree: Vec<(u64, usize)> = vec![(0, usize::MAX); highest + 1];
    // For each pair, the one before it in its chain.
    let mut before = vec![usize::MAX; pairs.len()];
    for (number, (&(old, _), &length)) in pairs.iter().zip(lengths).enumerate() {
        let mut best = (0, usize::MAX);
        let mut at = old;
        while at > 0 {
            best = heavier(best, tree[at]);
            at &= at - 1;
        }
        before[number] = best.1;
        let chain = (best.0 + PARAGRAPH_WEIGHT + length as u64, number);
        let mut at = old + 1;
        while at <= highest {
            tree[at] = heavier(tree[at], chain);
            at += at & at.wrapping_neg();
        }
    }
    let (mut best, mut at) = ((0, usize::MAX), highest);
    while at > 0 {
        best = heavier(best, tree[at]);
        at &= at - 1;
    }
    let mut unmoved = vec![false; pairs.len()];
    let mut next = best.1;
    while let Some(unmoved) = unmoved.get_mut(next) {
        *unmoved = true;
        next = before[next];
    }
    unmoved
}

/// The chain with more weight; the first if they are equal.
fn heavier(a: (u64, usize), b: (u64, usize)) -> (u64, usize) {
    if b.0 > a.0 { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::find_unmoved;

    /// Checks which paragraphs stay; `olds` are the old indexes in the new order.
    #[track_caller]
    fn check(olds: &[usize], lengths: &[usize], expected: &[usize]) {
        let pairs: Vec<(usize, usize)> = olds.iter().copied().zip(0..).collect();
        let unmoved = find_unmoved(&pairs, lengths);
        let chain: Vec<usize> =
            olds.iter().zip(unmoved).filter_map(|(&old, unmoved)| unmoved.then_some(old)).collect();
        assert_eq!(chain, expected);
    }

    #[test]
    fn the_heaviest_chain_does_not_move() {
        check(&[], &[], &[]);
        check(&[0, 1, 2], &[9, 9, 9], &[0, 1, 2]);
        check(&[2, 0, 1], &[9, 9, 9], &[0, 1]);
        // One long paragraph outweighs two short ones.
        check(&[2, 0, 1], &[900, 9, 9], &[2]);
        check(&[3, 0, 4, 1, 5, 2], &[5; 6], &[3, 4, 5]);
    }
}
