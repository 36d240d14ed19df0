//! What a filter job is given: it holds all that it needs, so that it may run anywhere.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Order, Request};
use crate::desk::Snapshot;
use crate::filter::{Marks, Query};

/// A filter job.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// Jobs of older generations may be dropped.
    pub generation: u64,
    pub query: Query,
    pub snapshot: Snapshot,
    pub order: Order,
    /// Items that have been read.
    pub read: Read,
}

/// Items that have been read, shared with the one who reads on.
#[derive(Debug, Clone, Default)]
pub struct Read(Arc<HashSet<u64>>);

impl Read {
    /// Whether an item has been read.
    #[must_use]
    pub fn has(&self, item: u64) -> bool {
        self.0.contains(&item)
    }

    /// Notes that an item has been read.
    pub fn insert(&mut self, item: u64) {
        Arc::make_mut(&mut self.0).insert(item);
    }
}

impl Marks for Read {
    fn unread(&self, item: u64) -> bool {
        !self.has(item)
    }
}

impl Job {
    /// A job in the order of time with nothing read.
    #[must_use]
    pub fn new(snapshot: Snapshot, query: Query) -> Self {
        Self {
            query,
            snapshot,
            ..Self::default()
        }
    }

    /// The request of the job.
    pub fn request<'a>(&'a self, obsolete: &'a (dyn Fn() -> bool + Sync)) -> Request<'a> {
        let mut request = Request::new(&self.snapshot, &self.query, obsolete);
        request.order = self.order;
        request.view.marks = &self.read;
        request
    }
}
