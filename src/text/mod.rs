//! Canonical text: cleaning, counting, folding, width, wrapping, and what may go to a terminal. Knows nothing of dispatches.

mod clean;
mod count;

pub use clean::{clean, needs_cleaning};
pub use count::{count_words, count_words_in};

/// XXH3, 64 bits: a hash that is the same on every machine and in every version.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}
