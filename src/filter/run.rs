//! Runs a query over a snapshot: those that contain the words first, in the order of the desk, then close matches, best first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::filter::evaluate::{Marks, NoMarks, QueryContext};
use crate::filter::matcher::is_long_enough;
use crate::filter::query::{Node, Query, Term};
use crate::filter::scan::{Bounds, MatchMode, RowSet, Scorer, SegmentScan};
use crate::filter::sort::{SortOrder, sort_hits};
use crate::index::{EntryId, EntrySet, Segment, Snapshot};
use crate::marks::MarkSets;

/// Entries in the order of relevance that are scored by fuzzy-matcher: those that somebody may look at.
const MAX_SCORED: usize = 2_000;

/// What a query keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Entries that contain every word, in the order of the desk, then close matches, best first.
    pub ids: Vec<EntryId>,
    /// How many of them contain every word.
    pub exact_count: usize,
    /// Entries that only their text can decide, newest first: none of them is among `ids`. See
    /// [`Query::needs_body`], [`Query::raw`] and [`Query::judge_body`].
    pub undecided: Vec<EntryId>,
}

/// The rows that a query may keep: a longer query need only look at them.
#[derive(Debug, Clone)]
pub struct CandidateRows {
    query: Query,
    segments: Arc<[Arc<Segment>]>,
    rows: Vec<RowSet>,
}

/// What is asked of a run.
#[derive(Clone, Copy)]
pub struct RunRequest<'a> {
    pub snapshot: &'a Snapshot,
    pub query: &'a Query,
    pub view: QueryContext<'a>,
    pub order: SortOrder,
    /// What an earlier run kept, of whatever query and on whatever snapshot: it is used where it can be.
    pub previous: Option<&'a CandidateRows>,
    /// Asked now and then; a true answer ends the run.
    pub is_obsolete: &'a (dyn Fn() -> bool + Sync),
}

impl std::fmt::Debug for RunRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("query", self.query)
            .finish_non_exhaustive()
    }
}

impl<'a> RunRequest<'a> {
    /// A run from scratch in the order of time, nothing marked, and now the time of the newest entry.
    pub fn new(
        snapshot: &'a Snapshot,
        query: &'a Query,
        obsolete: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let newest = snapshot.segments().iter().filter_map(|s| s.newest()).max();
        Self {
            snapshot,
            query,
            view: QueryContext {
                now: newest.map_or(0, |newest| newest.stamp.seconds),
                marks: &NoMarks,
            },
            order: SortOrder::Time,
            previous: None,
            is_obsolete: obsolete,
        }
    }
}

/// Runs a query from scratch, see [`run_request`].
pub fn run_query(
    snapshot: &Snapshot,
    query: &Query,
    obsolete: &(dyn Fn() -> bool + Sync),
    partial: &mut dyn FnMut(Hits),
) -> Option<Hits> {
    run_request(&RunRequest::new(snapshot, query, obsolete), partial).map(|(hits, _)| hits)
}

/// Runs a query, on the rows that an earlier one kept where it narrows that one. `partial` is given the hits that
/// contain the words before the close matches are looked for. `None` where the run became obsolete.
pub fn run_request(
    request: &RunRequest<'_>,
    partial: &mut dyn FnMut(Hits),
) -> Option<(Hits, CandidateRows)> {
    let RunRequest {
        snapshot, query, ..
    } = *request;
    let segments = snapshot.segments();
    let keep = |rows: Vec<RowSet>| CandidateRows {
        query: query.clone(),
        segments: snapshot.shared_segments(),
        rows,
    };
    if query.is_empty() {
        let mut ids = snapshot.order.to_vec();
        sort_hits(request, &|_| 0, &mut ids);
        let hits = Hits {
            exact_count: ids.len(),
            ids,
            undecided: Vec::new(),
        };
        return Some((
            hits,
            keep(segments.iter().map(|s| RowSet::full(s.len())).collect()),
        ));
    }
    let root = query.root();
    let mut close: Vec<&Term> = Vec::new();
    // Words count as close only where the head alone decides.
    if !query.needs_body() {
        root.visit_positive_terms(&mut |term| {
            close.extend(term.allows_close_match().then_some(term));
        });
    }
    let crew = Workers::new(segments.len(), request.is_obsolete);
    let previous = request
        .previous
        .filter(|previous| query.is_narrower_than(&previous.query));
    let scanned = crew.map_segments(|number| {
        let segment = &*segments[number];
        let universe = previous
            .and_then(|previous| previous.rows_of(number, &segments[number]))
            .unwrap_or_else(|| RowSet::full(segment.len()));
        let scan = SegmentScan::new(snapshot, number, request.view, &close, &universe);
        let bounds = scan.evaluate(root, &universe, MatchMode::Contained);
        (scan, bounds, universe)
    })?;
    let mut hits = collect_hits(request, &scanned);
    if close.is_empty() {
        let rows = scanned.into_iter().map(|(_, bounds, _)| bounds.possible);
        return Some((hits, keep(rows.collect())));
    }
    if close.iter().any(|term| is_long_enough(&term.needle.folded)) {
        partial(hits.clone());
    }
    let near = crew.map_segments(|number| {
        let (scan, bounds, universe) = &scanned[number];
        find_close_matches(scan, root, universe, &bounds.certain)
    })?;
    let mut order: Vec<(u64, EntryId)> = Vec::new();
    let found: Vec<&RowSet> = near.iter().map(|near| &near.found).collect();
    for (place, id) in rows_to_ordered_ids(snapshot, &found)
        .into_iter()
        .enumerate()
    {
        let near = &near[id.segment()];
        let at = near.ranks.partition_point(|&row| (row as usize) < id.row());
        let share = near.shares.get(at).copied().unwrap_or(0);
        order.push((relevance_key(share, place), id));
    }
    order.sort_unstable();
    hits.ids.extend(order.into_iter().map(|(_, id)| id));
    let rows = near.into_iter().map(|near| near.candidates);
    Some((hits, keep(rows.collect())))
}

/// A key that sorts by score, the highest first, then by place.
fn relevance_key(score: u32, place: usize) -> u64 {
    u64::from(u32::MAX - score) << 32 | place as u64
}

/// Close matches of a segment.
struct CloseMatches {
    found: RowSet,
    /// The same rows as numbers, and the share of each.
    ranks: Vec<u32>,
    shares: Vec<u32>,
    /// Rows that a longer query may still keep.
    candidates: RowSet,
}

fn find_close_matches(
    scan: &SegmentScan<'_>,
    root: &Node,
    universe: &RowSet,
    sure: &RowSet,
) -> CloseMatches {
    let bounds = scan.evaluate(root, universe, MatchMode::Close);
    let scorer = Scorer::new(scan.close_terms);
    let mut candidates = bounds.certain;
    candidates.subtract(sure);
    let mut near = CloseMatches {
        found: RowSet::empty(scan.segment.len()),
        ranks: Vec::new(),
        shares: Vec::new(),
        candidates: scan.evaluate(root, universe, MatchMode::Candidate).possible,
    };
    for row in candidates.iter() {
        if let Some(share) = scorer.close_score(scan, root, row) {
            near.found.set(row);
            near.ranks.push(u32::try_from(row).unwrap_or(u32::MAX));
            near.shares.push(share);
        }
    }
    near
}

/// The hits that the heads decide, and what is left open.
fn collect_hits(request: &RunRequest<'_>, scanned: &[(SegmentScan<'_>, Bounds, RowSet)]) -> Hits {
    let sure: Vec<&RowSet> = scanned
        .iter()
        .map(|(_, bounds, _)| &bounds.certain)
        .collect();
    let mut ids = rows_to_ordered_ids(request.snapshot, &sure);
    sort_hits(request, &|_| 0, &mut ids);
    let open = if request.query.needs_body() {
        let undecided: Vec<RowSet> = scanned
            .iter()
            .map(|(_, bounds, _)| {
                let mut rows = bounds.possible.clone();
                rows.subtract(&bounds.certain);
                rows
            })
            .collect();
        rows_to_ordered_ids(request.snapshot, &undecided.iter().collect::<Vec<_>>())
    } else {
        Vec::new()
    };
    Hits {
        exact_count: ids.len(),
        ids,
        undecided: open,
    }
}

/// Sorts hits, given in the order of the desk, by how well they fit; what only few will look at by a cheap measure.
pub(super) fn sort_by_relevance(request: &RunRequest<'_>, ids: &mut Vec<EntryId>) {
    let root = request.query.root();
    let key = |scorer: &Scorer<'_>, place: usize, id: EntryId, exact: bool| {
        let entry = request.snapshot.entry(id);
        let score = entry.map_or(0, |entry| scorer.relevance(root, entry, exact));
        (relevance_key(score, place), id)
    };
    let mut keyed = map_chunks(ids, |first, part| {
        let scorer = Scorer::new(&[]);
        let places = (first..).zip(part);
        places
            .map(|(place, &id)| key(&scorer, place, id, false))
            .collect()
    });
    keyed.sort_unstable();
    let scorer = Scorer::new(&[]);
    for (cheap, id) in keyed.iter_mut().take(MAX_SCORED) {
        let place = usize::try_from(*cheap & u64::from(u32::MAX)).unwrap_or(0);
        *cheap = key(&scorer, place, *id, true).0;
    }
    let seen = keyed.len().min(MAX_SCORED);
    keyed[..seen].sort_unstable();
    *ids = keyed.into_iter().map(|(_, id)| id).collect();
}

impl CandidateRows {
    /// Takes out all but these entries of the snapshot that the run was on: no longer query can keep any other. Whoever
    /// has judged the texts of [`Hits::undecided`] knows that of those that the query itself does not keep.
    pub fn restrict(&mut self, snapshot: &Snapshot, ids: &[EntryId]) {
        let set = EntrySet::from_ids(snapshot, ids);
        for (number, rows) in self.rows.iter_mut().enumerate() {
            rows.keep(set.rows(number));
        }
    }

    /// The rows kept of a segment, if this is the very segment.
    fn rows_of(&self, number: usize, segment: &Arc<Segment>) -> Option<RowSet> {
        let same = Arc::ptr_eq(self.segments.get(number)?, segment);
        same.then(|| self.rows.get(number).cloned()).flatten()
    }

    /// How many rows a longer query will look at.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.iter().map(RowSet::count).sum()
    }
}

// What a filter job is given: it holds all that it needs, so that it may run anywhere.

/// A filter job.
#[derive(Debug, Clone, Default)]
pub struct FilterJob {
    /// Jobs of older generations may be dropped.
    pub generation: u64,
    pub query: Query,
    pub snapshot: Snapshot,
    pub order: SortOrder,
    /// What is read, starred, and was there before.
    pub marks: MarkSets,
}

impl Marks for MarkSets {
    fn is_unread(&self, item: u64) -> bool {
        !self.read.contains(item)
    }

    fn is_starred(&self, story: u64) -> bool {
        self.starred.contains(story)
    }

    fn is_since_last_visit(&self, item: u64) -> bool {
        !self.last_visit.contains(item)
    }
}

impl FilterJob {
    /// A job in the order of time with nothing marked.
    #[must_use]
    pub fn new(snapshot: Snapshot, query: Query) -> Self {
        Self {
            query,
            snapshot,
            ..Self::default()
        }
    }

    /// The request of the job.
    pub fn request<'a>(&'a self, obsolete: &'a (dyn Fn() -> bool + Sync)) -> RunRequest<'a> {
        let mut request = RunRequest::new(&self.snapshot, &self.query, obsolete);
        request.order = self.order;
        request.view.marks = &self.marks;
        request
    }
}

// Shares the segments of a snapshot among the threads of the machine, and brings rows into the order of the desk.

/// Entries below which one thread is quicker than several.
const PARALLEL_THRESHOLD: usize = 40_000;

fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The work on the segments of one run.
pub(super) struct Workers<'a> {
    segments: usize,
    threads: usize,
    obsolete: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Workers<'a> {
    pub(super) fn new(segments: usize, obsolete: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            segments,
            threads: if segments < 4 {
                1
            } else {
                thread_count().min(segments)
            },
            obsolete,
        }
    }

    /// Does something to every segment; whoever is free takes the next. `None` when the run became obsolete.
    pub(super) fn map_segments<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Option<Vec<T>> {
        if self.threads == 1 {
            let each = 0..self.segments;
            return each
                .map(|number| (!(self.obsolete)()).then(|| work(number)))
                .collect();
        }
        let next = AtomicUsize::new(0);
        let share = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.segments || (self.obsolete)() {
                    return done;
                }
                done.push((number, work(number)));
            }
        };
        let mut all = thread::scope(|scope| {
            let jobs: Vec<_> = (1..self.threads).map(|_| scope.spawn(share)).collect();
            let mut all = share();
            for job in jobs {
                all.extend(job.join().unwrap_or_default());
            }
            all
        });
        if all.len() < self.segments {
            return None;
        }
        all.sort_unstable_by_key(|(number, _)| *number);
        Some(all.into_iter().map(|(_, done)| done).collect())
    }
}

/// The rows of all segments as ids, in the order of the desk.
pub(super) fn rows_to_ordered_ids(snapshot: &Snapshot, rows: &[&RowSet]) -> Vec<EntryId> {
    let mut set = EntrySet::new(snapshot);
    for (segment, rows) in rows.iter().enumerate() {
        set.set_segment_rows(segment, rows.words());
    }
    ordered_ids(snapshot, &set)
}

/// Entries in the order of the desk.
#[must_use]
pub fn ordered_ids(snapshot: &Snapshot, set: &EntrySet) -> Vec<EntryId> {
    let total = set.len();
    if total == 0 {
        return Vec::new();
    }
    let order = snapshot.order.as_slice();
    let pick = |part: &[EntryId], room: usize| {
        let mut ids = Vec::with_capacity(room);
        let mut few = [EntryId::new(0, 0); 512];
        for part in part.chunks(few.len()) {
            let mut found = 0;
            for &id in part {
                few[found] = id;
                found += set.count_of(id);
            }
            ids.extend_from_slice(&few[..found]);
        }
        ids
    };
    map_chunks(order, |_, part| {
        pick(part, total * part.len() / order.len())
    })
}

/// Works on the parts of a list side by side, each with the number of its first item, and joins what comes of them.
pub(super) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(usize, &[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    if items.len() < PARALLEL_THRESHOLD {
        return work(0, items);
    }
    let length = items.len().div_ceil(thread_count()).max(1);
    thread::scope(|scope| {
        let work = &work;
        let mut parts = items.chunks(length).enumerate();
        let first = parts.next();
        let jobs: Vec<_> = parts
            .map(|(n, part)| scope.spawn(move || work(n * length, part)))
            .collect();
        let mut all = first.map_or(Vec::new(), |(_, part)| work(0, part));
        for job in jobs {
            all.append(&mut job.join().unwrap_or_default());
        }
        all
    })
}
