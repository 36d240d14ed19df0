//! Finds quoted statements and who made them. Knows nothing of wires or screens.

mod attribution;
mod coreference;
mod extract;
mod foreign;
mod lexicon;
mod marks;
mod mentions;
mod model;
mod names;
mod same_sentence;
mod subjects;
mod tokens;

pub use extract::{extract_quotes, quote_text};
pub use model::{Certainty, Quote, QuoteKind, TextPart};
