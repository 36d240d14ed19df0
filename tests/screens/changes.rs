//! What changed between two versions, as a screen.

use dateline::app::{MouseAction, MouseInput, Msg, compare_versions};
use dateline::index::EntryId;
use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

const FIRST: &str = "Headline: Pier opens with 178 aboard\nSlug: PIER\nLabel: 1st Lead\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier opened on Wednesday with 178 people on it.\n\n“The planks are dry at last,” said harbour master Ana Lind.\n\nNobody had asked the gulls.\n\nThe band of the fishery school played twice.\n\nThe mayor did not come, and nobody at all knew why she had stayed away.\n";
const SECOND: &str = "Headline: Pier opens with 187 aboard\nSlug: PIER\nLabel: 2nd Lead\nSent: 2026-03-04T12:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier opened on Wednesday with 187 people on it.\n\nThe mayor did not come, and nobody at all knew why she had stayed away.\n\n“The planks are dry at last,” said harbour master Ana Lind.\n\nNobody had asked the gulls.\n\nThree boys jumped into the water and were fished out.\n";
const ADD: &str = "Headline: Pier, add\nSlug: PIER\nRole: add\nSent: 2026-03-04T11:00:00Z\nAgency: NWR\n\nA second thought about the pier.\n";

/// The versions of the pier on a stage, the newest open and compared.
fn pier(size: (u16, u16)) -> (Files, Stage) {
    let files = Files::new(&[("a.txt", FIRST), ("b.txt", ADD), ("c.txt", SECOND)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], size);
    let versions: Vec<EntryId> = stage.state.session.index.order().to_vec();
    let effects = compare_versions(&mut stage.state, versions[0], versions);
    stage.perform(effects);
    (files, stage)
}

#[test]
fn words_and_paragraphs_are_marked_by_letters() {
    let (_files, stage) = pier((100, 40));
    has(&stage, "what changed in PIER");
    has(&stage, "~ Pier opens with [-178-] {+187+} aboard");
    has(&stage, "against 1st Lead, 4 Mar 2026 10:00");
    has(&stage, "1 paragraph in, 1 out, 1 changed, 1 moved");
    has(&stage, "label  [-1st-] {+2nd+} Lead");
    has(&stage, "~ ORSK (NWR) - The pier opened on Wednesday with [-178-] {+187+} people");
    has(&stage, "↕ moved from ¶5");
    has(&stage, "↕ The mayor did not come");
    has(&stage, "… 2 paragraphs unchanged …");
    has(&stage, "- The band of the fishery school");
    has(&stage, "+ Three boys jumped");
    has(&stage, "↕ ¶5 moved to ¶2");
    lacks(&stage, "gulls");
}

#[test]
fn n_goes_from_change_to_change_and_escape_goes_back() {
    let (_files, mut stage) = pier((70, 10));
    let before = stage.state.ui.list.selected;
    has(&stage, "6 changes");
    stage.keys("n n n");
    has(&stage, "change 3 of 6");
    stage.keys("]c ]c ]c");
    has(&stage, "Three boys jumped");
    stage.keys("n");
    has(&stage, "no more changes below");
    stage.keys("N [c");
    has(&stage, "change 4 of 6");
    stage.keys("5k gg n");
    has(&stage, "change 1 of 6");
    stage.keys("Esc");
    lacks(&stage, "what changed");
    assert_eq!(stage.state.ui.list.selected, before);
}

#[test]
fn an_older_version_can_be_chosen() {
    let (_files, mut stage) = pier((100, 40));
    // The add between the two is passed over.
    has(&stage, "2 of 2 versions back");
    stage.keys("(");
    has(&stage, "no older version is at hand");
    stage.keys(")");
    has(&stage, "1 of 2 versions back");
    has(&stage, "against add, 4 Mar 2026 11:00");
    stage.keys("]v");
    has(&stage, "no version between these two");
    stage.keys("[v d");
    lacks(&stage, "what changed");
}

#[test]
fn a_dispatch_without_an_earlier_version_says_so() {
    let files = Files::new(&[("a.txt", FIRST)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("d");
    has(&stage, "no other version of this dispatch is at hand");
    lacks(&stage, "what changed");
}

#[test]
fn a_version_that_is_gone_is_a_sentence() {
    let files = Files::new(&[("a.txt", FIRST), ("c.txt", SECOND)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    std::fs::remove_file(files.path().join("a.txt")).unwrap();
    let versions: Vec<EntryId> = stage.state.session.index.order().to_vec();
    let effects = compare_versions(&mut stage.state, versions[0], versions);
    has(&stage, "reading the two versions");
    stage.perform(effects);
    has(&stage, "cannot be read again");
}

#[test]
fn the_changes_fit_at_every_size() {
    for (width, height) in [(20, 5), (24, 6), (40, 12), (80, 24), (120, 40), (200, 60)] {
        let (_files, mut stage) = pier((width, height));
        for _ in 0..8 {
            stage.keys("n Space");
        }
        has(&stage, "6");
    }
}

#[test]
fn on_the_built_in_wire_the_writethru_is_compared_with_the_lead_it_replaces() {
    let mut stage = Stage::wire((120, 40));
    let ferry = |id: &EntryId| {
        let entry = stage.state.session.index.entry(*id);
        entry.is_some_and(|entry| entry.slug() == "CALDER-FERRY")
    };
    let versions: Vec<EntryId> =
        stage.state.session.index.order().iter().copied().filter(ferry).collect();
    assert_eq!(stage.state.ui.list.selected, versions.first().copied());
    let effects = compare_versions(&mut stage.state, versions[0], versions);
    stage.perform(effects);
    has(&stage, "against 1st Lead, 19 Nov 2026 07:51");
}

#[test]
fn the_mouse_acts_on_the_changes_and_on_nothing_that_they_hide() {
    let (_files, mut stage) = pier((60, 10));
    stage.state.ui.mouse = true;
    let before = stage.state.ui.list.selected;
    for deed in [MouseAction::WheelDown, MouseAction::Click, MouseAction::Click] {
        stage.tell(Msg::Mouse(MouseInput { action: deed, x: 5, y: 3 }));
        assert_eq!(stage.state.ui.list.selected, before);
    }
    assert_eq!(stage.state.ui.overlay().map(|o| o.top), Some(3));
}
