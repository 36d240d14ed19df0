//! Lists of words that texts are asked for, in any case and mostly in vain.

/// A list of words. What is none of them is mostly told by its first letter and its length.
pub(super) struct WordSet<const N: usize> {
    /// Sorted by their first letter.
    sorted: [&'static str; N],
    /// For each first letter the lengths that there are, a bit each.
    lengths: [u32; 32],
    /// For each first letter where its words begin, and after them where the next ones do.
    starts: [u8; 33],
}

/// A first letter, large or small.
const fn letter(word: &str) -> usize {
    match word.as_bytes().first() {
        Some(first) => (*first & 31) as usize,
        None => 0,
    }
}

impl<const N: usize> WordSet<N> {
    /// The words must be in small letters and shorter than 32 bytes, and fewer than 256.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) const fn new(words: [&'static str; N]) -> Self {
        let mut sorted = [""; N];
        let (mut lengths, mut starts) = ([0; 32], [0; 33]);
        let (mut first, mut count) = (0, 0);
        while first < 32 {
            starts[first] = count as u8;
            let mut at = 0;
            while at < N {
                if letter(words[at]) == first {
                    sorted[count] = words[at];
                    lengths[first] |= 1 << words[at].len();
                    count += 1;
                }
                at += 1;
            }
            first += 1;
        }
        starts[32] = count as u8;
        Self {
            sorted,
            lengths,
            starts,
        }
    }

    /// True for one of the words; ASCII letters may be large or small.
    pub(super) fn contains(&self, word: &str) -> bool {
        let first = letter(word);
        if word.len() >= 32 || self.lengths[first] >> word.len() & 1 == 0 {
            return false;
        }
        let range = usize::from(self.starts[first])..usize::from(self.starts[first + 1]);
        let mut words = self.sorted[range].iter();
        words.any(|one| one.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::WordSet;

    #[test]
    fn has_its_words_in_any_case() {
        const FEW: WordSet<3> = WordSet::new(["miércoles", "mon", "-30-"]);
        for word in ["mon", "Mon", "MON", "miércoles", "Miércoles", "-30-"] {
            assert!(FEW.contains(word), "{word}");
        }
        for word in ["", "mo", "mot", "non", "miercoles", "M30-", &"m".repeat(40)] {
            assert!(!FEW.contains(word), "{word}");
        }
    }
}
