//! Everybody a dispatch mentions: the phrases, and who is who. Knows nothing of quotes.

mod apposition;
mod chunks;
mod names;
mod phrase;
#[cfg(test)]
mod tests;
mod verbs;

pub(super) use chunks::find_phrases;
pub(super) use names::{Entities, Gender, join_names};
pub(super) use phrase::{Mention, MentionKind};
