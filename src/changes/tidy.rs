//! Makes a comparison of words fit to read: changes begin where sentences do, and no confetti of small words between.

use std::ops::Range;

use super::tokens::{BlockView, Token};
use super::words::CommonRun;

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
