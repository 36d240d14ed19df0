//! The rows of the list: one for each story, however many versions of it have come.

use std::fmt::Write as _;

use dateline::app::{Msg, State};
use dateline::desk::EntryId;
use dateline::load::{self, Report, Source};

use crate::stage::{Files, Stage};

/// JSON Lines of these stories, each named with the number of its version: `7.2` is the second version of story 7.
fn lines(versions: impl IntoIterator<Item = (usize, usize)>) -> String {
    let mut lines = String::new();
    for (story, version) in versions {
        let (hour, minute) = (story / 60 % 24, story % 60);
        let line = serde_json::json!({
            "id": format!("story-{story}"),
            "version": version.to_string(),
            "headline": format!("Harbour {story} counts its boats"),
            "date": format!("2026-03-{:02}T{hour:02}:{minute:02}:{version:02}Z", 1 + story / 1440 % 28),
            "body": "ORSK (NWR) - The boats were counted.",
        });
        writeln!(lines, "{line}").unwrap();
    }
    lines
}

/// Entries come in, all at once.
fn arrive(stage: &mut Stage, text: &str) {
    let files = Files::new(&[("wire.jsonl", text)]);
    let segments = std::sync::Mutex::new(Vec::new());
    load::load(vec![Source::Path(files.path())], 1, &|report| {
        if let Report::Segment(segment) = report {
            segments.lock().unwrap().push(segment);
        }
    });
    stage.tell(Msg::Arrived(segments.into_inner().unwrap()));
}

/// The rows that a list of the whole desk should have while no story is unfolded: the newest version of each.
fn newest(state: &State) -> Vec<EntryId> {
    let desk = &state.desk;
    let is_newest = |&id: &EntryId| {
        !desk.is_gone(id) && (!desk.has_versions(id) || desk.standing(id).superseded_by.is_none())
    };
    desk.order().iter().copied().filter(is_newest).collect()
}

#[test]
fn each_story_has_one_row() {
    for (versions, rows) in [
        (vec![(1, 1), (2, 1), (3, 1)], 3),
        (vec![(1, 1), (1, 2), (1, 3)], 1),
        (vec![(1, 3), (1, 2), (1, 1)], 1),
        (vec![(1, 1), (2, 1), (1, 2), (3, 1), (2, 2), (4, 1)], 4),
        (vec![(1, 1), (1, 1), (2, 1)], 2),
    ] {
        let mut stage = Stage::empty((60, 12));
        arrive(&mut stage, &lines(versions.iter().copied()));
        let state = &stage.state;
        assert_eq!(state.list.rows(&state.desk), newest(state), "{versions:?}");
        assert_eq!(state.list.rows(&state.desk).len(), rows, "{versions:?}");
        // The same where they come one by one.
        let mut stage = Stage::empty((60, 12));
        for &version in &versions {
            arrive(&mut stage, &lines([version]));
        }
        let state = &stage.state;
        assert_eq!(state.list.rows(&state.desk), newest(state), "{versions:?}");
    }
}
