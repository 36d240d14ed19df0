//! Stories: what the desk makes of damaged chains of versions, kills and corrections does not depend on their order.

use std::collections::BTreeMap;
use std::sync::Arc;

use dateline::format::{self, Context};
use dateline::index::{DispatchIndex, EntryId, Input, InputLocation, Segment, SegmentBuilder};
use proptest::prelude::*;

use crate::damaged::damaged_of;
use crate::{Bytes, Target};

fn segment(name: usize, bytes: &[u8]) -> Option<Arc<Segment>> {
    let id = format::detect(bytes).ok()?;
    let mut builder = SegmentBuilder::default();
    let place = InputLocation::File(format!("file-{name}").into());
    let input = Input::new(place, id, bytes.len() as u64, None);
    builder.begin_input(&Arc::new(input), 0);
    format::scan(id, bytes, &Context::default(), &mut |found| {
        builder.push(&found);
    });
    Some(Arc::new(builder.finish()))
}

/// What the desk makes of entries, by input and number; of the very same dispatch the inputs are one.
fn whole(desk: &DispatchIndex) -> BTreeMap<Vec<String>, String> {
    let name = |id: EntryId| {
        let entry = desk.entry(id);
        let origin = entry.and_then(dateline::index::EntryRef::locator);
        let path = entry.and_then(|e| e.input().map(|i| i.display_path()));
        format!("{} {:?}", path.unwrap_or_default(), origin.map(|o| (o.bytes, o.number_in_range)))
    };
    let mut same: BTreeMap<EntryId, Vec<String>> = BTreeMap::new();
    for &id in desk.order() {
        same.entry(desk.successor(id).unwrap_or(id)).or_default().push(name(id));
    }
    for names in same.values_mut() {
        names.sort();
    }
    let named = |id: EntryId| same.get(&id).cloned().unwrap_or_default();
    let told = |&id: &EntryId| {
        let s = desk.story_status(id);
        let by = [s.superseded_by, s.killed_by, s.corrected_by].map(|by| by.map(named));
        let chain: Vec<_> = desk.versions(id).into_iter().map(named).collect();
        (named(id), format!("{by:?} {} {chain:?}", s.is_unmatched_kill))
    };
    same.keys().map(told).collect()
}

fn holds(files: &[Bytes], seed: u64, at_once: usize) -> Result<(), TestCaseError> {
    let segments = files.iter().enumerate();
    let mut segments: Vec<_> =
        segments.filter_map(|(name, bytes)| segment(name, &bytes.0)).collect();
    let mut desk = DispatchIndex::default();
    desk.add(segments.clone());
    let first = whole(&desk);
    for &id in desk.order() {
        let mut chain = desk.versions(id);
        prop_assert!(
            desk.is_unlisted(id) || chain.contains(&id),
            "a chain without the entry itself"
        );
        chain.sort_unstable();
        chain.dedup();
        prop_assert_eq!(chain.len(), desk.versions(id).len(), "twice in its chain");
    }
    // Of two entries of the very same dispatch the first to come stays: then the order does matter.
    if desk.order().iter().any(|&id| desk.is_unlisted(id)) {
        return Ok(());
    }
    let mut state = seed;
    for at in (1..segments.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        segments.swap(at, (state >> 33) as usize % (at + 1));
    }
    let mut desk = DispatchIndex::default();
    for batch in segments.chunks(at_once) {
        desk.add(batch.to_vec());
    }
    prop_assert_eq!(first, whole(&desk));
    Ok(())
}

pub(crate) fn targets() -> Vec<Target> {
    let files = proptest::collection::vec(damaged_of("").prop_map(Bytes), 1..8);
    let input = (files, any::<u64>(), 1..4usize);
    vec![Target::new("stories", input, |(files, seed, at_once)| holds(&files, seed, at_once))]
}
