//! Compares two versions of a dispatch field by field and paragraph by paragraph, and chooses which earlier version to
//! compare with.

use std::ops::Range;

use crate::changes::paragraphs::{find_unmoved, pairs};
use crate::changes::words::{
    self, DiffSpan, Interner, StepBudget, TokenizedPair, TokenizedText, diff_blocks, to_runs,
};
use crate::dispatch::{Body, Dispatch, Role, Urgency};
use crate::text::count_words;

/// What happened to a run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffRunKind {
    Same,
    Deleted,
    Inserted,
}

impl DiffRunKind {
    /// The name used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
        }
    }
}

/// A run of text that is in both versions, or in one of them. The ranges are bytes of the two texts, on character
/// boundaries. If only one version has the run, the range of the other is empty and marks where the run would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffRun {
    pub kind: DiffRunKind,
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// What happened to a paragraph, that is, to any block of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParagraphChange {
    /// Unchanged, and in the same order among the others.
    Same,
    /// In the same order, with other words.
    Edited,
    /// In another place, perhaps with other words.
    Moved,
    /// The old place of a moved paragraph; it has no text.
    Left,
    Inserted,
    Deleted,
}

impl ParagraphChange {
    /// The name used in records.
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

/// One paragraph of a comparison. Paragraphs of the new version come in its order; deleted ones, and the old places of
/// moved ones, come where the old version had them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphDiff {
    pub change: ParagraphChange,
    /// 0-based index among the blocks of the old body.
    pub old: Option<usize>,
    /// 0-based index among the blocks of the new body.
    pub new: Option<usize>,
    /// Its text, in order; ranges are bytes of the two bodies. Empty for [`ParagraphChange::Left`].
    pub runs: Vec<DiffRun>,
}

/// What changed between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Fields that changed, the headline first.
    pub fields: Vec<FieldChange>,
    /// All paragraphs of both versions.
    pub paragraphs: Vec<ParagraphDiff>,
    /// True if the step budget ran out, so that some paragraph was not compared word by word: it is shown as replaced,
    /// except for the words that both versions begin and end with.
    pub coarse: bool,
}

/// How many paragraphs and words changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    pub inserted: usize,
    pub deleted: usize,
    pub edited: usize,
    pub moved: usize,
    pub words_inserted: u32,
    pub words_deleted: u32,
}

/// Two complete versions, and what changed between them.
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

    /// Counts the changes in the body.
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
    /// True if nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
            && self.paragraphs.iter().all(|part| part.change == ParagraphChange::Same)
    }
}

// Comparing two bodies.

/// Two blocks, one of each body, that are versions of the same paragraph.
struct ParagraphPair {
    old: usize,
    new: usize,
    /// True if the paragraph did not move.
    in_order: bool,
    spans: Vec<DiffSpan>,
}

/// Compares two bodies; `fields` of the result is empty.
///
/// Comparing in the opposite direction yields the same changes with both sides swapped.
#[must_use]
pub fn compare_bodies(old: &Body, new: &Body) -> Changes {
    // Always compute the same direction, so that ties are broken alike whichever way the caller asks.
    let swapped = (old.text().len(), old.text()) > (new.text().len(), new.text());
    let (first, second) = if swapped { (new, old) } else { (old, new) };
    let (mut found, coarse) = pair_paragraphs(first, second);
    if swapped {
        found.iter_mut().for_each(ParagraphPair::swap_sides);
    }
    found.sort_unstable_by_key(|pair| (pair.new, pair.old));
    Changes { fields: Vec::new(), paragraphs: in_reading_order(old, new, found), coarse }
}

impl ParagraphPair {
    /// Exchanges old and new.
    fn swap_sides(&mut self) {
        std::mem::swap(&mut self.old, &mut self.new);
        for span in &mut self.spans {
            std::mem::swap(&mut span.old, &mut span.new);
        }
    }
}

/// Pairs the paragraphs and compares the words of each pair. The flag tells whether the step budget ran out.
fn pair_paragraphs(old: &Body, new: &Body) -> (Vec<ParagraphPair>, bool) {
    let texts = TokenizedPair::new(old, new);
    let pairs = pairs(&texts);
    let lengths: Vec<usize> =
        pairs.iter().map(|&(_, block)| texts.new.blocks[block].range.len()).collect();
    let in_order = find_unmoved(&pairs, &lengths);
    let mut steps = StepBudget::default();
    let pair = |(&(old, new), in_order)| ParagraphPair {
        old,
        new,
        in_order,
        spans: words::diff_blocks(texts.old.block(old), texts.new.block(new), &mut steps),
    };
    let found = pairs.iter().zip(in_order).map(pair).collect();
    (found, steps.is_exhausted())
}

/// All paragraphs in reading order. In each gap between two that did not move, the old ones (deleted, or moved away)
/// come before the new ones (inserted, or moved here).
fn in_reading_order(old: &Body, new: &Body, pairs: Vec<ParagraphPair>) -> Vec<ParagraphDiff> {
    // Where moved paragraphs went: the new block for each old one.
    let mut place: Vec<Option<usize>> = vec![None; old.blocks().len()];
    for pair in pairs.iter().filter(|pair| !pair.in_order) {
        place[pair.old] = Some(pair.new);
    }
    let mut parts = Vec::with_capacity(old.blocks().len() + new.blocks().len());
    let (mut next_old, mut next_new) = (0, 0);
    // New paragraphs of the current gap, which go after its old ones.
    let mut pending: Vec<ParagraphDiff> = Vec::new();
    // Finishes a gap. Only now is it known where its inserted paragraphs would be in the old text.
    let gap = |olds: Range<usize>,
               new_at: usize,
               parts: &mut Vec<ParagraphDiff>,
               pending: &mut Vec<ParagraphDiff>| {
        let (old_at, new_at) = (block_start(old, olds.end), block_start(new, new_at));
        parts.extend(olds.map(|block| deleted_paragraph(old, block, place[block], new_at)));
        for part in pending.iter_mut().filter(|part| part.old.is_none()) {
            part.runs.iter_mut().for_each(|run| run.old = old_at..old_at);
        }
        parts.append(pending);
    };
    let mut gap_new = 0;
    for pair in pairs {
        pending.extend((next_new..pair.new).map(|block| inserted_paragraph(new, block)));
        next_new = pair.new + 1;
        let changed = pair.spans.iter().any(|span| !span.same);
        let part = ParagraphDiff {
            change: match (pair.in_order, changed) {
                (false, _) => ParagraphChange::Moved,
                (true, true) => ParagraphChange::Edited,
                (true, false) => ParagraphChange::Same,
            },
            old: Some(pair.old),
            new: Some(pair.new),
            runs: words::to_runs(&pair.spans),
        };
        if pair.in_order {
            gap(next_old..pair.old, gap_new, &mut parts, &mut pending);
            (next_old, gap_new) = (pair.old + 1, pair.new + 1);
            parts.push(part);
        } else {
            pending.push(part);
        }
    }
    pending.extend((next_new..new.blocks().len()).map(|block| inserted_paragraph(new, block)));
    gap(next_old..old.blocks().len(), gap_new, &mut parts, &mut pending);
    parts
}

/// The byte offset of a block, or of the end of the text past the last one.
fn block_start(body: &Body, block: usize) -> usize {
    let block = body.blocks().get(block);
    block.map_or(body.text().len(), |block| block.range.start)
}

/// A paragraph of the old body that was deleted, or that moved to block `new`.
fn deleted_paragraph(old: &Body, block: usize, new: Option<usize>, new_at: usize) -> ParagraphDiff {
    let range = old.blocks()[block].range.clone();
    let run = DiffRun { kind: DiffRunKind::Deleted, old: range, new: new_at..new_at };
    ParagraphDiff {
        change: if new.is_some() { ParagraphChange::Left } else { ParagraphChange::Deleted },
        old: Some(block),
        new,
        runs: if new.is_some() { Vec::new() } else { vec![run] },
    }
}

/// A paragraph that only the new body has. Its offset in the old body is filled in later.
fn inserted_paragraph(new: &Body, block: usize) -> ParagraphDiff {
    let run =
        DiffRun { kind: DiffRunKind::Inserted, old: 0..0, new: new.blocks()[block].range.clone() };
    ParagraphDiff {
        change: ParagraphChange::Inserted,
        old: None,
        new: Some(block),
        runs: vec![run],
    }
}

// Fields.

/// A field that changed; `None` if a version does not have it. The ranges of `runs` are bytes of the two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The name used in records.
    pub name: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
    pub runs: Vec<DiffRun>,
}

impl FieldChange {
    /// True if the values share words, so that they can be shown as one text with changes marked.
    #[must_use]
    pub fn has_common_words(&self) -> bool {
        self.runs.iter().any(|run| run.kind == DiffRunKind::Same)
    }
}

/// The fields that differ.
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

/// The fields that editors look for, in display order.
fn comparable_fields(d: &Dispatch) -> [(&'static str, Option<String>); 10] {
    let embargo = match (d.embargoed, d.embargo) {
        (_, Some(until)) => Some(until.to_rfc3339()),
        (true, None) => Some("until further notice".to_owned()),
        (false, None) => None,
    };
    // A headline derived from the lead changes with it, and the lead is compared anyway.
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

/// Two values are shown word by word only if they share at least one in this many bytes of the longer one.
const MIN_SHARED_FRACTION: usize = 5;

/// Compares two short texts word by word; if they share little, the old is deleted as a whole and the new inserted.
fn diff_values(old: &str, new: &str) -> Vec<DiffRun> {
    let spans = diff_by_words(old, new);
    let same = spans.iter().filter(|span| span.same);
    let same: usize = same.map(|span| span.new.len()).sum();
    if same * MIN_SHARED_FRACTION >= old.len().max(new.len()) {
        return to_runs(&spans);
    }
    to_runs(&[DiffSpan { same: false, old: 0..old.len(), new: 0..new.len() }])
}

/// Compares two texts as one block each.
fn diff_by_words(old: &str, new: &str) -> Vec<DiffSpan> {
    let (mut words, mut block_texts) = (Interner::default(), Interner::default());
    let mut tokenize = |text| {
        TokenizedText::new(text, std::iter::once(0..str::len(text)), &mut words, &mut block_texts)
    };
    let (old, new) = (tokenize(old), tokenize(new));
    diff_blocks(old.block(0), new.block(0), &mut StepBudget::default())
}

// Choosing the version to compare with.

/// The properties of a version that decide whether it is a good base for comparison.
#[derive(Debug, Clone, Copy)]
pub struct VersionInfo {
    pub role: Role,
    /// Number of words in the body.
    pub words: u32,
}

impl VersionInfo {
    /// True for a version of the story itself, not an add, a kill or an advisory.
    #[must_use]
    pub fn is_full_story(self) -> bool {
        !matches!(self.role, Role::Add | Role::Kill | Role::Advisory)
    }

    /// True for a correction that is too short to be the corrected story, and so must be a note about it.
    fn is_correction_note(self, about: Self) -> bool {
        self.role == Role::Correction && self.words < about.words / 3
    }
}

/// Chooses which of the `earlier` versions (newest first) to compare a version with: the newest full story, or else the
/// newest version. Returns its index; `None` if there are none.
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
        assert_eq!(choose_base(version(&(Role::Update, 600)), &earlier), expected);
    }

    #[test]
    fn notes_and_adds_are_skipped() {
        check_before(&[], None);
        check_before(&[(Role::Story, 300), (Role::Alert, 20)], Some(0));
        check_before(&[(Role::Correction, 90), (Role::Add, 200), (Role::Story, 300)], Some(2));
        check_before(&[(Role::Correction, 550), (Role::Story, 300)], Some(0));
        check_before(&[(Role::Add, 200)], Some(0));
    }

    /// A body of paragraphs separated by `|`.
    fn body(text: &str) -> Body {
        Body::from_paragraphs(text.split('|'))
    }

    /// Renders a comparison: `[-deleted-]{+inserted+}` inside paragraphs, and before each one `=` (same), `~` (edited),
    /// `+`, `-`, `^7` (moved from the 7th) or `v2` (moved to the 2nd).
    fn render(old: &Body, new: &Body, changes: &Changes) -> String {
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
            let whole = matches!(part.change, ParagraphChange::Inserted | ParagraphChange::Deleted);
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
        assert_invariants(&old, &new, &changes);
        assert_eq!(render(&old, &new, &changes), expected);
    }

    /// Checks what is true of any comparison: the runs rebuild both texts, and no paragraph is lost or repeated.
    #[track_caller]
    fn assert_invariants(old: &Body, new: &Body, changes: &Changes) {
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
        // Every paragraph exactly once; new ones in order, and old ones that did not move in order too.
        assert!(news.iter().copied().eq(0..new.blocks().len()));
        olds.sort_unstable();
        assert!(olds.iter().copied().eq(0..old.blocks().len()));
        let stayed = changes.paragraphs.iter().filter(|p| p.change != ParagraphChange::Moved);
        assert!(stayed.filter_map(|part| part.old).is_sorted());
    }

    #[test]
    fn words_change_inside_a_paragraph() {
        check(
            "A ferry with 178 people aboard drifted.",
            "A ferry with 187 people aboard drifted.",
            "~ A ferry with [-178-]{+187+} people aboard drifted.",
        );
        check("Nobody was hurt.", "Nobody aboard was hurt.", "~ Nobody {+aboard +}was hurt.");
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
    fn changes_are_merged_over_short_words_between_them() {
        check(
            "The harbour master of the northern port told reporters on Monday that all boats would sail.",
            "The chief pilot of the southern quay told reporters on Monday that all boats would sail.",
            "~ The [-harbour master of the northern port-]{+chief pilot of the southern quay+} told reporters on Monday that all boats would sail.",
        );
    }

    #[test]
    fn paragraphs_are_inserted_and_deleted() {
        check(
            "One stays here.|Two goes away for good.|Three stays as well.",
            "One stays here.|Three stays as well.|Fish are never mentioned before.",
            "= One stays here.|- Two goes away for good.|= Three stays as well.|+ Fish are never mentioned before.",
        );
    }

    #[test]
    fn a_moved_paragraph_is_recognised() {
        check(
            "Alpha comes first in this text.|Bravo is second of the lot.|The long one ends it all, with many more words than the rest.",
            "The long one ends it all, with many more words than the rest.|Alpha comes first in this text.|Bravo is second of the lot.",
            "^3 The long one ends it all, with many more words than the rest.|= Alpha comes first in this text.|= Bravo is second of the lot.|v1",
        );
        // Even with a word changed.
        check(
            "Alpha comes first in this text, and so it stays.|Bravo is second of the lot, and never moves from there.|Then the skipper laughed and went below.",
            "Then the skipper smiled and went below.|Alpha comes first in this text, and so it stays.|Bravo is second of the lot, and never moves from there.",
            "^3 Then the skipper [-laughed-]{+smiled+} and went below.|= Alpha comes first in this text, and so it stays.|= Bravo is second of the lot, and never moves from there.|v1",
        );
    }

    #[test]
    fn a_rewritten_paragraph_is_recognised_by_its_neighbours() {
        check(
            "First of three.|The owner of the line said on Monday it would pay.|Last of three.",
            "First of three.|The owner of the ferry would not say who has to pay for it.|Last of three.",
            "= First of three.|~ The owner of the [-line said on Monday it would pay-]{+ferry would not say who has to pay for it+}.|= Last of three.",
        );
    }

    #[test]
    fn texts_with_nothing_in_common_are_replaced() {
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
        assert_invariants(&old, &new, &changes);
        assert_eq!(render(&old, &new, &changes), "~ Place   1\nOrsk    [-2-]{+4+}\nOther   3");
    }

    #[test]
    fn fields_that_differ_are_listed() {
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

    /// Texts with much in common.
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
        fn changes_turn_the_old_text_into_the_new(old in texts(), new in texts()) {
            let (old, new) = (body(&old), body(&new));
            assert_invariants(&old, &new, &compare_bodies(&old, &new));
        }

        #[test]
        fn insertions_one_way_are_deletions_the_other(old in texts(), new in texts()) {
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
        fn arbitrary_texts_can_be_compared(old in "(\\PC|[|\n\t]){0,60}", new in "(\\PC|[|\n\t]){0,60}") {
            let (old, new) = (body(&old), body(&new));
            assert_invariants(&old, &new, &compare_bodies(&old, &new));
        }

        #[test]
        fn a_text_equals_itself(text in texts()) {
            let body = body(&text);
            prop_assert!(compare_bodies(&body, &body).is_empty());
        }
    }
}
