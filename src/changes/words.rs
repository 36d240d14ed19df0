//! Compares the words of two paragraphs. What comes out is exact to the byte, white space included.

use std::ops::Range;

use imara_diff::{Algorithm, Diff};

use super::tidy::{slide, tidy};
use super::tokens::{Block, Token, Word};
use super::{Run, RunKind};

/// Steps that all comparisons of words of two bodies may take together, about a tenth of a second. A paragraph of
/// ten thousand words that shares none with its pair takes five million.
const STEPS: u64 = 64_000_000;
/// The comparison gives up its search for the shortest way after about this many changes, or the root of the length.
const PATIENCE: u64 = 256;

/// A stretch that is the same in both texts, or is not: byte ranges into both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) same: bool,
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Steps {
    left: u64,
    spent: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            left: STEPS,
            spent: false,
        }
    }
}

impl Steps {
    /// Takes what a comparison of so many tokens may cost; false where that is more than there is.
    fn take(&mut self, tokens: usize) -> bool {
        let tokens = tokens as u64;
        let cost = tokens * tokens.min(PATIENCE.max(tokens.isqrt()));
        let enough = cost <= self.left;
        if enough {
            self.left -= cost;
        } else {
            self.spent = true;
        }
        enough
    }

    /// True where a comparison was left out.
    pub(super) fn spent(&self) -> bool {
        self.spent
    }
}

/// Tokens that are the same in both paragraphs, one after another: numbers of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Island {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// Compares two paragraphs.
pub(super) fn stretches(old: Block<'_>, new: Block<'_>, steps: &mut Steps) -> Vec<Stretch> {
    if old.text[old.range.clone()] == new.text[new.range.clone()] {
        let (old, new) = (old.range, new.range);
        return vec![Stretch {
            same: true,
            old,
            new,
        }];
    }
    let islands = islands(&old, &new, steps);
    let mut found = Vec::new();
    let (mut from_old, mut from_new) = (old.range.start, new.range.start);
    for island in islands {
        for (a, b) in island.old.zip(island.new) {
            let (a, b) = (&old.tokens[a].range, &new.tokens[b].range);
            between(
                (old.text, from_old..a.start),
                (new.text, from_new..b.start),
                &mut found,
            );
            push(true, a.clone(), b.clone(), &mut found);
            (from_old, from_new) = (a.end, b.end);
        }
    }
    between(
        (old.text, from_old..old.range.end),
        (new.text, from_new..new.range.end),
        &mut found,
    );
    found
}

/// The tokens that both have, in order.
fn islands(old: &Block<'_>, new: &Block<'_>, steps: &mut Steps) -> Vec<Island> {
    let words = |tokens: &[Token]| -> Vec<Word> { tokens.iter().map(|token| token.word).collect() };
    let (a, b) = (words(old.tokens), words(new.tokens));
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = a.len().min(b.len()) - start;
    let ends = a.iter().rev().zip(b.iter().rev()).take(rest);
    let end = ends.take_while(|(a, b)| a == b).count();
    let (in_a, in_b) = (start..a.len() - end, start..b.len() - end);
    let mut islands = vec![Island {
        old: 0..start,
        new: 0..start,
    }];
    if steps.take(in_a.len() + in_b.len()) {
        let mut diff = Diff::default();
        // The count of words is of use to another algorithm only.
        diff.compute_with(
            Algorithm::Myers,
            &tokens(&a[in_a.clone()]),
            &tokens(&b[in_b.clone()]),
            0,
        );
        let (mut at_a, mut at_b) = (start, start);
        for hunk in diff.hunks() {
            let (before, after) = (hunk.before, hunk.after);
            islands.push(Island {
                old: at_a..start + before.start as usize,
                new: at_b..start + after.start as usize,
            });
            (at_a, at_b) = (start + before.end as usize, start + after.end as usize);
        }
        islands.push(Island {
            old: at_a..in_a.end,
            new: at_b..in_b.end,
        });
    }
    islands.push(Island {
        old: in_a.end..a.len(),
        new: in_b.end..b.len(),
    });
    slide(&mut islands, old, new);
    tidy(&islands, old, new)
}

fn tokens(words: &[Word]) -> Vec<imara_diff::Token> {
    words.iter().map(|&word| imara_diff::Token(word)).collect()
}

/// What stands between two tokens that both have. White space that both begin or end with is the same.
fn between(
    (old_text, old): (&str, Range<usize>),
    (new_text, new): (&str, Range<usize>),
    found: &mut Vec<Stretch>,
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
    push(
        true,
        old.start..inner_old.start,
        new.start..inner_new.start,
        found,
    );
    push(false, inner_old.clone(), inner_new.clone(), found);
    push(true, inner_old.end..old.end, inner_new.end..new.end, found);
}

/// Adds a stretch, to the last one where that is of its kind.
fn push(same: bool, old: Range<usize>, new: Range<usize>, found: &mut Vec<Stretch>) {
    if old.is_empty() && new.is_empty() {
        return;
    }
    match found.last_mut() {
        Some(last) if last.same == same => {
            last.old.end = old.end;
            last.new.end = new.end;
        }
        _ => found.push(Stretch { same, old, new }),
    }
}

/// Stretches as runs: of what changed, first the old words, then the new ones.
pub(super) fn runs(stretches: &[Stretch]) -> Vec<Run> {
    let mut runs = Vec::with_capacity(stretches.len() * 2);
    for Stretch { same, old, new } in stretches {
        if *same {
            runs.push(Run {
                kind: RunKind::Same,
                old: old.clone(),
                new: new.clone(),
            });
            continue;
        }
        if !old.is_empty() {
            runs.push(Run {
                kind: RunKind::Deleted,
                old: old.clone(),
                new: new.start..new.start,
            });
        }
        if !new.is_empty() {
            runs.push(Run {
                kind: RunKind::Inserted,
                old: old.end..old.end,
                new: new.clone(),
            });
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{Cut, Numbers};
    use super::*;

    #[test]
    fn without_steps_what_both_begin_and_end_with_is_still_found() {
        let (old, new) = ("One two three four five.", "One deux trois quatre five.");
        let (mut words, mut whole) = (Numbers::default(), Numbers::default());
        let mut cut = |text| Cut::new(text, std::iter::once(0..24), &mut words, &mut whole);
        let (old, new) = (cut(old), cut(&new[..24]));
        let mut steps = Steps {
            left: 5,
            spent: false,
        };
        let found = stretches(old.block(0), new.block(0), &mut steps);
        let same: Vec<bool> = found.iter().map(|stretch| stretch.same).collect();
        assert_eq!(same, [true, false]);
        assert!(steps.spent());
        assert_eq!(found[0].old, 0..4);
    }
}
