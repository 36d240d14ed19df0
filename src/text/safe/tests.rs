//! What is shown of characters that could act, and how wide it is.

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(sanitize(text), expected);
}

#[test]
fn emoji_are_drawn_so_that_every_terminal_agrees_on_their_columns() {
    let drawn = |text: &str| cells(text).map(|cell| cell.symbol).collect::<String>();
    for (text, shown, columns) in [
        ("a👩\u{200d}👩\u{200d}👧b", "a👩👩👧b", 8),
        ("🇨🇭!", "CH!", 3),
        ("❤\u{fe0f}!", "❤!", 2),
        ("👍🏽!", "👍!", 3),
    ] {
        assert_eq!(
            (drawn(text), display_width(text)),
            (shown.to_owned(), columns)
        );
        assert_eq!(sanitize(text), text, "printed as it is");
    }
}

#[test]
fn controls_are_shown() {
    check("a\u{1b}[31mb\u{7}", "a␛[31mb␇");
    check("x\u{9b}y\u{85}", "x\u{fffd}y\u{fffd}");
    check("one\ttwo\nthree", "one\ttwo\nthree");
}

#[test]
fn direction_marks_stay_and_overrides_do_not_act() {
    check("\u{202e}abc", "\u{fffd}abc");
    check("\u{2067}אב\u{2069}", "אב");
    check("(\u{200f}AFP)", "(\u{200f}AFP)");
}

#[test]
fn floods_of_marks_are_cut() {
    let flood = format!("a{}", "\u{301}".repeat(1000));
    assert_eq!(sanitize(&flood).chars().count(), 1 + MAX_COMBINING_MARKS);
}

#[test]
fn widths() {
    assert_eq!(display_width("東京"), 4);
    assert_eq!(display_width("a\u{200b}b"), 2);
    assert_eq!(truncate_to_width("Kremlin says", 8), "Kremlin…");
    assert_eq!(truncate_to_width("東京東京", 5), "東京…");
}
