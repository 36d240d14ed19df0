//! Runs a query over a snapshot: those that contain the words first, in the order of the desk, then close matches, best first.

use std::cmp::Reverse;
use std::sync::Arc;

use super::fuzzy::{Fuzzy, Pattern};
use super::{Query, Word};
use crate::desk::{EntryId, EntryRef, Segment, Snapshot};

/// What a query keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Entries that contain every word, in the order of the desk, then close matches, best first.
    pub ids: Vec<EntryId>,
    /// How many of them contain every word.
    pub containing: usize,
}

/// How one entry fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Out,
    Contains,
    /// Summed shares of perfect scores.
    Close(u32),
}

/// Runs a query. `partial` is given the hits that contain the words before the close matches are looked for;
/// `obsolete` is asked now and then, and a true answer ends the run with `None`.
pub fn run(
    snapshot: &Snapshot,
    query: &Query,
    obsolete: &(dyn Fn() -> bool + Sync),
    partial: &mut dyn FnMut(Hits),
) -> Option<Hits> {
    if query.is_empty() {
        return Some(Hits {
            ids: snapshot.order.to_vec(),
            containing: snapshot.order.len(),
        });
    }
    let contains = judge_all(snapshot, obsolete, |segment| contained(segment, query))?;
    let mut hits = Hits::default();
    hits.ids.extend(
        snapshot
            .order
            .iter()
            .filter(|id| contains[id.segment()][id.row()]),
    );
    hits.containing = hits.ids.len();
    partial(hits.clone());

    let fuzzy = Fuzzy::default();
    if query
        .words()
        .iter()
        .all(|word| fuzzy.pattern(word.folded()).is_none())
    {
        return Some(hits);
    }
    let shares = judge_all(snapshot, obsolete, |segment| close(segment, query))?;
    let mut close: Vec<(Reverse<u32>, usize, EntryId)> = Vec::new();
    for (place, &id) in snapshot.order.iter().enumerate() {
        let share = shares[id.segment()][id.row()];
        if share > 0 && !contains[id.segment()][id.row()] {
            close.push((Reverse(share), place, id));
        }
    }
    close.sort_unstable();
    hits.ids.extend(close.into_iter().map(|(_, _, id)| id));
    Some(hits)
}

/// Judges all segments, on as many threads as the machine has; `None` when the run became obsolete.
fn judge_all<T: Send>(
    snapshot: &Snapshot,
    obsolete: &(dyn Fn() -> bool + Sync),
    judge: impl Fn(&Segment) -> T + Sync,
) -> Option<Vec<T>> {
    let segments = snapshot.segments();
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(segments.len().div_ceil(2))
        .max(1);
    let chunk = segments.len().div_ceil(threads).max(1);
    let work = |part: &[Arc<Segment>]| -> Option<Vec<T>> {
        part.iter()
            .map(|segment| {
                if obsolete() {
                    None
                } else {
                    Some(judge(segment))
                }
            })
            .collect()
    };
    if threads == 1 {
        return work(segments);
    }
    std::thread::scope(|scope| {
        let jobs: Vec<_> = segments
            .chunks(chunk)
            .map(|part| scope.spawn(move || work(part)))
            .collect();
        let mut all = Vec::with_capacity(segments.len());
        for job in jobs {
            all.extend(job.join().ok()??);
        }
        Some(all)
    })
}

/// For each row whether it contains every word.
fn contained(segment: &Segment, query: &Query) -> Vec<bool> {
    let mut all = vec![true; segment.len()];
    for word in query.words() {
        let rows = rows_with(segment, word);
        all.iter_mut().zip(rows).for_each(|(all, has)| *all &= has);
    }
    all
}

/// For each row whether it contains a word in headline, slug, place or agency.
fn rows_with(segment: &Segment, word: &Word) -> Vec<bool> {
    let symbols = segment.symbols_that(|text| text.contains(word.folded()));
    let mut rows = if symbols.contains(&true) {
        segment
            .entries()
            .map(|entry| entry.has_symbol(&symbols))
            .collect()
    } else {
        vec![false; segment.len()]
    };
    for at in memchr::memmem::find_iter(
        segment.folded_headlines().as_bytes(),
        word.folded().as_bytes(),
    ) {
        rows[segment.row_at(at)] = true;
    }
    rows
}

/// For each row the summed shares of its words, contained words counting as perfect; 0 where one is not even close.
fn close(segment: &Segment, query: &Query) -> Vec<u32> {
    let fuzzy = Fuzzy::default();
    let mut sums: Vec<u32> = vec![1; segment.len()];
    for word in query.words() {
        let rows = rows_with(segment, word);
        let pattern = fuzzy.pattern(word.folded());
        for ((entry, sum), contains) in segment.entries().zip(&mut sums).zip(rows) {
            if *sum == 0 {
                continue;
            }
            match word_verdict(entry, contains, pattern.as_ref(), &fuzzy) {
                Verdict::Contains => *sum += 100,
                Verdict::Close(share) => *sum += share,
                Verdict::Out => *sum = 0,
            }
        }
    }
    sums
}

fn word_verdict(
    entry: EntryRef<'_>,
    contains: bool,
    pattern: Option<&Pattern<'_>>,
    fuzzy: &Fuzzy,
) -> Verdict {
    if contains {
        return Verdict::Contains;
    }
    let share = pattern.and_then(|pattern| fuzzy.score(entry.folded_headline(), pattern));
    share.map_or(Verdict::Out, |share| {
        Verdict::Close(u32::try_from(share.clamp(1, 99)).unwrap_or(1))
    })
}
