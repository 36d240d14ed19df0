//! Jobs that read the texts of many dispatches: filters, quote counts, speakers, and the rules of views and mutes.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::dispatch::InputProblem;
use crate::filter::{
    CandidateRows, FilterJob, Hits, Query, QueryContext, RawQuery, RawText, RunRequest, Sort,
    SortOrder, ordered_ids, run_request, sort_hits,
};
use crate::index::{EntryId, EntrySet, Snapshot};
use crate::ingest::{Judge, LoadEvent, RawItem, VisitBatch, visit, visit_each};
use crate::marks::MarkSets;
use crate::quotes::Quote;
use crate::speakers::{DispatchStatements, SpeakerSummary, SpeakerTally, is_same_speaker};
use crate::views::{MatchedEntries, RuleJob, RuleMatch, Rules, UndecidedEntries};
use crate::work::workers::{Answer, AnswerSink, find_quotes, recv_newest};

/// Shortest time between two batches of hits in texts, as a multiple of what a batch costs, and at least.
const BATCH_COST_FACTOR: u32 = 12;

const MIN_BATCH_INTERVAL: Duration = Duration::from_millis(60);

/// What a filter job tells while it runs.
#[derive(Debug)]
pub enum FilterStep {
    /// Hits so far. `looked` of `undecided` texts have been looked at.
    Hits {
        hits: Hits,
        looked: usize,
        open: usize,
    },
    Problem(InputProblem),
}

/// What earlier jobs have found out, for the next one.
#[derive(Debug, Default)]
pub struct FilterCache {
    previous: Option<CandidateRows>,
    counts: QuoteCounts,
}

/// Runs a job: `None` where it became obsolete. What it has found out takes the place of what is remembered.
pub fn run_filter_job(
    job: &FilterJob,
    memory: &mut FilterCache,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(FilterStep),
) -> Option<Hits> {
    let mut hits = find_hits(job, &mut memory.previous, obsolete, tell)?;
    if let SortOrder::Sorted(sort) = job.order
        && sort.needs_quote_counts()
    {
        sort_by_quotes(job, sort, &mut hits, &mut memory.counts, obsolete, tell)?;
    }
    Some(hits)
}

/// Sorts hits by the number of their quotes, for which their texts are read.
fn sort_by_quotes(
    job: &FilterJob,
    sort: Sort,
    hits: &mut Hits,
    counts: &mut QuoteCounts,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(FilterStep),
) -> Option<()> {
    let snapshot = &job.snapshot;
    let close = hits.ids.split_off(hits.exact_count);
    let so_far = hits.clone();
    counts.count(snapshot, &hits.ids, obsolete, &mut |looked, problems| {
        for problem in problems {
            tell(FilterStep::Problem(problem));
        }
        tell(hits_step(so_far.clone(), looked, so_far.ids.len()));
    })?;
    let mut request = job.request(obsolete);
    request.order = SortOrder::Sorted(sort);
    hits.ids = ordered_ids(snapshot, &EntrySet::from_ids(snapshot, &hits.ids));
    sort_hits(&request, &|id| counts.get(id), &mut hits.ids);
    hits.ids.extend(close);
    Some(())
}

fn find_hits(
    job: &FilterJob,
    previous: &mut Option<CandidateRows>,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(FilterStep),
) -> Option<Hits> {
    let before = previous.take();
    let (snapshot, query) = (&job.snapshot, &job.query);
    let mut request = job.request(obsolete);
    request.previous = before.as_ref();
    let view = request.view;
    let bodies = query.needs_body();
    let Some((hits, kept)) = run_request(&request, &mut |hits| tell(hits_step(hits, 0, 0))) else {
        *previous = before;
        return None;
    };
    *previous = Some(kept);
    if !bodies || hits.undecided.is_empty() {
        return Some(hits);
    }
    let raw_query = query.raw();
    let judge = || -> Judge<'_> {
        // Threads that share a regular expression wait for each other: each gets a copy.
        let raw_query = raw_query.clone();
        Box::new(move |raw| {
            let by_bytes = raw.bytes.and_then(|bytes| {
                let text = RawText {
                    entry: raw.entry,
                    bytes,
                    plain: raw.is_plain(),
                };
                raw_query.evaluate(&text, &view)
            });
            by_bytes.or_else(|| Some(query.matches_dispatch(raw.entry, &*raw.dispatch()?, &view)))
        })
    };
    let (open, mut found) = (hits.undecided, hits.ids);
    let (mut looked, mut whole) = (0, true);
    let mut next: Option<Instant> = None;
    let mut unread = Vec::new();
    visit_each(snapshot, &open, &judge, &mut |part: VisitBatch| {
        looked += part.count;
        found.extend(part.found);
        unread.extend(part.unread);
        for problem in part.problems {
            tell(FilterStep::Problem(problem));
        }
        // The first as soon as there is something to see.
        let now = Instant::now();
        if next.map_or(!found.is_empty(), |at| now >= at) && looked < open.len() {
            tell(hits_step(
                hits_in_order(snapshot, &found),
                looked,
                open.len(),
            ));
            let told = Instant::now();
            next = Some(told + MIN_BATCH_INTERVAL.max((told - now) * BATCH_COST_FACTOR));
        }
        whole = !obsolete();
        whole
    });
    if !whole {
        return None;
    }
    if let Some(kept) = previous {
        // A longer query keeps none of the others: their texts have been looked at. What could not be read now may be
        // read then.
        unread.extend(&found);
        kept.restrict(snapshot, &unread);
    }
    let mut hits = hits_in_order(snapshot, &found);
    sort_hits(&job.request(obsolete), &|_| 0, &mut hits.ids);
    Some(hits)
}

fn hits_step(hits: Hits, looked: usize, open: usize) -> FilterStep {
    FilterStep::Hits { hits, looked, open }
}

/// Hits that stand as the desk has them.
fn hits_in_order(snapshot: &Snapshot, found: &[EntryId]) -> Hits {
    let ids = ordered_ids(snapshot, &EntrySet::from_ids(snapshot, found));
    Hits {
        exact_count: ids.len(),
        ids,
        undecided: Vec::new(),
    }
}

// How many quotes dispatches have: found out by reading them, and remembered.

/// Shortest time between two reports.
const COUNT_REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// The number of statements of entries, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct QuoteCounts(HashMap<EntryId, u32>);

impl QuoteCounts {
    /// The number of an entry's statements; 0 where it has not been counted.
    pub(super) fn get(&self, id: EntryId) -> u32 {
        self.0.get(&id).copied().unwrap_or(0)
    }

    /// Counts those of all that have not been counted. `tell` is told of how many that is known, and what could not be
    /// read; `None` where it became obsolete.
    pub(super) fn count(
        &mut self,
        snapshot: &Snapshot,
        ids: &[EntryId],
        obsolete: &dyn Fn() -> bool,
        tell: &mut dyn FnMut(usize, Vec<InputProblem>),
    ) -> Option<()> {
        let unknown = |id: &EntryId| !self.0.contains_key(id);
        let open: Vec<EntryId> = ids.iter().copied().filter(unknown).collect();
        let mut looked = ids.len() - open.len();
        let counted = Mutex::new(Vec::new());
        let count = |raw: &RawItem<'_>| {
            let quotes = raw.dispatch().map_or(0, |dispatch| {
                let quotes = find_quotes(&mut dispatch.into_owned());
                let statements = quotes.iter().filter(|quote| Quote::is_statement(quote));
                u32::try_from(statements.count()).unwrap_or(u32::MAX)
            });
            if let Ok(mut counted) = counted.lock() {
                counted.push((raw.id, quotes));
            }
            false
        };
        let (mut whole, mut told) = (true, Instant::now());
        visit(snapshot, &open, &count, &mut |part| {
            looked += part.count;
            if told.elapsed() > COUNT_REPORT_INTERVAL || !part.problems.is_empty() {
                tell(looked, part.problems);
                told = Instant::now();
            }
            whole = !obsolete();
            whole
        });
        self.0.extend(counted.into_inner().unwrap_or_default());
        whole.then_some(())
    }
}

// The jobs of the speakers: who speaks in a list of dispatches, and the next dispatch in which one of them does.

/// Shortest time between two batches of rows.
const SPEAKER_REPORT_INTERVAL: Duration = Duration::from_millis(80);

/// Dispatches that are looked through at first for a speaker; each time twice as many follow.
const FIRST_CHUNK: usize = 32;

const MAX_CHUNK: usize = 8192;

/// What is asked about speakers, of dispatches in the order of the list.
#[derive(Debug)]
pub enum SpeakerRequest {
    /// All of them. Of no dispatches: ends the job that runs.
    Speakers(Vec<EntryId>),
    /// The first dispatch in which one of them speaks.
    Find(String, Vec<EntryId>),
}

/// What the job of the speakers tells while it runs.
#[derive(Debug)]
pub enum SpeakerProgress {
    /// How many dispatches have been read; rows so far, where it is time for some.
    Read(usize, Option<Vec<SpeakerSummary>>),
    Problem(InputProblem),
}

/// Finds who speaks in some dispatches: `None` where that became obsolete. Rows are told on the way where `rows` asks
/// for them.
pub fn collect_speakers(
    snapshot: &Snapshot,
    ids: &[EntryId],
    rows: bool,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(SpeakerProgress),
) -> Option<Vec<SpeakerSummary>> {
    let heard = Mutex::new(Vec::new());
    let listen = |raw: &RawItem<'_>| {
        if let Some(mut dispatch) = raw.dispatch().filter(|_| !obsolete()) {
            let quotes = find_quotes(dispatch.to_mut());
            if let Ok(mut heard) = heard.lock() {
                heard.push(DispatchStatements::new(&dispatch, &quotes));
            }
        }
        false
    };
    let mut tally = SpeakerTally::default();
    let (mut looked, mut due, mut whole) = (0, Instant::now() + SPEAKER_REPORT_INTERVAL, true);
    visit(snapshot, ids, &listen, &mut |part: VisitBatch| {
        looked += part.count;
        let new = heard.lock().map(|mut heard| std::mem::take(&mut *heard));
        new.unwrap_or_default()
            .into_iter()
            .for_each(|heard| tally.add(heard));
        for problem in part.problems {
            tell(SpeakerProgress::Problem(problem));
        }
        let now = Instant::now();
        if now >= due && looked < ids.len() {
            tell(SpeakerProgress::Read(looked, rows.then(|| tally.rows())));
            // Rows of very many speakers are made less often: they must not hold the work up.
            due = now + SPEAKER_REPORT_INTERVAL.max(now.elapsed() * 10);
        }
        whole = !obsolete();
        whole
    });
    whole.then(|| tally.rows())
}

/// The first of some dispatches in which somebody of a name makes a statement; `None` where there is none, or where
/// that became obsolete.
pub fn find_speaker(
    snapshot: &Snapshot,
    ids: &[EntryId],
    name: &str,
    obsolete: &(dyn Fn() -> bool + Sync),
) -> Option<EntryId> {
    // The last name must stand in the bytes; that is a cheap question.
    let last = name.split_whitespace().last().unwrap_or(name);
    let plain = last.chars().all(char::is_alphanumeric);
    let query = Query::parse(&format!("body:'{}", last.to_lowercase()));
    let (words, request) = (query.raw(), RunRequest::new(snapshot, &query, obsolete));
    let speaks = |raw: &RawItem<'_>| {
        let silent = raw.bytes.is_some_and(|bytes| {
            let text = RawText {
                entry: raw.entry,
                bytes,
                plain: raw.is_plain(),
            };
            plain && words.evaluate(&text, &request.view) == Some(false)
        });
        if obsolete() || silent {
            return false;
        }
        let dispatch = raw.dispatch();
        dispatch.is_some_and(|mut dispatch| {
            let quotes = find_quotes(dispatch.to_mut());
            quotes.iter().any(|quote| {
                quote.is_statement()
                    && quote
                        .speaker
                        .as_deref()
                        .is_some_and(|s| is_same_speaker(s, name))
            })
        })
    };
    let (mut rest, mut count) = (ids, FIRST_CHUNK);
    while !rest.is_empty() {
        let (part, after) = rest.split_at(count.min(rest.len()));
        let mut found = Vec::new();
        visit(snapshot, part, &speaks, &mut |part: VisitBatch| {
            found.extend(part.found);
            !obsolete()
        });
        if obsolete() {
            return None;
        }
        if let Some(&first) = part.iter().find(|id| found.contains(id)) {
            return Some(first);
        }
        (rest, count) = (after, (count * 2).min(MAX_CHUNK));
    }
    None
}

/// Does what is asked, the newest question only.
pub(super) fn speaker_loop(
    jobs: &Receiver<(u64, SpeakerRequest, Snapshot)>,
    newest_of: &AtomicU64,
    tell: &AnswerSink,
) {
    while let Some((generation, ask, snapshot)) = recv_newest(jobs) {
        let obsolete = || newest_of.load(Ordering::Acquire) != generation;
        let run = || match &ask {
            SpeakerRequest::Find(name, ids) => {
                let id = find_speaker(&snapshot, ids, name, &obsolete);
                tell(Answer::SpeakerFound { generation, id });
            }
            SpeakerRequest::Speakers(ids) => {
                let answer = |rows, progress| {
                    tell(Answer::Speakers {
                        generation,
                        rows,
                        progress,
                    });
                };
                let rows =
                    collect_speakers(&snapshot, ids, true, &obsolete, &mut |told| match told {
                        SpeakerProgress::Read(count, rows) => {
                            answer(rows, Some((count, ids.len())));
                        }
                        SpeakerProgress::Problem(problem) => {
                            tell(Answer::Load(LoadEvent::Problem(problem)));
                        }
                    });
                if !obsolete() {
                    answer(rows, None);
                }
            }
        };
        if catch_unwind(AssertUnwindSafe(run)).is_err() && !obsolete() {
            // A fault must not leave the view waiting.
            tell(Answer::SpeakerFound {
                generation,
                id: None,
            });
            tell(Answer::Speakers {
                generation,
                rows: None,
                progress: None,
            });
        }
    }
}

// What saved views and mutes keep of the entries that only their texts can decide.

/// One rule, ready to look at raw bytes.
struct PreparedRule<'a> {
    part: &'a UndecidedEntries,
    raw: RawQuery,
    open: MatchedEntries,
}

/// Does a job: every entry is read once, whatever the number of rules that leave it open. What is found is in the order
/// of the entries.
pub fn apply_rules(job: &RuleJob, tell: &mut dyn FnMut(InputProblem)) -> Vec<RuleMatch> {
    let ready: Vec<PreparedRule<'_>> = job.undecided.iter().map(PreparedRule::new).collect();
    let mut all = MatchedEntries::default();
    for part in &job.undecided {
        part.entries.iter().for_each(|&id| {
            all.insert(id);
        });
    }
    let ids: Vec<_> = all.iter().collect();
    let view = filter_view(&job.snapshot, &job.marks);
    let found = Mutex::new(Vec::new());
    let passes = |raw: &RawItem<'_>| {
        let dispatch = OnceCell::new();
        let keeps = |ready: &&PreparedRule<'_>| {
            ready.open.contains(raw.id)
                && ready.judge_bytes(raw, &view).unwrap_or_else(|| {
                    let dispatch = dispatch.get_or_init(|| raw.dispatch());
                    let judge = |d| ready.part.query.matches_dispatch(raw.entry, d, &view);
                    dispatch.as_deref().is_some_and(judge)
                })
        };
        let kept: Vec<RuleMatch> = ready
            .iter()
            .filter(keeps)
            .map(|ready| RuleMatch {
                id: raw.id,
                rule: ready.part.rule,
            })
            .collect();
        if let Ok(mut found) = found.lock() {
            found.extend(kept);
        }
        false
    };
    visit(&job.snapshot, &ids, &passes, &mut |part: VisitBatch| {
        part.problems.into_iter().for_each(&mut *tell);
        true
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_unstable();
    found
}

/// Does every job; jobs that wait are done together, so that a burst of arrivals is one.
pub(super) fn rules_loop(jobs: &Receiver<RuleJob>, tell: &AnswerSink) {
    while let Ok(first) = jobs.recv() {
        let mut all = vec![first];
        for job in jobs.try_iter() {
            match all.last_mut() {
                Some(last) if last.is_arrival == job.is_arrival => last.append(job),
                _ => all.push(job),
            }
        }
        for job in all {
            let problem = |problem| tell(Answer::Load(LoadEvent::Problem(problem)));
            let run = catch_unwind(AssertUnwindSafe(|| apply_rules(&job, &mut |p| problem(p))));
            let found = run.unwrap_or_else(|_| {
                let message =
                    "a fault in dateline itself: not all that views keep by their texts was found";
                problem(InputProblem::unreadable("", message));
                Vec::new()
            });
            let done = job
                .undecided
                .iter()
                .map(|part| (part.rule, part.entries.len()));
            tell(Answer::Judged {
                found,
                done: done.collect(),
                fresh: job.is_arrival,
            });
        }
    }
}

/// Which entries of a snapshot, from that one on, which queries keep: texts are read where a query asks for them.
/// The rules of what is found are the places of the queries. For those who follow a wire without a screen.
pub fn match_queries(
    queries: &[Query],
    snapshot: &Snapshot,
    from: EntryId,
    tell: &mut dyn FnMut(InputProblem),
) -> Vec<RuleMatch> {
    let marks = MarkSets::default();
    let rules = Rules::from_queries(queries.iter().cloned());
    let (mut found, parts) = rules.evaluate(snapshot, from, &filter_view(snapshot, &marks));
    if !parts.is_empty() {
        let job = RuleJob {
            snapshot: snapshot.clone(),
            undecided: parts,
            ..RuleJob::default()
        };
        found.extend(apply_rules(&job, tell));
    }
    found.sort_unstable();
    found
}

/// Ages (`newer:2h`) count back from the newest entry at hand.
fn filter_view<'a>(snapshot: &Snapshot, marks: &'a MarkSets) -> QueryContext<'a> {
    let newest = snapshot.segments().iter().filter_map(|s| s.newest()).max();
    QueryContext {
        now: newest.map_or(0, |newest| newest.stamp.seconds),
        marks,
    }
}

impl<'a> PreparedRule<'a> {
    fn new(part: &'a UndecidedEntries) -> Self {
        let mut open = MatchedEntries::default();
        part.entries.iter().for_each(|&id| {
            open.insert(id);
        });
        Self {
            part,
            raw: part.query.raw(),
            open,
        }
    }

    /// What the bytes say, where they are its own.
    fn judge_bytes(&self, raw: &RawItem<'_>, view: &QueryContext<'_>) -> Option<bool> {
        let text = RawText {
            entry: raw.entry,
            bytes: raw.bytes?,
            plain: raw.is_plain(),
        };
        self.raw.evaluate(&text, view)
    }
}
