//! Jobs that read the texts of many dispatches: filters, quote counts, speakers, and the rules of views and mutes.
//!
//! A job takes a snapshot, calls `tell` with partial results, and ends early with `None` once `obsolete` returns true.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::dispatch::{InputProblem, Status};
use crate::filter::{
    Arrivals, CandidateRows, FilterJob, Hits, Query, QueryContext, RawQuery, RawText, RunRequest,
    Sort, SortOrder, merge_hits, ordered_ids, run_request, sort_hits,
};
use crate::index::{EntryId, EntrySet, Snapshot};
use crate::ingest::{Judge, RawItem, VisitBatch, visit, visit_each};
use crate::jobs::WantedQuotes;
use crate::marks::MarkSets;
use crate::quotes::Quote;
use crate::speakers::{DispatchStatements, SpeakerSummary, SpeakerTally, is_same_speaker};
use crate::views::{MatchedEntries, RuleJob, RuleMatch, Rules, UndecidedEntries};
use crate::work::dispatches::find_quotes;
use crate::work::text_verdicts::TextVerdicts;

/// Minimum time between two batches of hits in texts, as a multiple of the time that a batch takes to prepare: batches
/// may cost less than a tenth of the job.
const BATCH_COST_FACTOR: u32 = 12;

/// Minimum time between two batches, however cheap they are: the list is not redrawn more often.
pub(super) const MIN_BATCH_INTERVAL: Duration = Duration::from_millis(60);

/// Progress of a filter job.
#[derive(Debug)]
pub enum FilterStep {
    /// Hits so far.
    Hits {
        hits: Hits,
        /// Number of texts searched.
        looked: usize,
        /// Number of texts to search in all.
        open: usize,
    },
    /// A dispatch could not be read.
    Problem(InputProblem),
}

/// Results of earlier jobs that make the next one faster.
#[derive(Debug, Default)]
pub struct FilterCache {
    /// Rows that a longer query can still match: while a query is typed, each letter searches fewer rows.
    previous: Option<CandidateRows>,
    verdicts: TextVerdicts,
    counts: QuoteCounts,
}

/// Runs a filter job and updates the cache. Returns the final hits, or `None` if the job became obsolete.
pub fn run_filter_job(
    job: &FilterJob,
    memory: &mut FilterCache,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(FilterStep),
) -> Option<Hits> {
    let mut hits = find_hits(job, memory, obsolete, tell)?;
    if let SortOrder::Sorted(sort) = job.order
        && sort.needs_quote_counts()
    {
        sort_by_quotes(job, sort, &mut hits, &mut memory.counts, obsolete, tell)?;
    }
    Some(hits)
}

/// Sorts exact hits by their number of quotes, which requires reading their texts. `None` if the job became obsolete.
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

/// The hits of a job, in the requested order except for quote counts.
fn find_hits(
    job: &FilterJob,
    memory: &mut FilterCache,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(FilterStep),
) -> Option<Hits> {
    memory.verdicts.prepare(&job.query);
    if let Some(Arrivals { before, .. }) = &job.arrivals {
        // The hits so far are those of the arrivals alone: nothing to show.
        let mut tell_problems = |step| {
            if let FilterStep::Problem(_) = step {
                tell(step);
            }
        };
        let cache = (&mut None, &mut memory.verdicts);
        let new = judge_hits(job, cache, obsolete, &mut tell_problems)?;
        let before = &before.ids[..before.exact_count];
        return Some(Hits::exact(merge_hits(&job.request(obsolete), before, new.ids)));
    }
    judge_hits(job, (&mut memory.previous, &mut memory.verdicts), obsolete, tell)
}

/// The hits of a job among the entries that it looks at. First all rows are matched by their entries; those that only
/// their texts can decide are then read, by raw bytes if possible, and parsed otherwise.
fn judge_hits(
    job: &FilterJob,
    (previous, verdicts): (&mut Option<CandidateRows>, &mut TextVerdicts),
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(FilterStep),
) -> Option<Hits> {
    let before = previous.take();
    let (snapshot, query) = (&job.snapshot, &job.query);
    let mut request = job.request(obsolete);
    request.previous = before.as_ref();
    let view = request.view;
    let bodies = query.needs_body();
    let Some((hits, candidates)) = run_request(&request, &mut |hits| tell(hits_step(hits, 0, 0)))
    else {
        *previous = before;
        return None;
    };
    *previous = Some(candidates);
    if !bodies || hits.undecided.is_empty() {
        return Some(hits);
    }
    let judge = text_judge(query, view);
    let (known, open) =
        if job.is_rerun { verdicts.split(&hits.undecided) } else { (Vec::new(), hits.undecided) };
    let mut found = hits.ids;
    found.extend(known);
    let certain = found.len();
    let (mut looked, mut complete) = (0, true);
    let mut next: Option<Instant> = None;
    let mut unread = Vec::new();
    visit_each(snapshot, &open, (&judge, obsolete), &mut |part: VisitBatch| {
        looked += part.count;
        found.extend(part.found);
        unread.extend(part.unread);
        for problem in part.problems {
            tell(FilterStep::Problem(problem));
        }
        // The first batch is sent as soon as there is a hit.
        let now = Instant::now();
        if next.map_or(!found.is_empty(), |at| now >= at) && looked < open.len() {
            tell(hits_step(hits_in_order(snapshot, &found), looked, open.len()));
            let sent = Instant::now();
            next = Some(sent + MIN_BATCH_INTERVAL.max((sent - now) * BATCH_COST_FACTOR));
        }
        complete = !obsolete();
        complete
    });
    if !complete {
        return None;
    }
    verdicts.store(&open, &found[certain..], &unread);
    if let Some(candidates) = previous {
        // A longer query can match none of the other rows, whose texts have been searched. Unreadable ones remain
        // candidates, since they may be readable next time.
        unread.extend(&found);
        candidates.restrict(snapshot, &unread);
    }
    let mut hits = hits_in_order(snapshot, &found);
    sort_hits(&job.request(obsolete), &|_| 0, &mut hits.ids);
    Some(hits)
}

/// Makes the judges of a query, one for each thread: they decide by raw bytes if possible, else by the dispatch.
pub(super) fn text_judge<'q>(
    query: &'q Query,
    view: QueryContext<'q>,
) -> impl Fn() -> Judge<'q> + Sync {
    let raw_query = query.raw();
    move || {
        // Threads that share a regular expression wait for each other: each gets a copy.
        let raw_query = raw_query.clone();
        Box::new(move |raw| {
            let by_bytes = raw.bytes.and_then(|bytes| {
                let text = RawText { entry: raw.entry, bytes, plain: raw.is_plain() };
                raw_query.evaluate(&text, &view)
            });
            by_bytes.or_else(|| Some(query.matches_dispatch(raw.entry, &*raw.dispatch()?, &view)))
        })
    }
}

fn hits_step(hits: Hits, looked: usize, open: usize) -> FilterStep {
    FilterStep::Hits { hits, looked, open }
}

/// Hits in the order of the index.
fn hits_in_order(snapshot: &Snapshot, found: &[EntryId]) -> Hits {
    Hits::exact(ordered_ids(snapshot, &EntrySet::from_ids(snapshot, found)))
}

// Quote counts.

/// Minimum time between two progress reports.
const COUNT_REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// Number of quoted statements by entry, for entries counted so far.
#[derive(Debug, Default)]
pub(super) struct QuoteCounts(HashMap<EntryId, u32>);

impl QuoteCounts {
    /// The number of an entry's statements; 0 if it has not been counted.
    pub(super) fn get(&self, id: EntryId) -> u32 {
        self.0.get(&id).copied().unwrap_or(0)
    }

    /// Counts the entries that have not been counted yet. `tell` gets the number of counted entries among `ids`, and
    /// problems. `None` if the job became obsolete; counts made until then are kept.
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
        let (mut complete, mut last_report) = (true, Instant::now());
        visit(snapshot, &open, &count, &mut |part| {
            looked += part.count;
            if last_report.elapsed() > COUNT_REPORT_INTERVAL || !part.problems.is_empty() {
                tell(looked, part.problems);
                last_report = Instant::now();
            }
            complete = !obsolete();
            complete
        });
        self.0.extend(counted.into_inner().unwrap_or_default());
        complete.then_some(())
    }
}

// Speakers.

/// Minimum time between two batches of rows.
const SPEAKER_REPORT_INTERVAL: Duration = Duration::from_millis(80);

/// Number of dispatches in the first chunk searched for a quote. Small, since the next quote is often near; each
/// further chunk is twice as long, so that a long search uses all threads.
const FIRST_CHUNK: usize = 32;

/// Maximum length of a chunk: all of it is read, even if an early dispatch matches.
const MAX_CHUNK: usize = 8192;

/// Progress of a speaker job.
#[derive(Debug)]
pub enum SpeakerProgress {
    /// The number of dispatches read, and the rows so far if they were requested.
    Read(usize, Option<Vec<SpeakerSummary>>),
    Problem(InputProblem),
}

/// Counts the speakers of some dispatches; `None` if the job became obsolete. With `rows`, progress includes the rows so
/// far.
pub fn collect_speakers(
    snapshot: &Snapshot,
    ids: &[EntryId],
    rows: bool,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(SpeakerProgress),
) -> Option<SpeakerTally> {
    let heard = Mutex::new(Vec::new());
    let listen = |raw: &RawItem<'_>| {
        if let Some(mut dispatch) = raw.dispatch().filter(|_| !obsolete()) {
            let quotes = find_quotes(dispatch.to_mut());
            let mut statements = DispatchStatements::new(&dispatch, &quotes);
            statements.is_killed = raw.entry.current_status() == Status::Canceled;
            if let Ok(mut heard) = heard.lock() {
                heard.push(statements);
            }
        }
        false
    };
    let mut tally = SpeakerTally::default();
    let (mut looked, mut due, mut complete) = (0, Instant::now() + SPEAKER_REPORT_INTERVAL, true);
    visit(snapshot, ids, &listen, &mut |part: VisitBatch| {
        looked += part.count;
        let new = heard.lock().map(|mut heard| std::mem::take(&mut *heard));
        new.unwrap_or_default().into_iter().for_each(|heard| tally.add(heard));
        for problem in part.problems {
            tell(SpeakerProgress::Problem(problem));
        }
        let now = Instant::now();
        if now >= due && looked < ids.len() {
            tell(SpeakerProgress::Read(looked, rows.then(|| tally.rows())));
            // With very many speakers, building the rows takes long: then it is done less often.
            due = now + SPEAKER_REPORT_INTERVAL.max(now.elapsed() * 10);
        }
        complete = !obsolete();
        complete
    });
    complete.then_some(tally)
}

/// The first of some dispatches with a quote that is looked for; `None` if there is none, or if the job became
/// obsolete. `tell` gets a problem for each reason why dispatches could not be read.
pub fn find_quote(
    snapshot: &Snapshot,
    ids: &[EntryId],
    wanted: &WantedQuotes,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(InputProblem),
) -> Option<EntryId> {
    let has_wanted = |raw: &RawItem<'_>| {
        raw.dispatch().is_some_and(|mut dispatch| {
            let quotes = find_quotes(dispatch.to_mut());
            match wanted {
                WantedQuotes::Speaker(name) => quotes.iter().any(|quote| {
                    quote.is_statement()
                        && quote.speaker.as_deref().is_some_and(|s| is_same_speaker(s, name))
                }),
                WantedQuotes::Fitting(terms) => {
                    !terms.fitting(raw.entry, &dispatch, &quotes).is_empty()
                }
            }
        })
    };
    let words = word_of_quotes(wanted);
    let (raw_words, request) = (words.raw(), RunRequest::new(snapshot, &words, obsolete));
    let passes = |raw: &RawItem<'_>| {
        // Dispatches whose raw bytes lack the word are skipped without parsing them.
        let lacks_word = raw.bytes.is_some_and(|bytes| {
            let text = RawText { entry: raw.entry, bytes, plain: raw.is_plain() };
            raw_words.evaluate(&text, &request.view) == Some(false)
        });
        !obsolete() && !lacks_word && has_wanted(raw)
    };
    let (mut rest, mut count) = (ids, FIRST_CHUNK);
    while !rest.is_empty() {
        let (part, after) = rest.split_at(count.min(rest.len()));
        let mut found = Vec::new();
        visit(snapshot, part, &passes, &mut |part: VisitBatch| {
            found.extend(part.found);
            part.problems.into_iter().for_each(&mut *tell);
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

/// A query that every dispatch with a wanted quote matches: the last name of the speaker, in the text. The empty query
/// if no word is certain.
fn word_of_quotes(wanted: &WantedQuotes) -> Query {
    match wanted {
        WantedQuotes::Speaker(name) => {
            let last = name.split_whitespace().last().unwrap_or(name);
            let is_word = !last.is_empty() && last.chars().all(char::is_alphanumeric);
            Query::parse(&if is_word {
                format!("body:'{}", last.to_lowercase())
            } else {
                String::new()
            })
        }
        WantedQuotes::Fitting(_) => Query::default(),
    }
}

// Rules of saved views and mutes, for entries that only their texts can decide.

/// A rule, prepared to match raw bytes.
struct PreparedRule<'a> {
    part: &'a UndecidedEntries,
    raw: RawQuery,
    /// The undecided entries of the rule, for lookup.
    open: MatchedEntries,
}

/// Applies rules to their undecided entries. Every entry is read once, whatever the number of rules. Matches are in the
/// order of the entries; unreadable entries match nothing.
pub fn apply_rules(job: &RuleJob, tell: &mut dyn FnMut(InputProblem)) -> Vec<RuleMatch> {
    let ready: Vec<PreparedRule<'_>> = job.undecided.iter().map(PreparedRule::new).collect();
    let mut all = MatchedEntries::default();
    for part in &job.undecided {
        part.entries.iter().for_each(|&id| {
            all.insert(id);
        });
    }
    let ids: Vec<_> = all.iter().collect();
    let view = filter_view(&job.snapshot, &job.marks, job.clock);
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
        let matches: Vec<RuleMatch> = ready
            .iter()
            .filter(keeps)
            .map(|ready| RuleMatch { id: raw.id, rule: ready.part.rule })
            .collect();
        if let Ok(mut found) = found.lock() {
            found.extend(matches);
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

/// The entries of a snapshot, starting with `from`, that match any of several queries; texts are read if a query needs
/// them. [`RuleMatch::rule`] is the index into `queries`. For callers that follow a wire without a screen.
pub fn match_queries(
    queries: &[Query],
    snapshot: &Snapshot,
    from: EntryId,
    tell: &mut dyn FnMut(InputProblem),
) -> Vec<RuleMatch> {
    let marks = MarkSets::default();
    let rules = Rules::from_queries(queries.iter().cloned());
    let (mut found, parts) = rules.evaluate(snapshot, from, &filter_view(snapshot, &marks, None));
    if !parts.is_empty() {
        let job = RuleJob { snapshot: snapshot.clone(), undecided: parts, ..RuleJob::default() };
        found.extend(apply_rules(&job, tell));
    }
    found.sort_unstable();
    found
}

/// The context of queries: ages (`newer:2h`) count back from the newest entry of the snapshot.
fn filter_view<'a>(
    snapshot: &Snapshot,
    marks: &'a MarkSets,
    clock: Option<i64>,
) -> QueryContext<'a> {
    let newest = snapshot.segments().iter().filter_map(|s| s.newest()).max();
    QueryContext { now: newest.map_or(0, |newest| newest.stamp.seconds), clock, marks }
}

impl<'a> PreparedRule<'a> {
    fn new(part: &'a UndecidedEntries) -> Self {
        let mut open = MatchedEntries::default();
        part.entries.iter().for_each(|&id| {
            open.insert(id);
        });
        Self { part, raw: part.query.raw(), open }
    }

    /// Whether the raw bytes match; `None` if they cannot decide it.
    fn judge_bytes(&self, raw: &RawItem<'_>, view: &QueryContext<'_>) -> Option<bool> {
        let text = RawText { entry: raw.entry, bytes: raw.bytes?, plain: raw.is_plain() };
        self.raw.evaluate(&text, view)
    }
}
