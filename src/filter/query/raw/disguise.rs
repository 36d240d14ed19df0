//! What may spell a word otherwise in raw bytes: letters with accents, escapes, entities, tags.

use regex::bytes::Regex;

use crate::text::fold_into;

/// What kinds of bytes may spell a letter otherwise.
const BEYOND_ASCII: u8 = 1;
const UNICODE_ESCAPE: u8 = 2;
const ENTITY_OR_TAG: u8 = 4;
const NUL: u8 = 8;

/// A quick look: the kinds that there are. Marks and dashes, which are most of what is not ASCII in English wires, are
/// none.
pub(super) fn find_escape_kinds(raw: &[u8]) -> u8 {
    let kind = |there: bool, kind: u8| if there { kind } else { 0 };
    kind(next_non_ascii_letter(raw, 0).is_some(), BEYOND_ASCII)
        | kind(memchr::memmem::find(raw, b"\\u").is_some(), UNICODE_ESCAPE)
        | kind(
            memchr::memchr3(b'&', b'<', b'=', raw).is_some(),
            ENTITY_OR_TAG,
        )
        | kind(raw.get(1) == Some(&0) || raw.first() == Some(&0), NUL)
}

/// The next place, from one on, where something beyond ASCII stands that may be a letter.
fn next_non_ascii_letter(raw: &[u8], from: usize) -> Option<usize> {
    const GO: usize = 64;
    let mut at = from;
    while at < raw.len() {
        let go = &raw[at..raw.len().min(at + GO)];
        if go.is_ascii() {
            at += go.len();
            continue;
        }
        at += go.iter().position(|b| !b.is_ascii())?;
        at += match raw[at..] {
            // U+2010 to U+203F without separators and embeddings; `€`; no-break space and guillemets.
            [0xe2, 0x80, 0x90..=0xa7 | 0xb0..=0xbf, ..] | [0xe2, 0x82, 0xac, ..] => 3,
            [0xc2, 0xa0 | 0xab | 0xbb, ..] => 2,
            _ => return Some(at),
        };
    }
    None
}

/// Whether an escape (`\u00e9`, `&eacute;`, `=C3=A9`) or a tag stands where a word may be.
fn has_hiding_escape(raw: &[u8], kinds: u8) -> bool {
    let any = |kind: u8, mark: u8, hides: &dyn Fn(&[u8]) -> bool| {
        kinds & kind != 0 && memchr::memchr_iter(mark, raw).any(|at| hides(&raw[at + 1..]))
    };
    any(UNICODE_ESCAPE, b'\\', &|rest| {
        rest.first() == Some(&b'u') && !escaped(rest).is_some_and(is_no_letter)
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
        ENTITY_OR_TAG,
        b'=',
        &|rest| matches!(rest, [b'C'..=b'F', low, ..] if low.is_ascii_hexdigit()),
    )
}

/// The UTF-16 unit of an escape of JSON, from its `u` on.
fn escaped(rest: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(rest.get(1..5)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// True for characters that neither are letters or digits, fold to none, nor vanish within a word: controls, no-break
/// space, and the marks and dashes that [`next_non_ascii_letter`] passes over. Other blocks nearby hold the `₂` of CO₂, which folds to `2`.
fn is_no_letter(unit: u32) -> bool {
    matches!(unit, 0..=0x1f | 0xa0 | 0x2010..=0x2027 | 0x2030..=0x203f | 0x20ac)
}

/// Whether a word of this length may be spelt otherwise in the bytes: looks for it through letters with accents; true as
/// well where that cannot be told.
pub(super) fn may_hide_word(raw: &[u8], kinds: u8, length: usize, search: &Regex) -> bool {
    if kinds & NUL != 0 || has_hiding_escape(raw, kinds) {
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
    while let Some(found) = next_non_ascii_letter(raw, at) {
        let from = text.floor_char_boundary(found.saturating_sub(reach));
        let mut to = found + 4;
        // On to the end of what stands close together.
        while let Some(next) = next_non_ascii_letter(&raw[..raw.len().min(to + reach)], to) {
            to = next + 4;
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
