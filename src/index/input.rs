//! Inputs, and where a dispatch is found in one. Plain data; reading and watching are done in `ingest`.

use std::cmp::Ordering;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::dispatch::Stamp;
use crate::format::FormatId;

/// Where the bytes of an input are.
#[derive(Debug, Clone)]
pub enum InputLocation {
    /// A file that can be read again.
    File(PathBuf),
    /// Bytes in memory under a name, such as `-` for standard input. A stream read while it arrives is stored in
    /// pieces, numbered from 0.
    Memory(PathBuf, u64, Arc<[u8]>),
    /// A file of the wire built into the program: file name and contents.
    BuiltIn(&'static str, &'static [u8]),
}

impl InputLocation {
    /// Key for equality and order: kind, path and piece, never the bytes.
    fn sort_key(&self) -> (u8, &Path, u64) {
        match self {
            Self::File(path) => (0, path, 0),
            Self::Memory(path, piece, _) => (1, path, *piece),
            Self::BuiltIn(name, _) => (2, Path::new(name), 0),
        }
    }
}

impl InputLocation {
    /// True if both are the same input, or two pieces of the same stream.
    #[must_use]
    pub fn is_same_input(&self, other: &Self) -> bool {
        let (own, theirs) = (self.sort_key(), other.sort_key());
        (own.0, own.1) == (theirs.0, theirs.1)
    }
}

impl PartialEq for InputLocation {
    fn eq(&self, other: &Self) -> bool {
        self.sort_key() == other.sort_key()
    }
}

impl Eq for InputLocation {}

impl PartialOrd for InputLocation {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for InputLocation {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

/// One input: a file, a stream (or a piece of one), a member of an archive, or a file of the built-in wire.
#[derive(Debug)]
pub struct Input {
    pub location: InputLocation,
    pub format: FormatId,
    /// Length in bytes when it was read. A file that differs in length or date has changed since.
    pub length: u64,
    /// Modification date when it was read.
    pub modified: Option<Stamp>,
    /// Number of the first dispatch of each part. Set once all parts have been read: large inputs are read in parallel,
    /// and the counts of earlier parts are not known before.
    pub part_bases: OnceLock<Box<[u32]>>,
    /// When it arrived, if its source was being watched at the time.
    pub arrived_at: Option<Stamp>,
    /// Where a watched input went since it was read. Set once, by its reader.
    pub watched: OnceLock<WatchedInput>,
}

impl Input {
    /// An input that is not watched, with no part bases yet.
    #[must_use]
    pub fn new(
        location: InputLocation,
        format: FormatId,
        length: u64,
        modified: Option<Stamp>,
    ) -> Self {
        Self {
            location,
            format,
            length,
            modified,
            part_bases: OnceLock::new(),
            arrived_at: None,
            watched: OnceLock::new(),
        }
    }

    /// Where its file is now, as far as a watch has followed it; `None` if it is not watched or the file is gone.
    #[must_use]
    pub fn current_file(&self) -> Option<TrackedFile> {
        self.watched.get()?.file.current()
    }

    /// The current path as records show it, see [`path_text`].
    #[must_use]
    pub fn display_path(&self) -> String {
        if let Some(file) = self.current_file() {
            return path_text(&file.path);
        }
        match &self.location {
            InputLocation::File(path) | InputLocation::Memory(path, ..) => path_text(path),
            InputLocation::BuiltIn(name, _) => format!("dateline:{name}"),
        }
    }
}

/// A path as text, with bytes that are not UTF-8 written as `\xNN`.
#[must_use]
pub fn path_text(path: &Path) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Where to read one dispatch from.
#[derive(Debug, Clone)]
pub struct ItemOrigin {
    pub input: Arc<Input>,
    /// Byte range into the input.
    pub bytes: Range<u64>,
    /// Which dispatch of that range it is, see [`ScannedItem::number`](crate::format::ScannedItem::number).
    pub number_in_range: u32,
    /// Which dispatch of its part it is, 0-based.
    pub index_in_part: u32,
    /// Which part of the input it was read in, counted from the start of the input.
    pub part: u32,
}

impl ItemOrigin {
    /// Which dispatch of its input it is, 0-based. Until the whole input has been read, counts from the start of its
    /// part.
    #[must_use]
    pub fn number_in_input(&self) -> u64 {
        let base = self
            .input
            .part_bases
            .get()
            .and_then(|bases| bases.get(self.part as usize))
            .copied()
            .unwrap_or(0);
        u64::from(base) + u64::from(self.index_in_part)
    }
}

/// Totals reported at the end of a load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IngestSummary {
    /// Number of inputs opened.
    pub inputs: u64,
    /// Size of these inputs in bytes.
    pub bytes: u64,
    /// Number of files skipped by rule: hidden or temporary.
    pub skipped: u64,
}

// Watched inputs.

/// What a watch keeps for an input, so that its dispatches can be read again after the file has changed.
#[derive(Debug, Clone)]
pub struct WatchedInput {
    /// Its file, shared by all inputs read from it.
    pub file: Arc<FileTracker>,
    /// Copy of its bytes, if one was kept.
    pub retained: Option<RetainedBytes>,
}

/// The current location of a file: follows renames, and becomes `None` when the file is deleted or rewritten.
#[derive(Debug, Default)]
pub struct FileTracker(Mutex<Option<TrackedFile>>);

/// A file that still contains the bytes read from it, as last observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedFile {
    pub path: PathBuf,
    /// Length in bytes. A file that differs in length or date has changed since.
    pub length: u64,
    pub modified: Option<Stamp>,
}

impl FileTracker {
    /// Tracks an existing file.
    #[must_use]
    pub fn new(file: TrackedFile) -> Self {
        Self(Mutex::new(Some(file)))
    }

    /// The file, if it still contains the bytes.
    #[must_use]
    pub fn current(&self) -> Option<TrackedFile> {
        self.lock().clone()
    }

    /// Records a new location, or `None` if the file no longer contains the bytes.
    pub fn update(&self, file: Option<TrackedFile>) {
        *self.lock() = file;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<TrackedFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes kept in memory, as a range of a block.
#[derive(Debug, Clone)]
pub struct RetainedBytes {
    pub block: Arc<Mutex<ByteBlock>>,
    /// Offset of the first byte in the uncompressed block.
    pub block_offset: usize,
    /// Length in bytes.
    pub length: usize,
    /// Offset of the first byte in the input.
    pub input_offset: u64,
}

/// A block of retained bytes, shared by many small inputs so that they compress together.
#[derive(Debug)]
pub enum ByteBlock {
    /// Uncompressed: the block is still being filled.
    Raw(Vec<u8>),
    /// Compressed with zlib, and the uncompressed length in bytes.
    Compressed(Box<[u8]>, usize),
    /// No longer in memory, and why. The reason completes a sentence of an error message.
    Dropped(String),
}

/// The raw bytes of one dispatch for display.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceView {
    /// Sentences about the bytes.
    pub notes: Vec<String>,
    /// The bytes as lines of text, with control characters made visible.
    pub lines: Vec<String>,
}
