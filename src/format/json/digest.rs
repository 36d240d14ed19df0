//! A long body in short: what a head needs of it is in its first line and its end, so the rest is not unescaped.

use super::token::{parse_unicode_escape, unescape};
use crate::format::{blocks, trailer};
use crate::text;

/// Shortest body that is worth it, in bytes with escapes.
const MIN_BODY_BYTES: usize = 1024;
/// Bytes at the end in which all that ends a text must stand.
const END_BYTES: usize = 640;

/// Bytes looked at in one go: a word takes two at least, so that their sum fits into a byte.
const CHUNK_BYTES: usize = 256;

/// A body without its middle.
pub(super) struct BodyDigest<'a> {
    /// Its first line and its end, what ends a text taken off.
    pub core: String,
    pub trailer: trailer::Trailer,
    /// Words of the whole body, what ends it left out.
    pub words: u32,
    /// The raw text up to its end, as which trailers may stand.
    pub verbatim: &'a str,
}

/// The digest of a string's raw text. `None` where it may read otherwise than the whole: where there are other escapes
/// than those of line ends, marks and letters, gaps as tables have them, a short first line, or an end without an empty
/// line.
pub(super) fn digest_body(raw: &str) -> Option<BodyDigest<'_>> {
    let bytes = raw.as_bytes();
    if raw.len() < MIN_BODY_BYTES {
        return None;
    }
    let first = find_escaped_newline(bytes, 0)?;
    last_paragraph(raw, first).or_else(|| whole_end(raw, first))
}

/// The digest by the first line and the last paragraph, which is what most texts need: `None` where something that ends
/// a text stands there, since more of it may stand before, or where it may read otherwise than the whole.
fn last_paragraph(raw: &str, first: usize) -> Option<BodyDigest<'_>> {
    let bytes = raw.as_bytes();
    let window = raw.len() - END_BYTES;
    let cut = window + memchr::memmem::rfind(&bytes[window..], b"\\n\\n")?;
    // After a backslash the first of the two may be the end of an escaped backslash.
    if cut < first + 2 || bytes[cut - 1] == b'\\' {
        return None;
    }
    let (start, end) = (&raw[..first], &raw[cut..]);
    let reads_as_is = |part| needs_no_cleaning(part) && has_simple_escapes_only(part);
    if !reads_as_is(start) || !reads_as_is(end) {
        return None;
    }
    let mut core = String::with_capacity(start.len() + end.len());
    core.push_str(&unescape(start));
    let end = unescape(end);
    if !blocks::is_wide(&core) || blocks::has_gaps(&end) || end.trim_ascii().is_empty() {
        return None;
    }
    core.push_str(&end);
    let (kept, trailer) = trailer::split_trailer(&core);
    if trailer != trailer::Trailer::default() || kept.len() != core.trim_ascii_end().len() {
        return None;
    }
    core.truncate(kept.len());
    Some(BodyDigest {
        words: text::count_clean_words(&core) + count_words_between(raw, first, cut)?,
        core,
        trailer,
        verbatim: &raw[..cut],
    })
}

/// The digest by the first line and all of the end in which something that ends a text must stand.
fn whole_end(raw: &str, first: usize) -> Option<BodyDigest<'_>> {
    let bytes = raw.as_bytes();
    let cut = find_escaped_newline(bytes, raw.len() - END_BYTES)?;
    if cut < first + 2
        || ![&raw[..first], &raw[cut..]]
            .iter()
            .all(|part| needs_no_cleaning(part) && has_simple_escapes_only(part))
    {
        return None;
    }
    let middle = count_words_between(raw, first, cut)?;
    let mut core = String::with_capacity(first + raw.len() - cut);
    core.push_str(&unescape(&raw[..first]));
    let end = unescape(&raw[cut..]);
    if !blocks::is_wide(&core) || blocks::has_gaps(&end) {
        return None;
    }
    let (kept, trailer) = trailer::split_trailer(&end);
    // Nothing that ends a text reaches over an empty line.
    memchr::memmem::find(kept.trim_ascii_start().as_bytes(), b"\n\n")?;
    let words = text::count_clean_words(&core) + middle + text::count_clean_words(kept);
    core.push_str(kept);
    Some(BodyDigest {
        core,
        trailer,
        words,
        verbatim: &raw[..cut],
    })
}

/// Where the next line ends, as an escape.
fn find_escaped_newline(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\\', &bytes[from..])
        .map(|at| from + at)
        .find(|at| bytes.get(at + 1) == Some(&b'n'))
}

/// True where text stays as it is when it is cleaned, and has neither line ends nor the marks of tables.
fn needs_no_cleaning(raw: &str) -> bool {
    memchr::memchr3(b'\n', b'\t', b'|', raw.as_bytes()).is_none() && !text::needs_cleaning(raw)
}

/// True where there are no other escapes than those of quotes, slashes, line ends, and of whole characters that neither
/// are white space nor get cleaned.
fn has_simple_escapes_only(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut escapes = memchr::memchr_iter(b'\\', bytes);
    // Mostly there are but two.
    if escapes.all(|at| matches!(bytes.get(at + 1), Some(b'n' | b'"'))) {
        return true;
    }
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let escape = &rest[at + 1..];
        let length = match escape.as_bytes().first() {
            Some(b'n' | b'"' | b'/') => 1,
            Some(b'u') => match parse_unicode_escape(escape) {
                (c, length) if c > '\u{a0}' && c != '\u{fffd}' && !c.is_whitespace() => length,
                _ => return false,
            },
            _ => return false,
        };
        rest = &escape[length..];
    }
    true
}

/// The words between two line ends that are escapes, `None` where that does not fit or has gaps. Counted over the raw
/// text: the letter after an escape, or after a space, that begins neither of them begins a word. What is not plain
/// ASCII, and what may not fit, is seen on the way and looked at again.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
fn count_words_between(raw: &str, first: usize, cut: usize) -> Option<u32> {
    let bytes = raw.as_bytes();
    let (mut words, mut odd, mut highest) = (0, 0u8, 0u8);
    let from = |at: usize| bytes[at..].chunks(CHUNK_BYTES);
    // The bytes two and one before each byte, itself, and the one after it.
    let around = from(first)
        .zip(from(first + 1))
        .zip(bytes[first + 2..cut].chunks(CHUNK_BYTES))
        .zip(from(first + 3));
    for (((a, b), c), d) in around {
        let mut starts = 0u8;
        // Without a branch a byte, so that it vectorises.
        for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
            let after = (b == b' ') | ((a == b'\\') & (b == b'n'));
            let (escape, end) = (c == b'\\', d == b'n');
            starts += u8::from(after & !((c == b' ') | (escape & end)));
            let other = (escape & !(end | (d == b'"'))) | (c == b'|');
            odd |= u8::from(other | ((c == b' ') & (d == b' ')));
            // From the space on: controls come after all else.
            highest = highest.max(c.wrapping_sub(b' '));
        }
        words += u32::from(starts);
    }
    let between = &raw[first..cut];
    let no_gaps = || memchr::memmem::find(between.as_bytes(), b"  ").is_none();
    let fits = odd == 0 || no_gaps() && has_simple_escapes_only(between);
    let plain = odd == 0 && highest < 0x7f - b' ';
    (fits && (plain || needs_no_cleaning(between))).then_some(words)
}

#[cfg(test)]
mod tests;
