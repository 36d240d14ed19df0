//! Searches texts for the second tier of the list: in pieces, from the top of the requested order down, so that what is
//! found can be appended to the rows. The words around the hits are read here, too.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::dispatch::InputProblem;
use crate::filter::{
    CandidateRows, Excerpt, Query, QueryContext, RunRequest, SortOrder, TextSearch, merge_hits,
    ordered_ids, run_request, sort_hits,
};
use crate::index::{EntryId, EntrySet, Snapshot};
use crate::ingest::{RawItem, VisitBatch, visit, visit_each};
use crate::work::search::{MIN_BATCH_INTERVAL, QuoteCounts, text_judge};
use crate::work::text_verdicts::TextVerdicts;

/// Number of entries in the first piece: small, so that the first rows come soon. Each further piece is twice as long,
/// so that neighbours are read together.
const FIRST_PIECE: usize = 512;

/// Maximum number of entries in a piece.
const MAX_PIECE: usize = 1 << 16;

/// Minimum time between two reports of progress without a new row.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(120);

/// Number of rows from which on a batch must make the tier longer by half: the list rebuilds its rows at each.
const LONG_TIER: usize = 20_000;

/// Number of hits whose excerpts come along with them: a screen of rows. Others are read when they are scrolled to.
const EXCERPTS_ALONG: usize = 64;

/// Progress of a search.
#[derive(Debug)]
pub enum TextStep {
    Found(TextsFound),
    /// A dispatch could not be read.
    Problem(InputProblem),
}

/// A part of the tier.
#[derive(Debug, Default)]
pub struct TextsFound {
    /// To be appended to the tier.
    pub ids: Vec<EntryId>,
    /// Number of texts searched, and number of texts to search in all.
    pub progress: (usize, usize),
    /// The words around some of the hits.
    pub excerpts: Vec<(EntryId, Excerpt)>,
}

/// Results of earlier searches that make the next one faster.
#[derive(Debug, Default)]
pub struct TextTierCache {
    /// The rows of the last complete search: all that a longer query can still match.
    complete: Option<CandidateRows>,
    verdicts: TextVerdicts,
    counts: QuoteCounts,
}

/// Runs a search. Returns the last part of the tier, or all of it if the job brought an earlier part along; `None` if
/// the job became obsolete.
pub fn search_texts(
    job: &TextSearch,
    cache: &mut TextTierCache,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(TextStep),
) -> Option<TextsFound> {
    let mut request = RunRequest::new(&job.snapshot, &job.query, obsolete);
    (request.view.marks, request.view.clock) = (&job.marks, job.clock);
    request.first = job.ids.start;
    let earlier = cache.complete.take();
    request.previous = earlier.as_ref();
    cache.verdicts.prepare(&job.query);
    let mut run = TierRun {
        job,
        verdicts: &mut cache.verdicts,
        view: request.view,
        kept: Vec::new(),
        found: Vec::new(),
        excerpts_left: EXCERPTS_ALONG,
    };
    let sent = run_request(&request, &mut |_| {}).and_then(|(hits, candidates)| {
        let mut open = run.open_entries(hits.ids, hits.undecided);
        if !run.is_sorted_by_quotes() {
            request.order = job.order;
            sort_hits(&request, &|_| 0, &mut open);
        }
        let sent = run.search(&open, obsolete, tell)?;
        Some((sent, candidates))
    });
    let Some((sent, mut candidates)) = sent else {
        // An interrupted search says nothing about longer words; the complete one before it still does.
        cache.complete = earlier;
        return None;
    };
    if job.before.is_none() {
        let mut kept = std::mem::take(&mut run.kept);
        kept.extend(&run.found);
        kept.extend(job.hits.tiers()[0]);
        candidates.restrict(&job.snapshot, &kept);
        cache.complete = Some(candidates);
    }
    request.order = job.order;
    let mut ids = match &job.before {
        Some(before) => merge_hits(&request, before, std::mem::take(&mut run.found)),
        None => run.found.split_off(sent),
    };
    if let SortOrder::Sorted(sort) = job.order
        && sort.needs_quote_counts()
    {
        sort_by_quotes(&request, &mut ids, &mut cache.counts, tell)?;
    }
    let excerpts = if job.before.is_none() { run.excerpts_along(&ids) } else { Vec::new() };
    Some(TextsFound { ids, excerpts, ..TextsFound::default() })
}

/// A search in progress.
struct TierRun<'a> {
    job: &'a TextSearch,
    /// What is known about texts already.
    verdicts: &'a mut TextVerdicts,
    view: QueryContext<'a>,
    /// Entries that a longer query may keep although they are not found: they could not be read, or are not looked at.
    kept: Vec<EntryId>,
    /// The tier so far.
    found: Vec<EntryId>,
    /// Number of hits to come whose excerpts are read at once.
    excerpts_left: usize,
}

impl TierRun<'_> {
    /// The entries to search, in the order of the index: those that the query may keep, without the hits of the plain
    /// query.
    fn open_entries(&mut self, certain: Vec<EntryId>, mut open: Vec<EntryId>) -> Vec<EntryId> {
        let (snapshot, end) = (&self.job.snapshot, self.job.ids.end);
        self.kept.extend(open.iter().chain(&certain).filter(|id| **id >= end));
        let exact = EntrySet::from_ids(snapshot, self.job.hits.tiers()[0]);
        let is_open = |id: &EntryId| exact.count_of(*id) == 0 && *id < end;
        open.retain(is_open);
        let certain: Vec<EntryId> = certain.into_iter().filter(is_open).collect();
        if certain.is_empty() {
            return open;
        }
        open.extend(certain);
        ordered_ids(snapshot, &EntrySet::from_ids(snapshot, &open))
    }

    fn is_sorted_by_quotes(&self) -> bool {
        matches!(self.job.order, SortOrder::Sorted(sort) if sort.needs_quote_counts())
    }

    /// Searches the entries piece by piece. Returns how many hits have been sent already.
    fn search(
        &mut self,
        open: &[EntryId],
        obsolete: &(dyn Fn() -> bool + Sync),
        tell: &mut dyn FnMut(TextStep),
    ) -> Option<usize> {
        // Parts of a tier that has to be merged or sorted as a whole would move again.
        let sends = self.job.before.is_none() && !self.is_sorted_by_quotes();
        let (mut rest, mut length, mut sent) = (open, FIRST_PIECE, 0);
        let mut told = Instant::now();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(length.min(rest.len()));
            self.search_piece(piece, obsolete, tell)?;
            (rest, length) = (after, (length * 2).min(MAX_PIECE));
            let new = self.found.len() - sent;
            let wait = told.elapsed();
            let is_due = match sent {
                0 => new > 0,
                LONG_TIER.. => new > sent / 2 && wait > MIN_BATCH_INTERVAL,
                _ => new > 0 && wait > MIN_BATCH_INTERVAL,
            };
            if !rest.is_empty() && (sends && is_due || wait > PROGRESS_INTERVAL) {
                let ids = if sends && is_due { self.found[sent..].to_vec() } else { Vec::new() };
                sent += ids.len();
                let excerpts = self.excerpts_along(&ids);
                let progress = (open.len() - rest.len(), open.len());
                tell(TextStep::Found(TextsFound { ids, progress, excerpts }));
                told = Instant::now();
            }
        }
        Some(sent)
    }

    /// The words around the first of these hits, as long as there are some left to send along.
    fn excerpts_along(&mut self, ids: &[EntryId]) -> Vec<(EntryId, Excerpt)> {
        let along = &ids[..ids.len().min(self.excerpts_left)];
        self.excerpts_left -= along.len();
        if along.is_empty() {
            return Vec::new();
        }
        read_excerpts(&self.job.snapshot, along, &self.job.query)
    }

    /// Searches a piece, and adds its hits to the tier in their order.
    fn search_piece(
        &mut self,
        piece: &[EntryId],
        obsolete: &(dyn Fn() -> bool + Sync),
        tell: &mut dyn FnMut(TextStep),
    ) -> Option<()> {
        let snapshot = &self.job.snapshot;
        let judge = text_judge(&self.job.query, self.view);
        let is_rerun = self.job.before.is_some();
        let (mut found, open) =
            if is_rerun { self.verdicts.split(piece) } else { (Vec::new(), piece.to_vec()) };
        let (known, mut unread) = (found.len(), Vec::new());
        visit_each(snapshot, &open, (&judge, obsolete), &mut |part: VisitBatch| {
            found.extend(part.found);
            unread.extend(part.unread);
            for problem in part.problems {
                tell(TextStep::Problem(problem));
            }
            !obsolete()
        });
        if obsolete() {
            return None;
        }
        self.verdicts.store(&open, &found[known..], &unread);
        self.kept.extend(unread);
        if !found.is_empty() {
            let found = EntrySet::from_ids(snapshot, &found);
            self.found.extend(piece.iter().filter(|&&id| found.count_of(id) == 1));
        }
        Some(())
    }
}

/// Sorts the tier by the number of quotes of its dispatches. `None` if the job became obsolete.
fn sort_by_quotes(
    request: &RunRequest<'_>,
    ids: &mut Vec<EntryId>,
    counts: &mut QuoteCounts,
    tell: &mut dyn FnMut(TextStep),
) -> Option<()> {
    let snapshot = request.snapshot;
    let all = ids.len();
    counts.count(snapshot, ids, request.is_obsolete, &mut |looked, problems| {
        for problem in problems {
            tell(TextStep::Problem(problem));
        }
        tell(TextStep::Found(TextsFound { progress: (looked, all), ..TextsFound::default() }));
    })?;
    *ids = ordered_ids(snapshot, &EntrySet::from_ids(snapshot, ids));
    sort_hits(request, &|id| counts.get(id), ids);
    Some(())
}

/// The words around the first hit of each dispatch; empty ones for those that cannot be read any more.
pub fn read_excerpts(
    snapshot: &Snapshot,
    ids: &[EntryId],
    query: &Query,
) -> Vec<(EntryId, Excerpt)> {
    let excerpts = Mutex::new(Vec::with_capacity(ids.len()));
    let read = |raw: &RawItem<'_>| {
        let excerpt = raw.dispatch().and_then(|dispatch| query.excerpt(raw.entry, &dispatch));
        if let (Some(excerpt), Ok(mut excerpts)) = (excerpt, excerpts.lock()) {
            excerpts.push((raw.id, excerpt));
        }
        false
    };
    visit(snapshot, ids, &read, &mut |_| true);
    let mut excerpts = excerpts.into_inner().unwrap_or_default();
    let missing = ids.iter().filter(|id| !excerpts.iter().any(|(read, _)| read == *id));
    let missing: Vec<_> = missing.map(|&id| (id, Excerpt::default())).collect();
    excerpts.extend(missing);
    excerpts
}
