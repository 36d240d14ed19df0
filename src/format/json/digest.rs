//! A long body in short: what a head needs of it is in its first line and its end, so the rest is not unescaped.

use super::token::unescape;
use crate::format::{blocks, trailer};
use crate::text;

/// Shortest body that is worth it, in bytes with escapes.
const LONG: usize = 1024;
/// Bytes at the end in which all that ends a text must stand.
const END: usize = 640;

/// A body without its middle.
pub(super) struct Digest {
    /// Its first line and its end, what ends a text taken off.
    pub core: String,
    pub trailer: trailer::Trailer,
    /// Words of the whole body, what ends it left out.
    pub words: u32,
}

/// The digest of a string's raw text. `None` where it may read otherwise than the whole: where there are other escapes
/// than those of quotes and line ends, gaps as tables have them, a short first line, or an end without an empty line.
pub(super) fn digest(raw: &str) -> Option<Digest> {
    let bytes = raw.as_bytes();
    if raw.len() < LONG
        || memchr::memchr(b'\n', bytes).is_some()
        || text::needs_cleaning(raw)
        || blocks::has_gaps(raw)
    {
        return None;
    }
    let mut words = text::count_clean_words(raw);
    let (mut first, mut cut, mut after) = (None, None, 0);
    for at in memchr::memchr_iter(b'\\', bytes) {
        match bytes.get(at + 1) {
            Some(b'"') => continue,
            Some(b'n') => {}
            _ => return None,
        }
        // The escape was counted as letters: it parts two words, or stands alone as one.
        let open = at == after || bytes[at - 1] <= b' ';
        after = at + 2;
        let close = bytes.get(after).is_none_or(|&b| b <= b' ');
        words = (words + 1).saturating_sub(u32::from(open) + u32::from(close));
        first = first.or(Some(at));
        if at + END >= raw.len() {
            cut = cut.or(Some(at));
        }
    }
    let (first, cut) = (first?, cut?);
    let mut core = unescape(&raw[..first]).into_owned();
    if cut == first || !blocks::is_wide(&core) {
        return None;
    }
    let end = unescape(&raw[cut..]);
    let (kept, trailer) = trailer::split(&end);
    // Nothing that ends a text reaches over an empty line.
    memchr::memmem::find(kept.trim_ascii_start().as_bytes(), b"\n\n")?;
    words = words.saturating_sub(text::count_clean_words(&end[kept.len()..]));
    core.push_str(kept);
    Some(Digest {
        core,
        trailer,
        words,
    })
}
