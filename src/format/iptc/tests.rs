//! IPTC 7901 dispatches in own words: days that are inferred, frames that are damaged, optional fields.

use crate::dispatch::{Dispatch, RelationKind, Role, Stamp};
use crate::format::ParsedInput;
use crate::format::testing::{first, parsed_as};

fn parsed(text: &str) -> ParsedInput {
    parsed_as("iptc7901", text)
}

fn dispatch(text: &str) -> Dispatch {
    first(parsed(text))
}

const TOP: &str = "\u{1}abc0300 5 pol 30 xyz 300\r\n\r\nGoat/\r\n\u{2}Goat elected =\r\n\r\nTARN (XYZ) - The goat was elected.\r\n";

#[test]
fn what_a_time_leaves_out_is_inferred_and_said() {
    let check = |group: &str, time: Option<&str>, notes: usize| {
        let d = dispatch(&format!("{TOP}\u{3}{group}\r\n\u{7f}\u{4}"));
        assert_eq!(d.sent.map(Stamp::to_rfc3339).as_deref(), time, "{group}");
        assert_eq!(d.problems.len(), notes, "{group}: {:?}", d.problems);
    };
    check("041137 GMT Mar 26", Some("2026-03-04T11:37:00Z"), 0);
    check("041137 MEZ März 2026", Some("2026-03-04T11:37:00+01:00"), 0);
    check("041137 GMT", Some("2026-03-04T11:37:00Z"), 1);
    check("281137 GMT", Some("2026-02-28T11:37:00Z"), 1);
    check("311137", Some("2026-01-31T11:37:00Z"), 2);
    check("041137 GMT Dez", Some("2025-12-04T11:37:00Z"), 1);
    check("311137 GMT Feb 26", None, 1);
}

#[test]
fn damaged_frames_are_read_as_far_as_they_go() {
    let check = |text: &str, said: &str| {
        let d = dispatch(text);
        assert_eq!(
            (d.headline.as_str(), d.slug.as_deref()),
            ("Goat elected", Some("Goat")),
            "{text}"
        );
        assert_eq!(d.body.text(), "TARN (XYZ) - The goat was elected.");
        assert_eq!(
            d.problems.len(),
            usize::from(!said.is_empty()),
            "{:?}",
            d.problems
        );
        assert!(
            d.problems.iter().all(|p| p.message.starts_with(said)),
            "{:?}",
            d.problems
        );
    };
    let tail = "\u{3}041137 GMT Mar 26";
    check(&format!("{TOP}{tail}"), "");
    check(TOP, "expected ETX");
    check(
        &format!("{}{tail}", TOP.replace('\u{2}', "")),
        "expected STX",
    );
    check(
        &format!("{}041137 GMT Mar 26", TOP.replace(['\u{2}', '\u{1}'], "")),
        "",
    );
    check(&format!("\u{7f}\u{7f}\0{TOP}{tail}"), "");
    check(
        &format!(
            "\u{1}abc0300 5 p\r\n{}{tail}",
            &TOP[TOP.find("\r\n").unwrap_or(0)..]
        ),
        "expected priority",
    );
}

#[test]
fn the_optional_field_names_agency_language_and_what_is_corrected() {
    let d = dispatch(&TOP.replace("xyz 300", "NL COR 703 BELGA 710"));
    assert_eq!(
        (d.agency.as_deref(), d.language.as_deref()),
        (Some("BELGA"), Some("nl"))
    );
    let relates: Vec<_> = d
        .relations
        .iter()
        .map(|r| (r.kind, r.id.as_str()))
        .collect();
    assert_eq!(
        (d.role, relates),
        (Role::Correction, vec![(RelationKind::Corrects, "703")])
    );
}

#[test]
fn several_are_parted_at_headers_alone() {
    let check =
        |text: &str, count: usize| assert_eq!(parsed(text).dispatches.len(), count, "{text}");
    check(&TOP.repeat(3), 3);
    check(&TOP.replace(['\u{1}', '\u{2}'], "").repeat(3), 3);
    check(
        &TOP.replace("was elected", "was, with 0300 5 pol 30 votes, elected"),
        1,
    );
    check("\u{7f}\n\u{7f}\u{4}\n", 0);
    // Two broken headers in one line: each begins a message, with the other behind it or not.
    check(&format!("{TOP}\u{1}eca000\u{1}bdt000"), 3);
    check(&format!("{TOP}\u{1}eca000"), 2);
}

#[test]
fn a_telex_frame_may_stand_around_it() {
    let one = format!(
        "ZCZC\r\n{}NNNN\r\n\r\n",
        TOP.replace(['\u{1}', '\u{2}'], "")
    );
    let found = parsed(&one.repeat(2)).dispatches;
    assert_eq!(found.len(), 2);
    for d in found {
        assert_eq!(
            (d.headline.as_str(), d.body.text()),
            ("Goat elected", "TARN (XYZ) - The goat was elected.")
        );
    }
}
