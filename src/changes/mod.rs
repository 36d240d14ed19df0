//! What changed between two versions of a dispatch: facts, words inside paragraphs, paragraphs put in, taken out, moved.
//!
//! Paragraphs are paired first, the same ones, then the similar ones; then words are compared inside the pairs. All work
//! is bounded by counts of steps, not by a clock: the same two texts always give the same changes. Home of imara-diff.

mod bodies;
mod facts;
mod moves;
mod pairs;
#[cfg(test)]
mod tests;
mod tidy;
mod tokens;
mod versions;
mod words;

pub use bodies::compare_bodies;
pub use facts::FieldChange;
pub use versions::{VersionInfo, choose_base};

use std::ops::Range;

use crate::dispatch::Dispatch;
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
        changes.fields = facts::compare_fields(&old, &new);
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
