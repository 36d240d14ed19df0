//! What may spell a word otherwise in raw bytes: letters with accents, escapes, entities, tags.

use regex::bytes::Regex;

use crate::text::fold_into;

/// What kinds of bytes may spell a letter otherwise.
const BEYOND_ASCII: u8 = 1;
const UNICODE_ESCAPE: u8 = 2;
const ENTITY_OR_TAG: u8 = 4;
const QUOTED_BYTE: u8 = 8;
const NUL: u8 = 16;

/// A quick look: the kinds that there are. Marks and dashes, which are most of what is not ASCII in English wires, are
/// none.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
pub(super) fn kinds(raw: &[u8]) -> u8 {
    const GO: usize = 256;
    let from = |at: usize| raw.get(at..).unwrap_or(&[]);
    let threes = from(0)
        .chunks(GO)
        .zip(from(1).chunks(GO))
        .zip(from(2).chunks(GO));
    let mut kinds = 0u8;
    for ((a, b), c) in threes {
        for ((&a, &b), &c) in a.iter().zip(b).zip(c) {
            // U+2010 to U+203F without separators and embeddings.
            let mark = (a == 0xe2) & (b == 0x80) & (c >= 0x90) & (c.wrapping_sub(0xa8) >= 8);
            let letter = (b | 0x20).wrapping_sub(b'a') < 26;
            let entity = (a == b'&') & (letter | (b == b'#'));
            let tag = (a == b'<') & (letter | (b == b'/'));
            kinds |= u8::from((a >= 0xc0) & !mark)
                | u8::from((a == b'\\') & (b == b'u')) << 1
                | u8::from(entity | tag) << 2
                | u8::from((a == b'=') & (b.wrapping_sub(b'C') < 4)) << 3
                | u8::from(a == 0) << 4;
        }
    }
    for &last in from(raw.len().saturating_sub(2)) {
        kinds |= if last >= 0x80 { BEYOND_ASCII } else { 0 };
        kinds |= if last == 0 { NUL } else { 0 };
    }
    kinds
}

/// Whether an escape (`\u00e9`, `&eacute;`, `=C3=A9`) or a tag stands where a word may be.
fn hides_escaped(raw: &[u8], kinds: u8) -> bool {
    let any = |kind: u8, mark: u8, hides: &dyn Fn(&[u8]) -> bool| {
        kinds & kind != 0 && memchr::memchr_iter(mark, raw).any(|at| hides(&raw[at + 1..]))
    };
    any(UNICODE_ESCAPE, b'\\', &|rest| {
        let digits = &rest[1.min(rest.len())..rest.len().min(5)];
        rest.first() == Some(&b'u')
            && !(digits.starts_with(b"20")
                || digits.eq_ignore_ascii_case(b"00a0")
                || digits.starts_with(b"000")
                || digits.starts_with(b"001"))
    }) || any(ENTITY_OR_TAG, b'<', &|rest| {
        rest.first()
            .is_some_and(|&b| b == b'/' || b.is_ascii_alphabetic())
    }) || any(ENTITY_OR_TAG, b'&', &|rest| {
        let plain: [&[u8]; 6] = [b"amp;", b"lt;", b"gt;", b"quot;", b"apos;", b"nbsp;"];
        rest.first()
            .is_some_and(|&b| b == b'#' || b.is_ascii_alphabetic())
            && !plain.iter().any(|known| rest.starts_with(known))
            && rest.iter().take(12).any(|&b| b == b';')
    }) || any(
        QUOTED_BYTE,
        b'=',
        &|rest| matches!(rest, [b'C'..=b'F', low, ..] if low.is_ascii_hexdigit()),
    )
}

/// Whether a word of this length may be spelt otherwise in the bytes: looks for it through letters with accents; true as
/// well where that cannot be told.
pub(super) fn hides(raw: &[u8], kinds: u8, length: usize, search: &Regex) -> bool {
    if kinds & NUL != 0 || hides_escaped(raw, kinds) {
        return true;
    }
    if kinds & BEYOND_ASCII == 0 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(raw) else {
        return true;
    };
    // Only around what is not ASCII, so far that a word which has a share in it is seen whole.
    let reach = 4 * length;
    let mut folded = String::new();
    let mut at = 0;
    while let Some(found) = raw[at..].iter().position(|&b| b >= 0xc0) {
        let from = text.floor_char_boundary((at + found).saturating_sub(reach));
        let mut to = at + found + 4;
        // On to the end of what stands close together.
        while let Some(next) = raw[to.min(raw.len())..raw.len().min(to + reach)]
            .iter()
            .rposition(|&b| b >= 0xc0)
        {
            to += next + 4;
        }
        at = text.ceil_char_boundary((to + reach).min(raw.len()));
        folded.clear();
        fold_into(&text[from..at], &mut folded);
        if search.is_match(folded.as_bytes()) {
            return true;
        }
    }
    false
}
