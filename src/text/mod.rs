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

pub use amount::{parse_age, parse_size};
pub use clean::{clean, needs_cleaning};
pub use count::{count_clean_words, count_words, count_words_in};
pub use fold::{Folded, find_folded, fold, fold_into};
pub use links::{find_links, link_target};
pub use near::nearest_name;
pub use runs::{Layer, Run, split_into_runs};
pub use safe::{
    Cell, MAX_COMBINING_MARKS, cells, display_width, is_printable_ascii, sanitize, sanitize_line,
    truncate_to_width,
};
pub use told::{count_noun, error_reason, pluralize};
pub use visible::{CodeUnits, visible_lines};
pub use wrap::wrap;

/// XXH3, 64 bits: a hash that is the same on every machine and in every version.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}
