//! Compares two bodies: pairs of paragraphs, which of them moved, the words inside them, and all of it in reading order.

use std::ops::Range;

use super::moves::find_unmoved;
use super::pairs::pairs;
use super::tokens::TokenizedPair;
use super::words::{self, DiffSpan, StepBudget};
use super::{Changes, DiffRun, DiffRunKind, ParagraphChange, ParagraphDiff};
use crate::dispatch::Body;

/// A paragraph of each body that are the same paragraph.
struct ParagraphPair {
    old: usize,
    new: usize,
    /// It keeps its place among the others.
    in_order: bool,
    stretches: Vec<DiffSpan>,
}

/// Compares two bodies; no facts.
///
/// The changes from one to the other are those back, turned round.
#[must_use]
pub fn compare_bodies(old: &Body, new: &Body) -> Changes {
    // One direction is worked out, whichever way it is asked: ties are broken the same way then.
    let turned = (old.text().len(), old.text()) > (new.text().len(), new.text());
    let (first, second) = if turned { (new, old) } else { (old, new) };
    let (mut found, coarse) = pair_paragraphs(first, second);
    if turned {
        found.iter_mut().for_each(ParagraphPair::swap_sides);
    }
    found.sort_unstable_by_key(|pair| (pair.new, pair.old));
    Changes {
        fields: Vec::new(),
        paragraphs: in_reading_order(old, new, found),
        coarse,
    }
}

impl ParagraphPair {
    fn swap_sides(&mut self) {
        std::mem::swap(&mut self.old, &mut self.new);
        for stretch in &mut self.stretches {
            std::mem::swap(&mut stretch.old, &mut stretch.new);
        }
    }
}

/// The paragraphs that are the same, with the words that changed in them; whether one was too long for words.
fn pair_paragraphs(old: &Body, new: &Body) -> (Vec<ParagraphPair>, bool) {
    let texts = TokenizedPair::new(old, new);
    let pairs = pairs(&texts);
    let lengths: Vec<usize> = pairs
        .iter()
        .map(|&(_, block)| texts.new.blocks[block].range.len())
        .collect();
    let in_order = find_unmoved(&pairs, &lengths);
    let mut steps = StepBudget::default();
    let pair = |(&(old, new), in_order)| ParagraphPair {
        old,
        new,
        in_order,
        stretches: words::diff_blocks(texts.old.block(old), texts.new.block(new), &mut steps),
    };
    let found = pairs.iter().zip(in_order).map(pair).collect();
    (found, steps.is_exhausted())
}

/// All paragraphs in order. Between two that kept their place: those taken out, then those put in.
fn in_reading_order(old: &Body, new: &Body, pairs: Vec<ParagraphPair>) -> Vec<ParagraphDiff> {
    let mut place: Vec<Option<usize>> = vec![None; old.blocks().len()];
    for pair in pairs.iter().filter(|pair| !pair.in_order) {
        place[pair.old] = Some(pair.new);
    }
    let mut parts = Vec::with_capacity(old.blocks().len() + new.blocks().len());
    let (mut next_old, mut next_new) = (0, 0);
    // News since the last paragraph in its place: they stand behind the olds of the same gap.
    let mut waiting: Vec<ParagraphDiff> = Vec::new();
    let gap = |olds: Range<usize>,
               new_at: usize,
               parts: &mut Vec<ParagraphDiff>,
               waiting: &mut Vec<ParagraphDiff>| {
        let (old_at, new_at) = (block_start(old, olds.end), block_start(new, new_at));
        parts.extend(olds.map(|block| deleted_paragraph(old, block, place[block], new_at)));
        for part in waiting.iter_mut().filter(|part| part.old.is_none()) {
            part.runs
                .iter_mut()
                .for_each(|run| run.old = old_at..old_at);
        }
        parts.append(waiting);
    };
    let mut gap_new = 0;
    for pair in pairs {
        waiting.extend((next_new..pair.new).map(|block| inserted_paragraph(new, block)));
        next_new = pair.new + 1;
        let changed = pair.stretches.iter().any(|stretch| !stretch.same);
        let part = ParagraphDiff {
            change: match (pair.in_order, changed) {
                (false, _) => ParagraphChange::Moved,
                (true, true) => ParagraphChange::Edited,
                (true, false) => ParagraphChange::Same,
            },
            old: Some(pair.old),
            new: Some(pair.new),
            runs: words::to_runs(&pair.stretches),
        };
        if pair.in_order {
            gap(next_old..pair.old, gap_new, &mut parts, &mut waiting);
            (next_old, gap_new) = (pair.old + 1, pair.new + 1);
            parts.push(part);
        } else {
            waiting.push(part);
        }
    }
    waiting.extend((next_new..new.blocks().len()).map(|block| inserted_paragraph(new, block)));
    gap(
        next_old..old.blocks().len(),
        gap_new,
        &mut parts,
        &mut waiting,
    );
    parts
}

/// Where a block begins, or the text ends.
fn block_start(body: &Body, block: usize) -> usize {
    let block = body.blocks().get(block);
    block.map_or(body.text().len(), |block| block.range.start)
}

/// A paragraph of the old body that does not stand there any more.
fn deleted_paragraph(old: &Body, block: usize, new: Option<usize>, new_at: usize) -> ParagraphDiff {
    let range = old.blocks()[block].range.clone();
    let run = DiffRun {
        kind: DiffRunKind::Deleted,
        old: range,
        new: new_at..new_at,
    };
    ParagraphDiff {
        change: if new.is_some() {
            ParagraphChange::Left
        } else {
            ParagraphChange::Deleted
        },
        old: Some(block),
        new,
        runs: if new.is_some() { Vec::new() } else { vec![run] },
    }
}

/// A paragraph that only the new body has; its place in the old one is not yet known.
fn inserted_paragraph(new: &Body, block: usize) -> ParagraphDiff {
    let run = DiffRun {
        kind: DiffRunKind::Inserted,
        old: 0..0,
        new: new.blocks()[block].range.clone(),
    };
    ParagraphDiff {
        change: ParagraphChange::Inserted,
        old: None,
        new: Some(block),
        runs: vec![run],
    }
}
