//! The speakers of the list, the same speaker across dispatches, and what is told of one quote.

use dateline::action::Pane;
use dateline::app::{Msg, QuotePaneRow};
use dateline::dispatch::Status;
use dateline::index::EntryId;
use dateline::ingest::InputSource;
use dateline::jobs::Answer;
use dateline::work::collect_speakers;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

const FIRST: &str = "Headline: Pier opens\nSlug: PIER\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier opened on Wednesday.\n\n“The planks are dry at last,” said harbour master Ana Lind. “Mind the third step.”\n";
const SECOND: &str = "Headline: Pier opens, two fined\nSlug: PIER\nSent: 2026-03-04T11:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier opened on Wednesday.\n\n“The planks are dry at last,” said harbour master Ana Lind.\n\n“I paid for both of us,” said Bo Carre, an angler.\n";
const SNOW: &str = "Headline: Snow on the pass\nSent: 2026-03-04T12:00:00Z\nAgency: MRD\n\nTARN (MRD) - It snowed.\n";
const LATER: &str = "Headline: Lind to retire\nSent: 2026-03-05T08:00:00Z\nAgency: NWR\n\nORSK (NWR) - Harbour master Ana Lind will retire in May.\n\n“I have counted enough boats for one life,” Lind said. “Somebody else may count now.”\n";
const KILLED: &str = "Headline: Pier shut\nStatus: canceled\nSent: 2026-03-01T08:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier is shut.\n\n“It sank before any of us was up,” said harbour master Ana Lind.\n";

fn pier(size: (u16, u16)) -> (Files, Stage) {
    let files =
        Files::new(&[("a.txt", FIRST), ("b.txt", SECOND), ("c.txt", SNOW), ("d.txt", LATER)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], size);
    (files, stage)
}

fn headline(stage: &Stage) -> &str {
    stage.state.selected_entry().map_or("", |entry| entry.headline())
}

#[test]
fn the_speakers_of_the_list_are_counted_once_a_quote() {
    let (_files, mut stage) = pier((100, 20));
    stage.keys("S");
    let row = stage.rows_with("Ana Lind").join("");
    let cells: Vec<&str> = row.trim_matches('*').split_whitespace().collect();
    // The later take of the pier only repeats what she said.
    assert_eq!(cells, ["Ana", "Lind", "harbour", "master", "4", "2", "4", "Mar", "08:00"], "{row}");
    has(&stage, "Bo Carre");
    has(&stage, "2 speakers");
    lacks(&stage, "Snow on the pass");
}

#[test]
fn enter_filters_on_the_speaker_and_escape_loses_nothing() {
    let (_files, mut stage) = pier((100, 20));
    stage.keys("j j");
    let before = stage.marked();
    stage.keys("S j");
    has(&stage, "*  Bo Carre");
    stage.keys("Esc");
    assert_eq!(stage.marked(), before);
    stage.keys("S j Enter");
    assert_eq!(stage.state.session.filter.text, "said:\"Bo Carre\"");
    has(&stage, "1 of 4");
    // Speakers of the list are those of the filtered list, and a second filter narrows the first.
    stage.keys("S");
    has(&stage, "2 speakers");
    stage.keys("Enter");
    assert_eq!(stage.state.session.filter.text, "said:\"Bo Carre\" said:\"Ana Lind\"");
    has(&stage, "1 of 4");
}

#[test]
fn the_speakers_are_narrowed_by_typing() {
    let (_files, mut stage) = pier((100, 20));
    stage.keys("S / c a r r e");
    has(&stage, "1 of 2 speakers");
    lacks(&stage, "Ana Lind");
    stage.keys("Enter Esc");
    has(&stage, "2 speakers");
    // Titles count as well.
    stage.keys("/ m a s t e r");
    has(&stage, "Ana Lind");
    stage.keys("x");
    has(&stage, "no speaker matches");
    stage.keys("Esc Esc");
    lacks(&stage, "2 speakers");
}

#[test]
fn the_next_visit_shows_all_speakers() {
    let (_files, mut stage) = pier((100, 20));
    for close in ["Esc Esc", "q q", "S", "Enter Esc"] {
        stage.keys("S / c a r r e Enter");
        has(&stage, "1 of 2 speakers");
        stage.keys(close);
        lacks(&stage, "2 speakers");
        stage.keys("S");
        has(&stage, "2 speakers");
        lacks(&stage, "1 of 2");
        has(&stage, "Ana Lind");
        stage.keys("Esc");
    }
    // The selected speaker stays selected.
    stage.keys("S / c a r r e Enter j k S S");
    has(&stage, "*  Bo Carre");
}

/// The speakers of the view: name, title, quotes, dispatches.
fn speakers_of_list(stage: &Stage) -> Vec<(String, Option<String>, usize, usize)> {
    let rows = stage.state.session.speakers.rows.iter();
    rows.map(|row| (row.name.clone(), row.title.clone(), row.quotes, row.dispatches)).collect()
}

#[test]
fn the_speakers_of_the_list_are_those_of_all_its_dispatches() {
    let mut stage = Stage::wire((120, 40));
    // Versions are folded into rows, and copies have none.
    stage.keys("S");
    let folded = speakers_of_list(&stage);
    let index = &stage.state.session.index;
    let is_killed =
        |id| index.entry(id).is_some_and(|entry| entry.current_status() == Status::Canceled);
    let counts = |id: &EntryId| !index.is_unlisted(*id) && !is_killed(*id);
    let listed = index.order().iter().copied().filter(counts);
    let ids: Vec<_> = listed.collect();
    assert!(ids.len() > stage.state.ui.list.rows(index).len());
    let count = |ids: &[EntryId]| {
        let tally = collect_speakers(&index.snapshot(), ids, false, &|| false, &mut |_| {});
        let rows = tally.unwrap().rows().into_iter();
        rows.map(|row| (row.name, row.title, row.quotes, row.dispatches)).collect::<Vec<_>>()
    };
    assert_eq!(folded, count(&ids));
    let reversed: Vec<_> = ids.iter().rev().copied().collect();
    assert_eq!(folded, count(&reversed));
    for (name, _, quotes, dispatches) in &folded {
        assert!(dispatches <= quotes, "{name}: {quotes} in {dispatches}");
    }
    // Nor does the order of the rows matter.
    stage.keys("Esc oa S");
    assert_eq!(speakers_of_list(&stage), folded);
}

#[test]
fn what_arrives_is_counted_and_the_selected_speaker_stays() {
    let (_files, mut stage) = pier((100, 20));
    stage.keys("S j");
    let more = Files::new(&[("e.txt", &KILLED.replace("Status: canceled\n", ""))]);
    dateline::ingest::load(vec![InputSource::Path(more.path())], 1, &|_| {});
    let segments = std::sync::Mutex::new(Vec::new());
    dateline::ingest::load(vec![InputSource::Path(more.path())], 1, &|report| {
        if let dateline::ingest::LoadEvent::Segment(segment) = report {
            segments.lock().unwrap().push(segment);
        }
    });
    stage.tell(Msg::EntriesArrived(segments.into_inner().unwrap()));
    stage.keys("S . S");
    has(&stage, "*  Bo Carre");
    let row = stage.rows_with("Ana Lind").join("");
    assert!(row.contains("5           3"), "{row}");
}

#[test]
fn quotes_of_killed_dispatches_are_left_out_and_counted() {
    let kill = "Headline: KILL\nRole: kill\nKills: x1\nSent: 2026-03-05T09:00:00Z\nAgency: NWR\n\nORSK (NWR) - Kill x1. “I was wrong,” said Ana Lind.\n";
    let struck = SECOND.replace("Slug: PIER", "Id: x1");
    let files = Files::new(&[
        ("a.txt", FIRST),
        ("b.txt", &struck),
        ("d.txt", LATER),
        ("e.txt", KILLED),
        ("k.txt", kill),
    ]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (100, 20));
    stage.keys("S");
    has(&stage, "1 speaker, 2 killed left out");
    lacks(&stage, "Bo Carre");
    let row = stage.rows_with("Ana Lind").join("");
    assert!(row.contains("4           2"), "{row}");
}

#[test]
fn the_view_fits_at_every_width() {
    for width in 20..140 {
        let (_files, mut stage) = pier((width, 8));
        stage.keys("S");
        has(&stage, "Ana");
    }
}

#[test]
fn the_same_speaker_is_followed_through_the_list() {
    let (_files, mut stage) = pier((120, 30));
    assert_eq!(headline(&stage), "Lind to retire");
    let mut way = Vec::new();
    for _ in 0..5 {
        way.push((headline(&stage).to_owned(), stage.state.ui.reader.current_quote));
        stage.keys("]s");
    }
    let at = |headline: &str, quote| (headline.to_owned(), Some(quote));
    assert_eq!(
        way,
        [
            at("Lind to retire", 0),
            at("Lind to retire", 1),
            at("Pier opens, two fined", 0),
            at("Pier opens", 0),
            at("Pier opens", 1),
        ]
    );
    has(&stage, "no more by Ana Lind below in this list");
    stage.keys("[s [s");
    assert_eq!(headline(&stage), "Pier opens, two fined");
    stage.keys("[s");
    assert_eq!(
        (headline(&stage), stage.state.ui.reader.current_quote),
        ("Lind to retire", Some(1))
    );
}

#[test]
fn a_search_for_a_speaker_ends_with_another_key() {
    let (_files, mut stage) = pier((120, 30));
    stage.hold = true;
    stage.keys("]s ]s ]s ]s");
    has(&stage, "looking for Ana Lind");
    stage.keys("Esc");
    stage.hold = false;
    assert!(stage.state.session.speakers.search.is_none());
    assert_eq!(headline(&stage), "Lind to retire");
    stage.tell(Msg::Done(Answer::QuoteFound {
        generation: 1,
        id: stage.state.session.index.order().last().copied(),
    }));
    assert_eq!(headline(&stage), "Lind to retire");
}

#[test]
fn a_sequence_that_ends_a_search_is_not_cut_in_two() {
    let (_files, mut stage) = pier((120, 30));
    stage.hold = true;
    stage.keys("]s ]s ]s ]s");
    has(&stage, "looking for Ana Lind");
    stage.keys("]s ]q");
    assert!(!stage.quit, "the q of ]q has quit the program");
    assert!(stage.state.session.speakers.search.is_none() && stage.state.ui.typed.keys.is_empty());
}

#[test]
fn why_marks_cue_and_mention_in_the_text() {
    let (_files, mut stage) = pier((120, 30));
    stage.keys("j j j i");
    has(&stage, "(said) {harbour}");
    stage.keys("i");
    lacks(&stage, "{harbour");
    stage.keys("i ]q");
    lacks(&stage, "{harbour");
}

/// What `i` has opened is closed by Esc, which does nothing else then: in no pane and at no width.
#[test]
fn esc_closes_what_i_has_opened_and_nothing_more() {
    for size in [(120, 40), (80, 24), (40, 12), (20, 5)] {
        for keys in ["Enter ]q i", "Enter ]q Tab i", "/ p i e r Enter Enter ]q i", "Enter ]q i i i"]
        {
            let (_files, mut stage) = pier(size);
            stage.keys(keys);
            let before = (stage.state.ui.focus, stage.state.session.filter.text.clone());
            stage.keys("Esc");
            let after = (stage.state.ui.focus, stage.state.session.filter.text.clone());
            assert_eq!(after, before, "{keys} at {size:?}");
            lacks(&stage, "{harbour");
            // The next one leaves the pane.
            stage.keys("Esc");
            let is_left = stage.state.ui.focus != before.0 || before.0 == Pane::List;
            assert!(is_left, "{keys} at {size:?}");
        }
    }
}

#[test]
fn the_quotes_pane_has_two_orders() {
    let (_files, mut stage) = pier((120, 30));
    let split = Files::new(&[(
        "a.txt",
        "Headline: Pier\nSent: 2026-03-04T10:00:00Z\n\n“The planks are dry at last,” said Ana Lind.\n\n“I paid for both of us,” said Bo Carre.\n\n“Mind the third step,” Lind said.\n",
    )]);
    drop(std::mem::replace(
        &mut stage,
        Stage::load(vec![InputSource::Path(split.path())], (120, 30)),
    ));
    let order = |stage: &Stage| -> Vec<usize> {
        let rows = stage.state.document().map_or(&[][..], |d| &d.quote_rows);
        let number = |row: &QuotePaneRow| match row {
            QuotePaneRow::Quote { quote, first, .. } => first.then_some(*quote),
            _ => None,
        };
        rows.iter().filter_map(number).collect()
    };
    assert_eq!(order(&stage), [0, 2, 1]);
    stage.keys("t");
    assert_eq!(order(&stage), [0, 1, 2]);
    stage.keys("Tab Tab j j");
    assert_eq!(stage.state.ui.reader.current_quote, Some(2));
    stage.keys("t");
    assert_eq!(order(&stage), [0, 2, 1]);
}

#[test]
fn a_copied_quote_cites_its_source_and_warns() {
    let (_files, mut stage) = pier((120, 30));
    stage.keys("j j j yq");
    assert_eq!(
        stage.copied[0],
        "“The planks are dry at last,”\n— Ana Lind, harbour master; NWR, Orsk, 4 Mar 2026 10:00 UTC; Pier opens\n"
    );
    let files = Files::new(&[("k.txt", KILLED)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 30));
    stage.keys("yq");
    let copied = &stage.copied[0];
    assert!(
        copied.starts_with("[✕ KILLED: the agency has withdrawn this dispatch]\n“It sank"),
        "{copied}"
    );
}
