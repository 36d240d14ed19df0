//! A filter job: the heads first, then, where the query asks for it, the texts, the newest first, in batches.

use std::time::{Duration, Instant};

use crate::desk::{EntryId, EntrySet, Snapshot};
use crate::dispatch::InputProblem;
use crate::filter::{
    CandidateRows, FilterJob, Hits, RawText, Sort, SortOrder, ordered_ids, run_request, sort_hits,
};
use crate::load::{Judge, VisitBatch, visit_each};

use super::counting::QuoteCounts;

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
