//! The record of one speaker, as `dateline speakers` prints it.

use serde::Serialize;

use crate::dispatch::Stamp;
use crate::speakers::SpeakerSummary;

/// One speaker: different quotes, the dispatches that carry them, and the times of the first and the last of these.
#[derive(Debug, Serialize)]
pub struct SpeakerRecord<'a> {
    pub speaker: &'a str,
    pub title: Option<&'a str>,
    pub quotes: usize,
    pub dispatches: usize,
    pub first: Option<String>,
    pub last: Option<String>,
}

impl<'a> SpeakerRecord<'a> {
    /// The record of a row.
    #[must_use]
    pub fn new(row: &'a SpeakerSummary) -> Self {
        Self {
            speaker: &row.name,
            title: row.title.as_deref(),
            quotes: row.quotes,
            dispatches: row.dispatches,
            first: row.first.map(Stamp::to_rfc3339),
            last: row.last.map(Stamp::to_rfc3339),
        }
    }
}
