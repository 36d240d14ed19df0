//! Who speaks in many dispatches: one row a speaker, and the same words in several takes of a story counted once.

mod said;
mod tally;
#[cfg(test)]
mod tests;

pub use said::{DispatchStatements, Statement, is_same_speaker, quote_key};
pub use tally::{SpeakerSummary, SpeakerTally};
