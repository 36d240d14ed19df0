//! Which paragraphs kept their order: the heaviest chain of pairs that ascends in both texts. The others were moved.

/// What a paragraph weighs besides its length: of two ways to tell it, the one that moves fewer paragraphs.
const PARAGRAPH_WEIGHT: u64 = 100;

/// For each pair (numbers of blocks, ascending by the second), whether it belongs to that chain. `lengths` are weights.
pub(super) fn find_unmoved(pairs: &[(usize, usize)], lengths: &[usize]) -> Vec<bool> {
    let highest = pairs.iter().map(|pair| pair.0 + 1).max().unwrap_or(0);
    // A Fenwick tree of maxima: the heaviest chain that ends at or before a block, and its last pair.
    let mut tree: Vec<(u64, usize)> = vec![(0, usize::MAX); highest + 1];
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
    let mut kept = vec![false; pairs.len()];
    let mut next = best.1;
    while let Some(kept) = kept.get_mut(next) {
        *kept = true;
        next = before[next];
    }
    kept
}

fn heavier(a: (u64, usize), b: (u64, usize)) -> (u64, usize) {
    if b.0 > a.0 { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::find_unmoved;

    #[track_caller]
    fn check(olds: &[usize], lengths: &[usize], expected: &[usize]) {
        let pairs: Vec<(usize, usize)> = olds.iter().copied().zip(0..).collect();
        let kept = find_unmoved(&pairs, lengths);
        let chain: Vec<usize> = olds
            .iter()
            .zip(kept)
            .filter_map(|(&old, kept)| kept.then_some(old))
            .collect();
        assert_eq!(chain, expected);
    }

    #[test]
    fn the_heaviest_chain_keeps_its_place() {
        check(&[], &[], &[]);
        check(&[0, 1, 2], &[9, 9, 9], &[0, 1, 2]);
        check(&[2, 0, 1], &[9, 9, 9], &[0, 1]);
        // One long paragraph outweighs two short ones.
        check(&[2, 0, 1], &[900, 9, 9], &[2]);
        check(&[3, 0, 4, 1, 5, 2], &[5; 6], &[3, 4, 5]);
    }
}
