//! An open dispatch laid out for reading: its lines at a measure, its statements, their speakers. All derived, never edited.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use jiff::tz::TimeZone;

use super::facts::{facts_line, no_text_reason, own_banner};
use super::fate::BannerState;
use super::lines::{LineKind, ReaderLine, lay_out_lines};
use super::quoting::{QuotePaneRow, pane_rows};
use crate::desk::EntryId;
use crate::dispatch::Dispatch;
use crate::quote::{Certainty, Quote, TextPart};
use crate::text::find_links;

/// The statements of one speaker, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerQuotes {
    /// `None`: nobody could be named.
    pub name: Option<String>,
    /// Indices into [`Document::quotes`].
    pub quotes: Vec<usize>,
}

/// A dispatch as it is read.
#[derive(Debug)]
pub struct Document {
    pub id: EntryId,
    pub dispatch: Dispatch,
    /// Statements only.
    pub quotes: Vec<Quote>,
    /// Speakers in order of first appearance; those of nobody last.
    pub speakers: Vec<SpeakerQuotes>,
    pub facts: String,
    pub banner: String,
    /// What corrects it, and which version is newer.
    pub newer_versions: String,
    pub(super) banner_state: BannerState,
    /// What stands over the text has changed since the lines were made.
    pub(super) needs_layout: bool,
    /// Links in the body.
    pub links: Vec<Range<usize>>,
    /// The note of the reader on the story.
    pub reader_note: String,
    /// Why there is no text; empty where there is one.
    pub no_text_reason: String,
    pub lines: Vec<ReaderLine>,
    /// Columns for which `lay_out_lines` were made.
    pub layout_columns: u16,
    /// Columns of the widest row of its tables.
    pub table_columns: usize,
    /// Which of the lines show the body. Blank lines among them stand at the start of the block after them, so that
    /// the starts ascend.
    body_lines: Range<usize>,
    /// Rows of the quotes pane, and the columns and the order for which they were made.
    pub quote_rows: Vec<QuotePaneRow>,
    rows_columns: (usize, bool),
}

impl Document {
    /// Derives all but the lines, which `lay_out` makes.
    #[must_use]
    pub fn new(id: EntryId, dispatch: Dispatch, quotes: Vec<Quote>, zone: &TimeZone) -> Self {
        let quotes: Vec<Quote> = quotes.into_iter().filter(Quote::is_statement).collect();
        let speakers = group_by_speaker(&quotes);
        let (facts, banner) = (
            facts_line(&dispatch, zone),
            own_banner(&dispatch, false, false, zone),
        );
        Self {
            id,
            quotes,
            speakers,
            facts,
            banner,
            newer_versions: String::new(),
            banner_state: BannerState::default(),
            needs_layout: false,
            links: find_links(dispatch.body.text()),
            reader_note: String::new(),
            no_text_reason: no_text_reason(&dispatch),
            lines: Vec::new(),
            layout_columns: 0,
            table_columns: 0,
            body_lines: 0..0,
            quote_rows: Vec::new(),
            rows_columns: (0, false),
            dispatch,
        }
    }

    /// The text that lines of a kind point into.
    #[must_use]
    pub fn text_for_kind(&self, kind: LineKind) -> &str {
        match kind {
            LineKind::Blank | LineKind::OmittedBlocks => "",
            LineKind::Banner => &self.banner,
            LineKind::Newer => &self.newer_versions,
            LineKind::Headline => &self.dispatch.headline,
            LineKind::Facts => &self.facts,
            LineKind::Byline => self.dispatch.byline.as_deref().unwrap_or(""),
            LineKind::EditorNote => self.dispatch.ednote.as_deref().unwrap_or(""),
            LineKind::ReaderNote => &self.reader_note,
            LineKind::NoText => &self.no_text_reason,
            LineKind::Body | LineKind::Heading | LineKind::Table => self.dispatch.body.text(),
            LineKind::Rights => self.dispatch.rights.as_deref().unwrap_or(""),
        }
    }

    /// Links in the text that lines of a kind point into.
    #[must_use]
    pub fn links_of(&self, kind: LineKind) -> Cow<'_, [Range<usize>]> {
        match kind {
            LineKind::Body | LineKind::Heading | LineKind::Table => Cow::Borrowed(&self.links),
            LineKind::Headline | LineKind::EditorNote | LineKind::ReaderNote | LineKind::Rights => {
                Cow::Owned(find_links(self.text_for_kind(kind)))
            }
            _ => Cow::Borrowed(&[]),
        }
    }

    /// The text that quotes and hits of a part point into.
    #[must_use]
    pub fn part_text(&self, part: TextPart) -> &str {
        match part {
            TextPart::Headline => &self.dispatch.headline,
            TextPart::Body => self.dispatch.body.text(),
        }
    }

    /// Makes the lines for a measure of so many columns; of the body, where `only` is given, just the blocks that hold
    /// one of its ranges (ascending).
    pub(super) fn lay_out(&mut self, columns: u16, only: Option<&[Range<usize>]>) {
        (self.lines, self.body_lines) = lay_out_lines(self, usize::from(columns), only);
        self.layout_columns = columns;
        self.needs_layout = false;
        let body = self.dispatch.body.text();
        let tables = self.lines.iter().filter(|l| l.kind == LineKind::Table);
        let widths = tables.map(|line| crate::text::display_width(&body[line.range.clone()]));
        self.table_columns = widths.max().unwrap_or(0);
    }

    /// Makes the rows of the quotes pane for so many columns, by speaker or in the order of the text.
    pub(super) fn lay_out_quotes(&mut self, columns: usize, in_text_order: bool) {
        if self.rows_columns != (columns, in_text_order) {
            self.quote_rows = pane_rows(self, columns, in_text_order);
            self.rows_columns = (columns, in_text_order);
        }
    }

    /// How many lines stand over the headline.
    pub(super) fn lines_above_headline(&self) -> usize {
        let is_over = |l: &&ReaderLine| matches!(l.kind, LineKind::Banner | LineKind::Newer);
        self.lines.iter().take_while(is_over).count()
    }

    /// The line that shows a position of headline or body.
    #[must_use]
    pub fn line_of(&self, part: TextPart, position: usize) -> usize {
        let over = self.lines_above_headline();
        let lines = match part {
            TextPart::Headline => {
                let rest = self.lines[over..].iter();
                over..over + rest.take_while(|l| l.kind == LineKind::Headline).count()
            }
            TextPart::Body => self.body_lines.clone(),
        };
        let start = lines.start;
        let inside = &self.lines[lines];
        (start + inside.partition_point(|line| line.range.start <= position)).saturating_sub(1)
    }

    /// First and last line of a quote.
    #[must_use]
    pub fn quote_lines(&self, index: usize) -> Range<usize> {
        let Some(quote) = self.quotes.get(index) else {
            return 0..0;
        };
        let last = quote.outer.end.saturating_sub(1).max(quote.outer.start);
        self.line_of(quote.part, quote.outer.start)..self.line_of(quote.part, last) + 1
    }

    /// The speaker of a quote, as a number into [`Self::speakers`].
    #[must_use]
    pub fn speaker_of(&self, quote: usize) -> Option<usize> {
        self.speakers
            .iter()
            .position(|speaker| speaker.quotes.contains(&quote))
    }
}

fn group_by_speaker(quotes: &[Quote]) -> Vec<SpeakerQuotes> {
    let mut speakers: Vec<SpeakerQuotes> = Vec::new();
    let mut known: HashMap<Option<&str>, usize> = HashMap::new();
    for (index, quote) in quotes.iter().enumerate() {
        let at = *known.entry(quote.speaker.as_deref()).or_insert_with(|| {
            speakers.push(SpeakerQuotes {
                name: quote.speaker.clone(),
                quotes: Vec::new(),
            });
            speakers.len() - 1
        });
        speakers[at].quotes.push(index);
    }
    speakers.sort_by_key(|speaker| speaker.name.is_none());
    speakers
}

/// True where any of a speaker's statements is not certain.
#[must_use]
pub fn is_unsure(document: &Document, speaker: &SpeakerQuotes) -> bool {
    speaker.name.is_some()
        && speaker
            .quotes
            .iter()
            .all(|&q| document.quotes[q].certainty != Certainty::Sure)
}
