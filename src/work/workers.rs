//! The worker threads and their answers: loading and watching, opening and comparing dispatches, source health.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem, Problem, Severity, TimeSource};
use crate::filter::{FilterJob, Hits};
use crate::health::{Arrival, Health, assess_health};
use crate::index::{DispatchIndex, EntryId, EntryRef, Snapshot, SourceView};
use crate::ingest::{self, LoadEvent, LoadRequest, RetentionLimits, Watch};
use crate::quotes::{self, Quote};
use crate::speakers::SpeakerSummary;
use crate::views::{self, RuleMatch};
use crate::work::output::{self, BackgroundTask};
use crate::work::search::{self, FilterCache, FilterStep, SpeakerRequest, run_filter_job};
use crate::work::view_commands::{COMMAND_TIMEOUT, ViewCommand, ViewCommandRunner};
use crate::work::worker::{NO_THREAD, Worker};

/// An answer of a job.
#[derive(Debug)]
pub enum Answer {
    /// Segments or problems of the load or the watch, or a problem of another job.
    Load(LoadEvent),
    /// A dispatch in full, with its quotes.
    Opened(EntryId, Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>),
    /// The raw bytes of a dispatch.
    Source(EntryId, Result<SourceView, InputProblem>),
    /// The comparison of two versions: the newer, the older, the changes.
    Compared(EntryId, EntryId, Result<Box<VersionDiff>, InputProblem>),
    /// Rates, silences and missing numbers of the sources.
    Health(Health),
    /// Several dispatches: those that could be read, and the number requested.
    Texts(Vec<(EntryId, Dispatch)>, usize),
    /// Hits of a filter job.
    Filtered {
        generation: u64,
        hits: Hits,
        /// Texts searched, and texts to search in all; `None` if these are the final hits.
        progress: Option<(usize, usize)>,
    },
    /// Speakers of a list.
    Speakers {
        generation: u64,
        /// `None` if only the progress is new.
        rows: Option<Vec<SpeakerSummary>>,
        /// Dispatches read, and dispatches to read in all; `None` for the last answer.
        progress: Option<(usize, usize)>,
    },
    /// Entries that views and mutes match by their texts.
    Judged {
        found: Vec<RuleMatch>,
        /// For each rule, how many entries have been examined.
        done: Vec<(u32, usize)>,
        /// The entries are arrivals, which may raise alerts.
        fresh: bool,
    },
    /// The command of a view was not run, or failed.
    CommandFailed { view: String, fault: String },
    /// The result of a background task, as a message for the user.
    Message(String),
    /// Dispatches as `dateline show` prints them, and a message about those that could not be read.
    Printed(String, Option<String>),
    /// A message about a bug, or about a lack of resources.
    InternalError(String),
    /// The first dispatch in which the speaker is quoted; `None` if there is none.
    SpeakerFound {
        generation: u64,
        id: Option<EntryId>,
    },
}

/// Receives the answers. Called from several threads.
pub type AnswerSink = Arc<dyn Fn(Answer) + Send + Sync>;

/// All workers of the screen. They end with the program.
#[derive(Debug)]
pub struct Workers {
    wire: WireLoader,
    open: Worker<(EntryId, Snapshot)>,
    source: Worker<(EntryId, &'static str, Snapshot)>,
    compare: Worker<VersionPair>,
    health: Worker<(Vec<EntryId>, Snapshot)>,
    filter: Worker<FilterJob>,
    filter_generation: Arc<AtomicU64>,
    speaker_requests: Worker<(u64, SpeakerRequest, Snapshot)>,
    speaker_generation: Arc<AtomicU64>,
    apply_rules: Worker<views::RuleJob>,
    runner: ViewCommandRunner,
    texts: Worker<(Vec<EntryId>, Snapshot)>,
    background: output::BackgroundTasks,
}

impl Workers {
    /// Creates the workers. Each thread starts with its first job.
    #[must_use]
    pub fn start(wire: WireLoader, tell: &AnswerSink) -> Self {
        let filter_generation = Arc::new(AtomicU64::new(0));
        let speaker_generation = Arc::new(AtomicU64::new(0));
        let newest_filter = Arc::clone(&filter_generation);
        let newest_request = Arc::clone(&speaker_generation);
        let sink = Arc::clone(tell);
        let fault = Arc::new(move |view, fault| sink(Answer::CommandFailed { view, fault }));
        Self {
            wire,
            open: worker(tell, open_loop),
            source: worker(tell, source_loop),
            compare: worker(tell, compare_loop),
            health: worker(tell, health_loop),
            filter: worker(tell, move |jobs, tell| {
                filter_loop(jobs, &newest_filter, tell);
            }),
            filter_generation,
            speaker_requests: worker(tell, move |jobs, tell| {
                search::speaker_loop(jobs, &newest_request, tell);
            }),
            speaker_generation,
            apply_rules: worker(tell, search::rules_loop),
            runner: ViewCommandRunner::start(fault, COMMAND_TIMEOUT),
            texts: worker(tell, answer_all),
            background: output::BackgroundTasks::start(tell),
        }
    }

    /// Requests a dispatch in full. An earlier request that has not started is dropped.
    pub fn open(&self, id: EntryId, snapshot: Snapshot) {
        self.open.ask((id, snapshot));
    }

    /// Requests the raw bytes of a dispatch, shown in `encoding`.
    pub fn source(&self, id: EntryId, encoding: &'static str, snapshot: Snapshot) {
        self.source.ask((id, encoding, snapshot));
    }

    /// Requests the comparison of two versions.
    pub fn compare(&self, newer: EntryId, older: EntryId, snapshot: Snapshot) {
        self.compare.ask((newer, older, snapshot));
    }

    /// The loader, which may also follow the wire.
    #[must_use]
    pub fn wire(&self) -> &WireLoader {
        &self.wire
    }

    /// Requests the health of the sources of some entries.
    pub fn health(&self, ids: Vec<EntryId>, snapshot: Snapshot) {
        self.health.ask((ids, snapshot));
    }

    /// Requests several dispatches in full.
    pub fn texts(&self, ids: Vec<EntryId>, snapshot: Snapshot) {
        self.texts.ask((ids, snapshot));
    }

    /// Ends filter jobs of older generations early, before one of this generation is requested.
    pub fn outdate(&self, generation: u64) {
        self.filter_generation.store(generation, Ordering::Release);
    }

    /// Requests the hits of a query. Jobs of older generations end early.
    pub fn filter(&self, job: FilterJob) {
        self.filter_generation
            .store(job.generation, Ordering::Release);
        self.filter.ask(job);
    }

    /// Requests which entries views and mutes match by their texts. Unlike filters, no job is dropped.
    pub fn judge(&self, job: views::RuleJob) {
        self.apply_rules.ask(job);
    }

    /// Queues the command of a view.
    pub fn run_view_command(&self, run: ViewCommand) {
        self.runner.run_command(run);
    }

    /// Starts a background task.
    pub fn run_in_background(&self, task: BackgroundTask) {
        self.background.run(task);
    }

    /// Waits at most `limit` for files and copies in progress, then cancels files that are still being written, each
    /// with a message. Returns the number of tasks that did not even end then.
    pub fn finish_background(&self, limit: Duration) -> usize {
        self.background.finish(limit)
    }

    /// Requests speakers. Jobs of older generations end early.
    pub fn request_speakers(&self, generation: u64, request: SpeakerRequest, snapshot: Snapshot) {
        self.speaker_generation.store(generation, Ordering::Release);
        self.speaker_requests.ask((generation, request, snapshot));
    }
}

/// A worker that answers through `tell`, also if its thread cannot be started.
pub(super) fn worker<T: Send + 'static>(
    tell: &AnswerSink,
    work: impl FnOnce(&Receiver<T>, &AnswerSink) + Send + 'static,
) -> Worker<T> {
    let (sink, lost) = (Arc::clone(tell), Arc::clone(tell));
    Worker::new(
        move |jobs| work(jobs, &sink),
        move |_| {
            let message = format!("this cannot be done now: {NO_THREAD}");
            lost(Answer::InternalError(message));
        },
    )
}

/// The message after a panic in a filter job.
const FILTER_PANIC_MESSAGE: &str =
    "a fault in dateline itself: this filter failed, and its hits are unknown";

/// Waits for a job and returns the newest one in the queue; older ones are dropped. `None` once the queue is closed.
pub(super) fn recv_newest<T>(jobs: &Receiver<T>) -> Option<T> {
    let first = jobs.recv().ok()?;
    Some(jobs.try_iter().last().unwrap_or(first))
}

fn filter_loop(jobs: &Receiver<FilterJob>, newest_of: &AtomicU64, tell: &AnswerSink) {
    let mut memory = FilterCache::default();
    while let Some(job) = recv_newest(jobs) {
        let generation = job.generation;
        let obsolete = || newest_of.load(Ordering::Acquire) != generation;
        let answer = |hits, progress| {
            tell(Answer::Filtered {
                generation,
                hits,
                progress,
            });
        };
        let run = catch_unwind(AssertUnwindSafe(|| {
            run_filter_job(&job, &mut memory, &obsolete, &mut |step| match step {
                FilterStep::Hits { hits, looked, open } => answer(hits, Some((looked, open))),
                FilterStep::Problem(problem) => tell(Answer::Load(LoadEvent::Problem(problem))),
            })
        }));
        match run {
            Ok(Some(hits)) => answer(hits, None),
            Ok(None) if obsolete() => {}
            // The list must not wait for hits for ever, and a fault must not look like a filter without matches.
            Ok(None) | Err(_) => {
                answer(Hits::default(), None);
                tell(Answer::InternalError(FILTER_PANIC_MESSAGE.to_owned()));
            }
        }
    }
}

// Loading and following, each on a thread of its own.

/// Options of following a wire.
#[derive(Debug, Clone, Copy, Default)]
pub struct FollowOptions {
    /// Follow from the start.
    pub enabled: bool,
    /// Limits of the arrivals kept in memory.
    pub limits: RetentionLimits,
}

/// Loads the inputs, and follows them if wanted.
pub struct WireLoader {
    sources: LoadRequest,
    limits: RetentionLimits,
    stage: Mutex<LoadState>,
    tell: AnswerSink,
}

/// Load state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoadState {
    /// Loading; true if the wire is to be followed afterwards.
    Loading(bool),
    Loaded,
    Followed,
}

impl std::fmt::Debug for WireLoader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WireLoader").finish_non_exhaustive()
    }
}

impl WireLoader {
    /// Starts loading, and following if enabled.
    ///
    /// # Errors
    /// If the system is out of file descriptors for a watch.
    pub fn start(
        sources: LoadRequest,
        follow: FollowOptions,
        tell: AnswerSink,
    ) -> std::io::Result<Self> {
        let readers = thread::available_parallelism().map_or(2, usize::from);
        let (all, sink) = (sources.clone(), tell.clone());
        let answer = move |event| sink(Answer::Load(event));
        let stage = if follow.enabled {
            let watch = Watch::new(follow.limits)?;
            thread::spawn(move || watch.load(all, readers, &answer));
            LoadState::Followed
        } else {
            thread::spawn(move || ingest::load(all, readers, &answer));
            LoadState::Loading(false)
        };
        Ok(Self {
            sources,
            limits: follow.limits,
            stage: Mutex::new(stage),
            tell,
        })
    }

    /// Starts following, now or as soon as the load is done. `index` has all entries loaded so far.
    pub fn follow(&self, index: &DispatchIndex) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        *stage = match *stage {
            LoadState::Loading(_) => LoadState::Loading(true),
            LoadState::Loaded => {
                self.start_watch(index.snapshot());
                LoadState::Followed
            }
            LoadState::Followed => LoadState::Followed,
        };
    }

    /// Must be called once the load is done and `index` has all its entries. Starts following if that was requested.
    pub fn load_done(&self, index: &DispatchIndex) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        *stage = match *stage {
            LoadState::Loading(true) => {
                self.start_watch(index.snapshot());
                LoadState::Followed
            }
            LoadState::Loading(false) => LoadState::Loaded,
            other => other,
        };
    }

    /// Starts a watch that continues where the load ended.
    fn start_watch(&self, loaded: Snapshot) {
        let (sources, tell) = (self.sources.clone(), self.tell.clone());
        let limits = self.limits;
        thread::spawn(move || match Watch::new(limits) {
            Ok(watch) => watch.resume(&sources, &loaded, &|event| tell(Answer::Load(event))),
            Err(error) => {
                let message = format!("the wire cannot be followed: {error}");
                let problem = InputProblem::unreadable("", message);
                tell(Answer::Load(LoadEvent::Problem(problem)));
            }
        });
    }
}

// Reading single dispatches.

/// Reads dispatches in full; only the newest request.
pub(super) fn open_loop(jobs: &Receiver<(EntryId, Snapshot)>, tell: &AnswerSink) {
    while let Some((id, snapshot)) = recv_newest(jobs) {
        tell(Answer::Opened(id, open_dispatch(id, &snapshot)));
    }
}

/// Reads the raw bytes of dispatches; only the newest request.
pub(super) fn source_loop(jobs: &Receiver<(EntryId, &'static str, Snapshot)>, tell: &AnswerSink) {
    while let Some((id, encoding, snapshot)) = recv_newest(jobs) {
        let origin = snapshot.entry(id).and_then(EntryRef::origin);
        let source = origin.ok_or_else(unavailable_problem);
        tell(Answer::Source(
            id,
            source.and_then(|origin| ingest::read_source(&origin, encoding)),
        ));
    }
}

/// The problem of an entry whose bytes are gone.
pub(super) fn unavailable_problem() -> InputProblem {
    InputProblem::unreadable("", "this dispatch is no longer available")
}

fn open_dispatch(
    id: EntryId,
    snapshot: &Snapshot,
) -> Result<Box<(Dispatch, Vec<Quote>)>, InputProblem> {
    let entry = snapshot.entry(id).ok_or_else(unavailable_problem)?;
    let mut dispatch = ingest::read_dispatch(
        &entry.origin().ok_or_else(unavailable_problem)?,
        entry.item_key(),
    )?;
    let quotes = find_quotes(&mut dispatch);
    Ok(Box::new((dispatch, quotes)))
}

/// The quotes of a dispatch. After a panic, which would be a bug in the engine, there are none, and the dispatch gets a
/// problem.
#[must_use]
pub fn find_quotes(dispatch: &mut Dispatch) -> Vec<Quote> {
    let found = catch_unwind(AssertUnwindSafe(|| quotes::extract_quotes(dispatch)));
    found.unwrap_or_else(|_| {
        let message = "a fault in dateline itself: its quotes could not be found";
        dispatch
            .problems
            .push(Problem::new(Severity::Unreadable, "", message));
        Vec::new()
    })
}

// Comparing versions.

/// Two versions to compare: the newer, the older.
pub(super) type VersionPair = (EntryId, EntryId, Snapshot);

/// Reads two versions of a dispatch and compares them.
///
/// # Errors
/// If one of them cannot be read, or a bug prevents the comparison.
pub fn compare_versions(
    newer: EntryId,
    older: EntryId,
    snapshot: &Snapshot,
) -> Result<Box<VersionDiff>, InputProblem> {
    let read = |id| -> Result<Dispatch, InputProblem> {
        let entry = snapshot.entry(id).ok_or_else(unavailable_problem)?;
        let origin = EntryRef::origin(entry).ok_or_else(unavailable_problem)?;
        ingest::read_dispatch(&origin, entry.item_key())
    };
    let (old, new) = (read(older)?, read(newer)?);
    let compared = catch_unwind(AssertUnwindSafe(|| Box::new(VersionDiff::new(old, new))));
    compared.map_err(|_| {
        let message = "a fault in dateline itself: these two versions could not be compared";
        InputProblem::unreadable("", message)
    })
}

/// Compares versions; only the newest request.
pub(super) fn compare_loop(jobs: &Receiver<VersionPair>, tell: &AnswerSink) {
    while let Some((newer, older, snapshot)) = recv_newest(jobs) {
        let result = compare_versions(newer, older, &snapshot);
        tell(Answer::Compared(newer, older, result));
    }
}

// Source health.

/// The health of the sources of some entries. Rates are counted back from `now`, in seconds since 1970, or from the
/// newest time of the wire if `None`.
#[must_use]
pub fn source_health(snapshot: &Snapshot, ids: &[EntryId], now: Option<i64>) -> Health {
    let arrivals = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        // The time of a file says when it was copied, not when the wire sent it.
        let of_wire = !matches!(entry.time_source(), TimeSource::File | TimeSource::None);
        Some(Arrival {
            agency: entry.agency(),
            time: entry.time().filter(|_| of_wire),
            arrived: None,
            sequence: entry.sequence(),
        })
    });
    assess_health(arrivals, now)
}

/// Computes source health; only the newest request.
pub(super) fn health_loop(jobs: &Receiver<(Vec<EntryId>, Snapshot)>, tell: &AnswerSink) {
    while let Some((ids, snapshot)) = recv_newest(jobs) {
        tell(Answer::Health(source_health(&snapshot, &ids, None)));
    }
}

// Reading several dispatches, to copy them.

/// Reads dispatches in full, in the order of `ids`. Those that cannot be read are left out.
#[must_use]
pub fn read_texts(ids: &[EntryId], snapshot: &Snapshot) -> Answer {
    let origins = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        Some((id, (entry.origin()?, entry.item_key())))
    });
    let (known_ids, origins): (Vec<_>, Vec<_>) = origins.unzip();
    let read = ingest::read_dispatches(&origins).into_iter();
    let texts = known_ids.into_iter().zip(read);
    let texts = texts.filter_map(|(id, read)| Some((id, read.ok()?)));
    Answer::Texts(texts.collect(), ids.len())
}

/// Reads several dispatches; only the newest request.
pub(super) fn answer_all(jobs: &Receiver<(Vec<EntryId>, Snapshot)>, tell: &AnswerSink) {
    while let Some((ids, snapshot)) = recv_newest(jobs) {
        tell(read_texts(&ids, &snapshot));
    }
}

// Deferred jobs.

/// Jobs that start once the frame that answers the key is drawn, so that they do not slow it down. Only the newest of
/// each kind is kept.
#[derive(Debug, Default)]
pub struct NextJobs {
    /// The dispatch to read.
    pub dispatch: Option<(EntryId, Snapshot)>,
    filter: Option<FilterJob>,
}

impl NextJobs {
    /// Sets the filter job to start next. Older jobs, now useless, end at once, so that their threads are free while
    /// the frame is drawn.
    pub fn filter(&mut self, job: FilterJob, workers: &Workers) {
        workers.outdate(job.generation);
        self.filter = Some(job);
    }

    /// Starts the jobs.
    pub fn start(&mut self, workers: &Workers) {
        if let Some(job) = self.filter.take() {
            workers.filter(job);
        }
        if let Some((id, snapshot)) = self.dispatch.take() {
            workers.open(id, snapshot);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::Receiver;
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::filter::Query;
    use crate::index::DispatchIndex;
    use crate::ingest::{self, InputSource, LoadEvent};

    /// The generation of the next filter answer, and whether it is the last one of its job.
    fn answer(answers: &Receiver<Answer>) -> (u64, bool) {
        loop {
            if let Answer::Filtered {
                generation,
                progress,
                ..
            } = answers.recv().unwrap()
            {
                return (generation, progress.is_none());
            }
        }
    }

    #[test]
    fn a_deferred_filter_job_ends_the_previous_one_at_once() {
        let (sender, answers) = channel();
        let (go_on, gate) = channel();
        let gate = Mutex::new(gate);
        // The first job is blocked after its first hits.
        let tell: AnswerSink = Arc::new(move |answer| {
            let blocks = matches!(answer, Answer::Filtered { generation: 1, .. });
            sender.send(answer).unwrap();
            if blocks {
                gate.lock().unwrap().recv().unwrap();
            }
        });
        let index = Mutex::new(DispatchIndex::default());
        ingest::load(vec![InputSource::BuiltIn], 1, &|event| {
            if let LoadEvent::Segment(segment) = event {
                index.lock().unwrap().add(vec![segment]);
            }
        });
        let snapshot = index.into_inner().unwrap().snapshot();
        let job = |generation| FilterJob {
            generation,
            ..FilterJob::new(snapshot.clone(), Query::parse("minister"))
        };
        let wire = WireLoader::start(
            Vec::new().into(),
            FollowOptions::default(),
            Arc::clone(&tell),
        )
        .unwrap();
        let (workers, mut next) = (Workers::start(wire, &tell), NextJobs::default());
        next.filter(job(1), &workers);
        next.start(&workers);
        assert_eq!(answer(&answers), (1, false));
        // Only the newest deferred job starts.
        next.filter(job(2), &workers);
        next.filter(job(3), &workers);
        go_on.send(()).unwrap();
        next.start(&workers);
        loop {
            match answer(&answers) {
                (3, true) => break,
                (generation, _) => assert_eq!(generation, 3, "an older job went on"),
            }
        }
        // There is nothing left to start.
        assert!(next.filter.is_none() && next.dispatch.is_none());
        drop(go_on);
    }

    #[test]
    fn a_worker_starts_with_the_first_job_and_loses_none() {
        let started = Arc::new(AtomicUsize::new(0));
        let (done, jobs_done) = channel();
        let count = Arc::clone(&started);
        let work = move |jobs: &Receiver<u32>| {
            count.fetch_add(1, Ordering::AcqRel);
            for job in jobs {
                done.send(job).unwrap();
            }
        };
        let worker = Worker::new(work, |job| panic!("{job} is lost"));
        assert_eq!(started.load(Ordering::Acquire), 0);
        (0..100).for_each(|job| worker.ask(job));
        // Its thread ends with it, after the last job.
        drop(worker);
        assert!(jobs_done.iter().eq(0..100));
        assert_eq!(started.load(Ordering::Acquire), 1);
    }

    #[test]
    fn a_worker_without_jobs_never_starts() {
        let work = |_: &Receiver<u32>| panic!("there is no job");
        drop(Worker::new(work, |_| ()));
    }

    #[test]
    fn a_job_without_a_thread_is_reported() {
        let (lost, jobs_lost) = channel();
        // A thread that ends at once has the same effect as none.
        let (gone, is_gone) = channel::<()>();
        let work = move |_: &Receiver<u32>| drop(gone);
        let worker = Worker::new(work, move |job| lost.send(job).unwrap());
        worker.ask(0);
        assert!(is_gone.recv().is_err());
        // The receiver is dropped a moment after `work` ends.
        let reported = (1..).find_map(|job| {
            worker.ask(job);
            Some((job, jobs_lost.try_recv().ok()?))
        });
        assert!(reported.is_some_and(|(job, lost)| lost <= job));
    }
}
