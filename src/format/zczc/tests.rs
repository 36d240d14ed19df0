//! ZCZC dispatches in own words, and what damage leaves of them.

use crate::dispatch::Dispatch;
use crate::format::{Context, FormatId, parse_as};

fn all(text: &str) -> Vec<Dispatch> {
    let format = FormatId::from_name("zczc").unwrap_or(FormatId::PLAIN);
    parse_as(format, text.as_bytes(), &Context::default()).dispatches
}

#[test]
fn frames_part_dispatches_and_may_be_open() {
    let headlines =
        |text: &str| -> Vec<String> { all(text).into_iter().map(|d| d.headline).collect() };
    let text = "ZCZC\n^One\n\nText.\nNNNN\nZCZC\n^Two\n^more\n\nText.\n\nZCZC\n^Three\n\nThe word ZCZC parts nothing.";
    assert_eq!(headlines(text), ["One", "Two more", "Three"]);
    assert_eq!(headlines("zczc\r\n^One\r\n\r\nText."), ["One"]);
    assert!(headlines("\n\n").is_empty());
}

#[test]
fn what_lies_outside_is_kept() {
    let found = all("ZCZC AB12 X\nText of the first.\nNNNN\nstray words");
    assert_eq!(found.len(), 1);
    let d = found.into_iter().next().unwrap_or_default();
    assert_eq!(
        (d.id.as_deref(), d.body.text()),
        (Some("AB12"), "Text of the first.")
    );
    assert_eq!(
        d.fields.get("after-text").map(String::as_str),
        Some("stray words")
    );
    let before = all("Stray text.\nZCZC\nText.");
    assert_eq!(before.len(), 2);
    assert_eq!(before[0].problems.len(), 1);
}

#[test]
fn signs_within_a_text_are_text() {
    let found =
        all("ZCZC\n:GOAT\n\n* One bullet\n* Two bullets\n\nThe goat is back in Tarn.\nNNNN");
    let d = found.into_iter().next().unwrap_or_default();
    assert_eq!(d.slug.as_deref(), Some("GOAT"));
    assert!(
        d.body.text().starts_with("* One bullet"),
        "{}",
        d.body.text()
    );
}
