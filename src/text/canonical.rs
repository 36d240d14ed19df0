//! Canonical text: cleaning of raw text, word counts, and a stable hash.

use std::borrow::Cow;

/// True where [`clean`] would change the text.
#[must_use]
pub fn needs_cleaning(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Most of all text is told to be clean by a first, rougher look.
    let seen = bytes
        .chunks(CHUNK_BYTES)
        .filter(|chunk| !is_clean_ascii(chunk))
        .fold(0, |seen, chunk| seen | suspect_bits(chunk));
    let (controls, latin, marks) = (seen & 1 != 0, seen & 2 != 0, seen & 4 != 0);
    controls
        || (latin && memchr::memchr_iter(0xc2, bytes).any(|at| is_c1(bytes, at)))
        || (marks
            && (memchr::memmem::find(bytes, "\u{2028}".as_bytes()).is_some()
                || memchr::memmem::find(bytes, "\u{2029}".as_bytes()).is_some()))
}

/// Bytes looked at in one go.
const CHUNK_BYTES: usize = 512;

/// True for ASCII without controls but newlines: what most text is. Signed, what is none of that is least.
fn is_clean_ascii(bytes: &[u8]) -> bool {
    let odd = |b: u8| u8::from(b.wrapping_add(1).cast_signed() <= 0x20) & u8::from(b != b'\n');
    bytes.iter().fold(0, |seen, &b| seen | odd(b)) == 0
}

/// What kinds of bytes there are: 1 for controls, 2 for the lead byte of C1 controls, 4 for that of U+2028 and U+2029.
///
/// Folded without a branch a byte, and apart from what is asked of it: so it vectorises. Clean text is the rule.
#[inline(never)]
fn suspect_bits(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0u8, |seen, &b| {
        let plain = u8::from(b == b'\n') | u8::from(b == b'\t');
        let control = (u8::from(b < 0x20) & !plain) | u8::from(b == 0x7f);
        seen | control | (u8::from(b == 0xc2) << 1) | (u8::from(b == 0xe2) << 2)
    })
}

/// True where the byte after this one makes a C1 control.
fn is_c1(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|&b| b < 0xa0)
}

/// Line ends (CR LF, CR, VT, FF, NEL, U+2028, U+2029) become `\n`; other C0 controls and DEL become their pictures
/// (ESC is shown as `␛`), other C1 controls U+FFFD; tabs, newlines and everything else stay. Word
/// counts do not change, but that a line end which is not ASCII (NEL, U+2028, U+2029) parts words only once it is `\n`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !needs_cleaning(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push('\n');
            }
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{0}'..='\u{1f}' => {
                out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'));
            }
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

// Counts words fast: over raw bytes, without looking at letters. The bars of tables part words and are none.

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

/// [`count_words`] over text that [`crate::text::canonical()`] leaves as it is: faster, since white space is all that is not above it.
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

// Canonical text: cleaning, counting, folding, width, wrapping, and what may go to a terminal. Knows nothing of
// dispatches.

/// XXH3, 64 bits: a hash that is the same on every machine and in every version.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, cleaned: &str) {
        assert_eq!(clean(text), cleaned);
        assert_eq!(needs_cleaning(text), text != cleaned);
        assert_eq!(super::count_words(text), super::count_words(cleaned));
    }

    #[test]
    fn makes_text_canonical() {
        check("", "");
        check("plain\n\ttext, Größe “x” ", "plain\n\ttext, Größe “x” ");
        check("a\r\nb\rc\u{c}d\u{2029}", "a\nb\nc\nd\n");
        check("\u{1b}[1m\u{7f}\u{9b}", "␛[1m␡\u{fffd}");
    }

    #[test]
    fn counts_runs_between_white_space() {
        let check = |text: &str, words| {
            assert_eq!(count_words(text), words, "{text:?}");
            let clean = super::clean(text);
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
