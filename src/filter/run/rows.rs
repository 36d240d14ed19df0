//! A set of rows of one segment, one bit each.

use crate::desk::iter_set_bits;

/// Rows of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowSet {
    bits: Vec<u64>,
    len: usize,
}

impl RowSet {
    pub(crate) fn empty(len: usize) -> Self {
        Self {
            bits: vec![0; len.div_ceil(64)],
            len,
        }
    }

    pub(crate) fn full(len: usize) -> Self {
        let mut rows = Self {
            bits: vec![u64::MAX; len.div_ceil(64)],
            len,
        };
        if !len.is_multiple_of(64)
            && let Some(last) = rows.bits.last_mut()
        {
            *last = (1 << (len % 64)) - 1;
        }
        rows
    }

    pub(crate) fn set(&mut self, row: usize) {
        self.bits[row / 64] |= 1 << (row % 64);
    }

    pub(crate) fn contains(&self, row: usize) -> bool {
        self.bits
            .get(row / 64)
            .is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn count(&self) -> usize {
        self.bits
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// True where looking at each row is cheaper than looking at all text.
    pub(crate) fn is_sparse(&self) -> bool {
        self.count() * 24 < self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.zip(other, |a, b| a & b);
    }

    /// Takes out all but these rows.
    pub(crate) fn keep(&mut self, rows: impl Iterator<Item = usize>) {
        let mut only = Self::empty(self.len);
        rows.for_each(|row| only.set(row));
        self.and(&only);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.zip(other, |a, b| a | b);
    }

    pub(crate) fn subtract(&mut self, other: &Self) {
        self.zip(other, |a, b| a & !b);
    }

    fn zip(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in self.bits.iter_mut().zip(&other.bits) {
            *mine = join(*mine, *theirs);
        }
    }

    /// Those that pass a test.
    pub(crate) fn filtered(&self, test: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::empty(self.len);
        for (at, &word) in self.bits.iter().enumerate() {
            let mut passed = 0;
            if word == u64::MAX {
                for bit in 0..64 {
                    passed |= u64::from(test(at * 64 + bit)) << bit;
                }
            } else {
                let mut rest = word;
                while rest != 0 {
                    let bit = rest.trailing_zeros() as usize;
                    passed |= u64::from(test(at * 64 + bit)) << bit;
                    rest &= rest - 1;
                }
            }
            kept.bits[at] = passed;
        }
        kept
    }

    /// 64 rows each.
    pub(crate) fn words(&self) -> &[u64] {
        &self.bits
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        iter_set_bits(&self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_join() {
        let mut a = RowSet::full(70);
        assert_eq!(a.count(), 70);
        let mut b = RowSet::empty(70);
        for row in [0, 63, 64, 69] {
            b.set(row);
        }
        a.subtract(&b);
        assert_eq!(a.count(), 66);
        assert!(!a.contains(64) && a.contains(65) && !a.contains(70));
        a.or(&b);
        a.and(&b);
        assert_eq!(a.iter().collect::<Vec<_>>(), [0, 63, 64, 69]);
    }
}
