//! Reads pipes, standard input and decompressed data: items are shown as they arrive if the format can be split,
//! otherwise at the end of the stream.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::dispatch::{Problem, Stamp};
use crate::format::{self, Context, FormatId, ReadingRequest, RecordBoundary};
use crate::ingest::compression::PackedFormat;
use crate::ingest::files::{
    DEVICE_MESSAGE, MAX_ITEM_SIZE, MAX_WHOLE_INPUT, PART_SIZE, is_device, is_readable_within,
    open_any,
};
use crate::ingest::load::{FORMAT_SAMPLE_SIZE, InputSlice, Reader};
use crate::text::error_reason;

/// Complete items are scanned once this many bytes are pending, when the stream pauses, or after [`MAX_SCAN_DELAY`].
/// Each piece that is scanned is an input of its own, so there should not be too many.
const SCAN_THRESHOLD: usize = 1 << 20;

/// Longest time between scans while data keeps coming.
const MAX_SCAN_DELAY: Duration = Duration::from_millis(250);

/// Limits on a stream, which may be endless. Dispatches are limited as well as bytes, since even a short one takes
/// memory in the index.
pub(super) struct StreamLimits {
    bytes: u64,
    dispatches: u32,
    /// Pending bytes in which no dispatch has ended.
    pending: u64,
}

/// For a stream that is loaded: all its bytes stay in memory.
pub(super) const STREAM_LIMITS: StreamLimits =
    StreamLimits { bytes: MAX_WHOLE_INPUT, dispatches: 5_000_000, pending: MAX_WHOLE_INPUT };

/// For a stream that is followed: its bytes are retained under the limits of the watch, so it may go on for ever.
const FOLLOW_LIMITS: StreamLimits =
    StreamLimits { bytes: u64::MAX, dispatches: u32::MAX, pending: MAX_ITEM_SIZE };

/// A stream that is being read.
struct StreamState {
    /// Its name in records: `-`, a pipe, or `a.zip!b.txt`.
    path: PathBuf,
    /// The date of the file or archive member it is decompressed from.
    modified: Option<Stamp>,
    /// The format to use instead of detection.
    request: ReadingRequest,
    /// Bytes received but not yet scanned.
    pending: Vec<u8>,
    /// `pending` has been searched for record boundaries up to this index.
    searched_to: usize,
    /// The last boundary found in `pending`.
    last_boundary: Option<usize>,
    /// True once a dispatch that is too long to wait for was reported: once per stream.
    oversize_reported: bool,
    /// True while no data comes. A boundary then counts even if little of the item after it has arrived.
    paused: bool,
    /// The format, once it is certain and known to be splittable.
    format: Option<FormatId>,
    /// Bytes received.
    read: u64,
    /// Bytes scanned.
    scanned: u64,
    /// Number of pieces scanned. Each is an input of its own, numbered from 0.
    pieces: u64,
    /// Dispatches found so far.
    dispatches: u32,
    /// Problems found so far.
    problems: usize,
}

impl Reader<'_> {
    /// Reads a stream to its end. `path` is `-` for standard input.
    pub(super) fn read_stream(&mut self, path: PathBuf) {
        match open_stream(&path) {
            Ok(mut file) => {
                let limits = if self.is_live { &FOLLOW_LIMITS } else { &STREAM_LIMITS };
                self.read_stream_from(path, None, limits, |into, wait| {
                    read_available(&mut file, into, wait)
                });
            }
            Err(error) => {
                self.report_unreadable(
                    &path,
                    format!("cannot be opened: {}", error_reason(&error)),
                );
            }
        }
    }

    /// Reads a stream from any source. `more` appends received bytes to the buffer; if it is told not to wait, it may
    /// return [`StreamRead::Pause`] instead. Complete items are scanned at every pause.
    pub(super) fn read_stream_from(
        &mut self,
        path: PathBuf,
        modified: Option<Stamp>,
        limits: &StreamLimits,
        mut more: impl FnMut(&mut Vec<u8>, bool) -> io::Result<StreamRead>,
    ) {
        let mut stream = StreamState::new(path, modified, self.request().clone());
        // A followed stream that is quiet at first does not hold up the end of the load.
        let (mut wait, mut since, mut complete) = (!self.is_live, Instant::now(), true);
        loop {
            let received = match more(&mut stream.pending, wait) {
                Ok(received) => received,
                Err(error) => {
                    let message = format!("cannot be read to its end: {}", error_reason(&error));
                    self.report_unreadable(&stream.path, message);
                    StreamRead::End
                }
            };
            let StreamRead::Bytes(count) = received else {
                if received == StreamRead::End {
                    break;
                }
                stream.detect_format_at_pause();
                stream.paused = true;
                self.scan_complete_items(&mut stream);
                stream.paused = false;
                // Wait without a time limit only if nothing is left to be sent.
                wait = !self.has_rows() || self.is_send_due();
                if wait {
                    self.send_segment();
                    self.count_as_waiting();
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
                complete = false;
                break;
            }
            if stream.pending.len() >= SCAN_THRESHOLD && stream.format.is_some()
                || since.elapsed() > MAX_SCAN_DELAY
            {
                self.scan_complete_items(&mut stream);
                since = Instant::now();
            }
            if !self.scan_oversized_item(&mut stream, limits.pending) {
                complete = false;
                break;
            }
            if stream.dispatches >= limits.dispatches {
                let message = "more than 5,000,000 dispatches: read no further";
                self.report_unreadable(&stream.path, message);
                complete = false;
                break;
            }
        }
        self.finish_stream(stream, complete);
    }

    /// Scans the rest. `complete` is false if reading stopped at a limit, so that the last item may be cut.
    fn finish_stream(&mut self, mut stream: StreamState, complete: bool) {
        self.count_input(stream.read);
        self.scan_complete_items(&mut stream);
        if stream.format.is_none() {
            if PackedFormat::detect(&stream.pending).is_some() && complete {
                return self.unpack_bytes(stream.path, &stream.pending);
            }
            let bytes: Arc<[u8]> = stream.pending.into();
            return match format::detect_as(&stream.request, &bytes) {
                Ok(format) => {
                    let input =
                        self.memory_input((&stream.path, 0), format, &bytes, stream.modified);
                    self.scan_input(&input, &bytes);
                }
                Err(problem) => self.report_input_problem(&stream.path, problem),
            };
        }
        if complete {
            let rest = stream.pending.len();
            self.scan_pending(&mut stream, rest);
        }
        if stream.dispatches == 0 && stream.problems == 0 {
            self.report_unreadable(&stream.path, "holds no dispatch");
        }
    }

    /// Scans the complete items received so far, if the format is known.
    fn scan_complete_items(&mut self, stream: &mut StreamState) {
        stream.detect_format();
        if let Some(cut) = stream.find_items_end() {
            self.scan_pending(stream, cut);
        }
    }

    /// If more than `limit` bytes are pending and no dispatch in them has ended, scans them as they are instead of
    /// waiting for its end. Returns false if the format cannot be split: the stream must not be read further.
    fn scan_oversized_item(&mut self, stream: &mut StreamState, limit: u64) -> bool {
        if stream.pending.len() as u64 > limit {
            self.scan_complete_items(stream);
        }
        if stream.pending.len() as u64 <= limit {
            return true;
        }
        let packed = stream.format.is_none() && PackedFormat::detect(&stream.pending).is_some();
        let detect = || format::detect_as(&stream.request, &stream.pending).ok();
        let format = stream.format.or_else(detect).filter(|_| !packed);
        // Plain text has no boundaries, but any piece of it can be read as a dispatch.
        let is_splittable = |format: &FormatId| {
            let row = format.row();
            row.boundary != RecordBoundary::Unsplittable
                || row.find_frame_end.is_some()
                || *format == FormatId::PLAIN
        };
        stream.format = format.filter(is_splittable);
        if stream.format.is_none() {
            let message = "longer than 256 MiB, and in a format that is read only as a whole: only the first 256 MiB are read";
            self.report_unreadable(&stream.path, message);
            return false;
        }
        // Cut after a word at least.
        let end = memchr::memrchr2(b'\n', b' ', &stream.pending);
        let end = end.map_or(stream.pending.len(), |end| end + 1);
        if !std::mem::replace(&mut stream.oversize_reported, true) {
            let message = "a dispatch longer than 256 MiB: its bytes so far are shown as one, and what follows as others";
            self.report_unreadable(&stream.path, message);
        }
        self.scan_pending(stream, end);
        true
    }

    /// Scans the first `length` pending bytes as a piece, which is an input of its own, kept in memory.
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
            table: None,
        };
        let batch = InputSlice { bytes: &bytes, part: 0, offset: 0 };
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
    fn new(path: PathBuf, modified: Option<Stamp>, request: ReadingRequest) -> Self {
        Self {
            path,
            modified,
            request,
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

    /// Drops received bytes beyond a limit on the length of the stream.
    fn cut(&mut self, limit: u64) {
        let beyond = usize::try_from(self.read - limit).unwrap_or(usize::MAX);
        self.read = limit;
        let length = self.pending.len().saturating_sub(beyond);
        self.pending.truncate(length);
        (self.searched_to, self.last_boundary) = (0, None);
    }
}

// Detection of the format and of complete items while data arrives.

impl StreamState {
    /// The end of the complete items in `pending`, as an index. Searches only bytes that were not searched before, or a
    /// long item that comes in small pieces would take quadratic time.
    fn find_items_end(&mut self) -> Option<usize> {
        let format = self.format?.row();
        let from = self.searched_to;
        // A boundary at the end may need bytes that have not arrived: search that part again.
        self.searched_to = self.pending.len().saturating_sub(RecordBoundary::LOOKAHEAD);
        if let Some(ends) = format.find_frame_end {
            return ends(&self.pending[from..]).map(|end| from + end);
        }
        let cut = format.boundary;
        let found = cut.find_last(&self.pending, from).or(self.last_boundary);
        // A boundary is certain only with the bytes after it, unless any newline is one.
        let is_certain = |at: &usize| {
            self.paused
                || cut == RecordBoundary::Newline
                || self.pending.len() - at >= RecordBoundary::LOOKAHEAD
        };
        self.last_boundary = found.filter(|&at| at > 0);
        self.last_boundary.filter(is_certain)
    }

    /// Tries to detect the format, once: when as many bytes have come as a file is sampled by. Returns why the stream
    /// cannot be read, such as binary data, so that it is not read to its end first. `received`: bytes just received.
    fn detect_early(&mut self, received: usize) -> Option<Problem> {
        if self.read <= FORMAT_SAMPLE_SIZE || self.read - received as u64 > FORMAT_SAMPLE_SIZE {
            return None;
        }
        if PackedFormat::detect(&self.pending).is_some() {
            return None;
        }
        let format = match format::detect_as(&self.request, &self.pending) {
            Ok(format) => format,
            Err(problem) => return Some(problem),
        };
        // Whether each line is an item takes more lines, or a complete first one: see `detect_format`.
        let is_certain = format.row().find_frame_end.is_some()
            || !matches!(
                format.row().boundary,
                RecordBoundary::Unsplittable | RecordBoundary::Newline
            );
        self.format = self.format.or(is_certain.then_some(format));
        None
    }

    /// Detects the format if it is certain: the first line is a JSON object, or as many bytes have come as make a file
    /// large. Formats that cannot be split are left to the end of the stream.
    fn detect_format(&mut self) {
        let enough = self.pending.len() as u64 >= 2 * PART_SIZE;
        if self.format.is_some() || !enough && !begins_with_object(&self.pending) {
            return;
        }
        if PackedFormat::detect(&self.pending).is_some() {
            return;
        }
        self.format = format::detect_as(&self.request, &self.pending).ok().filter(|format| {
            format.row().boundary != RecordBoundary::Unsplittable
                || format.row().find_frame_end.is_some()
        });
    }

    /// Detects the format at a pause: it is certain after a complete frame, or once a second item has begun in a format
    /// whose items have a start mark.
    fn detect_format_at_pause(&mut self) {
        if self.format.is_some() || self.pending.is_empty() {
            return;
        }
        if PackedFormat::detect(&self.pending).is_some() {
            return;
        }
        let format = format::detect_as(&self.request, &self.pending).ok();
        self.format = format.filter(|format| {
            let cut = format.row().boundary;
            if let Some(ends) = format.row().find_frame_end {
                return ends(&self.pending).is_some();
            }
            !matches!(cut, RecordBoundary::Unsplittable | RecordBoundary::Newline)
                && cut.find_last(&self.pending, 1).is_some()
        });
    }
}

/// True if the first line is complete and looks like a JSON object. A byte order mark is skipped.
fn begins_with_object(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    if start.first() != Some(&b'{') {
        return false;
    }
    memchr::memchr(b'\n', start).is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}"))
}

// Opening and reading streams.

/// Bytes asked for at once: the default capacity of a pipe on Linux.
const READ_SIZE: usize = 64 << 10;

/// A stream pauses when no data has come for this long.
const PAUSE_AFTER: Duration = Duration::from_millis(50);

/// The result of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamRead {
    /// Number of bytes received.
    Bytes(usize),
    /// No data for now.
    Pause,
    End,
}

/// Opens a stream by its path, `-` for standard input.
///
/// # Errors
/// If it cannot be opened, or is a named pipe without a writer.
pub(super) fn open_stream(path: &Path) -> io::Result<File> {
    if path == Path::new("-") {
        let stdin = io::stdin().as_fd().try_clone_to_owned()?;
        return Ok(File::from(stdin));
    }
    let file = open_any(path)?;
    if is_device(&file.metadata()?) {
        return Err(io::Error::other(DEVICE_MESSAGE));
    }
    Ok(file)
}

/// Appends the next bytes of a file. Unless `wait` is set, gives up after [`PAUSE_AFTER`].
///
/// # Errors
/// If the file cannot be read.
pub(super) fn read_available(
    file: &mut File,
    into: &mut Vec<u8>,
    wait: bool,
) -> io::Result<StreamRead> {
    if !wait && !is_ready(file) {
        return Ok(StreamRead::Pause);
    }
    let before = into.len();
    into.resize(before + READ_SIZE, 0);
    let read = loop {
        match file.read(&mut into[before..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    into.truncate(before + read.as_ref().map_or(0, |count| *count));
    Ok(match read? {
        0 => StreamRead::End,
        count => StreamRead::Bytes(count),
    })
}

/// True if data, or the end of the file, comes within [`PAUSE_AFTER`].
fn is_ready(file: &File) -> bool {
    is_readable_within(file, PAUSE_AFTER)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::index::DispatchIndex;
    use crate::ingest::load::{LoadContext, LoadEvent};

    /// Streams these pieces with a pause after each. Returns the headlines after each pause and at the end, and the
    /// problems.
    fn shown(pieces: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
        shown_within(&STREAM_LIMITS, pieces)
    }

    fn shown_within(limits: &StreamLimits, pieces: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
        let results = Mutex::new((DispatchIndex::default(), Vec::new()));
        let collect = |event| match event {
            LoadEvent::Segment(segment) => drop(results.lock().unwrap().0.add(vec![segment])),
            LoadEvent::Problem(problem) => results.lock().unwrap().1.push(problem.to_string()),
            LoadEvent::Arrived { .. } | LoadEvent::Done(_) | LoadEvent::FollowState { .. } => {}
        };
        let headlines = || {
            let results = results.lock().unwrap();
            let index = &results.0;
            let entries = index.order().iter().map(|&id| index.entry(id).unwrap());
            entries
                .map(|entry| {
                    let dispatch = crate::ingest::read_dispatch(&entry.locator().unwrap()).unwrap();
                    assert_eq!(dispatch.headline, entry.headline());
                    format!("{} {}", entry.locator().unwrap().number_in_input(), entry.headline())
                })
                .collect::<Vec<_>>()
        };
        let shared = LoadContext::new(ReadingRequest::default(), &collect);
        let mut reader = Reader::new(&shared);
        let (mut steps, mut left) = (Vec::new(), pieces.iter());
        reader.read_stream_from("-".into(), None, limits, |into, wait| {
            if !wait {
                return Ok(StreamRead::Pause);
            }
            steps.push(headlines());
            let Some(piece) = left.next() else {
                return Ok(StreamRead::End);
            };
            into.extend_from_slice(piece.as_bytes());
            Ok(StreamRead::Bytes(piece.len()))
        });
        reader.send_segment();
        steps.remove(0);
        steps.push(headlines());
        let problems = results.lock().unwrap().1.clone();
        (steps, problems)
    }

    #[test]
    fn json_lines_are_shown_as_they_arrive() {
        let (steps, problems) = shown(&[
            "{\"headline\": \"z\"}\n{\"headline\": \"y\"}\n{\"head",
            "line\": \"x\"}\n",
            "{\"headline\": ",
            "\"w\"}\n{broken\n{\"headline\": \"v\"}",
        ]);
        let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
        assert_eq!(counts, [2, 3, 3, 4, 5]);
        assert_eq!(steps[4], ["0 z", "1 y", "2 x", "3 w", "4 v"]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("-, byte "), "{}", problems[0]);
    }

    #[test]
    fn unsplittable_formats_are_shown_at_the_end() {
        let document = ["{\n", "  \"headline\": \"one\",\n", "  \"body\": \"two\"\n}\n"];
        let (steps, problems) = shown(&document);
        assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 1]);
        assert_eq!(problems, [""; 0]);
        let (steps, _) = shown(&["A headline\n\n", "And a text.\n"]);
        assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1]);
    }

    #[test]
    fn long_mails_are_shown_as_they_arrive() {
        let mail = |n: usize, text: &str| {
            format!("From a@b Tue Mar  3 08:15:00 2026\nSubject: {n}\n\n{text}\n\n")
        };
        let long = "text ".repeat(9000);
        let (one, two, three) = (mail(1, &long), mail(2, &long), mail(3, &long));
        let (steps, problems) = shown(&[&one, &two[..100], &two[100..], &three]);
        let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
        assert_eq!(counts, [0, 1, 1, 2, 3]);
        assert_eq!(steps[4], ["0 1", "1 2", "2 3"]);
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn frames_are_shown_as_they_end() {
        let telex =
            |name: &str| format!("ZCZC\n^{name}\nTARN (NWR) - The lamp was late.\nNNNN\n\n");
        let (one, two) = (telex("One"), telex("Two"));
        let (steps, problems) = shown(&[&one[..20], &one[20..], &two[..45], &two[45..], "\r\n"]);
        let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
        assert_eq!((counts, &problems[..]), (vec![0, 1, 1, 2, 2, 2], &[][..]));
        let anpa = |name: &str| {
            format!(
                "\u{16}\u{16}\u{1}a0001\u{1f}r n \u{11}\u{13}BC-{name}\u{19} \u{14}11-18 0050\r\n\u{2}\u{11}{name}\r\n\
            \tTARN (NWR) - The lamp of the harbour was late.\r\n\u{3}\u{11}11-18-26 1200EST\r\n\u{4}\r\n"
            )
        };
        let (one, two) = (anpa("Lamp"), anpa("Rope"));
        let (steps, problems) = shown(&[&one, &two[..60], &two[60..]]);
        let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
        assert_eq!((counts, &problems[..]), (vec![1, 1, 2, 2], &[][..]));
    }

    /// A frame may stay open for as long as a stream goes on.
    #[test]
    fn searched_bytes_are_not_searched_again_for_a_frame_end() {
        for (name, end) in [("zczc", "\nNNNN\n"), ("iptc7901", "\u{3}"), ("anpa1312", "\u{4}")] {
            let format = FormatId::from_name(name).unwrap();
            let mut stream = StreamState {
                format: Some(format),
                pending: b"Words.\n".repeat(2000),
                ..StreamState::new("-".into(), None, ReadingRequest::default())
            };
            assert_eq!(stream.find_items_end(), None);
            // An end put where the search has been is not found. One that arrives in two halves is.
            let (one, two) = end.split_at(end.len() / 2);
            stream.pending[10..10 + end.len()].copy_from_slice(end.as_bytes());
            stream.pending.extend_from_slice(one.as_bytes());
            assert_eq!(stream.find_items_end(), None, "{name}");
            stream.pending.extend_from_slice(two.as_bytes());
            assert_eq!(stream.find_items_end(), Some(stream.pending.len()), "{name}");
        }
    }

    #[test]
    fn binary_data_is_not_read_to_its_end() {
        let zeros = "\0".repeat(60 << 10);
        let (steps, problems) = shown(&[&zeros, &zeros, &zeros, &zeros]);
        assert_eq!(steps.len(), 2);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("binary"), "{}", problems[0]);
        let (_, problems) = shown(&[]);
        assert_eq!(problems, ["-: the input is empty"]);
    }

    #[test]
    fn a_stream_is_read_up_to_its_limits() {
        let line = "{\"headline\": \"one\"}\n";
        let (bytes, dispatches) = (line.len() as u64 * 2 + 7, 5);
        let limits = StreamLimits { bytes, dispatches, ..STREAM_LIMITS };
        let (steps, problems) = shown_within(&limits, &[line, line, line, line]);
        assert_eq!(steps.last().unwrap(), &["0 one", "1 one"]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("1 GiB"), "{}", problems[0]);
        let (bytes, dispatches) = (1000, 3);
        let limits = StreamLimits { bytes, dispatches, ..STREAM_LIMITS };
        let (steps, problems) = shown_within(&limits, &[line; 9]);
        assert!((3..=4).contains(&steps.last().unwrap().len()));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("5,000,000"), "{}", problems[0]);
    }

    /// A dispatch of a followed stream may never end: memory stays limited all the same.
    #[test]
    fn an_endless_dispatch_is_shown_in_pieces() {
        let limits = StreamLimits { pending: 3000, ..STREAM_LIMITS };
        let words = "no end of it ".repeat(150);
        let check = |first: &str, count: usize| {
            let (steps, problems) = shown_within(&limits, &[first, &words, &words, &words]);
            let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
            assert!(counts[3] > 0 && counts[4] == count, "{counts:?}");
            let oversized = problems.iter().filter(|text| text.contains("256 MiB"));
            assert_eq!(oversized.count(), 1, "{problems:?}");
        };
        // Plain text.
        check("A headline\n\n", 2);
        // A line without an end, after one that has one.
        check("{\"headline\": \"One\"}\n{\"headline\": \"", 1);
        // A frame without an end.
        check("ZCZC\n^One\nTARN (NWR) - It was late.\nNNNN\n\nZCZC\n^Two\nTARN (NWR) - It is ", 3);
        // A document that cannot be split: reading stops.
        let document = "<?xml version=\"1.0\"?><nitf><body><p>No end.</p>";
        let (_, problems) = shown_within(&limits, &[document, &words, &words, &words]);
        assert!(problems[0].contains("only the first 256 MiB"), "{problems:?}");
    }

    #[test]
    fn short_mails_are_shown_when_the_next_one_begins() {
        let mail = |name: &str| {
            format!(
                "From desk@wire.example Tue Mar  3 08:15:00 2026\nSubject: {name}\n\nWords.\n\n"
            )
        };
        let (pauses, problems) = shown(&[&mail("One"), &mail("Two"), &mail("Three")]);
        let expected: [&[&str]; 4] =
            [&[], &["0 One"], &["0 One", "1 Two"], &["0 One", "1 Two", "2 Three"]];
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(pauses, expected);
    }
}
