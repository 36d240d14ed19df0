//! Runs a query over a snapshot, on all cores: entries that contain the words first, in the order of the index, then
//! close matches, best first. Reads no texts: what the heads do not decide is left to the caller.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::filter::evaluate::{Marks, NoMarks, QueryContext};
use crate::filter::matcher::is_long_enough;
use crate::filter::query::{Node, Query, Term};
use crate::filter::scan::{Bounds, MatchMode, RowSet, Scorer, SegmentScan};
use crate::filter::sort::{SortOrder, sort_hits};
use crate::index::{EntryId, EntrySet, Segment, Snapshot};
use crate::marks::MarkSets;
use crate::threads;

/// How many entries in the order of relevance get an exact score from fuzzy-matcher, which is slow: more than anyone
/// scrolls through. The rest keep a cheap score.
const MAX_SCORED: usize = 2_000;

/// The result of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Entries that contain every word, in the requested order, then those that contain them only with their texts
    /// ([`Query::including_texts`]), in the same order, then close matches, best first.
    pub ids: Vec<EntryId>,
    /// How many of `ids` contain every word.
    pub exact_count: usize,
    /// How many of `ids`, after these, contain them only with their texts. A run of a query finds none of these.
    pub text_count: usize,
    /// Entries that only their text can decide, newest first; none of them is among `ids`. See
    /// [`Query::needs_body`], [`Query::raw`] and [`Query::matches_dispatch`].
    pub undecided: Vec<EntryId>,
}

impl Hits {
    /// Entries that contain every word, already in the requested order.
    #[must_use]
    pub fn exact(ids: Vec<EntryId>) -> Self {
        Self { exact_count: ids.len(), ids, ..Self::default() }
    }

    /// Where each of the three tiers ends, as an index into `ids`.
    #[must_use]
    pub fn tier_ends(&self) -> [usize; 3] {
        [self.exact_count, self.exact_count + self.text_count, self.ids.len()]
    }

    /// The three tiers: entries that contain every word, those that do so only with their texts, close matches.
    #[must_use]
    pub fn tiers(&self) -> [&[EntryId]; 3] {
        let (exact, rest) = self.ids.split_at(self.exact_count);
        let (texts, close) = rest.split_at(self.text_count);
        [exact, texts, close]
    }
}

/// The rows that a query may keep. While it is being typed, a longer query only needs to look at these.
#[derive(Debug, Clone)]
pub struct CandidateRows {
    query: Query,
    /// The segments of the snapshot that the query was run on.
    segments: Arc<[Arc<Segment>]>,
    /// The rows of each segment.
    rows: Vec<RowSet>,
}

/// The parameters of a run.
#[derive(Clone, Copy)]
pub struct RunRequest<'a> {
    pub snapshot: &'a Snapshot,
    pub query: &'a Query,
    pub view: QueryContext<'a>,
    pub order: SortOrder,
    /// Only entries from this id on are looked at.
    pub first: EntryId,
    /// The candidates of an earlier run, of any query on any snapshot. Used as far as they apply.
    pub previous: Option<&'a CandidateRows>,
    /// Polled during the run; once it returns true, the run is abandoned.
    pub is_obsolete: &'a (dyn Fn() -> bool + Sync),
}

impl std::fmt::Debug for RunRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunRequest").field("query", self.query).finish_non_exhaustive()
    }
}

impl<'a> RunRequest<'a> {
    /// A run from scratch, sorted by time, with nothing marked, and the time of the newest entry as the current time.
    pub fn new(
        snapshot: &'a Snapshot,
        query: &'a Query,
        is_obsolete: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let newest = snapshot.segments().iter().filter_map(|s| s.newest()).max();
        Self {
            snapshot,
            query,
            view: QueryContext {
                now: newest.map_or(0, |newest| newest.stamp.seconds),
                clock: None,
                marks: &NoMarks,
            },
            order: SortOrder::Time,
            first: EntryId::FIRST,
            previous: None,
            is_obsolete,
        }
    }
}

/// Runs a query from scratch, see [`run_request`].
pub fn run_query(
    snapshot: &Snapshot,
    query: &Query,
    is_obsolete: &(dyn Fn() -> bool + Sync),
    partial: &mut dyn FnMut(Hits),
) -> Option<Hits> {
    run_request(&RunRequest::new(snapshot, query, is_obsolete), partial).map(|(hits, _)| hits)
}

/// Runs a query. If it narrows an earlier one, it only looks at the rows that may be kept by that.
///
/// `partial` is given the hits that contain the words, before the slower search for close matches begins. Returns
/// `None` if the run became obsolete.
pub fn run_request(
    request: &RunRequest<'_>,
    partial: &mut dyn FnMut(Hits),
) -> Option<(Hits, CandidateRows)> {
    let RunRequest { snapshot, query, .. } = *request;
    let segments = snapshot.segments();
    let candidates = |rows: Vec<RowSet>| CandidateRows {
        query: query.clone(),
        segments: snapshot.shared_segments(),
        rows,
    };
    if query.is_empty() {
        let mut ids = snapshot.order.to_vec();
        ids.retain(|&id| id >= request.first);
        sort_hits(request, &|_| 0, &mut ids);
        let hits = Hits::exact(ids);
        return Some((hits, candidates(segments.iter().map(|s| RowSet::full(s.len())).collect())));
    }
    let root = query.root();
    let mut close: Vec<&Term> = Vec::new();
    // Close matches are only searched for if the heads alone decide.
    if !query.needs_body() {
        root.visit_positive_terms(&mut |term| {
            close.extend(term.allows_close_match().then_some(term));
        });
    }
    let workers = Workers::new(segments.len(), request.is_obsolete);
    let previous = request.previous.filter(|previous| query.is_narrower_than(&previous.query));
    let scanned = workers.map_segments(|number| {
        let segment = &*segments[number];
        let mut universe = previous
            .and_then(|previous| previous.rows_of(number, &segments[number]))
            .unwrap_or_else(|| RowSet::full(segment.len()));
        if request.first > EntryId::new(number, 0) {
            let row = request.first.row();
            universe.remove_before(if request.first.segment() == number {
                row
            } else {
                usize::MAX
            });
        }
        let scan = SegmentScan::new(snapshot, number, request.view, &close, &universe);
        let bounds = scan.evaluate(root, &universe, MatchMode::Contained);
        (scan, bounds, universe)
    })?;
    let mut hits = collect_hits(request, &scanned);
    if close.is_empty() {
        let rows = scanned.into_iter().map(|(_, bounds, _)| bounds.possible);
        return Some((hits, candidates(rows.collect())));
    }
    if close.iter().any(|term| is_long_enough(&term.needle.folded)) {
        partial(hits.clone());
    }
    let near = workers.map_segments(|number| {
        let (scan, bounds, universe) = &scanned[number];
        find_close_matches(scan, root, universe, &bounds.certain)
    })?;
    let mut order: Vec<(u64, EntryId)> = Vec::new();
    let found: Vec<&RowSet> = near.iter().map(|near| &near.found).collect();
    for (position, id) in rows_to_ordered_ids(snapshot, &found).into_iter().enumerate() {
        let near = &near[id.segment()];
        let at = near.rows.partition_point(|&row| (row as usize) < id.row());
        let score = near.scores.get(at).copied().unwrap_or(0);
        order.push((relevance_key(score, position), id));
    }
    order.sort_unstable();
    hits.ids.extend(order.into_iter().map(|(_, id)| id));
    let rows = near.into_iter().map(|near| near.candidates);
    Some((hits, candidates(rows.collect())))
}

/// A key that sorts by score, the highest first, then by position.
fn relevance_key(score: u32, position: usize) -> u64 {
    u64::from(u32::MAX - score) << 32 | position as u64
}

/// The close matches in a segment.
struct CloseMatches {
    found: RowSet,
    /// The same rows as numbers, ascending.
    rows: Vec<u32>,
    /// The score of each of `rows`.
    scores: Vec<u32>,
    /// Rows that a longer query may still keep.
    candidates: RowSet,
}

/// Scores the rows of a segment that have the letters of a close match; those in `exact` contain the words and are left
/// out.
fn find_close_matches(
    scan: &SegmentScan<'_>,
    root: &Node,
    universe: &RowSet,
    exact: &RowSet,
) -> CloseMatches {
    let bounds = scan.evaluate(root, universe, MatchMode::Close);
    let scorer = Scorer::new(scan.close_terms);
    let mut candidates = bounds.certain;
    candidates.subtract(exact);
    let mut near = CloseMatches {
        found: RowSet::empty(scan.segment.len()),
        rows: Vec::new(),
        scores: Vec::new(),
        candidates: scan.evaluate(root, universe, MatchMode::Candidate).possible,
    };
    for row in candidates.iter() {
        if let Some(score) = scorer.close_score(scan, root, row) {
            near.found.set(row);
            near.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
            near.scores.push(score);
        }
    }
    near
}

/// The hits decided by the heads, sorted as requested, and the undecided entries.
fn collect_hits(request: &RunRequest<'_>, scanned: &[(SegmentScan<'_>, Bounds, RowSet)]) -> Hits {
    let certain: Vec<&RowSet> = scanned.iter().map(|(_, bounds, _)| &bounds.certain).collect();
    let mut ids = rows_to_ordered_ids(request.snapshot, &certain);
    // The numbers of quotes are not known here: hits sorted by them are sorted again later.
    sort_hits(request, &|_| 0, &mut ids);
    let undecided = if request.query.needs_body() {
        let open: Vec<RowSet> = scanned
            .iter()
            .map(|(_, bounds, _)| {
                let mut rows = bounds.possible.clone();
                rows.subtract(&bounds.certain);
                rows
            })
            .collect();
        rows_to_ordered_ids(request.snapshot, &open.iter().collect::<Vec<_>>())
    } else {
        Vec::new()
    };
    Hits { undecided, ..Hits::exact(ids) }
}

/// Hits and newer ones as one list in the requested order, except for the number of quotes. `before` is in this order
/// already, `new` in that of the index.
#[must_use]
pub fn merge_hits(
    request: &RunRequest<'_>,
    before: &[EntryId],
    mut new: Vec<EntryId>,
) -> Vec<EntryId> {
    let snapshot = request.snapshot;
    if request.order != SortOrder::Time {
        new.extend(before);
        let mut ids = ordered_ids(snapshot, &EntrySet::from_ids(snapshot, &new));
        sort_hits(request, &|_| 0, &mut ids);
        return ids;
    }
    let mut merged = Vec::with_capacity(before.len() + new.len());
    let mut rest = before;
    for id in new {
        let at = rest.partition_point(|&other| snapshot.compare(other, id).is_lt());
        merged.extend_from_slice(&rest[..at]);
        merged.push(id);
        rest = &rest[at..];
    }
    merged.extend_from_slice(rest);
    merged
}

/// Sorts hits, given in the order of the index, by relevance: all by a cheap score, then the first [`MAX_SCORED`] again
/// by the exact one.
pub(super) fn sort_by_relevance(request: &RunRequest<'_>, ids: &mut Vec<EntryId>) {
    let root = request.query.root();
    let key = |scorer: &Scorer<'_>, position: usize, id: EntryId, exact: bool| {
        let entry = request.snapshot.entry(id);
        let score = entry.map_or(0, |entry| scorer.relevance(root, entry, exact));
        (relevance_key(score, position), id)
    };
    let mut keyed = map_chunks(ids, |first, part| {
        let scorer = Scorer::new(&[]);
        let numbered = (first..).zip(part);
        numbered.map(|(position, &id)| key(&scorer, position, id, false)).collect()
    });
    keyed.sort_unstable();
    let scorer = Scorer::new(&[]);
    for (sort_key, id) in keyed.iter_mut().take(MAX_SCORED) {
        // The position in the index is the lower half of the key.
        let position = usize::try_from(*sort_key & u64::from(u32::MAX)).unwrap_or(0);
        *sort_key = key(&scorer, position, *id, true).0;
    }
    let scored = keyed.len().min(MAX_SCORED);
    keyed[..scored].sort_unstable();
    *ids = keyed.into_iter().map(|(_, id)| id).collect();
}

impl CandidateRows {
    /// Removes all but these entries of the snapshot that the run was on. For a caller that has evaluated the texts of
    /// [`Hits::undecided`]: an entry rejected by its text is rejected by a longer query too.
    pub fn restrict(&mut self, snapshot: &Snapshot, ids: &[EntryId]) {
        let set = EntrySet::from_ids(snapshot, ids);
        for (number, rows) in self.rows.iter_mut().enumerate() {
            rows.keep(set.rows(number));
        }
    }

    /// The candidates in a segment; `None` if it is not the one that the query was run on.
    fn rows_of(&self, number: usize, segment: &Arc<Segment>) -> Option<RowSet> {
        let same = Arc::ptr_eq(self.segments.get(number)?, segment);
        same.then(|| self.rows.get(number).cloned()).flatten()
    }

    /// How many rows a longer query has to look at.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.iter().map(RowSet::count).sum()
    }
}

// Filter jobs.

/// A filter job for a background thread. Owns everything that it needs.
#[derive(Debug, Clone, Default)]
pub struct FilterJob {
    /// A job is obsolete once there is one of a newer generation.
    pub generation: u64,
    pub query: Query,
    pub snapshot: Snapshot,
    pub order: SortOrder,
    /// The reader's marks when the job was created.
    pub marks: MarkSets,
    /// The same query is run again, since something has arrived: texts that were searched are not searched again.
    pub is_rerun: bool,
    /// Set to look only at what has arrived since an earlier job of the same query and order.
    pub arrivals: Option<Arrivals>,
    /// As [`QueryContext::clock`].
    pub clock: Option<i64>,
}

/// What has arrived since an earlier job.
#[derive(Debug, Clone)]
pub struct Arrivals {
    /// The first entry that the earlier job did not have.
    pub first: EntryId,
    /// The hits of the earlier job.
    pub before: Arc<Hits>,
}

impl Marks for MarkSets {
    fn is_unread(&self, item: u64) -> bool {
        !self.read.contains(item)
    }

    fn is_starred(&self, story: u64) -> bool {
        self.starred.contains(story)
    }

    fn note(&self, story: u64) -> Option<&str> {
        self.notes.get(&story).map(String::as_str)
    }

    fn is_since_last_visit(&self, item: u64) -> bool {
        !self.last_visit.contains(item)
    }
}

impl FilterJob {
    /// A job of generation 0, sorted by time, with nothing marked.
    #[must_use]
    pub fn new(snapshot: Snapshot, query: Query) -> Self {
        Self { query, snapshot, ..Self::default() }
    }

    /// The parameters for [`run_request`].
    pub fn request<'a>(&'a self, is_obsolete: &'a (dyn Fn() -> bool + Sync)) -> RunRequest<'a> {
        let mut request = RunRequest::new(&self.snapshot, &self.query, is_obsolete);
        request.order = self.order;
        request.first = self.arrivals.as_ref().map_or(EntryId::FIRST, |arrivals| arrivals.first);
        (request.view.marks, request.view.clock) = (&self.marks, self.clock);
        request
    }
}

// Work in parallel, and rows as ids in the order of the index.

/// Number of entries below which one thread is faster than several, since starting threads takes time too.
const PARALLEL_THRESHOLD: usize = 40_000;

/// The threads that share the segments of one run.
pub(super) struct Workers<'a> {
    /// Number of segments.
    segments: usize,
    threads: usize,
    is_obsolete: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Workers<'a> {
    /// Workers for so many segments: a single thread if there are few.
    pub(super) fn new(segments: usize, is_obsolete: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            segments,
            threads: if segments < 4 { 1 } else { threads::processors().min(segments) },
            is_obsolete,
        }
    }

    /// Calls `work` with the number of every segment, and returns the results in order. A thread takes the next segment
    /// when it is done with one, so that they finish together. `None` if the run became obsolete.
    pub(super) fn map_segments<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Option<Vec<T>> {
        if self.threads == 1 {
            let each = 0..self.segments;
            return each.map(|number| (!(self.is_obsolete)()).then(|| work(number))).collect();
        }
        let next = AtomicUsize::new(0);
        let share = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.segments || (self.is_obsolete)() {
                    return done;
                }
                done.push((number, work(number)));
            }
        };
        let all = Mutex::new(Vec::with_capacity(self.segments));
        let share = || {
            let done = share();
            all.lock().unwrap_or_else(PoisonError::into_inner).extend(done);
        };
        threads::with_helpers(self.threads - 1, share, |_| share());
        let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Some are missing only if a thread stopped early.
        if all.len() < self.segments {
            return None;
        }
        all.sort_unstable_by_key(|(number, _)| *number);
        Some(all.into_iter().map(|(_, done)| done).collect())
    }
}

/// The rows of all segments as ids, in the order of the index.
pub(super) fn rows_to_ordered_ids(snapshot: &Snapshot, rows: &[&RowSet]) -> Vec<EntryId> {
    let mut set = EntrySet::new(snapshot);
    for (segment, rows) in rows.iter().enumerate() {
        set.set_segment_rows(segment, rows.words());
    }
    ordered_ids(snapshot, &set)
}

/// The entries of a set, in the order of the index.
#[must_use]
pub fn ordered_ids(snapshot: &Snapshot, set: &EntrySet) -> Vec<EntryId> {
    let total = set.len();
    if total == 0 {
        return Vec::new();
    }
    let order = snapshot.order.as_slice();
    // A few are sorted faster than the whole order is walked.
    if total * 256 < order.len() {
        let segments = 0..snapshot.segments().len();
        let rows =
            segments.flat_map(|number| set.rows(number).map(move |row| EntryId::new(number, row)));
        let mut ids: Vec<EntryId> = rows.collect();
        ids.sort_unstable_by(|&a, &b| snapshot.compare(a, b));
        return ids;
    }
    let pick = |part: &[EntryId], capacity: usize| {
        let mut ids = Vec::with_capacity(capacity);
        // Collected without a branch: each id is written, and the next overwrites it unless it is in the set.
        let mut buffer = [EntryId::new(0, 0); 512];
        for chunk in part.chunks(buffer.len()) {
            let mut found = 0;
            for &id in chunk {
                buffer[found] = id;
                found += set.count_of(id);
            }
            ids.extend_from_slice(&buffer[..found]);
        }
        ids
    };
    map_chunks(order, |_, part| pick(part, total * part.len() / order.len()))
}

/// Splits a list among the threads, calls `work` with the index of each chunk's first item and the chunk, and joins the
/// results in order. Short lists are one chunk, see [`PARALLEL_THRESHOLD`].
pub(super) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(usize, &[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    if items.len() < PARALLEL_THRESHOLD {
        return work(0, items);
    }
    let threads = threads::processors();
    let length = items.len().div_ceil(threads).max(1);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let share = || {
        loop {
            let start = next.fetch_add(length, Ordering::Relaxed);
            if start >= items.len() {
                return;
            }
            let part = work(start, &items[start..items.len().min(start + length)]);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.insert(start, part);
        }
    };
    threads::with_helpers(threads - 1, share, |_| share());
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut parts = done.into_values();
    let mut all = parts.next().unwrap_or_default();
    parts.for_each(|mut part| all.append(&mut part));
    all
}
