//! The record of what changed between two versions, as `dateline diff` prints it. Positions are Unicode code points.

use serde::Serialize;

use super::points::{CodePointCounter, CodePointSpan};
use crate::changes::{DiffRunKind, ParagraphChange, VersionDiff};
use crate::dispatch::{Dispatch, Stamp};

/// One of the two versions.
#[derive(Debug, Serialize)]
pub struct VersionRecord<'a> {
    pub path: String,
    pub index: u64,
    pub item: String,
    pub label: Option<&'a str>,
    pub headline: &'a str,
    pub time: Option<String>,
    pub words: u32,
}

impl<'a> VersionRecord<'a> {
    /// The record of a dispatch that is the `index`-th of the input at `path`.
    #[must_use]
    pub fn new(dispatch: &'a Dispatch, path: String, index: u64) -> Self {
        Self {
            path,
            index,
            item: dispatch.item_identity(),
            label: dispatch.label.as_deref(),
            headline: &dispatch.headline,
            time: dispatch.time.map(Stamp::to_rfc3339),
            words: dispatch.word_count(),
        }
    }
}

/// A fact that changed.
#[derive(Debug, Serialize)]
pub struct FieldRecord<'a> {
    pub name: &'static str,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// A stretch of a paragraph: `same`, `deleted` or `inserted`, its places in the two bodies, and its text.
#[derive(Debug, Serialize)]
pub struct RunRecord<'a> {
    pub kind: &'static str,
    pub old: CodePointSpan,
    pub new: CodePointSpan,
    pub text: &'a str,
}

/// A paragraph that changed: `edited`, `moved`, `inserted` or `deleted`; its 0-based numbers in the two bodies.
#[derive(Debug, Serialize)]
pub struct ParagraphRecord<'a> {
    pub change: &'static str,
    pub old: Option<usize>,
    pub new: Option<usize>,
    pub runs: Vec<RunRecord<'a>>,
}

/// What changed between two versions.
#[derive(Debug, Serialize)]
pub struct ChangesRecord<'a> {
    pub old: VersionRecord<'a>,
    pub new: VersionRecord<'a>,
    pub same: bool,
    pub coarse: bool,
    pub fields: Vec<FieldRecord<'a>>,
    pub body: Vec<ParagraphRecord<'a>>,
}

impl<'a> ChangesRecord<'a> {
    /// The record of a comparison.
    #[must_use]
    pub fn new(compared: &'a VersionDiff, old: VersionRecord<'a>, new: VersionRecord<'a>) -> Self {
        let (old_body, new_body) = (&compared.old.body, &compared.new.body);
        let mut old_points = CodePointCounter::new(old_body.text());
        let mut new_points = CodePointCounter::new(new_body.text());
        let changed = compared.changes.paragraphs.iter();
        let changed = changed
            .filter(|part| !matches!(part.change, ParagraphChange::Same | ParagraphChange::Left));
        let mut body = Vec::new();
        for part in changed {
            let runs = part.runs.iter().map(|run| RunRecord {
                kind: run.kind.name(),
                old: old_points.span(&run.old),
                new: new_points.span(&run.new),
                text: match run.kind {
                    DiffRunKind::Deleted => old_body.slice(run.old.clone()),
                    DiffRunKind::Same | DiffRunKind::Inserted => new_body.slice(run.new.clone()),
                },
            });
            body.push(ParagraphRecord {
                change: part.change.name(),
                old: part.old,
                new: part.new,
                runs: runs.collect(),
            });
        }
        let fields = compared.changes.fields.iter().map(|fact| FieldRecord {
            name: fact.name,
            old: fact.old.as_deref(),
            new: fact.new.as_deref(),
        });
        Self {
            old,
            new,
            same: compared.changes.is_empty(),
            coarse: compared.changes.coarse,
            fields: fields.collect(),
            body,
        }
    }
}
