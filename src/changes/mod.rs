//! What changed between two versions of a dispatch: facts, words inside paragraphs, paragraphs put in, taken out, moved.
//!
//! Paragraphs are paired first, the same ones, then the similar ones; then words are compared inside the pairs. All work
//! is bounded by counts of steps, not by a clock: the same two texts always give the same changes. Home of imara-diff.

mod compare;
mod paragraphs;
mod words;

pub use compare::{
    ChangeCounts, Changes, DiffRun, DiffRunKind, FieldChange, ParagraphChange, ParagraphDiff,
    VersionDiff, VersionInfo, choose_base, compare_bodies,
};
