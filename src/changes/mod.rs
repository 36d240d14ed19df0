//! Compares two versions of a dispatch: fields that changed, words changed inside paragraphs, and paragraphs that were
//! inserted, deleted or moved. The only user of imara-diff.
//!
//! Paragraphs are paired first, identical ones before similar ones (`paragraphs`); then the words inside each pair are
//! compared (`words`). All work is bounded by step counts, not by a clock, so that two given texts always yield the
//! same changes.

mod compare;
mod page;
mod paragraphs;
mod words;

pub use compare::{
    ChangeCounts, Changes, DiffRun, DiffRunKind, FieldChange, ParagraphChange, ParagraphDiff,
    VersionDiff, VersionInfo, choose_base, compare_bodies,
};
pub use page::{DiffLine, DiffLineKind, DiffPage, DiffStyle};
