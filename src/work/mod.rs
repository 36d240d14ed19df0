//! Jobs off the event loop: the load, reading single dispatches, filters, speakers. Each answers through one function, in batches.

mod compare;
mod counting;
mod errand;
mod health;
mod judging;
mod next;
mod opening;
mod running;
mod saving;
mod search;
mod speakers;
mod texts;
mod whole;
mod wire;
mod worker;

pub use compare::compare_versions;
pub use errand::BackgroundTask;
pub use health::source_health;
pub use judging::{apply_rules, match_queries};
pub use next::NextJobs;
pub use opening::find_quotes;
pub use running::{
    COMMAND_TIMEOUT, FaultSink, MAX_WAITING_COMMANDS, ViewCommand, ViewCommandRunner, run,
};
pub use saving::{SaveRequest, save_dispatches};
pub use search::{FilterCache, FilterStep, run_filter_job};
pub use speakers::{SpeakerProgress, SpeakerRequest, collect_speakers, find_speaker};
pub use texts::read_texts;
pub use whole::{
    FullDispatch, OutputForm, ReadFailures, for_each_full_dispatch, read_full_dispatches,
};
pub use wire::{FollowOptions, WireLoader};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::changes::VersionDiff;
use crate::desk::{EntryId, Snapshot, SourceView};
use crate::dispatch::{Dispatch, InputProblem};
use crate::filter::{FilterJob, Hits};
use crate::health::Health;
use crate::load::LoadEvent;
use crate::quote::Quote;
use crate::speakers::SpeakerSummary;
use crate::views::{self, RuleMatch};
use worker::Worker;

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
    compare: Worker<compare::VersionPair>,
    health: Worker<(Vec<EntryId>, Snapshot)>,
    filter: Worker<FilterJob>,
    filter_generation: Arc<AtomicU64>,
    speaker_requests: Worker<(u64, SpeakerRequest, Snapshot)>,
    speaker_generation: Arc<AtomicU64>,
    judge: Worker<views::RuleJob>,
    runner: ViewCommandRunner,
    texts: Worker<(Vec<EntryId>, Snapshot)>,
    background: errand::BackgroundTasks,
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
            open: worker(tell, opening::open_loop),
            source: worker(tell, opening::source_loop),
            compare: worker(tell, compare::compare_loop),
            health: worker(tell, health::health_loop),
            filter: worker(tell, move |jobs, tell| {
                filter_loop(jobs, &newest_filter, tell);
            }),
            filter_generation: generation,
            speaker_requests: worker(tell, move |jobs, tell| {
                speakers::speaker_loop(jobs, &newest_ask, tell);
            }),
            speaker_generation: asked,
            judge: worker(tell, judging::rules_loop),
            runner: ViewCommandRunner::start(fault, COMMAND_TIMEOUT),
            texts: worker(tell, texts::answer_all),
            background: errand::BackgroundTasks::start(tell),
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

/// Why a job cannot be done.
const NO_THREAD: &str = "the system gives dateline no thread for it";

/// A worker that answers through `tell`.
fn worker<T: Send + 'static>(
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
fn recv_newest<T>(jobs: &Receiver<T>) -> Option<T> {
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
