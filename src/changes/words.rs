//! Compares the words of two paragraphs, then shifts and merges the changes so that they read well. The result covers
//! every byte, white space included.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use imara_diff::{Algorithm, Diff};
use unicode_segmentation::UnicodeSegmentation;

use crate::changes::compare::{DiffRun, DiffRunKind};
use crate::dispatch::Body;

/// Steps that all word comparisons of two bodies may take together, about a tenth of a second. A paragraph of ten
/// thousand words that shares none with its pair takes five million.
const MAX_STEPS: u64 = 64_000_000;

/// imara-diff stops looking for the shortest edit script after about this many edits, or the square root of the length
/// if that is more. Used to estimate the cost of a comparison.
const MIN_SEARCH_CUTOFF: u64 = 256;

/// A span that is the same in both texts, or differs. Ranges are bytes of the two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiffSpan {
    pub(super) same: bool,
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// The remaining steps.
#[derive(Debug)]
pub(super) struct StepBudget {
    left: u64,
    /// Whether a comparison was refused.
    exhausted: bool,
}

impl Default for StepBudget {
    fn default() -> Self {
        Self { left: MAX_STEPS, exhausted: false }
    }
}

impl StepBudget {
    /// Spends the worst-case cost of a comparison of that many tokens; false if that is more than is left.
    fn try_spend(&mut self, tokens: usize) -> bool {
        let tokens = tokens as u64;
        let cost = tokens * tokens.min(MIN_SEARCH_CUTOFF.max(tokens.isqrt()));
        let enough = cost <= self.left;
        if enough {
            self.left -= cost;
        } else {
            self.exhausted = true;
        }
        enough
    }

    /// True if a comparison was refused.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }
}

/// A run of tokens that both paragraphs share. Ranges are token indexes, of equal length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommonRun {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// Compares two paragraphs. The spans cover both completely, in order.
pub(super) fn diff_blocks(
    old: BlockView<'_>,
    new: BlockView<'_>,
    steps: &mut StepBudget,
) -> Vec<DiffSpan> {
    // Most paragraphs are unchanged.
    if old.text[old.range.clone()] == new.text[new.range.clone()] {
        let (old, new) = (old.range, new.range);
        return vec![DiffSpan { same: true, old, new }];
    }
    let common = find_common_runs(&old, &new, steps);
    let mut found = Vec::new();
    let (mut from_old, mut from_new) = (old.range.start, new.range.start);
    for run in common {
        for (a, b) in run.old.zip(run.new) {
            let (a, b) = (&old.tokens[a].range, &new.tokens[b].range);
            push_between((old.text, from_old..a.start), (new.text, from_new..b.start), &mut found);
            push_span(true, a.clone(), b.clone(), &mut found);
            (from_old, from_new) = (a.end, b.end);
        }
    }
    push_between(
        (old.text, from_old..old.range.end),
        (new.text, from_new..new.range.end),
        &mut found,
    );
    found
}

/// The runs of tokens that both have, in order. Without budget left, only the common head and tail are found.
fn find_common_runs(
    old: &BlockView<'_>,
    new: &BlockView<'_>,
    steps: &mut StepBudget,
) -> Vec<CommonRun> {
    let words =
        |tokens: &[Token]| -> Vec<WordId> { tokens.iter().map(|token| token.word).collect() };
    let (a, b) = (words(old.tokens), words(new.tokens));
    // Common head and tail are cheap, and most edits are small.
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = a.len().min(b.len()) - start;
    let ends = a.iter().rev().zip(b.iter().rev()).take(rest);
    let end = ends.take_while(|(a, b)| a == b).count();
    let (in_a, in_b) = (start..a.len() - end, start..b.len() - end);
    let mut common = vec![CommonRun { old: 0..start, new: 0..start }];
    if steps.try_spend(in_a.len() + in_b.len()) {
        let mut diff = Diff::default();
        // The number of distinct tokens (0 here) is used by the histogram algorithm only.
        diff.compute_with(
            Algorithm::Myers,
            &to_diff_tokens(&a[in_a.clone()]),
            &to_diff_tokens(&b[in_b.clone()]),
            0,
        );
        let (mut at_a, mut at_b) = (start, start);
        for hunk in diff.hunks() {
            let (before, after) = (hunk.before, hunk.after);
            common.push(CommonRun {
                old: at_a..start + before.start as usize,
                new: at_b..start + after.start as usize,
            });
            (at_a, at_b) = (start + before.end as usize, start + after.end as usize);
        }
        common.push(CommonRun { old: at_a..in_a.end, new: at_b..in_b.end });
    }
    common.push(CommonRun { old: in_a.end..a.len(), new: in_b.end..b.len() });
    cleanup_semantic_lossless(&mut common, old, new);
    cleanup_semantic(&common, old, new)
}

/// Words in the token type of imara-diff.
fn to_diff_tokens(words: &[WordId]) -> Vec<imara_diff::Token> {
    words.iter().map(|&word| imara_diff::Token(word)).collect()
}

/// Adds the text between two shared tokens: white space that both begin or end with is unchanged, the rest differs.
fn push_between(
    (old_text, old): (&str, Range<usize>),
    (new_text, new): (&str, Range<usize>),
    found: &mut Vec<DiffSpan>,
) {
    let (a, b) = (&old_text[old.clone()], &new_text[new.clone()]);
    let white = |(x, y): &(char, char)| x == y && x.is_whitespace();
    let common = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(white).map(|(c, _)| c.len_utf8()).sum()
    };
    let start = common(&mut a.chars().zip(b.chars()));
    let (a, b) = (&a[start..], &b[start..]);
    let end = common(&mut a.chars().rev().zip(b.chars().rev()));
    let (inner_old, inner_new) =
        (old.start + start..old.end - end, new.start + start..new.end - end);
    push_span(true, old.start..inner_old.start, new.start..inner_new.start, found);
    push_span(false, inner_old.clone(), inner_new.clone(), found);
    push_span(true, inner_old.end..old.end, inner_new.end..new.end, found);
}

/// Adds a span, or extends the last one if that is of the same kind.
fn push_span(same: bool, old: Range<usize>, new: Range<usize>, found: &mut Vec<DiffSpan>) {
    if old.is_empty() && new.is_empty() {
        return;
    }
    match found.last_mut() {
        Some(last) if last.same == same => {
            last.old.end = old.end;
            last.new.end = new.end;
        }
        _ => found.push(DiffSpan { same, old, new }),
    }
}

/// Converts spans to runs: a span that differs becomes the deleted text followed by the inserted text.
pub(super) fn to_runs(spans: &[DiffSpan]) -> Vec<DiffRun> {
    let mut runs = Vec::with_capacity(spans.len() * 2);
    for DiffSpan { same, old, new } in spans {
        if *same {
            runs.push(DiffRun { kind: DiffRunKind::Same, old: old.clone(), new: new.clone() });
            continue;
        }
        if !old.is_empty() {
            runs.push(DiffRun {
                kind: DiffRunKind::Deleted,
                old: old.clone(),
                new: new.start..new.start,
            });
        }
        if !new.is_empty() {
            runs.push(DiffRun {
                kind: DiffRunKind::Inserted,
                old: old.end..old.end,
                new: new.clone(),
            });
        }
    }
    runs
}

// Cleanup for readers: changes begin where sentences do, and are not broken up by short words in common. The two
// functions are named after those of Google's diff-match-patch.

/// A run of this many tokens is always kept: it is not a coincidence.
const MIN_KEPT_WORDS: usize = 6;

/// Shifts insertions and deletions that fit at several places to the one that reads best: `A[. B]. C` becomes `A. [B.
/// ]C`.
pub(super) fn cleanup_semantic_lossless(
    common: &mut Vec<CommonRun>,
    old: &BlockView<'_>,
    new: &BlockView<'_>,
) {
    common.retain(|run| !run.old.is_empty());
    for right in 1..common.len() {
        let (before, after) = (common[right - 1].clone(), common[right].clone());
        // Only pure insertions and pure deletions can move.
        let put_in = before.old.end == after.old.start;
        let taken_out = before.new.end == after.new.start;
        let by = match (put_in, taken_out) {
            (true, false) => best_shift(new, before.new, after.new),
            (false, true) => best_shift(old, before.old, after.old),
            _ => continue,
        };
        let moved = |at: usize| at.saturating_add_signed(by);
        let left = &mut common[right - 1];
        (left.old.end, left.new.end) = (moved(left.old.end), moved(left.new.end));
        let right = &mut common[right];
        (right.old.start, right.new.start) = (moved(right.old.start), moved(right.new.start));
    }
}

/// By how many tokens to shift the change between two runs; negative is to the left.
fn best_shift(text: &BlockView<'_>, before: Range<usize>, after: Range<usize>) -> isize {
    let word = |at: usize| text.tokens[at].word;
    let (start, end) = (before.end, after.start);
    // The change can move over a token if that equals the token at its other end.
    let to_left = (0..before.len()).take_while(|by| word(start - 1 - by) == word(end - 1 - by));
    let to_right = (0..after.len()).take_while(|by| word(start + by) == word(end + by));
    let (to_left, to_right) = (to_left.count(), to_right.count());
    // Of equally good places, `max_by_key` takes the last.
    let best = (start - to_left..=start + to_right).max_by_key(|&at| match at {
        0 => 2,
        at => boundary_strength(&text.text[text.tokens[at - 1].range.clone()]),
    });
    let best = best.unwrap_or(start);
    best.cast_signed() - start.cast_signed()
}

/// How strong a break is after a token: 2 at the end of a sentence, 1 at the end of a clause.
fn boundary_strength(mark: &str) -> u8 {
    match mark {
        "." | "!" | "?" | "”" | "。" | "؟" => 2,
        "," | ";" | ":" | "—" | "–" | "(" | "，" | "、" | "،" => 1,
        _ => 0,
    }
}

/// Drops common runs that are no longer than the changes on both sides of them: one change is easier to read than two
/// with `of the` between. Returns the remaining runs, in order.
pub(super) fn cleanup_semantic(
    common: &[CommonRun],
    old: &BlockView<'_>,
    new: &BlockView<'_>,
) -> Vec<CommonRun> {
    let (of_old, of_new) = (LengthSums::new(old.tokens), LengthSums::new(new.tokens));
    let mut kept: Vec<CommonRun> = Vec::with_capacity(common.len());
    // A sentinel, so that the last real run is compared with the change after it.
    let end = CommonRun {
        old: old.tokens.len()..old.tokens.len(),
        new: new.tokens.len()..new.tokens.len(),
    };
    for next in common.iter().filter(|i| !i.old.is_empty()).chain([&end]) {
        while let Some(last) = kept.last() {
            let (from_old, from_new) = match kept.len() {
                1 => (0, 0),
                count => (kept[count - 2].old.end, kept[count - 2].new.end),
            };
            // The size of a change is that of its longer side.
            let left = of_old
                .length_of(from_old..last.old.start)
                .max(of_new.length_of(from_new..last.new.start));
            let right = of_old
                .length_of(last.old.end..next.old.start)
                .max(of_new.length_of(last.new.end..next.new.start));
            if last.old.len() >= MIN_KEPT_WORDS
                || of_old.length_of(last.old.clone()) > left.min(right)
            {
                break;
            }
            kept.pop();
        }
        kept.push(next.clone());
    }
    kept.pop();
    kept
}

/// Prefix sums of token lengths in bytes, without the white space between tokens.
struct LengthSums(Vec<usize>);

impl LengthSums {
    fn new(tokens: &[Token]) -> Self {
        let sums = tokens.iter().scan(0, |sum, token| {
            *sum += token.range.len();
            Some(*sum)
        });
        Self(std::iter::once(0).chain(sums).collect())
    }

    /// The total length of a range of tokens.
    fn length_of(&self, tokens: Range<usize>) -> usize {
        self.0[tokens.end] - self.0[tokens.start]
    }
}

// Tokens, interned so that equal words of both texts have equal ids.

/// The id of a word or of a paragraph's text, the same in both bodies.
pub(super) type WordId = u32;

/// Maps each distinct string to its id, in order of appearance.
pub(super) type Interner<'a> = HashMap<&'a str, WordId, RandomState>;

/// A word or punctuation mark: a segment by Unicode word boundaries (UAX #29) that is not white space.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) word: WordId,
    /// Byte range in the text.
    pub(super) range: Range<usize>,
}

/// A block of a text: its byte range, and its range of token indexes.
#[derive(Debug, Clone)]
pub(super) struct TokenizedBlock {
    pub(super) range: Range<usize>,
    tokens: Range<usize>,
    /// The id of the whole text of the block, to find identical blocks.
    pub(super) text: WordId,
}

/// A text split into blocks and tokens.
pub(super) struct TokenizedText<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) blocks: Vec<TokenizedBlock>,
}

/// A borrowed view of a block, for comparison with another.
#[derive(Clone)]
pub(super) struct BlockView<'a> {
    /// The complete text, which all ranges index.
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) tokens: &'a [Token],
}

impl<'a> TokenizedText<'a> {
    /// A view of a block, by index.
    pub(super) fn block(&self, number: usize) -> BlockView<'_> {
        BlockView {
            text: self.text,
            range: self.blocks[number].range.clone(),
            tokens: self.tokens(number),
        }
    }

    /// The tokens of a block, by index.
    pub(super) fn tokens(&self, number: usize) -> &[Token] {
        &self.tokens[self.blocks[number].tokens.clone()]
    }

    /// Tokenizes the blocks of a text, interning words and whole blocks.
    pub(super) fn new(
        text: &'a str,
        blocks: impl Iterator<Item = Range<usize>>,
        words: &mut Interner<'a>,
        block_texts: &mut Interner<'a>,
    ) -> Self {
        let mut tokenized =
            Self { text, tokens: Vec::with_capacity(text.len() / 5), blocks: Vec::new() };
        for range in blocks {
            let first = tokenized.tokens.len();
            let block = &text[range.clone()];
            for (at, segment) in block.split_word_bound_indices() {
                if segment.chars().all(char::is_whitespace) {
                    continue;
                }
                let start = range.start + at;
                tokenized.tokens.push(Token {
                    word: intern(words, segment),
                    range: start..start + segment.len(),
                });
            }
            tokenized.blocks.push(TokenizedBlock {
                range,
                tokens: first..tokenized.tokens.len(),
                text: intern(block_texts, block),
            });
        }
        tokenized
    }
}

/// The id of a string, new if it was not seen before.
fn intern<'a>(interner: &mut Interner<'a>, text: &'a str) -> WordId {
    let next = WordId::try_from(interner.len()).unwrap_or(WordId::MAX);
    *interner.entry(text).or_insert(next)
}

/// Two tokenized bodies with shared ids, and the weight of each word.
pub(super) struct TokenizedPair<'a> {
    pub(super) old: TokenizedText<'a>,
    pub(super) new: TokenizedText<'a>,
    /// By [`WordId`]: the number of letters and digits, up to a limit. Punctuation weighs nothing, as every paragraph
    /// has it.
    pub(super) weights: Vec<u32>,
}

/// The weight of a long word: rare long words should not outweigh all others.
const MAX_WORD_WEIGHT: usize = 8;

impl<'a> TokenizedPair<'a> {
    /// Tokenizes two bodies with common ids and weighs their words.
    pub(super) fn new(old: &'a Body, new: &'a Body) -> Self {
        let (mut words, mut block_texts) = (Interner::default(), Interner::default());
        let ranges = |body: &'a Body| body.blocks().iter().map(|block| block.range.clone());
        let old = TokenizedText::new(old.text(), ranges(old), &mut words, &mut block_texts);
        let new = TokenizedText::new(new.text(), ranges(new), &mut words, &mut block_texts);
        let mut weights = vec![0; words.len()];
        for (word, number) in words {
            let letters = word.chars().filter(|c| c.is_alphanumeric());
            let weight = letters.take(MAX_WORD_WEIGHT).count();
            weights[number as usize] = u32::try_from(weight).unwrap_or(0);
        }
        Self { old, new, weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exhausted_budget_still_finds_the_common_head_and_tail() {
        let (old, new) = ("One two three four five.", "One deux trois quatre five.");
        let (mut words, mut block_texts) = (Interner::default(), Interner::default());
        let mut tokenize =
            |text| TokenizedText::new(text, std::iter::once(0..24), &mut words, &mut block_texts);
        let (old, new) = (tokenize(old), tokenize(&new[..24]));
        let mut steps = StepBudget { left: 5, exhausted: false };
        let found = diff_blocks(old.block(0), new.block(0), &mut steps);
        let same: Vec<bool> = found.iter().map(|span| span.same).collect();
        assert_eq!(same, [true, false]);
        assert!(steps.is_exhausted());
        assert_eq!(found[0].old, 0..4);
    }
}
