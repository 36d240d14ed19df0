//! Counts words fast: over raw bytes, without looking at letters. The bars of tables part words and are none.

/// Number of words: runs of anything but ASCII white space and `|`. The same over raw bytes and over cleaned
/// text, but where NEL, U+2028 or U+2029 end lines.
#[must_use]
pub fn count_words(text: &str) -> u32 {
    count_words_in(text.as_bytes())
}

/// [`count_words`] over bytes.
#[must_use]
pub fn count_words_in(bytes: &[u8]) -> u32 {
    count_runs(bytes, is_separator)
}

/// [`count_words`] over text that [`super::clean()`] leaves as it is: faster, since white space is all that is not above it.
#[must_use]
pub fn count_clean_words(text: &str) -> u32 {
    #[allow(clippy::needless_bitwise_bool)] // As below.
    count_runs(text.as_bytes(), |byte| (byte <= b' ') | (byte == b'|'))
}

#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
#[inline]
fn count_runs(bytes: &[u8], space: impl Fn(u8) -> bool) -> u32 {
    let Some((&first, rest)) = bytes.split_first() else {
        return 0;
    };
    let mut words = 1 - u32::from(space(first));
    // A word starts where a space is followed by none. Small chunks keep the sum in one byte, so that it vectorises.
    for (before, at) in bytes.chunks(224).zip(rest.chunks(224)) {
        let starts: u8 = before
            .iter()
            .zip(at)
            .map(|(&before, &at)| u8::from(space(before) & !space(at)))
            .fold(0, u8::wrapping_add);
        words += u32::from(starts);
    }
    words
}

/// True for ASCII white space and bars.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
fn is_separator(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5) | (byte == b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_runs_between_white_space() {
        let check = |text: &str, words| {
            assert_eq!(count_words(text), words, "{text:?}");
            let clean = crate::text::clean(text);
            assert_eq!(count_clean_words(&clean), words, "{clean:?}");
        };
        check("", 0);
        check(" \t\n", 0);
        check("one", 1);
        check(" one  two\r\nthree\u{b}four\tfünf ", 5);
        check("| Bergen | - | Oslo 2:1 |\n|a|", 5);
        check(&"ab ".repeat(700), 700);
        check(&"a".repeat(700), 1);
    }
}
