//! A reader: takes tasks one after another, reads and scans, and hands segments on as they fill.

use std::fs::File;
use std::io::{Cursor, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::batch::InputSlice;
use super::job::{LoadContext, LoadEvent, ReadTask};
use super::parts::{self, read_known_length};
use super::store::InputBytes;
use super::unpack::PackedFormat;
use super::watch::ReadRecorder;
use super::{error_reason, stamp_from_system_time};
use crate::desk::{Input, InputLocation, SegmentBuilder, path_text};
use crate::dispatch::{InputProblem, Problem, Stamp};
use crate::format::{self, Context, FormatId, RecordBoundary, RequestedFormat, ScannedItem};

/// Largest input that must be held as a whole to be read: a stream, or a file that may not be cut.
pub(super) const MAX_WHOLE_INPUT: u64 = 1 << 30;
/// What is read to recognise a format.
pub(super) const FORMAT_SAMPLE_SIZE: u64 = 64 << 10;
/// A segment of a load is handed on when it is full, or after this long.
pub(super) const SEGMENT_INTERVAL: Duration = Duration::from_millis(80);
/// What is said of an input where nothing else is known.
pub(super) const INPUT_PANIC_MESSAGE: &str =
    "a fault in dateline itself stopped the reading of this input; the others go on";
/// Rows after which a reader hands on its first segment.
const FIRST_SEGMENT_ROWS: usize = 32;

pub(super) struct Reader<'a> {
    pub(super) shared: &'a LoadContext<'a>,
    builder: SegmentBuilder,
    pub(super) buffer: Vec<u8>,
    last_sent: Instant,
    rows_sent: usize,
    /// What is made of the file that is read, where a watch must know.
    pub(super) recorder: Option<ReadRecorder>,
    /// What is read arrives at this moment: it is dated, and kept.
    pub(super) is_live: bool,
    /// A segment is handed on when it is full, or after this long.
    pub(super) segment_interval: Duration,
}

impl<'a> Reader<'a> {
    pub(super) fn new(shared: &'a LoadContext<'a>) -> Self {
        Self {
            shared,
            builder: SegmentBuilder::default(),
            buffer: Vec::new(),
            last_sent: Instant::now(),
            rows_sent: 0,
            recorder: None,
            is_live: false,
            segment_interval: SEGMENT_INTERVAL,
        }
    }

    /// The next task. Before it waits for one, it hands on what it has: nobody knows how long the others are at work.
    fn next_task(&mut self) -> Option<ReadTask> {
        self.shared.next_task(false).or_else(|| {
            self.send_segment();
            self.shared.next_task(true)
        })
    }

    pub(super) fn run(mut self) {
        while let Some(task) = self.next_task() {
            match task {
                ReadTask::Files(paths) => match self.shared.watch {
                    None => {
                        for path in paths {
                            self.catch_panic(&path.clone(), |reader| reader.read_file(path));
                        }
                    }
                    Some(following) => self.read_files(following, &paths),
                },
                ReadTask::Stream(path) => self.read_stream_task(path),
                ReadTask::BuiltIn(name, bytes) => self.catch_panic(Path::new(name), |reader| {
                    reader.count_input(bytes.len() as u64);
                    reader.detect_and_scan(InputLocation::BuiltIn(name, bytes), None, bytes);
                }),
                ReadTask::Part(parted, part) => self.read_part(&parted, part),
            }
            self.shared.producer_done();
            self.send_segment_if_due();
        }
        self.send_segment();
    }

    /// Does something with an input: a fault in it costs that one, and is told.
    pub(super) fn catch_panic(&mut self, path: &Path, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            self.recorder = None;
            self.report_unreadable(path, INPUT_PANIC_MESSAGE);
        }
    }

    pub(super) fn count_input(&self, bytes: u64) {
        self.shared.inputs.fetch_add(1, Ordering::Relaxed);
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn report_unreadable(&self, path: &Path, message: impl Into<String>) {
        self.shared
            .report_problem(InputProblem::unreadable(path_text(path), message));
    }

    /// Tells why an input is not read.
    pub(super) fn report_input_problem(&self, path: &Path, problem: Problem) {
        self.shared.report_problem(InputProblem {
            path: path_text(path),
            problem,
        });
    }

    fn read_file(&mut self, path: PathBuf) {
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?, file)));
        let (about, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                return self.report_unreadable(
                    &path,
                    format!("cannot be opened: {}", error_reason(&error)),
                );
            }
        };
        if !about.is_file() {
            return self.report_unreadable(&path, "not a regular file");
        }
        let modified = about.modified().ok().map(stamp_from_system_time);
        self.count_input(about.len());
        if about.len() > 2 * parts::PART_SIZE {
            self.buffer.clear();
            let store = InputBytes::File(file);
            if let Err(error) = store.read(0..FORMAT_SAMPLE_SIZE, &mut self.buffer) {
                return self
                    .report_unreadable(&path, format!("cannot be read: {}", error_reason(&error)));
            }
            if let Some(kind) = PackedFormat::detect(&self.buffer) {
                let InputBytes::File(mut file) = store else {
                    return;
                };
                if let Err(error) = file.rewind() {
                    return self.report_unreadable(
                        &path,
                        format!("cannot be read: {}", error_reason(&error)),
                    );
                }
                return self.unpack_input(path, kind, modified, about.len(), &mut file);
            }
            match format::detect_as(self.forced_format(), &self.buffer) {
                Ok(format) if format.row().boundary != RecordBoundary::Unsplittable => {
                    return self.queue_parts(Input::new(
                        InputLocation::File(path),
                        format,
                        about.len(),
                        modified,
                    ));
                }
                Err(problem) => {
                    return self.report_input_problem(&path, problem);
                }
                Ok(_) if about.len() > MAX_WHOLE_INPUT => {
                    return self.report_unreadable(
                        &path,
                        "larger than 1 GiB, and in a format that is read only as a whole: not read",
                    );
                }
                Ok(_) => {}
            }
            self.buffer.clear();
            if let Err(error) = store.read(0..MAX_WHOLE_INPUT, &mut self.buffer) {
                return self
                    .report_unreadable(&path, format!("cannot be read: {}", error_reason(&error)));
            }
        } else if let Err(error) = read_known_length(&file, about.len(), &mut self.buffer) {
            return self
                .report_unreadable(&path, format!("cannot be read: {}", error_reason(&error)));
        }
        let bytes = std::mem::take(&mut self.buffer);
        match PackedFormat::detect(&bytes) {
            Some(kind) => {
                self.unpack_input(path, kind, modified, about.len(), &mut Cursor::new(&bytes))
            }
            None => self.detect_and_scan(InputLocation::File(path), modified, &bytes),
        }
        if bytes.len() as u64 <= 2 * parts::PART_SIZE {
            self.buffer = bytes;
        }
    }

    /// The format that is asked for, whatever inputs look like.
    pub(super) fn forced_format(&self) -> Option<RequestedFormat> {
        self.shared.forced
    }

    /// Tells a problem.
    pub(super) fn report_problem(&self, problem: InputProblem) {
        self.shared.report_problem(problem);
    }

    /// Counts files that were left out by rule.
    pub(super) fn count_skipped(&self, count: u64) {
        self.shared.skipped.fetch_add(count, Ordering::Relaxed);
    }

    /// Scans a whole input.
    pub(super) fn detect_and_scan(
        &mut self,
        place: InputLocation,
        modified: Option<Stamp>,
        bytes: &[u8],
    ) {
        match format::detect_as(self.forced_format(), bytes) {
            Ok(format) => {
                let input = self.new_input(place, format, bytes.len() as u64, modified);
                self.scan_input(&input, bytes);
            }
            Err(problem) => {
                let path = Input::new(place, FormatId::PLAIN, 0, None).display_path();
                self.shared.report_problem(InputProblem { path, problem });
            }
        }
    }

    /// Scans all bytes of an input.
    pub(super) fn scan_input(&mut self, input: &Arc<Input>, bytes: &[u8]) {
        let context = Context {
            file_time: input.modified,
            ..Context::default()
        };
        if self.scan(input, &InputSlice::whole(bytes), &context) == Some((0, 0)) {
            self.report_problem(InputProblem::unreadable(
                input.display_path(),
                "holds no dispatch",
            ));
        }
    }

    /// Scans bytes into the builder; returns how many dispatches and how many problems there were.
    pub(super) fn scan(
        &mut self,
        input: &Arc<Input>,
        batch: &InputSlice<'_>,
        context: &Context,
    ) -> Option<(u32, usize)> {
        self.builder.begin_input(input, batch.part);
        self.record_input(input, batch);
        let mut count = 0;
        let scanned = catch_unwind(AssertUnwindSafe(|| {
            format::scan(input.format, batch.bytes, context, &mut |found| {
                let at = |byte: u64| byte - context.first_byte + batch.offset;
                let bytes = at(found.byte_range.start)..at(found.byte_range.end);
                let found = ScannedItem {
                    byte_range: bytes,
                    ..found
                };
                if let Some(made) = &mut self.recorder {
                    made.record_item(input, &found, batch.bytes_in(&found.byte_range));
                }
                self.builder.push(&found);
                count += 1;
                if self.builder.is_full() {
                    self.send_segment();
                }
            })
        }));
        self.send_segment_if_due();
        if let Ok(problems) = scanned {
            let problem_count = problems.len();
            for problem in problems {
                self.shared.report_problem(InputProblem {
                    path: input.display_path(),
                    problem,
                });
            }
            Some((count, problem_count))
        } else {
            self.shared.report_problem(InputProblem::unreadable(
                input.display_path(),
                INPUT_PANIC_MESSAGE,
            ));
            None
        }
    }

    fn send_segment_if_due(&mut self) {
        let first =
            self.rows_sent == 0 && self.builder.len() >= FIRST_SEGMENT_ROWS && !self.is_live;
        if !self.builder.is_empty() && (first || self.last_sent.elapsed() > self.segment_interval) {
            self.send_segment();
        }
    }

    /// True where something is to be handed on.
    pub(super) fn has_rows(&self) -> bool {
        !self.builder.is_empty()
    }

    /// True where that may be done: the last time is long enough ago.
    pub(super) fn is_send_due(&self) -> bool {
        !self.is_live || self.last_sent.elapsed() > self.segment_interval
    }

    pub(super) fn send_segment(&mut self) {
        if !self.builder.is_empty() {
            self.rows_sent += self.builder.len();
            (self.shared.report)(LoadEvent::Segment(Arc::new(self.builder.finish())));
        }
        self.last_sent = Instant::now();
    }
}
