//! Canonical text: cleaning of raw text, word counts, and a stable hash.

use std::borrow::Cow;

/// True where [`clean`] would change the text.
#[must_use]
pub fn needs_cleaning(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Most text is plain ASCII, which the cheap first check rules out chunk by chunk.
    let suspects = bytes
        .chunks(CHUNK_BYTES)
        .filter(|chunk| !is_clean_ascii(chunk))
        .fold(0, |bits, chunk| bits | suspect_bits(chunk));
    let (controls, latin, marks) = (suspects & 1 != 0, suspects & 2 != 0, suspects & 4 != 0);
    controls
        || (latin && memchr::memchr_iter(0xc2, bytes).any(|at| is_c1(bytes, at)))
        || (marks
            && (memchr::memmem::find(bytes, "\u{2028}".as_bytes()).is_some()
                || memchr::memmem::find(bytes, "\u{2029}".as_bytes()).is_some()))
}

/// Bytes per chunk of [`needs_cleaning`]: large enough to vectorise well, small enough that one accent in a long text
/// does not send all of it through the slower check.
const CHUNK_BYTES: usize = 512;

/// True if all bytes are printable ASCII or newlines, as in most text.
///
/// One signed comparison finds everything else: after adding 1, C0 controls are 1 to 0x20, and DEL and all non-ASCII
/// bytes wrap round to 0 or below.
fn is_clean_ascii(bytes: &[u8]) -> bool {
    let odd = |b: u8| u8::from(b.wrapping_add(1).cast_signed() <= 0x20) & u8::from(b != b'\n');
    bytes.iter().fold(0, |any, &b| any | odd(b)) == 0
}

/// Bit flags for the suspicious bytes present: 1 for C0 controls and DEL, 2 for 0xC2 (the lead byte of C1 controls),
/// 4 for 0xE2 (the lead byte of U+2028 and U+2029).
///
/// Free of branches and never inlined, so that the loop vectorises.
#[inline(never)]
fn suspect_bits(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0u8, |bits, &b| {
        let plain = u8::from(b == b'\n') | u8::from(b == b'\t');
        let control = (u8::from(b < 0x20) & !plain) | u8::from(b == 0x7f);
        bits | control | (u8::from(b == 0xc2) << 1) | (u8::from(b == 0xe2) << 2)
    })
}

/// True if the 0xC2 byte at `at` begins a C1 control (U+0080 to U+009F) rather than a Latin-1 character.
fn is_c1(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|&b| b < 0xa0)
}

/// Converts raw text to canonical text. Borrows if nothing has to change.
///
/// Line ends (CR LF, CR, VT, FF, NEL, U+2028, U+2029) become `\n`; other C0 controls and DEL become their control
/// pictures (ESC becomes `␛`), other C1 controls U+FFFD. Tabs, newlines and everything else stay. Word counts do not
/// change, except that a non-ASCII line end (NEL, U+2028, U+2029) separates words only after it has become `\n`.
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
            // The block "Control Pictures" (U+2400 on) has them in the order of the controls.
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

/// [`clean`] for a text that may be owned: it is copied only if it changes.
#[must_use]
pub fn clean_cow(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => clean(text),
        Cow::Owned(text) if needs_cleaning(&text) => Cow::Owned(clean(&text).into_owned()),
        owned @ Cow::Owned(_) => owned,
    }
}

/// Clean text as one line, with one space between words.
#[must_use]
pub fn one_line(text: &str) -> String {
    let clean = clean(text);
    clean.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

// Word counts: over bytes, without decoding characters.

/// Number of words: runs of anything but ASCII white space and `|`, the bar between the cells of a table. Raw and
/// cleaned text give the same count, except where NEL, U+2028 or U+2029 end lines.
#[must_use]
pub fn count_words(text: &str) -> u32 {
    count_words_in(text.as_bytes())
}

/// [`count_words`] over bytes.
#[must_use]
pub fn count_words_in(bytes: &[u8]) -> u32 {
    count_runs(bytes, is_separator)
}

/// [`count_words`] for text that [`clean`] leaves unchanged. Faster: there, every byte up to the space is white space.
#[must_use]
pub fn count_clean_words(text: &str) -> u32 {
    #[allow(clippy::needless_bitwise_bool)] // As below.
    count_runs(text.as_bytes(), |byte| (byte <= b' ') | (byte == b'|'))
}

/// Number of runs of bytes for which `space` is false.
#[inline]
fn count_runs(bytes: &[u8], space: impl Fn(u8) -> bool) -> u32 {
    /// A chunk has fewer than 256 starts of words, so that their sum fits a byte and the loops vectorise.
    const CHUNK: usize = 256;
    // All bits for each separator of a chunk, after those for the byte before it.
    let mut separators = [u8::MAX; CHUNK + 1];
    let mut words = 0;
    for chunk in bytes.chunks(CHUNK) {
        for (separator, &byte) in separators[1..].iter_mut().zip(chunk) {
            *separator = if space(byte) { u8::MAX } else { 0 };
        }
        // A word starts after a separator. All bits are -1.
        let pairs = separators[..chunk.len()].iter().zip(&separators[1..=chunk.len()]);
        words += u32::from(pairs.fold(0u8, |sum, (before, at)| sum.wrapping_sub(before & !at)));
        separators[0] = separators[chunk.len()];
    }
    words
}

/// True for ASCII white space and `|`.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
fn is_separator(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5) | (byte == b'|')
}

/// XXH3, 64 bits. The same on every machine and in every version of the program, so that it may be stored.
#[must_use]
pub fn stable_hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// Number of bytes that are or may be part of letters: those of ASCII letters, and all beyond ASCII.
#[must_use]
pub fn count_letters(bytes: &[u8]) -> u64 {
    let is_letter = |b: u8| u8::from((b | 0x20).wrapping_sub(b'a') < 26) | (b >> 7);
    // Chunks below 256 bytes keep each sum in a u8, so that the loop vectorises.
    bytes
        .chunks(128)
        .map(|chunk| u64::from(chunk.iter().fold(0u8, |sum, &b| sum.wrapping_add(is_letter(b)))))
        .sum()
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
