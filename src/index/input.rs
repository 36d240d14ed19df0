//! Inputs, and where a dispatch is found in one. Plain data; reading and watching are done in `ingest`.

use std::cmp::Ordering;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::dispatch::Stamp;
use crate::format::{FormatId, TableLayout};
use crate::text::stable_hash;

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
    /// Length in bytes when it was read.
    pub length: u64,
    /// Modification date in seconds since 1970 when it was read; `i64::MIN` if unknown. See [`Self::modified`].
    modified_seconds: i64,
    /// For a file: its identity when it was read. If its file has another one now, each item is checked before it is
    /// used.
    pub identity: FileIdentity,
    /// Number of the first dispatch of each part. Set once all parts have been read: large inputs are read in parallel,
    /// and the counts of earlier parts are not known before.
    pub part_bases: OnceLock<Box<[u32]>>,
    /// When it arrived, if its source was being watched at the time.
    pub arrived_at: Option<Stamp>,
    /// The layout of a table. Set once, before its rows are read.
    pub table: OnceLock<Arc<TableLayout>>,
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
            modified_seconds: modified.map_or(i64::MIN, |stamp| stamp.seconds),
            identity: FileIdentity::UNSURE,
            part_bases: OnceLock::new(),
            arrived_at: None,
            table: OnceLock::new(),
            watched: OnceLock::new(),
        }
    }

    /// An input read from a file, or from a piece of one.
    #[must_use]
    pub fn of_file(location: InputLocation, format: FormatId, file: &FileVersion) -> Self {
        Self { identity: file.identity, ..Self::new(location, format, file.length, file.modified) }
    }

    /// Modification date when it was read, in whole seconds.
    #[must_use]
    pub fn modified(&self) -> Option<Stamp> {
        (self.modified_seconds != i64::MIN).then(|| Stamp::from_seconds(self.modified_seconds))
    }

    /// The current path as records show it, see [`path_text`].
    #[must_use]
    pub fn display_path(&self) -> String {
        if let Some(path) = self.watched.get().and_then(|w| w.file.current()) {
            return path_text(&path);
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

/// What tells one state of a file from another: device, inode, length, and the times of its last modification and of
/// the last change of its inode, in nanoseconds. The second time is what a restored modification time cannot hide.
///
/// Stored as a hash of these, so that an input takes no more memory than with a date alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileIdentity(u64);

impl FileIdentity {
    /// The identity of a file that was modified so shortly before it was read that its times may not tell a later
    /// modification. Differs from that of any file.
    pub const UNSURE: Self = Self(0);

    /// The identity of a file with this device, inode and length in bytes. `times`: modification and change time, each
    /// as seconds since 1970 and nanoseconds.
    #[must_use]
    pub fn new(device: u64, inode: u64, length: u64, times: [i64; 4]) -> Self {
        let mut bytes = [0; 56];
        let numbers = [device, inode, length].into_iter();
        let numbers = numbers.chain(times.map(i64::cast_unsigned));
        for (to, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            to.copy_from_slice(&number.to_le_bytes());
        }
        Self(stable_hash(&bytes).max(1))
    }
}

/// One state of a file.
#[derive(Debug, Clone, Copy)]
pub struct FileVersion {
    /// Length in bytes.
    pub length: u64,
    /// Modification date in whole seconds.
    pub modified: Option<Stamp>,
    pub identity: FileIdentity,
}

impl FileVersion {
    /// The version of bytes in memory, which never change.
    #[must_use]
    pub fn in_memory(bytes: &[u8], modified: Option<Stamp>) -> Self {
        Self { length: bytes.len() as u64, modified, identity: FileIdentity::UNSURE }
    }
}

/// Where to read one dispatch from, and how to recognize it. Its `read` in `ingest` is the only way back to the bytes of
/// a dispatch once it has been listed.
#[derive(Debug, Clone)]
pub struct Locator {
    pub input: Arc<Input>,
    /// Byte range into the input.
    pub bytes: Range<u64>,
    /// Identity of the dispatch, see [`item_key`](crate::dispatch::model::item_key).
    pub item_key: u64,
    /// Part of the hash of its raw bytes, see [`StoryLinks::content_hash`](crate::dispatch::StoryLinks::content_hash).
    pub content_hash: u32,
    /// Which dispatch of that range it is, see [`ScannedItem::number`](crate::format::ScannedItem::number).
    pub number_in_range: u32,
    /// Which dispatch of its part it is, 0-based.
    pub index_in_part: u32,
    /// Which part of the input it was read in, counted from the start of the input.
    pub part: u32,
}

impl Locator {
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

/// The current path of a file: follows renames, and becomes `None` when the file is deleted or rewritten.
#[derive(Debug, Default)]
pub struct FileTracker(Mutex<Option<PathBuf>>);

impl FileTracker {
    /// Tracks an existing file.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(Mutex::new(Some(path)))
    }

    /// The path, if the file is thought to have the bytes still.
    #[must_use]
    pub fn current(&self) -> Option<PathBuf> {
        self.lock().clone()
    }

    /// Records a new path, or `None` if the file no longer contains the bytes.
    pub fn update(&self, path: Option<PathBuf>) {
        *self.lock() = path;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<PathBuf>> {
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
    Compressed(CompressedBlock),
    /// No longer in memory, and why. The reason completes a sentence of an error message.
    Dropped(String),
}

/// A compressed block.
#[derive(Debug)]
pub struct CompressedBlock {
    /// Consecutive chunks of the block, each compressed with zlib by itself, so that a dispatch in a long block is read
    /// without unpacking all of it.
    pub chunks: Box<[Box<[u8]>]>,
    /// Uncompressed length in bytes of each chunk but the last, which has the rest of the block.
    pub chunk_length: usize,
}

/// The raw bytes of one dispatch for display.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceView {
    /// Sentences about the bytes.
    pub notes: Vec<String>,
    /// The bytes as lines of text, with control characters made visible.
    pub lines: Vec<String>,
}
