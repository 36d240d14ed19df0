//! Canonical text, quotes, and changes between versions: ranges stand on characters, nothing is lost, nothing acts.

use dateline::changes::{DiffRunKind, ParagraphChange, VersionDiff};
use dateline::dispatch::Dispatch;
use dateline::format::{Context, parse};
use dateline::ingest::BUILT_IN_WIRE;
use dateline::text::{
    CodeUnits, cells, clean, count_words, display_width, find_folded, fold, needs_cleaning,
    sanitize, truncate_to_width, visible_lines, wrap,
};
use proptest::prelude::*;

use crate::Target;
use crate::sound::{Edit, PIECES, edited, sound};

/// What is odd for those who lay text out.
const ODD: &[&str] = &[
    "\u{1b}[2J",
    "\u{7}",
    "\u{9b}",
    "\u{202e}",
    "\u{2067}",
    "\u{200d}",
    "\u{200b}",
    "\u{fe0f}",
    "\u{301}",
    "\u{e0041}",
    "\u{feff}",
    "\u{ad}",
    "\u{a0}",
    "\t",
    "  ",
    " ",
    "-",
    "東",
    "。",
    "「",
    "👩‍👩‍👧",
    "🇳🇴",
    "ﬃ",
    "İ",
    "ß",
    "\u{1160}",
    "한",
    "नि",
    "\u{fffd}",
    "word",
    "well-known",
    "…",
];

fn odd() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(ODD).prop_map(str::to_owned),
        1 => "\\PC{1,8}",
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z]{1,12}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn laid_out(text: &str, columns: usize) -> Result<(), TestCaseError> {
    let acts = |c: char| c.is_control() && c != '\n' && c != '\t';
    prop_assert!(!sanitize(text).contains(acts));
    let cleaned = clean(text).into_owned();
    prop_assert!(!needs_cleaning(&cleaned));
    if !text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        prop_assert_eq!(count_words(text), count_words(&cleaned));
    }
    prop_assert!(
        visible_lines(text.as_bytes(), CodeUnits::Bytes)
            .iter()
            .all(|line| !line.contains(char::is_control))
    );
    let drawn: usize = cells(text).map(|cell| usize::from(cell.width)).sum();
    prop_assert_eq!(drawn, display_width(text));
    prop_assert!(display_width(&truncate_to_width(text, columns)) <= columns);
    for range in find_folded(text, &fold(text.get(..3).unwrap_or("e"))) {
        prop_assert!(text.get(range).is_some());
    }
    let line = cleaned.replace('\n', " ");
    let mut at = 0;
    for range in wrap(&line, columns) {
        prop_assert!(line.is_char_boundary(range.start) && line.is_char_boundary(range.end));
        prop_assert!(line[at..range.start].chars().all(|c| c == ' '));
        prop_assert!(columns < 2 || display_width(&line[range.clone()]) <= columns);
        at = range.end;
    }
    prop_assert!(line[at..].chars().all(|c| c == ' '));
    Ok(())
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (0..1000usize, 0..40usize, 0..PIECES.len(), any::<bool>());
    proptest::collection::vec(edit, 0..40)
}

fn dispatch(file: usize, edits: &[Edit]) -> Dispatch {
    let source = String::from_utf8_lossy(BUILT_IN_WIRE[file].1);
    let parsed = parse(edited(&source, edits).as_bytes(), &Context::default());
    parsed.dispatches.into_iter().next().unwrap_or_default()
}

/// The changes make the new text of the old one, and take nothing for the same that is not.
fn changed(old: Dispatch, new: Dispatch) -> Result<(), TestCaseError> {
    let compared = VersionDiff::new(old, new);
    let (old, new) = (compared.old.body.text(), compared.new.body.text());
    let mut built = Vec::new();
    for part in &compared.changes.paragraphs {
        let mut text = String::new();
        for run in &part.runs {
            let texts = (old.get(run.old.clone()), new.get(run.new.clone()));
            let (Some(was), Some(is)) = texts else {
                return Err(TestCaseError::fail(format!("{run:?} is no part of the texts")));
            };
            prop_assert!(run.kind != DiffRunKind::Same || was == is);
            text.push_str(is);
        }
        if part.new.is_some() && part.change != ParagraphChange::Left {
            built.push(text);
        }
    }
    prop_assert_eq!(built.join("\n\n"), new);
    let _ = compared.counts();
    Ok(())
}

pub(crate) fn targets() -> Vec<Target> {
    let versions = (0..BUILT_IN_WIRE.len(), edits(), edits(), 0..BUILT_IN_WIRE.len(), 0..6u8);
    vec![
        Target::new("text", (odd(), 1..200usize), |(text, columns)| laid_out(&text, columns)),
        Target::new("quotes", (0..BUILT_IN_WIRE.len(), edits()), |(file, edits)| {
            let source = String::from_utf8_lossy(BUILT_IN_WIRE[file].1);
            sound(edited(&source, &edits).as_bytes());
            Ok(())
        }),
        Target::new("changes", versions, |(file, first, second, other, which)| {
            // Mostly versions of one text; now and then two that have nothing to do with each other.
            let other = if which == 0 { other } else { file };
            changed(dispatch(file, &first), dispatch(other, &second))
        }),
    ]
}
