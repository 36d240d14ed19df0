//! The second tier of the list: when texts are searched, what its rows show, and where they open.

use std::fmt::Write as _;

use dateline::app::{Msg, Setup, StartupOptions};
use dateline::index::{EntryId, EntryRef, IngestSummary};
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::jobs::{Answer, Job};

use crate::stage::{Files, Stage};
use crate::{has, lacks};

/// A dispatch with a headline, an hour and a text.
fn dispatch(headline: &str, hour: u32, text: &str) -> String {
    format!(
        "Headline: {headline}\nSent: 2026-03-04T{hour:02}:00:00Z\nAgency: NWR\n\nORSK (NWR) - {text}\n"
    )
}

/// Kelp in a headline, in two texts, and nearly in a headline.
fn kelp() -> Files {
    let filling = "Nobody had counted them for years.\n\n".repeat(30);
    let texts = [
        dispatch("Kelp washes ashore", 9, "The kelp was wet."),
        dispatch(
            "Harbour opens",
            12,
            &format!("{filling}Boats drifted through the kelp at dusk, and more kelp came."),
        ),
        dispatch("Mayor speaks", 11, "She sold some kelp, she said."),
        dispatch("Keelps and oars", 10, "No weed at all."),
        dispatch("Snow", 8, "It snowed."),
    ];
    let names = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"];
    let files: Vec<(&str, &str)> =
        names.into_iter().zip(&texts).map(|(name, text)| (name, text.as_str())).collect();
    Files::new(&files)
}

fn stage(files: &Files, size: (u16, u16)) -> Stage {
    Stage::load(vec![InputSource::Path(files.path())], size)
}

fn headlines(stage: &Stage) -> Vec<&str> {
    let (list, index) = (&stage.state.ui.list, &stage.state.session.index);
    list.rows(index).iter().filter_map(|&id| index.entry(id)).map(EntryRef::headline).collect()
}

#[test]
fn texts_come_after_headlines_and_close_matches_last() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ k e l p");
    assert_eq!(headlines(&stage), ["Kelp washes ashore"]);
    stage.rest();
    assert_eq!(
        headlines(&stage),
        ["Kelp washes ashore", "Harbour opens", "Mayor speaks", "Keelps and oars"]
    );
    has(&stage, "1 · 2 in texts, 1 close");
    // The words around the hit take the place of the place.
    has(&stage, "NWR  …through the [kelp] at dusk, and more [kelp] c…  Harbour opens");
    has(&stage, "NWR  …(NWR) - She sold some [kelp], she said.       Mayor speaks");
    has(&stage, "NWR  ORSK         Kelp washes ashore");
    has(&stage, "NWR  ORSK         [K]e[elp]s and oars");
    // The same in one go.
    stage.keys("Esc / k e l p Enter");
    has(&stage, "1 · 2 in texts, 1 close");
}

#[test]
fn nothing_is_said_before_all_is_done() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.held_searches = Some(Vec::new());
    stage.keys("/ d r i f t e d");
    has(&stage, "0 · texts …");
    has(&stage, "searching texts …");
    stage.rest();
    has(&stage, "0 · 0+ in texts · …");
    lacks(&stage, "no match");
    stage.release_searches();
    has(&stage, "0 · 1 in texts");
    stage.keys("x");
    stage.held_searches = Some(Vec::new());
    stage.rest();
    has(&stage, "searching texts …");
    stage.release_searches();
    has(&stage, "no match for “driftedx”");
    has(&stage, "0 · 0 in texts");
}

#[test]
fn nothing_is_said_while_the_load_goes_on() {
    let files = kelp();
    let mut stage = Stage::empty((100, 24));
    let segments = std::sync::Mutex::new(Vec::new());
    ingest::load(vec![InputSource::Path(files.path())], 1, &|report| {
        if let LoadEvent::Segment(segment) = report {
            segments.lock().expect("segments").push(segment);
        }
    });
    stage.tell(Msg::EntriesArrived(segments.into_inner().expect("segments")));
    stage.keys("/ s t a r l i n g Enter");
    has(&stage, "no match for “starling” so far: reading …");
    stage.tell(Msg::LoadFinished(IngestSummary::default()));
    has(&stage, "no match for “starling”");
    lacks(&stage, "so far");
}

#[test]
fn rows_are_appended_while_texts_are_searched() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.held_searches = Some(Vec::new());
    stage.keys("/ k e l p Enter");
    let generation = stage.held_searches.iter().flatten().find_map(|job| match job {
        Job::SearchTexts(search) => Some(search.generation),
        _ => None,
    });
    let generation = generation.unwrap_or(0);
    let index = &stage.state.session.index;
    let is_harbour =
        |id: &EntryId| index.entry(*id).is_some_and(|e| e.headline() == "Harbour opens");
    let harbour = index.order().iter().copied().find(is_harbour).unwrap_or(EntryId::FIRST);
    let part = |ids: Vec<EntryId>, progress| {
        Msg::Done(Answer::TextsFound { generation, ids, excerpts: Vec::new(), progress })
    };
    stage.tell(part(vec![harbour], Some((2, 4))));
    assert_eq!(headlines(&stage), ["Kelp washes ashore", "Harbour opens"]);
    has(&stage, "1 · 1+ in texts · 50 %");
    // Whoever reads the first row stays on it.
    stage.tell(part(Vec::new(), Some((3, 4))));
    has(&stage, "1 · 1+ in texts · 75 %");
    stage.tell(part(Vec::new(), None));
    assert_eq!(headlines(&stage), ["Kelp washes ashore", "Harbour opens", "Keelps and oars"]);
    has(&stage, "1 · 1 in texts, 1 close");
}

#[test]
fn enter_opens_at_the_hit_and_n_walks_on() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ k e l p Enter j Enter");
    let screen = stage.marked();
    assert!(screen.contains("through the [!kelp] at dusk"), "{screen}");
    stage.keys("n");
    has(&stage, "hit 2 of 2");
    // Past the last hit into the next dispatch, and back.
    stage.keys("n");
    has(&stage, "sold some [!kelp]");
    stage.keys("N");
    has(&stage, "more [!kelp] came");
    // Where it was left last does not count: the hit was asked for.
    stage.keys("q gg j j Enter q k Enter");
    has(&stage, "through the [");
}

#[test]
fn enter_waits_for_the_first_row() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.held_searches = Some(Vec::new());
    stage.keys("/ d u s k Enter Enter");
    lacks(&stage, "drifted");
    stage.release_searches();
    has(&stage, "at [!dusk]");
}

#[test]
fn short_words_are_searched_for_when_accepted() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ s h");
    assert_eq!(stage.state.rest_awaited(), None);
    has(&stage, "Kelp washes ashore");
    stage.keys("Enter");
    has(&stage, "1 · 1 in texts");
    stage.keys("/ ^U h e Space z z");
    has(&stage, "in headlines, slugs, places and agencies");
    has(&stage, "Enter looks for it in texts, too");
    stage.keys("^U");
    for (text, waits) in [("ke", false), ("kel", true), ("燈", true), ("from:nwr", false)] {
        stage.keys("^U").tell(Msg::Paste(text.to_owned()));
        assert_eq!(stage.state.rest_awaited().is_some(), waits, "{text}");
    }
}

#[test]
fn texts_can_be_switched_off() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ k e l p ^T");
    assert_eq!(headlines(&stage), ["Kelp washes ashore", "Keelps and oars"]);
    has(&stage, "2 of 5 · texts off");
    stage.keys("Backspace Backspace ^U d u s k Enter");
    has(&stage, "no match for “dusk”");
    has(&stage, "texts were not searched");
    stage.keys("/ ^T");
    stage.rest();
    has(&stage, "0 · 1 in texts");
    stage.keys("Enter").command("set texts off");
    has(&stage, "0 of 5 · texts off");
    has(&stage, "in headlines, slugs, places and agencies");
    stage.command("set texts on");
    has(&stage, "0 · 1 in texts");
    stage.command("set tests on");
    has(&stage, "there is no setting `tests`; the nearest is texts");
    let setup = Setup::new("wire/", (100, 24));
    let options = StartupOptions { texts: false, ..StartupOptions::default() };
    let mut stage =
        Stage::of(Setup { options, ..setup }).fill(vec![InputSource::Path(files.path())]);
    stage.keys("/ d u s k Enter");
    has(&stage, "0 of 5 · texts off");
}

#[test]
fn an_order_applies_within_each_tier() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ k e l p Enter O");
    assert_eq!(
        headlines(&stage),
        ["Kelp washes ashore", "Mayor speaks", "Harbour opens", "Keelps and oars"]
    );
    stage.keys("ol");
    assert_eq!(
        headlines(&stage),
        ["Kelp washes ashore", "Harbour opens", "Mayor speaks", "Keelps and oars"]
    );
    stage.keys("oq");
    has(&stage, "1 · 2 in texts");
}

#[test]
fn all_rows_are_those_of_the_first_two_tiers() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ k e l p Enter X");
    has(&stage, "3 selected");
    stage.keys("X");
    lacks(&stage, "selected");
}

#[test]
fn arrivals_are_searched_alone() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.keys("/ k e l p Enter F");
    stage.held_searches = Some(Vec::new());
    let new = [
        dispatch("Ferry docks", 13, "A coil of kelp hung from it."),
        dispatch("Kelp again", 14, "It came back."),
        dispatch("Rain", 15, "It rained."),
    ];
    let new = Files::new(&[("f.txt", &new[0]), ("g.txt", &new[1]), ("h.txt", &new[2])]);
    stage.arrive(&new);
    let first = stage.held_searches.iter().flatten().find_map(|job| match job {
        Job::SearchTexts(search) => Some((search.ids.start, search.before.clone())),
        _ => None,
    });
    assert!(first.is_some_and(|(start, before)| {
        start > EntryId::FIRST && before.is_some_and(|before| before.len() == 2)
    }));
    // Meanwhile the rows stay.
    has(&stage, "2 · 2 in texts, 1 close");
    stage.release_searches();
    has(&stage, "2 · 3 in texts, 1 close");
    assert_eq!(
        headlines(&stage)[..5],
        ["Kelp again", "Kelp washes ashore", "Ferry docks", "Harbour opens", "Mayor speaks"]
    );
}

#[test]
fn another_filter_ends_the_search() {
    let files = kelp();
    let mut stage = stage(&files, (100, 24));
    stage.held_searches = Some(Vec::new());
    stage.keys("/ k e l p");
    stage.rest();
    stage.keys("s");
    let queries: Vec<bool> = stage
        .held_searches
        .iter()
        .flatten()
        .filter_map(|job| match job {
            Job::SearchTexts(search) => Some(search.query.is_empty()),
            _ => None,
        })
        .collect();
    assert_eq!(queries, [false, true]);
    // What the first one still finds is no longer wanted.
    stage.release_searches();
    assert_eq!(headlines(&stage), Vec::<&str>::new());
}

/// Frames of a search for a word that only texts have, in the sizes of a desk and of a small terminal.
#[test]
fn frames_of_a_word_in_a_text() {
    for size in [(120, 40), (80, 24), (40, 12), (20, 5)] {
        let mut stage = Stage::wire(size);
        let mut frames = String::new();
        let mut frame = |stage: &Stage, what: &str| {
            let _ = writeln!(frames, "══ {what}\n{}", stage.marked());
        };
        stage.held_searches = Some(Vec::new());
        stage.keys("/ p a r a f f i n");
        frame(&stage, "typed");
        stage.rest();
        frame(&stage, "texts are being searched");
        stage.release_searches();
        frame(&stage, "done");
        stage.keys("Enter Enter");
        frame(&stage, "opened");
        stage.keys("n");
        frame(&stage, "n");
        insta::assert_snapshot!(format!("paraffin-{}x{}", size.0, size.1), frames);
    }
}
