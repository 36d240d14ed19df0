//! The facts of a dispatch that changed: headline, keyword line, label, byline, dateline, urgency, status, embargo, note.

use super::tokens::{Interner, TokenizedText};
use super::words::{DiffSpan, StepBudget, diff_blocks, to_runs};
use super::{DiffRun, DiffRunKind};
use crate::dispatch::{Dispatch, Urgency};

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
