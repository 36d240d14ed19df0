//! Canonical text: cleaning, counting, folding, width, wrapping, and what may go to a terminal. Knows nothing of dispatches.

mod clean;
mod fold;
mod runs;
mod safe;
mod wrap;

pub use clean::{clean, needs_cleaning};
pub use fold::{Folded, find_folded, fold, fold_into};
pub use runs::{Layer, Run, runs};
pub use safe::{Cell, MARK_LIMIT, cells, fit, safe, safe_line, width};
pub use wrap::wrap;

/// Number of words: runs of anything but ASCII white space. The same over raw bytes and over cleaned text.
#[must_use]
pub fn count_words(text: &str) -> u32 {
    count_words_in(text.as_bytes())
}

/// [`count_words`] over bytes.
#[must_use]
pub fn count_words_in(bytes: &[u8]) -> u32 {
    let mut words = 0;
    let mut before = 1u8;
    for &byte in bytes {
        let space = u8::from(byte == b' ' || byte.wrapping_sub(b'\t') < 5);
        words += u32::from(before & !space & 1);
        before = space;
    }
    words
}

/// XXH3, 64 bits: a hash that is the same on every machine and in every version.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}
