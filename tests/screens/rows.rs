//! The rows of the list: one for each story, however many versions of it have come.

#![allow(clippy::unwrap_used)] // Lines that cannot be loaded fail the test.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use dateline::app::{Msg, State};
use dateline::dispatch::Stamp;
use dateline::index::{EntryId, IngestSummary, Segment};
use dateline::ingest::{self, InputSource, LoadEvent};

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

/// What a load makes of a text.
fn segments(text: &str) -> Vec<Arc<Segment>> {
    let files = Files::new(&[("wire.jsonl", text)]);
    let segments = Mutex::new(Vec::new());
    ingest::load(vec![InputSource::Path(files.path())], 1, &|report| {
        if let LoadEvent::Segment(segment) = report {
            segments.lock().unwrap().push(segment);
        }
    });
    segments.into_inner().unwrap()
}

/// Entries come in, all at once.
fn arrive(stage: &mut Stage, text: &str) {
    stage.tell(Msg::EntriesArrived(segments(text)));
}

/// The rows that a list of the whole desk should have while no story is unfolded: the newest version of each.
fn newest(state: &State) -> Vec<EntryId> {
    let desk = &state.session.index;
    let is_newest = |&id: &EntryId| {
        !desk.is_unlisted(id)
            && (!desk.has_versions(id) || desk.story_status(id).superseded_by.is_none())
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
        assert_eq!(state.ui.list.rows(&state.session.index), newest(state), "{versions:?}");
        assert_eq!(state.ui.list.rows(&state.session.index).len(), rows, "{versions:?}");
        // The same where they come one by one.
        let mut stage = Stage::empty((60, 12));
        for &version in &versions {
            arrive(&mut stage, &lines([version]));
        }
        let state = &stage.state;
        assert_eq!(state.ui.list.rows(&state.session.index), newest(state), "{versions:?}");
    }
}

/// A wire that is still loading, and how many entries it has.
struct Loading {
    stage: Stage,
    entries: usize,
}

impl Loading {
    /// The first 20,000 entries are there.
    fn new() -> Self {
        static FIRST: OnceLock<Vec<Arc<Segment>>> = OnceLock::new();
        let entries = 20_000;
        let first = FIRST.get_or_init(|| segments(&Self::lines(0..entries)));
        let mut stage = Stage::empty((60, 12));
        stage.tell(Msg::Now(Stamp::from_seconds(0)));
        stage.tell(Msg::EntriesArrived(first.clone()));
        Self { stage, entries }
    }

    /// One entry in ten is the second version of a story.
    fn lines(numbers: Range<usize>) -> String {
        lines(numbers.map(|n| if n % 10 == 9 { (n - 9, 2) } else { (n, 1) }))
    }

    fn more(&mut self, entries: usize) {
        let end = self.entries + entries;
        arrive(&mut self.stage, &Self::lines(self.entries..end));
        self.entries = end;
        // Whatever the rows are, the selection is one of them.
        let (list, desk) = (&self.stage.state.ui.list, &self.stage.state.session.index);
        assert_eq!(list.rows(desk).get(list.row), list.selected.as_ref());
    }

    /// How many rows are missing.
    fn missing(&self) -> usize {
        let state = &self.stage.state;
        let (rows, all) = (state.ui.list.rows(&state.session.index), newest(state));
        if rows.len() == all.len() {
            assert_eq!(rows, all);
        }
        all.len() - rows.len()
    }
}

#[test]
fn rows_of_a_long_load_grow_by_half_at_a_time() {
    let mut loading = Loading::new();
    assert_eq!(loading.missing(), 0);
    loading.more(1_000);
    assert_eq!(loading.missing(), 900);
    loading.more(8_999);
    assert_eq!(loading.missing(), 9_000);
    loading.more(1);
    assert_eq!(loading.missing(), 0);
    // The screen asks to be woken, and then has them all.
    assert_eq!(loading.stage.state.until_next_tick(), None);
    loading.more(20);
    assert_eq!(loading.missing(), 18);
    assert!(loading.stage.state.until_next_tick().is_some());
    loading.stage.tell(Msg::Now(Stamp::from_seconds(1)));
    assert_eq!(loading.missing(), 0);
    assert_eq!(loading.stage.state.until_next_tick(), None);
    // So it has at the end of the load, after which every arrival counts.
    loading.more(20);
    assert_eq!(loading.missing(), 18);
    loading.stage.tell(Msg::LoadFinished(IngestSummary::default()));
    assert_eq!(loading.missing(), 0);
}

#[test]
fn the_selection_stays_where_rows_wait() {
    let mut loading = Loading::new();
    loading.stage.keys("jjj");
    let chosen = loading.stage.state.ui.list.selected;
    loading.more(1_000);
    assert_eq!(loading.missing(), 900);
    assert_eq!(loading.stage.state.ui.list.selected, chosen);
    // A key moves in the rows that are seen.
    loading.stage.keys("k");
    let (list, desk) = (&loading.stage.state.ui.list, &loading.stage.state.session.index);
    assert_eq!(list.rows(desk).get(list.row), list.selected.as_ref());
    assert_eq!(list.row, 2);
    let chosen = list.selected;
    loading.stage.tell(Msg::LoadFinished(IngestSummary::default()));
    assert_eq!(loading.missing(), 0);
    assert_eq!(loading.stage.state.ui.list.selected, chosen);
    let (list, desk) = (&loading.stage.state.ui.list, &loading.stage.state.session.index);
    assert_eq!(list.rows(desk).get(list.row), chosen.as_ref());
}

#[test]
fn a_filter_that_is_taken_off_shows_what_has_arrived() {
    let mut loading = Loading::new();
    loading.more(1_000);
    assert_eq!(loading.missing(), 900);
    loading.stage.keys("/ 7 Enter");
    assert_eq!(loading.stage.state.until_next_tick(), None);
    loading.stage.keys("Esc");
    assert_eq!(loading.missing(), 0);
}
