//! What the desk makes of any dispatches does not depend on the order of their arrival.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::index_of;
use super::{NAMES, json, segment};
use crate::desk::{DispatchIndex, EntryId, Segment};

/// A dispatch of a few that may have to do with each other in any way.
fn any_line() -> impl Strategy<Value = String> {
    let pick = |all: &'static [&'static str]| proptest::sample::select(all);
    let front = (
        pick(&["", "", "d18", "d20"]),
        0u8..4,
        pick(&["AP", "AP", "dpa", "-"]),
        pick(&["FIRE", "FIRE", "BC-FIRE", "RAIN-1/", "-"]),
        pick(&[
            "",
            "",
            "\"1st Ld\" ",
            "\"KILL\" ",
            "\"CORRECTION\" ",
            "\"1st Add\" ",
            "\"2nd Ld\" ",
            "\"REPEAT\" ",
        ]),
        pick(&["", "", "UPDATE 1-", "CORRECTED-", "STORY WITHDRAWN-"]),
        pick(&[
            "Fire in the town hall",
            "Rain in the town",
            "Fire in the old town hall",
        ]),
    );
    let id = pick(&[
        "",
        "",
        "id=1",
        "id=2",
        "id=urn:x:1",
        "id=urn:x:2",
        "id=a0001",
    ]);
    let more = pick(&[
        "",
        "",
        "version=1",
        "version=2",
        "kills=urn:x:1",
        "kills=FIRE",
        "kills=a0001",
        "replaces=urn:x:1",
        "replaces=2",
        "corrects=urn:x:2",
        "addsto=1",
        "story=s",
        "status=canceled",
        "kills=Fire in the town hall",
        "repeats=urn:x:1:1",
    ]);
    (
        front,
        id,
        more,
        pick(&["", "story=s", "version=1", "kills=1"]),
    )
        .prop_map(
            |((day, hour, agency, slug, label, prefix, title), id, more, last)| {
                let pairs: Vec<&str> = [id, more, last]
                    .into_iter()
                    .filter(|p| !p.is_empty())
                    .collect();
                format!(
                    "{day}1{hour}:00 {agency} {slug} {label}{prefix}{title}; {}",
                    pairs.join(", ")
                )
            },
        )
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        lines in proptest::collection::vec(any_line(), 1..8),
        seed in any::<u64>(),
        at_once in 1usize..4,
    ) {
        // The number makes headlines differ, so that a table names each.
        let mut segments: Vec<Arc<Segment>> = (lines.iter().enumerate())
            .map(|(at, line)| segment(NAMES[at], &[json(line)]))
            .collect();
        let first = describe_all(&index_of(segments.clone()));
        let mut state = seed;
        for at in (1..segments.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            segments.swap(at, (state >> 33) as usize % (at + 1));
        }
        let mut desk = DispatchIndex::default();
        for batch in segments.chunks(at_once) {
            desk.add(batch.to_vec());
        }
        prop_assert_eq!(first, describe_all(&desk));
    }
}

/// The label stands on the earlier of two with one headline, and comes after the later.
#[test]
fn an_earlier_one_with_a_label_may_come_later() {
    let lines = [
        "10:00 dpa - Rain in the town; ",
        "d1810:00 dpa - \"1st Ld\" Rain in the town; version=1",
    ];
    let at = |at: usize| segment(NAMES[at], &[json(lines[at])]);
    let mut one_by_one = DispatchIndex::default();
    one_by_one.add(vec![at(0)]);
    one_by_one.add(vec![at(1)]);
    let mut the_other_way = DispatchIndex::default();
    the_other_way.add(vec![at(1)]);
    the_other_way.add(vec![at(0)]);
    assert_eq!(describe_all(&one_by_one), describe_all(&the_other_way));
    assert_eq!(
        describe_all(&one_by_one),
        describe_all(&index_of(vec![at(0), at(1)]))
    );
}

/// The wire names the story of what is killed by its keyword, another agency's story has that name, and came first.
#[test]
fn a_kill_by_keyword_finds_an_item_of_a_named_story() {
    let lines = [
        "d1810:00 AP FIRE Fire in the town hall; story=s",
        "10:00 dpa FIRE Rain in the town; story=s",
        "d2012:00 dpa FIRE \"KILL\" Fire in the town hall; version=1",
    ];
    let at = |at: usize| segment(NAMES[at], &[json(lines[at])]);
    let mut one_by_one = DispatchIndex::default();
    for n in 0..3 {
        one_by_one.add(vec![at(n)]);
    }
    assert_eq!(
        describe_all(&one_by_one),
        describe_all(&index_of(vec![at(0), at(1), at(2)]))
    );
    let killed = |desk: &DispatchIndex| {
        (desk.order().iter()).any(|&id| desk.story_status(id).killed_by.is_some())
    };
    assert!(killed(&one_by_one));
}

/// What the desk makes of entries, by their inputs; of the very same dispatch the inputs are one.
fn describe_all(desk: &DispatchIndex) -> BTreeMap<Vec<String>, String> {
    let path = |id: EntryId| {
        let input = desk
            .entry(id)
            .and_then(|e| e.input().map(|i| i.display_path()));
        input.unwrap_or_default()
    };
    let mut same: BTreeMap<EntryId, Vec<String>> = BTreeMap::new();
    for &id in desk.order() {
        let first = desk.successor(id).unwrap_or(id);
        same.entry(first).or_default().push(path(id));
    }
    for paths in same.values_mut() {
        paths.sort();
    }
    let named = |id: EntryId| same.get(&id).cloned().unwrap_or_default();
    let told = |&id: &EntryId| {
        let s = desk.story_status(id);
        let by = [s.superseded_by, s.killed_by, s.corrected_by].map(|by| by.map(named));
        let chain: Vec<_> = desk.versions(id).into_iter().map(named).collect();
        (
            named(id),
            format!("{by:?} {} {chain:?}", s.is_unmatched_kill),
        )
    };
    same.keys().map(told).collect()
}
