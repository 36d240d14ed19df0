//! Compares two versions of a dispatch: which fields, paragraphs and words changed, and which earlier version to compare with.

use std::ops::Range;

use crate::changes::paragraphs::{find_unmoved, pairs};
use crate::changes::words::{
    self, DiffSpan, Interner, StepBudget, TokenizedPair, TokenizedText, diff_blocks, to_runs,
};
use crate::dispatch::{Body, Dispatch, Role, Urgency};
use crate::text::count_words;

/// What happened to a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffRunKind {
    Same,
    Deleted,
    Inserted,
}

impl DiffRunKind {
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
        }
    }
}

/// A stretch of a text that both versions have, or one of them. The ranges are bytes of the two texts, on character
/// boundaries; of what only one version has, the other's range is empty and says where it would stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffRun {
    pub kind: DiffRunKind,
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// What happened to a paragraph (any block of a body).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParagraphChange {
    /// Both versions have it, word for word, at the same place among the others.
    Same,
    /// It stands at the same place, with other words.
    Edited,
    /// It stands at another place, perhaps with other words.
    Moved,
    /// The place that a moved paragraph has left: nothing of the new text.
    Left,
    Inserted,
    Deleted,
}

impl ParagraphChange {
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Edited => "edited",
            Self::Moved => "moved",
            Self::Left => "left",
            Self::Inserted => "inserted",
            Self::Deleted => "deleted",
        }
    }
}

/// One paragraph of the comparison. Those that the new version has stand in its order; those that it does not have
/// stand where the old version had them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphDiff {
    pub change: ParagraphChange,
    /// Its 0-based number among the blocks of the old body.
    pub old: Option<usize>,
    /// Its 0-based number among the blocks of the new body.
    pub new: Option<usize>,
    /// Its text, in order; the ranges are bytes of the two bodies. Of a place that was left there are none.
    pub runs: Vec<DiffRun>,
}

/// What changed between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Facts that changed, the headline first.
    pub fields: Vec<FieldChange>,
    /// All paragraphs of both versions.
    pub paragraphs: Vec<ParagraphDiff>,
    /// True where a paragraph was too long to compare word by word: it is told as replaced between what both
    /// versions begin and end with.
    pub coarse: bool,
}

/// How much changed: paragraphs of each kind, and words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    pub inserted: usize,
    pub deleted: usize,
    pub edited: usize,
    pub moved: usize,
    pub words_inserted: u32,
    pub words_deleted: u32,
}

/// Two versions, read whole, and what changed between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionDiff {
    pub old: Dispatch,
    pub new: Dispatch,
    pub changes: Changes,
}

impl VersionDiff {
    /// Compares two versions of a dispatch.
    #[must_use]
    pub fn new(old: Dispatch, new: Dispatch) -> Self {
        let mut changes = compare_bodies(&old.body, &new.body);
        changes.fields = compare_fields(&old, &new);
        Self { old, new, changes }
    }

    /// How much changed in the body.
    #[must_use]
    pub fn counts(&self) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for part in &self.changes.paragraphs {
            match part.change {
                ParagraphChange::Same | ParagraphChange::Left => {}
                ParagraphChange::Edited => counts.edited += 1,
                ParagraphChange::Moved => counts.moved += 1,
                ParagraphChange::Inserted => counts.inserted += 1,
                ParagraphChange::Deleted => counts.deleted += 1,
            }
            for run in &part.runs {
                match run.kind {
                    DiffRunKind::Same => {}
                    DiffRunKind::Deleted => {
                        counts.words_deleted += count_words(self.old.body.slice(run.old.clone()));
                    }
                    DiffRunKind::Inserted => {
                        counts.words_inserted += count_words(self.new.body.slice(run.new.clone()));
                    }
                }
            }
        }
        counts
    }
}

impl Changes {
    /// True where nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
            && self
                .paragraphs
                .iter()
                .all(|part| part.change == ParagraphChange::Same)
    }
}

// Compares two bodies: pairs of paragraphs, which of them moved, the words inside them, and all of it in reading
// order.

/// A paragraph of each body that are the same paragraph.
struct ParagraphPair {
    old: usize,
    new: usize,
    /// It keeps its place among the others.
    in_order: bool,
    stretches: Vec<DiffSpan>,
}

/// Compares two bodies; no facts.
///
/// The changes from one to the other are those back, turned round.
#[must_use]
pub fn compare_bodies(old: &Body, new: &Body) -> Changes {
    // One direction is worked out, whichever way it is asked: ties are broken the same way then.
    let turned = (old.text().len(), old.text()) > (new.text().len(), new.text());
    let (first, second) = if turned { (new, old) } else { (old, new) };
    let (mut found, coarse) = pair_paragraphs(first, second);
    if turned {
        found.iter_mut().for_each(ParagraphPair::swap_sides);
    }
    found.sort_unstable_by_key(|pair| (pair.new, pair.old));
    Changes {
        fields: Vec::new(),
        paragraphs: in_reading_order(old, new, found),
        coarse,
    }
}

impl ParagraphPair {
    fn swap_sides(&mut self) {
        std::mem::swap(&mut self.old, &mut self.new);
        for stretch in &mut self.stretches {
            std::mem::swap(&mut stretch.old, &mut stretch.new);
        }
    }
}

/// The paragraphs that are the same, with the words that changed in them; whether one was too long for words.
fn pair_paragraphs(old: &Body, new: &Body) -> (Vec<ParagraphPair>, bool) {
    let texts = TokenizedPair::new(old, new);
    let pairs = pairs(&texts);
    let lengths: Vec<usize> = pairs
        .iter()
        .map(|&(_, block)| texts.new.blocks[block].range.len())
        .collect();
    let in_order = find_unmoved(&pairs, &lengths);
    let mut steps = StepBudget::default();
    let pair = |(&(old, new), in_order)| ParagraphPair {
        old,
        new,
        in_order,
        stretches: words::diff_blocks(texts.old.block(old), texts.new.block(new), &mut steps),
    };
    let found = pairs.iter().zip(in_order).map(pair).collect();
    (found, steps.is_exhausted())
}

/// All paragraphs in order. Between two that kept their place: those taken out, then those put in.
fn in_reading_order(old: &Body, new: &Body, pairs: Vec<ParagraphPair>) -> Vec<ParagraphDiff> {
    let mut place: Vec<Option<usize>> = vec![None; old.blocks().len()];
    for pair in pairs.iter().filter(|pair| !pair.in_order) {
        place[pair.old] = Some(pair.new);
    }
    let mut parts = Vec::with_capacity(old.blocks().len() + new.blocks().len());
    let (mut next_old, mut next_new) = (0, 0);
    // News since the last paragraph in its place: they stand behind the olds of the same gap.
    let mut waiting: Vec<ParagraphDiff> = Vec::new();
    let gap = |olds: Range<usize>,
               new_at: usize,
               parts: &mut Vec<ParagraphDiff>,
               waiting: &mut Vec<ParagraphDiff>| {
        let (old_at, new_at) = (block_start(old, olds.end), block_start(new, new_at));
        parts.extend(olds.map(|block| deleted_paragraph(old, block, place[block], new_at)));
        for part in waiting.iter_mut().filter(|part| part.old.is_none()) {
            part.runs
                .iter_mut()
                .for_each(|run| run.old = old_at..old_at);
        }
        parts.append(waiting);
    };
    let mut gap_new = 0;
    for pair in pairs {
        waiting.extend((next_new..pair.new).map(|block| inserted_paragraph(new, block)));
        next_new = pair.new + 1;
        let changed = pair.stretches.iter().any(|stretch| !stretch.same);
        let part = ParagraphDiff {
            change: match (pair.in_order, changed) {
                (false, _) => ParagraphChange::Moved,
                (true, true) => ParagraphChange::Edited,
                (true, false) => ParagraphChange::Same,
            },
            old: Some(pair.old),
            new: Some(pair.new),
            runs: words::to_runs(&pair.stretches),
        };
        if pair.in_order {
            gap(next_old..pair.old, gap_new, &mut parts, &mut waiting);
            (next_old, gap_new) = (pair.old + 1, pair.new + 1);
            parts.push(part);
        } else {
            waiting.push(part);
        }
    }
    waiting.extend((next_new..new.blocks().len()).map(|block| inserted_paragraph(new, block)));
    gap(
        next_old..old.blocks().len(),
        gap_new,
        &mut parts,
        &mut waiting,
    );
    parts
}

/// Where a block begins, or the text ends.
fn block_start(body: &Body, block: usize) -> usize {
    let block = body.blocks().get(block);
    block.map_or(body.text().len(), |block| block.range.start)
}

/// A paragraph of the old body that does not stand there any more.
fn deleted_paragraph(old: &Body, block: usize, new: Option<usize>, new_at: usize) -> ParagraphDiff {
    let range = old.blocks()[block].range.clone();
    let run = DiffRun {
        kind: DiffRunKind::Deleted,
        old: range,
        new: new_at..new_at,
    };
    ParagraphDiff {
        change: if new.is_some() {
            ParagraphChange::Left
        } else {
            ParagraphChange::Deleted
        },
        old: Some(block),
        new,
        runs: if new.is_some() { Vec::new() } else { vec![run] },
    }
}

/// A paragraph that only the new body has; its place in the old one is not yet known.
fn inserted_paragraph(new: &Body, block: usize) -> ParagraphDiff {
    let run = DiffRun {
        kind: DiffRunKind::Inserted,
        old: 0..0,
        new: new.blocks()[block].range.clone(),
    };
    ParagraphDiff {
        change: ParagraphChange::Inserted,
        old: None,
        new: Some(block),
        runs: vec![run],
    }
}

// The facts of a dispatch that changed: headline, keyword line, label, byline, dateline, urgency, status, embargo,
// note.

/// A fact that changed. The ranges of `to_runs` are bytes of the two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// As records name it.
    pub name: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
    pub runs: Vec<DiffRun>,
}

impl FieldChange {
    /// True where words of it are in both versions: it reads as one text with marks.
    #[must_use]
    pub fn has_common_words(&self) -> bool {
        self.runs.iter().any(|run| run.kind == DiffRunKind::Same)
    }
}

/// The facts that differ.
pub(super) fn compare_fields(old: &Dispatch, new: &Dispatch) -> Vec<FieldChange> {
    comparable_fields(old)
        .into_iter()
        .zip(comparable_fields(new))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((name, old), (_, new))| FieldChange {
            name,
            runs: diff_values(
                old.as_deref().unwrap_or_default(),
                new.as_deref().unwrap_or_default(),
            ),
            old,
            new,
        })
        .collect()
}

/// The facts that editors look for, in the order they are told in.
fn comparable_fields(d: &Dispatch) -> [(&'static str, Option<String>); 10] {
    let embargo = match (d.embargoed, d.embargo) {
        (_, Some(until)) => Some(until.to_rfc3339()),
        (true, None) => Some("until further notice".to_owned()),
        (false, None) => None,
    };
    // A headline that was taken from the lead changes with the lead, which is told anyway.
    let headline = (!d.headline_derived).then(|| d.headline.clone());
    let line = d.dateline.as_ref().map(|line| line.text.clone());
    [
        ("headline", headline),
        ("slug", d.slug.clone()),
        ("label", d.label.clone()),
        ("byline", d.byline.clone()),
        ("dateline", line),
        ("urgency", d.urgency.map(|u| Urgency::value(u).to_string())),
        ("status", Some(d.status.name().to_owned())),
        ("embargo", embargo),
        ("role", Some(d.role.name().to_owned())),
        ("ednote", d.ednote.clone()),
    ]
}

/// Share of the longer text that must be in both before its words are compared, as one in so many.
const MIN_SHARED_FRACTION: usize = 5;

/// Two short texts compared word by word; where they share little, one is taken out and the other put in.
fn diff_values(old: &str, new: &str) -> Vec<DiffRun> {
    let stretches = diff_by_words(old, new);
    let same = stretches.iter().filter(|stretch| stretch.same);
    let same: usize = same.map(|stretch| stretch.new.len()).sum();
    if same * MIN_SHARED_FRACTION >= old.len().max(new.len()) {
        return to_runs(&stretches);
    }
    to_runs(&[DiffSpan {
        same: false,
        old: 0..old.len(),
        new: 0..new.len(),
    }])
}

fn diff_by_words(old: &str, new: &str) -> Vec<DiffSpan> {
    let (mut words, mut whole) = (Interner::default(), Interner::default());
    let mut cut = |text| {
        TokenizedText::new(
            text,
            std::iter::once(0..str::len(text)),
            &mut words,
            &mut whole,
        )
    };
    let (old, new) = (cut(old), cut(new));
    diff_blocks(old.block(0), new.block(0), &mut StepBudget::default())
}

// Which of the earlier versions of a story a version is best compared with.

/// What must be known of a version to choose one.
#[derive(Debug, Clone, Copy)]
pub struct VersionInfo {
    pub role: Role,
    pub words: u32,
}

impl VersionInfo {
    /// True where it tells the story: not an add to it, a kill, an advisory about it.
    #[must_use]
    pub fn is_full_story(self) -> bool {
        !matches!(self.role, Role::Add | Role::Kill | Role::Advisory)
    }

    /// True for a correction that is too short to be the corrected story itself: a note about it.
    fn is_correction_note(self, about: Self) -> bool {
        self.role == Role::Correction && self.words < about.words / 3
    }
}

/// The number of the version, of earlier ones, the newest first, that a version is compared with: the newest that
/// tells the story, else the newest.
#[must_use]
pub fn choose_base(version: VersionInfo, earlier: &[VersionInfo]) -> Option<usize> {
    let whole = |other: &VersionInfo| other.is_full_story() && !other.is_correction_note(version);
    let newest = (!earlier.is_empty()).then_some(0);
    earlier.iter().position(whole).or(newest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dispatch::{Body, Dispatch};

    #[track_caller]
    fn check_before(earlier: &[(Role, u32)], expected: Option<usize>) {
        let version = |&(role, words): &(Role, u32)| VersionInfo { role, words };
        let earlier: Vec<VersionInfo> = earlier.iter().map(version).collect();
        assert_eq!(
            choose_base(version(&(Role::Update, 600)), &earlier),
            expected
        );
    }

    #[test]
    fn notes_and_adds_are_passed_over() {
        check_before(&[], None);
        check_before(&[(Role::Story, 300), (Role::Alert, 20)], Some(0));
        check_before(
            &[(Role::Correction, 90), (Role::Add, 200), (Role::Story, 300)],
            Some(2),
        );
        check_before(&[(Role::Correction, 550), (Role::Story, 300)], Some(0));
        check_before(&[(Role::Add, 200)], Some(0));
    }

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
        let space =
            prop_oneof![9 => Just(" "), 1 => Just(""), 1 => Just("\u{a0}"), 1 => Just(".  ")];
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
}
