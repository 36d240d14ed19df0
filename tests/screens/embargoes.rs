//! Embargoes on the screen: counted down, lifted when their time has come, left out where that is asked for.

use std::fmt::Write as _;
use std::time::Duration;

use dateline::app::{Msg, StartupOptions};
use dateline::dispatch::Stamp;
use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

const HELD: &str = "Headline: Bank of Tarn to raise its rate\nId: QNA-2026-11\nAgency: QNA\nSent: 2026-03-04T09:00:00Z\nEmbargo: 2026-03-04T12:00:00Z\n\nTARN (QNA) - The rate “will rise”, said Olaf Brun.\n";
const FREE: &str = "Headline: Hen of Tarn turns forty\nId: QNA-2026-12\nAgency: QNA\nSent: 2026-03-04T08:00:00Z\n\nTARN (QNA) - The hen turned forty.\n";

/// So many seconds before the embargo lifts.
fn before(seconds: i64) -> Msg {
    let noon: jiff::Timestamp = "2026-03-04T12:00:00Z".parse().expect("a time");
    Msg::Now(Stamp::from_seconds(noon.as_second() - seconds))
}

fn stage(manner: StartupOptions) -> (Files, Stage) {
    let files = Files::new(&[("a.txt", HELD), ("b.txt", FREE)]);
    let stage = Stage::in_manner((160, 24), manner).fill(vec![InputSource::Path(files.path())]);
    (files, stage)
}

#[test]
fn an_embargo_counts_down_and_lifts() {
    let (_files, mut stage) = stage(StartupOptions::default());
    stage.tell(before(2 * 3_600 + 14 * 60 + 20));
    has(&stage, "E 09:00");
    stage.keys("Enter");
    let band = "[embargo: EMBARGO QNA until 12:00 UTC";
    has(&stage, &format!("{band}, in 2 h 14 min"));
    // The screen is right until the minute is over.
    assert_eq!(stage.state.until_next_tick(), Some(Duration::from_secs(21)));
    stage.tell(before(42));
    has(&stage, &format!("{band}, in 42 s"));
    assert_eq!(stage.state.until_next_tick(), Some(Duration::from_secs(1)));
    stage.tell(before(0));
    lacks(&stage, "EMBARGO");
    lacks(&stage, "E 09:00");
    has(&stage, "the embargo of 4 Mar 2026 12:00 has lifted");
    assert_eq!(stage.state.until_next_tick(), None);
}

#[test]
fn the_band_of_an_embargo_fits_every_size() {
    let mut frames = String::new();
    for size in [(120, 40), (80, 24), (40, 12), (20, 5)] {
        let (_files, mut stage) = stage(StartupOptions::default());
        stage.tell(Msg::Resize(size.0, size.1));
        stage.tell(before(2 * 3_600));
        stage.keys("Enter");
        let _ = write!(frames, "{size:?}: opened\n{}", stage.marked());
        stage.keys("Esc");
        let _ = write!(frames, "{size:?}: after Esc\n{}", stage.marked());
        stage.tell(before(0));
        lacks(&stage, "[embargo:");
    }
    crate::compare("band-embargo", &frames);
}

#[test]
fn what_is_copied_under_embargo_says_so() {
    let (_files, mut stage) = stage(StartupOptions::default());
    stage.tell(before(60));
    stage.keys("Enter y y");
    has(&stage, "UNDER EMBARGO, mind the warning in it");
    let copied = stage.copied.last().map_or("", String::as_str);
    assert!(copied.starts_with("[E EMBARGOED until 4 Mar 2026 12:00 UTC]\n"), "{copied}");
    // Several at once, too.
    stage.keys("q X y y");
    has(&stage, "one of them has a warning in it");
    stage.tell(before(-1));
    stage.keys("y y");
    let copied = stage.copied.last().map_or("", String::as_str);
    assert!(!copied.contains("EMBARGOED"), "{copied}");
}

#[test]
fn what_is_under_embargo_can_be_left_out_until_it_lifts() {
    let manner = StartupOptions { hide_embargoed: true, ..StartupOptions::default() };
    let (_files, mut stage) = stage(manner);
    stage.tell(before(60));
    lacks(&stage, "Bank of Tarn");
    has(&stage, "1 under embargo");
    assert_eq!(stage.state.until_next_tick(), Some(Duration::from_mins(1)));
    stage.command("embargoed");
    has(&stage, "Bank of Tarn");
    stage.command("embargoed");
    lacks(&stage, "Bank of Tarn");
    stage.tell(before(0));
    has(&stage, "Bank of Tarn");
    lacks(&stage, "1 under embargo");
}

#[test]
fn filters_views_and_mutes_judge_embargoes_by_the_clock() {
    let lifts = |filter: &str, command: &str, held: bool, lifted: bool| {
        let (_files, mut stage) = stage(StartupOptions::default());
        stage.tell(before(60));
        if !filter.is_empty() {
            stage.keys("/");
            stage.tell(Msg::Paste(filter.to_owned()));
            stage.keys("Enter");
        }
        if !command.is_empty() {
            stage.command(command);
        }
        let shows = |stage: &Stage| !stage.rows_with("Bank of Tarn").is_empty();
        assert_eq!(shows(&stage), held, "{filter} {command}");
        stage.tell(before(0));
        assert_eq!(shows(&stage), lifted, "{filter} {command}");
    };
    lifts("is:embargoed", "", true, false);
    lifts("!is:embargoed", "", false, true);
    lifts("body:turned | is:embargoed", "", true, false);
    lifts("", "mute is:embargoed", false, true);
    lifts("", "mute !is:embargoed", true, false);
}

#[test]
fn an_embargo_lifts_among_what_is_found_in_texts() {
    let (_files, mut stage) = stage(StartupOptions::default());
    stage.tell(before(60));
    // Only its text has the name.
    stage.keys("/ b r u n Space ! i s : e m b a r g o e d Enter");
    lacks(&stage, "Bank of Tarn");
    stage.tell(before(0));
    has(&stage, "Bank of Tarn");
}
