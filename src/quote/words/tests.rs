//! Running text in, sentences out.

use super::{QuoteHole, sentences, tokenize};

/// Checks the sentences of a paragraph: `|` stands for the border between two, “ ” for a quote that is one token.
fn check(marked: &str) {
    let text = marked.replace('|', "");
    let mut holes = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('“') {
        let start = at + open;
        let Some(close) = text[start..].find('”') else {
            break;
        };
        at = start + close + '”'.len_utf8();
        holes.push(QuoteHole {
            at: start..at,
            span: holes.len(),
        });
    }
    let mut all = Vec::new();
    tokenize(&text, 0..text.len(), &holes, &mut all);
    let mut shown = text.clone();
    for range in sentences::split_sentences(&text, &all, 0..all.len())
        .iter()
        .rev()
    {
        if range.end < all.len() {
            shown.insert(all[range.end - 1].end, '|');
        }
    }
    assert_eq!(shown, marked);
}

#[test]
fn points_end_sentences_and_abbreviations_do_not() {
    check("The boat left.| Lee stayed.");
    check("Sen. Lee met Mr. Holm at 5 p.m. on the quay.| It rained.");
    check("He came from the U.S.| The boat did not.");
}

#[test]
fn a_quote_ends_a_sentence_where_nobody_reports_it() {
    check("“We go.”| “We stay.”| It rained.");
    check("“We go,” Lee said.| “We stay.”");
    check("“Do we go?” asked Lee.");
    check("“We go!” a man in a blue coat shouted.");
}
