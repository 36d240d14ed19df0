//! The order of the desk: newest first, and a new entry never moves two old ones relative to each other.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use super::{EntryId, EntryRef, Segment};
use crate::dispatch::TimeSource;

fn entry(segments: &[Arc<Segment>], id: EntryId) -> Option<EntryRef<'_>> {
    segments.get(id.segment())?.entry(id.row())
}

/// Newest first. Of two entries with the same time the one that the wire dated stands before the one that only its
/// file dates; then, on the wire's own word, the later in the input is the newer. Entries dated by nothing but their
/// files, or by nothing, keep the order of their inputs.
pub(super) fn compare_entries(segments: &[Arc<Segment>], a: EntryId, b: EntryId) -> Ordering {
    let (Some(x), Some(y)) = (entry(segments, a), entry(segments, b)) else {
        return a.cmp(&b);
    };
    let seconds = |e: EntryRef<'_>| Reverse(e.time().map_or(i64::MIN, |t| t.seconds));
    let weak = |e: EntryRef<'_>| matches!(e.time_source(), TimeSource::File | TimeSource::None);
    (seconds(x), weak(x))
        .cmp(&(seconds(y), weak(y)))
        .then_with(|| {
            let forward = compare_by_input(x, y);
            if weak(x) { forward } else { forward.reverse() }
        })
        .then(a.cmp(&b))
}

fn compare_by_input(x: EntryRef<'_>, y: EntryRef<'_>) -> Ordering {
    let by_input = match (x.input(), y.input()) {
        (Some(a), Some(b)) if !Arc::ptr_eq(a, b) => a.location.cmp(&b.location),
        _ => Ordering::Equal,
    };
    by_input.then_with(|| x.position_in_input().cmp(&y.position_in_input()))
}

/// Sorts new ids and merges them into the order. Costs a look-up for each new id and a move of the old ones, which are
/// many and mostly stay together; where no job holds the order they are moved in the room that they have.
pub(super) fn merge_into_order(
    segments: &[Arc<Segment>],
    order: &mut Arc<Vec<EntryId>>,
    mut ids: Vec<EntryId>,
) {
    if ids.is_empty() {
        return;
    }
    // A stable sort knows runs: inputs mostly are in order, this way or the other.
    ids.sort_by(|&a, &b| compare_entries(segments, a, b));
    let old = order.len();
    let all = old + ids.len();
    let room = all + all / 8;
    if Arc::get_mut(order).is_none() {
        let mut own = Vec::with_capacity(room);
        own.extend_from_slice(order);
        *order = Arc::new(own);
    }
    let order = Arc::make_mut(order);
    if order.capacity() < all {
        order.reserve_exact(room - old);
    }
    order.extend_from_slice(&ids);
    let (mut from, mut to) = (old, all);
    for id in ids.into_iter().rev() {
        let after = count_trailing(&order[..from], |other| {
            compare_entries(segments, other, id) != Ordering::Less
        });
        order.copy_within(from - after..from, to - after);
        from -= after;
        to -= after + 1;
        order[to] = id;
    }
}

/// How many ids at the end of a sorted slice pass a test: looks near the end first, then in doubling steps.
fn count_trailing(ids: &[EntryId], test: impl Fn(EntryId) -> bool) -> usize {
    let count = ids.len();
    let mut bound = 1;
    while bound <= count && test(ids[count - bound]) {
        bound *= 2;
    }
    let (from, to) = (bound / 2, (bound - 1).min(count));
    let unsure = &ids[count - to..count - from];
    from + unsure.len() - unsure.partition_point(|&id| !test(id))
}

/// Row of an id in the order.
pub(super) fn position_in_order(
    segments: &[Arc<Segment>],
    order: &[EntryId],
    id: EntryId,
) -> Option<usize> {
    let at = order.partition_point(|&other| compare_entries(segments, other, id) == Ordering::Less);
    (order.get(at) == Some(&id)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_counts_as_a_scan_would() {
        let ids: Vec<EntryId> = (0..100).map(|row| EntryId::new(0, row)).collect();
        for length in 0..ids.len() {
            for count in 0..=length {
                let last = |id: EntryId| id.row() + count >= length;
                assert_eq!(count_trailing(&ids[..length], last), count);
            }
        }
    }
}
