//! Reads pipes and standard input: items are shown as they arrive if the format can be split, otherwise at the end of the stream.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{self, Mode, OFlags};

use crate::dispatch::{Problem, Stamp};
use crate::format::{self, Context, FormatId, RecordBoundary, RequestedFormat};
use crate::ingest::compression::PackedFormat;
use crate::ingest::files::{MAX_ITEM_SIZE, MAX_WHOLE_INPUT, PART_SIZE};
use crate::ingest::load::{FORMAT_SAMPLE_SIZE, InputSlice, Reader};
use crate::text::error_reason;

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
                self.report_unreadable(
                    &path,
                    format!("cannot be opened: {}", error_reason(&error)),
                );
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

// What format a stream has, told while it comes, and where the items end that have come as a whole.

impl StreamState {
    /// Where the items end that have come as a whole. What was searched is not searched again.
    fn find_items_end(&mut self) -> Option<usize> {
        let format = self.format?.row();
        let from = self.searched_to;
        // What tells a place may have come in part before.
        self.searched_to = self.pending.len().saturating_sub(RecordBoundary::LOOKAHEAD);
        if let Some(ends) = format.find_frame_end {
            return ends(&self.pending[from..]).map(|end| from + end);
        }
        let cut = format.boundary;
        let found = cut.find_last(&self.pending, from).or(self.last_boundary);
        // Without what follows, the last bytes tell nothing yet, unless every newline is a cut.
        let sure = |at: &usize| {
            self.paused
                || cut == RecordBoundary::Newline
                || self.pending.len() - at >= RecordBoundary::LOOKAHEAD
        };
        self.last_boundary = found.filter(|&at| at > 0);
        self.last_boundary.filter(sure)
    }

    /// Why the stream is not read on; looked at once, as soon as enough has come to tell, and the format with it.
    fn detect_early(&mut self, came: usize) -> Option<Problem> {
        if self.read <= FORMAT_SAMPLE_SIZE || self.read - came as u64 > FORMAT_SAMPLE_SIZE {
            return None;
        }
        if PackedFormat::detect(&self.pending).is_some() {
            return None;
        }
        let format = match format::detect_as(self.forced, &self.pending) {
            Ok(format) => format,
            Err(problem) => return Some(problem),
        };
        // That each line is an item is seen by more lines, or by the first one.
        let sure = format.row().find_frame_end.is_some()
            || !matches!(
                format.row().boundary,
                RecordBoundary::Unsplittable | RecordBoundary::Newline
            );
        self.format = self.format.or(sure.then_some(format));
        None
    }

    /// Finds out the format: sure where the first line is an object, and where as much has come as is looked at in a
    /// file.
    fn detect_format(&mut self) {
        let enough = self.pending.len() as u64 >= 2 * PART_SIZE;
        if self.format.is_some() || !enough && !begins_with_object(&self.pending) {
            return;
        }
        self.format = format::detect_as(self.forced, &self.pending)
            .ok()
            .filter(|format| {
                format.row().boundary != RecordBoundary::Unsplittable
                    || format.row().find_frame_end.is_some()
            });
    }

    /// Where a stream pauses after several items that are told apart by what begins them, or after one that is in a
    /// frame, that is its format.
    fn detect_format_at_pause(&mut self) {
        if self.format.is_some() || self.pending.is_empty() {
            return;
        }
        let format = format::detect_as(self.forced, &self.pending).ok();
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

/// True where the first line is there to its end and looks like an object.
fn begins_with_object(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    if start.first() != Some(&b'{') {
        return false;
    }
    memchr::memchr(b'\n', start).is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}"))
}

// The bytes of a stream as they come: opened without waiting for ever, read with pauses told.

/// Bytes asked for at once: what a pipe holds.
const READ_SIZE: usize = 64 << 10;

/// A stream that brings nothing for so long pauses.
const PAUSE_AFTER: Duration = Duration::from_millis(50);

/// How long somebody may take to begin to write into a named pipe.
const WRITER_TIMEOUT: Duration = Duration::from_secs(3);

/// What a stream has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamRead {
    Bytes(usize),
    /// Nothing for now.
    Pause,
    End,
}

/// Opens a stream by its path, `-` for standard input.
pub(super) fn open_stream(path: &Path) -> io::Result<File> {
    if path != Path::new("-") {
        return open_path(path);
    }
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(File::from(stdin))
}

/// A named pipe that nobody writes to is an error, not a wait without end.
fn open_path(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(fs::open(path, flags, Mode::empty())?);
    if !is_readable_within(&file, WRITER_TIMEOUT) {
        let message = "nobody writes to this pipe";
        return Err(io::Error::new(io::ErrorKind::TimedOut, message));
    }
    fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

/// Appends what a file brings next.
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

/// True where something can be read within [`PAUSE_AFTER`].
fn is_ready(file: &File) -> bool {
    is_readable_within(file, PAUSE_AFTER)
}

/// True where something can be read, or the end, before the time is over.
fn is_readable_within(file: &File, time: Duration) -> bool {
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    let mut files = [PollFd::new(file, PollFlags::IN)];
    !matches!(poll(&mut files, Some(&time)), Ok(0))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::index::DispatchIndex;
    use crate::ingest::load::{LoadContext, LoadEvent};

    /// What a stream made of these pieces, with a pause after each, shows: the headlines after each pause and at the
    /// end, and the problems.
    fn shown(pieces: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
        shown_within(&STREAM_LIMITS, pieces)
    }

    fn shown_within(limits: &StreamLimits, pieces: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
        let told = Mutex::new((DispatchIndex::default(), Vec::new()));
        let tell = |report| match report {
            LoadEvent::Segment(segment) => drop(told.lock().unwrap().0.add(vec![segment])),
            LoadEvent::Problem(problem) => told.lock().unwrap().1.push(problem.to_string()),
            LoadEvent::Arrived { .. } | LoadEvent::Done(_) => {}
        };
        let headlines = || {
            let told = told.lock().unwrap();
            let entries = told.0.order().iter().map(|&id| told.0.entry(id).unwrap());
            entries
                .map(|entry| {
                    let whole =
                        crate::ingest::read_dispatch(&entry.origin().unwrap(), entry.item_key())
                            .unwrap();
                    assert_eq!(whole.headline, entry.headline());
                    format!(
                        "{} {}",
                        entry.origin().unwrap().number_in_input(),
                        entry.headline()
                    )
                })
                .collect::<Vec<_>>()
        };
        let shared = LoadContext::new(None, &tell);
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
        let problems = told.lock().unwrap().1.clone();
        (steps, problems)
    }

    #[test]
    fn lines_are_shown_as_they_come() {
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
    fn what_is_no_item_a_line_is_shown_at_the_end() {
        let document = [
            "{\n",
            "  \"headline\": \"one\",\n",
            "  \"body\": \"two\"\n}\n",
        ];
        let (steps, problems) = shown(&document);
        assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 1]);
        assert_eq!(problems, [""; 0]);
        let (steps, _) = shown(&["A headline\n\n", "And a text.\n"]);
        assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1]);
    }

    #[test]
    fn mails_are_shown_as_they_come() {
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
    fn what_was_searched_for_the_end_of_a_frame_is_not_searched_again() {
        for (name, end) in [
            ("zczc", "\nNNNN\n"),
            ("iptc7901", "\u{3}"),
            ("anpa1312", "\u{4}"),
        ] {
            let format = FormatId::from_name(name).unwrap();
            let mut stream = StreamState {
                format: Some(format),
                pending: b"Words.\n".repeat(2000),
                ..StreamState::new("-".into(), None, None)
            };
            assert_eq!(stream.find_items_end(), None);
            // Told where it comes, in two halves; not where it was looked for already.
            let (one, two) = end.split_at(end.len() / 2);
            stream.pending[10..10 + end.len()].copy_from_slice(end.as_bytes());
            stream.pending.extend_from_slice(one.as_bytes());
            assert_eq!(stream.find_items_end(), None, "{name}");
            stream.pending.extend_from_slice(two.as_bytes());
            assert_eq!(
                stream.find_items_end(),
                Some(stream.pending.len()),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_no_text_is_not_read_on() {
        let zeros = "\0".repeat(60 << 10);
        let (steps, problems) = shown(&[&zeros, &zeros, &zeros, &zeros]);
        assert_eq!(steps.len(), 2);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("binary"), "{}", problems[0]);
        let (_, problems) = shown(&[]);
        assert_eq!(problems, ["-: the input is empty"]);
    }

    #[test]
    fn a_stream_is_read_as_far_as_there_is_room() {
        let line = "{\"headline\": \"one\"}\n";
        let (bytes, dispatches) = (line.len() as u64 * 2 + 7, 5);
        let limits = StreamLimits {
            bytes,
            dispatches,
            ..STREAM_LIMITS
        };
        let (steps, problems) = shown_within(&limits, &[line, line, line, line]);
        assert_eq!(steps.last().unwrap(), &["0 one", "1 one"]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("1 GiB"), "{}", problems[0]);
        let (bytes, dispatches) = (1000, 3);
        let limits = StreamLimits {
            bytes,
            dispatches,
            ..STREAM_LIMITS
        };
        let (steps, problems) = shown_within(&limits, &[line; 9]);
        assert!((3..=4).contains(&steps.last().unwrap().len()));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("5,000,000"), "{}", problems[0]);
    }

    /// A stream that is followed may bring no end of a dispatch for ever: it takes no more memory for that.
    #[test]
    fn what_does_not_end_is_shown_in_pieces() {
        let limits = StreamLimits {
            pending: 3000,
            ..STREAM_LIMITS
        };
        let words = "no end of it ".repeat(150);
        let check = |first: &str, count: usize| {
            let (steps, problems) = shown_within(&limits, &[first, &words, &words, &words]);
            let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
            assert!(counts[3] > 0 && counts[4] == count, "{counts:?}");
            let told = problems.iter().filter(|told| told.contains("256 MiB"));
            assert_eq!(told.count(), 1, "{problems:?}");
        };
        // Plain text.
        check("A headline\n\n", 2);
        // A line without an end, after one that has one.
        check("{\"headline\": \"One\"}\n{\"headline\": \"", 1);
        // A frame without an end.
        check(
            "ZCZC\n^One\nTARN (NWR) - It was late.\nNNNN\n\nZCZC\n^Two\nTARN (NWR) - It is ",
            3,
        );
        // A document: that is read no further.
        let document = "<?xml version=\"1.0\"?><nitf><body><p>No end.</p>";
        let (_, problems) = shown_within(&limits, &[document, &words, &words, &words]);
        assert!(
            problems[0].contains("only the first 256 MiB"),
            "{problems:?}"
        );
    }

    #[test]
    fn mails_are_shown_when_the_next_one_begins() {
        let mail = |name: &str| {
            format!(
                "From desk@wire.example Tue Mar  3 08:15:00 2026\nSubject: {name}\n\nWords.\n\n"
            )
        };
        let (pauses, problems) = shown(&[&mail("One"), &mail("Two"), &mail("Three")]);
        let expected: [&[&str]; 4] = [
            &[],
            &["0 One"],
            &["0 One", "1 Two"],
            &["0 One", "1 Two", "2 Three"],
        ];
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(pauses, expected);
    }
}
