//! The query language: any text is a query, what is wrong with it has a place, and all ways to judge an entry agree.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use dateline::dispatch::Dispatch;
use dateline::filter::{
    CompletionTarget, NoMarks, Query, QueryContext, RawText, RunRequest, quote_value, run_request,
};
use dateline::format::{self, Context};
use dateline::index::{DispatchIndex, EntryId, Input, InputLocation, SegmentBuilder};
use proptest::prelude::*;

use crate::Target;
use crate::damaged::fixtures;

/// What queries are made of, beside words and numbers.
const PIECES: &[&str] = &[
    "(",
    ")",
    " ",
    " ",
    "|",
    "!",
    "-",
    "\"",
    "'",
    "~",
    "^",
    "$",
    "/",
    "\\",
    "..",
    "<=",
    ">",
    ":",
    "headline:",
    "slug:",
    "from:",
    "at:",
    "by:",
    "about:",
    "lang:",
    "body:",
    "said:",
    "quote:",
    "is:",
    "is:urgent",
    "is:killed",
    "urgency:",
    "words:",
    "date:",
    "newer:2h",
    "older:",
    "form:",
    "kind:",
    "storm",
    "ferry",
    "said",
    "harbour",
    "the",
    "NWR",
    "東京",
    "Łódź",
    "\u{301}",
    "/a+b*/",
    "2026-11",
    "é",
    " | ",
    "the ",
];

pub(crate) fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => "[a-z]{1,6}",
        1 => "[0-9]{1,10}",
        1 => "\\PC{0,3}",
        1 => ".{0,4}",
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// A desk of all fixtures, and each dispatch of it: its entry, its bytes, and the whole of it.
struct Wire {
    desk: DispatchIndex,
    read: Vec<(EntryId, Vec<u8>, &'static str, Dispatch)>,
}

fn wire() -> &'static Wire {
    static WIRE: OnceLock<Wire> = OnceLock::new();
    WIRE.get_or_init(|| {
        let (mut desk, mut read) = (DispatchIndex::default(), Vec::new());
        let context = Context::default();
        for (name, bytes) in fixtures() {
            let Ok(id) = format::detect(bytes) else {
                continue;
            };
            let mut builder = SegmentBuilder::default();
            let place = InputLocation::File(name.into());
            builder.begin_input(&Arc::new(Input::new(place, id, bytes.len() as u64, None)), 0);
            format::scan(id, bytes, &context, &mut |found| builder.push(&found));
            let first = desk.add(vec![Arc::new(builder.finish())]);
            let snapshot = desk.snapshot();
            for &entry_id in snapshot.order.iter().filter(|&&id| id >= first) {
                let entry = snapshot.entry(entry_id).unwrap();
                let place = |at: u64| usize::try_from(at).unwrap();
                let own = &bytes[place(entry.bytes().start)..place(entry.bytes().end)];
                let nth = entry.locator().unwrap().number_in_range;
                if let Some(whole) = format::read_item(id, own, nth, &context) {
                    read.push((entry_id, own.to_vec(), name.as_str(), whole));
                }
            }
        }
        Wire { desk, read }
    })
}

fn kept(query: &Query) -> (HashSet<EntryId>, HashSet<EntryId>) {
    let snapshot = wire().desk.snapshot();
    let request = RunRequest::new(&snapshot, query, &|| false);
    let (hits, _) = run_request(&request, &mut |_| {}).unwrap();
    let sure = hits.ids[..hits.exact_count].iter().copied().collect();
    (sure, hits.undecided.into_iter().collect())
}

fn holds(text: &str, longer: &str, cut: usize) -> Result<(), TestCaseError> {
    let query = Query::parse(text);
    prop_assert_eq!(&Query::parse(text), &query);
    if let Err(error) = Query::parse_strict(text) {
        prop_assert!(error.column <= text.chars().count());
        prop_assert!(!error.to_string().is_empty());
    }
    let _ = (query.match_ranges_in_text("The storm, said Łódź"), query.positive_words());
    let slot = CompletionTarget::at_end(&text[..text.floor_char_boundary(cut)]);
    let _ = (slot.suggestions(), slot.accepts_value("NWR"), quote_value(text));
    // By the head alone, by raw bytes, and by the whole: what is sure must be so.
    let (sure, open) = kept(&query);
    let view = QueryContext { now: 1_794_000_000, clock: None, marks: &NoMarks };
    let raw = query.raw();
    let snapshot = wire().desk.snapshot();
    for (id, bytes, name, dispatch) in wire().read.iter().skip(cut % 7).step_by(7) {
        let entry = snapshot.entry(*id).unwrap();
        if !open.contains(id) {
            continue;
        }
        let plain = entry.input().is_some_and(|input| input.format.row().is_raw_searchable);
        let verdict = raw.evaluate(&RawText { entry, bytes, plain }, &view);
        let truth = query.matches_dispatch(entry, dispatch, &view);
        prop_assert!(
            verdict.is_none_or(|v| v == truth),
            "{text:?} of {name}: {verdict:?}, but {truth}"
        );
    }
    // What narrows keeps nothing that the shorter one does not keep.
    let longer = Query::parse(longer);
    if longer.is_narrower_than(&query) {
        let (sure_then, open_then) = kept(&longer);
        prop_assert!(sure_then.iter().all(|id| sure.contains(id)));
        prop_assert!(open_then.iter().all(|id| sure.contains(id) || open.contains(id)));
    }
    Ok(())
}

pub(crate) fn targets() -> Vec<Target> {
    let input = (pieces(), pieces(), 0..60usize);
    vec![Target::new("query", input, |(text, more, cut)| {
        holds(&text, &format!("{text}{more}"), cut)
    })]
}
