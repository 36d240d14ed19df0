//! Which entries a rule matches, one bit each, by segment: a wire that brings entries one by one has many short segments.

use crate::desk::{EntryId, iter_set_bits};

/// A set of entries that grows as segments arrive. A segment without any takes no memory but its place.
#[derive(Debug, Clone, Default)]
pub struct MatchedEntries {
    segments: Vec<Box<[u64]>>,
    count: usize,
}

impl MatchedEntries {
    /// Takes rows of a segment in, 64 to a word.
    pub fn add(&mut self, segment: usize, rows: &[u64]) {
        if rows.iter().all(|&word| word == 0) {
            return;
        }
        let words = self.segment_words(segment, rows.len());
        let mut new = 0;
        for (word, &rows) in words.iter_mut().zip(rows) {
            new += (rows & !*word).count_ones() as usize;
            *word |= rows;
        }
        self.count += new;
    }

    /// Takes an entry in; false where it was there.
    pub fn insert(&mut self, id: EntryId) -> bool {
        let (at, bit) = word_and_bit(id);
        let words = self.segment_words(id.segment(), at + 1);
        let new = words[at] & bit == 0;
        words[at] |= bit;
        self.count += usize::from(new);
        new
    }

    /// Whether an entry is in it.
    #[must_use]
    pub fn contains(&self, id: EntryId) -> bool {
        let (at, bit) = word_and_bit(id);
        let words = self.segments.get(id.segment());
        words
            .and_then(|words| words.get(at))
            .is_some_and(|word| word & bit != 0)
    }

    /// How many entries it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All entries, by segment and row.
    pub fn iter(&self) -> impl Iterator<Item = EntryId> {
        let numbered = self.segments.iter().enumerate();
        numbered.flat_map(|(segment, words)| {
            iter_set_bits(words).map(move |row| EntryId::new(segment, row))
        })
    }

    /// The words of a segment, at least so many.
    fn segment_words(&mut self, segment: usize, words: usize) -> &mut [u64] {
        if self.segments.len() <= segment {
            self.segments.resize_with(segment + 1, Box::default);
        }
        let place = &mut self.segments[segment];
        if place.len() < words {
            let mut longer = std::mem::take(place).into_vec();
            longer.resize(words, 0);
            *place = longer.into();
        }
        place
    }
}

/// Word and bit of a row in its segment.
fn word_and_bit(id: EntryId) -> (usize, u64) {
    (id.row() / 64, 1 << (id.row() % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_counted_once() {
        let mut matched = MatchedEntries::default();
        matched.add(3, &[0b101, 0]);
        matched.add(3, &[0b111]);
        assert!(!matched.insert(EntryId::new(3, 0)) && matched.insert(EntryId::new(3, 200)));
        assert!(matched.insert(EntryId::new(0, 7)));
        assert_eq!(matched.len(), 5);
        let all: Vec<(usize, usize)> = matched.iter().map(|id| (id.segment(), id.row())).collect();
        assert_eq!(all, [(0, 7), (3, 0), (3, 1), (3, 2), (3, 200)]);
        assert!(matched.contains(EntryId::new(3, 2)) && !matched.contains(EntryId::new(9, 2)));
    }
}
