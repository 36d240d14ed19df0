//! [`WordSet`], a constant set of words for the checks that every line of a text goes through.

/// Most words of a set.
const CAPACITY: usize = 48;

/// A constant set of words, optimised for lookups that fail: first letter and length rule out most words without a
/// string comparison.
pub(in crate::format) struct WordSet {
    /// Sorted by first letter.
    sorted: [&'static str; CAPACITY],
    /// For each first letter, a bit set of the lengths of its words.
    lengths: [u32; 32],
    /// For each first letter, the index of its first word in `sorted`; one more entry at the end.
    starts: [u8; 33],
}

/// Bucket of a word, from the low five bits of its first byte, which ignore the case of ASCII letters.
const fn letter(word: &str) -> usize {
    match word.as_bytes().first() {
        Some(first) => (*first & 31) as usize,
        None => 0,
    }
}

impl WordSet {
    /// The words in a text, separated by white space. They must be in lower case and shorter than 32 bytes.
    pub(in crate::format) const fn new(text: &'static str) -> Self {
        let mut words = [""; CAPACITY];
        let (mut rest, mut count, mut at) = (text, 0, 0);
        while at < rest.len() {
            if rest.as_bytes()[at].is_ascii_whitespace() {
                let (word, after) = rest.split_at(at);
                words[count] = word;
                count += !word.is_empty() as usize;
                (_, rest) = after.split_at(1);
                at = 0;
            } else {
                at += 1;
            }
        }
        words[count] = rest;
        Self::of(&words)
    }

    /// A set of words that may contain spaces, in lower case and shorter than 32 bytes.
    #[allow(clippy::cast_possible_truncation)]
    pub(in crate::format) const fn of(words: &[&'static str]) -> Self {
        let mut sorted = [""; CAPACITY];
        let (mut lengths, mut starts) = ([0; 32], [0; 33]);
        let (mut first, mut count) = (0, 0);
        while first < 32 {
            starts[first] = count as u8;
            let mut at = 0;
            while at < words.len() {
                if letter(words[at]) == first && !words[at].is_empty() {
                    sorted[count] = words[at];
                    lengths[first] |= 1 << words[at].len();
                    count += 1;
                }
                at += 1;
            }
            first += 1;
        }
        starts[32] = count as u8;
        Self { sorted, lengths, starts }
    }

    /// True for one of the words, ignoring the case of ASCII letters.
    pub(in crate::format) fn contains(&self, word: &str) -> bool {
        let first = letter(word);
        if word.len() >= 32 || self.lengths[first] >> word.len() & 1 == 0 {
            return false;
        }
        let range = usize::from(self.starts[first])..usize::from(self.starts[first + 1]);
        let mut words = self.sorted[range].iter();
        words.any(|known| known.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_sets_ignore_case() {
        static FEW: WordSet = WordSet::new(" miércoles mon\n    -30- ");
        static PHRASES: WordSet = WordSet::of(&["- 30 -", "mon"]);
        for word in ["mon", "Mon", "MON", "miércoles", "Miércoles", "-30-"] {
            assert!(FEW.contains(word), "{word}");
        }
        for word in ["", "mo", "mot", "non", "miercoles", "M30-", &"m".repeat(40)] {
            assert!(!FEW.contains(word), "{word}");
        }
        assert!(PHRASES.contains("- 30 -") && PHRASES.contains("mon") && !PHRASES.contains("-30-"));
    }
}
