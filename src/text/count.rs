//! Counts words fast: over raw bytes, without looking at letters.

/// Number of words: runs of anything but ASCII white space. The same over raw bytes and over cleaned text.
#[must_use]
pub fn count_words(text: &str) -> u32 {
    count_words_in(text.as_bytes())
}

/// [`count_words`] over bytes.
#[must_use]
pub fn count_words_in(bytes: &[u8]) -> u32 {
    let Some((&first, rest)) = bytes.split_first() else {
        return 0;
    };
    let mut words = 1 - u32::from(space(first));
    // A word starts where a space is followed by none. Small chunks keep the sum in one byte, so that it vectorises.
    for (before, at) in bytes.chunks(128).zip(rest.chunks(128)) {
        let starts: u8 = before
            .iter()
            .zip(at)
            .map(|(&before, &at)| space(before) & (1 - space(at)))
            .fold(0, u8::wrapping_add);
        words += u32::from(starts);
    }
    words
}

/// 1 for ASCII white space, else 0.
fn space(byte: u8) -> u8 {
    u8::from(byte == b' ') | u8::from(byte.wrapping_sub(b'\t') < 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_runs_between_white_space() {
        let check = |text: &str, words| assert_eq!(count_words(text), words, "{text:?}");
        check("", 0);
        check(" \t\n", 0);
        check("one", 1);
        check(" one  two\r\nthree\u{b}four\tfünf ", 5);
        check(&"ab ".repeat(700), 700);
        check(&"a".repeat(700), 1);
    }
}
