//! Inputs, and where the bytes of a dispatch lie in one. Plain data; reading is done in `ingest`.

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
    /// Bytes held in memory under a name: standard input (`-`). A stream that is read as it comes is held in pieces,
    /// numbered from 0.
    Memory(PathBuf, u64, Arc<[u8]>),
    /// A part of the wire built into the program, under its file name.
    BuiltIn(&'static str, &'static [u8]),
}

impl InputLocation {
    /// What places are ordered by: never their bytes.
    fn sort_key(&self) -> (u8, &Path, u64) {
        match self {
            Self::File(path) => (0, path, 0),
            Self::Memory(path, piece, _) => (1, path, *piece),
            Self::BuiltIn(name, _) => (2, Path::new(name), 0),
        }
    }
}

impl InputLocation {
    /// True for two pieces of one input, or the same.
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

/// One input: a file, a stream, a part of the built-in wire.
#[derive(Debug)]
pub struct Input {
    pub location: InputLocation,
    pub format: FormatId,
    /// Length in bytes and date when it was read: a file that differs from them has changed since.
    pub length: u64,
    pub modified: Option<Stamp>,
    /// Number of the first dispatch of each part, set once when all parts have been read.
    pub part_bases: OnceLock<Box<[u32]>>,
    /// When it arrived, where that was while its source was watched.
    pub arrived_at: Option<Stamp>,
    /// What a watch knows of its bytes, set once by the one who reads it.
    pub watched: OnceLock<WatchedInput>,
}

impl Input {
    /// An input of one part.
    #[must_use]
    pub fn new(
        place: InputLocation,
        format: FormatId,
        length: u64,
        modified: Option<Stamp>,
    ) -> Self {
        Self {
            location: place,
            format,
            length,
            modified,
            part_bases: OnceLock::new(),
            arrived_at: None,
            watched: OnceLock::new(),
        }
    }

    /// Where its file lies now: a watch knows where it went.
    #[must_use]
    pub fn current_file(&self) -> Option<TrackedFile> {
        self.watched.get()?.file.current()
    }

    /// The path as records show it: bytes that are not UTF-8 as `\xNN`.
    #[must_use]
    pub fn display_path(&self) -> String {
        if let Some(seen) = self.current_file() {
            return path_text(&seen.path);
        }
        match &self.location {
            InputLocation::File(path) | InputLocation::Memory(path, ..) => path_text(path),
            InputLocation::BuiltIn(name, _) => format!("dateline:{name}"),
        }
    }
}

/// A path as text: what is not UTF-8 as `\xNN`.
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

/// Where one dispatch lies.
#[derive(Debug, Clone)]
pub struct ItemOrigin {
    pub input: Arc<Input>,
    /// Byte range into the input.
    pub bytes: Range<u64>,
    /// Number of the dispatch within that range.
    pub number_in_range: u32,
    /// Number of the dispatch within the part of the input that was read at once.
    pub index_in_part: u32,
    /// Which part of the input that was; parts are numbered from its start.
    pub part: u32,
}

impl ItemOrigin {
    /// Which dispatch of its input it is, 0-based. Right once the whole input has been read.
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

/// The figures at the end of a load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IngestSummary {
    /// Inputs that were opened.
    pub inputs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files left out by rule: hidden or temporary.
    pub skipped: u64,
}

// What a watch knows of the bytes of an input: where its file lies now, and what is kept of it in memory. Plain
// data.

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

// What the bytes of a dispatch look like, read again when somebody asks to see them.

/// The bytes of one dispatch as lines in which controls are visible, and sentences about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceView {
    pub notes: Vec<String>,
    pub lines: Vec<String>,
}
