//! Runs over small desks: which entries are kept, and that what a shorter query kept is enough for a longer one.

#![allow(clippy::unwrap_used, clippy::format_collect)]

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;

use dateline::dispatch::{Body, Dispatch, Head, Role, Stamp, Status, Urgency};
use dateline::filter::{
    Excerpt, Marks, Query, QueryContext, QuoteTerms, RunRequest, SortOrder, run_query, run_request,
};
use dateline::format::{Context, FormatId, ScannedItem, parse, scan};
use dateline::index::{DispatchIndex, Input, InputLocation, Segment, SegmentBuilder};
use dateline::marks::MarkSets;
use dateline::quotes::extract_quotes;

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
        request.view = QueryContext { now: 0, clock: None, marks: &Second };
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

/// Checks the words around the first hit in a body, under the headline “Oil ends lower”; the hit is in brackets.
#[track_caller]
fn check_excerpt(query: &str, body: &[&str], expected: &str) {
    let segment = segment(&["Oil ends lower"]);
    let body = Body::from_paragraphs(body.iter().copied());
    let dispatch = Dispatch { body, ..Dispatch::default() };
    let excerpt = Query::parse(query).excerpt(segment.entry(0).unwrap(), &dispatch);
    let shown = excerpt.map_or("none".to_owned(), |Excerpt { text, hit, is_cut }| {
        let cut = |is_cut| if is_cut { "…" } else { "" };
        let (before, after) = (&text[..hit.start], &text[hit.end..]);
        format!("{}{before}[{}]{after}{}", cut(is_cut.0), &text[hit.clone()], cut(is_cut.1))
    });
    assert_eq!(shown, expected, "{query}");
}

#[test]
fn the_words_around_the_first_hit_beyond_the_head() {
    let body = ["The oil came in drums.", "Nobody saw the kerosene, or any paraffin."];
    let kerosene = "The oil came in drums. Nobody saw the [kerosene], or any paraffin.";
    check_excerpt("kerosene", &body, kerosene);
    check_excerpt("paraffin kerosene", &body, kerosene);
    let paraffin = "The oil came in drums. Nobody saw the kerosene, or any [paraffin].";
    // The head has the oil: what it lacks is more telling.
    check_excerpt("oil paraffin", &body, paraffin);
    check_excerpt("PARAFFIN | Paraffin | 'paraffin", &body, paraffin);
    check_excerpt(
        "oil",
        &body,
        "The [oil] came in drums. Nobody saw the kerosene, or any paraffin.",
    );
    check_excerpt("/k.r/", &body, &kerosene.replace("[kerosene]", "[ker]osene"));
    check_excerpt("coal | !kerosene", &body, "none");
    check_excerpt(
        "^the",
        &body,
        "[The] oil came in drums. Nobody saw the kerosene, or any paraffi…",
    );
    // Sixty characters on each side, in any script.
    let long = format!("{} lódź {}", "żółw ".repeat(30).trim(), "湖".repeat(80));
    let expected = format!("…{}[lódź] {}…", "żółw ".repeat(12), "湖".repeat(59));
    check_excerpt("Lodz | lodz", &[&long], &expected);
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

// The quotes that a query is about.

/// Six quotes: 0, 2 and 4 are Lind's, 1 and 3 are Carre's, 5 is of both.
const PIER: &str = "Headline: Pier opens\nSlug: PIER\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\n\n\
    “The planks are dry at last,” said Ana Lind. “I paid for two boats,” said Bo Carre.\n\n\
    “Boats come and go,” said Ana Lind. “Mind the third step,” said Bo Carre.\n\n\
    “It is only a pier,” said Ana Lind. “We love the boats,” Ana Lind and Bo Carre said.\n";

/// The quotes of [`PIER`] that fit a query; `None` if it asks for none.
fn fitting(query: &str) -> Option<Vec<usize>> {
    let (bytes, context) = (PIER.as_bytes(), Context::default());
    let mut builder = SegmentBuilder::default();
    let location = InputLocation::BuiltIn("test", b"");
    builder.begin_input(&Arc::new(Input::new(location, FormatId::PLAIN, 0, None)), 0);
    scan(FormatId::PLAIN, bytes, &context, &mut |item| builder.push(&item));
    let mut index = DispatchIndex::default();
    index.add(vec![Arc::new(builder.finish())]);
    let entry = index.entry(index.order()[0]).unwrap();
    let dispatch = parse(bytes, &context).dispatches.remove(0);
    let quotes = extract_quotes(&dispatch);
    assert_eq!(quotes.len(), 6);
    let query = Query::parse_strict(query).unwrap();
    let terms = QuoteTerms::new(&query, MarkSets::default(), 0, None)?;
    Some(terms.fitting(entry, &dispatch, &quotes))
}

#[test]
fn quotes_fit_the_terms_for_quotes() {
    for (query, fits) in [
        ("said:lind", &[0, 2, 4, 5][..]),
        ("said:LIND", &[]),
        ("said:/^ana lind$/", &[0, 2, 4]),
        ("quote:boats", &[1, 2, 5]),
        ("quote:\"come and go\"", &[2]),
        // Terms that all must match: of one quote where they can, else of any.
        ("said:lind quote:boats", &[2, 5]),
        ("said:lind said:carre", &[5]),
        ("said:carre quote:planks", &[0, 1, 3, 5]),
        ("quote:(planks step)", &[0, 3]),
        ("quote:(boats go)", &[2]),
        ("said:carre quote:(boats love)", &[5]),
        // Alternatives: those that the dispatch matches.
        ("said:nobody | quote:step", &[3]),
        ("quote:(planks | step)", &[0, 3]),
        ("(pier said:lind) | (snow said:carre)", &[0, 2, 4, 5]),
        ("(body:planks quote:step) | (body:snow said:lind)", &[3]),
        ("(date:2025 said:lind) | (date:2026 quote:step)", &[3]),
        ("(piers said:lind) | oil", &[0, 2, 4, 5]),
        ("said:lind (quote:boats | quote:pier)", &[2, 4, 5]),
        // Other terms decide which dispatches are listed, not which quotes fit.
        ("pier is:unread slug:pier body:planks said:lind", &[0, 2, 4, 5]),
        ("!said:carre quote:dry", &[0]),
        ("!quote:dry said:carre", &[1, 3, 5]),
    ] {
        assert_eq!(fitting(query).as_deref(), Some(fits), "{query}");
    }
}

#[test]
fn other_queries_ask_for_no_quotes() {
    for query in ["", "pier", "body:boats", "\"two boats\"", "!said:lind", "!(said:lind pier)"] {
        assert_eq!(fitting(query), None, "{query}");
    }
}
