//! The record of one source, as `dateline health` prints it.

use serde::Serialize;

use crate::dispatch::Stamp;
use crate::health::{Gap, Sequence, WireSource};

/// A time in which nothing was sent, and its length in seconds.
#[derive(Debug, Serialize)]
pub struct SilenceRecord {
    pub from: String,
    pub to: String,
    pub seconds: i64,
}

/// Numbers that are missing, and when the items before and after them were sent.
#[derive(Debug, Serialize)]
pub struct GapRecord {
    pub first: u32,
    pub last: u32,
    pub after: String,
    pub before: String,
}

/// The numbers of one service.
#[derive(Debug, Serialize)]
pub struct SequenceRecord<'a> {
    pub service: &'a str,
    pub items: usize,
    pub first: u32,
    pub last: u32,
    pub missing: u64,
    pub gaps: Vec<GapRecord>,
    pub twice: &'a [u32],
    pub restarts: usize,
}

/// One source. `hours`: dispatches in each of the last 24 hours before the newest time of the wire, the newest first.
#[derive(Debug, Serialize)]
pub struct SourceRecord<'a> {
    pub agency: Option<&'a str>,
    pub dispatches: usize,
    pub first: Option<String>,
    pub last: Option<String>,
    pub arrived: Option<String>,
    pub hours: &'a [u32],
    pub silence: Option<SilenceRecord>,
    pub missing: u64,
    pub sequences: Vec<SequenceRecord<'a>>,
}

impl<'a> SourceRecord<'a> {
    /// The record of a source.
    #[must_use]
    pub fn new(source: &'a WireSource) -> Self {
        Self {
            agency: Some(source.agency.as_str()).filter(|agency| !agency.is_empty()),
            dispatches: source.dispatches,
            first: source.first.map(Stamp::to_rfc3339),
            last: source.last.map(Stamp::to_rfc3339),
            arrived: source
                .arrived
                .map(|at| Stamp::from_seconds(at).to_rfc3339()),
            hours: &source.hours,
            silence: source.silence.map(|silence| SilenceRecord {
                from: silence.from.to_rfc3339(),
                to: silence.to.to_rfc3339(),
                seconds: silence.seconds(),
            }),
            missing: source.missing_count(),
            sequences: source.sequences.iter().map(sequence).collect(),
        }
    }
}

fn sequence(of: &Sequence) -> SequenceRecord<'_> {
    let gap = |gap: &Gap| GapRecord {
        first: gap.first,
        last: gap.last,
        after: gap.after.to_rfc3339(),
        before: gap.before.to_rfc3339(),
    };
    SequenceRecord {
        service: &of.service,
        items: of.items,
        first: of.first,
        last: of.last,
        missing: of.missing_count(),
        gaps: of.gaps.iter().map(gap).collect(),
        twice: &of.repeated,
        restarts: of.restarts,
    }
}
