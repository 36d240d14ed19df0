//! Texts with random edits, and what must hold of the quotes of any text.

use std::time::Instant;

use dateline::format::{Context, parse};
use dateline::quotes::{Quote, TextPart, extract_quotes, quote_text};
use dateline::record::{CurrentStatus, QuotesRecord, to_json_line};
use dateline::speakers::{DispatchStatements, SpeakerTally};

/// What edits put in: marks, points, words that rules look for, line ends.
pub(crate) const PIECES: [&str; 36] = [
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
pub(crate) type Edit = (usize, usize, usize, bool);

pub(crate) fn edited(source: &str, edits: &[Edit]) -> String {
    let mut out = source.to_owned();
    for &(place, length, piece, doubled) in edits {
        let at = out.floor_char_boundary(out.len() * place / 1000);
        let end = out.floor_char_boundary((at + length).min(out.len())).max(at);
        let cut = out[at..end].to_owned();
        let new =
            if doubled { cut.clone() + PIECES[piece] + &cut } else { PIECES[piece].to_owned() };
        out.replace_range(at..end, &new);
    }
    out
}

/// Fails where the quotes of some dispatches are not sound.
#[track_caller]
pub(crate) fn sound(bytes: &[u8]) {
    let mut tally = SpeakerTally::default();
    for dispatch in parse(bytes, &Context::default()).dispatches {
        let started = Instant::now();
        let found = extract_quotes(&dispatch);
        assert!(started.elapsed().as_secs() < 5);
        for (number, quote) in found.iter().enumerate() {
            let source = match quote.part {
                TextPart::Headline => dispatch.headline.as_str(),
                TextPart::Body => dispatch.body.text(),
            };
            let ranges = std::iter::once(&quote.outer)
                .chain(&quote.pieces)
                .chain(&quote.cue)
                .chain(&quote.mention);
            for range in ranges {
                assert!(source.get(range.clone()).is_some(), "{range:?}");
            }
            assert!(!quote.pieces.is_empty() && !quote_text(quote, source).is_empty());
            assert!(quote.pieces.windows(2).all(|w| w[0].end <= w[1].start));
            assert!(quote.parent.is_none_or(|parent| parent < number));
            assert!(quote.speaker.as_deref() != Some(""));
        }
        let status = CurrentStatus::as_sent(&dispatch);
        let record =
            QuotesRecord::new((&dispatch, &status), &found, |_: &Quote| true, String::new(), 0);
        assert!(to_json_line(&record).len() > 2);
        tally.add(DispatchStatements::new(&dispatch, &found));
    }
    assert!(tally.rows().iter().all(|row| row.quotes <= 10_000));
}
