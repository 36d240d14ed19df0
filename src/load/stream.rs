//! Reads a stream: items of a format that may be cut are shown as they come, all else when the stream has ended.

mod form;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::batch::InputSlice;
use super::error_reason;
use super::parts::MAX_ITEM_SIZE;
use super::pipe::{StreamRead, open_stream, read_available};
use super::reader::{MAX_WHOLE_INPUT, Reader};
use super::unpack::PackedFormat;
use crate::dispatch::Stamp;
use crate::format::{self, Context, FormatId, RecordBoundary, RequestedFormat};

/// Items are scanned when there are so many bytes of them,
const SCAN_THRESHOLD: usize = 1 << 20;
/// or when the stream pauses, or at the latest after this.
const MAX_SCAN_DELAY: Duration = Duration::from_millis(250);

/// How much of a stream is read: it may go on for ever, and a dispatch takes memory even where its text is short.
pub(super) struct StreamLimits {
    bytes: u64,
    dispatches: u32,
    /// Bytes in which no dispatch has ended.
    pending: u64,
}

pub(super) const STREAM_LIMITS: StreamLimits = StreamLimits {
    bytes: MAX_WHOLE_INPUT,
    dispatches: 5_000_000,
    pending: MAX_WHOLE_INPUT,
};

/// Of one that is followed: what it brings is kept as a watch keeps it.
const FOLLOW_LIMITS: StreamLimits = StreamLimits {
    bytes: u64::MAX,
    dispatches: u32::MAX,
    pending: MAX_ITEM_SIZE,
};

/// A stream that is being read.
struct StreamState {
    path: PathBuf,
    /// The date of what it stands in, if it is a file.
    modified: Option<Stamp>,
    /// The format that is asked for, whatever the bytes look like.
    forced: Option<RequestedFormat>,
    /// What has come and is not scanned yet.
    pending: Vec<u8>,
    /// Up to where that was searched for the place of a cut, and the last one found.
    searched_to: usize,
    last_boundary: Option<usize>,
    /// It was told that a dispatch is too long to be waited for.
    oversize_reported: bool,
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
    pub(super) fn read_stream(&mut self, path: PathBuf) {
        match open_stream(&path) {
            Ok(mut file) => {
                let endless = self.is_live;
                let limits = if endless {
                    &FOLLOW_LIMITS
                } else {
                    &STREAM_LIMITS
                };
                self.read_stream_from(path, None, limits, |into, wait| {
                    read_available(&mut file, into, wait)
                });
            }
            Err(error) => {
                self.report_unreadable(&path, format!("cannot be opened: {}", error_reason(&error)))
            }
        }
    }

    /// `read_available` appends what has come; where it may not wait, it may answer that there is nothing for now.
    pub(super) fn read_stream_from(
        &mut self,
        path: PathBuf,
        modified: Option<Stamp>,
        limits: &StreamLimits,
        mut more: impl FnMut(&mut Vec<u8>, bool) -> io::Result<StreamRead>,
    ) {
        let mut stream = StreamState::new(path, modified, self.forced_format());
        let (mut wait, mut since, mut whole) = (true, Instant::now(), true);
        loop {
            let brought = match more(&mut stream.pending, wait) {
                Ok(brought) => brought,
                Err(error) => {
                    let message = format!("cannot be read to its end: {}", error_reason(&error));
                    self.report_unreadable(&stream.path, message);
                    StreamRead::End
                }
            };
            let StreamRead::Bytes(count) = brought else {
                if brought == StreamRead::End {
                    break;
                }
                stream.detect_format_at_pause();
                stream.paused = true;
                self.scan_complete_items(&mut stream);
                stream.paused = false;
                wait = !self.has_rows() || self.is_send_due();
                if wait {
                    self.send_segment();
                }
                since = Instant::now();
                continue;
            };
            wait = false;
            stream.record_read(count);
            if let Some(problem) = stream.detect_early(count) {
                self.count_input(stream.read);
                return self.report_input_problem(&stream.path, problem);
            }
            if stream.read > limits.bytes {
                let message = "longer than 1 GiB: only the first 1 GiB was read";
                self.report_unreadable(&stream.path, message);
                stream.cut(limits.bytes);
                whole = false;
                break;
            }
            if stream.pending.len() >= SCAN_THRESHOLD && stream.format.is_some()
                || since.elapsed() > MAX_SCAN_DELAY
            {
                self.scan_complete_items(&mut stream);
                since = Instant::now();
            }
            if !self.scan_oversized_item(&mut stream, limits.pending) {
                whole = false;
                break;
            }
            if stream.dispatches >= limits.dispatches {
                let message = "more than 5,000,000 dispatches: read no further";
                self.report_unreadable(&stream.path, message);
                whole = false;
                break;
            }
        }
        self.finish_stream(stream, whole);
    }

    fn finish_stream(&mut self, mut stream: StreamState, whole: bool) {
        self.count_input(stream.read);
        self.scan_complete_items(&mut stream);
        if stream.format.is_none() {
            if PackedFormat::detect(&stream.pending).is_some() && whole {
                return self.unpack_bytes(stream.path, &stream.pending);
            }
            let bytes: Arc<[u8]> = stream.pending.into();
            return match format::detect_as(stream.forced, &bytes) {
                Ok(format) => {
                    let input =
                        self.memory_input((&stream.path, 0), format, &bytes, stream.modified);
                    self.scan_input(&input, &bytes);
                }
                Err(problem) => self.report_input_problem(&stream.path, problem),
            };
        }
        if whole {
            let rest = stream.pending.len();
            self.scan_pending(&mut stream, rest);
        }
        if stream.dispatches == 0 && stream.problems == 0 {
            self.report_unreadable(&stream.path, "holds no dispatch");
        }
    }

    /// Scans the whole items that have come, where it is known how to tell them apart.
    fn scan_complete_items(&mut self, stream: &mut StreamState) {
        stream.detect_format();
        if let Some(cut) = stream.find_items_end() {
            self.scan_pending(stream, cut);
        }
    }

    /// Scans what has come, where that is more than a limit though no dispatch in it has ended: it is waited for no longer.
    /// False where it is in a format that is read only as a whole.
    fn scan_oversized_item(&mut self, stream: &mut StreamState, limit: u64) -> bool {
        if stream.pending.len() as u64 > limit {
            self.scan_complete_items(stream);
        }
        if stream.pending.len() as u64 <= limit {
            return true;
        }
        let packed = stream.format.is_none() && PackedFormat::detect(&stream.pending).is_some();
        let detect = || format::detect_as(stream.forced, &stream.pending).ok();
        let format = stream.format.or_else(detect).filter(|_| !packed);
        let pieces = |format: &FormatId| {
            let row = format.row();
            row.boundary != RecordBoundary::Unsplittable
                || row.find_frame_end.is_some()
                || *format == FormatId::PLAIN
        };
        stream.format = format.filter(pieces);
        if stream.format.is_none() {
            let message = "longer than 256 MiB, and in a format that is read only as a whole: only the first 256 MiB are read";
            self.report_unreadable(&stream.path, message);
            return false;
        }
        let end = memchr::memrchr2(b'\n', b' ', &stream.pending);
        let end = end.map_or(stream.pending.len(), |end| end + 1);
        if !std::mem::replace(&mut stream.oversize_reported, true) {
            let message = "a dispatch longer than 256 MiB: what has come of it is shown as one, and what follows as others";
            self.report_unreadable(&stream.path, message);
        }
        self.scan_pending(stream, end);
        true
    }

    /// Scans the first bytes that have come as a piece of their own, which is kept in memory.
    fn scan_pending(&mut self, stream: &mut StreamState, length: usize) {
        let Some(format) = stream.format.filter(|_| length > 0) else {
            return;
        };
        let bytes: Vec<u8> = stream.pending.drain(..length).collect();
        stream.pending.shrink_to(SCAN_THRESHOLD);
        let bytes: Arc<[u8]> = bytes.into();
        let number = (&*stream.path, stream.pieces);
        let input = self.memory_input(number, format, &bytes, stream.modified);
        let context = Context {
            file_time: stream.modified,
            first_index: stream.dispatches,
            first_byte: stream.scanned,
        };
        let batch = InputSlice {
            bytes: &bytes,
            part: 0,
            offset: 0,
        };
        if let Some((dispatches, problems)) = self.scan(&input, &batch, &context) {
            stream.dispatches = stream.dispatches.saturating_add(dispatches);
            stream.problems += problems;
        } else {
            stream.problems += 1;
        }
        stream.pieces += 1;
        stream.scanned += length as u64;
        (stream.searched_to, stream.last_boundary) = (0, None);
    }
}

impl StreamState {
    fn new(path: PathBuf, modified: Option<Stamp>, forced: Option<RequestedFormat>) -> Self {
        Self {
            path,
            modified,
            forced,
            pending: Vec::new(),
            searched_to: 0,
            last_boundary: None,
            oversize_reported: false,
            paused: false,
            format: None,
            read: 0,
            scanned: 0,
            pieces: 0,
            dispatches: 0,
            problems: 0,
        }
    }

    fn record_read(&mut self, count: usize) {
        self.read += count as u64;
    }

    /// Forgets what is beyond the limit.
    fn cut(&mut self, limit: u64) {
        let beyond = usize::try_from(self.read - limit).unwrap_or(usize::MAX);
        self.read = limit;
        let kept = self.pending.len().saturating_sub(beyond);
        self.pending.truncate(kept);
        (self.searched_to, self.last_boundary) = (0, None);
    }
}
