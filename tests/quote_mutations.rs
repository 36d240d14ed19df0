//! Dispatches of the built-in wire with random edits: whatever comes of them, their quotes are sound and soon found.
//! `PROPTEST_CASES=20000 cargo test --release --test quote_mutations` runs longer.

use std::time::Instant;

use dateline::format::{Context, parse};
use dateline::load::WIRE;
use dateline::quote::{Part, Quote, quotes, text};
use dateline::record::{QuotesRecord, to_line};
use dateline::speakers::{Heard, Tally};
use proptest::prelude::*;

/// What edits put in: marks, points, words that rules look for, line ends.
const PIECES: [&str; 36] = [
    "“",
    "”",
    "\"",
    "''",
    "``",
    "‘",
    "’",
    "'",
    "«",
    "»",
    "„",
    "「",
    "」",
    "\n\n",
    "\n",
    ", ",
    ". ",
    ": ",
    " — ",
    "(",
    ")",
    " said ",
    " according to ",
    " his ",
    " its ",
    " who ",
    " whom ",
    " called ",
    " in the words of ",
    "'s ",
    " is ",
    " and ",
    "Lee",
    "the coach, Ann Lee, ",
    "\u{202f}",
    "\u{301}",
];

/// One edit: where (in thousandths of the text), how many bytes go, what comes.
type Edit = (usize, usize, usize, bool);

fn edited(source: &str, edits: &[Edit]) -> String {
    let mut out = source.to_owned();
    for &(place, length, piece, doubled) in edits {
        let at = out.floor_char_boundary(out.len() * place / 1000);
        let end = out
            .floor_char_boundary((at + length).min(out.len()))
            .max(at);
        let cut = out[at..end].to_owned();
        let new = if doubled {
            cut.clone() + PIECES[piece] + &cut
        } else {
            PIECES[piece].to_owned()
        };
        out.replace_range(at..end, &new);
    }
    out
}

#[track_caller]
fn sound(bytes: &[u8]) {
    let mut tally = Tally::default();
    for dispatch in parse(bytes, &Context::default()).dispatches {
        let started = Instant::now();
        let found = quotes(&dispatch);
        assert!(started.elapsed().as_secs() < 5);
        for (number, quote) in found.iter().enumerate() {
            let source = match quote.part {
                Part::Headline => dispatch.headline.as_str(),
                Part::Body => dispatch.body.text(),
            };
            let ranges = std::iter::once(&quote.outer)
                .chain(&quote.pieces)
                .chain(&quote.cue)
                .chain(&quote.mention);
            for range in ranges {
                assert!(source.get(range.clone()).is_some(), "{range:?}");
            }
            assert!(!quote.pieces.is_empty() && !text(quote, source).is_empty());
            assert!(quote.pieces.windows(2).all(|w| w[0].end <= w[1].start));
            assert!(quote.parent.is_none_or(|parent| parent < number));
            assert!(quote.speaker.as_deref() != Some(""));
        }
        let record = QuotesRecord::new(&dispatch, &found, |_: &Quote| true, String::new(), 0);
        assert!(to_line(&record).len() > 2);
        tally.add(Heard::new(&dispatch, &found));
    }
    assert!(tally.rows().iter().all(|row| row.quotes <= 10_000));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn edited_dispatches_are_sound(
        file in 0..WIRE.len(),
        edits in prop::collection::vec((0..1000usize, 0..40usize, 0..PIECES.len(), any::<bool>()), 1..40),
    ) {
        let source = String::from_utf8_lossy(WIRE[file].1);
        sound(edited(&source, &edits).as_bytes());
    }
}
