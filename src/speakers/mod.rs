//! Who speaks in many dispatches, and who is who among them.

mod groups;
mod holders;
mod identity;
mod offices;
mod persons;
mod sources;
mod statements;
mod tally;
mod words;

pub use identity::SpeakerId;
pub use sources::SourceKind;
pub use statements::{DispatchStatements, Statement, is_same_speaker, quote_key};
pub use tally::{Period, PeriodSummary, SpeakerSummary, SpeakerTally};
