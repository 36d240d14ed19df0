//! Access to files: walks folders, reads byte ranges of inputs wherever they are now, splits large files into parts.
//! Knows formats only by where their records may be split.

use std::fs::{self, DirEntry, File, FileType};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::OFlags;

use crate::dispatch::{InputProblem, Severity, Stamp};
use crate::format::RecordBoundary;
use crate::index::{Input, InputLocation, path_text};
use crate::ingest::watch::read_retained;
use crate::text::error_reason;

/// Deepest folder that is entered, counted from the root of the walk. Real spools are a few levels deep.
const DEPTH_LIMIT: usize = 64;

/// Files in the first batch: few, so that reading starts at once and the first screen is filled soon.
const FIRST_BATCH: usize = 32;

/// Files in each further batch.
const BATCH: usize = 256;

/// A finding of [`walk`].
pub(super) enum WalkEvent<'p> {
    /// Regular files, in the order in which they should be read.
    Files(Vec<PathBuf>),
    /// Number of hidden and temporary files that were skipped.
    Skipped(usize),
    /// A folder, before it is listed: a watch must be set first, so that no file is missed in between.
    Folder(&'p Path),
    Problem(InputProblem),
}

/// True for the names of hidden and of unfinished files: `.x`, `x~`, `x.tmp`, `x.part`.
pub(super) fn is_ignored_name(name: &[u8]) -> bool {
    name.starts_with(b".")
        || [&b"~"[..], b".tmp", b".part"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Walks a folder and everything below it, and reports findings as it goes. Links to folders are not followed, since
/// they may form loops. The names of each folder come in descending order: on most wires the newest is last.
pub(super) fn walk(root: &Path, report: &mut dyn FnMut(WalkEvent<'_>)) {
    let mut walk = Walker {
        batch: Vec::new(),
        files_sent: 0,
        report,
    };
    walk.visit_folder(root, 0);
    walk.flush();
}

struct Walker<'a> {
    /// Files not yet reported.
    batch: Vec<PathBuf>,
    files_sent: usize,
    report: &'a mut dyn FnMut(WalkEvent<'_>),
}

impl Walker<'_> {
    fn visit_folder(&mut self, folder: &Path, depth: usize) {
        if depth > DEPTH_LIMIT {
            self.report_problem(
                folder,
                "nested too deep: folders below this one were not entered",
            );
            return;
        }
        (self.report)(WalkEvent::Folder(folder));
        let listing = match fs::read_dir(folder) {
            Ok(listing) => listing,
            Err(error) => {
                return self.report_problem(
                    folder,
                    &format!("the folder cannot be opened: {}", error_reason(&error)),
                );
            }
        };
        let mut entries = Vec::new();
        let mut skipped = 0;
        for entry in listing {
            match entry {
                Ok(entry) if is_ignored_name(entry.file_name().as_encoded_bytes()) => skipped += 1,
                Ok(entry) => match entry.file_type() {
                    Ok(kind) => entries.push((entry, kind)),
                    Err(error) => self.report_problem(
                        &entry.path(),
                        &format!("cannot be inspected: {}", error_reason(&error)),
                    ),
                },
                Err(error) => self.report_problem(
                    folder,
                    &format!(
                        "the folder cannot be read to its end: {}",
                        error_reason(&error)
                    ),
                ),
            }
        }
        if skipped > 0 {
            (self.report)(WalkEvent::Skipped(skipped));
        }
        entries.sort_by_cached_key(|(entry, _)| std::cmp::Reverse(entry.file_name()));
        for (entry, kind) in entries {
            self.visit_entry(&entry, kind, depth);
        }
    }

    fn visit_entry(&mut self, entry: &DirEntry, kind: FileType, depth: usize) {
        let path = entry.path();
        if kind.is_dir() {
            return self.visit_folder(&path, depth + 1);
        }
        if kind.is_symlink() {
            match fs::metadata(&path) {
                Ok(target) if target.is_dir() => {
                    return self.report_note(&path, "a link to a folder: not followed");
                }
                Ok(target) if target.is_file() => {}
                Ok(_) => return self.report_problem(&path, "not a regular file"),
                Err(error) => {
                    return self.report_problem(
                        &path,
                        &format!("cannot be opened: {}", error_reason(&error)),
                    );
                }
            }
        } else if !kind.is_file() {
            return self.report_problem(&path, "not a regular file");
        }
        self.batch.push(path);
        let limit = if self.files_sent == 0 {
            FIRST_BATCH
        } else {
            BATCH
        };
        if self.batch.len() >= limit {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.batch.is_empty() {
            self.files_sent += self.batch.len();
            (self.report)(WalkEvent::Files(std::mem::take(&mut self.batch)));
        }
    }

    fn report_problem(&mut self, path: &Path, message: &str) {
        (self.report)(WalkEvent::Problem(InputProblem::unreadable(
            path_text(path),
            message,
        )));
    }

    fn report_note(&mut self, path: &Path, message: &str) {
        let mut found = InputProblem::unreadable(path_text(path), message);
        found.problem.severity = Severity::Note;
        (self.report)(WalkEvent::Problem(found));
    }
}

// The bytes of an input, wherever they are now: in its file, in memory, or retained by a watch.

/// Ranges up to this many bytes get a buffer of their full length, without asking for the length of the file.
const SMALL_READ: u64 = 64 << 10;

/// The bytes of an input, readable at any offset.
#[derive(Debug)]
pub(super) enum InputBytes {
    File(File),
    Memory(Arc<[u8]>),
    Static(&'static [u8]),
    /// A piece of an input that was retained, and its offset in the input.
    Retained(Vec<u8>, u64),
}

/// Opens a regular file. Non-blocking, since opening a named pipe would otherwise wait for a writer.
///
/// # Errors
/// If it cannot be opened or is not a regular file.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("no longer a regular file"));
    }
    Ok(file)
}

impl InputBytes {
    /// Opens the bytes of an input wherever they are now: in its file, which may have been renamed, or retained in
    /// memory. The flag is true if the file has changed since it was listed.
    ///
    /// # Errors
    /// If the file cannot be opened, or is gone and nothing was retained. The text of the error is for the user.
    pub(super) fn open_input(input: &Input) -> io::Result<(Self, bool)> {
        let Some(watched) = input.watched.get() else {
            let store = Self::open_location(&input.location)?;
            let changed = store.is_changed(input.length, input.modified)?;
            return Ok((store, changed));
        };
        let tracked = watched.file.current();
        let file = tracked.as_ref().map(|file| {
            let store = Self::File(open_file(&file.path)?);
            let changed = store.is_changed(file.length, file.modified)?;
            Ok((store, changed))
        });
        // The unchanged file first: retained bytes may have to be decompressed, or may be dropped already.
        match (file, &watched.retained) {
            (Some(Ok((store, false))), _) => Ok((store, false)),
            (_, Some(retained)) => match read_retained(retained) {
                Ok(bytes) => Ok((Self::Retained(bytes, retained.input_offset), false)),
                Err(why) => Err(io::Error::other(format!(
                    "no longer available: deleted from the spool, and dropped from memory ({why})"
                ))),
            },
            (Some(opened), None) => opened,
            (None, None) => Err(io::Error::other(
                "no longer available: deleted or overwritten, and not kept in memory: it was there before the watch \
                 began, or is larger than 8 MiB",
            )),
        }
    }

    /// True if the file differs from this length in bytes and date. Bytes in memory never change.
    fn is_changed(&self, length: u64, modified: Option<Stamp>) -> io::Result<bool> {
        let Self::File(file) = self else {
            return Ok(false);
        };
        let about = file.metadata()?;
        Ok(about.len() != length || about.modified().ok().map(stamp_from_system_time) != modified)
    }

    /// Opens the bytes at a location.
    ///
    /// # Errors
    /// If it is a file that cannot be opened.
    pub(super) fn open_location(location: &InputLocation) -> io::Result<Self> {
        Ok(match location {
            InputLocation::File(path) => Self::File(open_file(path)?),
            InputLocation::Memory(_, _, bytes) => Self::Memory(Arc::clone(bytes)),
            InputLocation::BuiltIn(_, bytes) => Self::Static(bytes),
        })
    }

    /// The bytes of a range of the input; fewer if the input ends within it. Bytes in memory are borrowed; those of a
    /// file are read into `buffer`, whose old contents are overwritten.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn bytes<'b>(
        &'b self,
        range: Range<u64>,
        buffer: &'b mut Vec<u8>,
    ) -> io::Result<&'b [u8]> {
        let file = match self {
            Self::File(file) => file,
            Self::Memory(bytes) => return Ok(slice_range(bytes, range)),
            Self::Static(bytes) => return Ok(slice_range(bytes, range)),
            Self::Retained(bytes, first) => {
                return Ok(slice_range(bytes, relative_range(range, *first)));
            }
        };
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let mut filled = 0;
        while filled < length {
            match file.read_at(&mut buffer[filled..length], range.start + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&buffer[..filled])
    }

    /// Appends a range of the input to a buffer; fewer bytes if the input ends within it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn read(&self, range: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        let bytes = match self {
            Self::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(range.start))?;
                let length = range.end.saturating_sub(range.start);
                let mut capacity = length;
                if length > SMALL_READ {
                    // The range may be far longer than the file: callers that want everything pass a limit.
                    let there = file.metadata().map_or(length, |stat| stat.len());
                    capacity = length.min(there.saturating_sub(range.start) + 1);
                }
                into.reserve(usize::try_from(capacity).unwrap_or(0));
                file.take(length).read_to_end(into)?;
                return Ok(());
            }
            Self::Memory(bytes) => slice_range(bytes, range),
            Self::Static(bytes) => slice_range(bytes, range),
            Self::Retained(bytes, first) => slice_range(bytes, relative_range(range, *first)),
        };
        into.extend_from_slice(bytes);
        Ok(())
    }
}

/// Turns a range of the input into a range of a piece that begins at offset `first`.
fn relative_range(range: Range<u64>, first: u64) -> Range<u64> {
    range.start.saturating_sub(first)..range.end.saturating_sub(first)
}

/// Slices bytes by a range, clamped to their length.
fn slice_range(bytes: &[u8], range: Range<u64>) -> &[u8] {
    let at = |position: u64| {
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        at.min(bytes.len())
    };
    &bytes[at(range.start)..at(range.end).max(at(range.start))]
}

// Parts of large inputs, read in parallel, each with whole items.

/// Bytes of one part: small enough to share the work among threads, large enough to make the seams rare.
pub(super) const PART_SIZE: u64 = 4 << 20;

/// Bytes of the last part. It is read first, and being small it is on the screen soonest.
const LAST_PART_SIZE: u64 = 256 << 10;

/// Longest item that is read, in bytes. Protects memory against a file in which no further boundary comes.
pub(super) const MAX_ITEM_SIZE: u64 = 256 << 20;

/// Bytes read at a time beyond the end of a part, until its last item ends.
const PART_READ_STEP: usize = 64 << 10;

/// Number of parts of an input of `length` bytes; at least 1.
pub(super) fn part_count(length: u64) -> u32 {
    u32::try_from(length.saturating_sub(LAST_PART_SIZE).div_ceil(PART_SIZE) + 1).unwrap_or(u32::MAX)
}

/// The byte range of a part of an input of `length` bytes. Items are not aligned to it: see [`read_part_items`].
pub(super) fn part_range(length: u64, part: u32) -> Range<u64> {
    let tail = length.saturating_sub(LAST_PART_SIZE);
    if part + 1 >= part_count(length) {
        return tail..length;
    }
    let start = u64::from(part) * PART_SIZE;
    start..(start + PART_SIZE).min(tail)
}

/// Reads the items that begin in a part, through the end of the last of them, into a buffer. Returns where the first of
/// them begins: its offset in the input, and its index in the buffer.
///
/// # Errors
/// If the input cannot be read, or the last item is longer than [`MAX_ITEM_SIZE`].
pub(super) fn read_part_items(
    store: &InputBytes,
    cut: RecordBoundary,
    part: Range<u64>,
    into: &mut Vec<u8>,
) -> io::Result<(u64, usize)> {
    into.clear();
    let Range { start, end } = part;
    // Also read a few bytes on either side: whether an item begins at an offset depends on its surroundings.
    let from = start.saturating_sub(RecordBoundary::LOOKBEHIND as u64);
    let behind = to_index(start - from);
    store.read(from..end + RecordBoundary::LOOKAHEAD as u64, into)?;
    // An item that begins before `start` belongs to the part before.
    let skip = match start {
        0 => 0,
        _ => cut.find_next(into, behind).unwrap_or(into.len()),
    };
    let inner = to_index(end - from);
    if skip >= inner {
        into.clear();
        return Ok((from + skip as u64, 0));
    }
    // From the end of the part up to here there is no boundary: it is not searched again.
    let mut searched_to = inner;
    let mut next = from + into.len() as u64;
    loop {
        if let Some(end) = cut.find_next(into, searched_to) {
            // A boundary is certain only once the bytes after it have been read, or the input has ended.
            if cut == RecordBoundary::Newline || into.len() - end >= RecordBoundary::LOOKAHEAD {
                into.truncate(end);
                break;
            }
        }
        if into.len() as u64 > MAX_ITEM_SIZE {
            let message = "an item longer than 256 MiB";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let before = into.len();
        searched_to = searched_to.max(before.saturating_sub(RecordBoundary::LOOKAHEAD));
        store.read(next..next + PART_READ_STEP as u64, into)?;
        next += PART_READ_STEP as u64;
        if into.len() == before {
            if let Some(end) = cut.find_next(into, searched_to) {
                into.truncate(end);
            }
            break;
        }
    }
    Ok((from + skip as u64, skip))
}

/// A file offset as a buffer index.
fn to_index(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// Reads a whole file into a buffer, with as few system calls as possible if `length` is right. A folder of 100,000
/// small files is read faster that way.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn read_known_length(
    mut file: &File,
    length: u64,
    into: &mut Vec<u8>,
) -> io::Result<()> {
    let length = usize::try_from(length).unwrap_or(0);
    if into.len() <= length {
        into.resize(length + 1, 0);
    }
    let mut filled = 0;
    loop {
        if filled == into.len() {
            into.resize(filled * 2, 0);
        }
        match file.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(count) => {
                filled += count;
                // The expected length: skip the call that would return 0. Files that report no length (`/proc`) are
                // read to their end.
                if filled == length {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    into.truncate(filled);
    Ok(())
}

// Text files of the user's own.

/// Longest config file that is read, in bytes.
const TEXT_FILE_LIMIT: u64 = 1 << 20;

/// Reads a small UTF-8 file, such as the config file. `None` if there is no such file.
///
/// # Errors
/// If it cannot be read, is too long, or is not UTF-8. The error is the end of a sentence: `cannot be opened: …`.
pub fn read_text_file(path: &Path) -> Result<Option<String>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot be opened: {}", error_reason(&error))),
    };
    let mut bytes = Vec::new();
    let read = file.take(TEXT_FILE_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot be read: {}", error_reason(&error)))?;
    if bytes.len() as u64 > TEXT_FILE_LIMIT {
        return Err(format!("is too long: more than {TEXT_FILE_LIMIT} bytes"));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is not UTF-8, from byte {at} on")
    })?;
    Ok(Some(text))
}

// Times.

/// The current time, for dating arrivals. Not for measuring intervals: the system clock may jump.
#[must_use]
pub fn now() -> Stamp {
    stamp_from_system_time(SystemTime::now())
}

/// A file date in whole seconds.
pub(super) fn stamp_from_system_time(time: SystemTime) -> Stamp {
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    };
    Stamp::from_seconds(seconds)
}

/// Longest input, in bytes, that is read if all of it must be in memory: a stream, or a file that cannot be split.
pub(super) const MAX_WHOLE_INPUT: u64 = 1 << 30;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::sync::Arc;

    use super::*;

    #[track_caller]
    fn check(cut: RecordBoundary, text: &str) {
        let bytes: Arc<[u8]> = text.as_bytes().into();
        let store = InputBytes::Memory(Arc::clone(&bytes));
        let mut joined = Vec::new();
        let mut buffer = Vec::new();
        for part in 0..part_count(bytes.len() as u64) {
            let bounds = part_range(bytes.len() as u64, part);
            let (first, skip) = read_part_items(&store, cut, bounds, &mut buffer).unwrap();
            let items = &buffer[skip.min(buffer.len())..];
            let begins = cut.find_next(text.as_bytes(), joined.len());
            assert!(items.is_empty() || part == 0 || begins == Some(joined.len()));
            assert!(items.is_empty() || first == joined.len() as u64);
            joined.extend_from_slice(items);
        }
        assert!(joined == text.as_bytes());
    }

    #[test]
    fn every_item_is_in_exactly_one_part() {
        let (mut lines, mut mails, mut docs) =
            (String::new(), String::new(), String::from("<!DOCTYPE x>\n"));
        for i in 0..200_000 {
            let _ = writeln!(lines, "line {i} {}", "x".repeat(i % 97));
        }
        for i in 0..90_000 {
            let text = "x".repeat(i % 97);
            let _ = write!(
                mails,
                "From a@b Tue Mar  3 08:15:00 2026\nSubject: {i}\n\n{text}\nFrom {text}\n\n"
            );
            let _ = writeln!(docs, "<DOC>\n<DOCNO> {i} </DOCNO><TEXT>{text}</TEXT></DOC>");
        }
        // A last line longer than two parts, without a newline.
        lines.push_str(&"y".repeat(9 << 20));
        mails.push_str(&"y".repeat(9 << 20));
        check(RecordBoundary::Newline, &lines);
        check(RecordBoundary::MboxFrom, &mails);
        check(RecordBoundary::BeforeMark("<DOC>"), &docs);
    }
}
