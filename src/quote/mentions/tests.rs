//! A sentence in, the phrases that can name somebody out.

use super::super::words::tokenize;
use super::{MentionKind, chunks, names};

/// Checks the phrases of a sentence: ⟨ ⟩ around each that is no pronoun's or name's owner.
fn check(marked: &str) {
    let text = marked.replace(['⟨', '⟩'], "");
    let mut all = Vec::new();
    tokenize(&text, 0..text.len(), &[], &mut all);
    let mut mentions = Vec::new();
    chunks::find_phrases(&text, &all, 0..all.len(), 0, &mut mentions);
    let mut shown = text.clone();
    for mention in mentions.iter().rev().filter(|m| !m.is_possessor) {
        shown.insert(all[mention.tokens.end - 1].end, '⟩');
        shown.insert(all[mention.tokens.start].start, '⟨');
    }
    assert_eq!(shown, marked);
}

/// Checks who is who: the names of a text, those of one person joined by `=`.
fn check_names(text: &str, expected: &[&str]) {
    let mut all = Vec::new();
    tokenize(text, 0..text.len(), &[], &mut all);
    let mut mentions = Vec::new();
    chunks::find_phrases(text, &all, 0..all.len(), 0, &mut mentions);
    let names = names::join_names(text, &all, &mentions);
    let words =
        |tokens: &std::ops::Range<usize>| &text[all[tokens.start].start..all[tokens.end - 1].end];
    let found: Vec<String> = (0..names.list.len())
        .map(|entity| {
            let same = mentions
                .iter()
                .zip(&names.of_mention)
                .filter(|(m, of)| **of == Some(entity) && m.kind == MentionKind::Name);
            let same: Vec<&str> = same.map(|(m, _)| words(&m.name)).collect();
            same.join(" = ")
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn titles_and_names_are_one_phrase() {
    check("⟨Mayor Ann Lee⟩ met ⟨the old coach⟩ in ⟨Leeds⟩.");
    check("⟨He⟩ told ⟨reporters⟩ that ⟨the club⟩ would act.");
}

#[test]
fn a_phrase_ends_where_its_verb_begins() {
    check("⟨Lee⟩ panned ⟨the plan⟩.");
    check("⟨The protesters⟩ marched through ⟨town⟩ holding ⟨blue signs⟩.");
    check("⟨She⟩ left ⟨her home state⟩ in ⟨May⟩.");
}

#[test]
fn one_person_has_one_entry() {
    check_names(
        "Ann Lee met Carl Holm before Lee left with Mr. Holm.",
        &["Ann Lee = Lee", "Carl Holm = Holm"],
    );
    check_names(
        "Marius Tench spoke. TENCH left. TENCH came.",
        &["Marius Tench = TENCH = TENCH"],
    );
}
