//! Dispatches that open at the quotes a filter asks for, and the walk through these over the dispatches of the list.

use dateline::app::Msg;
use dateline::ingest::InputSource;
use dateline::jobs::Answer;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

/// A long text: Carre is quoted first, then Lind twice and the mayor once, far apart.
const LONG: &str = "Headline: Pier opens\nSlug: PIER\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier opened.\n\n“I paid for both of us,” said Bo Carre, an angler.\n\nFILL“The planks are dry at last,” said harbour master Ana Lind.\n\nFILL“The band was late,” said Mayor Ina Hale.\n\nFILL“Mind the third step,” Lind said.\n\nFILL";
const SHORT: &str = "Headline: Pier shut\nSent: 2026-03-04T12:00:00Z\nAgency: NWR\n\nORSK (NWR) - The pier is shut.\n\n“Who pays me back?” said Bo Carre.\n\n“The wind decides about the planks,” said Ana Lind.\n";
const SNOW: &str = "Headline: Snow on the pass\nSent: 2026-03-04T11:00:00Z\nAgency: MRD\n\nTARN (MRD) - It snowed on Lind.\n\n“We dug,” said Ole Tarn.\n";

fn wire(size: (u16, u16)) -> (Files, Stage) {
    let fill =
        "The harbour is old and its boats are many, as anybody in Orsk will say.\n\n".repeat(12);
    let long = LONG.replace("FILL", &fill);
    let files = Files::new(&[("a.txt", &long), ("b.txt", SHORT), ("c.txt", SNOW)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], size);
    (files, stage)
}

/// The headline of the selected dispatch, and the words of its current quote up to the first space.
fn place(stage: &Stage) -> (String, String) {
    let headline = stage.state.selected_entry().map_or("", |entry| entry.headline());
    let quote = stage.state.document().zip(stage.state.ui.reader.current_quote);
    let word = quote.map(|(document, number)| {
        let quote = &document.quotes[number];
        let words = &document.part_text(quote.part)[quote.span()];
        words.split_whitespace().next().unwrap_or("").to_owned()
    });
    (headline.to_owned(), word.unwrap_or_default())
}

#[track_caller]
fn is_at(stage: &Stage, headline: &str, word: &str) {
    assert_eq!(place(stage), (headline.to_owned(), word.to_owned()), "{}", stage.marked());
}

/// Presses keys, and checks where they lead: the headline and the first word of the quote, after each key.
#[track_caller]
fn walk(stage: &mut Stage, steps: &[(&str, &str, &str)]) {
    for (keys, headline, word) in steps {
        stage.keys(keys);
        is_at(stage, headline, word);
    }
}

#[test]
fn a_speaker_that_is_chosen_is_what_one_reads() {
    for size in [(120, 40), (80, 24), (40, 12), (20, 5)] {
        let (_files, mut stage) = wire(size);
        // The speakers with the most quotes come first.
        stage.keys("S");
        has(&stage, "Ana Li");
        stage.keys("Enter Enter");
        is_at(&stage, "Pier shut", "The");
        if size.0 > 20 {
            has(&stage, "«“The wind");
        }
        walk(
            &mut stage,
            &[
                ("n", "Pier opens", "The"),
                ("n", "Pier opens", "Mind"),
                ("n", "Pier opens", "Mind"),
                ("N", "Pier opens", "The"),
                ("N", "Pier shut", "The"),
                ("]s", "Pier opens", "The"),
                ("]s", "Pier opens", "Mind"),
                ("[s", "Pier opens", "The"),
                ("[s", "Pier shut", "The"),
                ("[s", "Pier shut", "The"),
            ],
        );
        if size.0 > 40 {
            has(&stage, "no more quotes that fit the filter above in this list");
        }
    }
}

#[test]
fn the_quote_is_on_the_screen() {
    for size in [(120, 40), (80, 24), (40, 12)] {
        let (_files, mut stage) = wire(size);
        stage.keys("S Enter j Enter");
        has(&stage, "«“The planks are dry");
        stage.keys("n");
        has(&stage, "«“Mind the third");
        has(&stage, "quote 2 of 2");
    }
}

#[test]
fn filters_for_quotes_combine_with_others() {
    for (filter, steps) in [
        ("said:lind", &[("Enter", "Pier shut", "The"), ("n", "Pier opens", "The")][..]),
        ("quote:planks", &[("Enter", "Pier shut", "The"), ("n", "Pier opens", "The")]),
        ("said:lind quote:step", &[("Enter", "Pier opens", "Mind"), ("n", "Pier opens", "Mind")]),
        (
            "said:hale said:lind",
            &[
                ("Enter", "Pier opens", "The"),
                ("n", "Pier opens", "The"),
                ("n", "Pier opens", "Mind"),
            ],
        ),
        ("said:carre !said:hale", &[("Enter", "Pier shut", "Who"), ("n", "Pier shut", "Who")]),
        ("quote:(third step)", &[("Enter", "Pier opens", "Mind")]),
        (
            "said:tarn | quote:band",
            &[("Enter", "Snow on the pass", "We"), ("n", "Pier opens", "The")],
        ),
        // Rows without such a quote are passed over.
        (
            "quote:wind | snow | quote:step",
            &[
                ("Enter", "Pier shut", "The"),
                ("n", "Pier opens", "Mind"),
                ("N", "Pier shut", "The"),
            ],
        ),
    ] {
        let (_files, mut stage) = wire((120, 40));
        stage.keys("/");
        stage.tell(Msg::Paste(filter.to_owned()));
        stage.keys("Enter");
        walk(&mut stage, steps);
    }
}

#[test]
fn words_of_the_filter_are_walked_where_the_text_has_them() {
    let (_files, mut stage) = wire((120, 40));
    stage.keys("/");
    stage.tell(Msg::Paste("said:carre body:boats".to_owned()));
    stage.keys("Enter Enter");
    is_at(&stage, "Pier opens", "I");
    stage.keys("n n");
    has(&stage, "hit 2 of 48");
    // A search in the text comes before both, until it is given up.
    stage.keys("/ band Enter n");
    has(&stage, "hit 1 of 1");
    stage.keys("Esc n");
    has(&stage, "of 48");
}

#[test]
fn a_search_in_the_text_ends_when_a_speaker_is_chosen() {
    for filter in ["S Enter", "/ said:lind Enter"] {
        let (_files, mut stage) = wire((120, 40));
        stage.keys("Enter / w i n d Enter h");
        stage.keys(filter).keys("Enter n");
        is_at(&stage, "Pier opens", "The");
        lacks(&stage, "not in this text");
    }
}

#[test]
fn the_text_is_reduced_to_the_quotes_that_fit() {
    let (_files, mut stage) = wire((80, 40));
    stage.keys("S Enter j Enter &");
    for words in ["The planks are dry", "Mind the third"] {
        has(&stage, words);
    }
    for words in ["The band was late", "The harbour is old"] {
        lacks(&stage, words);
    }
    stage.keys("&");
    has(&stage, "The harbour is old");
}

#[test]
fn quotes_that_fit_are_marked_in_the_quotes_pane() {
    let (_files, mut stage) = wire((120, 40));
    stage.keys("G");
    has(&stage, "4 quotes · 3 speakers");
    lacks(&stage, "•");
    stage.keys("S Enter j");
    has(&stage, "2 of 4 quotes fit");
    has(&stage, "▸ 2•«“The planks");
    has(&stage, "  4•‹“Mind the");
    has(&stage, "  1 ‹“I paid");
    stage.keys("/ quote:step Enter");
    has(&stage, "1 of 4 quotes fits");
    has(&stage, "▸ 4•«“Mind the");
    has(&stage, "  2 ‹“The planks");
    stage.tell(Msg::Resize(40, 12));
    stage.keys("Enter Tab");
    has(&stage, "▸ 4•*“Mind the");
}

#[test]
fn the_current_quote_stands_out_from_those_of_its_speaker_and_of_others() {
    let (_files, mut stage) = wire((80, 24));
    stage.tell(Msg::Resize(120, 200));
    stage.keys("S Enter j Enter n");
    has(&stage, "«“Mind the third step,”»");
    has(&stage, "‹_“The planks are dry at last,”_›");
    has(&stage, "‹“The band was late,”›");
    // A blank column between the line and the bar.
    has(&stage, "│ ▌«“Mind");
    // At the edge of the screen there is no line.
    stage.tell(Msg::Resize(40, 12));
    stage.keys("N n");
    has(&stage, "\n▌ «“Mind");
    stage.tell(Msg::Resize(80, 24));
    stage.keys("N n");
    has(&stage, "\n  ▌ «“Mind");
}

#[test]
fn a_dispatch_that_was_read_before_opens_at_the_quote_all_the_same() {
    let (_files, mut stage) = wire((80, 24));
    // Read to its end, and then another: its position is saved.
    stage.keys("G Enter G J h k");
    stage.keys("S Enter j Enter");
    is_at(&stage, "Pier opens", "The");
    has(&stage, "«“The planks are dry");
    // Back in the list and in again, the text stays where one left it.
    stage.keys("n h Enter");
    is_at(&stage, "Pier opens", "Mind");
    // Left at its top, it opens at the quote again.
    stage.keys("gg h Enter");
    is_at(&stage, "Pier opens", "The");
}

#[test]
fn the_open_dispatch_goes_to_the_quote_when_the_filter_is_set() {
    let (_files, mut stage) = wire((80, 24));
    stage.keys("G Enter G h S Enter");
    is_at(&stage, "Pier shut", "The");
    stage.keys("Esc G Enter G h");
    stage.keys("/");
    stage.tell(Msg::Paste("quote:step".to_owned()));
    stage.keys("Enter Enter");
    has(&stage, "«“Mind the third");
}

#[test]
fn another_speaker_is_followed_from_a_quote_that_does_not_fit() {
    let (_files, mut stage) = wire((120, 40));
    stage.keys("S Enter Enter");
    is_at(&stage, "Pier shut", "The");
    walk(&mut stage, &[("[q", "Pier shut", "Who"), ("]s", "Pier opens", "I")]);
    // `n` keeps to the filter.
    walk(&mut stage, &[("n", "Pier opens", "The")]);
}

#[test]
fn steps_that_are_typed_ahead_are_taken_one_after_another() {
    let (_files, mut stage) = wire((120, 40));
    stage.keys("S Enter Enter");
    stage.hold = true;
    stage.keys("n n n");
    has(&stage, "looking for the next quote");
    let search = stage.state.session.speakers.search.clone();
    assert!(search.is_some_and(|search| search.forward));
    stage.hold = false;
    let found = stage.state.session.index.order().last().copied();
    stage.tell(Msg::Done(Answer::QuoteFound { generation: 2, id: found }));
    is_at(&stage, "Pier opens", "Mind");
    has(&stage, "no more quotes that fit the filter below");
}

#[test]
fn what_arrives_moves_neither_the_quote_nor_the_text() {
    let (_files, mut stage) = wire((80, 24));
    stage.keys("S Enter j Enter n");
    let before = (place(&stage), stage.state.ui.reader.scroll);
    let more = Files::new(&[(
        "z.txt",
        &SHORT.replace("Pier shut", "Pier again").replace("12:00", "13:00"),
    )]);
    stage.arrive(&more);
    stage.keys(".");
    assert_eq!((place(&stage), stage.state.ui.reader.scroll), before);
}
