//! The comparison of two versions: what is told of known texts, and what holds for all.

use proptest::prelude::*;

use super::{Changes, DiffRunKind, ParagraphChange, VersionDiff, compare_bodies};
use crate::dispatch::{Body, Dispatch};

/// A body of paragraphs parted by `|`.
fn body(text: &str) -> Body {
    Body::from_paragraphs(text.split('|'))
}

/// The comparison as text: `[-out-]{+in+}` in paragraphs, `=`, `~`, `+`, `-`, `^7` (moved from), `v2` (left to) before
/// them.
fn told(old: &Body, new: &Body, changes: &Changes) -> String {
    let number = |at: Option<usize>| at.map_or(0, |at| at + 1);
    let parts = changes.paragraphs.iter().map(|part| {
        let sign = match part.change {
            ParagraphChange::Same => "=".to_owned(),
            ParagraphChange::Edited => "~".to_owned(),
            ParagraphChange::Moved => format!("^{}", number(part.old)),
            ParagraphChange::Left => format!("v{}", number(part.new)),
            ParagraphChange::Inserted => "+".to_owned(),
            ParagraphChange::Deleted => "-".to_owned(),
        };
        let whole = matches!(
            part.change,
            ParagraphChange::Inserted | ParagraphChange::Deleted
        );
        let runs = part.runs.iter().map(|run| match run.kind {
            DiffRunKind::Same => new.slice(run.new.clone()).to_owned(),
            DiffRunKind::Deleted if whole => old.slice(run.old.clone()).to_owned(),
            DiffRunKind::Inserted if whole => new.slice(run.new.clone()).to_owned(),
            DiffRunKind::Deleted => format!("[-{}-]", old.slice(run.old.clone())),
            DiffRunKind::Inserted => format!("{{+{}+}}", new.slice(run.new.clone())),
        });
        format!("{sign} {}", runs.collect::<String>())
    });
    let lines: Vec<String> = parts.map(|line| line.trim_end().to_owned()).collect();
    lines.join("|")
}

#[track_caller]
fn check(old: &str, new: &str, expected: &str) {
    let (old, new) = (body(old), body(new));
    let changes = compare_bodies(&old, &new);
    holds(&old, &new, &changes);
    assert_eq!(told(&old, &new, &changes), expected);
}

/// What holds for all texts.
#[track_caller]
fn holds(old: &Body, new: &Body, changes: &Changes) {
    let mut built: Vec<String> = Vec::new();
    let (mut olds, mut news) = (Vec::new(), Vec::new());
    for part in &changes.paragraphs {
        if part.change != ParagraphChange::Left {
            olds.extend(part.old);
        }
        if let Some(block) = part.new.filter(|_| part.change != ParagraphChange::Left) {
            news.push(block);
            let mut text = String::new();
            let mut at = new.blocks()[block].range.start;
            for run in &part.runs {
                match run.kind {
                    DiffRunKind::Same => text.push_str(&old.text()[run.old.clone()]),
                    DiffRunKind::Inserted => text.push_str(&new.text()[run.new.clone()]),
                    DiffRunKind::Deleted => {}
                }
                if run.kind != DiffRunKind::Deleted {
                    assert_eq!(run.new.start, at);
                    at = run.new.end;
                }
                let same = old.text()[run.old.clone()] == new.text()[run.new.clone()];
                assert!(same || run.kind != DiffRunKind::Same);
            }
            built.push(text);
        }
        if let Some(block) = part.old.filter(|_| part.change != ParagraphChange::Left) {
            let taken: String = part
                .runs
                .iter()
                .filter(|run| run.kind != DiffRunKind::Inserted)
                .map(|run| &old.text()[run.old.clone()])
                .collect();
            assert_eq!(taken, old.text()[old.blocks()[block].range.clone()]);
        }
    }
    assert_eq!(built.join("\n\n"), new.text());
    // Every paragraph once; those of the new text in its order, those of the old that did not move in theirs.
    assert!(news.iter().copied().eq(0..new.blocks().len()));
    olds.sort_unstable();
    assert!(olds.iter().copied().eq(0..old.blocks().len()));
    let stayed = changes
        .paragraphs
        .iter()
        .filter(|p| p.change != ParagraphChange::Moved);
    assert!(stayed.filter_map(|part| part.old).is_sorted());
}

#[test]
fn words_change_inside_a_paragraph() {
    check(
        "A ferry with 178 people aboard drifted.",
        "A ferry with 187 people aboard drifted.",
        "~ A ferry with [-178-]{+187+} people aboard drifted.",
    );
    check(
        "Nobody was hurt.",
        "Nobody aboard was hurt.",
        "~ Nobody {+aboard +}was hurt.",
    );
    check(
        "The pier, long shut, opened.",
        "The pier opened.",
        "~ The pier[-, long shut,-] opened.",
    );
    check("Same.|Words.", "Same.|Words.", "= Same.|= Words.");
    check("", "", "");
    check("", "New.", "+ New.");
    check("Old.", "", "- Old.");
}

#[test]
fn a_change_begins_where_a_sentence_does() {
    check(
        "It rained all day. Then it snowed.",
        "It rained all day. The wind turned. Then it snowed.",
        "~ It rained all day. {+The wind turned. +}Then it snowed.",
    );
    check(
        "“Yes,” said Lind. “No,” said Lind. “Maybe,” said Brook.",
        "“Yes,” said Lind. “Maybe,” said Brook.",
        "~ “Yes,” said Lind. [-“No,” said Lind. -]“Maybe,” said Brook.",
    );
}

#[test]
fn small_words_between_changes_are_no_confetti() {
    check(
        "The harbour master of the northern port told reporters on Monday that all boats would sail.",
        "The chief pilot of the southern quay told reporters on Monday that all boats would sail.",
        "~ The [-harbour master of the northern port-]{+chief pilot of the southern quay+} told reporters on Monday that all boats would sail.",
    );
}

#[test]
fn paragraphs_come_and_go() {
    check(
        "One stays here.|Two goes away for good.|Three stays as well.",
        "One stays here.|Three stays as well.|Fish are never mentioned before.",
        "= One stays here.|- Two goes away for good.|= Three stays as well.|+ Fish are never mentioned before.",
    );
}

#[test]
fn a_paragraph_that_moves_is_the_same_paragraph() {
    check(
        "Alpha comes first in this text.|Bravo is second of the lot.|The long one ends it all, with many more words than the rest.",
        "The long one ends it all, with many more words than the rest.|Alpha comes first in this text.|Bravo is second of the lot.",
        "^3 The long one ends it all, with many more words than the rest.|= Alpha comes first in this text.|= Bravo is second of the lot.|v1",
    );
    // With a word changed it is still the same.
    check(
        "Alpha comes first in this text, and so it stays.|Bravo is second of the lot, and never moves from there.|Then the skipper laughed and went below.",
        "Then the skipper smiled and went below.|Alpha comes first in this text, and so it stays.|Bravo is second of the lot, and never moves from there.",
        "^3 Then the skipper [-laughed-]{+smiled+} and went below.|= Alpha comes first in this text, and so it stays.|= Bravo is second of the lot, and never moves from there.|v1",
    );
}

#[test]
fn a_paragraph_is_known_by_its_neighbours_too() {
    check(
        "First of three.|The owner of the line said on Monday it would pay.|Last of three.",
        "First of three.|The owner of the ferry would not say who has to pay for it.|Last of three.",
        "= First of three.|~ The owner of the [-line said on Monday it would pay-]{+ferry would not say who has to pay for it+}.|= Last of three.",
    );
}

#[test]
fn texts_with_nothing_in_common_are_told_whole() {
    check(
        "Grass grows.|Cows chew.",
        "Ships sink slowly.",
        "- Grass grows.|- Cows chew.|+ Ships sink slowly.",
    );
}

#[test]
fn text_without_spaces_is_compared_by_letters() {
    check(
        "港は火曜日に閉鎖された。",
        "港は水曜日に閉鎖された。",
        "~ 港は[-火-]{+水+}曜日に閉鎖された。",
    );
}

#[test]
fn tables_keep_their_rows() {
    let table = |second: &str| {
        use crate::dispatch::BlockKind::Table;
        Body::new([(Table, format!("Place   1\n{second}\nOther   3"))])
    };
    let (old, new) = (table("Orsk    2"), table("Orsk    4"));
    let changes = compare_bodies(&old, &new);
    holds(&old, &new, &changes);
    assert_eq!(
        told(&old, &new, &changes),
        "~ Place   1\nOrsk    [-2-]{+4+}\nOther   3"
    );
}

#[test]
fn facts_are_told_where_they_differ() {
    let dispatch = |headline: &str, label: Option<&str>| Dispatch {
        headline: headline.to_owned(),
        label: label.map(str::to_owned),
        slug: Some("PIER".to_owned()),
        ..Dispatch::default()
    };
    let compared = VersionDiff::new(
        dispatch("Pier opens", None),
        dispatch("Pier opens late", Some("1st Lead")),
    );
    let names: Vec<&str> = compared.changes.fields.iter().map(|f| f.name).collect();
    assert_eq!(names, ["headline", "label"]);
    assert!(compared.changes.fields[0].has_common_words());
    assert!(!compared.changes.fields[1].has_common_words());
    assert!(VersionDiff::default().changes.is_empty());
    assert!(!compared.changes.is_empty());
}

/// Texts in which much is the same.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "the|of|pier|ferry|187|said|“Yes,”",
        1 => "\\PC{0,4}",
    ];
    let space = prop_oneof![9 => Just(" "), 1 => Just(""), 1 => Just("\u{a0}"), 1 => Just(".  ")];
    let paragraph = proptest::collection::vec((word, space), 0..12).prop_map(|words| {
        let joined = words.into_iter().map(|(word, space)| word + space);
        joined.collect::<String>()
    });
    proptest::collection::vec(paragraph, 0..8).prop_map(|all| all.join("|"))
}

proptest! {
    #[test]
    fn the_changes_make_the_new_text_of_the_old(old in texts(), new in texts()) {
        let (old, new) = (body(&old), body(&new));
        holds(&old, &new, &compare_bodies(&old, &new));
    }

    #[test]
    fn what_is_put_in_one_way_is_taken_out_the_other(old in texts(), new in texts()) {
        let (old, new) = (body(&old), body(&new));
        let (there, back) = (compare_bodies(&old, &new), compare_bodies(&new, &old));
        let bytes = |changes: &Changes, kind: DiffRunKind| -> (usize, usize) {
            let runs = changes.paragraphs.iter().flat_map(|part| &part.runs);
            let runs = runs.filter(|run| run.kind == kind);
            runs.fold((0, 0), |(old, new), run| (old + run.old.len(), new + run.new.len()))
        };
        let turned = |(old, new): (usize, usize)| (new, old);
        prop_assert_eq!(bytes(&there, DiffRunKind::Inserted), turned(bytes(&back, DiffRunKind::Deleted)));
        prop_assert_eq!(bytes(&there, DiffRunKind::Deleted), turned(bytes(&back, DiffRunKind::Inserted)));
        prop_assert_eq!(bytes(&there, DiffRunKind::Same), turned(bytes(&back, DiffRunKind::Same)));
    }

    #[test]
    fn any_text_at_all_is_compared(old in "(\\PC|[|\n\t]){0,60}", new in "(\\PC|[|\n\t]){0,60}") {
        let (old, new) = (body(&old), body(&new));
        holds(&old, &new, &compare_bodies(&old, &new));
    }

    #[test]
    fn a_text_is_the_same_as_itself(text in texts()) {
        let body = body(&text);
        prop_assert!(compare_bodies(&body, &body).is_empty());
    }
}
