//! What is made of a file while it is read: its dispatches, and what is kept of its bytes.

use std::sync::Arc;

use super::pairing::ReadItem;
use crate::desk::{FileTracker, Input};
use crate::format::ScannedItem;
use crate::text::hash;

/// Most dispatches of one file that are remembered one by one; of more, only the last.
const MAX_ITEMS: usize = 100_000;

/// What is made of one file.
#[derive(Debug)]
pub(in crate::load) struct ReadRecorder {
    pub(in crate::load) trace: Arc<FileTracker>,
    /// Its bytes are to be kept.
    pub(in crate::load) retain: bool,
    pub(in crate::load) items: Vec<ReadItem>,
}

impl ReadRecorder {
    pub(in crate::load) fn new(trace: &Arc<FileTracker>, keep: bool) -> Self {
        Self {
            trace: Arc::clone(trace),
            retain: keep,
            items: Vec::new(),
        }
    }

    /// Notes a dispatch and its bytes.
    pub(in crate::load) fn record_item(
        &mut self,
        input: &Arc<Input>,
        found: &ScannedItem<'_>,
        bytes: &[u8],
    ) {
        let head = &found.head;
        let name = match (head.headline.is_empty(), head.slug.is_empty()) {
            (true, true) => 0,
            _ => hash(format!("{}\n{}", head.headline, head.slug).as_bytes()),
        };
        self.items.push(ReadItem {
            input: Arc::clone(input),
            start: found.byte_range.start,
            nth: found.number,
            item_id: head.item_key,
            title_hash: name,
            bytes_hash: hash(bytes).rotate_left(found.number % 64),
        });
        if self.items.len() > 2 * MAX_ITEMS {
            limit_items(&mut self.items);
        }
    }
}

/// Forgets all but the last where there are too many.
pub(in crate::load) fn limit_items(items: &mut Vec<ReadItem>) {
    if items.len() > MAX_ITEMS {
        items.drain(..items.len() - 1);
    }
}
