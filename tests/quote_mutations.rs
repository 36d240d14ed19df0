//! Dispatches of the built-in wire with random edits: whatever comes of them, their quotes are sound and soon found.
//! `PROPTEST_CASES=20000 cargo test --release --test quote_mutations` runs longer.

#[path = "support/sound.rs"]
mod sound;

use dateline::ingest::BUILT_IN_WIRE;
use proptest::prelude::*;
use sound::{PIECES, edited, sound};

#[test]
fn a_reporting_word_between_the_pieces_of_a_quote_does_no_harm() {
    let edits = [
        (0, 12, 0, true),
        (680, 17, 18, true),
        (613, 2, 0, true),
        (0, 28, 18, true),
        (844, 6, 13, false),
        (16, 1, 8, true),
        (0, 5, 3, true),
        (0, 3, 2, false),
        (659, 23, 0, false),
        (0, 0, 0, false),
        (0, 0, 0, false),
        (0, 0, 0, false),
        (535, 10, 8, true),
        (0, 0, 0, false),
        (0, 0, 0, false),
    ];
    let source = String::from_utf8_lossy(BUILT_IN_WIRE[6].1);
    sound(edited(&source, &edits).as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn edited_dispatches_are_sound(
        file in 0..BUILT_IN_WIRE.len(),
        edits in prop::collection::vec((0..1000usize, 0..40usize, 0..PIECES.len(), any::<bool>()), 1..40),
    ) {
        let source = String::from_utf8_lossy(BUILT_IN_WIRE[file].1);
        sound(edited(&source, &edits).as_bytes());
    }
}
