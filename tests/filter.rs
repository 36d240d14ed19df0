//! Runs over small desks: which entries are kept, and that what a shorter query kept is enough for a longer one.

#![allow(clippy::unwrap_used, clippy::format_collect)]

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;

use dateline::dispatch::{Body, Dispatch, Head, Role, Stamp, Status, Urgency};
use dateline::filter::{Marks, Query, QueryContext, RunRequest, SortOrder, run_query, run_request};
use dateline::format::{FormatId, ScannedItem};
use dateline::index::{DispatchIndex, Input, InputLocation, Segment, SegmentBuilder};

/// One segment of headlines, the newest first; each is `headline` or `headline @ place @ agency`.
fn segment(lines: &[&str]) -> Arc<Segment> {
    let mut builder = SegmentBuilder::default();
    let place = InputLocation::BuiltIn("test", b"");
    builder.begin_input(&Arc::new(Input::new(place, FormatId::PLAIN, 0, None)), 0);
    for (n, line) in lines.iter().enumerate() {
        let mut parts = line.split(" @ ");
        let mut part = || Cow::Borrowed(parts.next().unwrap_or(""));
        let number = u8::try_from(n % 200).unwrap_or(0);
        let head = Head {
            item_key: n as u64,
            headline: part(),
            place: part(),
            agency: part(),
            time: Some(Stamp::from_seconds(1_467_800_000 - i64::from(number) * 3_600)),
            urgency: Urgency::new(number % 9 + 1),
            status: if number % 5 == 4 { Status::Canceled } else { Status::Usable },
            role: if number % 3 == 2 { Role::Alert } else { Role::Story },
            word_count: u32::from(number) * 100,
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

const WIRE: [&str; 6] = [
    "Kremlin denies talks on Syria @ MOSCOW @ AFP",
    "Oil ends lower @ LONDON @ Reuters",
    "Kremmlin spokesman sees oil deal @ PARIS @ AFP",
    "Łódź mayor quits @ WARSAW @ PAP",
    "Syria truce holds, says US @ GENEVA @ Kremlin Wire",
    "The us and them @ PARIS @ AFP",
];

fn desk(lines: &[&str]) -> DispatchIndex {
    let mut desk = DispatchIndex::default();
    desk.add(lines.chunks(4).map(segment).collect());
    desk
}

fn kept(desk: &DispatchIndex, query: &str, order: SortOrder) -> String {
    let (snapshot, query) = (desk.snapshot(), Query::parse(query));
    let mut request = RunRequest::new(&snapshot, &query, &|| false);
    request.order = order;
    let (hits, _) = run_request(&request, &mut |_| {}).unwrap();
    let mut shown = String::new();
    for (n, id) in hits.ids.iter().enumerate() {
        shown += if n == hits.exact_count { " ~ " } else { " " };
        let headline = desk.entry(*id).map_or("", |e| e.headline());
        let line = WIRE.iter().position(|line| line.starts_with(headline));
        shown += &line.map_or("?".to_owned(), |n| n.to_string());
    }
    shown.trim().to_owned()
}

/// Which lines of the wire a query keeps, in order; those after `~` are close.
#[track_caller]
fn check(query: &str, expected: &str) {
    let mut desk = DispatchIndex::default();
    desk.add(vec![segment(&WIRE)]);
    assert_eq!(kept(&desk, query, SortOrder::Time), expected, "{query}");
}

#[test]
fn words_and_groups() {
    check("", "0 1 2 3 4 5");
    check("kremlin", "0 4 ~ 2");
    check("'kremlin", "0 4");
    check("headline:kremlin", "0 ~ 2");
    check("~krml", "0 2 4");
    check("!kremlin", "1 2 3 5");
    check("oil | syria", "0 1 2 4");
    check("oil afp", "2");
    check("(oil | syria) -afp", "1 4");
    check("^oil", "1");
    check("syria$", "0");
    check("US", "4");
    check("lodz", "3");
    check("Lodz", "3");
    check("/krem{1,2}lin/", "0 2 4");
    check("headline:/^the/", "5");
}

#[test]
fn fields_and_facts() {
    check("from:afp at:paris", "2 5");
    check("is:killed", "4");
    check("is:alert", "2 5");
    check("urgency:<=2", "0 1");
    check("words:200..300", "2 3");
    check("newer:2h", "0 1 2");
    check("older:2h", "3 4 5");
    check("date:2016-07-06", "0 1 2 3 4 5");
    check("date:..2016-07-05", "");
    check("is:unread", "0 1 2 3 4 5");
    check("is:starred", "");
}

#[test]
fn marks_are_asked() {
    struct Second;
    impl Marks for Second {
        fn is_unread(&self, item: u64) -> bool {
            item != 1
        }
        fn is_starred(&self, item: u64) -> bool {
            item == 1
        }
        fn note(&self, story: u64) -> Option<&str> {
            match story {
                1 => Some("Ask Ana Lind.\nBefore noon."),
                2 => Some("Łódź: call the desk"),
                _ => None,
            }
        }
    }
    let mut desk = DispatchIndex::default();
    desk.add(vec![segment(&WIRE)]);
    let snapshot = desk.snapshot();
    for (query, count) in [
        ("is:unread", 5),
        ("is:read", 1),
        ("is:starred oil", 1),
        ("is:noted", 2),
        ("!is:noted", 4),
        ("note:noon", 1),
        ("note:Noon", 0),
        ("note:\"ana lind\"", 1),
        ("note:(lind | lodz)", 2),
        ("note:(ask noon)", 1),
        ("note:^ask", 1),
        ("note:/d.sk/", 1),
        ("!note:ask", 5),
        ("note:ask oil", 1),
        ("is:noted !note:ask", 1),
    ] {
        let query = Query::parse(query);
        let mut request = RunRequest::new(&snapshot, &query, &|| false);
        request.view = QueryContext { now: 0, marks: &Second };
        let (hits, _) = run_request(&request, &mut |_| {}).unwrap();
        assert_eq!(hits.ids.len(), count, "{query:?}");
    }
}

#[test]
fn relevance_puts_whole_words_at_the_start_first() {
    let mut desk = DispatchIndex::default();
    desk.add(vec![segment(&WIRE)]);
    assert_eq!(kept(&desk, "syria", SortOrder::Relevance), "4 0");
    assert_eq!(kept(&desk, "~oil", SortOrder::Relevance), "1 2");
}

#[test]
fn what_the_text_decides_is_left_open_and_then_judged() {
    let mut desk = DispatchIndex::default();
    desk.add(vec![segment(&WIRE)]);
    let snapshot = desk.snapshot();
    let whole = |headline: &str, body: &str| Dispatch {
        headline: headline.to_owned(),
        body: Body::from_paragraphs([body]),
        ..Dispatch::default()
    };
    let body =
        "“There is a ceasefire now,” President Vladimir Putin said on Monday. No oil was shipped.";
    for (query, sure, open, judged) in [
        ("from:afp body:oil", 0, 3, 3),
        ("from:afp !body:oil", 0, 3, 0),
        ("from:afp | body:gas", 3, 3, 0),
        ("\"us and them\"", 1, 5, 0),
        ("\"no oil\"", 0, 6, 6),
        ("said:putin from:pap", 0, 1, 1),
        ("said:obama", 0, 6, 0),
        ("quote:ceasefire", 0, 6, 6),
        ("quote:shipped", 0, 6, 0),
        ("body:~cfire from:pap", 0, 1, 1),
    ] {
        let read = Query::parse(query);
        let request = RunRequest::new(&snapshot, &read, &|| false);
        let (hits, _) = run_request(&request, &mut |_| {}).unwrap();
        assert_eq!((hits.ids.len(), hits.undecided.len()), (sure, open), "{query}");
        let held = hits.undecided.iter().filter(|id| {
            let entry = snapshot.entry(**id).unwrap();
            read.matches_dispatch(entry, &whole(entry.headline(), body), &request.view)
        });
        assert_eq!(held.count(), judged, "{query}");
    }
}

#[test]
fn an_obsolete_run_ends() {
    let desk = desk(&WIRE);
    assert_eq!(run_query(&desk.snapshot(), &Query::parse("oil"), &|| true, &mut |_| {}), None);
}

const WORDS: [&str; 14] = [
    "kremlin",
    "kermlin",
    "Kremlins",
    "syria",
    "Syrian",
    "oil",
    "Łódź",
    "talks",
    "the",
    "US",
    "km",
    "rein",
    "talk-show",
    "sirya",
];

fn headlines() -> impl Strategy<Value = Vec<String>> {
    let line = proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..6);
    proptest::collection::vec(line.prop_map(|words| words.join(" ")), 1..40)
}

proptest! {
    #[test]
    fn narrowing_equals_filtering_from_scratch(
        first in headlines(),
        later in headlines(),
        parts in proptest::collection::vec(
            (proptest::sample::select(&["", "", "'", "~", "^", "!", "headline:", "from:", "body:"][..]),
             proptest::sample::select(&WORDS[..]),
             proptest::sample::select(&["", "", "", " |", "$"][..])),
            1..4,
        ),
        more in any::<bool>(),
        relevance in any::<bool>(),
    ) {
        let text: String = parts.iter().map(|(mark, word, end)| format!("{mark}{word}{end} ")).collect();
        let lines: Vec<&str> = first.iter().map(String::as_str).collect();
        let mut desk = desk(&lines);
        let mut before = None;
        let typed: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        for (n, end) in typed.iter().enumerate() {
            if more && n == typed.len() / 2 {
                desk.add(vec![segment(&later.iter().map(String::as_str).collect::<Vec<_>>())]);
            }
            let (snapshot, query) = (desk.snapshot(), Query::parse(&text[..*end]));
            let mut request = RunRequest::new(&snapshot, &query, &|| false);
            request.order = if relevance { SortOrder::Relevance } else { SortOrder::Time };
            let scratch = run_request(&request, &mut |_| {}).map(|(hits, _)| hits);
            request.previous = before.as_ref();
            let (narrowed, kept) = run_request(&request, &mut |_| {}).unwrap();
            prop_assert_eq!(Some(narrowed), scratch, "{}", &text[..*end]);
            before = Some(kept);
        }
    }
}
