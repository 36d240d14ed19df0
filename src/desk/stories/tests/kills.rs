//! Kills, corrections, the very same dispatch, what is retired.

use super::{check, desk_of, json, segment};
use crate::desk::EntryId;

#[test]
fn a_kill_strikes_what_it_names() {
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
    // Nothing that came after it.
    check(&[
        "10:00 QN KILL \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1 => unmatched",
        "12:00 QN A Item; id=urn:qn:1",
    ]);
}

#[test]
fn a_new_revision_that_is_canceled_kills_those_before() {
    check(&[
        "10:00 QN A One; id=urn:qn:1, version=1 => superseded by Three, killed by Three, of Three",
        "11:00 QN A Two; id=urn:qn:1, version=2 => superseded by Three, killed by Three, of Three",
        "12:00 QN A Three; id=urn:qn:1, version=3, status=canceled => of Three",
    ]);
    check(&["12:00 QN A Three; id=urn:qn:1, version=3, status=canceled"]);
}

#[test]
fn a_kill_by_keyword_means_one_story_of_its_agency() {
    check(&[
        "10:00 AP Opera-Found Opera found => superseded by Opera is real, killed by Notice, of Opera is real",
        "11:00 AP Opera-Found \"1st Ld\" Opera is real => killed by Notice, of Opera is real",
        "11:30 dpa Opera-Found Oper gefunden",
        "d1710:00 AP Opera-Found Of two days before",
        "12:00 AP BC-Opera-Found \"KILL\" Notice",
        "13:00 AP Opera-Found A substitute",
    ]);
    // Two stories under the keyword: neither.
    check(&[
        "10:00 AP Opera-Found Opera found",
        "11:00 AP Opera-Found Singer found",
        "12:00 AP BC-Opera-Found \"KILL\" Notice => unmatched",
    ]);
}

#[test]
fn a_kill_by_headline_means_the_same_words() {
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
fn the_very_same_dispatch_is_one_row() {
    let line = [json("10:00 QN A Item; id=urn:qn:1")];
    let desk = desk_of([
        segment("a", &line),
        segment("b", &line),
        segment("c", &line),
    ]);
    let gone: Vec<bool> = desk.order().iter().map(|&id| desk.is_gone(id)).collect();
    assert_eq!(gone.iter().filter(|&&gone| gone).count(), 2, "{gone:?}");
    assert_eq!(desk.successor(EntryId::new(0, 2)), Some(EntryId::FIRST));
    // Without an id, twice in one input is twice.
    let line = json("10:00 QN A Item");
    let desk = desk_of([segment("a", &[line.clone(), line])]);
    assert!(desk.order().iter().all(|&id| !desk.is_gone(id)));
}

#[test]
fn what_is_retired_does_nothing_any_more() {
    let item = segment("a", &[json("10:00 QN A Item; id=urn:qn:1")]);
    let kill = segment(
        "b",
        &[json(
            "12:00 QN A \"KILL\" Notice; id=urn:qn:3, kills=urn:qn:1",
        )],
    );
    let mut desk = desk_of([item, kill]);
    let (item, kill) = (EntryId::FIRST, EntryId::new(0, 1));
    assert_eq!(desk.standing(item).killed_by, Some(kill));
    desk.retire(kill, None);
    assert_eq!(desk.standing(item).killed_by, None);
    assert!(desk.is_gone(kill) && desk.successor(kill).is_none());
}
