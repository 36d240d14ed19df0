//! Reads a stream: items of a format that may be cut are shown as they come, all else when the stream has ended.

mod form;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::parts::ITEM_LIMIT;
use super::pipe::{Brought, open_stream, read_available};
use super::reader::{Reader, WHOLE_LIMIT};
use super::reason;
use super::unpack::Kind;
use crate::dispatch::Stamp;
use crate::format::{self, Context, FormatId, RecordBoundary, RequestedFormat};

/// Items are scanned when there are so many bytes of them,
const PIECE: usize = 1 << 20;
/// or when the stream pauses, or at the latest after this.
const LATEST: Duration = Duration::from_millis(250);

/// How much of a stream is read: it may go on for ever, and a dispatch takes memory even where its text is short.
pub(super) struct StreamLimits {
    bytes: u64,
    dispatches: u32,
    /// Bytes in which no dispatch has ended.
    pending: u64,
}

pub(super) const LIMITS: StreamLimits = StreamLimits {
    bytes: WHOLE_LIMIT,
    dispatches: 5_000_000,
    pending: WHOLE_LIMIT,
};

/// Of one that is followed: what it brings is kept as a watch keeps it.
const ENDLESS: StreamLimits = StreamLimits {
    bytes: u64::MAX,
    dispatches: u32::MAX,
    pending: ITEM_LIMIT,
};

/// A stream that is being read.
struct Stream {
    path: PathBuf,
    /// The date of what it stands in, if it is a file.
    modified: Option<Stamp>,
    /// The format that is asked for, whatever the bytes look like.
    forced: Option<RequestedFormat>,
    /// What has come and is not scanned yet.
    pending: Vec<u8>,
    /// Up to where that was searched for the place of a cut, and the last one found.
    searched: usize,
    cut: Option<usize>,
    /// It was told that a dispatch is too long to be waited for.
    unended: bool,
    /// Nothing follows for now: what begins an item does so, however little of it is there.
    paused: bool,
    /// The format, once it is known, and known to be one that may be cut.
    format: Option<FormatId>,
    /// Bytes that have come, and bytes that have been scanned.
    read: u64,
    scanned: u64,
    pieces: u64,
    dispatches: u32,
    problems: usize,
}

impl Reader<'_> {
    /// Reads a stream to its end.
    pub(super) fn stream(&mut self, path: PathBuf) {
        match open_stream(&path) {
            Ok(mut file) => {
                let endless = self.live;
                let limits = if endless { &ENDLESS } else { &LIMITS };
                self.stream_from(path, None, limits, |into, wait| {
                    read_available(&mut file, into, wait)
                });
            }
            Err(error) => self.unreadable(&path, format!("cannot be opened: {}", reason(&error))),
        }
    }

    /// `read_available` appends what has come; where it may not wait, it may answer that there is nothing for now.
    pub(super) fn stream_from(
        &mut self,
        path: PathBuf,
        modified: Option<Stamp>,
        limits: &StreamLimits,
        mut more: impl FnMut(&mut Vec<u8>, bool) -> io::Result<Brought>,
    ) {
        let mut stream = Stream::new(path, modified, self.forced());
        let (mut wait, mut since, mut whole) = (true, Instant::now(), true);
        loop {
            let brought = match more(&mut stream.pending, wait) {
                Ok(brought) => brought,
                Err(error) => {
                    let message = format!("cannot be read to its end: {}", reason(&error));
                    self.unreadable(&stream.path, message);
                    Brought::End
                }
            };
            let Brought::Bytes(count) = brought else {
                if brought == Brought::End {
                    break;
                }
                stream.decide_at_pause();
                stream.paused = true;
                self.give_items(&mut stream);
                stream.paused = false;
                wait = !self.has_rows() || self.may_hand_on();
                if wait {
                    self.hand_on();
                }
                since = Instant::now();
                continue;
            };
            wait = false;
            stream.came(count);
            if let Some(problem) = stream.refused(count) {
                self.count(stream.read);
                return self.refuse(&stream.path, problem);
            }
            if stream.read > limits.bytes {
                let message = "longer than 1 GiB: only the first 1 GiB was read";
                self.unreadable(&stream.path, message);
                stream.cut(limits.bytes);
                whole = false;
                break;
            }
            if stream.pending.len() >= PIECE && stream.format.is_some() || since.elapsed() > LATEST
            {
                self.give_items(&mut stream);
                since = Instant::now();
            }
            if !self.give_unended(&mut stream, limits.pending) {
                whole = false;
                break;
            }
            if stream.dispatches >= limits.dispatches {
                let message = "more than 5,000,000 dispatches: read no further";
                self.unreadable(&stream.path, message);
                whole = false;
                break;
            }
        }
        self.end_of_stream(stream, whole);
    }

    fn end_of_stream(&mut self, mut stream: Stream, whole: bool) {
        self.count(stream.read);
        self.give_items(&mut stream);
        if stream.format.is_none() {
            if Kind::of(&stream.pending).is_some() && whole {
                return self.packed_in_memory(stream.path, &stream.pending);
            }
            let bytes: Arc<[u8]> = stream.pending.into();
            return match format::detect_as(stream.forced, &bytes) {
                Ok(format) => {
                    let input = self.piece((&stream.path, 0), format, &bytes, stream.modified);
                    self.whole_input(&input, &bytes);
                }
                Err(problem) => self.refuse(&stream.path, problem),
            };
        }
        if whole {
            let rest = stream.pending.len();
            self.give(&mut stream, rest);
        }
        if stream.dispatches == 0 && stream.problems == 0 {
            self.unreadable(&stream.path, "holds no dispatch");
        }
    }

    /// Scans the whole items that have come, where it is known how to tell them apart.
    fn give_items(&mut self, stream: &mut Stream) {
        stream.decide();
        if let Some(cut) = stream.search() {
            self.give(stream, cut);
        }
    }

    /// Scans what has come, where that is more than a limit though no dispatch in it has ended: it is waited for no longer.
    /// False where it is in a format that is read only as a whole.
    fn give_unended(&mut self, stream: &mut Stream, limit: u64) -> bool {
        if stream.pending.len() as u64 > limit {
            self.give_items(stream);
        }
        if stream.pending.len() as u64 <= limit {
            return true;
        }
        let packed = stream.format.is_none() && Kind::of(&stream.pending).is_some();
        let detect = || format::detect_as(stream.forced, &stream.pending).ok();
        let format = stream.format.or_else(detect).filter(|_| !packed);
        let pieces = |format: &FormatId| {
            let row = format.row();
            row.cut != RecordBoundary::Unsplittable
                || row.ends.is_some()
                || *format == FormatId::PLAIN
        };
        stream.format = format.filter(pieces);
        if stream.format.is_none() {
            let message = "longer than 256 MiB, and in a format that is read only as a whole: only the first 256 MiB are read";
            self.unreadable(&stream.path, message);
            return false;
        }
        let end = memchr::memrchr2(b'\n', b' ', &stream.pending);
        let end = end.map_or(stream.pending.len(), |end| end + 1);
        if !std::mem::replace(&mut stream.unended, true) {
            let message = "a dispatch longer than 256 MiB: what has come of it is shown as one, and what follows as others";
            self.unreadable(&stream.path, message);
        }
        self.give(stream, end);
        true
    }

    /// Scans the first bytes that have come as a piece of their own, which is kept in memory.
    fn give(&mut self, stream: &mut Stream, length: usize) {
        let Some(format) = stream.format.filter(|_| length > 0) else {
            return;
        };
        let bytes: Vec<u8> = stream.pending.drain(..length).collect();
        stream.pending.shrink_to(PIECE);
        let bytes: Arc<[u8]> = bytes.into();
        let number = (&*stream.path, stream.pieces);
        let input = self.piece(number, format, &bytes, stream.modified);
        let context = Context {
            file_time: stream.modified,
            first_index: stream.dispatches,
            first_byte: stream.scanned,
        };
        let batch = Batch {
            bytes: &bytes,
            part: 0,
            at: 0,
        };
        if let Some((dispatches, problems)) = self.scan(&input, &batch, &context) {
            stream.dispatches = stream.dispatches.saturating_add(dispatches);
            stream.problems += problems;
        } else {
            stream.problems += 1;
        }
        stream.pieces += 1;
        stream.scanned += length as u64;
        (stream.searched, stream.cut) = (0, None);
    }
}

impl Stream {
    fn new(path: PathBuf, modified: Option<Stamp>, forced: Option<RequestedFormat>) -> Self {
        Self {
            path,
            modified,
            forced,
            pending: Vec::new(),
            searched: 0,
            cut: None,
            unended: false,
            paused: false,
            format: None,
            read: 0,
            scanned: 0,
            pieces: 0,
            dispatches: 0,
            problems: 0,
        }
    }

    fn came(&mut self, count: usize) {
        self.read += count as u64;
    }

    /// Forgets what is beyond the limit.
    fn cut(&mut self, limit: u64) {
        let beyond = usize::try_from(self.read - limit).unwrap_or(usize::MAX);
        self.read = limit;
        let kept = self.pending.len().saturating_sub(beyond);
        self.pending.truncate(kept);
        (self.searched, self.cut) = (0, None);
    }
}
