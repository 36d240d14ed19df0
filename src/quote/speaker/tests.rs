//! A text in, its quotes with their cue and mention out.

use super::super::{extract_quotes, quote_text};
use crate::dispatch::{Body, Dispatch};

/// Checks one paragraph with a single statement: ⟦ ⟧ around it, { } around the cue, ⟨ ⟩ around the mention.
fn check(marked: &str) {
    let plain = marked.replace(['⟦', '⟧', '{', '}', '⟨', '⟩'], "");
    let dispatch = Dispatch {
        body: Body::from_paragraphs([&plain]),
        ..Dispatch::default()
    };
    let found = extract_quotes(&dispatch);
    let mut edges = Vec::new();
    for quote in found.iter().filter(|q| q.is_statement()) {
        edges.push((quote.span().start, 1, "⟦"));
        edges.push((quote.span().end, 0, "⟧"));
        if let Some(cue) = &quote.cue {
            edges.push((cue.start, 1, "{"));
            edges.push((cue.end, 0, "}"));
        }
        if let Some(mention) = &quote.mention {
            edges.push((mention.start, 1, "⟨"));
            edges.push((mention.end, 0, "⟩"));
        }
    }
    edges.sort_unstable();
    let mut shown = plain;
    for (at, _, mark) in edges.iter().rev() {
        shown.insert_str(*at, mark);
    }
    assert_eq!(shown, marked);
}

/// Checks the speakers of a dispatch, in order, `?` for nobody.
fn check_speakers(paragraphs: &[&str], expected: &[&str]) {
    let dispatch = Dispatch {
        body: Body::from_paragraphs(paragraphs),
        ..Dispatch::default()
    };
    let found: Vec<String> = extract_quotes(&dispatch)
        .into_iter()
        .filter(super::super::Quote::is_statement)
        .map(|q| {
            q.speaker
                .clone()
                .unwrap_or_else(|| format!("? {}", quote_text(&q, dispatch.body.text())))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_cue_and_the_mention_beside_a_quote() {
    check("“⟦We act,⟧” {said} ⟨Lee⟩.");
    check("“⟦We act,⟧” ⟨Lee⟩ {said} on Monday.");
    check("⟨Mayor Ann Lee⟩ told a crowd in Leeds and {said}: “⟦We act.⟧”");
    check("“⟦We act,⟧” ⟨Lee⟩ {parried}.");
    check("The plan is “⟦a mess of paper⟧”, as ⟨Lee⟩ {said} on Monday.");
    check("In the {words} of the coach, ⟨Ann Lee⟩, “⟦we act at once.⟧”");
}

#[test]
fn insertions_between_subject_and_verb() {
    check("⟨Ann Lee⟩, a coach who trained the team in May, {said}, “⟦We act.⟧”");
    check("⟨Ann Lee⟩, 43, of Leeds, Maine, {said}: “⟦We act.⟧”");
    check("⟨A man⟩ in Leeds, Maine, {said}: “⟦We act.⟧”");
    check("⟨Ann Lee⟩ — a coach from Leeds — {says} he wants “⟦a new boat for the club.⟧”");
    check("⟨Coach Ann Lee⟩, in an attempt to win the crowd, {wrote}: “⟦We act.⟧”");
}

#[test]
fn reports_within_reports() {
    check("⟨Lee⟩ {said} that while she feared the storm, the boat was “⟦ready to go.⟧”");
    check("⟨Lee⟩ {said} on Monday that Holm had called the boat “⟦a wreck.⟧”");
    check("⟨Lee, who⟩ {said} the boat was “⟦ready to go⟧”, left.");
}

#[test]
fn two_speak_together() {
    check("⟨Ann Lee and Carl Holm⟩ {called} the boat “⟦ready to go.⟧”");
    check_speakers(
        &[
            "Ann Lee and Carl Holm called the boat “ready to go.”",
            "Lee met Ann Berg and Holm said: “Go.”",
        ],
        &["Ann Lee and Carl Holm", "Carl Holm"],
    );
}

#[test]
fn pronouns_go_back_over_pronouns_and_offices_to_a_name() {
    check_speakers(
        &[
            "Bram Holm, skipper of the Hope, heard the call.",
            "He turned his boat. He lit a lamp.",
            "“I saw them,” he said.",
            "Mayor Ann Lee waited.",
            "“He was late,” the mayor said.",
        ],
        &["Bram Holm", "Ann Lee"],
    );
}

#[test]
fn what_goes_on_is_as_sure_as_what_it_goes_on_from() {
    let dispatch = Dispatch {
        body: Body::from_paragraphs(["“We act,” said Ann Lee. “We act at once.”"]),
        ..Dispatch::default()
    };
    let sure: Vec<_> = extract_quotes(&dispatch)
        .iter()
        .map(|q| q.certainty)
        .collect();
    assert_eq!(sure, [super::Certainty::Sure; 2]);
}

#[test]
fn what_names_the_source_right_before_the_quote_decides() {
    check(
        "The bell rings twice and begins, {according} to ⟨the statutes⟩, “⟦when the later hour has struck.⟧”",
    );
    check("The clock wants a turn and has, in ⟨Lee⟩'s {words}, “⟦a mind of its own⟧”.");
    check_speakers(
        &["Carl Holm winds the clock. It has, in his words, “opinions of its own”."],
        &["Carl Holm"],
    );
}

#[test]
fn a_phrase_takes_the_name_that_its_sentence_gives_it() {
    check_speakers(
        &[
            "He keeps a picture of his wife, Zora, who grew up there.",
            "“He was late,” she called.",
            "Her coach, Ugo Reke, a rower himself, said nothing about the wash.",
            "“We lost because they are good.”",
            "The skipper at the third pier is Yan Amber. He did not deny it.",
            "“It was dark,” he said.",
        ],
        &["Zora", "Ugo Reke", "Yan Amber"],
    );
}

#[test]
fn a_document_speaks_for_whom_it_belongs_to() {
    check_speakers(
        &["The wind should ease, according to the weather office. “No change,” its forecast read."],
        &["the weather office"],
    );
}

#[test]
fn a_name_that_somebody_goes_by_is_no_statement() {
    check_speakers(
        &["The guide, whom everybody calls “Old Harry”, walks in front."],
        &[],
    );
}

#[test]
fn a_noun_after_a_preposition_is_no_subject() {
    check_speakers(
        &[
            "Carl Holm was quiet. He called the end “indecent” and, after some thought, “a bit late.”",
        ],
        &["Carl Holm", "Carl Holm"],
    );
}

#[test]
fn an_office_after_the_name_is_a_title() {
    for (said, title) in [
        (
            "Ann Lee, the skipper of the Hope, said",
            Some("skipper of the Hope"),
        ),
        ("Ann Lee, its head, said", Some("head")),
        ("Ann Lee, who left in May, said", None),
        ("Ann Lee, 43, said", None),
    ] {
        let dispatch = Dispatch {
            body: Body::from_paragraphs([format!("{said}: “We act.”")]),
            ..Dispatch::default()
        };
        let found = extract_quotes(&dispatch);
        assert_eq!(found[0].title.as_deref(), title, "{said}");
    }
}
