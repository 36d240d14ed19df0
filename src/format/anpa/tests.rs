//! ANPA dispatches in own words: years that are inferred, frames that are damaged, headers alone.

use super::header::{Header, parse_header};
use crate::dispatch::{Dispatch, Role, Severity, Stamp, TimeSource};
use crate::format::ParsedInput;
use crate::format::testing::{first, parsed_as};

fn parsed(text: &str) -> ParsedInput {
    parsed_as("anpa1312", text)
}

fn dispatch(text: &str) -> Dispatch {
    first(parsed(text))
}

const HEAD: &str =
    "\u{16}\u{16}\u{1}W0312\u{1f}world\r\nr i\u{13}\u{11} BC-Harvest     12-30 0210\r\n";

#[test]
fn reads_a_header_alone() {
    let text = "\u{5}\u{5}\u{5}C T\n\u{16}\u{16}\u{1}f0704\u{1f}reute\nu f BC-COCOA REVIEW  1STLD a0123 02-26 0105\nrest";
    let expected = Header {
        routing: "\u{5}\u{5}\u{5}C T",
        service: "f",
        number: "0704",
        selector: "reute",
        priority: "u",
        category: "f",
        keyword: "BC-COCOA REVIEW  1STLD",
        reference: "a0123",
        date: Some((2, 26)),
        count: "0105",
        byte_len: text.len() - 4,
        ..Header::default()
    };
    assert_eq!(parse_header(text), expected);
    let found = parse_header("u f BC-COCOA  1STLD 02-26 0105\n");
    assert_eq!((found.keyword, found.version), ("BC-COCOA", "1STLD"));
    assert_eq!(
        parse_header("Ferries sail again on Tuesday.\n"),
        Header::default()
    );
}

#[test]
fn a_missing_year_is_inferred_and_said() {
    let d = dispatch(&format!(
        "{HEAD}\u{2}^BC-Harvest<\r\n\tApples are late.\r\n\u{3}\r\n"
    ));
    assert_eq!(d.time.map(Stamp::to_rfc3339).as_deref(), Some("2025-12-30"));
    assert_eq!(d.time_source, TimeSource::Created);
    let said: Vec<_> = d
        .problems
        .iter()
        .map(|p| (p.severity, p.message.as_str()))
        .collect();
    let message = "the header names no year; 2025 is inferred from the date of the file";
    assert_eq!(said, [(Severity::Note, message)]);
}

/// Text and headline of a damaged dispatch, and what was said about its frame.
#[track_caller]
fn check(text: &str, headline: &str, body: &str, said: &str) {
    let d = dispatch(text);
    assert_eq!((d.headline.as_str(), d.body.text()), (headline, body));
    let all: Vec<_> = d
        .problems
        .iter()
        .filter(|p| p.location != "header")
        .collect();
    assert_eq!(all.len(), usize::from(!said.is_empty()), "{all:?}");
    assert!(all.iter().all(|p| p.message.starts_with(said)), "{all:?}");
}

#[test]
fn damaged_frames_are_read_as_far_as_they_go() {
    let rails = "^BC-Harvest,12<\n^Apples are late<\n";
    let (copy, body) = (
        "\tTARN (AP) _ Apples are late.\n",
        "TARN (AP) — Apples are late.",
    );
    let headline = "Apples are late";
    check(
        &format!("{HEAD}\u{2}{rails}{copy}\u{3}"),
        headline,
        body,
        "",
    );
    check(
        &format!("{HEAD}\u{2}{rails}{copy}"),
        headline,
        body,
        "expected ETX",
    );
    check(
        &format!("{HEAD}{rails}{copy}\u{3}"),
        headline,
        body,
        "expected STX",
    );
    check(
        &format!("{HEAD}{rails}{copy}"),
        headline,
        body,
        "expected the text between",
    );
    check(
        &format!("\u{2}{rails}{copy}\u{3}"),
        headline,
        body,
        "expected a header",
    );
    check(HEAD, "BC-Harvest", "", "expected the text between");
}

#[test]
fn several_are_parted_at_headers_alone() {
    let one = format!("{HEAD}\u{2}^BC-Harvest<\n\tApples are late.\n\u{3}\n\u{4}\n");
    let bare =
        "r i  BC-PEARS-LATE     03-01 0020\nBC-PEARS-LATE\n\nTARN (AP) - Pears are late.\n\n";
    let check =
        |text: &str, count: usize| assert_eq!(parsed(text).dispatches.len(), count, "{text}");
    check(&one.repeat(3), 3);
    check(&bare.repeat(3), 3);
    check(&format!("{one}{bare}{one}"), 3);
    check(&format!("{one}\n\n\u{c}\n"), 1);
    check(" \n\u{4}\n", 0);
}

#[test]
fn short_bulletins_are_alerts() {
    let role = |priority: &str, rest: &str| {
        let head = HEAD.replace("r i", priority);
        dispatch(&format!("{head}\u{2}^BC-Harvest<\n{rest}\u{3}")).role
    };
    assert_eq!(role("b i", "\tTARN (AP) _ Apples are in.\n"), Role::Alert);
    assert_eq!(role("r i", "\tTARN (AP) _ Apples are in.\n"), Role::Story);
    assert_eq!(
        role("f i", "^Apples are in<\n\tTARN (AP) _ Apples are in.\n"),
        Role::Story
    );
    assert_eq!(
        role("b i", "\tEDITORS: Please kill the story Apples, W0311.\n"),
        Role::Kill
    );
}

#[test]
fn tables_keep_their_columns() {
    let body = |copy: &str| {
        let d = dispatch(&format!("{HEAD}\u{2}^BC-Harvest<\n^Harvest<\n{copy}\u{3}"));
        d.body.text().to_owned()
    };
    let aligned = "Tarn   12   3\nHall  101  14\nSkar    7   0";
    assert_eq!(
        body("\u{8}Tarn;12;3\u{10} \n\u{8}Hall;101;14\u{10} \n\u{8}Skar;7;0\u{10} \n"),
        aligned
    );
    assert_eq!(
        body("Tarn\u{1f}12\u{1f}3\nHall\u{1f}101\u{1f}14\nSkar\u{1f}7\u{1f}0\n"),
        aligned
    );
    assert_eq!(
        body("Tarn;12;3;_\nHall;101;14;_\nSkar;7;0;_\n"),
        "Tarn   12   3  —\nHall  101  14  —\nSkar    7   0  —"
    );
    assert_eq!(
        body("   Tarn   12   3\n   Hall  101  14\n   Skar    7   0\n"),
        "   Tarn   12   3\n   Hall  101  14\n   Skar    7   0"
    );
    assert_eq!(body("\tOne.  Two.\n\tThree.\n"), "One.  Two.\n\nThree.");
}

#[test]
fn lines_may_end_in_cr_alone() {
    let text = format!("{HEAD}\u{2}^BC-Harvest<\n^Harvest<\n\tOne.\n\tTwo.\n\u{3}");
    let d = dispatch(&text.replace("\r\n", "\n").replace('\n', "\r"));
    assert_eq!(
        (d.headline.as_str(), d.body.text()),
        ("Harvest", "One.\n\nTwo.")
    );
}

#[test]
fn a_credit_below_the_byline_is_no_copy() {
    let copy = "\tTARN, Nov 14 (WP) _ Apples are late.\n";
    let d = dispatch(&format!(
        "{HEAD}\u{2}^BC-Harvest<\n^Late<\n^By IDA HOLM=\n^WP=\n{copy}\u{3}"
    ));
    assert_eq!(
        (d.place(), d.fields.get("credit").map(String::as_str)),
        (Some("TARN"), Some("WP"))
    );
    let d = dispatch(&format!(
        "{HEAD}\u{2}^BC-Harvest<\n^Late<\n^By IDA HOLM=\n^FRUIT=\n^APPLES=\n{copy}\u{3}"
    ));
    assert_eq!((d.place(), d.body.blocks().len()), (Some("TARN"), 3));
}
