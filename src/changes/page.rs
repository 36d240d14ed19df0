//! A comparison of two versions laid out in lines. Unchanged paragraphs are folded; changes are marked by characters as
//! well as by styles, so that they can be told apart without colours too.

use std::ops::Range;

use jiff::tz::TimeZone;

use crate::changes::compare::{
    ChangeCounts, DiffRun, DiffRunKind, FieldChange, ParagraphChange, ParagraphDiff, VersionDiff,
};
use crate::dispatch::{BlockKind, Body, Dispatch, Role};
use crate::text::{count_noun, wrap};

// Layout of the page: unchanged paragraphs are folded, changes are marked by characters as well as by colour, so that
// they can be told apart without colours too.

/// The role of a range of the page. Later ones are drawn over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffStyle {
    Inserted,
    Deleted,
    /// The brackets around an insertion or deletion.
    Sign,
    /// The name of a header field.
    Name,
}

impl DiffStyle {
    /// All styles, in drawing order.
    pub const ALL: [Self; 4] = [Self::Inserted, Self::Deleted, Self::Sign, Self::Name];
}

/// What a line of the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffLineKind {
    Blank,
    Headline,
    /// Which versions are compared and how much changed; placeholders for unchanged or moved paragraphs.
    Summary,
    Text,
    Heading,
    /// Not wrapped.
    Table,
    /// A deleted paragraph or headline.
    Deleted,
}

/// One line: a byte range into [`DiffPage::text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub kind: DiffLineKind,
    pub range: Range<usize>,
    /// The sign in the margin: `+` inserted, `-` deleted, `~` changed, `↕` moved.
    pub sign: Option<&'static str>,
}

/// A comparison laid out for the screen.
#[derive(Debug, Default)]
pub struct DiffPage {
    /// The text of all lines.
    pub text: String,
    /// For each of [`DiffStyle::ALL`], ascending byte ranges into `text`.
    pub style_ranges: [Vec<Range<usize>>; DiffStyle::ALL.len()],
    pub lines: Vec<DiffLine>,
    /// The first line of each change, an index into `lines`, ascending.
    pub change_lines: Vec<usize>,
}

/// Lines after which another change in the same paragraph is a stop of its own. Closer ones are in view already.
const STOP_DISTANCE: usize = 8;

impl DiffPage {
    /// Lays a comparison out at a width in columns. `zone` is for the times of the versions.
    #[must_use]
    pub fn new(compared: &VersionDiff, zone: &TimeZone, width: usize) -> Self {
        let mut page = Self::default();
        page.push_head(compared, zone, width);
        page.push_body(compared, width);
        page
    }

    fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends text in a style.
    fn push_styled(&mut self, style: DiffStyle, text: &str) {
        let start = self.text.len();
        self.push_text(text);
        self.style_ranges[style as usize].push(start..self.text.len());
    }

    /// Wraps the text from a byte position to its end into lines.
    fn wrap(&mut self, from: usize, kind: DiffLineKind, sign: Option<&'static str>, width: usize) {
        let mut start = from;
        for row in self.text[from..].split('\n') {
            // The columns of a table would be lost by wrapping.
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

    /// Appends text and wraps it into lines of a kind.
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
        self.lines.push(DiffLine { kind: DiffLineKind::Blank, range: at..at, sign: None });
    }

    /// Appends the runs of two texts, with brackets around changes. White space at the ends of a change stays outside
    /// of the brackets.
    fn push_runs(&mut self, old: &str, new: &str, runs: &[DiffRun]) {
        let mut deleted = false;
        for run in runs {
            let (style, signs, text) = match run.kind {
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
            // Let a line break between a deletion and the insertion after it.
            if deleted && before.is_empty() && !self.text.ends_with(char::is_whitespace) {
                self.push_text(" ");
            }
            self.push_text(before);
            self.push_styled(DiffStyle::Sign, signs[0]);
            self.push_styled(style, inner);
            self.push_styled(DiffStyle::Sign, signs[1]);
            self.push_text(after);
            deleted = run.kind == DiffRunKind::Deleted;
        }
    }

    /// Appends the paragraphs; those in a row without changes become one line.
    fn push_body(&mut self, compared: &VersionDiff, width: usize) {
        let VersionDiff { old, new, changes } = compared;
        let mut before = None;
        for group in changes.paragraphs.chunk_by(|a, b| a.change == b.change) {
            match group {
                [first, ..] if first.change == ParagraphChange::Same => {
                    self.push_blank();
                    self.push_line(&unchanged_summary(group), DiffLineKind::Summary, None, width);
                }
                _ => {
                    for paragraph in group {
                        self.push_paragraph(paragraph, before, old, new, width);
                        before = Some(paragraph.change);
                    }
                }
            }
            before = group.first().map(|part| part.change);
        }
    }

    /// Appends a changed paragraph. `before` is the change of the paragraph above it: several inserted or deleted
    /// paragraphs in a row are one stop.
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
                let text = format!("¶{} moved to ¶{}", number(part.old), number(part.new));
                self.push_line(&text, DiffLineKind::Summary, Some("↕"), width);
                return;
            }
            ParagraphChange::Inserted => {
                let text = part.runs.first().map_or("", |run| new.body.slice(run.new.clone()));
                let kind = line_kind(&new.body, part.new);
                self.push_line(text, kind, Some("+"), width);
            }
            ParagraphChange::Deleted => {
                let text = part.runs.first().map_or("", |run| old.body.slice(run.old.clone()));
                let kind = match line_kind(&old.body, part.old) {
                    DiffLineKind::Table => DiffLineKind::Table,
                    _ => DiffLineKind::Deleted,
                };
                self.push_line(text, kind, Some("-"), width);
            }
            ParagraphChange::Moved => {
                let text = format!("moved from ¶{}", number(part.old));
                self.push_line(&text, DiffLineKind::Summary, Some("↕"), width);
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

    /// Puts a sign beside every changed line from line `first` on, and records the stops among them.
    fn mark_changed_lines(&mut self, first: usize) {
        let signs = &self.style_ranges[DiffStyle::Sign as usize];
        let mut last: Option<usize> = None;
        for (number, line) in self.lines.iter_mut().enumerate().skip(first) {
            // The ranges of a style ascend: the first one that ends after the start of the line decides.
            let touching = |style: DiffStyle| {
                let ranges = &self.style_ranges[style as usize];
                let at = ranges.partition_point(|range| range.end <= line.range.start);
                ranges.get(at).is_some_and(|range| range.start < line.range.end)
            };
            if !touching(DiffStyle::Inserted) && !touching(DiffStyle::Deleted) {
                continue;
            }
            line.sign = Some("~");
            let at = signs.partition_point(|sign| sign.start < line.range.start);
            // A change that continues from the line above is no stop of its own.
            let begins = signs.get(at).is_some_and(|sign| sign.start < line.range.end);
            if last.is_none_or(|last| begins && number >= last + STOP_DISTANCE) {
                self.change_lines.push(number);
                last = Some(number);
            }
        }
        // Only white space has changed: there is nothing to bracket, but the paragraph still counts as a change.
        if last.is_none() {
            if let Some(line) = self.lines.get_mut(first) {
                line.sign = Some("~");
            }
            self.change_lines.push(first);
        }
    }
}

/// The kind of the lines of a block of a body.
fn line_kind(body: &Body, block: Option<usize>) -> DiffLineKind {
    match block.and_then(|block| body.blocks().get(block)).map(|block| block.kind) {
        Some(BlockKind::Table) => DiffLineKind::Table,
        Some(BlockKind::Heading) => DiffLineKind::Heading,
        _ => DiffLineKind::Text,
    }
}

/// The placeholder for unchanged paragraphs.
fn unchanged_summary(parts: &[ParagraphDiff]) -> String {
    match parts.len() {
        1 => "… 1 paragraph unchanged …".to_owned(),
        count => format!("… {count} paragraphs unchanged …"),
    }
}

// The top of the page: headline, compared versions, how much changed, changed header fields.

impl DiffPage {
    /// Appends headline, versions, counts and changed fields. All fields but the headline are one stop.
    fn push_head(&mut self, compared: &VersionDiff, zone: &TimeZone, width: usize) {
        let VersionDiff { old, new, changes } = compared;
        let headline = changes.fields.iter().find(|fact| fact.name == "headline");
        match headline {
            // A headline that was only edited is shown once, with the edits in it; a new one below the old one.
            Some(fact) if fact.has_common_words() => {
                let from = self.text.len();
                self.change_lines.push(self.lines.len());
                self.push_field(fact);
                self.wrap(from, DiffLineKind::Headline, Some("~"), width);
            }
            Some(fact) => {
                self.change_lines.push(self.lines.len());
                if let Some(old) = &fact.old {
                    self.push_line(old, DiffLineKind::Deleted, Some("-"), width);
                }
                let headline = fact.new.as_ref().unwrap_or(&new.headline);
                self.push_line(headline, DiffLineKind::Headline, Some("+"), width);
            }
            None => self.push_line(&new.headline, DiffLineKind::Headline, None, width),
        }
        let versions = format!("{}\nagainst {}", version_name(new, zone), version_name(old, zone));
        self.push_line(&versions, DiffLineKind::Summary, None, width);
        let figures = change_counts(compared.counts());
        self.push_line(&figures, DiffLineKind::Summary, None, width);
        if changes.coarse {
            let note = "A paragraph is too long to be compared word by word: the text between its unchanged start and end is shown as replaced.";
            self.push_line(note, DiffLineKind::Summary, None, width);
        }
        let others: Vec<&FieldChange> =
            changes.fields.iter().filter(|fact| fact.name != "headline").collect();
        if !others.is_empty() {
            self.push_blank();
            self.change_lines.push(self.lines.len());
        }
        for fact in others {
            let from = self.text.len();
            self.push_styled(DiffStyle::Name, fact.name);
            self.push_text("  ");
            self.push_field(fact);
            self.wrap(from, DiffLineKind::Text, Some("~"), width);
        }
    }

    /// Appends a changed field: both values, with brackets around changes.
    fn push_field(&mut self, fact: &FieldChange) {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        self.push_runs(&text(&fact.old), &text(&fact.new), &fact.runs);
    }
}

/// The description of a version: `2nd Lead-Writethru, 19 Nov 2026 16:40, 312 words`.
fn version_name(d: &Dispatch, zone: &TimeZone) -> String {
    let label = d.label.as_deref().map(|label| label.trim_end_matches('-').to_owned());
    let role = (d.role != Role::Story).then(|| d.role.name().to_owned());
    let name = label.or(role).or_else(|| d.id.clone());
    let time = d.time.map(|time| time.display_in(zone));
    let words = d.word_count();
    let parts = name.into_iter().chain(time);
    let parts = parts.chain([count_noun(words as usize, "word")]);
    parts.collect::<Vec<_>>().join(", ")
}

/// Summary of the changes in the text: `2 paragraphs in, 1 out, 3 changed, 1 moved; 40 words in, 12 out`.
fn change_counts(counts: ChangeCounts) -> String {
    let paragraphs = [
        (counts.inserted, "in"),
        (counts.deleted, "out"),
        (counts.edited, "changed"),
        (counts.moved, "moved"),
    ];
    let mut parts = Vec::new();
    for (count, what) in paragraphs.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(if parts.is_empty() {
            format!("{} {what}", count_noun(count, "paragraph"))
        } else {
            format!("{count} {what}")
        });
    }
    let (words_in, words_out) = (counts.words_inserted, counts.words_deleted);
    if parts.is_empty() {
        return "the text is the same".to_owned();
    }
    let words_in = count_noun(words_in as usize, "word");
    format!("{}; {words_in} in, {words_out} out", parts.join(", "))
}
