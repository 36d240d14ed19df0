//! Finds quoted statements and who made them. Knows nothing of wires or screens.

mod model;

pub use model::{Certainty, Kind, Part, Quote};

use crate::dispatch::Dispatch;

/// All quotes of a dispatch in the order of the text: headline first, then body. Titles, nicknames and terms are
/// among them as [`Kind::NotAStatement`].
#[must_use]
pub fn quotes(_dispatch: &Dispatch) -> Vec<Quote> {
    Vec::new()
}
