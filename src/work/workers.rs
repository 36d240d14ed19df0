//! The worker threads of the screen: they start with the jobs that need them, are kept, and survive what a job does.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::mem::{Discriminant, discriminant};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::jobs::{Answer, Job, Queueing};
use crate::text::count_noun;
use crate::threads::{self, NO_THREAD};

/// Most jobs of a kind that wait for their turn. A burst beyond it is dropped, with a message.
pub const MAX_WAITING: usize = 100;

/// How long to wait at the end for cancelled jobs to clean up.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);

/// Receives the answers. Called from several threads.
pub type AnswerSink = Arc<dyn Fn(Answer) + Send + Sync>;

/// Runs a job: the job, whether it is obsolete and may end early, and the receiver of its answers.
pub type JobRunner = Box<dyn Fn(&Job, &(dyn Fn() -> bool + Sync), &AnswerSink) + Send + Sync>;

/// Starts a thread: [`threads::spawn`], or another one in tests.
type StartThread = fn(Box<dyn FnOnce() + Send>) -> io::Result<()>;

/// Runs jobs in the background. The threads end with the program.
///
/// A thread takes whatever job is next, so there are as many as there were jobs at a time, and never more than the
/// kinds of jobs allow ([`Job::queueing`]). Where the system refuses another thread, jobs wait for those there are;
/// where there is none, the job fails with a message.
pub struct Workers {
    shared: Arc<Shared>,
    /// Jobs that start once the frame that answers the key is drawn, so that they do not slow it down.
    deferred: Vec<Job>,
    start_thread: StartThread,
}

struct Shared {
    queue: Mutex<Queue>,
    /// Signalled when a job is queued, and when one ends.
    changed: Condvar,
    run: JobRunner,
    tell: AnswerSink,
}

#[derive(Default)]
struct Queue {
    kinds: HashMap<Discriminant<Job>, Kind>,
    next_number: u64,
    threads: usize,
    /// Threads that wait for a job, or are starting.
    idle: usize,
    /// No more jobs come: the threads end.
    closed: bool,
}

/// The jobs of one kind.
#[derive(Default)]
struct Kind {
    waiting: VecDeque<(u64, Job)>,
    running: usize,
    /// Jobs with smaller numbers are obsolete.
    first_valid: Arc<AtomicU64>,
    /// Jobs dropped since the last message about it.
    dropped: usize,
    /// The program waits for these jobs before it exits.
    awaited: bool,
}

impl Workers {
    /// No threads yet. `run` is what the threads do with a job: [`crate::work::job_runner`].
    #[must_use]
    pub fn new(run: JobRunner, tell: &AnswerSink) -> Self {
        Self {
            shared: Arc::new(Shared {
                queue: Mutex::default(),
                changed: Condvar::new(),
                run,
                tell: Arc::clone(tell),
            }),
            deferred: Vec::new(),
            start_thread: |work| threads::spawn("worker", work).map(drop),
        }
    }

    /// Takes a job in, to be started by [`Self::start`]. One that it makes obsolete ends at once, so that its thread is
    /// free while the frame is drawn.
    pub fn spawn(&mut self, job: Job) {
        if job.queueing() == Queueing::Newest {
            let kind = discriminant(&job);
            self.deferred.retain(|other| discriminant(other) != kind);
            let mut queue = self.shared.queue();
            let next_number = queue.next_number;
            if let Some(kind) = queue.kinds.get_mut(&kind) {
                kind.waiting.clear();
                kind.first_valid.store(next_number, Ordering::Release);
            }
        }
        self.deferred.push(job);
    }

    /// Starts the jobs that were taken in.
    pub fn start(&mut self) {
        for job in std::mem::take(&mut self.deferred) {
            self.shared.queue().push(job);
            self.ensure_thread();
        }
    }

    /// Sees to it that a thread takes the next job that may run.
    fn ensure_thread(&self) {
        let mut queue = self.shared.queue();
        if queue.idle >= queue.startable() {
            self.shared.changed.notify_all();
            return;
        }
        queue.threads += 1;
        queue.idle += 1;
        drop(queue);
        let shared = Arc::clone(&self.shared);
        if (self.start_thread)(Box::new(move || shared.work())).is_ok() {
            return;
        }
        let mut queue = self.shared.queue();
        queue.threads -= 1;
        queue.idle -= 1;
        if queue.threads == 0 {
            let lost: Vec<Job> =
                std::iter::from_fn(|| queue.take_next()).map(|(_, job, _)| job).collect();
            queue.kinds.values_mut().for_each(|kind| kind.running = 0);
            drop(queue);
            for job in lost {
                let why = format!("{} cannot be started: {NO_THREAD}", job.subject());
                self.shared.report_failure(&job, why);
            }
        }
    }

    /// Waits at most `limit` for files and copies in progress, then cancels files that are still being written, each
    /// with a message. Returns the number of jobs that did not even end then.
    pub fn finish(&mut self, limit: Duration) -> usize {
        self.start();
        let wait = |limit: Duration| {
            let waited =
                self.shared
                    .changed
                    .wait_timeout_while(self.shared.queue(), limit, |queue| queue.unfinished() > 0);
            waited.unwrap_or_else(PoisonError::into_inner).0.unfinished()
        };
        if wait(limit) == 0 {
            return 0;
        }
        for kind in self.shared.queue().kinds.values() {
            kind.first_valid.store(u64::MAX, Ordering::Release);
        }
        wait(CANCEL_TIMEOUT)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.changed.notify_all();
    }
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

impl Queue {
    /// Queues a job as its kind demands.
    fn push(&mut self, mut job: Job) {
        let queueing = job.queueing();
        let kind = self.kinds.entry(discriminant(&job)).or_default();
        kind.awaited = job.is_awaited();
        if queueing == Queueing::Newest {
            kind.waiting.clear();
            kind.first_valid.store(self.next_number, Ordering::Release);
        }
        if let Some((_, last)) = kind.waiting.back_mut() {
            match last.merge(job) {
                None => return,
                Some(unmerged) => job = unmerged,
            }
        }
        if kind.waiting.len() >= MAX_WAITING {
            kind.dropped += 1;
            return;
        }
        kind.waiting.push_back((self.next_number, job));
        self.next_number += 1;
    }

    /// The number of jobs that may run now.
    fn startable(&self) -> usize {
        self.kinds.values().map(Kind::startable).sum()
    }

    /// Takes a job that may run now, with the number below which jobs of its kind are obsolete.
    fn take_next(&mut self) -> Option<(u64, Job, Arc<AtomicU64>)> {
        let kinds = self.kinds.values_mut();
        let mut ready = kinds.filter(|kind| kind.startable() > 0);
        let kind = ready.next()?;
        let (number, job) = kind.waiting.pop_front()?;
        kind.running += 1;
        Some((number, job, Arc::clone(&kind.first_valid)))
    }

    /// The number of jobs whose end the program waits for.
    fn unfinished(&self) -> usize {
        let kinds = self.kinds.values();
        kinds.filter(|kind| kind.awaited).map(|kind| kind.waiting.len() + kind.running).sum()
    }
}

impl Kind {
    /// The number of its jobs that may run now.
    fn startable(&self) -> usize {
        let limit = self.waiting.front().map_or(0, |(_, job)| match job.queueing() {
            Queueing::Newest => 1,
            Queueing::All(limit) => limit,
        });
        limit.saturating_sub(self.running).min(self.waiting.len())
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The loop of a thread.
    fn work(&self) {
        let mut queue = self.queue();
        queue.idle -= 1;
        while !queue.closed {
            let Some((number, job, first_valid)) = queue.take_next() else {
                queue.idle += 1;
                let woken = self.changed.wait(queue);
                queue = woken.unwrap_or_else(PoisonError::into_inner);
                queue.idle -= 1;
                continue;
            };
            drop(queue);
            let obsolete = || first_valid.load(Ordering::Acquire) > number;
            let (run, begun) = (|| (self.run)(&job, &obsolete, &self.tell), Instant::now());
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                let subject = job.subject();
                let why = format!("a fault in dateline itself: {subject} failed; try it again");
                self.report_failure(&job, why);
            }
            tracing::debug!("{}: {:?}", job.subject(), begun.elapsed());
            queue = self.queue();
            if let Some(kind) = queue.kinds.get_mut(&discriminant(&job)) {
                kind.running -= 1;
                let dropped = std::mem::take(&mut kind.dropped);
                if dropped > 0 {
                    let count = count_noun(dropped, "dispatch");
                    let why = format!("not done for {count}: {MAX_WAITING} others were waiting");
                    drop(queue);
                    self.report_failure(&job, why);
                    queue = self.queue();
                }
            }
            self.changed.notify_all();
        }
    }

    /// Tells that there will be no result, and why.
    fn report_failure(&self, job: &Job, why: String) {
        if let Some(answer) = job.failed(&why) {
            (self.tell)(answer);
        }
        (self.tell)(Answer::Failure(why));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::filter::{FilterJob, Query, TextSearch};
    use crate::index::{DispatchIndex, EntryId, Snapshot};
    use crate::ingest::{self, InputSource, LoadEvent};
    use crate::jobs::{ExportDispatches, SaveRequest, ViewCommand, WantedQuotes};
    use crate::views::RuleJob;
    use crate::work::run::job_runner;

    fn wire() -> Snapshot {
        let index = Mutex::new(DispatchIndex::default());
        ingest::load(vec![InputSource::BuiltIn], 1, &|event| {
            if let LoadEvent::Segment(segment) = event {
                index.lock().unwrap().add(vec![segment]);
            }
        });
        index.into_inner().unwrap().snapshot()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    fn copy(programs: &[&[&str]]) -> Job {
        Job::Copy {
            programs: programs.iter().map(|program| words(program)).collect(),
            asked: true,
            text: "a quote".to_owned(),
        }
    }

    fn export(snapshot: &Snapshot) -> ExportDispatches {
        ExportDispatches {
            ids: vec![EntryId::FIRST],
            story_statuses: vec![crate::index::StoryStatus::default()],
            clock: None,
            snapshot: snapshot.clone(),
        }
    }

    fn command(snapshot: &Snapshot) -> Job {
        Job::RunViewCommand(ViewCommand {
            view: "floods".to_owned(),
            command: words(&["false"]),
            dispatch: export(snapshot),
        })
    }

    fn filter(snapshot: &Snapshot, generation: u64) -> Job {
        Job::RunFilter(FilterJob { generation, snapshot: snapshot.clone(), ..FilterJob::default() })
    }

    fn texts(snapshot: &Snapshot) -> Job {
        Job::SearchTexts(TextSearch {
            query: Query::parse("text:ferry"),
            snapshot: snapshot.clone(),
            ids: EntryId::FIRST..EntryId::new(snapshot.segments().len(), 0),
            ..TextSearch::default()
        })
    }

    /// A job of each kind, each of which has an answer.
    fn one_of_each(snapshot: &Snapshot) -> Vec<Job> {
        let (id, all) = (EntryId::FIRST, || snapshot.order.to_vec());
        let speakers = |name: Option<&str>| Job::Speakers {
            generation: 1,
            wanted: name.map(|name| WantedQuotes::Speaker(name.to_owned())),
            ids: all(),
            snapshot: snapshot.clone(),
        };
        let export = || export(snapshot);
        let jobs = vec![
            Job::ReadDispatch(id, snapshot.clone()),
            Job::ReadSource(id, "UTF-8", snapshot.clone()),
            Job::CompareVersions(id, id, snapshot.clone()),
            Job::ComputeHealth(all(), snapshot.clone()),
            filter(snapshot, 1),
            texts(snapshot),
            Job::ReadExcerpts(all(), Query::parse("ferry"), snapshot.clone()),
            speakers(None),
            speakers(Some("Nobody")),
            Job::MatchRules(RuleJob::default()),
            command(snapshot),
            Job::ReadDispatches(vec![id], snapshot.clone()),
            Job::RenderForEditor(export()),
            Job::Save(SaveRequest {
                dispatches: export(),
                quotes_only: false,
                format: crate::jobs::FileFormat::Text,
                path: "/nowhere/at/all.txt".into(),
                overwrite: false,
                overwriting_command: String::new(),
            }),
            copy(&[&["false"]]),
            Job::Launch(words(&["false"])),
        ];
        let kinds: HashSet<Discriminant<Job>> = jobs.iter().map(discriminant).collect();
        // One more than the number in this list: a kind is missing above.
        assert_eq!(kinds.len(), 15);
        jobs
    }

    /// Workers and their answers.
    fn start(run: JobRunner) -> (Workers, Receiver<Answer>) {
        let (sender, answers) = channel();
        let tell: AnswerSink = Arc::new(move |answer| drop(sender.send(answer)));
        (Workers::new(run, &tell), answers)
    }

    fn ask(workers: &mut Workers, job: Job) {
        workers.spawn(job);
        workers.start();
    }

    fn is_fault(answer: &Answer) -> bool {
        matches!(answer, Answer::Failure(why) if why.contains("a fault in dateline itself: "))
    }

    #[test]
    fn a_panic_is_told_and_the_next_job_of_the_kind_works() {
        let snapshot = wire();
        let (first, second) = (one_of_each(&snapshot), one_of_each(&snapshot));
        for (job, again) in first.into_iter().zip(second) {
            let kind = job.subject();
            let (inner, broken) = (job_runner(), AtomicBool::new(true));
            let (mut workers, answers) = start(Box::new(move |job, obsolete, tell| {
                assert!(!broken.swap(false, Ordering::AcqRel), "planted");
                inner(job, obsolete, tell);
            }));
            let waited_for = job.failed("").is_some();
            ask(&mut workers, job);
            // Whoever waits is told that there is no result, and the user why.
            if waited_for {
                assert!(!is_fault(&answers.recv().unwrap()), "{kind}");
            }
            assert!(is_fault(&answers.recv().unwrap()), "{kind}");
            ask(&mut workers, again);
            assert!(!is_fault(&answers.recv().unwrap()), "{kind}");
        }
    }

    fn no_thread(_: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        Err(io::Error::other(NO_THREAD))
    }

    #[test]
    fn without_a_thread_each_job_is_told_and_later_ones_work() {
        let snapshot = wire();
        let (mut workers, answers) = start(job_runner());
        let thread = std::mem::replace(&mut workers.start_thread, no_thread);
        for job in one_of_each(&snapshot) {
            let (waited_for, job_name) = (job.failed("").is_some(), job.subject());
            ask(&mut workers, job);
            if waited_for {
                answers.recv().unwrap();
            }
            let told = answers.recv().unwrap();
            assert!(
                matches!(&told, Answer::Failure(why) if why.contains("cannot be started: ")),
                "{}",
                job_name
            );
        }
        assert_eq!(workers.finish(Duration::from_mins(1)), 0);
        workers.start_thread = thread;
        ask(&mut workers, filter(&snapshot, 2));
        assert!(matches!(answers.recv(), Ok(Answer::FilterHits { .. })));
        // One thread is enough for all, if there can be no more.
        workers.start_thread = no_thread;
        for job in one_of_each(&snapshot) {
            ask(&mut workers, job);
            let answer = answers.recv().unwrap();
            assert!(!matches!(answer, Answer::Failure(_)));
        }
    }

    #[test]
    fn a_newer_job_ends_the_one_before() {
        let snapshot = wire();
        let (begun, begins) = channel();
        // Jobs run until they are obsolete, but for the third.
        let (mut workers, answers) = start(Box::new(move |job, obsolete, tell| {
            let Job::RunFilter(job) = job else { return };
            begun.send(job.generation).unwrap();
            while job.generation != 3 && !obsolete() {
                std::thread::yield_now();
            }
            tell(Answer::Notice(job.generation.to_string()));
        }));
        ask(&mut workers, filter(&snapshot, 1));
        assert_eq!(begins.recv(), Ok(1));
        // Taking in a job is enough to end the one before; of those that wait for a frame only the newest starts.
        workers.spawn(filter(&snapshot, 2));
        assert!(matches!(answers.recv(), Ok(Answer::Notice(text)) if text == "1"));
        ask(&mut workers, filter(&snapshot, 3));
        assert!(matches!(answers.recv(), Ok(Answer::Notice(text)) if text == "3"));
        assert_eq!(workers.shared.queue().threads, 1);
    }

    #[test]
    fn threads_are_kept_and_bounded_by_the_kinds() {
        let snapshot = wire();
        let (go_on, gate) = channel::<()>();
        let gate = Mutex::new(gate);
        let (mut workers, answers) = start(Box::new(move |_, _, tell| {
            let _ = gate.lock().unwrap().recv();
            tell(Answer::Notice(String::new()));
        }));
        for _ in 0..3 {
            for job in one_of_each(&snapshot) {
                ask(&mut workers, job);
            }
        }
        // One for each kind, and more for saving and links.
        let threads = workers.shared.queue().threads;
        assert_eq!(threads, 13 + 2 * 3);
        drop(go_on);
        assert_eq!(workers.finish(Duration::from_mins(1)), 0);
        ask(&mut workers, filter(&snapshot, 9));
        assert!(answers.recv().is_ok());
        assert_eq!(workers.shared.queue().threads, threads);
    }

    #[test]
    fn a_burst_of_commands_is_cut_off_with_a_message() {
        let snapshot = wire();
        let (go_on, gate) = channel::<()>();
        let gate = Mutex::new(gate);
        let (mut workers, answers) = start(Box::new(move |_, _, tell| {
            let _ = gate.lock().unwrap().recv();
            tell(Answer::Notice(String::new()));
        }));
        ask(&mut workers, command(&snapshot));
        for _ in 0..MAX_WAITING + 7 {
            ask(&mut workers, command(&snapshot));
        }
        drop(go_on);
        let failed = answers.iter().find_map(|answer| match answer {
            Answer::ViewCommandFailed { fault, .. } => Some(fault),
            _ => None,
        });
        let failed = failed.unwrap();
        // The first may or may not have begun when the burst came.
        assert!(
            failed.starts_with("not done for 7 dispatches: ")
                || failed.starts_with("not done for 8 dispatches: "),
            "{failed}"
        );
    }

    /// A program that saves its input in a file, after some seconds.
    fn keeper(path: &std::path::Path, seconds: &str) -> String {
        format!("sleep {seconds}; cat > '{}'", path.display())
    }

    #[test]
    fn copies_run_one_after_the_other_and_are_waited_for() {
        let name = format!("dateline-copied-{}.txt", std::process::id());
        let path = std::env::temp_dir().join(name);
        let (mut workers, _answers) = start(job_runner());
        for (text, seconds) in [("older", "0.2"), ("newest", "0")] {
            let mut job = copy(&[&["sh", "-c", &keeper(&path, seconds)]]);
            if let Job::Copy { text: copied, .. } = &mut job {
                text.clone_into(copied);
            }
            ask(&mut workers, job);
        }
        assert_eq!(workers.finish(Duration::from_mins(1)), 0);
        let copied = std::fs::read_to_string(&path);
        assert_eq!(copied.ok().as_deref(), Some("newest"));
        let _ = std::fs::remove_file(path);
    }

    #[test]
    fn a_job_that_does_not_end_is_not_waited_for_long() {
        let (mut workers, answers) = start(job_runner());
        let sleeper = words(&["sleep", "5"]);
        ask(&mut workers, Job::Launch(sleeper));
        assert_eq!(workers.finish(Duration::ZERO), 0);
        ask(&mut workers, copy(&[&["sleep", "5"]]));
        assert_eq!(workers.finish(Duration::ZERO), 1);
        assert!(answers.try_recv().is_err());
    }
}
