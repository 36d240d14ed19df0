//! What saved views keep as entries arrive is what their filters keep of the whole desk: none missed, none too many.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use dateline::dispatch::{Head, Role, Stamp, Urgency};
use dateline::filter::{FilterJob, Query};
use dateline::format::{FormatId, ScannedItem};
use dateline::index::{DispatchIndex, EntryId, Input, InputLocation, Segment, SegmentBuilder};
use dateline::ingest::{InputSource, LoadEvent, load};
use dateline::work::{FilterCache, match_queries, run_filter_job};

/// A segment of entries, each of a number that decides what it is.
fn segment(numbers: &[u32]) -> Arc<Segment> {
    const WORDS: [&str; 8] =
        ["Oil", "kremlin", "Flood", "bank", "CUP", "ferry", "élection", "oilfield"];
    let mut builder = SegmentBuilder::default();
    let place = InputLocation::BuiltIn("test", b"");
    builder.begin_input(&Arc::new(Input::new(place, FormatId::PLAIN, 0, None)), 0);
    for &number in numbers {
        let word = |shift: u32| WORDS[(number >> shift) as usize % WORDS.len()];
        let urgent = u8::try_from(number % 11).unwrap();
        let head = Head {
            item_key: u64::from(number),
            headline: Cow::Owned(format!("{} {} {}", word(0), word(3), word(6))),
            slug: Cow::Borrowed(word(9)),
            agency: Cow::Borrowed(["NWR", "MRD", "QRN"][number as usize % 3]),
            time: Some(Stamp::from_seconds(1_700_000_000 + i64::from(number % 500) * 60)),
            urgency: Urgency::new(urgent),
            role: if number.is_multiple_of(13) { Role::Alert } else { Role::Story },
            word_count: number % 700,
            ..Head::default()
        };
        builder.push(&ScannedItem {
            head,
            byte_range: 0..0,
            number: 0,
            verbatim_range: 0..0,
            index: 0,
            format: FormatId::PLAIN,
        });
    }
    Arc::new(builder.finish())
}

/// Entries by when they came: their ids tell also what came with them.
fn numbered(
    desk: &DispatchIndex,
    found: impl IntoIterator<Item = (EntryId, u32)>,
) -> Vec<(usize, u32)> {
    let came = desk.entries_from(EntryId::FIRST).zip(0..);
    let came: HashMap<EntryId, usize> = came.collect();
    let mut found: Vec<_> = (found.into_iter()).map(|(id, rule)| (came[&id], rule)).collect();
    found.sort_unstable();
    found
}

/// What each query keeps of the entries as they arrive, so many segments at once.
fn as_they_arrive(desk: &[Arc<Segment>], at_once: usize, queries: &[Query]) -> Vec<(usize, u32)> {
    let mut whole = DispatchIndex::default();
    let mut found = Vec::new();
    for part in desk.chunks(at_once) {
        let first = whole.add(part.to_vec());
        let new = match_queries(queries, &whole.snapshot(), first, &mut |_| {});
        found.extend(new.iter().map(|found| (found.id, found.rule)));
    }
    numbered(&whole, found)
}

/// What each query keeps of the whole desk, close matches left aside.
fn of_the_whole(desk: &DispatchIndex, queries: &[Query]) -> Vec<(usize, u32)> {
    let snapshot = desk.snapshot();
    let mut found = Vec::new();
    for (rule, query) in (0..).zip(queries) {
        let job = FilterJob::new(snapshot.clone(), query.clone());
        let hits =
            run_filter_job(&job, &mut FilterCache::default(), &|| false, &mut |_| {}).unwrap();
        found.extend(hits.ids[..hits.exact_count].iter().map(|&id| (id, rule)));
    }
    numbered(desk, found)
}

#[track_caller]
fn check(desk: &[Arc<Segment>], at_once: usize, queries: &[&str]) -> usize {
    let queries: Vec<Query> =
        queries.iter().map(|text| Query::parse_strict(text).unwrap()).collect();
    let mut whole = DispatchIndex::default();
    whole.add(desk.to_vec());
    let expected = of_the_whole(&whole, &queries);
    assert_eq!(as_they_arrive(desk, at_once, &queries), expected);
    expected.len()
}

const TEN: [&str; 10] = [
    "oil",
    "headline:(flood | ferry) !bank",
    "from:nwr urgency:1..3",
    "is:alert",
    "is:urgent | is:alert",
    "slug:CUP",
    "\"bank ferry\"",
    "words:>300 from:(mrd | qrn)",
    "/^oil.*kremlin/",
    "election 'flood ~krm",
];

#[test]
fn ten_views_miss_nothing_of_many_arrivals() {
    let numbers: Vec<u32> = (0..12_000).map(|n: u32| n.wrapping_mul(2_654_435_761) >> 8).collect();
    // As a spool brings them: one by one, some at once, and a long file.
    let (few, many) = numbers.split_at(400);
    let mut desk: Vec<Arc<Segment>> = few.chunks(1).map(segment).collect();
    desk.extend(many.chunks(37).take(60).map(segment));
    desk.extend(many[37 * 60..].chunks(8_000).map(segment));
    assert!(check(&desk, 5, &TEN) > 10_000);
}

/// `cargo test --release --test views -- --ignored`
#[test]
#[ignore = "slow"]
fn ten_views_miss_nothing_of_a_hundred_thousand_arrivals() {
    let numbers: Vec<u32> = (0..100_000).map(|n: u32| n.wrapping_mul(2_654_435_761) >> 8).collect();
    let (few, many) = numbers.split_at(1_000);
    let mut desk: Vec<Arc<Segment>> = few.chunks(1).map(segment).collect();
    desk.extend(many.chunks(500).map(segment));
    assert!(check(&desk, 1, &TEN) > 100_000);
}

proptest! {
    #[test]
    fn however_they_arrive(
        numbers in prop::collection::vec(any::<u32>(), 1..120),
        size in 1..40_usize,
        at_once in 1..4_usize,
        picks in prop::collection::vec(0..TEN.len(), 1..4),
    ) {
        let desk: Vec<Arc<Segment>> = numbers.chunks(size).map(segment).collect();
        let queries: Vec<&str> = picks.into_iter().map(|pick| TEN[pick]).collect();
        check(&desk, at_once, &queries);
    }
}

#[test]
fn texts_are_read_where_a_view_asks_for_them() {
    let segments = Mutex::new(Vec::new());
    load(vec![InputSource::BuiltIn], 1, &|report| {
        if let LoadEvent::Segment(segment) = report {
            segments.lock().unwrap().push(segment);
        }
    });
    let desk = segments.into_inner().unwrap();
    let queries = [
        "body:the",
        "said:a !is:alert",
        "quote:not",
        "\"the\" urgency:<=4",
        "!body:said",
        "body:(zzzz | 'was) | is:alert",
        "body:/[0-9]{4}/",
    ];
    assert!(check(&desk, 1, &queries) > 20);
}
