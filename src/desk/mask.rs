//! The letters of a text in 64 bits: a cheap test that a text cannot hold a word. Knows nothing of rows or queries.

/// Bits of the letters, then of the letters that begin a word; the rest is shared by digits, marks and other scripts.
const WORD_START_SHIFT: u32 = 26;
const OTHER_SHIFT: u32 = 52;

const fn byte_bits(byte: u8) -> u64 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b' ' | b'\n' => 0,
        b'0'..=b'9' => 1 << (OTHER_SHIFT + (byte - b'0') as u32 / 2),
        _ => 1 << (OTHER_SHIFT + 5 + byte as u32 % 7),
    }
}

const fn byte_table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte: u8 = 0;
    loop {
        table[byte as usize] = byte_bits(byte);
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

static BYTE_BITS: [u64; 256] = byte_table();

/// The mask of a folded text: which letters it holds, and which begin a word in it.
#[must_use]
pub fn letter_mask(folded: &str) -> u64 {
    let mut mask = 0;
    let mut begins = true;
    for &byte in folded.as_bytes() {
        let bits = BYTE_BITS[usize::from(byte)];
        let starts = if begins {
            (bits & LETTER_BITS) << WORD_START_SHIFT
        } else {
            0
        };
        mask |= bits | starts;
        // After a byte of another script a word may begin: the mask may promise too much, never too little.
        begins = !byte.is_ascii_alphanumeric();
    }
    mask
}

const LETTER_BITS: u64 = (1 << WORD_START_SHIFT) - 1;

/// The bits that a text must have to hold all bytes of a folded word, in whatever order.
#[must_use]
pub fn required_letters(folded: &str) -> u64 {
    folded
        .bytes()
        .fold(0, |mask, byte| mask | BYTE_BITS[usize::from(byte)])
}

/// The same, and a word in the text must begin as this one does.
#[must_use]
pub fn required_letters_from_start(folded: &str) -> u64 {
    let first = folded
        .bytes()
        .next()
        .map_or(0, |b| BYTE_BITS[usize::from(b)]);
    required_letters(folded) | (first & LETTER_BITS) << WORD_START_SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, word: &str, holds: bool, begins: bool) {
        let mask = letter_mask(text);
        let has = |needed: u64| mask & needed == needed;
        assert_eq!(
            has(required_letters(word)),
            holds,
            "letters of {word} in {text}"
        );
        assert_eq!(
            has(required_letters_from_start(word)),
            begins,
            "{word} begins in {text}"
        );
    }

    #[test]
    fn letters_and_starts() {
        check("kremlin says no", "kreml", true, true);
        check("the remark mil", "kreml", true, false);
        check("moscow", "kreml", false, false);
        check("(kremlin)", "kreml", true, true);
        check("at 10:30", "10:30", true, true);
        check("київ", "київ", true, true);
    }
}
