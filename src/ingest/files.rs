//! Access to files: walks folders, opens files and reads ranges of them, splits large files into parts.
//! Knows formats only by where their records may be split.

use std::fs::{self, DirEntry, File, FileType, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};

use crate::dispatch::{InputProblem, Severity, Stamp};
use crate::format::RecordBoundary;
use crate::index::{FileIdentity, FileVersion, path_text};
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
    name.starts_with(b".") || [&b"~"[..], b".tmp", b".part"].iter().any(|end| name.ends_with(end))
}

/// Walks a folder and everything below it, and reports findings as it goes. Links to folders are not followed, since
/// they may form loops. The names of each folder come in descending order: on most wires the newest is last.
pub(super) fn walk(root: &Path, report: &mut dyn FnMut(WalkEvent<'_>)) {
    let mut walk = Walker { batch: Vec::new(), files_sent: 0, report };
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
            self.report_problem(folder, "nested too deep: folders below this one were not entered");
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
                    &format!("the folder cannot be read to its end: {}", error_reason(&error)),
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
        let limit = if self.files_sent == 0 { FIRST_BATCH } else { BATCH };
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
        (self.report)(WalkEvent::Problem(InputProblem::unreadable(path_text(path), message)));
    }

    fn report_note(&mut self, path: &Path, message: &str) {
        let mut found = InputProblem::unreadable(path_text(path), message);
        found.problem.severity = Severity::Note;
        (self.report)(WalkEvent::Problem(found));
    }
}

// Files of the wire: one way to open them, and what tells one state of a file from another.

/// Opens a regular file. Non-blocking, since opening a named pipe would otherwise wait for a writer: any other kind of
/// file may have taken the place of the one that was listed.
///
/// # Errors
/// If it cannot be opened or is not a regular file.
pub(super) fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::other("no longer a regular file"));
    }
    Ok((file, about))
}

/// How long to wait for a writer to a named pipe.
const WRITER_TIMEOUT: Duration = Duration::from_secs(3);

/// Opens a file of any kind, such as a named pipe. If nobody writes to that, it is an error: an ordinary `open` would
/// wait for ever.
///
/// # Errors
/// If it cannot be opened, or is a named pipe without a writer.
pub(super) fn open_any(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !is_readable_within(&file, WRITER_TIMEOUT) {
        let message = "nobody writes to this pipe";
        return Err(io::Error::new(io::ErrorKind::TimedOut, message));
    }
    // Reads may block from here on: those that must not ask `is_readable_within` first.
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

/// True if data, or the end of the file, comes within a time.
pub(super) fn is_readable_within(file: &File, time: Duration) -> bool {
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    let mut files = [PollFd::new(file, PollFlags::IN)];
    !matches!(poll(&mut files, Some(&time)), Ok(0))
}

/// True for devices, such as disks, terminals and `/dev/zero`: reading them may never end.
pub(super) fn is_device(about: &Metadata) -> bool {
    about.file_type().is_char_device() || about.file_type().is_block_device()
}

/// Why a device is not read.
pub(super) const DEVICE_MESSAGE: &str = "a device, not a file, a folder or a pipe";

/// The identity of a file now.
pub(super) fn current_identity(about: &Metadata) -> FileIdentity {
    let times = [about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec()];
    FileIdentity::new(about.dev(), about.ino(), about.len(), times)
}

/// The version of a file that is about to be read, from the metadata of the opened file.
pub(super) fn version_to_read(about: &Metadata) -> FileVersion {
    let changed = i128::from(about.ctime()) * 1_000_000_000 + i128::from(about.ctime_nsec());
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |time| i128::try_from(time.as_nanos()).unwrap_or(0));
    let granularity = if about.ctime_nsec() == 0 { COARSE_TIMES } else { FINE_TIMES };
    FileVersion {
        length: about.len(),
        modified: about.modified().ok().map(stamp_from_system_time),
        identity: if now - changed > granularity {
            current_identity(about)
        } else {
            FileIdentity::UNSURE
        },
    }
}

/// How long after a change, in nanoseconds, another change may leave the times of a file as they are: kernels count
/// time in ticks of up to 10 milliseconds.
const FINE_TIMES: i128 = 50_000_000;

/// The same if the time is a whole second: some file systems store no more than even seconds.
const COARSE_TIMES: i128 = 2_000_000_000;

/// Reads a range of a file into a buffer, whose old contents are overwritten. Returns the bytes; fewer if the file ends
/// within the range.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn read_range<'b>(
    file: &File,
    range: Range<u64>,
    buffer: &'b mut Vec<u8>,
) -> io::Result<&'b [u8]> {
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

/// Ranges up to this many bytes get a buffer of their full length, without asking for the length of the file.
const SMALL_READ: u64 = 64 << 10;

/// Appends a range of a file to a buffer; fewer bytes if the file ends within it.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn append_range(
    mut file: &File,
    range: Range<u64>,
    into: &mut Vec<u8>,
) -> io::Result<()> {
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
    Ok(())
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
    file: &File,
    cut: RecordBoundary,
    part: Range<u64>,
    into: &mut Vec<u8>,
) -> io::Result<(u64, usize)> {
    into.clear();
    let Range { start, end } = part;
    // Also read a few bytes on either side: whether an item begins at an offset depends on its surroundings.
    let from = start.saturating_sub(RecordBoundary::LOOKBEHIND as u64);
    let behind = to_index(start - from);
    append_range(file, from..end + RecordBoundary::LOOKAHEAD as u64, into)?;
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
        append_range(file, next..next + PART_READ_STEP as u64, into)?;
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
    let file = match open_any(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
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

/// The time at which the clock stands, if it was set.
static FIXED_TIME: OnceLock<Stamp> = OnceLock::new();

/// Lets the clock of the program stand at a time, so that what depends on it can be repeated. Only the first call counts.
pub fn fix_clock(at: Stamp) {
    let _ = FIXED_TIME.set(at);
}

/// The current time, for dating arrivals and judging embargoes; that of [`fix_clock`] if it was called. Not for measuring
/// intervals: the system clock may jump.
#[must_use]
pub fn now() -> Stamp {
    let fixed = FIXED_TIME.get().copied();
    fixed.unwrap_or_else(|| stamp_from_system_time(SystemTime::now()))
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

    use super::*;

    #[track_caller]
    fn check(cut: RecordBoundary, text: &str) {
        let (mark, bytes) = (format!("{cut:?}").len(), text.as_bytes());
        let name = format!("dateline-parts-{}-{mark}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        let (file, _) = open_file(&path).unwrap();
        let mut joined = Vec::new();
        let mut buffer = Vec::new();
        for part in 0..part_count(bytes.len() as u64) {
            let bounds = part_range(bytes.len() as u64, part);
            let (first, skip) = read_part_items(&file, cut, bounds, &mut buffer).unwrap();
            let items = &buffer[skip.min(buffer.len())..];
            let begins = cut.find_next(text.as_bytes(), joined.len());
            assert!(items.is_empty() || part == 0 || begins == Some(joined.len()));
            assert!(items.is_empty() || first == joined.len() as u64);
            joined.extend_from_slice(items);
        }
        assert!(joined == text.as_bytes());
        fs::remove_file(path).unwrap();
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
