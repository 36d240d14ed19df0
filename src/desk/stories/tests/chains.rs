//! Versions: keywords and labels, headlines, takes, revisions.

use super::{check, index_of, segment_of};
use crate::desk::EntryId;

#[test]
fn leads_follow_a_keyword() {
    check(&[
        "10:00 AP FIRE Cannery burns => superseded by Fire is out, of Fire is out",
        "11:00 AP FIRE \"1st Ld\" Cannery still burns => superseded by Fire is out, of Fire is out",
        "12:00 AP FIRE \"2nd Ld-Writethru\" Fire is out => of Fire is out",
        "12:30 dpa FIRE Another fire",
        "d2010:00 AP FIRE \"1st Ld\" The day after",
    ]);
}

#[test]
fn what_has_no_label_is_a_story_of_its_own() {
    check(&["10:00 AP RAIN Rain in Oslo", "11:00 AP RAIN Rain in Bergen"]);
    // Which of them goes on is not known.
    check(&[
        "10:00 AP RAIN Rain in Oslo",
        "11:00 AP RAIN Rain in Bergen",
        "12:00 AP RAIN \"1st Ld\" More water",
    ]);
    check(&[
        "10:00 AP RAIN Rain floods Oslo streets => superseded by Rain floods Oslo cellars, of Rain floods Oslo cellars",
        "11:00 AP RAIN Sun in Bergen",
        "12:00 AP RAIN \"1st Ld\" Rain floods Oslo cellars => of Rain floods Oslo cellars",
    ]);
}

/// Two items of a service that numbers all alike.
#[test]
fn a_number_that_stories_share_makes_them_no_versions() {
    let item = |slug: &str, headline: &str| {
        format!(
            "\u{16}\u{16}\u{1}w2870\u{1f}\r\nu i\u{13}\u{11}\r\nBC-{slug}   11-14 0466\r\n\u{2}{headline}\r\n\
             \tTARN, Nov 14 (NWR) _ Much was said here, and more is to come.\r\n\u{3}NWR-11-14-23 2213GMT\r\n\u{4}"
        )
    };
    let superseded = |second: String| {
        let text = item("Cannery", "Cannery burns") + &second;
        let desk = index_of(vec![segment_of("anpa1312", "a", &text)]);
        let by = |&&id: &&EntryId| desk.story_status(id).superseded_by.is_some();
        assert_eq!(desk.len(), 2);
        desk.order().iter().filter(by).count()
    };
    assert_eq!(superseded(item("Prices", "Prices fall")), 0);
    assert_eq!(superseded(item("Cannery", "Cannery saved")), 1);
    // An id that is more than such a number, however short, holds.
    check(&[
        "10:00 AP fire-in-town Fire in town; id=4711 => superseded by Fire is out, of Fire is out",
        "10:01 AP fire-is-out Fire is out; id=4711 => of Fire is out",
    ]);
}

#[test]
fn updates_follow_a_headline() {
    check(&[
        "10:00 RTR OIL-PRICES/ Oil slips as traders weigh talks => superseded by UPDATE 2-Oil climbs after talks fail, of UPDATE 2-Oil climbs after talks fail",
        "11:00 RTR OIL-PRICES/ UPDATE 1-Oil climbs as talks fail => superseded by UPDATE 2-Oil climbs after talks fail, of UPDATE 2-Oil climbs after talks fail",
        "12:00 RTR OIL-PRICES/ UPDATE 2-Oil climbs after talks fail => of UPDATE 2-Oil climbs after talks fail",
    ]);
    check(&[
        "10:00 RTR TALKS/ Minister resigns",
        "11:00 RTR TALKS/ UPDATE 2-Dam bursts near Grodd",
    ]);
}

#[test]
fn takes_and_adds_supersede_nothing() {
    check(&[
        "10:00 AP DAM Dam holds => of Dam holds",
        "10:20 AP DAM \"1st Add\" More of the dam => of Dam holds",
    ]);
    check(&[
        "10:00 AP DAM Dam holds => superseded by Dam is safe, of Dam is safe",
        "10:20 AP DAM \"2nd Take\" More of the dam => superseded by Dam is safe, of Dam is safe",
        "11:00 AP DAM \"1st Ld-Writethru\" Dam is safe => of Dam is safe",
    ]);
}

#[test]
fn revisions_are_ordered_by_their_numbers() {
    check(&[
        "10:00 QN - First; id=urn:qn:1, version=1 => superseded by Third, of Third",
        "12:00 QN - Second; id=urn:qn:1, version=2 => superseded by Third, of Third",
        "11:00 QN - Third; id=urn:qn:1, version=10 => of Third",
        "11:00 QN - Other; id=urn:qn:2, version=1",
    ]);
    // The same number, and no other: the newer one counts.
    check(&[
        "10:00 QN - Older; id=urn:qn:1 => superseded by Newer, of Newer",
        "11:00 QN - Newer; id=urn:qn:1 => of Newer",
    ]);
    // Short ids are those of their agencies.
    check(&["10:00 QN - One; id=17", "11:00 AP - Two; id=17"]);
}
