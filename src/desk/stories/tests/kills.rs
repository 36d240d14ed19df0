//! Kills, corrections, the very same dispatch, what is retired.

use super::{NAMES, check, index_of, json, segment};
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
    let desk = index_of([
        segment("a", &line),
        segment("b", &line),
        segment("c", &line),
    ]);
    let gone: Vec<bool> = desk
        .order()
        .iter()
        .map(|&id| desk.is_unlisted(id))
        .collect();
    assert_eq!(gone.iter().filter(|&&gone| gone).count(), 2, "{gone:?}");
    assert_eq!(desk.successor(EntryId::new(0, 2)), Some(EntryId::FIRST));
    // Without an id, twice in one input is twice.
    let line = json("10:00 QN A Item");
    let desk = index_of([segment("a", &[line.clone(), line])]);
    assert!(desk.order().iter().all(|&id| !desk.is_unlisted(id)));
}

/// A kill by headline is matched whether it comes first or last, at once or later, and within its window alone.
#[test]
fn a_kill_by_headline_finds_what_is_there_and_what_comes() {
    let kill = json("d2010:00 RTR - STORY WITHDRAWN-Lost opera found behind oven");
    let wire = |day: u8, title: &str| json(&format!("d{day}10:00 RTR - {title}"));
    let meant = wire(19, "Lost opera found behind oven");
    let early = wire(16, "Lost opera found behind oven");
    let other = wire(19, "Lost opera found beside oven");
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        let lines = [&kill, &meant, &early, &other];
        let desk = index_of(order.map(|at| segment(NAMES[at], std::slice::from_ref(lines[at]))));
        let killed = desk
            .order()
            .iter()
            .filter(|&&id| desk.story_status(id).killed_by.is_some());
        let rows: Vec<usize> = killed.map(|id| id.row()).collect();
        let at = order.iter().position(|&at| at == 1);
        assert_eq!(rows, Vec::from_iter(at), "{order:?}");
    }
}

#[test]
fn those_retired_at_once_are_as_those_retired_one_by_one() {
    let lines: Vec<String> = (0..4)
        .map(|at| {
            json(&format!(
                "1{at}:00 QN A \"{at}nd Ld\" Item {at}; id=urn:qn:{}",
                at % 3
            ))
        })
        .collect();
    let wire = || {
        let apart = lines.iter().zip(NAMES);
        index_of(apart.map(|(line, name)| segment(name, std::slice::from_ref(line))))
    };
    let ids: Vec<EntryId> = (0..4).map(|row| EntryId::new(0, row)).collect();
    let (mut at_once, mut apart) = (wire(), wire());
    let retired = [(ids[0], Some(ids[3])), (ids[2], None)];
    at_once
        .stories
        .supersede_entries(&at_once.segments, &retired);
    for (old, new) in retired {
        apart.supersede_entry(old, new);
    }
    for &id in &ids {
        assert_eq!(at_once.story_status(id), apart.story_status(id));
        assert_eq!(at_once.versions(id), apart.versions(id));
        assert_eq!(at_once.is_unlisted(id), apart.is_unlisted(id));
    }
}

/// More than can be told apart share a headline and a label: they are found to be a crowd, one by one and at once, and
/// what is replaced among them still names what stands for it.
#[test]
fn a_crowd_tells_no_story() {
    let line = json("10:00 RTR - UPDATE 1-Oil rises again today");
    let mut desk = index_of([segment("all", &vec![line.clone(); 3000])]);
    for name in NAMES {
        desk.add(vec![segment(name, std::slice::from_ref(&line))]);
    }
    assert!(desk.order().iter().all(|&id| desk.versions(id) == [id]));
    let pairs: Vec<_> = (0..900)
        .map(|row| (EntryId::new(0, row), Some(EntryId::new(0, 2000 + row))))
        .collect();
    desk.stories.supersede_entries(&desk.segments, &pairs);
    let stands = |&(old, new): &(EntryId, Option<EntryId>)| desk.successor(old) == new;
    assert!(pairs.iter().all(stands));
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
    let mut desk = index_of([item, kill]);
    let (item, kill) = (EntryId::FIRST, EntryId::new(0, 1));
    assert_eq!(desk.story_status(item).killed_by, Some(kill));
    desk.supersede_entry(kill, None);
    assert_eq!(desk.story_status(item).killed_by, None);
    assert!(desk.is_unlisted(kill) && desk.successor(kill).is_none());
}
