//! Canonical text: cleaning, counting, folding, width, wrapping, and what may go to a terminal. Knows nothing of dispatches.

mod amount;
mod clean;
mod count;
mod fold;
mod links;
mod near;
mod runs;
mod safe;
mod told;
mod visible;
mod wrap;

pub use amount::{age, size};
pub use clean::{clean, needs_cleaning};
pub use count::{count_clean_words, count_words, count_words_in};
pub use fold::{Folded, find_folded, fold, fold_into};
pub use links::{link_target, links};
pub use near::nearest_name;
pub use runs::{Layer, Run, runs};
pub use safe::{Cell, MAX_COMBINING_MARKS, cells, fit, is_printable_ascii, safe, safe_line, width};
pub use told::{counted, pluralize, reason};
pub use visible::{CodeUnits, visible};
pub use wrap::wrap;

/// XXH3, 64 bits: a hash that is the same on every machine and in every version.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}
