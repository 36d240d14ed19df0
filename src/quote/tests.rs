//! The quote engine as a whole, on dispatches written for these tests.

use super::*;
use crate::dispatch::Body;
use proptest::prelude::*;

fn dispatch(paragraphs: &[&str]) -> Dispatch {
    Dispatch {
        body: Body::from_paragraphs(paragraphs),
        ..Dispatch::default()
    }
}

/// Checks the statements of a dispatch: `words | speaker`, one a line, `?` for nobody.
fn check(paragraphs: &[&str], expected: &[&str]) {
    let dispatch = dispatch(paragraphs);
    let found: Vec<String> = extract_quotes(&dispatch)
        .iter()
        .filter(|q| q.is_statement())
        .map(|q| {
            format!(
                "{} | {}",
                quote_text(q, dispatch.body.text()),
                q.speaker.as_deref().unwrap_or("?")
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_dispatch_with_two_capitals_and_two_presidents() {
    check(
        &[
            "LISBON, Portugal (XYZ) — Portuguese President Rui Alves and Chilean President Ana Soto decided in a \
             meeting on Monday to “deepen” the exchange of students, the Palace said.",
            "“Both sides want to deepen the exchange,” the Palace said in a statement.",
            "Alves also called on Soto to help protect fishermen from “reckless fleets such as the North Line”, it said.",
            "In a separate statement, the Blue House reported that the presidents had “renewed their promise to end overfishing.”",
            "Soto also stressed “the need for clear rules on every coast.”",
            "Portugal and Chile have been working together for years with Lisbon calling for “quick and shared steps” in May.",
            "Soto additionally expressed “doubts over the will of the fleets to obey”, and asked Lisbon for more.",
        ],
        &[
            "deepen | the Palace",
            "Both sides want to deepen the exchange, | the Palace",
            "reckless fleets such as the North Line | the Palace",
            "renewed their promise to end overfishing. | the Blue House",
            "the need for clear rules on every coast. | Ana Soto",
            "quick and shared steps | Lisbon",
            "doubts over the will of the fleets to obey | Ana Soto",
        ],
    );
}

#[test]
fn titles_appositions_and_turned_order() {
    check(
        &[
            "“We sail at dawn,” said harbour master Inge Holm, a former pilot. “Nobody stays.”",
            "Holm, 61, who came to the port in May, said: “I know these waters.”",
            "According to the coast guard, the sea was “calm as a pond.”",
            "“It was cold,” she added.",
        ],
        &[
            "We sail at dawn, | Inge Holm",
            "Nobody stays. | Inge Holm",
            "I know these waters. | Inge Holm",
            "calm as a pond. | the coast guard",
            "It was cold, | Inge Holm",
        ],
    );
}

#[test]
fn a_nickname_and_a_programme_are_no_statements() {
    check(
        &["William “Billy” Crane said on “The Morning Round” that the vote was “a farce.”"],
        &["a farce. | William “Billy” Crane"],
    );
}

#[test]
fn a_transcript_needs_no_marks() {
    check(
        &[
            "Ferry director Ann Lee answered questions on Tuesday.",
            "LEE: We sail again in May.",
            "HOLM: Who pays for it?",
            "LEE: Nobody yet.",
        ],
        &[
            "We sail again in May. | Ann Lee",
            "Who pays for it? | HOLM",
            "Nobody yet. | Ann Lee",
        ],
    );
    check(&["NOTE: This is not a transcript.", "The end."], &[]);
}

#[test]
fn pronouns_and_floating_quotes() {
    check(
        &[
            "Mayor Rosa Lind met fisherman Carl Berg at the quay.",
            "“You have my word,” she told him. He was not convinced. “I have heard that before,” he said.",
            "Lind left early, calling the talks “a good start” and Berg “a stubborn man.”",
            "“I will be back.”",
            "— Rosa Lind",
        ],
        &[
            "You have my word, | Rosa Lind",
            "I have heard that before, | Carl Berg",
            "a good start | Rosa Lind",
            "a stubborn man. | Rosa Lind",
            "I will be back. | Rosa Lind",
        ],
    );
}

#[test]
fn terms_and_scare_quotes_are_no_statements() {
    check(
        &["The so-called “harbour tax” was paid by few in the “old days” of the port."],
        &[],
    );
}

#[test]
fn a_quote_over_paragraphs_is_one() {
    let dispatch = dispatch(&["Lee said: “One.", "“Two.", "“Three.”", "It rained."]);
    let found = extract_quotes(&dispatch);
    assert_eq!(found.len(), 1);
    assert_eq!(
        quote_text(&found[0], dispatch.body.text()),
        "One.\n\n“Two.\n\n“Three."
    );
    assert_eq!(found[0].speaker.as_deref(), Some("Lee"));
}

#[test]
fn pieces_of_one_utterance_share_a_group() {
    let dispatch = dispatch(&["“We go,” Lee said, “and we stay gone. ” Holm said: “Good.”"]);
    let groups: Vec<usize> = extract_quotes(&dispatch).iter().map(|q| q.group).collect();
    assert_eq!(groups, [0, 0, 1]);
}

#[test]
fn title_and_ranges_point_into_the_body() {
    let dispatch = dispatch(&["“No,” Finance Minister Ada Berg said."]);
    let found = extract_quotes(&dispatch);
    let body = dispatch.body.text();
    assert_eq!(found[0].title.as_deref(), Some("Finance Minister"));
    assert_eq!(found[0].cue.clone().map(|c| &body[c]), Some("said"));
    assert_eq!(
        found[0].mention.clone().map(|m| &body[m]),
        Some("Finance Minister Ada Berg")
    );
}

fn sound(dispatch: &Dispatch) {
    let found = extract_quotes(dispatch);
    for (i, quote) in found.iter().enumerate() {
        let source = match quote.part {
            TextPart::Headline => dispatch.headline.as_str(),
            TextPart::Body => dispatch.body.text(),
        };
        assert!(!quote.pieces.is_empty());
        let whole = std::iter::once(&quote.outer)
            .chain(&quote.pieces)
            .chain(&quote.cue)
            .chain(&quote.mention);
        for range in whole {
            assert!(source.get(range.clone()).is_some(), "{range:?}");
        }
        assert!(quote.pieces.windows(2).all(|w| w[0].end <= w[1].start));
        assert!(quote.parent.is_none_or(|p| p < i));
    }
}

proptest! {
    #[test]
    fn any_text_is_sound(parts in prop::collection::vec("[ -~“”‘’«»„'\"a-zA-Zé.,\u{202f}「」]{0,120}", 0..6), headline in ".{0,60}") {
        let mut dispatch = Dispatch { body: Body::from_paragraphs(&parts), headline, ..Dispatch::default() };
        sound(&dispatch);
        dispatch.headline_derived = true;
        sound(&dispatch);
    }

    #[test]
    fn words_of_news_in_any_order_are_sound(words in prop::collection::vec(prop::sample::select(vec![
        "“", "”", "\"", "'", "said", "Lee", "he", "it", ",", ".", "who", "and", "the", "president", "(", ")", "—", "'s", "told",
        "called", "was", "by", "according", "to", "Monday", "of", "Ann", "\n", "her", "claim", ":", "saying", "in", "Mr.",
    ]), 0..80)) {
        let joined = words.join(" ");
        sound(&Dispatch { body: Body::from_paragraphs(joined.lines()), ..Dispatch::default() });
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    let texts = [
        "“".repeat(10_000),
        "\" a".repeat(10_000),
        "‘a “b «c ".repeat(10_000),
        "word ".repeat(1_000_000),
        "“No,” said Lee. ".to_owned() + &"word ".repeat(1_000_000),
        "“No,” said Lee. ".to_owned() + &"Ann Lee, the coach, met his wife, Bo. ".repeat(20_000),
        format!("“No,” said {}.", "A".repeat(100_000)),
        format!("“No,” said {}.", "Aa ".repeat(33_000)),
        "and said ".repeat(50_000) + "“no”",
        "Lee said “no”, ".repeat(20_000),
        "Lee, ".repeat(50_000) + "said “no”",
        "“he said he ”".repeat(20_000),
        "“a” ".repeat(20_000),
        "“A.” ".repeat(20_000),
        "語「あ」".repeat(20_000),
        "word ".repeat(50_000) + ". " + &"“A b c d e f g.” ".repeat(10_000),
    ];
    for body in texts {
        let started = std::time::Instant::now();
        sound(&dispatch(&[&body]));
        assert!(
            started.elapsed().as_secs() < 10,
            "{}",
            &body[..30.min(body.len())].escape_debug()
        );
    }
}
