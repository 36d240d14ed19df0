//! Places that have a letter, and where a dispatch is opened.

use dateline::action::parse_table_sequence;
use dateline::app::{Effect, Msg, update};
use dateline::ingest::InputSource;
use dateline::jobs::Job;
use dateline::marks::{MarkChange, SavedMarks};

use crate::stage::{Files, Stage};
use crate::{has, lacks, three};

fn load(files: &Files, size: (u16, u16)) -> Stage {
    Stage::load(vec![InputSource::Path(files.path())], size)
}

#[test]
fn a_place_has_a_letter_and_is_gone_back_to() {
    let files = three();
    let mut stage = load(&files, (80, 24));
    stage.keys("j Enter m");
    has(&stage, "a–z name this place");
    stage.keys("a");
    has(&stage, "this place is called a: 'a goes back to it");
    stage.keys("q k 'a");
    has(&stage, "~  10:00  NWR  ORSK         Truce holds");
    assert!(
        stage.kept.iter().any(
            |change| matches!(change, MarkChange::Setting(name, Some(_)) if name == "place a")
        )
    );
    // Back to before the jump, and there again.
    stage.keys("''");
    has(&stage, "Ferry late again");
    assert_eq!(stage.state.ui.list.row, 0);
    stage.keys("''");
    assert_eq!(stage.state.ui.list.row, 1);
    stage.keys("'b");
    has(&stage, "no place is called b");
    stage.keys("m 7");
    has(&stage, "a place is called by a letter, a to z");
    stage.keys("q gg").command("places");
    has(&stage, "'a  Truce holds in the hills");
    stage.keys("Enter");
    assert_eq!(stage.state.ui.list.row, 1);
}

#[test]
fn a_place_that_the_filter_hides_is_shown_all_the_same() {
    let files = three();
    let mut stage = load(&files, (80, 24));
    stage.keys("j ma /");
    stage.tell(Msg::Paste("ferry".into()));
    stage.keys("Enter");
    lacks(&stage, "Truce holds in");
    stage.keys("'a");
    has(&stage, "Truce holds in");
}

#[test]
fn places_of_earlier_sessions_are_known() {
    let files = three();
    let mut first = load(&files, (80, 24));
    first.keys("j j mz");
    let Some(MarkChange::Setting(name, Some(value))) = first.kept.last().cloned() else {
        panic!("{:?}", first.kept);
    };
    let mut stage = load(&files, (80, 24));
    let mut kept = SavedMarks::default();
    kept.settings.push((name, value));
    kept.settings.push(("place q".into(), "damaged".into()));
    stage.tell(Msg::MarksLoaded(Box::new(kept)));
    stage.keys("'z");
    assert_eq!(stage.state.ui.list.row, 2);
    stage.keys("'q");
    has(&stage, "no place is called q");
}

/// Types keys, and returns what is asked for without doing it.
fn typed(stage: &mut Stage, keys: &str) -> Vec<Effect> {
    let keys = parse_table_sequence(keys).into_iter();
    keys.flat_map(|key| update(&mut stage.state, Msg::Key(key))).collect()
}

fn long(name: &str, hour: u32) -> String {
    let text = format!("Another paragraph of {name} is here.\n\n").repeat(59);
    format!("Headline: {name}\nSent: 2026-03-04T{hour:02}:00:00Z\n\nORSK - It began.\n\n{text}")
}

#[test]
fn what_is_passed_over_does_not_say_where_the_next_one_opens() {
    let files = Files::new(&[
        ("a.txt", &long("Alpha", 10)),
        ("b.txt", &long("Beta", 9)),
        ("c.txt", &long("Gamma", 8)),
    ]);
    let mut stage = load(&files, (80, 24));
    stage.keys("Enter Space Space ma");
    let kept = stage.state.ui.reader.scroll;
    assert!(kept > 0);
    stage.keys("q G");
    // Alpha has not been read yet when the selection moves on.
    let unread = typed(&mut stage, "'a");
    assert!(unread.iter().any(|effect| matches!(effect, Effect::Spawn(Job::ReadDispatch(..)))));
    stage.keys("q j");
    has(&stage, "It began");
    assert_eq!(stage.state.ui.reader.scroll, 0);
    // Gone to once more, it opens there: a blank line stands for what follows.
    stage.keys("'a");
    assert!(stage.state.ui.reader.scroll.abs_diff(kept) <= 1);
}

#[test]
fn what_stands_over_the_text_is_no_place_in_it() {
    let headline = "A very long headline that runs on and on over all its lines ".repeat(6);
    let files = Files::new(&[("a.txt", &long(&headline, 10))]);
    let mut stage = load(&files, (60, 20));
    let place = |stage: &mut Stage| {
        stage.keys("ma");
        let Some(MarkChange::Setting(_, Some(value))) = stage.kept.last() else {
            panic!("{:?}", stage.kept);
        };
        value.split(' ').nth(1).map(str::to_owned)
    };
    stage.keys("Enter j");
    assert_eq!(stage.state.ui.reader.scroll, 1);
    assert_eq!(place(&mut stage).as_deref(), Some("0"));
    stage.keys("Space Space");
    assert_ne!(place(&mut stage).as_deref(), Some("0"));
}
