//! A file written again: which of its dispatches stand in the places of which before. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use crate::desk::{Input, ItemLocation, Replacement};

/// One dispatch of a file, as far as it is needed to find it again when the file is written again.
#[derive(Debug, Clone)]
pub(in crate::load) struct ReadItem {
    pub(in crate::load) input: Arc<Input>,
    pub(in crate::load) start: u64,
    pub(in crate::load) nth: u32,
    /// Identity of the version.
    pub(in crate::load) item_id: u64,
    /// Hash of headline and slug; 0 where there is neither.
    pub(in crate::load) title_hash: u64,
    /// Hash of its bytes and its number in them.
    pub(in crate::load) bytes_hash: u64,
}

impl ReadItem {
    /// True for the very same one.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.input, &other.input) && (self.start, self.nth) == (other.start, other.nth)
    }
}

/// What happened to the file between the two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum FileChange {
    /// The old bytes stand at its start still.
    Grown,
    /// Written again, or another file in its place.
    Rewritten,
    /// Deleted, and another one of its name made later.
    Recreated,
}

/// Pairs the dispatches of a file with those before: the same bytes, then the same identity, then the same name at the
/// same place. A place alone tells where the file grew, and where it holds one dispatch as before. Those before that
/// have no pair are in the file no longer: they stay, and are returned too.
pub(in crate::load) fn match_items(
    old: &[ReadItem],
    new: &[ReadItem],
    how: FileChange,
) -> (Vec<Replacement>, Vec<ReadItem>) {
    let mut successor: Vec<Option<usize>> = vec![None; old.len()];
    let mut taken = vec![false; new.len()];
    for key in [
        |item: &ReadItem| item.bytes_hash,
        |item: &ReadItem| item.item_id,
    ] {
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, item) in new.iter().enumerate().rev().filter(|(at, _)| !taken[*at]) {
            places.entry(key(item)).or_default().push(at);
        }
        for (at, item) in old.iter().enumerate() {
            if successor[at].is_none() {
                let found = places.get_mut(&key(item)).and_then(Vec::pop);
                successor[at] = found;
                if let Some(at) = found {
                    taken[at] = true;
                }
            }
        }
    }
    let single = old.len() == 1 && new.len() == 1;
    for (at, (before, after)) in old.iter().zip(new).enumerate() {
        let place = match how {
            FileChange::Grown => true,
            FileChange::Rewritten => single || same_name(before, after),
            FileChange::Recreated => same_name(before, after),
        };
        if place && successor[at].is_none() && !taken[at] {
            successor[at] = Some(at);
            taken[at] = true;
        }
    }
    let spot = |item: &ReadItem| ItemLocation {
        input: Arc::clone(&item.input),
        start: item.start,
        nth: item.nth,
    };
    let (mut replaced, mut left) = (Vec::new(), Vec::new());
    for (before, at) in old.iter().zip(successor) {
        match at.map(|at| &new[at]) {
            Some(after) => replaced.push(Replacement {
                old: spot(before),
                new: spot(after),
                is_unchanged: before.bytes_hash == after.bytes_hash,
            }),
            None => left.push(before.clone()),
        }
    }
    (replaced, left)
}

fn same_name(a: &ReadItem, b: &ReadItem) -> bool {
    a.title_hash == b.title_hash && a.title_hash != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::InputLocation;
    use crate::format::FormatId;

    /// Items from their identity, name and bytes.
    fn items(of: &[(u64, u64, u64)]) -> Vec<ReadItem> {
        let place = InputLocation::BuiltIn("test", b"");
        let input = Arc::new(Input::new(place, FormatId::PLAIN, 0, None));
        let item = |(start, &(key, name, bytes)): (u64, &(u64, u64, u64))| ReadItem {
            input: Arc::clone(&input),
            start,
            nth: 0,
            item_id: key,
            title_hash: name,
            bytes_hash: bytes,
        };
        (0..).zip(of).map(item).collect()
    }

    #[track_caller]
    fn check(
        how: FileChange,
        old: &[(u64, u64, u64)],
        new: &[(u64, u64, u64)],
        expected: &[(u64, u64, bool)],
    ) {
        let (replaced, left) = match_items(&items(old), &items(new), how);
        assert_eq!(replaced.len() + left.len(), old.len());
        let found: Vec<(u64, u64, bool)> = replaced
            .iter()
            .map(|pair| (pair.old.start, pair.new.start, pair.is_unchanged))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_single_dispatch_takes_its_place() {
        check(
            FileChange::Rewritten,
            &[(1, 1, 1)],
            &[(2, 2, 2)],
            &[(0, 0, false)],
        );
        check(FileChange::Recreated, &[(1, 1, 1)], &[(2, 2, 2)], &[]);
        check(
            FileChange::Recreated,
            &[(1, 7, 1)],
            &[(2, 7, 2)],
            &[(0, 0, false)],
        );
        check(
            FileChange::Recreated,
            &[(5, 1, 1)],
            &[(5, 2, 2)],
            &[(0, 0, false)],
        );
    }

    #[test]
    fn a_feed_that_moves_on_keeps_what_left_it() {
        // Newest first: 4 came, 1 went.
        let (a, b, c, d) = ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4));
        check(
            FileChange::Rewritten,
            &[c, b, a],
            &[d, c, b],
            &[(0, 1, true), (1, 2, true)],
        );
        // One of them corrected under its id.
        let (again, pairs) = ((2, 2, 9), [(0, 0, true), (1, 1, false)]);
        check(FileChange::Rewritten, &[c, b], &[c, again], &pairs);
    }

    #[test]
    fn the_last_one_grows_on() {
        let (a, part, whole, next) = ((1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 4, 4));
        let pairs = [(0, 0, true), (1, 1, false)];
        check(FileChange::Grown, &[a, part], &[a, whole, next], &pairs);
    }

    #[test]
    fn equal_dispatches_are_paired_one_by_one() {
        let a = (1, 1, 1);
        let pairs = [(0, 0, true), (1, 1, true)];
        check(FileChange::Rewritten, &[a, a], &[a, a, a], &pairs);
        check(FileChange::Rewritten, &[a, a, a], &[a, a], &pairs);
    }
}
