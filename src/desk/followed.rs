//! What a watch knows of the bytes of an input: where its file lies now, and what is kept of it in memory. Plain data.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dispatch::Stamp;

/// What is known of an input that is watched.
#[derive(Debug, Clone)]
pub struct WatchedInput {
    /// Its file, shared by all inputs that were read from it.
    pub file: Arc<FileTracker>,
    /// Its bytes in memory.
    pub retained: Option<RetainedBytes>,
}

/// Where a file went: followed when it is renamed, lost when it is deleted or written again.
#[derive(Debug, Default)]
pub struct FileTracker(Mutex<Option<TrackedFile>>);

/// A file as it was seen last, holding the bytes that were read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedFile {
    pub path: PathBuf,
    /// Length in bytes and date: a file that differs from them has changed since.
    pub length: u64,
    pub modified: Option<Stamp>,
}

impl FileTracker {
    /// A file that is there.
    #[must_use]
    pub fn new(seen: TrackedFile) -> Self {
        Self(Mutex::new(Some(seen)))
    }

    /// The file, where it still holds the bytes.
    #[must_use]
    pub fn current(&self) -> Option<TrackedFile> {
        self.lock().clone()
    }

    /// The file as it is now; `None` where it no longer holds the bytes.
    pub fn update(&self, seen: Option<TrackedFile>) {
        *self.lock() = seen;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<TrackedFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes kept in memory: a part of a block.
#[derive(Debug, Clone)]
pub struct RetainedBytes {
    pub block: Arc<Mutex<ByteBlock>>,
    /// Where they lie in the unpacked block.
    pub block_offset: usize,
    pub length: usize,
    /// Where the first of them stood in the input.
    pub input_offset: u64,
}

/// A block of kept bytes.
#[derive(Debug)]
pub enum ByteBlock {
    /// As they came: the block is still being filled.
    Raw(Vec<u8>),
    /// Compressed (zlib); so many bytes unpacked.
    Compressed(Box<[u8]>, usize),
    /// Given up, and why: the end of a sentence.
    Dropped(String),
}
