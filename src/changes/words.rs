//! Tokenizes paragraphs and compares their words, then moves and merges the changes so that they read well. Exact to the byte, white space included.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use imara_diff::{Algorithm, Diff};
use unicode_segmentation::UnicodeSegmentation;

use crate::changes::compare::{DiffRun, DiffRunKind};
use crate::dispatch::Body;

/// Steps that all comparisons of words of two bodies may take together, about a tenth of a second. A paragraph of
/// ten thousand words that shares none with its pair takes five million.
const MAX_STEPS: u64 = 64_000_000;

/// The comparison gives up its search for the shortest way after about this many changes, or the root of the length.
const MIN_SEARCH_CUTOFF: u64 = 256;

/// A stretch that is the same in both texts, or is not: byte ranges into both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiffSpan {
    pub(super) same: bool,
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// The steps that are left.
#[derive(Debug)]
pub(super) struct StepBudget {
    left: u64,
    exhausted: bool,
}

impl Default for StepBudget {
    fn default() -> Self {
        Self {
            left: MAX_STEPS,
            exhausted: false,
        }
    }
}

impl StepBudget {
    /// Takes what a comparison of so many tokens may cost; false where that is more than there is.
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

    /// True where a comparison was left out.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }
}

/// Tokens that are the same in both paragraphs, one after another: numbers of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommonRun {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// Compares two paragraphs.
pub(super) fn diff_blocks(
    old: BlockView<'_>,
    new: BlockView<'_>,
    steps: &mut StepBudget,
) -> Vec<DiffSpan> {
    if old.text[old.range.clone()] == new.text[new.range.clone()] {
        let (old, new) = (old.range, new.range);
        return vec![DiffSpan {
            same: true,
            old,
            new,
        }];
    }
    let islands = find_common_runs(&old, &new, steps);
    let mut found = Vec::new();
    let (mut from_old, mut from_new) = (old.range.start, new.range.start);
    for island in islands {
        for (a, b) in island.old.zip(island.new) {
            let (a, b) = (&old.tokens[a].range, &new.tokens[b].range);
            push_between(
                (old.text, from_old..a.start),
                (new.text, from_new..b.start),
                &mut found,
            );
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

/// The tokens that both have, in order.
fn find_common_runs(
    old: &BlockView<'_>,
    new: &BlockView<'_>,
    steps: &mut StepBudget,
) -> Vec<CommonRun> {
    let words =
        |tokens: &[Token]| -> Vec<WordId> { tokens.iter().map(|token| token.word).collect() };
    let (a, b) = (words(old.tokens), words(new.tokens));
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = a.len().min(b.len()) - start;
    let ends = a.iter().rev().zip(b.iter().rev()).take(rest);
    let end = ends.take_while(|(a, b)| a == b).count();
    let (in_a, in_b) = (start..a.len() - end, start..b.len() - end);
    let mut islands = vec![CommonRun {
        old: 0..start,
        new: 0..start,
    }];
    if steps.try_spend(in_a.len() + in_b.len()) {
        let mut diff = Diff::default();
        // The count of words is of use to another algorithm only.
        diff.compute_with(
            Algorithm::Myers,
            &to_diff_tokens(&a[in_a.clone()]),
            &to_diff_tokens(&b[in_b.clone()]),
            0,
        );
        let (mut at_a, mut at_b) = (start, start);
        for hunk in diff.hunks() {
            let (before, after) = (hunk.before, hunk.after);
            islands.push(CommonRun {
                old: at_a..start + before.start as usize,
                new: at_b..start + after.start as usize,
            });
            (at_a, at_b) = (start + before.end as usize, start + after.end as usize);
        }
        islands.push(CommonRun {
            old: at_a..in_a.end,
            new: at_b..in_b.end,
        });
    }
    islands.push(CommonRun {
        old: in_a.end..a.len(),
        new: in_b.end..b.len(),
    });
    cleanup_semantic_lossless(&mut islands, old, new);
    cleanup_semantic(&islands, old, new)
}

fn to_diff_tokens(words: &[WordId]) -> Vec<imara_diff::Token> {
    words.iter().map(|&word| imara_diff::Token(word)).collect()
}

/// What stands between two tokens that both have. White space that both begin or end with is the same.
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
    let (inner_old, inner_new) = (
        old.start + start..old.end - end,
        new.start + start..new.end - end,
    );
    push_span(
        true,
        old.start..inner_old.start,
        new.start..inner_new.start,
        found,
    );
    push_span(false, inner_old.clone(), inner_new.clone(), found);
    push_span(true, inner_old.end..old.end, inner_new.end..new.end, found);
}

/// Adds a stretch, to the last one where that is of its kind.
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

/// Stretches as runs: of what changed, first the old words, then the new ones.
pub(super) fn to_runs(stretches: &[DiffSpan]) -> Vec<DiffRun> {
    let mut runs = Vec::with_capacity(stretches.len() * 2);
    for DiffSpan { same, old, new } in stretches {
        if *same {
            runs.push(DiffRun {
                kind: DiffRunKind::Same,
                old: old.clone(),
                new: new.clone(),
            });
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

// Makes a comparison of words fit to read: changes begin where sentences do, and no confetti of small words
// between.

/// Words between two changes that always stay: so many are no accident.
const MIN_KEPT_WORDS: usize = 6;

/// Moves changes that could stand at several places to the one that reads best: `A[. B]. C` becomes `A. [B. ]C`.
pub(super) fn cleanup_semantic_lossless(
    islands: &mut Vec<CommonRun>,
    old: &BlockView<'_>,
    new: &BlockView<'_>,
) {
    islands.retain(|island| !island.old.is_empty());
    for right in 1..islands.len() {
        let (before, after) = (islands[right - 1].clone(), islands[right].clone());
        let put_in = before.old.end == after.old.start;
        let taken_out = before.new.end == after.new.start;
        let by = match (put_in, taken_out) {
            (true, false) => best_shift(new, before.new, after.new),
            (false, true) => best_shift(old, before.old, after.old),
            _ => continue,
        };
        let moved = |at: usize| at.saturating_add_signed(by);
        let left = &mut islands[right - 1];
        (left.old.end, left.new.end) = (moved(left.old.end), moved(left.new.end));
        let right = &mut islands[right];
        (right.old.start, right.new.start) = (moved(right.old.start), moved(right.new.start));
    }
}

/// By how many tokens a change that stands between two islands is best moved, to the left where below 0.
fn best_shift(text: &BlockView<'_>, before: Range<usize>, after: Range<usize>) -> isize {
    let word = |at: usize| text.tokens[at].word;
    let (start, end) = (before.end, after.start);
    let to_left = (0..before.len()).take_while(|by| word(start - 1 - by) == word(end - 1 - by));
    let to_right = (0..after.len()).take_while(|by| word(start + by) == word(end + by));
    let (to_left, to_right) = (to_left.count(), to_right.count());
    // Of equally good places, the last.
    let best = (start - to_left..=start + to_right).max_by_key(|&at| match at {
        0 => 2,
        at => boundary_strength(&text.text[text.tokens[at - 1].range.clone()]),
    });
    let best = best.unwrap_or(start);
    best.cast_signed() - start.cast_signed()
}

/// How strongly a mark parts what stands before it from what follows.
fn boundary_strength(mark: &str) -> u8 {
    match mark {
        "." | "!" | "?" | "”" | "。" | "؟" => 2,
        "," | ";" | ":" | "—" | "–" | "(" | "，" | "、" | "،" => 1,
        _ => 0,
    }
}

/// Drops islands that are smaller than the changes on both sides of them: a change that is read in one go is better
/// than two with `of the` between. Returns those that stay, in order.
pub(super) fn cleanup_semantic(
    islands: &[CommonRun],
    old: &BlockView<'_>,
    new: &BlockView<'_>,
) -> Vec<CommonRun> {
    let (of_old, of_new) = (LengthSums::new(old.tokens), LengthSums::new(new.tokens));
    let mut kept: Vec<CommonRun> = Vec::with_capacity(islands.len());
    let end = CommonRun {
        old: old.tokens.len()..old.tokens.len(),
        new: new.tokens.len()..new.tokens.len(),
    };
    for next in islands.iter().filter(|i| !i.old.is_empty()).chain([&end]) {
        while let Some(last) = kept.last() {
            let (from_old, from_new) = match kept.len() {
                1 => (0, 0),
                count => (kept[count - 2].old.end, kept[count - 2].new.end),
            };
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

/// Sums of the bytes of tokens, without what stands between them.
struct LengthSums(Vec<usize>);

impl LengthSums {
    fn new(tokens: &[Token]) -> Self {
        let sums = tokens.iter().scan(0, |sum, token| {
            *sum += token.range.len();
            Some(*sum)
        });
        Self(std::iter::once(0).chain(sums).collect())
    }

    fn length_of(&self, tokens: Range<usize>) -> usize {
        self.0[tokens.end] - self.0[tokens.start]
    }
}

// Two bodies cut into words and marks, the same ones under the same number.

/// The number of a word, the same in both texts.
pub(super) type WordId = u32;

/// Numbers of texts.
pub(super) type Interner<'a> = HashMap<&'a str, WordId, RandomState>;

/// A word or mark of a text: anything but the white space between.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) word: WordId,
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
}

/// One block: bytes of its text, and its tokens as a range into all of them.
#[derive(Debug, Clone)]
pub(super) struct TokenizedBlock {
    pub(super) range: Range<usize>,
    tokens: Range<usize>,
    /// The number of its text, the same in both bodies.
    pub(super) text: WordId,
}

/// A text in blocks of tokens.
pub(super) struct TokenizedText<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) blocks: Vec<TokenizedBlock>,
}

/// A block as it is compared with another.
#[derive(Clone)]
pub(super) struct BlockView<'a> {
    /// The text that all ranges are bytes of.
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) tokens: &'a [Token],
}

impl<'a> TokenizedText<'a> {
    pub(super) fn block(&self, number: usize) -> BlockView<'_> {
        BlockView {
            text: self.text,
            range: self.blocks[number].range.clone(),
            tokens: self.tokens(number),
        }
    }

    pub(super) fn tokens(&self, number: usize) -> &[Token] {
        &self.tokens[self.blocks[number].tokens.clone()]
    }

    /// Cuts a text into its blocks, and those into tokens.
    pub(super) fn new(
        text: &'a str,
        blocks: impl Iterator<Item = Range<usize>>,
        words: &mut Interner<'a>,
        whole: &mut Interner<'a>,
    ) -> Self {
        let mut cut = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            blocks: Vec::new(),
        };
        for range in blocks {
            let first = cut.tokens.len();
            let block = &text[range.clone()];
            for (at, segment) in block.split_word_bound_indices() {
                if segment.chars().all(char::is_whitespace) {
                    continue;
                }
                let start = range.start + at;
                cut.tokens.push(Token {
                    word: intern(words, segment),
                    range: start..start + segment.len(),
                });
            }
            cut.blocks.push(TokenizedBlock {
                range,
                tokens: first..cut.tokens.len(),
                text: intern(whole, block),
            });
        }
        cut
    }
}

fn intern<'a>(numbers: &mut Interner<'a>, text: &'a str) -> WordId {
    let next = WordId::try_from(numbers.len()).unwrap_or(WordId::MAX);
    *numbers.entry(text).or_insert(next)
}

/// Two bodies cut, and how much each word weighs.
pub(super) struct TokenizedPair<'a> {
    pub(super) old: TokenizedText<'a>,
    pub(super) new: TokenizedText<'a>,
    /// By word: its letters and digits, a few at most. Marks weigh nothing: every paragraph has them.
    pub(super) weights: Vec<u32>,
}

/// What a long word weighs at most.
const MAX_WORD_WEIGHT: usize = 8;

impl<'a> TokenizedPair<'a> {
    pub(super) fn new(old: &'a Body, new: &'a Body) -> Self {
        let (mut words, mut whole) = (Interner::default(), Interner::default());
        let ranges = |body: &'a Body| body.blocks().iter().map(|block| block.range.clone());
        let old = TokenizedText::new(old.text(), ranges(old), &mut words, &mut whole);
        let new = TokenizedText::new(new.text(), ranges(new), &mut words, &mut whole);
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
    fn without_steps_what_both_begin_and_end_with_is_still_found() {
        let (old, new) = ("One two three four five.", "One deux trois quatre five.");
        let (mut words, mut whole) = (Interner::default(), Interner::default());
        let mut cut =
            |text| TokenizedText::new(text, std::iter::once(0..24), &mut words, &mut whole);
        let (old, new) = (cut(old), cut(&new[..24]));
        let mut steps = StepBudget {
            left: 5,
            exhausted: false,
        };
        let found = diff_blocks(old.block(0), new.block(0), &mut steps);
        let same: Vec<bool> = found.iter().map(|stretch| stretch.same).collect();
        assert_eq!(same, [true, false]);
        assert!(steps.is_exhausted());
        assert_eq!(found[0].old, 0..4);
    }
}
