//! The desk as jobs and screens rely on it: the order of any batches is that of one sort, and rows find their entries.

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;

use super::{DispatchIndex, EntryId, Input, InputLocation, Segment, SegmentBuilder};
use crate::dispatch::{Head, Stamp, TimeSource};
use crate::format::{FormatId, ScannedItem};

fn segment_of_times(times: &[(Option<i64>, bool)]) -> Arc<Segment> {
    let place = InputLocation::BuiltIn("test", b"");
    let input = Arc::new(Input::new(place, FormatId::PLAIN, 0, None));
    let mut builder = SegmentBuilder::default();
    builder.begin_input(&input, 0);
    for (number, &(seconds, of_file)) in (0u32..).zip(times) {
        let time_source = match seconds {
            Some(_) if of_file => TimeSource::File,
            Some(_) => TimeSource::Sent,
            None => TimeSource::None,
        };
        let head = Head {
            headline: Cow::Owned(format!("Number {number}")),
            agency: Cow::Borrowed("NWR"),
            time: seconds.map(Stamp::from_seconds),
            time_source,
            ..Head::default()
        };
        builder.push(&ScannedItem {
            head,
            byte_range: u64::from(number)..u64::from(number) + 1,
            number: 0,
            verbatim_range: 0..0,
            index: number,
            format: FormatId::PLAIN,
        });
    }
    Arc::new(builder.finish())
}

proptest! {
    #[test]
    fn batches_are_merged_as_one_sort_would(
        batches in proptest::collection::vec(
            proptest::collection::vec((proptest::option::of(0i64..20), any::<bool>()), 0..12), 0..8)
    ) {
        let mut desk = DispatchIndex::default();
        for batch in &batches {
            desk.add(vec![segment_of_times(batch)]);
        }
        let mut sorted: Vec<EntryId> = desk.order().to_vec();
        sorted.sort_by(|&a, &b| desk.compare(a, b));
        prop_assert_eq!(desk.order(), &sorted[..]);
        prop_assert_eq!(desk.len(), batches.iter().map(Vec::len).sum::<usize>());
        for (row, &id) in desk.order().iter().enumerate() {
            prop_assert_eq!(desk.position_of(id), Some(row));
        }
    }
}

#[test]
fn texts_come_back_as_they_went_in() {
    let segment = segment_of_times(&[(Some(5), false), (None, false)]);
    let entry = segment
        .entry(1)
        .map(|e| (e.headline().to_owned(), e.agency(), e.time()));
    assert_eq!(entry, Some(("Number 1".to_owned(), "NWR", None)));
    assert_eq!(
        segment.row_at_byte(segment.folded_headlines().find("number 1").unwrap_or(0), 0),
        1
    );
}
