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
pub(super) fn compare(segments: &[Arc<Segment>], a: EntryId, b: EntryId) -> Ordering {
    let (Some(x), Some(y)) = (entry(segments, a), entry(segments, b)) else {
        return a.cmp(&b);
    };
    let seconds = |e: EntryRef<'_>| Reverse(e.time().map_or(i64::MIN, |t| t.seconds));
    let weak = |e: EntryRef<'_>| matches!(e.time_source(), TimeSource::File | TimeSource::None);
    (seconds(x), weak(x))
        .cmp(&(seconds(y), weak(y)))
        .then_with(|| {
            let forward = input_order(x, y);
            if weak(x) { forward } else { forward.reverse() }
        })
}

fn input_order(x: EntryRef<'_>, y: EntryRef<'_>) -> Ordering {
    let by_input = match (x.input(), y.input()) {
        (Some(a), Some(b)) if !Arc::ptr_eq(a, b) => a.place.cmp(&b.place),
        _ => Ordering::Equal,
    };
    by_input.then_with(|| x.position().cmp(&y.position()))
}

/// Sorts new ids and merges them into the order.
pub(super) fn merge(segments: &[Arc<Segment>], order: &mut Vec<EntryId>, mut ids: Vec<EntryId>) {
    if ids.is_empty() {
        return;
    }
    ids.sort_unstable_by(|&a, &b| compare(segments, a, b));
    let before = |a: EntryId, b: EntryId| compare(segments, a, b) == Ordering::Less;
    match (order.first(), order.last(), ids.first(), ids.last()) {
        (Some(_), Some(&last), Some(&first_new), _) if before(last, first_new) => order.extend(ids),
        (Some(&first), _, _, Some(&last_new)) if before(last_new, first) => {
            ids.append(order);
            *order = ids;
        }
        _ => {
            let old = std::mem::take(order);
            order.reserve_exact(old.len() + ids.len());
            let mut new = ids.into_iter().peekable();
            for id in old {
                while let Some(next) = new.next_if(|&n| before(n, id)) {
                    order.push(next);
                }
                order.push(id);
            }
            order.extend(new);
        }
    }
}

/// Row of an id in the order.
pub(super) fn position(segments: &[Arc<Segment>], order: &[EntryId], id: EntryId) -> Option<usize> {
    let at = order.partition_point(|&other| compare(segments, other, id) == Ordering::Less);
    (order.get(at) == Some(&id)).then_some(at)
}
