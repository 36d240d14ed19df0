//! A live wire on the screen: what comes waits, nothing jumps, following and pausing.

use std::fmt::Write as _;

use dateline::app::Msg;
use dateline::dispatch::InputProblem;
use dateline::index::{EntryId, EntryRef, ItemLocation, Replacement};
use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

/// A dispatch of an hour of the same day, of so many paragraphs.
fn dispatch(hour: u32, paragraphs: usize) -> String {
    let mut text = format!(
        "Headline: News of {hour} o'clock\nSent: 2026-03-04T{hour:02}:00:00Z\nAgency: NWR\n\nORSK (NWR) - It was {hour} o'clock.\n"
    );
    for paragraph in 0..paragraphs {
        let _ = writeln!(text, "\nThis is paragraph {paragraph} of the news of {hour}.");
    }
    text
}

fn hours(hours: std::ops::Range<u32>) -> Files {
    let texts: Vec<(String, String)> =
        hours.map(|hour| (format!("{hour:02}.txt"), dispatch(hour, 60))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    Files::new(&files)
}

fn morning(size: (u16, u16)) -> (Files, Stage) {
    let files = hours(1..9);
    let stage = Stage::load(vec![InputSource::Path(files.path())], size);
    (files, stage)
}

/// All lines but the first, which may tell what is new.
fn below_the_top(stage: &Stage) -> String {
    let screen = stage.marked();
    let below = screen.split_once('\n').map_or("", |(_, below)| below);
    below.to_owned()
}

#[test]
fn nothing_jumps_while_dispatches_arrive() {
    for size in [(120, 40), (80, 24), (40, 12)] {
        for keys in ["j j", "Enter Space Space", "Enter Tab", "/ n e w s", "G", "j ?"] {
            let (_files, mut stage) = morning(size);
            stage.keys(keys);
            let before = below_the_top(&stage);
            let later = hours(9..20);
            stage.arrive(&later);
            assert_eq!(below_the_top(&stage), before, "{keys} at {size:?}");
        }
    }
}

#[test]
fn what_is_new_is_counted_and_taken_in() {
    let (_files, mut stage) = morning((100, 20));
    stage.keys("j");
    let later = hours(9..11);
    stage.arrive(&later);
    has(&stage, "+2 new");
    lacks(&stage, "News of 10");
    stage.keys(".");
    has(&stage, "2 new dispatches taken in");
    has(&stage, "News of 10");
    // The one that was selected still is.
    let rows = stage.rows_with("News of 7 o'clock");
    assert!(rows.iter().any(|row| row.starts_with('*')), "{rows:?}");
    lacks(&stage, "+2 new");
    stage.keys(".");
    has(&stage, "nothing new");
}

#[test]
fn following_shows_what_comes_until_the_reader_moves() {
    let (_files, mut stage) = morning((100, 20));
    stage.keys("j F");
    has(&stage, "following");
    let (nine, ten) = (hours(9..10), hours(10..11));
    stage.arrive(&nine);
    assert!(stage.rows_with("News of 9")[0].starts_with("*● 09:00"));
    stage.keys("j");
    stage.arrive(&ten);
    lacks(&stage, "News of 10");
    has(&stage, "+1 new  following");
    stage.keys(".");
    has(&stage, "following  arrivals wait");
    stage.keys("F");
    has(&stage, "arrivals appear at the top until you move");
    stage.keys("F");
    has(&stage, "arrivals wait; . takes them in");
}

#[test]
fn a_pause_holds_what_comes() {
    let (_files, mut stage) = morning((100, 20));
    stage.keys("p");
    has(&stage, "nothing is arriving: F follows the wire");
    stage.keys("F p");
    let nine = hours(9..10);
    stage.arrive(&nine);
    has(&stage, "paused");
    has(&stage, "+1 new");
    stage.keys("p");
    assert!(stage.rows_with("News of 9")[0].starts_with("*● 09:00"));
}

/// Whether rows may come is told at every width, whatever else stands in the top line.
#[test]
fn following_and_paused_are_always_in_sight() {
    for width in [40, 41, 44, 48, 55, 64, 80, 100, 120] {
        for keys in ["", "/ n e w s Enter", "x x X", "Enter", "?", "P", "f", "S", "ou"] {
            let (_files, mut stage) = morning((width, 20));
            stage.keys("F");
            stage.keys("p");
            let nine = hours(9..10);
            stage.arrive(&nine);
            for key in ["Tab", keys] {
                stage.keys(key);
                let screen = stage.screen();
                let top = screen.lines().next().unwrap_or_default();
                assert!(top.contains("paused"), "{keys} at {width}: {top}");
                assert!(top.contains("+1 new"), "{keys} at {width}: {top}");
            }
            stage.keys("p F F");
            let screen = stage.screen();
            let top = screen.lines().next().unwrap_or_default();
            // In a sheet the keys are others.
            let is_paused = stage.state.session.follow.is_paused();
            let mode = if is_paused { "paused" } else { "following" };
            assert!(top.contains(mode), "{keys} at {width}: {top}");
        }
    }
}

/// What gives way to what in the top line.
#[test]
fn the_top_line_of_a_live_wire_is_shortened_by_rank() {
    let table = |keys: &[&str], faults: bool| {
        [120, 80, 60, 40, 30, 20].map(|width| {
            let (_files, mut stage) = morning((width, 20));
            for keys in keys {
                stage.keys(keys);
            }
            if faults {
                stage.tell(Msg::Problem(InputProblem::unreadable("in/a.txt", "it cannot be read")));
            }
            stage.arrive(&hours(9..12));
            let top = stage.screen().lines().next().unwrap_or_default().to_owned();
            format!("{width:>3}|{top}")
        })
    };
    let check = |keys: &[&str], faults, expected: &[&str]| {
        let found = table(keys, faults);
        assert!(found == expected, "{keys:?}\n{found:#?}");
    };
    check(
        &["F j"],
        false,
        &[
            "120| dateline  wire/  8 dispatches  +3 new  following  4 Mar 2026                                                    2 of 8",
            " 80| dateline  wire/  8 dispatches  +3 new  following  4 Mar 2026            2 of 8",
            " 60| wire/  8 dispatches  +3 new  following  4 Mar 2026  2 of 8",
            " 40| wire/  +3 new  following        2 of 8",
            " 30| +3 new  following     2 of 8",
            " 20| +3  following  2/8",
        ],
    );
    check(
        &["F p"],
        true,
        &[
            "120| dateline  wire/  8 dispatches  +3 new  paused  4 Mar 2026  1 problem: P                                         1 of 8",
            " 80| wire/  8 dispatches  +3 new  paused  4 Mar 2026  1 problem: P           1 of 8",
            " 60| wire/  8 dispatches  +3 new  paused  1 problem: P   1 of 8",
            " 40| +3 new  paused  1 problem: P    1 of 8",
            " 30| +3  paused  1 problem    1/8",
            " 20| +3  paused  1 of 8",
        ],
    );
    check(
        &["F j", "/ n e w s Enter"],
        true,
        &[
            "120| dateline  wire/  8 dispatches  +3 new  following  4 Mar 2026  1 problem: P                     / news   8 · 0 in texts",
            " 80| wire/  8 dispatches  +3 new  following  1 problem: P   / news   8 · 0 in texts",
            " 60| +3 new  following  1 problem: P    / news   8 · 0 in texts",
            " 40| +3 new  following  1 problem: P  8 + 0",
            " 30| +3 new  following      8 + 0",
            " 20| +3 new  following",
        ],
    );
    check(
        &["F", "x x", "/ ^T p a r a g r a p h Enter"],
        true,
        &[
            "120| dateline  wire/  8 dispatches  following  arrivals wait  4 Mar 2026  1 problem: P     / paragraph   0 of 8 · texts off",
            " 80| wire/  8 dispatches  following  1 problem: P  / paragraph   0 of 8 · texts off",
            " 60| following  1 problem: P   / paragraph   0 of 8 · texts off",
            " 40| wire/  following  1 problem: P  0 of 8",
            " 30| following  1 problem  0 of 8",
            " 20| following   0 of 8",
        ],
    );
}

/// What waits is not among the dispatches that are counted, also after a pause during the load.
#[test]
fn no_dispatch_is_counted_twice() {
    let files = hours(1..9);
    let mut stage = Stage::empty((100, 20));
    stage.tell(Msg::FollowState { missing: Vec::new(), can_arrive: true });
    stage.arrive(&files);
    stage.keys("p");
    let nine = hours(9..11);
    stage.arrive(&nine);
    has(&stage, "8 dispatches so far …  +2 new  paused");
    stage.tell(Msg::LoadFinished(dateline::index::IngestSummary::default()));
    has(&stage, "8 dispatches  +2 new  paused");
    stage.keys("p .");
    has(&stage, "10 dispatches");
    stage.arrive(&hours(11..14));
    has(&stage, "10 dispatches  +3 new");
    // One of those that wait is written again, and one of those that are listed.
    stage.rewrite("News of 12 ", &Files::new(&[("12.txt", &dispatch(12, 1))]));
    has(&stage, "10 dispatches  +3 new");
    stage.rewrite("News of 2 ", &Files::new(&[("02.txt", &dispatch(2, 1))]));
    has(&stage, "10 dispatches  +4 new");
    stage.keys(".");
    has(&stage, "13 dispatches");
}

#[test]
fn what_is_new_is_counted_within_the_filter() {
    let (_files, mut stage) = morning((100, 20));
    stage.keys("/ headline:1 Enter");
    has(&stage, "/ headline:1   1 of 8");
    let later = hours(9..13);
    stage.arrive(&later);
    has(&stage, "+3 new");
    stage.keys(".");
    has(&stage, "/ headline:1   4 of 12");
}

/// Rows of the list with this text, without what parts the panes.
fn rows(stage: &Stage, text: &str) -> Vec<String> {
    let screen = stage.screen();
    let rows = screen.lines().map(|line| line.split('│').next().unwrap_or(""));
    rows.filter(|row| row.contains(text)).map(|row| row.trim_end().to_owned()).collect()
}

fn ferry(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut files = vec![
        ("1.txt", include_str!("../../assets/wire/01-ferry-flash.txt")),
        ("2.txt", include_str!("../../assets/wire/02-ferry-urgent.txt")),
        ("3.txt", include_str!("../../assets/wire/03-ferry-1st-lead.txt")),
    ];
    files.extend(more);
    files
}

#[test]
fn one_row_of_a_story_is_unfolded_and_an_add_keeps_its_own() {
    let add = ("4.txt", include_str!("../../assets/wire/04-ferry-1st-add.txt"));
    let files = Files::new(&ferry(&[add]));
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    assert_eq!(rows(&stage, "▸").len(), 1, "{}", stage.screen());
    assert!(rows(&stage, "▸")[0].contains("1st Ld"));
    assert_eq!(rows(&stage, ":").len(), 2);
    stage.keys("G z");
    assert_eq!(rows(&stage, "└").len(), 3, "{}", stage.screen());
    stage.keys("z");
    assert_eq!(rows(&stage, ":").len(), 2);
}

#[test]
fn what_was_a_row_while_it_was_selected_is_folded_when_it_no_longer_is() {
    let files = Files::new(&ferry(&[(
        "5.txt",
        "Headline: Storm soup\nSent: 2026-11-19T05:00:00Z\n\nSoup.\n",
    )]));
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    stage.keys("/ ^T e n g i n e s Enter G Esc");
    let before = rows(&stage, ":").len();
    assert!(before > 2, "{}", stage.screen());
    stage.keys("j");
    assert_eq!(rows(&stage, ":").len(), 2, "{}", stage.screen());
    has(&stage, "▸");
}

#[test]
fn an_older_version_that_is_written_again_opens_nothing() {
    let files = Files::new(&ferry(&[]));
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    stage.keys("j k");
    let before = below_the_top(&stage);
    let text = include_str!("../../assets/wire/02-ferry-urgent.txt").replace("Ferry", "FERRY");
    stage.rewrite("Ferry adrift without", &Files::new(&[("2.txt", &text)]));
    has(&stage, "+1 new");
    assert_eq!(below_the_top(&stage), before);
    stage.keys(".");
    assert_eq!(rows(&stage, ":").len(), 1, "{}", stage.screen());
    stage.keys("z");
    has(&stage, "FERRY adrift");
}

/// Where an entry lies.
fn spot(entry: EntryRef<'_>) -> ItemLocation {
    let (start, nth) = entry.position_in_input();
    let input = entry.input().expect("an input").clone();
    ItemLocation { input, start, nth }
}

#[test]
fn marks_go_along_when_a_file_is_written_again() {
    for waits in [false, true] {
        let (_files, mut stage) = morning((100, 20));
        stage.keys(if waits { "j x k x" } else { "F x j x k" });
        let old: EntryId = stage.state.ui.list.selected.expect("a row");
        let again = Files::new(&[("08.txt", &dispatch(8, 1).replace("It was", "It became"))]);
        let end = stage.state.session.index.end_id();
        stage.arrive(&again);
        let mut new = stage.state.session.index.order().iter().copied();
        let new = new.rfind(|&id| id >= end);
        let new = new.expect("what has come");
        let desk = &stage.state.session.index;
        let pair = Replacement {
            old: spot(desk.entry(old).expect("the old one")),
            new: spot(desk.entry(new).expect("the new one")),
            is_unchanged: false,
        };
        stage.tell(Msg::EntriesReplaced { segments: Vec::new(), replaced: vec![pair] });
        if stage.state.session.follow.pending_from.is_some() {
            stage.command("pipe cat");
            let text = stage.handed.pop().map(|(_, text)| text);
            assert!(text.is_some_and(|text| text.contains("It was 8")));
            stage.keys(".");
        }
        assert_eq!(stage.state.session.marks.selection.len(), 2);
        stage.command("pipe cat");
        let text = stage.handed.pop().map(|(_, text)| text).unwrap_or_default();
        assert!(text.contains("It became 8") && text.contains("It was 7"), "{text}");
        assert!(!text.contains("It was 8"), "{text}");
    }
}

#[test]
fn what_can_bring_nothing_is_not_called_following() {
    let (_files, mut stage) = morning((100, 20));
    let tell = |stage: &mut Stage, missing: &[&str], can_arrive| {
        let missing = missing.iter().map(ToString::to_string).collect();
        stage.tell(Msg::FollowState { missing, can_arrive });
    };
    stage.keys("F");
    has(&stage, "following");
    tell(&mut stage, &["in/spool"], true);
    has(&stage, "following  waiting for spool");
    tell(&mut stage, &["in/spool", "b"], false);
    has(&stage, "waiting for 2 inputs");
    let top = |stage: &Stage| stage.screen().lines().next().unwrap_or("").to_owned();
    assert!(!top(&stage).contains("following"));
    // It is said whether the wire is followed or not.
    stage.keys("j");
    has(&stage, "waiting for 2 inputs");
    stage.keys("F");
    has(&stage, "nothing arrives until");
    assert!(!top(&stage).contains("following"));
    tell(&mut stage, &[], true);
    has(&stage, "following");
    // Everything has ended.
    tell(&mut stage, &[], false);
    has(&stage, "nothing to follow");
    has(&stage, "nothing more can arrive");
    assert!(!top(&stage).contains("following"));
}

/// A file that was read again with the same bytes, because it was copied or touched.
#[test]
fn a_known_dispatch_that_is_read_again_is_no_news() {
    let (files, mut stage) = morning((100, 20));
    stage.keys("j");
    let before = below_the_top(&stage);
    stage.replace("News of 5", &hours(5..6), true);
    assert_eq!(below_the_top(&stage), before);
    lacks(&stage, "+1 new");
    // One that waits already still does.
    stage.arrive(&hours(9..10));
    stage.replace("News of 9", &hours(9..10), true);
    has(&stage, "+1 new");
    stage.keys(".");
    has(&stage, "News of 9");
    assert_eq!(stage.rows_with("News of 5").len(), 1);
    drop(files);
}
