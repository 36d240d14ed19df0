//! The load itself: a walker and some readers side by side, telling of segments as they fill, the newest first.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::parts::{self, Store};
use super::walk::{self, walk};
use super::{WIRE, reason};
use crate::desk::{Input, Place, Segment, SegmentBuilder, Summary, path_text};
use crate::dispatch::{InputProblem, Stamp};
use crate::format::{self, Context, FormatId};

/// Largest input that must be held as a whole to be read: a stream, or a file that is not one item a line.
const WHOLE_LIMIT: u64 = 1 << 30;
/// What is read to recognise a format.
const SAMPLE: u64 = 64 << 10;
/// A segment is handed on when it is full, or after this long.
const PATIENCE: Duration = Duration::from_millis(80);
/// Rows after which a reader hands on its first segment.
const FIRST_ROWS: usize = 32;

/// What to load.
#[derive(Debug)]
pub enum Source {
    Path(PathBuf),
    /// Standard input, or any other stream: read to its end and held in memory.
    Stream(PathBuf),
    BuiltIn,
}

/// What a load tells while it runs.
#[derive(Debug)]
pub enum Report {
    Segment(Arc<Segment>),
    Problem(InputProblem),
    Done(Summary),
}

/// Work for a reader.
enum Task {
    Files(Vec<PathBuf>),
    Stream(PathBuf),
    Static(&'static str, &'static [u8]),
    Part(Arc<Parted>, u32),
}

/// A large input that is read in parts.
struct Parted {
    input: Arc<Input>,
    counts: Vec<AtomicU32>,
    left: AtomicU32,
}

struct Queue {
    tasks: VecDeque<Task>,
    /// Producers that may still add tasks: the walker, and readers at work.
    open: usize,
}

struct Shared<'a> {
    queue: Mutex<Queue>,
    ready: Condvar,
    tell: &'a (dyn Fn(Report) + Sync),
    inputs: AtomicU64,
    bytes: AtomicU64,
    skipped: AtomicU64,
}

/// Loads everything and returns when all is in. `tell` is called from several threads; [`Report::Done`] comes last.
pub fn load(sources: Vec<Source>, readers: usize, tell: &(dyn Fn(Report) + Sync)) {
    let shared = Shared {
        queue: Mutex::new(Queue {
            tasks: VecDeque::new(),
            open: 1,
        }),
        ready: Condvar::new(),
        tell,
        inputs: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        skipped: AtomicU64::new(0),
    };
    std::thread::scope(|scope| {
        for _ in 0..readers.max(1) {
            scope.spawn(|| {
                Reader {
                    shared: &shared,
                    builder: SegmentBuilder::default(),
                    buffer: Vec::new(),
                    since: Instant::now(),
                    handed: 0,
                }
                .run();
            });
        }
        for source in sources {
            shared.find(source);
        }
        shared.close_one();
    });
    let summary = Summary {
        inputs: shared.inputs.load(Ordering::Relaxed),
        bytes: shared.bytes.load(Ordering::Relaxed),
        skipped: shared.skipped.load(Ordering::Relaxed),
    };
    tell(Report::Done(summary));
}

impl Shared<'_> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, tasks: impl IntoIterator<Item = Task>) {
        self.lock().tasks.extend(tasks);
        self.ready.notify_all();
    }

    /// The next task; the taker counts as a producer until it calls [`Self::close_one`].
    fn take(&self) -> Option<Task> {
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.tasks.pop_front() {
                queue.open += 1;
                return Some(task);
            }
            if queue.open == 0 {
                return None;
            }
            queue = self
                .ready
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close_one(&self) {
        self.lock().open -= 1;
        self.ready.notify_all();
    }

    fn problem(&self, problem: InputProblem) {
        (self.tell)(Report::Problem(problem));
    }

    /// Turns a source into tasks.
    fn find(&self, source: Source) {
        match source {
            Source::BuiltIn => self.add(
                WIRE.iter()
                    .rev()
                    .map(|(name, bytes)| Task::Static(name, bytes)),
            ),
            Source::Stream(path) => self.add([Task::Stream(path)]),
            Source::Path(path) => match fs::metadata(&path) {
                Ok(about) if about.is_dir() => walk(&path, &mut |found| match found {
                    walk::Found::Files(files) => self.add([Task::Files(files)]),
                    walk::Found::Skipped(count) => {
                        self.skipped.fetch_add(count as u64, Ordering::Relaxed);
                    }
                    walk::Found::Problem(problem) => self.problem(problem),
                }),
                Ok(about) if about.is_file() => self.add([Task::Files(vec![path])]),
                Ok(_) => self.add([Task::Stream(path)]),
                Err(error) => self.problem(InputProblem::unreadable(
                    path_text(&path),
                    format!("cannot be opened: {}", reason(&error)),
                )),
            },
        }
    }
}

struct Reader<'a> {
    shared: &'a Shared<'a>,
    builder: SegmentBuilder,
    buffer: Vec<u8>,
    since: Instant,
    handed: usize,
}

impl Reader<'_> {
    fn run(mut self) {
        while let Some(task) = self.shared.take() {
            match task {
                Task::Files(paths) => paths.into_iter().for_each(|path| self.file(path)),
                Task::Stream(path) => self.stream(path),
                Task::Static(name, bytes) => {
                    self.count(bytes.len() as u64);
                    self.buffer.clear();
                    self.buffer.extend_from_slice(bytes);
                    self.whole(Place::BuiltIn(name, bytes), None);
                }
                Task::Part(parted, part) => self.part(&parted, part),
            }
            self.shared.close_one();
            self.hand_on_if_due();
        }
        self.hand_on();
    }

    fn count(&self, bytes: u64) {
        self.shared.inputs.fetch_add(1, Ordering::Relaxed);
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn unreadable(&self, path: &Path, message: impl Into<String>) {
        self.shared
            .problem(InputProblem::unreadable(path_text(path), message));
    }

    fn file(&mut self, path: PathBuf) {
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?, file)));
        let (about, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                return self.unreadable(&path, format!("cannot be opened: {}", reason(&error)));
            }
        };
        if !about.is_file() {
            return self.unreadable(&path, "not a regular file");
        }
        let modified = about.modified().ok().map(stamp);
        self.count(about.len());
        self.buffer.clear();
        if about.len() > 2 * parts::PART {
            let store = Store::File(file);
            if let Err(error) = store.read(0..SAMPLE, &mut self.buffer) {
                return self.unreadable(&path, format!("cannot be read: {}", reason(&error)));
            }
            match format::detect(&self.buffer) {
                Ok(format) if format.row().lines && is_utf8_start(&self.buffer) => {
                    return self.begin_parts(Input::new(
                        Place::File(path),
                        format,
                        about.len(),
                        modified,
                    ));
                }
                Err(problem) => {
                    return self.shared.problem(InputProblem {
                        path: path_text(&path),
                        problem,
                    });
                }
                Ok(_) if about.len() > WHOLE_LIMIT => {
                    return self.unreadable(
                        &path,
                        "larger than 1 GiB and not one dispatch a line: not read",
                    );
                }
                Ok(_) => {}
            }
            self.buffer.clear();
            if let Err(error) = store.read(0..WHOLE_LIMIT, &mut self.buffer) {
                return self.unreadable(&path, format!("cannot be read: {}", reason(&error)));
            }
        } else if let Err(error) = read_small(&file, about.len(), &mut self.buffer) {
            return self.unreadable(&path, format!("cannot be read: {}", reason(&error)));
        }
        self.whole(Place::File(path), modified);
    }

    fn stream(&mut self, path: PathBuf) {
        self.buffer.clear();
        let read = if path == Path::new("-") {
            std::io::stdin()
                .lock()
                .take(WHOLE_LIMIT + 1)
                .read_to_end(&mut self.buffer)
        } else {
            File::open(&path)
                .and_then(|file| file.take(WHOLE_LIMIT + 1).read_to_end(&mut self.buffer))
        };
        if let Err(error) = read {
            self.unreadable(&path, format!("cannot be read: {}", reason(&error)));
        }
        if self.buffer.len() as u64 > WHOLE_LIMIT {
            self.unreadable(&path, "longer than 1 GiB: only the first 1 GiB was read");
            self.buffer
                .truncate(usize::try_from(WHOLE_LIMIT).unwrap_or(usize::MAX));
        }
        self.count(self.buffer.len() as u64);
        let bytes: Arc<[u8]> = self.buffer.as_slice().into();
        self.whole(Place::Memory(path, bytes), None);
    }

    /// Scans the buffer, which holds the whole input.
    fn whole(&mut self, place: Place, modified: Option<Stamp>) {
        let bytes = std::mem::take(&mut self.buffer);
        match format::detect(&bytes) {
            Ok(format) => {
                let input = Arc::new(Input::new(place, format, bytes.len() as u64, modified));
                let context = Context {
                    file_time: modified,
                    ..Context::default()
                };
                let found = self.scan(&input, 0, &bytes, &context);
                if found == Some((0, 0)) {
                    self.shared
                        .problem(InputProblem::unreadable(input.path(), "holds no dispatch"));
                }
            }
            Err(problem) => {
                let path = Input::new(place, FormatId::PLAIN, 0, None).path();
                self.shared.problem(InputProblem { path, problem });
            }
        }
        self.buffer = if bytes.capacity() > 2 * usize::try_from(parts::PART).unwrap_or(0) {
            Vec::new()
        } else {
            bytes
        };
    }

    fn begin_parts(&self, input: Input) {
        let count = parts::count(input.length);
        let counts = (0..count).map(|_| AtomicU32::new(0)).collect();
        let parted = Arc::new(Parted {
            input: Arc::new(input),
            counts,
            left: AtomicU32::new(count),
        });
        // The end first, where the newest stand on most wires; then the start, for those that are the other way round.
        let order = std::iter::once(count - 1)
            .chain(std::iter::once(0))
            .chain((1..count - 1).rev());
        self.shared
            .add(order.map(|part| Task::Part(Arc::clone(&parted), part)));
    }

    fn part(&mut self, parted: &Parted, part: u32) {
        let mut bytes = std::mem::take(&mut self.buffer);
        match Store::open(&parted.input.place)
            .and_then(|store| parts::lines(&store, part, &mut bytes))
        {
            Ok(first) => {
                let context = Context {
                    file_time: parted.input.modified,
                    first_index: 0,
                    first_byte: first,
                };
                let found = self.scan(&parted.input, part, &bytes, &context);
                parted.counts[part as usize]
                    .store(found.map_or(0, |(count, _)| count), Ordering::Relaxed);
            }
            Err(error) => {
                let message = format!(
                    "cannot be read from byte {} on: {}",
                    u64::from(part) * parts::PART,
                    reason(&error)
                );
                self.shared
                    .problem(InputProblem::unreadable(parted.input.path(), message));
            }
        }
        self.buffer = bytes;
        if parted.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let mut sum = 0u32;
            let mut bases = Vec::with_capacity(parted.counts.len());
            for count in &parted.counts {
                bases.push(sum);
                sum = sum.saturating_add(count.load(Ordering::Relaxed));
            }
            let _ = parted.input.bases.set(bases.into());
        }
    }

    /// Scans bytes into the builder; returns how many dispatches and how many problems there were.
    fn scan(
        &mut self,
        input: &Arc<Input>,
        part: u32,
        bytes: &[u8],
        context: &Context,
    ) -> Option<(u32, usize)> {
        self.builder.begin_input(input, part);
        let mut count = 0;
        let scanned = catch_unwind(AssertUnwindSafe(|| {
            format::scan(input.format, bytes, context, &mut |found| {
                self.builder.push(&found);
                count += 1;
                if self.builder.is_full() {
                    self.hand_on();
                }
            })
        }));
        self.hand_on_if_due();
        if let Ok(problems) = scanned {
            let problem_count = problems.len();
            for problem in problems {
                self.shared.problem(InputProblem {
                    path: input.path(),
                    problem,
                });
            }
            Some((count, problem_count))
        } else {
            let message =
                "a fault in dateline itself stopped the reading of this input; the others go on";
            self.shared
                .problem(InputProblem::unreadable(input.path(), message));
            None
        }
    }

    fn hand_on_if_due(&mut self) {
        let first = self.handed == 0 && self.builder.len() >= FIRST_ROWS;
        if !self.builder.is_empty() && (first || self.since.elapsed() > PATIENCE) {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        if !self.builder.is_empty() {
            self.handed += self.builder.len();
            (self.shared.tell)(Report::Segment(Arc::new(self.builder.finish())));
        }
        self.since = Instant::now();
    }
}

/// A date of the file system, in whole seconds.
fn stamp(time: std::time::SystemTime) -> Stamp {
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    };
    Stamp::from_seconds(seconds)
}

/// Reads a file of known length with as few calls as it takes.
fn read_small(mut file: &File, length: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
    let length = usize::try_from(length).unwrap_or(0);
    into.resize(length + 1, 0);
    let mut filled = 0;
    loop {
        if filled == into.len() {
            into.resize(filled * 2, 0);
        }
        match file.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    into.truncate(filled);
    Ok(())
}

/// True where a start of an input is UTF-8, apart from a character that the cut has split.
fn is_utf8_start(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}
