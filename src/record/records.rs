//! The records that commands print as JSON, as serde models: the names of their fields are the keys of the records.
//!
//! A change of a name breaks scripts. Positions count Unicode code points, not bytes.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::changes::{DiffRunKind, ParagraphChange, VersionDiff};
use crate::dispatch::{Dispatch, Precision, Problem, Stamp, Urgency};
use crate::health::{Gap, Sequence, WireSource};
use crate::quotes::{self, Quote, TextPart};
use crate::record::current_status::{CurrentStatus, StatusRecord};
use crate::speakers::{SpeakerId, SpeakerSummary};

/// A relation to another item, as the dispatch itself states it.
#[derive(Debug, Serialize)]
pub struct RelationRecord<'a> {
    /// Name of the kind of relation.
    pub kind: &'static str,
    /// The id of the other item.
    pub id: &'a str,
}

/// One dispatch as `dateline list` prints it. Unknown values are `null`, times are in RFC 3339 with the wire's offset.
#[derive(Debug, Serialize)]
pub struct DispatchRecord<'a> {
    pub path: String,
    /// 0-based number in the input.
    pub index: u64,
    pub format: &'static str,
    /// Identity of the item: id and revision, or a hash if the wire gave no id.
    pub item: String,
    pub story: String,
    pub id: Option<&'a str>,
    pub revision: Option<&'a str>,
    pub label: Option<&'a str>,
    pub agency: Option<&'a str>,
    pub slug: Option<&'a str>,
    pub headline: &'a str,
    /// The wire had no headline: it was taken from the text.
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
    #[serde(flatten)]
    pub status: StatusRecord<'a>,
    pub role: &'static str,
    pub relates: Vec<RelationRecord<'a>>,
    pub ednote: Option<&'a str>,
    pub created: Option<String>,
    pub sent: Option<String>,
    pub time: Option<String>,
    pub time_source: &'static str,
    pub time_precision: Option<&'static str>,
    /// Counted words of the body.
    pub words: u32,
    /// The number of words that the wire states.
    pub words_stated: Option<u32>,
    pub language: Option<&'a str>,
    pub rights: Option<&'a str>,
    pub links: &'a [String],
}

impl<'a> DispatchRecord<'a> {
    /// The record of dispatch number `index` (0-based) of the input at `path`.
    #[must_use]
    pub fn new(
        dispatch: &'a Dispatch,
        status: &'a CurrentStatus,
        path: String,
        index: u64,
    ) -> Self {
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
            status: status.record(),
            role: d.role.name(),
            relates: d
                .relations
                .iter()
                .map(|r| RelationRecord { kind: r.kind.name(), id: &r.id })
                .collect(),
            ednote: d.ednote.as_deref(),
            created: d.created.map(Stamp::to_rfc3339),
            sent: d.sent.map(Stamp::to_rfc3339),
            time: d.time.map(Stamp::to_rfc3339),
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

/// A problem in a record.
#[derive(Debug, Serialize)]
pub struct ProblemRecord<'a> {
    pub place: &'a str,
    pub message: &'a str,
}

/// The keys that `dateline show` adds to a record.
#[derive(Debug, Serialize)]
pub struct BodyRecord<'a> {
    pub body: &'a str,
    /// Header fields of the wire that have no key of their own.
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
    /// The full record of dispatch number `index` (0-based) of the input at `path`.
    #[must_use]
    pub fn new(
        dispatch: &'a Dispatch,
        status: &'a CurrentStatus,
        path: String,
        index: u64,
    ) -> Self {
        let problems = dispatch
            .problems
            .iter()
            .map(|p| ProblemRecord { place: &p.location, message: &p.message })
            .collect();
        let body = BodyRecord { body: dispatch.body.text(), fields: &dispatch.fields, problems };
        Self { head: DispatchRecord::new(dispatch, status, path, index), body }
    }
}

// `dateline check`.

/// One input: its format, encodings, and problems.
#[derive(Debug, Serialize)]
pub struct CheckRecord<'a> {
    pub path: &'a str,
    /// `null` if no dispatch was read.
    pub format: Option<&'a str>,
    /// Character encodings of its dispatches, sorted.
    pub encodings: Vec<&'a str>,
    pub dispatches: u64,
    /// Number of dispatches with a headline, a time, a place, a byline and a text that the wire sent.
    pub filled: FilledRecord,
    /// Letters in the text of the input. A text that stands in it several times counts once.
    pub letters: u64,
    /// How many of them the dispatches show.
    pub letters_shown: u64,
    /// How many are left out on purpose, by the name of the rule.
    pub letters_left_out: BTreeMap<&'static str, u64>,
    pub problems: &'a [ProblemInInput],
}

/// Numbers of dispatches.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct FilledRecord {
    /// With a headline of their own, not one derived from the text.
    pub headline: u64,
    /// With a time of their own, not that of the file.
    pub time: u64,
    /// With a place in the dateline.
    pub place: u64,
    pub byline: u64,
    pub text: u64,
}

/// A problem of an input, or of one of its dispatches.
#[derive(Debug, Serialize)]
pub struct ProblemInInput {
    /// 0-based number of the dispatch in the input; `null` for a problem of the input itself.
    pub index: Option<u64>,
    /// `note`, `fault` or `unreadable`.
    pub severity: &'static str,
    pub place: String,
    pub message: String,
}

impl ProblemInInput {
    /// The record of a problem; `index` as for the field.
    #[must_use]
    pub fn new(problem: &Problem, index: Option<u64>) -> Self {
        Self {
            index,
            severity: problem.severity.name(),
            place: problem.location.clone(),
            message: problem.sentence().into_owned(),
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

// `dateline quotes`.

/// One quote. Positions are code points in the text that `in` names.
#[derive(Debug, Serialize)]
pub struct QuoteRecord<'a> {
    /// The quoted words.
    pub text: String,
    /// `headline` or `body`.
    #[serde(rename = "in")]
    pub part: &'static str,
    pub start: usize,
    pub end: usize,
    pub kind: &'static str,
    /// Equal for the parts of a quote that is interrupted or continued.
    pub group: usize,
    /// For a quote within a quote: the index of the outer one in `quotes` of the record.
    pub parent: Option<usize>,
    pub speaker: Option<&'a str>,
    /// Who that is among the speakers of all dispatches: see [`QuotesRecord::make_room_for_ids`]. `null` without a speaker.
    pub speaker_id: Option<SpeakerId>,
    pub title: Option<&'a str>,
    /// The reporting words, such as `said`.
    pub cue: Option<&'a str>,
    /// Where the speaker is named.
    pub mention: Option<CodePointSpan>,
    pub certainty: &'static str,
    /// The rule by which the speaker was found, as a sentence.
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
    #[serde(flatten)]
    pub status: StatusRecord<'a>,
    pub quotes: Vec<QuoteRecord<'a>>,
}

impl<'a> QuotesRecord<'a> {
    /// The record of dispatch number `index` (0-based) of the input at `path`, with the quotes for which `keep` is
    /// true.
    #[must_use]
    pub fn new(
        (dispatch, status): (&'a Dispatch, &'a CurrentStatus),
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
            let (part, source, points) = match quote.part {
                TextPart::Headline => ("headline", dispatch.headline.as_str(), &mut headline),
                TextPart::Body => ("body", dispatch.body.text(), &mut body),
            };
            let span = quote.span();
            QuoteRecord {
                text: quotes::quote_text(quote, source),
                part,
                start: points.count_before(span.start),
                end: points.count_before(span.end),
                kind: quote.kind.name(),
                group: quote.group,
                parent: quote.parent.and_then(|parent| kept.binary_search(&parent).ok()),
                speaker: quote.speaker.as_deref(),
                speaker_id: None,
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
            status: status.record(),
            quotes: records.collect(),
        }
    }

    /// Gives each statement with a speaker an id of zeros. The true ones are put in their place when all dispatches are
    /// known.
    pub fn make_room_for_ids(&mut self) {
        for quote in &mut self.quotes {
            let is_attributed = quote.speaker.is_some() && quote.kind != "not-a-statement";
            quote.speaker_id = is_attributed.then_some(SpeakerId(0));
        }
    }
}

// `dateline speakers`.

/// One speaker: the number of different quotes and of dispatches with them, the times of the first and the last of these
/// dispatches, and how many of them are killed.
#[derive(Debug, Serialize)]
pub struct SpeakerRecord<'a> {
    /// Only where quotes are counted by period; empty for those of dispatches without a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<&'a str>,
    pub speaker: &'a str,
    pub speaker_id: SpeakerId,
    pub title: Option<&'a str>,
    pub quotes: usize,
    pub dispatches: usize,
    pub first: Option<String>,
    pub last: Option<String>,
    pub killed: usize,
    /// What tells the speaker from another of the same name, such as the employer.
    pub distinction: Option<&'a str>,
    /// The names under which the speaker is quoted, those of the most dispatches first.
    pub forms: &'a [String],
}

impl<'a> SpeakerRecord<'a> {
    /// The record of a speaker, in a period if they are counted by period.
    #[must_use]
    pub fn new(period: Option<&'a str>, row: &'a SpeakerSummary) -> Self {
        Self {
            period,
            speaker: &row.name,
            speaker_id: row.id,
            title: row.title.as_deref(),
            quotes: row.quotes,
            dispatches: row.dispatches,
            first: row.first.map(Stamp::to_rfc3339),
            last: row.last.map(Stamp::to_rfc3339),
            killed: row.killed,
            distinction: row.distinction.as_deref(),
            forms: &row.forms,
        }
    }
}

// `dateline diff`.

/// One of the two versions.
#[derive(Debug, Serialize)]
pub struct VersionRecord<'a> {
    pub path: String,
    pub index: u64,
    pub item: String,
    pub label: Option<&'a str>,
    pub headline: &'a str,
    pub time: Option<String>,
    #[serde(flatten)]
    pub status: StatusRecord<'a>,
    pub words: u32,
}

impl<'a> VersionRecord<'a> {
    /// The record of dispatch number `index` (0-based) of the input at `path`.
    #[must_use]
    pub fn new(
        dispatch: &'a Dispatch,
        status: &'a CurrentStatus,
        path: String,
        index: u64,
    ) -> Self {
        Self {
            path,
            index,
            item: dispatch.item_identity(),
            label: dispatch.label.as_deref(),
            headline: &dispatch.headline,
            time: dispatch.time.map(Stamp::to_rfc3339),
            status: status.record(),
            words: dispatch.word_count(),
        }
    }
}

/// A field of the head that changed.
#[derive(Debug, Serialize)]
pub struct FieldRecord<'a> {
    pub name: &'static str,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// A run of a changed paragraph: `same`, `deleted` or `inserted`, its positions in the two bodies, and its text.
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

/// The changes between two versions.
#[derive(Debug, Serialize)]
pub struct ChangesRecord<'a> {
    pub old: VersionRecord<'a>,
    pub new: VersionRecord<'a>,
    /// Nothing changed.
    pub same: bool,
    /// A paragraph was too long to be compared word by word.
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
        // Positions are counted on from one paragraph to the next, so this loop is linear.
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

// `dateline health`.

/// A time in which nothing was sent.
#[derive(Debug, Serialize)]
pub struct SilenceRecord {
    pub from: String,
    pub to: String,
    pub seconds: i64,
}

/// A range of missing numbers.
#[derive(Debug, Serialize)]
pub struct GapRecord {
    pub first: u32,
    /// Inclusive.
    pub last: u32,
    /// When the item before the gap was sent.
    pub after: String,
    /// When the item after the gap was sent.
    pub before: String,
}

/// The item numbers of one service.
#[derive(Debug, Serialize)]
pub struct SequenceRecord<'a> {
    pub service: &'a str,
    pub items: usize,
    pub first: u32,
    pub last: u32,
    pub missing: u64,
    pub gaps: Vec<GapRecord>,
    /// Numbers that were used more than once.
    pub twice: &'a [u32],
    /// How often the numbering restarted.
    pub restarts: usize,
}

/// One source.
#[derive(Debug, Serialize)]
pub struct SourceRecord<'a> {
    pub agency: Option<&'a str>,
    pub dispatches: usize,
    pub first: Option<String>,
    pub last: Option<String>,
    pub arrived: Option<String>,
    /// Dispatches in each of the 24 hours before the newest time of the wire, the newest first.
    pub hours: &'a [u32],
    /// The longest silence.
    pub silence: Option<SilenceRecord>,
    /// Missing numbers in all sequences.
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
            arrived: source.arrived.map(|at| Stamp::from_seconds(at).to_rfc3339()),
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

fn sequence(numbers: &Sequence) -> SequenceRecord<'_> {
    let gap = |gap: &Gap| GapRecord {
        first: gap.first,
        last: gap.last,
        after: gap.after.to_rfc3339(),
        before: gap.before.to_rfc3339(),
    };
    SequenceRecord {
        service: &numbers.service,
        items: numbers.items,
        first: numbers.first,
        last: numbers.last,
        missing: numbers.missing_count(),
        gaps: numbers.gaps.iter().map(gap).collect(),
        twice: &numbers.repeated,
        restarts: numbers.restarts,
    }
}

// Positions in code points.

/// A half-open range of code points.
#[derive(Debug, Serialize)]
pub struct CodePointSpan {
    pub start: usize,
    pub end: usize,
}

/// Converts byte offsets of a text to code points. Counts on from the last offset, so a series of nearby ones is cheap.
pub(super) struct CodePointCounter<'a> {
    text: &'a str,
    byte: usize,
    points: usize,
}

impl<'a> CodePointCounter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, byte: 0, points: 0 }
    }

    /// Number of code points before a byte offset.
    pub(super) fn count_before(&mut self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        // Continuation bytes of UTF-8 are 10xxxxxx; all others start a code point.
        let count = |from: usize, to: usize| {
            self.text.as_bytes()[from..to].iter().filter(|&&b| b & 0xc0 != 0x80).count()
        };
        self.points = if byte >= self.byte {
            self.points + count(self.byte, byte)
        } else {
            self.points - count(byte, self.byte)
        };
        self.byte = byte;
        self.points
    }

    /// Converts a byte range.
    pub(super) fn span(&mut self, bytes: &Range<usize>) -> CodePointSpan {
        CodePointSpan { start: self.count_before(bytes.start), end: self.count_before(bytes.end) }
    }
}
