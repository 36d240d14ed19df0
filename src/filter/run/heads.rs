//! What the heads of one segment say of a query: for those who judge entries as they arrive.

use super::rows::RowSet;
use super::scan::{MatchMode, SegmentScan};
use crate::desk::Snapshot;
use crate::filter::query::{Query, QueryContext};

/// Rows of one segment, one bit each, 64 to a word. Close matches count as none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadVerdicts {
    /// Rows that the query keeps.
    pub matching: Vec<u64>,
    /// Rows that only their text can decide, see [`Query::raw`] and [`Query::judge_body`].
    pub undecided: Vec<u64>,
}

/// Judges all rows of the segment of that number by their heads.
#[must_use]
pub fn evaluate_heads(
    snapshot: &Snapshot,
    segment: usize,
    query: &Query,
    view: &QueryContext<'_>,
) -> HeadVerdicts {
    let all = RowSet::full(snapshot.segments()[segment].len());
    let scan = SegmentScan::new(snapshot, segment, *view, &[], &all);
    let bounds = scan.evaluate(query.root(), &all, MatchMode::Contained);
    let mut open = bounds.possible;
    open.subtract(&bounds.certain);
    HeadVerdicts {
        matching: bounds.certain.words().to_vec(),
        undecided: open.words().to_vec(),
    }
}
