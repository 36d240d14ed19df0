//! A set of entries, one bit each: which of a million are meant is told by one look.

use super::{EntryId, Snapshot};

/// Words of 64 bits that a segment takes.
const WORDS_PER_SEGMENT: usize = EntryId::STRIDE / 64;

/// Some entries of a snapshot.
#[derive(Debug, Clone)]
pub struct EntrySet {
    bits: Vec<u64>,
}

impl EntrySet {
    /// No entries of a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            bits: vec![0; snapshot.segments().len() * WORDS_PER_SEGMENT],
        }
    }

    /// These entries of a snapshot; an id of none of its segments is left out.
    #[must_use]
    pub fn from_ids(snapshot: &Snapshot, ids: &[EntryId]) -> Self {
        let mut set = Self::new(snapshot);
        for id in ids {
            if let Some(word) = set.bits.get_mut(id.number() / 64) {
                *word |= 1 << (id.number() % 64);
            }
        }
        set
    }

    /// Takes the rows of a segment in, 64 to a word.
    pub fn set_segment_rows(&mut self, segment: usize, rows: &[u64]) {
        self.bits[segment * WORDS_PER_SEGMENT..][..rows.len()].copy_from_slice(rows);
    }

    /// 1 where an entry of the snapshot is in it, else 0: a number, so that it may be counted without a branch.
    #[must_use]
    pub fn count_of(&self, id: EntryId) -> usize {
        let at = id.number();
        usize::try_from(self.bits[at / 64] >> (at % 64) & 1).unwrap_or(0)
    }

    /// The rows of a segment that are in it, ascending.
    pub fn rows(&self, segment: usize) -> impl Iterator<Item = usize> {
        iter_set_bits(&self.bits[segment * WORDS_PER_SEGMENT..(segment + 1) * WORDS_PER_SEGMENT])
    }

    /// How many entries it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        let ones = self.bits.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    /// True where it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }
}

/// The numbers of the bits that are set, ascending.
pub fn iter_set_bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(at, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros() as usize;
            (rest != 0).then(|| {
                rest &= rest - 1;
                at * 64 + bit
            })
        })
    })
}
