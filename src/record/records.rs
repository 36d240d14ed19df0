//! The records that commands print as JSON, as serde models: their field names are the record keys. Positions are Unicode code points.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::changes::{DiffRunKind, ParagraphChange, VersionDiff};
use crate::dispatch::{Dispatch, Precision, Problem, Stamp, Urgency};
use crate::health::{Gap, Sequence, WireSource};
use crate::quotes::{self, Quote, TextPart};
use crate::speakers::SpeakerSummary;

/// A relation in a record.
#[derive(Debug, Serialize)]
pub struct RelationRecord<'a> {
    pub kind: &'static str,
    pub id: &'a str,
}

/// One dispatch as `dateline list` prints it. Unknown values are `null`.
#[derive(Debug, Serialize)]
pub struct DispatchRecord<'a> {
    pub path: String,
    pub index: u64,
    pub format: &'static str,
    pub item: String,
    pub story: String,
    pub id: Option<&'a str>,
    pub revision: Option<&'a str>,
    pub label: Option<&'a str>,
    pub agency: Option<&'a str>,
    pub slug: Option<&'a str>,
    pub headline: &'a str,
    pub headline_derived: bool,
    pub byline: Option<&'a str>,
    pub dateline: Option<&'a str>,
    pub place: Option<&'a str>,
    pub country: Option<&'a str>,
    pub urgency: Option<u8>,
    pub priority: Option<&'a str>,
    pub category: Option<&'a str>,
    pub subjects: &'a [String],
    pub keywords: &'a [String],
    pub status: &'static str,
    pub embargoed: bool,
    pub embargo: Option<String>,
    pub role: &'static str,
    pub relates: Vec<RelationRecord<'a>>,
    pub superseded_by: Option<&'a str>,
    pub killed_by: Option<&'a str>,
    pub ednote: Option<&'a str>,
    pub created: Option<String>,
    pub sent: Option<String>,
    pub time: Option<String>,
    pub time_source: &'static str,
    pub time_precision: Option<&'static str>,
    pub words: u32,
    pub words_stated: Option<u32>,
    pub language: Option<&'a str>,
    pub rights: Option<&'a str>,
    pub links: &'a [String],
}

impl<'a> DispatchRecord<'a> {
    /// The record of a dispatch that is the `index`-th of the input at `path`.
    #[must_use]
    pub fn new(dispatch: &'a Dispatch, path: String, index: u64) -> Self {
        let d = dispatch;
        let precision = |p| if p == Precision::Day { "day" } else { "second" };
        Self {
            path,
            index,
            format: d.format,
            item: d.item_identity(),
            story: d.story_name(),
            id: d.id.as_deref(),
            revision: d.revision.as_deref(),
            label: d.label.as_deref(),
            agency: d.agency.as_deref(),
            slug: d.slug.as_deref(),
            headline: &d.headline,
            headline_derived: d.headline_derived,
            byline: d.byline.as_deref(),
            dateline: d.dateline.as_ref().map(|line| line.text.as_str()),
            place: d.place(),
            country: d.country(),
            urgency: d.urgency.map(Urgency::value),
            priority: d.priority.as_deref(),
            category: d.category.as_deref(),
            subjects: &d.subjects,
            keywords: &d.keywords,
            status: d.status.name(),
            embargoed: d.embargoed,
            embargo: d.embargo.map(crate::dispatch::Stamp::to_rfc3339),
            role: d.role.name(),
            relates: d
                .relations
                .iter()
                .map(|r| RelationRecord {
                    kind: r.kind.name(),
                    id: &r.id,
                })
                .collect(),
            superseded_by: None,
            killed_by: None,
            ednote: d.ednote.as_deref(),
            created: d.created.map(crate::dispatch::Stamp::to_rfc3339),
            sent: d.sent.map(crate::dispatch::Stamp::to_rfc3339),
            time: d.time.map(crate::dispatch::Stamp::to_rfc3339),
            time_source: d.time_source.name(),
            time_precision: d.time.map(|t| precision(t.precision)),
            words: d.word_count(),
            words_stated: d.words_stated,
            language: d.language.as_deref(),
            rights: d.rights.as_deref(),
            links: &d.links,
        }
    }
}

impl<'a> DispatchRecord<'a> {
    /// The record with what the desk found among the dispatches at hand.
    #[must_use]
    pub fn with_relations(mut self, told: &'a Relations) -> Self {
        self.superseded_by = told.superseded_by.as_deref();
        self.killed_by = told.killed_by.as_deref();
        self
    }
}

/// The items that do something to a dispatch, as far as the desk has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations {
    /// The newest version of its story.
    pub superseded_by: Option<String>,
    /// The notice that kills it.
    pub killed_by: Option<String>,
    /// Why it does, as that says; not in records, which name the notice.
    pub killed_for: Option<String>,
    /// The dispatch that corrects it; as above.
    pub corrected_by: Option<String>,
}

impl Relations {
    /// What must be known by whoever uses a text elsewhere, a line each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let why = self.killed_for.as_ref();
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        let by = |by: &Option<String>, word: &str, why: &str| {
            by.as_ref().map(|by| format!("{word} by {by}{why}"))
        };
        let all = [
            by(&self.killed_by, "KILLED", &why),
            by(&self.corrected_by, "CORRECTED", ""),
            by(&self.superseded_by, "SUPERSEDED", ""),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A problem in a record.
#[derive(Debug, Serialize)]
pub struct ProblemRecord<'a> {
    pub place: &'a str,
    pub message: &'a str,
}

/// What `dateline show` adds to a record.
#[derive(Debug, Serialize)]
pub struct BodyRecord<'a> {
    pub body: &'a str,
    pub fields: &'a BTreeMap<String, String>,
    pub problems: Vec<ProblemRecord<'a>>,
}

/// One dispatch as `dateline show` prints it.
#[derive(Debug, Serialize)]
pub struct FullDispatchRecord<'a> {
    #[serde(flatten)]
    pub head: DispatchRecord<'a>,
    #[serde(flatten)]
    pub body: BodyRecord<'a>,
}

impl<'a> FullDispatchRecord<'a> {
    /// The whole record of a dispatch.
    #[must_use]
    pub fn new(dispatch: &'a Dispatch, path: String, index: u64) -> Self {
        let problems = dispatch
            .problems
            .iter()
            .map(|p| ProblemRecord {
                place: &p.location,
                message: &p.message,
            })
            .collect();
        let body = BodyRecord {
            body: dispatch.body.text(),
            fields: &dispatch.fields,
            problems,
        };
        Self {
            head: DispatchRecord::new(dispatch, path, index),
            body,
        }
    }

    /// The whole record with what the desk found among the dispatches at hand.
    #[must_use]
    pub fn with_relations(self, told: &'a Relations) -> Self {
        Self {
            head: self.head.with_relations(told),
            ..self
        }
    }
}

// The record of one input, as `dateline check` prints it.

/// One input and what was found of it.
#[derive(Debug, Serialize)]
pub struct CheckRecord<'a> {
    pub path: &'a str,
    /// `null` where no dispatch was read.
    pub format: Option<&'a str>,
    /// Character encodings of its dispatches, sorted.
    pub encodings: Vec<&'a str>,
    pub dispatches: u64,
    pub problems: &'a [ProblemInInput],
}

/// A problem of an input, or of one of its dispatches.
#[derive(Debug, Serialize)]
pub struct ProblemInInput {
    /// Which dispatch of the input, 0-based; `null` for the input itself.
    pub index: Option<u64>,
    /// `note`, `fault` or `unreadable`.
    pub severity: &'static str,
    pub place: String,
    pub message: String,
}

impl ProblemInInput {
    /// A problem, and the number of the dispatch that has it.
    #[must_use]
    pub fn new(problem: &Problem, index: Option<u64>) -> Self {
        Self {
            index,
            severity: problem.severity.name(),
            place: problem.location.clone(),
            message: problem.message.clone(),
        }
    }
}

impl fmt::Display for ProblemInInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.index {
            write!(f, "dispatch {index}: ")?;
        }
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)
    }
}

// The record of a dispatch's quotes, as `dateline quotes` prints it. Positions are Unicode code points.

/// One quote. `start` and `end` point into the text that `in` names.
#[derive(Debug, Serialize)]
pub struct QuoteRecord<'a> {
    pub text: String,
    #[serde(rename = "in")]
    pub part: &'static str,
    pub start: usize,
    pub end: usize,
    pub kind: &'static str,
    pub group: usize,
    pub parent: Option<usize>,
    pub speaker: Option<&'a str>,
    pub title: Option<&'a str>,
    pub cue: Option<&'a str>,
    pub mention: Option<CodePointSpan>,
    pub certainty: &'static str,
    pub why: &'a str,
    pub paragraph: usize,
}

/// The quotes of one dispatch.
#[derive(Debug, Serialize)]
pub struct QuotesRecord<'a> {
    pub path: String,
    pub index: u64,
    pub item: String,
    pub headline: &'a str,
    pub agency: Option<&'a str>,
    pub place: Option<&'a str>,
    pub time: Option<String>,
    pub status: &'static str,
    pub quotes: Vec<QuoteRecord<'a>>,
}

impl<'a> QuotesRecord<'a> {
    /// The record of a dispatch that is the `index`-th of the input at `path`, with the quotes that pass `keep`.
    #[must_use]
    pub fn new(
        dispatch: &'a Dispatch,
        quotes: &'a [Quote],
        keep: impl Fn(&Quote) -> bool,
        path: String,
        index: u64,
    ) -> Self {
        let kept: Vec<usize> = (0..quotes.len()).filter(|&i| keep(&quotes[i])).collect();
        let mut body = CodePointCounter::new(dispatch.body.text());
        let mut headline = CodePointCounter::new(&dispatch.headline);
        let records = kept.iter().map(|&i| {
            let quote = &quotes[i];
            let (source, points) = match quote.part {
                TextPart::Headline => (dispatch.headline.as_str(), &mut headline),
                TextPart::Body => (dispatch.body.text(), &mut body),
            };
            let span = quote.span();
            QuoteRecord {
                text: quotes::quote_text(quote, source),
                part: if quote.part == TextPart::Headline {
                    "headline"
                } else {
                    "body"
                },
                start: points.count_before(span.start),
                end: points.count_before(span.end),
                kind: quote.kind.name(),
                group: quote.group,
                parent: quote
                    .parent
                    .and_then(|parent| kept.binary_search(&parent).ok()),
                speaker: quote.speaker.as_deref(),
                title: quote.title.as_deref(),
                cue: quote.cue.clone().and_then(|cue| source.get(cue)),
                mention: quote.mention.as_ref().map(|m| points.span(m)),
                certainty: quote.certainty.name(),
                why: quote.why,
                paragraph: quote.paragraph,
            }
        });
        Self {
            path,
            index,
            item: dispatch.item_identity(),
            headline: &dispatch.headline,
            agency: dispatch.agency.as_deref(),
            place: dispatch.place(),
            time: dispatch.time.map(Stamp::to_rfc3339),
            status: dispatch.status.name(),
            quotes: records.collect(),
        }
    }
}

// The record of one speaker, as `dateline speakers` prints it.

/// One speaker: different quotes, the dispatches that carry them, and the times of the first and the last of these.
#[derive(Debug, Serialize)]
pub struct SpeakerRecord<'a> {
    pub speaker: &'a str,
    pub title: Option<&'a str>,
    pub quotes: usize,
    pub dispatches: usize,
    pub first: Option<String>,
    pub last: Option<String>,
}

impl<'a> SpeakerRecord<'a> {
    /// The record of a row.
    #[must_use]
    pub fn new(row: &'a SpeakerSummary) -> Self {
        Self {
            speaker: &row.name,
            title: row.title.as_deref(),
            quotes: row.quotes,
            dispatches: row.dispatches,
            first: row.first.map(Stamp::to_rfc3339),
            last: row.last.map(Stamp::to_rfc3339),
        }
    }
}

// The record of what changed between two versions, as `dateline diff` prints it. Positions are Unicode code
// points.

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

// The record of one source, as `dateline health` prints it.

/// A time in which nothing was sent, and its length in seconds.
#[derive(Debug, Serialize)]
pub struct SilenceRecord {
    pub from: String,
    pub to: String,
    pub seconds: i64,
}

/// Numbers that are missing, and when the items before and after them were sent.
#[derive(Debug, Serialize)]
pub struct GapRecord {
    pub first: u32,
    pub last: u32,
    pub after: String,
    pub before: String,
}

/// The numbers of one service.
#[derive(Debug, Serialize)]
pub struct SequenceRecord<'a> {
    pub service: &'a str,
    pub items: usize,
    pub first: u32,
    pub last: u32,
    pub missing: u64,
    pub gaps: Vec<GapRecord>,
    pub twice: &'a [u32],
    pub restarts: usize,
}

/// One source. `hours`: dispatches in each of the last 24 hours before the newest time of the wire, the newest first.
#[derive(Debug, Serialize)]
pub struct SourceRecord<'a> {
    pub agency: Option<&'a str>,
    pub dispatches: usize,
    pub first: Option<String>,
    pub last: Option<String>,
    pub arrived: Option<String>,
    pub hours: &'a [u32],
    pub silence: Option<SilenceRecord>,
    pub missing: u64,
    pub sequences: Vec<SequenceRecord<'a>>,
}

impl<'a> SourceRecord<'a> {
    /// The record of a source.
    #[must_use]
    pub fn new(source: &'a WireSource) -> Self {
        Self {
            agency: Some(source.agency.as_str()).filter(|agency| !agency.is_empty()),
            dispatches: source.dispatches,
            first: source.first.map(Stamp::to_rfc3339),
            last: source.last.map(Stamp::to_rfc3339),
            arrived: source
                .arrived
                .map(|at| Stamp::from_seconds(at).to_rfc3339()),
            hours: &source.hours,
            silence: source.silence.map(|silence| SilenceRecord {
                from: silence.from.to_rfc3339(),
                to: silence.to.to_rfc3339(),
                seconds: silence.seconds(),
            }),
            missing: source.missing_count(),
            sequences: source.sequences.iter().map(sequence).collect(),
        }
    }
}

fn sequence(of: &Sequence) -> SequenceRecord<'_> {
    let gap = |gap: &Gap| GapRecord {
        first: gap.first,
        last: gap.last,
        after: gap.after.to_rfc3339(),
        before: gap.before.to_rfc3339(),
    };
    SequenceRecord {
        service: &of.service,
        items: of.items,
        first: of.first,
        last: of.last,
        missing: of.missing_count(),
        gaps: of.gaps.iter().map(gap).collect(),
        twice: &of.repeated,
        restarts: of.restarts,
    }
}

// Positions as records have them: Unicode code points, not bytes.

/// A range of code points.
#[derive(Debug, Serialize)]
pub struct CodePointSpan {
    pub start: usize,
    pub end: usize,
}

/// Number of code points before a byte of a text, counted on from the last one asked for.
pub(super) struct CodePointCounter<'a> {
    text: &'a str,
    byte: usize,
    points: usize,
}

impl<'a> CodePointCounter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            points: 0,
        }
    }

    pub(super) fn count_before(&mut self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let count = |from: usize, to: usize| {
            self.text.as_bytes()[from..to]
                .iter()
                .filter(|&&b| b & 0xc0 != 0x80)
                .count()
        };
        self.points = if byte >= self.byte {
            self.points + count(self.byte, byte)
        } else {
            self.points - count(byte, self.byte)
        };
        self.byte = byte;
        self.points
    }

    /// A range of bytes as code points.
    pub(super) fn span(&mut self, bytes: &Range<usize>) -> CodePointSpan {
        CodePointSpan {
            start: self.count_before(bytes.start),
            end: self.count_before(bytes.end),
        }
    }
}
