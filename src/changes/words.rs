//! Compares the words of two paragraphs. What comes out is exact to the byte, white space included.

use std::ops::Range;

use imara_diff::{Algorithm, Diff};

use super::tidy::{cleanup_semantic, cleanup_semantic_lossless};
use super::tokens::{BlockView, Token, WordId};
use super::{DiffRun, DiffRunKind};

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

#[cfg(test)]
mod tests {
    use super::super::tokens::{Interner, TokenizedText};
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
