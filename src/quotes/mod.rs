//! Extracts quoted statements from a dispatch and attributes each to a speaker. Knows nothing of wires or screens.
//!
//! English copy goes through these steps:
//!
//! 1. `quotation_marks` pairs quotation marks into spans; `transcripts` adds speeches that have a label for marks.
//! 2. `tokens`, `phrases`, `mentions` and `names` parse the text into tokens, sentences, phrases and named entities. A
//!    quote is a single token there, so that its words are not taken for the agency's.
//! 3. Rules vote: `same_sentence` looks for the speaker in the quote's own sentence, `neighbours` in the quotes and
//!    sentences around it. Both lean on `subjects`, which finds the subject of a verb.
//! 4. `candidates` ranks the mentions nearby, and nobody, by their `features`, the votes among them, with the fitted
//!    `weights` of `speaker_weights.txt`. `fitting` is what `examples/fit.rs` sees of this.
//! 5. `pronouns` and `coreference` turn a pronoun or an office into a full name, and `extract` decides whether the span is a
//!    statement at all.
//!
//! `foreign` covers all other languages with a few plain patterns. The word lists are the `.txt` files in this folder,
//! read by `lexicon` and `foreign`.

mod attribution;
mod candidates;
mod coreference;
mod extract;
mod features;
pub mod fitting;
mod foreign;
mod lexicon;
mod mentions;
mod model;
mod names;
mod neighbours;
mod phrases;
mod pronouns;
mod quotation_marks;
mod same_sentence;
mod subjects;
mod tokens;
mod transcripts;
mod votes;
mod weights;

pub use extract::{extract_quotes, quote_text};
pub use model::{Certainty, Quote, QuoteKind, TextPart};
