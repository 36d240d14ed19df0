//! Plain-text tools: cleaning, word counts, folding for search, display width, wrapping, links and sanitizing.
//! Knows nothing of dispatches.

mod canonical;
mod fold;
mod links;
mod runs;
mod sanitize;
mod wording;
mod wrap;

pub use canonical::{
    clean, clean_cow, count_clean_words, count_letters, count_words, count_words_in,
    needs_cleaning, one_line, stable_hash,
};
pub use fold::{Folded, find_folded, fold, fold_into, has_prefix_ignoring_case};
pub use links::{find_links, link_target};
pub use runs::{Layer, Run, split_into_runs};
pub use sanitize::{
    Cell, CodeUnits, MAX_COMBINING_MARKS, cells, display_width, is_printable_ascii, sanitize,
    sanitize_line, to_json_line, truncate_to_width, visible_lines,
};
pub use wording::{count_noun, error_reason, nearest_name, parse_age, parse_size, pluralize};
pub use wrap::wrap;
