//! Tests of the order of entries, and of versions, kills and corrections in every order of arrival.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::dispatch::{Head, Stamp, TimeSource};
use crate::format::{Context, FormatId, ScannedItem, scan};
use crate::index::dispatch_index::DispatchIndex;
use crate::index::input::{Input, InputLocation};
use crate::index::segment::{EntryId, Segment};
use crate::index::segment_builder::SegmentBuilder;

/// A segment with an entry for each time, in seconds, and whether it is only the date of the file.
fn segment_of_times(times: &[(Option<i64>, bool)]) -> Arc<Segment> {
    let location = InputLocation::BuiltIn("test", b"");
    let input = Arc::new(Input::new(location, FormatId::PLAIN, 0, None));
    let mut builder = SegmentBuilder::default();
    builder.begin_input(&input, 0);
    for (number, &(seconds, from_file)) in (0u32..).zip(times) {
        let time_source = match seconds {
            Some(_) if from_file => TimeSource::File,
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
    fn merging_batches_gives_the_same_order_as_sorting_once(
        batches in proptest::collection::vec(
            proptest::collection::vec((proptest::option::of(0i64..20), any::<bool>()), 0..12), 0..8)
    ) {
        let mut index = DispatchIndex::default();
        for batch in &batches {
            index.add(vec![segment_of_times(batch)]);
        }
        let mut sorted: Vec<EntryId> = index.order().to_vec();
        sorted.sort_by(|&a, &b| index.compare(a, b));
        prop_assert_eq!(index.order(), &sorted[..]);
        prop_assert_eq!(index.len(), batches.iter().map(Vec::len).sum::<usize>());
        for (row, &id) in index.order().iter().enumerate() {
            prop_assert_eq!(index.position_of(id), Some(row));
        }
    }
}

#[test]
fn texts_are_stored_unchanged() {
    let segment = segment_of_times(&[(Some(5), false), (None, false)]);
    let entry = segment.entry(1).map(|e| (e.headline().to_owned(), e.agency(), e.time()));
    assert_eq!(entry, Some(("Number 1".to_owned(), "NWR", None)));
    assert_eq!(segment.row_at_byte(segment.folded_headlines().find("number 1").unwrap_or(0), 0), 1);
}

// Helpers: short lines that describe dispatches, and tables that describe an index.

/// A segment of JSON lines, see [`json`].
fn segment(name: &'static str, lines: &[String]) -> Arc<Segment> {
    segment_of("json", name, &lines.join("\n"))
}

/// A segment of a text in a format.
fn segment_of(format: &str, name: &'static str, text: &str) -> Arc<Segment> {
    let format = FormatId::from_name(format).unwrap_or(FormatId::PLAIN);
    let input = Input::new(InputLocation::BuiltIn(name, b""), format, text.len() as u64, None);
    let mut builder = SegmentBuilder::default();
    builder.begin_input(&Arc::new(input), 0);
    let problems = scan(format, text.as_bytes(), &Context::default(), &mut |item| {
        builder.push(&item);
    });
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(builder.finish())
}

/// Turns `10:00 AP OIL "1st Ld" Headline; id=a, kills=b` into JSON. The day is the 19th unless given as in `d2010:00`;
/// `-` means no slug or no agency.
fn json(line: &str) -> String {
    let (front, more) = line.split_once("; ").unwrap_or((line, ""));
    let (day, front) = match front.strip_prefix('d') {
        Some(rest) => rest.split_at(2),
        None => ("19", front),
    };
    let mut parts = front.trim().splitn(4, ' ');
    let mut next = || parts.next().unwrap_or("");
    let (time, agency, slug, rest) = (next(), next(), next(), next());
    let (label, headline) = match rest.strip_prefix('"') {
        Some(rest) => rest.split_once("\" ").unwrap_or((rest, "")),
        None => ("", rest),
    };
    let mut object = serde_json::Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() && value != "-" {
            object.insert(name.to_owned(), value.into());
        }
    };
    put("date", &format!("2026-11-{day}T{time}:00Z"));
    put("agency", agency);
    put("slug", slug);
    put("label", label);
    put("headline", headline);
    put(
        "body",
        "It was said here that much was done there on this day, and more of it is to come.",
    );
    for pair in more.split(", ").filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        put(name, value);
    }
    serde_json::Value::Object(object).to_string()
}

/// The status of each entry by headline: by whom it is superseded, killed or corrected, and the newest version of its
/// story (`of …`), or the entry listed instead (`as …`).
fn describe_index(index: &DispatchIndex) -> BTreeMap<String, String> {
    let name = |id: EntryId| index.entry(id).map_or("", crate::index::EntryRef::headline);
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for &id in index.order() {
        let status = index.story_status(id);
        let mut words = Vec::new();
        for (word, by) in [
            ("superseded by", status.superseded_by),
            ("killed by", status.killed_by),
            ("corrected by", status.corrected_by),
        ] {
            words.extend(by.map(|by| format!("{word} {}", name(by))));
        }
        if status.is_unmatched_kill {
            words.push("unmatched".to_owned());
        }
        let chain = index.versions(id);
        assert_eq!(index.has_versions(id), chain.len() > 1);
        if chain.len() > 1 {
            assert!(chain.contains(&id));
            words.push(format!("of {}", name(chain[0])));
        }
        if let Some(first) = index.successor(id) {
            assert!(index.is_unlisted(id));
            words = vec![format!("as {}", name(first))];
        }
        table.entry(name(id).to_owned()).or_default().push(words.join(", "));
    }
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all.join(" | ")
    };
    table.into_iter().map(|(name, all)| (name, sorted(all))).collect()
}

/// An index to which segments are added one by one.
fn index_of(segments: impl IntoIterator<Item = Arc<Segment>>) -> DispatchIndex {
    let mut index = DispatchIndex::default();
    for segment in segments {
        index.add(vec![segment]);
    }
    index
}

/// Names of inputs.
const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Checks lines as in [`json`] with the expected status after `=>`, as in [`describe_index`]; none if left out. Adds
/// them all at once, and one by one in all rotations, forwards and backwards.
#[track_caller]
fn check(lines: &[&str]) {
    let mut expected = BTreeMap::new();
    let mut wire = Vec::new();
    for line in lines {
        let (line, status) = line.split_once(" => ").unwrap_or((line, ""));
        let json = json(line);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        let headline = value["headline"].as_str().unwrap_or("").to_owned();
        expected.insert(headline, status.to_owned());
        wire.push(json);
    }
    assert_eq!(describe_index(&index_of([segment("all", &wire)])), expected, "at once");
    let apart: Vec<Arc<Segment>> = wire
        .iter()
        .enumerate()
        .map(|(at, line)| segment(NAMES[at], std::slice::from_ref(line)))
        .collect();
    for turn in 0..apart.len() {
        let mut order = apart.clone();
        order.rotate_left(turn);
        assert_eq!(describe_index(&index_of(order.clone())), expected, "rotated by {turn}");
        order.reverse();
        assert_eq!(describe_index(&index_of(order)), expected, "rotated by {turn}, last first");
    }
}

// Versions: keywords and labels, headlines, takes, revisions.

#[test]
fn leads_follow_a_keyword() {
    check(&[
        "10:00 AP FIRE Cannery burns => superseded by Fire is out, of Fire is out",
        "11:00 AP FIRE \"1st Ld\" Cannery still burns => superseded by Fire is out, of Fire is out",
        "12:00 AP FIRE \"2nd Ld-Writethru\" Fire is out => of Fire is out",
        "12:30 dpa FIRE Another fire",
        "d2010:00 AP FIRE \"1st Ld\" The day after",
    ]);
}

#[test]
fn items_without_a_label_are_separate_stories() {
    check(&["10:00 AP RAIN Rain in Oslo", "11:00 AP RAIN Rain in Bergen"]);
    // It is unclear which of them the labelled item continues.
    check(&[
        "10:00 AP RAIN Rain in Oslo",
        "11:00 AP RAIN Rain in Bergen",
        "12:00 AP RAIN \"1st Ld\" More water",
    ]);
    check(&[
        "10:00 AP RAIN Rain floods Oslo streets => superseded by Rain floods Oslo cellars, of Rain floods Oslo cellars",
        "11:00 AP RAIN Sun in Bergen",
        "12:00 AP RAIN \"1st Ld\" Rain floods Oslo cellars => of Rain floods Oslo cellars",
    ]);
}

#[test]
fn a_shared_number_does_not_make_versions() {
    check(&["10:00 AP FIRE Cannery burns; id=w2870", "10:01 AP OIL Prices fall; id=w2870"]);
    // With the same keyword, or with an id that is unique among agencies, it does.
    check(&[
        "10:00 AP FIRE Cannery burns; id=a1 => superseded by Cannery saved, of Cannery saved",
        "10:01 AP FIRE Cannery saved; id=a1 => of Cannery saved",
        "10:00 AP RAIN Rain; id=urn:x:2 => superseded by Storm, of Storm",
        "10:01 AP STORM Storm; id=urn:x:2 => of Storm",
    ]);
}

#[test]
fn updates_follow_a_headline() {
    check(&[
        "10:00 RTR OIL-PRICES/ Oil slips as traders weigh talks => superseded by UPDATE 2-Oil climbs after talks fail, of UPDATE 2-Oil climbs after talks fail",
        "11:00 RTR OIL-PRICES/ UPDATE 1-Oil climbs as talks fail => superseded by UPDATE 2-Oil climbs after talks fail, of UPDATE 2-Oil climbs after talks fail",
        "12:00 RTR OIL-PRICES/ UPDATE 2-Oil climbs after talks fail => of UPDATE 2-Oil climbs after talks fail",
    ]);
    check(&[
        "10:00 RTR TALKS/ Minister resigns",
        "11:00 RTR TALKS/ UPDATE 2-Dam bursts near Grodd",
    ]);
}

#[test]
fn takes_and_adds_supersede_nothing() {
    check(&[
        "10:00 AP DAM Dam holds => of Dam holds",
        "10:20 AP DAM \"1st Add\" More of the dam => of Dam holds",
    ]);
    check(&[
        "10:00 AP DAM Dam holds => superseded by Dam is safe, of Dam is safe",
        "10:20 AP DAM \"2nd Take\" More of the dam => superseded by Dam is safe, of Dam is safe",
        "11:00 AP DAM \"1st Ld-Writethru\" Dam is safe => of Dam is safe",
    ]);
}

#[test]
fn revisions_are_ordered_by_their_numbers() {
    check(&[
        "10:00 QN - First; id=urn:qn:1, version=1 => superseded by Third, of Third",
        "12:00 QN - Second; id=urn:qn:1, version=2 => superseded by Third, of Third",
        "11:00 QN - Third; id=urn:qn:1, version=10 => of Third",
        "11:00 QN - Other; id=urn:qn:2, version=1",
    ]);
    // Without a revision, time decides.
    check(&[
        "10:00 QN - Older; id=urn:qn:1 => superseded by Newer, of Newer",
        "11:00 QN - Newer; id=urn:qn:1 => of Newer",
    ]);
    // Short ids are only unique within an agency.
    check(&["10:00 QN - One; id=17", "11:00 AP - Two; id=17"]);
}

// Kills, corrections, duplicates, replaced entries.

#[test]
fn a_kill_by_id_marks_its_target() {
    check(&[
        "10:00 QN A Item; id=urn:qn:1 => killed by Notice",
        "11:00 QN A Later; id=urn:qn:2",
        "12:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1",
    ]);
    // All revisions of an id, and one of them.
    check(&[
        "10:00 QN A One; id=urn:qn:1, version=1 => superseded by Two, killed by Notice, of Two",
        "11:00 QN A Two; id=urn:qn:1, version=2 => killed by Notice, of Two",
        "12:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1",
    ]);
    check(&[
        "10:00 QN A One; id=urn:qn:1, version=1 => superseded by Two, killed by Notice, of Two",
        "11:00 QN A Two; id=urn:qn:1, version=2 => of Two",
        "12:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1:1",
    ]);
    check(&["12:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1 => unmatched"]);
    // Nothing newer than the notice is killed.
    check(&[
        "10:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1 => unmatched",
        "12:00 QN A Item; id=urn:qn:1",
    ]);
}

#[test]
fn a_kill_that_is_taken_back_kills_nothing() {
    for restores in ["urn:qn:1", "urn:qn:3"] {
        check(&[
            "10:00 QN A Item; id=urn:qn:1",
            "12:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1",
            &format!("13:00 QN NOTE Use it; id=urn:qn:4, role=advisory, restores={restores}"),
        ]);
    }
    // By its keyword.
    check(&[
        "10:00 QN DAM-LEAK Dam leaks in the north; id=urn:qn:1",
        "12:00 QN DAM-LEAK \"KILL\" Notice; id=urn:qn:3, kills=DAM-LEAK",
        "13:00 QN DAM-LEAK Use it; id=urn:qn:4, role=advisory, restores=DAM-LEAK",
    ]);
    // Another item, or an earlier kill, is taken back.
    check(&[
        "10:00 QN A Item; id=urn:qn:1 => killed by Notice",
        "12:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1",
        "13:00 QN NOTE Use the other; id=urn:qn:4, role=advisory, restores=urn:qn:2",
    ]);
    check(&[
        "10:00 QN A Item; id=urn:qn:1 => killed by Again",
        "11:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1",
        "12:00 QN NOTE Use it; id=urn:qn:4, role=advisory, restores=urn:qn:1",
        "13:00 QN KILL \"KILL\" Again; id=urn:qn:5, kills=urn:qn:1",
    ]);
}

#[test]
fn a_canceled_revision_kills_the_earlier_ones() {
    check(&[
        "10:00 QN A One; id=urn:qn:1, version=1 => superseded by Three, killed by Three, of Three",
        "11:00 QN A Two; id=urn:qn:1, version=2 => superseded by Three, killed by Three, of Three",
        "12:00 QN A Three; id=urn:qn:1, version=3, status=canceled => of Three",
    ]);
    check(&["12:00 QN A Three; id=urn:qn:1, version=3, status=canceled"]);
}

#[test]
fn a_kill_by_keyword_kills_one_story_of_its_agency() {
    check(&[
        "10:00 AP Opera-Found Opera found => superseded by Opera is real, killed by Notice, of Opera is real",
        "11:00 AP Opera-Found \"1st Ld\" Opera is real => killed by Notice, of Opera is real",
        "11:30 dpa Opera-Found Oper gefunden",
        "d1710:00 AP Opera-Found Of two days before",
        "12:00 AP BC-Opera-Found \"KILL\" Notice",
        "13:00 AP Opera-Found A substitute",
    ]);
    // With two stories under the keyword, neither is killed.
    check(&[
        "10:00 AP Opera-Found Opera found",
        "11:00 AP Opera-Found Singer found",
        "12:00 AP BC-Opera-Found \"KILL\" Notice => unmatched",
    ]);
}

#[test]
fn a_kill_by_headline_needs_the_same_words() {
    check(&[
        "10:00 RTR - Lost opera found behind oven => killed by STORY WITHDRAWN-Lost opera found behind oven",
        "10:10 RTR - Lost opera found behind ovens",
        "10:20 QN - LOST opera found behind oven",
        "12:00 RTR - STORY WITHDRAWN-Lost opera found behind oven",
    ]);
}

#[test]
fn corrections_mark_what_they_correct() {
    check(&[
        "10:00 QN A Item; id=urn:qn:1 => superseded by CORRECTED-Item, corrected by CORRECTED-Item, of CORRECTED-Item",
        "11:00 QN A CORRECTED-Item; id=urn:qn:2, corrects=urn:qn:1 => of CORRECTED-Item",
    ]);
    check(&[
        "10:00 QN A Item; id=urn:qn:1 => corrected by Notice, of Item",
        "11:00 QN A \"CORRECTION\" Notice; id=urn:qn:2, corrects=urn:qn:1, body=Four it was. => of Item",
    ]);
    check(&[
        "10:00 AP DAM Dam holds six => superseded by CORRECTED-Dam holds seven, corrected by CORRECTED-Dam holds seven, of CORRECTED-Dam holds seven",
        "11:00 AP DAM CORRECTED-Dam holds seven => of CORRECTED-Dam holds seven",
    ]);
}

#[test]
fn duplicates_are_listed_once() {
    let line = [json("10:00 QN A Item; id=urn:qn:1")];
    let index = index_of([segment("a", &line), segment("b", &line), segment("c", &line)]);
    let unlisted: Vec<bool> = index.order().iter().map(|&id| index.is_unlisted(id)).collect();
    assert_eq!(unlisted.iter().filter(|&&u| u).count(), 2, "{unlisted:?}");
    assert_eq!(index.successor(EntryId::new(0, 2)), Some(EntryId::FIRST));
    // Without an id, the same bytes twice in one input are two dispatches.
    let line = json("10:00 QN A Item");
    let index = index_of([segment("a", &[line.clone(), line])]);
    assert!(index.order().iter().all(|&id| !index.is_unlisted(id)));
}

/// A kill by headline finds its target before and after it, and only within the window of 48 hours.
#[test]
fn a_kill_by_headline_finds_earlier_and_later_arrivals() {
    let kill = json("d2010:00 RTR - STORY WITHDRAWN-Lost opera found behind oven");
    let wire = |day: u8, title: &str| json(&format!("d{day}10:00 RTR - {title}"));
    let target = wire(19, "Lost opera found behind oven");
    let early = wire(16, "Lost opera found behind oven");
    let other = wire(19, "Lost opera found beside oven");
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        let lines = [&kill, &target, &early, &other];
        let index = index_of(order.map(|at| segment(NAMES[at], std::slice::from_ref(lines[at]))));
        let killed = index.order().iter().filter(|&&id| index.story_status(id).killed_by.is_some());
        let rows: Vec<usize> = killed.map(|id| id.row()).collect();
        let at = order.iter().position(|&at| at == 1);
        assert_eq!(rows, Vec::from_iter(at), "{order:?}");
    }
}

#[test]
fn superseding_at_once_or_one_by_one_is_the_same() {
    let lines: Vec<String> = (0..4)
        .map(|at| json(&format!("1{at}:00 QN A \"{at}nd Ld\" Item {at}; id=urn:qn:{}", at % 3)))
        .collect();
    let wire = || {
        let apart = lines.iter().zip(NAMES);
        index_of(apart.map(|(line, name)| segment(name, std::slice::from_ref(line))))
    };
    let ids: Vec<EntryId> = (0..4).map(|row| EntryId::new(0, row)).collect();
    let (mut at_once, mut apart) = (wire(), wire());
    let replaced = [(ids[0], Some(ids[3])), (ids[2], None)];
    at_once.stories.supersede_entries(&at_once.segments, &replaced);
    for (old, new) in replaced {
        apart.supersede_entry(old, new);
    }
    for &id in &ids {
        assert_eq!(at_once.story_status(id), apart.story_status(id));
        assert_eq!(at_once.versions(id), apart.versions(id));
        assert_eq!(at_once.is_unlisted(id), apart.is_unlisted(id));
    }
}

/// A group above the size limit is not resolved, whether it grows at once or one by one, but replaced entries in it
/// still lead to their replacements.
#[test]
fn too_large_groups_are_not_resolved() {
    let line = json("10:00 RTR - UPDATE 1-Oil rises again today");
    let mut index = index_of([segment("all", &vec![line.clone(); 3000])]);
    for name in NAMES {
        index.add(vec![segment(name, std::slice::from_ref(&line))]);
    }
    assert!(index.order().iter().all(|&id| index.versions(id) == [id]));
    let pairs: Vec<_> =
        (0..900).map(|row| (EntryId::new(0, row), Some(EntryId::new(0, 2000 + row)))).collect();
    index.stories.supersede_entries(&index.segments, &pairs);
    let is_replaced = |&(old, new): &(EntryId, Option<EntryId>)| index.successor(old) == new;
    assert!(pairs.iter().all(is_replaced));
}

#[test]
fn a_superseded_notice_kills_nothing() {
    let item = segment("a", &[json("10:00 QN A Item; id=urn:qn:1")]);
    let kill = segment("b", &[json("12:00 QN A \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1")]);
    let mut index = index_of([item, kill]);
    let (item, kill) = (EntryId::FIRST, EntryId::new(0, 1));
    assert_eq!(index.story_status(item).killed_by, Some(kill));
    index.supersede_entry(kill, None);
    assert_eq!(index.story_status(item).killed_by, None);
    assert!(index.is_unlisted(kill) && index.successor(kill).is_none());
}

// Random dispatches: the result does not depend on the order of arrival.

/// A random line as in [`json`], out of so few parts that lines are often related.
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
        pick(&["Fire in the town hall", "Rain in the town", "Fire in the old town hall"]),
    );
    let id = pick(&["", "", "id=1", "id=2", "id=urn:x:1", "id=urn:x:2", "id=a0001"]);
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
    (front, id, more, pick(&["", "story=s", "version=1", "kills=1"])).prop_map(
        |((day, hour, agency, slug, label, prefix, title), id, more, last)| {
            let pairs: Vec<&str> = [id, more, last].into_iter().filter(|p| !p.is_empty()).collect();
            format!("{day}1{hour}:00 {agency} {slug} {label}{prefix}{title}; {}", pairs.join(", "))
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
        let mut segments: Vec<Arc<Segment>> = (lines.iter().enumerate())
            .map(|(at, line)| segment(NAMES[at], &[json(line)]))
            .collect();
        let first = describe_all(&index_of(segments.clone()));
        let mut state = seed;
        for at in (1..segments.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            segments.swap(at, (state >> 33) as usize % (at + 1));
        }
        let mut index = DispatchIndex::default();
        for batch in segments.chunks(at_once) {
            index.add(batch.to_vec());
        }
        prop_assert_eq!(first, describe_all(&index));
    }
}

/// Of two items with one headline, the older one has the label and is read last.
#[test]
fn an_older_item_with_a_label_may_arrive_last() {
    let lines =
        ["10:00 dpa - Rain in the town; ", "d1810:00 dpa - \"1st Ld\" Rain in the town; version=1"];
    let at = |at: usize| segment(NAMES[at], &[json(lines[at])]);
    let mut one_by_one = DispatchIndex::default();
    one_by_one.add(vec![at(0)]);
    one_by_one.add(vec![at(1)]);
    let mut the_other_way = DispatchIndex::default();
    the_other_way.add(vec![at(1)]);
    the_other_way.add(vec![at(0)]);
    assert_eq!(describe_all(&one_by_one), describe_all(&the_other_way));
    assert_eq!(describe_all(&one_by_one), describe_all(&index_of(vec![at(0), at(1)])));
}

/// The target of a kill by keyword is part of a story named by the wire, and an older story of another agency has the
/// same name.
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
    assert_eq!(describe_all(&one_by_one), describe_all(&index_of(vec![at(0), at(1), at(2)])));
    let killed = |index: &DispatchIndex| {
        (index.order().iter()).any(|&id| index.story_status(id).killed_by.is_some())
    };
    assert!(killed(&one_by_one));
}

/// The status of each entry by its inputs; duplicates are one entry with several inputs.
fn describe_all(index: &DispatchIndex) -> BTreeMap<Vec<String>, String> {
    let path = |id: EntryId| {
        let input = index.entry(id).and_then(|e| e.input().map(|i| i.display_path()));
        input.unwrap_or_default()
    };
    let mut same: BTreeMap<EntryId, Vec<String>> = BTreeMap::new();
    for &id in index.order() {
        let first = index.successor(id).unwrap_or(id);
        same.entry(first).or_default().push(path(id));
    }
    for paths in same.values_mut() {
        paths.sort();
    }
    let named = |id: EntryId| same.get(&id).cloned().unwrap_or_default();
    let describe = |&id: &EntryId| {
        let status = index.story_status(id);
        let by = [status.superseded_by, status.killed_by, status.corrected_by];
        let by = by.map(|by| by.map(named));
        let chain: Vec<_> = index.versions(id).into_iter().map(named).collect();
        (named(id), format!("{by:?} {} {chain:?}", status.is_unmatched_kill))
    };
    same.keys().map(describe).collect()
}
