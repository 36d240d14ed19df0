//! Lists of words that texts are asked for, in any case and mostly in vain.

/// A list of words. What is none of them is mostly told by its first letter and its length.
pub(super) struct Words<const N: usize> {
    words: [&'static str; N],
    /// For each first letter the lengths that there are, a bit each.
    lengths: [u32; 32],
}

impl<const N: usize> Words<N> {
    /// The words must be in small letters and shorter than 32 bytes.
    pub(super) const fn new(words: [&'static str; N]) -> Self {
        let mut lengths = [0; 32];
        let mut at = 0;
        while at < N {
            let word = words[at].as_bytes();
            lengths[(word[0] & 31) as usize] |= 1 << word.len();
            at += 1;
        }
        Self { words, lengths }
    }

    /// True for one of the words; ASCII letters may be large or small.
    pub(super) fn has(&self, word: &str) -> bool {
        let Some(first) = word.as_bytes().first() else {
            return false;
        };
        let there = self.lengths[usize::from(first & 31)];
        word.len() < 32
            && there >> word.len() & 1 != 0
            && self.words.iter().any(|one| one.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn has_its_words_in_any_case() {
        const FEW: Words<3> = Words::new(["miércoles", "mon", "-30-"]);
        for word in ["mon", "Mon", "MON", "miércoles", "Miércoles", "-30-"] {
            assert!(FEW.has(word), "{word}");
        }
        for word in ["", "mo", "mot", "non", "miercoles", "M30-", &"m".repeat(40)] {
            assert!(!FEW.has(word), "{word}");
        }
    }
}
