//! An open dispatch laid out for reading: its lines at a measure, its quotes, their speakers. All derived, never edited.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use jiff::tz::TimeZone;

use crate::app::banner::{BannerState, facts_line, no_text_reason, own_banner};
use crate::app::quotes::{QuotePaneRow, pane_rows};
use crate::dispatch::{Block, BlockKind, Dispatch};
use crate::index::EntryId;
use crate::quotes::{Certainty, Quote, TextPart};
use crate::text::{find_links, wrap};

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

// Lays a document out in lines: what is wrapped, what is kept as it is, and what stands between.

/// What a line of the reader shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Blank,
    Banner,
    /// What corrects or supersedes it.
    Newer,
    Headline,
    Facts,
    Byline,
    EditorNote,
    /// The note of the reader on the story.
    ReaderNote,
    Body,
    /// A line over what follows.
    Heading,
    /// A row of a table: not wrapped.
    Table,
    /// Says why there is no text.
    NoText,
    /// Stands for blocks that are left out.
    OmittedBlocks,
    Rights,
}

/// One line: a byte range into the text of its kind, see [`Document::text_for_kind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderLine {
    pub kind: LineKind,
    pub range: Range<usize>,
    /// Columns before it: those of the mark of a list item, before the lines after its first.
    pub indent: u16,
}

impl ReaderLine {
    /// A line without text, at a position.
    fn empty(kind: LineKind, at: usize) -> Self {
        Self {
            kind,
            range: at..at,
            indent: 0,
        }
    }
}

/// The lines of a document, and which of them show its body. Lines among them that show nothing stand at the start of
/// the block after them, so that the starts ascend.
pub(super) fn lay_out_lines(
    document: &Document,
    width: usize,
    only: Option<&[Range<usize>]>,
) -> (Vec<ReaderLine>, Range<usize>) {
    let mut lines = Vec::new();
    for kind in [
        LineKind::Banner,
        LineKind::Newer,
        LineKind::Headline,
        LineKind::Facts,
        LineKind::Byline,
    ] {
        push_wrapped_lines(document, kind, width, &mut lines);
    }
    if document.dispatch.ednote.is_some() {
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(
            document,
            LineKind::EditorNote,
            width.saturating_sub(2),
            &mut lines,
        );
    }
    if !document.reader_note.is_empty() {
        let width = width.saturating_sub(2);
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::ReaderNote, width, &mut lines);
    }
    let body_start = lines.len();
    let body = document.dispatch.body.text();
    let (mut gap, mut before) = (false, BlockKind::Paragraph);
    for block in document.dispatch.body.blocks() {
        let start = block.range.start;
        if only.is_some_and(|hits| !has_hit_in(hits, &block.range)) {
            if !gap {
                lines.push(ReaderLine::empty(LineKind::Blank, start));
                lines.push(ReaderLine::empty(LineKind::OmittedBlocks, start));
            }
            gap = true;
            continue;
        }
        // The entries of a list stand close.
        if gap || before != BlockKind::Item || block.kind != BlockKind::Item {
            lines.push(ReaderLine::empty(LineKind::Blank, start));
        }
        (gap, before) = (false, block.kind);
        push_block_lines(body, block, width, &mut lines);
    }
    let body_lines = body_start..lines.len();
    if !document.no_text_reason.is_empty() {
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::NoText, width, &mut lines);
    }
    if document.dispatch.rights.is_some() {
        lines.push(ReaderLine::empty(LineKind::Blank, body.len()));
        push_wrapped_lines(document, LineKind::Rights, width, &mut lines);
    }
    (lines, body_lines)
}

/// True where one of the ascending ranges begins in a block.
fn has_hit_in(hits: &[Range<usize>], block: &Range<usize>) -> bool {
    let first = hits.partition_point(|hit| hit.start < block.start);
    hits.get(first).is_some_and(|hit| hit.start < block.end)
}

fn push_block_lines(body: &str, block: &Block, width: usize, lines: &mut Vec<ReaderLine>) {
    let start = block.range.start;
    let text = &body[block.range.clone()];
    let line = |kind, range: Range<usize>| ReaderLine {
        kind,
        range: range.start + start..range.end + start,
        indent: 0,
    };
    match block.kind {
        BlockKind::Paragraph | BlockKind::Heading => {
            let kind = match block.kind {
                BlockKind::Heading => LineKind::Heading,
                _ => LineKind::Body,
            };
            let wrapped = wrap(text, width).into_iter();
            lines.extend(wrapped.map(|range| line(kind, range)));
        }
        BlockKind::Item => {
            let mark = list_mark_length(text);
            let indent = crate::text::display_width(&text[..mark]);
            let wrapped = wrap(&text[mark..], width.saturating_sub(indent).max(1));
            for (nth, range) in wrapped.into_iter().enumerate() {
                lines.push(match nth {
                    0 => line(LineKind::Body, 0..mark + range.end),
                    _ => ReaderLine {
                        indent: u16::try_from(indent).unwrap_or(0),
                        ..line(LineKind::Body, mark + range.start..mark + range.end)
                    },
                });
            }
        }
        BlockKind::Table => {
            let mut at = 0;
            for row in text.split('\n') {
                lines.push(line(LineKind::Table, at..at + row.len()));
                at += row.len() + 1;
            }
        }
    }
}

/// Bytes of the mark of a list item, the spaces around it included.
fn list_mark_length(text: &str) -> usize {
    let indent = text.len() - text.trim_ascii_start().len();
    let word = &text[indent..];
    match word.find(' ') {
        Some(end) if end <= 6 && (word.starts_with('•') || word[..end].ends_with('.')) => {
            indent + end + 1
        }
        _ => indent,
    }
}

fn push_wrapped_lines(
    document: &Document,
    kind: LineKind,
    width: usize,
    lines: &mut Vec<ReaderLine>,
) {
    let text = document.text_for_kind(kind);
    if text.is_empty() {
        return;
    }
    let mut start = 0;
    for row in text.split('\n') {
        let wrapped = match kind {
            LineKind::Facts => wrap_facts(row, width),
            _ => wrap(row, width),
        };
        lines.extend(wrapped.into_iter().map(|r| ReaderLine {
            kind,
            range: r.start + start..r.end + start,
            indent: 0,
        }));
        start += row.len() + 1;
    }
}

/// Between two facts.
pub(super) const FACT_SEPARATOR: &str = "\u{a0}· ";

/// Lines of whole facts, where they have room; what parts them does not begin or end a line.
fn wrap_facts(facts: &str, columns: usize) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for fact in facts.split(FACT_SEPARATOR) {
        let end = at + fact.len();
        match lines.last_mut() {
            Some(line) if crate::text::display_width(&facts[line.start..end]) <= columns => {
                line.end = end;
            }
            _ => {
                let own = wrap(fact, columns).into_iter();
                lines.extend(own.map(|range| range.start + at..range.end + at));
            }
        }
        at = end + FACT_SEPARATOR.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{FACT_SEPARATOR, list_mark_length, wrap_facts};

    #[test]
    fn a_fact_stays_on_one_line_where_it_has_room() {
        let facts = ["Tarn", "QNA", "TARN-HEN-AND-MILL", "39 words"].join(FACT_SEPARATOR);
        let lines = |columns| {
            let lines = wrap_facts(&facts, columns).into_iter();
            lines
                .map(|line| facts[line].replace('\u{a0}', " "))
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(41), ["Tarn · QNA · TARN-HEN-AND-MILL · 39 words"]);
        assert_eq!(lines(30), ["Tarn · QNA · TARN-HEN-AND-MILL", "39 words"]);
        assert_eq!(lines(20), ["Tarn · QNA", "TARN-HEN-AND-MILL", "39 words"]);
        assert_eq!(
            lines(10),
            ["Tarn · QNA", "TARN-HEN-", "AND-MILL", "39 words"]
        );
    }

    #[test]
    fn the_mark_of_an_item_hangs() {
        for (text, marked) in [
            ("• One", "• "),
            ("  3. Three", "  3. "),
            ("    goes on here", "    "),
            ("Without", ""),
        ] {
            assert_eq!(&text[..list_mark_length(text)], marked);
        }
    }
}
