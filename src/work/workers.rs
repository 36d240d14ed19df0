//! The worker threads and what they answer: load and watch, opening and comparing dispatches, source health. Each answers through one function.

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

/// What a job answers.
#[derive(Debug)]
pub enum Answer {
    Load(LoadEvent),
    Opened(EntryId, Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>),
    /// The bytes of a dispatch.
    Source(EntryId, Result<SourceView, InputProblem>),
    /// Two versions, the newer and the older, compared.
    Compared(EntryId, EntryId, Result<Box<VersionDiff>, InputProblem>),
    /// The sources of the desk.
    Health(Health),
    /// Several dispatches: those that could be read, and of how many.
    Texts(Vec<(EntryId, Dispatch)>, usize),
    /// Hits of the filter job of that generation. While more follow: how many texts have been looked at, and of how
    /// many.
    Filtered {
        generation: u64,
        hits: Hits,
        progress: Option<(usize, usize)>,
    },
    /// Rows of the speakers, where there are new ones. While more follow: how many dispatches have been read, and of
    /// how many.
    Speakers {
        generation: u64,
        rows: Option<Vec<SpeakerSummary>>,
        progress: Option<(usize, usize)>,
    },
    /// What views and mutes keep by their texts: of which of them so many entries have been looked at.
    Judged {
        found: Vec<RuleMatch>,
        done: Vec<(u32, usize)>,
        fresh: bool,
    },
    /// The command of a view was not run, or failed.
    CommandFailed {
        view: String,
        fault: String,
    },
    /// Something to say of an errand.
    Message(String),
    /// Dispatches as `dateline show` prints them, and what there is to say of those that could not be read.
    Printed(String, Option<String>),
    /// Something went wrong that is no fault of an input.
    InternalError(String),
    /// The dispatch in which the speaker was found.
    SpeakerFound {
        generation: u64,
        id: Option<EntryId>,
    },
}

/// Where answers go. Called from several threads.
pub type AnswerSink = Arc<dyn Fn(Answer) + Send + Sync>;

/// The workers; they end with the program.
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
    judge: Worker<views::RuleJob>,
    runner: ViewCommandRunner,
    texts: Worker<(Vec<EntryId>, Snapshot)>,
    background: output::BackgroundTasks,
}

impl Workers {
    /// The workers, each of which starts with its first job.
    #[must_use]
    pub fn start(wire: WireLoader, tell: &AnswerSink) -> Self {
        let generation = Arc::new(AtomicU64::new(0));
        let asked = Arc::new(AtomicU64::new(0));
        let (newest_filter, newest_ask) = (Arc::clone(&generation), Arc::clone(&asked));
        let told = Arc::clone(tell);
        let fault = Arc::new(move |view, fault| told(Answer::CommandFailed { view, fault }));
        Self {
            wire,
            open: worker(tell, open_loop),
            source: worker(tell, source_loop),
            compare: worker(tell, compare_loop),
            health: worker(tell, health_loop),
            filter: worker(tell, move |jobs, tell| {
                filter_loop(jobs, &newest_filter, tell);
            }),
            filter_generation: generation,
            speaker_requests: worker(tell, move |jobs, tell| {
                search::speaker_loop(jobs, &newest_ask, tell);
            }),
            speaker_generation: asked,
            judge: worker(tell, search::rules_loop),
            runner: ViewCommandRunner::start(fault, COMMAND_TIMEOUT),
            texts: worker(tell, answer_all),
            background: output::BackgroundTasks::start(tell),
        }
    }

    /// Asks for a dispatch; one that was asked for before and not yet begun is dropped.
    pub fn open(&self, id: EntryId, snapshot: Snapshot) {
        self.open.ask((id, snapshot));
    }

    /// Asks for the bytes of a dispatch in that encoding.
    pub fn source(&self, id: EntryId, encoding: &'static str, snapshot: Snapshot) {
        self.source.ask((id, encoding, snapshot));
    }

    /// Asks for the comparison of two versions, the newer first.
    pub fn compare(&self, newer: EntryId, older: EntryId, snapshot: Snapshot) {
        self.compare.ask((newer, older, snapshot));
    }

    /// What is loaded, and followed.
    #[must_use]
    pub fn wire(&self) -> &WireLoader {
        &self.wire
    }

    /// Asks how the sources of some entries are.
    pub fn health(&self, ids: Vec<EntryId>, snapshot: Snapshot) {
        self.health.ask((ids, snapshot));
    }

    /// Asks for several dispatches.
    pub fn texts(&self, ids: Vec<EntryId>, snapshot: Snapshot) {
        self.texts.ask((ids, snapshot));
    }

    /// Ends filter jobs of older generations early: one of this generation will be asked for.
    pub fn outdate(&self, generation: u64) {
        self.filter_generation.store(generation, Ordering::Release);
    }

    /// Asks for the hits of a query; jobs of older generations end early.
    pub fn filter(&self, job: FilterJob) {
        self.filter_generation
            .store(job.generation, Ordering::Release);
        self.filter.ask(job);
    }

    /// Asks what views and mutes keep by their texts; every job is done.
    pub fn judge(&self, job: views::RuleJob) {
        self.judge.ask(job);
    }

    /// Runs the command of a view when those before it are done.
    pub fn run_view_command(&self, run: ViewCommand) {
        self.runner.run_command(run);
    }

    /// Runs an errand.
    pub fn run_in_background(&self, errand: BackgroundTask) {
        self.background.run(errand);
    }

    /// Waits for what is being saved and copied, for so long at most; then it is given up, each file with a word.
    /// Returns how much was still at work even then.
    pub fn finish_background(&self, limit: Duration) -> usize {
        self.background.finish(limit)
    }

    /// Asks about speakers; jobs of older generations end early.
    pub fn ask(&self, generation: u64, ask: SpeakerRequest, snapshot: Snapshot) {
        self.speaker_generation.store(generation, Ordering::Release);
        self.speaker_requests.ask((generation, ask, snapshot));
    }
}

/// A worker that answers through `tell`.
pub(super) fn worker<T: Send + 'static>(
    tell: &AnswerSink,
    work: impl FnOnce(&Receiver<T>, &AnswerSink) + Send + 'static,
) -> Worker<T> {
    let (told, lost) = (Arc::clone(tell), Arc::clone(tell));
    Worker::new(
        move |jobs| work(jobs, &told),
        move |_| {
            let said = format!("this cannot be done now: {NO_THREAD}");
            lost(Answer::InternalError(said));
        },
    )
}

/// What is said where a filter ends on a fault of the program.
const FILTER_PANIC_MESSAGE: &str =
    "this filter failed on a fault of dateline's own: what it would find is not known";

/// The newest of the jobs that wait.
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
            // A fault must not leave the list waiting for hits, nor pass for a filter that nothing meets.
            Ok(None) | Err(_) => {
                answer(Hits::default(), None);
                tell(Answer::InternalError(FILTER_PANIC_MESSAGE.to_owned()));
            }
        }
    }
}

// The load and the watch that may follow it, each on a thread of its own.

/// Whether the wire is followed from the start, and what is kept of what arrives.
#[derive(Debug, Clone, Copy, Default)]
pub struct FollowOptions {
    pub enabled: bool,
    pub limits: RetentionLimits,
}

/// What is loaded, and followed.
pub struct WireLoader {
    sources: LoadRequest,
    limits: RetentionLimits,
    stage: Mutex<LoadState>,
    tell: AnswerSink,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoadState {
    /// The load is at work; once it is done the wire is to be followed, or not.
    Loading(bool),
    Loaded,
    Followed,
}

impl std::fmt::Debug for WireLoader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl WireLoader {
    /// Starts to load, and to follow where that is wanted.
    ///
    /// # Errors
    /// Where the system gives no descriptor for a watch.
    pub fn start(
        sources: LoadRequest,
        follow: FollowOptions,
        tell: AnswerSink,
    ) -> std::io::Result<Self> {
        let readers = thread::available_parallelism().map_or(2, usize::from);
        let (all, told) = (sources.clone(), tell.clone());
        let answer = move |report| told(Answer::Load(report));
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

    /// Follows on from what is on the desk, as soon as the load is done.
    pub fn follow(&self, desk: &DispatchIndex) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        *stage = match *stage {
            LoadState::Loading(_) => LoadState::Loading(true),
            LoadState::Loaded => {
                self.start_watch(desk.snapshot());
                LoadState::Followed
            }
            LoadState::Followed => LoadState::Followed,
        };
    }

    /// The load is done, and all of it is on the desk.
    pub fn load_done(&self, desk: &DispatchIndex) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        *stage = match *stage {
            LoadState::Loading(true) => {
                self.start_watch(desk.snapshot());
                LoadState::Followed
            }
            LoadState::Loading(false) => LoadState::Loaded,
            other => other,
        };
    }

    fn start_watch(&self, loaded: Snapshot) {
        let (sources, tell) = (self.sources.clone(), self.tell.clone());
        let limits = self.limits;
        thread::spawn(move || match Watch::new(limits) {
            Ok(watch) => watch.resume(&sources, &loaded, &|report| tell(Answer::Load(report))),
            Err(error) => {
                let message = format!("the wire cannot be followed: {error}");
                let problem = InputProblem::unreadable("", message);
                tell(Answer::Load(LoadEvent::Problem(problem)));
            }
        });
    }
}

// Single dispatches read from where they lie: whole with their quotes, or as their bytes.

pub(super) fn open_loop(jobs: &Receiver<(EntryId, Snapshot)>, tell: &AnswerSink) {
    while let Some((id, snapshot)) = recv_newest(jobs) {
        tell(Answer::Opened(id, open_dispatch(id, &snapshot)));
    }
}

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

pub(super) fn unavailable_problem() -> InputProblem {
    InputProblem::unreadable("", "this dispatch is no longer at hand")
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

/// The quotes of a dispatch; where a fault in the engine stops it, none and a problem of the dispatch.
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

// The job of the changes: reads two versions and compares them.

/// Two versions to compare: the newer, the older.
pub(super) type VersionPair = (EntryId, EntryId, Snapshot);

/// Reads two versions of a dispatch and compares them.
///
/// # Errors
/// Where one of them cannot be read.
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

/// Compares what is asked for, the newest question only.
pub(super) fn compare_loop(jobs: &Receiver<VersionPair>, tell: &AnswerSink) {
    while let Some((newer, older, snapshot)) = recv_newest(jobs) {
        let result = compare_versions(newer, older, &snapshot);
        tell(Answer::Compared(newer, older, result));
    }
}

// The job of the health: looks at the entries of a desk.

/// The sources of some entries. `now`: where rates end, in seconds since 1970; else the newest time of the wire.
#[must_use]
pub fn source_health(snapshot: &Snapshot, ids: &[EntryId], now: Option<i64>) -> Health {
    let arrivals = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
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

/// Answers what is asked, the newest question only.
pub(super) fn health_loop(jobs: &Receiver<(Vec<EntryId>, Snapshot)>, tell: &AnswerSink) {
    while let Some((ids, snapshot)) = recv_newest(jobs) {
        tell(Answer::Health(source_health(&snapshot, &ids, None)));
    }
}

// Several dispatches read at once, for a reader who copies them all.

/// Reads dispatches, in their order; those that cannot be read are left out and counted.
#[must_use]
pub fn read_texts(ids: &[EntryId], snapshot: &Snapshot) -> Answer {
    let origins = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        Some((id, (entry.origin()?, entry.item_key())))
    });
    let (ids_there, wanted): (Vec<_>, Vec<_>) = origins.unzip();
    let read = ingest::read_dispatches(&wanted).into_iter();
    let texts = ids_there.into_iter().zip(read);
    let texts = texts.filter_map(|(id, read)| Some((id, read.ok()?)));
    Answer::Texts(texts.collect(), ids.len())
}

/// Answers what is asked, the newest question only.
pub(super) fn answer_all(jobs: &Receiver<(Vec<EntryId>, Snapshot)>, tell: &AnswerSink) {
    while let Some((ids, snapshot)) = recv_newest(jobs) {
        tell(read_texts(&ids, &snapshot));
    }
}

// Jobs that start once the frame is drawn that shows the key which asked for them. Knows nothing of the screen.

/// The jobs to start next; of each kind the newest only.
#[derive(Debug, Default)]
pub struct NextJobs {
    /// The dispatch to read.
    pub dispatch: Option<(EntryId, Snapshot)>,
    filter: Option<FilterJob>,
}

impl NextJobs {
    /// Sets the filter job to start next. Those before it are of no use any more: they end at once, so that their threads
    /// are free while the frame is drawn.
    pub fn filter(&mut self, job: FilterJob, crew: &Workers) {
        crew.outdate(job.generation);
        self.filter = Some(job);
    }

    /// Starts them.
    pub fn start(&mut self, crew: &Workers) {
        if let Some(job) = self.filter.take() {
            crew.filter(job);
        }
        if let Some((id, snapshot)) = self.dispatch.take() {
            crew.open(id, snapshot);
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

    /// The generation of the next answer to a filter, and whether it is the last one of its job.
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
    fn a_filter_job_waits_and_the_one_before_ends_at_once() {
        let (told, answers) = channel();
        let (go_on, gate) = channel();
        let gate = Mutex::new(gate);
        // The first job stands still where it tells its first hits.
        let tell: AnswerSink = Arc::new(move |answer| {
            let held = matches!(answer, Answer::Filtered { generation: 1, .. });
            told.send(answer).unwrap();
            if held {
                gate.lock().unwrap().recv().unwrap();
            }
        });
        let desk = Mutex::new(DispatchIndex::default());
        ingest::load(vec![InputSource::BuiltIn], 1, &|report| {
            if let LoadEvent::Segment(segment) = report {
                desk.lock().unwrap().add(vec![segment]);
            }
        });
        let snapshot = desk.into_inner().unwrap().snapshot();
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
        let (crew, mut next) = (Workers::start(wire, &tell), NextJobs::default());
        next.filter(job(1), &crew);
        next.start(&crew);
        assert_eq!(answer(&answers), (1, false));
        // The newest of those that wait is the one to start.
        next.filter(job(2), &crew);
        next.filter(job(3), &crew);
        go_on.send(()).unwrap();
        next.start(&crew);
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
    fn it_starts_with_the_first_job_and_loses_none() {
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
    fn what_is_never_asked_never_starts() {
        let work = |_: &Receiver<u32>| panic!("nobody has asked");
        drop(Worker::new(work, |_| ()));
    }

    #[test]
    fn a_job_that_nobody_can_do_is_told() {
        let (lost, jobs_lost) = channel();
        // A thread that ends at once is as good as none.
        let (gone, is_gone) = channel::<()>();
        let work = move |_: &Receiver<u32>| drop(gone);
        let worker = Worker::new(work, move |job| lost.send(job).unwrap());
        worker.ask(0);
        assert!(is_gone.recv().is_err());
        // The receiver goes a moment after the work.
        let told = (1..).find_map(|job| {
            worker.ask(job);
            Some((job, jobs_lost.try_recv().ok()?))
        });
        assert!(told.is_some_and(|(job, lost)| lost <= job));
    }
}
