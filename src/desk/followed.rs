//! What a watch knows of the bytes of an input: where its file lies now, and what is kept of it in memory. Plain data.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dispatch::Stamp;

/// What is known of an input that is watched.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Its file, shared by all inputs that were read from it.
    pub file: Arc<Trace>,
    /// Its bytes in memory.
    pub retained: Option<Kept>,
}

/// Where a file went: followed when it is renamed, lost when it is deleted or written again.
#[derive(Debug, Default)]
pub struct Trace(Mutex<Option<Seen>>);

/// A file as it was seen last, holding the bytes that were read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub path: PathBuf,
    /// Length in bytes and date: a file that differs from them has changed since.
    pub length: u64,
    pub modified: Option<Stamp>,
}

impl Trace {
    /// A file that is there.
    #[must_use]
    pub fn new(seen: Seen) -> Self {
        Self(Mutex::new(Some(seen)))
    }

    /// The file, where it still holds the bytes.
    #[must_use]
    pub fn get(&self) -> Option<Seen> {
        self.lock().clone()
    }

    /// The file as it is now; `None` where it no longer holds the bytes.
    pub fn set(&self, seen: Option<Seen>) {
        *self.lock() = seen;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes kept in memory: a part of a block.
#[derive(Debug, Clone)]
pub struct Kept {
    pub block: Arc<Mutex<Stored>>,
    /// Where they lie in the unpacked block.
    pub from: usize,
    pub length: usize,
    /// Where the first of them stood in the input.
    pub first: u64,
}

/// A block of kept bytes.
#[derive(Debug)]
pub enum Stored {
    /// As they came: the block is still being filled.
    Raw(Vec<u8>),
    /// Compressed (zlib); so many bytes unpacked.
    Compressed(Box<[u8]>, usize),
    /// Given up, and why: the end of a sentence.
    Dropped(String),
}
