//! What a filter job is given: it holds all that it needs, so that it may run anywhere.

use super::{RunRequest, SortOrder};
use crate::desk::Snapshot;
use crate::filter::{Marks, Query};
use crate::marks::MarkSets;

/// A filter job.
#[derive(Debug, Clone, Default)]
pub struct FilterJob {
    /// Jobs of older generations may be dropped.
    pub generation: u64,
    pub query: Query,
    pub snapshot: Snapshot,
    pub order: SortOrder,
    /// What is read, starred, and was there before.
    pub marks: MarkSets,
}

impl Marks for MarkSets {
    fn is_unread(&self, item: u64) -> bool {
        !self.read.contains(item)
    }

    fn is_starred(&self, story: u64) -> bool {
        self.starred.contains(story)
    }

    fn is_since_last_visit(&self, item: u64) -> bool {
        !self.last_visit.contains(item)
    }
}

impl FilterJob {
    /// A job in the order of time with nothing marked.
    #[must_use]
    pub fn new(snapshot: Snapshot, query: Query) -> Self {
        Self {
            query,
            snapshot,
            ..Self::default()
        }
    }

    /// The request of the job.
    pub fn request<'a>(&'a self, obsolete: &'a (dyn Fn() -> bool + Sync)) -> RunRequest<'a> {
        let mut request = RunRequest::new(&self.snapshot, &self.query, obsolete);
        request.order = self.order;
        request.view.marks = &self.marks;
        request
    }
}
