//! Lays a comparison out in lines: what is the same is folded, what changed is marked by letters as well as by looks.

mod head;

use std::ops::Range;

use jiff::tz::TimeZone;

use crate::changes::{DiffRun, DiffRunKind, ParagraphChange, ParagraphDiff, VersionDiff};
use crate::dispatch::{BlockKind, Body, Dispatch};
use crate::text::wrap;

/// What a stretch of the page is. Later ones are laid over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffStyle {
    Inserted,
    Deleted,
    /// The signs around what was put in or taken out.
    Sign,
    /// The name of a fact.
    Name,
}

impl DiffStyle {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Inserted, Self::Deleted, Self::Sign, Self::Name];
}

/// What a line of the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffLineKind {
    Blank,
    Headline,
    /// What is compared with what, and how much changed; what stands for unchanged or moved paragraphs.
    Summary,
    Text,
    Heading,
    /// Not wrapped.
    Table,
    /// Text that is gone.
    Deleted,
}

/// One line: a byte range into the text of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub kind: DiffLineKind,
    pub range: Range<usize>,
    /// The sign in the margin: `+` put in, `-` taken out, `~` changed, `↕` moved.
    pub sign: Option<&'static str>,
}

/// A comparison as it is shown.
#[derive(Debug, Default)]
pub struct DiffPage {
    pub text: String,
    /// For each of [`Ink::ALL`]: ascending byte ranges of the text.
    pub style_ranges: [Vec<Range<usize>>; DiffStyle::ALL.len()],
    pub lines: Vec<DiffLine>,
    /// The line of each change, ascending.
    pub change_lines: Vec<usize>,
}

/// Lines after which a change in the same paragraph is worth a stop of its own.
const STOP_DISTANCE: usize = 8;

impl DiffPage {
    pub(super) fn new(compared: &VersionDiff, zone: &TimeZone, width: usize) -> Self {
        let mut page = Self::default();
        page.push_head(compared, zone, width);
        page.push_body(compared, width);
        page
    }

    fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn push_styled(&mut self, ink: DiffStyle, text: &str) {
        let start = self.text.len();
        self.push_text(text);
        self.style_ranges[ink as usize].push(start..self.text.len());
    }

    /// Wraps what was put from a position on.
    fn wrap(&mut self, from: usize, kind: DiffLineKind, sign: Option<&'static str>, width: usize) {
        let mut start = from;
        for row in self.text[from..].split('\n') {
            let wrapped = match kind {
                DiffLineKind::Table => std::iter::once(0..row.len()).collect(),
                _ => wrap(row, width),
            };
            self.lines.extend(wrapped.into_iter().map(|range| DiffLine {
                kind,
                range: start + range.start..start + range.end,
                sign,
            }));
            start += row.len() + 1;
        }
    }

    fn push_line(
        &mut self,
        text: &str,
        kind: DiffLineKind,
        sign: Option<&'static str>,
        width: usize,
    ) {
        let from = self.text.len();
        self.push_text(text);
        self.wrap(from, kind, sign, width);
    }

    fn push_blank(&mut self) {
        let at = self.text.len();
        self.lines.push(DiffLine {
            kind: DiffLineKind::Blank,
            range: at..at,
            sign: None,
        });
    }

    /// Runs of two texts, with signs around what changed. White space at the ends of a change stands outside of them.
    fn push_runs(&mut self, old: &str, new: &str, runs: &[DiffRun]) {
        let mut deleted = false;
        for run in runs {
            let (ink, signs, text) = match run.kind {
                DiffRunKind::Same => {
                    self.push_text(new.get(run.new.clone()).unwrap_or(""));
                    deleted = false;
                    continue;
                }
                DiffRunKind::Deleted => {
                    (DiffStyle::Deleted, ["[-", "-]"], old.get(run.old.clone()))
                }
                DiffRunKind::Inserted => {
                    (DiffStyle::Inserted, ["{+", "+}"], new.get(run.new.clone()))
                }
            };
            let text = text.unwrap_or("");
            let inner = text.trim();
            let at = text.find(inner).unwrap_or(0);
            let (before, after) = (&text[..at], &text[at + inner.len()..]);
            if inner.is_empty() {
                self.push_text(text);
                continue;
            }
            // A line may end between what was taken out and what was put in.
            if deleted && before.is_empty() && !self.text.ends_with(char::is_whitespace) {
                self.push_text(" ");
            }
            self.push_text(before);
            self.push_styled(DiffStyle::Sign, signs[0]);
            self.push_styled(ink, inner);
            self.push_styled(DiffStyle::Sign, signs[1]);
            self.push_text(after);
            deleted = run.kind == DiffRunKind::Deleted;
        }
    }

    fn push_body(&mut self, compared: &VersionDiff, width: usize) {
        let VersionDiff { old, new, changes } = compared;
        let mut before = None;
        for group in changes.paragraphs.chunk_by(|a, b| a.change == b.change) {
            match group {
                [first, ..] if first.change == ParagraphChange::Same => {
                    self.push_blank();
                    self.push_line(
                        &unchanged_summary(group),
                        DiffLineKind::Summary,
                        None,
                        width,
                    );
                }
                _ => {
                    for part in group {
                        self.push_paragraph(part, before, old, new, width);
                        before = Some(part.change);
                    }
                }
            }
            before = group.first().map(|part| part.change);
        }
    }

    /// One paragraph that changed.
    fn push_paragraph(
        &mut self,
        part: &ParagraphDiff,
        before: Option<ParagraphChange>,
        old: &Dispatch,
        new: &Dispatch,
        width: usize,
    ) {
        let number = |block: Option<usize>| block.map_or(0, |block| block + 1);
        self.push_blank();
        let first = self.lines.len();
        let (old_text, new_text) = (old.body.text(), new.body.text());
        let from = self.text.len();
        match part.change {
            ParagraphChange::Same => {}
            ParagraphChange::Left => {
                let left = format!("¶{} moved to ¶{}", number(part.old), number(part.new));
                self.push_line(&left, DiffLineKind::Summary, Some("↕"), width);
                return;
            }
            ParagraphChange::Inserted => {
                let text = part
                    .runs
                    .first()
                    .map_or("", |run| new.body.slice(run.new.clone()));
                let kind = line_kind(&new.body, part.new);
                self.push_line(text, kind, Some("+"), width);
            }
            ParagraphChange::Deleted => {
                let text = part
                    .runs
                    .first()
                    .map_or("", |run| old.body.slice(run.old.clone()));
                let kind = match line_kind(&old.body, part.old) {
                    DiffLineKind::Table => DiffLineKind::Table,
                    _ => DiffLineKind::Deleted,
                };
                self.push_line(text, kind, Some("-"), width);
            }
            ParagraphChange::Moved => {
                let moved = format!("moved from ¶{}", number(part.old));
                self.push_line(&moved, DiffLineKind::Summary, Some("↕"), width);
                let from = self.text.len();
                self.push_runs(old_text, new_text, &part.runs);
                self.wrap(from, line_kind(&new.body, part.new), Some("↕"), width);
            }
            ParagraphChange::Edited => {
                self.push_runs(old_text, new_text, &part.runs);
                self.wrap(from, line_kind(&new.body, part.new), None, width);
                self.mark_changed_lines(first);
                return;
            }
        }
        if before != Some(part.change) || part.change == ParagraphChange::Moved {
            self.change_lines.push(first);
        }
    }

    /// Puts the sign beside the lines, from one on, that hold something changed, and stops at the first of them.
    fn mark_changed_lines(&mut self, first: usize) {
        let signs = &self.style_ranges[DiffStyle::Sign as usize];
        let mut last: Option<usize> = None;
        for (number, line) in self.lines.iter_mut().enumerate().skip(first) {
            let touching = |ink: DiffStyle| {
                let ranges = &self.style_ranges[ink as usize];
                let at = ranges.partition_point(|range| range.end <= line.range.start);
                ranges
                    .get(at)
                    .is_some_and(|range| range.start < line.range.end)
            };
            if !touching(DiffStyle::Inserted) && !touching(DiffStyle::Deleted) {
                continue;
            }
            line.sign = Some("~");
            let at = signs.partition_point(|sign| sign.start < line.range.start);
            let begins = signs
                .get(at)
                .is_some_and(|sign| sign.start < line.range.end);
            if last.is_none_or(|last| begins && number >= last + STOP_DISTANCE) {
                self.change_lines.push(number);
                last = Some(number);
            }
        }
        // White space alone may have changed: nothing to sign, but something to tell.
        if last.is_none() {
            if let Some(line) = self.lines.get_mut(first) {
                line.sign = Some("~");
            }
            self.change_lines.push(first);
        }
    }
}

fn line_kind(body: &Body, block: Option<usize>) -> DiffLineKind {
    match block
        .and_then(|block| body.blocks().get(block))
        .map(|block| block.kind)
    {
        Some(BlockKind::Table) => DiffLineKind::Table,
        Some(BlockKind::Heading) => DiffLineKind::Heading,
        _ => DiffLineKind::Text,
    }
}

/// What stands for unchanged paragraphs.
fn unchanged_summary(parts: &[ParagraphDiff]) -> String {
    match parts.len() {
        1 => "… 1 paragraph unchanged …".to_owned(),
        count => format!("… {count} paragraphs unchanged …"),
    }
}
