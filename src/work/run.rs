//! Runs a background job and answers it: one arm for each kind.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::dispatch::InputProblem;
use crate::filter::{FilterJob, TextSearch};
use crate::index::{EntryId, Snapshot};
use crate::ingest::DispatchReader;
use crate::jobs::{Answer, Job};
use crate::log;
use crate::work::dispatches::{
    compare_versions, open_dispatch, open_source, read_texts, render_texts, source_health,
};
use crate::work::programs::{copy_to_program, launch_program, run_view_command};
use crate::work::save::save_dispatches;
use crate::work::search::{
    FilterCache, FilterStep, SpeakerProgress, apply_rules, collect_speakers, find_quote,
    run_filter_job,
};
use crate::work::text_tier::{TextStep, TextTierCache, TextsFound, read_excerpts, search_texts};
use crate::work::workers::{AnswerSink, JobRunner};

/// What [`crate::work::Workers`] do with a job. Keeps what makes the next one faster.
#[must_use]
pub fn job_runner() -> JobRunner {
    let caches = Caches::default();
    Box::new(move |job, obsolete, tell| run_job(job, &caches, obsolete, tell))
}

/// What is kept between jobs.
#[derive(Default)]
struct Caches {
    filter: Mutex<FilterCache>,
    texts: Mutex<TextTierCache>,
    reader: Mutex<DispatchReader>,
}

/// Locks a cache. A panic may have left half a result in it: then it is emptied.
fn lock<T: Default>(cache: &Mutex<T>) -> MutexGuard<'_, T> {
    cache.lock().unwrap_or_else(|poisoned| {
        cache.clear_poison();
        let mut inner = PoisonError::into_inner(poisoned);
        *inner = T::default();
        inner
    })
}

fn run_job(job: &Job, caches: &Caches, obsolete: &(dyn Fn() -> bool + Sync), tell: &AnswerSink) {
    let answer = match job {
        Job::ReadDispatch(id, snapshot) => {
            let opened = open_dispatch(*id, snapshot, &mut lock(&caches.reader));
            Answer::DispatchRead(*id, opened)
        }
        Job::ReadSource(id, encoding, snapshot) => {
            Answer::SourceRead(*id, open_source(*id, encoding, snapshot))
        }
        Job::CompareVersions(newer, older, snapshot) => {
            let compared = compare_versions(*newer, *older, snapshot);
            Answer::VersionsCompared(*newer, *older, compared)
        }
        Job::ComputeHealth(ids, snapshot) => {
            Answer::Health(Some(source_health(snapshot, ids, None)))
        }
        Job::RunFilter(job) => return run_filter(job, &caches.filter, obsolete, tell),
        Job::SearchTexts(job) => return run_text_search(job, &caches.texts, obsolete, tell),
        Job::ReadExcerpts(ids, query, snapshot) => {
            Answer::ExcerptsRead(read_excerpts(snapshot, ids, query))
        }
        &Job::Speakers { generation, ref wanted, ref ids, ref snapshot } => match wanted {
            Some(wanted) => {
                let mut report = |problem| report(problem, tell);
                let id = find_quote(snapshot, ids, wanted, obsolete, &mut report);
                Answer::QuoteFound { generation, id }
            }
            None => return count_speakers(generation, (ids, snapshot), obsolete, tell),
        },
        Job::MatchRules(job) => {
            Answer::rules_matched(job, apply_rules(job, &mut |problem| report(problem, tell)))
        }
        Job::RunViewCommand(wanted) => match run_view_command(wanted) {
            Ok(()) => match wanted.dispatch.ids[..] {
                [id, ..] => Answer::ViewCommandDone { view: wanted.view.clone(), id },
                [] => return,
            },
            Err(fault) => Answer::ViewCommandFailed { view: wanted.view.clone(), fault },
        },
        Job::ReadDispatches(ids, snapshot) => {
            Answer::DispatchesRead(read_texts(ids, snapshot), ids.len())
        }
        Job::RenderForEditor(wanted) => {
            let (text, ids, lost) = render_texts(wanted);
            Answer::EditorTextReady { text, ids, lost }
        }
        Job::Save(wanted) => {
            let name = wanted.path.file_name().unwrap_or(wanted.path.as_os_str());
            match save_dispatches(wanted, obsolete) {
                Ok((ids, said)) => {
                    Answer::DispatchesSaved { ids, name: name.to_string_lossy().into_owned(), said }
                }
                Err(why) => Answer::Notice(failed(why)),
            }
        }
        Job::Copy { programs, asked, text } => match copy_to_program(programs, text) {
            Err(why) if *asked => Answer::Notice(failed(why)),
            _ => return,
        },
        Job::Launch(command) => match launch_program(command) {
            Ok(()) => return,
            Err(why) => Answer::Notice(failed(why)),
        },
    };
    tell(answer);
}

/// Logs why a job failed that answers with nothing else.
fn failed(why: String) -> String {
    log::shown(&why);
    why
}

fn report(problem: InputProblem, tell: &AnswerSink) {
    tell(Answer::Problem(problem));
}

fn run_filter(
    job: &FilterJob,
    cache: &Mutex<FilterCache>,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &AnswerSink,
) {
    let answer = |hits, progress| {
        tell(Answer::FilterHits { generation: job.generation, hits, progress });
    };
    let hits = run_filter_job(job, &mut lock(cache), obsolete, &mut |step| match step {
        FilterStep::Hits { hits, looked, open } => answer(hits, Some((looked, open))),
        FilterStep::Problem(problem) => report(problem, tell),
    });
    if let Some(hits) = hits {
        answer(hits, None);
    }
}

fn run_text_search(
    job: &TextSearch,
    cache: &Mutex<TextTierCache>,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &AnswerSink,
) {
    // A job without a query only ends the one before.
    if job.query.is_empty() {
        return;
    }
    let generation = job.generation;
    let answer = |TextsFound { ids, excerpts, .. }, progress| {
        tell(Answer::TextsFound { generation, ids, excerpts, progress });
    };
    let last = search_texts(job, &mut lock(cache), obsolete, &mut |step| match step {
        TextStep::Found(found) => {
            let progress = found.progress;
            answer(found, Some(progress));
        }
        TextStep::Problem(problem) => report(problem, tell),
    });
    if let Some(last) = last {
        answer(last, None);
    }
}

fn count_speakers(
    generation: u64,
    (ids, snapshot): (&[EntryId], &Snapshot),
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &AnswerSink,
) {
    let answer = |rows, progress| {
        tell(Answer::SpeakersCounted { generation, rows, progress });
    };
    let tally = collect_speakers(snapshot, ids, true, obsolete, &mut |step| match step {
        SpeakerProgress::Read(count, rows) => answer(rows, Some((count, ids.len()))),
        SpeakerProgress::Problem(problem) => report(problem, tell),
    });
    if !obsolete() {
        answer(tally.map(|tally| tally.rows()), None);
    }
}
