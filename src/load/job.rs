//! The load itself: a walker and some readers side by side, telling of segments as they fill, the newest first.

use std::collections::VecDeque;
use std::fs::{self, Metadata};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::reader::{INPUT_PANIC_MESSAGE, Reader};
use super::walk::{self, walk};
use super::watch::{FileState, WatchState};
use super::{BUILT_IN_WIRE, error_reason};
use crate::desk::{IngestSummary, Input, Replacement, Segment, path_text};
use crate::dispatch::InputProblem;
use crate::format::RequestedFormat;

/// What to load.
#[derive(Debug, Clone)]
pub enum InputSource {
    Path(PathBuf),
    /// Standard input (`-`), or any other stream: held in memory.
    Stream(PathBuf),
    BuiltIn,
}

/// What a load tells while it runs.
#[derive(Debug)]
pub enum LoadEvent {
    Segment(Arc<Segment>),
    /// While a watch goes on: what has arrived, and what of it stands in the place of entries before it.
    Arrived {
        segments: Vec<Arc<Segment>>,
        replaced: Vec<Replacement>,
    },
    Problem(InputProblem),
    /// The load is over; a watch goes on.
    Done(IngestSummary),
}

/// Work for a reader.
pub(super) enum ReadTask {
    Files(Vec<PathBuf>),
    Stream(PathBuf),
    BuiltIn(&'static str, &'static [u8]),
    Part(Arc<SplitInput>, u32),
}

/// A large input that is read in parts.
pub(super) struct SplitInput {
    pub(super) input: Arc<Input>,
    pub(super) part_counts: Vec<AtomicU32>,
    pub(super) parts_left: AtomicU32,
    /// What a watch will know of it when all are read.
    pub(super) file_state: Option<Mutex<FileState>>,
}

struct TaskQueue {
    tasks: VecDeque<ReadTask>,
    /// Producers that may still add tasks: the walker, and readers at work.
    producers: usize,
}

pub(super) struct LoadContext<'a> {
    queue: Mutex<TaskQueue>,
    ready: Condvar,
    pub(super) report: &'a (dyn Fn(LoadEvent) + Sync),
    pub(super) inputs: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) skipped: AtomicU64,
    /// Bytes that were unpacked.
    pub(super) unpacked: AtomicU64,
    /// The format that is asked for, whatever inputs look like.
    pub(super) forced: Option<RequestedFormat>,
    /// The watch that goes on when the load is over.
    pub(super) watch: Option<&'a WatchState>,
}

/// What to load, and in which format: `None` is that of each input's looks.
#[derive(Debug, Clone, Default)]
pub struct LoadRequest {
    pub sources: Vec<InputSource>,
    pub format: Option<RequestedFormat>,
}

impl From<Vec<InputSource>> for LoadRequest {
    fn from(all: Vec<InputSource>) -> Self {
        Self {
            sources: all,
            format: None,
        }
    }
}

/// Loads everything and returns when all is in. `report` is called from several threads; [`Report::Done`] comes last.
pub fn load(sources: impl Into<LoadRequest>, readers: usize, tell: &(dyn Fn(LoadEvent) + Sync)) {
    load_with_watch(sources.into(), readers, None, tell);
}

/// The same, noting what a watch must know.
pub(super) fn load_with_watch(
    sources: LoadRequest,
    readers: usize,
    following: Option<&WatchState>,
    tell: &(dyn Fn(LoadEvent) + Sync),
) {
    let mut shared = LoadContext::new(sources.format, tell);
    shared.watch = following;
    let sources = sources.sources;
    std::thread::scope(|scope| {
        // A stream may last as long as the program: it gets a reader of its own.
        let streams = sources.iter().filter(|source| source.is_stream()).count();
        for _ in 0..readers.max(1) + streams {
            scope.spawn(|| Reader::new(&shared).run());
        }
        for source in sources {
            let path = source.path();
            if catch_unwind(AssertUnwindSafe(|| shared.enqueue_source(source))).is_err() {
                shared.report_problem(InputProblem::unreadable(path, INPUT_PANIC_MESSAGE));
            }
        }
        shared.producer_done();
    });
    let summary = IngestSummary {
        inputs: shared.inputs.load(Ordering::Relaxed),
        bytes: shared.bytes.load(Ordering::Relaxed),
        skipped: shared.skipped.load(Ordering::Relaxed),
    };
    tell(LoadEvent::Done(summary));
}

impl InputSource {
    fn path(&self) -> String {
        match self {
            Self::Stream(path) | Self::Path(path) => path_text(path),
            Self::BuiltIn => String::new(),
        }
    }

    /// True where the source is no file and no folder.
    fn is_stream(&self) -> bool {
        match self {
            Self::Stream(_) => true,
            Self::BuiltIn => false,
            Self::Path(path) => is_stream(path),
        }
    }
}

fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

/// True for what may bring bytes for ever, or none, whoever writes to it: a disk, a terminal, `/dev/zero`.
fn is_device(about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    about.file_type().is_char_device() || about.file_type().is_block_device()
}

impl<'a> LoadContext<'a> {
    /// Nothing to do yet; one producer, who finds the tasks.
    pub(super) fn new(
        forced: Option<RequestedFormat>,
        tell: &'a (dyn Fn(LoadEvent) + Sync),
    ) -> Self {
        Self {
            queue: Mutex::new(TaskQueue {
                tasks: VecDeque::new(),
                producers: 1,
            }),
            ready: Condvar::new(),
            report: tell,
            inputs: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            unpacked: AtomicU64::new(0),
            forced,
            watch: None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, TaskQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add_tasks(&self, tasks: impl IntoIterator<Item = ReadTask>) {
        self.lock().tasks.extend(tasks);
        self.ready.notify_all();
    }

    /// The next task; the taker counts as a producer until it calls [`Self::close_one`]. Where there is none for now,
    /// it is waited for, or `None`; `None` also where none will come.
    pub(super) fn next_task(&self, wait: bool) -> Option<ReadTask> {
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.tasks.pop_front() {
                queue.producers += 1;
                return Some(task);
            }
            if queue.producers == 0 || !wait {
                return None;
            }
            queue = self
                .ready
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn producer_done(&self) {
        self.lock().producers -= 1;
        self.ready.notify_all();
    }

    pub(super) fn report_problem(&self, problem: InputProblem) {
        (self.report)(LoadEvent::Problem(problem));
    }

    /// Turns a source into tasks.
    fn enqueue_source(&self, source: InputSource) {
        match source {
            InputSource::BuiltIn => self.add_tasks(
                BUILT_IN_WIRE
                    .iter()
                    .rev()
                    .map(|(name, bytes)| ReadTask::BuiltIn(name, bytes)),
            ),
            InputSource::Stream(path) => self.add_tasks([ReadTask::Stream(path)]),
            InputSource::Path(path) => match fs::metadata(&path) {
                Ok(about) if about.is_dir() => walk(&path, &mut |found| match found {
                    walk::WalkEvent::Files(files) => self.add_tasks([ReadTask::Files(files)]),
                    walk::WalkEvent::Skipped(count) => {
                        self.skipped.fetch_add(count as u64, Ordering::Relaxed);
                    }
                    walk::WalkEvent::Problem(problem) => self.report_problem(problem),
                    walk::WalkEvent::Folder(folder) => {
                        if let Some(following) = self.watch {
                            following.watch_folder(folder, self.report);
                        }
                    }
                }),
                Ok(about) if about.is_file() => {
                    if let Some(following) = self.watch {
                        following.watch_file(&path, self.report);
                    }
                    self.add_tasks([ReadTask::Files(vec![path])]);
                }
                Ok(about) if is_device(&about) => self.report_problem(InputProblem::unreadable(
                    path_text(&path),
                    "a device, not a file, a folder or a pipe",
                )),
                Ok(_) => self.add_tasks([ReadTask::Stream(path)]),
                Err(error) => self.report_problem(InputProblem::unreadable(
                    path_text(&path),
                    format!("cannot be opened: {}", error_reason(&error)),
                )),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    /// The one who is told fails at the first problem, as a fault in the reading would.
    #[track_caller]
    fn check(first: InputSource, told: &str) {
        let (failed, problems) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let (rows, done) = (AtomicU32::new(0), AtomicBool::new(false));
        load(
            vec![first, InputSource::BuiltIn],
            1,
            &|report| match report {
                LoadEvent::Problem(problem) => {
                    assert!(failed.swap(true, Ordering::Relaxed), "a fault");
                    problems.lock().unwrap().push(problem.to_string());
                }
                LoadEvent::Segment(segment) => {
                    let count = u32::try_from(segment.len()).unwrap();
                    rows.fetch_add(count, Ordering::Relaxed);
                }
                LoadEvent::Arrived { .. } => {}
                LoadEvent::Done(_) => done.store(true, Ordering::Relaxed),
            },
        );
        assert_eq!(
            *problems.lock().unwrap(),
            [format!("{told}: {INPUT_PANIC_MESSAGE}")]
        );
        assert!(rows.into_inner() >= 40 && done.into_inner());
    }

    #[test]
    fn a_fault_costs_one_input_and_the_load_ends() {
        let folder = std::env::temp_dir().join(format!("dateline-fault-{}", std::process::id()));
        let missing = folder.join("missing");
        check(InputSource::Path(missing.clone()), &path_text(&missing));
        fs::create_dir_all(&folder).unwrap();
        let empty = folder.join("empty");
        fs::write(&empty, "").unwrap();
        check(InputSource::Path(empty.clone()), &path_text(&empty));
        check(InputSource::Stream(missing.clone()), &path_text(&missing));
        fs::remove_dir_all(&folder).unwrap();
    }
}
